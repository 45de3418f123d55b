"""Transfers before they leave: what a request may freeze, less approved, forgotten and asked again, sent back."""

from __future__ import annotations

import pytest

from tests.scenarios.twice import Twice

COLA = {"available": 1488}
RED_BULL = "A-1035"


async def test_a_pull_leaves_the_last_cases_and_says_so_before_and_after(twice: Twice) -> None:
    chain = twice
    card = await chain.says("王小丫", "从中央仓调61箱可口可乐500ml到西湖店")  # of 62; two stay for the others
    assert card.lines == [
        "待你确认 · 库存还没动",
        "可口可乐500ml 61箱(1464瓶)",
        "中央仓 → 西湖店",
        "中央仓 可用 62箱 → 1箱",
        "西湖店 3箱6瓶,收货后64箱6瓶",
        "要秦师傅批:动的是中央仓的货",
        "先冻结1440瓶,其余装车再看,4小时没批放开",
    ]
    assert await chain.taps("王小丫", "调61箱") == "待批 · TR-1015 · 等秦师傅"
    assert await chain.shelves("中央仓", "SKU123") == {"available": 48, "reserved": 1440}
    assert (await chain.card("秦师傅")).state == "待你批 · TR-1015 · 冻结了1440瓶"

    card = await chain.says("李姐", "从中央仓调1箱可口可乐500ml到西湖店")
    assert card.lines[-1] == "中央仓要留底,先不冻结,装车时再看够不够"
    assert await chain.taps("李姐", "调1箱") == "待批 · TR-1016 · 等秦师傅"
    card = await chain.card("秦师傅")
    assert (card.state, card.lines[3]) == ("待你批 · TR-1016 · 没冻结", "李姐 10:41提出,没冻结,发货再看够不够")
    assert "中央仓已扣西湖店占的60箱(TR-1015)" in card.lines
    assert await chain.shelves("中央仓", "SKU123") == {"available": 48, "reserved": 1440}

    # What was not frozen is looked for when the truck is loaded: the warehouse may give its last cases.
    assert await chain.taps("秦师傅", "批1箱") == "已批 · TR-1016 · 秦师傅 10:41 · 等发货"
    assert await chain.taps("秦师傅", "发1箱") == "在途 · TR-1016 · 等西湖店收"
    assert await chain.taps("秦师傅", "批61箱") == "已批 · TR-1015 · 秦师傅 10:41 · 等发货"
    assert await chain.taps("秦师傅", "发61箱") == "在途 · TR-1015 · 等西湖店收"
    assert await chain.shelves("中央仓", "SKU123") == {"in_transit": 1488}
    await chain.old_buttons_do_nothing()


async def test_goods_that_were_kept_back_and_are_gone_are_not_loaded(twice: Twice) -> None:
    chain = twice
    await chain.says("王小丫", "从中央仓调61箱可口可乐500ml到西湖店")
    await chain.taps("王小丫", "调61箱")
    await chain.says("秦师傅", "从中央仓调2箱可口可乐500ml到二七店")  # his own: a push takes all
    await chain.taps("秦师傅", "调2箱")
    await chain.taps("秦师傅", "批61箱")
    done = await chain.effects()
    assert await chain.taps("秦师傅", "发61箱") == "中央仓的可口可乐500ml只有0瓶,不够1箱。库存没动。"
    assert await chain.effects() == done
    await chain.says("秦师傅", "TR-1015 装了60箱 货架上没有 不发了")
    assert await chain.taps("秦师傅", "发60箱") == "在途 · TR-1015 · 等西湖店收"
    await chain.old_buttons_do_nothing()


