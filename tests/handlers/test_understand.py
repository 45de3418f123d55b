"""What people write, what is read in it, and that nothing half-read ever becomes a change."""

from __future__ import annotations

import random
from dataclasses import fields
from fractions import Fraction

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from data.kinds import PlaceKind
from handlers.understand.names.lexicon import Lexicon
from handlers.understand.reading import LINE_SLOTS, READS, WRITES, Context, Intent, Reading, SaidLine, Slots, Span
from handlers.understand.understand import phrasebook, understand
from tests.handlers.small_catalogue import small_catalogue

CATALOGUE = small_catalogue()
LEXICON = Lexicon.built_from(CATALOGUE)
KNOWN = {*phrasebook().book.surfaces, *LEXICON.units}


def at(home: str | None, frame: Reading | None = None, asked: str | None = None) -> Context:
    kind = CATALOGUE.place_by_code[home].kind if home else None
    return Context(home, kind, "zh", frame, asked)


def read(text: str, home: str | None = "XH") -> Reading:
    return understand(text, at(home), LEXICON)


def drawn(reading: Reading) -> str:
    """A reading in one line: lines, sides, and what is asked with its reason."""
    slots = reading.slots
    parts = [f"{line.count} {line.sku}" for line in slots.lines]
    parts += [f"{line.count or line.number} {line.sku} damaged" for line in slots.damaged]
    parts += [f"{line.count or line.number} {line.sku} short" for line in slots.shortage]
    named = {"from": slots.source, "to": slots.target, "at": slots.place, "of": slots.document, "in": slots.language}
    parts += [f"{role} {value}" for role, value in named.items() if value]
    parts += ["all"] if slots.all_arrived else []
    for name in reading.missing:
        reason = reading.problems.get(name) or "/".join(reading.candidates.get(name, ()))
        parts.append(f"? {name}" + (f" {reason}" if reason else ""))
    return ", ".join(parts)


