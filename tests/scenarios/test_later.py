"""What is understood and cannot be done here yet is answered honestly, in one sentence, and nothing moves."""

from __future__ import annotations

import pytest

from handlers.capabilities import CAPABILITIES, CHANGES
from handlers.capabilities.later import LATER
from handlers.say import known, say
from handlers.understand.reading import WRITES, Intent
from tests.scenarios.chain import Chain
from tests.scenarios.test_bad_input import books

SAID = """
product.find | SKU123是什么商品 | which products are called Coke
report.summary | 本周汇总 | weekly summary
report.slow_movers | 哪些货滞销 | which products are slow movers
report.turnover | 上个月的周转率 | turnover last month
forecast.query | 下周可口可乐500ml能卖多少 | forecast for SKU123 next week
replenish.suggest | 要不要补可口可乐500ml | should we restock SKU123
alert.list | 有什么预警 | show alerts
sale.record | 卖了3瓶可口可乐500ml | sold 3 bottles SKU123
sale.return | 顾客退了1瓶可口可乐500ml | customer returned 1 bottle SKU123
purchase.order | 向供应商订20箱可口可乐500ml | order 20 cases SKU123 from the supplier
purchase.receive | 收到PO-3001 | received PO-3001
writeoff.record | 报损2瓶可口可乐500ml 过期 | write off 2 bottles SKU123 expired
count.start | 开始盘点 | start a stocktake
count.record | 盘点 可口可乐500ml 30瓶 | counted SKU123 30 bottles
adjust.request | 可口可乐500ml库存改成30瓶 | set the stock of SKU123 to 30 bottles
barcode.bind | 给可口可乐500ml绑条码6901234567892 | bind barcode 6901234567892 to SKU123
price.set | 可口可乐500ml调价到3.5元 | change the price of SKU123 to 3.5
shift.change | 交班 | shift handover
"""
ROWS = [tuple(cell.strip() for cell in row.split(" | ")) for row in SAID.strip().splitlines()]


def test_every_intent_has_an_answer() -> None:
    assert set(CAPABILITIES) == set(Intent)
    assert {intent for intent, *_ in ROWS} == {intent.value for intent in LATER}
    assert not LATER & set(CHANGES)
    named = {intent.value.replace(".", "_") for intent in WRITES}
    assert {name for name in named if not known(f"later.name.{name}")} == set()


@pytest.mark.parametrize(("intent", "chinese", "english"), ROWS)
async def test_what_cannot_be_done_yet_is_said_in_one_sentence(
    chain: Chain, intent: str, chinese: str, english: str
) -> None:
    before = await books(chain)
    key = f"later.{intent.replace('.', '_')}"
    said = await chain.says("王小丫", chinese)
    assert (said.lines, said.labels) == ([say("zh", key)], [])
    await chain.all_speak("en")
    assert (await chain.says("王小丫", english)).lines == [say("en", key)]
    assert await books(chain) == before


async def test_two_things_at_once_are_asked_for_apart(chain: Chain) -> None:
    before = await books(chain)
    said = await chain.says("王小丫", "卖了3瓶可口可乐500ml,再调5箱红牛到二七店")
    assert said.lines == [say("zh", "later.one_at_a_time", one="卖货", other="调货")]
    assert await books(chain) == before


async def test_all_approvals_at_once_are_none(chain: Chain) -> None:
    assert (await chain.says("秦师傅", "全部批准")).lines == [say("zh", "later.approve_all")]


async def test_all_refusals_at_once_are_none(chain: Chain) -> None:
    assert (await chain.says("秦师傅", "全部驳回")).lines == [say("zh", "later.reject_all")]


async def test_a_document_of_another_kind_is_no_transfer(chain: Chain) -> None:
    await chain.says("王小丫", "从中央仓调2箱可口可乐500ml到西湖店")
    await chain.taps("王小丫", "调2箱")
    said = await chain.says("秦师傅", "批准PO-1015")
    assert said.lines == [say("zh", "transfers.no_such", number="PO-1015")]


async def test_an_arrival_that_names_nothing_asks_of_which_transfer(chain: Chain) -> None:
    await chain.says("王小丫", "从中央仓调2箱可口可乐500ml到西湖店")
    for who, label in (("王小丫", "调2箱"), ("秦师傅", "批2箱"), ("秦师傅", "发2箱")):
        await chain.taps(who, label)
    assert (await chain.says("王小丫", "收到2箱可口可乐500ml")).lines[-1] == say("zh", "questions.ask.document")
    card = await chain.says("王小丫", "1015")
    assert card.labels == ["收48瓶", "取消"]


async def test_smalltalk_leaves_what_is_open(chain: Chain) -> None:
    assert (await chain.says("王小丫", "你好")).lines == [say("zh", "help.smalltalk")]
    await chain.says("王小丫", "从中央仓调可口可乐500ml到西湖店")
    assert (await chain.says("王小丫", "谢谢")).lines == [say("zh", "help.smalltalk_still_asking")]
    card = await chain.says("王小丫", "2箱")
    assert "调2箱" in card.labels
