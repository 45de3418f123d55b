"""Goods that go back: called back from the road, and returned to the warehouse, where they are inspected."""

from __future__ import annotations

from tests.scenarios.twice import Twice


async def on_the_road(chain: Twice, packs: int = 2) -> None:
    """TR-1015 on its way from the warehouse to the lake; the keeper asked for it himself."""
    await chain.says("秦师傅", f"从中央仓调{packs}箱可口可乐500ml到西湖店")
    await chain.taps("秦师傅", f"调{packs}箱")
    await chain.taps("秦师傅", f"发{packs}箱")


async def test_goods_are_called_back_and_come_in_parts_with_some_missing(twice: Twice) -> None:
    chain = twice
    await on_the_road(chain)
    await chain.says("王小丫", "收到TR-1015 好的20瓶,其余下一车")
    await chain.taps("王小丫", "收20瓶")

    assert await chain.taps("秦师傅", "叫回") == "退回途中 · TR-1015 · 等中央仓收"
    assert await chain.lines("王小丫") == ["叫回 · TR-1015 · 等中央仓收 · 中央仓 → 西湖店"]
    assert (await chain.card("王小丫")).labels == []
    card = await chain.card("秦师傅")
    assert card.lines == [
        "退回途中 · TR-1015 · 等中央仓收",
        "可口可乐500ml 2箱(48瓶)",
        "中央仓 → 西湖店",
        "20瓶已入西湖店,可以卖",
        "还有28瓶在路上,账在中央仓",
        "王小丫 10:41点收",
    ]
    assert card.labels == ["都拿回来了", "拿回来一些"]

    card = await chain.says("秦师傅", "TR-1015收回了 好的20 坏1 少2")
    assert card.lines == [
        "待你确认 · TR-1015 · 还没入账",
        "可口可乐500ml 好20瓶 坏1瓶 少2瓶",
        "好的回中央仓可用",
        "坏的放不良区,别卖别扔",
        "少的还在中央仓账上,要说清去哪了",
    ]
    assert await chain.taps("秦师傅", "收回20瓶") == "少2瓶 · TR-1015 · 等中央仓说明"
    assert (await chain.card("秦师傅")).lines[3:] == [
        "已了:好20瓶 回21瓶",
        "账还在中央仓:少2瓶 路上5瓶",
        "秦师傅 明天10:41前答复",
        "王小丫 10:41点收",
    ]
    assert await chain.shelves("中央仓", "SKU123") == {"available": 1460, "blocked": 1, "in_transit": 7}
    assert await chain.taps("秦师傅", "都拿回来了") == "少2瓶 · TR-1015 · 等中央仓说明"
    assert await chain.shelves("中央仓", "SKU123") == {"available": 1465, "blocked": 1, "in_transit": 2}
    await chain.old_buttons_do_nothing()


async def test_a_return_is_inspected_at_the_warehouse(twice: Twice) -> None:
    chain = twice
    await chain.says("王小丫", "退仓 10瓶可口可乐500ml 到中央仓 临期")
    await chain.taps("王小丫", "调10瓶")
    await chain.taps("王小丫", "发10瓶")
    assert (await chain.card("秦师傅")).lines[2] == "西湖店 → 中央仓 · 退仓:临期"
    await chain.taps("秦师傅", "有差异")
    card = await chain.says("秦师傅", "好的5 坏1 退厂2 拒收2")
    assert card.lines == [
        "待你确认 · TR-1015 · 还没入账",
        "可口可乐500ml 发10瓶 好5瓶 坏1瓶 退厂2瓶 拒2瓶",
        "好的进中央仓可用",
        "坏的放不良区,别卖别扔",
        "退厂的单放,等供应商拿",
        "拒收的留在西湖店账上,等它拿回",
    ]
    assert await chain.taps("秦师傅", "收5瓶") == "拒收2瓶 · TR-1015 · 等西湖店拿回"
    assert await chain.shelves("中央仓", "SKU123") == {"available": 1493, "blocked": 3}
    assert await chain.shelves("西湖店", "SKU123") == {"available": 68, "in_transit": 2}
    card = await chain.card("李姐")
    assert card.lines == [
        "拒收2瓶 · TR-1015 · 等西湖店拿回",
        "可口可乐500ml 10瓶",
        "西湖店 → 中央仓 · 退仓:临期",
        "5瓶已入中央仓,可以卖",
        "坏的1瓶放不良区,别卖别扔",
        "退厂的2瓶单放,等供应商拿",
        "拒收的2瓶还在西湖店账上,等它拿回",
        "秦师傅 10:41点收",
    ]
    assert card.labels == ["都拿回来了", "拿回来一些"]
    assert await chain.taps("李姐", "都拿回来了") == "收货坏1瓶 · TR-1015"
    assert await chain.shelves("西湖店", "SKU123") == {"available": 70}
    await chain.old_buttons_do_nothing()


async def test_goods_for_the_supplier_are_for_returns_only(twice: Twice) -> None:
    chain = twice
    await on_the_road(chain)
    done = await chain.effects()
    await chain.says("王小丫", "收到TR-1015 好的40 退厂8")
    toast = await chain.taps("王小丫", "收40瓶")
    assert "没动" in toast or "没有入账" in toast
    assert await chain.effects() == done
