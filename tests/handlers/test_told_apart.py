"""Messages that are nearly a change and are none: done already, of another day, feared, doubted, or cut in two."""

from __future__ import annotations

from dataclasses import replace

import pytest

from handlers.understand.names.lexicon import Lexicon
from handlers.understand.reading import WRITES, Intent
from handlers.understand.understand import understand
from tests.handlers.test_understand import CATALOGUE, at, drawn, read


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("给二七店送5箱红牛", "给二七店送5箱红牛了"),
        ("把中央仓的红牛5箱调到二七店", "把中央库的红牛5箱调到二七店"),
        ("从总仓调5箱红牛到二七店", "maye 从总仓调5箱红牛到二七店"),
        ("从总仓调5箱雪碧500到二七店", "从总仓调5箱雪碧500到二七店,顺便把3罐红牛退了"),
        ("从总仓调5箱红牛到二七店", "从总仓调5箱红牛到二七店过去了没哈"),
        ("姐,从总仓调5箱红牛", "也许姐,从总仓调5箱红牛"),
        ("从总仓调5箱红牛到二七店", "从总仓调5箱红牛到二七店,另外卖了2罐雪碧"),
        ("给二七店送5箱红牛", "给二七店送5箱红牛6包左右"),
        ("从总仓调5箱红牛", "从总仓拿了5箱红牛"),
        ("TR-1001同意", "TR-1001数量不对 同意"),
        ("TR-1001同意", "明天TR-1001同意"),
        ("卖了3罐红牛", "卖了3罐红牛?"),
        ("昨天卖了6罐红牛", "上周卖了6罐红牛"),
        ("从总仓调5箱红牛,客人在等呢", "从总仓调5箱红牛,店长还没同意呢"),
        ("从总仓调5箱红牛", "从总仓调5和红牛"),
        ("从总仓调5箱红牛", "从总仓调红牛5湘过来"),
        ("从中央仓调5箱红牛到二七店", "从中央仓调5箱红牛到二七店需要多久"),
        ("sold 2 Red Bull at the counter", "sold 2 Red Bull at Pudding"),
        ("send 5 cases of Red Bull to Erqi", "send 5 cases of Red Bull to Erqi, the boss must say yes first"),
        ("从总仓调5箱红牛送过来", "从总仓调5箱红牛送老师"),
        ("从总仓调5箱红牛送我们店", "从总仓调5箱红牛送隔壁老王"),
        ("从总仓调5箱红牛,客人要送人", "从总仓调5箱红牛送人"),
        ("从总仓调5箱红牛给我", "从总仓调5箱红牛送兄弟们"),
        ("从总仓调5箱红牛送我们店", "从总仓调5箱红牛送你们那边"),
        ("往二七店发5箱红牛", "望二七店发5箱红牛"),
        ("二七店问我们要5箱红牛,帮忙调一下", "一直有人问给二七店调5箱红牛"),
        ("收到五一店的红牛2箱", "收到发给五一店的红牛2箱"),
        ("从总仓调:\n雪碧 1箱\n红牛 2箱", "从总仓调:\n雪碧 1箱\n红牛\n洪牛 2箱"),
        ("红牛卖光了,从总仓调1箱红牛", "红牛,从总仓调1箱洪牛"),
        ("下雨才卖2罐红牛", "店长回来才给二七店送5箱红牛"),
        ("customers keep asking so send 5 Red Bull to Erqi", "customers keep asking send 5 Red Bull to Erqi"),
        ("send us 5 Red Bull from central", "send the teacher 5 Red Bull from central"),
        ("从总仓钓5箱红牛到二七店", "有人从总仓钓了5箱红牛到二七店"),
        ("有客人买了2罐红牛", "没客人买了2罐红牛"),
        ("customer bought 2 cans Red Bull", "没customer bought 2 cans Red Bull"),
        ("TR-1001 cancel掉", "不要TR-1001 cancel掉"),
        ("send 24 Red Bull to Erqi", "send 2 dozne Red Bull to Erqi"),
        ("撤回刚才那张调拨单", "撤回刚才那张调拨单了吗\n\n"),
        ("帮我从中央仓调9罐红牛到二七店", "帮我从中央库调9罐红牛到二七店"),
        ("条码6973188008769绑到红牛", "条码6973188008769绑到红牛雪碧"),
        ("天天有人问,从总仓调5箱红牛", "天天有人问从总仓调5箱红牛"),
        ("客人一直问红牛,从总仓调5箱红牛", "他们一直问从总仓调5箱红牛"),
        ("顾客老问想从总仓调5箱红牛可以吗", "有人老问从总仓调5箱红牛行不行"),
        ("see you, then send 5 Red Bull to Erqi", "see you tomorrow, then send 5 Red Bull to Erqi"),
        ("刚才卖2罐红牛", "报警了才卖2罐红牛"),
        ("今天才卖2罐红牛", "付了钱才卖2罐红牛"),
        ("才刚卖2罐红牛", "下班了才卖2罐红牛"),
        ("can\t\tyou\t\tadjust Red Bull to 20", "have\t\tyou\t\tadjust Red Bull to 20"),
        ("TR-1001批了", "他 approved TR-1001"),
        ("给二七店发5箱红牛", "给各店各发5箱红牛"),
        ("给二七店发5箱红牛", "给二七店和武林店发5箱红牛"),
        ("sold 1 Budweiser at the counter", "sold a Budweiser for 12"),
        ("sold 2 Red Bull", "sold 2 Red Bull to Erqi"),
        ("from central send 5 Red Bull to us", "from central send 5 Red Bull to a lady"),
        ("approve TR-1001", "I'm off to a wedding, then approve TR-1001"),
        ("先从总仓调5箱红牛", "我先去开会,然后从总仓调5箱红牛"),
        ("卖了2罐红牛", "卖给二七店2罐红牛"),
        ("从总仓调5箱红牛,客人要了", "从总仓调5箱红牛,客人要了没"),
        ("客人来了,调5箱红牛到二七店", "尧是客人来了,调5箱红牛到二七店"),
        ("麻烦再从总仓调5箱红牛", "雨停了再从总仓调5箱红牛"),
        ("then send 5 Red Bull to Erqi", "band practice then send 5 Red Bull to Erqi"),
        ("取消刚才那单调拨", "那个谁说取消刚才那单调拨"),
        ("send 5 Red Bull to Erqi", "send 5 buckes of Red Bull to Erqi"),
        ("sooo send 5 Red Bull to Erqi", "nooo send 5 Red Bull to Erqi"),
        ("send 5 Red Bull to Erqi, they sold through theirs", "send 5 Red Bull to Erqi, that is not right"),
        ("add 2 cases of Red Bull to stock", "add 2 cases of Red Bull"),
        ("二七店人太多,给二七店调5箱红牛", "也可诗是武林店,给二七店调5箱红牛"),
        ("店里缺货,从总仓调5箱红牛", "H甸缺货,从总仓调5箱红牛"),
        ("周末人太多,从总仓调5箱红牛", "周末赶紧的,从总仓调5箱红牛"),
        ("报损3罐红牛过期", "调了5箱雪碧到二七店,报损3罐红牛过期"),
        ("sold 3 Red Bull", "we've sent 5 Sprite to Erqi, sold 3 Red Bull"),
    ],
)
def test_a_change_is_asked_about_once_something_speaks_against_it(said: str, told: str) -> None:
    assert read(said, "XH").complete, said
    reading = read(told, "XH")
    assert not (reading.complete and reading.intent in WRITES), told


