"""Sizes in one unit each, so that 1.5L is 1500 ml and 两公斤 is 2000 g."""

from __future__ import annotations

import re
from collections.abc import Mapping
from fractions import Fraction

from handlers.understand.normalise import plain
from handlers.understand.numbers import number

Measure = tuple[Fraction, str]
_MEASURES: Mapping[str, tuple[int, str]] = {
    "ml": (1, "ml"), "毫升": (1, "ml"), "l": (1000, "ml"), "升": (1000, "ml"), "litre": (1000, "ml"),
    "litres": (1000, "ml"), "liter": (1000, "ml"), "liters": (1000, "ml"), "cl": (10, "ml"),
    "g": (1, "g"), "克": (1, "g"), "kg": (1000, "g"), "公斤": (1000, "g"), "千克": (1000, "g"), "斤": (500, "g"),
}  # fmt: skip
_SIZE = re.compile(rf"(.+?)\s?({'|'.join(sorted(_MEASURES, key=len, reverse=True))})")


def measure(said: str) -> Measure | None:
    """A size in millilitres or grams: "1.5L" is 1500 ml; None for what is no size."""
    match = _SIZE.fullmatch(plain(said))
    value = number(match[1]) if match else None
    if match is None or value is None:
        return None
    factor, kind = _MEASURES[match[2]]
    return value * factor, kind
