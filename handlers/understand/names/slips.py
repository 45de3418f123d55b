"""Finds Chinese names with one wrong character, one left out or two swapped, where only one name is so near.

An error behind the second character is found where the longest run that a text shares with names breaks off; one
before it by the run behind the error, which ends a name.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from handlers.understand.names.everyday import ATTRIBUTE_CHARS, FUNCTION_CHARS
from handlers.understand.names.runs import Runs, Walk
from handlers.understand.names.unread import Unread
from handlers.understand.numbers import HAN_NUMERALS

_SHORTEST = 3
_LOOKED_AT = 48
_KEPT = ATTRIBUTE_CHARS | frozenset(HAN_NUMERALS)


@dataclass(frozen=True, slots=True)
class Slips:
    """The names whose slips are known. `stumps` are names without their second character.

    `least` characters have to be right besides a tail such as 店, which says nothing.
    """

    runs: Runs
    stumps: Mapping[str, tuple[int, ...]]
    least: int
    tails: tuple[str, ...] = ()

    def names_in(self, unread: Unread, walks: Mapping[int, Walk], units: frozenset[str]) -> dict[tuple[int, int], str]:
        """Stretches of a form and the name that each is a slip of. `walks` are the runs from each start."""
        found: dict[tuple[int, int], set[str]] = defaultdict(set)
        longer: dict[tuple[int, int], set[str]] = defaultdict(set)  # 统一茶: 统一绿茶 and 统一奶茶
        form = unread.form.chars
        for start, end, name in self._candidates(form, unread, walks):
            if len(name) > end - start:
                longer[start, end].add(name)
            if self._is_slip(form[start:end], name, units):
                found[start, end].add(name)
        return {span: names.pop() for span, names in found.items() if len(names) == 1 and len(longer[span]) < 2}

    def _candidates(self, form: str, unread: Unread, walks: Mapping[int, Walk]) -> Iterator[tuple[int, int, str]]:
        """Names for stretches that hold an odd character."""
        starts = unread.starts
        for start in starts:
            if walk := walks.get(start):
                yield from self._broken_off(form, start, *walk[-1])
            if start + 2 < len(form):
                # What is behind an error at the second of three characters is too short for a run.
                for number in self.stumps.get(form[start] + form[start + 2], ()):
                    yield start, start + 3, self.name(number)
                if start + 2 in unread.odd or start + 1 in unread.odd:
                    yield from self._swapped(form, start)
        for start in {at + behind for at in unread.odd for behind in (1, 2)}:
            for end, low, high in walks.get(start, ()):
                if self.runs.ends_a_name(low, end - start):
                    yield from self._behind(form, start, end, low, high)

    def _broken_off(self, form: str, start: int, end: int, low: int, high: int) -> Iterator[tuple[int, int, str]]:
        """The names that begin like form[start:end] and go on with another character, without one, or swapped."""
        size = end - start
        for at in self.runs.places[low : min(high, low + _LOOKED_AT)]:
            if self.runs.text[at - 1] != "\n":
                continue
            rest = self.runs.text[at + size : self.runs.text.index("\n", at)]
            name = form[start:end] + rest
            if rest and form.startswith(rest[1:], end + 1) and end < len(form):
                yield start, end + len(rest), name
            if len(rest) > 1 and form.startswith(rest[1:], end):
                yield start, end + len(rest) - 1, name
            if len(rest) > 1 and form.startswith(rest[1] + rest[0] + rest[2:], end):
                yield start, end + len(rest), name

    def _behind(self, form: str, start: int, end: int, low: int, high: int) -> Iterator[tuple[int, int, str]]:
        """The names that end like form[start:end], behind one or two characters of which one is wrong or missing."""
        run = form[start:end]
        text = self.runs.text
        if start > 0:
            for at in self.runs.places[low : min(high, low + _LOOKED_AT)]:
                if text[at - 2] == "\n" and text[at + len(run)] == "\n":
                    yield start - 1, end, text[at - 1] + run
            for number in self.stumps.get(form[start - 1] + run, ()):
                yield start - 1, end, self.name(number)
        if start > 1:
            for number in self.stumps.get(form[start - 2] + run, ()):
                yield start - 2, end, self.name(number)

    def _swapped(self, form: str, start: int) -> Iterator[tuple[int, int, str]]:
        """The names of which the first three characters, or two of them, are swapped."""
        one, two, three = form[start], form[start + 1], form[start + 2]
        for head, third in ((one + three, two), (two + one, three)):
            if head in self.runs.heads:
                whole = head + third + form[start + 3 : start + 12]
                for end, low, _ in self.runs.walk(whole, 0, range(3, len(whole) + 1)):
                    if self.runs.whole(low, end) is not None:
                        yield start, start + end, whole[:end]

    def _is_slip(self, said: str, name: str, units: frozenset[str]) -> bool:
        if said == name or len(name) < _SHORTEST or said.isascii() or not _chinese(said + name):
            return False
        stem = next((name.removesuffix(tail) for tail in self.tails if name.endswith(tail)), name)
        if len(said) < len(name):
            return len(stem) > self.least and self._may_be_left_out(said, name)
        wrong = [at for at, (one, other) in enumerate(zip(said, name, strict=True)) if one != other]
        if len(wrong) == 2:
            swapped = wrong[1] == wrong[0] + 1 and said[wrong[0]] == name[wrong[1]] and said[wrong[1]] == name[wrong[0]]
            return swapped and len(stem) >= self.least
        return len(wrong) == 1 and len(stem) > self.least and self._may_be_wrong(said, name, wrong[0], units)

    def _may_be_left_out(self, said: str, name: str) -> bool:
        """A character inside a name, when it tells nothing: 冰红茶 without 冰 is another tea."""
        at = next((at for at, char in enumerate(said) if char != name[at]), len(said))
        inside = 0 < at < len(name) - 1
        return inside and said[at:] == name[at + 1 :] and len(said) >= _SHORTEST and name[at] not in _KEPT

    def _may_be_wrong(self, said: str, name: str, at: int, units: frozenset[str]) -> bool:
        char = said[at]
        if char in FUNCTION_CHARS or char in ATTRIBUTE_CHARS or char in units or name[at] in HAN_NUMERALS:
            return False
        if at == 0 and len(name) == _SHORTEST:
            return False  # what stands before two right characters belongs to what stands before: 箱 of 3箱乌苏
        return not (at in (0, len(name) - 1) and self._is_name(said[1:] if at == 0 else said[:-1]))

    def _is_name(self, form: str) -> bool:
        return any(self.runs.whole(low, end) is not None for end, low, _ in self.runs.walk(form, 0, (len(form),)))

    def name(self, at: int) -> str:
        """The name that begins at a place of the text of all names."""
        return self.runs.text[at : self.runs.text.index("\n", at)]


def slips_of(runs: Runs, least: int, tails: tuple[str, ...] = ()) -> Slips:
    """The slips in the names of a suffix array."""
    stumps: dict[str, tuple[int, ...]] = {}
    at = 1
    for name in runs.text[1:-1].split("\n"):
        if len(name) >= _SHORTEST and _chinese(name):
            stump = name[0] + name[2:]
            stumps[stump] = (*stumps.get(stump, ()), at)
        at += len(name) + 1
    return Slips(runs, MappingProxyType(stumps), least, tails)


def _chinese(name: str) -> bool:
    return all("\u4e00" <= char <= "\u9fff" for char in name)
