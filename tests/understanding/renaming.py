"""Other worlds: the same goods, places and suppliers, every brand and street under another name, in the messages too.

A Chinese character that stands in names only becomes a rare one wherever it stands; a Latin word that does becomes an
invented one. So the fragments and nicknames that people use are renamed along with the whole names.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from random import Random
from unicodedata import normalize

from bot.batch import lexicon_of
from bot.world import World, world_from
from handlers.understand.names.lexicon import Lexicon
from tests.understanding.breakers import words as breaker_words
from tests.understanding.invariant import BEHIND, BETWEEN, FRONT
from tests.understanding.names import Names, names
from tests.understanding.phrase_list import literal_text
from tests.understanding.pieces import NAMES
from tests.understanding.sets import labelled, lexicon, world, world_file

SETS = ("dev", "dev2", "shop", "english", "turns")
WORLDS = 3
_SPEAKING = "零一二三四五六七八九十百千万亿两半几俩仨廿双对打第店仓库新老大小中软硬红黑白绿黄罐瓶听装桶袋盒包条支枚粒味"
"""Characters of names that also say how many, how large or of which kind."""
_WORD = re.compile(r"[A-Za-zＡ-Ｚａ-ｚ]{4,}")
_HAN = re.compile(r"[\u4e00-\u9fff]")


@dataclass(frozen=True)
class Renamed:
    """A world, its names, and how a text of the first world reads there."""

    world: World
    lexicon: Lexicon
    chars: Mapping[int, str]
    words: Mapping[str, str]

    def text(self, said: str) -> str:
        """A message of the first world in the words of this one."""
        return _WORD.sub(self._word, said).translate(dict(self.chars))

    def _word(self, match: re.Match[str]) -> str:
        return self.words.get(normalize("NFKC", match[0]).lower(), match[0])


@cache
def renamed(number: int) -> Renamed:
    """The world of this number; number 0 is the one of the file."""
    if number == 0:
        return Renamed(world(), lexicon(), {}, {})
    rng = Random(f"world {number}")
    chars = {ord(char): rare for char, rare in zip(_name_chars(), _drawn(_rare(), rng), strict=False)}
    words = dict(zip(_name_words(), _invented(rng), strict=False))
    naming = Renamed(world(), lexicon(), chars, words)
    file = json.loads(world_file())
    for group in ("stores", "suppliers", "products"):
        for one in file[group]:
            one |= {name: naming.text(one[name]) for name in ("name_zh", "name_en", "brand") if name in one}
            one["aliases"] = [naming.text(alias) for alias in one["aliases"]]
    there = world_from(json.dumps(file))
    return Renamed(there, lexicon_of(there), chars, words)


@cache
def _name_chars() -> tuple[str, ...]:
    """Characters that stand in names and nowhere else."""
    every = {char for name in _all_names(names()) for char in _HAN.findall(name)}
    return tuple(sorted(every - set(_other_text()) - set(_SPEAKING)))


@cache
def _name_words() -> tuple[str, ...]:
    """Latin words that stand in names and nowhere else."""
    every = {word.lower() for name in _all_names(names()) for word in _WORD.findall(name)}
    return tuple(sorted(every - {word.lower() for word in _WORD.findall(_other_text())}))


@cache
def _other_text() -> str:
    """All that is said besides names."""
    plain = [
        piece.text
        for name in SETS
        for row in labelled(name)
        for piece in names().scanned(row["text"])
        if piece.role not in NAMES
    ]
    around = [word for words in (FRONT, BETWEEN, BEHIND) for group in words.values() for word in group]
    breaking = [word for group in breaker_words().values() for word in group]
    return "\n".join((*plain, *around, *breaking, literal_text()))


def _all_names(all_names: Names) -> Iterable[str]:
    return (name for (_, code), said in all_names.of.items() for name in said if name != code)


def _rare() -> list[str]:
    """Characters of the second level of GB 2312: of metal, fish, birds, horses and silk. No grammar has them."""
    found = []
    for row in (0xEE, 0xEF, 0xF0, 0xF1, 0xF6, 0xF7, 0xE5, 0xE6, 0xE7):
        found += [bytes((row, cell)).decode("gb2312", "ignore") for cell in range(0xA1, 0xFF)]
    return [char for char in found if char]


def _drawn(chars: list[str], rng: Random) -> list[str]:
    return rng.sample(chars, len(chars))


def _invented(rng: Random) -> Iterable[str]:
    """Words of three syllables that are no words."""
    made = set()
    while len(made) < 2 * len(_name_words()):
        made.add("".join(rng.choice("bdfgklmnprvz") + rng.choice("aeiou") for _ in range(3)).capitalize())
    return rng.sample(sorted(made), len(made))
