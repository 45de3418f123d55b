"""What goes out: events are worded, messages sent, cards redrawn, each chat in its own lane and in order.

The outbox row holds the lease of a send; edits are never queued, a lagging card is drawn as it stands at that moment.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Protocol
from uuid import uuid4

import structlog
from sqlalchemy import ColumnElement, Connection, func, or_, select, text
from sqlmodel import col

from bot.lanes import LOOK_AGAIN_SECONDS, Lanes
from core.ground.events import NewEvent, new_events, not_told
from core.ground.work import Clock, Work, picked
from data.disk import DiskFull
from data.engine import Database
from data.kinds import OutboxKind, OutboxState
from data.tables.conversation import OUTBOX_OPEN, Outbox
from data.tables.conversation import Card as CardRow
from handlers.cards import Card, card
from handlers.chats import Chat, chat
from handlers.faces import draw
from handlers.messages import Reply
from handlers.notices import put, word
from handlers.understand.lexicon import Lexicon

LEASE = timedelta(seconds=60)
LONGEST_PAUSE_SECONDS = 60
MOST_DRAWINGS = 5
log = structlog.get_logger("delivery")


class NotSent(Exception):
    """The platform did not take it and nobody saw it: try again later. `seconds` is how long it asks to wait."""

    def __init__(self, seconds: float | None = None) -> None:
        super().__init__(seconds)
        self.seconds = seconds


class Gone(Exception):
    """This target will never take it: the chat or the message is not there any longer."""


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One message to hand to a channel: its outbox row, what it shows, and whether it may have been sent before."""

    id: int
    reply: Reply
    card: Card | None
    repeated: bool


class Channel(Protocol):
    """What delivery asks of a channel. Any error but NotSent and Gone leaves it open whether something was seen.

    `knows_copies`: the channel shows a message of the same outbox row once, however often it is sent.
    """

    knows_copies: bool

    async def send(self, where: Chat, message: Outgoing) -> str:
        """Show a new message; the platform's id for it."""
        ...

    async def redraw(self, where: Chat, card: Card, reply: Reply) -> None:
        """Show a card anew, in its place."""
        ...

    async def toast(self, where: Chat, inbox_id: int, reply: Reply) -> None:
        """Answer one tap with a short line."""
        ...


@dataclass(frozen=True, slots=True)
class Due:
    """An outbox row whose turn it is."""

    id: int
    kind: OutboxKind
    reply: str | None
    card_id: int | None
    answers_id: int | None
    state: OutboxState
    attempts: int
    repeated: int


