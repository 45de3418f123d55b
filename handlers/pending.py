"""Questions and unconfirmed changes: at most one is open for a person in a chat, and only for a quarter of an hour."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement
from sqlmodel import col

from core.ground.work import Work, picked
from data.kinds import PendingState
from data.tables.conversation import Card
from data.tables.conversation import Pending as Row
from handlers.understand.reading import Reading

LASTS = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Pending:
    """A question or an unconfirmed change as it stands. `reading` is what was understood so far, as JSON."""

    id: int
    chat_id: int
    person_id: int
    version: int
    state: PendingState
    reading: str
    asked: str | None
    expires_at: datetime

    def understood(self) -> Reading:
        """What was understood so far."""
        return Reading.from_json(self.reading)


def open_pending(work: Work, chat_id: int, person_id: int) -> Pending | None:
    """What is open for this person in this chat and has not run out."""
    found = picked(Row, Pending).where(
        col(Row.chat_id) == chat_id,
        col(Row.person_id) == person_id,
        col(Row.state) == PendingState.OPEN,
        col(Row.expires_at) > work.now,
    )
    return work.record(Pending, found)


def pending(work: Work, pending_id: int) -> Pending:
    """One of them by id. Raises LookupError when there is none."""
    found = work.record(Pending, picked(Row, Pending).where(col(Row.id) == pending_id))
    if found is None:
        raise LookupError(f"no pending {pending_id}")
    return found


def keep_pending(work: Work, chat_id: int, person_id: int, reading: Reading, asked: str | None) -> int:
    """Open a question or an unconfirmed change; what was open before is replaced, its cards are redrawn."""
    close_open(work, chat_id, person_id, PendingState.REPLACED)
    return work.add(
        Row,
        chat_id=chat_id,
        person_id=person_id,
        version=1,
        state=PendingState.OPEN,
        reading=reading.to_json(),
        asked=asked,
        expires_at=work.now + LASTS,
    )


def change_pending(work: Work, before: Pending, reading: Reading, asked: str | None) -> bool:
    """Take an answer into an open one, one version on; whether it was still open and as it was read."""
    where = (col(Row.id) == before.id, col(Row.version) == before.version, col(Row.state) == PendingState.OPEN)
    values = {"version": before.version + 1, "reading": reading.to_json(), "asked": asked}
    return work.change(Row, *where, **values, expires_at=work.now + LASTS) == 1


def is_open(work: Work, seen: Pending) -> bool:
    """Whether it is still open, not run out, and as it was seen."""
    now = pending(work, seen.id)
    return now.state is PendingState.OPEN and now.version == seen.version and now.expires_at > work.now


def close_pending(work: Work, pending_id: int, state: PendingState) -> bool:
    """End one that is open, and have its cards redrawn; whether it was still open."""
    return _close(work, state, col(Row.id) == pending_id) == 1


def close_open(work: Work, chat_id: int, person_id: int, state: PendingState) -> bool:
    """End whatever is open for this person in this chat."""
    return _close(work, state, col(Row.chat_id) == chat_id, col(Row.person_id) == person_id) > 0


def expire_pendings(work: Work) -> int:
    """End everything that has run out; how many there were."""
    return _close(work, PendingState.EXPIRED, col(Row.expires_at) <= work.now)


def _close(work: Work, state: PendingState, *which: ColumnElement[bool]) -> int:
    found = work.records(Pending, picked(Row, Pending).where(*which, col(Row.state) == PendingState.OPEN))
    ids = [one.id for one in found]
    if not ids:
        return 0
    work.change(Row, col(Row.id).in_(ids), state=state)
    work.change(Card, col(Card.pending_id).in_(ids), wanted_version=col(Card.wanted_version) + 1)
    return len(ids)
