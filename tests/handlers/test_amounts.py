"""Amounts in a text: what is counted, what only looks so, and what is never taken for an exact number."""

from __future__ import annotations

import pytest

from handlers.understand.amounts import Amount, amounts_in
from handlers.understand.barcodes import barcodes_in, valid_barcode
from handlers.understand.names.units import units_behind_numbers

GROUPS = """
箱 cs ctn | 瓶 bottle bottles | 罐 can cans tins 听 | 盒 | 件 捆 | 个 只 pcs | 包 | 袋 bag bags | 条 | 板 tray trays
根 | 卡 | 桶 | 斤 | kg 公斤 千克 kilo kilos | 克 g | 升 litres | 支 | 提 | 把 | 卷 | 毫升 | 块
"""
MEANT: dict[str, tuple[str, ...]] = {
    word: (group.split()[0],) for line in GROUPS.split("\n") for group in line.split(" | ") for word in group.split()
}
MEANT |= dict.fromkeys(("case", "cases"), ("箱", "条")) | dict.fromkeys(("box", "boxes"), ("盒", "箱"))
UNITS = units_behind_numbers(MEANT)


def rows(table: str) -> list[str]:
    """What stands between the semicolons and the line ends of a table."""
    return [row for line in table.strip().split("\n") for row in line.split(" ; ")]


def drawn(amount: Amount) -> str:
    """An amount in a few signs: ~ no exact one, ? to be asked about, % a share of something."""
    number = "rest" if amount.rest else str(amount.number)
    size = "[{}{}]".format(*amount.measure) if amount.measure else ""
    marks = "~" * amount.about + "?" * amount.doubtful + "%" * amount.part
    return number + "/".join(amount.units) + size + marks


def longest(text: str) -> str:
    """The amounts of a text that stand in no longer one, from left to right."""
    edges = sorted(amounts_in(text, UNITS), key=lambda edge: (edge[0], -edge[1], edge[2].bare))
    kept: list[tuple[int, int, Amount]] = []
    for edge in edges:
        if not any((edge[0], edge[1]) != other[:2] and other[0] <= edge[0] and edge[1] <= other[1] for other in edges):
            kept.append(edge)
    return " ".join(drawn(amount) for _, _, amount in kept)


