"""Another store's goods on the truck: whoever has them says so, and both ends decide what becomes of them."""

from __future__ import annotations

from tests.scenarios.twice import Twice

HELD = "到错店 · TR-1015 · 在二七店"
LINE = f"{HELD} · 中央仓 → 西湖店"


async def on_the_road(chain: Twice, packs: int = 2) -> None:
    """TR-1015 on its way from the warehouse to the lake; the keeper asked for it himself."""
    await chain.says("秦师傅", f"从中央仓调{packs}箱可口可乐500ml到西湖店")
    await chain.taps("秦师傅", f"调{packs}箱")
    await chain.taps("秦师傅", f"发{packs}箱")


async def at_the_wrong_store(chain: Twice) -> None:
    """TR-1015 stands in Erqi, and everybody knows."""
    await on_the_road(chain)
    card = await chain.says("赵敏", "TR-1015的货到我们店了")
    assert card.lines == [
        "待你确认 · TR-1015 · 只记下在哪",
        "可口可乐500ml 2箱(48瓶)",
        "中央仓 → 西湖店",
        "货在二七店,库存不动",
        "中央仓和收货店定:留下、送过去还是送回",
    ]
    assert card.labels == ["在我们这", "取消"]
    assert await chain.taps("赵敏", "在我们这") == HELD


async def test_all_three_sides_hear_of_it_and_the_two_ends_decide(twice: Twice) -> None:
    chain = twice
    await at_the_wrong_store(chain)
    for who in ("秦师傅", "李姐"):
        card = await chain.card(who)
        assert card.lines == [
            HELD,
            "可口可乐500ml 2箱(48瓶)",
            "中央仓 → 西湖店",
            "收货前,账在中央仓",
            "货在二七店,等两边说怎么办",
            "秦师傅 10:41装车",
        ]
        assert card.labels == ["留在那里", "送过去", "送回来"]
    for who in ("赵敏", "王小丫"):
        assert ((await chain.card(who)).state, (await chain.card(who)).labels) == (HELD, [])
    assert await chain.lines("王小丫") == [LINE]
    assert await chain.lines("李姐") == []  # the card says it
    assert await chain.lines("总部群") == [LINE]
    assert await chain.shelves("中央仓", "SKU123") == {"available": 1440, "in_transit": 48}
    await chain.old_buttons_do_nothing()


async def test_they_stay_there_and_that_store_receives_them(twice: Twice) -> None:
    chain = twice
    await at_the_wrong_store(chain)

    assert await chain.taps("李姐", "留在那里") == "在途 · TR-1015 · 等二七店收"
    card = await chain.card("赵敏")
    assert card.lines == [
        "到货点收 · TR-1015 · 中央仓来",
        "可口可乐500ml 2箱(48瓶)",
        "中央仓 → 二七店",
        "收货前,账在中央仓",
        "秦师傅 10:41装车",
    ]
    assert card.labels == ["全收", "有差异", "不是我的货"]
    assert (await chain.card("李姐")).labels == []
    assert await chain.taps("赵敏", "全收") == "收齐 · TR-1015 · 10:41"
    assert await chain.shelves("中央仓", "SKU123") == {"available": 1440}
    assert await chain.shelves("二七店", "SKU123") == {"available": 96}
    assert await chain.shelves("西湖店", "SKU123") == {"available": 78}
    await chain.old_buttons_do_nothing()


async def test_they_are_sent_on_and_who_has_them_hears_it(twice: Twice) -> None:
    chain = twice
    await at_the_wrong_store(chain)

    assert await chain.taps("秦师傅", "送过去") == "在途 · TR-1015 · 等西湖店收"
    assert await chain.lines("赵敏") == ["送过去 · TR-1015 · 等西湖店收 · 中央仓 → 西湖店"]
    for who, labels in (
        ("王小丫", ["全收", "有差异", "不是我的货"]),
        ("李姐", ["全收", "有差异", "不是我的货", "叫回"]),
    ):
        assert (await chain.card(who)).labels == labels
    assert (await chain.card("秦师傅")).labels == ["叫回"]
    assert await chain.taps("王小丫", "全收") == "收齐 · TR-1015 · 10:41"
    assert await chain.shelves("西湖店", "SKU123") == {"available": 126}
    await chain.old_buttons_do_nothing()


async def test_the_button_not_mine_asks_whose_they_are_and_they_are_sent_back(twice: Twice) -> None:
    chain = twice
    await on_the_road(chain)
    await chain.says("秦师傅", "从中央仓调1箱可口可乐500ml到二七店")
    await chain.taps("秦师傅", "调1箱")
    await chain.taps("秦师傅", "发1箱")

    assert await chain.taps("王小丫", "不是我的货") == "请说是哪张单的货"
    assert (await chain.card("王小丫")).lines == ["要你补一句 · 库存没动", "哪张单?说单号,比如 TR-1042"]
    assert (await chain.says("王小丫", "TR-1016")).lines[0] == "待你确认 · TR-1016 · 只记下在哪"
    assert await chain.taps("王小丫", "在我们这") == "到错店 · TR-1016 · 在西湖店"
    assert (await chain.card("孙强")).labels == ["留在那里", "送过去", "送回来"]

    assert await chain.taps("孙强", "送回来") == "退回途中 · TR-1016 · 等中央仓收"
    assert await chain.lines("王小丫") == ["送回来 · TR-1016 · 等中央仓收 · 中央仓 → 二七店"]
    card = await chain.card("秦师傅")
    assert (card.state, card.labels) == ("退回途中 · TR-1016 · 等中央仓收", ["都拿回来了", "拿回来一些"])
    assert await chain.shelves("中央仓", "SKU123") == {"available": 1416, "in_transit": 72}
    assert await chain.taps("秦师傅", "都拿回来了") == "已退回 · TR-1016 · 10:41"
    assert await chain.shelves("中央仓", "SKU123") == {"available": 1440, "in_transit": 48}
    assert (await chain.says("王小丫", "TR-1015")).labels == [
        "全收",
        "有差异",
        "不是我的货",
    ]  # that one is still theirs
    await chain.old_buttons_do_nothing()


async def test_who_may_not_say_it_and_what_it_is_about(twice: Twice) -> None:
    chain = twice
    await on_the_road(chain)
    done = await chain.effects()
    assert (
        await chain.says("王小丫", "TR-1015的货到我们店了")
    ).state == "到货点收 · TR-1015 · 中央仓来"  # it is theirs
    for who in ("何总", "许采购", "谢芳"):  # nobody who works at a place
        assert "什么都没动" in (await chain.says(who, "TR-1015的货到我们店了")).lines[0]
    assert "没有调拨单TR-1999" in (await chain.says("赵敏", "TR-1999送错店了")).lines[0]
    assert (await chain.says("赵敏", "货送错店了")).lines[-1] == "哪张单?说单号,比如 TR-1042"
    assert await chain.effects() == done
