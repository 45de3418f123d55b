"""Finds Latin words that are nearly a word of a name: redbul, tsintao, orientl, westlake.

Every known word is filed under what is left of its first letters without one or two of them; so is what was written,
and only what meets there is measured (the idea of SymSpell).
"""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass

from rapidfuzz.distance import OSA

_FILED = 7  # letters: a word is filed under the first ones only
_HASH_BITS, _WORD_BITS = 38, 24
_SHORTEST, _LONG, _LONGEST = 4, 8, 24


@dataclass(frozen=True, slots=True)
class Misspelt:
    """Known words, joined: "redbull" for red bull. `filed` are hashes of what is left of each, with its number."""

    words: tuple[str, ...]
    forms: tuple[str, ...]
    filed: array[int]

    def nearest(self, said: str) -> str | None:
        """The form of the one known word that is nearest to what was written, when it is near enough."""
        if not _SHORTEST <= len(said) <= _LONGEST:
            return None
        for allowed in range(1, _allowed(said) + 1):
            best = self._within(said, allowed)
            if best:
                least = min(best.values())
                nearest = [form for form, distance in best.items() if distance == least]
                return nearest[0] if len(nearest) == 1 else None
        return None

    def _within(self, said: str, allowed: int) -> dict[str, int]:
        """The known words that have so many wrong letters at most, and how many."""
        best: dict[str, int] = {}
        for number in self._met(said, allowed):
            word = self.words[number]
            distance = OSA.distance(said, word, score_cutoff=allowed)
            if distance <= allowed and _slipped(said, word, distance):
                best[self.forms[number]] = distance
        return best

    def _met(self, said: str, allowed: int) -> set[int]:
        """The numbers of the words that are filed under anything that what was written is filed under."""
        filed, size, met = self.filed, len(self.filed), set[int]()
        for key in _keys(said, allowed):
            first = _hash(key) << _WORD_BITS
            behind, low = first + (1 << _WORD_BITS), bisect_left(filed, first)
            if low < size and filed[low] < behind:  # mostly nothing is filed there
                met.update([one - first for one in filed[low : bisect_left(filed, behind, low)]])
        return met


def misspelt_of(known: Iterable[tuple[str, str]]) -> Misspelt:
    """The known words, each with the form that it stands for; the first of equal words counts."""
    forms: dict[str, str] = {}
    for word, form in known:
        if _SHORTEST <= len(word) <= _LONGEST:
            forms.setdefault(word, form)
    words = tuple(forms)
    filed = sorted(
        _hash(key) << _WORD_BITS | number
        for number, word in enumerate(words)
        for key in _keys(word, _filed_edits(word))
    )
    return Misspelt(words, tuple(forms.values()), array("Q", filed))


def _slipped(said: str, word: str, distance: int) -> bool:
    """Whether one is a slip for the other: the first letter is mostly right, and bind is no slip for band."""
    if len(said) == len(word) == _SHORTEST and distance and sorted(said) != sorted(word):
        return False
    return said[0] == word[0] or (len(said) >= _LONG and distance == 1) or sorted(said[:2]) == sorted(word[:2])


def _allowed(said: str) -> int:
    return 1 if len(said) < _LONG else 2


def _filed_edits(word: str) -> int:
    """A word is filed for as many errors as what is written for it may have, which may be one letter longer."""
    return 1 if len(word) < _LONG - 2 else 2


def _keys(word: str, edits: int) -> set[str]:
    """What is left of the first letters of a word without so many of them or fewer."""
    head = word[:_FILED]
    found = kept = {head}
    for _ in range(min(edits, len(head) - 1)):
        kept = {one[:at] + one[at + 1 :] for one in kept for at in range(len(one))}
        found = found | kept
    return found


def _hash(key: str) -> int:
    return hash(key) & ((1 << _HASH_BITS) - 1)
