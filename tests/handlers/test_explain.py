"""A reading in one line: a table of readings and how they are drawn."""

from __future__ import annotations

from fractions import Fraction

import pytest

from handlers.understand.explain import drawn, number_of
from handlers.understand.reading import Intent, Reading, SaidLine, Slots

BOTTLES, HALF, LOOSE = SaidLine("SKU123", Fraction(2), "瓶"), SaidLine("A-1", Fraction(1, 2), "箱"), SaidLine("A-1")


@pytest.mark.parametrize(
    ("reading", "line"),
    [
        (Reading(Intent.HELP), ""),
        (
            Reading(Intent.TRANSFER_CREATE, Slots((BOTTLES, HALF), source="W1", target="XH")),
            "2瓶 SKU123, 0.5箱 A-1, from W1, to XH",
        ),
        (Reading(Intent.STOCK_QUERY, Slots((LOOSE,), place="*")), "A-1, at *"),
        (
            Reading(
                Intent.TRANSFER_CREATE,
                Slots((SaidLine(None, Fraction(20)),)),
                ("lines.0.sku", "to", "from"),
                {"lines.0.sku": ("A-1", "A-2")},
                {"to": "same_place"},
            ),
            "20 ?, ? lines.0.sku A-1/A-2, ? to same_place, ? from",
        ),
        (
            Reading(Intent.TRANSFER_RECEIVE, Slots(document="TR-1", shortage=(BOTTLES,), damaged=(HALF,))),
            "0.5箱 A-1 damaged, 2瓶 SKU123 short, of TR-1",
        ),
        (
            Reading(
                Intent.TRANSFER_RECEIVE,
                Slots(for_supplier=(LOOSE,), over=(LOOSE,), refused=(LOOSE,), all_arrived=True, rest="next"),
            ),
            "A-1 refused, A-1 for supplier, A-1 over, rest next, all",
        ),
        (
            Reading(
                Intent.PURCHASE_ORDER,
                Slots((BOTTLES,), supplier="SUP01", price="3.5", period="2026-03-09/2026-03-15", returns=True),
            ),
            "2瓶 SKU123, by SUP01, during 2026-03-09/2026-03-15, price 3.5, returns",
        ),
        (
            Reading(Intent.UNDO, Slots(mode="set", kind="low", barcode="69", language="en", reason="lost", bearer="x")),
            "in en, reason lost, bearer x, mode set, kind low, barcode 69",
        ),
    ],
)
def test_a_reading_is_drawn(reading: Reading, line: str) -> None:
    assert drawn(reading) == line


@pytest.mark.parametrize(
    ("number", "plain"),
    [
        (Fraction(20), "20"),
        (Fraction(1, 2), "0.5"),
        (Fraction(5, 4000), "0.00125"),
        (Fraction(10**9), "1000000000"),
        (Fraction(1, 3), "1/3"),
        (Fraction(5, 2), "2.5"),
    ],
)
def test_numbers_are_plain(number: Fraction, plain: str) -> None:
    assert number_of(number) == plain
    assert number_of(-number) == f"-{plain}"
