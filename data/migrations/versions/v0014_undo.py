"""Undo: a document may take another one back, at most one that stands; and the cause of the postings that do it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from data.migrations.words import change_words

revision = "0014"
down_revision = "0013"

CAUSES = (
    *("opening", "purchase_receipt", "sale", "freeze", "release", "dispatch", "transfer_in", "transfer_damage"),
    *("transfer_loss", "take_back", "true_up", "reversal"),
)


def upgrade() -> None:
    for table in ("posting", "daily_total"):
        change_words(table, "cause", "known_cause", *CAUSES)
    add_reverses_to_document()


def add_reverses_to_document() -> None:
    """The rows that are there are not written anew."""
    kind = "INTEGER" if op.get_bind().dialect.name == "sqlite" else "bigint"
    constraint = "constraint fk_document_reverses_id references document (id)"
    op.execute(f"alter table document add column reverses_id {kind} {constraint}")
    rows = sa.text("reverses_id is not null and state not in ('rejected', 'cancelled', 'returned')")
    op.create_index(
        "uq_document_reverses_id",
        "document",
        ["reverses_id"],
        unique=True,
        sqlite_where=rows,
        postgresql_where=rows,
    )
