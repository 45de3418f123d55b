"""A reading as one row of a labelled set: plain words and numbers, and what is asked in three drawers."""

from __future__ import annotations

from collections.abc import Sequence

from handlers.understand.explain import number_of
from handlers.understand.reading import Intent, Reading, SaidLine, Slots

_DAMAGED = "damaged"


def row_of(reading: Reading) -> dict[str, object]:
    """The fields that a labelled row has; what is empty is left out.

    Lines that came damaged stand among the shortages. A field that is asked stands under `ambiguous` where there are
    several candidates, under `invalid` where what was said cannot be taken, else under `missing`.
    """
    slots = reading.slots
    row: dict[str, object] = {
        "intent": reading.intent.value,
        "lines": _lines(slots.lines),
        **_said(slots),
        "shortage": _lines((*slots.shortage, *slots.damaged)),
        **_asked(reading),
    }
    return {name: value for name, value in row.items() if value not in (None, [], {})}


def _lines(lines: Sequence[SaidLine]) -> list[dict[str, str | None]]:
    return [
        {
            "sku": line.sku,
            "quantity": None if line.number is None else number_of(line.number),
            "unit": line.unit,
        }
        for line in lines
    ]


def _said(slots: Slots) -> dict[str, str | None]:
    return {
        "from": slots.source,
        "to": slots.target,
        "store": slots.place,
        "document": slots.document,
        "period": slots.period,
        "reason": slots.reason or (_DAMAGED if slots.damaged else None),
        "supplier": slots.supplier,
        "barcode": slots.barcode,
        "price": slots.price,
        "mode": slots.mode,
        "kind": slots.kind,
        "language": slots.language,
    }


def _asked(reading: Reading) -> dict[str, object]:
    missing: list[str] = []
    invalid: list[str] = []
    ambiguous: dict[str, list[str]] = {}
    for field in reading.missing:
        candidates, name = reading.candidates.get(field, ()), _name(field, reading.slots)
        if field == "intent" and reading.intent is Intent.UNKNOWN:
            continue  # that it is not known says so already; what it may have been is a suggestion
        if candidates:
            ambiguous[name] = list(candidates)
        elif field in reading.problems:
            invalid.append(name)
        else:
            missing.append(name)
    return {"missing": missing, "invalid": invalid, "ambiguous": ambiguous}


def _name(field: str, slots: Slots) -> str:
    """What a row calls a field."""
    part, *rest = field.split(".")
    if part == _DAMAGED and rest:
        return ".".join(("shortage", str(len(slots.shortage) + int(rest[0])), *rest[1:]))
    return {"place": "store", _DAMAGED: "shortage"}.get(field, field)
