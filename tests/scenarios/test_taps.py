"""Taps prove nothing: doubled, late or forged, they have one effect or none, and the toast says how it stands."""

from __future__ import annotations

from itertools import product

import pytest

from data.kinds import InboxKind, Step
from handlers.cards import MOST_BYTES, with_data
from handlers.messages import Button, Reply
from tests.scenarios.chain import Chain

PULL = "从中央仓调20箱可口可乐500ml到西湖店"
TAP = InboxKind.TAP
NOT_HERE = "这个按钮不在这里,没有生效"
STORY = {"submit": ("王小丫", "调20箱"), "approve": ("秦师傅", "批20箱"), "dispatch": ("秦师傅", "发20箱")}
STORY["receive"] = ("李姐", "全收")


async def play(chain: Chain, *, until: str) -> None:
    """The story up to a step, that step included."""
    await chain.says("王小丫", PULL)
    for step, (who, label) in STORY.items():
        await chain.taps(who, label)
        if step == until:
            return


async def effects(chain: Chain) -> tuple[int, int, int]:
    """What only grows by an effect: postings, documents, done-records."""
    return await chain.count("posting"), await chain.count("document"), await chain.count("done")


async def button(chain: Chain, who: str, label: str) -> str:
    """The bytes of a button as this person sees it."""
    return next(card.buttons[label] for card in reversed(await chain.cards(who)) if label in card.buttons)


async def test_a_second_tap_is_answered_with_the_present_state(chain: Chain) -> None:
    await chain.says("王小丫", PULL)
    for who, label in STORY.values():
        data = await button(chain, who, label)
        first = await chain.taps_bytes(who, data)
        done = await effects(chain)
        assert await chain.taps_bytes(who, data) == first
        assert await effects(chain) == done


async def test_two_taps_that_were_both_read_before_either_acted_are_one_effect(chain: Chain) -> None:
    await chain.says("王小丫", PULL)
    for who, label in STORY.values():
        data = await button(chain, who, label)
        twice = [await chain.hears(who, data, TAP) for _ in range(2)]
        first = await chain.acts(twice[0])
        done = await effects(chain)
        assert await chain.acts(twice[1]) == first
        assert await effects(chain) == done


async def test_an_update_that_is_handled_twice_has_one_effect_and_one_toast(chain: Chain) -> None:
    await chain.says("王小丫", PULL)
    tap = await chain.hears("王小丫", await button(chain, "王小丫", "调20箱"), TAP)
    await chain.acts(tap)
    done, said = await effects(chain), await chain.count("outbox")
    await chain.acts(tap)
    assert (await effects(chain), await chain.count("outbox")) == (done, said)


async def test_two_people_race_for_one_dispatch(chain: Chain) -> None:
    await chain.says("李姐", "从西湖店调2箱可口可乐500ml到二七店")
    await chain.taps("李姐", "调2箱")
    taps = [await chain.hears(who, await button(chain, who, "发2箱"), TAP) for who in ("王小丫", "李姐")]

    assert [await chain.acts(tap) for tap in taps] == ["在途 · TR-1015 · 等二七店收"] * 2
    assert await chain.shelves("西湖店", "SKU123") == {"available": 30, "in_transit": 48}
    card = await chain.card("李姐")
    assert "王小丫 10:41装车" in card.lines
    assert card.labels == ["叫回"]


@pytest.mark.parametrize(
    ("first", "second", "state", "available"),
    [
        ("approve", "cancel", "已批 · TR-1015 · 秦师傅 10:41 · 等发货", 1008),
        ("cancel", "approve", "已撤回 · TR-1015 · 10:41", 1488),
    ],
)
async def test_an_approval_and_a_withdrawal_race(
    chain: Chain, first: str, second: str, state: str, available: int
) -> None:
    await play(chain, until="submit")
    taps = {
        "approve": await chain.hears("秦师傅", await button(chain, "秦师傅", "批20箱"), TAP),
        "cancel": await chain.hears("王小丫", await button(chain, "王小丫", "撤回"), TAP),
    }
    assert [await chain.acts(taps[first]), await chain.acts(taps[second])] == [state, state]
    assert (await chain.shelves("中央仓", "SKU123"))["available"] == available


async def test_a_tap_on_a_card_that_was_drawn_long_ago_changes_nothing(chain: Chain) -> None:
    await play(chain, until="submit")
    old = {label: await button(chain, who, label) for who, label in (("秦师傅", "批20箱"), ("秦师傅", "驳回"))}
    await chain.taps("秦师傅", "批20箱")
    await chain.taps("秦师傅", "发20箱")
    done = await effects(chain)

    for data in old.values():
        assert await chain.taps_bytes("秦师傅", data) == "在途 · TR-1015 · 等西湖店收"
    assert await effects(chain) == done


async def test_a_tap_from_before_a_lapse_only_shows_that_the_freeze_is_over(chain: Chain) -> None:
    await play(chain, until="submit")
    before = [await button(chain, "秦师傅", label) for label in ("批20箱", "批少些")]
    await chain.later(hours=4)
    cards = len(await chain.cards("秦师傅"))
    for data in before:
        assert await chain.taps_bytes("秦师傅", data) == "待你批 · TR-1015 · 没冻结"
    assert len(await chain.cards("秦师傅")) == cards  # what asks something first does not ask it of an old card
    assert await chain.taps("秦师傅", "批20箱") == "已批 · TR-1015 · 秦师傅 14:41 · 等发货"