# What is said | the amounts in it; the readings that stand in no longer one.
SAID = """
一两箱 | 0箱~ ; 10箱-15箱 | 10箱~ ; 3箱半-4箱 | 7/2箱~ ; 十箱-十五箱 | 10箱~ ; 10 through 20 cases | 10箱/条~
more or less 20 | 20~ ; 20箱起 | 20箱~ ; 5盒装 3箱 | 5盒 3箱 ; 20箱不到西湖店 | 20箱 ; 红牛-5箱 | -5箱
sold one umbrella | 1 ; 小二零瓶 | 0瓶 ; 330ml one | 330[330ml]
20箱 | 20箱 ; 1,200瓶 | 1200瓶 ; 2.5kg | 5/2kg[2500g] ; 1.5万瓶 | 15000瓶 ; 1w瓶 | 10000瓶? ; 3k瓶 | 3000瓶?
一百零五箱 | 105箱 ; 两百五箱 | 250箱? ; 三百二十箱 | 320箱 ; 三百二箱 | 320箱? ; 廿箱 | 20箱 ; 卅五箱 | 35箱
俩 | 2 ; 仨瓶 | 3瓶 ; 壹佰贰拾箱 | 120箱 ; 伍拾箱 | 50箱 ; 二十箱 | 20箱 ; 两千零五十箱 | 2050箱
一万二千箱 | 12000箱 ; 1万2千箱 | 12000箱 ; 一万五箱 | 15000箱? ; 3百箱 | 300箱 ; 十箱 | 10箱 ; 十五箱 | 15箱
五六箱 | 0箱~ ; 两三箱 | 0箱~ ; 三五箱 | 0箱~ ; 七八十箱 | 0箱~ ; 十来箱 | 10箱~ ; 二十来个 | 20个~
20来箱 | 20箱~ ; 二三十箱 | 0箱~ ; 十几箱 | 0箱~ ; 20几箱 | 20箱~ ; 几十箱 | 0箱~ ; 几箱 | 0箱~ ; 好几箱 | 0箱~
好几十箱 | 0箱~ ; 数十箱 | 0箱~ ; 上百箱 | 0箱~ ; 近百箱 | 0箱~ ; 百来箱 | 0箱~ ; 百八十箱 | 0箱~
个把箱 | 0箱~ ; 若干箱 | 0箱~ ; 一些 | 0~ ; 20多箱 | 20箱~ ; 二十多箱 | 20箱~ ; 20余箱 | 20箱~ ; 20左右 | 20~
20箱左右 | 20箱~ ; 大约20箱 | 20箱~ ; 大概20箱 | 20箱~ ; 大概个十来箱 | 10箱~ ; 差不多20箱 | 20箱~
约20箱 | 20箱~ ; 近20箱 | 20箱~ ; 最近20天 | 20 ; 将近20箱 | 20箱~ ; 快20箱 | 20箱~ ; 不到20箱 | 20箱~
20不到 | 20~ ; 超过20箱 | 20箱~ ; 至少20箱 | 20箱~ ; 最多20箱 | 20箱~ ; 起码20箱 | 20箱~ ; 顶多20箱 | 20箱~
20箱以上 | 20箱~ ; 20箱以内 | 20箱~ ; 20箱上下 | 20箱~ ; 20箱打底 | 20箱~ ; 20箱出头 | 20箱~ ; 20-30箱 | 20箱~
20~30箱 | 20箱~ ; 20到30箱 | 20箱~ ; 二十到三十箱 | 20箱~ ; 20箱到30箱 | 20箱~ ; 3箱半到4箱 | 7/2箱~
五到六箱 | 5箱~ ; 5或6箱 | 5箱~ ; 五或者六箱 | 5箱~ ; 5箱还是6箱 | 5箱~ ; 三、四箱 | 3箱~
20箱或者30箱 | 20箱~ ; 雪碧500-20箱 | 500 20箱 ; 5 or 6 cases | 5箱/条~ ; 5 to 6 cases | 5箱/条~
five or six cases | 5箱/条~ ; between 5 and 10 cases | 5箱/条~ ; a few cases | 0箱/条~
a couple of cases | 0箱/条~ ; a couple cases | 0箱/条~ ; several cases | 0箱/条~ ; some red bull | 0~
some 20 cases | 20箱/条~ ; 20ish cases | 20箱/条~ ; 20-ish | 20~ ; 20+ cases | 20箱/条~ ; 20+ | 20~
about 20 cases | 20箱/条~ ; around twenty cases | 20箱/条~ ; roughly 20 | 20~ ; approx 20 cases | 20箱/条~
approx. 20 cases | 20箱/条~ ; nearly 20 cases | 20箱/条~ ; almost 20 cases | 20箱/条~
over 20 cases | 20箱/条~ ; under 20 cases | 20箱/条~ ; at least 20 cases | 20箱/条~ ; up to 20 cases | 20箱/条~
at most 20 cases | 20箱/条~ ; no more than 20 cases | 20箱/条~ ; more than 20 cases | 20箱/条~
20 or so cases | 20箱/条~ ; 20 cases or so | 20箱/条~ ; 20 odd cases | 20箱/条~ ; 20-odd cases | 20箱/条~
20 cases max | 20箱/条~ ; 20 cases or more | 20箱/条~ ; maybe 20 cases | 20箱/条~ ; a good 20 cases | 20箱/条~
dozens of cases | 0箱/条~ ; half a dozen | 6 ; half dozen eggs | 6 ; a dozen | 12 ; two dozen | 24
a dozen cans | 12罐 ; a couple dozen cans | 0罐~ ; 两打 | 24 ; 半打 | 6 ; 一打半 | 18 ; 3打包 | 3
半箱 | 1/2箱 ; 三箱半 | 7/2箱 ; 一箱半 | 3/2箱 ; 半箱多 | 1/2箱~ ; 大半箱 | 1/2箱~ ; 小半箱 | 1/2箱~
一板半鸡蛋 | 3/2板 ; 一斤半 | 3/2斤 ; 半斤 | 1/2斤 ; half a case | 1/2箱/条 ; half case | 1/2箱/条
half a box | 1/2盒/箱 ; a case and a half | 3/2箱/条 ; one and a half cases | 3/2箱/条
2 and a half cases | 5/2箱/条 ; 2 1/2 cases | 5/2箱/条% ; 1/2箱 | 1/2箱% ; 三分之一箱 | 1/3箱%
1/3 case | 1/3箱/条% ; a third of a case | 1/3箱/条% ; two thirds of a case | 2/3箱/条% ; 一半 | 1/2%
1e9箱 | 1000000000箱~ ; 1e99999箱 | 1000000000000箱~ ; 2e3 | 2000~ ; -5箱 | -5箱 ; 负5箱 | -5箱
minus 5 cases | -5箱/条 ; negative five | -5 ; - 5箱 | 5箱 ; a case | 1箱/条 ; one case | 1箱/条
3箱5瓶 | 3箱 5瓶 ; 3箱零5瓶 | 3箱 5瓶 ; 三箱零五瓶 | 3箱 5瓶 ; 2 cases and 5 bottles | 2箱/条 5瓶
2斤3两 | 23/10斤 ; 两斤三两 | 23/10斤 ; 三两 | 3/10斤 ; 二两 | 1/5斤 ; 十两 | 1斤 ; 5两 | 1/2斤 ; 半两 | 1/20斤
二两半 | 1/4斤 ; 3斤半 | 7/2斤 ; 2公斤 | 2kg[2000g] ; 2千克 | 2kg[2000g] ; 5千克 | 5kg[5000g]
五千克 | 5kg[5000g] ; 2kg | 2kg[2000g] ; 500g | 500克[500g] ; 500克 | 500克[500g] ; 2kg300g | 23/10kg
500ml | 500[500ml] ; 1.5l | 3/2[1500ml] ; 一点五升 | 3/2升[1500ml] ; 五百毫升 | 500毫升[500ml]
1.555l | 311/200[1555ml] ; 5 litres | 5升[5000ml] ; 三公斤 | 3kg[3000g] ; 一对 | 2 ; 3对 | 6 ; 2 pairs | 4
20对吧 | 20 ; x6 | 6 ; x 8箱 | 8箱 ; ×6 | 6 ; *6 | 6 ; 6x | 6 ; 6 x red bull | 6 ; 6x330ml | 6 330[330ml]
t-313x2 | 2 ; crest x6 | 6 ; 20二十 | 20 20 ; 三十根三十根 | 30根 30根 ; 20个箱子 | 20个 ; 20 pcs | 20个
5箱 | 5箱 ; 5cs | 5箱 ; 12ctn | 12箱 ; 500ml20箱 | 500[500ml] 20箱 ; 500ml*24 | 500[500ml] 24
redbull10箱 | 10箱 ; a-1011 x 8箱 | 8箱 ; a hundred and twenty cases | 120箱/条 ; two hundred | 200
a hundred cases | 100箱/条 ; twenty-five | 25 ; one hundred fifty | 150 ; two thousand five hundred | 2500
twelve hundred | 1200 ; hundreds of cases | 0箱/条~ ; five six | 5? 6? ; 十六个核桃 | 16个 ; 五六个核桃 | 0个~
三只松鼠 | 3个 ; 五粮液6瓶 | 5 6瓶 ; 给二七五箱 | 5箱 ; 给二七十箱 | 70箱 ; 给五一二十箱 | 0箱~
滨二二十箱 | 20箱 ; 三大箱 | 3箱 ; 两小瓶 | 2瓶 ; 5整箱 | 5箱 ; 5 more cases | 5箱/条 ; 3 full cases | 3箱/条
all 20 cases | 20箱/条 ; just 5 cases | 5箱/条 ; 全部20箱 | 20箱 ; 剩下的 | rest ; 剩下的全部 | rest rest
the rest | rest ; all of the red bull | rest ; everything | rest ; 所有红牛 | rest ; 其余的 | rest ; 零瓶 | 0瓶
0瓶 | 0瓶 ; 0箱 | 0箱 ; 007 | 7? ; 05箱 | 5箱? ; 十五箱的 | 15箱 ; 弄个十五箱 | 15箱 ; 第三箱 | 3箱
周三5箱 | 5箱 ; 一共20箱 | 20箱 ; 20.0箱 | 20箱 ; 0.5箱 | 1/2箱 ; 5% | 1/20% ; 3,4箱 | 3 4箱?
20箱内蒙古牛奶 | 20箱 ; 下沙仓发8箱来 | 8箱 ; at least a dozen | 12~ ; about half a case | 1/2箱/条~
the 500ml one | 500[500ml] ; a-9999 5箱 | 5箱 ; red bull-5箱 | 5箱 ; t-313,2 | 2 ; sku110,18 | 18
晚上8点送20箱 | 8 20箱 ; 1、炫迈 2盒 | 1 2盒 ; 1.5 dozen | 18 ; a-1001 20 | 20 ; 3+2 10盒 | 3 2 10盒
99999999 | 99999999 ; 20件 | 20件 ; 半个月 | 1/2个 ; 两面针3支 | 3支 ; 千岛湖啤酒10箱 | 10箱 ; 10千岛湖 | 10000
百威500 两打 | 500 24 ; 两打百威500 | 24 500 ; 三得利2瓶 | 3 2瓶 ; 七喜550的7瓶 | 7 550 7瓶
5号电池5卡 | 5 5卡 ; 七匹狼一条 | 7 1条 ; 六个核桃10箱 | 6个 10箱 ; 十三香 13 | 13 13 ; 2 1/2 | 5/2%
11⁄2箱 | 0箱?% ; 红牛5,雪碧3 | 5 3 ; 红牛5罐雪碧3罐 | 5罐 3罐 ; 一箱零三包 | 1箱 3包 ; 二十条 | 20条
三十根 | 30根 ; 2箱红牛 | 2箱 ; 二两茶叶 | 1/5斤 ; 五花肉三两 | 5 3/10斤 ; 来两箱 | 2箱 ; 拿三五条 | 0条~
搬三四箱 | 0箱~ ; 多给20箱 | 20箱 ; 20箱多 | 20箱~ ; 全部 | rest ; all stores | rest ; a lot of red bull | 0~
lots of cases | 0箱/条~ ; many | 0~ ; half of the coke | 1/2% ; half the stock | 1/2%
another 5 cases | 5箱/条 ; 5 big cases | 5箱/条 ; one two three | 1? 2? 3?
three hundred and sixty five cans | 365罐 ; ten thousand | 10000 ; 1亿箱 | 100000000箱 ; 十万箱 | 100000箱
零点五箱 | 1/2箱 ; 负二箱 | -2箱 ; -2.5箱 | -5/2箱 ; 5-箱 | 5箱 ; 20箱红牛+10箱雪碧 | 20箱 10箱 ; 20*红牛 | 20
2*5箱 | 2 5箱 ; 500ml x 24瓶 | 500[500ml] 24瓶 ; 两箱半红牛 | 5/2箱 ; 三件半 | 7/2件 ; 半件 | 1/2件
1件半 | 3/2件 ; 2.5箱半 | 5/2箱 ; 100克装 5袋 | 100克[100g] 5袋 ; 12.35kg | 247/20kg[12350g]
3 kilos | 3kg[3000g] ; 4.5 kilos | 9/2kg[4500g] ; 2斤 | 2斤 ; 2斤2两半 | 9/4斤 ; 20 to 30 boxes | 20盒/箱~
20 to xh | 20 ; 5 to 7 | 5~ ; from 20 to 30 | 20~
"""
NOTHING = """
两打碎了 ; an egg ; max6 ; sku12箱 ; 6921430992205 ; 999999999999箱 ; 查一下 ; one of them ; 2nd ; 5pm ; 7up
零食 ; 零度可乐 ; tr-1042 ; coke-5 ; every
"""
# No exact amount with a unit may be found in any of these.
NEVER_EXACT = """
大约20箱 ; 大概20箱 ; 差不多20箱 ; 将近20箱 ; 不到20箱 ; 超过20箱 ; 至少20箱 ; 最多20箱 ; 起码20箱 ; 顶多20箱
不超过20箱 ; 估计20箱 ; 20箱左右 ; 20左右箱 ; 20箱以上 ; 20箱以内 ; 20箱上下 ; 20箱打底 ; 20箱出头 ; 十来箱
二十多箱 ; 20余箱 ; 20几箱 ; 几箱 ; 几十箱 ; 好几箱 ; 上百箱 ; 若干箱 ; 五六箱 ; 二三十箱 ; 三五箱
about 20 cases ; around 20 cases ; roughly 20 cases ; nearly 20 cases ; almost 20 cases ; over 20 cases
under 20 cases ; at least 20 cases ; at most 20 cases ; up to 20 cases ; no more than 20 cases
more than 20 cases ; less than 20 cases ; 20 or so cases ; 20 cases or so ; 20ish cases ; 20 odd cases
20+ cases ; 20 cases max ; 20 cases tops ; 20 cases or more ; maybe 20 cases ; a few cases ; several cases
a couple of cases ; dozens of cases ; some 20 cases ; 1/2箱 ; 三分之一箱 ; a third of a case ; 1e9箱 ; -5箱
负5箱 ; 两百五箱 ; 三百二箱 ; 一万五箱 ; 1w箱 ; 05箱 ; 大半箱 ; 半箱左右 ; 约莫20箱 ; 20箱不等 ; 撑死20箱
just under 20 cases ; well over 20 cases
"""


