"""Seals of the audit: each closes a batch of its rows, with a hash over them and over the seal before."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from data.columns import Moment
from data.migrations.insert_only import make_insert_only

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    op.create_table(
        "audit_seal",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("first_id", sa.BigInteger(), nullable=False),
        sa.Column("last_id", sa.BigInteger(), nullable=False),
        sa.Column("entries", sa.BigInteger(), nullable=False),
        sa.Column("marks", sa.Text(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.Column("sealed_at", Moment(), nullable=False),
        sa.CheckConstraint(
            "entries between 1 and last_id - first_id + 1", name=op.f("ck_audit_seal_entries_fit_between_the_ends")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_seal")),
        sa.UniqueConstraint("first_id", name=op.f("uq_audit_seal_first_id")),
        sa.UniqueConstraint("last_id", name=op.f("uq_audit_seal_last_id")),
        sqlite_strict=True,
    )
    make_insert_only("audit_seal")
