"""Documents and the ledger."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from data.columns import Moment, words
from data.migrations.insert_only import make_insert_only

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    create_document()
    create_transfer_line()
    create_approval_step()
    create_route()
    create_posting()
    index_posting()
    create_balance()
    create_daily_total()
    start_numbers_at_1001()
    make_insert_only("posting")


def create_document() -> None:
    op.create_table(
        "document",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("kind", words("known_documentkind", "transfer", "opening", "goods_receipt", "sale"), nullable=False),
        sa.Column(
            "state",
            words(
                "known_state",
                "submitted",
                "approved",
                "in_transit",
                "disputed",
                "received",
                "rejected",
                "cancelled",
                "posted",
            ),
            nullable=False,
        ),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("place_id", sa.BigInteger(), nullable=False),
        sa.Column("other_place_id", sa.BigInteger(), nullable=False),
        sa.Column("requester_id", sa.BigInteger(), nullable=False),
        sa.Column("dispatched_by_id", sa.BigInteger(), nullable=True),
        sa.Column("received_by_id", sa.BigInteger(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("lapses_at", Moment(), nullable=True),
        sa.Column("occurred_at", Moment(), nullable=False),
        sa.Column("posted_at", Moment(), nullable=False),
        sa.Column("moved_at", Moment(), nullable=False),
        sa.CheckConstraint("version >= 1", name=op.f("ck_document_version_begins_at_one")),
        sa.ForeignKeyConstraint(["dispatched_by_id"], ["person.id"], name=op.f("fk_document_dispatched_by_id")),
        sa.ForeignKeyConstraint(["other_place_id"], ["place.id"], name=op.f("fk_document_other_place_id")),
        sa.ForeignKeyConstraint(["place_id"], ["place.id"], name=op.f("fk_document_place_id")),
        sa.ForeignKeyConstraint(["received_by_id"], ["person.id"], name=op.f("fk_document_received_by_id")),
        sa.ForeignKeyConstraint(["requester_id"], ["person.id"], name=op.f("fk_document_requester_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_document")),
        sqlite_autoincrement=True,
        sqlite_strict=True,
    )
    op.create_index(
        "ix_document_lapses_at",
        "document",
        ["lapses_at"],
        unique=False,
        sqlite_where=sa.text("lapses_at is not null"),
        postgresql_where=sa.text("lapses_at is not null"),
    )


def create_transfer_line() -> None:
    op.create_table(
        "transfer_line",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("document_id", sa.BigInteger(), nullable=False),
        sa.Column("line", sa.BigInteger(), nullable=False),
        sa.Column("sku_id", sa.BigInteger(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("asked", sa.BigInteger(), nullable=False),
        sa.Column("frozen", sa.BigInteger(), nullable=False),
        sa.Column("dispatched", sa.BigInteger(), nullable=False),
        sa.Column("received", sa.BigInteger(), nullable=False),
        sa.Column("damaged", sa.BigInteger(), nullable=False),
        sa.Column("missing", sa.BigInteger(), nullable=False),
        sa.Column("value_fen", sa.BigInteger(), nullable=False),
        sa.Column("value_left_fen", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("asked >= 1", name=op.f("ck_transfer_line_asks_for_something")),
        sa.CheckConstraint("frozen <= asked", name=op.f("ck_transfer_line_freezes_at_most_what_is_asked")),
        sa.CheckConstraint(
            "frozen >= 0 and dispatched >= 0 and received >= 0 and damaged >= 0 and missing >= 0",
            name=op.f("ck_transfer_line_counts_are_not_negative"),
        ),
        sa.CheckConstraint(
            "received + damaged + missing <= dispatched", name=op.f("ck_transfer_line_arrivals_fit_the_dispatch")
        ),
        sa.ForeignKeyConstraint(["document_id"], ["document.id"], name=op.f("fk_transfer_line_document_id")),
        sa.ForeignKeyConstraint(["sku_id"], ["sku.id"], name=op.f("fk_transfer_line_sku_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_transfer_line")),
        sa.UniqueConstraint("document_id", "line", name=op.f("uq_transfer_line_document_id_line")),
        sqlite_strict=True,
    )


def create_approval_step() -> None:
    op.create_table(
        "approval_step",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("document_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "role",
            words(
                "known_role",
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
            ),
            nullable=False,
        ),
        sa.Column("place_id", sa.BigInteger(), nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("rule_limit", sa.BigInteger(), nullable=True),
        sa.Column("decision", words("known_decision", "waiting", "approved", "rejected", "dropped"), nullable=False),
        sa.Column("decided_by_id", sa.BigInteger(), nullable=True),
        sa.Column("decided_at", Moment(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["decided_by_id"], ["person.id"], name=op.f("fk_approval_step_decided_by_id")),
        sa.ForeignKeyConstraint(["document_id"], ["document.id"], name=op.f("fk_approval_step_document_id")),
        sa.ForeignKeyConstraint(["place_id"], ["place.id"], name=op.f("fk_approval_step_place_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_approval_step")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_approval_step_document_id"), "approval_step", ["document_id"], unique=False)


def create_route() -> None:
    op.create_table(
        "route",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("source_id", sa.BigInteger(), nullable=True),
        sa.Column("target_id", sa.BigInteger(), nullable=True),
        sa.Column("approval_above_packs", sa.BigInteger(), nullable=False),
        sa.Column("approve_within_hours", sa.BigInteger(), nullable=False),
        sa.Column("dispatch_within_hours", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "approve_within_hours >= 1 and dispatch_within_hours >= 1", name=op.f("ck_route_hours_are_positive")
        ),
        sa.ForeignKeyConstraint(["source_id"], ["place.id"], name=op.f("fk_route_source_id")),
        sa.ForeignKeyConstraint(["target_id"], ["place.id"], name=op.f("fk_route_target_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_route")),
        sa.UniqueConstraint("source_id", "target_id", name=op.f("uq_route_source_id_target_id")),
        sqlite_strict=True,
    )


def index_posting() -> None:
    op.create_index(
        "ix_posting_between_places",
        "posting",
        ["business_date", "id"],
        unique=False,
        sqlite_where=sa.text("source_id <> target_id"),
        postgresql_where=sa.text("source_id <> target_id"),
    )
    op.create_index("ix_posting_document", "posting", ["document_id"], unique=False)
    op.create_index("ix_posting_sku_source", "posting", ["sku_id", "source_id", "id"], unique=False)
    op.create_index("ix_posting_sku_target", "posting", ["sku_id", "target_id", "id"], unique=False)


def create_posting() -> None:
    op.create_table(
        "posting",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("sku_id", sa.BigInteger(), nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column("value_fen", sa.BigInteger(), nullable=False),
        sa.Column("source_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "source_shelf", words("known_source_shelf", "available", "reserved", "in_transit", "blocked"), nullable=True
        ),
        sa.Column("source_after", sa.BigInteger(), nullable=True),
        sa.Column("target_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "target_shelf", words("known_target_shelf", "available", "reserved", "in_transit", "blocked"), nullable=True
        ),
        sa.Column("target_after", sa.BigInteger(), nullable=True),
        sa.Column(
            "cause",
            words(
                "known_cause",
                "opening",
                "purchase_receipt",
                "sale",
                "freeze",
                "release",
                "dispatch",
                "transfer_in",
                "transfer_damage",
                "true_up",
            ),
            nullable=False,
        ),
        sa.Column("document_id", sa.BigInteger(), nullable=False),
        sa.Column("line", sa.BigInteger(), nullable=False),
        sa.Column("actor_id", sa.BigInteger(), nullable=False),
        sa.Column("business_date", sa.Text(), nullable=False),
        sa.Column("occurred_at", Moment(), nullable=False),
        sa.Column("posted_at", Moment(), nullable=False),
        sa.CheckConstraint(
            "quantity > 0 or (quantity = 0 and cause = 'true_up')", name=op.f("ck_posting_quantity_is_positive")
        ),
        sa.CheckConstraint(
            "(source_shelf is null) = (source_after is null)", name=op.f("ck_posting_source_count_with_shelf")
        ),
        sa.CheckConstraint(
            "(target_shelf is null) = (target_after is null)", name=op.f("ck_posting_target_count_with_shelf")
        ),
        sa.CheckConstraint(
            "source_id <> target_id or source_shelf <> target_shelf", name=op.f("ck_posting_goes_somewhere_else")
        ),
        sa.ForeignKeyConstraint(["actor_id"], ["person.id"], name=op.f("fk_posting_actor_id")),
        sa.ForeignKeyConstraint(["document_id"], ["document.id"], name=op.f("fk_posting_document_id")),
        sa.ForeignKeyConstraint(["sku_id"], ["sku.id"], name=op.f("fk_posting_sku_id")),
        sa.ForeignKeyConstraint(["source_id"], ["place.id"], name=op.f("fk_posting_source_id")),
        sa.ForeignKeyConstraint(["target_id"], ["place.id"], name=op.f("fk_posting_target_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_posting")),
        sqlite_strict=True,
    )


def create_balance() -> None:
    op.create_table(
        "balance",
        sa.Column("sku_id", sa.BigInteger(), nullable=False),
        sa.Column("place_id", sa.BigInteger(), nullable=False),
        sa.Column("available", sa.BigInteger(), nullable=False),
        sa.Column("reserved", sa.BigInteger(), nullable=False),
        sa.Column("in_transit", sa.BigInteger(), nullable=False),
        sa.Column("blocked", sa.BigInteger(), nullable=False),
        sa.Column("value_fen", sa.BigInteger(), nullable=False),
        sa.Column("transit_value_fen", sa.BigInteger(), nullable=False),
        sa.Column("rate_value_fen", sa.BigInteger(), nullable=False),
        sa.Column("rate_count", sa.BigInteger(), nullable=False),
        sa.Column("may_go_below", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "available + reserved + blocked <> 0 or value_fen = 0", name=op.f("ck_balance_nothing_is_worth_nothing")
        ),
        sa.CheckConstraint("blocked >= 0", name=op.f("ck_balance_blocked_not_negative")),
        sa.CheckConstraint(
            "in_transit <> 0 or transit_value_fen = 0", name=op.f("ck_balance_no_goods_on_the_road_no_value")
        ),
        sa.CheckConstraint("in_transit >= 0", name=op.f("ck_balance_in_transit_not_negative")),
        sa.CheckConstraint("may_go_below = 1 or available >= 0", name=op.f("ck_balance_available_not_negative")),
        sa.CheckConstraint("may_go_below in (0, 1)", name=op.f("ck_balance_below_zero_is_a_flag")),
        sa.CheckConstraint("reserved >= 0", name=op.f("ck_balance_reserved_not_negative")),
        sa.ForeignKeyConstraint(["place_id"], ["place.id"], name=op.f("fk_balance_place_id")),
        sa.ForeignKeyConstraint(["sku_id"], ["sku.id"], name=op.f("fk_balance_sku_id")),
        sa.PrimaryKeyConstraint("sku_id", "place_id", name=op.f("pk_balance")),
        sqlite_strict=True,
    )
    op.create_index("ix_balance_place_id", "balance", ["place_id"], unique=False)


def create_daily_total() -> None:
    op.create_table(
        "daily_total",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("place_id", sa.BigInteger(), nullable=False),
        sa.Column("sku_id", sa.BigInteger(), nullable=False),
        sa.Column("business_date", sa.Text(), nullable=False),
        sa.Column(
            "cause",
            words(
                "known_cause",
                "opening",
                "purchase_receipt",
                "sale",
                "freeze",
                "release",
                "dispatch",
                "transfer_in",
                "transfer_damage",
                "true_up",
            ),
            nullable=False,
        ),
        sa.Column("count_in", sa.BigInteger(), nullable=False),
        sa.Column("count_out", sa.BigInteger(), nullable=False),
        sa.Column("value_in_fen", sa.BigInteger(), nullable=False),
        sa.Column("value_out_fen", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("count_in >= 0 and count_out >= 0", name=op.f("ck_daily_total_counts_are_not_negative")),
        sa.ForeignKeyConstraint(["place_id"], ["place.id"], name=op.f("fk_daily_total_place_id")),
        sa.ForeignKeyConstraint(["sku_id"], ["sku.id"], name=op.f("fk_daily_total_sku_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_daily_total")),
        sa.UniqueConstraint(
            "place_id",
            "sku_id",
            "business_date",
            "cause",
            name=op.f("uq_daily_total_place_id_sku_id_business_date_cause"),
        ),
        sqlite_strict=True,
    )


def start_numbers_at_1001() -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.execute("insert into sqlite_sequence (name, seq) values ('document', 1000)")
    else:
        op.execute("alter sequence document_id_seq restart with 1001")
