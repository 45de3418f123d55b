"""Transfers on the road: loaded less or more, received in parts, refused, too many, and between two stores direct."""

from __future__ import annotations

import pytest

from tests.scenarios.twice import Twice


async def approved(chain: Twice, packs: int = 20) -> None:
    """TR-1015 from the warehouse to the lake, approved and not loaded."""
    await chain.says("王小丫", f"从中央仓调{packs}箱可口可乐500ml到西湖店")
    await chain.taps("王小丫", f"调{packs}箱")
    await chain.taps("秦师傅", f"批{packs}箱")


async def on_the_road(chain: Twice, packs: int = 2) -> None:
    """TR-1015 on its way from the warehouse to the lake; the keeper asked for it himself."""
    await chain.says("秦师傅", f"从中央仓调{packs}箱可口可乐500ml到西湖店")
    await chain.taps("秦师傅", f"调{packs}箱")
    await chain.taps("秦师傅", f"发{packs}箱")


async def test_less_is_loaded_and_the_rest_is_a_second_transfer(twice: Twice) -> None:
    chain = twice
    await approved(chain)
    assert await chain.taps("秦师傅", "没装全") == "请说装了多少"
    question = await chain.says("秦师傅", "装了18箱")
    assert question.lines == ["要你补一句 · 库存没动", "听到:可口可乐500ml 18箱 · TR-1015", "为什么?"]
    assert question.labels == ["货架上没有", "车装不下", "坏了", "别的原因", "取消"]
    await chain.taps("秦师傅", "车装不下")
    question = await chain.card("秦师傅")
    assert (question.lines[-1], question.labels) == ("剩下的呢?", ["留着下次发", "不发了", "取消"])
    await chain.taps("秦师傅", "留着下次发")
    card = await chain.card("秦师傅")
    assert card.lines == [
        "待你确认 · TR-1015 · 还没出库",
        "可口可乐500ml 批480瓶 装432瓶",
        "中央仓 → 西湖店",
        "收货前,账在中央仓",
        "少装:车装不下;其余另开一单,下次发",
    ]
    assert await chain.taps("秦师傅", "发18箱") == "在途 · TR-1015 · 等西湖店收"
    assert await chain.shelves("中央仓", "SKU123") == {"available": 1008, "reserved": 48, "in_transit": 432}
    assert (await chain.card("王小丫")).lines == [
        "到货点收 · TR-1015 · 中央仓来",
        "可口可乐500ml 18箱(432瓶)",
        "中央仓 → 西湖店",
        "收货前,账在中央仓",
        "少装48瓶:车装不下",
        "秦师傅 10:41装车",
    ]
    assert await chain.lines("王小丫") == ["TR-1015没装完的另开一单 · TR-1016 · 等发货 · 中央仓 → 西湖店"]
    second = await chain.card("秦师傅")
    assert second.lines == [
        "已批 · TR-1016 · 秦师傅 10:41 · 等发货",
        "可口可乐500ml 2箱(48瓶)",
        "中央仓 → 西湖店 · TR-1015没装完的",
        "王小丫 10:41提出",
        "冻结到明天10:41,过了自动放开",
    ]
    assert second.labels == ["发2箱", "没装全", "撤回"]
    assert await chain.taps("秦师傅", "发2箱") == "在途 · TR-1016 · 等西湖店收"
    for number in ("1015", "1016"):
        await chain.says("李姐", f"TR-{number}")
        await chain.taps("李姐", "全收")
    assert await chain.shelves("中央仓", "SKU123") == {"available": 1008}
    assert await chain.shelves("西湖店", "SKU123") == {"available": 558}
    await chain.old_buttons_do_nothing()


