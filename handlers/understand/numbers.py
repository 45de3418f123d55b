"""Reads numerals, Arabic, Chinese and English, as exact fractions, and refuses what only looks like one.

Two digits side by side mean "five or six" in Chinese (五六), so they are no number. `number` takes what has one
meaning; `loosely` also what most people would take so and some would not (三百二).
"""

from __future__ import annotations

import re
from fractions import Fraction
from math import prod

HAN_NUMERALS = "零〇一二两三四五六七八九十百千万亿壹贰叁肆伍陆柒捌玖拾佰仟"
NUMERALS = frozenset(f"0123456789{HAN_NUMERALS}")
SPOKEN_NUMERALS = HAN_NUMERALS + "廿卅俩仨"
_DIGITS = {char: value for value, char in enumerate("零一二三四五六七八九")}
_DIGITS |= {char: value for value, char in enumerate("壹贰叁肆伍陆柒捌玖", start=1)} | {"两": 2, "〇": 0}
_HAN_DIGITS = "零一二三四五六七八九"
_SCALES = {"十": 10, "拾": 10, "百": 100, "佰": 100, "千": 1000, "仟": 1000, "万": 10_000, "亿": 100_000_000}
_ARABIC = re.compile(r"((?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?)([百千万]?亿?)")
_TO_NINETEEN = (
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
    "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
)  # fmt: skip
_MISSPELT = {"fourty": 40, "ninty": 90}
_FROM_TWENTY = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_ENGLISH = {name: value for value, name in enumerate(_TO_NINETEEN)}
_TENS = {name: 10 * value for value, name in enumerate(_FROM_TWENTY, start=2)} | _MISSPELT
_SPOKEN = {"廿": "二十", "卅": "三十", "俩": "两", "仨": "三"}
_FORMAL, _EVERYDAY = frozenset("壹贰叁肆伍陆柒捌玖拾佰仟"), frozenset("一二两三四五六七八九十百千")
_COLLOQUIAL = re.compile(r"(?P<said>.*[百佰千仟万])(?P<last>[一二三四五六七八九壹贰叁肆伍陆柒捌玖])")
_MIXED = re.compile(r"\d(?:[十百千万亿]\d)+[十百千万亿]?")
_LONGEST = 60  # characters: more digits than this count nothing, and Python reads no numeral of thousands of them
_ENGLISH_SCALES = {"hundred": 100, "thousand": 1000, "million": 1_000_000}
ENGLISH_NUMBER_WORDS = frozenset(_ENGLISH) | frozenset(_TENS) | frozenset(_ENGLISH_SCALES)


def number(said: str) -> Fraction | None:
    """The value of a whole numeral ("1,200", "2.5", "1.5万", "一百零五", "twenty five"); None when it is none."""
    said = said.strip()
    if len(said) > _LONGEST:
        return None
    if said[:1].isdecimal() and (match := _ARABIC.fullmatch(said)):
        scale = prod(_SCALES[char] for char in match[2])
        return Fraction(match[1].replace(",", "")) * scale
    if said and said[0].isascii() and said[0].isalpha():
        return _english(re.split(r"[\s-]+", said))
    return _chinese(said)


def loosely(said: str) -> tuple[Fraction, bool] | None:
    """The value of a numeral that is said in everyday language, and whether it should be asked about.

    三百二 is 320 to most people and 302 to some; 05 may be a piece of a code.
    """
    if len(said) > _LONGEST:
        return None
    if said in _DIGITS:
        return Fraction(_DIGITS[said]), False
    for spoken, plain in _SPOKEN.items():
        said = said.replace(spoken, plain)
    if _MIXED.fullmatch(said):
        said = "".join(_HAN_DIGITS[int(char)] if char.isdecimal() else char for char in said)
    if (value := number(said)) is not None:
        mixed = not _FORMAL.isdisjoint(said) and not _EVERYDAY.isdisjoint(said)  # 天堂叁十一把 may be an umbrella
        return value, mixed or (len(said) > 1 and said[0] == "0" and "." not in said)
    match = _COLLOQUIAL.fullmatch(said)
    if (
        match is None
        or (above := number(match["said"].replace("百", "一百") if said[0] == "百" else match["said"])) is None
    ):
        return None
    return above + Fraction(_DIGITS[match["last"]] * _SCALES[match["said"][-1]], 10), True


