"""Transfers as people talk about them: asked, approved, dispatched, received, refused, withdrawn, forgotten."""

from __future__ import annotations

from handlers.messages import Tone
from tests.scenarios.chain import Chain

PULL = "从中央仓调20箱可口可乐500ml到西湖店"


async def on_the_road(chain: Chain) -> None:
    """The story up to the truck: TR-1015 is on its way from the warehouse to the lake."""
    await chain.says("王小丫", PULL)
    await chain.taps("王小丫", "调20箱")
    await chain.taps("秦师傅", "批20箱")
    await chain.taps("秦师傅", "发20箱")


async def test_a_store_asks_the_warehouse_and_everything_arrives(chain: Chain) -> None:
    card = await chain.says("王小丫", PULL)
    assert card.lines == [
        "待你确认 · 库存还没动",
        "可口可乐500ml 20箱(480瓶)",
        "中央仓 → 西湖店",
        "中央仓 可用 62箱 → 42箱",
        "西湖店 3箱6瓶,收货后23箱6瓶",
        "要秦师傅批:动的是中央仓的货",
        "确认后冻结,4小时没批自动放开",
    ]
    assert card.labels == ["调20箱", "改数量", "取消"]
    assert await chain.shelves("中央仓", "SKU123") == {"available": 1488}

    assert await chain.taps("王小丫", "调20箱") == "待批 · TR-1015 · 等秦师傅"
    assert await chain.shelves("中央仓", "SKU123") == {"available": 1008, "reserved": 480}
    asked = await chain.card("秦师傅")
    assert asked.lines == [
        "待你批 · TR-1015 · 已冻结",
        "可口可乐500ml 20箱(480瓶)",
        "中央仓 → 西湖店",
        "王小丫 10:41提出",
        "中央仓 可用 62箱 → 42箱",
        "西湖店 3箱6瓶,收货后23箱6瓶",
        "为什么找你们:动的是中央仓的货",
        "冻结到14:41,过了自动放开",
    ]
    assert asked.labels == ["批20箱", "批少些", "驳回"]
    assert (await chain.card("王小丫")).labels == ["催一下", "撤回"]

    await chain.later(minutes=3)
    assert await chain.taps("秦师傅", "批20箱") == "已批 · TR-1015 · 秦师傅 10:44 · 等发货"
    assert (await chain.card("王小丫")).state == "已批 · TR-1015 · 秦师傅 10:44 · 等发货"
    assert (await chain.card("秦师傅")).labels == ["发20箱", "没装全", "撤回"]

    assert await chain.taps("秦师傅", "发20箱") == "在途 · TR-1015 · 等西湖店收"
    assert await chain.shelves("中央仓", "SKU123") == {"available": 1008, "in_transit": 480}
    for receiver in ("王小丫", "李姐"):
        arrival = await chain.card(receiver)
        assert arrival.state == "到货点收 · TR-1015 · 中央仓来"
        assert arrival.labels == ["全收", "有差异", "不是我的货", "叫回"]

    await chain.later(hours=20)
    assert await chain.taps("李姐", "全收") == "收齐 · TR-1015 · 06:44"
    assert await chain.shelves("中央仓", "SKU123") == {"available": 1008}
    assert await chain.shelves("西湖店", "SKU123") == {"available": 558}
    for who, labels in (("王小丫", []), ("李姐", ["撤销"]), ("秦师傅", [])):
        card = await chain.card(who)
        assert (card.state, card.labels, card.tone) == ("收齐 · TR-1015 · 06:44", labels, Tone.DONE)
    for group in ("总部群", "西湖区域群", "江南区域群"):
        assert await chain.lines(group) == ["收齐 · TR-1015 · 06:44 · 中央仓 → 西湖店"]
    assert await chain.lines("城东区域群") == []


