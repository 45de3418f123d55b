"""A second opinion: where another way through the message is nearly as good and moves something else, it is asked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from handlers.understand.analysis import Analysis, Analyst, analysed, in_full
from handlers.understand.asking import Asking
from handlers.understand.board import Board
from handlers.understand.frames import Frame, Goods
from handlers.understand.lattice import routes_of
from handlers.understand.pieces import Kind, Piece
from handlers.understand.reading import Reading, SaidLine
from handlers.understand.values import CARRIED, values_in_words

NEARLY = 4
"""So much may a way cost more than the best and still be a way that was perhaps meant."""
_WAYS = 5
_SAYING_NOTHING = frozenset({"filler", "filler_det", "filler_of", "filler_cue"})
_SAYING_NOTHING |= {"block_negation", "block_past", "block_question", "block_if", "block_later", "can=yes", "can=ask"}
"""The tags of words that fill no slot."""
_WORDS = (Kind.WORD, Kind.FILLER, Kind.BLOCK)
_Meaning = list[tuple[object, ...]]
_BETWEEN: tuple[object, ...] = ()
"""What stands for words that fill no slot, however many of them."""


def agreed(board: Board, chosen: Analysis) -> Reading:
    """The chosen reading, with whatever a way nearly as good reads otherwise asked."""
    reading = in_full(board, chosen)
    if not chosen.frame.writes or not reading.complete:
        return reading
    frame = chosen.frame
    others = routes_of(board, frame).ways(_WAYS, NEARLY)[1:]
    seen = [_told(chosen.kept, frame)] if others else []
    for way in others:
        if way.cost > chosen.way.cost + NEARLY:
            break
        analyst = Analyst(board, frame, way)
        if (told := _told(analyst.kept, frame)) in seen:
            continue
        seen.append(told)
        if analyst.said() == chosen.reading.slots:
            continue
        other = analysed(board, frame, way)
        apart = other.reading.complete or _counts_twice(other.reading)
        if apart and not other.left:
            reading = _asked(reading, other.reading)
    return reading


def _counts_twice(other: Reading) -> bool:
    """Whether it counts the same goods otherwise; without a product, a name was read as a number (10条555)."""
    return "two_amounts" in other.problems.values() and all(line.sku for line in other.slots.lines)


def _told(kept: Sequence[Piece], frame: Frame) -> _Meaning:
    """All that the slots come from: of two ways that differ in nothing else only one has to be analysed.

    Words that fill no slot only say that something stands between two that do: 收|到 is no other arrival than 收到.
    """
    told: _Meaning = []
    carried: set[str] = set()
    for at, one in enumerate(kept):
        if not _is_word(one, frame) or _joins(kept, at):
            told.append(_meaning(one))
        else:
            carried |= one.tags - _SAYING_NOTHING
            if not told or told[-1] is not _BETWEEN:
                told.append(_BETWEEN)
    return [*told, tuple(values_in_words(carried, kept, Asking()).items())] if carried else told


def _meaning(one: Piece) -> tuple[object, ...]:
    """All of a piece that slots come from; unread words may go on with the name before them, so their place counts."""
    name = one.name if one.kind in (Kind.UNIT, Kind.PRODUCT) else None
    said = one.text if one.amount else ""
    place = (one.start, one.end) if one.kind is Kind.UNREAD else one.is_beside
    return (one.kind, one.role, one.tags, name, one.codes, one.amount, said, one.value, place)


def _is_word(piece: Piece, frame: Frame) -> bool:
    """Whether a piece fills no slot of a frame by where it stands, though it may carry a value."""
    untaken = (piece.kind is Kind.PERIOD and "period" not in frame.takes) or (
        piece.kind is Kind.UNIT and frame.goods is not Goods.PRODUCTS
    )
    if not (untaken or piece.kind in _WORDS):
        return False
    said = piece.tags - _SAYING_NOTHING
    return not said or all(tag.partition("=")[0] in CARRIED for tag in said)


def _joins(pieces: Sequence[Piece], at: int) -> bool:
    """Whether an "of" stands behind a product, or behind what may be its size, rather than behind a count of it."""
    if not at or "filler_of" not in pieces[at].tags:
        return False
    before, amount = pieces[at - 1], pieces[at - 1].amount
    if amount is None:
        return before.kind is Kind.PRODUCT
    counts = amount.units and amount.number and not (amount.bare or amount.measure or "size" in before.tags)
    return not counts or (at > 1 and pieces[at - 2].kind is Kind.PRODUCT)


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
