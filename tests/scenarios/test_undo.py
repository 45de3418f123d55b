"""Undoing what was done, cancelling by a sentence, correcting what was just asked; or why not, and what can be done."""

from __future__ import annotations

import pytest

from tests.scenarios.chain import Chain
from tests.scenarios.twice import Twice

REQUEST = "从中央仓调20箱可口可乐500ml到西湖店"


async def asked(chain: Chain) -> None:
    """TR-1015: the lake asks the warehouse for 20 cases."""
    await chain.says("王小丫", REQUEST)
    await chain.taps("王小丫", "调20箱")


async def loaded(chain: Chain) -> None:
    """The same, on the road."""
    await asked(chain)
    await chain.taps("秦师傅", "批20箱")
    await chain.taps("秦师傅", "发20箱")


async def received(chain: Chain) -> None:
    """The same, counted in: 西湖店 has 558 bottles."""
    await loaded(chain)
    await chain.taps("王小丫", "全收")


async def last_number(chain: Chain) -> int:
    """The number of the newest document, whatever it is."""
    query = "select max(id) from document"
    return await chain.database.read(lambda c: int(c.exec_driver_sql(query).scalar_one()))


async def values(chain: Chain) -> list[tuple[object, ...]]:
    """Every shelf and every value that is not nothing."""
    query = (
        "select sku_id, place_id, available, reserved, in_transit, blocked, value_fen, transit_value_fen from balance"
        " where available <> 0 or value_fen <> 0 or in_transit <> 0 or reserved <> 0 or blocked <> 0 order by 1, 2"
    )
    return await chain.database.read(lambda c: [tuple(row) for row in c.exec_driver_sql(query)])


# Before it is received.


@pytest.mark.parametrize("said", ["撤销", "刚才那单错了", "取消TR-1015", "刚才那单不要了", "undo TR-1015"])
async def test_what_was_not_sent_is_withdrawn(twice: Twice, said: str) -> None:
    chain = twice
    before = await values(chain)
    await asked(chain)
    card = await chain.says("王小丫", said)
    assert card.lines == [
        "待你确认 · 撤销TR-1015 · 库存还没动",
        "可口可乐500ml 20箱(480瓶)",
        "中央仓 可用 42箱 → 62箱",
        "TR-1015作废,冻结的放开",
    ]
    assert card.labels == ["撤回20箱", "取消"]
    assert await chain.taps("王小丫", "撤回20箱") == "已撤回 · TR-1015 · 10:41"
    assert await values(chain) == before
    await chain.old_buttons_do_nothing()


async def test_what_is_on_the_road_is_called_back(twice: Twice) -> None:
    chain = twice
    await loaded(chain)
    card = await chain.says("王小丫", "刚才那单错了")
    assert card.lines == [
        "待你确认 · 撤销TR-1015 · 库存还没动",
        "可口可乐500ml 20箱(480瓶)",
        "路上的叫回,中央仓收到前还在它账上",
    ]
    assert await chain.taps("王小丫", "叫回20箱") == "退回途中 · TR-1015 · 等中央仓收"
    assert (await chain.says("王小丫", "撤销")).lines == ["TR-1015退回途中,没有可撤的了。什么都没动。"]
    await chain.old_buttons_do_nothing()


async def test_a_card_that_is_older_than_its_document_looks_again(twice: Twice) -> None:
    chain = twice
    await loaded(chain)
    await chain.says("李姐", "撤销TR-1015")
    await chain.taps("王小丫", "全收")
    done = await chain.effects()
    stale = next(data for who, data in chain.seen if who == "李姐" and data.startswith("undo.")) if chain.seen else ""
    if stale:
        await chain.taps_bytes("李姐", stale)
    assert await chain.effects() == done
    card = await chain.card("李姐")
    assert card.lines == ["办不了 · 库存没动", "这张单刚被别人动过,请看最新的卡。你这一下没有生效。"]
    await chain.taps("李姐", "看还能撤多少")
    assert (await chain.card("李姐")).labels == ["退回20箱", "取消"]


# After it was received.


