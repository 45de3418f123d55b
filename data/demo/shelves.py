"""What lies on the shelves of the demo chain as its history goes on: the generator's own count, in smallest units."""

from __future__ import annotations

from collections.abc import Iterable

from data.demo.shapes import DemoOpening


class Shelves:
    """What is available at every place. It says what can be sold and sent, so that nothing is refused."""

    def __init__(self, openings: Iterable[DemoOpening]) -> None:
        self._counts: dict[str, dict[str, int]] = {}
        for opening in openings:
            self.put(opening.place, opening.sku, opening.count)

    def here(self, place: str, sku: str) -> int:
        """How many of a product a place has."""
        return self._counts.get(place, {}).get(sku, 0)

    def carried(self, place: str) -> list[str]:
        """Every product that a place has or had."""
        return list(self._counts.get(place, ()))

    def put(self, place: str, sku: str, count: int) -> None:
        """Goods come to a place."""
        here = self._counts.setdefault(place, {})
        here[sku] = here.get(sku, 0) + count

    def take(self, place: str, sku: str, count: int) -> None:
        """Goods leave a place. Raises ValueError for more than there is: history would be refused."""
        if count > self.here(place, sku):
            raise ValueError(f"{place} has {self.here(place, sku)} {sku}, not {count}")
        self._counts[place][sku] -= count
