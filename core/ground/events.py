"""What happened and is to be told: rows that a command writes in its own commit and the notifier takes once."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlmodel import col

from core.ground.work import Work
from data.kinds import EventState
from data.tables.ground import Event


@dataclass(frozen=True, slots=True)
class Happened:
    """One event: its kind ("transfer.approve"), the document it is about, and facts by name."""

    kind: str
    document_id: int | None = None
    facts: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class NewEvent:
    """An event that nobody has told yet."""

    id: int
    happened: Happened


def add_events(work: Work, events: Sequence[Happened]) -> None:
    """Write events beside the change they tell of, with who acted (`actor_id`) among their facts."""
    for event in events:
        work.add(
            Event,
            kind=event.kind,
            document_id=event.document_id,
            facts=json.dumps({**event.facts, "actor_id": work.who.id}, ensure_ascii=False),
            state=EventState.NEW,
            happened_at=work.now,
        )


def new_events(work: Work, most: int = 20) -> list[NewEvent]:
    """The oldest events that are not told yet, at most `most`."""
    query = (
        select(col(Event.id), col(Event.kind), col(Event.document_id), col(Event.facts))
        .where(col(Event.state) == EventState.NEW)
        .order_by(col(Event.id))
        .limit(most)
    )
    return [NewEvent(row.id, Happened(row.kind, row.document_id, json.loads(row.facts))) for row in work.all(query)]


def mark_told(work: Work, event_id: int) -> bool:
    """Mark an event as told; whether it still was new. Its messages go out in the same transaction, or not at all."""
    still_new = (col(Event.id) == event_id, col(Event.state) == EventState.NEW)
    return work.change(Event, *still_new, state=EventState.DONE) == 1
