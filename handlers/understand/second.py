"""A second opinion: where another way through the message is nearly as good and moves something else, it is asked."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from handlers.understand.analysis import Analysis, analysed
from handlers.understand.board import Board
from handlers.understand.lattice import Way, routes_of
from handlers.understand.reading import Reading, SaidLine

NEARLY = 4
"""So much may a way cost more than the best and still be a way that was perhaps meant."""
_WAYS = 5


def agreed(board: Board, chosen: Analysis) -> Reading:
    """The chosen reading, with whatever a way nearly as good reads otherwise asked."""
    reading = chosen.reading
    if not chosen.frame.writes or not reading.complete:
        return reading
    frame, seen = chosen.frame, [_meaning(chosen.way)]
    for way in routes_of(board, frame).ways(_WAYS, NEARLY)[1:]:
        if way.cost > chosen.way.cost + NEARLY:
            break
        if (meaning := _meaning(way)) in seen:
            continue
        seen.append(meaning)
        other = analysed(board, frame, way)
        apart = other.reading.complete or "two_amounts" in other.reading.problems.values()
        if not other.left and apart and other.reading.slots != chosen.reading.slots:
            reading = _asked(reading, other.reading)
    return reading


def _meaning(way: Way) -> list[tuple[object, ...]]:
    """All of a way that an analysis looks at: two ways that differ only in their phrases say the same."""
    return [
        (
            *(one.kind, one.start, one.end, one.role, one.tags, one.name, one.codes, one.amount, one.value),
            *(bool(one.phrase), ".also" in one.phrase),
        )
        for one in way.pieces
    ]


def _asked(one: Reading, other: Reading) -> Reading:
    """The first reading with every field open that the other has otherwise."""
    missing, candidates, problems = list(one.missing), dict(one.candidates), dict(one.problems)

    def ask(name: str, found: tuple[str | None, ...] = (), problem: str = "") -> None:
        if name not in missing:
            missing.append(name)
        if codes := tuple(dict.fromkeys(code for code in found if code)):
            candidates.setdefault(name, codes)
        elif problem:
            problems.setdefault(name, problem)

    slots, others = one.slots, other.slots
    for name, slot in (("from", "source"), ("to", "target"), ("place", "place"), ("document", "document")):
        if getattr(slots, slot) != getattr(others, slot):
            ask(name, (getattr(slots, slot), getattr(others, slot)))
            kept: dict[str, Any] = {slot: None}
            slots = replace(slots, **kept)
    if len(slots.lines) != len(others.lines):
        ask("lines", problem="left_over")
        slots = replace(slots, lines=())
    lines: list[SaidLine] = []
    for at, (line, its) in enumerate(zip(slots.lines, others.lines, strict=False)):
        same_sku, same_amount = line.sku == its.sku, (line.number, line.unit) == (its.number, its.unit)
        if not same_sku:
            ask(f"lines.{at}.sku", (line.sku, its.sku))
        if not same_amount:
            ask(f"lines.{at}.quantity", problem="two_amounts")
        amount = (line.number, line.unit) if same_amount else (None, None)
        agreed_on = line if same_sku and same_amount else SaidLine(line.sku if same_sku else None, *amount)
        lines.append(agreed_on)
    slots = replace(slots, lines=tuple(lines))
    return replace(one, slots=slots, missing=tuple(missing), candidates=candidates, problems=problems)
