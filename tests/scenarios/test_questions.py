"""What is asked when a message leaves something open, and how a question ends: answered, changed, left, forgotten."""

from __future__ import annotations

import asyncio

import pytest

from handlers.messages import Tone
from tests.scenarios.chain import SILENCE, Chain

PULL = "从中央仓调20箱可口可乐500ml到西湖店"
AMBIGUOUS = "从中央仓调5箱可乐500ml到西湖店"


async def test_two_products_are_a_choice_to_tap(chain: Chain) -> None:
    question = await chain.says("王小丫", AMBIGUOUS)
    assert question.lines[0] == "要你补一句 · 库存没动"
    assert "哪一种?" in question.lines
    assert "1. 可口可乐500ml 尾号9709 中央仓有62箱" in question.lines
    assert len(question.buttons) == 4

    assert await chain.taps("王小丫", question.labels[0]) == "记下了,库存还没动"
    card = await chain.card("王小丫")
    assert card.lines[1:3] == ["可口可乐500ml 5箱(120瓶)", "中央仓 → 西湖店"]
    assert await chain.taps("王小丫", "调5箱") == "待批 · TR-1015 · 等秦师傅"


async def test_two_products_are_a_choice_to_type(chain: Chain) -> None:
    await chain.says("王小丫", AMBIGUOUS)
    card = await chain.says("王小丫", "可口可乐")
    assert card.lines[1:3] == ["可口可乐500ml 5箱(120瓶)", "中央仓 → 西湖店"]
    assert (await chain.cards("王小丫"))[0].state == "改到下面的卡了"
    assert await chain.taps("王小丫", "调5箱") == "待批 · TR-1015 · 等秦师傅"


async def test_a_vague_name_is_asked_with_at_most_five_choices(chain: Chain) -> None:
    question = await chain.says("王小丫", "从中央仓调20箱可乐到西湖店")
    assert 2 <= len(question.buttons) <= 6
    assert (await chain.says("王小丫", "可口可乐500ml")).labels == ["调20箱", "改数量", "取消"]


async def test_a_missing_place_is_a_choice(chain: Chain) -> None:
    question = await chain.says("秦师傅", "从中央仓调2箱可口可乐500ml")
    assert question.lines[-1] == "调到哪里?"
    assert len(question.buttons) == 6

    assert await chain.taps("秦师傅", question.labels[0]) == "记下了,库存还没动"
    assert (await chain.card("秦师傅")).lines[2] == f"中央仓 → {question.labels[0]}"


async def test_a_button_means_what_it_said_when_stock_has_moved_meanwhile(chain: Chain) -> None:
    question = await chain.says("秦师傅", "从中央仓调2箱可口可乐500ml")
    *_, last, _cancel = question.labels
    await chain.sells(last, "SKU123", 100)  # now it has the least and would stand first

    assert (await chain.card("秦师傅")).labels == question.labels
    await chain.taps_bytes("秦师傅", question.buttons[last])
    assert (await chain.card("秦师傅")).lines[2] == f"中央仓 → {last}"


async def test_a_missing_amount_is_asked_and_a_wrong_one_asked_again(chain: Chain) -> None:
    assert (await chain.says("秦师傅", "从中央仓调可口可乐500ml到西湖店")).lines[-1].startswith("多少?")
    assert (await chain.says("秦师傅", "-3箱")).lines[-1] == "数量不能是负的。要多少?"
    assert (await chain.says("秦师傅", "3箱")).labels == ["调3箱", "改数量", "取消"]


async def test_too_little_is_offered_as_a_smaller_amount(chain: Chain) -> None:
    card = await chain.says("李姐", "从西湖店调5箱可口可乐500ml到二七店")
    assert card.lines[:2] == ["不够 · 库存没动", "西湖店的可口可乐500ml只有3箱6瓶,不够5箱。库存没动。"]
    assert card.labels == ["调3箱6瓶", "取消"]

    assert await chain.taps("李姐", "调3箱6瓶") == "记下了,库存还没动"
    assert (await chain.card("李姐")).lines[1] == "可口可乐500ml 3箱6瓶(78瓶)"
    assert await chain.taps("李姐", "调3箱6瓶") == "已定 · TR-1015 · 等发货"
    assert await chain.shelves("西湖店", "SKU123") == {"reserved": 78}


