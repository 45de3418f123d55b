"""Words that were taught are known to every process at once, and what is taken back is known no longer."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime

import pytest

import bot.names
from bot.bell import EVENTS, NAMES, Bell
from bot.names import Names
from bot.notifier import Notifier
from core.execute import execute
from core.goods.learning import LearnAlias, LearnPhrase, RevokeAlias, learned_by
from core.ground.commands import Answer, Command
from core.ground.work import Work
from core.people.directory import person_by_code
from data.engine import Database
from tests.bot.edge import until


def present() -> datetime:
    """The present moment."""
    return datetime.now(UTC)


async def does(database: Database, command: Command, key: str) -> None:
    """An administrator teaches or takes back."""

    def job(connection: object) -> object:
        work = Work(connection, present())  # type: ignore[arg-type]
        return execute(work.by(person_by_code(work, "admin"), "test"), command, key=key)

    assert isinstance(await database.write(job), Answer)


def aliases(names: Names) -> tuple[str, ...]:
    """What the chain calls its cola, as far as this process knows."""
    return names().catalogue.sku_by_code["COLA"].aliases


def cola(names: Names) -> int:
    """The id of the cola."""
    return names().catalogue.sku_by_code["COLA"].id


@asynccontextmanager
async def process(database: Database) -> AsyncIterator[tuple[Names, Bell]]:
    """What of a process has to do with names, running on a connection of its own."""
    own = Database(database.url.render_as_string(hide_password=False)) if database.is_shared else database
    names, bell = Names(own, present), Bell(own)
    notifier = Notifier(own, present, names, lambda: None, lambda: bell.ring(NAMES))
    bell.on(NAMES, names.wake)
    bell.on(EVENTS, notifier.wake)
    tasks = [asyncio.create_task(run) for run in (names.run(), bell.run(), notifier.run())]
    yield names, bell
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    if own is not database:
        await own.close()


async def test_the_names_are_read_anew_when_they_changed_and_only_then(small: Database) -> None:
    names = Names(small, present)
    before = names()
    assert not await names.refresh()
    assert names() is before
    await does(small, LearnAlias("肥宅水", sku_id=cola(names)), "1")
    assert aliases(names) == ()  # whoever reads a message with the old ones goes on with them
    assert await names.refresh()
    assert aliases(names) == ("肥宅水",)
    assert before.catalogue.sku_by_code["COLA"].aliases == ()

    await does(small, LearnPhrase("整过来", "transfer.create"), "2")
    assert await names.refresh()
    assert names().catalogue.phrases == (("transfer.create", "整过来"),)

    row = await small.read(lambda connection: learned_by(Work(connection, present()), "肥宅水"))
    await does(small, RevokeAlias(row.id if row else 0), "3")
    assert await names.refresh()
    assert aliases(names) == ()
    assert not await names.refresh()


async def until_heard(one: Bell, other: Bell) -> None:
    """Until the other process hears what this one rings."""
    heard = asyncio.Event()
    other.on(EVENTS, heard.set)
    async with asyncio.timeout(10):
        while not heard.is_set():
            one.ring(EVENTS)
            await asyncio.sleep(0.05)


async def test_a_change_wakes_this_process_and_the_others(small: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bot.names, "LOOK_AGAIN_SECONDS", 3600)  # nobody looks by themselves
    async with AsyncExitStack() as stack:
        processes = [await stack.enter_async_context(process(small)) for _ in range(2 if small.is_shared else 1)]
        bells = [bell for _, bell in processes]
        for one, other in ((bells[0], bells[-1]), (bells[-1], bells[0])):
            await until_heard(one, other)
        await does(small, LearnAlias("肥宅水", sku_id=cola(processes[0][0])), "1")
        bells[0].ring(EVENTS)  # as whoever handled the message does
        await until(lambda: all(aliases(names) == ("肥宅水",) for names, _ in processes))


async def test_a_process_that_was_not_woken_looks_by_itself(small: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bot.names, "LOOK_AGAIN_SECONDS", 0.05)
    names = Names(small, present)
    running = asyncio.create_task(names.run())
    try:
        await does(small, LearnAlias("肥宅水", sku_id=cola(names)), "1")
        await until(lambda: aliases(names) == ("肥宅水",))
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