# home | message | how it is read
TRANSFERS = r"""
XH | 从中央仓调20箱可口可乐500ml到西湖店 | 480 SKU123, from W1, to XH
XH | transfer 20 SKU123 to store B | 20 SKU123, from XH, to EQ
XH | 调10箱雪碧500给二七店 | 240 SPR500, from XH, to EQ
WL | 把六个核桃10箱从武林店调到滨江店 | 240 WALNUT240, from WL, to BJ
EQ | 二七店要红牛 30箱,从下沙仓出 | 720 RB250, from W2, to EQ
- | 江小白6瓶 武林店→五一店 | 6 SKU12, from WL, to WY
W1 | 发五箱红牛去五一 | 120 RB250, from W1, to WY
XH | 帮我调两箱三只松鼠碧根果到五一店,谢谢 | 40 NUTS160, from XH, to WY
- | move 15 cases of Coke Zero 500ml from central to Binjiang | 360 SKU1234, from W1, to BJ
BJ | 滨江给滨江二店调3箱肉松饼 | 60 CREAM225, from BJ, to BJ2
XH | 可口可乐20罐调到五一 | 20 COLA330, from XH, to WY
XH | 能不能调20箱可口可乐500ml到二七店? | 480 SKU123, from XH, to EQ
EQ | 可以从西湖店调5箱红牛过来吗 | 120 RB250, from XH, to EQ
XH | 调半箱百威到五一店 | 9 BUD500, from XH, to WY
XH | 调两打百威500到五一店 | 24 BUD500, from XH, to WY
XH | send half a dozen Red Bull to Erqi | 6 RB250, from XH, to EQ
W1 | 调三件五常大米5kg到五一店 | 12 RICE5, from W1, to WY
W1 | 调一百零五箱红牛到武林店 | 2520 RB250, from W1, to WL
W1 | 调1,200罐红牛到武林店 | 1200 RB250, from W1, to WL
W1 | 調20箱紅牛到西湖店 | 480 RB250, from W1, to XH
W1 | transfer 10箱红牛 to 武林店 asap | 240 RB250, from W1, to WL
W1 | 调货到滨江店:\n红牛 10箱\n雪碧 5箱 | 240 RB250, 120 SPR500, from W1, to BJ
W1 | to Erqi: 5 cases Red Bull, 3 cases Sprite | 120 RB250, 72 SPR500, from W1, to EQ
W1 | 给二七店红牛5箱、雪碧500三箱和5号电池20卡 | 120 RB250, 72 SPR500, 20 AA, from W1, to EQ
W1 | 调3斤五花肉到五一店 | 1500 PORK, from W1, to WY
W1 | 调2.5kg五花肉到五一 | 2500 PORK, from W1, to WY
W1 | 匀二两土豆给滨江 | 100 POTATO, from W1, to BJ
W1 | 调红牛3箱5罐到武林店 | 77 RB250, from W1, to WL
W1 | 6900000000079 四罐 滨江到滨二 | 4 RB250, from BJ, to BJ2
W1 | 调红牛三十罐三十罐到武林 | 30 RB250, from W1, to WL
XH | 调可口可乐500ml到武林店 | None SKU123, from XH, to WL, ? lines.0.quantity
XH | 调20箱到武林店 | None None, from XH, to WL, ? lines.0.sku
XH | 调20箱可口可乐500ml | 480 SKU123, ? from, ? to
XH | 西湖店 调3箱肉松饼 | 60 CREAM225, ? from, ? to
- | transfer 10 cases Sprite to Wuyi | 240 SPR500, to WY, ? from
XH | 调20箱可乐到武林店 | None None, from XH, to WL, ? lines.0.sku COLA330/SKU123/COLA125/SKU1234
XH | 调20箱可口可乐到武林店 | None None, from XH, to WL, ? lines.0.sku COLA330/SKU123/COLA125
W1 | 调20件可口可乐500ml到西湖店 | None SKU123, from W1, to XH, ? lines.0.unit 瓶/箱
W1 | 10 boxes Mengniu Pure Milk to D店 | None MILK250, from W1, to BJ, ? lines.0.unit 盒/箱
XH | 调3桶SKU123到B店 | None SKU123, from XH, to EQ, ? lines.0.unit unknown_unit
XH | 从仓库调10箱红牛到我们店 | 240 RB250, to XH, ? from W1/W2
XH | 从西湖店调10箱红牛到西湖店 | 240 RB250, from XH, ? to same_place
W1 | 调10箱红牛到火星店 | 240 RB250, from W1, ? to unknown_place
W1 | 调20箱胡萝卜素片到西湖店 | None None, from W1, to XH, ? lines.0.sku unknown_product
W1 | 送10箱红牛到武林店和五一店 | 240 RB250, from W1, ? to WL/WY
XH | 二七店从总仓要10箱红牛 | 240 RB250, from W1, to EQ
XH | 从总仓调10箱红牛到二七店 五一店 | 240 RB250, from W1, ? to EQ/WY
XH | 调0箱红牛到二七店 | None RB250, from XH, to EQ, ? lines.0.quantity zero
XH | 调-5箱红牛到二七店 | None RB250, from XH, to EQ, ? lines.0.quantity negative
XH | 调半瓶雪碧到二七店 | None SPR500, from XH, to EQ, ? lines.0.quantity fraction
XH | transfer 99999999 SKU123 to EQ | None SKU123, from XH, to EQ, ? lines.0.quantity too_many
W1 | 调20-30箱红牛到西湖店 | None RB250, from W1, to XH, ? lines.0.quantity approximate
W1 | 调十来箱红牛到西湖店 | None RB250, from W1, to XH, ? lines.0.quantity approximate
W1 | 调二三十箱红牛到西湖店 | None RB250, from W1, to XH, ? lines.0.quantity approximate
W1 | 大概调20箱红牛到西湖店 | None RB250, from W1, to XH, ? lines.0.quantity approximate
W1 | 调十六个核桃到西湖店 | None WALNUT240, from W1, to XH, ? lines.0.quantity two_amounts
W1 | 调红牛5箱红牛8箱到西湖店 | None RB250, from W1, to XH, ? lines.0.quantity two_amounts
W1 | 调20箱农夫山泉300ml到西湖店 | None None, from W1, to XH, ? lines.0.sku unknown_product
XH | 调 | ? lines, ? from, ? to
"""
ARRIVALS = """
EQ | 收到1001 好的17瓶, 碎了2瓶, 少1瓶 | None None, 2 None damaged, 1 None short, of TR-1001
EQ | received TR-1001, 17 good 2 damaged 1 missing | None None, 2 None damaged, 1 None short, of TR-1001
EQ | 收到TR-1001 全收 | of TR-1001, all
EQ | TR1001到货了,确认收货 | of TR-1001
EQ | 到货 1001 少3瓶 | 3 None short, of TR-1001
EQ | TR-1001收到19箱红牛,少1箱 | 456 RB250, 24 RB250 short, of TR-1001
EQ | received TR-1001: 5 cases Red Bull, 3 cases Sprite | 120 RB250, 72 SPR500, of TR-1001
EQ | 收到TR-1001 红牛5箱,雪碧3箱,少1箱 | of TR-1001, ? intent left_over
EQ | 收到20箱红牛 | 480 RB250, ? intent transfer.receive/purchase.receive
EQ | 收到中央仓的20箱红牛 | 480 RB250, from W1
EQ | 收到TR-1001 全收 少1箱 | 1 None short, of TR-1001, all, ? intent left_over
EQ | 收到TR-1001 TR-1002 | ? document TR-1001/TR-1002
EQ | 全收 | all, ? intent transfer.receive/purchase.receive
EQ | TR-1001 好的17 坏2 少1 | None None, 2 None damaged, 1 None short, of TR-1001
"""
QUESTIONS = """
- | 西湖店可口可乐500ml还有多少 | None SKU123, at XH
- | 红牛库存 | None RB250
EQ | 查下我们店雪碧剩几瓶 | None SPR500, at EQ
- | 各门店红牛库存 | None RB250, at *
- | how many SKU123 do we have in Erqi | None SKU123, at EQ
- | stock of sku-123 | None SKU123
- | 可乐还有吗 | None None, ? lines.0.sku COLA330/SKU123/COLA125/SKU1234
- | 红牛和雪碧在二七店各还有多少 | None RB250, None SPR500, at EQ
- | 仓库红牛还有吗 | None RB250, ? place W1/W2
"""


