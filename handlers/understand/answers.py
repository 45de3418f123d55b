"""Fills what an open question asked from a bare answer ("500ml", "西湖店", "20箱"), and nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Any

from handlers.understand.amount import Amount
from handlers.understand.asking import Asking
from handlers.understand.frames import FRAMES, Goods
from handlers.understand.goods import Item, Mention, having_unit, is_size, items
from handlers.understand.lines import asked_product, change_lines, likeliest, settled_line
from handlers.understand.names.lexicon import Lexicon
from handlers.understand.pieces import Kind, Piece
from handlers.understand.places import FROM, TO
from handlers.understand.quantities import factors_of
from handlers.understand.reading import LAST_DOCUMENT, Context, Intent, Reading, SaidLine, Slots

_SLOT_OF = {FROM: "source", TO: "target", "place": "place"}
_VALUES = ("reason", "mode", "kind", "rest", "bearer", "language")


class NoAnswerError(Exception):
    """The text says something that was not asked, so it is no answer."""


def answered(pieces: Sequence[Piece], context: Context, lexicon: Lexicon) -> Reading | None:
    """The frame with the answer in it; None when the text is none.

    Raises NoAnswerError when it says anything that was not asked.
    """
    frame = context.frame
    said = [piece for piece in pieces if piece.kind not in (Kind.FILLER, Kind.BREAK)]
    if frame is None or not frame.missing or "intent" in frame.missing or not said:
        return None
    asking = asking_of(frame)
    before = len(asking.missing), frame.slots
    slots = with_values(pieces, frame, asking, context).slots
    slots = _with_places(said, slots, asking, context)
    slots = _with_document(said, slots, asking, context)
    slots = _with_goods(pieces, slots, asking, context, lexicon)
    slots = _checked(slots, asking, context)
    if (len(asking.missing), slots) == before and asking.candidates == frame.candidates:
        return None
    return still_asking(frame, slots, asking)


def with_choice(frame: Reading, name: str, code: str, lexicon: Lexicon) -> Reading:
    """The frame with one of the products that `name` ("lines.0.sku") offers."""
    asking = asking_of(frame)
    at, lines = int(name.split(".")[1]), frame.slots.lines
    line = _with_product(lines[at], name.removesuffix(".sku"), Mention((code,)), asking, lexicon)
    slots = replace(frame.slots, lines=(*lines[:at], line, *lines[at + 1 :]))
    return replace(still_asking(frame, slots, asking), continues=True)


def asking_of(frame: Reading) -> Asking:
    """What an open frame asks, to be changed."""
    return Asking(list(frame.missing), dict(frame.candidates), dict(frame.problems), dict(frame.heard))


def still_asking(frame: Reading, slots: Slots, asking: Asking) -> Reading:
    """The frame with other values, and what is asked of it then."""
    asked = replace(frame, slots=slots, missing=tuple(asking.missing))
    return replace(asked, candidates=asking.candidates, problems=asking.problems, heard=asking.heard)


def with_values(pieces: Sequence[Piece], frame: Reading, asking: Asking, context: Context) -> Reading:
    """The frame with what single words and numbers say: a reason, a mode, a period, a price, a supplier."""
    shape, slots = FRAMES[frame.intent], frame.slots
    said: dict[str, set[str]] = {}
    for piece in pieces:
        for tag in piece.tags:
            slot, _, value = tag.partition("=")
            if slot in _VALUES and value:
                said.setdefault(slot, set()).add(value)
        if piece.kind in (Kind.PERIOD, Kind.PRICE, Kind.BARCODE) and piece.kind in shape.takes:
            said.setdefault(piece.kind.value, set()).add(piece.value)
        if piece.kind is Kind.SUPPLIER and "supplier" in shape.takes:
            said.setdefault("supplier", set()).update(piece.codes)
    for slot, values in said.items():
        if len(values) != 1:
            raise NoAnswerError
        meant: dict[str, Any] = {slot: values.pop()}
        slots = replace(slots, **meant)
        asking.answered(slot)
    return replace(frame, slots=slots)


def chosen_unit(units: tuple[str, ...], line: SaidLine, lexicon: Lexicon) -> tuple[str, ...]:
    """Of the units that a word can mean those that the product has; all of them when it has none."""
    owned = factors_of(lexicon.skus[line.sku]) if line.sku else {}
    return tuple(unit for unit in units if unit in owned) or units


def _done(asking: Asking, name: str) -> None:
    """Take a field out of the question; refuse an answer to what was not asked."""
    if name not in asking.missing:
        raise NoAnswerError
    asking.missing.remove(name)
    asking.candidates.pop(name, None)
    asking.problems.pop(name, None)
    asking.heard.pop(name, None)


def _with_places(said: Sequence[Piece], slots: Slots, asking: Asking, context: Context) -> Slots:
    for piece in said:
        if piece.has("here=yes") or piece.has("hence=yes"):
            raise NoAnswerError
        if piece.kind is not Kind.PLACE:
            continue
        if not piece.codes:
            raise NoAnswerError
        name = _place_asked(piece, asking, context)
        _done(asking, name)
        if len(piece.codes) > 1:
            asking.ask(name, candidates=piece.codes)
        else:
            slots = _replaced(slots, name, piece.codes[0])
    return slots


def _replaced(slots: Slots, name: str, code: str) -> Slots:
    if name == FROM:
        return replace(slots, source=code)
    return replace(slots, target=code) if name == TO else replace(slots, place=code)


def _place_asked(piece: Piece, asking: Asking, context: Context) -> str:
    """The field that a place answers: by its marker, or the one asked, or the only one open."""
    if piece.role in (FROM, TO) and piece.role in asking.missing:
        return piece.role
    asked = [name for name in _SLOT_OF if name in asking.missing]
    if piece.role in (FROM, TO) and "place" not in asked:
        raise NoAnswerError
    if context.asked in asked:
        return context.asked
    if len(asked) != 1:
        raise NoAnswerError
    return asked[0]


def _with_document(said: Sequence[Piece], slots: Slots, asking: Asking, context: Context) -> Slots:
    named = [piece.value for piece in said if piece.kind is Kind.DOCUMENT]
    named += [LAST_DOCUMENT for piece in said if piece.has("document=last")]
    if "document" in asking.missing and not named and len(said) == 1 and said[0].amount and said[0].amount.bare:
        named = [f"TR-{said[0].text}"] if said[0].text.isdigit() else []
    if not named:
        return slots
    if len(set(named)) > 1:
        raise NoAnswerError
    _done(asking, "document")
    return replace(slots, document=named[0])


def _with_goods(pieces: Sequence[Piece], slots: Slots, asking: Asking, context: Context, lexicon: Lexicon) -> Slots:
    """Product, size, amount or unit of one line; or all lines, where there was none."""
    units = [piece.name.whole for piece in pieces if piece.kind is Kind.UNIT and piece.name]
    found = items(pieces, lexicon)
    said = [item for item in found if isinstance(item, (Mention, Amount))]
    if context.frame is not None and slots.document != context.frame.slots.document:
        return slots
    if not units and not said:
        return slots
    if "lines" in asking.missing and not units:
        _done(asking, "lines")
        if context.frame is not None and FRAMES[context.frame.intent].goods is not Goods.LINES:
            return replace(slots, lines=_products(said, asking, lexicon))
        return replace(slots, lines=change_lines("lines", found, asking, lexicon))
    at = _line_asked(asking, context)
    line, name = slots.lines[at], f"lines.{at}"
    if len(units) == 1 and not said and f"{name}.sku" in asking.missing:
        meant = having_unit(asking.candidates.get(f"{name}.sku", ()), units[0], lexicon)
        line = _with_product(line, name, Mention(meant), asking, lexicon)
    elif len(units) == 1 and not said:
        line = _with_unit(line, name, units[0], asking, lexicon)
    elif not units and len(said) <= 2:
        for item in sorted(said, key=lambda item: not isinstance(item, Mention)):
            line = _with_item(line, name, item, asking, lexicon)
    else:
        raise NoAnswerError
    return replace(slots, lines=(*slots.lines[:at], line, *slots.lines[at + 1 :]))


def _products(said: Sequence[Item], asking: Asking, lexicon: Lexicon) -> tuple[SaidLine, ...]:
    """The products of a question, for which no quantity is asked."""
    if not all(isinstance(item, Mention) for item in said):
        raise NoAnswerError
    return tuple(
        asked_product(f"lines.{at}", item, asking, lexicon) for at, item in enumerate(said) if isinstance(item, Mention)
    )


def _line_asked(asking: Asking, context: Context) -> int:
    names = [context.asked or "", *asking.missing]
    for name in names:
        if name.startswith("lines.") and name in asking.missing:
            return int(name.split(".")[1])
    raise NoAnswerError


def _with_item(line: SaidLine, name: str, item: Item, asking: Asking, lexicon: Lexicon) -> SaidLine:
    if isinstance(item, Mention):
        return _with_product(line, name, item, asking, lexicon)
    if not isinstance(item, Amount) or item.doubtful or item.about or item.part:
        raise NoAnswerError
    candidates = asking.candidates.get(f"{name}.sku", ())
    if f"{name}.sku" in asking.missing and is_size(item, candidates, lexicon):
        return _with_product(line, name, Mention((), sizes=(item,)), asking, lexicon)
    if f"{name}.quantity" in asking.missing:
        _done(asking, f"{name}.quantity")
        units = item.units or ((line.unit,) if line.unit else ())
        line = settled_line(name, SaidLine(line.sku, item.number), units, asking, lexicon)
        asking.hear(name, (item,))
        return line
    if item.number == line.number and item.units:
        return _with_unit(line, name, item.units, asking, lexicon)
    if f"{name}.unit" in asking.missing and item.units:  # the whole amount anew: 3箱, where 5吨 could not be
        _done(asking, f"{name}.unit")
        line = settled_line(name, SaidLine(line.sku, item.number), item.units, asking, lexicon)
        asking.hear(name, (item,))
        return line
    raise NoAnswerError


def _with_unit(line: SaidLine, name: str, units: tuple[str, ...], asking: Asking, lexicon: Lexicon) -> SaidLine:
    field = f"{name}.unit"
    offered = asking.candidates.get(field, units)
    chosen = tuple(unit for unit in units if unit in offered)
    _done(asking, field)
    return settled_line(name, line, chosen or units, asking, lexicon)


def _with_product(line: SaidLine, name: str, mention: Mention, asking: Asking, lexicon: Lexicon) -> SaidLine:
    """The line with the product that was named, or with the candidates that the answer leaves."""
    field = f"{name}.sku"
    candidates = asking.candidates.get(field, ())
    codes = tuple(code for code in mention.codes or candidates if not candidates or code in candidates) or mention.codes
    codes = tuple(code for code in codes if all(is_size(size, (code,), lexicon) for size in mention.sizes))
    units = asking.candidates.get(f"{name}.unit", (line.unit,) if line.unit else ())
    codes = having_unit(codes, units, lexicon)
    if not codes or mention.unknown:
        raise NoAnswerError
    heard = asking.heard.get(field, "")
    _done(asking, field)
    if len(codes) > 1:
        asking.ask(field, candidates=likeliest(codes, lexicon), heard=heard)
        return line
    number: Fraction | None = line.number
    if number is None:
        return replace(line, sku=codes[0])
    if f"{name}.unit" in asking.missing:
        _done(asking, f"{name}.unit")
    return settled_line(name, SaidLine(codes[0], number), units, asking, lexicon)


def _checked(slots: Slots, asking: Asking, context: Context) -> Slots:
    """A transfer has two sides: the other one is home by the same rule as in one message; never both the same."""
    open_sides = [name for name in (FROM, TO) if name in asking.missing]
    frame = context.frame
    if frame is None or frame.intent is not Intent.TRANSFER_CREATE:
        return slots
    plain = len(open_sides) == 1 and not {open_sides[0]} & (asking.candidates.keys() | asking.problems.keys())
    other = slots.target if open_sides == [FROM] else slots.source
    if plain and not frame.unread and other and context.home and other != context.home:
        _done(asking, open_sides[0])
        slots = _replaced(slots, open_sides[0], context.home)
    if slots.source is not None and slots.source == slots.target:
        asking.ask(TO, "same_place")
        slots = replace(slots, target=None)
    return slots
