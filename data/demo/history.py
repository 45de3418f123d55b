"""Days of the demo chain: what happens on each, in order, as plain values. The same chain and dates give the same days.

It writes nothing and knows no database: it keeps a count of its own, so that what it says can be done.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from data.demo.demand import Demand
from data.demo.draws import chance, pick
from data.demo.habits import Habits, OpenHabit
from data.demo.happenings import Arrival, Day, Delivery, Goods, Happening, Load, Request, Seen, TillRoll, What, Word
from data.demo.journeys import Change, Journey, Journeys
from data.demo.shapes import DemoChain
from data.demo.shelves import Shelves
from data.demo.staff import Staff
from data.demo.supply import Supply

OPENS, CLOSES = 6, 23
"""The hours at which a day of history begins and ends, on the clocks of the chain."""


def first_day(chain: DemoChain, now: datetime, days: int) -> datetime:
    """When a history of so many days begins, if it ends with the day before `now`."""
    zone = ZoneInfo(chain.places[0].zone)
    today = now.astimezone(zone).date()
    return datetime(today.year, today.month, today.day, OPENS, tzinfo=zone) - timedelta(days=days)


def days_of(chain: DemoChain, habits: Habits, first: date, days: int, now: datetime) -> Iterator[Day]:
    """So many days in order, and behind them the present one, in which some things stand open at `now`."""
    history = _History(chain, habits, first, days)
    for number in range(days):
        yield history.day(number)
    yield history.today(now)


class _History:
    """The shelves as they are, and what was begun and is to go on."""

    def __init__(self, chain: DemoChain, habits: Habits, first: date, days: int) -> None:
        last = first + timedelta(days=days - 1)
        self._chain, self._habits, self._first, self._last = chain, habits, first, last
        self._staff, self._shelves = Staff(chain), Shelves(chain.openings)
        self._supply = Supply(chain, habits, Demand(habits, chain.skus), self._shelves, last)
        self._journeys = Journeys(chain, habits, self._staff, last)
        self._agenda: defaultdict[date, list[Happening]] = defaultdict(list)
        self._changes: defaultdict[date, list[Change]] = defaultdict(list)

    def day(self, number: int) -> Day:
        """What happens on this day. To be asked for day after day."""
        day = self._first + timedelta(days=number)
        self._deliveries(day)
        self._trucks(day)
        self._between(day)
        for change in self._changes.pop(day, ()):
            self._shelves.put(change.place, change.sku, change.count)
        self._tills(day)
        happenings = sorted(self._agenda.pop(day, ()), key=lambda one: (one.at, one.key))
        closes = datetime(day.year, day.month, day.day, CLOSES, 30, tzinfo=ZoneInfo(self._chain.places[0].zone))
        return Day(day, tuple(happenings), closes.astimezone(ZoneInfo("UTC")))

    def today(self, now: datetime) -> Day:
        """What was begun shortly before `now` and stands open."""
        happenings = [one for habit in self._habits.open for one in self._open(habit, now)]
        return Day(self._last + timedelta(days=1), tuple(sorted(happenings, key=lambda one: (one.at, one.key))), now)

    def _deliveries(self, day: date) -> None:
        """Suppliers come before the trucks leave."""
        warehouses = sorted({store.warehouse for store in self._habits.stores})
        for supplier in self._habits.suppliers:
            for warehouse in warehouses if day.weekday() in supplier.days else ():
                self._deliver(day, supplier.place, warehouse, self._supply.delivered(supplier, warehouse, day))
        for fresh in self._habits.fresh:
            for store in self._habits.stores if day.weekday() in fresh.days else ():
                self._deliver(day, fresh.supplier, store.place, self._supply.brought(fresh, store, day))

    def _deliver(self, day: date, supplier: str, place: str, goods: Sequence[tuple[Goods, int]]) -> None:
        if not goods:
            return
        key = f"delivery.{day}.{supplier}.{place}"
        at, who = self._staff.moment(place, day, 7, 10, key), self._staff.head(place)
        self._agenda[day].append(Happening(at, who, key, Delivery(supplier, place, tuple(goods))))
        for one, _ in goods:
            self._shelves.put(place, one.sku, one.count)

    def _trucks(self, day: date) -> None:
        for store in self._habits.stores:
            if day.weekday() not in store.trucks:
                continue
            pushed = chance(self._habits.pushed, self._habits.seed, "pushed", day, store.place)
            if goods := self._supply.trucked(store, day, pushed=pushed):
                self._begin(self._journeys.truck(day, store.warehouse, store.place, goods, pushed=pushed))

    def _between(self, day: date) -> None:
        """Stores help each other, and send back what they have too much of. What is on the road at night arrives."""
        seed = self._habits.seed
        if chance(self._habits.helps, seed, "helps", day):
            source, target = pick(self._habits.pairs, seed, "pair", day)
            if goods := self._supply.helped(source, target):
                self._begin(self._journeys.help(day, source, target, goods))
        if chance(self._habits.returns, seed, "returns", day) and day < self._last:
            store = pick(self._habits.stores, seed, "returning", day)
            if goods := self._supply.returned(store.place):
                self._begin(self._journeys.way_back(day, store.place, store.warehouse, goods))

    def _begin(self, journey: Journey) -> None:
        """Its goods leave the shelf at once, and come to lie where they do on their day."""
        for one in journey.goods:
            self._shelves.take(journey.source, one.sku, one.count)
        zone = ZoneInfo(self._chain.places[0].zone)
        for happening in journey.happenings:
            self._agenda[happening.at.astimezone(zone).date()].append(happening)
        for change in journey.changes:
            self._changes[change.day].append(change)

    def _tills(self, day: date) -> None:
        for store in self._habits.stores:
            goods = self._supply.sold(store, day, self._habits.most_till_lines)
            if not goods:
                continue
            for one in goods:
                self._shelves.take(store.place, one.sku, one.count)
            key = f"till.{day}.{store.place}"
            at, who = self._staff.moment(store.place, day, 22, 5, key), self._staff.somebody(store.place, key)
            self._agenda[day].append(Happening(at, who, key, TillRoll(store.place, tuple(goods))))

    def _open(self, habit: OpenHabit, now: datetime) -> list[Happening]:
        """The steps of a transfer that stands open, the last of which is news. None where goods are lacking."""
        goods = self._supply.asked(habit.source, habit.goods)
        if not goods:
            return []
        name, hands = f"open.{habit.name}", self._staff.hands(habit.source)
        missing = min(habit.missing, goods[0].count)
        seen = [Seen(line, good=one.count) for line, one in enumerate(goods, start=1)]
        seen[0] = Seen(1, good=goods[0].count - missing, missing=missing)
        steps: list[tuple[int | None, str | None, What]] = [
            (habit.asked, habit.by, Request(name, habit.source, habit.target, tuple(goods))),
            (habit.approved, None, Word(name)),
            (habit.dispatched, hands, Load(name)),
            (habit.received, self._staff.somebody(habit.target, name), Arrival(name, tuple(seen))),
        ]
        taken = [(minutes, who, what) for minutes, who, what in steps if minutes is not None]
        return [
            Happening(now - timedelta(minutes=minutes), who, f"{name}.{number}", what, news=number == len(taken))
            for number, (minutes, who, what) in enumerate(taken, start=1)
        ]
