"""How much waits in each queue, and since when: the figures by which a server that is stuck is known."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, case, func, or_, select, text
from sqlmodel import col

from core.ground.work import Work
from data.kinds import InboxState, OutboxState
from data.tables.conversation import INBOX_NEW, OUTBOX_OPEN, Chat, Inbox, Outbox
from data.tables.ground import Event, JobRun, Lease

LATE = timedelta(minutes=5)
"""Whoever waits for longer than that is right to complain."""


@dataclass(frozen=True, slots=True)
class Queue:
    """How many wait, the first of them since `oldest_at`."""

    count: int
    oldest_at: datetime | None

    def waits(self, now: datetime) -> timedelta:
        """For how long the first one has waited."""
        return now - self.oldest_at if self.oldest_at else timedelta()


def unhandled(work: Work) -> Queue:
    """Messages and taps that were kept and not answered yet."""
    return _queue(work, select(func.count(), func.min(col(Inbox.received_at))).where(text(INBOX_NEW)))


def untold(work: Work) -> Queue:
    """Events of which nobody was told yet."""
    return _queue(work, select(func.count(), func.min(col(Event.happened_at))).where(text("state = 'new'")))


def undelivered(work: Work) -> Queue:
    """Messages that should be seen by now: not those for later, nor those for a chat that takes nothing any more.

    One that was tried waits since it was written, whenever it is tried again.
    """
    begun = or_(col(Outbox.attempts) > 0, col(Outbox.state) == OutboxState.SENDING)
    since = case((begun, col(Outbox.created_at)), else_=col(Outbox.next_at))
    query = select(func.count(), func.min(since)).join(Chat, col(Chat.id) == col(Outbox.chat_id))
    due = or_(begun, col(Outbox.next_at) <= work.now)
    return _queue(work, query.where(text(f"outbox.{OUTBOX_OPEN}"), due, col(Chat.gone_at).is_(None)))


def given_up(work: Work) -> int:
    """How many messages were given up and not looked after."""
    return int(work.all(select(func.count(col(Outbox.id))).where(text("state = 'dead'")))[0][0])


def unhandled_for_good(work: Work) -> int:
    """How many messages of people could not be handled, and never will be."""
    dead = col(Inbox.state) == InboxState.DEAD
    return int(work.all(select(func.count(col(Inbox.id))).where(dead))[0][0])


def gone(work: Work) -> list[str]:
    """The chats that take nothing any more."""
    return [row[0] for row in work.all(select(col(Chat.title_en)).where(col(Chat.gone_at).is_not(None)))]


def last_ring(work: Work) -> datetime | None:
    """When a clock rang last, whichever process it was."""
    return work.all(select(func.max(col(JobRun.ran_at))).where(col(JobRun.job) == "ring"))[0][0]


def held(work: Work, lease: str) -> tuple[str, datetime] | None:
    """Who has a lease that still runs, and until when."""
    row = work.first(select(col(Lease.owner), col(Lease.ends_at)).where(col(Lease.name) == lease))
    return (row[0], row[1]) if row and row[1] > work.now else None


def _queue(work: Work, query: Select[*tuple[Any, ...]]) -> Queue:
    count, oldest_at = work.all(query)[0]
    return Queue(int(count), oldest_at)
