"""Approval rules are listed, added by a sentence, changed and switched in chat: read back, replayed, then tapped."""

from __future__ import annotations

from typing import Any

import pytest

from core.people.rule_changes import SaveRule, SwitchOffRule
from core.people.rules import ApprovalRule, KeptRule, RuleStep, rules
from data.kinds import DocumentKind, InboxKind, Role, RouteKind, StepMode
from tests.scenarios.chain import SILENCE, Chain
from tests.scenarios.form import breaches
from tests.scenarios.twice import Twice

FAR = "跨区调拨超过50件要区域经理批"
PULL = "从中央仓调20箱可口可乐500ml到西湖店"
MAY_NOT = "审批规则由总部或管理员来定,什么都没改。"
STALE = "规则刚变过 · 这张卡没有生效"
EXAMPLE = "可以这样说:跨区调拨超过50件要区域经理批"


async def kept(chain: Chain) -> list[KeptRule]:
    """The rules as they are on the books."""
    return await chain.database.read(lambda c: rules(chain._work(c)))


async def audited(chain: Chain) -> list[tuple[Any, ...]]:
    """Every command about rules: who, what, how it ended."""
    sql = "select person.name, command, outcome, audit.code from audit join person on person.id = actor_id"
    sql += " where command in ('SaveRule', 'SwitchOffRule', 'SwitchOnRule') order by audit.id"
    return await chain.database.read(lambda c: [tuple(row) for row in c.exec_driver_sql(sql)])


async def added(chain: Chain, said: str = FAR, who: str = "何总") -> None:
    """A rule that is said and confirmed."""
    await chain.says(who, said)
    assert (await chain.presses(who, "save")).startswith(("已生效", "In force"))


# Listed.


async def test_without_rules_the_card_says_what_holds_and_how_to_add_one(twice: Twice) -> None:
    card = await twice.says("何总", "规则")
    assert card.lines == [
        "审批规则 · 还没有",
        "现在只按调拨路线自己的规定批",
        "加一条,就说:跨区调拨超过50件要区域经理批",
    ]
    assert card.labels == []


async def test_a_long_list_has_pages_and_begins_again(chain: Chain) -> None:
    for packs in (10, 20, 30, 40):
        await added(chain, f"调拨超过{packs}箱要店长批")
    card = await chain.says("何总", "审批规则")
    assert card.lines == [
        "审批规则 · 4条,4条启用",
        "1. “>10件”:调拨,一种超过10件整包装,",
        "要调出方的店长批",
        "2. “>20件”:调拨,一种超过20件整包装,",
        "要调出方的店长批",
        "3. “>30件”:调拨,一种超过30件整包装,",
        "要调出方的店长批",
    ]
    assert card.labels == ["规则1", "规则2", "规则3", "更多"]
    assert await chain.taps("何总", "更多") == "看卡上"
    assert (await chain.card("何总")).labels == ["规则4", "更多"]
    await chain.taps("何总", "规则4")
    one = await chain.card("何总")
    assert (one.state, one.labels) == ("规则4 · 启用", ["停用", "规则"])
    await chain.taps("何总", "规则")
    assert (await chain.card("何总")).lines == card.lines


@pytest.mark.parametrize("who", ["王小丫", "李姐", "秦师傅", "陶然", "许采购", "谢芳", "邹明"])
async def test_nobody_else_sees_or_changes_rules(chain: Chain, who: str) -> None:
    await added(chain)
    for said in ("规则", "审批规则", "rules", FAR, "规则1停用", "规则1改成100件", "加规则:" + FAR):
        assert (await chain.says(who, said)).lines == [MAY_NOT], said
    assert len(await kept(chain)) == 1


async def test_rules_stay_out_of_groups_and_other_sentences_are_read_as_ever(chain: Chain) -> None:
    assert (await chain.says("何总@总部群", "@stocktalk 规则")).lines == ["审批规则只在私聊里看和改。"]
    assert await chain.says("何总@总部群", "规则") == SILENCE
    for who, said in (
        ("王小丫", PULL),
        ("王小丫", "调20箱可乐到西湖店,超过10箱了要店长批"),
        ("何总", "这单要店长批吗"),
    ):
        shown = await chain.says(who, said)
        assert not any("规则" in line for line in shown.lines), said
    assert (await chain.says("王小丫", PULL)).state == "待你确认 · 库存还没动"


# Added.


