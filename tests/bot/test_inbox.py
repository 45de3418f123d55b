"""What comes in is kept before it is confirmed, handled in order, tried again, and has one effect."""

from __future__ import annotations

import asyncio

import pytest

import bot.inbox
from bot.inbox import Handled
from bot.sending import forget_leases
from data.kinds import InboxKind
from handlers.respond import act
from handlers.understand.names.lexicon import Lexicon
from tests.bot.edge import Edge, until

PULL = "从中央仓调20箱可口可乐500ml到西湖店"
MINUTE = {"minutes": 1}


class Killed(BaseException):
    """The process is gone."""


def states(edge: Edge) -> list[tuple[str, int]]:
    """Each row's state and how often it failed, the oldest first."""
    return [(state, attempts) for state, attempts in edge.rows("select state, attempts from inbox order by id")]


async def test_an_update_is_a_row_before_it_is_confirmed_and_found_again_when_it_comes_twice(edge: Edge) -> None:
    kept = await edge.keeps("u01", "帮助", "u:1")
    assert edge.rows("select id, text, state from inbox") == [(kept, "帮助", "new")]
    assert await edge.keeps("u01", "帮助", "u:1") == kept

    await edge.handle()
    assert await edge.keeps("u01", "帮助", "u:1") == kept
    assert await edge.handle() == []
    assert edge.rows("select count(*) from outbox") == [(1,)]
    assert edge.handled == 1


async def test_the_same_id_of_another_channel_is_another_update(edge: Edge) -> None:
    first = await edge.keeps("u01", "帮助", "u:1")
    other = bot.inbox.Update("telegram", "u:1", edge.chats["u01"], edge.people["u01"], InboxKind.MESSAGE, "帮助")
    assert await edge.inbox.keep(other) != first


async def test_one_chat_is_handled_in_the_order_it_was_written(edge: Edge) -> None:
    for text in ("从中央仓调5箱可乐500ml到西湖店", "可口可乐", "确认"):
        await edge.keeps("u01", text)
    await edge.handle()
    assert states(edge) == [("done", 0)] * 3
    assert edge.rows("select state, requester_id from document where kind = 'transfer'") == [
        ("submitted", edge.people["u01"])
    ]


async def test_what_somebody_has_taken_nobody_else_takes_for_a_while(edge: Edge) -> None:
    await edge.keeps("u01", "帮助")
    await edge.keeps("u02", "帮助")
    mine, hers = edge.chats["u01"], edge.chats["u02"]
    assert await edge.inbox.lanes.waiting() == [mine, hers]
    taken = await edge.write(lambda work: bot.inbox.take_head(work, mine))
    assert (taken.chat_id, taken.text) == (mine, "帮助")
    assert await edge.inbox.lanes.waiting() == [hers]
    assert await edge.write(lambda work: bot.inbox.take_head(work, mine)) is None
    edge.later(seconds=bot.inbox.TAKEN_FOR.total_seconds())  # whoever had it is dead
    assert await edge.write(lambda work: bot.inbox.take_head(work, mine)) == taken


async def test_running_lanes_are_woken_by_what_is_kept(edge: Edge) -> None:
    running = asyncio.create_task(edge.inbox.lanes.run())
    for number in range(6):
        await edge.keeps(f"u0{number % 3 + 1}", "帮助")
    await until(lambda: edge.handled == 6)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    assert states(edge) == [("done", 0)] * 6


async def test_an_error_is_tried_again_and_answered_once(edge: Edge) -> None:
    failing = [ValueError("not yet"), ValueError("not yet")]

    def lexicon() -> Lexicon:
        if failing:
            raise failing.pop()
        return edge.known

    edge.inbox.lexicon = lexicon
    await edge.keeps("u01", PULL)
    await edge.handle()
    assert states(edge) == [("new", 1)]
    assert await edge.handle() == []  # not before its time
    edge.later(seconds=1)
    await edge.handle()
    edge.later(seconds=2)
    await edge.handle()
    assert states(edge) == [("done", 2)]
    assert edge.rows("select count(*) from card") == [(1,)]


