"""What comes in: kept before it is confirmed to its platform, then handled one chat at a time, in order.

A row is taken, so that no other process works on it meanwhile, and handled in two hops, read and act. If the process
dies between them the row is still new and is handled again; acting closes it in the same transaction as its effect.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from time import perf_counter

import structlog
from sqlalchemy import Connection, func, select, text
from sqlalchemy import update as change
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import col

from bot.delivery import Begun
from bot.lanes import Lanes
from bot.logs import following
from core.ground.events import are_there_new_events
from core.ground.work import Clock, Work, picked
from core.people.directory import person
from data.disk import Unavailable
from data.engine import Database
from data.kinds import InboxKind, InboxState
from data.statements import Statement, given
from data.tables.base import table_of
from data.tables.conversation import INBOX_NEW
from data.tables.conversation import Inbox as Row
from handlers.chats import chat
from handlers.messages import Reply, Tone
from handlers.outgoing import send
from handlers.plan import Incoming, Plan, trace_of
from handlers.reach import back
from handlers.respond import act, read
from handlers.say import say
from handlers.understand.names.lexicon import Lexicon
from handlers.understand.normalise import storable

MOST_TRIES = 5
TAKEN_FOR = timedelta(seconds=30)
"""How long nobody else takes a row. Who is slower than that may find it closed, and has done nothing."""
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


@dataclass(frozen=True, slots=True)
class Arrived:
    """An update that was kept, and the row of its chat that was taken with it, if there was room to handle it."""

    inbox_id: int
    update: Update
    taken: Kept | None


@dataclass(frozen=True, slots=True)
class Handled:
    """A row was handled: its chat, whether there are events to word, and the answer that was begun to be sent."""

    chat_id: int
    happened: bool = False
    begun: Begun | None = None


@dataclass(frozen=True, slots=True)
class Done:
    """What came of handling a row, and the next one of its chat, taken with the same commit."""

    handled: Handled
    following: Kept | None = None


class Inbox:
    """Keeps updates and handles them, a lane for each chat."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        lexicon: Callable[[], Lexicon],
        handled: Callable[[Handled], None],
        busy: Callable[[str, int, bool], None] = lambda channel, chat_id, on: None,
        crowded: Callable[[], None] = lambda: None,
        claim_next: Callable[[Work, int], Begun | None] = lambda work, chat_id: None,
    ) -> None:
        """`handled` is called after each row; `claim_next` in the transaction that acted on it, to claim its answer.

        `busy` is called when a chat's message begins and ends to be handled, `crowded` when a row came in that others
        may take, since there is no room here.
        """
        self.database, self.clock, self.lexicon = database, clock, lexicon
        self.handled, self.busy, self.crowded, self.claim_next = handled, busy, crowded, claim_next
        self.lanes = Lanes("inbox", self._waiting, self._handle)
        self._held: dict[int, Kept] = {}

    async def keep(self, update: Update) -> int:
        """Write the update's row, or find it again; its id. Once this returns, the platform may be told.

        Raises Unavailable where it could not be written: it was not taken, and whoever sent it has to hear that.
        """
        room = self.lanes.has_room
        arrived = await self.database.write(lambda c: arrive(Work(c, self.clock()), update, take=room))
        self.begin(arrived)
        return arrived.inbox_id

    def begin(self, arrived: Arrived) -> None:
        """Handle what was kept: at once where it was taken, else when there is room, here or in another process."""
        update, taken = arrived.update, arrived.taken
        with following(trace_of(arrived.inbox_id)):
            about = {"chat_id": update.chat_id, "channel": update.channel, "kind": update.kind.value}
            log.info("kept", inbox_id=arrived.inbox_id, **about)
        if taken:
            self._held[taken.chat_id] = taken
        if not self.lanes.has_room or (taken and not self.lanes.start(taken.chat_id)):
            self.lanes.wake()
            self.crowded()

    async def end(self) -> None:
        """Let others have at once what was taken and found no room before the lanes ended."""
        with suppress(Unavailable):
            for chat_id in list(self._held):
                await self.database.write(partial(self._let_go, kept=self._held.pop(chat_id)))

    def _let_go(self, connection: Connection, kept: Kept) -> None:
        work = Work(connection, self.clock())
        work.change(Row, col(Row.id) == kept.id, col(Row.state) == InboxState.NEW, next_at=work.now)

    async def _waiting(self) -> list[int]:
        found = await self.database.read(self._due)
        return [*self._held, *found]

    def _due(self, connection: Connection) -> list[int]:
        """Chats whose oldest open row is due, the longest waiting first."""
        work = Work(connection, self.clock())
        return [chat_id for (chat_id,) in work.rows(_CHATS, now=work.now)]

    async def _handle(self, chat_id: int) -> None:
        """Handle the due rows of a chat, the oldest first. An error tries one again later, the fifth one says so.

        A full disk, or a server that is away, is nobody's error: the row is held, and tried when the lanes rested.
        """
        kept = self._held.pop(chat_id, None)
        if kept is None:
            kept = await self.database.write(lambda connection: take_head(Work(connection, self.clock()), chat_id))
        while kept is not None:
            with following(trace_of(kept.id)):
                kept = await self._handle_one(kept)

    async def _handle_one(self, kept: Kept) -> Kept | None:
        """Handle a row that was taken; the next one of its chat, taken too."""
        self.busy(kept.channel, kept.chat_id, True)
        done = Done(Handled(kept.chat_id))
        try:
            done = await self._respond(kept)
            return done.following
        except Unavailable:
            self._held[kept.chat_id] = kept
            raise
        except Exception as error:
            log.exception("not handled", inbox_id=kept.id, attempt=kept.attempts + 1)
            described = f"{type(error).__name__}: {error}"
            await self.database.write(lambda connection: _failed(Work(connection, self.clock()), kept, described))
            return None
        finally:
            self.busy(kept.channel, kept.chat_id, False)
            self.handled(done.handled)

    async def _respond(self, kept: Kept) -> Done:
        """Read and act, and with the same commit take the next row of the chat and claim the answer."""
        lexicon, began = self.lexicon(), perf_counter()

        def read_it(connection: Connection) -> tuple[Incoming, Plan]:
            work = Work(connection, self.clock())
            incoming = _incoming(work, kept)
            return incoming, read(work, incoming, lexicon)

        incoming, plan = await self.database.read(read_it)

        def act_on_it(connection: Connection) -> Done:
            work = Work(connection, self.clock())
            act(work, incoming, plan, lexicon.catalogue)
            handled = Handled(kept.chat_id, are_there_new_events(work), self.claim_next(work, kept.chat_id))
            return Done(handled, take_head(work, kept.chat_id))

        done = await self.database.write(act_on_it)
        ms = round((perf_counter() - began) * 1000, 1)
        log.info("handled", inbox_id=kept.id, chat_id=kept.chat_id, ms=ms, plan=plan.kind)
        return done