async def test_what_was_received_goes_back_by_a_transfer_that_names_the_first(twice: Twice) -> None:
    chain = twice
    await received(chain)
    done = await chain.says("李姐", "TR-1015")
    assert (done.state, done.labels) == ("收齐 · TR-1015 · 10:41", ["撤销"])
    assert await chain.taps("李姐", "撤销") == "看下面的卡,还没撤"
    card = await chain.card("李姐")
    assert card.lines == [
        "待你确认 · 撤销TR-1015 · 库存还没动",
        "可口可乐500ml 20箱(480瓶)",
        "西湖店 可用 23箱6瓶 → 3箱6瓶",
        "中央仓 42箱,收货后62箱",
        "要陶然批:一行超过10件整包装,西湖店出货",
        "另开一张调拨单,照常发货、收货",
    ]
    assert await chain.taps("李姐", "退回20箱") == "待批 · TR-1016 · 等陶然"
    assert (await chain.card("李姐")).lines[:3] == [
        "待批 · TR-1016 · 等陶然",
        "可口可乐500ml 20箱(480瓶)",
        "西湖店 → 中央仓 · 撤销TR-1015",
    ]
    first = next(card for card in await chain.cards("王小丫") if card.state.startswith("收齐") and len(card.lines) > 2)
    assert "已撤销,见TR-1016" in first.lines
    assert (await chain.says("李姐", "撤销TR-1015")).lines == ["TR-1015已经撤过,见TR-1016。什么都没动。"]

    await chain.taps("陶然", "批20箱")
    await chain.taps("李姐", "发20箱")
    await chain.taps("秦师傅", "全收")
    assert await chain.shelves("中央仓", "SKU123") == {"available": 1488}
    assert await chain.shelves("西湖店", "SKU123") == {"available": 78}
    await chain.old_buttons_do_nothing()


async def test_where_goods_went_on_the_rest_is_offered(twice: Twice) -> None:
    chain = twice
    await received(chain)
    await chain.says("李姐", "撤销TR-1015")
    await chain.sells("西湖店", "SKU123", 100)  # while the card is open: 458 of the 480 are left
    done = await chain.effects()
    card = await chain.card("李姐")
    assert card.lines == ["办不了 · 库存没动", "货又动过,没那么多了。库存没动,可以看还能撤多少。"]
    await chain.taps("李姐", "看还能撤多少")
    card = await chain.card("李姐")
    assert card.lines[1:4] == [
        "可口可乐500ml 19箱2瓶(458瓶)",
        "另外22瓶已经卖出或调走,撤不了",
        "西湖店 可用 19箱2瓶 → 0瓶",
    ]
    assert await chain.effects() == done
    assert await chain.taps("李姐", "退回19箱2瓶") == "待批 · TR-1017 · 等陶然"
    assert await chain.shelves("西湖店", "SKU123") == {"reserved": 458}
    await chain.old_buttons_do_nothing()


async def test_where_nothing_is_left_it_says_so(chain: Chain) -> None:
    await received(chain)
    await chain.sells("西湖店", "SKU123", 558)
    said = await chain.says("李姐", "撤销TR-1015")
    assert said.lines == ["西湖店的可口可乐500ml只有0瓶,不够20箱。库存没动。"]
    assert (await chain.says("李姐", "TR-1015")).labels == []


async def test_what_was_approved_only_a_manager_undoes(chain: Chain) -> None:
    await received(chain)
    assert (await chain.card("王小丫")).labels == []
    said = await chain.says("王小丫", "撤销")
    assert said.lines == ["TR-1015是批过的,店长以上才能撤。什么都没动,请找店长。"]
    assert (await chain.says("赵敏", "撤销TR-1015")).lines == ["你不能在西湖店撤销。什么都没动,请找那边的店长或仓管。"]


async def test_the_time_runs_out(chain: Chain) -> None:
    await received(chain)
    card = await chain.says("李姐", "TR-1015")
    await chain.later(hours=24, minutes=1)
    assert await chain.taps_bytes("李姐", card.buttons["撤销"]) == (
        "TR-1015过了24小时,你撤不了了。什么都没动;店长能撤24小时内的,再晚就另开一张单。"
    )
    assert (await chain.says("李姐", "TR-1015")).labels == []