@pytest.mark.parametrize(("text", "amounts"), [row.split(" | ") for row in rows(SAID)])
def test_amounts(text: str, amounts: str) -> None:
    assert longest(text) == amounts


@pytest.mark.parametrize("text", rows(NOTHING))
def test_no_amounts(text: str) -> None:
    assert amounts_in(text, UNITS) == []


@pytest.mark.parametrize("text", rows(NEVER_EXACT))
def test_what_is_no_exact_amount_has_no_reading_that_is(text: str) -> None:
    found = amounts_in(text, UNITS)
    assert found
    exact = [one for *_, one in found if one.units and not (one.about or one.doubtful or one.part or one.number < 0)]
    assert exact == []


@pytest.mark.parametrize("text", [row.split(" | ")[0] for row in rows(SAID)])
def test_an_amount_carries_the_words_that_said_it(text: str) -> None:
    for start, end, amount in amounts_in(text, UNITS):
        assert 0 <= start < end <= len(text)
        assert amount.said == text[start:end]


@pytest.mark.parametrize(
    ("text", "readings"),
    [
        ("20箱", "20 20箱"),
        ("10千岛湖", "10 10000"),
        ("2 cases", "2 2箱/条"),
        ("1.5l", "3/2[1500ml]"),
        ("500", "500"),
        ("两打", "24"),
        ("十六个", "10? 16 16个 6个?"),
        ("给二七五箱", "5箱"),
        ("3箱零5瓶", "3 3箱 5 5瓶 5瓶"),
        ("3箱多", "3 3箱 3箱~"),
        ("minus 2 cases", "-2 -2箱/条 2 2箱/条"),
    ],
)
def test_every_reading_is_offered(text: str, readings: str) -> None:
    assert sorted(drawn(amount) for *_, amount in amounts_in(text, UNITS)) == sorted(readings.split())