def rows(table: str) -> list[tuple[str | None, str, str]]:
    cells = [[cell.strip() for cell in row.split(" | ")] for row in table.strip().splitlines()]
    return [(None if home == "-" else home, text.replace("\\n", "\n"), frame) for home, text, frame in cells]


@pytest.mark.parametrize(("home", "text", "frame"), rows(TRANSFERS))
def test_transfers(home: str | None, text: str, frame: str) -> None:
    reading = read(text, home)
    assert (reading.intent, drawn(reading)) == (Intent.TRANSFER_CREATE, frame)


@pytest.mark.parametrize(("home", "text", "frame"), rows(ARRIVALS))
def test_arrivals(home: str | None, text: str, frame: str) -> None:
    reading = read(text, home)
    assert (reading.intent, drawn(reading)) == (Intent.TRANSFER_RECEIVE, frame)


@pytest.mark.parametrize(("home", "text", "frame"), rows(QUESTIONS))
def test_stock_questions(home: str | None, text: str, frame: str) -> None:
    reading = read(text, home)
    assert (reading.intent, drawn(reading)) == (Intent.STOCK_QUERY, frame)


@pytest.mark.parametrize("text", ["TR-1001", "TR-1001 谢谢", "1001到哪了", "where is TR-1001", "tr1001 什么状态?"])
def test_status_of_a_transfer(text: str) -> None:
    reading = read(text)
    assert (reading.intent, drawn(reading)) == (Intent.TRANSFER_STATUS, "of TR-1001")


