"""Finds amounts in a text: a number with what it counts, a size, or something in between.

Several readings may begin at one place (10, 10 boxes): whoever cuts the text picks. Where a word beside a number can
only mean that it is no exact one (about 20, 20 or so), the exact reading is not given at all.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from typing import NamedTuple

from handlers.understand.amount import Amount, Edge
from handlers.understand.compounds import joined
from handlers.understand.hedges import hedge_after, hedge_before
from handlers.understand.numbers import SPOKEN_NUMERALS
from handlers.understand.numeral import Numeral
from handlers.understand.numerals import numerals_in
from handlers.understand.sizes import MEASURES, Measure, measured
from handlers.understand.telltales import Telltales

__all__ = ["Amount", "Edge", "amounts_in"]

Units = Mapping[str, Sequence[tuple[str, tuple[str, ...]]]]
"""Words behind a number and the units that each can mean, the shortest first, by their first characters."""
_ANY = re.compile(
    r"[\da-z零〇一二两三四五六七八九十百千万壹贰叁肆伍陆柒捌玖拾佰仟廿卅俩仨半几些许若少量剩余全所统通切个数]"
)
_MULTIPLES = re.compile(
    r"(?P<dozen>打(?![包开印电扫算折碎破烂坏翻听倒完发架卡])|[ -]?(?:dozens?|doz)(?: of)?(?![a-z]))"
    r"|(?P<pair>对(?![吧吗么不的了啊面应方比])|[ -]?pairs?(?: of)?(?![a-z]))"
)
_FIRST_OF_MULTIPLE = frozenset("打对 -dp")
"""With one of these a multiple begins."""
_BESIDE_UNIT = re.compile(r"个?[大小整满原足](?=[^\d])| ?(?:full|whole|more|extra|additional|big|small|large|sealed) ")
_FIRST_BESIDE = frozenset("个大小整满原足 fwmeabls")
"""With one of these such a word begins."""
_HALF_BEHIND = re.compile(r"半(?![价天年夜路个小成])| and a half(?![a-z])")
_SIGN = re.compile(
    rf"(?P<sure>(?<![a-z\d半){SPOKEN_NUMERALS}])(?<![\d半{SPOKEN_NUMERALS}]\w)-|负)$|(?<![a-z])(?:minus|negative) ?$"
)
"""In 10箱-15箱 the stroke is no minus."""
_LAST_OF_SIGN = frozenset("-负se")
_LAST_OF_WITH = frozenset("x×*整好足部lety\n")
"""What stands right before a number, or before the blank there, where a sign or such a word may."""
_TIMES_BEHIND = re.compile(r" ?[x×*](?![a-z])(?! ?\d)|[x×*](?=\d)")
_FIRST_OF_TIMES = frozenset(" x×*")
"""With one of these what is said of times begins behind a number."""
_REST = re.compile(
    r"剩下的?(?![多几了什没])|剩余的|余下的?|其余的?|剩的|全部的?|全数|所有的?|全都|统统|通通|一切"
    r"|(?<![a-z0-9])(?:the rest(?: of (?:the|it|them|our))?|rest of the|(?:all )?(?:the )?remaining"
    r"|everything(?: left)?|all(?: of)?(?: (?:the|our|my|it|them))?|what(?:'s| is) left|whatever(?: is|'s) left"
    r"|what remains)(?![a-z0-9])"
)
_REST_WORDS = Telltales(
    ("剩", "余", "全", "所有", "统统", "通通", "一切", "rest", "remain", "everything", "all", "left")
)
"""Of these every word for the rest has one."""
_WITH = re.compile(
    r"(?:(?<![a-z])[x×*] ?|整整|正好|刚好|恰好|足足|全部|(?<![a-z])(?:all|all the|just|only|exactly) )$",
)
"""What can stand in front of an exact number: x 8箱, all 20 cases."""


class _Draft(NamedTuple):
    """An amount on its way, by where it ends; made into an Amount once, since that takes longer."""

    end: int
    number: Fraction
    units: tuple[str, ...]
    measure: Measure | None
    bare: bool
    about: bool
    doubtful: bool


def amounts_in(chars: str, units: Units) -> list[Edge]:
    """Every amount that can be read in a normalised text, as (start, end, amount)."""
    if not _ANY.search(chars):
        return []
    edges: dict[tuple[object, ...], Edge] = {}
    for numeral in numerals_in(chars):
        for start, draft in _amounts(chars, numeral, units):
            key = (start, draft.end, draft.units, draft.bare, draft.about)
            if key not in edges:
                edges[key] = (start, draft.end, _made(chars, start, draft, part=numeral.part))
    found = [*edges.values(), *_rests(chars)]
    return [*found, *joined(chars, found)]


def _made(chars: str, start: int, draft: _Draft, *, part: bool) -> Amount:
    end, number, meant, measure, bare, about, doubtful = draft
    return Amount(number, meant, measure, doubtful, bare, about, part, said=chars[start:end])


def _rests(chars: str) -> Iterator[Edge]:
    for match in _REST.finditer(chars) if _REST_WORDS.are_in(chars) else ():
        yield match.start(), match.end(), Amount(Fraction(0), rest=True, said=match[0])


def _amounts(chars: str, numeral: Numeral, units: Units) -> Iterator[tuple[int, _Draft]]:
    """The amounts of one numeral, with what may stand in front of it."""
    found = list(_behind(chars, numeral, units))
    start = numeral.start
    before = chars[start - 1 : start]
    if not found or (before and before in "大小多" and chars[start] == "半"):
        yield from ((start - 1, draft._replace(about=True)) for draft in found)
        return
    if before and not numeral.cut:
        if hedge := hedge_before(chars, start):
            yield from ((hedge.start, draft._replace(about=True)) for draft in found)
            if hedge.sure:
                return
        last = chars[start - 2 : start - 1] if before == " " else before
        if last in _LAST_OF_SIGN and (sign := _SIGN.search(chars, max(start - 10, 0), start)):
            yield from ((sign.start(), draft._replace(number=-draft.number)) for draft in found)
            if sign["sure"]:
                return
        if last in _LAST_OF_WITH and (match := _WITH.search(chars, max(start - 8, 0), start)):
            sized = any(draft.measure for draft in found)
            yield from ((match.start(), draft) for draft in found if draft.units or not sized)
    yield from ((start, draft) for draft in found)


def _behind(chars: str, numeral: Numeral, units: Units) -> Iterator[_Draft]:
    """The amounts of one numeral by where they end, with what stands behind it."""
    end = numeral.end
    draft = _Draft(end, numeral.number, (), None, False, numeral.about, numeral.doubtful)
    after = chars[end : end + 1]
    if after == " " and numeral.number.denominator == 1 and (half := _HALF_BEHIND.match(chars, end)):
        yield from _counted(chars, half.end(), draft._replace(number=numeral.number + Fraction(1, 2)), units)
    if hedge := hedge_after(chars, end) if after else None:
        hedged = draft._replace(about=True)
        counted = list(_counted(chars, hedge.end, hedged, units))
        yield from counted
        if hedge.sure or counted or not (chars[end] == "来" or chars[hedge.end : hedge.end + 1].isalnum()):
            yield hedged._replace(end=hedge.end, bare=True)
        if hedge.sure or counted:
            return
    counted = list(_counted(chars, end, draft, units)) if after else []
    yield from (one for one in counted if not numeral.glued or not chars[one.end - 1].isascii())
    if numeral.alone and not numeral.glued and not (after.isascii() and after.isalpha() and after != "x"):
        yield _Draft(end, numeral.number, (), None, True, numeral.about, numeral.doubtful)
        if after in _FIRST_OF_TIMES and (times := _TIMES_BEHIND.match(chars, end)):
            yield draft._replace(end=times.end(), bare=True)


def _counted(chars: str, end: int, draft: _Draft, units: Units) -> Iterator[_Draft]:
    """The amount with each multiple, size and unit that can stand behind its number, which ends at `end`."""
    after = chars[end : end + 1]
    if after in _FIRST_OF_MULTIPLE and (match := _MULTIPLES.match(chars, end)):
        times = 12 if match["dozen"] else 2
        dozens = draft._replace(end=match.end(), number=draft.number * times)
        yield from _halved(chars, dozens, Fraction(times, 2))
        if match[0][-1].isascii():
            yield from _with_units(chars, match.end(), dozens, units)
    yield from _with_units(chars, end, draft, units)
    if after in _FIRST_BESIDE and (match := _BESIDE_UNIT.match(chars, end)):
        yield from _with_units(chars, match.end(), draft, units)


def _with_units(chars: str, end: int, draft: _Draft, units: Units) -> Iterator[_Draft]:
    begin = end + (chars[end : end + 1] in (" ", "-"))
    for stop, word, meant in _unit_words(chars, begin, units):
        if word != "两":
            size = measured(draft.number, word)
            counted = _Draft(stop, draft.number, meant, size, False, draft.about, draft.doubtful)
            yield from _halved(chars, counted, Fraction(1, 2))
        elif begin == end and not _counts(chars, stop, units):
            liang = _Draft(stop, draft.number / 10, meant, None, False, draft.about, False)
            yield from _halved(chars, liang, Fraction(1, 20))


def _unit_words(chars: str, begin: int, units: Units) -> Iterator[tuple[int, str, tuple[str, ...]]]:
    """The units and measures that begin at `begin`; those in Latin letters must end there as words."""
    for word, meant in units.get(chars[begin : begin + 1], ()):
        if not chars.startswith(word, begin):
            continue
        stop = begin + len(word)
        after = chars[stop : stop + 1]
        if word[-1].isascii() and after.isascii() and (after.isalpha() or (after.isdigit() and word not in MEASURES)):
            continue
        yield stop, word, meant


def _counts(chars: str, start: int, units: Units) -> bool:
    """Whether a unit or a multiple begins here: then the 两 before it is the number two."""
    return _MULTIPLES.match(chars, start) is not None or any(True for _ in _unit_words(chars, start, units))


def _halved(chars: str, draft: _Draft, half: Fraction) -> Iterator[_Draft]:
    """The amount, also with a half behind its unit (三箱半) and with what says that it is no exact one (三箱多)."""
    match = _HALF_BEHIND.match(chars, draft.end) if chars[draft.end : draft.end + 1] in ("半", " ") else None
    if match and (draft.number / half / 2).denominator == 1 and not draft.about:
        number, size = draft.number + half, draft.measure
        size = (size[0] / draft.number * number, size[1]) if size and draft.number else None
        yield from _hedged(chars, draft._replace(end=match.end(), number=number, measure=size))
    yield from _hedged(chars, draft)


def _hedged(chars: str, draft: _Draft) -> Iterator[_Draft]:
    hedge = hedge_after(chars, draft.end)
    if hedge and (hedge.sure or chars[draft.end] in "多不"):  # not 发8箱来, not 30瓶+六个核桃
        yield draft._replace(end=hedge.end, about=True)
    if not (hedge and hedge.sure):
        yield draft
