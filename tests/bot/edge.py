"""An edge of the chain under test: a channel that only remembers, a clock to move, lanes served one piece at a time."""

from __future__ import annotations

import asyncio
from collections import defaultdict, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from typing import Any

from sqlalchemy import Connection

from bot.delivery import Delivery, Outgoing
from bot.due import Tapped
from bot.inbox import Handled, Inbox, Update
from bot.lanes import Lanes
from bot.limits import Limits
from bot.notifier import Notifier
from core.ground.work import Work
from data.engine import Database
from data.kinds import InboxKind, Priority
from handlers.cards import Card, want_redraw
from handlers.chats import Chat
from handlers.messages import Reply
from handlers.outgoing import send
from handlers.understand.names.lexicon import Lexicon
from tests.scenarios.chain import MORNING

PATIENCE_SECONDS = 10
MOST_ROUNDS = 100


class LostAnswer(ConnectionError):
    """The platform has taken it, and the line broke before it said so."""


@dataclass
class FakeChannel:
    """A platform that takes everything but what was planned to fail. `seen` is what people saw, in order.

    A planned `LostAnswer` is seen before it fails, any other fault is not. Who writes to an address with a gate waits
    there until it is opened.
    """

    seen: list[tuple[str, str, str]] = field(default_factory=list)
    faults: dict[str, deque[Exception]] = field(default_factory=lambda: defaultdict(deque))
    gates: dict[str, asyncio.Event] = field(default_factory=dict)
    meanwhile: Callable[[], Any] | None = None
    knows_copies: bool = False
    limits: Limits = field(default_factory=Limits)

    async def send(self, where: Chat, message: Outgoing) -> str:
        """Remember a message, and whether it may have been sent before."""
        kind = "repeated" if message.repeated else "message"
        await self._take(kind, where, message.reply)
        return f"m{message.id}"

    async def redraw(self, where: Chat, card: Card, reply: Reply) -> None:
        """Remember a card as it was redrawn."""
        await self._take("redraw", where, reply)

    async def toast(self, where: Chat, tap: Tapped, reply: Reply) -> None:
        """Remember a toast."""
        await self._take("toast", where, reply)

    def told(self, address: str) -> list[str]:
        """What was seen at an address: kind and first line."""
        return [f"{kind}: {line}" for to, kind, line in self.seen if to == address]

    async def _take(self, kind: str, where: Chat, reply: Reply) -> None:
        if gate := self.gates.get(where.address):
            await gate.wait()
        planned = self.faults[where.address]
        fault = planned.popleft() if planned else None
        if fault is None or isinstance(fault, LostAnswer):
            self.seen.append((where.address, kind, reply.lines[0]))
        if self.meanwhile:
            await self.meanwhile()
        if fault is not None:
            raise fault


class Edge:
    """Inbox and delivery on the demo chain, with nothing running by itself. People are named by their codes."""

    def __init__(self, database: Database, lexicon: Lexicon) -> None:
        self.database, self.now = database, MORNING
        self.known, self.handled = lexicon, 0
        self.channel = FakeChannel()
        self.inbox = self.new_inbox()
        self.delivery = self.new_delivery()
        self.notifier = self.new_notifier()
        self.chats: dict[str, int] = dict(self.rows("select address, id from chat"))
        self.people: dict[str, int] = dict(self.rows("select code, id from person"))
        self._ids = count(1)

    def clock(self) -> datetime:
        """The present moment."""
        return self.now

    def lexicon(self) -> Lexicon:
        """Every name in the chain."""
        return self.known

    def later(self, **time: float) -> None:
        """Move the clock."""
        self.now += timedelta(**time)

    def new_inbox(self) -> Inbox:
        """An inbox as a process that has just been started has it."""
        return Inbox(self.database, self.clock, self.lexicon, self._count)

    def new_delivery(self) -> Delivery:
        """A delivery as a process that has just been started has it."""
        return Delivery(self.database, self.clock, self.lexicon, {"console": self.channel})

    def new_notifier(self) -> Notifier:
        """A notifier as a process that has just been started has it."""
        return Notifier(self.database, self.clock, self.lexicon, lambda: None)

    async def keeps(self, who: str, text: str, update_id: str = "", kind: InboxKind = InboxKind.MESSAGE) -> int:
        """Something comes in and is kept; its row."""
        where = (self.chats[who], self.people[who])
        return await self.inbox.keep(Update("console", update_id or f"edge:{next(self._ids)}", *where, kind, text))

    async def says(self, who: str, text: str, priority: Priority = Priority.REPLY) -> None:
        """Something is put into the outbox for this person."""
        key = f"edge.{next(self._ids)}"
        await self.write(lambda work: send(work, self.chats[who], Reply((text,)), key=key, priority=priority))

    async def changes(self, card_id: int) -> None:
        """A card is to look different, whatever of."""

        def job(work: Work) -> None:
            want_redraw(work, card_id)
            work.connection.exec_driver_sql(f"update card set shown = 'another look' where id = {card_id}")

        await self.write(job)

    async def handle(self) -> list[int]:
        """Handle everything that is due; the chats served, in order."""
        return await settled(self.inbox.lanes)

    async def deliver(self) -> list[int]:
        """Word and deliver everything that is due; the chats served, in order."""
        while await self.notifier.word_next():
            pass
        return await settled(self.delivery.lanes)

    async def write(self, job: Callable[[Work], Any]) -> Any:
        """Change something behind everybody's back."""
        return await self.database.write(lambda connection: job(Work(connection, self.now)))

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """The rows of a plain SQL query."""

        def ask(connection: Connection) -> list[tuple[Any, ...]]:
            return [tuple(row) for row in connection.exec_driver_sql(query)]

        return self.database.reading(ask).result()

    def _count(self, handled: Handled) -> None:
        self.handled += 1


async def settled(lanes: Lanes) -> list[int]:
    """Serve every chat with work, a piece at a time, until none is left; an error ends that piece, not the rest."""
    served: list[int] = []
    for _ in range(MOST_ROUNDS):
        chats = await lanes.waiting()
        if not chats:
            return served
        for chat_id in chats:
            served.append(chat_id)
            try:
                await lanes.serve(chat_id)
            except ConnectionError:
                continue
    raise AssertionError(f"the lanes of {lanes.name} never rest: {served[-10:]}")


async def until(condition: Callable[[], bool]) -> None:
    """Let everything else run until this holds; fails after `PATIENCE_SECONDS`."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not condition():  # noqa: ASYNC110 - what is waited for has no event of its own
            await asyncio.sleep(0.005)