@pytest.mark.parametrize("text", ["帮助", "help", "怎么调货", "可以帮我调货吗", "how do I use this?"])
def test_help(text: str) -> None:
    assert read(text) == Reading(Intent.HELP, spans=read(text).spans)


@pytest.mark.parametrize(
    ("text", "language"), [("切换英文", "en"), ("english please", "en"), ("switch to Chinese", "zh"), ("说中文", "zh")]
)
def test_language(text: str, language: str) -> None:
    reading = read(text)
    assert (reading.intent, reading.slots.language, reading.complete) == (Intent.LANGUAGE_SET, language, True)


@pytest.mark.parametrize(
    "text",
    [
        "如果调20箱红牛到二七店会怎样",
        "昨天已经调了10箱红牛给二七店了",
        "要不要调10箱雪碧500到滨江店?",
        "没收到TR-1001",
        "PO-1001",
        "收到TR-1001,再调5箱红牛到二七店",
        "transfer 20 SKU123 to store B'; DELETE FROM stock;--",
        "确认",
        "20",
        "",
        "。。。",
        "今天天气怎么样",
    ],
)
def test_what_is_not_understood_is_never_complete(text: str) -> None:
    reading = read(text)
    assert not reading.complete or reading.intent in READS
    assert reading.intent not in WRITES or "intent" in reading.missing


@pytest.mark.parametrize("text", ["不要调20箱红牛到二七店", "别调红牛了", "don't send 5 cases of Red Bull to Erqi"])
def test_a_transfer_that_is_refused_cancels_one_that_has_to_be_named(text: str) -> None:
    reading = read(text)
    assert (reading.intent, reading.missing) == (Intent.TRANSFER_CANCEL, ("document",))


COMPLETE_WRITES = [
    (home, text)
    for home, text, frame in rows(TRANSFERS) + rows(ARRIVALS)
    if "?" not in frame and read(text, home).complete
]
TURNING_WORDS = [
    "不要",
    "别",
    "如果",
    "还是",
    "或者",
    "要不要",
    "明天再",
    "大概",
    " or ",
    " not ",
    " if ",
    " unless ",
    " maybe ",
]


def test_there_are_complete_writes_to_break() -> None:
    assert len(COMPLETE_WRITES) >= 30


@pytest.mark.parametrize("word", TURNING_WORDS)
def test_a_word_that_turns_the_message_never_leaves_a_complete_write(word: str) -> None:
    for home, text in COMPLETE_WRITES:
        for place in range(len(text) + 1):
            turned = text[:place] + word + text[place:]
            reading = read(turned, home)
            assert not (reading.complete and reading.intent in WRITES), turned


@given(seed=st.integers(0, 2**32))
def test_an_unknown_word_never_leaves_a_complete_write(seed: int) -> None:
    dice = random.Random(seed)
    home, text = dice.choice(COMPLETE_WRITES)
    strange = dice.choice(
        ["".join(dice.choices("bdfghkwz", k=dice.randint(2, 6))), "".join(dice.choices("囧咕噜嗖嘭哐", k=2))]
    )
    assume(strange not in KNOWN)
    place = dice.randint(0, len(text))
    reading = read(f"{text[:place]} {strange} {text[place:]}", home)
    assert not (reading.complete and reading.intent in WRITES)


@given(text=st.text(alphabet="调从到给箱瓶二七五一店西湖红牛雪碧可口乐500ml 23,收到TR-1不要or和的少好", max_size=24))
def test_any_text_has_a_reading_that_goes_to_json_and_back(text: str) -> None:
    reading = read(text)
    assert Reading.from_json(reading.to_json()) == reading
    assert {*reading.candidates, *reading.problems} <= set(reading.missing)
    assert not (reading.complete and reading.unread)
    assert all(0 <= span.start < span.end <= len(text) for span in reading.spans)