async def test_ten_minutes_for_what_nobody_approved(chain: Chain) -> None:
    await chain.says("秦师傅", "从中央仓调2箱可口可乐500ml到西湖店")
    for who, label in (("秦师傅", "调2箱"), ("秦师傅", "发2箱"), ("王小丫", "全收")):
        await chain.taps(who, label)
    assert (await chain.card("王小丫")).labels == ["撤销"]
    await chain.later(minutes=9)
    card = await chain.says("王小丫", "撤销")
    assert card.labels == ["退回2箱", "取消"]
    await chain.later(minutes=2)
    done = await chain.count("done")
    said = "TR-1015过了10分钟,你撤不了了。什么都没动;店长能撤24小时内的,再晚就另开一张单。"
    assert await chain.taps_bytes("王小丫", card.buttons["退回2箱"]) == said
    assert (await chain.card("王小丫")).lines == ["办不了 · 库存没动", said]
    assert await chain.count("done") == done
    assert (await chain.says("李姐", "撤销TR-1015")).labels == ["退回2箱", "取消"]


# Documents that are posted at once.


async def test_a_receipt_is_reversed_to_the_last_fen(twice: Twice) -> None:
    chain = twice
    before = await values(chain)
    await chain.buys("西湖店", "SKU123", 48)
    number = await last_number(chain)
    card = await chain.says("许采购", f"撤销GR-{number}")
    assert card.lines == [
        f"待你确认 · 撤销GR-{number} · 库存还没动",
        "可口可乐500ml 2箱(48瓶)",
        "西湖店 可用 5箱6瓶 → 3箱6瓶",
        f"另记一张冲销单,GR-{number}留着",
    ]
    assert await chain.taps("许采购", "撤销2箱") == f"已撤销GR-{number} · GR-{number + 1} · 10:41"
    assert await values(chain) == before
    assert (await chain.card("许采购")).lines == [
        f"已撤销GR-{number} · GR-{number + 1} · 10:41",
        "可口可乐500ml 2箱(48瓶)",
        "西湖店 收供应商的货",
        "许采购 10:41记的",
    ]
    again = await chain.says("许采购", f"撤销GR-{number}")
    assert again.lines == [f"GR-{number}已经撤过,见GR-{number + 1}。什么都没动。"]
    again = await chain.says("许采购", f"撤销GR-{number + 1}")
    assert again.lines == [f"GR-{number + 1}已入账,没有可撤的了。什么都没动。"]
    await chain.old_buttons_do_nothing()


async def test_of_a_receipt_that_was_sold_the_rest_goes_back(twice: Twice) -> None:
    chain = twice
    await chain.buys("西湖店", "SKU123", 48)
    number = await last_number(chain)
    await chain.sells("西湖店", "SKU123", 90)  # of 126
    card = await chain.says("许采购", f"取消GR-{number}")
    assert card.lines[1:4] == [
        "可口可乐500ml 1箱12瓶(36瓶)",
        "另外12瓶已经卖出或调走,撤不了",
        "西湖店 可用 1箱12瓶 → 0瓶",
    ]
    await chain.taps("许采购", "撤销1箱12瓶")
    assert await chain.shelves("西湖店", "SKU123") == {}


async def test_a_sale_of_the_till_is_undone_by_the_manager(twice: Twice) -> None:
    chain = twice
    before = await values(chain)
    await chain.sells("西湖店", "SKU123", 3)
    number = await last_number(chain)
    assert (await chain.says("王小丫", f"撤销SO-{number}")).lines == [
        "你不能在西湖店撤销。什么都没动,请找那边的店长或仓管。"
    ]
    card = await chain.says("李姐", f"撤销SO-{number}")
    assert card.lines[2] == "西湖店 可用 3箱3瓶 → 3箱6瓶"
    assert await chain.taps("李姐", "撤销3瓶") == f"已撤销SO-{number} · SO-{number + 1} · 10:41"
    assert await values(chain) == before
    assert (await chain.says("李姐", f"撤销GR-{number}")).lines == [f"没有单据GR-{number}。什么都没动,请核对单号。"]


async def test_who_did_nothing_is_asked_for_the_number(chain: Chain) -> None:
    assert (await chain.says("王小丫", "撤销")).lines == ["没找到你刚做的单。什么都没动,请说单号。"]


