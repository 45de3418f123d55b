"""Cards live: each shows how its document stands now, old buttons are answered with it, and what ran out says so."""

from __future__ import annotations

import pytest

from data.kinds import InboxKind
from tests.scenarios.chain import Chain

PULL = "从中央仓调20箱可口可乐500ml到西湖店"
STEPS = (("王小丫", "submit"), ("秦师傅", "approve"), ("秦师傅", "dispatch"), ("李姐", "receive_all"))
REFUSED = (STEPS[0], ("秦师傅", "reject"), ("秦师傅", "choose"))
STATES = ("待", "已批 · TR-1015", "", "收齐 · TR-1015")
GROUPS = ("总部群", "西湖区域群")
TOO_LATE = ["过期了 · 库存没动", "中央仓 → 西湖店 可口可乐500ml", "再说一遍,就有新卡"]


async def wanted(chain: Chain) -> dict[int, int]:
    """Which version of each card of a document is to be shown."""
    query = "select id, wanted_version from card where document_id is not null"
    return await chain.database.read(lambda c: {row[0]: row[1] for row in c.exec_driver_sql(query)})


async def test_every_card_of_a_transfer_is_drawn_anew_when_it_moves_on(chain: Chain) -> None:
    await chain.says("王小丫", PULL)
    for (who, verb), state in zip(STEPS, STATES, strict=True):
        before = await wanted(chain)
        await chain.presses(who, verb)
        after = await wanted(chain)
        assert all(after[card_id] > version for card_id, version in before.items())
        shown = [card for cards in (await chain.all_cards()).values() for card in cards]
        assert all(card.state.startswith(state) and "TR-1015" in card.state for card in shown)
    assert len(after) == 4  # the clerk's first one and its successor, the keeper's, the manager's
    assert {"".join(card.labels) for cards in (await chain.all_cards()).values() for card in cards} == {"", "撤销"}


@pytest.mark.parametrize(
    ("steps", "line"),
    [
        (STEPS, "收齐 · TR-1015 · 10:41 · 中央仓 → 西湖店"),
        (REFUSED, "已驳回 · TR-1015 · 秦师傅 10:41 · 中央仓 → 西湖店 · 太多了"),
        ((STEPS[0], ("王小丫", "cancel")), "已撤回 · TR-1015 · 10:41 · 中央仓 → 西湖店"),
    ],
)
async def test_groups_hear_the_outcome_in_one_line_and_nothing_before(
    chain: Chain, steps: tuple[tuple[str, str], ...], line: str
) -> None:
    await chain.says("王小丫", PULL)
    for who, verb in steps:
        assert [await chain.lines(group) for group in GROUPS] == [[], []]
        await chain.presses(who, verb)
    assert [await chain.lines(group) for group in GROUPS] == [[line], [line]]


async def test_an_old_button_is_answered_with_the_present_state_and_its_card_drawn_anew(chain: Chain) -> None:
    await chain.says("王小丫", PULL)
    await chain.presses("王小丫", "submit")
    old = (await chain.card("秦师傅")).buttons
    await chain.presses("王小丫", "cancel")
    for data in old.values():
        before = await wanted(chain)
        assert await chain.taps_bytes("秦师傅", data) == "已撤回 · TR-1015 · 10:41"
        raised = {card_id for card_id, version in (await wanted(chain)).items() if version > before[card_id]}
        assert raised == {int(data.split(".")[1])}


async def test_a_typed_yes_to_what_ran_out_hears_that_and_of_what(chain: Chain) -> None:
    await chain.says("王小丫", PULL)
    await chain.later(minutes=15, rings=False)  # also before the clock has rung
    assert (await chain.says("王小丫", "确认")).lines == TOO_LATE
    await chain.later(seconds=20)
    assert (await chain.card("王小丫")).lines == TOO_LATE[:2]
    assert (await chain.says("王小丫", "确认")).lines == TOO_LATE
    assert await chain.shelves("中央仓", "SKU123") == {"available": 1488}


async def test_a_yes_to_nothing_is_not_taken_for_one_to_something_old(chain: Chain) -> None:
    nothing = ["没看懂,什么都没动。说“帮助”看看我会什么。"]
    await chain.says("王小丫", PULL)
    await chain.later(minutes=16)
    assert (await chain.says("李姐", "确认")).lines == nothing  # it was not hers
    await chain.later(hours=2)
    assert (await chain.says("王小丫", "确认")).lines == nothing
    await chain.says("王小丫", PULL)
    await chain.presses("王小丫", "drop")
    await chain.later(minutes=16)
    assert (await chain.says("王小丫", "确认")).lines == nothing  # it was put away


async def test_an_expired_question_says_so_to_who_taps_or_answers_it(chain: Chain) -> None:
    card = await chain.says("王小丫", "从中央仓调5箱可乐500ml到西湖店")
    choice = next(data for data in card.buttons.values() if data.startswith("choose."))
    await chain.later(minutes=15)
    heard = await chain.hears("王小丫", choice, InboxKind.TAP)
    assert await chain.acts(heard) == "过期了 · 库存没动"
    assert (await chain.card("王小丫")).state == "过期了 · 库存没动"
    for answer in ("2", "可口可乐500ml"):
        assert (await chain.says("王小丫", answer)).state == "过期了 · 库存没动", answer
    assert (await chain.says("王小丫", "西湖店红牛还有多少")).state.startswith("西湖店 红牛")