def test_a_reading_goes_to_json_and_back_exactly() -> None:
    line = SaidLine("SKU123", Fraction(5, 2), "箱", 60)
    kinds = {
        field.name: (line, SaidLine()) if field.name in LINE_SLOTS else f"said of {field.name}"
        for field in fields(Slots)
    }
    slots = Slots(**{**kinds, "version": 3, "all_arrived": True, "returns": True})
    reading = Reading(
        Intent.TRANSFER_CREATE, slots, ("to",), {"to": ("A", "B")}, {"to": "x"}, ("咕",), (Span(0, 2, "to"),)
    )
    assert Reading.from_json(reading.to_json()) == reading


def test_spans_quote_the_raw_text() -> None:
    text = "請調２０箱\u200b紅牛 到西湖店"
    reading = understand(text, at("W1"), LEXICON)
    assert [text[span.start : span.end] for span in reading.spans][2:4] == ["２０箱", "紅牛"]


# home | message | field asked (- for none) | answer | how it is read then
DIALOGUES = """
XH | 调可口可乐500ml到武林店 | lines.0.quantity | 20箱 | 480 SKU123, from XH, to WL
XH | 调可口可乐500ml到武林店 | lines.0.quantity | 20 | 20 SKU123, from XH, to WL
XH | 调20箱可乐到武林店 | lines.0.sku | 500ml的可口可乐 | 480 SKU123, from XH, to WL
XH | 调20箱可口可乐到武林店 | lines.0.sku | 500ml | 480 SKU123, from XH, to WL
XH | 调20箱可口可乐到武林店 | lines.0.sku | 330 | 480 COLA330, from XH, to WL
XH | 调20箱可乐到武林店 | lines.0.sku | SKU123 | 480 SKU123, from XH, to WL
XH | 调20箱可乐到武林店 | lines.0.sku | 500ml | None None, from XH, to WL, ? lines.0.sku SKU123/SKU1234
XH | 调20箱到武林店 | lines.0.sku | 红牛 | 480 RB250, from XH, to WL
XH | 调20箱胡萝卜素片到武林店 | lines.0.sku | 红牛 | 480 RB250, from XH, to WL
XH | 调0箱红牛到二七店 | lines.0.quantity | 5 | 120 RB250, from XH, to EQ
XH | 调20件可口可乐500ml到二七店 | lines.0.unit | 箱 | 480 SKU123, from XH, to EQ
XH | ship 6 boxes of Mengniu Pure Milk to Wuyi | lines.0.unit | cases | 144 MILK250, from XH, to WY
- | transfer 10 cases Sprite to Wuyi | from | 下沙 | 240 SPR500, from W2, to WY
- | transfer 10 cases Sprite to Wuyi | from | 从总仓 | 240 SPR500, from W1, to WY
- | transfer 10 cases Sprite to Wuyi | from | 五一店 | 240 SPR500, from WY, ? to same_place
XH | 从仓库调10箱红牛到我们店 | from | 中央仓 | 240 RB250, from W1, to XH
W1 | 调10箱红牛到火星店 | to | 西湖店 | 240 RB250, from W1, to XH
XH | 调20箱可口可乐500ml | from | 从总仓 | 480 SKU123, from W1, to XH
- | 调20箱可口可乐500ml | from | 从总仓到五一店 | 480 SKU123, from W1, to WY
XH | 调到武林店 | lines | 红牛5箱 | 120 RB250, from XH, to WL
XH | 货送错店了 | document | TR-1001 | of TR-1001
XH | 货送错店了 | document | 1001 | of TR-1001
- | 可口可乐还有吗 | lines.0.sku | 330ml | None COLA330
"""


