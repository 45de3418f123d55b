"""What is ordered in the demo chain: by warehouses from suppliers, by stores from warehouses, one from another."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta

from data.demo.demand import Demand
from data.demo.draws import draw
from data.demo.habits import FreshHabit, Habits, StoreHabit, SupplierHabit
from data.demo.happenings import Goods
from data.demo.openings import LOOSE_GRAMS, cost_of
from data.demo.shapes import DemoChain, DemoSku
from data.demo.shelves import Shelves

MOST_LINES = 36
KEPT_BACK_PACKS = 2
STORE_BUFFER_DAYS, STORE_DAYS = 4, 7
WAREHOUSE_DAYS, BUSY_WAREHOUSE_DAYS = 14, 21
ORDER_BELOW_PERCENT = 75
HALF_KILOGRAM = 500


class Supply:
    """Looks at the shelves and orders. Whatever it orders of a place is there."""

    def __init__(self, chain: DemoChain, habits: Habits, demand: Demand, shelves: Shelves, last: date) -> None:
        self._habits, self._demand, self._shelves, self._last = habits, demand, shelves, last
        self._skus = {sku.code: sku for sku in chain.skus}
        self._order = {sku.code: number for number, sku in enumerate(chain.skus)}
        self._fresh = {code for one in habits.fresh for code in one.skus}
        # A line of at most so many packs waits for nobody's word on any route.
        self._unasked_packs = min(route.approval_above_packs for route in chain.routes)
        self._levels: dict[str, dict[str, int]] = {}
        for store in habits.stores:
            self._raise_levels(store)

    def delivered(self, supplier: SupplierHabit, warehouse: str, day: date) -> list[tuple[Goods, int]]:
        """What a supplier brings to a warehouse: whole packs, up to the level that its stores need, and their price."""
        found = []
        for code in supplier.skus:
            level, here = self._levels.get(warehouse, {}).get(code, 0), self._shelves.here(warehouse, code)
            if here * 100 < level * ORDER_BELOW_PERCENT:
                pack = _pack(self._skus[code])
                found.append(self._priced(code, -(-(level - here) // pack) * pack, supplier.place, day))
        return found

    def brought(self, fresh: FreshHabit, store: StoreHabit, day: date) -> list[tuple[Goods, int]]:
        """What a supplier brings to a store itself, until it comes again; loose goods by the half kilogram."""
        found, days = [], _days_until(fresh.days, day) + 2
        for code in self._ordered(set(fresh.skus) & set(self._shelves.carried(store.place))):
            lacks = self._demand.in_days(store.place, code, days) - self._shelves.here(store.place, code)
            if lacks > 0:
                step = HALF_KILOGRAM if self._skus[code].decimals else 1
                found.append(self._priced(code, -(-lacks // step) * step, fresh.supplier, day))
        return found

    def trucked(self, store: StoreHabit, day: date, *, pushed: bool) -> list[Goods]:
        """What the truck brings from the warehouse: what would not last, the most urgent first where it is full."""
        days, wanted = _days_until(store.trucks, day), []
        for code in self._shelves.carried(store.place):
            here = self._shelves.here(store.place, code)
            if (store.place, code) in self._habits.run_out:
                wanted.append((0, code, self._to_run_out(store, code, day, days) - here))
            elif code not in self._fresh and here < self._demand.in_days(store.place, code, days + STORE_BUFFER_DAYS):
                lacks = self._demand.in_days(store.place, code, days + STORE_BUFFER_DAYS + STORE_DAYS) - here
                wanted.append((1 + here * 100 // max(self._demand.usual(store.place, code), 1), code, lacks))
        counts = {code: self._had(store, code, count, pushed=pushed) for _, code, count in sorted(wanted) if count > 0}
        able = [code for code, count in counts.items() if count][:MOST_LINES]
        return [self._said(code, counts[code]) for code in self._ordered(able)]

    def helped(self, source: str, target: str, most: int = 3) -> list[Goods]:
        """What a store can spare of what another one has least of."""
        found = []
        for code in self._shelves.carried(target):
            if code in self._fresh or {(source, code), (target, code)} & self._habits.run_out.keys():
                continue
            here, there = self._shelves.here(target, code), self._shelves.here(source, code)
            week, cover = self._demand.in_days(target, code, 7), self._cover(target, code)
            spare = min(there // 3, week, self._unasked_packs * _pack(self._skus[code]))
            count = spare - spare % self._step(code)
            if here < week and count > 1 and self._cover(source, code) > 2 * cover:
                found.append((cover, code, count))
        return [self._said(code, count) for _, code, count in sorted(found)[:most]]

    def returned(self, store: str, most: int = 3) -> list[Goods]:
        """A third of what a store has far too much of, of the dearest first."""
        found = []
        for code in self._shelves.carried(store):
            here, cover = self._shelves.here(store, code), self._cover(store, code)
            count = min(here // 3, self._unasked_packs * _pack(self._skus[code]))
            count -= count % self._step(code)
            if cover > 60 and count > 1 and code not in self._fresh and (store, code) not in self._habits.run_out:
                found.append((-cost_of(self._skus[code], here), code, count))
        return [self._said(code, count) for _, code, count in sorted(found)[:most]]

    def asked(self, source: str, said: Iterable[tuple[int, str, str]]) -> list[Goods]:
        """What is there of goods that are asked for by count, unit and product."""
        found = []
        for count, unit, code in said:
            sku = self._skus[code]
            factor = next((pack.factor for pack in sku.packs if pack.unit == unit), sku.base_factor)
            kept = KEPT_BACK_PACKS * _pack(sku) if source in self._levels else 0
            spare = max(self._shelves.here(source, code) - kept, 0)
            if had := min(count, spare // factor) * factor:
                found.append(Goods(code, had, unit))
        return found

    def sold(self, store: StoreHabit, day: date, most: int) -> list[Goods]:
        """The till roll of a day: what customers wanted, as far as it was there; at most so many lines of the most."""
        found = []
        for code in self._shelves.carried(store.place):
            count = min(self._demand.wanted(store.place, code, day), self._shelves.here(store.place, code))
            if count:
                found.append((-count // self._skus[code].base_factor, code, count))
        kept = {code: count for _, code, count in sorted(found)[:most]}
        return [Goods(code, kept[code], self._skus[code].base_unit) for code in self._ordered(kept)]

    def _to_run_out(self, store: StoreHabit, code: str, day: date, days: int) -> int:
        """What a store should have so that no more than it shall is left when the truck comes again, or at the end."""
        ends = min(day + timedelta(days=days - 1), self._last)
        needed = sum(
            self._demand.wanted(store.place, code, day + timedelta(days=number))
            for number in range((ends - day).days + 1)
        )
        left = self._demand.usual(store.place, code) * self._habits.run_out[store.place, code] // 10_000
        return needed + left

    def _had(self, store: StoreHabit, code: str, count: int, *, pushed: bool) -> int:
        """How much of what a store lacks it gets: in packs where it is about one, and no more than can be spared."""
        pack = _pack(self._skus[code])
        if (store.place, code) not in self._habits.run_out and 2 * count >= pack:
            count = -(-count // pack) * pack
        spare = self._shelves.here(store.warehouse, code) - KEPT_BACK_PACKS * pack
        count = min(count, max(spare, 0), self._unasked_packs * pack if pushed else count)
        return count - count % self._step(code)

    def _raise_levels(self, store: StoreHabit) -> None:
        """What a warehouse shall have: what it opened with, or what its stores sell in some weeks if that is more."""
        levels = self._levels.setdefault(
            store.warehouse,
            {code: self._shelves.here(store.warehouse, code) for code in self._shelves.carried(store.warehouse)},
        )
        for code in self._shelves.carried(store.place):
            if code not in self._fresh:
                top = self._demand.speed(self._skus[code]) == "top"
                days = BUSY_WAREHOUSE_DAYS if top else WAREHOUSE_DAYS
                served = [one for one in self._habits.stores if one.warehouse == store.warehouse]
                needed = sum(
                    self._demand.in_days(one.place, code, days)
                    for one in served
                    if code in self._shelves.carried(one.place)
                )
                levels[code] = max(levels.get(code, 0), needed)

    def _priced(self, code: str, count: int, supplier: str, day: date) -> tuple[Goods, int]:
        """With its price, which moves by some percent from week to week."""
        percent = 97 + draw(self._habits.seed, "price", supplier, code, *day.isocalendar()[:2]) % 7
        return self._said(code, count), cost_of(self._skus[code], count) * percent // 100

    def _said(self, code: str, count: int) -> Goods:
        """In packs where it is whole packs, else in base units."""
        sku = self._skus[code]
        pack = next((pack for pack in reversed(sku.packs) if count % pack.factor == 0), None)
        return Goods(code, count, pack.unit if pack else sku.base_unit)

    def _cover(self, place: str, code: str) -> int:
        """How many ordinary days the goods last."""
        return self._shelves.here(place, code) * 100 // max(self._demand.usual(place, code), 1)

    def _step(self, code: str) -> int:
        return LOOSE_GRAMS if self._skus[code].decimals else 1

    def _ordered(self, codes: Iterable[str]) -> Sequence[str]:
        """In the order of the product list, which is how a till and a keeper print them."""
        return sorted(codes, key=lambda code: self._order[code])


def _pack(sku: DemoSku) -> int:
    return sku.packs[-1].factor if sku.packs else sku.base_factor


def _days_until(weekdays: Sequence[int], day: date) -> int:
    """How many days until one of these weekdays comes again."""
    return min((weekday - day.weekday() - 1) % 7 + 1 for weekday in weekdays)