async def test_a_rule_is_read_back_and_replayed_and_holds_after_the_tap(twice: Twice) -> None:
    chain = twice
    for packs in (12, 4):
        await chain.says("秦师傅", f"从中央仓调{packs}箱可口可乐500ml到西湖店")
        await chain.taps("秦师傅", f"调{packs}箱")
    await chain.later(days=2)
    card = await chain.says("何总", "跨区调拨超过5件要区域经理批")
    assert card.lines == [
        "待你确认 · 新规则1",
        "“跨区 >5件”:调拨,跨片区,一种超过5件整包装,",
        "要调出方的区域经理批",
        "过去30天2张调拨:会问1次,1张等了1天以上,",
        "比现在多问0次",
        "点了才生效,已经在批的不变",
    ]
    assert card.labels == ["生效", "取消"]
    assert await kept(chain) == []
    assert await chain.taps("何总", "生效") == "已生效 · 新规则1 · 何总 10:41"
    (rule,) = await kept(chain)
    says = ApprovalRule(
        "跨区 >5件",
        DocumentKind.TRANSFER,
        (RuleStep(1, Role.AREA_MANAGER),),
        above_packs=5,
        route=RouteKind.ACROSS_REGIONS,
    )
    assert (rule.says, rule.is_on, rule.version) == (says, True, 1)
    card = await chain.card("何总")
    assert (card.state, card.labels) == ("已生效 · 新规则1 · 何总 10:41", ["规则"])
    assert await audited(chain) == [("何总", "SaveRule", "done", None)]
    await chain.says("秦师傅", "从中央仓调6箱可口可乐500ml到西湖店")
    assert (await chain.taps("秦师傅", "调6箱")).endswith("等姜海")


async def test_a_rule_is_added_in_english(twice: Twice) -> None:
    await twice.all_speak("en")
    card = await twice.says("Alex", "transfers over 20 cases need store manager approval")
    assert card.lines == [
        "To confirm · new rule 1",
        "“>20 packs”: transfers, over 20 packs of a product: asks the sender's store manager",
        "Last 30 days, 0 transfers: would have asked 0 times, held 0 for over a day; 0 more than today",
        "Takes effect with the tap; what waits already stays",
    ]
    assert await twice.taps("Alex", "Confirm") == "In force · new rule 1 · Alex 10:41"
    assert (await twice.says("Alex", "rules")).lines[1].startswith("1. “>20 packs”: transfers")
    assert (await twice.says("Alex", "turn off rule 1")).labels == ["Switch off", "Cancel"]
    assert await twice.taps("Alex", "Switch off") == "Switched off · rule 1 · Alex 10:41"


async def test_two_steps_everybody_and_a_time_are_read(chain: Chain) -> None:
    await added(chain, "店员提的调拨超过20箱先店长批再区域经理批,2小时没批就转总部")
    await added(chain, "烟酒类调拨总值超过5000元要所有区域经理批")
    first, second = (one.says for one in await kept(chain))
    assert first.steps == (
        RuleStep(1, Role.STORE_MANAGER),
        RuleStep(2, Role.AREA_MANAGER, escalate_after_minutes=120),
    )
    assert (first.requester_role, first.above_packs) == (Role.CLERK, 20)
    assert (second.category, second.above_fen, second.steps[0].mode) == ("烟酒", 500_000, StepMode.ALL)


UNREAD = {
    "调拨50件以上要店长批": "50件以上",
    "调拨不超过50件要店长批": "不",
    "调拨超过50件或者5000元要店长批": "或者5000元",
    "海鲜类调拨都要店长批": "海鲜类",
    "调拨超过20瓶要店长批": "超过20瓶",
    "调拨超过50要店长批": "超过50",
    "调拨超过20箱不用店长批": "不用",
    "调拨超过20箱大概要店长批": "大概",
    "调拨超过20箱要店长批,2小时没批就转总部": "2小时没批就转总部",
    "同区跨区调拨超过5箱要店长批": "跨区",
    "transfers over 20 cases don't need store manager approval": "don't",
}


@pytest.mark.parametrize(("said", "words"), UNREAD.items())
async def test_a_word_that_was_not_read_makes_it_a_question(chain: Chain, said: str, words: str) -> None:
    shown = await chain.says("何总", said)
    assert shown.lines == [f"没看懂“{words}”,规则没有动。{EXAMPLE}"]
    assert await chain.cards("何总") == []


