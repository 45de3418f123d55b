"""Goods that do not add up: found late, found at the source, too many, written off; and silence, which only climbs."""

from __future__ import annotations

import pytest

from tests.scenarios.twice import Twice

SHORT = "少3瓶 · TR-1015 · 等中央仓说明"
NOT_BY_THE_SENDER = "发货的经手人不能自己收货或记损。什么都没动,请换一个人。"


async def short(chain: Twice) -> None:
    """TR-1015, two cases of cola to the lake, came three bottles short."""
    await chain.says("秦师傅", "从中央仓调2箱可口可乐500ml到西湖店")
    await chain.taps("秦师傅", "调2箱")
    await chain.taps("秦师傅", "发2箱")
    await chain.says("王小丫", "收到TR-1015 少3瓶")
    assert await chain.taps("王小丫", "收45瓶") == SHORT


async def answers_until(chain: Twice, who: str) -> str:
    """The line that says who has to answer, and until when."""
    return next(line for line in (await chain.card(who)).lines if line.endswith("前答复"))


async def test_a_short_delivery_asks_the_source_until_tomorrow(twice: Twice) -> None:
    chain = twice
    await short(chain)
    card = await chain.card("秦师傅")
    assert card.lines == [
        SHORT,
        "可口可乐500ml 2箱(48瓶)",
        "中央仓 → 西湖店",
        "45瓶已入西湖店,可以卖",
        "少的3瓶还在中央仓账上",
        "秦师傅 明天10:41前答复",
        "王小丫 10:41点收",
    ]
    assert card.labels == ["发货方找到了"]
    assert (await chain.card("王小丫")).labels == ["找到了"]
    assert (await chain.card("李姐")).labels == ["找到了", "记损3瓶"]
    for group in ("总部群", "西湖区域群", "江南区域群"):
        assert await chain.lines(group) == [f"{SHORT} · 中央仓 → 西湖店"]
    assert await chain.shelves("中央仓", "SKU123") == {"available": 1440, "in_transit": 3}
    assert await chain.shelves("西湖店", "SKU123") == {"available": 123}
    await chain.old_buttons_do_nothing()


async def test_the_receiver_finds_them_late_in_two_parts(twice: Twice) -> None:
    chain = twice
    await short(chain)
    assert await chain.taps("王小丫", "找到了") == "请说好的、坏的、少的各多少"
    card = await chain.says("王小丫", "好的1瓶")
    assert card.lines == ["待你确认 · TR-1015 · 还没入账", "可口可乐500ml 发48瓶 好1瓶", "好的进西湖店可用"]
    assert await chain.taps("王小丫", "收1瓶") == "少2瓶 · TR-1015 · 等中央仓说明"
    assert (await chain.card("秦师傅")).labels == ["发货方找到了"]

    await chain.says("李姐", "TR-1015找到了 坏的2瓶")
    assert (await chain.card("李姐")).labels == ["照数记下", "取消"]
    assert await chain.taps("李姐", "照数记下") == "收货坏2瓶 · TR-1015"
    assert await chain.shelves("中央仓", "SKU123") == {"available": 1440}
    assert await chain.shelves("西湖店", "SKU123") == {"available": 124, "blocked": 2}
    await chain.old_buttons_do_nothing()


async def test_more_than_was_missing_is_too_many_and_the_question_stays(twice: Twice) -> None:
    chain = twice
    await short(chain)
    card = await chain.says("王小丫", "TR-1015找到了5瓶")  # two of them are nobody's
    assert card.lines[1:] == ["可口可乐500ml 发48瓶 好3瓶 多2瓶", "好的进西湖店可用", "多的先不入账,等中央仓认"]
    assert await chain.taps("王小丫", "收3瓶") == "多2瓶 · TR-1015 · 等中央仓认"
    assert (await chain.card("秦师傅")).labels == ["是多发了", "没多发"]
    await chain.old_buttons_do_nothing()


