"""A second opinion: where another way through the message is nearly as good and moves something else, it is asked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from handlers.understand.analysis import Analysis, analysed, in_full, slots_of
from handlers.understand.board import Board
from handlers.understand.frames import Frame
from handlers.understand.gate import may_talk
from handlers.understand.lattice import Way, routes_of
from handlers.understand.pieces import Kind, Piece
from handlers.understand.reading import Reading, SaidLine

NEARLY = 4
"""So much may a way cost more than the best and still be a way that was perhaps meant."""
_WAYS = 5
_SAYING_NOTHING = frozenset({"filler", "filler_det", "filler_of", "filler_cue"})
"""The tags of words that fill no slot."""
_Meaning = list[tuple[object, ...]]
_BETWEEN: tuple[object, ...] = ()
"""What stands for words that fill no slot, however many of them."""


def agreed(board: Board, chosen: Analysis) -> Reading:
    """The chosen reading, with whatever a way nearly as good reads otherwise asked."""
    reading = in_full(board, chosen)
    if not chosen.frame.writes or not reading.complete:
        return reading
    frame, told, seen = chosen.frame, _told(chosen.way, chosen.frame), list[_Meaning]()
    for way in routes_of(board, frame).ways(_WAYS, NEARLY)[1:]:
        if way.cost > chosen.way.cost + NEARLY:
            break
        if _told(way, frame) == told or (meaning := _meaning(way.pieces)) in seen:
            continue
        seen.append(meaning)
        if slots_of(board, frame, way) == chosen.reading.slots:
            continue
        other = analysed(board, frame, way)
        apart = other.reading.complete or _counts_twice(other.reading)
        if apart and not other.left:
            reading = _asked(reading, other.reading)
    return reading


def _counts_twice(other: Reading) -> bool:
    """Whether it counts the same goods otherwise; without a product, a name was read as a number (10条555)."""
    return "two_amounts" in other.problems.values() and all(line.sku for line in other.slots.lines)


def _told(way: Way, frame: Frame) -> _Meaning:
    """All of a way that its slots come from: of two ways that differ in nothing else only one has to be analysed.

    Words that fill no slot only say that something stands between two that do: 收|到 is no other arrival than 收到.
    """
    if may_talk(way.pieces, frame):
        return _meaning(way.pieces)
    told: _Meaning = []
    for at, one in enumerate(way.pieces):
        if not _is_word(one, frame) or _joins(way.pieces, at):
            unit = one.kind is Kind.UNIT
            name = one.name if unit or one.kind is Kind.PRODUCT else None
            said = one.text if one.amount else ""
            told.append(
                (one.kind, one.role, one.tags, name, one.codes, one.amount, said, one.value, unit and one.phrase)
            )
        elif not told or told[-1] is not _BETWEEN:
            told.append(_BETWEEN)
    return told


def _is_word(piece: Piece, frame: Frame) -> bool:
    """Whether a piece fills no slot of a frame."""
    untaken = piece.kind is Kind.PERIOD and "period" not in frame.takes
    return (untaken or piece.kind in (Kind.WORD, Kind.FILLER)) and piece.tags <= _SAYING_NOTHING


def _joins(pieces: Sequence[Piece], at: int) -> bool:
    """Whether an "of" stands behind a product, or behind what may be its size, rather than behind a count of it."""
    if not at or "filler_of" not in pieces[at].tags:
        return False
    before, amount = pieces[at - 1], pieces[at - 1].amount
    if amount is None:
        return before.kind is Kind.PRODUCT
    counts = amount.units and amount.number and not (amount.bare or amount.measure or "size" in before.tags)
    return not counts or (at > 1 and pieces[at - 2].kind is Kind.PRODUCT)


def _meaning(pieces: Sequence[Piece]) -> _Meaning:
    """All of a way that an analysis looks at: two ways that differ only in their phrases say the same."""
    return [
        (
            *(one.kind, one.start, one.end, one.role, one.tags, one.name, one.codes, one.amount, one.value),
            *(bool(one.phrase), one.is_beside),
        )
        for one in pieces
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
        same_amount |= same_sku and line.count is not None and line.count == its.count  # 3 cups, 3 Cup Noodles
        if not same_sku:
            ask(f"lines.{at}.sku", (line.sku, its.sku))
        if not same_amount:
            ask(f"lines.{at}.quantity", problem="two_amounts")
        amount = (line.number, line.unit) if same_amount else (None, None)
        agreed_on = line if same_sku and same_amount else SaidLine(line.sku if same_sku else None, *amount)
        lines.append(agreed_on)
    slots = replace(slots, lines=tuple(lines))
    return replace(one, slots=slots, missing=tuple(missing), candidates=candidates, problems=problems)
