"""The journal: what was written down, and what it adds up to when it is read from the beginning.

Nothing is kept beside the entries. Every number is computed again from all of them each time it is asked for, so there
is no running total here that could be wrong.
"""

from collections.abc import Hashable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from math import floor
from typing import NamedTuple

ON_HAND = ("available", "reserved", "blocked")
SHELVES = ("available", "reserved", "in_transit", "blocked")
EDGES = ("opening", "supplier", "customer", "loss")


class Account(NamedTuple):
    """A shelf of a place, or an edge of the world, which has one nameless shelf."""

    place: str
    shelf: str = ""


@dataclass(frozen=True, slots=True)
class Sum:
    """Goods and what they are worth."""

    count: int
    value_fen: int


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the journal: what left `giver` arrived at `taker`, so no entry can be one-sided."""

    cause: str
    sku: str
    quantity: int
    value_fen: int
    giver: Account
    taker: Account
    document: Hashable = None
    line: int | None = None


def half_up(value: Fraction) -> int:
    """The nearest whole number; a half goes up, towards plus infinity, below zero too."""
    return floor(value + Fraction(1, 2))


class Journal:
    """Entries in the order they were written."""

    def __init__(self) -> None:
        self._entries: list[Entry] = []

    def write(self, entry: Entry) -> None:
        self._entries.append(entry)

    def entries(self, sku: str) -> Iterator[Entry]:
        return (entry for entry in self._entries if entry.sku == sku)

    def account(self, account: Account, sku: str) -> Sum:
        """What lies in one account: all that came less all that went."""
        return _total(_seen_from((account,), entry) for entry in self.entries(sku))

    def on_hand(self, place: str, sku: str) -> Sum:
        """What a person can count in a place, and its value."""
        return _total(self._on_hand_changes(place, sku))

    def in_transit(self, place: str, sku: str) -> Sum:
        """What left the shelves of a place and is still on its books."""
        return self.account(Account(place, "in_transit"), sku)

    def last_rate(self, place: str, sku: str) -> Fraction:
        """Fen a unit as it was when goods were last on hand (or owed); 0 when there never were any."""
        rate = Fraction(0)
        count = value_fen = 0
        for change in self._on_hand_changes(place, sku):
            count += change.count
            value_fen += change.value_fen
            if count != 0:
                rate = Fraction(value_fen, count)
        return rate

    def written_for(self, document: Hashable) -> list[Entry]:
        """What was written for a document, line by line."""
        return [entry for entry in self._entries if entry.document == document]

    def own(self, document: Hashable, line: int) -> Iterator[Entry]:
        """What was written for one line of a document."""
        return (entry for entry in self._entries if (entry.document, entry.line) == (document, line))

    def of_line(self, document: Hashable, line: int, account: Account) -> Sum:
        """What one line of a document has put into an account and not taken out again."""
        return _total(_seen_from((account,), entry) for entry in self.own(document, line))

    def page(self, place: str, sku: str) -> dict[str, tuple[int, int, int, int]]:
        """By cause what came to a place and went: count in, count out, value in, value out."""
        page: dict[str, tuple[int, int, int, int]] = {}
        for entry in self.entries(sku):
            came, went = entry.taker.place == place, entry.giver.place == place
            if came == went:
                continue
            into = (entry.quantity, 0, entry.value_fen, 0)
            out_of = (0, entry.quantity, 0, entry.value_fen)
            before = page.get(entry.cause, (0, 0, 0, 0))
            page[entry.cause] = _added(before, into if came else out_of)
        return page

    def _on_hand_changes(self, place: str, sku: str) -> Iterator[Sum]:
        shelves = tuple(Account(place, shelf) for shelf in ON_HAND)
        return (_seen_from(shelves, entry) for entry in self.entries(sku))


def _seen_from(accounts: tuple[Account, ...], entry: Entry) -> Sum:
    """What an entry added to these accounts together; nothing when it stayed among them."""
    sign = (entry.taker in accounts) - (entry.giver in accounts)
    return Sum(sign * entry.quantity, sign * entry.value_fen)


def _total(changes: Iterator[Sum]) -> Sum:
    changes_read = list(changes)
    return Sum(sum(change.count for change in changes_read), sum(change.value_fen for change in changes_read))


def _added(left: tuple[int, int, int, int], right: tuple[int, int, int, int]) -> tuple[int, int, int, int]:
    return left[0] + right[0], left[1] + right[1], left[2] + right[2], left[3] + right[3]