async def test_missing_and_damaged_goods_stay_on_the_books_until_somebody_explains_them(chain: Chain) -> None:
    await on_the_road(chain)

    card = await chain.says("王小丫", "收到1015 好的475瓶, 碎了2瓶, 少3瓶")  # a card first: text alone moves nothing
    assert card.lines == [
        "待你确认 · TR-1015 · 还没入账",
        "可口可乐500ml 发480瓶 好475瓶 坏2瓶 少3瓶",
        "好的进西湖店可用",
        "坏的放不良区,别卖别扔",
        "少的留在中央仓账上,等那边说明",
    ]
    assert card.labels == ["收475瓶", "取消"]
    assert await chain.shelves("中央仓", "SKU123") == {"available": 1008, "in_transit": 480}

    assert await chain.taps("王小丫", "收475瓶") == "少3瓶坏2瓶 · TR-1015 · 等中央仓说明"
    assert await chain.shelves("中央仓", "SKU123") == {"available": 1008, "in_transit": 3}
    assert await chain.shelves("西湖店", "SKU123") == {"available": 553, "blocked": 2}
    told = await chain.card("秦师傅")
    assert told.lines == [
        "少3瓶坏2瓶 · TR-1015 · 等中央仓说明",
        "可口可乐500ml 20箱(480瓶)",
        "中央仓 → 西湖店",
        "475瓶已入西湖店,可以卖",
        "坏的2瓶放不良区,别卖别扔",
        "少的3瓶还在中央仓账上",
        "秦师傅 明天10:41前答复",
        "王小丫 10:41点收",
    ]
    assert await chain.lines("总部群") == ["少3瓶坏2瓶 · TR-1015 · 等中央仓说明 · 中央仓 → 西湖店"]


async def test_the_button_for_a_difference_asks_what_arrived(chain: Chain) -> None:
    await on_the_road(chain)

    assert await chain.taps("王小丫", "有差异") == "请说好的、坏的、少的各多少"
    question = await chain.card("王小丫")
    assert question.state == "要你补一句 · 库存没动"
    assert "好的、坏的、少的各多少" in question.lines[-1]

    rest = await chain.says("王小丫", "好的470瓶 坏2瓶 少3瓶")
    assert (rest.lines[-1], rest.labels) == ("剩下的呢?", ["下一车来", "少了", "取消"])
    wrong = await chain.says("王小丫", "好的470瓶 坏2瓶 少30瓶")
    assert "加起来和发的对不上" in wrong.lines[-1]
    assert (await chain.says("王小丫", "好的478瓶 少2瓶")).labels == ["收478瓶", "取消"]
    assert await chain.taps("王小丫", "收478瓶") == "少2瓶 · TR-1015 · 等中央仓说明"
    assert await chain.shelves("西湖店", "SKU123") == {"available": 556}


async def test_only_damaged_goods_are_received(chain: Chain) -> None:
    await on_the_road(chain)

    assert (await chain.says("李姐", "收到TR-1015 坏2瓶")).labels == ["收478瓶", "取消"]
    assert await chain.taps("李姐", "收478瓶") == "收货坏2瓶 · TR-1015"
    assert await chain.shelves("中央仓", "SKU123") == {"available": 1008}
    assert await chain.shelves("西湖店", "SKU123") == {"available": 556, "blocked": 2}


async def test_the_last_one_is_the_one_shown_last(chain: Chain) -> None:
    await on_the_road(chain)

    assert (await chain.says("王小丫", "刚才那单到哪了")).state == "到货点收 · TR-1015 · 中央仓来"
    assert (await chain.says("王小丫", "刚才那单到了 全收")).labels == ["收480瓶", "取消"]
    assert await chain.taps("王小丫", "收480瓶") == "收齐 · TR-1015 · 10:41"

    assert (await chain.says("赵敏", "刚才那单到哪了")).lines == ["哪张单?说单号,比如 TR-1042"]
    assert "TR-1042" in (await chain.says("赵敏", "刚才那单到了 全收")).lines[0]


async def test_an_arrival_of_something_else_is_an_answer_and_moves_nothing(chain: Chain) -> None:
    await on_the_road(chain)
    before = await chain.count("posting")

    assert "没有调拨单" in (await chain.says("王小丫", "收到TR-123 全收")).lines[0]
    assert "没有调拨单TR-1999" in (await chain.says("王小丫", "收到TR-1999 全收")).lines[0]
    assert "没有调拨单" in (await chain.says("王小丫", "收到TR-1001 全收")).lines[0]  # that is opening stock
    asked = await chain.says("王小丫", "收到1015 红牛好的475罐")
    assert asked.state == "要你补一句 · 库存没动"
    assert await chain.count("posting") == before


