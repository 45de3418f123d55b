"""Reads numerals in Arabic digits where they stand: 1,200, 2.5, 1.5万, 1/2, 1e9; and leaves codes alone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from fractions import Fraction

from handlers.understand.numbers import loosely
from handlers.understand.numeral import BARCODE_LENGTH, BEYOND_COUNTING, Numeral

_LONGEST = 20  # characters: more is no code that anybody says, and Python makes no number of thousands of digits
_DIGITS = re.compile(r"\d+")
_PLAIN = re.compile(r"(?:\d{1,3}(?:,\d{3})+(?!\d)|\d+)(?:\.\d+)?")
_SCALED = re.compile(
    r"[十百千万亿]+(?:[1-9一二三四五六七八九](?:[十百千万]|(?![\d.])))*"
    r"|[wk](?![a-z0-9])| (?:hundred|thousand|million)(?![a-z])"
)
_SCALES = {"w": 10_000, "k": 1000, " hundred": 100, " thousand": 1000, " million": 1_000_000}
_SHARE = re.compile(r"(\d+) ?[/⁄] ?(\d+)")
_MIXED = re.compile(r"(\d+) (\d) ?[/⁄] ?(\d)(?!\d)")
_GOING_ON = frozenset(".,/⁄ e")
"""What stands behind the first digits of a numeral that is more than these."""
_POWER = re.compile(r"(\d+(?:\.\d+)?)e\+?(-?\d{1,9})(?![a-z0-9])")
_STROKES, _COMMAS = frozenset("-\n"), frozenset(",\n")
"""What stands right before a number behind the letters of a code, or behind thousands; $ looks over a line end."""
_COUNT_BEFORE = re.compile(r"(?:\d(?:ml|l|g|kg)|(?<![a-z])[x*])$")
_CODE_BEFORE = re.compile(r"(?<![a-z])[a-z]+-$|[a-z]{4}-$")
_NAME_BEFORE = re.compile(r"(?<![a-z])(?!(?:sku|tr|po|so|ad|wo|ct|no|id)(?![a-z]))[a-z]{3,}-?$")
_THOUSANDS_BEFORE = re.compile(r"(?<![\da-z-])\d{1,3},$")


def arabic_numerals(chars: str, start: int) -> tuple[list[Numeral], int]:
    """The numerals that begin with the digit at `start`, and where to look on."""
    digits = _DIGITS.match(chars, start)
    first_end = digits.end() if digits else start + 1
    before = chars[start - 1 : start]
    if before == "." and chars[start - 2 : start - 1].isdigit():
        return [], first_end
    if (
        (before.isascii() and before.isalpha())
        or (before in _STROKES and _CODE_BEFORE.search(chars, max(start - 5, 0), start))
    ) and not _COUNT_BEFORE.search(chars, max(start - 4, 0), start):
        # Behind a code only its own digits are passed: in SKU110,18 the 18 is an amount.
        named = _NAME_BEFORE.search(chars, max(start - 12, 0), start)
        return ([_plain(chars, start, first_end, glued=True)] if named else []), first_end
    end = first_end
    if chars[end : end + 1] in _GOING_ON:
        if match := _POWER.match(chars, start):
            return [_power(match)], match.end()
        if found := list(_shares(chars, start)):
            return found, found[0].end
        if plain := _PLAIN.match(chars, start):
            end = plain.end()
    if end - start > _LONGEST:
        return [Numeral(start, end, BEYOND_COUNTING)], end
    if first_end - start >= BARCODE_LENGTH:
        return [], end
    if chars[end : end + 1] == "%":
        return [Numeral(start, end + 1, Fraction(chars[start:end].replace(",", "")) / 100, part=True)], end + 1
    return [_plain(chars, start, end), *_scaled(chars, start, end)], end


def _plain(chars: str, start: int, end: int, *, glued: bool = False) -> Numeral:
    said = chars[start:end]
    odd = len(said) > 1 and said[0] == "0" and said[1] != "."
    cut = chars[start - 1 : start] in _COMMAS and _THOUSANDS_BEFORE.search(chars, max(start - 5, 0), start) is not None
    value = Fraction(int(said)) if said.isdecimal() else Fraction(said.replace(",", ""))  # of text it takes longer
    return Numeral(start, end, value, doubtful=odd or cut, cut=cut, glued=glued)


def _scaled(chars: str, start: int, end: int) -> Iterator[Numeral]:
    """The number with its Chinese scale: 1.5万; but 10千岛湖 is ten of a name, so this is one of two readings."""
    match = _SCALED.match(chars, end)
    if match is None or chars[match.end() - 1 : match.end() + 1] == "千克":
        return
    if scale := _SCALES.get(match[0]):
        doubtful = match[0] in ("w", "k")
        yield Numeral(start, match.end(), Fraction(chars[start:end].replace(",", "")) * scale, doubtful)
    elif value := loosely(chars[start : match.end()]):
        yield Numeral(start, match.end(), value[0], doubtful=value[1])


def _shares(chars: str, start: int) -> Iterator[Numeral]:
    """1/2 and 2 1/2. Anything else with a stroke is two numbers: 500/20."""
    if (match := _MIXED.match(chars, start)) and 0 < int(match[2]) < int(match[3]):
        whole = Fraction(match[1]) if len(match[1]) < BARCODE_LENGTH else BEYOND_COUNTING
        yield Numeral(start, match.end(), whole + Fraction(int(match[2]), int(match[3])), part=True)
    elif match := _SHARE.match(chars, start):
        above, below = match[1], match[2]
        if "⁄" in match[0]:  # 1½ is written so once it is normalised, and could be 11/2
            yield Numeral(start, match.end(), Fraction(0), part=True, doubtful=True)
        elif len(below) <= 2 and len(above) <= 2 and 0 < int(above) < int(below):
            yield Numeral(start, match.end(), Fraction(int(above), int(below)), part=True)


def _power(match: re.Match[str]) -> Numeral:
    exponent = int(match[2])
    near = len(match[1]) < BARCODE_LENGTH and abs(exponent) < BARCODE_LENGTH
    value = Fraction(match[1]) * Fraction(10) ** exponent if near else BEYOND_COUNTING
    return Numeral(match.start(), match.end(), value, about=True)
