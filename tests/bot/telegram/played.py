"""The product's conversation on Telegram: two people of the demo chain, a group, and the strict server in between."""

from __future__ import annotations

import asyncio
import socket
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from io import BytesIO
from itertools import count
from typing import Any

import aiohttp
from pydantic import SecretStr
from sqlalchemy import Connection

from bot.delivery import Channel, Delivery
from bot.inbox import Handled, Inbox, Update
from bot.notifier import Notifier
from bot.telegram.addresses import NAME
from bot.telegram.wire import Line, Wire
from core.ground.work import Work
from core.people.directory import person_by_code
from data.engine import Database
from data.kinds import ChatKind, InboxKind
from data.tables.conversation import Account
from data.tables.conversation import Chat as ChatRow
from handlers.understand.names.lexicon import Lexicon
from tests.bot.edge import FakeChannel
from tests.bot.telegram.strictgram import StrictServer
from tests.scenarios.chain import MORNING

TOKEN = "123456:STRICT-TEST-TOKEN"
PATIENCE_SECONDS = 10
NAMES = {"wang": "u01", "li": "u02", "qin": "u17", "he": "u20", "tao": "u29", "jiang": "u31", "admin": "u34"}

LEFT = (
    "select 1 from inbox where state = 'new' union all select 1 from outbox where state = 'pending'"
    " and chat_id not in (select id from chat where gone_at is not null)"
    " union all select 1 from card where shown_version < wanted_version and message_id is not null"
    " and chat_id not in (select id from chat where gone_at is not null)"
    " union all select 1 from event where state = 'new'"
)

UNDER_WAY = f"{LEFT} union all select 1 from outbox where state = 'sending'"
"""With what is being sent, or was and its answer is lost."""


class Moment:
    """A clock: a morning, from which time goes on. Several processes and the server may share one."""

    def __init__(self) -> None:
        self._began, self.ahead = time.monotonic(), timedelta()

    def __call__(self) -> datetime:
        """The moment."""
        return MORNING + timedelta(seconds=time.monotonic() - self._began) + self.ahead

    def seconds(self) -> float:
        """The same for a server, which counts seconds."""
        return (self() - MORNING).total_seconds()


