"""The last question that was answered, to be asked again of something else; and what people chose among several."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from data.columns import Moment, words

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    op.create_table(
        "answered",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("chat_id", sa.BigInteger(), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("reading", sa.Text(), nullable=False),
        sa.Column("answered_at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(["chat_id"], ["chat.id"], name=op.f("fk_answered_chat_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_answered_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_answered")),
        sa.UniqueConstraint("chat_id", "person_id", name=op.f("uq_answered_chat_id_person_id")),
        sqlite_strict=True,
    )
    op.create_table(
        "pick",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", words("known_pickkind", "product", "place"), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("picked_at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_pick_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pick")),
        sa.UniqueConstraint("person_id", "kind", "words", name=op.f("uq_pick_person_id_kind_words")),
        sqlite_strict=True,
    )