async def test_the_last_one_is_the_one_they_did_and_not_the_newest_card(chain: Chain) -> None:
    await asked(chain)
    await chain.taps("秦师傅", "批20箱")
    await chain.says("王小丫", "从中央仓调1箱可口可乐500ml到西湖店")
    await chain.taps("王小丫", "调1箱")  # the keeper has a newer card, of TR-1016
    assert (await chain.says("秦师傅", "刚才那单错了")).state == "待你确认 · 撤销TR-1015 · 库存还没动"


# Corrections.


@pytest.mark.parametrize("said", ["不对,是24", "不是20箱,是24箱", "改成24箱", "no, 24", "make it 24"])
async def test_what_was_just_asked_is_corrected_on_one_card(twice: Twice, said: str) -> None:
    chain = twice
    await asked(chain)
    card = await chain.says("王小丫", said)
    assert card.lines[:5] == [
        "待你确认 · 改TR-1015 · 库存还没动",
        "先撤回TR-1015:可口可乐500ml 20箱",
        "可口可乐500ml 24箱(576瓶)",
        "中央仓 → 西湖店",
        "中央仓 可用 62箱 → 38箱",
    ]
    assert await chain.shelves("中央仓", "SKU123") == {"available": 1008, "reserved": 480}
    assert await chain.taps("王小丫", "调24箱") == "待批 · TR-1016 · 等秦师傅"
    assert await chain.shelves("中央仓", "SKU123") == {"available": 912, "reserved": 576}
    assert "已撤回 · TR-1015 · 10:41" in [card.state for card in await chain.cards("王小丫")]
    await chain.old_buttons_do_nothing()


async def test_a_correction_that_cannot_be_met_changes_nothing(chain: Chain) -> None:
    await asked(chain)
    card = await chain.says("王小丫", "不对,是240箱")
    assert card.state == "不够 · 库存没动"
    assert await chain.shelves("中央仓", "SKU123") == {"available": 1008, "reserved": 480}


async def test_a_correction_comes_too_late(chain: Chain) -> None:
    await asked(chain)
    card = await chain.says("王小丫", "不对,是24")
    await chain.taps("秦师傅", "批20箱")
    done = await chain.count("posting")
    await chain.taps_bytes("王小丫", card.buttons["调24箱"])
    assert await chain.count("posting") == done
    assert (await chain.card("王小丫")).state == "办不了 · 库存没动"
    await chain.taps("王小丫", "取消")
    assert (await chain.says("王小丫", "不对,是24")).lines == [
        "已批 · TR-1015 · 秦师傅 10:41 · 等发货。改不了数了,什么都没动;说“撤销”看还能怎么办。"
    ]


@pytest.mark.parametrize("said", ["24", "不对", "再看看"])
async def test_what_corrects_nothing_is_no_correction(chain: Chain, said: str) -> None:
    await asked(chain)
    before = await chain.count("card")
    await chain.says("王小丫", said)
    assert await chain.count("card") == before


async def test_after_a_quarter_of_an_hour_nothing_is_corrected(chain: Chain) -> None:
    await asked(chain)
    await chain.later(minutes=16)
    before = await chain.count("card")
    await chain.says("王小丫", "不对,是24")
    assert await chain.count("card") == before


async def test_undoing_in_english(twice: Twice) -> None:
    chain = twice
    await chain.all_speak("en")
    await chain.says("王小丫", REQUEST)
    await chain.presses("王小丫", "submit")
    await chain.presses("秦师傅", "reject")
    await chain.says("秦师傅", "we need them ourselves")
    await chain.presses("秦师傅", "drop")
    await chain.says("王小丫", "no, 24")
    await chain.presses("王小丫", "submit")
    for who, verb in (("秦师傅", "approve"), ("秦师傅", "dispatch"), ("王小丫", "receive_all")):
        await chain.presses(who, verb)
    await chain.says("李姐", "undo TR-1016")
    card = await chain.card("李姐")
    assert card.labels == ["Send back 24 cases", "Cancel"]
    await chain.presses("李姐", "undo")
    await chain.buys("西湖店", "SKU123", 48)
    await chain.says("许采购", f"undo GR-{await last_number(chain)}")
    await chain.presses("许采购", "undo")