async def test_the_fifth_error_says_so_and_the_lane_goes_on(edge: Edge) -> None:
    def broken() -> Lexicon:
        raise ValueError("broken")

    edge.inbox.lexicon = broken
    kept = await edge.keeps("u01", PULL)
    await edge.keeps("u01", "帮助")
    pauses = (0, 1, 2, 4, 8)
    for tries, pause in enumerate(pauses):
        assert states(edge) == [("new", tries), ("new", 0)]  # what was said later waits
        edge.later(seconds=pause)
        await edge.handle()
        if tries == 3:
            edge.later(seconds=-1)
            assert await edge.handle() == []
            edge.later(seconds=1)
    edge.inbox.lexicon = edge.lexicon
    edge.later(**MINUTE)
    await edge.handle()

    assert states(edge)[0] == ("dead", 5)
    assert states(edge)[1][0] == "done"
    assert edge.rows("select error from inbox order by id limit 1") == [("ValueError: broken",)]
    await edge.deliver()
    assert edge.channel.told("u01") == [
        f"message: 这条没处理成,编号 {kept}。库存没动,请再说一次。",
        "message: 直接说就行,比如:",
    ]


async def test_one_chats_trouble_delays_no_other(edge: Edge, monkeypatch: pytest.MonkeyPatch) -> None:
    def picky(work, incoming, plan, catalogue):  # type: ignore[no-untyped-def]
        if incoming.text == PULL:
            raise ValueError("not this one")
        return act(work, incoming, plan, catalogue)

    monkeypatch.setattr(bot.inbox, "act", picky)
    await edge.keeps("u01", PULL)
    await edge.keeps("u02", "帮助")
    await edge.handle()
    assert states(edge) == [("new", 1), ("done", 0)]


async def test_a_process_killed_between_the_hops_leaves_one_effect(edge: Edge, monkeypatch: pytest.MonkeyPatch) -> None:
    await edge.keeps("u01", PULL)
    await edge.handle()
    await edge.keeps("u01", "submit.1.1", kind=InboxKind.TAP)

    def dies(*anything: object) -> None:
        act(*anything)  # type: ignore[arg-type]
        raise Killed

    monkeypatch.setattr(bot.inbox, "act", dies)
    with pytest.raises(Killed):
        await edge.handle()
    assert states(edge) == [("done", 0), ("new", 0)]  # what it had written went with it
    assert edge.rows("select count(*) from document where kind = 'transfer'") == [(0,)]

    monkeypatch.setattr(bot.inbox, "act", act)
    edge.inbox = edge.new_inbox()
    await edge.write(forget_leases)
    await edge.handle()
    await edge.keeps("u01", "submit.1.1", kind=InboxKind.TAP)  # its browser was never told, and sends another tap
    await edge.handle()
    assert states(edge) == [("done", 0)] * 3
    assert edge.rows("select count(*) from document where kind = 'transfer'") == [(1,)]
    await edge.deliver()
    toasts = [line for line in edge.channel.told("u01") if line.startswith("toast")]
    assert toasts == ["toast: 待批 · TR-1015 · 等秦师傅"] * 2


async def test_a_process_killed_after_its_commit_has_nothing_left_to_do(edge: Edge) -> None:
    await edge.keeps("u01", PULL)

    def dies(handled: Handled) -> None:
        raise Killed

    edge.inbox.handled = dies
    with pytest.raises(Killed):
        await edge.handle()
    edge.inbox = edge.new_inbox()
    assert await edge.handle() == []
    await edge.deliver()
    assert edge.channel.told("u01") == ["message: 待你确认 · 库存还没动"]


async def test_who_writes_sees_that_somebody_is_typing(edge: Edge) -> None:
    seen: list[bool] = []
    edge.inbox.busy = lambda channel, chat_id, on: seen.append(on)
    await edge.keeps("u01", "帮助")
    await edge.handle()
    assert seen == [True, False]
