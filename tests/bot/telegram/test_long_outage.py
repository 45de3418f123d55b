"""However long the platform or the database is away, whoever hears it goes on trying, and hears it again."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from pydantic import SecretStr
from telegram.error import NetworkError

from bot.leases import Turn
from bot.telegram.polling import LONGEST_PAUSE_SECONDS
from bot.telegram.wire import Line, Wire
from data.engine import Database
from tests.bot.edge import until
from tests.bot.telegram.played import TOKEN
from tests.bot.telegram.test_hearing import Ended, Keeper, Poller, Server, polled_to_the_end, updates

FAILURES_OF_A_DAY = 1200


async def test_after_a_day_without_the_platform_it_still_asks() -> None:
    troubles = [NetworkError("no route") for _ in range(FAILURES_OF_A_DAY)]
    server, keeper = Server(*troubles, updates(5)), Keeper()
    pauses = await polled_to_the_end(server, keeper)
    assert keeper.kept == [5]
    assert LONGEST_PAUSE_SECONDS <= pauses[-1] <= LONGEST_PAUSE_SECONDS * 1.25


async def test_who_begins_to_poll_once_more_confirms_nothing_that_somebody_else_may_have_passed() -> None:
    server, keeper = Server(updates(900)), Keeper()
    poller = Poller(server, keeper)  # type: ignore[arg-type]
    for _ in range(2):
        with pytest.raises(Ended):
            await poller.run()
    assert server.offsets == [None, 901, None]


async def test_after_a_day_without_the_platform_it_is_still_looked_for(
    small_sqlite: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried = 0

    async def at_once(seconds: float) -> None:
        assert seconds <= LONGEST_PAUSE_SECONDS

    async def call() -> int:
        nonlocal tried
        tried += 1
        if tried <= FAILURES_OF_A_DAY:
            raise NetworkError("no route")
        return tried

    wire = Wire(Line(SecretStr(TOKEN)), small_sqlite, lambda: datetime.now(UTC))
    monkeypatch.setattr("bot.telegram.wire.asyncio.sleep", at_once)
    assert await wire._until_done(call) == FAILURES_OF_A_DAY + 1


async def test_a_turn_outlives_an_error_of_what_it_does_and_of_the_database(
    small_sqlite: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    done, look = 0, small_sqlite.write
    broken = [ValueError("broken")] * 2

    async def job() -> None:
        nonlocal done
        done += 1
        if done == 1:
            raise ValueError("broken")
        await asyncio.Event().wait()

    async def write(ask):  # type: ignore[no-untyped-def]
        if done == 1 and broken:
            raise broken.pop()
        return await look(ask)

    monkeypatch.setattr(small_sqlite, "write", write)
    turn = Turn(small_sqlite, lambda: datetime.now(UTC), "thing", "me", timedelta(seconds=0.03))
    running = asyncio.create_task(turn.run(job))
    await until(lambda: done == 2)
    assert not running.done()
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


async def test_the_wire_can_be_stopped_when_what_it_ran_has_failed(small_sqlite: Database) -> None:
    async def fails() -> None:
        raise ValueError("broken")

    wire = Wire(Line(SecretStr(TOKEN)), small_sqlite, lambda: datetime.now(UTC))
    wire._running = asyncio.create_task(fails())
    await asyncio.sleep(0)
    await wire.stop_hearing()
