"""Which words may be learned at all: what is too short, a number, an amount, a unit or a word of the language may not.

A learned word is read in every message, so one that means something already would change what people order. The words
stand in `reserved.toml`.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Collection
from pathlib import Path

SHORTEST, LONGEST = 2, 30
_LATIN = re.compile(r"[a-z]+(?:'[a-z]+)*")
_NUMERALS = frozenset("0123456789零〇一二三四五六七八九十百千万亿两俩仨半几壹贰叁肆伍陆柒捌玖拾佰仟萬点%.,-/:x×*+ ")
_MARKS = re.compile(r"[\[\]{}()<>|;:\"`$\\@#^=~!?,。,、;:!?()【】《》「」“”…\n\r\t]|--|\.\.|//")
_DOCUMENT = re.compile(r"[a-z]{2}[- ]?\d{3,}")
_LISTS = tomllib.loads((Path(__file__).parent / "reserved.toml").read_text(encoding="utf-8"))
_UNITS, _NUMBER_WORDS, _TURNING, _MARKERS, _WORDS = (
    frozenset(_LISTS[name].split()) for name in ("units", "numbers", "turning", "markers", "words")
)


def folded(surface: str) -> str:
    """A surface as it is kept and compared: one width, one case, single blanks, nothing unseen."""
    seen = "".join(char for char in unicodedata.normalize("NFKC", surface) if unicodedata.category(char) != "Cf")
    return " ".join(seen.lower().split())


def squeezed(surface: str) -> str:
    """A folded surface without what people leave out as they like: blanks and dashes."""
    return surface.replace(" ", "").replace("-", "")


def why_not(surface: str, units: Collection[str], *, phrase: bool = False) -> str | None:
    """Why a folded surface cannot be learned as a name, or as a phrase; None where it can.

    `units` are those of the chain, folded.
    """
    known = {*_UNITS, *units}
    words = [word for word in surface.split() if word]
    if len(squeezed(surface)) < SHORTEST:
        return "short"
    if len(surface) > LONGEST:
        return "long"
    if _MARKS.search(surface) or not any(char.isalpha() for char in surface if char.isprintable()):
        return "number" if set(surface) <= _NUMERALS else "marks"
    if set(surface) <= _NUMERALS or set(words) <= _NUMBER_WORDS or _DOCUMENT.fullmatch(surface):
        return "number"
    if surface in known:
        return "unit"
    if _is_amount(surface, known):
        return "amount"
    inside = _TURNING if phrase else _TURNING | _MARKERS
    if inside.intersection(_LATIN.findall(surface)) or any(word in surface for word in inside if not word.isascii()):
        return "word"
    return "word" if surface in _WORDS or set(words) <= _WORDS else None


def is_part_of(surface: str, name: str) -> bool:
    """Whether a folded surface is said in a name: anywhere in it, or as whole words where it is Latin."""
    name = folded(name)
    if not surface.isascii():
        return squeezed(surface) in squeezed(name)
    said = r"[\s-]*".join(map(re.escape, re.split(r"[\s-]+", surface)))
    return re.search(rf"(?<![a-z0-9]){said}(?![a-z0-9])", name) is not None


def _is_amount(surface: str, units: Collection[str]) -> bool:
    """Whether a number with a unit stands in it: 20箱可乐, 两箱."""
    measures = "|".join(sorted(map(re.escape, units), key=len, reverse=True))
    numerals = "0-9零〇一二三四五六七八九十百千万两半几"
    arabic = rf"[0-9]\s?(?:{measures})(?![a-z0-9])"
    return re.search(rf"^[{numerals}]+\s?(?:{measures})|{arabic}", surface) is not None
