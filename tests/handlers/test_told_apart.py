"""Messages that are nearly a change and are none: done already, of another day, feared, doubted, or cut in two."""

from __future__ import annotations

import pytest

from handlers.understand.reading import WRITES
from tests.handlers.test_understand import read


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("给二七店送5箱红牛", "给二七店送5箱红牛了"),
        ("从总仓调5箱红牛", "从总仓拿了5箱红牛"),
        ("TR-1001同意", "TR-1001数量不对 同意"),
        ("TR-1001同意", "明天TR-1001同意"),
        ("卖了3罐红牛", "卖了3罐红牛?"),
        ("昨天卖了6罐红牛", "上周卖了6罐红牛"),
        ("从总仓调5箱红牛,客人在等呢", "从总仓调5箱红牛,店长还没同意呢"),
        ("从总仓调5箱红牛", "从总仓调5和红牛"),
        ("从总仓调5箱红牛", "从总仓调红牛5湘过来"),
        ("从中央仓调5箱红牛到二七店", "从中央仓调5箱红牛到二七店需要多久"),
        ("sold 2 Red Bull at the counter", "sold 2 Red Bull at Pudding"),
        ("send 5 cases of Red Bull to Erqi", "send 5 cases of Red Bull to Erqi, the boss must say yes first"),
    ],
)
def test_a_change_is_asked_about_once_something_speaks_against_it(said: str, told: str) -> None:
    assert read(said, "XH").complete, said
    reading = read(told, "XH")
    assert not (reading.complete and reading.intent in WRITES), told


@pytest.mark.parametrize("said", ["火星店有红牛吗 哪个店有红牛", "二七店和所有店还有多少红牛"])
def test_all_places_are_no_choice_beside_one(said: str) -> None:
    reading = read(said, "XH")
    assert "*" not in {code for codes in reading.candidates.values() for code in codes}
