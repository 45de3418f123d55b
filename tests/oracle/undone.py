"""What was bought or sold goes back: every entry of it once more, the other way round."""

from collections.abc import Hashable, Sequence
from fractions import Fraction

from .journal import Account, Entry, half_up
from .papers import Forbidden
from .stock import Stock


class Undone:
    """Which purchases and sales were undone, and how one is."""

    def __init__(self, stock: Stock) -> None:
        self._stock = stock
        self._numbers: set[Hashable] = set()

    def reverse(self, number: Hashable, counts: Sequence[int]) -> None:
        """Of each line so many go back, each with its share of the value to the nearest fen.

        What a line brought has to be there still. Nothing is undone twice. What was written last goes back first.
        """
        if number in self._numbers:
            raise Forbidden(f"{number} was undone before")
        moved = [entry for entry in self._stock.journal.written_for(number) if entry.cause != "true_up"]
        pairs = list(zip(moved, counts, strict=True))
        if not any(counts) or any(not 0 <= count <= entry.quantity for entry, count in pairs):
            raise Forbidden(f"{counts} of {[entry.quantity for entry in moved]}")
        for place in {entry.taker.place for entry in moved if entry.taker.shelf}:
            self._stock.check_available(place, [(entry.sku, count) for entry, count in pairs])
        self._numbers.add(number)
        for line, (entry, count) in reversed(list(enumerate(pairs, 1))):
            share = half_up(Fraction(entry.value_fen * count, entry.quantity))
            if count:
                self._write(
                    Entry("reversal", entry.sku, count, share, entry.taker, entry.giver, (number, "back"), line)
                )

    def _write(self, entry: Entry) -> None:
        """Write it. Where it took the last goods, whatever value it left behind is the customers'."""
        self._stock.write(entry)
        left = self._stock.journal.on_hand(entry.giver.place, entry.sku)
        if entry.giver.shelf and left.count == 0 and left.value_fen:
            rest = (entry.sku, 0, left.value_fen, entry.giver, Account("customer"))
            self._stock.journal.write(Entry("true_up", *rest, entry.document, entry.line))
