"""Daily totals by place and day, so that a month of one place is one search; what a place has, in the order of SKUs."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from data.columns import words

revision = "0008"
down_revision = "0007"

CAUSES = (
    "opening",
    "purchase_receipt",
    "sale",
    "freeze",
    "release",
    "dispatch",
    "transfer_in",
    "transfer_damage",
    "transfer_loss",
    "take_back",
    "true_up",
)


def upgrade() -> None:
    rebuild_daily_total()
    op.drop_index("ix_balance_place_id", table_name="balance")
    op.create_index("ix_balance_place_id_sku_id", "balance", ["place_id", "sku_id"], unique=False)


def rebuild_daily_total() -> None:
    """The same rows under a key that begins with place and day, and without an id. Nothing refers to them.

    With the SKU before the day a month of a place was every day it ever had, and each posting's row lay elsewhere.
    """
    kept = "place_id, business_date, sku_id, cause, count_in, count_out, value_in_fen, value_out_fen"
    op.rename_table("daily_total", "before_daily_total")
    if op.get_bind().dialect.name != "sqlite":
        op.drop_constraint("pk_daily_total", "before_daily_total")  # PostgreSQL names an index once in all tables
    create_daily_total()
    op.execute(
        f"insert into daily_total ({kept}) select {kept} from before_daily_total"
        " order by place_id, business_date, sku_id, cause"
    )
    op.drop_table("before_daily_total")


def create_daily_total() -> None:
    op.create_table(
        "daily_total",
        sa.Column("place_id", sa.BigInteger(), nullable=False),
        sa.Column("business_date", sa.Text(), nullable=False),
        sa.Column("sku_id", sa.BigInteger(), nullable=False),
        sa.Column("cause", words("known_cause", *CAUSES), nullable=False),
        sa.Column("count_in", sa.BigInteger(), nullable=False),
        sa.Column("count_out", sa.BigInteger(), nullable=False),
        sa.Column("value_in_fen", sa.BigInteger(), nullable=False),
        sa.Column("value_out_fen", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("count_in >= 0 and count_out >= 0", name=op.f("ck_daily_total_counts_are_not_negative")),
        sa.ForeignKeyConstraint(["place_id"], ["place.id"], name=op.f("fk_daily_total_place_id")),
        sa.ForeignKeyConstraint(["sku_id"], ["sku.id"], name=op.f("fk_daily_total_sku_id")),
        sa.PrimaryKeyConstraint("place_id", "business_date", "sku_id", "cause", name=op.f("pk_daily_total")),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
