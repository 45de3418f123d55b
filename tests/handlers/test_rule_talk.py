"""What is said about approval rules is read whole, or the words that were not are named."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.kinds import DocumentKind, Reach, Role, RouteKind, StepMode
from handlers.understand.rule_talk import RuleWish, rule_wish

CATEGORIES = ("烟酒", "饮料", "")
SENTENCES = (
    "跨区调拨超过50件要区域经理批",
    "调拨超过20箱要店长批",
    "烟酒类调拨都要区域经理批",
    "店员提的调拨超过20箱先店长批再区域经理批,2小时没批就转总部",
    "value over 5000 needs finance approval",
    "transfers across regions over 50 cases must be approved by the area manager, then headquarters",
    "规则2改成100件",
    "规则2停用",
    "启用规则2",
)


def wish_of(said: str) -> RuleWish | None:
    """What is wanted, where two categories are known."""
    return rule_wish(said, lambda: CATEGORIES)


def clear(said: str) -> RuleWish:
    """What is wanted by a sentence that is read whole."""
    wish = wish_of(said)
    assert wish is not None
    assert wish.is_clear, wish
    return wish


@pytest.mark.parametrize(
    ("said", "verb", "number"),
    [
        ("规则", "list", 0),
        ("审批规则", "list", 0),
        ("Show the rules.", "list", 0),
        ("規則2停用", "off", 2),
        ("关掉规则2", "off", 2),
        ("turn rule 2 off", "off", 2),
        ("启用规则２", "on", 2),
        ("enable rule 12", "on", 12),
        ("规则3", "see", 3),
        ("第3条规则", "see", 3),
    ],
)
def test_what_names_a_rule(said: str, verb: str, number: int) -> None:
    assert (clear(said).verb, clear(said).number) == (verb, number)


@pytest.mark.parametrize("said", SENTENCES)
def test_sentences_are_read_whole(said: str) -> None:
    clear(said)


@pytest.mark.parametrize(
    ("said", "name", "value"),
    [
        ("同区调拨超过十箱要店长批", "route", RouteKind.SAME_REGION),
        ("调拨超过一百零五箱要店长批", "above_packs", 105),
        ("价值超过1.5万的调拨要总部批", "above_fen", 1_500_000),
        ("超过¥99.50的调拨要总部批", "above_fen", 9_950),
        ("every transfer of 烟酒 needs area manager approval", "category", "烟酒"),
        ("transfers over 5 packs requested by clerks need keeper approval", "requester_role", Role.CLERK),
        ("进货超过50箱要店长批", "kind", DocumentKind.GOODS_RECEIPT),
    ],
)
def test_what_a_rule_looks_at(said: str, name: str, value: object) -> None:
    assert getattr(clear(said).parts, name) == value


@pytest.mark.parametrize(
    ("said", "steps"),
    [
        ("超过5箱要店长和区域经理批", [(1, Role.STORE_MANAGER), (1, Role.AREA_MANAGER)]),
        ("超过5箱先店长批再区域经理批", [(1, Role.STORE_MANAGER), (2, Role.AREA_MANAGER)]),
        ("超过5箱要店长批,然后总部批", [(1, Role.STORE_MANAGER), (2, Role.HQ)]),
    ],
)
def test_whose_word_it_takes_in_which_order(said: str, steps: list[tuple[int, Role]]) -> None:
    assert [(one.position, one.role) for one in clear(said).parts.steps] == steps


@pytest.mark.parametrize(
    ("said", "mode", "reach"),
    [
        ("超过5箱要调入方店长批", StepMode.ANY, Reach.TARGET),
        ("超过5箱要总部批", StepMode.ANY, Reach.CHAIN),
        ("超过5箱要所有区域经理批", StepMode.ALL, Reach.CHAIN),
        ("超过5箱要公司任一区域经理批", StepMode.ANY, Reach.CHAIN),
    ],
)
def test_of_whom_a_step_asks(said: str, mode: StepMode, reach: Reach) -> None:
    (step,) = clear(said).parts.steps
    assert (step.mode, step.reach) == (mode, reach)


def test_times_are_minutes_and_a_step_can_only_climb_to_the_next_rung() -> None:
    (step,) = clear("超过5箱要店长批,30分钟没批就提醒").parts.steps
    assert step.remind_after_minutes == 30
    (step,) = clear(
        "transfers over 5 packs need store manager approval, after 2 hours ask the area manager"
    ).parts.steps
    assert step.escalate_after_minutes == 120
    wish = wish_of("超过5箱要店长批,2小时没批就转总部")
    assert wish is not None
    assert wish.parts.unread == ("2小时没批就转总部",)


@pytest.mark.parametrize(
    "said",
    [
        "店长的调拨超过20箱要批",
        "店员调拨超过20箱要店长批",
        "超过5箱要店长或区域经理批",
        "超过5箱要店长区域经理批",
        "烟酒、饮料类调拨都要店长批",
        "超过5箱超过9箱要店长批",
        "金额超过50件要店长批",
        "金额调拨要店长批",
        "超过2.5箱要店长批",
        "超过5箱要店长批再",
        "非烟酒类调拨都要店长批",
        "transfers under 5 packs need store manager approval",
        "规则2改成100",
        "规则2改成总部",
        "规则2删了",
    ],
)
def test_what_could_mean_something_else_is_not_clear(said: str) -> None:
    wish = wish_of(said)
    assert wish is None or not wish.is_clear, wish


@pytest.mark.parametrize(
    "said",
    ["从中央仓调20箱可乐到西湖店", "TR-1015批12箱", "批12箱", "这单要店长批吗", "什么单要区域经理批", "守规矩", ""],
)
def test_other_sentences_are_about_no_rule(said: str) -> None:
    assert wish_of(said) is None


@given(
    st.sampled_from(SENTENCES), st.sampled_from(["香蕉", "不", "别", " not ", " only ", "7", "以下", "?"]), st.data()
)
def test_no_word_more_goes_unnoticed(said: str, word: str, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(said)))
    before, after = wish_of(said), wish_of(said[:at] + word + said[at:])
    if after is not None and after.is_clear:  # 507件 is another number, and a mark behind all says nothing
        assert word in "7?"
        assert before is not None
        assert (word == "7") or after == before


@given(st.text(max_size=40), st.sampled_from(["规则", "批", "rule ", "规则2改成", "加规则:"]))
def test_anything_can_be_said(text: str, head: str) -> None:
    wish_of(head + text)
    wish_of(text + head)