async def test_they_never_left_the_source(twice: Twice) -> None:
    chain = twice
    await short(chain)
    assert await chain.taps("秦师傅", "发货方找到了") == "请说拿回来多少"
    assert (await chain.says("秦师傅", "4瓶")).lines[-1] == "加起来和发的对不上。再数一下好的、坏的、少的。"
    card = await chain.says("秦师傅", "好的2瓶 坏1瓶")
    assert card.lines == [
        "待你确认 · TR-1015 · 还没入账",
        "可口可乐500ml 好2瓶 坏1瓶",
        "好的回中央仓可用",
        "坏的放不良区,别卖别扔",
    ]
    assert await chain.taps("秦师傅", "收回2瓶") == "收齐 · TR-1015 · 10:41"
    assert (await chain.card("王小丫")).lines == [
        "收齐 · TR-1015 · 10:41",
        "可口可乐500ml 2箱(48瓶)",
        "中央仓 → 西湖店",
        "45瓶已入西湖店,可以卖",
        "3瓶已回中央仓",
        "王小丫 10:41点收",
    ]
    assert await chain.shelves("中央仓", "SKU123") == {"available": 1442, "blocked": 1}
    await chain.old_buttons_do_nothing()


WHO_BEARS = [
    ("李姐", "收货方承担", "西湖店承担"),
    ("陶然", "收货方承担", "西湖店承担"),
    ("姜海", "发货方承担", "中央仓承担"),
    ("姜海", "承运方赔", "承运方赔"),
    ("陶然", "供应商赔", "供应商赔"),
    ("何总", "公司承担", "公司承担"),
    ("何总", "发货方承担", "中央仓承担"),
]


@pytest.mark.parametrize(("who", "bearer", "said"), WHO_BEARS)
async def test_a_loss_has_somebody_who_bears_it(twice: Twice, who: str, bearer: str, said: str) -> None:
    chain = twice
    await short(chain)
    await chain.says(who, "TR-1015")
    assert await chain.taps(who, "记损3瓶") == "请选谁承担"
    assert await chain.taps(who, bearer) == "记下了,库存还没动"
    card = await chain.card(who)
    assert card.lines == ["待你确认 · TR-1015 · 还没记损", "可口可乐500ml 3瓶", said, "从中央仓账上减掉,不能再收"]
    assert await chain.taps(who, "记损3瓶") == "已结 · TR-1015 · 记损3瓶"
    assert (await chain.card("王小丫")).lines == [
        "已结 · TR-1015 · 记损3瓶",
        "可口可乐500ml 2箱(48瓶)",
        "中央仓 → 西湖店",
        "45瓶已入西湖店,可以卖",
        f"3瓶已记损:{bearer}",
        "王小丫 10:41点收",
    ]
    for one in ("秦师傅", "王小丫"):
        assert (await chain.lines(one))[-1] == "已结 · TR-1015 · 记损3瓶 · 中央仓 → 西湖店"
    assert await chain.shelves("中央仓", "SKU123") == {"available": 1440}
    await chain.old_buttons_do_nothing()


# Whom each person may choose; what is not there is not offered, and what is typed all the same is asked.
MAY_BURDEN = {
    "李姐": ["收货方承担"],
    "姜海": ["发货方承担", "承运方赔", "供应商赔", "公司承担"],
    "陶然": ["收货方承担", "承运方赔", "供应商赔", "公司承担"],
    "何总": ["发货方承担", "收货方承担", "承运方赔", "供应商赔", "公司承担"],
}
MAY_NOT = ("王小丫", "赵敏", "孙强", "魏东", "尤师傅", "许采购", "谢芳", "邹明", "Alex")


async def test_who_may_write_off_and_burden_whom(twice: Twice) -> None:
    chain = twice
    await short(chain)
    done = await chain.effects()
    for who, bearers in MAY_BURDEN.items():
        assert (await chain.says(who, "TR-1015 记损")).labels == [*bearers, "取消"]
        await chain.taps(who, "取消")
    assert (await chain.says("李姐", "TR-1015 记损 公司承担")).labels == ["收货方承担", "取消"]
    for who in MAY_NOT:
        card = await chain.says(who, "TR-1015 记损 公司承担")
        assert "TR-1015" in card.state
        assert not any(label.startswith("记损") for label in card.labels), who
    assert (await chain.says("秦师傅", "TR-1015记损 承运方赔")).lines == [NOT_BY_THE_SENDER]  # he loaded them
    assert await chain.effects() == done


