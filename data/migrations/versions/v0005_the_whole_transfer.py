"""Transfers in parts, refused, over, disputed, turned back, held by another store, and returned to the warehouse."""

from __future__ import annotations

from collections.abc import Callable

import sqlalchemy as sa
from alembic import op

from data.columns import Moment, words
from data.migrations.words import change_words

revision = "0005"
down_revision = "0004"

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
STATES = (
    "submitted",
    "approved",
    "in_transit",
    "disputed",
    "received",
    "returning",
    "returned",
    "rejected",
    "cancelled",
    "posted",
)


def upgrade() -> None:
    change_words("place", "kind", "known_placekind", "store", "warehouse", "supplier", "customer", "opening", "loss")
    change_words("document", "state", "known_state", *STATES)
    for table in ("posting", "daily_total"):
        change_words(table, "cause", "known_cause", *CAUSES)
    add_the_edge_of_losses()
    add_to_document()
    add_to_posting()
    create_dispute()
    rebuild_transfer_line()
    rebuild_route()


def add_the_edge_of_losses() -> None:
    op.execute(
        "insert into place (code, name_zh, name_en, kind, region, zone, may_go_below)"
        " values ('loss', '损失', 'Losses', 'loss', '', 'UTC', 0)"
    )


def add_to_document() -> None:
    for name in ("reminds_at", "dispatched_at", "received_at", "turned_back_at"):
        add_column("document", name, "bigint")
    keep_when_hands_moved()
    add_column("document", "held_at_id", "bigint", "constraint fk_document_held_at_id references place (id)")
    add_column("document", "names_id", "bigint", "constraint fk_document_names_id references document (id)")
    add_word("document", "return_reason", "return_reason", "near_expiry", "damaged", "slow", "recall", "other")
    add_word("document", "load_reason", "load_reason", "not_there", "no_room", "damaged", "other")
    op.create_index(
        "ix_document_reminds_at",
        "document",
        ["reminds_at"],
        unique=False,
        sqlite_where=sa.text("reminds_at is not null"),
        postgresql_where=sa.text("reminds_at is not null"),
    )
    op.create_index("ix_document_route", "document", ["place_id", "other_place_id", "posted_at"], unique=False)


def keep_when_hands_moved() -> None:
    # A transfer on the road was last moved when it was dispatched, one that arrived when it was received; when that
    # one had been dispatched, its postings know.
    op.execute("update document set dispatched_at = moved_at where kind = 'transfer' and state = 'in_transit'")
    op.execute("update document set received_at = moved_at where received_by_id is not null")
    op.execute(
        "update document set dispatched_at = (select min(posting.posted_at) from posting"
        " where posting.document_id = document.id and posting.cause = 'dispatch') where received_by_id is not null"
    )


def add_to_posting() -> None:
    # A column may be added with a CHECK over other columns; the rows that are there hold it.
    rule = "constraint ck_posting_a_loss_is_borne_by_somebody CHECK ((borne_by is null) = (cause <> 'transfer_loss'))"
    add_word("posting", "borne_by", "bearer", "source", "destination", "carrier", "supplier", "company", also=rule)


def add_column(table: str, name: str, kind: str, rule: str = "") -> None:
    """Add a column that may be missing; the rows that are there are not written anew."""
    if op.get_bind().dialect.name == "sqlite":
        kind = kind.replace("bigint", "INTEGER").replace("varchar(20)", "TEXT")
    op.execute(f"alter table {table} add column {name} {kind} {rule}".rstrip())


def add_word(table: str, name: str, known: str, *values: str, also: str = "") -> None:
    """Add a column that holds one of these words, or none."""
    listed = ", ".join(f"'{value}'" for value in values)
    rule = f"constraint ck_{table}_known_{known} CHECK ({name} IN ({listed})) {also}"
    add_column(table, name, "varchar(20)", rule.rstrip())