async def test_a_folded_card_and_its_successor_are_one_effect(chain: Chain) -> None:
    await play(chain, until="submit")
    old = await button(chain, "秦师傅", "批20箱")
    await chain.says("秦师傅", "TR-1015到哪了")
    folded, shown = await chain.cards("秦师傅")
    assert (folded.labels, shown.labels) == ([], ["批20箱", "批少些", "驳回"])

    state = "已批 · TR-1015 · 秦师傅 10:41 · 等发货"
    assert await chain.taps_bytes("秦师傅", old) == state
    done = await effects(chain)
    assert await chain.taps_bytes("秦师傅", shown.buttons["批20箱"]) == state
    assert await effects(chain) == done


async def test_nobody_approves_their_own(chain: Chain) -> None:
    await chain.says("秦师傅", "从中央仓调11箱可口可乐500ml到西湖店")
    await chain.taps("秦师傅", "调11箱")
    card = await chain.card("秦师傅")
    done = await effects(chain)

    forged = card.buttons["撤回"].replace("cancel", "approve")
    assert await chain.taps_bytes("秦师傅", forged) == "自己提的单自己不能批。库存没动,等别人批。"
    assert await effects(chain) == done
    assert (await chain.card("秦师傅")).state == "待批 · TR-1015 · 等姜海"


async def test_who_dispatched_has_no_button_to_receive_and_forging_one_is_refused(chain: Chain) -> None:
    await play(chain, until="dispatch")
    card = await chain.card("秦师傅")
    assert card.labels == ["叫回"]
    done = await effects(chain)
    assert "什么都没动" in await chain.taps_bytes("秦师傅", f"receive_all.{card.card_id}.3")
    assert await effects(chain) == done


async def test_a_button_works_only_in_its_own_chat_for_its_own_person(chain: Chain) -> None:
    await play(chain, until="submit")
    approve = await button(chain, "秦师傅", "批20箱")
    done = await effects(chain)
    for stranger in ("王小丫", "李姐", "何总", "何总@总部群", "尤师傅@城东区域群"):
        assert await chain.taps_bytes(stranger, approve) == NOT_HERE
    assert await effects(chain) == done


GARBAGE = (
    "",
    ".",
    "..",
    "approve",
    "approve.1",
    "approve..1",
    "approve.x.1",
    "approve.1.x",
    "approve.-1.1",
    "approve.1.-1",
    "approve.1.1.5\n",
    "approve.٣.1",
    "approve.²..1",
    "批.1.1",
    "ap prove.1.1",
    "approve.1.99999999999999999999",
    "approve.99999.1",
    "approve.999999999999999999.1",
    "approve.9999999999999999999.1",
    f"approve.{'9' * 31}.1",
    "approve.1.1." + "x" * 40,
    "'; drop table posting; --",
)


async def test_bytes_that_no_button_has_are_answered(chain: Chain) -> None:
    done = await effects(chain)
    assert {data: await chain.taps_bytes("王小丫", data) for data in GARBAGE} == dict.fromkeys(GARBAGE, NOT_HERE)
    assert await effects(chain) == done


WRONG_VERBS = ("approve", "dispatch", "receive_all", "receive_short", "submit", "receive", "lapse", "post", "nonsense")
CHOICES = ("", ".0", ".9", ".-1", ".²", ".x", ".W1", ".99999999999999")
FORGED = (*WRONG_VERBS, *("".join(both) for both in product(("choose", "amount"), CHOICES)))


@pytest.mark.parametrize(
    "message",
    [
        PULL,
        "从中央仓调2箱可口可乐500ml、3箱红牛到西湖店",
        "从中央仓调5箱可乐500ml到西湖店",
        "收到1015 少3瓶",
        "收到1015 坏的2罐",
    ],
)
async def test_forged_buttons_of_an_unconfirmed_card_change_no_stock(chain: Chain, message: str) -> None:
    await play(chain, until="dispatch")
    card, done = await chain.says("王小丫", message), await effects(chain)
    confirms = {data.partition(".")[0] for data in card.buttons.values()} & {"submit", "receive"}
    for forged in sorted(set(FORGED) - confirms):
        verb, dot, choice = forged.partition(".")
        version = next(iter(card.buttons.values())).split(".")[2]
        assert await chain.taps_bytes("王小丫", f"{verb}.{card.card_id}.{version}{dot}{choice}"), forged
        if await chain.card("王小丫") != card:  # whatever became of it can be drawn
            card = await chain.says("王小丫", message)
    assert await effects(chain) == done


async def test_forged_verbs_and_versions_of_a_document_change_nothing(chain: Chain) -> None:
    await play(chain, until="submit")
    card, done = await chain.card("秦师傅"), await effects(chain)
    for version in (0, 2, 7, 10**17):
        for verb in ("approve", "reject", "cancel", "dispatch", "submit", "drop", "choose", "amount", "nonsense"):
            assert await chain.taps_bytes("秦师傅", f"{verb}.{card.card_id}.{version}") == "待你批 · TR-1015 · 已冻结"
    assert await effects(chain) == done


def test_a_button_stays_within_forty_bytes_for_a_long_time() -> None:
    verbs = (*(step.value for step in Step), "submit", "receive", "choose", "drop")
    buttons = tuple(Button("", verb, choice="4" if verb == "choose" else "") for verb in verbs)
    drawn = with_data(Reply((), (*buttons, Button("", "amount", choice="100000000"))), 10**11, 9999)
    assert max(len(button.data.encode()) for button in drawn.buttons) <= MOST_BYTES
