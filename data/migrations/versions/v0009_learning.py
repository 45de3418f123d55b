"""Learning: what was not understood, names and phrases that somebody taught, and cards to teach them from."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from data.columns import Moment, words
from data.migrations.words import change_words

revision = "0009"
down_revision = "0008"

KINDS = ("alias_product", "alias_place", "phrase")


def upgrade() -> None:
    create_learned()
    create_review()
    change_words("card", "face", "known_cardface", "pending", "document", "review")
    add_review_to_card()


def create_learned() -> None:
    op.create_table(
        "learned",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("kind", words("known_learnedkind", *KINDS), nullable=False),
        sa.Column("surface", sa.Text(), nullable=False),
        sa.Column("sku_id", sa.BigInteger(), nullable=True),
        sa.Column("place_id", sa.BigInteger(), nullable=True),
        sa.Column("intent", sa.Text(), nullable=True),
        sa.Column("made_by_id", sa.BigInteger(), nullable=False),
        sa.Column("made_at", Moment(), nullable=False),
        sa.Column("revoked_by_id", sa.BigInteger(), nullable=True),
        sa.Column("revoked_at", Moment(), nullable=True),
        sa.CheckConstraint(
            "(kind = 'alias_place') = (place_id is not null) and (kind = 'phrase') = (intent is not null)"
            " and (kind in ('alias_place', 'phrase')) = (sku_id is null)",
            name=op.f("ck_learned_stands_for_one_thing"),
        ),
        sa.CheckConstraint(
            "(revoked_at is null) = (revoked_by_id is null)", name=op.f("ck_learned_is_revoked_by_somebody")
        ),
        sa.ForeignKeyConstraint(["made_by_id"], ["person.id"], name=op.f("fk_learned_made_by_id")),
        sa.ForeignKeyConstraint(["place_id"], ["place.id"], name=op.f("fk_learned_place_id")),
        sa.ForeignKeyConstraint(["revoked_by_id"], ["person.id"], name=op.f("fk_learned_revoked_by_id")),
        sa.ForeignKeyConstraint(["sku_id"], ["sku.id"], name=op.f("fk_learned_sku_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_learned")),
        sqlite_strict=True,
    )
    index("uq_learned_surface", "learned", "surface", where="revoked_at is null", unique=True)


def create_review() -> None:
    op.create_table(
        "review",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("cause", words("known_reviewcause", "unknown", "cancelled", "corrected"), nullable=False),
        sa.Column("kind", words("known_learnedkind", *KINDS), nullable=True),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("said", sa.Text(), nullable=False),
        sa.Column("reading", sa.Text(), nullable=False),
        sa.Column("offers", sa.Text(), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("chat_id", sa.BigInteger(), nullable=False),
        sa.Column("said_at", Moment(), nullable=False),
        sa.Column("state", words("known_reviewstate", "open", "done", "dismissed"), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("learned_id", sa.BigInteger(), nullable=True),
        sa.Column("closed_by_id", sa.BigInteger(), nullable=True),
        sa.Column("closed_at", Moment(), nullable=True),
        sa.CheckConstraint(
            "(state in ('done', 'dismissed')) = (closed_at is not null)"
            " and (closed_at is null) = (closed_by_id is null)",
            name=op.f("ck_review_is_closed_by_somebody"),
        ),
        sa.CheckConstraint("(state = 'done') = (learned_id is not null)", name=op.f("ck_review_is_done_by_learning")),
        sa.ForeignKeyConstraint(["chat_id"], ["chat.id"], name=op.f("fk_review_chat_id")),
        sa.ForeignKeyConstraint(["closed_by_id"], ["person.id"], name=op.f("fk_review_closed_by_id")),
        sa.ForeignKeyConstraint(["learned_id"], ["learned.id"], name=op.f("fk_review_learned_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_review_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review")),
        sqlite_strict=True,
    )
    index("ix_review_open", "review", "id", where="state = 'open'")
    op.create_index("ix_review_person_id_said_at", "review", ["person_id", "said_at"], unique=False)
    op.create_index("ix_review_learned_id", "review", ["learned_id"], unique=False)


def add_review_to_card() -> None:
    """The rows that are there are not written anew."""
    kind = "INTEGER" if op.get_bind().dialect.name == "sqlite" else "bigint"
    op.execute(f"alter table card add column review_id {kind} constraint fk_card_review_id references review (id)")
    index("ix_card_review_id", "card", "review_id", where="review_id is not null")


def index(name: str, table: str, column: str, *, where: str, unique: bool = False) -> None:
    rows = sa.text(where)
    op.create_index(name, table, [column], unique=unique, sqlite_where=rows, postgresql_where=rows)
