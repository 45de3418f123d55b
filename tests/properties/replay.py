"""Reads the ledger from its beginning and compares what it adds up to with everything that is kept of it."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from tests.small_chain import rows

SHELVES = ("available", "reserved", "in_transit", "blocked")
Totals = Counter[tuple[Any, ...]]


class Replay:
    """What the postings add up to: counts by shelf, values by pot, flows by day. An edge has one nameless shelf."""

    def __init__(self, connection: Connection) -> None:
        self.counts: Totals = Counter()
        self.values: Totals = Counter()
        self.days: Totals = Counter()
        self.zones = {row["id"]: ZoneInfo(row["zone"]) for row in rows(connection, "select id, zone from place")}
        self.postings = rows(connection, "select * from posting order by id")
        for posting in self.postings:
            self._read(posting)

    def _read(self, posting: dict[str, Any]) -> None:
        sku = posting["sku_id"]
        for end, sign in (("source", -1), ("target", 1)):
            place, shelf = posting[f"{end}_id"], posting[f"{end}_shelf"]
            self.counts[sku, place, shelf] += sign * posting["quantity"]
            self.values[sku, place, pot(shelf)] += sign * posting["value_fen"]
            running = None if shelf is None else self.counts[sku, place, shelf]
            assert posting[f"{end}_after"] == running, f"{end} of {posting}"
            if shelf is not None and posting["source_id"] != posting["target_id"]:
                self._add_to_day(place, posting, "out" if end == "source" else "in")

    def _add_to_day(self, place: int, posting: dict[str, Any], way: str) -> None:
        moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=posting["occurred_at"])
        day = moment.astimezone(self.zones[place]).date().isoformat()
        key = (place, posting["sku_id"], day, posting["cause"])
        self.days[*key, f"count_{way}"] += posting["quantity"]
        self.days[*key, f"value_{way}_fen"] += posting["value_fen"]


def pot(shelf: str | None) -> str:
    """Where the value of goods on a shelf is kept."""
    if shelf is None:
        return "edge"
    return "transit_value_fen" if shelf == "in_transit" else "value_fen"


def check_books(connection: Connection) -> None:
    """Everything that is kept of the ledger says what the ledger says, and no goods or value came from nothing."""
    replay = Replay(connection)
    balances = rows(connection, "select * from balance")
    check_balances(replay, balances)
    check_sums(replay, balances)
    check_shelves(replay, balances)
    check_days(replay, connection)
    check_lines(connection)


def check_balances(replay: Replay, balances: list[dict[str, Any]]) -> None:
    """Each balance is its postings, shelf by shelf and pot by pot, and no posted shelf lacks its balance."""
    counts = {(row["sku_id"], row["place_id"], shelf): row[shelf] for row in balances for shelf in SHELVES}
    pots = ("value_fen", "transit_value_fen")
    values = {(row["sku_id"], row["place_id"], name): row[name] for row in balances for name in pots}
    assert nonzero(counts) == nonzero({key: n for key, n in replay.counts.items() if key[2] is not None})
    assert nonzero(values) == nonzero({key: n for key, n in replay.values.items() if key[2] != "edge"})


def check_sums(replay: Replay, balances: list[dict[str, Any]]) -> None:
    """Over all places and edges every SKU adds up to 0, in count and in value."""
    counts: Totals = Counter()
    values: Totals = Counter()
    for row in balances:
        counts[row["sku_id"],] += sum(row[shelf] for shelf in SHELVES)
        values[row["sku_id"],] += row["value_fen"] + row["transit_value_fen"]
    for key in replay.counts:
        counts[key[0],] += replay.counts[key] if key[2] is None else 0
    for key in replay.values:
        values[key[0],] += replay.values[key] if key[2] == "edge" else 0
    assert (nonzero(counts), nonzero(values)) == ({}, {})


def check_shelves(replay: Replay, balances: list[dict[str, Any]]) -> None:
    """No shelf is below 0 but `available` where it may be; nothing is worth nothing."""
    sold = {(posting["sku_id"], posting["source_id"]) for posting in replay.postings if posting["cause"] == "sale"}
    for row in balances:
        below = {shelf for shelf in SHELVES if row[shelf] < 0}
        assert below <= {"available"}, row
        assert not below or (row["may_go_below"] and (row["sku_id"], row["place_id"]) in sold), row
        assert row["value_fen"] == 0 or row["available"] + row["reserved"] + row["blocked"] != 0, row
        assert row["transit_value_fen"] == 0 or row["in_transit"] != 0, row


def check_days(replay: Replay, connection: Connection) -> None:
    """Each day's totals are the postings of that day, in the place's own zone."""
    names = ("count_in", "count_out", "value_in_fen", "value_out_fen")
    kept = {
        (row["place_id"], row["sku_id"], row["business_date"], row["cause"], name): row[name]
        for row in rows(connection, "select * from daily_total")
        for name in names
    }
    assert nonzero(kept) == nonzero(replay.days)


def check_lines(connection: Connection) -> None:
    """What is frozen, and what is on the road with its value, are those of the transfers' lines."""
    said = rows(
        connection,
        "select sku_id, place_id, sum(frozen) as reserved, sum(dispatched - received - damaged) as in_transit,"
        " sum(value_left_fen) as transit_value_fen from transfer_line"
        " join document on document.id = document_id group by sku_id, place_id",
    )
    columns = ("reserved", "in_transit", "transit_value_fen")
    kept = rows(connection, "select * from balance")
    by_lines = {(row["sku_id"], row["place_id"], name): row[name] for row in said for name in columns}
    by_books = {(row["sku_id"], row["place_id"], name): row[name] for row in kept for name in columns}
    assert nonzero(by_lines) == nonzero(by_books)


def nonzero(totals: dict[tuple[Any, ...], int]) -> dict[tuple[Any, ...], int]:
    """What is left when everything that came to 0 is left out."""
    return {key: total for key, total in totals.items() if total}
