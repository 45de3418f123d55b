"""Corrections, additions and removals: a change that is open, as the next message alters it."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import TypeVar

from handlers.understand.amount import Amount
from handlers.understand.answers import NoAnswerError, asking_of, chosen_unit, still_asking, with_values
from handlers.understand.asking import Asking
from handlers.understand.board import Board
from handlers.understand.clauses import clauses
from handlers.understand.frames import FRAMES
from handlers.understand.goods import Mention, items, pairs
from handlers.understand.lines import said_line, settled_line
from handlers.understand.names.lexicon import Lexicon
from handlers.understand.pieces import Kind, Piece
from handlers.understand.places import FROM, TO
from handlers.understand.reading import Context, Intent, Reading, SaidLine

_AT = re.compile(r"^lines\.(\d+)\.")
_INSTEAD = ("instead", "rather")
_WORDS = (Kind.WORD, Kind.FILLER, Kind.BREAK)
_Value = TypeVar("_Value")


def added(pieces: Sequence[Piece], context: Context, board: Board) -> Reading | None:
    """再加5瓶雪碧: further lines. The same product again leaves its amount open."""
    frame = _frame(context)
    said = items(pieces, board.lexicon)
    paired = pairs(said)
    others = any(piece.kind in (Kind.PLACE, Kind.UNIT) for piece in pieces)
    if not paired or any(mention is None for mention, _ in paired) or others:
        return None
    asking = asking_of(frame)
    lines = list(frame.slots.lines)
    for pair in paired:
        line = said_line(f"lines.{len(lines)}", pair, asking, board.lexicon)
        if line.sku and any(one.sku == line.sku for one in lines):
            at = next(at for at, one in enumerate(lines) if one.sku == line.sku)
            asking.forget(f"lines.{len(lines)}")
            lines[at] = SaidLine(line.sku)
            asking.ask(f"lines.{at}.quantity", "two_amounts")
        else:
            lines.append(line)
    if "lines" not in asking.problems:  # what was said of goods and not understood stays open
        asking.answered("lines")
    return still_asking(frame, replace(frame.slots, lines=tuple(lines)), asking)


def removed(pieces: Sequence[Piece], context: Context, board: Board) -> Reading | None:
    """可乐不要了: without that line. Without any line left, there is nothing to do."""
    frame = _frame(context)
    mentions = [item for item in items(pieces, board.lexicon) if isinstance(item, Mention)]
    if not mentions or any(isinstance(item, Amount) for item in items(pieces, board.lexicon)):
        return None
    gone: set[int] = set()
    for mention in mentions:
        at = _lines_meant(frame, mention)
        if len(at) != 1:
            return None
        gone |= set(at)
    return without_lines(frame, gone)


def without_lines(frame: Reading, gone: Collection[int]) -> Reading:
    """The reading without some of its lines, and without what was asked about them; a no where none is left."""
    kept = [at for at in range(len(frame.slots.lines)) if at not in gone]
    if not kept:
        return Reading(Intent.CANCEL)
    new = {old: at for at, old in enumerate(kept)}
    return replace(
        frame,
        slots=replace(frame.slots, lines=tuple(frame.slots.lines[at] for at in kept)),
        missing=tuple(name for one in frame.missing if (name := _renumbered(one, new))),
        candidates=_all_renumbered(frame.candidates, new),
        problems=_all_renumbered(frame.problems, new),
        heard=_all_renumbered(frame.heard, new),
    )


def corrected(pieces: Sequence[Piece], context: Context, board: Board) -> Reading | None:
    """改成30, no, store C, 不是雪碧是红牛: what is said takes the place of what was said of its kind."""
    frame = _frame(context)
    apart = [part for part in clauses(pieces) if any(piece.kind not in _WORDS for piece in part)]
    if len(apart) > 1 and all(_counts_one(part) for part in apart):  # 红牛改3箱,雪花改6箱
        return _corrected_in_turn(apart, context, board)
    named = {piece.kind for piece in pieces if piece.kind in (Kind.PLACE, Kind.PRODUCT) and not piece.role}
    if _denies_what_was_said(pieces, board) or len(named) > 1:  # 南京路改成武夷: of two kinds, neither in its place
        raise NoAnswerError
    denied = [piece for piece in pieces if piece.role == "not"]
    meant = [piece for piece in pieces if piece.role != "not"]
    asking = asking_of(frame)
    changed = with_values(meant, frame, asking, context)
    changed = _with_place(meant, denied, changed, asking, context)
    lines = _corrected_lines(meant, denied, changed, asking, board.lexicon)
    reading = still_asking(changed, replace(changed.slots, lines=lines), asking)
    return None if (reading.slots, reading.missing) == (frame.slots, frame.missing) else reading


def _counts_one(part: Sequence[Piece]) -> bool:
    kinds = [piece.kind for piece in part if piece.kind not in _WORDS]
    return sorted(kinds) == sorted((Kind.PRODUCT, Kind.AMOUNT)) and not any(piece.role for piece in part)


def _corrected_in_turn(apart: Sequence[Sequence[Piece]], context: Context, board: Board) -> Reading:
    for part in apart:
        reading = corrected(part, context, board)
        if reading is None or len(reading.slots.lines) != len(_frame(context).slots.lines):
            raise NoAnswerError
        context = replace(context, frame=reading)
    return _frame(context)


def amended(pieces: Sequence[Piece], context: Context, board: Board) -> Reading | None:
    """3箱吧, where nothing is asked: another amount of the only line. 单价38: the price of it."""
    frame = _frame(context)
    said = [piece for piece in pieces if piece.kind not in _WORDS]
    if len(said) != 1 or len(frame.slots.lines) != 1 or frame.missing:
        return None
    if said[0].kind is Kind.PRICE and said[0].kind in FRAMES[frame.intent].takes:
        return replace(frame, slots=replace(frame.slots, price=said[0].value))
    return corrected(pieces, context, board) if said[0].kind is Kind.AMOUNT else None


def _denies_what_was_said(pieces: Sequence[Piece], board: Board) -> bool:
    """Whether a no stands behind all that was said (20箱不要): then that is what is not wanted."""
    classes = board.phrasebook.book.classes
    noes = [
        at
        for at, piece in enumerate(pieces)
        if "block_negation" in classes.get(piece.text, ()) and piece.text not in _INSTEAD
    ]
    return bool(noes) and all(piece.kind in _WORDS for piece in pieces[noes[-1] :])


def _corrected_lines(
    meant: Sequence[Piece], denied: Sequence[Piece], frame: Reading, asking: Asking, lexicon: Lexicon
) -> tuple[SaidLine, ...]:
    said = items(meant, lexicon)
    mentions = [item for item in said if isinstance(item, Mention)]
    amounts = [item for item in said if isinstance(item, Amount)]
    units = [piece for piece in meant if piece.kind is Kind.UNIT and piece.name]
    lines = list(frame.slots.lines)
    if not (mentions or amounts or units):
        return tuple(lines)
    if len(mentions) > 1 or len(amounts) > 1:
        raise NoAnswerError
    refused = [item for item in items(denied, lexicon) if isinstance(item, Mention)]
    if any(not _lines_meant(frame, mention) for mention in refused):
        raise NoAnswerError  # 雪花换依云, where no 雪花 is
    if amounts and mentions and not _lines_meant(frame, mentions[0]) and _is_named_first(meant):
        raise NoAnswerError  # 雪花改2箱, where no 雪花 is
    at = _line_meant(frame, mentions, refused)
    line, name = lines[at], f"lines.{at}"
    asking.forget(name)
    number = line.number
    unit: tuple[str, ...] = (line.unit,) if line.unit else ()
    if amounts:
        amount = amounts[0]
        number, unit = amount.number, amount.units or unit
        if amount.about or amount.doubtful or amount.part:
            asking.ask(f"{name}.quantity", "approximate" if amount.about else "two_amounts")
            number = None
    elif units and units[0].name:
        unit = units[0].name.whole
    if mentions and not _lines_meant(frame, mentions[0]):
        before = Amount(number, unit) if number is not None else None
        line = said_line(name, (mentions[0], (before,) if before else ()), asking, lexicon)
    elif number is not None:
        line = settled_line(name, SaidLine(line.sku, number), chosen_unit(unit, line, lexicon), asking, lexicon)
        if line.sku is None:
            asking.ask(f"{name}.sku", candidates=frame.candidates.get(f"{name}.sku", ()))
    else:
        asking.ask(f"{name}.quantity")
    lines[at] = line
    return tuple(lines)


def _is_named_first(meant: Sequence[Piece]) -> bool:
    """Whether what is corrected is a product that is named, and not what is said of it: 雪花改2箱."""
    said = [piece for piece in meant if piece.kind not in (Kind.FILLER, Kind.BREAK)]
    return bool(said) and said[0].kind is Kind.PRODUCT


def _line_meant(frame: Reading, mentions: Sequence[Mention], denied: Sequence[Mention]) -> int:
    """The line that is corrected: of the product that is named or denied, else the only one, else the last."""
    for mention in (*denied, *mentions):
        if len(at := _lines_meant(frame, mention)) == 1:
            return at[0]
    if len(frame.slots.lines) != 1:
        raise NoAnswerError
    return 0


def _lines_meant(frame: Reading, mention: Mention) -> list[int]:
    """The lines that can be of a product."""
    codes = {*mention.codes, *mention.wide}
    return [
        at
        for at, line in enumerate(frame.slots.lines)
        if (line.sku in codes if line.sku else codes & set(frame.candidates.get(f"lines.{at}.sku", ())))
    ]


def _with_place(
    meant: Sequence[Piece], denied: Sequence[Piece], frame: Reading, asking: Asking, context: Context
) -> Reading:
    """The frame with another place: on the side that its marker says, or that had the denied one, or that was said."""
    places = [piece for piece in meant if piece.kind is Kind.PLACE]
    if not places:
        return frame
    slots = frame.slots
    refused = {code for piece in denied if piece.kind is Kind.PLACE for code in piece.codes}
    for piece in places:
        if len(piece.codes) != 1:
            raise NoAnswerError
        code = piece.codes[0]
        if frame.intent is not Intent.TRANSFER_CREATE:
            slots = replace(slots, place=code)
            asking.answered("place")
            continue
        side = piece.role if piece.role in (FROM, TO) else _side(frame, refused, context)
        slots = replace(slots, source=code) if side == FROM else replace(slots, target=code)
        asking.answered(side)
    if slots.source is not None and slots.source == slots.target:
        asking.ask(TO, "same_place")
        slots = replace(slots, target=None)
    return replace(frame, slots=slots)


def _side(frame: Reading, refused: set[str], context: Context) -> str:
    slots = frame.slots
    if slots.source in refused or slots.target in refused:
        return FROM if slots.source in refused else TO
    open_sides = [side for side in (FROM, TO) if side in frame.missing]
    if len(open_sides) == 1:
        return open_sides[0]
    if slots.source == context.home and slots.target != context.home:
        return TO
    if slots.target == context.home and slots.source != context.home:
        return FROM
    raise NoAnswerError


def _frame(context: Context) -> Reading:
    if context.frame is None:
        raise NoAnswerError
    return context.frame


def _renumbered(name: str, new: Mapping[int, int]) -> str:
    """A field's name after lines have gone; empty for a field of a line that went."""
    match = _AT.match(name)
    if match is None:
        return name
    at = int(match[1])
    return f"lines.{new[at]}.{name[match.end() :]}" if at in new else ""


def _all_renumbered(found: Mapping[str, _Value], new: Mapping[int, int]) -> dict[str, _Value]:
    return {name: value for one, value in found.items() if (name := _renumbered(one, new))}