@pytest.mark.parametrize(
    ("said", "promise"),
    [
        ("TR-1015 装了18箱 没地方了 剩下的不发了", "少装:车装不下;其余不发了,放开冻结"),
        ("TR-1015装车了18箱,货架上没有,其余不发了", "少装:货架上没有;其余不发了,放开冻结"),
        ("TR-1015 装了18箱 坏了2箱 不发了", "少装:坏了;其余不发了,放开冻结"),
        ("loaded TR-1015 18 cases, no room, drop the rest", "少装:车装不下;其余不发了,放开冻结"),
    ],
)
async def test_less_is_loaded_in_one_sentence_and_the_rest_is_free(twice: Twice, said: str, promise: str) -> None:
    chain = twice
    await approved(chain)
    card = await chain.says("秦师傅", said)
    assert (card.lines[1], card.lines[-1]) == ("可口可乐500ml 批480瓶 装432瓶", promise)
    assert await chain.taps("秦师傅", "发18箱") == "在途 · TR-1015 · 等西湖店收"
    assert await chain.shelves("中央仓", "SKU123") == {"available": 1056, "in_transit": 432}
    assert await chain.lines("王小丫") == []
    await chain.old_buttons_do_nothing()


async def test_the_reason_and_the_rest_are_asked_where_they_were_not_said_and_typed_as_well(twice: Twice) -> None:
    chain = twice
    await approved(chain)
    assert (await chain.says("秦师傅", "TR-1015 装了18箱")).lines[-1] == "为什么?"
    assert (await chain.says("秦师傅", "没地方了")).lines[-1] == "剩下的呢?"
    assert (await chain.says("秦师傅", "下次再发")).labels == ["发18箱", "取消"]
    assert (await chain.says("秦师傅", "TR-1015 装了18箱 没地方了")).lines[-1] == "剩下的呢?"
    assert (await chain.says("秦师傅", "2")).lines[-1] == "少装:车装不下;其余不发了,放开冻结"


@pytest.mark.parametrize(
    ("said", "asked"),
    [
        ("TR-1015 装了0箱", "一件都没装。装了多少?"),
        ("TR-1015 装了8件", "说不准是哪个单位。再说一遍,比如“18箱”"),
        ("TR-1015 装了两三箱", "没听到准数。再说一遍,比如“18箱”"),
        ("TR-1015 装了8箱红牛", "这单上没有这种货。再说一遍好的、坏的、少的。"),
    ],
)
async def test_what_was_loaded_is_never_guessed(twice: Twice, said: str, asked: str) -> None:
    chain = twice
    await approved(chain)
    done = await chain.effects()
    card = await chain.says("秦师傅", said)
    assert (card.lines[-1], card.labels) == (asked, ["取消"])
    assert await chain.effects() == done
    assert (await chain.says("秦师傅", "TR-1015 装了20箱")).labels == ["发20箱", "取消"]


async def test_more_is_loaded_on_a_line_of_its_own_and_all_of_it_is_received(twice: Twice) -> None:
    chain = twice
    await chain.says("秦师傅", "从中央仓调2箱可口可乐500ml到西湖店")
    await chain.taps("秦师傅", "调2箱")
    card = await chain.says("秦师傅", "TR-1015 装了50瓶")
    assert card.lines == [
        "待你确认 · TR-1015 · 还没出库",
        "可口可乐500ml 批48瓶 装50瓶",
        "中央仓 → 西湖店",
        "收货前,账在中央仓",
        "多装的从中央仓可用里出,另记一行",
    ]
    assert await chain.taps("秦师傅", "发2箱2瓶") == "在途 · TR-1015 · 等西湖店收"
    assert await chain.shelves("中央仓", "SKU123") == {"available": 1438, "in_transit": 50}
    assert (await chain.card("王小丫")).lines[1] == "可口可乐500ml 2箱2瓶(50瓶)"
    assert await chain.count("transfer_line") == 2
    await chain.says("王小丫", "收到TR-1015 好的49瓶 坏1瓶")
    assert await chain.taps("王小丫", "收49瓶") == "收货坏1瓶 · TR-1015"
    assert await chain.shelves("西湖店", "SKU123") == {"available": 127, "blocked": 1}
    await chain.old_buttons_do_nothing()


