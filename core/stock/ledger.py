"""The only way stock changes: moves become postings, and the balances and daily totals follow in the same transaction.

Postings are never changed or deleted; a correction is a reversing document. A balance is a cache of its postings.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from functools import partial
from zoneinfo import ZoneInfo

from sqlalchemy import insert, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import col

from core.ground.documents import Header
from core.ground.work import Work
from core.people.directory import site
from core.stock.carry import Balance, Key, Move, Posted, Spot, carry, keys_of
from data.kinds import PlaceKind
from data.statements import Statement, given, given_columns
from data.tables.base import defaults_of, table_of
from data.tables.goods import Place
from data.tables.stock import Balance as BalanceRow
from data.tables.stock import DailyTotal, Posting

COLUMNS = tuple(Balance.__slots__)
CHANGED = "balances"
"""What the audit calls them; each by its SKU and its place: 12@3."""
TOLD = ("available", "reserved", "in_transit", "blocked", "value_fen", "transit_value_fen")
_COUNTS = tuple(col(getattr(BalanceRow, name)) for name in COLUMNS)
_OF_SKU, _AT_PLACE = col(BalanceRow.sku_id) == given("sku_id"), col(BalanceRow.place_id) == given("place_id")
_HERE = (_OF_SKU, _AT_PLACE)
_READ = Statement(select(*_COUNTS).where(*_HERE))
_LOCK = Statement(select(*_COUNTS).where(*_HERE).with_for_update())
_EVERYWHERE = Statement(select(col(BalanceRow.place_id), *_COUNTS).where(_OF_SKU).order_by(col(BalanceRow.place_id)))
_ALL_HERE = Statement(select(col(BalanceRow.sku_id), *_COUNTS).where(_AT_PLACE).order_by(col(BalanceRow.sku_id)))
_WRITTEN = tuple(name for name in COLUMNS if name != "may_go_below")
_WRITE = Statement(update(table_of(BalanceRow)).where(*_HERE).values({name: given(name) for name in _WRITTEN}))
_EDGE = Statement(select(col(Place.id)).where(col(Place.kind) == given("kind")).order_by(col(Place.id)).limit(1))
_ADD_POSTING = Statement(insert(table_of(Posting)).values(given_columns(Posting)))


def post(work: Work, document: Header, moves: Sequence[Move], occurred_at: datetime) -> tuple[Posted, ...]:
    """Write one document's moves to the ledger, all or none; the postings as written.

    `occurred_at` is when the goods moved: a transfer asked on Monday and received on Wednesday is in Wednesday's books.

    Locks the balance rows in sorted (sku, place) order, so two documents never wait for each other in a ring; `carry`
    decides; then balances, postings and daily totals are written. No moves write nothing. Raises NotEnoughStock, with
    everything as it was.
    """
    if not moves:
        return ()
    balances = lock_balances(work, {key for move in moves for key in keys_of(move)})
    carried = carry(balances, moves, partial(edge, work, PlaceKind.CUSTOMER))
    for key, before in balances.items():
        _write_balance(work, key, carried.balances[key])
        work.changes.note(CHANGED, f"{key.sku_id}@{key.place_id}", _told(before), _told(carried.balances[key]))
    days = _days(work, carried.postings, occurred_at)
    for posted in carried.postings:
        _write_posting(work, document, posted, days, occurred_at)
        _add_to_days(work, posted, days)
    return carried.postings


def lock_balances(work: Work, keys: Iterable[Key]) -> dict[Key, Balance]:
    """The balances of these keys, locked until the transaction ends. A missing row is made, with nothing on it.

    Row by row in sorted order: nobody who holds one, made or locked, waits for one that sorts before it.
    """
    return {key: work.once((lock_balances, key), partial(_locked, work, key)) for key in sorted(set(keys))}


def balance_of(work: Work, key: Key) -> Balance:
    """What a place has of a SKU, for reading."""
    row = work.one(_READ, sku_id=key.sku_id, place_id=key.place_id)
    return Balance() if row is None else Balance(*row)


def balances_of(work: Work, sku_ids: Iterable[int]) -> dict[Key, Balance]:
    """What every place has of these SKUs, for reading, in the order of SKUs and places."""
    return {
        Key(sku_id, place_id): Balance(*counts)
        for sku_id in sorted(set(sku_ids))
        for place_id, *counts in work.rows(_EVERYWHERE, sku_id=sku_id)
    }


def balances_at(work: Work, place_id: int) -> dict[int, Balance]:
    """What a place has, for reading, by SKU."""
    return {sku_id: Balance(*counts) for sku_id, *counts in work.rows(_ALL_HERE, place_id=place_id)}


def edge(work: Work, kind: PlaceKind) -> Spot:
    """The spot of an edge of which the chain has one: the customer, the opening."""
    row = work.one(_EDGE, kind=kind)
    if row is None:
        raise LookupError(f"this chain has no {kind.value} edge")
    return Spot(int(row[0] or 0))


def business_date(moment: datetime, zone: str) -> date:
    """The day at a place to which a moment belongs."""
    return moment.astimezone(ZoneInfo(zone)).date()


def _make_balance(work: Work, key: Key) -> None:
    where = site(work, key.place_id)
    work.run(_MAKE, sku_id=key.sku_id, place_id=key.place_id, may_go_below=where.may_go_below)


def _locked(work: Work, key: Key) -> Balance:
    row = work.one(_LOCK, sku_id=key.sku_id, place_id=key.place_id)
    if row is None:
        _make_balance(work, key)
        row = work.one(_LOCK, sku_id=key.sku_id, place_id=key.place_id)
    if row is None:
        raise LookupError(f"no balance of {key}")
    return Balance(*row)


def _write_balance(work: Work, key: Key, balance: Balance) -> None:
    work.run(_WRITE, sku_id=key.sku_id, place_id=key.place_id, **{name: getattr(balance, name) for name in _WRITTEN})
    work.knows((lock_balances, key), balance)


def _told(balance: Balance) -> dict[str, object]:
    return {name: getattr(balance, name) for name in TOLD}


def _days(work: Work, postings: Sequence[Posted], occurred_at: datetime) -> Mapping[int, str]:
    """The business date at every place of these postings."""
    place_ids = {spot.place_id for posted in postings for spot in (posted.source, posted.target)}
    return {place_id: business_date(occurred_at, site(work, place_id).zone).isoformat() for place_id in place_ids}


def _write_posting(
    work: Work, document: Header, posted: Posted, days: Mapping[int, str], occurred_at: datetime
) -> None:
    home = posted.target if posted.source.shelf is None else posted.source
    work.run(
        _ADD_POSTING,
        sku_id=posted.sku_id,
        quantity=posted.quantity,
        value_fen=posted.value_fen,
        source_id=posted.source.place_id,
        source_shelf=posted.source.shelf,
        source_after=posted.source_after,
        target_id=posted.target.place_id,
        target_shelf=posted.target.shelf,
        target_after=posted.target_after,
        cause=posted.cause,
        borne_by=posted.borne_by,
        document_id=document.id,
        line=posted.line,
        actor_id=work.who.id,
        business_date=days[home.place_id],
        occurred_at=occurred_at,
        posted_at=work.now,
    )


def _add_to_days(work: Work, posted: Posted, days: Mapping[int, str]) -> None:
    """Add to the day's totals at both ends. Edges have none, and movements inside one place are no flow."""
    if posted.source.place_id == posted.target.place_id:
        return
    goes = {**_TO_DAY, "count_out": posted.quantity, "value_out_fen": posted.value_fen}
    comes = {**_TO_DAY, "count_in": posted.quantity, "value_in_fen": posted.value_fen}
    for spot, added in ((posted.source, goes), (posted.target, comes)):
        if spot.shelf is not None:
            day = {"place_id": spot.place_id, "sku_id": posted.sku_id, "business_date": days[spot.place_id]}
            work.run(_ADD_TO_DAY, **day, cause=posted.cause, **added)


def _making(kind: type[sqlite.Insert] | type[postgresql.Insert]) -> sqlite.Insert | postgresql.Insert:
    """A balance with nothing on it, unless somebody made it first."""
    row = {**defaults_of(BalanceRow), **{name: given(name) for name in ("sku_id", "place_id", "may_go_below")}}
    return kind(table_of(BalanceRow)).values(row).on_conflict_do_nothing()


def _adding_to_day(kind: type[sqlite.Insert] | type[postgresql.Insert]) -> sqlite.Insert | postgresql.Insert:
    """A day's total, or more of it."""
    totals = table_of(DailyTotal)
    row = kind(totals).values(given_columns(DailyTotal))
    sums = {name: totals.c[name] + row.excluded[name] for name in _TO_DAY}
    return row.on_conflict_do_update(index_elements=_DAY, set_=sums)


_DAY = ("place_id", "sku_id", "business_date", "cause")
_TO_DAY = {name: 0 for name in DailyTotal.model_fields if name not in ("id", *_DAY)}
_MAKE = Statement(_making(sqlite.Insert), on_postgresql=_making(postgresql.Insert))
_ADD_TO_DAY = Statement(_adding_to_day(sqlite.Insert), on_postgresql=_adding_to_day(postgresql.Insert))