async def test_a_confirmed_arrival_is_late_when_a_colleague_was_quicker(chain: Chain) -> None:
    await on_the_road(chain)
    await chain.says("王小丫", "收到1015 少3瓶")
    assert await chain.taps("李姐", "全收") == "收齐 · TR-1015 · 10:41"

    waiting = next(card for card in await chain.cards("王小丫") if "取消" in card.labels)
    assert waiting.lines == ["办不了 · 库存没动", "这张单已收,现在不能收货。什么都没动。"]
    late = waiting.buttons["取消"].replace("drop", "receive")
    assert await chain.taps_bytes("王小丫", late) == "收齐 · TR-1015 · 10:41"
    assert await chain.shelves("西湖店", "SKU123") == {"available": 558}


async def test_a_refusal_sets_the_goods_free_and_tells_who_asked(chain: Chain) -> None:
    await chain.says("王小丫", PULL)
    await chain.taps("王小丫", "调20箱")

    await chain.taps("秦师傅", "驳回")
    assert await chain.taps("秦师傅", "不说原因") == "已驳回 · TR-1015 · 秦师傅 10:41"
    assert await chain.shelves("中央仓", "SKU123") == {"available": 1488}
    card = await chain.card("王小丫")
    assert (card.state, card.labels, card.tone) == ("已驳回 · TR-1015 · 秦师傅 10:41", [], Tone.STOPPED)
    assert card.lines[-1] == "冻结的已放开,库存和原来一样"
    assert await chain.lines("王小丫") == ["已驳回 · TR-1015 · 秦师傅 10:41 · 中央仓 → 西湖店"]


async def test_who_asked_may_withdraw_until_the_goods_leave(chain: Chain) -> None:
    await chain.says("王小丫", PULL)
    await chain.taps("王小丫", "调20箱")
    assert await chain.taps("王小丫", "撤回") == "已撤回 · TR-1015 · 10:41"
    assert await chain.shelves("中央仓", "SKU123") == {"available": 1488}
    assert (await chain.card("秦师傅")).labels == []

    await chain.says("王小丫", PULL)
    await chain.taps("王小丫", "调20箱")
    await chain.taps("秦师傅", "批20箱")
    withdrawal = (await chain.card("王小丫")).buttons["撤回"]
    assert await chain.taps("王小丫", "撤回") == "已撤回 · TR-1016 · 10:41"
    assert await chain.shelves("中央仓", "SKU123") == {"available": 1488}
    assert await chain.taps_bytes("王小丫", withdrawal) == "已撤回 · TR-1016 · 10:41"


async def test_a_small_push_waits_for_nobody(chain: Chain) -> None:
    card = await chain.says("秦师傅", "从中央仓调10箱可口可乐500ml到西湖店")
    assert card.lines[-2:] == ["不用人批,点了就等发货", "确认后冻结,24小时没发自动放开"]

    assert await chain.taps("秦师傅", "调10箱") == "已定 · TR-1015 · 等发货"
    assert await chain.shelves("中央仓", "SKU123") == {"available": 1248, "reserved": 240}
    assert await chain.taps("秦师傅", "发10箱") == "在途 · TR-1015 · 等西湖店收"
    assert await chain.taps("王小丫", "全收") == "收齐 · TR-1015 · 10:41"
    assert await chain.shelves("西湖店", "SKU123") == {"available": 318}


async def test_a_large_push_climbs_to_the_area_when_the_only_keeper_asks(chain: Chain) -> None:
    card = await chain.says("秦师傅", "从中央仓调11箱可口可乐500ml到西湖店")
    assert card.lines[-2] == "要姜海批:一行超过10件整包装,中央仓出货"

    assert await chain.taps("秦师傅", "调11箱") == "待批 · TR-1015 · 等姜海"
    assert (await chain.card("秦师傅")).labels == ["催一下", "撤回"]
    assert "为什么找你们:中央仓一行超过10件整包装" in (await chain.card("姜海")).lines
    assert await chain.taps("姜海", "批11箱") == "已批 · TR-1015 · 姜海 10:41 · 等发货"
    assert await chain.taps("秦师傅", "发11箱") == "在途 · TR-1015 · 等西湖店收"


