"""The stockroom: how goods move between the shelves of places, what they take along in value, and what is not there.

Two rules of the design need no line of their own. Goods that leave take all the value when none stay, and a line's last
part takes the line's rest, so a count of 0 keeps no value; the one count of 0 that could keep some, a delivery that
just fills a negative book, is trued up like every delivery into a negative book.
"""

from collections import Counter
from collections.abc import Hashable, Iterable
from fractions import Fraction

from .journal import EDGES, ON_HAND, Account, Entry, Journal, Sum, half_up
from .papers import Forbidden

CUSTOMER = Account("customer")


class Stock:
    """The places, and the journal of what moved between them and the edges."""

    def __init__(self) -> None:
        self.journal = Journal()
        self._may_go_below: dict[str, bool] = {}

    def add(self, place: str, may_go_below: bool) -> None:
        if place in EDGES or place in self._may_go_below:
            raise ValueError(f"{place} is there already")
        self._may_go_below[place] = may_go_below

    def may_go_below(self, place: str) -> bool:
        self.check_known(place)
        return self._may_go_below[place]

    def check_known(self, place: str) -> None:
        if place not in self._may_go_below:
            raise LookupError(f"no place {place}")

    def available(self, place: str, sku: str) -> int:
        return self.journal.account(Account(place, "available"), sku).count

    def check_available(self, place: str, lines: Iterable[tuple[str, int]]) -> None:
        """Several lines of one SKU want from one shelf: what they want is added up first. Who wants 0 wants nothing."""
        self.check_known(place)
        wanted: Counter[str] = Counter()
        for sku, quantity in lines:
            wanted[sku] += quantity
        for sku, quantity in wanted.items():
            there = self.available(place, sku)
            if quantity and there < quantity:
                raise Forbidden(f"{place} has {there} {sku} available, not {quantity}")

    def move(
        self, cause: str, sku: str, quantity: int, giver: Account, taker: Account, document: Hashable, line: int
    ) -> None:
        """Goods leave a shelf for another or for an edge, with the value that is theirs. 0 goods leave no entry."""
        if quantity == 0:
            return
        if giver.shelf == "in_transit":
            left = self.journal.of_line(document, line, giver)
            value_fen = half_up(Fraction(left.value_fen, left.count) * quantity)
        elif _stays_on_hand(giver, taker):
            value_fen = 0
        else:
            value_fen = self._leaving_value(giver.place, sku, quantity)
        self.write(Entry(cause, sku, quantity, value_fen, giver, taker, document, line))

    def write(self, entry: Entry) -> None:
        """Write what was done, and what goods that come on hand put right when more had been sold than was there."""
        place, sku = entry.taker.place, entry.sku
        before = self.journal.on_hand(place, sku)
        self.journal.write(entry)
        comes_on_hand = entry.taker.shelf in ON_HAND and not _stays_on_hand(entry.giver, entry.taker)
        if not comes_on_hand or before.count >= 0:
            return
        after = self.journal.on_hand(place, sku)
        put_right = after.value_fen - _standing_value(before, entry, after.count)
        if put_right:
            shelf = Account(place, "available")
            self.journal.write(Entry("true_up", sku, 0, put_right, shelf, CUSTOMER, entry.document, entry.line))

    def _leaving_value(self, place: str, sku: str, quantity: int) -> int:
        """What goods take with them when they leave on hand: the average, or all of it when none stay."""
        there = self.journal.on_hand(place, sku)
        if quantity == there.count:
            return there.value_fen
        if there.count == 0:
            return half_up(self.journal.last_rate(place, sku) * quantity)
        return half_up(Fraction(there.value_fen, there.count) * quantity)


def _stays_on_hand(giver: Account, taker: Account) -> bool:
    """From one shelf on hand to another of the same place goods are worth 0: the place keeps what they are worth."""
    return giver.place == taker.place and giver.shelf in ON_HAND and taker.shelf in ON_HAND


def _standing_value(before: Sum, entry: Entry, count: int) -> int:
    """What a negative book is worth after a delivery.

    Goods that are left stand at the delivery's rate, a hole that is left stands at the rate it had, and nothing at 0.
    """
    if count > 0:
        return half_up(Fraction(entry.value_fen, entry.quantity) * count)
    return half_up(Fraction(before.value_fen, before.count) * count)
