"""Cuts a normalised text into names, amounts and known words; what nothing explains stays unread.

Of all ways to cut, the one with the fewest unread characters wins, then the one with the fewest tokens. So a long
name beats the short words inside it, and a word that is not known cannot be skipped.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from fractions import Fraction

from handlers.understand.lexicon import Lexicon, Measure, Named, measure
from handlers.understand.normalise import Text
from handlers.understand.numbers import ENGLISH_NUMBER_WORDS, HAN_NUMERALS, number
from handlers.understand.words import WORDS, Role

_ENGLISH = "|".join(sorted(ENGLISH_NUMBER_WORDS, key=len, reverse=True))
_NUMERAL = re.compile(
    rf"(?:(?:\d{{1,3}}(?:,\d{{3}})+|\d+)(?:\.\d+)?[百千万]?亿?|[{HAN_NUMERALS}]+(?:点[{HAN_NUMERALS}]+)?"
    rf"|\b(?:{_ENGLISH})(?:[ -](?:and )?(?:{_ENGLISH}))*\b)"
)
_VAGUE = re.compile(rf"(?:\d+|[{HAN_NUMERALS}]+)[来多几余]|几[十百千]?|\d+ ?[-~] ?\d+|[{HAN_NUMERALS}]{{2,}}")
_RANGE = re.compile(
    rf"\d+ ?(?:到|至|to) ?\d+|[{HAN_NUMERALS}]+[到至][{HAN_NUMERALS}]+|(?:{_ENGLISH}) to (?:{_ENGLISH})(?![a-z])"
)
_PART = re.compile(rf"[{HAN_NUMERALS}]+分之[{HAN_NUMERALS}]+|\d+ ?/ ?\d+")
_SCIENTIFIC = re.compile(r"\d+(?:\.\d+)?e\+?(\d+)(?![a-z0-9])")
_SIGN = re.compile(r"[-负]|(?:minus|negative) ?(?=\d)|(?:minus|negative) (?=[a-z])")
_ARTICLE = re.compile(r"(half an?|half|an?|半)(?=[ \u4e00-\u9fff])")
_DOZEN = re.compile(r" ?(打|dozens?|doz)(?![a-z])(?: of\b)?")
_SIZED = re.compile(r" ?(ml|毫升|litre|liter|l|升)(?![a-z])")
_SIZE_BEFORE = re.compile(r"\d(?:ml|l|g|kg)$")  # 500ml20箱
_PAPER = re.compile(r"tr[- ]?(\d{3,9})(?![a-z0-9])")
_BARCODE_LENGTH = 12  # so many digits are a barcode, never an amount
_BEYOND_COUNTING = Fraction(10**12)  # stands for every amount with more digits than anybody has goods
_UNREAD_COST, _TOKEN_COST, _PART_COST, _STRANGE_COST, _FAR = 1000, 10, 1, 2, 10**9


class Kind(StrEnum):
    """What a token is."""

    AMOUNT = "amount"
    PRODUCT = "product"
    PLACE = "place"
    UNIT = "unit"
    DOCUMENT = "document"
    WORD = "word"
    UNREAD = "unread"


@dataclass(frozen=True, slots=True)
class Amount:
    """A number with the units its word can mean (none: no unit was said), or a size, or something in between.

    `doubtful` says that the numeral could be cut another way, `about` that it was no exact one (十来箱, 20-30), `part`
    that it was a fraction of something (三分之一箱). `said` are its words.
    """

    number: Fraction
    units: tuple[str, ...] = ()
    measure: Measure | None = None
    doubtful: bool = False
    bare: bool = False
    about: bool = False
    part: bool = False
    said: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of the text, `start` to `end`, and what it was taken for."""

    kind: Kind
    start: int
    end: int
    text: str
    roles: frozenset[Role] = frozenset()
    named: Named | None = None
    codes: tuple[str, ...] = ()
    amount: Amount | None = None
    document: str | None = None

    def has(self, *roles: Role) -> bool:
        """Whether this is a word with one of the roles."""
        return not self.roles.isdisjoint(roles)