def _chinese(said: str) -> Fraction | None:
    """A Chinese numeral, with 点 for the decimal point between digits."""
    whole, point, part = said.partition("点")
    value = _large(whole)
    if value is None or not point:
        return None if value is None else Fraction(value)
    if not part or any(char not in _DIGITS or char == "两" for char in part):
        return None
    return value + Fraction(int("".join(str(_DIGITS[char]) for char in part)), 10 ** len(part))


def _large(said: str) -> int | None:
    """A whole Chinese numeral; what follows 亿 is either nothing or says its own scale (一亿五千万, not 一亿五)."""
    high, hundred_million, low = said.partition("亿")
    if not hundred_million:
        return _whole(said)
    above, below = _whole(high), _whole(low) if low else 0
    if above is None or below is None or not above or 0 < below < _SCALES["千"]:
        return None
    return above * _SCALES["亿"] + below


def _whole(said: str) -> int | None:
    """A whole Chinese numeral below a hundred million."""
    high, ten_thousand, low = said.partition("万")
    if not ten_thousand:
        return _section(said)
    above, below = _section(high), _section(low) if low else 0
    if above is None or below is None or not above:
        return None
    if low and not low.startswith(("零", "〇")) and below < 1000:
        return None  # 一万五 is 15000 to some and 10005 to nobody: ask
    return above * 10_000 + below


def _section(said: str) -> int | None:
    """A Chinese numeral below ten thousand: scales fall, a zero stands only for a skipped scale."""
    if len(said) == 1 and said in _DIGITS:
        return _DIGITS[said]
    total, digit, scale, skipped = 0, None, 10_000, False
    for at, char in enumerate(said):
        if char in "零〇":
            if digit is not None or skipped or at == 0:
                return None
            skipped = True
        elif char in _DIGITS:
            if digit is not None:
                return None
            digit = _DIGITS[char]
        elif _SCALES.get(char, 10_000) < scale and (digit is not None or (char in "十拾" and (at == 0 or skipped))):
            scale = _SCALES[char]
            total, digit, skipped = total + (digit or 1) * scale, None, False
        else:
            return None
    if digit is None:
        return total if total and not skipped else None
    if said[-1] == "两" or (scale > 10 and not skipped):
        return None  # 一百五 is 150 to most people and 105 to some: ask
    return total + digit


def _english(words: list[str]) -> Fraction | None:
    """English number words: "twelve", "twenty five", "a hundred and five", "three thousand", "one point five"."""
    if "point" in words[1:-1]:
        at = words.index("point")
        whole, part = _english_whole(words[:at]), [_ENGLISH.get(word, 10) for word in words[at + 1 :]]
        if whole is None or max(part) > 9:
            return None
        return whole + Fraction(int("".join(map(str, part))), 10 ** len(part))
    value = _english_whole(words)
    return None if value is None else Fraction(value)


def _english_whole(words: list[str]) -> int | None:
    if words[0] in ("a", "an") and words[1:2] and words[1] in _ENGLISH_SCALES:
        words = ["one", *words[1:]]
    total, group, ones_open, least = 0, 0, True, 10**9
    for at, word in enumerate(words):
        if word == "and" and at and words[at - 1] in _ENGLISH_SCALES and at + 1 < len(words):
            continue
        if word in _TENS and ones_open and not group % 100:
            group += _TENS[word]
        elif word in _ENGLISH and ones_open and (not group % 100 or (group % 100 >= 20 and 0 < _ENGLISH[word] < 10)):
            group, ones_open = group + _ENGLISH[word], False
        elif word == "hundred" and 0 < group < 20:
            group, ones_open = group * 100, True
        elif (scale := _ENGLISH_SCALES.get(word, 0)) > 100 and 0 < group < 1000 and scale < least:
            total, group, ones_open, least = total + group * scale, 0, True, scale
        else:
            return None
    return total + group
