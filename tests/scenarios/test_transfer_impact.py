"""What the card of an approver shows of a transfer's effect: how long the goods last, who else waits, their value."""

from __future__ import annotations

from tests.scenarios.chain import Chain


async def four_days_of_sales(chain: Chain) -> None:
    """West Lake sells half a case of cola a day, Erqi a bottle."""
    for _ in range(4):
        await chain.sells("西湖店", "SKU123", 12)
        await chain.sells("二七店", "SKU123", 1)
        await chain.later(hours=24, rings=False)


async def test_the_approver_sees_for_how_long_it_lasts_at_both_places(chain: Chain) -> None:
    await four_days_of_sales(chain)
    await chain.says("赵敏", "从西湖店调1箱可口可乐500ml到二七店")
    await chain.presses("赵敏", "submit")
    lines = [line for line in (await chain.card("李姐")).lines if "够卖" in line]
    assert lines == ["西湖店 可用 1箱6瓶 → 6瓶 够卖2天→不到1天", "二七店 1箱20瓶,收货后2箱20瓶 够卖68天"]
    assert not any("够卖" in line for line in (await chain.card("赵敏")).lines)  # it is no matter of hers


async def test_a_day_that_has_not_ended_counts_in_no_mean(chain: Chain) -> None:
    await four_days_of_sales(chain)
    await chain.sells("西湖店", "SKU123", 6)
    await chain.says("赵敏", "从西湖店调2瓶可口可乐500ml到二七店")
    await chain.presses("赵敏", "submit")
    assert "西湖店 可用 1箱 → 22瓶 够卖2天→1天" in (await chain.card("李姐")).lines
    await chain.says("赵敏", "从西湖店调1瓶可口可乐500ml到二七店")
    await chain.presses("赵敏", "submit")
    assert "西湖店 可用 22瓶 → 21瓶 够卖1天" in (await chain.card("李姐")).lines


async def test_the_approver_sees_what_others_have_set_aside(chain: Chain) -> None:
    for who, text in (("赵敏", "从西湖店调1箱可口可乐500ml到二七店"), ("周婷", "从西湖店调6瓶可口可乐500ml到武林店")):
        await chain.says(who, text)
        await chain.presses(who, "submit")
    first, second = (await chain.cards("李姐"))[-2:]
    assert "西湖店已扣武林店占的6瓶(TR-1016)" in first.lines
    assert "西湖店已扣二七店占的1箱(TR-1015)" in second.lines
    assert "西湖店 可用 2箱6瓶 → 2箱" in second.lines  # what is set aside is in no figure twice
    await chain.says("赵敏", "从西湖店调12瓶可口可乐500ml到二七店")
    await chain.presses("赵敏", "submit")
    assert "西湖店已扣别家占的1箱6瓶(2张单)" in (await chain.card("李姐")).lines
    await chain.presses("赵敏", "cancel")
    assert "西湖店已扣武林店占的6瓶(TR-1016)" in (await chain.cards("李姐"))[-3].lines


async def test_value_is_shown_to_who_may_know_it_and_in_no_group(chain: Chain) -> None:
    await chain.says("秦师傅", "从中央仓调11箱红牛到西湖店")  # the only keeper asks: the area manager is asked
    await chain.presses("秦师傅", "submit")
    asked = await chain.card("姜海")
    worth = [line for line in asked.lines if "约" in line]
    assert worth == [f"中央仓 → 西湖店 · {worth[0].rpartition(' · ')[2]}"]
    assert worth[0].endswith("元")
    assert not any("元" in line for line in (await chain.card("秦师傅")).lines)
    alone = await chain.says("何总", "TR-1015到哪了")
    assert any("元" in line for line in alone.lines)
    await chain.says("何总@总部群", "@小店 从中央仓调1箱红牛到西湖店")  # whose card stays where others read it
    await chain.presses("何总@总部群", "submit")
    in_group = await chain.card("何总@总部群")
    assert "中央仓 → 西湖店" in in_group.lines
    assert not any("元" in line for line in in_group.lines)