async def test_goods_come_on_two_trucks_and_the_next_one_is_reminded_of(twice: Twice) -> None:
    chain = twice
    await on_the_road(chain)
    assert await chain.taps("王小丫", "有差异") == "请说好的、坏的、少的各多少"
    question = await chain.says("王小丫", "好的20瓶")
    assert (question.lines[-1], question.labels) == ("剩下的呢?", ["下一车来", "少了", "取消"])
    await chain.taps("王小丫", "下一车来")
    card = await chain.card("王小丫")
    assert card.lines == [
        "待你确认 · TR-1015 · 还没入账",
        "可口可乐500ml 发48瓶 好20瓶",
        "好的进西湖店可用",
        "其余等下一车,还在中央仓账上",
    ]
    assert await chain.taps("王小丫", "收20瓶") == "到了一部分 · TR-1015 · 还差28瓶"
    parts = [
        "到了一部分 · TR-1015 · 还差28瓶",
        "可口可乐500ml 2箱(48瓶)",
        "中央仓 → 西湖店",
        "20瓶已入西湖店,可以卖",
        "还有28瓶在路上,账在中央仓",
    ]
    assert (await chain.card("李姐")).lines == [*parts, "王小丫 10:41点收"]
    assert (await chain.card("李姐")).labels == ["全收", "有差异", "不是我的货", "叫回"]
    assert await chain.shelves("中央仓", "SKU123") == {"available": 1440, "in_transit": 28}
    assert await chain.lines("总部群") == []  # it is not over

    cards = len(await chain.cards("李姐"))
    await chain.later(hours=23, minutes=59)
    assert len(await chain.cards("李姐")) == cards
    await chain.later(minutes=1)
    assert len(await chain.cards("李姐")) == cards + 1
    assert (await chain.card("李姐")).lines == [*parts, "王小丫 昨天10:41点收"]
    await chain.later(hours=24)
    assert len(await chain.cards("李姐")) == cards + 2  # again and again

    await chain.says("王小丫", "TR-1015又到了 好的20瓶,其余下一车")
    assert await chain.taps("王小丫", "收20瓶") == "到了一部分 · TR-1015 · 还差8瓶"
    assert await chain.taps("李姐", "全收") == "收齐 · TR-1015 · 10:41"
    assert await chain.shelves("中央仓", "SKU123") == {"available": 1440}
    assert await chain.shelves("西湖店", "SKU123") == {"available": 126}
    await chain.old_buttons_do_nothing()


async def test_the_rest_that_is_short_is_a_question_to_the_source(twice: Twice) -> None:
    chain = twice
    await on_the_road(chain)
    assert (await chain.says("王小丫", "收到TR-1015 好的45瓶")).labels == ["下一车来", "少了", "取消"]
    await chain.taps("王小丫", "少了")
    assert await chain.taps("王小丫", "收45瓶") == "少3瓶 · TR-1015 · 等中央仓说明"
    assert await chain.shelves("中央仓", "SKU123") == {"available": 1440, "in_transit": 3}
    await chain.old_buttons_do_nothing()


