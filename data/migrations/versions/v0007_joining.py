"""Invites: single ways in for newcomers, for accounts of known people and for group chats."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from data.columns import Moment, words

revision = "0007"
down_revision = "0006"

ROLES = (
    "clerk",
    "store_manager",
    "keeper",
    "area_manager",
    "buyer",
    "finance",
    "auditor",
    "hq",
    "admin",
    "system",
)


def upgrade() -> None:
    op.create_table(
        "invite",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("code_hash", sa.Text(), nullable=False),
        sa.Column("kind", words("known_invitekind", "newcomer", "account", "group"), nullable=False),
        sa.Column("role", words("known_role", *ROLES), nullable=True),
        sa.Column("home_id", sa.BigInteger(), nullable=True),
        sa.Column("region", sa.Text(), nullable=True),
        sa.Column("person_id", sa.BigInteger(), nullable=True),
        sa.Column("made_by_id", sa.BigInteger(), nullable=False),
        sa.Column("made_at", Moment(), nullable=False),
        sa.Column("expires_at", Moment(), nullable=False),
        sa.Column("state", words("known_invitestate", "open", "used", "withdrawn"), nullable=False),
        sa.Column("used_by", sa.Text(), nullable=True),
        sa.Column("ended_at", Moment(), nullable=True),
        sa.CheckConstraint(
            "(kind in ('account', 'group')) = (role is null)", name=op.f("ck_invite_a_newcomer_gets_a_role")
        ),
        sa.CheckConstraint(
            "kind <> 'account' or person_id is not null", name=op.f("ck_invite_an_account_is_of_a_person")
        ),
        sa.CheckConstraint("(state = 'used') = (used_by is not null)", name=op.f("ck_invite_is_used_by_somebody")),
        sa.CheckConstraint(
            "(state in ('used', 'withdrawn')) = (ended_at is not null)", name=op.f("ck_invite_ends_once")
        ),
        sa.ForeignKeyConstraint(["home_id"], ["place.id"], name=op.f("fk_invite_home_id")),
        sa.ForeignKeyConstraint(["made_by_id"], ["person.id"], name=op.f("fk_invite_made_by_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_invite_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invite")),
        sa.UniqueConstraint("code_hash", name=op.f("uq_invite_code_hash")),
        sqlite_strict=True,
    )
    still_open = sa.text("state = 'open'")
    op.create_index("ix_invite_open", "invite", ["made_by_id"], sqlite_where=still_open, postgresql_where=still_open)
