"""The one rule by which goods move, as a pure function: balances and moves in, balances and postings out.

Values follow the moving average of the source. A pot is the value of goods in one state of a place: on hand (available,
reserved and blocked together) or in transit.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from core.ground.errors import NotEnoughStock
from core.ground.money import half_up
from core.ground.quantity import whole
from data.kinds import Bearer, Cause, Shelf

FACTS = frozenset({Cause.SALE})
"""Causes that tell what has already happened: where a place may go below zero, they are never refused."""


class Spot(NamedTuple):
    """A place and a shelf; an edge of the world has no shelf."""

    place_id: int
    shelf: Shelf | None = None


class Key(NamedTuple):
    """Which balance: sorted, this is the order in which rows are locked."""

    sku_id: int
    place_id: int


@dataclass(frozen=True, slots=True)
class Move:
    """Goods from a spot to another. `value_fen` is stated for goods from an edge and for goods in transit.

    `borne_by` says who pays for a loss; it is no one else's business.

    Raises TypeError or ValueError for a quantity that is no count above 0, or for a move that goes nowhere.
    """

    sku_id: int
    quantity: int
    source: Spot
    target: Spot
    cause: Cause
    value_fen: int | None = None
    line: int = 1
    borne_by: Bearer | None = None

    def __post_init__(self) -> None:
        if whole(self.quantity) == 0:
            raise ValueError("a move moves something")
        if self.source == self.target:
            raise ValueError(f"a move goes somewhere else than {self.source}")
        if self.value_fen is None and self.source.shelf in (None, Shelf.IN_TRANSIT):
            raise ValueError(f"goods from {self.source} state their value")

    @property
    def inside(self) -> bool:
        """Whether both ends are on hand at one place: then no value moves."""
        ends = (self.source.shelf, self.target.shelf)
        return self.source.place_id == self.target.place_id and None not in ends and Shelf.IN_TRANSIT not in ends


@dataclass(frozen=True, slots=True)
class Balance:
    """What a place has of a SKU: counts by shelf, the two pots in fen, the last rate as value and count."""

    available: int = 0
    reserved: int = 0
    in_transit: int = 0
    blocked: int = 0
    value_fen: int = 0
    transit_value_fen: int = 0
    rate_value_fen: int = 0
    rate_count: int = 0
    may_go_below: int = 0

    @property
    def on_hand(self) -> int:
        """What a person can count: everything but goods in transit."""
        return self.available + self.reserved + self.blocked

    def count(self, shelf: Shelf) -> int:
        """How many lie on a shelf."""
        return int(getattr(self, shelf.value))

    def leaving_value(self, quantity: int) -> int:
        """What `quantity` from on hand is worth: all of it takes all, else the average; at 0 the last known rate."""
        if quantity == self.on_hand:
            return self.value_fen
        if self.on_hand:
            return half_up(self.value_fen * quantity, self.on_hand)
        return half_up(self.rate_value_fen * quantity, self.rate_count) if self.rate_count else 0

    def without(self, shelf: Shelf, quantity: int, value_fen: int) -> Balance:
        """After goods left a shelf with this value."""
        return self._changed(shelf, -quantity, -value_fen)

    def with_added(self, shelf: Shelf, quantity: int, value_fen: int) -> Balance:
        """After goods came to a shelf with this value. A book below zero keeps its own rate for what is still owed."""
        after = self._changed(shelf, quantity, value_fen)
        if shelf is Shelf.IN_TRANSIT or self.on_hand >= 0:
            return after
        return after._with_rate(self._standing_value(after.on_hand, quantity, value_fen))

    def shifted(self, source: Shelf, target: Shelf, quantity: int) -> Balance:
        """After goods changed shelves within on hand: the pot and its rate are the same."""
        counts = {source.value: self.count(source) - quantity, target.value: self.count(target) + quantity}
        changed: Balance = replace(self, **counts)
        return changed

    def _standing_value(self, on_hand: int, quantity: int, value_fen: int) -> int:
        if on_hand > 0:
            return half_up(value_fen * on_hand, quantity)
        return half_up(self.value_fen * on_hand, self.on_hand)

    def _changed(self, shelf: Shelf, count: int, value_fen: int) -> Balance:
        counts = {shelf.value: self.count(shelf) + count}
        if shelf is Shelf.IN_TRANSIT:
            return replace(self, **counts, transit_value_fen=self.transit_value_fen + value_fen)
        changed: Balance = replace(self, **counts)
        return changed._with_rate(self.value_fen + value_fen)

    def _with_rate(self, value_fen: int) -> Balance:
        if self.on_hand == 0:
            return replace(self, value_fen=value_fen)
        return replace(self, value_fen=value_fen, rate_value_fen=value_fen, rate_count=self.on_hand)


@dataclass(frozen=True, slots=True)
class Posted:
    """One line of the ledger: what moved, with the running counts on both shelves (None at an edge)."""

    sku_id: int
    quantity: int
    value_fen: int
    source: Spot
    source_after: int | None
    target: Spot
    target_after: int | None
    cause: Cause
    line: int
    borne_by: Bearer | None = None


@dataclass(frozen=True, slots=True)
class Carried:
    """What `carry` found: every balance it was given, as it is now, and the postings in their order."""

    balances: dict[Key, Balance]
    postings: tuple[Posted, ...]


def carry(balances: Mapping[Key, Balance], moves: Sequence[Move], customer: Callable[[], Spot]) -> Carried:
    """The balances after the moves, and the postings that took them there. Changes no argument.

    Holds for every SKU: goods only move, so over all shelves and edges counts and values add up to the same before and
    after; no shelf gives out what is not on it, but `available` for a fact where the place allows it; a pot of 0 goods
    is worth 0, and the rest is trued up to `customer`. Demand on one shelf is added up before it is checked; values go
    from move to move, so the last unit out takes the remainder.

    Raises NotEnoughStock for the first shelf, in sorted order, that the moves overdraw; KeyError for a balance that was
    not given.
    """
    refuse_overdrafts(balances, moves)
    book = dict(balances)
    postings: list[Posted] = []
    for move in moves:
        before = {key: book[key] for key in keys_of(move)}
        value = _value_of(book, move)
        _apply(book, move, value)
        postings.append(_posted(book, move, value))
        for key in sorted(before):
            postings.extend(_true_up(book, key, _owed(before, book, key, move, value), move.line, customer))
    return Carried(book, tuple(postings))


def keys_of(move: Move) -> list[Key]:
    """The balances that a move touches: none at an edge, one inside a place."""
    spots = (move.source, move.target)
    return sorted({Key(move.sku_id, spot.place_id) for spot in spots if spot.shelf is not None})


def refuse_overdrafts(balances: Mapping[Key, Balance], moves: Sequence[Move]) -> None:
    """Raises NotEnoughStock for the first shelf, in sorted order, that is to give out more than lay there before.

    What the same document brings to a shelf does not count: nobody hands out goods that are not there yet.
    """
    wanted: Counter[tuple[Key, Shelf]] = Counter()
    for move in moves:
        spot = move.source
        if spot.shelf is not None and not _may_overdraw(balances[Key(move.sku_id, spot.place_id)], move):
            wanted[Key(move.sku_id, spot.place_id), spot.shelf] += move.quantity
    for (key, shelf), count in sorted(wanted.items()):
        there = balances[key].count(shelf)
        if count > there:
            raise NotEnoughStock(key.place_id, shelf.value, key.sku_id, wanted=count, there=there)


def _may_overdraw(balance: Balance, move: Move) -> bool:
    return move.cause in FACTS and move.source.shelf is Shelf.AVAILABLE and balance.may_go_below == 1


def _value_of(book: Mapping[Key, Balance], move: Move) -> int:
    if move.inside:
        return 0
    if move.value_fen is not None:
        return move.value_fen
    return book[Key(move.sku_id, move.source.place_id)].leaving_value(move.quantity)


def _apply(book: dict[Key, Balance], move: Move, value_fen: int) -> None:
    if move.inside and move.source.shelf and move.target.shelf:
        key = Key(move.sku_id, move.source.place_id)
        book[key] = book[key].shifted(move.source.shelf, move.target.shelf, move.quantity)
        return
    if move.source.shelf is not None:
        key = Key(move.sku_id, move.source.place_id)
        book[key] = book[key].without(move.source.shelf, move.quantity, value_fen)
    if move.target.shelf is not None:
        key = Key(move.sku_id, move.target.place_id)
        book[key] = book[key].with_added(move.target.shelf, move.quantity, value_fen)


def _posted(book: Mapping[Key, Balance], move: Move, value_fen: int) -> Posted:
    def after(spot: Spot) -> int | None:
        return None if spot.shelf is None else book[Key(move.sku_id, spot.place_id)].count(spot.shelf)

    ends = (move.source, after(move.source), move.target, after(move.target))
    return Posted(move.sku_id, move.quantity, value_fen, *ends, move.cause, move.line, move.borne_by)


def _owed(before: Mapping[Key, Balance], book: Mapping[Key, Balance], key: Key, move: Move, value_fen: int) -> int:
    """What the book below zero could not take of the value that came to it, in fen."""
    if move.inside or move.target.place_id != key.place_id or move.target.shelf in (None, Shelf.IN_TRANSIT):
        return 0
    return before[key].value_fen + value_fen - book[key].value_fen


def _true_up(book: dict[Key, Balance], key: Key, owed: int, line: int, customer: Callable[[], Spot]) -> list[Posted]:
    """The value-only postings that leave no pot of 0 goods with a value, and book what a negative book was owed."""
    balance, found = book[key], []
    rest = owed + (balance.value_fen if balance.on_hand == 0 else 0)
    if rest:
        book[key] = balance = replace(balance, value_fen=0) if balance.on_hand == 0 else balance
        found.append((Shelf.AVAILABLE, rest))
    if balance.in_transit == 0 and balance.transit_value_fen:
        found.append((Shelf.IN_TRANSIT, balance.transit_value_fen))
        book[key] = balance = replace(balance, transit_value_fen=0)
    return [
        Posted(
            key.sku_id, 0, value, Spot(key.place_id, shelf), balance.count(shelf), customer(), None, Cause.TRUE_UP, line
        )
        for shelf, value in found
    ]
