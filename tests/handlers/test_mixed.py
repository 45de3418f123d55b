"""Chinese messages with English words in them, read as Chinese where they have no meaning as they were written."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

import handlers.understand.mixed
from handlers.understand.mixed import in_chinese, may_be_mixed
from handlers.understand.normalise import normalise
from handlers.understand.reading import Intent
from tests.handlers.test_understand import drawn, read


@pytest.mark.parametrize(
    ("said", "chinese"),
    [
        ("为啥还没 arrive", "为啥还没到货"),
        ("那单 cancel 掉吧", "那单取消掉吧"),
        ("photo都没有", "照片都没有"),
        ("他们 weekend 有活动", "他们周末有活动"),
        ("slow mover 列一下", "滞销列一下"),
    ],
)
def test_known_words_are_put_into_chinese(said: str, chinese: str) -> None:
    text = in_chinese(normalise(said), ())
    assert text is not None
    assert text.chars == chinese
    assert len(text.origin) == len(text.chars)


@pytest.mark.parametrize("said", ["transfer 5 cases", "调5箱红牛", "红牛transfers", "transferred红牛"])
def test_english_or_chinese_alone_and_longer_words_stay(said: str) -> None:
    assert not may_be_mixed(normalise(said), ())


@pytest.mark.parametrize(
    ("unread", "helps"), [((), True), (("Sold",), True), (("Snow",), False), (("TR-1050", "单"), True)]
)
def test_a_word_that_stays_unread_is_not_tried_again(unread: tuple[str, ...], helps: bool) -> None:
    assert may_be_mixed(normalise("昨天sold了5箱Snow, TR-1050这单"), unread) is helps


def test_names_stay() -> None:
    assert in_chinese(normalise("left还有多少"), [(0, 4)]) is None


def test_words_keep_their_places_in_the_raw_text() -> None:
    text = in_chinese(normalise("那单 cancel 掉"), ())
    assert text is not None
    start = text.chars.index("取消")
    assert text.span(start, start + 2) == (3, 5)  # two characters stand for six letters


def test_a_message_that_has_no_meaning_as_written_is_read_again() -> None:
    assert drawn(read("把红牛10箱从中央仓调到二七店,他们 weekend 有活动")) == "240 RB250, from W1, to EQ"


@pytest.mark.parametrize("said", ["不要 cancel 刚才那单", "如果 weekend 有活动就调10箱红牛到二七店"])
def test_what_turns_it_round_still_does(said: str) -> None:
    reading = read(said)
    assert not reading.complete or reading.intent is Intent.TRANSFER_STATUS


def test_every_word_has_one_meaning_and_none_turns_a_message_round() -> None:
    file = Path(handlers.understand.mixed.__file__).with_suffix(".txt")
    rows = [row.split("\t") for row in file.read_text(encoding="utf-8").splitlines() if not row.startswith("#")]
    assert all(len(row) == 2 and all(row) for row in rows)
    assert [word for word, times in Counter(word for word, _ in rows).items() if times > 1] == []
    assert {word for word, _ in rows}.isdisjoint({"not", "no", "don't", "if", "or", "maybe", "later", "unless"})