def cut(text: Text, lexicon: Lexicon) -> tuple[Token, ...]:
    """The tokens of a text in order, blanks left out, neighbouring unread characters joined."""
    chars = text.chars
    stops = tuple(_ends_alone(chars, end) for end in range(1, len(chars) + 1))
    best: list[tuple[int, int, Token | None]] = [(0, 0, None)]
    best += [(_FAR, 0, None)] * len(chars)
    for start in range(len(chars)):
        cost = best[start][0]
        if chars[start] == " ":
            _improve(best, start + 1, (cost, start, None))
            continue
        # An unread character costs more than any explanation of it.
        unread = Token(Kind.UNREAD, start, start + 1, chars[start])
        _improve(best, start + 1, (cost + _UNREAD_COST, start, unread))
        for token in _edges(chars, start, stops, lexicon):
            _improve(best, token.end, (cost + _cost(token, lexicon), start, token))
    return tuple(_doubted(token, chars, lexicon) for token in _joined(_path(best)))


def _improve(best: list[tuple[int, int, Token | None]], end: int, candidate: tuple[int, int, Token | None]) -> None:
    if candidate[0] < best[end][0]:
        best[end] = candidate


def _path(best: list[tuple[int, int, Token | None]]) -> list[Token]:
    path: list[Token] = []
    at = len(best) - 1
    while at:
        _, before, token = best[at]
        if token is not None:
            path.append(token)
        at = before
    return path[::-1]


def _joined(path: list[Token]) -> Iterator[Token]:
    run: Token | None = None
    for token in path:
        if run and token.kind is Kind.UNREAD and token.start == run.end:
            run = Token(Kind.UNREAD, run.start, token.end, run.text + token.text)
            continue
        if run:
            yield run
        run = token if token.kind is Kind.UNREAD else None
        if run is None:
            yield token
    if run:
        yield run


def _cost(token: Token, lexicon: Lexicon) -> int:
    """A token, and a little more for what is less likely: a part of a name, and a unit that no product has.

    So a whole name wins a tie, and a place its brand, and 2车厘子 is no cart of anything.
    """
    part = token.kind is Kind.PRODUCT and token.named is not None and not token.named.whole
    strange = token.amount is not None and any(unit not in lexicon.units for unit in token.amount.units)
    return _TOKEN_COST + (_PART_COST if part else 0) + (_STRANGE_COST if strange else 0)


def _edges(chars: str, start: int, stops: Sequence[bool], lexicon: Lexicon) -> Iterator[Token]:
    """Every token that can begin at `start`. `stops` says behind which characters a word can end."""
    if (match := _PAPER.match(chars, start)) and _stands_alone(chars, start, match.end()):
        yield Token(Kind.DOCUMENT, start, match.end(), match[0], document=f"TR-{int(match[1])}")
    yield from _amounts(chars, start, lexicon)
    if chars[start] == "x" and not _latin(chars[start - 1 : start]) and not _latin(chars[start + 1 : start + 2]):
        yield Token(Kind.WORD, start, start + 1, "x", roles=WORDS["x"])
    if not _begins_alone(chars, start):
        return
    for end in range(start + 1, min(len(chars), start + lexicon.longest) + 1):
        if not stops[end - 1]:
            continue
        surface = chars[start:end]
        if roles := WORDS.get(surface):
            yield Token(Kind.WORD, start, end, surface, roles=roles, codes=_places_meant(roles, lexicon))
        if codes := lexicon.place_names.get(surface):
            yield Token(Kind.PLACE, start, end, surface, codes=codes)
        if named := lexicon.products.get(surface):
            yield Token(Kind.PRODUCT, start, end, surface, named=named)
        if units := lexicon.units.get(surface):
            yield Token(Kind.UNIT, start, end, surface, amount=Amount(Fraction(1), units))


def _places_meant(roles: frozenset[Role], lexicon: Lexicon) -> tuple[str, ...]:
    return lexicon.warehouses if Role.WAREHOUSE in roles else ()


