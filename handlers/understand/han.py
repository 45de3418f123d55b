"""Reads runs of Chinese numerals where they stand, exact ones and vague ones.

A run can belong partly to the name beside it (给二七五箱, 十六个核桃), so its beginnings and its ends are found too.
They are doubtful where the whole run is a number of its own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from fractions import Fraction

from handlers.understand.numbers import loosely
from handlers.understand.numeral import Numeral

_NEIGHBOURS = re.compile(
    r"[二三四五六七八九]?十?(?:一二|一两|二三|两三|三两|三四|三五|四五|五六|六七|七八|八九)[十百千万]*"
)
_ORDINAL_BEFORE = re.compile(r"(?:第|周|星期|礼拜)$")
_DIGIT_BY_DIGIT = re.compile(r"[一二三四五六七八九][零一二三四五六七八九]{2,4}")
_DIGITS = str.maketrans("零一二三四五六七八九", "0123456789")
_MEASURES = ("毫升", "克", "ml", "g")
"""Sizes are read out digit by digit (五五五毫升), amounts are not (给二七五箱)."""
_IDLE = frozenset("一两零")
"""Right before a word these are a piece of it: 一下, 零食, 两面针."""
_SHARE = re.compile(r"(.+)分之(.+)")
_LONGEST_RUN = 24  # numerals: a longer run is looked at as a whole only


def han_numerals(chars: str, start: int, end: int) -> Iterator[Numeral]:
    """The whole run, and its beginnings and ends."""
    run = chars[start:end]
    read_out = _DIGIT_BY_DIGIT.fullmatch(run) and chars.startswith(_MEASURES, end)
    whole = (Fraction(int(run.translate(_DIGITS))), False, False) if read_out else _whole(run)
    ordinal = _ORDINAL_BEFORE.search(chars, max(start - 2, 0), start) is not None
    if whole is not None and not (run == "零" and chars[end : end + 1].isdigit()):
        value, doubtful, about = whole
        followed = chars[end : end + 1].isalpha() and not chars[end].isascii()
        alone = not ordinal and not (followed and run in _IDLE) and not (about and run[-1] == "两")
        if not (run[-1] == "千" and chars[end : end + 1] == "克"):
            yield Numeral(start, end, value, doubtful=doubtful, about=about, alone=alone)
    if 1 < end - start <= _LONGEST_RUN:
        yield from _cuts(chars, start, end, readable=whole is not None)


def _cuts(chars: str, start: int, end: int, *, readable: bool) -> Iterator[Numeral]:
    for middle in range(start + 1, end):
        for first, last in ((start, middle), (middle, end)):
            piece = _whole(chars[first:last])
            if piece is None or (last == end and chars[last - 1 : last + 1] == "千克"):
                continue
            # 二两 is two liang, not a piece of a number.
            liang = last == end - 1 and chars[last] == "两"
            thousand = chars[last : last + 2] == "千克"
            value, doubtful, about = piece
            whole = liang or thousand
            # Ten of 六个核桃 is a second reading of 十六个核桃; in 二七十箱 the 二 is no amount.
            alone = readable and not whole and first == start
            yield Numeral(first, last, value, doubtful or (readable and not whole), about, alone=alone, cut=not whole)


def _whole(run: str) -> tuple[Fraction, bool, bool] | None:
    """The value of a run, whether it is doubtful, and whether it is none exactly (五六, 二三十)."""
    if value := loosely(run):
        return *value, False
    if _NEIGHBOURS.fullmatch(run):
        return Fraction(0), False, True
    return None


def han_share(said: str, start: int) -> Numeral | None:
    """A share of something: 三分之一."""
    match = _SHARE.fullmatch(said)
    below, above = (loosely(match[1]), loosely(match[2])) if match else (None, None)
    if below is None or above is None or not below[0]:
        return None
    return Numeral(start, start + len(said), above[0] / below[0], part=True)
