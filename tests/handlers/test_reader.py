"""Counts, places and times as people read them: packs and pieces, kilograms, plurals, today and tomorrow."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.messages import cut, width_of
from handlers.reader import Reader
from tests.handlers.small_catalogue import small_catalogue

SMALL = small_catalogue()
UNITS = {**SMALL.units, "斤": ("jin", "市斤"), "袋": ("bag", "bags"), "箱": ("case", "cases", "box", "boxes")}
CATALOGUE = replace(SMALL, units=UNITS)
ZH, EN = Reader(None, "zh", CATALOGUE), Reader(None, "en", CATALOGUE)
NOON = datetime(2026, 11, 22, 4, tzinfo=UTC)


# product | count | asked in | shown in Chinese | shown in English
AMOUNTS = """
SKU123 | 480   |    | 20箱       | 20 cases
SKU123 | 486   |    | 20箱6瓶    | 20 cases 6 bottles
SKU123 | 24    |    | 1箱        | 1 case
SKU123 | 25    |    | 1箱1瓶     | 1 case 1 bottle
SKU123 | 23    |    | 23瓶       | 23 bottles
SKU123 | 1     |    | 1瓶        | 1 bottle
SKU123 | 0     |    | 0瓶        | 0 bottles
SKU123 | 20    | 瓶 | 20瓶       | 20 bottles
SKU123 | 480   | 瓶 | 480瓶      | 480 bottles
SKU123 | 480   | 箱 | 20箱       | 20 cases
SKU123 | -6    |    | -6瓶       | -6 bottles
SKU123 | -24   |    | -1箱       | -1 cases
PORK   | 2500  |    | 2.5kg      | 2.5kg
PORK   | 2500  | 斤 | 2.5kg      | 2.5kg
PORK   | 10000 |    | 10kg       | 10kg
PORK   | 1     |    | 0.001kg    | 0.001kg
PORK   | 0     |    | 0kg        | 0kg
PORK   | -1500 |    | -1.5kg     | -1.5kg
LIQUN  | 21    |    | 2条1包     | 2 条 1 packet
"""


@pytest.mark.parametrize("row", AMOUNTS.strip().splitlines())
def test_an_amount_is_shown_as_it_is_said(row: str) -> None:
    code, count, unit, chinese, english = (cell.strip() for cell in row.split("|"))
    assert ZH.amount(code, int(count), unit or None) == chinese
    if code != "LIQUN":  # its pack has no English name here
        assert EN.amount(code, int(count), unit or None) == english


def test_a_debt_is_a_debt_in_packs_and_in_pieces() -> None:
    assert ZH.amount("SKU123", -30) == "-1箱-6瓶"
    assert EN.amount("SKU123", -30) == "-1 cases -6 bottles"


def test_packs_are_followed_by_pieces_in_full() -> None:
    assert ZH.amount_in_full("SKU123", 480) == "20箱(480瓶)"
    assert EN.amount_in_full("SKU123", 480) == "20 cases (480 bottles)"
    assert ZH.amount_in_full("SKU123", 20, "瓶") == "20瓶"
    assert ZH.amount_in_full("PORK", 2500) == "2.5kg"
    assert ZH.pieces("SKU123", 475) == "475瓶"
    assert ZH.pieces("PORK", 475) == "0.475kg"


@given(st.integers(-(10**9), 10**9))
def test_what_is_shown_in_chinese_is_the_count(count: int) -> None:
    packs, _, rest = ZH.amount("SKU123", count).rpartition("箱")
    assert int(packs or 0) * 24 + int(rest.removesuffix("瓶") or 0) == count


@given(st.integers(-(10**9), 10**9))
def test_grams_are_shown_without_losing_any(count: int) -> None:
    whole, _, rest = ZH.amount("PORK", count).removesuffix("kg").removeprefix("-").partition(".")
    assert int(whole) * 1000 + int(rest.ljust(3, "0")) == abs(count)


def test_places_and_products_are_named_in_the_readers_language() -> None:
    assert (ZH.place("XH"), EN.place("XH")) == ("西湖店", "West Lake")
    assert (ZH.sku("SKU123"), EN.sku("SKU123")) == ("可口可乐500ml", "Coca-Cola bottle 500ml")
    assert EN.sku("LIQUN") == "Liqun Soft"
    entry = CATALOGUE.places[0]
    assert ZH.place(entry) == ZH.place(entry.id) == ZH.place(entry.code)


@pytest.mark.parametrize(
    ("moment", "chinese", "english"),
    [
        (datetime(2026, 11, 22, 2, 44, tzinfo=UTC), "10:44", "10:44"),
        (datetime(2026, 11, 21, 15, 59, tzinfo=UTC), "昨天23:59", "yesterday 23:59"),
        (datetime(2026, 11, 21, 16, 0, tzinfo=UTC), "00:00", "00:00"),
        (datetime(2026, 11, 22, 16, 0, tzinfo=UTC), "明天00:00", "tomorrow 00:00"),
        (datetime(2026, 11, 23, 16, 0, tzinfo=UTC), "11月24日00:00", "24/11 00:00"),
    ],
)
def test_a_moment_is_said_in_the_shops_own_day(moment: datetime, chinese: str, english: str) -> None:
    assert (ZH.moment(moment, NOON), EN.moment(moment, NOON)) == (chinese, english)


def test_a_text_is_cut_by_how_wide_it_is_drawn() -> None:
    assert width_of("可口可乐500ml") == 13
    assert cut("可口可乐500ml", 13) == "可口可乐500ml"
    assert cut("可口可乐500ml", 12) == "可口可乐500…"
    assert cut("可口可乐", 7) == "可口可…"
    assert cut("可口可乐", 6) == "可口…"


@given(st.text(max_size=40), st.integers(1, 30))
def test_a_cut_text_is_never_wider_than_asked(text: str, width: int) -> None:
    assert width_of(cut(text, width)) <= width
