"""Fills what an open question asked from a bare answer ("500ml", "西湖店", "20箱"), and nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

from handlers.understand.lexicon import Lexicon
from handlers.understand.lines import (
    Asking,
    Item,
    Mention,
    asked_product,
    change_lines,
    is_size,
    items,
    likeliest,
    settled_line,
    with_units,
)
from handlers.understand.places import FROM, TO, codes_of
from handlers.understand.reading import LAST_DOCUMENT, Context, Intent, Reading, SaidLine, Slots
from handlers.understand.tokens import Amount, Kind, Token
from handlers.understand.words import Role

_SLOT_OF = {FROM: "source", TO: "target", "place": "place"}
_MARKERS = (Role.FROM, Role.TO)


class _NoAnswerError(Exception):
    """The text says something that was not asked, so it is no answer."""


def answered(tokens: Sequence[Token], context: Context, lexicon: Lexicon) -> Reading | None:
    """The frame with the answer in it; None when the text is none, or says anything that was not asked."""
    frame = context.frame
    if len(tokens) == 1 and tokens[0].text in lexicon.units:  # 把 is a unit too, but a filler in a whole sentence
        meant = Amount(Fraction(1), lexicon.units[tokens[0].text])
        tokens = [replace(tokens[0], kind=Kind.UNIT, roles=frozenset(), amount=meant)]
    said = [token for token in tokens if not token.has(Role.FILLER, Role.OF, Role.BREAK) or token.has(Role.ASKS)]
    if frame is None or not frame.missing or "intent" in frame.missing or not said:
        return None
    if any(token.kind is Kind.UNREAD or (token.kind is Kind.WORD and not _understood(token)) for token in said):
        return None
    asking = Asking(list(frame.missing), dict(frame.candidates), dict(frame.problems), dict(frame.heard))
    try:
        slots = _with_places(said, frame.slots, asking, context)
        slots = _with_document(said, slots, asking, context)
        slots = _with_goods([token for token in tokens if token in said], slots, asking, context, lexicon)
    except _NoAnswerError:
        return None
    slots = _checked(slots, asking, context)
    left = replace(frame, slots=slots, missing=tuple(asking.missing))
    return replace(left, candidates=asking.candidates, problems=asking.problems, heard=asking.heard)


def _understood(token: Token) -> bool:
    return token.has(Role.HOME, Role.WAREHOUSE, Role.LAST, *_MARKERS)


def _done(asking: Asking, name: str) -> None:
    """Take a field out of the question; refuse an answer to what was not asked."""
    if name not in asking.missing:
        raise _NoAnswerError
    asking.missing.remove(name)
    asking.candidates.pop(name, None)
    asking.problems.pop(name, None)
    asking.heard.pop(name, None)


def _with_places(said: Sequence[Token], slots: Slots, asking: Asking, context: Context) -> Slots:
    for at, token in enumerate(said):
        codes = codes_of(token, context)
        before = said[at - 1] if at else None
        if token.has(*_MARKERS) and (at + 1 == len(said) or codes_of(said[at + 1], context) is None):
            raise _NoAnswerError
        if codes is None:
            continue
        if not codes:
            raise _NoAnswerError
        name = _place_asked(before, asking, context)
        _done(asking, name)
        if len(codes) > 1:
            asking.ask(name, candidates=codes)
        else:
            slots = _replaced(slots, name, codes[0])
    return slots


def _replaced(slots: Slots, name: str, code: str) -> Slots:
    if name == FROM:
        return replace(slots, source=code)
    return replace(slots, target=code) if name == TO else replace(slots, place=code)


def _place_asked(before: Token | None, asking: Asking, context: Context) -> str:
    """The field that a place answers: by its marker, or the one asked, or the only one open."""
    if before is not None and before.has(*_MARKERS):
        return FROM if before.has(Role.FROM) else TO
    asked = [name for name in _SLOT_OF if name in asking.missing]
    if context.asked in asked:
        return context.asked
    if len(asked) != 1:
        raise _NoAnswerError
    return asked[0]


def _with_document(said: Sequence[Token], slots: Slots, asking: Asking, context: Context) -> Slots:
    named = [token.document or LAST_DOCUMENT for token in said if token.document or token.has(Role.LAST)]
    if context.asked == "document" and not named and len(said) == 1 and said[0].amount and said[0].amount.bare:
        named = [f"TR-{said[0].text}"] if said[0].text.isdigit() else []
    if not named:
        return slots
    if len(named) > 1:
        raise _NoAnswerError
    _done(asking, "document")
    return replace(slots, document=named[0])


def _with_goods(tokens: Sequence[Token], slots: Slots, asking: Asking, context: Context, lexicon: Lexicon) -> Slots:
    """Product, size, amount or unit of one line; or all lines, where there was none."""
    units = [token.amount.units for token in tokens if token.kind is Kind.UNIT and token.amount]
    said = [item for item in items(tokens, lexicon) if item is not None]
    if context.asked == "document" and slots.document:
        return slots
    if not units and not said:
        return slots
    if "lines" in asking.missing and not units:
        _done(asking, "lines")
        if _frame_intent(context) is not Intent.TRANSFER_CREATE:
            return replace(slots, lines=_products(said, asking, lexicon))
        return replace(slots, lines=change_lines("lines", items(tokens, lexicon), asking, lexicon))
    at = _line_asked(asking, context)
    line, name = slots.lines[at], f"lines.{at}"
    if len(units) == 1 and not said:
        line = _with_unit(line, name, units[0], asking, lexicon)
    elif not units and len(said) <= 2:
        for item in sorted(said, key=lambda item: not isinstance(item, Mention)):
            line = _with_item(line, name, item, asking, lexicon)
    else:
        raise _NoAnswerError
    return replace(slots, lines=(*slots.lines[:at], line, *slots.lines[at + 1 :]))


def _frame_intent(context: Context) -> Intent:
    """What the open question is about."""
    return context.frame.intent if context.frame else Intent.UNKNOWN


def _products(said: Sequence[Item], asking: Asking, lexicon: Lexicon) -> tuple[SaidLine, ...]:
    """The products of a question, for which no quantity is asked."""
    if not all(isinstance(item, Mention) for item in said):
        raise _NoAnswerError
    return tuple(
        asked_product(f"lines.{at}", item, asking, lexicon) for at, item in enumerate(said) if isinstance(item, Mention)
    )


def _line_asked(asking: Asking, context: Context) -> int:
    names = [context.asked or "", *asking.missing]
    for name in names:
        if name.startswith("lines.") and name in asking.missing:
            return int(name.split(".")[1])
    raise _NoAnswerError


def _with_item(line: SaidLine, name: str, item: Item, asking: Asking, lexicon: Lexicon) -> SaidLine:
    if isinstance(item, Mention):
        return _with_product(line, name, item, asking, lexicon)
    if not isinstance(item, Amount) or item.doubtful or item.about or item.part:
        raise _NoAnswerError
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
    raise _NoAnswerError


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
    codes = with_units(codes, [units] if units else [], lexicon)
    if not codes or mention.unknown:
        raise _NoAnswerError
    _done(asking, field)
    if len(codes) > 1:
        asking.ask(field, candidates=likeliest(codes, lexicon))
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
