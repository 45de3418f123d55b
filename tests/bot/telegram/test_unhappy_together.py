"""Two processes on one PostgreSQL, and one of them is gone from one moment to the next."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, TypeVar

import aiohttp
import pytest
from aiohttp import web
from pydantic import SecretStr
from sqlalchemy import Connection

from bot.leases import Turn
from bot.limits import Limits
from bot.telegram.wire import Line
from data.engine import Database
from handlers.understand.names.lexicon import Lexicon
from tests.bot.telegram.played import TOKEN, Moment, Played, a_free_port
from tests.bot.telegram.strictgram import StrictServer
from tests.bot.telegram.tale import DONE, PULL, People, dispatched, requested, row_of
from tests.bot.telegram.upshot import check

LEASE = timedelta(seconds=3)
ANSWER_SECONDS = 2.0
"""How long a call waits for its answer: shorter than the lease, as in the product."""
NAMES = ("wang", "li", "qin", "tao")
Result = TypeVar("Result")


class Mortal(Database):
    """A database as one process has it: when that is gone, it asks for nothing and hears of nothing any more."""

    is_gone = False

    async def write(self, job: Callable[[Connection], Result]) -> Result:
        """As long as the process lives."""
        return await self._alive(super().write(job))

    async def read(self, job: Callable[[Connection], Result]) -> Result:
        """As long as the process lives."""
        return await self._alive(super().read(job))

    async def _alive(self, asked: Any) -> Any:
        if self.is_gone:
            asked.close()
            raise asyncio.CancelledError
        answer = await asked
        if self.is_gone:  # it may be committed, but nobody is there to hear it
            raise asyncio.CancelledError
        return answer


@dataclass
class Balancer:
    """What stands before the processes: brings each call to one of them, whichever."""

    ports: list[int]
    dice: random.Random = field(default_factory=lambda: random.Random(9))
    port: int = 0

    async def pass_on(self, request: web.Request) -> web.Response:
        """Bring one call on, to another one where nobody listens; 502 where the answer is lost."""
        body, ports = await request.read(), self.dice.sample(self.ports, len(self.ports))
        async with aiohttp.ClientSession() as session:
            for port in ports:
                try:
                    where = f"http://127.0.0.1:{port}{request.path}"
                    async with session.post(where, data=body, headers=request.headers) as answer:
                        return web.Response(status=answer.status)
                except aiohttp.ClientConnectorError:
                    continue
                except aiohttp.ClientError:
                    break
        return web.Response(status=502)

    async def start(self) -> web.AppRunner:
        """Listen."""
        application = web.Application()
        application.router.add_post("/{path:.*}", self.pass_on)
        runner = web.AppRunner(application, access_log=None, shutdown_timeout=0.5)
        await runner.setup()
        self.port = a_free_port()
        await web.TCPSite(runner, "127.0.0.1", self.port).start()
        return runner


@dataclass
class Pair:
    """Two processes on one server and one database."""

    server: StrictServer
    first: Played
    second: Played

    @property
    def both(self) -> tuple[Played, Played]:
        """The two of them."""
        return self.first, self.second


@pytest.fixture(params=["polling", "webhook"])
async def pair(
    request: pytest.FixtureRequest, demo_postgresql: Database, lexicon: Lexicon, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Pair]:
    """Two processes, running."""
    hurry(monkeypatch)
    url = demo_postgresql.url.render_as_string(hide_password=False)
    ports = [a_free_port(), a_free_port()]
    balancer = Balancer(ports)
    runner = await balancer.start()
    public = f"http://127.0.0.1:{balancer.port}" if request.param == "webhook" else None
    clock, databases = Moment(), (Mortal(url), Mortal(url))
    async with StrictServer(TOKEN, limits=False) as server:
        lines = [Line(SecretStr(TOKEN), server.url, public, port=port, wait_seconds=1) for port in ports]
        one, other = (
            Played(server, database, lexicon, line, clock) for database, line in zip(databases, lines, strict=True)
        )
        await one.link(*NAMES)
        for name in NAMES:
            server.chats[server.user(name)].open = True
        for process in (one, other):
            process.wire.channel.limits = Limits()
            await process.start()
            await process.hears()
        yield Pair(server, one, other)
        for process in (one, other):
            await process.stop()
    await runner.cleanup()
    for database in databases:
        await database.close()


def hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leases of a minute are right for a network; here they would be the length of the test."""
    for name in ("bot.sending.LEASE", "bot.inbox.TAKEN_FOR", "core.ground.events.TAKEN_FOR"):
        monkeypatch.setattr(name, LEASE)
    monkeypatch.setattr(Turn.__init__, "__defaults__", (LEASE,))


async def end_at_once(one: Played) -> None:
    """The process is gone: it writes nothing, hears nothing and says nothing any more."""
    one.database.is_gone = True  # type: ignore[attr-defined]
    await one.wire.request.shutdown()
    await one.stop()


def chatter(pair: Pair, begin: int, end: int) -> None:
    """Everybody says something, again and again."""
    for number in range(begin, end):
        for name in NAMES:
            pair.server.say(name, f"第{number}句")


# What is gone closes no sockets; whether anybody notices depends on when garbage is collected.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
async def test_one_of_two_is_gone_in_the_middle(pair: Pair) -> None:
    people = People(pair.second)
    await requested(people)
    chatter(pair, 0, 4)
    holder, other = pair.both
    if not pair.server.webhook:
        owner = pair.first.rows("select owner from lease where name = 'telegram poller'")[0][0]
        holder, other = pair.both if pair.first.wire.owner == owner else pair.both[::-1]
    await asyncio.sleep(0.15)
    await end_at_once(holder)
    chatter(pair, 4, 8)
    people = People(other)
    await other.until(lambda: len(other.rows("select 1 from inbox where state = 'done'")) == 2 + 8 * len(NAMES))
    await other.until(lambda: not other.rows("select 1 from outbox where state in ('pending', 'sending')"))
    await dispatched(people)
    rows = check(other, *DONE[:3], killed=True)
    assert len([row for row in rows if row.repeated]) <= len(NAMES) + 1  # what was under way: one in each chat
    for name in NAMES:
        here = row_of(other, name)
        words = other.rows(f"select text from inbox where chat_id = {here} and kind = 'message' order by id")
        assert [text for (text,) in words if text != PULL] == [f"第{number}句" for number in range(8)]
        answers = [row.key for row in rows if row.chat_id == here and row.key.startswith("answer.")]
        assert answers == sorted(answers, key=lambda key: int(key.split(".")[1]))