class Played:
    """One process of the product on one server. People are named as the server names them."""

    def __init__(
        self, server: StrictServer, database: Database, lexicon: Lexicon, line: Line, clock: Moment | None = None
    ) -> None:
        self.server, self.database, self.lexicon, self.clock = server, database, lexicon, clock or Moment()
        self.wire = Wire(line, database, self.clock)
        channels: dict[str, Channel] = {NAME: self.wire.channel, "console": FakeChannel()}
        self.delivery = Delivery(database, self.clock, lambda: lexicon, channels)
        self.notifier = Notifier(database, self.clock, lambda: lexicon, self.delivery.lanes.wake)
        self.inbox = Inbox(database, self.clock, lambda: lexicon, self._handled, claim_next=self.delivery.claim_next)
        self._tasks: list[asyncio.Task[None]] = []
        self._typed = count(1)

    def later(self, **delta: float) -> None:
        """Move the clock."""
        self.clock.ahead += timedelta(**delta)
        self.wake()

    def _handled(self, handled: Handled) -> None:
        self.delivery.go_on(handled.chat_id, handled.begun)
        self.wake()

    def wake(self) -> None:
        """Something was written."""
        self.notifier.wake()
        self.delivery.lanes.wake()

    async def start(self) -> None:
        """Run."""
        await self.wire.start(self.inbox, self.wake)
        runs = (self.inbox.lanes.run(), self.notifier.run(), self.delivery.lanes.run())
        self._tasks = [asyncio.create_task(run) for run in runs]

    async def hears(self) -> None:
        """Wait until the server knows where to bring updates."""
        await self.until(lambda: self.server.webhook or self.server.poller)

    async def stop(self) -> None:
        """End, what is under way first."""
        await self.wire.stop_hearing()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self.inbox.end()
        await self.delivery.end()
        await self.wire.close()

    async def link(self, *names: str, language: str = "zh") -> None:
        """Let these people be known: an account and a private chat each."""
        for name in names:
            user_id = self.server.user(name, language)
            await self.write(lambda work, name=name, user_id=user_id: _link(work, NAMES[name], user_id, language))

    async def types(self, code: str, text: str, kind: InboxKind = InboxKind.MESSAGE) -> None:
        """Somebody says something at the console, or taps there."""
        where = self.rows(
            "select chat_id, person_id from account join person on person.id = person_id"
            f" where channel = 'console' and code = '{code}'"
        )[0]
        update_id = f"typed:{next(self._typed)}"
        await self.inbox.keep(Update("console", update_id, *where, kind, text))

    async def connect(self, chat_id: int | str, hears: str | None = None) -> int:
        """Let a group be one of the chain's; its row's id."""
        row = {"kind": ChatKind.GROUP, "title_zh": "西湖群", "title_en": "West Lake", "language": "zh", "hears": hears}
        found: int = await self.write(lambda work: work.add(ChatRow, channel=NAME, address=str(chat_id), **row))
        return found

    def work(self, connection: Connection) -> Work:
        """A unit of work at this moment."""
        return Work(connection, self.clock())

    async def write(self, job: Callable[[Work], Any]) -> Any:
        """Change something behind everybody's back."""
        return await self.database.write(lambda connection: job(self.work(connection)))

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """The rows of a plain SQL query."""

        def ask(connection: Connection) -> list[tuple[Any, ...]]:
            return [tuple(row) for row in connection.exec_driver_sql(query)]

        return self.database.reading(ask).result()

    async def until(self, condition: Callable[[], Any]) -> None:
        """Let everything run until this holds."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            while not condition():  # noqa: ASYNC110 - what is waited for has no event of its own
                await asyncio.sleep(0.01)

    async def rests(self, left: str = LEFT, quiet: float = 0.1) -> None:
        """Let everything run until the server is quiet and nothing is left to be done now."""
        await self.server.settle(quiet=quiet)
        await self.until(lambda: not self.rows(left))
        await self.server.settle(quiet=quiet)

    async def weathers(self) -> None:
        """As `rests`, with the clock running ahead, so that what waits for another try or a lease has its turn."""
        for step in range(60):
            await self.server.settle(quiet=0.1)
            if not self.rows(UNDER_WAY):
                return
            self.later(seconds=min(2**step, 20))  # slowly: an answer to a tap is for a minute, a question for 15
            await asyncio.sleep(0.1)
        raise AssertionError("it never rests")


def _link(work: Work, code: str, user_id: int, language: str) -> None:
    who = person_by_code(work, code)
    row = {"kind": ChatKind.PRIVATE, "title_zh": who.name, "title_en": who.name, "language": language}
    chat_id = work.add(ChatRow, channel=NAME, address=str(user_id), **row)
    work.add(Account, channel=NAME, address=str(user_id), person_id=who.id, chat_id=chat_id)


def a_free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


@asynccontextmanager
async def played(
    database: Database, lexicon: Lexicon, by: str = "polling", clock: Moment | None = None, **strict: Any
) -> AsyncIterator[Played]:
    """The product, not started, on a server of its own; the people have written to the bot before.

    A clock that is given is the server's too.
    """
    strict = {"limits": False, **({"clock": clock.seconds} if clock else {}), **strict}
    async with StrictServer(TOKEN, **strict) as server:
        port = a_free_port()
        public = f"http://127.0.0.1:{port}" if by == "webhook" else None
        line = Line(SecretStr(TOKEN), server.url, public, port=port, wait_seconds=2)
        one = Played(server, database, lexicon, line, clock)
        await one.link("wang", "qin")
        for name in ("wang", "qin"):
            server.chats[server.user(name)].open = True
        try:
            yield one
        finally:
            await one.stop()


async def post(url: str, body: bytes, headers: dict[str, str]) -> int:
    """Call a webhook; the status of the answer."""
    async with aiohttp.ClientSession() as session, session.post(url, data=BytesIO(body), headers=headers) as answer:
        return answer.status