async def test_all_of_it_is_refused_and_comes_back_in_parts(twice: Twice) -> None:
    chain = twice
    await on_the_road(chain)
    card = await chain.says("王小丫", "收到TR-1015 拒收48瓶")
    assert card.lines == [
        "待你确认 · TR-1015 · 还没入账",
        "可口可乐500ml 发48瓶 好0瓶 拒48瓶",
        "拒收的留在中央仓账上,等它拿回",
    ]
    assert await chain.taps("王小丫", "照数记下") == "拒收48瓶 · TR-1015 · 等中央仓拿回"
    card = await chain.card("秦师傅")
    assert card.lines == [
        "拒收48瓶 · TR-1015 · 等中央仓拿回",
        "可口可乐500ml 2箱(48瓶)",
        "中央仓 → 西湖店",
        "拒收的48瓶还在中央仓账上,等它拿回",
        "王小丫 10:41点收",
    ]
    assert card.labels == ["都拿回来了", "拿回来一些"]
    assert await chain.shelves("中央仓", "SKU123") == {"available": 1440, "in_transit": 48}

    assert await chain.taps("秦师傅", "拿回来一些") == "请说拿回来多少"
    await chain.says("秦师傅", "好的20 坏4")
    assert await chain.taps("秦师傅", "收回20瓶") == "拒收24瓶 · TR-1015 · 等中央仓拿回"
    assert await chain.shelves("中央仓", "SKU123") == {"available": 1460, "blocked": 4, "in_transit": 24}
    assert await chain.taps("秦师傅", "都拿回来了") == "已退回 · TR-1015 · 10:41"
    assert await chain.shelves("中央仓", "SKU123") == {"available": 1484, "blocked": 4}
    assert (await chain.card("王小丫")).lines[3:] == ["48瓶已回中央仓", "王小丫 10:41点收"]
    await chain.old_buttons_do_nothing()


@pytest.mark.parametrize(
    ("answer", "told", "goods", "source", "target"),
    [
        ("是多发了", "中央仓认了多发 · TR-1015 · 已入账", "可口可乐500ml 2箱5瓶(53瓶)", 1435, 131),
        ("没多发", "中央仓没多发 · TR-1015 · 请再数", "可口可乐500ml 2箱(48瓶)", 1440, 126),
    ],
)
async def test_more_arrives_than_was_sent_and_the_source_says_whether_it_sent_it(
    twice: Twice, answer: str, told: str, goods: str, source: int, target: int
) -> None:
    chain = twice
    await on_the_road(chain)
    card = await chain.says("王小丫", "收到TR-1015 53瓶")
    assert card.lines == [
        "待你确认 · TR-1015 · 还没入账",
        "可口可乐500ml 发48瓶 好48瓶 多5瓶",
        "好的进西湖店可用",
        "多的先不入账,等中央仓认",
    ]
    assert await chain.taps("王小丫", "收48瓶") == "多5瓶 · TR-1015 · 等中央仓认"
    card = await chain.card("秦师傅")
    assert card.lines == [
        "多5瓶 · TR-1015 · 等中央仓认",
        "可口可乐500ml 2箱(48瓶)",
        "中央仓 → 西湖店",
        "48瓶已入西湖店,可以卖",
        "多的5瓶没入账,等中央仓认",
        "秦师傅 明天10:41前答复",
        "王小丫 10:41点收",
    ]
    assert card.labels == ["是多发了", "没多发"]
    assert (await chain.card("王小丫")).labels == []
    assert await chain.shelves("西湖店", "SKU123") == {"available": 126}

    assert await chain.taps("秦师傅", answer) == "收齐 · TR-1015 · 10:41"
    assert await chain.lines("王小丫") == [f"{told} · 中央仓 → 西湖店"]
    assert (await chain.card("王小丫")).lines[1] == goods
    assert await chain.shelves("中央仓", "SKU123") == {"available": source}
    assert await chain.shelves("西湖店", "SKU123") == {"available": target}
    await chain.old_buttons_do_nothing()


async def test_two_stores_in_one_street_receive_what_nobody_dispatched(twice: Twice) -> None:
    chain = twice
    card = await chain.says("陈晨", "从滨江店调6瓶可口可乐500ml到滨江二店")
    assert card.lines[-2:] == ["要冯磊批:动的是滨江店的货", "确认后冻结,2小时没批自动放开"]
    await chain.taps("陈晨", "调6瓶")
    assert await chain.taps("冯磊", "批6瓶") == "已批 · TR-1015 · 冯磊 10:41 · 等发货"
    assert (await chain.card("冯磊")).labels == ["发6瓶", "没装全", "撤回"]
    for receiver in ("陈晨", "吕静"):
        assert (await chain.card(receiver)).labels == ["全收", "有差异", "撤回"]
    assert "不能在滨江二店收货" in (await chain.says("冯磊", "收到TR-1015 全收")).lines[0]

    done = await chain.effects()
    forged = next(iter((await chain.card("冯磊")).buttons.values())).replace("dispatch", "receive_all")
    assert "不能在滨江二店收货" in await chain.taps_bytes("冯磊", forged)
    assert await chain.effects() == done

    assert await chain.taps("陈晨", "全收") == "收齐 · TR-1015 · 10:41"
    assert await chain.shelves("滨江店", "SKU123") == {"available": 13}
    assert await chain.shelves("滨江二店", "SKU123") == {"available": 70}
    causes = await chain.database.read(
        lambda c: [
            row[0] for row in c.exec_driver_sql("select cause from posting where document_id = 1015 order by id")
        ]
    )
    assert causes[-2:] == ["dispatch", "transfer_in"]
    await chain.old_buttons_do_nothing()


