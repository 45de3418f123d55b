"""What is read by the names, sizes and units of a chain: those of other chains than the one most tests speak of."""

from __future__ import annotations

from dataclasses import replace

import pytest

from handlers.understand.reading import Intent, Reading
from handlers.understand.understand import understand
from tests.handlers.test_understand import drawn
from tests.understanding.sets import lexicon, world, world_of


def read(name: str, user: str, text: str, before: Reading | None = None) -> Reading:
    """What somebody of the chain that a set speaks of means."""
    path = world_of(name)
    context = world(path).context(user)
    if before is not None:
        context = replace(context, frame=before, asked=before.missing[0] if before.missing else None)
    return understand(text, context, lexicon(path))


# set | user | message | how it is read
SAID = r"""
qin | u11 | 帮宝适L 3箱发半坡店,从秦都仓 | 12 MY-302, from W2, to BP
qin | u01 | 从总仓调六箱维达100抽到小寨店 | 144 ZP-402, from W1, to XZ
qin | u01 | 让总仓今天发维达130抽八提过来 | 48 ZP-401, from W1, to ZL
qin | u01 | 钟楼抽纸快断了,让总仓发维达130抽八提过来 | 48 ZP-401, from W1, to ZL
qin | u08 | received TR-7302, short 2 bales of ZP-401 | 12 ZP-401 short, of TR-7302
qin | u02 | cong zongcang diao 5 xiang haifeisi 400ml dao xiaozhai | 60 GH-201, from W1, to XZ
qin | u05 | 小寨那边的剃须泡匀12瓶给我们未央 | 12 GH-225, to WY, ? from XZ
canton | u04 | transfer 4 cases of Budweiser cans to Xiguan | 96 JS-507, from ZJ, to XG
canton | u04 | transfer 4 cases of bottled Budweiser to Xiguan | 48 JS-508, from ZJ, to XG
canton | u04 | 调4箱百威(瓶)到西关 | 48 JS-508, from ZJ, to XG
canton | u04 | 调4箱罐装的百威啤酒到西关 | 96 JS-507, from ZJ, to XG
canton | u12 | 白砂糖 50kg,大仓给番禺店 | 50000 TW-409, from HP, to PY
canton | u08 | drop 10 pcs young coconut off to Chancheng, too many here | 10 SG-214, from GC, to CC
canton | u09 | 坚哥 里水发我们店 虾仁6袋 | 6 LD-714, from LS, to SD
canton | u08 | 桂城←总仓 低粉3箱 | 36 LY-321, from HP, to GC
long | u10 | 送南岗 小米5箱 味精2箱 粉丝3箱 | 50 LY1004, 80 LY1022, 60 LY1026, from W1, to NG
long | u10 | 香坊:九三豆油8箱,食盐2箱 | 32 LY1009, 100 LY1019, from W1, to XF
long | u04 | counted Xiangfang: table salt 63, MSG 41 | 63 LY1019, 41 LY1022, at XF
hu | u12 | 从 Sino Import 订 5箱 Walkers | 120 SN-706
hu | u10 | ship 6 sleeves of 12oz hot cups to Lujiazui | 6 CP-402, from W1, to LZ
hu | u01 | Emma here, lend Wukang our last 3 bags of decaf thx | 3 CB-110, from JA, to WK
jing | u11 | order 40 cases of Lolo from Jingtang | 800 JZ-1524
peng | u03 | 帮忙从前海湾拿10张苹果16膜过来呗 | 10 DT-1023, from QH, to SZB
xiang | u06 | TR-3309 got here, all good | of TR-3309
xiang | u06 | 打火机账上多记了7个,库存减7个 | 7 RY-907, at XSB
ning | u08 | 产科催了,护理垫3箱,丹徒仓赶紧配到江滨医院店 | 36 FH-815, from CK2, to JB
lu | u01 | 城阳仓拉10箱纯生600的过来 | 120 BR-105, from W1, to TD
wan | u09 | 给长西站补货 红牛原味型15箱 白魔爪3箱 | 360 GN-201, 72 GN-210, from W1, to CX
min | u08 | 匀一斤半散金骏眉给开元寺 | 750 MC-106, from XJ, to KY
min | u04 | 打碎2个品茗杯 sorry | 2 MT-305, at ZC
sichuan | u10 | 第二车 → 龙泉 DR-101 10箱 | 240 DR-101, from W1, to LQ
"""


