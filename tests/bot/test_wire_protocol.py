"""The protocol that loses nothing, a step at a time: kept, then confirmed; done, then closed; claimed, shown, noted."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any, cast

import pytest
from aiohttp.test_utils import TestClient, TestServer
from pydantic import SecretStr

import bot.delivery
import handlers.respond
from bot.delivery import NotSent
from bot.due import MOST_AT_ONCE, rows_to_send
from bot.sending import LEASE, claim
from bot.telegram.polling import Poller
from bot.telegram.receive import Receiver
from bot.telegram.request import AiohttpRequest
from bot.telegram.webhook import HEADER, Webhook, secret_of
from data.disk import DiskFull
from data.kinds import InboxKind
from handlers.chats import chat
from handlers.outgoing import send_toast
from handlers.understand.names.lexicon import Lexicon
from tests.bot.edge import Edge, LostAnswer, until

TOKEN = SecretStr("123456:STRICT-TEST-TOKEN")
PULL = "从中央仓调20箱可口可乐500ml到西湖店"
TRANSFERS = "select count(*) from document where kind = 'transfer'"
HOURS_OF_OUTAGE = 23


class Killed(BaseException):
    """The process is gone, in the middle of whatever it did."""


class Keeper:
    """In a receiver's place: keeps updates as soon as it may, or fails."""

    def __init__(self) -> None:
        self.may, self.failing = asyncio.Event(), list[Exception]()
        self.came: list[int] = []
        self.kept: list[int] = []

    async def take(self, updates: Sequence[Mapping[str, Any]]) -> None:
        """Keep them, when it is time."""
        numbers = [update["update_id"] for update in updates]
        self.came += numbers
        await self.may.wait()
        if self.failing:
            raise self.failing.pop()
        self.kept += numbers


class Platform:
    """In the place of the calls to the platform: two updates wait there; what was asked for is remembered."""

    def __init__(self) -> None:
        self.offsets: list[int | None] = []

    async def call(self, method: str, parameters: Mapping[str, Any], read_seconds: float) -> list[dict[str, Any]]:
        """Answer `getUpdates`: the same two until somebody asks for what comes after them."""
        self.offsets.append(parameters.get("offset"))
        return [{"update_id": 7}, {"update_id": 8}] if parameters.get("offset", 0) < 9 else []


@pytest.fixture
def keeper() -> Keeper:
    """Nothing may be kept yet."""
    return Keeper()


async def called(client: Any, hook: Webhook) -> int:
    """Bring one update to the webhook; the status of the answer."""
    answer = await client.post(hook.path, json={"update_id": 7}, headers={HEADER: secret_of(TOKEN)})
    return int(answer.status)


async def test_a_webhook_is_answered_when_the_row_is_kept_and_not_before(keeper: Keeper) -> None:
    hook = Webhook(cast("Receiver", keeper), TOKEN)
    async with TestClient(TestServer(hook.application())) as client:
        answer = asyncio.create_task(called(client, hook))
        await until(lambda: keeper.came == [7])
        await asyncio.wait([answer], timeout=0.05)
        assert not answer.done()  # whoever is killed now gets it again
        keeper.may.set()
        assert await answer == 200
        assert keeper.kept == [7]


async def test_a_webhook_says_that_what_was_not_kept_has_to_come_again(keeper: Keeper) -> None:
    hook = Webhook(cast("Receiver", keeper), TOKEN)
    keeper.may.set()
    keeper.failing = [ValueError("whatever"), DiskFull("no room")]
    async with TestClient(TestServer(hook.application())) as client:
        assert [await called(client, hook) for _ in range(3)] == [503, 503, 200]
    assert keeper.kept == [7]


async def test_polling_asks_for_the_next_only_when_the_rows_are_kept(keeper: Keeper) -> None:
    platform = Platform()
    poller = Poller(cast("AiohttpRequest", platform), cast("Receiver", keeper))
    keeper.failing = [DiskFull("no room")]
    keeper.may.set()
    with pytest.raises(DiskFull):
        await poller.ask()
    assert await poller.ask() == 2
    assert await poller.ask() == 0
    assert platform.offsets == [None, None, 9]
    assert keeper.kept == [7, 8]


async def test_a_poller_that_is_killed_while_it_keeps_has_confirmed_nothing(keeper: Keeper) -> None:
    platform = Platform()
    asking = asyncio.create_task(Poller(cast("AiohttpRequest", platform), cast("Receiver", keeper)).ask())
    await until(lambda: keeper.came == [7, 8])
    asking.cancel()
    await asyncio.gather(asking, return_exceptions=True)
    keeper.may.set()
    assert await Poller(cast("AiohttpRequest", platform), cast("Receiver", keeper)).ask() == 2
    assert platform.offsets == [None, None]


async def test_a_tap_whose_effect_was_not_committed_is_not_closed(edge: Edge, monkeypatch: pytest.MonkeyPatch) -> None:
    await edge.keeps("u01", PULL)
    await edge.handle()
    tap = await edge.keeps("u01", "submit.1.1", kind=InboxKind.TAP)

    def dies(*anything: Any, **more: Any) -> None:
        raise Killed

    with monkeypatch.context() as dying:
        dying.setattr(handlers.respond, "execute", dies)
        with pytest.raises(Killed):
            await edge.inbox.lanes.serve(edge.chats["u01"])
    assert edge.rows(f"select state from inbox where id = {tap}") == [("new",)]
    assert edge.rows(TRANSFERS) == [(0,)]

    edge.inbox = edge.new_inbox()
    edge.later(minutes=1)
    await edge.handle()
    assert edge.rows(f"select state from inbox where id = {tap}") == [("done",)]
    assert edge.rows(TRANSFERS) == [(1,)]