async def test_a_day_has_a_limit_for_each_product_of_a_route(twice: Twice) -> None:
    chain = twice
    await chain.buys("中央仓", "SKU123", 100 * 24)  # 162 cases now, of which others get 100 a day for each place
    await chain.says("王小丫", "从中央仓调90箱可口可乐500ml到西湖店")
    await chain.taps("王小丫", "调90箱")
    assert await chain.shelves("中央仓", "SKU123") == {"available": 1728, "reserved": 2160}
    card = await chain.says("李姐", "从中央仓调20箱可口可乐500ml到西湖店")
    assert card.lines[-1] == "先冻结240瓶,其余装车再看,4小时没批放开"
    await chain.taps("李姐", "调20箱")
    assert (await chain.card("秦师傅")).state == "待你批 · TR-1017 · 冻结了240瓶"
    card = await chain.says("王小丫", "从中央仓调1箱可口可乐500ml到西湖店")
    assert card.lines[-1] == "中央仓要留底,先不冻结,装车时再看够不够"
    assert (await chain.says("赵敏", "从中央仓调1箱可口可乐500ml到二七店")).lines[-1].startswith("确认后冻结")

    await chain.taps("秦师傅", "驳回")
    await chain.taps("秦师傅", "不说原因")  # what is free again counts no longer
    card = await chain.says("李姐", "从中央仓调11箱可口可乐500ml到西湖店")
    assert card.lines[-1] == "先冻结240瓶,其余装车再看,4小时没批放开"
    await chain.later(hours=24)  # another day
    card = await chain.says("李姐", "从中央仓调20箱可口可乐500ml到西湖店")
    assert card.lines[-1] == "确认后冻结,4小时没批自动放开"
    await chain.old_buttons_do_nothing()


async def test_less_is_approved_by_the_button_and_by_a_sentence(twice: Twice) -> None:
    chain = twice
    for _ in range(2):
        await chain.says("王小丫", "从中央仓调20箱可口可乐500ml到西湖店")
        await chain.taps("王小丫", "调20箱")
    await chain.says("秦师傅", "TR-1015")
    assert await chain.taps("秦师傅", "批少些") == "请说批多少"
    question = await chain.card("秦师傅")
    assert question.lines == ["要你补一句 · 库存没动", "听到:TR-1015", "批多少?比如“10箱”"]
    assert (await chain.says("秦师傅", "70箱")).lines[-1] == "比要的还多。批多少?"
    assert (await chain.says("秦师傅", "0箱")).labels == ["取消"]
    card = await chain.says("秦师傅", "15箱")
    assert card.lines == [
        "待你确认 · TR-1015 · 还没批",
        "可口可乐500ml 要480瓶 批360瓶",
        "中央仓 → 西湖店",
        "其余马上放开,中央仓可以另用",
    ]
    assert await chain.shelves("中央仓", "SKU123") == {"available": 528, "reserved": 960}
    assert await chain.taps("秦师傅", "批15箱") == "已批 · TR-1015 · 秦师傅 10:41 · 等发货"
    assert await chain.shelves("中央仓", "SKU123") == {"available": 648, "reserved": 840}

    assert (await chain.says("秦师傅", "TR-1016批12箱")).labels == ["批12箱", "取消"]
    assert await chain.taps("秦师傅", "批12箱") == "已批 · TR-1016 · 秦师傅 10:41 · 等发货"
    assert (await chain.card("王小丫")).lines == [
        "已批 · TR-1016 · 秦师傅 10:41 · 等发货",
        "可口可乐500ml 12箱(288瓶)",
        "中央仓 → 西湖店",
        "王小丫 10:41提出",
        "原来要480瓶",
        "冻结到明天10:41,过了自动放开",
    ]
    assert await chain.taps("秦师傅", "发12箱") == "在途 · TR-1016 · 等西湖店收"
    assert await chain.shelves("中央仓", "SKU123") == {"available": 840, "reserved": 360, "in_transit": 288}
    await chain.old_buttons_do_nothing()


async def test_who_may_not_approve_is_shown_the_card(twice: Twice) -> None:
    chain = twice
    await chain.says("王小丫", "从中央仓调20箱可口可乐500ml到西湖店")
    await chain.taps("王小丫", "调20箱")
    done = await chain.effects()
    for who in ("王小丫", "李姐", "姜海", "何总", "尤师傅"):
        card = await chain.says(who, "TR-1015批10箱")
        assert (card.state, card.labels) == ("待批 · TR-1015 · 等秦师傅", card.labels)
        assert not any(label.startswith("批") for label in card.labels)
    assert await chain.effects() == done


