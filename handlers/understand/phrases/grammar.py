"""Reads one phrase template: `[optional]`, `(one|or another)`, `{slot:role}`, `<rule>`, and plain words between.

A template becomes patterns: every way through what is optional in it, as a row of elements. A choice between plain
words stays one element. Fillers ("一下", "please") may stand between two elements, never inside a word. The syntax is
a part of hassil's (github.com/OHF-Voice/hassil).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product

MOST_WAYS = 500
"""No template may have more ways through its choices than this."""
_PART = re.compile(r"\s*([\[\]()|]|<[a-z_]+>|\{[a-z]+(?::[a-z_]+)?\}|[^\[\]()|<>{}]+)")


@dataclass(frozen=True, slots=True)
class Word:
    """Something said word by word."""

    text: str


@dataclass(frozen=True, slots=True)
class Rule:
    """Any one of some words: a named rule's, or those of a choice, which is its own name ("调|拨|运")."""

    name: str


@dataclass(frozen=True, slots=True)
class Slot:
    """Something of a kind ("place", "amount", "product", ...), with the role that it has there ("from", "to")."""

    kind: str
    role: str = ""


Element = Word | Rule | Slot
Pattern = tuple[Element, ...]


class TemplateError(ValueError):
    """A template that cannot be read: what is wrong with it, and where."""


def patterns(template: str, rules: Mapping[str, str]) -> list[Pattern]:
    """Every way through a template. A rule whose ways are all plain words stays a Rule; any other is written out.

    Raises TemplateError for brackets that do not match, a rule that is not there, or more than MOST_WAYS ways.
    """
    parts = _parts(template)
    ways, at = _choices(parts, 0, template, rules)
    if at != len(parts):
        raise TemplateError(f"{parts[at]!r} closes nothing in {template!r}")
    joined = dict.fromkeys(_joined(way) for way in ways)
    return [way for way in joined if way]


def words_of(rule: str) -> tuple[str, ...] | None:
    """The words of a rule that is a plain list of them ("调|拨|运"); None for one with any other syntax."""
    return None if re.search(r"[\[\]()<>{}]", rule) else tuple(word.strip() for word in rule.split("|") if word.strip())


def _parts(template: str) -> list[str]:
    found, at = [], 0
    while at < len(template.rstrip()):
        match = _PART.match(template, at)
        if match is None:
            raise TemplateError(f"cannot read {template[at:]!r} of {template!r}")
        found.append(match[1])
        at = match.end()
    return found


def _choices(
    parts: Sequence[str], at: int, template: str, rules: Mapping[str, str]
) -> tuple[list[tuple[Element, ...]], int]:
    """Alternatives from `at` up to the bracket that closes them."""
    ways: list[tuple[Element, ...]] = []
    rows: list[list[tuple[Element, ...]]] = []
    while at < len(parts) and parts[at] not in ("]", ")"):
        part = parts[at]
        at += 1
        if part == "|":
            ways += _multiplied(rows, template)
            rows = []
        elif part in ("[", "("):
            inner, at = _choices(parts, at, template, rules)
            if at == len(parts) or parts[at] != ("]" if part == "[" else ")"):
                raise TemplateError(f"{part!r} is not closed in {template!r}")
            at += 1
            inner = _one_of(inner)
            rows.append([*inner, ()] if part == "[" else inner)
        else:
            rows.append(_ways_of(part, template, rules))
    ways += _multiplied(rows, template)
    return ways, at


def _one_of(ways: list[tuple[Element, ...]]) -> list[tuple[Element, ...]]:
    """A choice between plain words as one element; any other choice as it is."""
    words = [way[0].text.strip() for way in ways if len(way) == 1 and isinstance(way[0], Word)]
    return [(Rule("|".join(words)),)] if len(words) == len(ways) > 1 else ways


def _ways_of(part: str, template: str, rules: Mapping[str, str]) -> list[tuple[Element, ...]]:
    if part.startswith("{"):
        kind, _, role = part[1:-1].partition(":")
        return [(Slot(kind, role),)]
    if not part.startswith("<"):
        return [(Word(part),)]
    name = part[1:-1]
    if name not in rules:
        raise TemplateError(f"there is no rule {part} for {template!r}")
    return [(Rule(name),)] if words_of(rules[name]) is not None else list(patterns(rules[name], rules))


def _multiplied(rows: Sequence[Sequence[tuple[Element, ...]]], template: str) -> list[tuple[Element, ...]]:
    count = 1
    for row in rows:
        count *= len(row)
    if count > MOST_WAYS:
        raise TemplateError(f"{count} ways through {template!r}, at most {MOST_WAYS}")
    return [tuple(element for piece in way for element in piece) for way in product(*rows)]


def _joined(way: Sequence[Element]) -> Pattern:
    """The elements with neighbouring words made one: they are said side by side."""
    found: list[Element] = []
    for element in way:
        last = found[-1] if found else None
        if isinstance(element, Word) and isinstance(last, Word):
            found[-1] = Word(last.text + element.text)
        else:
            found.append(element)
    spoken = (Word(" ".join(one.text.split())) if isinstance(one, Word) else one for one in found)
    return tuple(one for one in spoken if not (isinstance(one, Word) and not one.text))
