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
# What a posting does to its line: cause and target's shelf, and the column that counts it.
BECOMES = {
    ("dispatch", "in_transit"): "dispatched",
    ("transfer_in", "available"): "received",
    ("transfer_in", "blocked"): "for_supplier",
    ("transfer_damage", "blocked"): "damaged",
    ("take_back", "available"): "returned",
    ("take_back", "blocked"): "returned",
    ("transfer_loss", None): "lost",
}
LEFT_ROAD = ("received", "damaged", "for_supplier", "returned", "lost")
BY_POSTINGS = ("frozen", "dispatched", *LEFT_ROAD, "value_fen", "value_left_fen")


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

    def lines(self) -> dict[tuple[int, int], Counter[str]]:
        """What the postings make of each line of each transfer, by column."""
        found: dict[tuple[int, int], Counter[str]] = {}
        for posting in self.postings:
            name = BECOMES.get((posting["cause"], posting["target_shelf"]))
            if name or posting["cause"] in ("freeze", "release"):
                line = found.setdefault((posting["document_id"], posting["line"]), Counter())
                self._add_to_line(line, posting, name)
        return found

    def _add_to_line(self, line: Counter[str], posting: dict[str, Any], name: str | None) -> None:
        count, value_fen = posting["quantity"], posting["value_fen"]
        shelf, goal = posting["source_shelf"], posting["target_shelf"]
        if name:
            line[name] += count
        line["frozen"] += count * ((goal == "reserved") - (shelf == "reserved"))
        line["value_left_fen"] += value_fen * ((goal == "in_transit") - (shelf == "in_transit"))
        if name and shelf in ("available", "reserved"):  # it left: onto the road, or straight as what was sent more
            line["value_fen"] += value_fen
            line["dispatched"] += 0 if name == "dispatched" else count

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
    check_lines(replay, balances, connection)
    check_bearers(replay)
    check_seconds(connection)


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


def check_lines(replay: Replay, balances: list[dict[str, Any]], connection: Connection) -> None:
    """Each line's counts and values are its postings, and what is frozen or on the road anywhere is some line's."""
    moved = replay.lines()
    by_lines: Totals = Counter()
    query = "select transfer_line.*, place_id from transfer_line join document on document.id = document_id"
    for line in rows(connection, query):
        column = moved.pop((line["document_id"], line["line"]), Counter())
        assert {name: line[name] for name in BY_POSTINGS} == {name: column[name] for name in BY_POSTINGS}, line
        road = line["dispatched"] - sum(line[name] for name in LEFT_ROAD)
        assert 0 <= line["refused"] + line["missing"] <= road, line
        assert road or not line["value_left_fen"], line
        pots = {"reserved": line["frozen"], "in_transit": road, "transit_value_fen": line["value_left_fen"]}
        for name, count in pots.items():
            by_lines[line["sku_id"], line["place_id"], name] += count
    assert not moved, "goods moved for a line that is not there"
    names = ("reserved", "in_transit", "transit_value_fen")
    by_books = {(row["sku_id"], row["place_id"], name): row[name] for row in balances for name in names}
    assert nonzero(by_lines) == nonzero(by_books)


def check_bearers(replay: Replay) -> None:
    """A loss has somebody who bears it, and nothing else has."""
    for posting in replay.postings:
        assert (posting["borne_by"] is not None) == (posting["cause"] == "transfer_loss"), posting


def check_seconds(connection: Connection) -> None:
    """A transfer that carries the rest of another is younger, from the same place and for the same person.

    The one it names says why it left some behind.
    """
    query = (
        "select second.id from document as second join document as first on first.id = second.names_id"
        " where second.id < first.id or second.place_id <> first.place_id or first.load_reason is null"
        " or second.requester_id <> first.requester_id or second.kind <> 'transfer'"
    )
    assert rows(connection, query) == []


def nonzero(totals: dict[tuple[Any, ...], int]) -> dict[tuple[Any, ...], int]:
    """What is left when everything that came to 0 is left out."""
    return {key: total for key, total in totals.items() if total}
