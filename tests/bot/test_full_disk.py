"""A full disk: writes are refused in words or wait, reads go on, nothing is half done, and all goes on by itself."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from itertools import count
from typing import Any

import pytest
from aiohttp import ClientSession, ClientWebSocketResponse
from structlog.testing import capture_logs

import bot.lanes
from bot.settings import Settings
from bot.timetable import EVERY_SECONDS, Timetable
from bot.wiring import Stocktalk
from core.ground.work import Work
from data.disk import DiskFull
from data.engine import Database
from data.kinds import InboxKind
from handlers.say import say
from tests.bot.edge import PATIENCE_SECONDS, Edge, until
from tests.full_disk import NoRoom, free_pages, limit_pages, no_room
from tests.scenarios.books import discrepancies
from tests.scenarios.chain import MORNING

PULL = "从中央仓调20箱可口可乐500ml到西湖店"
ASKS = "西湖店SKU123还有多少"
MORE_THAN_FIVE = 7
FULL = say("zh", "errors.disk_full")
TRANSFERS = "select count(*) from document where kind = 'transfer'"


@pytest.fixture
async def warm(edge: Edge) -> Edge:
    """An edge at whose tables somebody has written."""
    await edge.keeps("u02", "帮助")
    await edge.handle()
    await edge.deliver()
    return edge


async def requested(edge: Edge) -> None:
    """A request that is frozen, and of which nobody was told yet."""
    await edge.keeps("u01", PULL)
    await edge.handle()
    await edge.keeps("u01", "submit.1.1", kind=InboxKind.TAP)
    await edge.handle()


def fills(table: str) -> Callable[[Work], Any]:
    """From now on whatever is put into this table needs more than there is room for; small things still fit."""
    too_much = "insert into unit_name (unit, name) values ('箱', hex(zeroblob(500000)))"
    trigger = f"create trigger fills after insert on {table} begin {too_much}; end"
    return lambda work: work.connection.exec_driver_sql(trigger)


async def test_what_cannot_be_kept_is_not_taken_and_taken_once_later(warm: Edge) -> None:
    with no_room(warm.database):
        for _ in range(3):
            with pytest.raises(DiskFull):
                await warm.keeps("u01", "帮助", "u:1")
    kept = await warm.keeps("u01", "帮助", "u:1")
    assert await warm.keeps("u01", "帮助", "u:1") == kept
    await warm.handle()
    assert warm.rows("select count(*) from inbox where update_id = 'u:1'") == [(1,)]
    assert warm.rows("select state, attempts from inbox") == [("done", 0)] * 2


async def test_what_was_read_and_cannot_be_done_waits_and_nobody_counts(warm: Edge) -> None:
    await warm.keeps("u01", PULL)
    await warm.handle()
    await warm.keeps("u01", "submit.1.1", kind=InboxKind.TAP)
    with no_room(warm.database):
        for _ in range(MORE_THAN_FIVE):
            with pytest.raises(DiskFull):
                await warm.handle()
            warm.later(minutes=1)
        assert warm.rows("select state, attempts from inbox order by id")[-1] == ("new", 0)
        assert warm.rows(TRANSFERS) == [(0,)]
        assert await warm.database.read(discrepancies) == []
    await warm.handle()
    assert warm.rows("select state, attempts from inbox") == [("done", 0)] * 3
    assert warm.rows(TRANSFERS) == [(1,)]
    assert await warm.database.read(discrepancies) == []


async def test_where_only_small_things_fit_nobody_counts_either(warm: Edge) -> None:
    await warm.keeps("u01", PULL)
    await warm.write(fills("outbox"))
    limit_pages(warm.database, 5)
    for _ in range(MORE_THAN_FIVE):
        with pytest.raises(DiskFull):
            await warm.handle()
        warm.later(minutes=1)
    assert warm.rows("select state, attempts from inbox order by id")[-1] == ("new", 0)
    assert warm.rows("select count(*) from card") == [(0,)]
    free_pages(warm.database)
    await warm.handle()
    assert warm.rows("select count(*) from card") == [(1,)]


async def test_running_lanes_try_with_a_pause_log_once_and_go_on_by_themselves(
    warm: Edge, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bot.lanes, "FULL_PAUSE_SECONDS", 0.2)
    monkeypatch.setattr(bot.lanes, "LOOK_AGAIN_SECONDS", 0.01)
    await requested(warm)  # an event that waits for its words
    for number in range(5):
        await warm.keeps(f"u0{number + 1}", PULL)
        await warm.says(f"u0{number + 1}", "一")
    tries, write = count(), warm.database.write
    monkeypatch.setattr(warm.database, "write", lambda job: (next(tries), write(job))[1])
    with capture_logs() as logged:
        with no_room(warm.database):
            running = [asyncio.create_task(warm.inbox.lanes.run()), asyncio.create_task(warm.delivery.lanes.run())]
            running.append(asyncio.create_task(warm.notifier.run()))
            await asyncio.sleep(1)
            tried = next(tries)
        await until(lambda: warm.rows("select count(*) from inbox where state = 'new'") == [(0,)])
        await until(lambda: warm.rows("select count(*) from event where state = 'new'") == [(0,)])
        await until(lambda: warm.rows("select count(*) from outbox where state != 'sent'") == [(0,)])
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)
    assert 11 <= tried <= 11 * 6
    assert [(entry["log_level"], entry["event"][:16]) for entry in logged if entry["log_level"] != "info"] == [
        ("error", "the disk is full"),
        ("warning", "the disk takes w"),
    ]
    assert warm.rows("select distinct state, attempts from inbox") == [("done", 0)]
    assert "repeated" not in {kind for _, kind, _ in warm.channel.seen}


async def test_what_cannot_be_claimed_is_not_sent(warm: Edge) -> None:
    await warm.says("u01", "一")
    with no_room(warm.database):
        for _ in range(MORE_THAN_FIVE):
            with pytest.raises(DiskFull):
                await warm.deliver()
            warm.later(minutes=2)
        assert warm.channel.told("u01") == []
    await warm.deliver()
    assert warm.channel.told("u01") == ["message: 一"]


async def test_what_was_seen_is_written_down_when_there_is_room_and_shown_once(
    warm: Edge, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bot.lanes, "FULL_PAUSE_SECONDS", 0.01)
    await warm.says("u01", "一")
    room = NoRoom(warm.database)

    async def fills() -> None:
        room.take()
        asyncio.get_running_loop().call_later(0.2, room.give_back)

    warm.channel.meanwhile = fills
    try:
        await warm.deliver()
    finally:
        room.give_back()
    warm.later(hours=1)
    await warm.deliver()
    assert warm.channel.told("u01") == ["message: 一"]
    assert warm.rows("select distinct state from outbox") == [("sent",)]


async def test_an_event_that_cannot_be_told_yet_is_told_later(warm: Edge) -> None:
    await requested(warm)
    with no_room(warm.database):
        for _ in range(MORE_THAN_FIVE):
            with pytest.raises(DiskFull):
                await warm.notifier.word_next()
            warm.later(minutes=1)
    assert warm.rows("select distinct state, attempts from event where kind like 'transfer%'") == [("new", 0)]
    await warm.deliver()
    assert "message: 待你批 · TR-1015 · 已冻结" in warm.channel.told("u17")


async def test_the_clock_rings_in_vain_and_does_it_all_later(warm: Edge) -> None:
    await requested(warm)
    warm.later(hours=5)
    clock = Timetable(warm.database, warm.clock, lambda: None)
    with capture_logs() as logged, no_room(warm.database):
        assert [await clock.ring() for _ in range(3)] == [False] * 3
    assert [entry["log_level"] for entry in logged] == ["error"]
    assert warm.rows("select sum(reserved) from balance") == [(480,)]
    assert await clock.ring()
    assert warm.rows("select sum(reserved) from balance") == [(0,)]


async def test_a_job_of_the_clock_that_fills_the_disk_does_nothing_by_halves(warm: Edge) -> None:
    await requested(warm)
    warm.later(hours=5)
    before = warm.rows("select count(*) from audit"), warm.rows("select count(*) from event")
    await warm.write(fills("posting"))
    limit_pages(warm.database, 5)
    clock = Timetable(warm.database, warm.clock, lambda: None)
    with capture_logs() as logged:
        assert not await clock.ring()
    assert [entry["log_level"] for entry in logged] == ["error"]
    assert (warm.rows("select count(*) from audit"), warm.rows("select count(*) from event")) == before
    free_pages(warm.database)
    warm.later(seconds=EVERY_SECONDS)  # what is due still is when the next slot rings
    assert await clock.ring()
    assert warm.rows("select sum(reserved) from balance") == [(0,)]


class Browser:
    """A pane's end of the line, without a page."""

    def __init__(self, socket: ClientWebSocketResponse) -> None:
        self.socket = socket

    async def sends(self, **message: str) -> None:
        """Send one message."""
        await self.socket.send_str(json.dumps(message))

    async def hears(self, wanted: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        """The next message from the server that is wanted."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            while True:
                message: dict[str, Any] = await self.socket.receive_json()
                if wanted(message):
                    return message


def is_card(message: dict[str, Any]) -> bool:
    """Whether it shows a card."""
    return message["type"] == "item" and bool(message["item"]["card"])


def of(kind: str) -> Callable[[dict[str, Any]], bool]:
    """Messages of one type."""
    return lambda message: message["type"] == kind


@asynccontextmanager
async def pane(address: str) -> AsyncIterator[Browser]:
    """A pane of 王小丫's."""
    async with ClientSession() as session, session.ws_connect(f"{address}console/socket?person=u01&chat=me") as socket:
        yield Browser(socket)


@pytest.fixture
async def address(demo: Database) -> AsyncIterator[str]:
    """The product, listening."""
    product = Stocktalk(Settings(port=0), demo, lambda: MORNING)
    yield await product.start()
    await product.stop()


async def test_the_console_says_it_shows_what_there_is_and_takes_the_same_message_later(
    demo: Database, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bot.lanes, "FULL_PAUSE_SECONDS", 0.05)
    async with pane(address) as clerk:
        await clerk.sends(type="say", id="one", text=PULL)
        card = await clerk.hears(is_card)
        button = card["item"]["buttons"][0]["button"]

        with no_room(demo):
            for _ in range(2):
                await clerk.sends(type="say", id="two", text=ASKS)
                assert await clerk.hears(of("not_kept")) == {"type": "not_kept", "id": "two", "text": FULL}
                await clerk.sends(type="tap", id="three", button=button)
                assert await clerk.hears(of("not_kept")) == {"type": "not_kept", "id": "three", "text": FULL}
            async with ClientSession() as session, session.get(f"{address}console/world") as world:
                assert world.status == 200
            async with pane(address) as another:
                drawn = await another.hears(is_card)
                assert drawn["item"]["lines"] == card["item"]["lines"]
                await another.hears(of("caught_up"))

        for _ in range(2):
            await clerk.sends(type="tap", id="three", button=button)
            await clerk.hears(of("kept"))
        assert (await clerk.hears(of("toast")))["text"] == "待批 · TR-1015 · 等秦师傅"
        for _ in range(2):
            await clerk.sends(type="say", id="two", text=ASKS)
            await clerk.hears(of("kept"))
        await clerk.hears(lambda m: m["type"] == "item" and "可口可乐" in "".join(m["item"]["lines"]))

    def counted(connection: Any) -> tuple[int, int]:
        count = connection.exec_driver_sql
        return count("select count(*) from inbox").scalar(), count(TRANSFERS).scalar()

    assert await demo.read(counted) == (3, 1)
    assert await demo.read(discrepancies) == []
