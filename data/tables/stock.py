"""Documents, their lines, the ledger and what is kept of it: postings, balances, daily totals; and the routes.

Postings are insert-only: a trigger refuses UPDATE and DELETE (`data/migrations`).
"""

from __future__ import annotations

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import SQLModel

from data.columns import At, Key, MaybeAt, MaybeSaid, MaybeWhole, Said, Whole, key_ref, maybe_ref, maybe_word, ref, word
from data.kinds import Cause, DocumentKind, Shelf, State
from data.tables.base import check, partial_index, table_args


class Document(SQLModel, table=True):
    """The header of every document. `version` goes up by one with each step."""

    __table_args__ = table_args(
        check("version_begins_at_one", "version >= 1"),
        partial_index("ix_document_lapses_at", "lapses_at", where="lapses_at is not null"),
        sqlite_autoincrement=True,  # a number is never given twice; the first migration starts it at 1001
    )

    id: Key = None
    kind: DocumentKind = word(DocumentKind)
    state: State = word(State)
    version: Whole = 1
    place_id: int = ref("place.id")
    other_place_id: int = ref("place.id")
    requester_id: int = ref("person.id")
    dispatched_by_id: int | None = maybe_ref("person.id")
    received_by_id: int | None = maybe_ref("person.id")
    reason: MaybeSaid = None
    lapses_at: MaybeAt = None
    occurred_at: At
    posted_at: At
    moved_at: At


class TransferLine(SQLModel, table=True):
    """One line of a transfer, all counts in the SKU's smallest unit.

    `value_fen` is fixed at dispatch; `value_left_fen` is what still lies in transit for this line.
    """

    __tablename__ = "transfer_line"
    __table_args__ = table_args(
        UniqueConstraint("document_id", "line"),
        check("asks_for_something", "asked >= 1"),
        check(
            "counts_are_not_negative",
            "frozen >= 0 and dispatched >= 0 and received >= 0 and damaged >= 0 and missing >= 0",
        ),
        check("freezes_at_most_what_is_asked", "frozen <= asked"),
        check("arrivals_fit_the_dispatch", "received + damaged + missing <= dispatched"),
    )

    id: Key = None
    document_id: int = ref("document.id")
    line: Whole
    sku_id: int = ref("sku.id")
    unit: Said
    asked: Whole
    frozen: Whole = 0
    dispatched: Whole = 0
    received: Whole = 0
    damaged: Whole = 0
    missing: Whole = 0
    value_fen: Whole = 0
    value_left_fen: Whole = 0


class Posting(SQLModel, table=True):
    """One movement of goods from a place and shelf to a place and shelf. Never changed, never deleted.

    A shelf and its running count are missing at an edge. Quantity 0 is for causes that move value alone.
    """

    __table_args__ = table_args(
        check("quantity_is_positive", "quantity > 0 or (quantity = 0 and cause = 'true_up')"),
        check("goes_somewhere_else", "source_id <> target_id or source_shelf <> target_shelf"),
        check("source_count_with_shelf", "(source_shelf is null) = (source_after is null)"),
        check("target_count_with_shelf", "(target_shelf is null) = (target_after is null)"),
        Index("ix_posting_sku_source", "sku_id", "source_id", "id"),
        Index("ix_posting_sku_target", "sku_id", "target_id", "id"),
        Index("ix_posting_document", "document_id"),
        partial_index("ix_posting_between_places", "business_date", "id", where="source_id <> target_id"),
    )

    id: Key = None
    sku_id: int = ref("sku.id")
    quantity: Whole
    value_fen: Whole
    source_id: int = ref("place.id")
    source_shelf: Shelf | None = maybe_word(Shelf, "source_shelf")
    source_after: MaybeWhole = None
    target_id: int = ref("place.id")
    target_shelf: Shelf | None = maybe_word(Shelf, "target_shelf")
    target_after: MaybeWhole = None
    cause: Cause = word(Cause)
    document_id: int = ref("document.id")
    line: Whole
    actor_id: int = ref("person.id")
    business_date: Said
    occurred_at: At
    posted_at: At


class Balance(SQLModel, table=True):
    """What a place has of a SKU, shelf by shelf: a cache of the postings, with the values and the last known rate."""

    __table_args__ = table_args(
        check("available_not_negative", "may_go_below = 1 or available >= 0"),
        check("reserved_not_negative", "reserved >= 0"),
        check("in_transit_not_negative", "in_transit >= 0"),
        check("blocked_not_negative", "blocked >= 0"),
        check("nothing_is_worth_nothing", "available + reserved + blocked <> 0 or value_fen = 0"),
        check("no_goods_on_the_road_no_value", "in_transit <> 0 or transit_value_fen = 0"),
        check("below_zero_is_a_flag", "may_go_below in (0, 1)"),
        Index("ix_balance_place_id", "place_id"),
    )

    sku_id: int = key_ref("sku.id")
    place_id: int = key_ref("place.id")
    available: Whole = 0
    reserved: Whole = 0
    in_transit: Whole = 0
    blocked: Whole = 0
    value_fen: Whole = 0
    transit_value_fen: Whole = 0
    rate_value_fen: Whole = 0
    rate_count: Whole = 0
    may_go_below: Whole = 0


class DailyTotal(SQLModel, table=True):
    """What came to and went from a place in a day, by cause. Movements inside one place are left out."""

    __tablename__ = "daily_total"
    __table_args__ = table_args(
        UniqueConstraint("place_id", "sku_id", "business_date", "cause"),
        check("counts_are_not_negative", "count_in >= 0 and count_out >= 0"),
    )

    id: Key = None
    place_id: int = ref("place.id")
    sku_id: int = ref("sku.id")
    business_date: Said
    cause: Cause = word(Cause)
    count_in: Whole = 0
    count_out: Whole = 0
    value_in_fen: Whole = 0
    value_out_fen: Whole = 0


class Route(SQLModel, table=True):
    """What holds between two places. A missing end means any place; the most exact row wins."""

    __table_args__ = table_args(
        UniqueConstraint("source_id", "target_id"),
        check("hours_are_positive", "approve_within_hours >= 1 and dispatch_within_hours >= 1"),
    )

    id: Key = None
    source_id: int | None = maybe_ref("place.id")
    target_id: int | None = maybe_ref("place.id")
    approval_above_packs: Whole
    approve_within_hours: Whole
    dispatch_within_hours: Whole