@pytest.mark.parametrize(
    ("home", "text", "asked", "answer", "frame"),
    [tuple(cell.strip() for cell in row.split(" | ")) for row in DIALOGUES.strip().splitlines()],
)
def test_a_bare_answer_fills_what_was_asked(home: str, text: str, asked: str, answer: str, frame: str) -> None:
    place = None if home == "-" else home
    question = read(text, place)
    assert asked in question.missing
    reading = understand(answer, at(place, Reading.from_json(question.to_json()), asked), LEXICON)
    assert (reading.intent, drawn(reading)) == (question.intent, frame)


@pytest.mark.parametrize("answer", ["从总仓", "到五一店", "雪碧", "20箱不要", "咕噜", "大概5箱", "五六箱", "箱"])
def test_an_answer_fills_nothing_that_was_not_asked(answer: str) -> None:
    question = read("调可口可乐500ml到武林店")
    reading = understand(answer, at("XH", question, "lines.0.quantity"), LEXICON)
    assert reading.intent is Intent.UNKNOWN
    assert not reading.complete


def test_every_offered_candidate_answers_its_question() -> None:
    for home, text, _ in rows(TRANSFERS) + rows(QUESTIONS):
        question = read(text, home)
        for field, codes in question.candidates.items():
            for code in codes:
                reading = understand(code, at(home, question, field), LEXICON)
                assert (reading.intent, field in reading.missing) == (question.intent, False), (text, code)


def test_a_whole_new_message_makes_its_own_reading() -> None:
    question = read("调可口可乐500ml到武林店")
    reading = understand("西湖店红牛还有多少", at("XH", question, "lines.0.quantity"), LEXICON)
    assert (reading.intent, drawn(reading)) == (Intent.STOCK_QUERY, "None RB250, at XH")


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("确认", Intent.CONFIRM),
        ("好的", Intent.CONFIRM),
        ("ok, yes", Intent.CONFIRM),
        ("没问题,确认", Intent.CONFIRM),
        ("取消", Intent.CANCEL),
        ("不好", Intent.CANCEL),
        ("好的不要", Intent.CANCEL),
        ("算了,不要了", Intent.CANCEL),
        ("no", Intent.CANCEL),
        ("确认?", Intent.UNKNOWN),
        ("可以吗", Intent.UNKNOWN),
        ("行不行", Intent.UNKNOWN),
        ("20箱不要", Intent.UNKNOWN),
    ],
)
def test_yes_and_no_only_with_an_open_question(text: str, intent: Intent) -> None:
    card = read("调20箱红牛到二七店")
    assert understand(text, at("XH", card), LEXICON).intent is intent
    assert read(text).intent not in (Intent.CONFIRM, Intent.CANCEL)


def test_a_store_for_a_warehouse_keeper_is_where_goods_go() -> None:
    assert at("W1").home_kind is PlaceKind.WAREHOUSE
    assert drawn(read("西湖店 调3箱红牛", "W1")) == "72 RB250, from W1, to XH"


@pytest.mark.parametrize(
    ("text", "frame"),
    [
        ("好的475瓶 坏2瓶 少3瓶", "None None, 2 None damaged, 3 None short, of TR-1015"),
        ("475 good 2 damaged 3 missing", "None None, 2 None damaged, 3 None short, of TR-1015"),
        ("少3瓶", "3 None short, of TR-1015"),
        ("全收", "of TR-1015, all"),
    ],
)
def test_what_arrived_is_told_without_the_number_while_it_is_asked(text: str, frame: str) -> None:
    question = Reading(Intent.TRANSFER_RECEIVE, Slots(document="TR-1015"), missing=("lines",))
    assert drawn(understand(text, at("XH", question, "lines"), LEXICON)) == frame
    assert not read(text).complete


def test_another_transfer_can_be_told_of_while_one_is_asked() -> None:
    question = Reading(Intent.TRANSFER_RECEIVE, Slots(document="TR-1015"), missing=("lines",))
    assert drawn(understand("收到1001 少3瓶", at("XH", question, "lines"), LEXICON)) == "3 None short, of TR-1001"
