"""Whoever asked has those told whom their transfer waits for: once an hour at most, and nobody else does."""

from __future__ import annotations

import pytest

from tests.scenarios.chain import Chain
from tests.scenarios.twice import Twice

REQUEST = "从中央仓调20箱可口可乐500ml到西湖店"
CHASED = "催了 · TR-1015 · 卡重新发给了要办的人"


async def asked(chain: Chain) -> None:
    """TR-1015 waits for the keeper."""
    await chain.says("王小丫", REQUEST)
    await chain.taps("王小丫", "调20箱")


async def test_a_nudge_brings_the_card_down_and_takes_no_button_away(twice: Twice) -> None:
    chain = twice
    await asked(chain)
    old = (await chain.card("秦师傅")).buttons["批20箱"]
    before = len(await chain.cards("秦师傅"))
    assert await chain.taps("王小丫", "催一下") == CHASED
    assert len(await chain.cards("秦师傅")) == before + 1
    assert (await chain.card("秦师傅")).labels == ["批20箱", "批少些", "驳回"]
    folded = old.split(".")[1]
    assert (await chain.card("秦师傅")).buttons["批20箱"].split(".")[1] != folded
    assert await chain.taps("秦师傅", "批20箱") == "已批 · TR-1015 · 秦师傅 10:41 · 等发货"


async def test_it_is_done_once_an_hour_however_often_it_is_tapped(chain: Chain) -> None:
    await asked(chain)
    first = (await chain.card("王小丫")).buttons["催一下"]
    assert await chain.taps("王小丫", "催一下") == CHASED
    cards = len(await chain.cards("秦师傅"))
    assert await chain.taps_bytes("王小丫", first) == CHASED  # the same tap, told again and not done again
    await chain.later(minutes=30)
    assert await chain.taps("王小丫", "催一下") == "TR-1015刚催过,30分钟后可以再催。"
    assert len(await chain.cards("秦师傅")) == cards
    await chain.later(minutes=30)
    assert await chain.taps("王小丫", "催一下") == CHASED
    assert len(await chain.cards("秦师傅")) == cards + 1


async def test_what_was_approved_is_chased_where_it_is_loaded(chain: Chain) -> None:
    await asked(chain)
    await chain.taps("秦师傅", "批20箱")
    assert await chain.taps("王小丫", "催一下") == CHASED
    await chain.taps("秦师傅", "发20箱")
    assert "催一下" not in (await chain.card("王小丫")).labels  # it is theirs to count in


@pytest.mark.parametrize("who", ["李姐", "秦师傅", "陶然", "何总", "周婷"])
async def test_nobody_else_chases_it(chain: Chain, who: str) -> None:
    await asked(chain)
    card = await chain.says(who, "TR-1015")
    assert "催一下" not in card.labels
    before = await chain.count("event")
    said = await chain.taps_bytes(who, f"nudge.{card.card_id}.1.1")
    assert "没动" in said
    assert await chain.count("event") == before
