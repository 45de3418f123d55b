"""What waits for a word: listed for who decides, with the oldest card; for who asked, with whose word it waits for."""

from __future__ import annotations

from tests.scenarios.chain import Chain


async def test_who_decides_sees_what_waits_and_the_card_of_the_oldest(chain: Chain) -> None:
    assert (await chain.says("秦师傅", "待审批的单子")).lines == ["没有等你批的单,你提的也都批完了。"]
    await chain.says("王小丫", "从中央仓调20箱可口可乐500ml到西湖店")
    await chain.presses("王小丫", "submit")
    await chain.later(hours=1, minutes=5)
    await chain.says("赵敏", "从中央仓调2箱红牛和1箱雪碧330ml到二七店")
    await chain.presses("赵敏", "submit")
    await chain.later(minutes=7)

    card = await chain.says("秦师傅", "待审批的单子")
    assert (await chain.lines("秦师傅"))[-1].splitlines() == [
        "等你批 2张 · 最早的卡在下面",
        "TR-1015 可口可乐500ml 20箱(480瓶) → 西湖店 · 1小时",
        "TR-1016 2种 → 二七店 · 7分",
    ]
    assert card.state == "待你批 · TR-1015 · 已冻结"
    assert await chain.taps("秦师傅", "批20箱") == "已批 · TR-1015 · 秦师傅 11:53 · 等发货"
    assert (await chain.says("秦师傅", "what's waiting for my approval")).state.startswith("待你批 · TR-1016")


async def test_who_asked_sees_whose_word_it_waits_for(chain: Chain) -> None:
    await chain.says("王小丫", "从中央仓调20箱可口可乐500ml到西湖店")
    await chain.presses("王小丫", "submit")
    await chain.later(hours=3)
    shown = await chain.says("王小丫", "待审批的单子")
    assert shown.lines == ["你提的 1张还没批", "TR-1015 可口可乐500ml 20箱(480瓶) → 西湖店 · 3小时 · 等秦师傅"]
    assert (await chain.says("李姐", "待审批的单子")).lines == ["没有等你批的单,你提的也都批完了。"]
    await chain.presses("秦师傅", "reject")
    await chain.presses("秦师傅", "choose")
    assert (await chain.says("王小丫", "待审批的单子")).lines == ["没有等你批的单,你提的也都批完了。"]


async def test_a_long_list_says_how_many_more_there_are(chain: Chain) -> None:
    for number in range(1, 9):
        await chain.says("王小丫", f"从中央仓调{number}瓶可口可乐500ml到西湖店")
        await chain.presses("王小丫", "submit")
    await chain.says("秦师傅", "待审批的单子")
    lines = (await chain.lines("秦师傅"))[-1].splitlines()
    assert (lines[0], lines[-1], len(lines)) == ("等你批 8张 · 最早的卡在下面", "还有2张,说单号就能看", 8)
    english = await chain.says("王小丫", "which approvals are still open")
    assert english.lines[-1] == "还有2张,说单号就能看"
