"""Puts slips right before anything is read: "trasnfer" is transfer, 报孙 by its sound 报损, 5相 is 5箱."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from rapidfuzz.distance import OSA

from handlers.understand.names.sounds import heard
from handlers.understand.normalise import Text
from handlers.understand.numbers import ENGLISH_NUMBER_WORDS, HAN_NUMERALS
from handlers.understand.phrases.index import Phrasebook

_WORD = re.compile(r"[a-z][a-z']+")
_LONGEST = 4  # Chinese characters
_NO_SLIPS = frozenset(HAN_NUMERALS + "升毫克斤两公吨米寸半")
_COUNTS = ENGLISH_NUMBER_WORDS | {
    *("half", "quarter", "dozen", "dozens", "pair", "pairs"),
    *("tons", "tonne", "tonnes", "pound", "pounds", "litre", "litres"),
}
"""Words of amounts: no slip, however near to another word (half, halt)."""
_LONG_COUNTS = tuple(word for word in _COUNTS if len(word) > 3)


_UNITS = re.compile(
    r"(?<=[0-9一二两三四五六七八九十百半])(?:[相厢](?!关|册|机|框)|合(?![味计起适格并])|平(?![方米均])|[贯灌屏](?!装)|代(?![表办]))"
)
_EVERYDAY = frozenset("到了货好点的来去过就都也")
_UNIT_MEANT = {"相": "箱", "厢": "箱", "合": "盒", "平": "瓶", "贯": "罐", "灌": "罐", "屏": "瓶", "代": "袋"}
"""Units as they sound, right behind a number: 5相 is 5箱."""


def spelled(text: Text, phrasebook: Phrasebook, names: Iterable[tuple[int, int]]) -> Text:
    """The text with each such word put right. Stretches that `names` cover are names of the chain and stay."""
    covered = list(names)
    chars, origin, at = "", [], 0
    for match in _WORD.finditer(text.chars):
        start, end = match.span()
        if match[0] in _COUNTS or phrasebook.is_no_slip(match[0]):
            continue
        if any(first < end and start < last for first, last in covered):
            continue
        meant = phrasebook.meant(match[0])
        listed = match[0] in phrasebook.book.spelling
        if meant is None or _may_count(match[0]) or (not listed and _is_counted(text.chars, start, covered)):
            continue
        chars += text.chars[at:start] + meant
        origin += [*text.origin[at:start], *(text.origin[min(start + step, end - 1)] for step in range(len(meant)))]
        at = end
    if not at:
        return text if text.chars.isascii() else _sounded(text, phrasebook, covered)
    return Text(chars + text.chars[at:], (*origin, *text.origin[at:]), text.raw)


def _is_counted(chars: str, start: int, named: Sequence[tuple[int, int]]) -> bool:
    """Whether a number stands right before a word, which is then rather a slip of a unit: 3 buckes of Red Bull."""
    at = start - 2
    return (
        chars[at + 1 : start] == " " and chars[at : at + 1].isdigit() and not any(one <= at < end for one, end in named)
    )


def _may_count(word: str) -> bool:
    """Whether a word may as well be a slip of one that counts: 2 dozne."""
    return any(OSA.distance(word, count, score_cutoff=1) <= 1 for count in _LONG_COUNTS)


def _sounded(text: Text, phrasebook: Phrasebook, covered: Sequence[tuple[int, int]]) -> Text:
    """The text with Chinese words that only sound like one of the phrases put right: 报孙 is 报损.

    Some character of it is in no known word, and none in a name, a number or a word that turns a message round.
    """
    chars = _UNITS.sub(lambda match: _UNIT_MEANT[match[0]], text.chars)
    slips = _slips(chars, phrasebook)
    if slips:
        words = list(phrasebook.words_in(chars))
        known = {place for start, end, _ in words for place in range(start, end)}
        named = {place for start, end in covered for place in range(start, end)}
        named |= {place for place, char in enumerate(chars) if char in _NO_SLIPS or char.isascii()}
        named |= {place for start, end, word in words if word.turns for place in range(start, end)}
        reached = 0
        for start, word in slips:
            stretch = range(start, start + len(word))
            if start >= reached and not known.issuperset(stretch) and named.isdisjoint(stretch):
                reached = stretch.stop
                chars = chars[:start] + word + chars[reached:]
    return text if chars == text.chars else Text(chars, text.origin, text.raw)


def _slips(chars: str, phrasebook: Phrasebook) -> list[tuple[int, str]]:
    """The words that stretches of a text sound like and are not, each with where it begins, the longest first."""
    sounds, first_sounds = heard(chars), phrasebook.first_sounds
    return [
        (start, word)
        for start in range(len(chars) - 1)
        if sounds[start : start + 2] in first_sounds
        for size in range(min(_LONGEST, len(chars) - start), 1, -1)
        if (word := phrasebook.sounding(sounds[start : start + size])) and _is_slip(chars[start : start + size], word)
    ]


def _is_slip(said: str, word: str) -> bool:
    """Whether a word of the same sound is a slip for another: one character is right, and not 到 alone (诗到)."""
    return said != word and any(one == other and one not in _EVERYDAY for one, other in zip(said, word, strict=True))
