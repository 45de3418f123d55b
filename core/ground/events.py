"""What happened and is to be told: rows that a command writes in its own commit and the notifier takes once."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from sqlalchemy import insert, select
from sqlmodel import col

from core.ground.work import Work
from data.kinds import EventState
from data.statements import Statement, given_columns
from data.tables.base import table_of
from data.tables.ground import Event

MOST_TRIES = 5
_UNTRIED = {"state": EventState.NEW, "attempts": 0}
_ADD = Statement(insert(table_of(Event)).values({**given_columns(Event), **_UNTRIED}))


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


def new_events(work: Work, most: int = 20) -> list[NewEvent]:
    """The oldest events that are to be told now, at most `most`."""
    query = (
        select(col(Event.id), col(Event.kind), col(Event.document_id), col(Event.facts), col(Event.attempts))
        .where(col(Event.state) == EventState.NEW, col(Event.next_at) <= work.now)
        .order_by(col(Event.id))
        .limit(most)
    )
    return [
        NewEvent(int(event_id or 0), Happened(kind, document_id, json.loads(facts)), attempts)
        for event_id, kind, document_id, facts, attempts in work.connection.execute(query)
    ]


def mark_told(work: Work, event_id: int) -> bool:
    """Mark an event as told; whether it still was new. Its messages go out in the same transaction, or not at all."""
    still_new = (col(Event.id) == event_id, col(Event.state) == EventState.NEW)
    return work.change(Event, *still_new, state=EventState.DONE) == 1


def not_told(work: Work, event: NewEvent) -> None:
    """Try an event that could not be worded again later; the fifth time it is put away and holds up no other."""
    tries = event.attempts + 1
    state = EventState.DEAD if tries >= MOST_TRIES else EventState.NEW
    later = work.now + timedelta(seconds=2**tries)
    work.change(Event, col(Event.id) == event.id, attempts=tries, state=state, next_at=later)
