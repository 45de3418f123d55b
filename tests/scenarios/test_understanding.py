"""What a conversation makes of what was understood: words put right, picks, questions asked again, left, answered."""

from __future__ import annotations

import pytest

from tests.scenarios.chain import Chain
from tests.scenarios.twice import Twice

LIST = "\n".join(
    (
        "从中央仓调到西湖店:",
        "可口可乐500ml 2箱",
        "雪碧500ml 3箱",
        "红牛 1箱",
        "农夫山泉550ml 5箱",
        "肥宅水 4箱",
        "统一冰红茶500ml 2箱",
        "康师傅绿茶500ml 1箱",
        "旺仔牛奶 2箱",
    )
)
KNOWN = {"SKU123": 48, "A-1007": 72, "A-1035": 24, "A-1012": 120, "A-1029": 30, "A-1027": 15, "A-1051": 24}
COLA = "从中央仓调5箱可乐到西湖店"
QUESTION, CONFIRM, LEFT, FOLDED = (
    "要你补一句 · 库存没动",
    "待你确认 · 库存还没动",
    "放下了 · 库存没动",
    "改到下面的卡了",
)


async def states(chain: Chain, who: str) -> list[str]:
    """The first line of every card of a chat."""
    return [card.state for card in await chain.cards(who)]


# Words with a typo or a homophone.


async def test_a_word_that_was_put_right_is_told_on_the_question_and_on_the_card(twice: Twice) -> None:
    question = await twice.says("王小丫", "从中央仓调5箱雪壁到西湖店")
    assert question.lines[:4] == [QUESTION, "听到:“雪壁”? 5箱 · 从中央仓 · 到西湖店", "“雪壁”当作雪碧", "哪一种?"]
    assert await twice.taps("王小丫", "2. 雪碧500ml") == "记下了,库存还没动"
    card = await twice.card("王小丫")
    assert (card.lines[1], card.lines[-1]) == ("雪碧500ml 5箱(120瓶)", "“雪壁”当作雪碧")
    assert (await twice.says("王小丫", "雪壁还有多少")).lines[-2:] == ["“雪壁”当作雪碧", "截至10:41"]
    await twice.taps("王小丫", "调5箱")
    await twice.old_buttons_do_nothing()


async def test_a_place_that_was_put_right_is_told_until_another_is_named(twice: Twice) -> None:
    card = await twice.says("秦师傅", "从中央仓调2箱红牛到五林店")
    assert (card.lines[2], card.lines[-1]) == ("中央仓 → 武林店", "“五林店”当作武林店")
    card = await twice.says("秦师傅", "改到二七店")
    assert card.lines[2] == "中央仓 → 二七店"
    assert not any("当作" in line for line in card.lines)
    question = await twice.says("秦师傅", "从中央仓调红牛到五林店")
    assert "“五林店”当作武林店" in question.lines


async def test_a_word_is_put_right_in_english_too(twice: Twice) -> None:
    await twice.all_speak("en")
    card = await twice.says("秦师傅", "transfer 2 cases redbul from central to erqi")
    assert card.lines[-1] == "read “redbul” as Red Bull"


# What was picked.


async def test_what_was_picked_stands_first_the_next_time_and_is_never_filled_in(twice: Twice) -> None:
    question = await twice.says("王小丫", COLA)
    assert question.labels[:2] == ["1. 可口可乐330ml", "2. 可口可乐500ml"]
    assert not any("上次" in line for line in question.lines)
    await twice.taps("王小丫", "2. 可口可乐500ml")

    question = await twice.says("王小丫", COLA)
    assert question.state == QUESTION  # asked again: the same words may mean something else today
    assert question.labels[:2] == ["1. 可口可乐500ml", "2. 可口可乐330ml"]
    assert [line for line in question.lines if "上次选的" in line] == ["1. 可口可乐500ml 中央仓有62箱 上次选的"]
    assert (await twice.says("李姐", COLA)).labels[:2] == ["1. 可口可乐330ml", "2. 可口可乐500ml"]

    card = await twice.says("王小丫", "百事可乐500ml")  # typed: the latest wins
    assert card.lines[1] == "百事可乐500ml 5箱(120瓶)"
    question = await twice.says("王小丫", COLA)
    assert question.labels[0] == "1. 百事可乐500ml"
    assert await twice.count("pick") == 1


