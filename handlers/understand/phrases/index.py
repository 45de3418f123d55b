"""Finds the words of the phrase files in a message, and puts right a slip of the finger in an English one."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from itertools import count
from operator import or_
from string import ascii_letters
from typing import TypeVar

import ahocorasick_rs
from rapidfuzz.distance import OSA

from handlers.understand.names.sounds import heard
from handlers.understand.phrases.book import Book, Phrase, is_blocking, key_of
from handlers.understand.phrases.grammar import Element, Slot
from handlers.understand.pieces import Kind
from handlers.understand.reading import WRITES

_Key = TypeVar("_Key")
_WORD = re.compile(r"[a-z']+")
_LETTERS = frozenset(ascii_letters)
_GOING_ON = _LETTERS | {"'"}
_DRAWN_OUT = re.compile(r"([a-z])\1\1+")
"""Letters that somebody leans on: sooo, pleeease."""
_NEGATIONS = frozenset("不没别未勿莫甭")
_PARTICLES = "了过的着咯啦喽嘞哈吧呢"
_SHORTEST = 4  # letters: below, a slip makes another word
_SIDES = ("from", "to")
_CHANGES = frozenset(intent.value for intent in WRITES)
_PHRASE_COST = 9  # a phrase explains its words a little better than a list does
_WEAK_COST = 8  # what a weak phrase costs more than another
_LISTS = (
    (Kind.BREAK, 1, ("break",)),
    (Kind.BLOCK, 12, ("block",)),
    (Kind.FILLER, 9, ("filler",)),
    (Kind.WORD, 10, ("each", "about", "repair", "roughly")),
)
"""The closed lists: what their words are, what they cost, and how the lists are called."""
_PLACE_LISTS = frozenset({"home", "warehouse", "everywhere"})
Listed = tuple[Kind, int, frozenset[str]]
"""What a word is in a closed list, what that costs, and its tags."""
SLOTS: Mapping[str, int] = {kind: 1 << at for at, kind in enumerate(Kind)}
"""The bit of each kind that a slot may have."""
_TURNS = frozenset({"block_negation", "block_or", "block_if", "block_hedge", "block_later", "about"})


@dataclass(frozen=True, slots=True, eq=False)
class Step:
    """One element of a phrase, beside the one that it is looked for by. `kind` and `role` are a slot's.

    `bit` is that of its key. `strange` ones take words that name no place behind a marker, so that no name has to be
    there.
    """

    bit: int
    kind: str = ""
    role: str = ""
    strange: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Line:
    """A phrase as it is looked for: from its anchor on, and from there back. `needs` are the bits that it cannot lack.

    `id` is the phrase's, `number` its place among all; of two that explain the same words alike the first is taken.
    `tags` are those of its anchor, `slot` is the kind of an anchor that is a slot. `cost` is what its words cost.
    `behind` and `before` are the bits that it needs right beside its anchor, but for fillers.
    """

    number: int
    id: str
    of: str
    head: bool
    slot: str
    tags: frozenset[str]
    cost: int
    onward: tuple[Step, ...]
    backward: tuple[Step, ...]
    needs: int
    behind: int
    before: int


@dataclass(frozen=True, slots=True, eq=False)
class Known:
    """A word of the phrase files: the classes that it is in, and the phrases that are looked for by it.

    `begins` and `ends` say that it does so with a Latin letter, over which no Latin word may go on. `turns` ones turn a
    message round, `past` ones tell of something as done; a `verb` alone names an intent that changes something; one
    character (爆, 退) does not. `listed` is what it is in the closed lists, `places` are those of places that it is in.
    `keys` are the bits of those classes that phrases have beside their anchors. `lines` are the phrases that need no
    more than the word, by what they are of, and `names` what these name; `longer` are the others, each by the rarest
    bit that it needs, `asks` all of these bits.
    """

    surface: str
    classes: tuple[str, ...]
    keys: int
    filler: bool
    begins: bool
    ends: bool
    turns: bool
    past: bool
    verb: bool
    listed: tuple[Listed, ...]
    places: tuple[str, ...]
    lines: Mapping[str, tuple[Line, ...]]
    names: frozenset[str]
    asks: int
    longer: Mapping[int, tuple[Line, ...]]

    @property
    def is_blocking_phrase(self) -> bool:
        """Whether several words together turn a message round: he approved, waiting to send."""
        return " " in self.surface and any(map(is_blocking, self.classes))


class Phrasebook:
    """A Book with an automaton over its words. `latin` is every single Latin word of the phrases.

    `first_sounds` are the first two sounds of each word that is known by its sound.
    """

    def __init__(self, book: Book) -> None:
        self.book = book
        self._automaton = ahocorasick_rs.AhoCorasick(book.surfaces)
        bits = _bits(book, _said(book, self._automaton))
        lines = _lines(book, bits)
        alike = {classes: _known(classes, lines, bits) for classes in set(book.classes.values())}
        self._known = tuple(_spelt(surface, alike[classes]) for surface, classes in book.classes.items())
        self.of_slots: dict[str, dict[str, list[Line]]] = defaultdict(lambda: defaultdict(list))
        for line in (line for found in lines.values() for line in found if line.slot):
            self.of_slots[line.of][line.slot].append(line)
        self.latin = frozenset(word for known in self._known for word in _WORD.findall(known.surface))
        self._by_gap = _by_gap(self.latin)
        self._by_sound = _by_sound(self._known)
        self.first_sounds = frozenset(sounds[:2] for sounds in self._by_sound)

    def words_in(self, chars: str) -> Iterator[tuple[int, int, Known]]:
        """Every known word, (start, end, word), those inside others too; no Latin word inside a longer one."""
        size = len(chars)
        for index, start, end in self._automaton.find_matches_as_indexes(chars, overlapping=True):
            known = self._known[index]
            if not (known.begins and start and chars[start - 1] in _LETTERS) and not (
                known.ends and end < size and chars[end] in _GOING_ON
            ):
                yield start, end, known

    def sounding(self, sounds: str) -> str | None:
        """The one word of the phrases that sounds so (`names.sounds.heard`); None where none does, or several do."""
        return self._by_sound.get(sounds)

    def is_no_slip(self, word: str) -> bool:
        """Whether a Latin word is known, or too short to be a slip."""
        return (len(word) < _SHORTEST or word in self.latin) and word not in self.book.spelling

    def meant(self, word: str) -> str | None:
        """The one known word that a Latin word is a slip of; None where it is known, too short, or could be two."""
        if self.is_no_slip(word):
            return None
        if word in self.book.spelling:
            return self.book.spelling[word]
        if (drawn_out := _DRAWN_OUT.sub(r"\1", word)) != word:
            return drawn_out if drawn_out in self.latin else None
        near = {
            known
            for key in (word, *_gaps(word))
            for known in self._by_gap.get(key, ())
            if OSA.distance(word, known, score_cutoff=1) <= 1
        }
        return near.pop() if len(near) == 1 else None


def _by_gap(latin: Iterable[str]) -> Mapping[str, Sequence[str]]:
    """Words by what is left of them without any one letter (SymSpell's deletes): a slip shares one of these."""
    found: dict[str, list[str]] = defaultdict(list)
    for word in latin:
        if len(word) >= _SHORTEST:
            for key in {word, *_gaps(word)}:
                found[key].append(word)
    return found


def _by_sound(words: Iterable[Known]) -> Mapping[str, str]:
    """Chinese words of two characters and more by how they sound; only verbs, and none where two sound alike.

    None with a negation in it, which a slip must not bring in (全哺同意).
    """
    found: dict[str, list[str]] = defaultdict(list)
    for known in words:
        word = known.surface
        if not known.verb or not _NEGATIONS.isdisjoint(word):
            continue
        if len(word.rstrip(_PARTICLES)) > 1 and all("\u4e00" <= char <= "\u9fff" for char in word):
            found[heard(word)].append(word)
    return {sound: alike[0] for sound, alike in found.items() if len(alike) == 1}


def _said(book: Book, automaton: ahocorasick_rs.AhoCorasick) -> Counter[str]:
    """How often the examples have each key, which is about how common it is in messages."""
    surfaces = book.surfaces
    examples = (automaton.find_matches_as_indexes(one.said.lower(), overlapping=True) for one in book.examples)
    return Counter(key for hits in examples for at, _, _ in hits for key in book.classes[surfaces[at]])


def _bits(book: Book, said: Counter[str]) -> dict[str, int]:
    """One bit for each key of an element that is no anchor, the higher the rarer: those of slots are the lowest."""
    anchored = ((phrase.elements, phrase.anchor) for phrase in book.phrases)
    beside = {one for elements, anchor in anchored for one in (*elements[:anchor], *elements[anchor + 1 :])}
    bits = {f"{{{kind}}}": bit for kind, bit in SLOTS.items()}
    for key in sorted(map(key_of, beside), key=lambda key: (-said[key], key)):
        bits.setdefault(key, 1 << len(bits))
    return bits


def _lines(book: Book, bits: Mapping[str, int]) -> dict[str, list[Line]]:
    """The phrases by the key of their anchor, numbered in the order of the keys, which is that of a word's classes."""
    keys = dict.fromkeys(key_of(element) for phrase in book.phrases for element in phrase.elements)
    steps: dict[Element, Step] = {}
    numbers = count()
    return {
        key: [_line(next(numbers), one, steps, bits) for one in book.anchored[key]]
        for key in keys
        if key in book.anchored
    }


def _known(classes: tuple[str, ...], lines: Mapping[str, Sequence[Line]], bits: Mapping[str, int]) -> Known:
    """What all words of the same classes have in common, which most words are: it is worked out once."""
    its = [line for name in classes for line in lines.get(name, ())]
    short: dict[str, list[Line]] = defaultdict(list)
    longer: dict[int, list[Line]] = defaultdict(list)
    for line in its:
        if line.needs:
            longer[line.needs.bit_length() - 1].append(line)
        else:
            short[line.of].append(line)
    return Known(
        surface="",
        classes=classes,
        keys=_joined([bits[name] for name in classes if name in bits]),
        filler="filler" in classes,
        begins=False,
        ends=False,
        turns=not _TURNS.isdisjoint(classes),
        past="block_past" in classes,
        verb=any(map(_is_verb, its)),
        listed=_listed(classes),
        places=tuple(name for name in classes if name in _PLACE_LISTS),
        lines=_fixed(short),
        names=frozenset(line.of for line in its if line.head and not line.needs),
        asks=_joined(1 << rarest for rarest in longer),
        longer=_fixed(longer),
    )


def _spelt(surface: str, known: Known) -> Known:
    """A word of which is known what it has in common with others."""
    return Known(
        surface,
        known.classes,
        known.keys,
        known.filler,
        surface[0] in _LETTERS,
        surface[-1] in _LETTERS,
        known.turns,
        known.past,
        known.verb and len(surface) > 1,
        known.listed,
        known.places,
        known.lines,
        known.names,
        known.asks,
        known.longer,
    )


def _joined(bits: Iterable[int]) -> int:
    return reduce(or_, bits, 0)


def _fixed(lines: Mapping[_Key, list[Line]]) -> dict[_Key, tuple[Line, ...]]:
    return {key: tuple(found) for key, found in lines.items()}


def _listed(classes: Sequence[str]) -> tuple[Listed, ...]:
    """What a word of these classes is in the closed lists."""
    tagged = (
        (kind, cost, frozenset(name for name in classes if name.startswith(names))) for kind, cost, names in _LISTS
    )
    return tuple(one for one in tagged if one[2])


def _is_verb(line: Line) -> bool:
    alone = not (line.onward or line.backward)
    return line.head and alone and "weak" not in line.tags and line.of in _CHANGES


def _line(number: int, phrase: Phrase, steps: dict[Element, Step], bits: Mapping[str, int]) -> Line:
    at = phrase.anchor
    onward = tuple(_step(one, steps, bits) for one in phrase.elements[at + 1 :])
    backward = tuple(_step(one, steps, bits) for one in reversed(phrase.elements[:at]))
    needed = [*(0 if step.strange else step.bit for step in onward), *(step.bit for step in backward)]
    behind, before = needed[0] if onward else 0, backward[0].bit if backward else 0
    tags = phrase.tags | {"weak"} if phrase.weak else phrase.tags
    anchor = phrase.elements[at]
    slot = anchor.kind if isinstance(anchor, Slot) else ""
    cost = _PHRASE_COST + (_WEAK_COST if phrase.weak else 0) - bool(phrase.tags)  # one with a value says more
    return Line(
        number, phrase.id, phrase.of, phrase.head, slot, tags, cost, onward, backward, _joined(needed), behind, before
    )


def _step(element: Element, steps: dict[Element, Step], bits: Mapping[str, int]) -> Step:
    """The step of an element, the same one for the same element."""
    if element not in steps:
        bit = bits[key_of(element)]
        if isinstance(element, Slot):
            strange = element.kind == "place" and element.role in _SIDES
            steps[element] = Step(bit, element.kind, element.role, strange)
        else:
            steps[element] = Step(bit)
    return steps[element]


def _gaps(word: str) -> Iterator[str]:
    return (word[:at] + word[at + 1 :] for at in range(len(word)))
