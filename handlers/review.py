"""What was not understood, or not as it was meant: kept when it is said, gone through by those who may teach.

Keeping is one insert beside the answer. The same words, said by several people, are one thing to decide on.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby

from sqlalchemy import ColumnElement, func, insert, select, text
from sqlmodel import col

from core.goods.surfaces import folded
from core.ground.work import Work, picked
from data.kinds import InboxKind, LearnedKind, ReviewCause, ReviewState
from data.statements import Statement, given
from data.tables.base import table_of
from data.tables.conversation import REVIEW_OPEN, Card, Inbox, Pending
from data.tables.conversation import Review as Row
from handlers.pending import LASTS
from handlers.understand.injected import is_injected
from handlers.understand.normalise import legible, normalise, plain
from handlers.understand.reading import Intent, Reading, SaidLine, Slots

MOST_A_DAY = 20
"""How much is kept of one person in a day: nobody can fill the list alone."""
MOST_LOOKED_AT = 500
LONGEST = 200
UNKNOWN_NAMES = {"unknown_product": LearnedKind.ALIAS_PRODUCT, "unknown_place": LearnedKind.ALIAS_PLACE}
_A_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Note:
    """Something to keep. `words` name nothing, and could be learned as `kind`; `offers` are codes much like them."""

    cause: ReviewCause
    said: str
    reading: Reading
    kind: LearnedKind | None = None
    words: str = ""
    offers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Entry:
    """Something that was kept, as it stands."""

    id: int
    cause: ReviewCause
    kind: LearnedKind | None
    words: str
    said: str
    reading: str
    offers: str
    person_id: int
    chat_id: int
    said_at: datetime
    state: ReviewState
    version: int
    learned_id: int | None
    closed_by_id: int | None
    closed_at: datetime | None

    def understood(self) -> Reading:
        """What was understood of it."""
        return Reading.from_json(self.reading)

    @property
    def same(self) -> tuple[str, str]:
        """What entries have in common that are one thing to decide on."""
        return (self.kind.value, self.words) if self.kind else (self.cause.value, folded(self.said))


def not_understood(said: str, reading: Reading, before: Reading | None = None) -> Note | None:
    """What could be learned from a message: a name that nothing has, or words that say nothing; None where nothing.

    What the open question `before` asks already was kept when it was asked.
    """
    if field := _unknown_field(reading):
        kind, words = UNKNOWN_NAMES[reading.problems[field]], plain(reading.heard[field])
        asked = _unknown_field(before) if before else None
        if before and asked and plain(before.heard[asked]) == words:
            return None
        return _note(Note(ReviewCause.UNKNOWN, said, reading, kind, words, reading.candidates.get(field, ())))
    if reading.intent is not Intent.UNKNOWN or reading.problems.get("intent", "left_over") != "left_over":
        return None
    if len(reading.unread) != 1:
        return _note(Note(ReviewCause.UNKNOWN, said, reading))
    words, offers = plain(reading.unread[0]), reading.candidates.get("intent", ())
    return _note(Note(ReviewCause.UNKNOWN, said, reading, LearnedKind.PHRASE, words, offers))


def cancelled(said: str, reading: Reading) -> Note | None:
    """A question or a change that was put away. What a question did not know was kept when it was asked."""
    return None if _unknown_field(reading) else _note(Note(ReviewCause.CANCELLED, said, reading))


def corrected(said: str, before: Reading, after: Reading) -> Note | None:
    """A whole change that was said again in part; None for another change, and for the answer to a question."""
    if not before.complete or before.slots == after.slots or before.intent is not after.intent:
        return None
    return _note(Note(ReviewCause.CORRECTED, said, before)) if _are_alike(before.slots, after.slots) else None


def _note(note: Note) -> Note | None:
    """The note as it is kept; of code and orders to a machine nothing is."""
    said = legible(note.said)[:LONGEST]
    if not said or is_injected(normalise(note.said).chars):
        return None
    return Note(note.cause, said, note.reading, note.kind, note.words, note.offers)


def _unknown_field(reading: Reading) -> str | None:
    """The first field for which a name was said that nothing has."""
    asked = (name for name in reading.missing if reading.problems.get(name) in UNKNOWN_NAMES)
    return next((name for name in asked if name in reading.heard), None)


def _are_alike(before: Slots, after: Slots) -> bool:
    """Whether a request is the other one with a part of it changed."""
    if before.lines == after.lines:
        return True
    ends = (before.source, before.target, before.document), (after.source, after.target, after.document)
    if ends[0] != ends[1] or len(before.lines) != len(after.lines):
        return False
    pairs = list(zip(before.lines, after.lines, strict=True))
    return bool(pairs) and all(one.sku == other.sku or _said(one) == _said(other) for one, other in pairs)


def _said(line: SaidLine) -> tuple[object, str | None]:
    return line.number, line.unit


_COLUMNS = (
    "cause",
    "kind",
    "words",
    "said",
    "reading",
    "offers",
    "person_id",
    "chat_id",
    "said_at",
    "state",
    "version",
)
_lately = select(func.count(col(Row.id))).where(
    col(Row.person_id) == given("person_id"), col(Row.said_at) > given("since")
)
_given = (given(name, table_of(Row).c[name].type).label(name) for name in _COLUMNS)
_KEEP = Statement(
    insert(table_of(Row)).from_select(_COLUMNS, select(*_given).where(_lately.scalar_subquery() < MOST_A_DAY))
)
_BEFORE = Statement(
    select(col(Inbox.text))
    .where(
        col(Inbox.chat_id) == given("chat_id"),
        col(Inbox.person_id) == given("person_id"),
        col(Inbox.kind) == InboxKind.MESSAGE,
        col(Inbox.id) < given("inbox_id"),
    )
    .order_by(col(Inbox.received_at).desc(), col(Inbox.id).desc())
    .limit(1)
)


def keep(work: Work, chat_id: int, note: Note) -> None:
    """Keep a note of who acts, unless there are enough of theirs from this day."""
    words = {"kind": note.kind, "words": note.words, "said": note.said}
    read = {"reading": note.reading.to_json(), "offers": json.dumps(note.offers)}
    whose = {"person_id": work.who.id, "chat_id": chat_id, "said_at": work.now, "since": work.now - _A_DAY}
    work.run(_KEEP, cause=note.cause, state=ReviewState.OPEN, version=1, **words, **read, **whose)


def said_before(work: Work, chat_id: int, person_id: int, inbox_id: int) -> str:
    """What somebody wrote last in a chat before this."""
    row = work.one(_BEFORE, chat_id=chat_id, person_id=person_id, inbox_id=inbox_id)
    return row[0] if row else ""


# Going through it.

_ENTRY = picked(Row, Entry)


def entry(work: Work, review_id: int) -> Entry:
    """An entry by id. Raises LookupError when there is none."""
    found = work.record(Entry, _ENTRY.where(col(Row.id) == review_id))
    if found is None:
        raise LookupError(f"no review {review_id}")
    return found


def open_groups(work: Work) -> list[list[Entry]]:
    """What is open, the newest first; what is the same stands together."""
    query = _ENTRY.where(text(f"review.{REVIEW_OPEN}")).order_by(col(Row.id).desc()).limit(MOST_LOOKED_AT)
    found = work.records(Entry, query)
    newest: dict[tuple[str, str], int] = {}
    for one in found:
        newest.setdefault(one.same, one.id)
    ordered = sorted(found, key=lambda one: (-newest[one.same], -one.id))
    return [list(group) for _, group in groupby(ordered, key=lambda one: one.same)]


def lately_learned(work: Work, most: int) -> list[Entry]:
    """An entry for each of the newest things that were learned and still hold, the newest first."""
    newest = select(func.max(col(Row.id))).where(col(Row.state) == ReviewState.DONE).group_by(col(Row.learned_id))
    query = _ENTRY.where(col(Row.id).in_(newest)).order_by(col(Row.closed_at).desc(), col(Row.id).desc())
    return work.records(Entry, query.limit(most))


def group_of(work: Work, found: Entry) -> list[Entry]:
    """An entry with all that are the same and stand as it does, the newest first."""
    if found.learned_id is not None:
        return work.records(Entry, _ENTRY.where(col(Row.learned_id) == found.learned_id).order_by(col(Row.id).desc()))
    where = (col(Row.words) == found.words, col(Row.kind).is_not_distinct_from(found.kind))
    query = _ENTRY.where(col(Row.state) == found.state, *where).order_by(col(Row.id).desc()).limit(MOST_LOOKED_AT)
    return [one for one in work.records(Entry, query) if one.same == found.same and one.closed_at == found.closed_at]


def close(work: Work, found: Entry, state: ReviewState, learned_id: int | None = None) -> None:
    """End an open entry and all that are the same."""
    ends = {"state": state, "learned_id": learned_id, "closed_by_id": work.who.id, "closed_at": work.now}
    _change(work, [one.id for one in group_of(work, found)], **ends)


def reopen(work: Work, learned_id: int) -> None:
    """What was learned holds no longer: what it was learned from is open again."""
    ids = [row[0] for row in work.all(select(col(Row.id)).where(col(Row.learned_id) == learned_id))]
    ends = {"state": ReviewState.OPEN, "learned_id": None, "closed_by_id": None, "closed_at": None}
    _change(work, [int(one or 0) for one in ids], **ends)


def _change(work: Work, ids: Sequence[int], **columns: object) -> None:
    """Change entries, and have their cards drawn anew."""
    these: ColumnElement[bool] = col(Row.id).in_(ids)
    work.change(Row, these, version=col(Row.version) + 1, **columns)
    work.change(Card, col(Card.review_id).in_(ids), wanted_version=col(Card.wanted_version) + 1)


def offers(work: Work, group: Sequence[Entry]) -> tuple[str, ...]:
    """The codes that the words of a group may stand for, the likeliest first.

    First what those who said them made of them: how they answered the question, or what they said in its place.
    """
    meant = Counter(code for one in group[:10] for code in _meant(work, one))
    near = (code for one in group for code in json.loads(one.offers))
    return tuple(dict.fromkeys([*(code for code, _ in meant.most_common()), *near]))


def _meant(work: Work, one: Entry) -> set[str]:
    """What stands in its place in what the same person asked for within a quarter of an hour."""
    before = one.understood()
    field = _unknown_field(before)
    if field is None:
        return set()
    # A question that was opened at a moment ends `LASTS` after it.
    soon = (col(Pending.expires_at) >= one.said_at + LASTS, col(Pending.expires_at) <= one.said_at + 2 * LASTS)
    theirs = (col(Pending.chat_id) == one.chat_id, col(Pending.person_id) == one.person_id)
    rows = work.all(select(col(Pending.reading)).where(*theirs, *soon).order_by(col(Pending.id)).limit(5))
    return {code for row in rows for code in _in_its_place(field, before.slots, Reading.from_json(row[0]).slots)}


def _in_its_place(field: str, before: Slots, after: Slots) -> set[str]:
    """The product of the same amount, or the place on the same side."""
    if not field.endswith(".sku"):
        slot = {"from": after.source, "to": after.target}.get(field, after.place)
        return {slot} if slot else set()
    at = int(field.split(".")[1])
    if not field.startswith("lines.") or at >= len(before.lines):
        return set()
    found = {line.sku for line in after.lines if line.sku and _said(line) == _said(before.lines[at])}
    return found if len(found) == 1 else set()
