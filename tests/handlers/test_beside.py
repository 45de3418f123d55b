"""What a message does beside what is open: it goes on with it, leaves a line out, or asks the last question again."""

from __future__ import annotations

import pytest

from data.kinds import PlaceKind
from handlers.understand.names.lexicon import Lexicon
from handlers.understand.reading import Context, Intent, Reading
from handlers.understand.still import still_meant
from handlers.understand.understand import understand
from tests.handlers.small_catalogue import small_catalogue

LEXICON = Lexicon.built_from(small_catalogue())
LIST = "从中央仓调到西湖店:\n雪碧 3箱\n肥宅水 4箱\n红牛 1箱"


def read(text: str, frame: Reading | None = None, before: Reading | None = None) -> Reading:
    """What a clerk of the first store means."""
    asked = frame.missing[0] if frame and frame.missing else None
    return understand(text, Context("XH", PlaceKind.STORE, "zh", frame, asked, before), LEXICON)


@pytest.mark.parametrize("said", ["肥宅水不要了", "去掉肥宅水", "不要肥宅水了"])
def test_a_line_that_names_nothing_is_left_out_by_its_own_words(said: str) -> None:
    frame = read(LIST)
    assert frame.missing == ("lines.1.sku",)
    reading = read(said, frame)
    assert ([line.sku for line in reading.slots.lines], reading.missing) == (["SPR500", "RB250"], ())
    assert (reading.problems, reading.heard, reading.continues) == ({}, {}, True)


@pytest.mark.parametrize("said", ["肥宅水", "肥宅水要了", "垃圾水不要了", "红牛和肥宅水不要了", "肥宅水不要5箱"])
def test_nothing_else_leaves_that_line_out(said: str) -> None:
    reading = read(said, read(LIST))
    kept = [line.sku for line in reading.slots.lines]
    assert reading.missing or kept == ["SPR500", None, "RB250"], kept


def test_the_words_of_an_ambiguous_name_are_kept_while_it_is_narrowed_down() -> None:
    frame = read("从中央仓调5箱可乐到西湖店")
    assert frame.heard == {"lines.0.sku": "可乐"}
    assert frame.problems == {}
    narrowed = read("500ml", frame)
    assert set(narrowed.candidates["lines.0.sku"]) < set(frame.candidates["lines.0.sku"])
    assert narrowed.heard == {"lines.0.sku": "可乐"}
    assert read("从仓库调2箱红牛到西湖店").heard == {"from": "仓库"}


def test_only_what_goes_on_with_the_open_change_says_so() -> None:
    frame = read("从中央仓调5箱可乐到西湖店")
    assert read("500ml", frame).continues
    assert read("改成3箱", frame).continues
    assert not read("从中央仓调2箱红牛到西湖店", frame).continues
    assert not frame.continues


def test_what_was_put_right_is_forgotten_with_what_it_named() -> None:
    frame = read("从中央仓调2箱红牛到五林店")
    assert frame.read_as == (("五林店", "武林"),)
    assert read("改成3箱", frame).read_as == frame.read_as
    assert read("改到二七店", frame).read_as == ()
    assert still_meant(frame, LEXICON) == frame.read_as


def test_a_question_is_asked_again_beside_a_change_that_waits() -> None:
    frame, before = read("从中央仓调2箱红牛到西湖店"), read("西湖店雪碧还有多少")
    again = read("那滨江店呢", frame, before)
    assert (again.intent, again.slots.place, again.slots.lines[0].sku) == (Intent.STOCK_QUERY, "BJ", "SPR500")
    assert read("改成3箱", frame, before).intent is Intent.TRANSFER_CREATE


def test_a_word_that_can_mean_several_products_still_does_when_it_is_asked_again() -> None:
    before = read("可乐还有多少")
    again = read("那滨江店呢", None, before)
    assert (again.slots.place, again.candidates) == ("BJ", before.candidates)
    assert read("那红牛呢", None, before).missing == ()


def test_two_changes_in_one_message_are_read_one_by_one() -> None:
    reading = read("从中央仓调5箱红牛到西湖店,再记损TR-1015 承运方赔")
    assert (reading.intent, reading.missing) == (Intent.UNKNOWN, ("intent",))
    assert [one.intent for one in reading.either] == [Intent.TRANSFER_CREATE, Intent.TRANSFER_WRITE_OFF]
    assert [one.slots.document for one in reading.either] == [None, "TR-1015"]
    assert Reading.from_json(reading.to_json()) == reading


@pytest.mark.parametrize(
    "said",
    ["如果没货,就记损TR-1015 承运方赔,再调5箱红牛到西湖店", "别从中央仓调5箱红牛到西湖店,再记损TR-1015 承运方赔"],
)
def test_words_that_turn_a_message_round_leave_nothing_to_choose(said: str) -> None:
    reading = read(said)
    assert reading.either == ()
    assert not reading.complete
