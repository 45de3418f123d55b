"""Finds Latin words that are nearly a word of a name: redbul, tsintao, orientl, westlake.

Every known word is filed under what is left of its first letters without one or two of them; so is what was written,
and only what meets there is measured (the idea of SymSpell).
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain, combinations
from types import MappingProxyType

from rapidfuzz.distance import OSA

_FILED = 7  # letters: a word is filed under the first ones only
_SHORTEST, _LONG, _LONGEST = 4, 8, 24
_MOST_WRONG = 2  # letters


@dataclass(frozen=True, slots=True)
class Misspelt:
    """Known words, joined ("redbull" for red bull), the shortest first.

    `filed` are their numbers under what is left of each; words from number `begins[k]` on have k letters and more.
    """

    words: tuple[str, ...]
    forms: tuple[str, ...]
    filed: Mapping[str, tuple[int, ...]]
    begins: tuple[int, ...]

    def nearest(self, said: str) -> str | None:
        """The form of the one known word that is nearest to what was written, when it is near enough."""
        if not _SHORTEST <= len(said) <= _LONGEST:
            return None
        best = self._within(said, _allowed(said))
        least = min(best.values(), default=0)
        nearest = [form for form, distance in best.items() if distance == least]
        return nearest[0] if len(nearest) == 1 else None

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
        """The numbers of the words of about its length that are filed under anything it is filed under."""
        filed, met = self.filed, set[int]()
        first, behind = self.begins[len(said) - allowed], self.begins[len(said) + allowed + 1]
        for key in filed.keys() & _keys(said, allowed):
            alike = filed[key]
            met.update(alike[bisect_left(alike, first) : bisect_left(alike, behind)])
        return met


def misspelt_of(known: Iterable[tuple[str, str]]) -> Misspelt:
    """The known words, each with the form that it stands for; the first of equal words counts."""
    forms: dict[str, str] = {}
    for word, form in known:
        if _SHORTEST <= len(word) <= _LONGEST:
            forms.setdefault(word, form)
    words = sorted(forms, key=len)
    filed: dict[str, list[int]] = defaultdict(list)
    for number, word in enumerate(words):
        for key in _keys(word, _filed_edits(word)):
            filed[key].append(number)
    kept = {key: tuple(numbers) for key, numbers in filed.items()}
    begins = tuple(bisect_left(words, length, key=len) for length in range(_LONGEST + _MOST_WRONG + 2))
    return Misspelt(tuple(words), tuple(forms[word] for word in words), MappingProxyType(kept), begins)


def _slipped(said: str, word: str, distance: int) -> bool:
    """Whether one is a slip for the other: the first letter is mostly right, and bind is no slip for band."""
    if len(said) == len(word) == _SHORTEST and distance and sorted(said) != sorted(word):
        return False
    return said[0] == word[0] or (len(said) >= _LONG and distance == 1) or sorted(said[:2]) == sorted(word[:2])


def _allowed(said: str) -> int:
    return 1 if len(said) < _LONG else _MOST_WRONG


def _filed_edits(word: str) -> int:
    """A word is filed for as many errors as what is written for it may have, which may be one letter longer."""
    return 1 if len(word) < _LONG - 2 else _MOST_WRONG


@lru_cache(maxsize=32)  # both families of names ask for the words of a message
def _keys(word: str, edits: int) -> frozenset[str]:
    """What is left of the first letters of a word without so many of them or fewer."""
    head = word[:_FILED]
    sizes = range(max(len(head) - edits, 1), len(head) + 1)
    return frozenset(chain.from_iterable(map("".join, combinations(head, size)) for size in sizes))