@pytest.mark.parametrize(
    ("text", "barcodes"),
    [
        ("6921430992205", "6921430992205"),
        ("扫到 6921430992205 ,还有货没", "6921430992205"),
        ("条码6907771234563绑给红牛", "6907771234563"),
        ("6921430992205,12", "6921430992205"),
        ("69214309922051", "69214309922051"),
        ("692143099220", "692143099220"),
        ("96385074", "96385074"),
        ("6921 4309 92205", "6921430992205"),
        ("6921 4309 92206", ""),
        ("20260318123", ""),
        ("13812345678", ""),
        ("sku6921430992205", ""),
        ("tr-6921430992205", ""),
        ("1234567", ""),
        ("", ""),
    ],
)
def test_barcodes(text: str, barcodes: str) -> None:
    assert " ".join(digits for *_, digits in barcodes_in(text)) == barcodes


@pytest.mark.parametrize("digits", ["4006381333931", "96385074", "036000291452", "10012345678902", "6918690954340"])
def test_the_last_digit_of_a_barcode_checks_the_others(digits: str) -> None:
    assert valid_barcode(digits)
    for wrong in (digits[:-1] + str((int(digits[-1]) + 1) % 10), digits[1:], digits + "0", digits[:-1] + "x"):
        assert not valid_barcode(wrong)


@pytest.mark.parametrize(
    "piece", ["1", "一", ",111", "1,", "3箱", "half a ", "a hundred and ", "1/2 ", "几", "1-", "x ", "1e"]
)
def test_a_long_message_of_numerals_is_read_to_its_end(piece: str) -> None:
    text = ("1" + piece * 4000)[:8000]
    assert all(0 <= start < end <= len(text) for start, end, _ in amounts_in(text, UNITS))
