"""The books of a chain that grows old: the rows that the product would write, reckoned by hand and many times as fast.

It knows the few commands that happen in `years.py`, and that they all succeed. A test holds it to the product: the same
commands through `execute` leave the same rows in every table.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from data.kinds import Cause, DocumentKind, Shelf
from tests.bench.old_audit import Ledger, moment
from tests.bench.years import HOUR, Chain, Deed, Line

CHANNEL = "bench"
FROZEN_HOURS, TRUCK_HOURS = 24, 24
"""So long goods stay frozen on most routes; after so long on the road somebody is reminded on all of them."""
AVAILABLE, RESERVED, IN_TRANSIT = Shelf.AVAILABLE.value, Shelf.RESERVED.value, Shelf.IN_TRANSIT.value
OPENING, RECEIPT, SALE = Cause.OPENING, Cause.PURCHASE_RECEIPT, Cause.SALE
TRANSFER = DocumentKind.TRANSFER.value
ONE_SIDED = {
    OPENING: (DocumentKind.OPENING.value, "OpenStock"),
    RECEIPT: (DocumentKind.GOODS_RECEIPT.value, "ReceiveGoods"),
    SALE: (DocumentKind.SALE.value, "RecordSale"),
}
# The columns that are written; what is left out is missing in every row.
COLUMNS = {
    "document": (
        *("id", "kind", "state", "version", "place_id", "other_place_id", "requester_id", "dispatched_by_id"),
        *("received_by_id", "lapses_at", "occurred_at", "posted_at", "moved_at", "reminds_at", "dispatched_at"),
        "received_at",
    ),
    "transfer_line": (
        *("document_id", "line", "sku_id", "unit", "asked", "approved", "frozen", "dispatched", "received", "damaged"),
        *("for_supplier", "refused", "missing", "returned", "lost", "over", "value_fen", "value_left_fen"),
    ),
    "posting": (
        *("id", "sku_id", "quantity", "value_fen", "source_id", "source_shelf", "source_after", "target_id"),
        *("target_shelf", "target_after", "cause", "document_id", "line", "actor_id", "business_date", "occurred_at"),
        "posted_at",
    ),
    "daily_total": (
        *("place_id", "business_date", "sku_id", "cause", "count_in", "count_out", "value_in_fen", "value_out_fen"),
    ),
    "done": ("actor_id", "key", "fingerprint", "answer", "ran_at"),
    "audit": (
        *("id", "ran_at", "actor_id", "channel", "command", "facts", "outcome", "document_id", "before", "after"),
    ),
    "event": ("kind", "document_id", "facts", "state", "attempts", "next_at", "happened_at"),
    "balance": (
        *("sku_id", "place_id", "available", "reserved", "in_transit", "blocked", "value_fen", "transit_value_fen"),
        *("rate_value_fen", "rate_count", "may_go_below"),
    ),
}
Rows = dict[str, list[tuple[Any, ...]]]


class Stand:
    """What a place has of a SKU. Nothing is ever blocked here, and nothing falls below zero."""

    __slots__ = (
        "available",
        "in_transit",
        "rate_count",
        "rate_value_fen",
        "reserved",
        "transit_value_fen",
        "value_fen",
    )

    def __init__(self) -> None:
        self.available = self.reserved = self.in_transit = 0
        self.value_fen = self.transit_value_fen = self.rate_value_fen = self.rate_count = 0

    def add(self, value_fen: int) -> None:
        """Goods on hand came or went, with this value (below 0 for what went)."""
        self.value_fen += value_fen
        if on_hand := self.available + self.reserved:
            self.rate_value_fen, self.rate_count = self.value_fen, on_hand

    def worth(self, count: int) -> int:
        """What so many from on hand take along: their part of the value, rounded half up; all of it takes all."""
        on_hand = self.available + self.reserved
        if count == on_hand:
            return self.value_fen
        return (2 * self.value_fen * count + on_hand) // (2 * on_hand)


@dataclass(slots=True)
class Transfer:
    """A transfer: the deeds that brought it so far, and what its lines are worth."""

    asked: Deed
    left: Deed | None = None
    arrived: Deed | None = None
    values: list[int] = field(default_factory=list)


class Books:
    """The books as they stand, and the rows that are not loaded yet."""

    def __init__(self, chain: Chain) -> None:
        self.chain = chain
        self.stands: dict[tuple[int, int], Stand] = defaultdict(Stand)
        self.days: dict[tuple[int, str, int, str], list[int]] = {}
        self.transfers: dict[int, Transfer] = {}
        self.changes = Ledger()
        self.rows: Rows = {table: [] for table in COLUMNS}
        self.postings = self.commands = 0

    def take(self, deed: Deed) -> None:
        """Write a deed down."""
        if deed.cause in ONE_SIDED:
            self._one_sided(deed)
        elif deed.cause is Cause.FREEZE:
            self._request(deed)
        elif deed.cause is Cause.DISPATCH:
            self._leave(deed)
        else:
            self._arrive(deed)

    def end_day(self) -> None:
        """Nothing is added to these days any more."""
        self.rows["daily_total"] += [(*key, *sums) for key, sums in sorted(self.days.items())]
        self.days.clear()

    def end(self) -> None:
        """The rows that stay open: transfers on the road, balances, the last day."""
        self.end_day()
        for transfer in self.transfers.values():
            self._close(transfer)
        for (sku_id, place_id), one in sorted(self.stands.items()):
            counts = (one.available, one.reserved, one.in_transit, 0)
            values = (one.value_fen, one.transit_value_fen, one.rate_value_fen, one.rate_count)
            self.rows["balance"].append((sku_id, place_id, *counts, *values, self.chain.may_go_below[place_id]))

    def _one_sided(self, deed: Deed) -> None:
        kind, command = ONE_SIDED[deed.cause]
        people, when = (deed.person_id, None, None), deed.moment
        ends = (deed.place_id, deed.other_id)
        self.rows["document"].append(
            (deed.document_id, kind, "posted", 1, *ends, *people, None, when, when, when, None, None, None)
        )
        opened = {"kind": kind, "state": "posted", "place_id": deed.place_id, "other_place_id": deed.other_id}
        opened |= {"requester_id": deed.person_id, "occurred_at": moment(when)}
        self.changes.made("documents", deed.document_id, opened)
        write = self._sold if deed.cause is SALE else self._comes
        for number, line in enumerate(deed.lines, start=1):
            write(deed, number, line)
        facts: dict[str, object] = {"lines": [_said(deed.cause, line) for line in deed.lines], "occurred_at": None}
        facts["place_id"] = deed.place_id
        if deed.cause is RECEIPT:
            facts["supplier_id"] = deed.other_id
        self._done(deed, command, facts, "posted", 1, None)

    def _comes(self, deed: Deed, number: int, line: Line) -> None:
        stand = self._touched(line.sku_id, deed.place_id)
        stand.available += line.count
        stand.add(line.value_fen)
        target = (deed.place_id, AVAILABLE, stand.available)
        self._post(deed, number, line, line.value_fen, (deed.other_id, None, None), target)
        self._flow(deed, deed.place_id, line, line.value_fen, 0)

    def _sold(self, deed: Deed, number: int, line: Line) -> None:
        stand = self._touched(line.sku_id, deed.place_id)
        value = stand.worth(line.count)
        stand.available -= line.count
        stand.add(-value)
        source = (deed.place_id, AVAILABLE, stand.available)
        self._post(deed, number, line, value, source, (deed.other_id, None, None))
        self._flow(deed, deed.place_id, line, value, 1)

    def _request(self, deed: Deed) -> None:
        place_id = deed.place_id
        for number, line in enumerate(deed.lines, start=1):
            stand = self._touched(line.sku_id, place_id)
            stand.available -= line.count
            stand.reserved += line.count
            counts = dict.fromkeys(("asked", "approved", "frozen"), line.count)
            self.changes.made("lines", f"{deed.document_id}.{number}", {"sku_id": line.sku_id, **counts})
            ends = (place_id, AVAILABLE, stand.available), (place_id, RESERVED, stand.reserved)
            self._post(deed, number, line, 0, *ends)
        self.transfers[deed.document_id] = Transfer(deed)
        opened = {"kind": TRANSFER, "state": "approved", "place_id": place_id, "other_place_id": deed.other_id}
        opened |= {"requester_id": deed.person_id, "occurred_at": moment(deed.moment), **self._lasts(deed)}
        self.changes.made("documents", deed.document_id, opened)
        asked = [{"count": line.count, "sku_id": line.sku_id, "unit": ""} for line in deed.lines]
        facts = {"lines": asked, "return_reason": None, "source_id": place_id, "target_id": deed.other_id}
        self._done(deed, "SubmitTransfer", facts, "approved", 2, None)
        self._tell(deed, "transfer.approve")

    def _leave(self, deed: Deed) -> None:
        place_id, transfer = deed.place_id, self.transfers[deed.document_id]
        for number, line in enumerate(deed.lines, start=1):
            stand = self._touched(line.sku_id, place_id)
            value = stand.worth(line.count)
            stand.reserved -= line.count
            stand.in_transit += line.count
            stand.transit_value_fen += value
            stand.add(-value)
            transfer.values.append(value)
            columns = {"dispatched": (0, line.count), "value_fen": (0, value), "value_left_fen": (0, value)}
            self.changes.changed("lines", f"{deed.document_id}.{number}", frozen=(line.count, 0), **columns)
            ends = (place_id, RESERVED, stand.reserved), (place_id, IN_TRANSIT, stand.in_transit)
            self._post(deed, number, line, value, *ends)
        transfer.left = deed
        lasts, reminds = self._lasts(transfer.asked), moment(deed.moment + TRUCK_HOURS * HOUR)
        self.changes.changed(
            "documents",
            deed.document_id,
            state=("approved", "in_transit"),
            lapses_at=(lasts["lapses_at"], None),
            reminds_at=(lasts["reminds_at"], reminds),
            dispatched_at=(None, moment(deed.moment)),
            dispatched_by_id=(None, deed.person_id),
        )
        facts = {"document_id": deed.document_id, "loaded": [], "reason": None, "rest_later": False, "version": 2}
        self._done(deed, "DispatchTransfer", facts, "in_transit", 3, {"state": "approved", "version": 2})
        self._tell(deed, "transfer.dispatch")

    def _arrive(self, deed: Deed) -> None:
        transfer = self.transfers.pop(deed.document_id)
        for number, (line, value) in enumerate(zip(deed.lines, transfer.values, strict=True), start=1):
            road, stand = self._touched(line.sku_id, deed.place_id), self._touched(line.sku_id, deed.other_id)
            columns = {"received": (0, line.count), "value_left_fen": (value, 0)}
            self.changes.changed("lines", f"{deed.document_id}.{number}", **columns)
            road.in_transit -= line.count
            road.transit_value_fen -= value
            stand.available += line.count
            stand.add(value)
            ends = (deed.place_id, IN_TRANSIT, road.in_transit), (deed.other_id, AVAILABLE, stand.available)
            self._post(deed, number, line, value, *ends)
            self._flow(deed, deed.place_id, line, value, 1)
            self._flow(deed, deed.other_id, line, value, 0)
        transfer.arrived = deed
        self._close(transfer)
        left = transfer.left or transfer.asked
        self.changes.changed(
            "documents",
            deed.document_id,
            state=("in_transit", "received"),
            reminds_at=(moment(left.moment + TRUCK_HOURS * HOUR), None),
            received_at=(None, moment(deed.moment)),
            received_by_id=(None, deed.person_id),
        )
        seen = dict.fromkeys(("damaged", "for_supplier", "missing", "over", "refused"), 0)
        arrived = [{"good": line.count, "line": number, **seen} for number, line in enumerate(deed.lines, start=1)]
        facts = {"arrived": arrived, "document_id": deed.document_id, "version": 3}
        self._done(deed, "ReceiveTransfer", facts, "received", 4, {"state": "in_transit", "version": 3})
        self._tell(deed, "transfer.receive")

    def _close(self, transfer: Transfer) -> None:
        asked, left, arrived = transfer.asked, transfer.left or transfer.asked, transfer.arrived
        here = arrived is not None
        moved = (arrived or left).moment
        self.rows["document"].append(
            (
                *(asked.document_id, TRANSFER, "received" if here else "in_transit", 4 if here else 3),
                *(asked.place_id, asked.other_id, asked.person_id, left.person_id),
                *(arrived.person_id if arrived else None, None, asked.moment, asked.moment, moved),
                *(None if here else left.moment + TRUCK_HOURS * HOUR, left.moment, moved if here else None),
            )
        )
        for number, (line, value) in enumerate(zip(asked.lines, transfer.values, strict=True), start=1):
            counts = (line.count, line.count, 0, line.count, line.count if here else 0, *(0,) * 7)
            values = (value, 0 if here else value)
            self.rows["transfer_line"].append((asked.document_id, number, line.sku_id, "", *counts, *values))

    def _post(
        self, deed: Deed, number: int, line: Line, value: int, source: tuple[Any, ...], target: tuple[Any, ...]
    ) -> None:
        self.postings += 1
        what = (self.postings, line.sku_id, line.count, value)
        whose = (deed.document_id, number, deed.person_id)
        when = (deed.day, deed.moment, deed.moment)
        self.rows["posting"].append((*what, *source, *target, deed.cause.value, *whose, *when))

    def _flow(self, deed: Deed, place_id: int, line: Line, value: int, out: int) -> None:
        sums = self.days.setdefault((place_id, deed.day, line.sku_id, deed.cause.value), [0, 0, 0, 0])
        sums[out] += line.count
        sums[2 + out] += value

    def _done(
        self,
        deed: Deed,
        command: str,
        facts: Mapping[str, object],
        state: str,
        version: int,
        before: Mapping[str, object] | None,
    ) -> None:
        self.commands += 1
        said, number = json.dumps(facts, ensure_ascii=False, sort_keys=True), deed.document_id
        fingerprint = sha256(f"{command} {said}".encode()).hexdigest()
        answer = f'{{"document_id": {number}, "version": {version}, "state": "{state}"}}'
        key = key_of(deed)
        self.rows["done"].append((deed.person_id, key, fingerprint, answer, deed.moment))
        was, now = self.changes.end(before, {"state": state, "version": version})
        who = (deed.moment, deed.person_id, CHANNEL, command)
        self.rows["audit"].append((self.commands, *who, said, "done", number, was, now))

    def _touched(self, sku_id: int, place_id: int) -> Stand:
        """The stand that is about to change."""
        stand = self.stands[sku_id, place_id]
        self.changes.touch(sku_id, place_id, stand)
        return stand

    def _lasts(self, asked: Deed) -> dict[str, str]:
        """Until when the goods of a request stay frozen, and when somebody is reminded of it."""
        lasts = self.chain.frozen_hours.get(asked.other_id, FROZEN_HOURS) * HOUR
        return {"lapses_at": moment(asked.moment + lasts), "reminds_at": moment(asked.moment + lasts // 2)}

    def _tell(self, deed: Deed, kind: str) -> None:
        """Somebody was told of it long ago."""
        facts = f'{{"actor_id": {deed.person_id}}}'
        self.rows["event"].append((kind, deed.document_id, facts, "done", 0, deed.moment, deed.moment))


def key_of(deed: Deed) -> str:
    """The key under which its command is done once."""
    return f"{deed.cause.value}.{deed.document_id}"


def _said(cause: Cause, line: Line) -> dict[str, int]:
    said = {"sku_id": line.sku_id, "count": line.count}
    return said if cause is SALE else {**said, "value_fen": line.value_fen}
