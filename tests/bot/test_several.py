"""Several processes on one PostgreSQL: one of them does each piece of work, in order, and wakes the others."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime, timedelta

import pytest

import bot.lanes
import bot.notifier
from bot.bell import INBOX, Bell
from bot.leases import Turn
from core.ground.work import Work
from data.engine import Database
from data.kinds import InboxKind
from data.tables.ground import Lease
from handlers.understand.names.lexicon import Lexicon
from tests.bot.edge import Edge, FakeChannel, until

PEOPLE = ("u01", "u03", "u05", "u07", "u09")


@pytest.fixture
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever was not woken looks again soon."""
    monkeypatch.setattr(bot.lanes, "LOOK_AGAIN_SECONDS", 0.05)
    monkeypatch.setattr(bot.notifier, "LOOK_AGAIN_SECONDS", 0.05)


@asynccontextmanager
async def process(database: Database, lexicon: Lexicon, channel: FakeChannel) -> AsyncIterator[Edge]:
    """One process of its own on the database, running."""
    edge = Edge(Database(database.url.render_as_string(hide_password=False)), lexicon)
    edge.channel = channel
    edge.inbox, edge.delivery, edge.notifier = edge.new_inbox(), edge.new_delivery(), edge.new_notifier()
    runs = (edge.inbox.lanes.run(), edge.notifier.run(), edge.delivery.lanes.run())
    tasks = [asyncio.create_task(run) for run in runs]
    yield edge
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    edge.database.close_now()


async def test_each_message_is_handled_and_answered_once_and_in_order(
    demo_postgresql: Database, lexicon: Lexicon, soon: None
) -> None:
    channel = FakeChannel()
    async with AsyncExitStack() as stack:
        three = [await stack.enter_async_context(process(demo_postgresql, lexicon, channel)) for _ in range(3)]
        for number in range(12):
            for person in PEOPLE:
                await three[number % 3].keeps(person, f"第{number}句 天气", f"{person}.{number}")
        one = three[0]
        left = "select 1 from inbox where state = 'new' union all select 1 from outbox where state != 'sent'"
        await until(lambda: not one.rows(left))
        assert one.rows("select distinct state, attempts from inbox") == [("done", 0)]
        assert one.rows("select distinct state, attempts, repeated from outbox") == [("sent", 1, 0)]
        for person in PEOPLE:
            chat = one.chats[person]
            said = one.rows(f"select id from inbox where chat_id = {chat} order by id")
            told = one.rows(f"select dedupe_key from outbox where chat_id = {chat} order by sent_at, id")
            assert told == [(f"answer.{row[0]}",) for row in said]
            assert len(channel.told(person)) == len(said)


async def test_a_document_is_told_of_once_and_in_its_order(
    demo_postgresql: Database, lexicon: Lexicon, soon: None
) -> None:
    channel = FakeChannel()
    async with AsyncExitStack() as stack:
        three = [await stack.enter_async_context(process(demo_postgresql, lexicon, channel)) for _ in range(3)]
        one = three[0]
        left = "select 1 from event where state = 'new' union all select 1 from outbox where state != 'sent'"
        await one.keeps("u01", "从中央仓调20箱可口可乐500ml到西湖店")
        for who, data in (("u01", "submit.1.1"), ("u17", "approve.2.1"), ("u17", "dispatch.2.2")):
            await until(lambda: not one.rows("select 1 from inbox where state = 'new'"))
            await until(lambda: not one.rows(left))
            await one.keeps(who, data, kind=InboxKind.TAP)
        await until(lambda: one.rows("select count(*) from event") == [(3,)] and not one.rows(left))
        assert one.rows("select dedupe_key, count(*) from outbox group by 1 having count(*) > 1") == []
        assert [line for line in channel.told("u17") if line.startswith("message")] == [
            "message: 待你批 · TR-1015 · 已冻结"
        ]


async def test_a_bell_is_heard_in_the_other_process(demo_postgresql: Database) -> None:
    other = Database(demo_postgresql.url.render_as_string(hide_password=False))
    here, there, heard = Bell(demo_postgresql), Bell(other), asyncio.Event()
    there.on(INBOX, heard.set)
    running = [asyncio.create_task(bell.run()) for bell in (here, there)]
    try:
        async with asyncio.timeout(10):
            while not heard.is_set():  # until the other one listens
                here.ring(INBOX)
                await asyncio.sleep(0.05)
        await asyncio.sleep(0.3)
        heard.clear()
        here.ring(INBOX)
        async with asyncio.timeout(1):
            await heard.wait()
    finally:
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)
        other.close_now()


async def test_a_turn_is_one_process_and_passes_on_when_it_ends_or_dies(small: Database) -> None:
    doing: list[str] = []

    def turn(owner: str) -> asyncio.Task[None]:
        async def job() -> None:
            doing.append(owner)
            try:
                await asyncio.Event().wait()
            finally:
                doing.remove(owner)

        lasts = timedelta(seconds=0.6)
        return asyncio.create_task(Turn(small, lambda: datetime.now(UTC), "thing", owner, lasts).run(job))

    first = turn("first")
    await until(lambda: doing == ["first"])
    second = turn("second")
    await asyncio.sleep(1)
    assert doing == ["first"]
    first.cancel()
    await asyncio.gather(first, return_exceptions=True)
    await until(lambda: doing == ["second"])

    def steal(work: Work) -> None:
        work.change(Lease, owner="third", ends_at=work.now + timedelta(seconds=1))

    await small.write(lambda connection: steal(Work(connection, datetime.now(UTC))))  # it had slept too long
    await until(lambda: doing == [])
    await until(lambda: doing == ["second"])  # and the third one died without giving it back
    second.cancel()
    await asyncio.gather(second, return_exceptions=True)
    assert doing == []