@pytest.mark.parametrize("line", [line for line in SAID.splitlines() if line])
def test_what_is_read_by_the_names_of_a_chain(line: str) -> None:
    name, user, text, frame = (part.strip() for part in line.split(" | ", 3))
    assert drawn(read(name, user, text)) == frame


@pytest.mark.parametrize(
    ("name", "user", "text", "answer", "sku"),
    [
        ("peng", "u04", "从总仓调3盒南孚5号电池", "4粒的", "DT-4002"),
        ("qin", "u07", "transfer 20 cases of Bingfeng from Qindu to Sanqiao", "the can one", "YS-512"),
        ("qin", "u07", "transfer 20 cases of Bingfeng from Qindu to Sanqiao", "bottle please", "YS-513"),
    ],
)
def test_offered_goods_are_told_apart_by_what_differs(name: str, user: str, text: str, answer: str, sku: str) -> None:
    asked = read(name, user, text)
    assert [name for name in asked.missing if name.endswith(".sku")]
    reading = read(name, user, answer, asked)
    assert ([line.sku for line in reading.slots.lines], reading.complete) == ([sku], True)


@pytest.mark.parametrize("answer", ["不要4粒的", "没有4粒的", "4粒的没有", "24粒的", "粒", "4粒的还是2粒的", "绿的"])
def test_what_says_more_than_a_difference_picks_nothing(answer: str) -> None:
    asked = read("peng", "u04", "从总仓调3盒南孚5号电池")
    reading = read("peng", "u04", answer, asked)
    assert reading.intent is not asked.intent or not reading.complete


@pytest.mark.parametrize("day", ["明天", "后天", "下周一", "今晚", "下午三点", "明早"])
def test_a_day_says_when_and_with_again_that_it_is_put_off(day: str) -> None:
    assert read("dev", "u01", f"{day}从中央仓调5箱红牛过来").complete
    assert not read("dev", "u01", f"{day}再从中央仓调5箱红牛过来").complete
    assert not read("dev", "u01", f"{day}再说,从中央仓调5箱红牛过来").complete


def test_today_again_is_not_put_off() -> None:
    assert read("dev", "u01", "今天再从中央仓调5箱红牛过来").complete


@pytest.mark.parametrize(
    "said",
    [
        "可能要从总仓调5箱大飘柔吧,等我再看看",
        "抽纸又断货了 从高新拿两箱大飘柔过来",
        "如果总仓还有货,大飘柔能给几箱,5箱行不行",
    ],
)
def test_a_question_that_passes_over_a_change_is_no_question(said: str) -> None:
    assert read("qin", "u02", said).intent is Intent.UNKNOWN


def test_a_price_said_later_is_that_of_the_open_sale() -> None:
    sale = read("dev", "u03", "卖了3罐红牛")
    assert read("dev", "u03", "单价6块", sale).slots.price == "6"
    assert read("dev", "u03", "单价6块").intent is Intent.UNKNOWN
    moved = read("dev", "u03", "从中央仓调3罐红牛过来")
    assert read("dev", "u03", "单价6块", moved).slots.price is None


def test_a_sale_beside_a_transfer_is_no_line_of_it() -> None:
    reading = read("ning", "u06", "从仙林调3箱红牛到四牌楼,另外卖了2罐听可记一下")
    assert (reading.intent, reading.complete) == (Intent.UNKNOWN, False)


def test_goods_of_a_remark_are_those_that_are_counted() -> None:
    assert drawn(read("dev", "u01", "柠檬见底了,从总仓发3件香水柠檬过来")) == "15000 M-720, from W1, to XH"


def test_goods_that_were_not_understood_stay_open_when_others_are_added() -> None:
    frame = read("dev", "u01", "从中央仓调5箱红牛过来")
    unclear = replace(frame, missing=("lines",), problems={"lines": "left_over"})
    added = read("dev", "u01", "再加3箱尖叫", unclear)
    assert ([line.number for line in added.slots.lines], added.missing) == ([5, 3], ("lines",))
    assert read("dev", "u01", "再加3箱尖叫", replace(frame, missing=("lines",))).complete


@pytest.mark.parametrize(
    "said",
    [
        "deng wo tong zhi cong zong cang diao 5 xiang hong niu dao er qi dian",
        "deng wo tongzhi, cong zongcang diao 5 xiang hongniu dao erqi dian",
        "send 3 buckes of Red Bull to Erqi",
        "send 3 bockes of Red Bull to Erqi",
    ],
)
def test_what_sounds_or_looks_like_more_than_one_word_is_asked_about(said: str) -> None:
    assert not read("dev", "u01", said).complete
