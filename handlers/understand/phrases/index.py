"""Finds the words of the phrase files in a message, and puts right a slip of the finger in an English one."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

import ahocorasick_rs
from rapidfuzz.distance import OSA

from handlers.understand.names.sounds import heard
from handlers.understand.phrases.book import Book, Phrase, key_of
from handlers.understand.phrases.grammar import Element, Slot
from handlers.understand.pieces import Kind
from handlers.understand.reading import WRITES

_WORD = re.compile(r"[a-z']+")
_NEGATIONS = frozenset("不没别未勿莫甭")
_PARTICLES = "了过的着咯啦喽嘞哈吧呢"
_SHORTEST = 4  # letters: below, a slip makes another word
_SIDES = ("from", "to")
_CHANGES = frozenset(intent.value for intent in WRITES)
_TURNS = frozenset({"block_negation", "block_or", "block_if", "block_hedge", "block_later", "about"})


@dataclass(frozen=True, slots=True, eq=False)
class Step:
    """One element of a phrase, beside the one that it is looked for by. `kind` and `role` are a slot's.

    `strange` ones take words that name no place behind a marker, so that no name has to be there.
    """

    key: str
    kind: str = ""
    role: str = ""
    strange: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Line:
    """A phrase as it is looked for: from its anchor on, and from there back. `needs` are the keys that it cannot lack.

    `tags` are those of its anchor, `slot` is the kind of an anchor that is a slot.
    """

    phrase: Phrase
    of: str
    head: bool
    slot: str
    tags: frozenset[str]
    onward: tuple[Step, ...]
    backward: tuple[Step, ...]
    needs: frozenset[str]


@dataclass(frozen=True, slots=True, eq=False)
class Known:
    """A word of the phrase files: the classes that it is in, and the phrases that are looked for by it.

    `bordered` ones begin or end with a Latin letter, so that no Latin word may go on over their edges. `turns` ones
    turn a message round; a `verb` alone names an intent that changes something;
    one character (爆, 退) does not.
    """

    surface: str
    classes: tuple[str, ...]
    keys: frozenset[str]
    filler: bool
    bordered: bool
    turns: bool
    verb: bool
    anchored: tuple[Line, ...]

    @property
    def is_blocking_phrase(self) -> bool:
        """Whether several words together turn a message round: he approved, waiting to send."""
        return " " in self.surface and any(name.startswith("block_") for name in self.classes)


class Phrasebook:
    """A Book with an automaton over its words."""

    def __init__(self, book: Book) -> None:
        self.book = book
        steps: dict[Element, Step] = {}
        lines = {key: tuple(_line(one, steps) for one in phrases) for key, phrases in book.anchored.items()}
        self._known = tuple(_known(surface, classes, lines) for surface, classes in book.classes.items())
        self._automaton = ahocorasick_rs.AhoCorasick([known.surface for known in self._known])
        self.listed: dict[Known, tuple[tuple[Kind, int, frozenset[str]], ...]] = {}
        self.of_slots: dict[tuple[str, str], list[Line]] = defaultdict(list)
        for line in (line for key, found in lines.items() if key.startswith("{") for line in found):
            self.of_slots[line.of, line.slot].append(line)

    def words_in(self, chars: str) -> Iterator[tuple[int, int, Known]]:
        """Every known word, (start, end, word), those inside others too; no Latin word inside a longer one."""
        for index, start, end in self._automaton.find_matches_as_indexes(chars, overlapping=True):
            known = self._known[index]
            if not known.bordered or _stands_alone(chars, start, end):
                yield start, end, known

    @cached_property
    def latin(self) -> frozenset[str]:
        """Every single Latin word of the phrases."""
        return frozenset(word for known in self._known for word in _WORD.findall(known.surface))

    @cached_property
    def _by_gap(self) -> Mapping[str, tuple[str, ...]]:
        """Words by what is left of them without any one letter (SymSpell's deletes): a slip shares one of these."""
        found: dict[str, list[str]] = defaultdict(list)
        for word in self.latin:
            if len(word) >= _SHORTEST:
                for key in {word, *_gaps(word)}:
                    found[key].append(word)
        return {key: tuple(words) for key, words in found.items()}

    @cached_property
    def _by_sound(self) -> Mapping[str, str]:
        """Chinese words of two characters and more by how they sound; only verbs, and none where two sound alike.

        None with a negation in it, which a slip must not bring in (全哺同意).
        """
        found: dict[str, list[str]] = defaultdict(list)
        for known in self._known:
            word = known.surface
            if not known.verb or not _NEGATIONS.isdisjoint(word):
                continue
            if len(word.rstrip(_PARTICLES)) > 1 and all("\u4e00" <= char <= "\u9fff" for char in word):
                found[heard(word)].append(word)
        return {sound: words[0] for sound, words in found.items() if len(words) == 1}

    def sounding(self, sounds: str) -> str | None:
        """The one word of the phrases that sounds so (`names.sounds.heard`); None where none does, or several do."""
        return self._by_sound.get(sounds)

    def meant(self, word: str) -> str | None:
        """The one known word that a Latin word is a slip of; None where it is known, too short, or could be two."""
        if word in self.book.spelling:
            return self.book.spelling[word]
        if len(word) < _SHORTEST or word in self.latin:
            return None
        near = {
            known
            for key in (word, *_gaps(word))
            for known in self._by_gap.get(key, ())
            if OSA.distance(word, known, score_cutoff=1) <= 1
        }
        return near.pop() if len(near) == 1 else None


def _known(surface: str, classes: tuple[str, ...], lines: Mapping[str, tuple[Line, ...]]) -> Known:
    anchored = tuple(line for name in classes for line in lines.get(name, ()))
    keys, bordered = frozenset(classes), _latin(surface[0]) or _latin(surface[-1])
    verb = len(surface) > 1 and any(_is_verb(line.phrase) for line in anchored)
    return Known(surface, classes, keys, "filler" in keys, bordered, not keys.isdisjoint(_TURNS), verb, anchored)


def _is_verb(phrase: Phrase) -> bool:
    return phrase.head and not phrase.weak and len(phrase.elements) == 1 and phrase.of in _CHANGES


def _line(phrase: Phrase, steps: dict[Element, Step]) -> Line:
    at = phrase.anchor
    onward = tuple(_step(one, steps) for one in phrase.elements[at + 1 :])
    backward = tuple(_step(one, steps) for one in reversed(phrase.elements[:at]))
    needs = {step.key for step in onward if not step.strange} | {step.key for step in backward}
    tags = phrase.tags | {"weak"} if phrase.weak else phrase.tags
    anchor = phrase.elements[at]
    slot = anchor.kind if isinstance(anchor, Slot) else ""
    return Line(phrase, phrase.of, phrase.head, slot, tags, onward, backward, frozenset(needs))


def _step(element: Element, steps: dict[Element, Step]) -> Step:
    """The step of an element, the same one for the same element."""
    if element not in steps:
        key = key_of(element)
        if isinstance(element, Slot):
            strange = element.kind == "place" and element.role in _SIDES
            steps[element] = Step(key, element.kind, element.role, strange)
        else:
            steps[element] = Step(key)
    return steps[element]


def _gaps(word: str) -> Iterator[str]:
    return (word[:at] + word[at + 1 :] for at in range(len(word)))


def _stands_alone(chars: str, start: int, end: int) -> bool:
    before, first, last, after = chars[start - 1 : start], chars[start], chars[end - 1], chars[end : end + 1]
    return not (_latin(before) and _latin(first)) and not (_latin(last) and (_latin(after) or after == "'"))


def _latin(char: str) -> bool:
    return char.isascii() and char.isalpha()