_new = {name: given(name) for name in ("channel", "update_id", "chat_id", "person_id", "kind", "text")}
_untouched = {"state": InboxState.NEW, "attempts": 0, "next_at": given("now"), "received_at": given("now")}
_KEEP = Statement(
    sqlite.insert(table_of(Row)).values(**_new, **_untouched).on_conflict_do_nothing().returning(col(Row.id)),
    on_postgresql=postgresql.insert(table_of(Row))
    .values(**_new, **_untouched)
    .on_conflict_do_nothing()
    .returning(col(Row.id)),
)
_KEPT = Statement(
    select(col(Row.id)).where(col(Row.channel) == given("channel"), col(Row.update_id) == given("update_id"))
)


def keep_update(work: Work, update: Update) -> int:
    """Write an update's row unless the channel brought it before; its id. What no column takes is left out.

    Who writes is there: what waited for a chat that was gone goes out. What only comes again brings nobody back.
    """
    update = replace(update, update_id=storable(update.update_id), text=storable(update.text))
    row = {"chat_id": update.chat_id, "person_id": update.person_id, "kind": update.kind, "text": update.text}
    known = {"channel": update.channel, "update_id": update.update_id}
    found = work.one(_KEEP, **known, **row, now=work.now)
    if found is not None:
        back(work, update.chat_id)
    else:
        found = work.one(_KEPT, **known)
    return int(found[0] or 0) if found else 0


def arrive(work: Work, update: Update, *, take: bool) -> Arrived:
    """As `keep_update`; with `take`, the chat's oldest open row is taken along, which mostly is this one."""
    inbox_id = keep_update(work, update)
    return Arrived(inbox_id, update, take_head(work, update.chat_id) if take else None)


_OPEN = text(f"inbox.{INBOX_NEW}")
_first = select(func.min(col(Row.id))).where(_OPEN)
_CHATS = Statement(
    select(col(Row.chat_id))
    .where(col(Row.id).in_(_first.group_by(col(Row.chat_id))), col(Row.next_at) <= given("now"))
    .order_by(col(Row.id))
)
_head = picked(Row, Kept).where(
    _OPEN,
    col(Row.id) == _first.where(col(Row.chat_id) == given("chat_id")).scalar_subquery(),
    col(Row.next_at) <= given("now"),
)
_HEAD = Statement(_head, on_postgresql=_head.with_for_update(skip_locked=True))
_TAKE = Statement(change(table_of(Row)).where(col(Row.id) == given("id")).values(next_at=given("until")))


def take_head(work: Work, chat_id: int) -> Kept | None:
    """Take the oldest open row of a chat, if it is due and nobody else has it."""
    row = work.one(_HEAD, chat_id=chat_id, now=work.now)
    if row is None:
        return None
    kept = Kept(*row)
    work.run(_TAKE, id=kept.id, until=work.now + TAKEN_FOR)
    return kept


def _incoming(work: Work, kept: Kept) -> Incoming:
    where, who = chat(work, kept.chat_id), person(work, kept.person_id)
    return Incoming(kept.id, kept.channel, where.id, where.kind, where.language, who, kept.kind, kept.text, work.now)


def _failed(work: Work, kept: Kept, error: str) -> None:
    """Have it tried again later, or put it away and say so; one that somebody else closed meanwhile stays closed."""
    tries = kept.attempts + 1
    still_new = (col(Row.id) == kept.id, col(Row.state) == InboxState.NEW)
    if tries < MOST_TRIES:
        later = work.now + timedelta(seconds=2**kept.attempts)
        work.change(Row, *still_new, attempts=tries, error=error, next_at=later)
        return
    if not work.change(Row, *still_new, attempts=tries, error=error, state=InboxState.DEAD):
        return
    sentence = say(chat(work, kept.chat_id).language, "errors.internal", number=kept.id)
    send(work, kept.chat_id, Reply((sentence,), tone=Tone.STOPPED), key=f"dead.{kept.id}")
