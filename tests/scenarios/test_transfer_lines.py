"""What was said of some goods and not of others: cards and buttons tell of what left, and of nothing else."""

from __future__ import annotations

from tests.scenarios.twice import Twice

SHORT_OF_COLA = "少8瓶 · TR-1015 · 等中央仓说明"


async def two_products_of_which_one_left(chain: Twice, rest: str) -> None:
    """TR-1015 on the road with two cases of cola; of the Sprite that was asked for too, nothing was loaded."""
    await chain.says("王小丫", "从中央仓调2箱可口可乐500ml和10瓶雪碧500ml到西湖店")
    await chain.taps("王小丫", "调2种")
    await chain.taps("秦师傅", "批2种")
    card = await chain.says("秦师傅", "TR-1015 可口可乐500ml 装了2箱 雪碧500ml 装了0瓶")
    assert "可口可乐500ml 2箱 · 雪碧500ml 0瓶" in card.lines[1]
    await chain.taps("秦师傅", "货架上没有")
    await chain.taps("秦师傅", rest)
    assert await chain.taps("秦师傅", "发2箱") == "在途 · TR-1015 · 等西湖店收"


async def test_what_was_not_loaded_is_on_no_card_and_everything_else_arrives(twice: Twice) -> None:
    chain = twice
    await two_products_of_which_one_left(chain, "不发了")
    for who in ("秦师傅", "王小丫"):
        card = await chain.card(who)
        assert "可口可乐500ml 2箱(48瓶)" in card.lines
        assert not [line for line in card.lines if line.startswith("雪碧500ml 10瓶")]
    assert await chain.taps("王小丫", "全收") == "收齐 · TR-1015 · 10:41"
    assert await chain.shelves("西湖店", "SKU123") == {"available": 126}


async def test_what_waits_in_a_second_transfer_is_not_counted_in_the_first(twice: Twice) -> None:
    chain = twice
    await two_products_of_which_one_left(chain, "留着下次发")
    card = await chain.says("王小丫", "收到TR-1015 可口可乐500ml 48瓶")
    assert (card.state, card.labels) == ("待你确认 · TR-1015 · 还没入账", ["收48瓶", "取消"])
    assert not [line for line in card.lines if "雪碧" in line and "发10瓶" in line]
    assert await chain.taps("王小丫", "收48瓶") == "收齐 · TR-1015 · 10:41"
    assert await chain.taps("秦师傅", "发10瓶") == "在途 · TR-1016 · 等西湖店收"


async def on_the_road(chain: Twice) -> None:
    """TR-1015 on its way from the warehouse to the lake with 48 bottles."""
    await chain.says("王小丫", "从中央仓调2箱可口可乐500ml到西湖店")
    for who, label in (("王小丫", "调2箱"), ("秦师傅", "批2箱"), ("秦师傅", "发2箱")):
        await chain.taps(who, label)


async def test_the_rest_on_the_next_truck_is_not_taken_for_good(twice: Twice) -> None:
    chain = twice
    await on_the_road(chain)
    card = await chain.says("王小丫", "TR-1015 坏2瓶 其余下一车来")
    assert card.lines[1] == "可口可乐500ml 发48瓶 好0瓶 坏2瓶"
    assert "其余等下一车,还在中央仓账上" in card.lines
    assert await chain.taps("王小丫", "照数记下") == "到了一部分 · TR-1015 · 还差46瓶"
    assert await chain.shelves("西湖店", "SKU123") == {"available": 78, "blocked": 2}


async def test_all_of_it_means_what_was_missing_when_nothing_else_is_open(twice: Twice) -> None:
    chain = twice
    await on_the_road(chain)
    await chain.says("王小丫", "TR-1015 好的40瓶 少8瓶")
    assert await chain.taps("王小丫", "收40瓶") == SHORT_OF_COLA
    card = await chain.says("王小丫", "收到TR-1015 全部收到了")
    assert (card.lines[1], card.labels) == ("可口可乐500ml 发48瓶 好8瓶", ["收8瓶", "取消"])
    assert await chain.taps("王小丫", "收8瓶") == "收齐 · TR-1015 · 10:41"


async def test_who_loses_the_goods_to_another_store_hears_of_it(twice: Twice) -> None:
    chain = twice
    await on_the_road(chain)
    await chain.says("赵敏", "TR-1015的货到我们店了")
    await chain.taps("赵敏", "在我们这")
    await chain.taps("秦师傅", "留在那里")
    kept = "留在二七店了 · TR-1015 · 还要请另开单 · 中央仓 → 二七店"
    assert (await chain.lines("王小丫"))[-1] == kept
    assert (await chain.lines("李姐"))[-1] == kept


async def test_no_store_keeps_what_goes_back_to_the_warehouse(twice: Twice) -> None:
    chain = twice
    await chain.says("王小丫", "退仓 10瓶可口可乐500ml 到中央仓 临期")
    await chain.taps("王小丫", "调10瓶")
    await chain.taps("王小丫", "发10瓶")
    await chain.says("赵敏", "TR-1015的货到我们店了")
    await chain.taps("赵敏", "在我们这")
    for who in ("李姐", "秦师傅"):
        assert (await chain.card(who)).labels == ["送过去", "送回来"]