@pytest.mark.parametrize("said", ["总仓发5箱红牛过来,谢谢二七店", "从总仓调5箱红牛,辛苦仓库大哥"])
def test_who_is_thanked_is_no_side(said: str) -> None:
    reading = read(said, "XH")
    assert (reading.complete, reading.slots.source, reading.slots.target) == (True, "W1", "XH")


def test_a_place_behind_to_is_not_where_goods_come_from() -> None:
    assert read("send 5 Red Bull from store a please to Erqi", "WL").slots.source != "EQ"


@pytest.mark.parametrize(
    "said",
    [
        "二七店人太多,给二七店调5箱红牛",
        "红牛见底了,给二七店调5箱红牛",
        "far too much Red Bull in my stockroom. Ship 5 cases to Erqi",
    ],
)
def test_what_is_told_again_of_a_place_or_of_goods_is_talk(said: str) -> None:
    assert drawn(read(said, "XH")) == "120 RB250, from XH, to EQ"


def test_what_only_happened_writes_nothing_off() -> None:
    assert read("打碎了").missing == ("lines",)
    assert read("脚都要跑断了").missing == ("intent",)


def test_who_writes_from_a_warehouse_is_asked_first_where_to() -> None:
    assert read("调5箱红牛", "W1").missing == ("to", "from")
    assert read("调5箱红牛", "XH").missing == ("from", "to")


@pytest.mark.parametrize("said", ["火星店有红牛吗 哪个店有红牛", "二七店和所有店还有多少红牛"])
def test_all_places_are_no_choice_beside_one(said: str) -> None:
    reading = read(said, "XH")
    assert "*" not in {code for codes in reading.candidates.values() for code in codes}


def called(**aliases: str) -> Lexicon:
    """The catalogue with other names for some of its products."""
    skus = tuple(replace(one, aliases=(aliases.get(one.code, one.code),)) for one in CATALOGUE.skus)
    return Lexicon.built_from(replace(CATALOGUE, skus=skus))


@pytest.mark.parametrize("said", ["退货西湖龙井3罐", "tui huo xi hu long jing 3 guan"])
def test_a_whole_name_is_not_cut_into_a_place_and_the_rest(said: str) -> None:
    reading = understand(said, at("WL"), called(TEA250="龙井"))
    assert (reading.intent, [line.sku for line in reading.slots.lines]) == (Intent.SALE_RETURN, ["TEA250"])


def test_a_slip_that_is_right_in_a_word_of_other_goods_names_neither() -> None:
    lexicon = called(TEA250="大红袍", LIU="大冰红茶", SOAP="小冰红茶")
    misspelt = understand("大红包绑定条码6911890705750", at("WL"), lexicon)
    assert ([line.sku for line in misspelt.slots.lines], misspelt.missing) == (["TEA250"], ())
    assert not understand("大红茶绑定条码6911890705750", at("WL"), lexicon).complete
