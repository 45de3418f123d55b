"""Checks the phrase files: every example read again, and phrases that fit the same words and say different things."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from bot.world import World
from handlers.understand.analysis import Analysis
from handlers.understand.contenders import analyses
from handlers.understand.explain import drawn
from handlers.understand.frames import FRAMES
from handlers.understand.names.lexicon import Lexicon
from handlers.understand.normalise import normalise
from handlers.understand.phrases.book import Book, Example, Phrase
from handlers.understand.phrases.grammar import Element, Rule, Slot, Word
from handlers.understand.reading import Context, Reading
from handlers.understand.understand import board_of, understand

INTENT, SIDES = "intent", "sides"
_BY_THEMSELVES = frozenset(intent.value for intent in FRAMES)


@dataclass(frozen=True, slots=True)
class Rerun:
    """An example and what it is understood as now."""

    example: Example
    reading: Reading

    @property
    def means(self) -> str:
        """What it means now, in the notation of the examples; another intent than its line is under is said first."""
        intent = self.reading.intent.value
        return drawn(self.reading) if intent == self.example.intent else f"{intent}: {drawn(self.reading)}".rstrip()

    @property
    def good(self) -> bool:
        """Whether it means what its line says."""
        return self.means == self.example.means


@dataclass(frozen=True, slots=True)
class Conflict:
    """Two phrases that the same words fit. `said` are such words.

    `over` is what the two differ in: INTENT, SIDES, or the slot that each gives another value.
    """

    first: str
    second: str
    said: str
    over: str


def reruns(book: Book, world: World, lexicon: Lexicon) -> Iterator[Rerun]:
    """Every example, read in a chat of somebody at the home that it names."""
    for example in book.examples:
        yield Rerun(example, understand(example.said, at_home(world, example.home), lexicon))


def at_home(world: World, home: str | None) -> Context:
    """The context of somebody who works at this place, or at none. Raises KeyError for a place that is not there."""
    kind = world.catalogue.place_by_code[home].kind if home else None
    return Context(home, kind, "zh", today=world.today, documents=world.documents)


def readings(text: str, context: Context, lexicon: Lexicon) -> list[Analysis]:
    """Every intent that something in a message names, the one that explains it best first."""
    return analyses(board_of(normalise(text), context, lexicon))


def conflicts(book: Book) -> list[Conflict]:
    """Pairs of phrases that fit the same words and name two intents, or one intent with other values or sides.

    Those that decide what moves come first. Two intents may share words where goods or places tell them apart.
    Only phrases whose parts stand one to one are compared: what one says in two words and another in one is not seen.
    """
    words = _words_of_rules(book)
    found: dict[tuple[str, str], Conflict] = {}
    for alike in _alike(book.phrases, words):
        for one, other in combinations(alike, 2):
            pair = (min(one.id, other.id), max(one.id, other.id))
            if pair in found or not (over := _over(one, other)):
                continue
            shared = [_shared(a, b, words) for a, b in zip(one.elements, other.elements, strict=True)]
            if all(shared):
                found[pair] = Conflict(*pair, " ".join(min(choices) for choices in shared), over)
    return sorted(found.values(), key=lambda one: (one.over == INTENT, one.first, one.second))


def _words_of_rules(book: Book) -> Mapping[str, frozenset[str]]:
    """The words of each rule by its name."""
    found: dict[str, set[str]] = defaultdict(set)
    for word, names in book.classes.items():
        for name in names:
            if name.startswith("<"):
                found[name[1:-1]].add(word)
    return {name: frozenset(words) for name, words in found.items()}


def _choices(element: Element, words: Mapping[str, frozenset[str]]) -> frozenset[str]:
    """What can be said for an element: its words, or for a slot its kind."""
    if isinstance(element, Word):
        return frozenset({element.text})
    return words.get(element.name, frozenset()) if isinstance(element, Rule) else frozenset({f"{{{element.kind}}}"})


def _shared(one: Element, other: Element, words: Mapping[str, frozenset[str]]) -> frozenset[str]:
    return _choices(one, words) & _choices(other, words)


def _alike(phrases: Sequence[Phrase], words: Mapping[str, frozenset[str]]) -> Iterator[Sequence[Phrase]]:
    """Phrases with slots of the same kinds at the same places, and their first words in common."""
    found: dict[tuple[object, ...], dict[Phrase, None]] = defaultdict(dict)
    for phrase in phrases:
        shape = tuple(element.kind if isinstance(element, Slot) else "" for element in phrase.elements)
        first = next((element for element in phrase.elements if not isinstance(element, Slot)), None)
        for word in _choices(first, words) if first else ("",):
            found[(*shape, word)][phrase] = None
    return (tuple(alike) for alike in found.values())


def _over(one: Phrase, other: Phrase) -> str:
    """What two phrases differ in that the same words fit; nothing where both may well be meant at once."""
    if one.of != other.of:
        apart = not {one.of, other.of} <= _BY_THEMSELVES  # an answer is only heard while a question is open
        return INTENT if one.head and other.head and not apart else ""
    mine, theirs = dict(tag.split("=", 1) for tag in one.tags), dict(tag.split("=", 1) for tag in other.tags)
    if differing := [slot for slot, value in mine.items() if theirs.get(slot, value) != value]:
        return differing[0]
    return SIDES if _roles(one) != _roles(other) else ""


def _roles(phrase: Phrase) -> list[str]:
    return [element.role for element in phrase.elements if isinstance(element, Slot)]