async def test_a_rule_that_reaches_nobody_and_one_without_steps_are_refused(chain: Chain) -> None:
    shown = await chain.says("何总", "value over 5000 needs finance approval")
    assert shown.lines == ["规则“>¥5,000”要财务批,可是没有人能批。规则没有存,请换一个角色。"]
    shown = await chain.says("何总", "加规则:跨区调拨超过50件")
    assert shown.lines == [f"还差谁来批,规则没有动。{EXAMPLE}"]
    assert (await chain.says("何总", "规则7停用")).lines == ["没有规则7。说“规则”看有哪些。"]
    await added(chain)
    assert (await chain.says("何总", FAR)).lines == ["规则1已经是这样,没有动。"]
    assert (await chain.says("何总", "启用规则1")).lines == ["规则1已经是这样,没有动。"]
    assert (await chain.says("何总", "规则1删了")).lines[0].startswith("没看懂要改什么,规则没有动。")


# Changed, switched.


async def test_a_change_shows_before_and_after_and_goes_with_its_name(twice: Twice) -> None:
    await added(twice)
    card = await twice.says("何总", "规则1改成100件")
    assert card.lines == [
        "待你确认 · 改规则1",
        "原来“跨区 >50件”:调拨,跨片区,",
        "一种超过50件整包装,要调出方的区域经理批",
        "改成“跨区 >100件”:调拨,跨片区,",
        "一种超过100件整包装,要调出方的区域经理批",
        "过去30天0张调拨:会问0 → 0次,0张等了1天以上",
        "点了才生效,已经在批的不变",
    ]
    assert (await kept(twice))[0].says.above_packs == 50
    assert await twice.taps("何总", "改规则") == "已改 · 规则1 · 何总 10:41"
    (rule,) = await kept(twice)
    assert (rule.says.above_packs, rule.says.name, rule.version) == (100, "跨区 >100件", 2)


async def test_a_rule_is_switched_off_and_on_again(twice: Twice) -> None:
    await added(twice)
    card = await twice.says("何总", "规则1停用")
    assert (card.state, card.lines[3]) == ("待你确认 · 停用规则1", "启用 → 停用")
    assert await twice.taps("何总", "停用") == "已停用 · 规则1 · 何总 10:41"
    assert (await kept(twice))[0].is_on is False
    assert (await twice.says("何总", "规则")).lines[:2] == [
        "审批规则 · 1条,0条启用",
        "1. 停用 “跨区 >50件”:调拨,跨片区,",
    ]
    await twice.says("何总", "启用规则1")
    assert await twice.taps("何总", "启用") == "已启用 · 规则1 · 何总 10:41"
    assert [one[1:3] for one in await audited(twice)] == [
        ("SaveRule", "done"),
        ("SwitchOffRule", "done"),
        ("SwitchOnRule", "done"),
    ]


async def test_a_name_that_people_gave_stays(chain: Chain) -> None:
    says = ApprovalRule("大单", DocumentKind.TRANSFER, (RuleStep(1, Role.HQ),), above_packs=50)
    await chain.does("何总", SaveRule(says))
    await chain.says("何总", "规则1改成100件")
    await chain.taps("何总", "改规则")
    assert (await kept(chain))[0].says.name == "大单"


# Taps.


async def test_cancel_changes_nothing_and_says_so(twice: Twice) -> None:
    await twice.says("何总", FAR)
    assert await twice.taps("何总", "取消") == "已取消 · 规则没有动"
    assert await kept(twice) == []
    assert (await twice.card("何总")).lines == ["已取消 · 规则没有动"]


async def test_nobody_else_can_tap_it(chain: Chain) -> None:
    card = await chain.says("何总", FAR)
    for who in ("王小丫", "Alex"):
        assert await chain.taps_bytes(who, card.buttons["生效"]) in (
            "这个按钮不在这里,没有生效",
            "This button does not belong here; it did nothing",
        )
    assert await kept(chain) == []


async def test_who_is_no_longer_headquarters_cannot_confirm(twice: Twice) -> None:
    card = await Chain.says(twice, "何总", FAR)
    heard = await twice.hears("何总", card.buttons["生效"], InboxKind.TAP)
    await twice.database.write(lambda c: c.exec_driver_sql("update person set role = 'auditor' where name = '何总'"))
    await twice.acts(heard)
    assert await kept(twice) == []
    assert await twice.taps_bytes("何总", card.buttons["生效"]) == "规则由总部或管理员来定"
    assert await audited(twice) == [("何总", "SaveRule", "refused", "may_not_set_rules")]


