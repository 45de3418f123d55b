"""What a reading says, in plain words, for somebody who looks at understanding itself."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from core.goods.catalogue import Catalogue
from handlers.understand.explain import number_of
from handlers.understand.reading import LINE_SLOTS, Reading, SaidLine

_PLACES = {"from": "source", "to": "target", "at": "place"}
_OTHERS = (
    "document", "supplier", "period", "reason", "price", "barcode", "mode", "kind", "language", "rest", "bearer",
)  # fmt: skip


def facts(reading: Reading, catalogue: Catalogue) -> list[tuple[str, str]]:
    """What was understood, as pairs of a name and what was said for it."""
    found = [("intent", reading.intent.value)]
    for name in LINE_SLOTS:
        found += [(name, _line(line, catalogue)) for line in getattr(reading.slots, name)]
    for name, slot in _PLACES.items():
        if code := getattr(reading.slots, slot):
            found.append((name, _place(code, catalogue)))
    found += [(name, value) for name in _OTHERS if (value := getattr(reading.slots, name))]
    found += [(name, "yes") for name in ("all_arrived", "returns") if getattr(reading.slots, name)]
    return found + [("read as", f"{said} = {meant}") for said, meant in reading.read_as]


def questions(reading: Reading) -> list[tuple[str, str]]:
    """What is asked, the first question first, each with why."""
    return [(field, "; ".join(_reasons(reading, field))) for field in reading.missing]


def spans(reading: Reading, text: str) -> list[tuple[str, str, str]]:
    """The writer's own words, piece by piece, with what each was taken for and the phrase that it is a part of.

    Where nothing was read, both are empty.
    """
    found, at = [], 0
    for span in sorted(reading.spans, key=lambda one: (one.start, one.end)):
        if gap := text[at : span.start].strip():
            found.append((gap, "", ""))
        found.append((text[span.start : span.end], span.role, span.phrase))
        at = max(at, span.end)
    return found + [(gap, "", "") for gap in [text[at:].strip()] if gap]


def _line(line: SaidLine, catalogue: Catalogue) -> str:
    sku = catalogue.sku_by_code.get(line.sku or "")
    name = f"{sku.code} {sku.name_zh}{sku.size}" if sku else line.sku or "?"
    unit = line.unit or (sku.base_unit if sku else "")
    amount = f"{number_of(line.number)}{unit}" if line.number is not None else "?"
    smallest = "" if line.count is None else f" (= {line.count} smallest units)"
    return f"{amount} {name}{smallest}"


def _place(code: str, catalogue: Catalogue) -> str:
    place = catalogue.place_by_code.get(code)
    return f"{code} {place.name_zh}" if place else code


def _reasons(reading: Reading, field: str) -> Iterator[str]:
    """Why a field is asked: what cannot be taken, the words that were said for it, what it may be."""
    problem, candidates, heard = (
        reading.problems.get(field), reading.candidates.get(field, ()), reading.heard.get(field),
    )  # fmt: skip
    if problem:
        yield problem
    elif not candidates:
        yield "was not said"
    if heard:
        yield f"said was “{heard}”"
    if candidates:
        yield f"may be {_or(candidates)}"


def _or(codes: Sequence[str]) -> str:
    return " or ".join((", ".join(codes[:-1]), codes[-1])) if len(codes) > 1 else codes[0]
