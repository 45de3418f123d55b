"""A reading as one row of a labelled set: each slot under its name there, each question in its drawer."""

from __future__ import annotations

from fractions import Fraction

import pytest

from bot.rows import row_of
from handlers.understand.reading import Intent, Reading, SaidLine, Slots

BOTTLES = SaidLine("SKU123", Fraction(2), "瓶", 2)
HALF = SaidLine("A-1035", Fraction(1, 2), "箱", 12)
MOVED = Intent.TRANSFER_CREATE


def asked(intent: Intent, *missing: str, **more: object) -> dict[str, object]:
    """The row of a reading that asks, without its intent."""
    row = row_of(Reading(intent, missing=missing, **more))  # type: ignore[arg-type]  # a table of keywords
    assert row.pop("intent") == intent.value
    return row


def test_every_slot_has_its_name_there() -> None:
    slots = Slots(
        lines=(BOTTLES, HALF),
        source="W1",
        target="XH",
        place="EQ",
        document="@last",
        language="en",
        reason="expired",
        supplier="SUP01",
        period="2026-03-09/2026-03-15",
        price="3.5",
        barcode="6900000000024",
        mode="set",
        kind="low",
    )
    assert row_of(Reading(MOVED, slots)) == {
        "intent": "transfer.create",
        "lines": [
            {"sku": "SKU123", "quantity": "2", "unit": "瓶"},
            {"sku": "A-1035", "quantity": "0.5", "unit": "箱"},
        ],
        "from": "W1",
        "to": "XH",
        "store": "EQ",
        "document": "@last",
        "language": "en",
        "reason": "expired",
        "supplier": "SUP01",
        "period": "2026-03-09/2026-03-15",
        "price": "3.5",
        "barcode": "6900000000024",
        "mode": "set",
        "kind": "low",
    }


def test_what_is_empty_is_left_out() -> None:
    assert row_of(Reading(Intent.HELP)) == {"intent": "help"}
    assert row_of(Reading(MOVED, Slots(lines=(SaidLine(),)))) == {
        "intent": "transfer.create",
        "lines": [{"sku": None, "quantity": None, "unit": None}],
    }


def test_damaged_goods_are_a_shortage_with_that_reason() -> None:
    slots = Slots(shortage=(HALF,), damaged=(BOTTLES,))
    reading = Reading(Intent.TRANSFER_RECEIVE, slots, ("damaged.0.sku", "shortage.0.unit"))
    row = row_of(reading)
    assert [line["sku"] for line in row["shortage"]] == ["A-1035", "SKU123"]  # type: ignore[attr-defined]
    assert row["reason"] == "damaged"
    assert row["missing"] == ["shortage.1.sku", "shortage.0.unit"]
    assert row_of(Reading(Intent.TRANSFER_RECEIVE, Slots(damaged=(HALF,), reason="expired")))["reason"] == "expired"
    assert "reason" not in row_of(Reading(Intent.TRANSFER_RECEIVE, Slots(shortage=(HALF,))))


@pytest.mark.parametrize(
    ("row", "wanted"),
    [
        (asked(MOVED, "to", "place"), {"missing": ["to", "store"]}),
        (asked(MOVED, "to", problems={"to": "same_place"}), {"invalid": ["to"]}),
        (asked(MOVED, "to", candidates={"to": ("W1", "W2")}), {"ambiguous": {"to": ["W1", "W2"]}}),
        (
            asked(MOVED, "to", "lines", problems={"to": "unknown_place"}, candidates={"to": ("W1",)}),
            {"missing": ["lines"], "ambiguous": {"to": ["W1"]}},
        ),
        (asked(MOVED, "intent", problems={"intent": "left_over"}), {"invalid": ["intent"]}),
        (asked(MOVED, candidates={"to": ("W1",)}, problems={"to": "not asked"}), {}),
        (asked(Intent.UNKNOWN, "intent", problems={"intent": "left_over"}), {}),
        (asked(Intent.UNKNOWN, "intent", candidates={"intent": ("sale.record", "undo")}), {}),
        (
            asked(Intent.TRANSFER_RECEIVE, "intent", candidates={"intent": ("transfer.receive", "purchase.receive")}),
            {"ambiguous": {"intent": ["transfer.receive", "purchase.receive"]}},
        ),
    ],
)
def test_what_is_asked_lies_in_its_drawer(row: dict[str, object], wanted: dict[str, object]) -> None:
    assert row == wanted