async def test_a_message_is_not_sent_before_the_platform_has_it(edge: Edge) -> None:
    edge.channel.gates["u01"] = asyncio.Event()
    await edge.says("u01", "一")
    sending = asyncio.create_task(edge.delivery.lanes.serve(edge.chats["u01"]))
    await until(lambda: edge.rows("select state, sent_at from outbox") == [("sending", None)])
    await asyncio.wait([sending], timeout=0.05)
    assert edge.rows("select state, sent_at from outbox") == [("sending", None)]
    sending.cancel()  # killed before the call got through
    await asyncio.gather(sending, return_exceptions=True)

    edge.channel.gates["u01"].set()
    edge.delivery = edge.new_delivery()
    edge.later(seconds=LEASE.total_seconds())
    await edge.deliver()
    assert edge.channel.told("u01") == ["repeated: 一"]
    assert edge.rows("select state from outbox") == [("sent",)]


async def test_a_copy_that_could_not_be_drawn_at_first_keeps_its_mark(
    edge: Edge, monkeypatch: pytest.MonkeyPatch
) -> None:
    await edge.keeps("u01", PULL)
    await edge.handle()
    edge.channel.faults["u01"].append(LostAnswer())
    await edge.deliver()

    def fails(*anything: Any) -> None:
        raise ValueError("not now")

    with monkeypatch.context() as failing:
        failing.setattr(bot.delivery, "draw", fails)
        edge.later(seconds=LEASE.total_seconds())
        await edge.deliver()
    edge.later(minutes=2)
    await edge.deliver()
    assert [one.partition(":")[0] for one in edge.channel.told("u01")] == ["message", "repeated"]


async def test_what_arrives_after_its_lease_is_no_dead_letter(edge: Edge) -> None:
    edge.channel.faults["u01"].append(LostAnswer())
    await edge.says("u01", "一")
    await edge.deliver()
    edge.later(seconds=LEASE.total_seconds())
    edge.channel.gates["u01"] = asyncio.Event()
    slow = asyncio.create_task(edge.delivery.lanes.serve(edge.chats["u01"]))
    await until(lambda: edge.rows("select repeated from outbox") == [(1,)])

    edge.later(seconds=LEASE.total_seconds())
    _, (seen,) = await edge.write(lambda work: rows_to_send(work, edge.chats["u01"]))  # as another process finds it
    edge.channel.gates["u01"].set()
    await slow
    where = await edge.write(lambda work: chat(work, edge.chats["u01"]))
    rules = ("another process", edge.channel.limits, edge.channel.knows_copies)
    assert await edge.write(lambda work: claim(work, where, seen, *rules)) is None
    assert edge.rows("select state, error from outbox") == [("sent", None)]


async def test_a_day_without_the_platform_loses_no_message_however_often_it_was_tried(edge: Edge) -> None:
    edge.channel.faults["u01"].extend(NotSent() for _ in range(HOURS_OF_OUTAGE * 4))
    await edge.says("u01", "一")
    await edge.says("u01", "二")
    for _ in range(HOURS_OF_OUTAGE * 4):
        edge.later(minutes=15)
        await edge.deliver()
    edge.channel.faults["u01"].clear()
    edge.later(minutes=1)
    await edge.deliver()
    assert edge.channel.told("u01") == ["message: 一", "message: 二"]


async def test_a_message_that_waits_holds_back_the_later_ones_of_its_chat_and_no_others(edge: Edge) -> None:
    edge.channel.faults["u01"].append(NotSent())
    for text in ("一", "二"):
        await edge.says("u01", text)
        await edge.says("u02", text)
    await edge.deliver()
    assert [edge.channel.told(who) for who in ("u01", "u02")] == [[], ["message: 一", "message: 二"]]
    edge.later(seconds=1)
    await edge.deliver()
    assert edge.channel.told("u01") == ["message: 一", "message: 二"]


async def test_toasts_that_wait_hold_back_no_message(edge: Edge) -> None:
    edge.channel.faults["u01"].extend(NotSent("too many", seconds=30) for _ in range(2 * MOST_AT_ONCE))
    for number in range(2 * MOST_AT_ONCE):
        inbox_id = await edge.keeps("u01", "帮助")
        toast = partial(send_toast, chat_id=edge.chats["u01"], inbox_id=inbox_id, text=f"{number}")
        await edge.write(lambda work, toast=toast: toast(work))
    await edge.deliver()
    await edge.says("u01", "一")
    await edge.deliver()
    assert edge.channel.told("u01") == ["message: 一"]


async def test_a_word_that_waits_holds_back_the_later_ones_of_its_chat_and_no_others(edge: Edge) -> None:
    failing = [ValueError("not yet")]

    def lexicon() -> Lexicon:
        if failing:
            raise failing.pop()
        return edge.known

    edge.inbox.lexicon = lexicon
    first, second = await edge.keeps("u01", PULL), await edge.keeps("u01", "帮助")
    other = await edge.keeps("u02", "帮助")
    await edge.handle()
    assert edge.rows("select id from inbox where state = 'done'") == [(other,)]
    edge.later(seconds=2)
    await edge.handle()
    answers = edge.rows(
        "select trace from outbox where chat_id = (select id from chat where address = 'u01') order by id"
    )
    assert answers == [(f"m{first}",), (f"m{second}",)]