async def test_a_loss_typed_in_one_sentence_and_another_one_that_came_too_late(twice: Twice) -> None:
    chain = twice
    await short(chain)
    for who in ("姜海", "何总"):
        assert (await chain.says(who, "TR-1015记损,司机赔")).lines[2] == "承运方赔"
    assert await chain.taps("姜海", "记损3瓶") == "已结 · TR-1015 · 记损3瓶"
    late = await chain.card("何总")
    assert late.lines == ["办不了 · 库存没动", "这张单已收,现在不能记损。什么都没动。"]
    assert (await chain.says("何总", "TR-1015记损,公司承担")).state == "已结 · TR-1015 · 记损3瓶"
    await chain.old_buttons_do_nothing()


async def test_silence_climbs_to_the_area_and_then_to_headquarters(twice: Twice) -> None:
    chain = twice
    await short(chain)
    climbs = "到时没人答 · TR-1015 · 往上问 · 中央仓 → 西湖店"
    assert await answers_until(chain, "秦师傅") == "秦师傅 明天10:41前答复"
    await chain.later(hours=23, minutes=59)
    assert await chain.lines("秦师傅") == []

    await chain.later(minutes=1)
    assert await answers_until(chain, "姜海") == "姜海 明天10:41前答复"
    assert await answers_until(chain, "王小丫") == "姜海 明天10:41前答复"
    assert (await chain.card("姜海")).labels == ["发货方找到了", "记损3瓶"]
    assert await chain.lines("秦师傅") == [climbs]
    assert (await chain.lines("江南区域群"))[-1] == climbs

    await chain.later(hours=24)
    assert await answers_until(chain, "何总") == "何总 明天10:41前答复"
    assert (await chain.card("何总")).labels == ["记损3瓶"]
    await chain.later(hours=24)
    assert await answers_until(chain, "何总") == "何总 明天10:41前答复"  # there is nobody above
    assert len(await chain.cards("何总")) == 2
    assert await chain.shelves("中央仓", "SKU123") == {"available": 1440, "in_transit": 3}  # silence settles nothing

    await chain.says("王小丫", "TR-1015找到了3瓶")
    assert await chain.taps("王小丫", "收3瓶") == "收齐 · TR-1015 · 10:41"
    await chain.later(hours=48)
    assert len(await chain.lines("秦师傅")) == 3  # it is closed: nobody is asked any more
    await chain.old_buttons_do_nothing()


async def test_a_dispute_with_everything_in_it_stays_within_eight_lines(twice: Twice) -> None:
    chain = twice
    await chain.says("王小丫", "退仓 40瓶可口可乐500ml 到中央仓 临期")
    await chain.taps("王小丫", "调40瓶")
    await chain.taps("王小丫", "发40瓶")
    await chain.says("秦师傅", "收到TR-1015 好的5 坏1 退厂2 拒收12 少8 其余下一车")
    assert await chain.taps("秦师傅", "收5瓶") == "少8瓶坏1瓶 · TR-1015 · 等西湖店说明"
    await chain.says("李姐", "TR-1015收回了 好的4瓶")
    assert await chain.taps("李姐", "收回4瓶") == "少8瓶坏1瓶 · TR-1015 · 等西湖店说明"
    card = await chain.card("李姐")
    assert card.lines == [
        "少8瓶坏1瓶 · TR-1015 · 等西湖店说明",
        "可口可乐500ml 40瓶",
        "西湖店 → 中央仓 · 退仓:临期",
        "已了:好5瓶 回4瓶",
        "坏1瓶、退厂2瓶都单放,别卖别扔",
        "账还在西湖店:少8瓶 拒8瓶 路上12瓶",
        "李姐 明天10:41前答复",
        "秦师傅 10:41点收",
    ]
    assert card.labels == ["都拿回来了", "拿回来一些", "记损8瓶"]

    await chain.says("陶然", "TR-1015 记损 公司承担")
    assert await chain.taps("陶然", "记损8瓶") == "到了一部分 · TR-1015 · 还差12瓶"
    assert (await chain.card("李姐")).lines[3:] == [
        "已了:好5瓶 回4瓶 损8瓶(公司承担)",
        "坏1瓶、退厂2瓶都单放,别卖别扔",
        "账还在西湖店:拒8瓶 路上12瓶",
        "秦师傅 10:41点收",
    ]
    await chain.old_buttons_do_nothing()
