"""Questions and unconfirmed changes: at most one is open for a person in a chat, and only for a quarter of an hour."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import insert, select, text, update
from sqlmodel import col

from core.ground.work import Work, picked
from data.kinds import PendingState
from data.statements import Statement, given, given_columns
from data.tables.base import table_of
from data.tables.conversation import Card
from data.tables.conversation import Pending as Row
from handlers.understand.reading import Reading

LASTS = timedelta(minutes=15)
MISSED = timedelta(hours=2)
"""So long after it ran out an answer is taken to be to this: it is told that it came too late."""


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


_IS_OPEN = text("pending.state = 'open'")  # in the words of the partial indexes
_THIS = col(Row.id) == given("pending_id")
_THEIRS = (col(Row.chat_id) == given("chat_id"), col(Row.person_id) == given("person_id"))
_PENDING = picked(Row, Pending)
_READ = Statement(_PENDING.where(_THIS))
_READ_OPEN = Statement(_PENDING.where(_IS_OPEN, *_THEIRS, col(Row.expires_at) > given("now")))
_LAST = Statement(
    select(col(Card.pending_id))
    .where(col(Card.chat_id) == given("chat_id"), col(Card.reader_id) == given("person_id"))
    .where(col(Card.pending_id).is_not(None))
    .order_by(col(Card.id).desc())
    .limit(1)
)
_NEW = {**given_columns(Row), "version": 1, "state": PendingState.OPEN}
_KEEP = Statement(insert(table_of(Row)).values(_NEW).returning(col(Row.id)))
_CHANGED = {**{name: given(name) for name in ("reading", "asked", "expires_at")}, "version": col(Row.version) + 1}
_CHANGE = Statement(update(table_of(Row)).where(_IS_OPEN, _THIS, col(Row.version) == given("seen")).values(_CHANGED))
_END = update(table_of(Row)).where(_IS_OPEN).values(state=given("state")).returning(col(Row.id))
_END_THIS, _END_THEIRS = Statement(_END.where(_THIS)), Statement(_END.where(*_THEIRS))
_END_OLD = Statement(_END.where(col(Row.expires_at) <= given("now")))
_REDRAW = Statement(
    update(table_of(Card))
    .where(col(Card.pending_id) == given("pending_id"))
    .values(wanted_version=col(Card.wanted_version) + 1)
)


def open_pending(work: Work, chat_id: int, person_id: int) -> Pending | None:
    """What is open for this person in this chat and has not run out."""
    row = work.one(_READ_OPEN, chat_id=chat_id, person_id=person_id, now=work.now)
    return None if row is None else Pending(*row)


def ran_out(work: Work, chat_id: int, person_id: int) -> Pending | None:
    """What this person was asked last in this chat, where it has run out lately without an answer."""
    row = work.one(_LAST, chat_id=chat_id, person_id=person_id)
    last = pending(work, row[0]) if row and row[0] else None
    if last is None or last.state not in (PendingState.OPEN, PendingState.EXPIRED):
        return None
    return last if last.expires_at <= work.now < last.expires_at + MISSED else None


def pending(work: Work, pending_id: int) -> Pending:
    """One of them by id. Raises LookupError when there is none."""
    row = work.one(_READ, pending_id=pending_id)
    if row is None:
        raise LookupError(f"no pending {pending_id}")
    return Pending(*row)


def keep_pending(work: Work, chat_id: int, person_id: int, reading: Reading, asked: str | None) -> int:
    """Open a question or an unconfirmed change; what was open before is replaced, its cards are redrawn."""
    close_open(work, chat_id, person_id, PendingState.REPLACED)
    said = {"reading": reading.to_json(), "asked": asked, "expires_at": work.now + LASTS}
    written = work.one(_KEEP, chat_id=chat_id, person_id=person_id, **said)
    assert written is not None  # an insert gives back its row, or raises
    return int(written[0] or 0)


def change_pending(work: Work, before: Pending, reading: Reading, asked: str | None) -> bool:
    """Take an answer into an open one, one version on; whether it was still open and as it was read."""
    said = {"reading": reading.to_json(), "asked": asked, "expires_at": work.now + LASTS}
    return work.run(_CHANGE, pending_id=before.id, seen=before.version, **said) == 1


def is_open(work: Work, seen: Pending) -> bool:
    """Whether it is still open, not run out, and as it was seen."""
    now = pending(work, seen.id)
    return now.state is PendingState.OPEN and now.version == seen.version and now.expires_at > work.now


def close_pending(work: Work, pending_id: int, state: PendingState) -> bool:
    """End one that is open, and have its cards redrawn; whether it was still open."""
    return _redrawn(work, work.rows(_END_THIS, state=state, pending_id=pending_id)) == 1


def close_open(work: Work, chat_id: int, person_id: int, state: PendingState) -> bool:
    """End whatever is open for this person in this chat."""
    return _redrawn(work, work.rows(_END_THEIRS, state=state, chat_id=chat_id, person_id=person_id)) > 0


def expire_pendings(work: Work) -> int:
    """End everything that has run out; how many there were."""
    return _redrawn(work, work.rows(_END_OLD, state=PendingState.EXPIRED, now=work.now))


def _redrawn(work: Work, ended: Sequence[tuple[int | None]]) -> int:
    """Have the cards of what has ended drawn anew; how many have."""
    for (pending_id,) in sorted(ended):
        work.run(_REDRAW, pending_id=pending_id)
    return len(ended)
