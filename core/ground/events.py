"""What happened and is to be told: rows that a command writes in its own commit and the notifier takes once."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from operator import itemgetter

from sqlalchemy import Integer, insert, select, text, update
from sqlalchemy.orm import aliased
from sqlmodel import col

from core.ground.work import Work
from data.kinds import EventState
from data.statements import Statement, given, given_columns
from data.tables.base import table_of
from data.tables.ground import Event

MOST_TRIES = 5
TAKEN_FOR = timedelta(seconds=30)
_IS_NEW = text("event.state = 'new'")  # in the words of the partial index
_UNTRIED = {"state": EventState.NEW, "attempts": 0}
_ADD = Statement(insert(table_of(Event)).values({**given_columns(Event), **_UNTRIED}))
_DUE = (_IS_NEW, col(Event.next_at) <= given("now"))
_ANY_DUE = Statement(select(col(Event.id)).where(*_DUE).limit(1))
_EARLIER = aliased(Event, name="earlier")
_EARLIER_OF_IT = (text("earlier.state = 'new'"), col(_EARLIER.document_id) == col(Event.document_id))
_IS_FIRST = ~select(col(_EARLIER.id)).where(*_EARLIER_OF_IT, col(_EARLIER.id) < col(Event.id)).exists()
_OLDEST = select(col(Event.id)).where(*_DUE, _IS_FIRST).order_by(col(Event.id)).limit(given("most", Integer))
_ABOUT = (col(Event.kind), col(Event.document_id), col(Event.facts))
_TAKE = Statement(
    update(table_of(Event))
    .where(col(Event.id).in_(_OLDEST.with_for_update(skip_locked=True)))
    .values(next_at=given("until"))
    .returning(col(Event.id), *_ABOUT, col(Event.attempts), col(Event.trace))
)
_STILL_NEW = (col(Event.id) == given("event_id"), col(Event.state) == EventState.NEW)
_TOLD = Statement(update(table_of(Event)).where(*_STILL_NEW).values(state=EventState.DONE))


@dataclass(frozen=True, slots=True)
class Happened:
    """One event: its kind ("transfer.approve"), the document it is about, and facts by name."""

    kind: str
    document_id: int | None = None
    facts: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class NewEvent:
    """An event that nobody has told yet, how often that was tried, and the key of the message it came of."""

    id: int
    happened: Happened
    attempts: int = 0
    trace: str | None = None


def add_events(work: Work, events: Sequence[Happened]) -> None:
    """Write events beside the change they tell of, with who acted (`actor_id`) among their facts."""
    for event in events:
        work.run(
            _ADD,
            kind=event.kind,
            document_id=event.document_id,
            facts=json.dumps({**event.facts, "actor_id": work.who.id}, ensure_ascii=False),
            next_at=work.now,
            happened_at=work.now,
            trace=work.trace,
        )


def are_there_new_events(work: Work) -> bool:
    """Whether anything is to be told now."""
    return work.one(_ANY_DUE, now=work.now) is not None


def take_events(work: Work, most: int = 20) -> list[NewEvent]:
    """Take the oldest events that are to be told now, at most `most`; of a document only its first, to keep the order.

    Nobody else gets them for `TAKEN_FOR`: who words them has to `mark_told` or `not_told` by then.
    """
    rows = work.rows(_TAKE, now=work.now, most=most, until=work.now + TAKEN_FOR)
    return [
        NewEvent(int(event_id or 0), Happened(kind, document_id, json.loads(facts)), attempts, trace)
        for event_id, kind, document_id, facts, attempts, trace in sorted(rows, key=itemgetter(0))
    ]


def mark_told(work: Work, event_id: int) -> bool:
    """Mark an event as told; whether it still was new. Its messages go out in the same transaction, or not at all."""
    return work.run(_TOLD, event_id=event_id) == 1


def not_told(work: Work, event: NewEvent) -> None:
    """Try an event that could not be worded again later; the fifth time it is put away and holds up no other.

    One that somebody else told meanwhile stays told.
    """
    tries = event.attempts + 1
    state = EventState.DEAD if tries >= MOST_TRIES else EventState.NEW
    later = work.now + timedelta(seconds=2**tries)
    still_new = (col(Event.id) == event.id, col(Event.state) == EventState.NEW)
    work.change(Event, *still_new, attempts=tries, state=state, next_at=later)
