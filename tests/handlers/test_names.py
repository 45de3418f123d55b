"""Names are found in a text as they are, in part, misspelt, by their sound and in pinyin letters."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache

import pytest

from core.goods.catalogue import Catalogue, PlaceEntry, SkuEntry, SupplierEntry
from data.kinds import PlaceKind
from handlers.understand.names.lexicon import Lexicon
from handlers.understand.names.name import CAP, How, Name, NameKind
from handlers.understand.names.pinyin import pinyin_reader
from handlers.understand.normalise import normalise
from handlers.understand.sizes import measure
from tests.handlers.small_catalogue import small_catalogue

# code, Chinese name, English name, brand, aliases
_MORE = """
A-1001|东鹏特饮|Eastroc|东鹏|小东鹏
A-1002|云南白药牙膏|Yunnan Baiyao Toothpaste|云南白药|白药牙膏
A-1003|海底捞火锅底料|Haidilao Hotpot Base|海底捞|火锅底料
A-1004|邦迪创可贴|Band-Aid|邦迪|创可贴
A-1005|养乐多|Yakult|养乐多|益力多
A-1006|嫩豆腐|Soft Tofu|祖名|豆腐
A-1007|五粮液52度|Wuliangye 52%|五粮液|普五,五粮液
A-1008|青岛啤酒|Tsingtao can|青岛|大青岛
A-1009|东方树叶乌龙茶|Oriental Leaf Oolong|农夫山泉|树叶乌龙
A-1010|飘柔洗发水|Rejoice Shampoo|飘柔|飘柔
A-1011|白毫银针|Silver Needle|福鼎|银针
A-1012|加多宝|Chinese Herbal Tea|加多宝|
A-1013|老干妈风味豆豉|Black Bean Sauce|老干妈|老干妈豆豉
A-1014|旺仔牛奶|Want Want Milk|旺旺|旺仔
A-1015|水溶C100柠檬味|C100 Lemon|农夫山泉|C100
A-1016|食用盐|Table Salt|中盐|盐
A-1017|康师傅冰红茶|Master Kong Iced Black Tea|康师傅|
A-1018|康师傅绿茶|Master Kong Green Tea|康师傅|
A-1019|海飞丝洗发水|Head & Shoulders|海飞丝|
A-1020|乐事薯片黄瓜味|Lay's Cucumber|乐事|乐事黄瓜
A-1021|立白洗衣粉|Liby Powder|立白|
A-1022|红乌苏啤酒|Wusu Beer|乌苏|红乌苏
"""


@cache
def lexicon() -> Lexicon:
    small = small_catalogue()
    places = (
        _place("CX", "城西店", "City West", "城西", "Chengxi"),
        _place("DZ", "东站店", "East Station", "东站"),
        _place("HC", "火车东站店", "Railway Station"),
        _place("XS", "萧山店", "Xiaoshan", "萧山"),
    )
    suppliers = (SupplierEntry("SUP01", "宏达日化", "Hongda Daily", ("宏达", "Hongda")),)
    more = tuple(_sku(number, row.split("|")) for number, row in enumerate(_MORE.strip().splitlines()))
    return Lexicon.built_from(
        replace(small, skus=small.skus + more, places=small.places + places, suppliers=suppliers), ("王小丫", "李姐")
    )


def _sku(number: int, fields: list[str]) -> SkuEntry:
    code, name_zh, name_en, brand, aliases = fields
    return SkuEntry(
        id=1000 + number,
        code=code,
        name_zh=name_zh,
        name_en=name_en,
        brand=brand,
        size="",
        category="",
        base_unit="瓶",
        decimals=0,
        packs=(("箱", 24),),
        aliases=tuple(filter(None, aliases.split(","))),
        barcodes=(),
    )


def _place(code: str, name_zh: str, name_en: str, *aliases: str, kind: PlaceKind = PlaceKind.STORE) -> PlaceEntry:
    return PlaceEntry(0, code, name_zh, name_en, aliases, kind, "hangzhou", "Asia/Shanghai")


def names(text: str) -> list[Name]:
    return lexicon().names_in(normalise(text).chars)


def found(text: str, said: str, kind: NameKind = NameKind.PRODUCT) -> Name | None:
    """The edge over some words of a text; the one of a whole name, or the widest, when there are several."""
    all_said = [name for name in names(text) if name.said == said and name.kind is kind]
    return max(all_said, key=lambda name: (len(name.whole), len(name.part)), default=None)


WHOLE = [
    # text, the words in it, kind, codes
    ("调20箱可口可乐到西湖店", "可口可乐", NameKind.PRODUCT, "COLA330 COLA125 SKU123"),
    ("transfer 20 SKU123 to store B", "sku123", NameKind.PRODUCT, "SKU123"),
    ("20SKU123", "sku123", NameKind.PRODUCT, "SKU123"),
    ("sku-123 两箱", "sku-123", NameKind.PRODUCT, "SKU123"),
    ("sku 123 两箱", "sku 123", NameKind.PRODUCT, "SKU123"),
    ("a1001 x5", "a1001", NameKind.PRODUCT, "A-1001"),
    ("A 1001 20 cases", "a 1001", NameKind.PRODUCT, "A-1001"),
    ("A-1001x5", "a-1001", NameKind.PRODUCT, "A-1001"),
    ("条码6900000000024", "6900000000024", NameKind.PRODUCT, "SKU123"),
    ("send 5 COCA COLA  CAN", "coca cola can", NameKind.PRODUCT, "COLA330"),
    ("head and shoulders 5", "head and shoulders", NameKind.PRODUCT, "A-1019"),
    ("lays cucumber 5", "lays cucumber", NameKind.PRODUCT, "A-1020"),
    ("农夫 山泉", "农夫 山泉", NameKind.PRODUCT, "WATER4L WATER550"),
    ("六个核桃三箱", "六个核桃", NameKind.PRODUCT, "WALNUT240"),
    ("盐两袋", "盐", NameKind.PRODUCT, "A-1016"),
    ("c100 五瓶", "c100", NameKind.PRODUCT, "A-1015"),
    ("西湖要五瓶", "西湖", NameKind.PLACE, "XH"),
    ("到西湖门店", "西湖门店", NameKind.PLACE, "XH"),
    ("to the west lake store", "the west lake store", NameKind.PLACE, "XH"),
    ("west-lake shop", "west-lake shop", NameKind.PLACE, "XH"),
    ("从中央仓库发", "中央仓库", NameKind.PLACE, "W1"),
    ("下沙仓库", "下沙仓库", NameKind.PLACE, "W2"),
    ("from xiasha warehouse", "xiasha warehouse", NameKind.PLACE, "W2"),
    ("A 店要", "a 店", NameKind.PLACE, "XH"),
    ("xh要", "xh", NameKind.PLACE, "XH"),
    ("滨江二店", "滨江二店", NameKind.PLACE, "BJ2"),
    ("binjiang2", "binjiang2", NameKind.PLACE, "BJ2"),
    ("收到宏达的货", "宏达", NameKind.SUPPLIER, "SUP01"),
    ("交给王小丫", "王小丫", NameKind.PERSON, "王小丫"),
    ("5 boxes", "boxes", NameKind.UNIT, "盒 箱"),
    ("20kg", "kg", NameKind.UNIT, "kg"),
    ("5箱", "箱", NameKind.UNIT, "箱"),
]


@pytest.mark.parametrize(("text", "said", "kind", "codes"), WHOLE)
def test_a_whole_name_is_found(text: str, said: str, kind: NameKind, codes: str) -> None:
    name = found(text, said, kind)
    assert name is not None
    assert (sorted(name.whole), name.how, name.meant) == (sorted(codes.split()), How.EXACT, "")


PARTS = [
    ("西湖店可乐还有多少", "可乐", "COLA330 SKU123 COLA125 SKU1234"),
    ("松鼠的货", "松鼠", "NUTS160 NUTS750"),
    ("coke zero 5", "coke zero", "SKU1234"),
    ("20个核桃", "核桃", "WALNUT240"),
    ("康师傅5箱", "康师傅", "A-1017 A-1018"),
    ("oolong 3", "oolong", "A-1009"),
    ("农夫山泉的橙汁", "橙汁", "ORANGE300"),
]


@pytest.mark.parametrize(("text", "said", "codes"), PARTS)
def test_a_part_of_a_name_is_found(text: str, said: str, codes: str) -> None:
    name = found(text, said)
    assert name is not None
    assert (sorted(name.part), name.whole, name.more) == (sorted(codes.split()), (), False)


NOTHING = [
    # text, what is no name in it
    ("sku123", "sku12"),
    ("canned", "can"),
    ("SKU1234", "sku123"),
    ("sku12 3箱", "sku12 3"),
    ("六个", "六个"),
    ("三只", "三只"),
    ("20个核桃", "个核桃"),
    ("vitamin c 100箱", "c 100"),
    ("可口可乐", "口可"),
    ("可口可乐", "可口"),
    ("sprite500", "sprite"),
    ("xh5", "xh"),
    ("仓库", "仓库"),
    ("the warehouse", "warehouse"),
    ("six", "six"),
    ("can", "can"),
    ("of the", "of"),
    ("1001", "1001"),
    ("红牛\n雪碧", "红牛\n雪碧"),
]


@pytest.mark.parametrize(("text", "said"), NOTHING)
def test_what_is_no_name(text: str, said: str) -> None:
    assert [name for name in names(text) if name.said == said and name.kind is not NameKind.UNIT] == []


GUESSED = [
    # text, the words in it, kind, how, codes of the whole name (of the part where it is none)
    ("掉10箱雪壁", "雪壁", NameKind.PRODUCT, How.HOMOPHONE, "SPR500"),
    ("洪牛三箱", "洪牛", NameKind.PRODUCT, How.HOMOPHONE, "RB250"),
    ("成西店还有吗", "成西店", NameKind.PLACE, How.HOMOPHONE, "CX"),
    ("五林有哪些", "五林", NameKind.PLACE, How.HOMOPHONE, "WL"),
    ("宾江二店", "宾江二店", NameKind.PLACE, How.HOMOPHONE, "BJ2"),
    ("十箱冬鹏特饮500", "冬鹏特饮", NameKind.PRODUCT, How.HOMOPHONE, "A-1001"),
    ("云难白药牙膏有几只", "云难白药牙膏", NameKind.PRODUCT, How.HOMOPHONE, "A-1002"),
    ("海底劳两袋", "海底劳", NameKind.PRODUCT, How.HOMOPHONE, "A-1003"),
    ("收到红达的", "红达", NameKind.SUPPLIER, How.HOMOPHONE, "SUP01"),
    ("创可帖20盒", "创可帖", NameKind.PRODUCT, How.HOMOPHONE, "A-1004"),
    ("养乐哆", "养乐哆", NameKind.PRODUCT, How.HOMOPHONE, "A-1005"),
    ("豆付馊了", "豆付", NameKind.PRODUCT, How.HOMOPHONE, "A-1006"),
    ("五浪液还剩几瓶", "五浪液", NameKind.PRODUCT, How.HOMOPHONE, "A-1007"),
    ("老干吗", "老干吗", NameKind.PRODUCT, How.HOMOPHONE, "A-1013"),
    ("西胡店", "西胡店", NameKind.PLACE, How.HOMOPHONE, "XH"),
    ("10 cases redbul", "redbul", NameKind.PRODUCT, How.TYPO, "RB250"),
    ("10 cases red bul", "red bul", NameKind.PRODUCT, How.TYPO, "RB250"),
    ("redbull 5", "redbull", NameKind.PRODUCT, How.TYPO, "RB250"),
    ("forcast tsintao", "tsintao", NameKind.PRODUCT, How.TYPO, "A-1008"),
    ("orientl leaf oolong", "orientl leaf oolong", NameKind.PRODUCT, How.TYPO, "A-1009"),
    ("to east staton from dc", "east staton", NameKind.PLACE, How.TYPO, "DZ"),
    ("needs rejioce.", "rejioce", NameKind.PRODUCT, How.TYPO, "A-1010"),
    ("silver neddle", "silver neddle", NameKind.PRODUCT, How.TYPO, "A-1011"),
    ("to westlake store", "westlake store", NameKind.PLACE, How.TYPO, "XH"),
    ("budwieser", "budwieser", NameKind.PRODUCT, How.TYPO, "BUD500"),
    ("农山夫泉", "农山夫泉", NameKind.PRODUCT, How.TYPO, "WATER550 WATER4L"),
    ("加哆煲两箱", "加哆煲", NameKind.PRODUCT, How.HOMOPHONE, "A-1012"),
    ("海飞死洗发水", "海飞死洗发水", NameKind.PRODUCT, How.HOMOPHONE, "A-1019"),
    ("海底捞火国底料", "海底捞火国底料", NameKind.PRODUCT, How.HOMOPHONE, "A-1003"),
    ("洗洁晴", "洗洁晴", NameKind.PRODUCT, How.TYPO, "SOAP"),
    ("东特饮五箱", "东特饮", NameKind.PRODUCT, How.TYPO, "A-1001"),
    ("diao 20 hongniu", "hongniu", NameKind.PRODUCT, How.PINYIN, "RB250"),
    ("hong niu", "hong niu", NameKind.PRODUCT, How.PINYIN, "RB250"),
    ("jiaduobao", "jiaduobao", NameKind.PRODUCT, How.PINYIN, "A-1012"),
    ("nongfu shanquan 5L", "nongfu shanquan", NameKind.PRODUCT, How.PINYIN, "WATER550 WATER4L"),
    ("laoganma douchi", "laoganma douchi", NameKind.PRODUCT, How.PINYIN, "A-1013"),
    ("wangzai niunai 36", "wangzai niunai", NameKind.PRODUCT, How.PINYIN, "A-1014"),
    ("chengxidian", "chengxidian", NameKind.PLACE, How.PINYIN, "CX"),
]


@pytest.mark.parametrize(("text", "said", "kind", "how", "codes"), GUESSED)
def test_a_name_that_is_not_written_as_it_is(text: str, said: str, kind: NameKind, how: How, codes: str) -> None:
    name = found(text, said, kind)
    assert name is not None
    assert (name.how, sorted(name.whole or name.part)) == (how, sorted(codes.split()))
    assert name.meant


def test_pinyin_with_the_tail_of_a_store() -> None:
    name = found("xiaoshan dian hai you", "xiaoshan dian", NameKind.PLACE)
    assert name is not None
    assert name.whole == ("XS",)


NOT_GUESSED = [
    "调两打红乌苏到五一店",  # 打红乌苏 is 24 of 红乌苏
    "要3箱乌苏",
    "晓东鹏",
    "海飞的洗发水",
    "soak",
    "上礼拜卖了多少",
    "bind it at the dock",
    "switch to chinese",
    "should we send more cases from this store",
    "do we have any left",
    "南湖店",  # another lake
    "康师傅茶",
    "五百箱",
    "请帮我查一下昨天的单子什么时候到谢谢",
    "A-1099",
    "6900000000025",
]


@pytest.mark.parametrize("text", NOT_GUESSED)
def test_what_is_no_slip(text: str) -> None:
    assert [(name.said, name.meant) for name in names(text) if name.how is not How.EXACT] == []


@pytest.mark.parametrize("text", ["红牛3箱", "hongda red bull", "东站", "西湖店要可口可乐"])
def test_what_an_exact_name_covers_is_not_guessed_at(text: str) -> None:
    assert {name.how for name in names(text)} == {How.EXACT}


def test_spans_are_those_of_the_text() -> None:
    for text in ("从 中央仓 调20箱 coca-cola can 到西湖店", "Lay's cucumber\nred bul 5", "xiaoshan dian: hong niu"):
        chars = normalise(text).chars
        for name in lexicon().names_in(chars):
            assert name.said == chars[name.start : name.end]
            assert name.kind is not NameKind.PRODUCT or set(name.whole) <= set(name.part)


def test_a_surface_of_many_products_says_that_there_are_more() -> None:
    skus = tuple(_sku(number, [f"B{number}", f"长城{number}号", "", "长城", ""]) for number in range(CAP + 50))
    wide = Lexicon.built_from(Catalogue(skus, (), {}))
    brand = next(name for name in wide.names_in("长城") if name.said == "长城")
    assert (len(brand.part), brand.more) == (CAP, True)
    last = next(name for name in wide.names_in(f"{CAP + 49}号"))
    assert wide.sharing([brand, last]) == ((f"B{CAP + 49}",), False)


def test_a_new_item_is_known_at_once() -> None:
    before = lexicon()
    new = replace(_sku(1, ["N-1", "百岁山矿泉水", "Ganten", "百岁山", "红牛"]), size="570ml")
    after = before.with_added([new], [_place("YH", "余杭店", "Yuhang", "余杭")]).with_added([replace(new, code="N-2")])
    found_now = {
        name.said: name for name in after.names_in("余杭门店 白岁山矿泉水 红牛 n-2") if name.end - name.start > 2
    }
    assert found_now["余杭门店"].whole == ("YH",)
    assert (found_now["白岁山矿泉水"].how, found_now["白岁山矿泉水"].whole) == (How.HOMOPHONE, ("N-1", "N-2"))
    assert found_now["n-2"].whole == ("N-2",)
    red = next(name for name in after.names_in("红牛") if name.whole)
    assert red.whole == ("RB250", "N-1", "N-2")
    assert measure(after.skus["N-2"].size) == (570, "ml")
    assert "YH" in after.places
    assert "N-1" not in before.skus
    assert after.near("百岁山")[0] == "N-1"


def test_what_is_near() -> None:
    assert set(lexicon().near("可乐味汽水")) >= {"COLA330", "SKU123"}
    assert lexicon().near("rejoicing")[0] == "A-1010"
    assert lexicon().near("毛巾") == ()
    assert lexicon().near_places("西湖二店")[0] == "XH"
    assert lexicon().near_places("binjang")[0] == "BJ"
    assert len(lexicon().near("康师傅可口可乐农夫山泉", 3)) == 3


PHRASES = re.findall(
    r"\w+",
    "从 到 调 要 还有 多少 库存 收到 卖出去 记 一下 账 盘点 帮我 今天 不要 有 和 发 的 查 看 我 你 "
    "吗 好 在 是 买 卖 收 售",
)
PINYIN = [
    ("diao 20 xiang hongniu dao xihudian", "调20箱红牛到西湖店"),
    ("bang wo cong xiasha diao 3 xiang hongniu dao wulin", "帮我从xiasha调3箱红牛到wulin"),
    ("mai chu qu wu bao hongniu, ji yixia zhang", "卖出去五包红牛,记一下账"),
    ("pandian wangzai niunai 36 guan", "盘点旺仔牛奶36罐"),
    ("xihudian hongniu hai you duoshao", "西湖店红牛还有多少"),
    ("bu yao diao hongniu", "不要调红牛"),
    ("diao san bai ba shi guan hongniu", "调三百八十罐红牛"),
    ("cong dongzhan diao shi er xiang xuebi", "从东站调十二箱雪碧"),
]
NO_PINYIN = [
    "send 20 cases of red bull to wulin",
    "can he sell me a pen",
    "we need more red bull in binjiang",
    "mai 3 xiang hongniu",  # bought or sold
    "shou 3 xiang hongniu",
    "hongniu",
    "调20箱红牛到西湖店",
    "diao ba shi guan hongniu",  # 八十罐, 把十罐, 吧 十罐
    "do you like rice",
    "wulin wuyi erqi",
    "",
]


@pytest.mark.parametrize(("text", "hanzi"), PINYIN)
def test_a_message_in_pinyin(text: str, hanzi: str) -> None:
    read = pinyin_reader(lexicon(), PHRASES).hanzi(normalise(text))
    assert read is not None
    assert read.chars == hanzi
    assert len(read.origin) == len(read.chars)
    if "红牛" in read.chars:
        at = read.chars.index("红牛")
        assert text[slice(*read.span(at, at + 2))] == "hongniu"


@pytest.mark.parametrize("text", NO_PINYIN)
def test_what_is_no_message_in_pinyin(text: str) -> None:
    assert pinyin_reader(lexicon(), PHRASES).hanzi(normalise(text)) is None


def test_no_part_of_a_name_is_read_in_pinyin_where_all_of_it_is_spelt() -> None:
    reader = pinyin_reader(lexicon(), (*PHRASES, "不六", "香烟"))
    assert reader.hanzi(normalise("diao bu liu ge he tao 3 guan")) is None
    read = reader.hanzi(normalise("diao ge he tao 3 guan"))
    assert read is not None
    assert read.chars == "调个核桃3罐"
    assert reader.hanzi(normalise("diao jiu xiang yan")) is None  # 九香烟, or nine cases of salt
    assert reader.hanzi(normalise("diao xiang yan")) is not None


@pytest.mark.parametrize(
    ("said", "size"),
    [("1.5L", (1500, "ml")), ("五百毫升", (500, "ml")), ("2 kg", (2000, "g")), ("500", None), ("大", None), ("", None)],
)
def test_sizes(said: str, size: tuple[int, str] | None) -> None:
    assert measure(said) == size


def test_nothing_is_found_in_nothing() -> None:
    empty = Lexicon.built_from(Catalogue((), (), {}))
    for text in ("", " ", "\n", "红牛 red bull 20箱", "\ue000\ue001", "'-'"):
        chars = normalise(text).chars
        assert {name.kind for name in empty.names_in(chars)} <= {NameKind.UNIT}
        assert lexicon().names_in(chars) is not None
    assert empty.near("红牛") == empty.near_places("西湖") == ()