async def test_who_spoke_for_the_source_of_a_direct_route_does_not_receive(twice: Twice) -> None:
    chain = twice
    await chain.says("姜海", "从滨江店调6瓶可口可乐500ml到滨江二店")  # both stores are in his region
    await chain.taps("姜海", "调6瓶")
    card = await chain.card("姜海")
    assert card.state == "已定 · TR-1015 · 等发货"
    assert not any(label in card.labels for label in ("全收", "有差异"))
    done = await chain.effects()
    forged = card.buttons["撤回"].replace("cancel", "receive_all")
    assert await chain.taps_bytes("姜海", forged) == "发货的经手人不能自己收货或记损。什么都没动,请换一个人。"
    assert await chain.effects() == done
    await chain.says("陈晨", "收到TR-1015 少2瓶")
    assert await chain.taps("陈晨", "收4瓶") == "少2瓶 · TR-1015 · 等滨江店说明"
    await chain.old_buttons_do_nothing()


async def test_several_products_differ_and_each_has_its_line(twice: Twice) -> None:
    chain = twice
    await chain.says("秦师傅", "从中央仓调1箱可口可乐500ml、3箱红牛到西湖店")
    await chain.taps("秦师傅", "调2种")
    card = await chain.says("秦师傅", "TR-1015 红牛装了2箱 货架上没有 剩下的下次发")
    assert card.lines == [
        "待你确认 · TR-1015 · 还没出库",
        "可口可乐500ml 批24瓶 装24瓶",
        "红牛维生素饮料250ml 批72罐 装48罐",
        "中央仓 → 西湖店",
        "收货前,账在中央仓",
        "少装:货架上没有;其余另开一单,下次发",
    ]
    assert await chain.taps("秦师傅", "发2种") == "在途 · TR-1015 · 等西湖店收"
    assert (await chain.card("王小丫")).lines[-2:] == ["少装1种:货架上没有", "秦师傅 10:41装车"]
    await chain.says("王小丫", "收到1015 可口可乐500ml少2瓶, 红牛坏1罐 拒收3罐")
    assert await chain.taps("王小丫", "收2种") == "少1种坏1种 · TR-1015 · 等中央仓说明"
    assert (await chain.card("秦师傅")).lines == [
        "少1种坏1种 · TR-1015 · 等中央仓说明",
        "可口可乐500ml 发24瓶 好22瓶 少2瓶",
        "红牛维生素饮料250ml 发48罐 好44罐 坏1罐 拒3罐",
        "中央仓 → 西湖店",
        "坏的1种放不良区,别卖别扔",
        "账还在中央仓:少1种 拒1种",
        "秦师傅 明天10:41前答复",
        "王小丫 10:41点收",
    ]
    await chain.says("秦师傅", "TR-1015收回了 红牛3罐")
    await chain.taps("秦师傅", "收回3罐")
    await chain.says("姜海", "TR-1015 记损 公司承担")
    assert await chain.taps("姜海", "记损2瓶") == "已结 · TR-1015 · 记损1种"
    assert await chain.shelves("中央仓", "SKU123") == {"available": 1464}
    await chain.old_buttons_do_nothing()
