"""Draws a reading in one line, as the examples of the phrase files say what they mean."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from handlers.understand.reading import LINE_SLOTS, Reading, SaidLine, Slots

_LINES = {"lines": "", "for_supplier": "for supplier", "shortage": "short"}
_NAMED = {
    "source": "from", "target": "to", "place": "at", "document": "of", "supplier": "by", "language": "in",
    "period": "during", "price": "price", "reason": "reason", "bearer": "bearer", "rest": "rest", "mode": "mode",
    "kind": "kind", "barcode": "barcode",
}  # fmt: skip
_SAID = {"all_arrived": "all", "returns": "returns"}


def drawn(reading: Reading) -> str:
    """Goods, sides, everything else that was said, then what is asked: "20箱 SKU123, from W1, ? to same_place".

    Behind a field that is asked stands why what was said cannot be taken, or what it may be, where there is either.
    """
    return ", ".join((*_slots(reading.slots), *_asked(reading)))


def number_of(number: Fraction) -> str:
    """A number as people write it: 20, 0.5; a third stays 1/3."""
    tenths = next((digits for digits in range(7) if number * 10**digits == int(number * 10**digits)), None)
    if not tenths:
        return str(number)
    whole, rest = divmod(abs(int(number * 10**tenths)), 10**tenths)
    return f"{'-' if number < 0 else ''}{whole}.{rest:0{tenths}}"


def _slots(slots: Slots) -> Iterator[str]:
    for name in LINE_SLOTS:
        for line in getattr(slots, name):
            yield " ".join(part for part in (_line(line), _LINES.get(name, name)) if part)
    for name, word in _NAMED.items():
        if value := getattr(slots, name):
            yield f"{word} {value}"
    for name, word in _SAID.items():
        if getattr(slots, name):
            yield word


def _line(line: SaidLine) -> str:
    """How much of what: 20箱 SKU123. A product that is not known is a question mark."""
    amount = "" if line.number is None else f"{number_of(line.number)}{line.unit or ''}"
    return " ".join(part for part in (amount, line.sku or "?") if part)


def _asked(reading: Reading) -> Iterator[str]:
    for name in reading.missing:
        why = reading.problems.get(name) or "/".join(reading.candidates.get(name, ()))
        yield f"? {name} {why}".rstrip()