def _stands_alone(chars: str, start: int, end: int) -> bool:
    """Whether no Latin word and no digit run goes on over an edge: SKU12 is not in SKU123, can is not in canned."""
    return _begins_alone(chars, start) and _ends_alone(chars, end)


def _begins_alone(chars: str, start: int) -> bool:
    before, first = chars[start - 1 : start], chars[start]
    if _latin(before):
        return not (_latin(first) or first.isdigit())
    return not (before.isdigit() and first.isdigit())


def _ends_alone(chars: str, end: int) -> bool:
    last, after = chars[end - 1], chars[end : end + 1]
    return not ((_latin(after) or after.isdigit()) and (_latin(last) or last.isdigit()))


def _latin(char: str) -> bool:
    return char.isascii() and char.isalpha()


def _amounts(chars: str, start: int, lexicon: Lexicon) -> Iterator[Token]:
    """A numeral, taken whole, with its sign and the dozen, the unit or the size behind it."""
    if (match := _ARTICLE.match(chars, start)) and not _latin(chars[start - 1 : start]):
        value = Fraction(1) if match[1] in ("a", "an") else Fraction(1, 2)
        yield from _with_units(chars, start, match.end(), value, lexicon, alone=False)
    first = _behind_sign(chars, start)
    signed = first > start
    yield from _vague_amounts(chars, start, lexicon)
    match = _NUMERAL.match(chars, first)
    if match is None or not (signed or _begins_numeral(chars, first)) or chars[match.end() : match.end() + 1].isdigit():
        return
    end = match.end()
    if end - first >= _BARCODE_LENGTH:
        if chars[first:end] not in lexicon.products:
            yield from _with_units(chars, start, end, _BEYOND_COUNTING, lexicon, alone=False)
        return
    # 二两 is two liang: there the last digit is a unit.
    for stop in (end, end - 1) if chars[end - 1] == "两" and end - first > 1 else (end,):
        if (said := number(chars[first:stop])) is not None:
            yield from _with_units(chars, start, stop, -said if signed else said, lexicon, alone=True)


def _behind_sign(chars: str, start: int) -> int:
    """Where the numeral begins behind a minus that stands at `start`; `start` where there is none."""
    before = chars[start - 1 : start]
    sign = _SIGN.match(chars, start)
    joined = before and (before in HAN_NUMERALS or (before.isascii() and before.isalnum()))
    return sign.end() if sign and not joined else start


def _vague_amounts(chars: str, start: int, lexicon: Lexicon) -> Iterator[Token]:
    """What sounds like a number and is none: 十来箱, 几瓶, 20-30箱, 五六个."""
    if not _begins_numeral(chars, start):
        return
    yield from _counted_nowhere(chars, start, lexicon)
    match = _VAGUE.match(chars, start)
    if match is None:
        return
    end = match.end()
    only_numerals = all(char in HAN_NUMERALS for char in match[0])
    if only_numerals and number(match[0]) is not None:
        return
    if not only_numerals and not chars[end : end + 1].isdigit():
        yield _amount(chars, start, end, Amount(Fraction(0), about=True))
    yield from _units_behind(chars, start, end, Amount(Fraction(0), about=True), lexicon)


def _counted_nowhere(chars: str, start: int, lexicon: Lexicon) -> Iterator[Token]:
    """Numbers that no shop counts in, each with its unit: 20到30箱, 三分之一箱, 1e9箱."""
    if match := _RANGE.match(chars, start):
        yield from _units_behind(chars, start, match.end(), Amount(Fraction(0), about=True), lexicon)
    if match := _PART.match(chars, start):
        yield from _units_behind(chars, start, match.end(), Amount(Fraction(0), part=True), lexicon)
    if (match := _SCIENTIFIC.match(chars, start)) and match[0] not in lexicon.products:
        huge = len(match[1]) > 1 or match[1] in "6789"
        amount = Amount(_BEYOND_COUNTING) if huge else Amount(Fraction(0), about=True)
        yield from _units_behind(chars, start, match.end(), amount, lexicon)