async def test_a_forgotten_request_is_reminded_of_at_half_time_lapses_and_is_asked_again(twice: Twice) -> None:
    chain = twice
    await chain.says("王小丫", "从中央仓调20箱可口可乐500ml到西湖店")
    await chain.taps("王小丫", "调20箱")
    await chain.later(hours=1, minutes=59)
    assert len(await chain.cards("秦师傅")) == 1
    await chain.later(minutes=1)
    folded, reminder = await chain.cards("秦师傅")
    assert (folded.labels, reminder.labels) == ([], ["批20箱", "批少些", "驳回"])
    assert reminder.lines[-1] == "冻结到14:41,过了自动放开"
    await chain.later(hours=1, minutes=59)
    assert len(await chain.cards("秦师傅")) == 2  # once

    await chain.later(minutes=1)
    assert await chain.shelves("中央仓", "SKU123") == COLA
    for who, state, labels in (
        ("秦师傅", "待你批 · TR-1015 · 没冻结", ["批20箱", "批少些", "驳回", "再冻结"]),
        ("王小丫", "待批 · TR-1015 · 等秦师傅", ["再冻结", "催一下", "撤回"]),
    ):
        card = await chain.card(who)
        assert (card.state, card.lines[-1], card.labels) == (state, "现在没冻结,发货时再看够不够", labels)
    for group in ("总部群", "西湖区域群", "江南区域群"):
        assert await chain.lines(group) == ["冻结到期放开 · TR-1015 · 中央仓 → 西湖店"]

    assert await chain.taps("王小丫", "再冻结") == "待批 · TR-1015 · 等秦师傅"
    assert (await chain.card("王小丫")).lines[-1] == "冻结到18:41,过了自动放开"
    assert await chain.shelves("中央仓", "SKU123") == {"available": 1008, "reserved": 480}
    assert await chain.taps("秦师傅", "批20箱") == "已批 · TR-1015 · 秦师傅 14:41 · 等发货"

    await chain.later(hours=24)  # nobody came for it: it lapses once more, and stays approved
    card = await chain.card("秦师傅")
    assert card.state == "已批 · TR-1015 · 秦师傅 昨天14:41 · 等发货"
    assert card.labels == ["发20箱", "没装全", "再冻结", "撤回"]
    assert await chain.taps("秦师傅", "再冻结") == "已批 · TR-1015 · 秦师傅 昨天14:41 · 等发货"
    assert await chain.shelves("中央仓", "SKU123") == {"available": 1008, "reserved": 480}
    assert await chain.taps("秦师傅", "发20箱") == "在途 · TR-1015 · 等西湖店收"
    await chain.old_buttons_do_nothing()


async def test_what_is_gone_cannot_be_frozen_again(twice: Twice) -> None:
    chain = twice
    await chain.says("李姐", "从西湖店调2箱可口可乐500ml到二七店")
    await chain.taps("李姐", "调2箱")
    await chain.later(hours=24)
    await chain.sells("西湖店", "SKU123", 40)
    done = await chain.effects()
    assert await chain.taps("李姐", "再冻结") == "西湖店的可口可乐500ml只有1箱14瓶,不够2箱。库存没动。"
    assert await chain.effects() == done
    assert (await chain.card("李姐")).labels == ["发2箱", "没装全", "再冻结", "撤回"]


async def test_rejected_and_withdrawn_goods_are_free_and_no_old_button_brings_them_back(twice: Twice) -> None:
    chain = twice
    for who, labels, state in (
        ("秦师傅", ("驳回", "不说原因"), "已驳回 · TR-1015 · 秦师傅 10:41"),
        ("王小丫", ("撤回",), "已撤回 · TR-1016 · 10:41"),
    ):
        await chain.says("王小丫", "从中央仓调20箱可口可乐500ml到西湖店")
        await chain.taps("王小丫", "调20箱")
        assert [await chain.taps(who, label) for label in labels][-1] == state
        assert (await chain.card("王小丫")).lines[1:] == [
            "可口可乐500ml 20箱(480瓶)",
            "中央仓 → 西湖店",
            "冻结的已放开,库存和原来一样",
        ]
        assert await chain.shelves("中央仓", "SKU123") == COLA
    await chain.old_buttons_do_nothing()


