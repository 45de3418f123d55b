"""Finds the words of the phrase files in a message, and puts right a slip of the finger in an English one."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from string import ascii_letters

import ahocorasick_rs
from rapidfuzz.distance import OSA

from handlers.understand.names.sounds import heard
from handlers.understand.phrases.book import Book, Phrase, is_blocking, key_of
from handlers.understand.phrases.grammar import Element, Slot
from handlers.understand.pieces import Kind
from handlers.understand.reading import WRITES

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

    `begins` and `ends` say that it does so with a Latin letter, over which no Latin word may go on. `turns` ones turn a
    message round, `past` ones tell of something as done; a `verb` alone names an intent that changes something; one
    character (爆, 退) does not. `listed` is what it is in the closed lists, `places` are those of places that it is in.
    `lines` are by what they are of; `names` is what it may name by itself, `heads` what with further keys, by one of
    these.
    """

    surface: str
    classes: tuple[str, ...]
    keys: frozenset[str]
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
    heads: Mapping[str, tuple[tuple[str, frozenset[str]], ...]]

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
        steps: dict[Element, Step] = {}
        lines = {key: tuple(_line(one, steps) for one in phrases) for key, phrases in book.anchored.items()}
        alike = {classes: _known(classes, _anchored(classes, lines)) for classes in set(book.classes.values())}
        self._known = tuple(_spelt(surface, alike[classes]) for surface, classes in book.classes.items())
        self._automaton = ahocorasick_rs.AhoCorasick([known.surface for known in self._known])
        self.of_slots: dict[str, dict[str, list[Line]]] = defaultdict(lambda: defaultdict(list))
        for line in (line for key, found in lines.items() if key.startswith("{") for line in found):
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


def _anchored(classes: Sequence[str], lines: Mapping[str, tuple[Line, ...]]) -> dict[str, tuple[Line, ...]]:
    """The phrases that are looked for by a word of these classes, by what they are of."""
    found: dict[str, list[Line]] = defaultdict(list)
    for line in (line for name in classes for line in lines.get(name, ())):
        found[line.of].append(line)
    return {of: tuple(its) for of, its in found.items()}


def _known(classes: tuple[str, ...], lines: Mapping[str, tuple[Line, ...]]) -> Known:
    """What all words of the same classes have in common, which most words are: it is worked out once."""
    keys = frozenset(classes)
    verb = any(_is_verb(line.phrase) for its in lines.values() for line in its)
    naming = {(line.of, line.needs) for its in lines.values() for line in its if line.head}
    names = frozenset(of for of, needs in naming if not needs)
    heads: dict[str, list[tuple[str, frozenset[str]]]] = defaultdict(list)
    for of, needs in naming:
        if of not in names:
            heads[min(needs, key=_how_common)].append((of, needs))
    filler, turns, past = "filler" in keys, not keys.isdisjoint(_TURNS), "block_past" in keys
    places = tuple(name for name in classes if name in _PLACE_LISTS)
    listed = _listed(classes)
    return Known(
        "", classes, keys, filler, False, False, turns, past, verb, listed, places, lines, names, _fixed(heads)
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
        known.heads,
    )


def _how_common(key: str) -> tuple[bool, str]:
    """Slots stand in most messages, words in few."""
    return key.startswith("{"), key


def _fixed(
    heads: Mapping[str, list[tuple[str, frozenset[str]]]],
) -> dict[str, tuple[tuple[str, frozenset[str]], ...]]:
    return {key: tuple(found) for key, found in heads.items()}


def _listed(classes: Sequence[str]) -> tuple[Listed, ...]:
    """What a word of these classes is in the closed lists."""
    tagged = (
        (kind, cost, frozenset(name for name in classes if name.startswith(names))) for kind, cost, names in _LISTS
    )
    return tuple(one for one in tagged if one[2])


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