async def test_a_place_that_was_picked_stands_first_too(twice: Twice) -> None:
    question = await twice.says("王小丫", "从仓库调2箱红牛到西湖店")
    assert question.labels == ["中央仓", "下沙仓", "取消"]
    await twice.says("王小丫", "下沙仓")
    question = await twice.says("王小丫", "从仓库调3箱红牛到西湖店")
    assert (question.labels, question.lines[-1]) == (["下沙仓", "中央仓", "取消"], "上次选的是下沙仓")


async def test_a_word_that_nothing_is_called_has_its_last_answer_as_a_choice(twice: Twice) -> None:
    asked = "从中央仓调4箱肥宅水到西湖店"
    assert (await twice.says("王小丫", asked)).labels == ["取消"]
    await twice.says("王小丫", "可口可乐330ml")
    question = await twice.says("王小丫", asked)
    assert question.lines[-2:] == [
        "没有叫“肥宅水”的货。是不是下面哪种?",
        "1. 可口可乐330ml 中央仓有30箱 上次选的",
    ]
    await twice.taps("王小丫", "1. 可口可乐330ml")
    assert (await twice.card("王小丫")).lines[1] == "可口可乐330ml 4箱(96罐)"


async def test_the_number_of_a_choice_is_an_answer(chain: Chain) -> None:
    await chain.says("王小丫", COLA)
    card = await chain.says("王小丫", "2")  # the number on the card, not the size of a bottle
    assert card.lines[1] == "可口可乐500ml 5箱(120瓶)"


# A question asked again of something else.


async def test_a_question_is_asked_again_of_another_place_and_product(twice: Twice) -> None:
    assert (await twice.says("王小丫", "西湖店可口可乐500ml还有多少")).lines[0].startswith("西湖店 可口可乐500ml")
    assert (await twice.says("王小丫", "那滨江店呢")).lines[0].startswith("滨江店 可口可乐500ml")
    assert (await twice.says("王小丫", "那红牛呢")).lines[0].startswith("滨江店 红牛维生素饮料250ml")
    assert await twice.count("answered") == 1
    assert "没看懂" in (await twice.says("李姐", "那红牛呢")).lines[0]  # she has asked nothing


async def test_a_question_about_several_products_is_asked_again_of_all(twice: Twice) -> None:
    assert len((await twice.says("王小丫", "可乐还有多少")).lines) == 8
    answer = await twice.says("王小丫", "那滨江店呢")
    assert [line.partition(" 可用")[0] for line in answer.lines[:2]] == ["滨江店 可口可乐330ml", "滨江店 可口可乐500ml"]


async def test_the_last_question_outlives_a_restart_and_ends_after_a_quarter_of_an_hour(chain: Chain) -> None:
    await chain.says("王小丫", "可口可乐500ml还有多少")
    again = Chain(chain.database, chain.lexicon)
    again._ids = chain._ids
    assert (await again.says("王小丫", "那滨江店呢")).lines[0].startswith("滨江店 可口可乐500ml")
    await again.later(minutes=14)
    assert (await again.says("王小丫", "那二七店呢")).lines[0].startswith("二七店 可口可乐500ml")
    await again.later(minutes=15)
    assert "没看懂" in (await again.says("王小丫", "那武林店呢")).lines[0]


async def test_a_request_has_the_last_question_forgotten(twice: Twice) -> None:
    await twice.says("王小丫", "可口可乐500ml还有多少")
    await twice.says("王小丫", "从中央仓调2箱红牛到西湖店")
    await twice.taps("王小丫", "调2箱")
    assert "没看懂" in (await twice.says("王小丫", "那滨江店呢")).lines[0]
    assert await twice.count("answered") == 0


async def test_a_question_beside_a_card_that_waits_is_asked_again_too(twice: Twice) -> None:
    await twice.says("王小丫", "从中央仓调2箱红牛到西湖店")
    await twice.says("王小丫", "西湖店可口可乐500ml还有多少")
    assert (await twice.says("王小丫", "那滨江店呢")).lines[0].startswith("滨江店 可口可乐500ml")
    assert await twice.taps("王小丫", "调2箱") == "待批 · TR-1015 · 等秦师傅"


