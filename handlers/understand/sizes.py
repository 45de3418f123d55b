"""Reads the size of a product in millilitres, grams or ounces: 500ml, 1.5L, 五百毫升, 12oz."""

from __future__ import annotations

import re
from collections.abc import Mapping
from fractions import Fraction
from functools import lru_cache

from handlers.understand.normalise import plain
from handlers.understand.numbers import number

Measure = tuple[Fraction, str]
"""A size: how many, and "ml", "g" or "oz"."""

_MILLILITRES = {"ml": 1, "毫升": 1, "l": 1000, "升": 1000, "cl": 10}
_MILLILITRES |= dict.fromkeys(("litre", "liter", "litres", "liters", "公升"), 1000)
_GRAMS = {"g": 1, "克": 1, "gr": 1, "gram": 1, "grams": 1} | dict.fromkeys(
    ("kg", "kgs", "公斤", "千克", "kilo", "kilos"), 1000
)
_OUNCES = dict.fromkeys(("oz", "ounce", "ounces"), 1)  # of a liquid or of weight: nobody says which
MEASURES: Mapping[str, tuple[int, str]] = {
    **{word: (worth, "ml") for word, worth in _MILLILITRES.items()},
    **{word: (worth, "g") for word, worth in _GRAMS.items()},
    **{word: (worth, "oz") for word, worth in _OUNCES.items()},
}
"""What a word behind a number is worth, and in which of the units."""


_OF_PRODUCTS = {**MEASURES, "斤": (500, "g")}
"""Behind a number in a message 斤 counts goods."""
_SIZE = re.compile(rf"(.+?)\s?({'|'.join(sorted(_OF_PRODUCTS, key=len, reverse=True))})")


def measured(number: Fraction, word: str) -> Measure | None:
    """The size that a number with this word says; None for a word that measures nothing."""
    found = MEASURES.get(word)
    return None if found is None else (number * found[0], found[1])


@lru_cache(maxsize=4096)
def measure(size: str) -> Measure | None:
    """The size of a product as the catalogue writes it: "1.5L" is 1500 ml; None for what is no measure (6粒)."""
    match = _SIZE.fullmatch(plain(size))
    value = number(match[1]) if match else None
    if match is None or value is None:
        return None
    worth, unit = _OF_PRODUCTS[match[2]]
    return value * worth, unit
