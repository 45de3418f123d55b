"""Refusing a request by its button or by a sentence, with a reason that whoever asked reads."""

from __future__ import annotations

import pytest

from tests.scenarios.chain import Chain, Shown
from tests.scenarios.test_undo import asked
from tests.scenarios.twice import Twice


async def test_a_refusal_is_one_more_tap_and_says_why(twice: Twice) -> None:
    chain = twice
    await asked(chain)
    assert await chain.taps("秦师傅", "驳回") == "请选原因,选了就驳回"
    card = await chain.card("秦师傅")
    assert card.lines[-1] == "为什么驳回?点一个就驳回,也可以打字说。"
    assert card.labels == ["太多了", "用不着", "品种不对", "店不对", "不说原因", "取消"]
    assert await chain.taps("秦师傅", "太多了") == "已驳回 · TR-1015 · 秦师傅 10:41"
    assert (await chain.card("王小丫")).lines[3] == "原因:太多了"
    assert await chain.lines("王小丫") == ["已驳回 · TR-1015 · 秦师傅 10:41 · 中央仓 → 西湖店 · 太多了"]
    await chain.old_buttons_do_nothing()


@pytest.mark.parametrize("why", ["我们这两天团购多自己都不够卖", "下周再说", "we need them ourselves"])
async def test_a_typed_reason_is_shown_before_it_counts(twice: Twice, why: str) -> None:
    chain = twice
    await asked(chain)
    await chain.taps("秦师傅", "驳回")
    card = await chain.says("秦师傅", why)
    assert card.lines == [
        "待你确认 · TR-1015 · 还没驳回",
        "可口可乐500ml 20箱(480瓶)",
        "中央仓 → 西湖店",
        "中央仓 可用 42箱 → 62箱",
        f"对方会看到:“{why}”",
    ]
    assert await chain.taps("秦师傅", "驳回") == "已驳回 · TR-1015 · 秦师傅 10:41"
    assert (await chain.card("王小丫")).lines[3] == f"原因:“{why}”"
    await chain.old_buttons_do_nothing()


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ("驳回TR-1015 太多了", "太多了"),
        ("TR-1015驳回,我们也不够卖", "我们也不够卖"),
        ("reject TR-1015 too many", "too many"),
        ("驳回TR-1015 数量不对,重新报", "数量不对,重新报"),
    ],
)
async def test_a_refusal_is_typed_with_its_reason(chain: Chain, said: str, why: str) -> None:
    await asked(chain)
    card = await chain.says("秦师傅", said)
    assert (card.lines[-1], card.labels) == (f"对方会看到:“{why}”", ["驳回", "取消"])
    await chain.taps("秦师傅", "驳回")
    assert (await chain.card("王小丫")).lines[3] == f"原因:“{why}”"


async def test_a_refusal_without_a_reason_asks_for_one_and_needs_none(chain: Chain) -> None:
    await asked(chain)
    assert (await chain.says("秦师傅", "驳回TR-1015,谢谢")).labels[-2:] == ["不说原因", "取消"]
    await chain.taps("秦师傅", "不说原因")
    assert (await chain.card("王小丫")).lines[3] == "冻结的已放开,库存和原来一样"


@pytest.mark.parametrize("answer", ["太多了", "下周再说"])
async def test_a_reason_for_what_moved_on_meanwhile_shows_it_and_leaves_the_question(twice: Twice, answer: str) -> None:
    chain = twice
    await asked(chain)
    await chain.taps("秦师傅", "驳回")
    question = await chain.card("秦师傅")
    await chain.taps("王小丫", "撤回")
    if answer in question.labels:
        assert await chain.taps("秦师傅", answer) == "看下面的回答"
    else:
        await chain.says("秦师傅", answer)
    assert (await chain.card("秦师傅")).lines[0].startswith("已撤回 · TR-1015")
    assert await chain.taps_bytes("秦师傅", question.buttons["太多了"]) == "放下了 · 库存没动"
    assert await chain.shelves("中央仓", "SKU123") == {"available": 1488}


async def test_another_question_leaves_the_refusal(chain: Chain) -> None:
    await asked(chain)
    await chain.taps("秦师傅", "驳回")
    said = await chain.says("秦师傅", "西湖店可口可乐500ml还有多少")
    assert "3箱6瓶" in said.lines[0]
    assert await chain.shelves("中央仓", "SKU123") == {"available": 1008, "reserved": 480}


async def test_who_may_not_refuse_sees_how_it_stands(chain: Chain) -> None:
    await asked(chain)
    said: Shown = await chain.says("王小丫", "驳回TR-1015")
    assert (said.state, said.labels) == ("待批 · TR-1015 · 等秦师傅", ["催一下", "撤回"])


async def test_two_who_refuse_at_once(chain: Chain) -> None:
    await asked(chain)
    card = await chain.says("秦师傅", "驳回TR-1015 太多了")
    await chain.taps("王小丫", "撤回")
    assert await chain.taps_bytes("秦师傅", card.buttons["驳回"]) == "已撤回 · TR-1015 · 10:41"
