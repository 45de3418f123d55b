"""What a platform takes is not overrun, a pause is one chat's alone, and what is urgent goes first."""

from __future__ import annotations

import asyncio

import pytest

import bot.delivery
from bot.delivery import NotSent
from bot.limits import Limits, Rate
from core.goods.catalogue import Catalogue
from core.ground.work import Work
from data.kinds import Priority
from handlers.cards import Card
from handlers.faces import draw
from handlers.messages import Reply
from handlers.outgoing import send_toast
from tests.bot.edge import Edge, until

SECOND = 1_000_000


@pytest.mark.parametrize(
    ("taken", "opens_at"),
    [
        ([], 100),
        ([90], 100),
        ([90, 99], 100),
        ([90, 95, 99], 100),  # the first of three was ten seconds ago
        ([91, 95, 99], 101),
        ([95, 96, 97, 99], 106),
    ],
)
def test_at_most_so_many_in_any_window(taken: list[int], opens_at: int) -> None:
    moments = [moment * SECOND for moment in taken]
    assert Rate(3, 10).opens_at(moments, 100 * SECOND) == opens_at * SECOND


async def test_a_chat_gets_so_many_at_once_and_the_others_when_there_is_room(edge: Edge) -> None:
    edge.channel.limits = Limits(private=(Rate(2, 10),))
    for text in ("一", "二", "三", "四", "五"):
        await edge.says("u01", text)
    await edge.says("u02", "一")
    await edge.deliver()
    assert edge.channel.told("u01") == ["message: 一", "message: 二"]
    assert edge.channel.told("u02") == ["message: 一"]

    edge.later(seconds=9)
    edge.delivery = edge.new_delivery()  # a new process does not begin with a burst
    await edge.deliver()
    assert len(edge.channel.told("u01")) == 2
    edge.later(seconds=1)
    await edge.deliver()
    assert len(edge.channel.told("u01")) == 4
    edge.later(seconds=10)
    await edge.deliver()
    assert edge.channel.told("u01") == [f"message: {text}" for text in "一二三四五"]
    assert edge.rows("select distinct state, attempts from outbox") == [("sent", 1)]


async def test_a_redraw_counts_and_a_toast_does_not(edge: Edge) -> None:
    await edge.keeps("u01", "从中央仓调20箱可口可乐500ml到西湖店")
    await edge.handle()
    edge.channel.limits = Limits(private=(Rate(2, 10),))
    await edge.deliver()
    for _ in range(2):
        await edge.changes(1)
        await edge.deliver()
    assert [line.partition(":")[0] for line in edge.channel.told("u01")] == ["message", "redraw"]
    await edge.write(lambda work: send_toast(work, edge.chats["u01"], 1, "记下了"))
    await edge.deliver()
    assert edge.channel.told("u01")[2:] == ["toast: 记下了"]
    edge.later(seconds=10)
    await edge.deliver()
    assert edge.channel.told("u01")[3:] == ["redraw: 待你确认 · 库存还没动"]


async def test_over_all_chats_the_urgent_goes_first(edge: Edge) -> None:
    edge.channel.limits = Limits(overall=(Rate(1, 10),))
    for who in ("u01", "u02", "u03"):
        await edge.says(who, "早报", Priority.DIGEST)
    await edge.deliver()
    await edge.says("u04", "缺货", Priority.NOTICE)
    await edge.says("u05", "还有3箱")
    for _ in range(4):
        edge.later(seconds=10)
        await edge.deliver()
    assert [line for _, _, line in edge.channel.seen] == ["早报", "还有3箱", "缺货", "早报", "早报"]


async def test_in_a_chat_the_urgent_goes_first_and_the_equal_in_order(edge: Edge) -> None:
    for text, priority in (("早报", 3), ("缺货一", 2), ("还有3箱", 1), ("缺货二", 2)):
        await edge.says("u01", text, Priority(priority))
    await edge.deliver()
    assert edge.channel.told("u01") == [f"message: {text}" for text in ("还有3箱", "缺货一", "缺货二", "早报")]


