"""What is said to an open card: a nod, another amount, corrections of several lines, and what is only told."""

from __future__ import annotations

import pytest

from handlers.understand.reading import Intent, Reading
from handlers.understand.understand import understand
from tests.handlers.test_understand import LEXICON, at, drawn, read

ONE_LINE = "从中央仓调5箱红牛"
TWO_LINES = "从中央仓调5箱红牛,6瓶江小白"


def then(opened: str, said: str) -> Reading:
    frame = read(opened)
    assert frame.complete, opened
    return understand(said, at("XH", frame), LEXICON)


@pytest.mark.parametrize("said", ["👍", "👌🏻", "✅✅"])
def test_a_nod_is_a_yes_where_something_is_open(said: str) -> None:
    assert then(ONE_LINE, said).intent is Intent.CONFIRM
    assert read(said).intent is Intent.UNKNOWN


@pytest.mark.parametrize("said", ["👎", "🙏", "👍❌", "😂", "行的话", "不确定"])
def test_other_pictures_and_half_a_yes_are_none(said: str) -> None:
    assert then(ONE_LINE, said).intent is not Intent.CONFIRM


@pytest.mark.parametrize("said", ["行,客人等着呢", "嗯,客人等着呢", "嗯,快点吧", "行 累死我了"])
def test_a_yes_stays_one_beside_a_remark(said: str) -> None:
    assert then(ONE_LINE, said).intent is Intent.CONFIRM


@pytest.mark.parametrize("said", ["嗯,心疼死我了", "嗯 好累", "mm so tired", "嗯,这个挺好喝的"])
def test_a_hum_beside_a_sigh_is_none(said: str) -> None:
    assert then(ONE_LINE, said).intent is not Intent.CONFIRM


def test_another_amount_is_of_the_only_line() -> None:
    assert drawn(then(ONE_LINE, "3箱吧")) == "72 RB250, from W1, to XH"
    assert then(TWO_LINES, "3箱吧").intent is Intent.UNKNOWN


def test_two_lines_are_corrected_in_one_message() -> None:
    assert drawn(then(TWO_LINES, "红牛改3箱,江小白改2瓶")) == "72 RB250, 2 SKU12, from W1, to XH"


@pytest.mark.parametrize("said", ["江小白改2瓶", "红牛改3箱,江小白改2瓶"])
def test_a_product_that_is_not_in_it_corrects_nothing(said: str) -> None:
    reading = then(ONE_LINE, said)
    assert "SKU12" not in {line.sku for line in reading.slots.lines}


@pytest.mark.parametrize("said", ["forget it, truck is full", "算了 车装不下", "stop, they found it"])
def test_a_card_is_given_up_for_whatever_reason(said: str) -> None:
    assert then(ONE_LINE, said).intent is Intent.CANCEL


@pytest.mark.parametrize("said", ["算了,改成3箱", "cancel that, no wait, keep it", "不用等了,直接发吧", "no, to Erqi"])
def test_what_is_given_up_and_said_anew_is_not(said: str) -> None:
    assert then(ONE_LINE, said).intent is not Intent.CANCEL


def test_a_correction_that_is_not_understood_drops_no_goods() -> None:
    assert not then(TWO_LINES, "改成11箱红牛, 刚才箱子点了两遍破的").complete


@pytest.mark.parametrize("said", ["再发了2瓶江小白", "已经发了3箱"])
def test_what_is_told_changes_nothing(said: str) -> None:
    assert then(ONE_LINE, said).intent is Intent.UNKNOWN


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("sold 3 Red Bull, 6.5 each", "3 RB250, at XH"),
        ("调5箱红牛到二七店然后江小白也要6瓶", "120 RB250, 6 SKU12, from XH, to EQ"),
        ("红牛卖光了 从中央仓调1箱红牛", "24 RB250, from W1, to XH"),
    ],
)
def test_each_amount_finds_its_product(said: str, meant: str) -> None:
    reading = read(said)
    assert drawn(reading) == meant
    assert reading.slots.price == ("6.5" if "each" in said else None)