# What leaves a question, and what does not.


@pytest.mark.parametrize(
    "said",
    [
        "西湖店红牛还有多少",
        "从中央仓调2箱红牛到西湖店",
        "从中央仓调3箱雪碧到西湖店",  # a question of its own
        "帮助",
        "盘点红牛 48罐",  # understood, and not possible here
        "TR-1001到哪了",
    ],
)
async def test_another_request_leaves_a_question_visibly(twice: Twice, said: str) -> None:
    asked = await twice.says("王小丫", COLA)
    await twice.says("王小丫", said)
    assert (await states(twice, "王小丫"))[0] == LEFT
    assert await twice.taps_bytes("王小丫", asked.buttons["2. 可口可乐500ml"]) == LEFT
    assert await twice.shelves("中央仓", "SKU123") == {"available": 1488}


@pytest.mark.parametrize("said", ["今天天气怎么样", "你好", "???", "好的"])
async def test_what_is_no_request_leaves_the_question_open_and_says_so(twice: Twice, said: str) -> None:
    await twice.says("王小丫", COLA)
    answer = await twice.says("王小丫", said)
    assert answer.card_id is None
    assert "卡" in answer.lines[0]
    assert await twice.taps("王小丫", "2. 可口可乐500ml") == "记下了,库存还没动"


async def test_a_yes_without_a_card_is_a_yes_to_nothing(chain: Chain) -> None:
    for said in ("确认", "好的", "算了"):
        assert "什么都没动" in (await chain.says("王小丫", said)).lines[0] or said == "好的"
    assert await chain.cards("王小丫") == []
    await chain.says("王小丫", COLA)
    assert (await chain.says("王小丫", "确认")).lines[0].startswith("还差一点没说清")


@pytest.mark.parametrize("typed", ["", "可口可乐330ml"])
async def test_a_stock_question_that_was_answered_says_so(twice: Twice, typed: str) -> None:
    question = await twice.says("王小丫", "西湖店可口可东还有多少")
    assert question.lines[:2] == [QUESTION, "没有叫“可口可东”的货。是不是下面哪种?"]
    if typed:
        await twice.says("王小丫", typed)
    else:
        assert await twice.taps("王小丫", question.labels[0]) == "看下面的回答"
    assert (await twice.card("王小丫")).state == "答过了 · 库存没动"
    assert (await twice.lines("王小丫"))[-1].startswith("西湖店 可口可乐330ml")
    assert await twice.taps_bytes("王小丫", question.buttons[question.labels[1]]) == "答过了 · 库存没动"


# Two things in one message.


async def test_two_things_in_one_message_are_a_choice(twice: Twice) -> None:
    question = await twice.says("秦师傅", "从中央仓调5箱红牛到西湖店,再记损TR-1015 承运方赔")
    assert question.lines == [
        QUESTION,
        "一次办一件,另一件办完再说。先办哪件?",
        "1. 调货 红牛维生素饮料250ml 5箱 · 从中央仓 …",
        "2. 调拨记损 TR-1015",
    ]
    assert question.labels == ["1. 调货", "2. 调拨记损", "取消"]
    assert await twice.taps("秦师傅", "1. 调货") == "记下了,库存还没动"
    assert (await twice.card("秦师傅")).lines[:3] == [CONFIRM, "红牛维生素饮料250ml 5箱(120罐)", "中央仓 → 西湖店"]
    assert await twice.count("transfer_line") == 0


# Three dialogues.


async def test_a_correction(twice: Twice) -> None:
    first = await twice.says("王小丫", "从中央仓调20箱可口可乐500ml到西湖店")
    card = await twice.says("王小丫", "改成30")
    assert card.lines[:2] == [CONFIRM, "可口可乐500ml 30箱(720瓶)"]
    assert await states(twice, "王小丫") == [FOLDED, CONFIRM]
    assert await twice.taps_bytes("王小丫", first.buttons["调20箱"]) == "卡已经变了,看最新的"
    assert await twice.taps("王小丫", "调30箱") == "待批 · TR-1015 · 等秦师傅"
    assert await twice.shelves("中央仓", "SKU123") == {"available": 768, "reserved": 720}
    await twice.old_buttons_do_nothing()


