"""Prices in a text: what one unit costs, and what only looks so."""

from __future__ import annotations

import pytest

from handlers.understand.prices import prices_in

# What is said | the price of one unit.
SAID = """
单价1499 | 1499 ; 单价 12.5元 | 12.5 ; 单价:12 | 12 ; 单价是9块9 | 9.9 ; 每袋9块8 | 9.8 ; 每箱52 | 52
每箱52元 | 52 ; 一瓶3块5 | 3.5 ; 一瓶3块 | 3 ; 3.5元一瓶 | 3.5 ; 3块5一个 | 3.5 ; 3块5毛一个 | 3.5
3块2毛5一个 | 3.25 ; 五毛一个 | 0.5 ; 8角一根 | 0.8 ; 进价85 | 85 ; 售价4.5 | 4.5 ; 售价改成5块 | 5 5
含税128 | 128 ; 单价含税128 | 128 ; 含税单价128 | 128 ; 不含税110 | 110 ; @ 52 | 52 ; @52 | 52 ; @ ¥52 | 52
at 180 each | 180 ; at $5 | 5 ; at $5 each | 5 ; for 3.5 each | 3.5 ; for 12 each | 12 ; cost 210 a case | 210
cost 210 per case | 210 ; costs 12 | 12 ; cost price 8 | 8 ; unit price 3.2 | 3.2 ; price 12 | 12
price: 12 | 12 ; price is 12.50 | 12.5 ; priced at 9.9 | 9.9 ; 3 yuan each | 3 ; 3 yuan a bottle | 3
5 bucks each | 5 ; 5 dollars a piece | 5 ; 12 rmb | 12 ; rmb 12 | 12 ; 12元/箱 | 12 ; 12/箱 | 12
12.5/瓶 | 12.5 ; 12块/箱 | 12 ; ¥12 | 12 ; ¥12.50/瓶 | 12.5 ; 12块 | 12 ; 12元 | 12 ; 12块钱 | 12
二十五块一箱 | 25 ; 九块九 | 9.9 ; 九块九一袋 | 9.9 ; 十二块五 | 12.5 ; 三百二十元一箱 | 320 ; 一百二十块 | 120
1,200元一台 | 1200 ; 12 per case | 12 ; 4.5/case | 4.5 ; 210/case | 210 ; 3.5 each | 3.5 ; 3.5 apiece | 3.5
2 boxes at 88 each | 88 ; 红牛5箱 每箱120 | 120 ; 红牛5箱 单价120 雪碧3箱 单价60 | 120 60 ; 成本价3块 | 3
批发价45 | 45 ; 拿货价 45 | 45 ; 按12块算 | 12 ; 按单价12 | 12 ; 每斤6块5 | 6.5 ; 6块5一斤 | 6.5
6.5元/斤 | 6.5 ; 每公斤13 | 13 ; 两块五一瓶 | 2.5 ; 两块一瓶 | 2 ; 一块五 | 1.5 ; 特价9.9 | 9.9 ; 原价12 | 12
每个1.5 | 1.5 ; 每个1元 | 1 ; at 52 | 52 ; at 52 per case | 52 ; $3.99 | 3.99 ; €4 | 4 ; price 1,499 | 1499
sold at 15 | 15 ; @15/瓶 | 15 ; @15 | 15 ; bought at 12 per bottle | 12 ; 卖5块钱一瓶 | 5 ; 卖了2瓶,5块一瓶 | 5
进价是85一箱 | 85 ; 85块进的 | 85 ; @52元 | 52 ; 5块钱一瓶 | 5 ; ¥5.5 each | 5.5 ; 12块9毛 | 12.9
3块零5分 | 3.05 ; 单价二十五 | 25 ; 单价三十二块五 | 32.5 ; 每瓶三块 | 3 ; 每包十二块五毛 | 12.5
at 2.5 a bottle | 2.5 ; at ¥3 | 3 ; for $12 a box | 12 ; 花了3块5一瓶 | 3.5
"""
NO_PRICE = """
一共180 ; 一共180元 ; 共收了300 ; 总价500 ; 总共花了80块 ; 合计120元 ; 收了300块 ; 付了50元 ; total 300
total is 300 yuan ; total of $45 ; in all 300 yuan ; paid 45 yuan ; 卖了180块 ; 卖了多少钱 ; 3块肥皂 ; 20箱红牛
每天卖5箱 ; 每人2瓶 ; 每箱24瓶 ; 一箱24瓶 ; at 27店 ; at 城西 ; at 5pm ; at 10:30 ; at store b ; 5 each ; 20/5
3/4箱 ; 单价多少 ; 价格太高了 ; @小李 ; @last ; tr-1042 ; 500ml/瓶 ; 24瓶/箱 ; 24罐/箱 ; 550ml*24/箱 ; 满100减20
打8折 ; 元气森林3瓶 ; 三元牛奶2盒 ; 5块电池 ; 角瓜 ; 特价15箱红牛 ; 特价十五箱红牛 ; cost 5 cases
sold at 5 cases ; @27店
"""


def rows(table: str) -> list[str]:
    """What stands between the semicolons and the line ends of a table."""
    return [row for line in table.strip().split("\n") for row in line.split(" ; ")]


@pytest.mark.parametrize(("text", "prices"), [row.split(" | ") for row in rows(SAID)])
def test_prices(text: str, prices: str) -> None:
    assert " ".join(price for *_, price in prices_in(text)) == prices


@pytest.mark.parametrize("text", rows(NO_PRICE))
def test_no_prices(text: str) -> None:
    assert prices_in(text) == []


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("白糖20袋,每袋9块8,记账", "每袋9块8"),
        ("卖出飞天2瓶,单价1499", "单价1499"),
        ("sold 2 cartons of liqun new at 180 each", "at 180 each"),
        ("3 cases of omo powder, cost 210 a case", "cost 210 a case"),
        ("加多宝 60箱 @ 52", "@ 52"),
        ("可乐5瓶 3块5一瓶 现金", "3块5一瓶"),
    ],
)
def test_a_price_stands_where_it_was_said(text: str, words: str) -> None:
    assert [text[start:end] for start, end, _ in prices_in(text)] == [words]
