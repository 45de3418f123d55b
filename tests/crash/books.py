"""The ledger against itself: balances are what the postings left, and documents say what the postings did."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

from tests.crash.evidence import Books, Evidence

SHELVES = ("available", "reserved", "in_transit", "blocked")
COLUMNS: Mapping[str, str] = {
    "dispatch": "dispatched",
    "transfer_in": "received",
    "take_back": "returned",
}
"""Which column of a line counts what a cause has moved."""


def wrong_books(evidence: Evidence) -> Iterable[str]:
    """Stock that comes from nowhere, is below zero, or is not where its papers say."""
    books = evidence.books
    yield from _balances(books)
    yield from _lines(books)


def _balances(books: Books) -> Iterable[str]:
    stands: Counter[tuple[int, int, str]] = Counter()
    for row in books["posting"]:
        if row["source_shelf"]:
            stands[row["sku_id"], row["source_id"], row["source_shelf"]] -= row["quantity"]
        if row["target_shelf"]:
            stands[row["sku_id"], row["target_id"], row["target_shelf"]] += row["quantity"]
    for row in books["balance"]:
        for shelf in SHELVES:
            counted = stands.pop((row["sku_id"], row["place_id"], shelf), 0)
            if row[shelf] != counted:
                yield f"sku {row['sku_id']} at {row['place_id']}: {row[shelf]} {shelf}, the postings say {counted}"
            if row[shelf] < 0:
                yield f"sku {row['sku_id']} at {row['place_id']}: {row[shelf]} {shelf}"
    for (sku, place, shelf), counted in stands.items():
        if counted:
            yield f"sku {sku} at {place} has no balance and {counted} {shelf} in postings"


def _lines(books: Books) -> Iterable[str]:
    moved: Counter[tuple[int, int, str]] = Counter()
    for row in books["posting"]:
        moved[row["document_id"], row["sku_id"], row["cause"]] += row["quantity"]
        if row["source_shelf"] == "reserved" and row["cause"] == "dispatch":
            moved[row["document_id"], row["sku_id"], "from_reserved"] += row["quantity"]
    for line in books["transfer_line"]:
        name = (line["document_id"], line["sku_id"])
        for cause, column in COLUMNS.items():
            if moved[*name, cause] != line[column]:
                yield f"document {name[0]} {column} {line[column]}, the postings say {moved[*name, cause]}"
        frozen = moved[*name, "freeze"] - moved[*name, "release"] - moved[*name, "from_reserved"]
        if frozen != line["frozen"]:
            yield f"document {name[0]} has frozen {line['frozen']}, the postings say {frozen}"
