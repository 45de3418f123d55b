"""Finds what waits for somebody's word without looking through all that was ever decided."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    waiting = sa.text("decision = 'waiting'")
    op.create_index(
        "ix_approval_step_waiting", "approval_step", ["document_id"], sqlite_where=waiting, postgresql_where=waiting
    )
