"""The only way stock changes: moves become postings, and the balances and daily totals follow in the same transaction.

Postings are never changed or deleted; a correction is a reversing document. A balance is a cache of its postings.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, cast
from zoneinfo import ZoneInfo

from sqlalchemy import select, tuple_
from sqlmodel import col

from core.ground.documents import Header
from core.ground.work import Work
from core.stock.carry import Balance, Key, Move, Posted, Spot, carry, keys_of
from data.kinds import PlaceKind
from data.tables.goods import Place
from data.tables.stock import Balance as BalanceRow
from data.tables.stock import DailyTotal, Posting

COLUMNS = tuple(Balance.__slots__)
_BALANCES = select(col(BalanceRow.sku_id), col(BalanceRow.place_id), *(col(getattr(BalanceRow, c)) for c in COLUMNS))


def post(work: Work, document: Header, moves: Sequence[Move], occurred_at: datetime) -> tuple[Posted, ...]:
    """Write one document's moves to the ledger, all or none; the postings as written.

    `occurred_at` is when the goods moved: a transfer asked on Monday and received on Wednesday is in Wednesday's books.

    Locks the balance rows in sorted (sku, place) order, so two documents never wait for each other in a ring; `carry`
    decides; then balances, postings and daily totals are written. Raises NotEnoughStock, with everything as it was.
    """
    keys = sorted({key for move in moves for key in keys_of(move)})
    balances = lock_balances(work, keys)
    carried = carry(balances, moves, edge(work, PlaceKind.CUSTOMER))
    for key in keys:
        _write_balance(work, key, carried.balances[key])
    zones = _zones(work, carried.postings)
    for posted in carried.postings:
        _write_posting(work, document, posted, zones, occurred_at)
        _add_to_days(work, occurred_at, posted, zones)
    return carried.postings


def lock_balances(work: Work, keys: Sequence[Key]) -> dict[Key, Balance]:
    """The balances of these keys, locked until the transaction ends. A missing row is made, with nothing on it.

    Missing rows are made before anything is locked, and both in sorted order: nobody who holds a row waits for one
    that sorts before it.
    """
    wanted = tuple_(col(BalanceRow.sku_id), col(BalanceRow.place_id)).in_(keys)
    there = {Key(*row) for row in work.all(select(col(BalanceRow.sku_id), col(BalanceRow.place_id)).where(wanted))}
    missing = sorted(set(keys) - there)
    flags = _may_go_below(work, {key.place_id for key in missing}) if missing else {}
    for key in missing:
        row = {"sku_id": key.sku_id, "place_id": key.place_id}
        work.add_if_missing(BalanceRow, **row, may_go_below=flags.get(key.place_id, 0))
    query = _BALANCES.where(wanted).order_by(col(BalanceRow.sku_id), col(BalanceRow.place_id)).with_for_update()
    return {Key(*row[:2]): _balance(row[2:]) for row in work.all(query)}


def balances_of(work: Work, *, sku_ids: Iterable[int] | None = None, place_id: int | None = None) -> dict[Key, Balance]:
    """What is there, for reading: of these SKUs and this place, or of all."""
    query = _BALANCES.order_by(col(BalanceRow.sku_id), col(BalanceRow.place_id))
    if sku_ids is not None:
        query = query.where(col(BalanceRow.sku_id).in_(list(sku_ids)))
    if place_id is not None:
        query = query.where(col(BalanceRow.place_id) == place_id)
    return {Key(*row[:2]): _balance(row[2:]) for row in work.all(query)}


def edge(work: Work, kind: PlaceKind) -> Spot:
    """The spot of an edge of which the chain has one: the customer, the opening."""
    row = work.first(select(col(Place.id)).where(col(Place.kind) == kind).order_by(col(Place.id)))
    if row is None:
        raise LookupError(f"this chain has no {kind.value} edge")
    return Spot(cast(int, row[0]))


def business_date(moment: datetime, zone: str) -> date:
    """The day at a place to which a moment belongs."""
    return moment.astimezone(ZoneInfo(zone)).date()


def _may_go_below(work: Work, place_ids: Iterable[int]) -> Mapping[int, int]:
    rows = work.all(select(col(Place.id), col(Place.may_go_below)).where(col(Place.id).in_(place_ids)))
    return {int(place_id or 0): flag for place_id, flag in rows}


def _balance(columns: Sequence[int]) -> Balance:
    fields: dict[str, Any] = dict(zip(COLUMNS, columns, strict=True))
    return Balance(**fields)


def _write_balance(work: Work, key: Key, balance: Balance) -> None:
    values = {name: int(getattr(balance, name)) for name in COLUMNS if name != "may_go_below"}
    row = (col(BalanceRow.sku_id) == key.sku_id, col(BalanceRow.place_id) == key.place_id)
    work.change(BalanceRow, *row, **values)


def _zones(work: Work, postings: Sequence[Posted]) -> Mapping[int, str]:
    ids = {spot.place_id for posted in postings for spot in (posted.source, posted.target)}
    rows = work.all(select(col(Place.id), col(Place.zone)).where(col(Place.id).in_(ids)))
    return {row.id: row.zone for row in rows}


def _write_posting(
    work: Work, document: Header, posted: Posted, zones: Mapping[int, str], occurred_at: datetime
) -> None:
    home = posted.target if posted.source.shelf is None else posted.source
    work.add(
        Posting,
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
        document_id=document.id,
        line=posted.line,
        actor_id=work.who.id,
        business_date=business_date(occurred_at, zones[home.place_id]).isoformat(),
        occurred_at=occurred_at,
        posted_at=work.now,
    )


def _add_to_days(work: Work, occurred_at: datetime, posted: Posted, zones: Mapping[int, str]) -> None:
    """Add to the day's totals at both ends. Edges have none, and movements inside one place are no flow."""
    if posted.source.place_id == posted.target.place_id:
        return
    for spot, way in ((posted.source, "out"), (posted.target, "in")):
        if spot.shelf is not None:
            day = business_date(occurred_at, zones[spot.place_id]).isoformat()
            _add_to_day(work, spot.place_id, day, posted, way)


def _add_to_day(work: Work, place_id: int, day: str, posted: Posted, way: str) -> None:
    # The balance row's lock is held, so nobody else adds to this row between the update and the insert.
    added = {f"count_{way}": posted.quantity, f"value_{way}_fen": posted.value_fen}
    key = {"place_id": place_id, "sku_id": posted.sku_id, "business_date": day, "cause": posted.cause}
    where = [col(getattr(DailyTotal, name)) == value_of for name, value_of in key.items()]
    sums = {name: col(getattr(DailyTotal, name)) + more for name, more in added.items()}
    if work.change(DailyTotal, *where, **sums) == 0:
        work.add(DailyTotal, **key, **added)