async def test_a_pause_that_the_platform_asks_for_is_that_chats_alone(edge: Edge) -> None:
    await edge.keeps("u01", "从中央仓调20箱可口可乐500ml到西湖店")
    await edge.handle()
    await edge.deliver()
    edge.channel.faults["u01"].append(NotSent("too many", seconds=30))
    await edge.says("u01", "一")
    await edge.deliver()
    await edge.says("u02", "一")
    await edge.changes(1)
    await edge.write(lambda work: send_toast(work, edge.chats["u01"], 1, "记下了"))
    await edge.deliver()
    assert edge.channel.told("u02") == ["message: 一"]
    assert edge.channel.told("u01")[1:] == ["toast: 记下了"]
    edge.later(seconds=29)
    await edge.deliver()
    assert len(edge.channel.told("u01")) == 2
    edge.later(seconds=1)
    await edge.deliver()
    assert edge.channel.told("u01")[2:] == ["redraw: 待你确认 · 库存还没动", "message: 一"]


async def test_a_lane_that_rests_is_woken_when_there_is_room(edge: Edge) -> None:
    edge.channel.limits = Limits(private=(Rate(1, 60),))
    for text in ("一", "二"):
        await edge.says("u01", text)
    running = asyncio.create_task(edge.delivery.lanes.run())
    await until(lambda: edge.channel.told("u01") != [])
    assert edge.channel.told("u01") == ["message: 一"]
    edge.later(seconds=60)
    await until(lambda: edge.channel.told("u01") == ["message: 一", "message: 二"])
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


async def test_nothing_is_drawn_while_there_is_no_room(edge: Edge, monkeypatch: pytest.MonkeyPatch) -> None:
    edge.channel.limits = Limits(private=(Rate(1, 60),))
    await edge.keeps("u01", "从中央仓调20箱可口可乐500ml到西湖店")
    await edge.handle()
    await edge.deliver()
    drawn: list[int] = []

    def draws(work: Work, shows: Card, catalogue: Catalogue) -> Reply:
        drawn.append(shows.id)
        return draw(work, shows, catalogue)

    monkeypatch.setattr(bot.delivery, "draw", draws)
    await edge.changes(1)
    await edge.deliver()
    assert drawn == []
    edge.later(seconds=60)
    await edge.deliver()
    assert drawn == [1]
    assert edge.channel.told("u01")[1:] == ["redraw: 待你确认 · 库存还没动"]


async def test_toasts_that_wait_hold_up_no_message(edge: Edge) -> None:
    for number in range(8):
        tap = await edge.keeps("u01", f"nothing.{number}.1")
        edge.channel.faults["u01"].append(NotSent("too many", seconds=30))
        await edge.write(lambda work, tap=tap: send_toast(work, edge.chats["u01"], tap, "记下了"))
    await edge.deliver()
    await edge.says("u01", "一")
    await edge.deliver()
    assert edge.channel.told("u01") == ["message: 一"]


async def test_groups_have_limits_of_their_own(edge: Edge) -> None:
    edge.channel.limits = Limits(private=(Rate(1, 10),), group=(Rate(2, 10), Rate(3, 60)))
    group = edge.rows("select id, address from chat where kind = 'group' order by id limit 1")[0]
    edge.chats["group"] = group[0]
    for text in ("一", "二", "三", "四"):
        await edge.says("group", text)
    seen = []
    for seconds in (0, 10, 10, 40):
        edge.later(seconds=seconds)
        await edge.deliver()
        seen.append(len(edge.channel.told(group[1])))
    assert seen == [2, 3, 3, 4]


async def test_several_processes_share_the_limits(edge: Edge) -> None:
    edge.channel.limits = Limits(overall=(Rate(2, 10),))
    for who in ("u01", "u02", "u03", "u04"):
        await edge.says(who, "一")
    for who in ("u01", "u02", "u03", "u04"):
        await edge.new_delivery().lanes.serve(edge.chats[who])
    assert len(edge.channel.seen) == 2