async def test_the_story_in_english(chain: Chain) -> None:
    assert (await chain.says("王小丫", "speak English")).lines == ["Done: I speak English here from now on."]
    card = await chain.says("王小丫", "transfer 20 SKU123 to store B")
    assert card.lines == [
        "Confirm this · nothing moved yet",
        "Coca-Cola bottle 500ml: 20 bottles",
        "West Lake → Erqi",
        "West Lake: 3 cases 6 bottles → 2 cases 10 bottles available",
        "Erqi: 2 cases, then 2 cases 20 bottles",
        "No approval needed; next is dispatch",
        "Then frozen; freed after 24 h without dispatch",
    ]
    assert await chain.taps("王小丫", "Transfer 20 bottles") == "Ready · TR-1015 · dispatch next"
    assert await chain.taps("王小丫", "Dispatch 20 bottles") == "In transit · TR-1015 · to Erqi"
    assert (await chain.card("赵敏")).state == "到货点收 · TR-1015 · 西湖店来"  # everybody in their own language
    await chain.says("赵敏", "speak English")
    assert (await chain.says("赵敏", "received 1015 17 good 2 damaged 1 missing")).lines == [
        "Confirm this · TR-1015 · not booked yet",
        "Coca-Cola bottle 500ml sent 20 bottles, good 17 bottles, damaged 2 bottles, missing 1 bottle",
        "Good ones become available at Erqi",
        "Damaged ones are set aside",
        "Missing ones stay on West Lake's books",
    ]
    toast = "1 bottle missing, 2 bottles damaged · TR-1015 · West Lake to explain"
    assert await chain.taps("赵敏", "Receive 17 bottles") == toast
    assert (await chain.card("王小丫")).state == toast
    assert await chain.shelves("二七店", "SKU123") == {"available": 65, "blocked": 2}


async def test_several_products_go_on_one_paper(chain: Chain) -> None:
    card = await chain.says("秦师傅", "从中央仓调2箱可口可乐500ml、3箱红牛到西湖店")
    assert card.lines[1:5] == [
        "中央仓 → 西湖店",
        "中央仓可用:",
        "可口可乐500ml 62箱 → 60箱",
        "红牛维生素饮料250ml 74箱 → 71箱",
    ]
    assert card.labels == ["调2种", "取消"]

    assert await chain.taps("秦师傅", "调2种") == "已定 · TR-1015 · 等发货"
    assert await chain.taps("秦师傅", "发2种") == "在途 · TR-1015 · 等西湖店收"
    arrival = await chain.says("王小丫", "收到1015 可口可乐500ml少2瓶, 红牛坏1罐")
    assert arrival.lines[1:3] == [
        "可口可乐500ml 发48瓶 好46瓶 少2瓶",
        "红牛维生素饮料250ml 发72罐 好71罐 坏1罐",
    ]
    assert await chain.taps("王小丫", "收2种") == "少1种坏1种 · TR-1015 · 等中央仓说明"
    assert await chain.shelves("西湖店", "SKU123") == {"available": 124}


async def test_a_forgotten_freeze_lapses_and_the_dispatch_looks_again(chain: Chain) -> None:
    await chain.says("王小丫", PULL)
    await chain.taps("王小丫", "调20箱")
    await chain.later(hours=4)
    assert await chain.shelves("中央仓", "SKU123") == {"available": 1488}
    assert await chain.lines("王小丫") == []  # the card says it, and one tap asks again
    assert await chain.lines("总部群") == ["冻结到期放开 · TR-1015 · 中央仓 → 西湖店"]
    card = await chain.card("王小丫")
    assert (card.lines[-1], card.labels) == ("现在没冻结,发货时再看够不够", ["再冻结", "催一下", "撤回"])
    card = await chain.card("秦师傅")
    assert (card.state, card.lines[-1]) == ("待你批 · TR-1015 · 没冻结", "现在没冻结,发货时再看够不够")
    assert card.labels == ["批20箱", "批少些", "驳回", "再冻结"]

    assert await chain.taps("秦师傅", "批20箱") == "已批 · TR-1015 · 秦师傅 14:41 · 等发货"
    assert await chain.taps("秦师傅", "发20箱") == "在途 · TR-1015 · 等西湖店收"
    assert await chain.shelves("中央仓", "SKU123") == {"available": 1008, "in_transit": 480}


async def test_goods_that_were_sold_meanwhile_are_not_dispatched(chain: Chain) -> None:
    await chain.says("李姐", "从西湖店调2箱可口可乐500ml到二七店")
    await chain.taps("李姐", "调2箱")
    await chain.later(hours=24)
    await chain.sells("西湖店", "SKU123", 40)

    assert await chain.taps("李姐", "发2箱") == "西湖店的可口可乐500ml只有1箱14瓶,不够2箱。库存没动。"
    assert (await chain.card("李姐")).state == "已定 · TR-1015 · 等发货"
    assert await chain.shelves("西湖店", "SKU123") == {"available": 38}