async def test_the_amount_can_be_changed(chain: Chain) -> None:
    await chain.says("王小丫", PULL)
    assert await chain.taps("王小丫", "改数量") == "记下了,库存还没动"
    assert (await chain.card("王小丫")).lines[-1].startswith("多少?")

    card = await chain.says("王小丫", "12箱")
    assert card.lines[1] == "可口可乐500ml 12箱(288瓶)"
    assert await chain.taps("王小丫", "调12箱") == "待批 · TR-1015 · 等秦师傅"


async def test_a_card_that_is_cancelled_moves_nothing(chain: Chain) -> None:
    card = await chain.says("王小丫", PULL)
    assert await chain.taps("王小丫", "取消") == "取消了,库存没动。"
    gone = await chain.card("王小丫")
    assert (gone.state, gone.labels, gone.tone) == ("已取消 · 库存没动", [], Tone.STOPPED)
    assert await chain.taps_bytes("王小丫", card.buttons["调20箱"]) == "已取消 · 库存没动"

    await chain.says("王小丫", PULL)
    assert (await chain.says("王小丫", "取消")).lines == ["取消了,库存没动。"]
    assert (await chain.card("王小丫")).state == "已取消 · 库存没动"
    assert await chain.shelves("中央仓", "SKU123") == {"available": 1488}


async def test_a_card_ends_after_a_quarter_of_an_hour(chain: Chain) -> None:
    card = await chain.says("王小丫", PULL)
    await chain.later(minutes=15, rings=False)  # also before the clock has rung
    assert await chain.taps_bytes("王小丫", card.buttons["调20箱"]) == "过期了 · 库存没动"
    assert (await chain.card("王小丫")).labels == []

    await chain.later(seconds=20)
    assert await chain.taps_bytes("王小丫", card.buttons["调20箱"]) == "过期了 · 库存没动"
    assert (await chain.card("王小丫")).lines == ["过期了 · 库存没动", "中央仓 → 西湖店 可口可乐500ml"]
    assert await chain.shelves("中央仓", "SKU123") == {"available": 1488}


async def test_an_unrelated_message_leaves_the_question_visibly(chain: Chain) -> None:
    await chain.says("王小丫", AMBIGUOUS)
    answer = await chain.says("王小丫", "西湖店红牛还有多少")
    assert answer.lines[0].startswith("西湖店 红牛")
    left = (await chain.cards("王小丫"))[0]
    assert (left.state, left.labels) == ("放下了 · 库存没动", [])
    assert (await chain.says("王小丫", "可口可乐")).card_id is None  # nothing is open any longer


async def test_a_change_that_only_waits_for_its_tap_outlives_a_look_at_the_stock(chain: Chain) -> None:
    await chain.says("王小丫", PULL)
    await chain.says("王小丫", "西湖店红牛还有多少")
    assert await chain.taps("王小丫", "调20箱") == "待批 · TR-1015 · 等秦师傅"


async def test_a_new_request_replaces_the_open_one(chain: Chain) -> None:
    first = await chain.says("王小丫", PULL)
    await chain.says("王小丫", "从中央仓调2箱红牛到西湖店")
    assert await chain.taps_bytes("王小丫", first.buttons["调20箱"]) == "放下了 · 库存没动"
    assert await chain.taps("王小丫", "调2箱") == "待批 · TR-1015 · 等秦师傅"


async def test_a_typed_word_is_the_same_as_the_tap(chain: Chain) -> None:
    await chain.says("王小丫", PULL)
    card = await chain.says("王小丫", "确认")
    assert card.state == "待批 · TR-1015 · 等秦师傅"
    assert await chain.shelves("中央仓", "SKU123") == {"available": 1008, "reserved": 480}

    folded, shown = await chain.cards("王小丫")
    assert folded.lines[-1] == "中央仓 → 西湖店 · 新的卡在下面"
    assert shown.labels == ["催一下", "撤回"]


async def test_the_word_and_the_tap_together_are_one_effect(chain: Chain) -> None:
    card = await chain.says("王小丫", PULL)
    word = await chain.hears("王小丫", "确认")
    await chain.taps_bytes("王小丫", card.buttons["调20箱"])
    await chain.acts(word)

    assert await chain.count("transfer_line") == 1
    assert await chain.shelves("中央仓", "SKU123") == {"available": 1008, "reserved": 480}
    assert (await chain.says("王小丫", "确认")).lines[0].endswith("什么都没动。说“帮助”看看我会什么。")