async def test_a_card_from_before_the_rules_changed_applies_nothing(twice: Twice) -> None:
    await added(twice)
    card = await Chain.says(twice, "何总", "规则1改成100件")
    (rule,) = await kept(twice)
    await twice.does("Alex", SwitchOffRule(rule.id, rule.version))
    assert await twice.taps_bytes("何总", card.buttons["改规则"]) == STALE
    now = await twice.card("何总")
    assert (now.lines, now.labels) == ([STALE], ["规则"])
    (rule,) = await kept(twice)
    assert (rule.says.above_packs, rule.is_on) == (50, False)
    assert await twice.taps("何总", "规则") == "看卡上"
    assert (await twice.card("何总")).state == "审批规则 · 1条,0条启用"


async def test_what_changed_between_the_reading_and_the_doing_of_a_tap_is_refused(twice: Twice) -> None:
    await added(twice)
    card = await Chain.says(twice, "何总", "规则1改成100件")
    heard = await twice.hears("何总", card.buttons["改规则"], InboxKind.TAP)
    (rule,) = await kept(twice)
    await twice.does("Alex", SwitchOffRule(rule.id, rule.version))
    assert (await twice.acts(heard)).startswith("没有这条规则,或者它刚被别人改过。")
    assert (await kept(twice))[0].says.above_packs == 50


async def test_another_admins_card_is_stale_once_one_was_first(twice: Twice) -> None:
    one, other = await Chain.says(twice, "何总", FAR), await Chain.says(twice, "Alex", FAR)
    wanted = f"select wanted_version from card where id = {other.card_id}"
    before = await twice.database.read(lambda c: int(c.exec_driver_sql(wanted).scalar_one()))
    assert await twice.taps_bytes("何总", one.buttons["生效"]) == "已生效 · 新规则1 · 何总 10:41"
    assert await twice.database.read(lambda c: int(c.exec_driver_sql(wanted).scalar_one())) == before + 1
    stale = "The rules changed meanwhile · this card did nothing"
    assert await twice.taps_bytes("Alex", other.buttons["Confirm"]) == stale
    assert len(await kept(twice)) == 1


async def test_two_taps_on_a_rule_do_not_confirm_what_the_first_one_shows(twice: Twice) -> None:
    await added(twice)
    await twice.says("何总", "规则1")
    assert await twice.taps("何总", "停用") == "看卡上"  # tapped twice, as everything is
    assert (await twice.card("何总")).state == "待你确认 · 停用规则1"
    assert (await kept(twice))[0].is_on is True


async def test_a_button_of_one_rule_does_nothing_to_another_on_the_same_card(twice: Twice) -> None:
    await added(twice)
    await added(twice, "调拨超过20箱要店长批")
    await twice.says("何总", "规则1")
    await twice.taps("何总", "停用")
    old = (await twice.card("何总")).buttons["停用"]
    await twice.taps("何总", "取消")
    await twice.taps("何总", "规则")
    await twice.taps("何总", "规则2")
    await twice.taps("何总", "停用")
    assert (await twice.card("何总")).state == "待你确认 · 停用规则2"
    assert await Chain.taps_bytes(twice, "何总", old) == "卡已经变了,看最新的"
    assert [one.is_on for one in await kept(twice)] == [True, True]
    await twice.taps("何总", "停用")
    assert [one.is_on for one in await kept(twice)] == [True, False]


async def test_a_list_from_before_the_rules_changed_is_drawn_anew(chain: Chain) -> None:
    await added(chain)
    card = await chain.says("何总", "规则")
    await chain.does("Alex", SwitchOffRule(1, 1))
    assert await chain.taps_bytes("何总", card.buttons["规则1"]) == "卡已经变了,看最新的"
    assert (await chain.card("何总")).state == "审批规则 · 1条,0条启用"


# How it looks.


async def test_every_card_keeps_the_form_in_both_languages(chain: Chain) -> None:
    long = "店员提的跨区烟酒类调拨超过50件并且超过5000元先店长批再区域经理批,2小时没批就转总部"
    for language in ("zh", "en"):
        await chain.all_speak(language)
        for said in ("规则", FAR, long):
            shown = await chain.says("何总", said)
            if "save" in "".join(shown.buttons.values()):
                assert breaches(shown, chain.people) == []
                await chain.presses("何总", "save")
        for said in ("规则", "规则1", "规则2", "规则1改成70件", "规则1停用", "规则1改成要总部批"):
            assert breaches(await chain.says("何总", said), chain.people) == [], said
