"""An endless stream of messages with known truth: the labelled sets and the phrase list, each changed in some ways."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cache
from random import Random

from tests.understanding.breakers import BREAKS, changes_something
from tests.understanding.drawing import drawn
from tests.understanding.invariant import CHARACTERS, CLAUSES, Change
from tests.understanding.names import names
from tests.understanding.noise import NOISE
from tests.understanding.phrase_list import NEVER, Template, templates
from tests.understanding.pieces import Draft, Role, Row
from tests.understanding.renaming import SETS, WORLDS
from tests.understanding.sets import labelled


class Kind(StrEnum):
    """What a message has to come to, after what was done to it."""

    PLAIN = "plain"  # as it was
    SAME = "same"  # the same as before
    NOISY = "noisy"  # what is right, or a question
    BROKEN = "broken"  # no complete change


@dataclass(frozen=True, slots=True)
class Case:
    """A message, the one that it was made of, and what it has to come to."""

    number: int
    kind: Kind
    draft: Draft
    before: Draft


_SHARES = {Kind.PLAIN: 0.1, Kind.SAME: 0.4, Kind.NOISY: 0.25, Kind.BROKEN: 0.25}
_FROM_PHRASES = 0.55
_ORDERLY = 0.1
"""So many of the messages that have to stay the same have parts or rows that may change places."""
_RENAMED = "renamed"
_DANGLING = frozenset({"pinyin", "typo", "homophone", "trad", "voice", "dialect"})
"""Tags of messages that sound like a name, but do not have it: they cannot be renamed."""


def stream(seed: int, count: int, first: int = 0, phrases_only: bool = False) -> Iterator[Case]:
    """So many messages from this number on; the same ones for the same seed."""
    for number in range(first, first + count):
        rng = Random(f"{seed} {number}")
        kind = rng.choices(list(_SHARES), list(_SHARES.values()))[0]
        orderly = kind is Kind.SAME and rng.random() < _ORDERLY
        before = drawn(rng.choice(_movable()), rng) if orderly else _origin(rng, phrases_only)
        while kind is Kind.BROKEN and (not changes_something(before) or NEVER in before.tags):
            before = _origin(rng, phrases_only)
        draft = changed(before, kind, rng)
        yield Case(number, kind if draft.changes else Kind.PLAIN, draft, before)


def changed(draft: Draft, kind: Kind, rng: Random) -> Draft:
    """The message after some changes of that kind."""
    if kind is Kind.PLAIN:
        return draft
    if kind is Kind.SAME and rng.random() < 0.35 and not draft.tags & _DANGLING:
        draft = replace(draft, world=rng.randint(1, WORLDS), changes=(_RENAMED,))
    first: Mapping[str, Change] = {Kind.NOISY: NOISE, Kind.BROKEN: BREAKS}.get(kind, CLAUSES)
    draft = _applied(draft, first, rng, tries=6)
    if not draft.changes:
        return draft if kind is not Kind.SAME else _applied(draft, CHARACTERS, rng, tries=6)
    if rng.random() < 0.3:
        draft = _applied(draft, CLAUSES, rng, tries=1, without="redrawn")
    return _applied(draft, CHARACTERS, rng, tries=1) if rng.random() < 0.3 else draft


def _applied(draft: Draft, changes: Mapping[str, Change], rng: Random, tries: int, without: str = "") -> Draft:
    """The message after the first of these changes that has something to change."""
    movable = "reordered" in changes and any(piece.role in (Role.BORDER, Role.ROW) for piece in draft.pieces)
    for _ in range(tries):
        name = rng.choice([name for name in changes if name != without])
        if movable and rng.random() < 0.5:
            name = "reordered"
        done = changes[name](draft, rng)
        if done is not None and done.text != draft.text:
            return replace(done, changes=(*draft.changes, name))
    return draft


def _origin(rng: Random, phrases_only: bool) -> Draft:
    if phrases_only or rng.random() < _FROM_PHRASES:
        return drawn(rng.choice(templates()), rng)
    return rng.choice(_labelled())


@cache
def _movable() -> tuple[Template, ...]:
    """The templates whose parts may change places."""
    return tuple(one for one in templates() if "|" in one.text or "{table}" in one.text)


@cache
def _labelled() -> tuple[Draft, ...]:
    """Every message of the labelled sets."""
    return tuple(_draft(name, row) for name in SETS for row in labelled(name))


def _draft(name: str, row: Row) -> Draft:
    return Draft(
        names().scanned(row["text"]),
        row["user"],
        row["expect"],
        f"{name}:{row['id']}",
        row["lang"],
        dialog=f"{name}:{row['dialog']}" if "dialog" in row else None,
        turn=row.get("turn", 0),
        alternatives=tuple(row.get("alt_intents", ())),
        tags=frozenset(row["tags"]),
    )


@cache
def said_before(dialog: str, turn: int) -> tuple[Draft, ...]:
    """The messages of a dialogue before this one."""
    return tuple(
        sorted((one for one in _labelled() if one.dialog == dialog and one.turn < turn), key=lambda one: one.turn)
    )