@pytest.mark.parametrize(
    ("said", "reason"),
    [("临期", "临期"), ("快过期", "临期"), ("卖不动", "卖不动"), ("厂家召回", "厂家召回"), ("坏了", "坏了")],
)
async def test_goods_go_back_to_the_warehouse_for_a_reason_in_the_words(twice: Twice, said: str, reason: str) -> None:
    chain = twice
    card = await chain.says("王小丫", f"退仓 40瓶可口可乐500ml 到中央仓 {said}")
    assert card.lines == [
        "待你确认 · 库存还没动",
        "可口可乐500ml 40瓶",
        f"西湖店 → 中央仓 · 退仓:{reason}",
        "西湖店 可用 3箱6瓶 → 1箱14瓶",
        "中央仓 62箱,收货后63箱16瓶",
        "不用人批,点了就等发货",
        "确认后冻结,24小时没发自动放开",
    ]
    assert await chain.taps("王小丫", "调40瓶") == "已定 · TR-1015 · 等发货"
    assert (await chain.card("李姐")).lines[2] == f"西湖店 → 中央仓 · 退仓:{reason}"
    assert await chain.shelves("西湖店", "SKU123") == {"available": 38, "reserved": 40}


async def test_a_return_asks_for_the_warehouse_and_the_reason_with_buttons(twice: Twice) -> None:
    chain = twice
    question = await chain.says("王小丫", "退仓 40瓶可口可乐500ml")
    assert (question.lines[-1], question.labels) == ("调到哪里?", ["中央仓", "下沙仓", "取消"])
    await chain.taps("王小丫", "中央仓")
    question = await chain.card("王小丫")
    assert question.lines[-1] == "为什么?"
    assert question.labels == ["临期", "坏了", "卖不动", "厂家召回", "别的原因", "取消"]
    assert await chain.taps("王小丫", "卖不动") == "记下了,库存还没动"
    assert (await chain.card("王小丫")).lines[2] == "西湖店 → 中央仓 · 退仓:卖不动"
    assert await chain.taps("王小丫", "调40瓶") == "已定 · TR-1015 · 等发货"
    await chain.old_buttons_do_nothing()


async def test_a_return_goes_to_a_warehouse_only(twice: Twice) -> None:
    chain = twice
    question = await chain.says("王小丫", "退仓 40瓶可口可乐500ml 到二七店 临期")
    assert question.labels == ["中央仓", "下沙仓", "二七店", "取消"]
    await chain.taps("王小丫", "二七店")
    card = await chain.card("王小丫")
    assert card.lines == ["办不了 · 库存没动", "二七店不是仓库,退不进去。库存没动,请说退到哪个仓。"]
    assert card.labels == ["取消"]


async def test_several_products_are_approved_in_parts(twice: Twice) -> None:
    chain = twice
    await chain.says("王小丫", "从中央仓调2箱可口可乐500ml、3箱红牛到西湖店")
    await chain.taps("王小丫", "调2种")
    assert (await chain.card("秦师傅")).labels == ["批2种", "批少些", "驳回"]
    await chain.taps("秦师傅", "批少些")
    assert (await chain.says("秦师傅", "1箱")).lines[-1] == "这单有几种货。每种说名字和数量。"
    card = await chain.says("秦师傅", "TR-1015批可口可乐500ml1箱")
    assert card.lines == [
        "待你确认 · TR-1015 · 还没批",
        "可口可乐500ml 要48瓶 批24瓶",
        "红牛维生素饮料250ml 要72罐 批72罐",
        "中央仓 → 西湖店",
        "其余马上放开,中央仓可以另用",
    ]
    assert await chain.taps("秦师傅", "批2种") == "已批 · TR-1015 · 秦师傅 10:41 · 等发货"
    assert (await chain.card("王小丫")).lines == [
        "已批 · TR-1015 · 秦师傅 10:41 · 等发货",
        "可口可乐500ml 1箱(24瓶)",
        "红牛维生素饮料250ml 3箱(72罐)",
        "中央仓 → 西湖店",
        "王小丫 10:41提出",
        "有1种批少了",
        "冻结到明天10:41,过了自动放开",
    ]
    assert await chain.shelves("中央仓", "SKU123") == {"available": 1464, "reserved": 24}
    assert await chain.shelves("中央仓", RED_BULL) == {"available": 1704, "reserved": 72}
    await chain.old_buttons_do_nothing()