class Delivery:
    """Words events and delivers what is due."""

    def __init__(
        self, database: Database, clock: Clock, lexicon: Callable[[], Lexicon], channels: Mapping[str, Channel]
    ) -> None:
        """`channels` by name. Nothing runs before `run`."""
        self.database, self.clock, self.lexicon, self.channels = database, clock, lexicon, channels
        self.owner = uuid4().hex
        self.lanes = Lanes("delivery", self._waiting, self._serve)
        self._events = asyncio.Event()

    def wake(self) -> None:
        """Something was written: there may be events to word, messages to send, cards to redraw."""
        self._events.set()
        self.lanes.wake()

    async def run(self) -> None:
        """Word and deliver until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._word_events())
            tasks.create_task(self.lanes.run())

    async def _word_events(self) -> None:
        while True:
            self._events.clear()
            try:
                while await self.word_next():
                    self.lanes.wake()
            except DiskFull:
                await self.lanes.pause()
                continue
            except Exception:
                log.exception("events were not worded")
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(LOOK_AGAIN_SECONDS):
                    await self._events.wait()

    async def word_next(self) -> bool:
        """Word the oldest new events, each written in its own short transaction; whether there were any."""
        events = await self.database.read(lambda connection: new_events(Work(connection, self.clock())))
        for event in events:
            try:
                await self._word(event)
            except DiskFull:
                raise
            except Exception:
                log.exception("an event was not worded", event_id=event.id)
                await self._put_off(event)
        return bool(events)

    async def _put_off(self, event: NewEvent) -> None:
        await self.database.write(lambda connection: not_told(self._work(connection), event))

    async def _word(self, event: NewEvent) -> None:
        catalogue = self.lexicon().catalogue
        notices = await self.database.read(lambda connection: word(Work(connection, self.clock()), event, catalogue))
        await self.database.write(lambda connection: put(Work(connection, self.clock()), event, notices))

    async def _waiting(self, busy: frozenset[int]) -> list[int]:
        found = await self.database.read(lambda connection: _chats_with_work(Work(connection, self.clock())))
        return [chat_id for chat_id in found if chat_id not in busy]

    async def _serve(self, chat_id: int) -> None:
        """The next piece of a chat: a toast before a redraw, a redraw before a message."""
        where, due, lagging = await self.database.read(lambda connection: _next(self._work(connection), chat_id))
        channel = self.channels.get(where.channel)
        if channel is None:
            raise LookupError(f"nobody delivers to {where.channel}")
        if due and due.kind is OutboxKind.TOAST:
            await self._send(channel, where, due)
        elif lagging:
            await self._redraw(channel, where, lagging)
        elif due:
            await self._send(channel, where, due)

    async def _send(self, channel: Channel, where: Chat, due: Due) -> None:
        """Claim, show, finish. A row that somebody had begun to send goes out once more, marked, and never again."""
        try:
            message, shown = await self.database.read(lambda connection: self._outgoing(connection, due))
        except DiskFull:
            raise
        except Exception:  # drawn before it is claimed: what cannot be drawn was surely not seen
            log.exception("a message was not drawn", outbox_id=due.id)
            await self.database.write(lambda connection: _not_drawn(self._work(connection), due))
            return
        certain = channel.knows_copies
        claimed = await self.database.write(lambda connection: _claim(self._work(connection), due, self.owner, certain))
        if claimed is None:
            return
        try:
            message_id = await _show(channel, where, claimed, replace(message, repeated=bool(claimed.repeated)))
        except NotSent as refused:
            pause = refused.seconds or min(2**claimed.attempts, LONGEST_PAUSE_SECONDS)
            await self._note(lambda work: _put_back(work, claimed, pause))
        except Gone as error:
            described = str(error)
            await self._note(lambda work: _bury(work, claimed, described))
        else:
            await self._note(lambda work: _sent(work, claimed, self.owner, message_id, shown))

    async def _redraw(self, channel: Channel, where: Chat, lagging: Card) -> None:
        """Show a card as it stands now. An edit may be repeated, so whatever goes wrong is tried again, ever later."""
        catalogue = self.lexicon().catalogue
        try:
            reply = await self.database.read(lambda connection: draw(self._work(connection), lagging, catalogue))
            await channel.redraw(where, lagging, reply)
        except Gone:
            log.warning("a card is gone", card_id=lagging.id)
        except DiskFull:
            raise
        except Exception as error:
            if not isinstance(error, NotSent):
                log.exception("a card was not redrawn", card_id=lagging.id)
            asked = error.seconds if isinstance(error, NotSent) else None
            await self.database.write(lambda connection: _redraw_later(self._work(connection), lagging, asked))
            return
        await self._note(lambda work: _shown(work, lagging))

    async def _note(self, job: Callable[[Work], None]) -> None:
        """Write down what came of a message: on a full disk again and again, since what is forgotten is shown twice."""
        while True:
            try:
                await self.database.write(lambda connection: job(self._work(connection)))
                return
            except DiskFull:
                if not await self.lanes.pause():
                    raise

    def _outgoing(self, connection: Connection, due: Due) -> tuple[Outgoing, Card | None]:
        work = self._work(connection)
        found = card(work, due.card_id) if due.card_id else None
        reply = draw(work, found, self.lexicon().catalogue) if found else Reply.from_json(due.reply or "")
        return Outgoing(due.id, reply, found, bool(due.repeated)), found

    def _work(self, connection: Connection) -> Work:
        return Work(connection, self.clock())


async def _show(channel: Channel, where: Chat, due: Due, message: Outgoing) -> str | None:
    if due.kind is OutboxKind.TOAST:
        await channel.toast(where, due.answers_id or 0, message.reply)
        return None
    return await channel.send(where, message)


def forget_leases(work: Work) -> None:
    """Let the leases of a process that died run out now: for a database that only one process uses at a time."""
    work.change(Outbox, col(Outbox.state) == OutboxState.SENDING, lease_ends_at=work.now)


def _is_due(work: Work) -> ColumnElement[bool]:
    waits = (col(Outbox.state) == OutboxState.PENDING) & (col(Outbox.next_at) <= work.now)
    lost = (col(Outbox.state) == OutboxState.SENDING) & (col(Outbox.lease_ends_at) <= work.now)
    return or_(waits, lost)


def _lags(work: Work) -> tuple[ColumnElement[bool], ...]:
    return (
        col(CardRow.shown_version) < col(CardRow.wanted_version),
        col(CardRow.message_id).is_not(None),
        or_(col(CardRow.redraw_at).is_(None), col(CardRow.redraw_at) <= work.now),
    )


def _chats_with_work(work: Work) -> list[int]:
    """Chats with a toast, a first message or a card that is due, the longest waiting first.

    A first message that has to wait holds the others of its chat back.
    """
    heads = select(func.min(col(Outbox.id))).where(text(OUTBOX_OPEN), col(Outbox.kind) == OutboxKind.MESSAGE)
    first = or_(col(Outbox.kind) == OutboxKind.TOAST, col(Outbox.id).in_(heads.group_by(col(Outbox.chat_id))))
    waiting = select(col(Outbox.chat_id)).where(text(OUTBOX_OPEN), first, _is_due(work)).order_by(col(Outbox.id))
    lagging = select(col(CardRow.chat_id)).where(*_lags(work)).order_by(col(CardRow.id))
    return list(dict.fromkeys(row[0] for query in (waiting, lagging) for row in work.all(query)))


def _next(work: Work, chat_id: int) -> tuple[Chat, Due | None, Card | None]:
    """What is next in a chat. The head of its messages holds the others back, so that order is kept."""
    rows = picked(Outbox, Due).where(text(OUTBOX_OPEN), col(Outbox.chat_id) == chat_id)
    toast = rows.where(col(Outbox.kind) == OutboxKind.TOAST, _is_due(work))
    due = work.record(Due, toast.order_by(col(Outbox.id)).limit(1))
    if due is None:
        waiting = rows.where(col(Outbox.kind) == OutboxKind.MESSAGE)
        head = work.record(Due, waiting.order_by(col(Outbox.id)).limit(1))
        ready = rows.where(col(Outbox.id) == (head.id if head else 0), _is_due(work))
        due = work.record(Due, ready)
    cards = picked(CardRow, Card).where(col(CardRow.chat_id) == chat_id, *_lags(work))
    return chat(work, chat_id), due, work.record(Card, cards.order_by(col(CardRow.id)).limit(1))


def _claim(work: Work, due: Due, owner: str, knows_copies: bool) -> Due | None:
    """Take the lease of a row. One whose earlier answer was lost is marked; a second time it is buried."""
    uncertain = due.state is OutboxState.SENDING and not (knows_copies and due.kind is OutboxKind.MESSAGE)
    if uncertain and (due.repeated or due.kind is OutboxKind.TOAST):
        _bury(work, due, "its answer was lost")  # a toast that comes a minute late only confuses
        return None
    where = (
        col(Outbox.id) == due.id,
        col(Outbox.state) == due.state,
        col(Outbox.attempts) == due.attempts,
    )
    lease = {"state": OutboxState.SENDING, "lease_owner": owner, "lease_ends_at": work.now + LEASE}
    repeated = due.repeated + int(uncertain)
    if work.change(Outbox, *where, **lease, attempts=due.attempts + 1, repeated=repeated) != 1:
        return None
    return work.record(Due, picked(Outbox, Due).where(col(Outbox.id) == due.id))


def _sent(work: Work, due: Due, owner: str, message_id: str | None, shown: Card | None) -> None:
    mine = (
        col(Outbox.id) == due.id,
        col(Outbox.lease_owner) == owner,
        col(Outbox.attempts) == due.attempts,
    )
    sent = {"state": OutboxState.SENT, "message_id": message_id, "sent_at": work.now, "lease_ends_at": None}
    if work.change(Outbox, *mine, **sent) and shown and message_id:
        first = {"message_id": message_id, "shown_version": shown.wanted_version}
        work.change(CardRow, col(CardRow.id) == shown.id, **first)


def _put_back(work: Work, due: Due, seconds: float) -> None:
    later = {"state": OutboxState.PENDING, "next_at": work.now + timedelta(seconds=seconds), "lease_ends_at": None}
    work.change(Outbox, *_as_seen(due), **later)


def _not_drawn(work: Work, due: Due) -> None:
    """Nothing was shown: the row waits, as surely unsent as before. One that cannot be drawn holds up no other."""
    if due.attempts + 1 >= MOST_DRAWINGS:
        _bury(work, due, "it could not be drawn")
        return
    pause = timedelta(seconds=min(2**due.attempts, LONGEST_PAUSE_SECONDS))
    work.change(
        Outbox, *_as_seen(due), attempts=due.attempts + 1, next_at=work.now + pause, lease_ends_at=work.now + pause
    )


def _bury(work: Work, due: Due, error: str) -> None:
    dead = {"state": OutboxState.DEAD, "error": error, "lease_ends_at": None}
    work.change(Outbox, *_as_seen(due), **dead)


def _as_seen(due: Due) -> tuple[ColumnElement[bool], ...]:
    """The row, unless somebody else has taken it since."""
    return (col(Outbox.id) == due.id, col(Outbox.attempts) == due.attempts)


def _shown(work: Work, drawn: Card) -> None:
    row = (col(CardRow.id) == drawn.id, col(CardRow.shown_version) < drawn.wanted_version)
    shown = {"shown_version": drawn.wanted_version, "redraw_at": None, "redraw_attempts": 0}
    work.change(CardRow, *row, **shown)


def _redraw_later(work: Work, lagging: Card, seconds: float | None) -> None:
    row = work.first(select(col(CardRow.redraw_attempts)).where(col(CardRow.id) == lagging.id))
    tries = row[0] if row else 0
    pause = seconds or min(2**tries, LONGEST_PAUSE_SECONDS)
    later = {"redraw_at": work.now + timedelta(seconds=pause), "redraw_attempts": tries + 1}
    work.change(CardRow, col(CardRow.id) == lagging.id, **later)