def _units_behind(chars: str, start: int, end: int, amount: Amount, lexicon: Lexicon) -> Iterator[Token]:
    """The amount with each unit that can stand behind its numeral, which ends at `end`."""
    after = end + (chars[end : end + 1] == " ")
    for stop in range(after + 1, min(len(chars), after + 12) + 1):
        units = lexicon.units_behind_numbers.get(chars[after:stop])
        if units and _stands_alone(chars, after, stop):
            yield _amount(chars, start, stop, replace(amount, units=units))


def _begins_numeral(chars: str, start: int) -> bool:
    """Whether no numeral and no Latin word goes on before: 十 of 五十 is not one of its own."""
    before = chars[start - 1 : start]
    if chars[start] in HAN_NUMERALS:
        return not (before and before in HAN_NUMERALS)
    if _SIZE_BEFORE.search(chars, max(start - 4, 0), start):
        return True
    if before == "x":
        return not chars[max(start - 2, 0) : start - 1].isalnum() or not chars[start - 2].isascii()
    return not (before.isdigit() or _latin(before) or (before in (".", ",") and chars[start - 2 : start - 1].isdigit()))


def _with_units(chars: str, start: int, end: int, value: Fraction, lexicon: Lexicon, *, alone: bool) -> Iterator[Token]:
    """The amount tokens of one numeral. `alone` says whether it may stand without a unit."""
    if match := _DOZEN.match(chars, end):
        yield _amount(chars, start, match.end(), Amount(value * 12))
        return
    if (match := _SIZED.match(chars, end)) and (size := measure(chars[start : match.end()])):
        yield _amount(chars, start, match.end(), Amount(value, (), size))
    if alone:
        yield _amount(chars, start, end, Amount(value, bare=True, doubtful=_numeral_goes_on(chars, start, end)))
    after = end + (chars[end : end + 1] == " ")
    for stop in range(after + 1, min(len(chars), after + 12) + 1):
        surface = chars[after:stop]
        liang = surface == "两" and alone
        units = ("斤",) if liang else lexicon.units_behind_numbers.get(surface)
        glued = surface in ("g", "kg") and chars[stop : stop + 1].isdigit()
        if not units or not (glued or _stands_alone(chars, after, stop)):
            continue
        worth, size = (value / 10 if liang else value), measure(chars[start:stop])
        if chars[stop : stop + 1] == "半" and value.denominator == 1:
            yield _amount(chars, start, stop + 1, Amount(worth + Fraction(1, 20 if liang else 2), units))
        yield _amount(chars, start, stop, Amount(worth, units, size))


def _numeral_goes_on(chars: str, start: int, end: int) -> bool:
    """Whether a Chinese numeral stands right beside a bare one, inside the name behind it: 五 六个核桃."""
    after = chars[end : end + 1]
    return chars[start] in HAN_NUMERALS and bool(after) and after in HAN_NUMERALS


def _amount(chars: str, start: int, end: int, amount: Amount) -> Token:
    return Token(Kind.AMOUNT, start, end, chars[start:end], amount=replace(amount, said=chars[start:end]))


def _doubted(token: Token, chars: str, lexicon: Lexicon) -> Token:
    """An amount that a whole name overlaps could be cut another way (十六个核桃: 16 walnuts, or 10 of 六个核桃)."""
    if token.amount is None or token.kind is not Kind.AMOUNT:
        return token
    reach = range(max(0, token.start - lexicon.longest), token.end)
    for start in reach:
        first_end = token.start + 1 if start < token.start else token.end + 1
        last_end = token.end - 1 if start < token.start else min(len(chars), start + lexicon.longest)
        for end in range(first_end, last_end + 1):
            named = lexicon.products.get(chars[start:end])
            if start != token.start and named and named.whole and _stands_alone(chars, start, end):
                return replace(token, amount=replace(token.amount, doubtful=True))
    return token
