"""What customers want: how much of a product a store could sell in a day, drawn from the names of all three."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from data.demo.draws import draw
from data.demo.habits import SPEEDS, Habits, StoreHabit
from data.demo.openings import LOOSE_GRAMS
from data.demo.shapes import DemoSku

DAYS = 100
"""A speed is said for so many days."""
PERCENT = 100
SPREAD = 1 << 16
"""Two draws below this are added, so that a day is worth 0 to 2 ordinary ones, and most often about one."""


class Demand:
    """How fast every product sells in every store."""

    def __init__(self, habits: Habits, skus: Sequence[DemoSku]) -> None:
        self._habits, self._skus = habits, {sku.code: sku for sku in skus}
        self._stores = {store.place: store for store in habits.stores}
        self._usual: dict[tuple[str, str], int] = {}

    def speed(self, sku: DemoSku) -> str:
        """How fast a product is: as it is named, or as its name draws."""
        if sku.code in self._habits.named:
            return self._habits.named[sku.code]
        place = draw(self._habits.seed, "speed", sku.code) % PERCENT
        shares = self._habits.shares
        return SPEEDS[1 + (place >= shares["fast"]) + (place >= shares["fast"] + shares["usual"])]

    def usual(self, place: str, code: str) -> int:
        """How many smallest units a store sells of a product in a hundred ordinary days."""
        found = self._usual.get((place, code))
        if found is None:
            found = self._usual[place, code] = self._drawn_usual(self._stores[place], self._skus[code])
        return found

    def in_days(self, place: str, code: str, days: int) -> int:
        """What to expect of so many ordinary days, in smallest units, rounded up."""
        return -(-self.usual(place, code) * days // DAYS)

    def wanted(self, place: str, code: str, day: date) -> int:
        """How many smallest units customers want on this day; of loose goods what a scale shows."""
        expected = self.usual(place, code) * self._stores[place].week[day.weekday()]
        drawn = draw(self._habits.seed, place, code, day.isoformat())
        mood = drawn % SPREAD + (drawn // SPREAD) % SPREAD
        step = LOOSE_GRAMS if self._skus[code].decimals else 1
        one = DAYS * PERCENT * SPREAD * step
        chance = (drawn // SPREAD**2) % SPREAD * one // SPREAD  # what is less than one is now none and now one
        return (expected * mood + chance) // one * step

    def _drawn_usual(self, store: StoreHabit, sku: DemoSku) -> int:
        taste = 60 + draw(self._habits.seed, "taste", store.place, sku.code) % 81
        percents = store.busy * self._habits.categories[sku.category] * taste
        dear = max(sku.price_fen, self._habits.dear_from_fen)
        speed = self._habits.speeds[self.speed(sku)] * sku.base_factor
        return speed * percents * self._habits.dear_from_fen // (dear * PERCENT**3)
