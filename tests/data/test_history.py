"""The days of the demo chain: the same each time, like a real chain's, and nothing in them that cannot be done."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from data.demo.chain import FILES, DemoChain, load
from data.demo.demand import Demand
from data.demo.draws import draw
from data.demo.habits import Habits, habits_of
from data.demo.happenings import Arrival, ComeBack, Day, Delivery, Load, Request, TillRoll, Word, WriteOff
from data.demo.history import days_of, first_day
from data.kinds import PlaceKind
from tests.data.lived import replayed

FIRST, NOW = date(2026, 6, 1), datetime(2026, 7, 31, 3, tzinfo=UTC)
DAYS = 60


def lived(chain: DemoChain, habits: Habits, first: date = FIRST, days: int = DAYS) -> list[Day]:
    return list(days_of(chain, habits, first, days, NOW))


@pytest.fixture(scope="module")
def chain() -> DemoChain:
    return load()


@pytest.fixture(scope="module")
def habits(chain: DemoChain) -> Habits:
    return habits_of(chain)


@pytest.fixture(scope="module")
def days(chain: DemoChain, habits: Habits) -> list[Day]:
    return lived(chain, habits)


def test_the_same_twice_and_another_one_from_another_seed(chain: DemoChain, habits: Habits) -> None:
    week = lived(chain, habits, days=7)
    assert lived(load(), habits_of(load()), days=7) == week
    assert lived(chain, replace(habits, seed="another"), days=7) != week


def test_a_draw_is_the_same_on_every_machine() -> None:
    assert draw("till", "XH", 7) == 13763603639122072440


def test_it_ends_with_yesterday_in_the_shops(chain: DemoChain) -> None:
    late = datetime(2026, 7, 30, 17, tzinfo=UTC)  # one o'clock of the 31st in the shops
    assert first_day(chain, late, DAYS).date() == first_day(chain, NOW, DAYS).date() == FIRST


def test_happenings_come_in_order_and_by_a_key_of_their_own(days: list[Day]) -> None:
    happenings = [one for day in days for one in day.happenings]
    keys = Counter(one.key for one in happenings)
    assert [key for key, count in keys.items() if count > 1] == []
    assert [one.at for one in happenings] == sorted(one.at for one in happenings)
    assert all(one.at < day.ends_at for day in days for one in day.happenings)
    assert [day.date for day in days] == [FIRST + timedelta(days=number) for number in range(DAYS + 1)]


def test_nothing_is_sold_or_sent_that_is_not_there(chain: DemoChain, days: list[Day]) -> None:
    below: list[object] = []
    end = replayed(chain, days, lambda shelves: below.extend(key for key in changed(shelves) if shelves[key] < 0))
    assert below == []
    assert min(end.values()) >= 0


def changed(shelves: Counter[tuple[str, str]]) -> list[tuple[str, str]]:
    return [key for key, count in shelves.items() if count < 0]


def test_every_store_has_a_till_roll_a_day(chain: DemoChain, habits: Habits, days: list[Day]) -> None:
    stores = {place.code for place in chain.places if place.kind is PlaceKind.STORE}
    sizes = []
    for day in days[:-1]:
        rolls = [one.what for one in day.happenings if isinstance(one.what, TillRoll)]
        assert Counter(roll.place for roll in rolls) == dict.fromkeys(stores, 1)
        sizes += [len(roll.goods) for roll in rolls]
    assert max(sizes) == habits.most_till_lines
    assert 60 < sum(sizes) / len(sizes) < 95


def test_loose_goods_are_sold_as_a_scale_shows_them(chain: DemoChain, days: list[Day]) -> None:
    loose = {sku.code for sku in chain.skus if sku.decimals}
    weighed = [goods.count for goods in sold(days) if goods.sku in loose]
    assert len(weighed) > DAYS
    assert all(grams % 50 == 0 for grams in weighed)
    assert any(grams % 1000 for grams in weighed)


def sold(days: list[Day]) -> list[object]:
    return [
        goods for day in days for one in day.happenings if isinstance(one.what, TillRoll) for goods in one.what.goods
    ]


def test_weekends_are_busy_at_the_lake_and_quiet_among_offices(days: list[Day]) -> None:
    found: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for day in days[:56]:
        for one in day.happenings:
            if isinstance(one.what, TillRoll):
                found[one.what.place][day.date.weekday() >= 5] += sum(
                    goods.count for goods in one.what.goods if goods.sku.startswith("A-")
                )
    on_a_weekend = {place: (weekend / 16) / (week / 40) for place, (week, weekend) in found.items()}
    assert on_a_weekend["XH"] > 1.5
    assert on_a_weekend["WL"] < 0.75
    assert 0.9 < on_a_weekend["BJ"] < 1.5


def test_some_products_sell_fast_and_others_slowly(chain: DemoChain, habits: Habits, days: list[Day]) -> None:
    demand = Demand(habits, chain.skus)
    counts: Counter[str] = Counter()
    for goods in sold(days):
        counts[goods.sku] += goods.count
    speeds = {
        speed: [counts[sku.code] // sku.base_factor for sku in chain.skus if demand.speed(sku) == speed]
        for speed in habits.speeds
    }
    means = {speed: sum(found) / len(found) for speed, found in speeds.items()}
    assert means["top"] > 1.8 * means["fast"] > 5 * means["usual"] > 10 * means["slow"] > 0
    assert len(speeds["top"]) == 2
    assert len(speeds["slow"]) > 60


def test_suppliers_come_twice_a_week(habits: Habits, days: list[Day]) -> None:
    came = {
        (one.what.supplier, day.date.weekday())
        for day in days
        for one in day.happenings
        if isinstance(one.what, Delivery)
    }
    said = {(one.place, day) for one in habits.suppliers for day in one.days} | {
        (one.supplier, day) for one in habits.fresh for day in one.days
    }
    assert came == said
    assert {len(one.days) for one in habits.suppliers} == {2}


def test_things_go_wrong_now_and_then(days: list[Day]) -> None:
    whats = [one.what for day in days[:-1] for one in day.happenings]
    trips = [one for one in whats if isinstance(one, Request)]
    seen = [line for one in whats if isinstance(one, Arrival) for line in one.lines]
    assert 200 < len(trips) < 350
    assert any(one.return_reason for one in trips)
    assert any(one.refusal for one in whats if isinstance(one, Word))
    assert any(one.less for one in whats if isinstance(one, Load))
    assert {type(one) for one in whats} == {TillRoll, Delivery, Request, Word, Load, Arrival, ComeBack, WriteOff}
    short = [line for line in seen if line.missing]
    assert 5 < len(short) < len(trips) // 8
    assert any(line.damaged for line in seen)
    assert any(line.refused for line in seen)
    assert any(line.for_supplier for line in seen)
    assert len({one.bearer for one in whats if isinstance(one, WriteOff)}) > 1


def test_two_products_are_about_to_run_out_and_others_have_them(
    chain: DemoChain, habits: Habits, days: list[Day]
) -> None:
    shelves, demand = replayed(chain, days), Demand(habits, chain.skus)
    assert len(habits.run_out) == 2
    for place, sku in habits.run_out:
        assert 0 < shelves[place, sku] * 100 < demand.usual(place, sku)
        assert demand.speed(next(one for one in chain.skus if one.code == sku)) == "top"
        assert max(count for (_, code), count in shelves.items() if code == sku) > 20 * shelves[place, sku]


def test_the_story_of_the_readme_can_be_played_after_it(chain: DemoChain, days: list[Day]) -> None:
    assert replayed(chain, days)["W1", "SKU123"] >= 62 * 24


def test_three_things_stand_open_in_the_end(days: list[Day]) -> None:
    *past, today = days
    news = [one for one in today.happenings if one.news]
    assert {type(one.what) for one in news} == {Request, Load, Arrival}
    assert all(NOW - timedelta(hours=1) < one.at < NOW for one in news)
    assert not any(one.news for day in past for one in day.happenings)


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ('trucks = ["Mon", "Thu"] }', 'trucks = ["Someday"] }', "'Someday', which is not known"),
        ('week = "lake"', 'week = "sea"', "'sea', which is not known"),
        ("busy = 170", "busy = -1", "busy should be a whole number"),
        ('goods = ["2 箱 A-1001"]', 'goods = ["2 瓶 A-1001"]', "not '2 瓶 A-1001'"),
        ("lake = [78, 74,", "lake = [78,", "lake should be 7 whole numbers"),
        ('"茶叶" = 50', "", "茶叶 should be a whole number"),
        ('categories = ["日用"]', 'categories = ["日常"]', "no supplier brings 日用"),
        ('"BJ BJ2"', '"BJ W1"', "pairs should be two stores"),
        ('    { place = "LJ"', '    # { place = "LJ"', "store LJ is missing"),
    ],
)
def test_a_file_that_does_not_fit_is_refused_with_its_place(
    chain: DemoChain, tmp_path: Path, old: str, new: str, sentence: str
) -> None:
    said = (FILES / "history.toml").read_text(encoding="utf-8")
    assert old in said
    (tmp_path / "history.toml").write_text(said.replace(old, new), encoding="utf-8")
    with pytest.raises(ValueError, match=sentence) as refused:
        habits_of(chain, tmp_path / "history.toml")
    assert str(refused.value).startswith("history.toml")