async def test_a_correction_that_comes_too_late_changes_nothing(chain: Chain) -> None:
    await chain.says("王小丫", "从中央仓调20箱可口可乐500ml到西湖店")
    late = await chain.hears("王小丫", "改成30")  # read before the tap, acted on after it
    await chain.taps("王小丫", "调20箱")
    await chain.acts(late)
    assert (await chain.lines("王小丫"))[-1] == "卡已经变了,看最新的"
    assert await chain.shelves("中央仓", "SKU123") == {"available": 1008, "reserved": 480}


async def test_an_ambiguity(twice: Twice) -> None:
    question = await twice.says("王小丫", COLA)
    assert len(question.labels) == 6
    question = await twice.says("王小丫", "500ml")
    assert question.labels == ["1. 可口可乐500ml", "2. 百事可乐500ml", "3. 零度可口可乐500ml", "取消"]
    card = await twice.says("王小丫", "可口可乐")
    assert card.lines[:2] == [CONFIRM, "可口可乐500ml 5箱(120瓶)"]
    assert await states(twice, "王小丫") == [FOLDED, FOLDED, CONFIRM]
    assert await twice.taps("王小丫", "调5箱") == "待批 · TR-1015 · 等秦师傅"
    await twice.old_buttons_do_nothing()


async def frozen(chain: Chain) -> dict[str, int]:
    """What is frozen at the central warehouse, by product."""
    shelves = {sku.code: await chain.shelves("中央仓", sku.code) for sku in chain.catalogue.skus[:60]}
    shelves["SKU123"] = await chain.shelves("中央仓", "SKU123")
    return {code: shelf["reserved"] for code, shelf in shelves.items() if "reserved" in shelf}


async def test_of_a_pasted_list_seven_are_kept_and_the_eighth_is_asked(twice: Twice) -> None:
    question = await twice.says("王小丫", LIST)
    assert question.lines == [
        QUESTION,
        "听到8种 · 从中央仓 · 到西湖店",
        "可口可乐500ml 2箱",
        "雪碧500ml 3箱",
        "红牛维生素饮料250ml 1箱",
        "农夫山泉550ml 5箱",
        "“肥宅水”? 4箱",
        "统一冰红茶500ml 2箱",
        "康师傅绿茶500ml 1箱",
        "旺仔牛奶245ml 2箱",
        "没有叫“肥宅水”的货。说名字、编码或条码。",
    ]
    assert question.labels == ["不要这种", "取消"]
    card = await twice.says("王小丫", "可口可乐330ml")
    assert card.labels == ["调8种", "取消"]
    assert "可口可乐330ml 30箱 → 26箱" in card.lines
    assert await twice.taps("王小丫", "调8种") == "待批 · TR-1015 · 等秦师傅"
    assert await frozen(twice) == {**KNOWN, "A-1001": 96}
    await twice.old_buttons_do_nothing()


@pytest.mark.parametrize("said", ["肥宅水不要了", "去掉肥宅水", "tap"])
async def test_the_eighth_is_left_out(twice: Twice, said: str) -> None:
    await twice.says("王小丫", LIST)
    if said == "tap":
        assert await twice.taps("王小丫", "不要这种") == "记下了,库存还没动"
    else:
        await twice.says("王小丫", said)
    card = await twice.card("王小丫")
    assert (card.state, card.labels) == (CONFIRM, ["调7种", "取消"])
    assert await twice.taps("王小丫", "调7种") == "待批 · TR-1015 · 等秦师傅"
    assert await frozen(twice) == KNOWN


async def test_a_bare_no_puts_the_whole_list_away(chain: Chain) -> None:
    await chain.says("王小丫", LIST)
    assert (await chain.says("王小丫", "不要了")).lines == ["取消了,库存没动。"]
    assert await states(chain, "王小丫") == ["已取消 · 库存没动"]
