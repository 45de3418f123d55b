"""A chat that takes nothing keeps what is for it, its manager hears of that once, and it goes on when it is back."""

from __future__ import annotations

from bot.delivery import Gone
from bot.sending import OLDEST_MESSAGE
from bot.timetable import begin
from tests.bot.edge import Edge

BLOCKED = Gone("bot was blocked by the user")


async def test_what_is_for_somebody_who_is_gone_waits_and_comes_in_order_when_they_are_back(edge: Edge) -> None:
    edge.channel.faults["u01"].append(BLOCKED)
    for text in ("一", "二"):
        await edge.says("u01", text)
    await edge.deliver()
    await edge.says("u01", "三")
    edge.later(hours=5)
    assert await edge.deliver() == []
    assert edge.channel.told("u01") == []
    assert edge.channel.told("u02") == [
        "message: 王小丫收不到我的消息了(拉黑了我,或删了聊天)。要紧的事请当面说。恢复后一天内的消息会补发。"
    ]

    await edge.keeps("u01", "帮助")
    await edge.handle()
    await edge.deliver()
    assert edge.channel.told("u01") == ["message: 一", "message: 二", "message: 三", "message: 直接说就行,比如:"]


async def test_a_manager_is_told_once_until_it_happens_again(edge: Edge) -> None:
    for times in (1, 2):
        edge.channel.faults["u01"].extend([BLOCKED])
        for text in ("一", "二"):
            await edge.says("u01", text)
        await edge.deliver()
        edge.later(minutes=1)
        await edge.deliver()
        assert len(edge.channel.told("u02")) == times
        await edge.keeps("u01", "帮助")
        await edge.handle()
        await edge.deliver()


async def test_of_a_manager_or_a_group_the_administrators_are_told(edge: Edge) -> None:
    edge.channel.faults["u02"].append(BLOCKED)
    await edge.says("u02", "一")
    group, address = edge.rows("select id, address from chat where kind = 'group' order by id limit 1")[0]
    edge.chats["group"] = group
    edge.channel.faults[address].append(Gone("bot was kicked"))
    await edge.says("group", "一")
    await edge.deliver()
    await edge.deliver()
    assert len(edge.channel.told("u34")) == 2
    assert all("no longer receive" in line for line in edge.channel.told("u34"))


async def test_after_a_day_it_is_a_dead_letter_with_its_reason(edge: Edge) -> None:
    edge.channel.faults["u01"].append(BLOCKED)
    await edge.says("u01", "一")
    await edge.deliver()
    edge.later(hours=OLDEST_MESSAGE.total_seconds() / 3600 - 1)
    await edge.says("u01", "二")
    await edge.write(begin)
    assert edge.rows("select state from outbox where chat_id = 1 order by id") == [("pending",)] * 2
    edge.later(hours=1, seconds=30)
    await edge.write(begin)
    assert edge.rows("select state, error from outbox where chat_id = 1 order by id") == [
        ("dead", "not taken for a day"),
        ("pending", None),
    ]
    await edge.keeps("u01", "帮助")
    await edge.deliver()
    assert edge.channel.told("u01") == ["message: 二"]
