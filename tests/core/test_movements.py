"""What came to a place and went from it is what its postings say, and takes one day's books to a later day's."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Connection

from core.ground.work import Work
from core.stock.arrivals import Valued
from core.stock.movements import Flow, flows
from core.trade.receipts import ReceiveGoods
from data.kinds import Cause
from tests.core.transfers import Paper
from tests.small_chain import HOLDERS, MORNING, Shop, rows

FIRST = date(2026, 3, 18)
LINES = (("COLA", 10), ("SOAP", 4))
ARRIVALS = ("receive:1g8d1m1;2g4", "receive:1g10;2g3r1", "receive:1g10;2g4")
Books = Counter[tuple[str, int, str]]


@pytest.fixture
def lived(shop: Shop) -> tuple[Shop, list[Books]]:
    """A shop after a few days of everything that moves goods, and its books at the end of each."""
    evenings = []
    for day in range(3):
        shop.now = MORNING + timedelta(days=day)
        for place in ("WH", "XH", "EQ") if day == 0 else ():
            shop.done("admin", shop.opening(place, ("COLA", 40, 410), ("SOAP", 30, 77)))
        received = (Valued(shop.skus["COLA"], 7, 100), Valued(shop.skus["RICE"], 1500, 999))
        shop.done("buyer", ReceiveGoods(shop.places["WH"], shop.places["SUP"], received))
        paper = Paper(shop, shop.done("clerk@XH", shop.request("WH", "XH", *LINES)).of_document)
        paper.goes("approve dispatch")
        shop.done("clerk@EQ", shop.sale("EQ", ("COLA", 3), ("SOAP", 40)))  # the soap goes below 0
        paper.goes(ARRIVALS[day])
        late = (Valued(shop.skus["SOAP"], 15, 90),)  # what had been sold by then is trued up
        shop.done("store_manager@EQ", ReceiveGoods(shop.places["EQ"], shop.places["SUP"], late))
        shop.now += timedelta(hours=13, minutes=30)  # the next day in Tokyo, not in China
        shop.done("clerk@EQ", shop.sale("EQ", ("COLA", 1)))
        shop.done("clerk@XH", shop.sale("XH", ("COLA", 2), ("COLA", 1), ("SOAP", 1)))
        evenings.append(books(shop.connection))
    return shop, evenings


def books(connection: Connection) -> Books:
    """What each place has on its books, on the road too, in count and in value."""
    found: Books = Counter()
    for row in rows(connection, "select * from balance"):
        key = (row["place_id"], row["sku_id"])
        found[*key, "count"] += sum(row[shelf] for shelf in ("available", "reserved", "in_transit", "blocked"))
        found[*key, "value"] += row["value_fen"] + row["transit_value_fen"]
    return found


def asked(shop: Shop, place_id: int, first: date, last: date) -> list[Flow]:
    """What the question answers."""
    return flows(Work(shop.connection, shop.now), place_id, first, last)


def added_up(shop: Shop, place_id: int, first: date, last: date) -> list[Flow]:
    """The same from the postings alone."""
    (zone,) = (ZoneInfo(row["zone"]) for row in shop.rows(f"select zone from place where id = {place_id}"))
    sums: dict[tuple[int, str], list[int]] = {}
    for row in shop.rows("select * from posting where source_id <> target_id"):
        moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=row["occurred_at"])
        if place_id in (row["source_id"], row["target_id"]) and first <= moment.astimezone(zone).date() <= last:
            one = sums.setdefault((row["sku_id"], row["cause"]), [0, 0, 0, 0])
            out = int(row["source_id"] == place_id)
            one[out] += row["quantity"]
            one[2 + out] += row["value_fen"]
    return [Flow(sku_id, Cause(cause), *added) for (sku_id, cause), added in sorted(sums.items())]


def test_it_is_what_the_postings_of_these_days_add_up_to(lived: tuple[Shop, list[Books]]) -> None:
    shop, _ = lived
    days = [FIRST + timedelta(days=day) for day in range(-1, 5)]
    spans = [(first, last) for first in days for last in days]
    seen: Counter[Any] = Counter()
    for place in HOLDERS:
        for first, last in spans:
            found = asked(shop, shop.places[place], first, last)
            assert found == added_up(shop, shop.places[place], first, last), (place, first, last)
            assert all(type(amount) is int for flow in found for amount in (flow.count_in, flow.value_out_fen))
            seen.update(flow.cause for flow in found)
    inside_a_place = {Cause.FREEZE, Cause.RELEASE, Cause.DISPATCH, Cause.TAKE_BACK}
    assert seen.keys() == set(Cause) - inside_a_place - {Cause.TRANSFER_LOSS, Cause.REVERSAL}


@pytest.mark.parametrize("place", ["WH", "XH"])
@pytest.mark.parametrize(("opened", "closed"), [(0, 1), (0, 2), (1, 2)])
def test_opening_and_in_less_out_is_closing(
    lived: tuple[Shop, list[Books]], place: str, opened: int, closed: int
) -> None:
    shop, evenings = lived
    place_id = shop.places[place]
    first, last = (FIRST + timedelta(days=day) for day in (opened + 1, closed))
    reckoned = Counter({key: amount for key, amount in evenings[opened].items() if key[0] == place_id})
    for flow in asked(shop, place_id, first, last):
        reckoned[place_id, flow.sku_id, "count"] += flow.count_in - flow.count_out
        reckoned[place_id, flow.sku_id, "value"] += flow.value_in_fen - flow.value_out_fen
    assert reckoned == Counter({key: amount for key, amount in evenings[closed].items() if key[0] == place_id})
    assert reckoned != evenings[opened]


def test_where_nothing_moved_there_is_nothing(lived: tuple[Shop, list[Books]]) -> None:
    shop, _ = lived
    assert asked(shop, shop.places["BJ"], FIRST, FIRST + timedelta(days=9)) == []
    assert asked(shop, shop.places["XH"], FIRST + timedelta(days=9), FIRST) == []
