"""More to say than the platform takes: within its limits to the second, all of it, and the urgent first."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest

from bot.telegram.addresses import NAME
from core.ground.work import Work
from data.columns import to_micros
from data.engine import Database
from data.kinds import ChatKind, Priority
from data.tables.conversation import Chat
from handlers.understand.names.lexicon import Lexicon
from tests.bot.edge import settled
from tests.bot.telegram.played import Moment, Played, played
from tests.bot.telegram.tale import in_a_group, row_of, said, tells
from tests.bot.telegram.upshot import check
from tests.scenarios.chain import MORNING

STEP_SECONDS = 0.25
GUESTS = [f"guest{number}" for number in range(40)]


class Still(Moment):
    """A clock that only goes on when it is moved, so that what is sent in one moment arrives in the same."""

    def __call__(self) -> datetime:
        """The moment."""
        return MORNING + self.ahead


async def welcomed(one: Played, names: Sequence[str]) -> list[int]:
    """People with a private chat each; the rows of these."""

    def add(work: Work) -> list[int]:
        row = {"channel": NAME, "kind": ChatKind.PRIVATE, "title_zh": "客", "title_en": "Guest", "language": "zh"}
        return [work.add(Chat, address=str(one.server.user(name)), **row) for name in names]

    for name in names:
        one.server.chats[one.server.user(name)].open = True
    found: list[int] = await one.write(add)
    return found


async def to_everybody(one: Played) -> None:
    """A hundred messages over forty chats."""
    chats = await welcomed(one, GUESTS)
    for number in range(100):
        await tells(one, chats[number * 7 % 40], f"第{number}句")


async def delivered(one: Played) -> None:
    """Deliver what is due at this moment, and then what is due a little later, until all of it is."""
    while one.rows("select 1 from outbox where state <> 'sent'"):
        await settled(one.delivery.lanes)
        one.later(seconds=STEP_SECONDS)


async def test_a_burst_keeps_to_the_second_what_the_platform_takes(demo: Database, lexicon: Lexicon) -> None:
    async with played(demo, lexicon, clock=Still(), limits=True) as one:
        await one.wire.request.initialize()
        group = await in_a_group(one)
        digests, urgent = [f"汇总{number}" for number in range(40)], [f"急{number}" for number in range(20)]
        await tells(one, row_of(one, group), *digests, priority=Priority.DIGEST)
        await tells(one, row_of(one, group), *urgent)
        await to_everybody(one)
        await delivered(one)
        assert said(one, group) == urgent + digests
        check(one)
        assert last_sent(one, "第") <= at(6)  # a hundred at thirty a second; the group keeps none of them waiting
        assert last_sent(one, "急") < at(60) < first_sent(one, "汇总")  # twenty a minute
        assert at(120) < last_sent(one, "汇总") < at(140)


@pytest.mark.long
async def test_a_burst_in_real_time(demo: Database, lexicon: Lexicon) -> None:
    async with played(demo, lexicon, clock=Moment(), limits=True) as one:
        await to_everybody(one)
        await one.start()
        await one.until(lambda: one.rows("select count(*) from outbox where state = 'sent'") == [(100,)])
        await one.rests()
        check(one)


@pytest.mark.long
async def test_a_group_that_has_much_to_hear_in_real_time(demo: Database, lexicon: Lexicon) -> None:
    async with played(demo, lexicon, clock=Moment(), limits=True) as one:
        group = await in_a_group(one)
        await one.start()
        words = [f"第{number}句" for number in range(60)]
        await tells(one, row_of(one, group), *words)
        async with asyncio.timeout(200):
            while one.rows("select 1 from outbox where state <> 'sent'"):  # noqa: ASYNC110 - it has no event of its own
                await asyncio.sleep(1)
        assert [line for line in said(one, group) if line in words] == words  # beside how it greets the group
        check(one)


def first_sent(one: Played, begins: str) -> int:
    """When the first message that begins so was sent."""
    found: int = one.rows(f"select min(sent_at) from outbox where reply like '%{begins}%'")[0][0]
    return found


def last_sent(one: Played, begins: str) -> int:
    """When the last message that begins so was sent."""
    found: int = one.rows(f"select max(sent_at) from outbox where reply like '%{begins}%'")[0][0]
    return found


def at(seconds: float) -> int:
    """So long after the morning began, as columns have it."""
    return to_micros(MORNING + timedelta(seconds=seconds))