async def test_a_refused_word_is_answered(chain: Chain) -> None:
    await chain.says("李姐", "从西湖店调3箱可口可乐500ml到二七店")
    await chain.sells("西湖店", "SKU123", 60)
    assert (await chain.says("李姐", "确认")).lines == ["西湖店的可口可乐500ml只有18瓶,不够3箱。库存没动。"]
    assert (await chain.card("李姐")).labels == ["调18瓶", "取消"]  # the card follows and offers what is there


async def test_what_was_not_understood_changes_nothing_and_says_so(chain: Chain) -> None:
    await chain.says("王小丫", PULL)
    said = await chain.says("王小丫", "今天天气怎么样")
    assert "什么都没动" in said.lines[0]
    assert await chain.taps("王小丫", "调20箱") == "待批 · TR-1015 · 等秦师傅"
    assert "一次最多4000字" in (await chain.says("王小丫", "可乐" * 2001)).lines[0]


async def test_another_place_behind_an_at_sign_is_never_overheard(chain: Chain) -> None:
    for text in ("从中央仓调20箱可口可乐500ml@二七店", "从中央仓调20箱可口可乐500ml @二七店"):
        card = await chain.says("王小丫", text)
        assert "西湖店" not in "".join(card.lines), card


async def test_a_group_is_answered_only_when_it_addresses_the_bot(chain: Chain) -> None:
    question = "中央仓可口可乐500ml还有多少"
    assert await chain.says("何总@总部群", question) == SILENCE
    assert await chain.says("何总@总部群", f"@许采购 {question}") == SILENCE
    assert await chain.says("何总@总部群", f"@stocktalker {question}") == SILENCE
    for addressed in (f"@stocktalk {question}", f"@stocktalk{question}", f"{question} @Stocktalk", f"@小店{question}"):
        answer = await chain.says("何总@总部群", addressed)
        assert answer.lines == ["中央仓 可口可乐500ml 可用62箱(1488瓶)", "截至10:41"]


async def test_a_card_in_a_group_is_its_askers_alone(chain: Chain) -> None:
    card = await chain.says("何总@总部群", "@stocktalk 从中央仓调2箱可口可乐500ml到西湖店")
    before = await chain.count("posting")
    assert await chain.taps_bytes("许采购@总部群", card.buttons["调2箱"]) == "这张卡是何总的,没有生效"
    assert await chain.count("posting") == before
    assert (await chain.cards("总部群"))[0].labels == ["调2箱", "改数量", "取消"]

    await chain.says("陶然@总部群", "@stocktalk 从中央仓调3箱红牛到西湖店")  # one question each, side by side
    assert await chain.taps("何总@总部群", "调2箱") == "已定 · TR-1015 · 等发货"


async def test_one_chat_after_the_other_gives_the_same_as_both_at_once(chain: Chain) -> None:
    await asyncio.gather(
        chain.says("王小丫", PULL),
        chain.says("赵敏", "从中央仓调20箱可口可乐500ml到二七店"),
        chain.says("周婷", "从中央仓调20箱可口可乐500ml到武林店"),
    )
    toasts = await asyncio.gather(*(chain.taps(who, "调20箱") for who in ("王小丫", "赵敏", "周婷")))
    assert sorted(toasts) == [f"待批 · TR-{number} · 等秦师傅" for number in (1015, 1016, 1017)]
    assert await chain.shelves("中央仓", "SKU123") == {"available": 48, "reserved": 1440}


@pytest.mark.parametrize(
    ("asked", "answer"),
    [("从中央仓调5箱可乐到西湖店", "500ml"), ("从中央仓调5箱可口可乐500ml到西湖店", "确认")],
)
async def test_a_typed_answer_to_a_question_that_ends_meanwhile_is_answered(
    chain: Chain, asked: str, answer: str
) -> None:
    await chain.says("王小丫", asked)
    heard = await chain.hears("王小丫", answer)  # read in time, acted on too late
    said = await chain.lines("王小丫")
    await chain.later(minutes=15)
    await chain.acts(heard)

    assert (await chain.lines("王小丫"))[len(said) :] == ["卡已经变了,看最新的"]
    assert await chain.shelves("中央仓", "SKU123") == {"available": 1488}
