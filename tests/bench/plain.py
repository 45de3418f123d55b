"""A transfer by hand: what a careful person would write with nothing but the driver, as a yardstick for the product.

It is frozen: it does not change when the product is made faster. Its steps are given to the same queue as the
product's, so batch, savepoint, thread and commit are the same; within a step there are texts with positional parameters
on one cursor of the driver's. It leaves the same rows in the same tables, which every run of the bench compares before
it measures.

It reads what a step depends on, each thing once, and of it the columns that matter: who acts; whether this key was done
before (on PostgreSQL after waiting for whoever has it at the moment); the places (kind, region, zone); the route; the
largest pack; the document, locked; its lines; the balances, locked. So a submit is 7 reads and 7 writes, a dispatch 7
and 7, a receipt 9 and 10.

It leaves out, for it knows that all goes well: every check and refusal, so that it needs no savepoint of its own to
return to; the kinds of transfer that the bench does not play (several lines, one that waits for a word, shortages,
direct routes, a balance that has to be made first, a pot that ends with a value and no goods); and reads that tell
nothing in the case that it plays (the customer edge; the dispute of goods that were never disputed). A transfer that
nobody has to approve is written as approved at once: to write it as submitted first would be one more update.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any, cast
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
HOUR = 3_600_000_000
CHANNEL = "bench"
Run = Callable[..., Any]


@dataclass(frozen=True, slots=True)
class Hand:
    """Who takes a step and when, and the key under which it is taken once."""

    actor_id: int
    key: str
    trace: str
    now: datetime


@dataclass(frozen=True, slots=True)
class Wanted:
    """One line from a place to another, in smallest units."""

    source_id: int
    target_id: int
    sku_id: int
    unit: str
    count: int


@dataclass(frozen=True, slots=True)
class Seen:
    """A transfer as whoever takes the next step saw it."""

    document_id: int
    version: int


def _both(text: str, lock: str = "") -> tuple[str, str]:
    """A text for SQLite and one for PostgreSQL, where rows that were read for writing are locked."""
    return text, text.replace("?", "%s") + lock


PERSON = _both("select role, home_id, region, language from person where id = ?")
HOLD = "select pg_advisory_xact_lock(hashtextextended(%s, 0))"
DONE = _both('select fingerprint, answer from done where actor_id = ? and "key" = ?')
PLACE = _both("select kind, region, zone from place where id = ?")
ROUTE = _both(
    "select approval_above_packs, dispatch_within_hours, truck_within_hours, answer_within_hours, direct from route"
    " where (source_id = ? or source_id is null) and (target_id = ? or target_id is null)"
    " order by source_id is null, target_id is null limit 1"
)
PACK = _both(
    "select decimals, (select max(factor) from pack where pack.sku_id = sku.id) from sku where id = ?",
)
BALANCE = _both(
    "select available, reserved, in_transit, blocked, value_fen, transit_value_fen, rate_value_fen, rate_count,"
    " may_go_below from balance where sku_id = ? and place_id = ?",
    " for update",
)
DOCUMENT = _both(
    "select kind, state, version, place_id, other_place_id, requester_id, dispatched_by_id, turned_back_at, held_at_id,"
    " return_reason from document where id = ?",
    " for update",
)
LINES = _both(
    "select line, sku_id, asked, approved, frozen, dispatched, received, damaged, for_supplier, refused, missing,"
    " returned, lost, over, value_left_fen from transfer_line where document_id = ? order by line"
)
OPEN = _both(
    "insert into document (kind, state, version, place_id, other_place_id, requester_id, lapses_at, occurred_at,"
    " posted_at, moved_at, reminds_at) values ('transfer', 'approved', 2, ?, ?, ?, ?, ?, ?, ?, ?) returning id"
)
ADD_LINE = _both(
    "insert into transfer_line (document_id, line, sku_id, unit, asked, approved, frozen, dispatched, received,"
    " damaged, for_supplier, refused, missing, returned, lost, over, value_fen, value_left_fen)"
    " values (?, 1, ?, ?, ?, ?, ?, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)"
)
LOADED = _both(
    "update transfer_line set frozen = 0, dispatched = ?, value_fen = ?, value_left_fen = ?"
    " where document_id = ? and line = 1"
)
ARRIVED = _both("update transfer_line set received = ?, value_left_fen = ? where document_id = ? and line = 1")
SHELVES = _both("update balance set available = ?, reserved = ? where sku_id = ? and place_id = ?")
ONTO_ROAD = _both(
    "update balance set reserved = ?, in_transit = ?, value_fen = ?, transit_value_fen = ?, rate_value_fen = ?,"
    " rate_count = ? where sku_id = ? and place_id = ?"
)
OFF_ROAD = _both("update balance set in_transit = ?, transit_value_fen = ? where sku_id = ? and place_id = ?")
ONTO_SHELF = _both(
    "update balance set available = ?, value_fen = ?, rate_value_fen = ?, rate_count = ?"
    " where sku_id = ? and place_id = ?"
)
POSTING = _both(
    "insert into posting (sku_id, quantity, value_fen, source_id, source_shelf, source_after, target_id, target_shelf,"
    " target_after, cause, document_id, line, actor_id, business_date, occurred_at, posted_at)"
    " values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 1, ?, ?, ?, ?)"
)
DAY = _both(
    "insert into daily_total (place_id, sku_id, business_date, cause, count_in, count_out, value_in_fen, value_out_fen)"
    " values (?, ?, ?, 'transfer_in', ?, ?, ?, ?) on conflict (place_id, sku_id, business_date, cause) do update set"
    " count_in = daily_total.count_in + excluded.count_in, count_out = daily_total.count_out + excluded.count_out,"
    " value_in_fen = daily_total.value_in_fen + excluded.value_in_fen,"
    " value_out_fen = daily_total.value_out_fen + excluded.value_out_fen"
)
LEFT = _both(
    "update document set state = 'in_transit', version = version + 1, dispatched_by_id = ?, dispatched_at = ?,"
    " moved_at = ?, reminds_at = ?, lapses_at = null where id = ? and version = ?"
)
CAME = _both(
    "update document set state = 'received', version = version + 1, received_by_id = ?, received_at = ?,"
    " moved_at = ?, reminds_at = null, held_at_id = null where id = ? and version = ?"
)
AUDIT = _both(
    'insert into audit (ran_at, actor_id, channel, command, facts, outcome, document_id, "before", "after", trace)'
    " values (?, ?, ?, ?, ?, 'done', ?, ?, ?, ?)"
)
EVENT = _both(
    "insert into event (kind, document_id, facts, state, attempts, next_at, happened_at, trace)"
    " values (?, ?, ?, 'new', 0, ?, ?, ?)"
)
KEEP_DONE = _both('insert into done (actor_id, "key", fingerprint, answer, ran_at) values (?, ?, ?, ?, ?)')


def submit(connection: Connection, hand: Hand, wanted: Wanted) -> Seen:
    """Ask for goods of one's own place to go, frozen and approved at once."""
    run, on = _begin(connection, hand)
    ends, here = (wanted.source_id, wanted.target_id), (wanted.sku_id, wanted.source_id)
    _, _, zone = run(PLACE[on], ends[:1]).fetchone()
    run(PLACE[on], ends[1:]).fetchone()
    _, hours, *_ = run(ROUTE[on], ends).fetchone()
    run(PACK[on], here[:1]).fetchone()
    available, reserved, *_ = run(BALANCE[on], here).fetchone()

    now, count = _micros(hand.now), wanted.count
    times = (now + hours * HOUR, now, now, now, now + hours * HOUR // 2)
    (document_id,) = run(OPEN[on], (*ends, hand.actor_id, *times)).fetchone()
    run(ADD_LINE[on], (document_id, wanted.sku_id, wanted.unit, count, count, count))
    available, reserved = available - count, reserved + count
    run(SHELVES[on], (available, reserved, *here))
    shelves = (ends[0], "available", available, ends[0], "reserved", reserved, "freeze")
    written = (document_id, hand.actor_id, _day(hand.now, zone), now, now)
    run(POSTING[on], (wanted.sku_id, count, 0, *shelves, *written))
    line = {"sku_id": wanted.sku_id, "count": count, "unit": wanted.unit}
    facts = {"source_id": ends[0], "target_id": ends[1], "lines": [line], "return_reason": None}
    _end(run, on, hand, ("SubmitTransfer", facts, "approve", document_id, 2, "approved", None))
    return Seen(document_id, 2)


def dispatch(connection: Connection, hand: Hand, seen: Seen) -> Seen:
    """Put all of a transfer on the road, at the average value of what its source has."""
    run, on = _begin(connection, hand)
    document_id, version = seen.document_id, seen.version
    _, state, _, source_id, target_id, *_ = run(DOCUMENT[on], (document_id,)).fetchone()
    ((_, sku_id, _, count, *_),) = run(LINES[on], (document_id,)).fetchall()
    _, _, zone = run(PLACE[on], (source_id,)).fetchone()
    _, _, hours, *_ = run(ROUTE[on], (source_id, target_id)).fetchone()
    here = (sku_id, source_id)
    available, reserved, in_transit, blocked, value, on_road, *_ = run(BALANCE[on], here).fetchone()

    now, on_hand = _micros(hand.now), available + reserved + blocked
    leaving = value if count == on_hand else (2 * value * count + on_hand) // (2 * on_hand)
    reserved, in_transit, value, on_hand = reserved - count, in_transit + count, value - leaving, on_hand - count
    run(ONTO_ROAD[on], (reserved, in_transit, value, on_road + leaving, value, on_hand, *here))
    shelves = (source_id, "reserved", reserved, source_id, "in_transit", in_transit, "dispatch")
    written = (document_id, hand.actor_id, _day(hand.now, zone), now, now)
    run(POSTING[on], (sku_id, count, leaving, *shelves, *written))
    run(LOADED[on], (count, leaving, leaving, document_id))
    _moved(run(LEFT[on], (hand.actor_id, now, now, now + hours * HOUR, document_id, version)))
    facts = {"document_id": document_id, "version": version, "loaded": [], "reason": None, "rest_later": False}
    _end(run, on, hand, ("DispatchTransfer", facts, "dispatch", document_id, version + 1, "in_transit", state))
    return Seen(document_id, version + 1)


def receive(connection: Connection, hand: Hand, seen: Seen, good: int) -> Seen:
    """Book all of a transfer at its target."""
    run, on = _begin(connection, hand)
    document_id, version = seen.document_id, seen.version
    _, state, _, source_id, target_id, *_ = run(DOCUMENT[on], (document_id,)).fetchone()
    ((_, sku_id, *_, on_line),) = run(LINES[on], (document_id,)).fetchall()
    _, _, source_zone = run(PLACE[on], (source_id,)).fetchone()
    _, _, target_zone = run(PLACE[on], (target_id,)).fetchone()
    run(ROUTE[on], (source_id, target_id)).fetchone()
    books = {one: run(BALANCE[on], (sku_id, one)).fetchone() for one in sorted((source_id, target_id))}

    now, (_, _, in_transit, _, _, on_road, *_) = _micros(hand.now), books[source_id]
    available, reserved, _, blocked, value, *_ = books[target_id]
    in_transit, available, value = in_transit - good, available + good, value + on_line
    run(OFF_ROAD[on], (in_transit, on_road - on_line, sku_id, source_id))
    run(ONTO_SHELF[on], (available, value, value, available + reserved + blocked, sku_id, target_id))
    shelves = (source_id, "in_transit", in_transit, target_id, "available", available, "transfer_in")
    goes_on, comes_on = _day(hand.now, source_zone), _day(hand.now, target_zone)
    run(POSTING[on], (sku_id, good, on_line, *shelves, document_id, hand.actor_id, goes_on, now, now))
    run(DAY[on], (source_id, sku_id, goes_on, 0, good, 0, on_line))
    run(DAY[on], (target_id, sku_id, comes_on, good, 0, on_line, 0))
    run(ARRIVED[on], (good, 0, document_id))
    _moved(run(CAME[on], (hand.actor_id, now, now, document_id, version)))
    seen_of_it = {"good": good, "damaged": 0, "missing": 0, "refused": 0, "for_supplier": 0, "over": 0}
    facts = {"document_id": document_id, "version": version, "arrived": [{"line": 1, **seen_of_it}]}
    _end(run, on, hand, ("ReceiveTransfer", facts, "receive", document_id, version + 1, "received", state))
    return Seen(document_id, version + 1)


def _begin(connection: Connection, hand: Hand) -> tuple[Run, int]:
    """One cursor of the driver's, and which text it takes; it has asked who acts and whether this was done before."""
    line: Any = connection.connection.driver_connection
    on_sqlite = isinstance(line, sqlite3.Connection)
    run = cast(Run, sqlite3.Connection.cursor(line).execute if on_sqlite else line.cursor().execute)
    on = 0 if on_sqlite else 1
    run(PERSON[on], (hand.actor_id,)).fetchone()
    if not on_sqlite:
        run(HOLD, (f"{hand.actor_id} {hand.key}",)).fetchone()
    if run(DONE[on], (hand.actor_id, hand.key)).fetchone():
        raise ValueError(f"{hand.key} was done before")
    return run, on


def _end(run: Run, on: int, hand: Hand, done: tuple[str, dict[str, Any], str, int, int, str, str | None]) -> None:
    """What every step leaves behind: audit, event, done-record."""
    command, said, step, document_id, version, state, was = done
    facts, now = json.dumps(said, ensure_ascii=False), _micros(hand.now)
    before = f'{{"state": "{was}", "version": {version - 1}}}' if was else None
    after = f'{{"state": "{state}", "version": {version}}}'
    run(AUDIT[on], (now, hand.actor_id, CHANNEL, command, facts, document_id, before, after, hand.trace))
    told = f'{{"actor_id": {hand.actor_id}}}'
    run(EVENT[on], (f"transfer.{step}", document_id, told, now, now, hand.trace))
    fingerprint = sha256(f"{command} {facts}".encode()).hexdigest()
    answer = f'{{"document_id": {document_id}, "version": {version}, "state": "{state}"}}'
    run(KEEP_DONE[on], (hand.actor_id, hand.key, fingerprint, answer, now))


def _moved(cursor: Any) -> None:
    if cursor.rowcount != 1:
        raise ValueError("the document moved on")


def _micros(moment: datetime) -> int:
    return (moment - EPOCH) // timedelta(microseconds=1)


def _day(moment: datetime, zone: str) -> str:
    return moment.astimezone(ZoneInfo(zone)).date().isoformat()
