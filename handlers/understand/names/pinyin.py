"""Reads a message that is written in pinyin letters: "diao 20 xiang hongniu dao xihudian" is 调20箱红牛到西湖店.

The best path over the syllables: names of the catalogue, units, numerals, and the words that the phrases know. A word
that is no pinyin and no name ends it, so an English message is never taken for one.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from itertools import islice, product
from types import MappingProxyType
from typing import NamedTuple

from rapidfuzz.distance import OSA

from handlers.understand.names.everyday import EVERYDAY_WORDS
from handlers.understand.names.family import Family
from handlers.understand.names.lexicon import Lexicon
from handlers.understand.names.name import Name
from handlers.understand.names.sounds import blurred, heard, spelling, splits
from handlers.understand.normalise import Text
from handlers.understand.numbers import HAN_NUMERALS

_NO_MEASURE = r"(?<![a-z])(?!(?<=\d)(?:ml|cl|kg|l|g)(?![a-z]))"  # 400ml is a size in any script
_WORD = re.compile(rf"{_NO_MEASURE}[a-z]+")
_RUN = re.compile(rf"{_NO_MEASURE}[a-z]+(?:[ '][a-z]+)*")
_ENGLISH = re.compile(r"(?<![a-z])(?:sale|take|make|same|name)(?![a-z])")  # words of shops that are pinyin too
_STRANGE = "\uf8ff"  # the sound of what is no syllable
_MOST_WAYS, _MOST_WORDS = 4, 80
_NUMERALS = "一二三四五六七八九十百千万两半零"
_TURNING = ("maybe", "perhaps", "unless", "instead", "should", "would", "could", "might")
"""English words that no pinyin may be a slip of: maye is rather maybe than 嘛耶."""
_ALWAYS = ("店", "仓", "仓库", "门店")
# 要八十袋 or 要把十袋, 调八十袋 or 调吧,十袋: clear only behind a numeral.
_BA_SHI = re.compile(r"(?<![百千万零])[八把吧]十")
# Buying and selling sound the same, and so do taking in and giving out: alone they are not read.
_TWO_MEANINGS = frozenset("买卖收售")


class _Kind(IntEnum):
    WORD = 0
    NUMERAL = 1
    UNIT = 2
    NAME = 3


_BEHIND_NUMERAL = {_Kind.WORD: 3, _Kind.NUMERAL: -6, _Kind.UNIT: -12, _Kind.NAME: 7}
"""What it costs more to stand right behind a numeral."""


class _Edge(NamedTuple):
    """Syllables start to end of a run, what they are written as, and how unlikely that is."""

    start: int
    end: int
    written: str
    kind: _Kind
    cost: int


class _Syllable(NamedTuple):
    sound: str
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class PinyinReader:
    """Words by their sounds, beside the names of a lexicon. `heads` are the first two sounds of the longer ones."""

    lexicon: Lexicon
    words: Mapping[str, tuple[tuple[str, _Kind, int], ...]]
    heads: frozenset[str]
    longest: int

    def hanzi(self, text: Text) -> Text | None:
        """The message in Chinese characters, with offsets into the raw text; None when it is not pinyin.

        The first character of a word stands where its first letter is, the others where their syllables end.
        """
        chars = text.chars
        said = _WORD.findall(chars)
        if not 2 <= len(said) <= _MOST_WORDS or not self._may_be_pinyin(chars, said):
            return None
        names = self.lexicon.exact_names_in(chars)
        written: list[str] = []
        origin: list[int] = []
        at = 0
        for run in _RUN.finditer(chars):
            inside = [name for name in names if run.start() <= name.start < run.end()]
            path = self._best(chars, run.start(), run.end(), inside)
            if path is None:
                return None
            kept = chars[at : run.start()].rstrip(" ") if at else chars[: run.start()]
            written.extend(kept)
            origin.extend(range(at, at + len(kept)))
            for char, place in path:
                written.append(char)
                origin.append(place)
            at = run.end() + (chars[run.end() : run.end() + 1] == " ")
        written.extend(chars[at:])
        origin.extend(range(at, len(chars)))
        return Text("".join(written), tuple(text.origin[place] for place in origin), text.raw)

    def _may_be_pinyin(self, chars: str, said: Sequence[str]) -> bool:
        """Whether every word is pinyin, a name or a unit, and at least half of those that are no names only pinyin."""
        names = self.lexicon.guesses.words
        if not all(len(word) == 1 or splits(word) or word in names for word in said):
            return False
        unnamed = [word for word in said if len(word) > 1 and word not in names]
        if any(OSA.distance(word, other, score_cutoff=1) <= 1 for word in unnamed for other in _TURNING):
            return False
        pinyin = [word for word in unnamed if splits(word) and word not in EVERYDAY_WORDS]
        return bool(pinyin) and 2 * len(pinyin) >= len(unnamed)

    def _best(self, chars: str, start: int, end: int, names: Sequence[Name]) -> list[tuple[str, int]] | None:
        """The characters of the likeliest path through a run, each with its place; None where there is none."""
        words = list(_WORD.finditer(chars, start, end))
        readings = [splits(word[0]) or (_STRANGE,) for word in words]
        counted = chars[:start].rstrip(" ")[-1:].isdigit()
        found: tuple[int, list[tuple[str, int]], bool] | None = None
        for way in islice(product(*readings), _MOST_WAYS):
            syllables = [one for word, sounds in zip(words, way, strict=True) for one in _syllables(word, sounds)]
            edges = [*self._edges(syllables), *_kept(chars, names, syllables)]
            if counted:  # 51 dian is a shop, no hour
                edges = [edge for edge in edges if edge.start or not edge.written.startswith("点")]
            path = _cheapest(edges, len(syllables), counted)
            if path is not None and (found is None or path[0] < found[0]):
                written = [one for edge in path[1] for one in _placed(edge, syllables)]
                found = path[0], written, self._takes_unit(path[1], syllables, counted)
        if found is None or found[2] or _BA_SHI.search("".join(char for char, _ in found[1])):
            return None
        return found[1]

    def _takes_unit(self, path: Sequence[_Edge], syllables: Sequence[_Syllable], counted: bool) -> bool:
        """Whether a word right behind a numeral begins as a unit sounds: jiu xiang yan is 九箱盐 or 九香烟."""
        counts = counted
        for edge in path:
            named = counts and edge.kind in (_Kind.NAME, _Kind.WORD) and edge.end - edge.start > 1
            sounding = self.words.get(syllables[edge.start].sound, ()) if named else ()
            if any(kind is _Kind.UNIT for _, kind, _ in sounding):
                return True
            counts = edge.kind is _Kind.NUMERAL
        return False

    def _edges(self, syllables: Sequence[_Syllable]) -> Iterator[_Edge]:
        sounds = "".join(one.sound for one in syllables)
        families = (self.lexicon.guesses.of_products, self.lexicon.guesses.of_closed)
        for start in range(len(sounds)):
            longest = self.longest if sounds[start : start + 2] in self.heads else 1
            for end in range(start + 1, min(len(sounds), start + longest) + 1):
                for word, kind, cost in self.words.get(sounds[start:end], ()):
                    yield _Edge(start, end, word, kind, cost)
        yield from _named(sounds, families)


def _named(sounds: str, families: Sequence[Family]) -> list[_Edge]:
    """The names in a run. A part of one is none where the whole name is spelt: of qi pi lang no pi lang is left."""
    whole: list[_Edge] = []
    parts: list[_Edge] = []
    blurry = blurred(sounds)
    begun = [
        (start, family)
        for start in range(len(sounds) - 1)
        for family in families
        if family.alike.begins(blurry[start : start + 2])
    ]
    for start, family in begun:
        rest = sounds[start:]
        for found in family.alike.spelt_out(rest, range(2, len(rest) + 1), 0, 2 if family.parts else None):
            cost = 10 if found.complete else 13 if found.size > 2 else 17
            edge = _Edge(start, start + found.size, found.meant, _Kind.NAME, cost)
            (whole if found.complete else parts).append(edge)
    return [*whole, *(one for one in parts if not any(_is_within(one, name) for name in whole))]


def _is_within(part: _Edge, name: _Edge) -> bool:
    return name.start <= part.start and part.end <= name.end and part.end - part.start < name.end - name.start


def pinyin_reader(lexicon: Lexicon, words: Iterable[str]) -> PinyinReader:
    """The reader of a chain. `words` are the Chinese words of the phrases, the most frequent first.

    None is read with a 是 behind it, which would take the ten from a number (shi pan shi liu he), and none that sounds
    like a number or takes its ten: si shi is 四十 rather than 私事, yun shi ba 匀十八 rather than 运势八.
    """
    counting = {heard(char) for char in _NUMERALS}
    known: dict[str, list[tuple[str, _Kind, int]]] = defaultdict(list)
    spoken = dict.fromkeys((*_ALWAYS, *words))
    for rank, word in enumerate(spoken):
        if (
            word not in _TWO_MEANINGS
            and not (word[2:].endswith("是") and word[:-1] in spoken)
            and not (len(word) > 1 and counting.issuperset(heard(word)))
            and not (len(word) > 1 and word[-1] != "是" and heard(word[-1]) == heard("十"))
            and all("\u4e00" <= char <= "\u9fff" for char in word)
        ):
            known[heard(word)].append((word, _Kind.WORD, 10 + 3 * (len(word) == 1) + min(6, rank // 40)))
    for char in _NUMERALS:
        known[heard(char)].append((char, _Kind.NUMERAL, 13))
    for unit in lexicon.units:
        if not unit.isascii() and unit not in HAN_NUMERALS:
            known[heard(unit)].append((unit, _Kind.UNIT, 15))
    kept = {sounds: tuple(sorted(found, key=lambda one: one[2])) for sounds, found in known.items()}
    heads = frozenset(sounds[:2] for sounds in kept if len(sounds) > 1)
    return PinyinReader(lexicon, MappingProxyType(kept), heads, max(map(len, kept), default=0))


def _syllables(word: re.Match[str], sounds: str) -> Iterator[_Syllable]:
    """The syllables of a word with their letters. A word that is none is one strange syllable."""
    if sounds == _STRANGE:
        yield _Syllable(sounds, word.start(), word.end() - 1)
        return
    at = word.start()
    for sound in sounds:
        end = at + len(spelling(sound))
        yield _Syllable(sound, at, end - 1)
        at = end


def _kept(chars: str, names: Iterable[Name], syllables: Sequence[_Syllable]) -> Iterator[_Edge]:
    """The names that are Latin in the catalogue too, and single letters, which stay as they are."""
    firsts = {one.first: number for number, one in enumerate(syllables)}
    lasts = {one.last + 1: number + 1 for number, one in enumerate(syllables)}
    for name in names:
        if name.start in firsts and name.end in lasts:
            yield _Edge(firsts[name.start], lasts[name.end], chars[name.start : name.end], _Kind.NAME, 9)
    for word in _ENGLISH.finditer(chars):
        if word.start() in firsts and word.end() in lasts:
            yield _Edge(firsts[word.start()], lasts[word.end()], word[0], _Kind.NAME, 9)
    for number, one in enumerate(syllables):
        if one.first == one.last:
            yield _Edge(number, number + 1, chars[one.first], _Kind.NAME, 16)


def _cheapest(edges: Iterable[_Edge], size: int, counted: bool) -> tuple[int, list[_Edge]] | None:
    """The path of least cost over all syllables; a unit is likely behind a number and unlikely elsewhere."""
    by_start: dict[int, list[_Edge]] = defaultdict(list)
    for edge in edges:
        by_start[edge.start].append(edge)
    best: list[dict[_Kind, tuple[int, list[_Edge]]]] = [{} for _ in range(size + 1)]
    best[0] = {_Kind.NUMERAL if counted else _Kind.WORD: (0, [])}
    for at in range(size):
        for before, (cost, path) in best[at].items():
            for edge in by_start[at]:
                total = cost + edge.cost
                if before is _Kind.NUMERAL:
                    total += _BEHIND_NUMERAL[edge.kind]
                known = best[edge.end].get(edge.kind)
                if known is None or total < known[0]:
                    best[edge.end][edge.kind] = total, [*path, edge]
    return min(best[size].values(), key=lambda one: one[0], default=None)


def _placed(edge: _Edge, syllables: Sequence[_Syllable]) -> Iterator[tuple[str, int]]:
    """The characters of an edge, each with its place in the text."""
    if edge.written.isascii():
        first = syllables[edge.start].first
        yield from ((char, first + number) for number, char in enumerate(edge.written))
        return
    for number, (char, one) in enumerate(zip(edge.written, syllables[edge.start : edge.end], strict=True)):
        yield char, one.last if number else one.first
