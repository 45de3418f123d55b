"""Documents, their lines, the ledger and what is kept of it: postings, balances, daily totals; and the routes.

Postings are insert-only: a trigger refuses UPDATE and DELETE (`data/migrations`).
"""

from __future__ import annotations

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import SQLModel

from data.columns import (
    At,
    Key,
    KeyWord,
    MaybeAt,
    MaybeSaid,
    MaybeWhole,
    Said,
    Whole,
    key_of_words,
    key_ref,
    maybe_ref,
    maybe_word,
    ref,
    word,
)
from data.kinds import Bearer, Cause, DocumentKind, LoadReason, ReturnReason, Role, Shelf, State
from data.tables.base import check, partial_index, table_args


class Document(SQLModel, table=True):
    """The header of every document. `version` goes up by one with each step.

    A transfer with a `return_reason` is a return to the warehouse; `names_id` is the transfer whose rest it carries;
    `held_at_id` is the place that has its goods by mistake. `reverses_id` is the document that this one takes back: at
    most one that stands does so.
    """

    __table_args__ = table_args(
        check("version_begins_at_one", "version >= 1"),
        partial_index("ix_document_lapses_at", "lapses_at", where="lapses_at is not null"),
        partial_index("ix_document_reminds_at", "reminds_at", where="reminds_at is not null"),
        Index("ix_document_route", "place_id", "other_place_id", "posted_at"),
        partial_index(
            "uq_document_reverses_id",
            "reverses_id",
            where="reverses_id is not null and state not in ('rejected', 'cancelled', 'returned')",
            unique=True,
        ),
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
    reminds_at: MaybeAt = None
    dispatched_at: MaybeAt = None
    received_at: MaybeAt = None
    turned_back_at: MaybeAt = None
    held_at_id: int | None = maybe_ref("place.id")
    names_id: int | None = maybe_ref("document.id")
    return_reason: ReturnReason | None = maybe_word(ReturnReason, "return_reason")
    load_reason: LoadReason | None = maybe_word(LoadReason, "load_reason")
    reverses_id: int | None = maybe_ref("document.id")


class TransferLine(SQLModel, table=True):
    """One line of a transfer, all counts in the SKU's smallest unit.

    `approved` is 0 on a line that was added at dispatch. What was dispatched and neither received, damaged, kept for
    the supplier, returned nor lost is still on the road: of it some is `refused`, some `missing`, the rest awaited.
    `over` arrived above the dispatch and is posted by nobody yet. `value_fen` is fixed at dispatch; `value_left_fen` is
    what still lies in transit for this line.
    """

    __tablename__ = "transfer_line"
    __table_args__ = table_args(
        UniqueConstraint("document_id", "line"),
        check("asks_for_something", "asked >= 1"),
        check("approves_at_most_what_is_asked", "approved between 0 and asked"),
        check("freezes_at_most_what_is_approved", "frozen between 0 and approved"),
        check(
            "counts_are_not_negative",
            "dispatched >= 0 and received >= 0 and damaged >= 0 and for_supplier >= 0"
            " and refused >= 0 and missing >= 0 and returned >= 0 and lost >= 0 and over >= 0",
        ),
        check(
            "arrivals_fit_the_dispatch",
            "received + damaged + for_supplier + refused + missing + returned + lost <= dispatched",
        ),
    )

    id: Key = None
    document_id: int = ref("document.id")
    line: Whole
    sku_id: int = ref("sku.id")
    unit: Said
    asked: Whole
    approved: Whole
    frozen: Whole = 0
    dispatched: Whole = 0
    received: Whole = 0
    damaged: Whole = 0
    for_supplier: Whole = 0
    refused: Whole = 0
    missing: Whole = 0
    returned: Whole = 0
    lost: Whole = 0
    over: Whole = 0
    value_fen: Whole = 0
    value_left_fen: Whole = 0


class Dispute(SQLModel, table=True):
    """Whose answer a transfer waits for about goods that are missing or too many, and until when."""

    __table_args__ = table_args(
        partial_index("ix_dispute_due_at", "due_at", where="closed_at is null"),
    )

    document_id: int = key_ref("document.id")
    role: Role = word(Role)
    opened_at: At
    due_at: At
    closed_at: MaybeAt = None


class Posting(SQLModel, table=True):
    """One movement of goods from a place and shelf to a place and shelf. Never changed, never deleted.

    A shelf and its running count are missing at an edge. Quantity 0 is for causes that move value alone. Only a loss
    has somebody who bears it.
    """

    __table_args__ = table_args(
        check("quantity_is_positive", "quantity > 0 or (quantity = 0 and cause = 'true_up')"),
        check("goes_somewhere_else", "source_id <> target_id or source_shelf <> target_shelf"),
        check("source_count_with_shelf", "(source_shelf is null) = (source_after is null)"),
        check("target_count_with_shelf", "(target_shelf is null) = (target_after is null)"),
        check("a_loss_is_borne_by_somebody", "(borne_by is null) = (cause <> 'transfer_loss')"),
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
    borne_by: Bearer | None = maybe_word(Bearer)


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
        Index("ix_balance_place_id_sku_id", "place_id", "sku_id"),
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
    """What came to and went from a place in a day, by cause. Movements inside one place are left out.

    The key begins with the place and the day: today's rows of a place lie side by side, where they are added to, and so
    do a month's, where they are read. On SQLite the rows lie in the key itself.
    """

    __tablename__ = "daily_total"
    __table_args__ = table_args(
        check("counts_are_not_negative", "count_in >= 0 and count_out >= 0"),
        sqlite_with_rowid=False,
    )

    place_id: int = key_ref("place.id")
    business_date: KeyWord
    sku_id: int = key_ref("sku.id")
    cause: Cause = key_of_words(Cause)
    count_in: Whole = 0
    count_out: Whole = 0
    value_in_fen: Whole = 0
    value_out_fen: Whole = 0


class Route(SQLModel, table=True):
    """What holds between two places. A missing end means any place; the most exact row wins.

    Packs are the SKU's largest. `keep_back_packs` is what a pull leaves at the source, `daily_limit_packs` what a day's
    pulls may freeze in all (missing: no limit). On a `direct` route receiving dispatches too.
    """

    __table_args__ = table_args(
        UniqueConstraint("source_id", "target_id"),
        check(
            "hours_are_positive",
            "approve_within_hours >= 1 and dispatch_within_hours >= 1"
            " and truck_within_hours >= 1 and answer_within_hours >= 1",
        ),
        check("packs_are_not_negative", "keep_back_packs >= 0 and coalesce(daily_limit_packs, 0) >= 0"),
        check("direct_is_a_flag", "direct in (0, 1)"),
    )

    id: Key = None
    source_id: int | None = maybe_ref("place.id")
    target_id: int | None = maybe_ref("place.id")
    approval_above_packs: Whole
    approve_within_hours: Whole
    dispatch_within_hours: Whole
    truck_within_hours: Whole = 24
    answer_within_hours: Whole = 24
    keep_back_packs: Whole = 0
    daily_limit_packs: MaybeWhole = None
    direct: Whole = 0
