"""The phrase files, compiled once: what each intent is said with, and the closed lists that every message knows."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

import yaml

from handlers.understand.phrases.grammar import Element, Rule, Slot, TemplateError, Word, patterns, words_of

# Every word is text: "no" and "on" are words here. The C loader is ten times faster where it was built.
_LOADER = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
_HERE = Path(__file__).parent
_SAID_AT_HOME = re.compile(r"([A-Z][A-Z0-9]{1,4}): (.+)", re.DOTALL)
HEAD, ALSO = "phrases", "also"


@dataclass(frozen=True, slots=True)
class Phrase:
    """One pattern of an intent or of a group that several intents share.

    `head` says that it names the intent; any other only may be said along with it. `tags` are what it says beside
    that ("reason=expired", "mark=damaged"). `id` names the line of the file ("transfer.create#zh/transfers.phrases3").
    `weak` ones ("~查") give way to any other reading of the same words.
    """

    of: str
    id: str
    elements: tuple[Element, ...]
    head: bool
    tags: frozenset[str] = frozenset()
    weak: bool = False

    @property
    def anchor(self) -> int:
        """Where its longest word stands: from there it is looked for in a message."""
        return max(range(len(self.elements)), key=lambda at: _weight(self.elements[at]))


@dataclass(frozen=True, slots=True)
class Example:
    """A sentence of a phrase file with what it means, in the notation of `explain.drawn`."""

    intent: str
    said: str
    home: str | None
    means: str
    where: str


@dataclass(frozen=True)
class Book:
    """All phrases. `classes` are the names under which a surface is known: a rule's, its own, or a closed list's.

    `frequent` are Chinese words in order of frequency, for messages in pinyin letters.
    """

    classes: Mapping[str, tuple[str, ...]]
    anchored: Mapping[str, tuple[Phrase, ...]]
    phrases: tuple[Phrase, ...]
    examples: tuple[Example, ...]
    spelling: Mapping[str, str]
    frequent: tuple[str, ...]

    @property
    def surfaces(self) -> tuple[str, ...]:
        """Every word that some phrase or list knows."""
        return tuple(self.classes)

    @property
    def spoken(self) -> tuple[str, ...]:
        """The words for messages in pinyin letters, in the order in which they are heard.

        Of words that sound alike the one that turns a message round comes first: deng wo is 等我, not 瞪我.
        """
        longer = (word for word in self.classes if len(word) > 1)
        turning = {word: any(map(is_blocking, classes)) for word, classes in self.classes.items()}
        return (*self.frequent, *sorted(longer, key=lambda word: (not turning[word], word)))

    def values(self, intent: str, slot: str) -> Mapping[str, str]:
        """What is said for each value of a slot of an intent, in so many words: {"车满了": "no_room"}."""
        found: dict[str, str] = {}
        for phrase in self.phrases:
            for tag in phrase.tags if phrase.of == intent else ():
                name, _, value = tag.partition("=")
                words = _words(phrase.elements[0], {}) if name == slot and len(phrase.elements) == 1 else ()
                found |= dict.fromkeys(words, value)
        return MappingProxyType(found)


def is_blocking(name: str) -> bool:
    """Whether a class is one of the closed lists that turn a message round."""
    return name.startswith("block_")


def _weight(element: Element) -> int:
    if isinstance(element, Word):
        return len(element.text) + 2
    return 1 if isinstance(element, Rule) else 0


@cache
def load(learned: tuple[tuple[str, str], ...] = ()) -> Book:
    """The book of the files beside this module, with (intent, phrase) pairs that were learned in the chain.

    Raises TemplateError for a line that cannot be read.
    """
    return book(sorted(_HERE.rglob("*.yaml")), learned)


def book(files: Iterable[Path], learned: Sequence[tuple[str, str]] = ()) -> Book:
    """A book made of phrase files, and of (intent, template) pairs that were learned in the chain."""
    read = [(path, yaml.load(path.read_text(encoding="utf-8"), Loader=_LOADER) or {}) for path in files]
    rules = {name: _listed(words) for _, file in read for name, words in (file.get("rules") or {}).items()}
    found: list[Phrase] = []
    examples: list[Example] = []
    for path, file in read:
        where = f"{path.parent.name}/{path.stem}" if path.parent != _HERE else path.stem
        for section in ("intents", "groups"):
            for name, said in (file.get(section) or {}).items():
                found += _phrases(name, said, where, rules)
                examples += _examples(name, said, where)
    for at, (intent, template) in enumerate(learned):
        found += _of_template(intent, f"{intent}#learned{at}", template, rules, head=True)
    spelling = {wrong: right for _, file in read for wrong, right in (file.get("spelling") or {}).items()}
    frequent = [word for _, file in read for word in file.get("frequent") or ()]
    return _compiled(found, rules, [file.get("lists") or {} for _, file in read], examples, spelling, frequent)


def _compiled(
    found: Sequence[Phrase],
    rules: Mapping[str, str],
    lists: Sequence[Mapping[str, Any]],
    examples: list[Example],
    spelling: Mapping[str, str],
    frequent: Sequence[str],
) -> Book:
    classes: dict[str, dict[str, None]] = defaultdict(dict)
    for file in lists:
        for name, words in file.items():
            for word in words if isinstance(words, list) else words_of(words) or ():
                classes[str(word)][name] = None
    anchored: dict[str, list[Phrase]] = defaultdict(list)
    for phrase in found:
        for element in phrase.elements:
            for word in _words(element, rules):
                classes[word][key_of(element)] = None
        anchored[key_of(phrase.elements[phrase.anchor])].append(phrase)
    return Book(
        MappingProxyType({word: tuple(names) for word, names in classes.items()}),
        MappingProxyType({key: tuple(phrases) for key, phrases in anchored.items()}),
        tuple(found),
        tuple(examples),
        MappingProxyType(dict(spelling)),
        tuple(frequent),
    )


def _words(element: Element, rules: Mapping[str, str]) -> tuple[str, ...]:
    """The words that an element stands for."""
    if isinstance(element, Word):
        return (element.text,)
    if isinstance(element, Rule):
        return words_of(rules.get(element.name, element.name)) or ()
    return ()


def key_of(element: Element) -> str:
    """The class under which an element is looked for."""
    if isinstance(element, Word):
        return "=" + element.text
    return f"<{element.name}>" if isinstance(element, Rule) else f"{{{element.kind}}}"


def _phrases(name: str, said: Mapping[str, Any], where: str, rules: Mapping[str, str]) -> Iterator[Phrase]:
    for section in (HEAD, ALSO):
        for at, template in enumerate(said.get(section) or ()):
            yield from _of_template(name, f"{name}#{where}.{section}{at + 1}", template, rules, head=section == HEAD)
    for tag, templates in _tagged(said.get("values") or {}):
        for template in templates:
            yield from _of_template(name, f"{name}#{where}.{tag}", template, rules, head=False, tag=tag)
    for tag, templates in _tagged(said.get("heads") or {}):
        for template in templates:
            yield from _of_template(name, f"{name}#{where}.{tag}", template, rules, head=True, tag=tag)


def _tagged(values: Mapping[str, Any]) -> Iterator[tuple[str, list[str]]]:
    """Slot, value and templates: {reason: {expired: [过期, ...]}} gives ("reason=expired", [...])."""
    for slot, by_value in values.items():
        for value, templates in by_value.items():
            yield f"{slot}={value}", templates if isinstance(templates, list) else [templates]


def _of_template(
    name: str, phrase_id: str, template: Any, rules: Mapping[str, str], *, head: bool, tag: str = ""
) -> Iterator[Phrase]:
    tags = frozenset({tag} if tag else ())
    weak = str(template).startswith("~")
    for elements in patterns(str(template).removeprefix("~"), rules):
        if all(isinstance(element, Slot) for element in elements) and (head or len(elements) > 1):
            raise TemplateError(f"{phrase_id}: {template!r} has a way without any word")
        yield Phrase(name, phrase_id, elements, head, tags, weak)


def _examples(name: str, said: Mapping[str, Any], where: str) -> Iterator[Example]:
    for text, means in (said.get("examples") or {}).items():
        somewhere = _SAID_AT_HOME.fullmatch(str(text))
        home, words = (somewhere[1], somewhere[2]) if somewhere else (None, str(text))
        yield Example(name, words, home, str(means), where)


def _listed(words: Any) -> str:
    return "|".join(map(str, words)) if isinstance(words, list) else str(words)
