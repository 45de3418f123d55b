"""Finds in many names the runs that a text shares with them: a suffix array over the forms of the names.

All places where a word or a character begins, sorted by what follows, so the names that share a run stand side by
side, whatever its length. A run of a text is looked for by halving; its range grows narrower with every word.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from handlers.understand.names.forms import END

Range = tuple[int, int]
Walk = Sequence[tuple[int, int, int]]
"""The runs from one start, the shortest first: where each ends, and the range of its suffixes."""

_MOST_WORDS = 40  # words or Chinese characters: no name has more


@dataclass(frozen=True, slots=True)
class Runs:
    """The suffix array. `names[k]` is the number of the name in which the k-th suffix, at `places[k]`, stands."""

    text: str
    places: array[int]
    names: array[int]
    heads: Mapping[str, Range]

    def walk(self, form: str, start: int, ends: Sequence[int]) -> Walk:
        """The runs form[start:end] that occur in a name, the shortest first, with the range of their suffixes.

        Those of one character are left out. `ends` are the ends to try, in order, all behind `start`.
        """
        head = self.heads.get(form[start : start + 2])
        if head is None:
            return ()
        found: list[tuple[int, int, int]] = []
        text, places = self.text, self.places
        low, high = head
        for end in ends:
            size = end - start
            if size > 2:
                run = form[start:end]
                # Most ranges are narrow: then both ends are right already, or only one name is left.
                if not text.startswith(run, places[low]):
                    low = bisect_left(places, run, low + 1, high, key=lambda at: text[at : at + size])
                    if low == high or not text.startswith(run, places[low]):
                        break
                if not text.startswith(run, places[high - 1]):
                    high = bisect_right(places, run, low, high - 1, key=lambda at: text[at : at + size])
            if size >= 2:
                found.append((end, low, high))
        return found

    def walks(self, form: str, starts: Sequence[int], ends: Sequence[int], last: Sequence[int]) -> dict[int, Walk]:
        """The runs from each start of a form that has any; a run goes no further than its line."""
        found = {}
        for index, start in enumerate(starts):
            if form[start : start + 2] in self.heads:
                walk = self.walk(form, start, ends[index : min(last[index], index + _MOST_WORDS)])
                if walk:
                    found[start] = walk
        return found

    def find(self, run: str) -> Range | None:
        """The range of a run; None when no name has it."""
        return next(((low, high) for _, low, high in self.walk(run, 0, (len(run),))), None)

    def whole(self, low: int, size: int) -> int | None:
        """The number of the name that the run of a range is in whole; None when it is a part of names only."""
        at = self.places[low]
        return self.names[low] if self.text[at - 1] == "\n" == self.text[at + size] else None

    def ends_a_name(self, low: int, size: int) -> bool:
        """Whether some name ends where the run of a range ends."""
        return self.text[self.places[low] + size] == "\n"

    def name(self, number: int) -> str:
        """The form of a name, by its number. Slow: for what is shown, not for what is searched."""
        at = self.places[self.names.index(number)]
        return self.text[self.text.rindex("\n", 0, at) + 1 : self.text.index("\n", at)]


def runs_of(forms: Sequence[str]) -> Runs:
    """The suffix array of names, which are all different."""
    text = "\n" + "\n".join(forms) + "\n"
    begins = array("I")
    at = 1
    for form in forms:
        begins.append(at)
        at += len(form) + 1
    heads: dict[str, list[int]] = defaultdict(list)
    # Sorting keeps the order of equals, so the name that is the run comes before those that only end on it.
    for at in begins:
        heads[text[at : at + 2]].append(at)
    for at, form in zip(begins, forms, strict=True):
        for offset in _inner_starts(form):
            heads[text[at + offset : at + offset + 2]].append(at + offset)
    places, names, ranges = array("I"), array("I"), {}
    for head, unsorted in heads.items():
        unsorted.sort(key=lambda at: text[at : text.index("\n", at)])
        ranges[head] = (len(places), len(places) + len(unsorted))
        places.extend(unsorted)
        names.extend(bisect_right(begins, at) - 1 for at in unsorted)
    return Runs(text, places, names, MappingProxyType(ranges))


def _inner_starts(form: str) -> list[int]:
    """Where behind its beginning a word or a character of a form begins."""
    return [
        offset
        for offset in range(1, len(form) - 1)
        if form[offset] not in _MARKS and not (form[offset] in _CLOSED and form[offset - 1] in _CLOSED)
    ]


_CLOSED = frozenset("abcdefghijklmnopqrstuvwxyz0123456789")
_MARKS = frozenset(f"{END} .,+&%()/\"'!?:;")