def create_dispute() -> None:
    op.create_table(
        "dispute",
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
        sa.Column("opened_at", Moment(), nullable=False),
        sa.Column("due_at", Moment(), nullable=False),
        sa.Column("closed_at", Moment(), nullable=True),
        sa.ForeignKeyConstraint(["document_id"], ["document.id"], name=op.f("fk_dispute_document_id")),
        sa.PrimaryKeyConstraint("document_id", name=op.f("pk_dispute")),
        sqlite_strict=True,
    )
    op.create_index(
        "ix_dispute_due_at",
        "dispute",
        ["due_at"],
        unique=False,
        sqlite_where=sa.text("closed_at is null"),
        postgresql_where=sa.text("closed_at is null"),
    )
    # Disputes that stand open got no owner yet: their source's keeper or manager has a day from now.
    op.execute(
        "insert into dispute (document_id, role, opened_at, due_at)"
        " select document.id, case when place.kind = 'warehouse' then 'keeper' else 'store_manager' end,"
        " document.moved_at, document.moved_at + 86400000000"
        " from document join place on place.id = document.place_id where document.state = 'disputed'"
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
        sa.Column("approved", sa.BigInteger(), nullable=False),
        sa.Column("frozen", sa.BigInteger(), nullable=False),
        sa.Column("dispatched", sa.BigInteger(), nullable=False),
        sa.Column("received", sa.BigInteger(), nullable=False),
        sa.Column("damaged", sa.BigInteger(), nullable=False),
        sa.Column("for_supplier", sa.BigInteger(), nullable=False),
        sa.Column("refused", sa.BigInteger(), nullable=False),
        sa.Column("missing", sa.BigInteger(), nullable=False),
        sa.Column("returned", sa.BigInteger(), nullable=False),
        sa.Column("lost", sa.BigInteger(), nullable=False),
        sa.Column("over", sa.BigInteger(), nullable=False),
        sa.Column("value_fen", sa.BigInteger(), nullable=False),
        sa.Column("value_left_fen", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("asked >= 1", name=op.f("ck_transfer_line_asks_for_something")),
        sa.CheckConstraint(
            "approved between 0 and asked", name=op.f("ck_transfer_line_approves_at_most_what_is_asked")
        ),
        sa.CheckConstraint(
            "frozen between 0 and approved", name=op.f("ck_transfer_line_freezes_at_most_what_is_approved")
        ),
        sa.CheckConstraint(
            "dispatched >= 0 and received >= 0 and damaged >= 0 and for_supplier >= 0"
            " and refused >= 0 and missing >= 0 and returned >= 0 and lost >= 0 and over >= 0",
            name=op.f("ck_transfer_line_counts_are_not_negative"),
        ),
        sa.CheckConstraint(
            "received + damaged + for_supplier + refused + missing + returned + lost <= dispatched",
            name=op.f("ck_transfer_line_arrivals_fit_the_dispatch"),
        ),
        sa.ForeignKeyConstraint(["document_id"], ["document.id"], name=op.f("fk_transfer_line_document_id")),
        sa.ForeignKeyConstraint(["sku_id"], ["sku.id"], name=op.f("fk_transfer_line_sku_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_transfer_line")),
        sa.UniqueConstraint("document_id", "line", name=op.f("uq_transfer_line_document_id_line")),
        sqlite_strict=True,
    )


def create_route() -> None:
    op.create_table(
        "route",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("source_id", sa.BigInteger(), nullable=True),
        sa.Column("target_id", sa.BigInteger(), nullable=True),
        sa.Column("approval_above_packs", sa.BigInteger(), nullable=False),
        sa.Column("approve_within_hours", sa.BigInteger(), nullable=False),
        sa.Column("dispatch_within_hours", sa.BigInteger(), nullable=False),
        sa.Column("truck_within_hours", sa.BigInteger(), nullable=False),
        sa.Column("answer_within_hours", sa.BigInteger(), nullable=False),
        sa.Column("keep_back_packs", sa.BigInteger(), nullable=False),
        sa.Column("daily_limit_packs", sa.BigInteger(), nullable=True),
        sa.Column("direct", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "approve_within_hours >= 1 and dispatch_within_hours >= 1"
            " and truck_within_hours >= 1 and answer_within_hours >= 1",
            name=op.f("ck_route_hours_are_positive"),
        ),
        sa.CheckConstraint(
            "keep_back_packs >= 0 and coalesce(daily_limit_packs, 0) >= 0",
            name=op.f("ck_route_packs_are_not_negative"),
        ),
        sa.CheckConstraint("direct in (0, 1)", name=op.f("ck_route_direct_is_a_flag")),
        sa.ForeignKeyConstraint(["source_id"], ["place.id"], name=op.f("fk_route_source_id")),
        sa.ForeignKeyConstraint(["target_id"], ["place.id"], name=op.f("fk_route_target_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_route")),
        sa.UniqueConstraint("source_id", "target_id", name=op.f("uq_route_source_id_target_id")),
        sqlite_strict=True,
    )


def rebuild_transfer_line() -> None:
    """The same rows with the new counts: all that was asked had been approved, and nothing else had a name yet."""
    kept = "document_id, line, sku_id, unit, asked, frozen, dispatched, received, damaged, missing, value_fen"
    rebuild(
        "transfer_line",
        create_transfer_line,
        f"id, {kept}, value_left_fen, approved, for_supplier, refused, returned, lost, over",
        f"id, {kept}, value_left_fen, asked, 0, 0, 0, 0, 0",
    )


def rebuild_route() -> None:
    """The same rows with the new rules, which hold nobody to anything yet but an answer and a truck within a day."""
    kept = "source_id, target_id, approval_above_packs, approve_within_hours, dispatch_within_hours"
    rebuild(
        "route",
        create_route,
        f"id, {kept}, truck_within_hours, answer_within_hours, keep_back_packs, direct",
        f"id, {kept}, 24, 24, 0, 0",
    )


def rebuild(table: str, create: Callable[[], None], columns: str, values: str) -> None:
    """Write a table anew with other columns and rules. Nothing may refer to it."""
    op.execute(f"create temporary table before_{table} as select * from {table}")
    op.drop_table(table)
    create()
    op.execute(f"insert into {table} ({columns}) select {values} from before_{table} order by id")
    op.execute(f"drop table before_{table}")
    if op.get_bind().dialect.name != "sqlite":
        op.execute(f"select setval('{table}_id_seq', greatest((select max(id) from {table}), 1))")
