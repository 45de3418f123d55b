"""What an answer chose for words that could mean several things, and how words that were put right are told."""

from __future__ import annotations

from dataclasses import replace

import pytest

from data.kinds import PickKind
from handlers.messages import LINE_WIDTH, width_of
from handlers.picks import LONGEST, Pick, picks_of
from handlers.read_as import read_as
from handlers.reader import Reader
from handlers.understand.reading import Intent, Reading, SaidLine, Slots
from tests.handlers.small_catalogue import small_catalogue

COLAS = ("COLA330", "SKU123")
ASKED = Reading(
    Intent.TRANSFER_CREATE,
    Slots(lines=(SaidLine(), SaidLine("RB250")), target="XH"),
    missing=("lines.0.sku", "from"),
    candidates={"lines.0.sku": COLAS, "from": ("W1", "W2")},
    heard={"lines.0.sku": "可乐", "from": "仓库"},
)
UNKNOWN = replace(ASKED, problems={"lines.0.sku": "unknown_product"}, heard={"lines.0.sku": "肥宅水"})


def answered(before: Reading, sku: str | None = None, source: str | None = None) -> Reading:
    """The reading with what was chosen in it."""
    first = SaidLine(sku)
    slots = replace(before.slots, lines=(first, *before.slots.lines[1:]), source=source)
    named = {"lines.0.sku": sku, "from": source}
    return replace(before, slots=slots, missing=tuple(name for name in before.missing if not named.get(name)))


@pytest.mark.parametrize(
    ("before", "after", "picks"),
    [
        (ASKED, answered(ASKED, "SKU123"), (Pick(PickKind.PRODUCT, "可乐", "SKU123"),)),
        (ASKED, answered(ASKED, None, "W2"), (Pick(PickKind.PLACE, "仓库", "W2"),)),
        (
            ASKED,
            answered(ASKED, "COLA330", "W1"),
            (Pick(PickKind.PRODUCT, "可乐", "COLA330"), Pick(PickKind.PLACE, "仓库", "W1")),
        ),
        (ASKED, answered(ASKED, "SOAP"), ()),  # a correction: the word does not mean that
        (UNKNOWN, answered(UNKNOWN, "SOAP"), (Pick(PickKind.PRODUCT, "肥宅水", "SOAP"),)),
        (UNKNOWN, answered(UNKNOWN, None, "W1"), ()),  # nobody heard a word for it
        (ASKED, ASKED, ()),
        (ASKED, replace(answered(ASKED, "SKU123"), missing=ASKED.missing), ()),
        (ASKED, replace(answered(ASKED, "SKU123"), intent=Intent.STOCK_QUERY), ()),
        (ASKED, replace(ASKED, slots=Slots(lines=(SaidLine("SKU123"),)), missing=()), ()),  # a line was left out
        (replace(ASKED, heard={"lines.0.sku": "可" * (LONGEST + 1)}), answered(ASKED, "SKU123"), ()),
    ],
)
def test_what_was_picked(before: Reading, after: Reading, picks: tuple[Pick, ...]) -> None:
    assert picks_of(before, after) == picks


def told(language: str, *pairs: tuple[str, str]) -> tuple[str, ...]:
    """What a reader of this language is told of words that were put right."""
    slots = Slots(lines=(SaidLine("RB250"), SaidLine("SPR500")), source="WL")
    return read_as(Reader(None, language, small_catalogue()), Reading(Intent.TRANSFER_CREATE, slots, read_as=pairs))


def test_words_that_were_put_right_are_told_as_the_catalogue_writes_them() -> None:
    assert told("zh") == ()
    assert told("zh", ("五林店", "武林")) == ("“五林店”当作武林店",)
    assert told("en", ("redbul", "red bull"), ("wulim", "wulin")) == (
        "read “redbul” as Red Bull, read “wulim” as Wulin Square",
    )
    assert told("zh", ("雪壁", "雪碧"), ("雪壁", "雪碧"), ("hong niu", "红牛")) == (
        "“雪壁”当作雪碧、“hong niu”当作红牛",
    )
    assert told("en", ("sprit", "sprit")) == ("read “sprit” as Sprit",)  # a part of a name


def test_more_than_fits_into_a_line_is_counted() -> None:
    pairs = [(f"雪壁{number}", "雪碧") for number in range(9)]
    (line,) = told("zh", *pairs)
    assert line.startswith("“雪壁0”当作雪碧、")
    assert line.endswith("处")
    assert width_of(line) <= LINE_WIDTH["zh"] + 10
