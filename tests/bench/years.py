"""What happens in a chain that grows old, day by day, the same each time.

Growth is growth in time: the same stores with the same products make as many postings a day, over more days. So a month
of one store has about as many rows whether the chain is a month old or a hundred years, as in life, and what a question
takes longer in the old one is what age costs it. More stores or more products would be more to answer, not more to
search.

Every store sends its till roll in the evening, and gets by a weekly delivery what it sold; each day the warehouse sends
one of them some of it, which arrives the next morning. What lies anywhere lasts for longer than a week, so nothing is
ever refused.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from random import Random
from typing import NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from data.columns import to_micros
from data.demo.chain import load
from data.demo.plant import plant
from data.kinds import Cause, PlaceKind

FIRST_DAY = date(1999, 12, 31)
"""The day on which the stock is entered: no month that is asked about has it."""
ZONE = "Asia/Shanghai"
NOON = time(12, tzinfo=ZoneInfo(ZONE))
HOUR = 3_600_000_000
MINUTE = HOUR // 60
ASSORTMENT, SOLD_A_DAY, SENT_A_DAY = 50, 15, 5
"""How many products there are, how many of them a store sells in a day, and how many the warehouse sends one a day."""
MOST_SOLD, MOST_SENT, LASTS = 5, 6, 60
"""The most of a product that a store sells in a day or is sent, and what lies anywhere at first, in base units."""


class Goods(NamedTuple):
    """A product: how many smallest units a base unit has, and what that costs."""

    sku_id: int
    base: int
    cost_fen: int


class Line(NamedTuple):
    """A line of a deed, in smallest units; `value_fen` is stated for goods from outside."""

    sku_id: int
    count: int
    value_fen: int = 0


class Store(NamedTuple):
    """A place that holds goods, who works there, and the products, those that it sells most first."""

    place_id: int
    person_id: int
    assortment: tuple[Goods, ...]


@dataclass(frozen=True)
class Chain:
    """Who and what there is, by ids."""

    stores: tuple[Store, ...]
    warehouse: Store
    supplier_id: int
    customer_id: int
    opening_id: int
    admin_id: int
    buyer_id: int
    may_go_below: Mapping[int, int]
    frozen_hours: Mapping[int, int]
    """How long goods of the warehouse stay frozen for a store, where its route says so itself."""


class Deed(NamedTuple):
    """One command: what, by whom, when (whole microseconds and the day there), where, and about which document.

    `cause` says which: of a transfer FREEZE is the request, DISPATCH the leaving and TRANSFER_IN the arrival.
    """

    cause: Cause
    person_id: int
    moment: int
    day: str
    place_id: int
    other_id: int
    lines: Sequence[Line]
    document_id: int


def furnish(connection: Connection, seed: int) -> Chain:
    """Write the demo chain without any stock into an empty database, and say who and what there is."""
    plant(connection, load())
    draw = Random(seed)
    told = connection.exec_driver_sql
    places = list(told("select id, kind, zone, may_go_below from place order by id"))
    assert {zone for _, kind, zone, _ in places if not PlaceKind(kind).is_edge} == {ZONE}
    first = {kind: place_id for place_id, kind, _, _ in reversed(places)}
    person = dict(tuple(row) for row in told("select home_id, min(id) from person where home_id > 0 group by home_id"))
    office = dict(tuple(row) for row in told("select role, min(id) from person group by role"))
    goods = [
        Goods(sku_id, 10**decimals, cost_fen)
        for sku_id, decimals, cost_fen in told("select id, decimals, cost_fen from sku order by id")
    ]
    assortment = tuple(draw.sample(goods, ASSORTMENT))
    stores = tuple(
        Store(place_id, person[place_id], tuple(draw.sample(assortment, ASSORTMENT)))
        for place_id, kind, _, _ in places
        if kind == PlaceKind.STORE
    )
    warehouse = first[PlaceKind.WAREHOUSE]
    return Chain(
        stores,
        Store(warehouse, person[warehouse], assortment),
        first[PlaceKind.SUPPLIER],
        first[PlaceKind.CUSTOMER],
        first[PlaceKind.OPENING],
        office["admin"],
        office["buyer"],
        {place_id: below for place_id, _, _, below in places},
        dict(
            tuple(row)
            for row in told(
                "select target_id, dispatch_within_hours from route"
                f" where source_id = {warehouse} and target_id is not null"
            )
        ),
    )


def deeds(chain: Chain, seed: int) -> Iterator[Deed]:
    """Everything that happens, in its order and without end. Document numbers are those that the books will give."""
    yield from Years(chain, Random(seed)).deeds()


class Years:
    """Where the chain stands: what every place lacks since its last delivery, and what is on the road."""

    def __init__(self, chain: Chain, draw: Random) -> None:
        self.chain, self.draw = chain, draw
        self.lacks = {place.place_id: Counter[Goods]() for place in (*chain.stores, chain.warehouse)}
        self.on_road: list[tuple[Store, list[Line], int]] = []
        self.number = 1000

    def deeds(self) -> Iterator[Deed]:
        """As the function."""
        number = 0
        while True:
            today = FIRST_DAY + timedelta(days=number)
            noon = to_micros(datetime.combine(today, NOON))
            yield from self._day(number, today.isoformat(), noon)
            number += 1

    def _day(self, number: int, day: str, noon: int) -> Iterator[Deed]:
        chain = self.chain
        if number == 0:
            for place in (chain.warehouse, *chain.stores):
                yield self._opening(place, day, noon - 5 * HOUR)
        yield from self._arrivals(day, noon - 4 * HOUR)
        for turn, place in enumerate((chain.warehouse, *chain.stores)):
            if number % 7 == turn % 7 and self.lacks[place.place_id]:
                yield self._delivery(place, day, noon - 2 * HOUR + turn * MINUTE)
        yield from self._transfer(chain.stores[number % len(chain.stores)], day, noon)
        for turn, store in enumerate(chain.stores):
            yield self._till_roll(store, day, noon + 9 * HOUR + turn * MINUTE)

    def _opening(self, place: Store, day: str, moment: int) -> Deed:
        lines = [Line(one.sku_id, LASTS * one.base, LASTS * one.cost_fen) for one in place.assortment]
        return self._new(Cause.OPENING, self.chain.admin_id, moment, day, place.place_id, self.chain.opening_id, lines)

    def _delivery(self, place: Store, day: str, moment: int) -> Deed:
        """What the place lacks, each time at a price a little different."""
        lines = [
            Line(one.sku_id, lacking * one.base, lacking * one.cost_fen * self.draw.randint(90, 110) // 100)
            for one, lacking in self.lacks[place.place_id].items()
        ]
        self.lacks[place.place_id].clear()
        ends = (place.place_id, self.chain.supplier_id)
        return self._new(Cause.PURCHASE_RECEIPT, self.chain.buyer_id, moment, day, *ends, lines)

    def _transfer(self, store: Store, day: str, noon: int) -> Iterator[Deed]:
        """Some of what the store lacks leaves the warehouse."""
        lacking = self.lacks[store.place_id]
        chosen = [(one, min(count, MOST_SENT)) for one, count in list(lacking.items())[:SENT_A_DAY]]
        if not chosen:
            return
        for one, count in chosen:
            lacking[one] -= count
            if not lacking[one]:
                del lacking[one]
            self.lacks[self.chain.warehouse.place_id][one] += count
        lines = [Line(one.sku_id, count * one.base) for one, count in chosen]
        keeper, ends = self.chain.warehouse.person_id, (self.chain.warehouse.place_id, store.place_id)
        yield self._new(Cause.FREEZE, keeper, noon, day, *ends, lines)
        self.on_road.append((store, lines, self.number))
        yield Deed(Cause.DISPATCH, keeper, noon + HOUR, day, *ends, lines, self.number)

    def _arrivals(self, day: str, moment: int) -> Iterator[Deed]:
        for store, lines, document_id in self.on_road:
            ends = (self.chain.warehouse.place_id, store.place_id)
            yield Deed(Cause.TRANSFER_IN, store.person_id, moment, day, *ends, lines, document_id)
        self.on_road.clear()

    def _till_roll(self, store: Store, day: str, moment: int) -> Deed:
        """The first products of an assortment are twice as likely as the rest."""
        draw, lacking = self.draw, self.lacks[store.place_id]
        half = len(store.assortment) // 2
        most = SOLD_A_DAY * 2 // 3
        sold = draw.sample(store.assortment[:half], most) + draw.sample(store.assortment[half:], SOLD_A_DAY - most)
        lines = []
        for one in sold:
            count = draw.randint(1, MOST_SOLD)
            lacking[one] += count
            lines.append(Line(one.sku_id, count * one.base))
        return self._new(Cause.SALE, store.person_id, moment, day, store.place_id, self.chain.customer_id, lines)

    def _new(
        self, cause: Cause, person_id: int, moment: int, day: str, place_id: int, other_id: int, lines: Sequence[Line]
    ) -> Deed:
        self.number += 1
        return Deed(cause, person_id, moment, day, place_id, other_id, lines, self.number)
