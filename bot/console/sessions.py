"""The console as delivery sees it: what is sent goes to every open pane of its chat, and the outbox keeps it."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from aiohttp import web
from sqlalchemy import select
from sqlmodel import col

from bot.console.items import Item, Said, reply_item, said_item
from bot.delivery import Outgoing
from bot.due import Tapped
from bot.limits import Limits
from core.ground.work import Clock, Work
from core.people.directory import person
from data.engine import Database
from data.kinds import ChatKind
from data.tables.conversation import Outbox
from handlers.capabilities.help import examples
from handlers.cards import Card
from handlers.chats import Chat, chat
from handlers.messages import Reply
from handlers.reader import Reader
from handlers.say import say
from handlers.understand.names.lexicon import Lexicon

NAME = "console"


@dataclass(eq=False)
class Session:
    """One open pane: who sits there, in which chat, and the language it was greeted in."""

    socket: web.WebSocketResponse
    person_id: int
    chat: Chat
    language: str = ""

    async def tell(self, message: dict[str, Any]) -> None:
        """Send one message; a line that is gone is no error, its browser will come back and catch up."""
        if not self.socket.closed:
            try:
                await self.socket.send_json(message)
            except ConnectionError:
                await self.socket.close()


class Sessions:
    """Every open pane, and the channel that delivery talks to."""

    knows_copies = True  # a browser knows a message again by its outbox row
    limits = Limits()

    def __init__(self, database: Database, clock: Clock, lexicon: Callable[[], Lexicon]) -> None:
        """No pane is open yet."""
        self.database, self.clock, self.lexicon = database, clock, lexicon
        self._open: dict[int, set[Session]] = defaultdict(set)
        self._typing: set[asyncio.Task[None]] = set()

    def enter(self, session: Session) -> None:
        """A pane was opened."""
        self._open[session.chat.id].add(session)

    def leave(self, session: Session) -> None:
        """A pane was closed."""
        self._open[session.chat.id].discard(session)

    async def close(self) -> None:
        """Close every pane's line; the browsers come back when somebody listens again."""
        for session in [one for panes in self._open.values() for one in panes]:
            await session.socket.close()

    async def may_stay(self, session: Session) -> bool:
        """Whether whoever sits there still works here; a pane of somebody who does not is closed, and says why."""
        return await self._stay(session.chat.id, [session]) != []

    async def greet(self, session: Session) -> None:
        """Tell a pane who sits there and what could be said."""

        def hello(connection: Any) -> tuple[str, list[str], str]:
            work = Work(connection, self.clock())
            where, who = chat(work, session.chat.id), person(work, session.person_id)
            said = examples(work, Reader(who, where.language, self.lexicon().catalogue))
            return where.language, list(said), where.title_zh if where.language == "zh" else where.title_en

        language, said, title = await self.database.read(hello)
        session.language = language
        if session.chat.kind is ChatKind.GROUP:
            said = [f"{say(language, 'console.mention')} {one}" for one in said]
        now = self.clock().isoformat()
        await session.tell(
            {
                "type": "hello",
                "language": language,
                "title": title,
                "examples": said,
                "server_time": now,
            }
        )

    async def show_said(self, chat_id: int, said: Said) -> None:
        """Show what somebody wrote to everybody in the chat."""
        if here := await self._stay(chat_id, list(self._open[chat_id])):
            name = await self.database.read(lambda c: person(Work(c, self.clock()), said.person_id).name)
            for session in here:
                await session.tell({"type": "item", "item": said_item(said, name, session.person_id)})

    def busy(self, channel: str, chat_id: int, on: bool) -> None:
        """Show or end "typing" in a chat."""
        if channel == NAME:
            private = [one for one in self._open[chat_id] if one.chat.kind is ChatKind.PRIVATE]
            for session in private:  # in a group most messages are not for the bot
                task = asyncio.ensure_future(session.tell({"type": "typing", "on": on}))
                self._typing.add(task)
                task.add_done_callback(self._typing.discard)

    async def send(self, where: Chat, message: Outgoing) -> str:
        """Show a new message in every open pane of the chat. Its outbox row is what the others will catch up from."""
        for session in await self._stay(where.id, list(self._open[where.id])):
            if session.language != where.language:
                await self.greet(session)
        await self._show(where.id, reply_item(message.id, message.created_at, message.reply, message.card))
        return f"o{message.id}"

    async def redraw(self, where: Chat, card: Card, reply: Reply) -> None:
        """Show a card anew in every open pane of the chat."""
        outbox_id = int((card.message_id or "o0")[1:])
        created_at = await self.database.read(lambda c: _created_at(Work(c, self.clock()), outbox_id))
        await self._show(where.id, reply_item(outbox_id, created_at, reply, card))

    async def toast(self, where: Chat, tap: Tapped, reply: Reply) -> None:
        """Answer a tap in the pane of the person who tapped."""
        number = tap.update_id.partition(":")[2]
        for session in list(self._open[where.id]):
            if session.person_id == tap.person_id:
                await session.tell({"type": "toast", "text": reply.lines[0], "tap": number, "alert": False})

    async def _show(self, chat_id: int, item: Item) -> None:
        for session in await self._stay(chat_id, list(self._open[chat_id])):
            await session.tell({"type": "item", "item": item})

    async def _stay(self, chat_id: int, sessions: list[Session]) -> list[Session]:
        """Those of these panes whose people still work here, by the database as it is now; the others are closed."""
        ids = {one.person_id for one in sessions}

        def active(connection: Any) -> set[int]:
            work = Work(connection, self.clock())
            return {person_id for person_id in ids if person(work, person_id).is_active}

        staying = await self.database.read(active) if ids else set()
        for session in sessions:
            if session.person_id not in staying:
                self._open[chat_id].discard(session)
                await session.tell({"type": "refused", "text": say(session.chat.language, "errors.not_active")})
                await session.socket.close()
        return [one for one in sessions if one.person_id in staying]


def _created_at(work: Work, outbox_id: int) -> Any:
    row = work.first(select(col(Outbox.created_at)).where(col(Outbox.id) == outbox_id))
    return row[0] if row else work.now
