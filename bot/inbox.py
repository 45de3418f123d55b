"""What comes in: kept before it is confirmed to its platform, then handled one chat at a time, in order.

A row is handled in two hops, read and act. If the process dies between them the row is still new and is handled again;
acting closes it in the same transaction as its effect.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta

import structlog
from sqlalchemy import Connection, func, select, text
from sqlmodel import col

from bot.lanes import Lanes
from core.ground.work import Clock, Work, picked
from core.people.directory import person
from data.disk import DiskFull
from data.engine import Database
from data.kinds import InboxKind, InboxState
from data.tables.conversation import INBOX_NEW
from data.tables.conversation import Inbox as Row
from handlers.chats import chat
from handlers.messages import Reply, Tone
from handlers.outgoing import send
from handlers.plan import Incoming, Plan
from handlers.respond import act, read
from handlers.say import say
from handlers.understand.lexicon import Lexicon
from handlers.understand.normalise import storable

MOST_TRIES = 5
log = structlog.get_logger("inbox")


@dataclass(frozen=True, slots=True)
class Update:
    """What a channel hands over. `update_id` is the channel's own, by which a redelivered one is known again."""

    channel: str
    update_id: str
    chat_id: int
    person_id: int
    kind: InboxKind
    text: str


@dataclass(frozen=True, slots=True)
class Kept:
    """An update with its row."""

    id: int
    chat_id: int
    person_id: int
    channel: str
    kind: InboxKind
    text: str
    attempts: int


class Inbox:
    """Keeps updates and handles them, a lane for each chat."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        lexicon: Callable[[], Lexicon],
        handled: Callable[[], None],
        busy: Callable[[str, int, bool], None] = lambda channel, chat_id, on: None,
    ) -> None:
        """`handled` is called after each row, `busy` when a chat's message begins and ends to be handled."""
        self.database, self.clock, self.lexicon = database, clock, lexicon
        self.handled, self.busy = handled, busy
        self.lanes = Lanes("inbox", self._waiting, self._handle)

    async def keep(self, update: Update) -> int:
        """Write the update's row, or find it again; its id. Once this returns, the platform may be told.

        Raises DiskFull where it could not be written: it was not taken, and whoever sent it has to hear that.
        """
        inbox_id = await self.database.write(lambda connection: keep_update(Work(connection, self.clock()), update))
        self.lanes.wake()
        return inbox_id

    async def _waiting(self, chats: frozenset[int]) -> list[int]:
        return await self.database.read(lambda connection: _chats_with_work(Work(connection, self.clock()), chats))

    async def _handle(self, chat_id: int) -> None:
        """Handle the oldest open row of a chat. An error tries it again later, the fifth one says so and goes on.

        A full disk is nobody's error: the row stays as it is, and DiskFull has the lanes come again when they rested.
        """
        kept = await self.database.read(lambda connection: _head(Work(connection, self.clock()), chat_id))
        if kept is None:
            return
        self.busy(kept.channel, chat_id, True)
        try:
            await self._respond(kept)
        except DiskFull:
            raise
        except Exception as error:
            log.exception("not handled", inbox_id=kept.id, attempt=kept.attempts + 1)
            described = f"{type(error).__name__}: {error}"
            await self.database.write(lambda connection: _failed(Work(connection, self.clock()), kept, described))
        finally:
            self.busy(kept.channel, chat_id, False)
            self.handled()

    async def _respond(self, kept: Kept) -> None:
        lexicon = self.lexicon()

        def read_it(connection: Connection) -> tuple[Incoming, Plan]:
            work = Work(connection, self.clock())
            incoming = _incoming(work, kept)
            return incoming, read(work, incoming, lexicon)

        incoming, plan = await self.database.read(read_it)
        await self.database.write(
            lambda connection: act(Work(connection, self.clock()), incoming, plan, lexicon.catalogue)
        )


def keep_update(work: Work, update: Update) -> int:
    """Write an update's row unless the channel brought it before; its id. What no column takes is left out."""
    update = replace(update, update_id=storable(update.update_id), text=storable(update.text))
    row = {"chat_id": update.chat_id, "person_id": update.person_id, "kind": update.kind, "text": update.text}
    known = {"channel": update.channel, "update_id": update.update_id}
    work.add_if_missing(Row, **known, **row, state=InboxState.NEW, next_at=work.now, received_at=work.now)
    kept = select(col(Row.id)).where(col(Row.channel) == update.channel, col(Row.update_id) == update.update_id)
    return int(work.all(kept)[0][0] or 0)


def _chats_with_work(work: Work, busy: frozenset[int]) -> list[int]:
    """Chats whose oldest open row is due, the longest waiting first, but for those that are being handled."""
    heads = select(func.min(col(Row.id))).where(text(INBOX_NEW)).group_by(col(Row.chat_id))
    due = select(col(Row.chat_id)).where(col(Row.id).in_(heads), col(Row.next_at) <= work.now)
    return [row[0] for row in work.all(due.order_by(col(Row.id))) if row[0] not in busy]


def _head(work: Work, chat_id: int) -> Kept | None:
    row = picked(Row, Kept).where(text(INBOX_NEW), col(Row.chat_id) == chat_id)
    return work.record(Kept, row.order_by(col(Row.id)).limit(1))


def _incoming(work: Work, kept: Kept) -> Incoming:
    where, who = chat(work, kept.chat_id), person(work, kept.person_id)
    return Incoming(kept.id, kept.channel, where.id, where.kind, where.language, who, kept.kind, kept.text, work.now)


def _failed(work: Work, kept: Kept, error: str) -> None:
    tries = kept.attempts + 1
    row = col(Row.id) == kept.id
    if tries < MOST_TRIES:
        later = work.now + timedelta(seconds=2**kept.attempts)
        work.change(Row, row, attempts=tries, error=error, next_at=later)
        return
    work.change(Row, row, attempts=tries, error=error, state=InboxState.DEAD)
    sentence = say(chat(work, kept.chat_id).language, "errors.internal", number=kept.id)
    send(work, kept.chat_id, Reply((sentence,), tone=Tone.STOPPED), key=f"dead.{kept.id}")
