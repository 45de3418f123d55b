"""Approval rules as people meet them: words in order, the word of all, climbing, standing in, and the replay."""

from __future__ import annotations

from datetime import timedelta

from core.people.delegations import Delegate, EndDelegation, delegations
from core.people.rule_changes import SaveRule, SwitchOffRule
from core.people.rules import ApprovalRule, RuleStep, rule_called
from core.stock.rule_replay import replay
from data.kinds import DocumentKind, Reach, Role, RouteKind, StepMode
from handlers.reader import Reader
from handlers.rules import replay_line, rule_line
from tests.scenarios.chain import Chain
from tests.scenarios.twice import Twice

PULL = "从中央仓调20箱可口可乐500ml到西湖店"
FAR = {"above_packs": 5, "route": RouteKind.ACROSS_REGIONS}
AT_SOURCE, AT_TARGET = (RuleStep(1, Role.AREA_MANAGER, reach) for reach in (Reach.SOURCE, Reach.TARGET))


def big_and_far(*steps: RuleStep) -> ApprovalRule:
    """A rule about more than five cases across regions."""
    return ApprovalRule("跨区大单", DocumentKind.TRANSFER, steps, **FAR)


async def last_line_but_one(chain: Chain, who: str) -> str:
    """What the newest card says above the freeze: why it asks, or how far it is."""
    return (await chain.card(who)).lines[-2]


async def test_two_steps_of_a_rule_come_in_order_behind_the_keepers(twice: Twice) -> None:
    chain = twice
    await chain.does("何总", SaveRule(big_and_far(AT_TARGET, RuleStep(2, Role.HQ, Reach.CHAIN))))
    card = await chain.says("王小丫", PULL)
    assert card.lines == [
        "待你确认 · 库存还没动",
        "可口可乐500ml 20箱(480瓶)",
        "中央仓 → 西湖店",
        "中央仓 可用 62箱 → 42箱",
        "西湖店 3箱6瓶,收货后23箱6瓶",
        "要批3步:秦师傅 → 陶然 → 何总",
        "因为动中央仓的货、规则“跨区大单”",
        "确认后冻结,4小时没批自动放开",
    ]
    assert await chain.taps("王小丫", "调20箱") == "待批 · TR-1015 · 等秦师傅"
    assert await last_line_but_one(chain, "王小丫") == "10:41起 · 第1/3步"
    assert await last_line_but_one(chain, "秦师傅") == "为什么找你们:动的是中央仓的货 · 第1/3步"
    assert await chain.cards("陶然") == []  # nobody is asked before their turn

    await chain.later(minutes=5)
    assert await chain.taps("秦师傅", "批20箱") == "待批 · TR-1015 · 等陶然"
    assert await chain.shelves("中央仓", "SKU123") == {"available": 1008, "reserved": 480}
    card = await chain.card("王小丫")
    assert (card.state, card.lines[-2]) == ("待批 · TR-1015 · 等陶然", "规则“跨区大单” · 10:46起 · 第2/3步")
    assert card.lines[-1] == "冻结到14:41,过了自动放开"  # as long as was promised
    assert (await chain.card("秦师傅")).labels == ["撤回"]
    assert await last_line_but_one(chain, "陶然") == "为什么找你们:规则“跨区大单” · 第2/3步"
    assert await chain.taps("陶然", "批20箱") == "待批 · TR-1015 · 等何总"
    assert await chain.taps("何总", "批20箱") == "已批 · TR-1015 · 何总 10:46 · 等发货"
    assert await chain.taps("秦师傅", "发20箱") == "在途 · TR-1015 · 等西湖店收"
    await chain.old_buttons_do_nothing()


async def test_without_a_rule_that_fits_nothing_more_is_asked(twice: Twice) -> None:
    chain = twice
    await chain.does("何总", SaveRule(big_and_far(AT_TARGET)))
    card = await chain.says("王小丫", "从中央仓调5箱可口可乐500ml到西湖店")
    assert card.lines[-2:] == ["要秦师傅批:动的是中央仓的货", "确认后冻结,4小时没批自动放开"]
    kept = await chain.database.read(lambda c: rule_called(chain._work(c), "跨区大单"))
    assert kept is not None
    await chain.does("Alex", SwitchOffRule(kept.id, kept.version))
    card = await chain.says("王小丫", PULL)
    assert card.lines[-2] == "要秦师傅批:动的是中央仓的货"
    await chain.taps("王小丫", "调20箱")
    assert (await chain.card("王小丫")).lines[-2:] == ["西湖店 3箱6瓶,收货后23箱6瓶", "冻结到14:41,过了自动放开"]
    assert await chain.taps("秦师傅", "批20箱") == "已批 · TR-1015 · 秦师傅 10:41 · 等发货"
    await chain.old_buttons_do_nothing()


async def test_one_no_ends_it_wherever_it_stands(twice: Twice) -> None:
    chain = twice
    await chain.does("何总", SaveRule(big_and_far(AT_TARGET, RuleStep(2, Role.HQ, Reach.CHAIN))))
    await chain.says("王小丫", PULL)
    await chain.taps("王小丫", "调20箱")
    await chain.taps("秦师傅", "批20箱")
    await chain.taps("陶然", "驳回")
    assert await chain.taps("陶然", "不说原因") == "已驳回 · TR-1015 · 陶然 10:41"
    assert await chain.shelves("中央仓", "SKU123") == {"available": 1488}
    assert await chain.cards("何总") == []
    await chain.old_buttons_do_nothing()


async def test_who_approves_less_on_the_way_leaves_less_to_approve(twice: Twice) -> None:
    chain = twice
    await chain.does("何总", SaveRule(big_and_far(AT_TARGET)))
    await chain.says("王小丫", PULL)
    await chain.taps("王小丫", "调20箱")
    await chain.says("秦师傅", "TR-1015批12箱")
    assert await chain.taps("秦师傅", "批12箱") == "待批 · TR-1015 · 等陶然"
    assert await chain.shelves("中央仓", "SKU123") == {"available": 1200, "reserved": 288}
    assert (await chain.says("陶然", "TR-1015批15箱")).lines[-1] == "比要的还多。批多少?"
    assert await chain.taps("陶然", "批12箱") == "已批 · TR-1015 · 陶然 10:41 · 等发货"
    assert await chain.shelves("中央仓", "SKU123") == {"available": 1200, "reserved": 288}
    await chain.old_buttons_do_nothing()


async def test_the_word_of_all_takes_everybody(twice: Twice) -> None:
    chain = twice
    everybody = RuleStep(1, Role.AREA_MANAGER, Reach.CHAIN, StepMode.ALL)
    await chain.does("何总", SaveRule(ApprovalRule("区域都看", DocumentKind.TRANSFER, (everybody,), above_fen=10_000)))
    card = await chain.says("秦师傅", "从中央仓调6箱可口可乐500ml到西湖店")  # his own, and under the route's limit
    assert card.lines[-3:-1] == ["要陶然和魏东等3人批", "因为规则“区域都看”"]
    assert await chain.taps("秦师傅", "调6箱") == "待批 · TR-1015 · 等陶然和魏东等3人"
    assert await chain.taps("魏东", "批6箱") == "待批 · TR-1015 · 等陶然和姜海"
    assert (await chain.card("魏东")).labels == []
    assert await chain.taps("姜海", "批6箱") == "待批 · TR-1015 · 等陶然"
    assert await chain.shelves("中央仓", "SKU123") == {"available": 1344, "reserved": 144}
    assert await chain.taps("陶然", "批6箱") == "已批 · TR-1015 · 陶然 10:41 · 等发货"
    assert await chain.count("approval_word") == 3
    await chain.old_buttons_do_nothing()


async def test_a_step_that_finds_nobody_climbs_at_once_and_says_so(twice: Twice) -> None:
    chain = twice
    step = RuleStep(1, Role.STORE_MANAGER, Reach.SOURCE)  # a warehouse has none
    await chain.does("何总", SaveRule(big_and_far(step)))
    card = await chain.says("秦师傅", "从中央仓调6箱可口可乐500ml到西湖店")
    assert card.lines[-3:-1] == ["要姜海(没有店长)批", "因为规则“跨区大单”"]
    assert await chain.taps("秦师傅", "调6箱") == "待批 · TR-1015 · 等姜海"
    assert await last_line_but_one(chain, "秦师傅") == "规则“跨区大单” · 10:41起 · 顶店长"
    assert await last_line_but_one(chain, "姜海") == "规则“跨区大单” · 顶店长"
    assert await chain.taps("姜海", "批6箱") == "已批 · TR-1015 · 姜海 10:41 · 等发货"
    await chain.old_buttons_do_nothing()


async def test_silence_is_reminded_of_and_then_climbs_and_approves_nothing(twice: Twice) -> None:
    chain = twice
    patient = RuleStep(1, Role.AREA_MANAGER, remind_after_minutes=10, escalate_after_minutes=30)
    await chain.does("何总", SaveRule(big_and_far(patient)))
    await chain.says("秦师傅", "从中央仓调6箱可口可乐500ml到西湖店")
    await chain.taps("秦师傅", "调6箱")
    assert len(await chain.cards("姜海")) == 1
    await chain.later(minutes=10)
    assert len(await chain.cards("姜海")) == 2
    await chain.later(minutes=5)
    assert len(await chain.cards("姜海")) == 2  # once
    await chain.later(minutes=15)
    assert (await chain.card("姜海")).state == "待批 · TR-1015 · 等何总"
    assert "批6箱" not in (await chain.card("姜海")).labels
    assert await last_line_but_one(chain, "何总") == "规则“跨区大单” · 顶区域经理"
    assert await last_line_but_one(chain, "秦师傅") == "规则“跨区大单” · 11:11起 · 顶区域经理"
    assert await chain.lines("秦师傅") == ["到时没人批 · TR-1015 · 改问何总 · 中央仓 → 西湖店"]
    await chain.later(minutes=30)  # nobody is above: they are reminded, and nothing is approved
    assert (await chain.card("何总")).state == "待你批 · TR-1015 · 已冻结"
    await chain.later(days=1)
    assert (await chain.card("何总")).state == "待你批 · TR-1015 · 没冻结"
    assert await chain.taps("何总", "批6箱") == "已批 · TR-1015 · 何总 11:41 · 等发货"
    await chain.old_buttons_do_nothing()


async def test_who_stands_in_decides_and_the_books_name_both(twice: Twice) -> None:
    chain = twice
    absent, other = chain.people["姜海"], chain.people["何总"]
    await chain.does("何总", SaveRule(big_and_far(AT_SOURCE)))
    await chain.does("姜海", Delegate(absent.id, other.id, chain.now, chain.now + timedelta(days=2)))
    card = await chain.says("秦师傅", "从中央仓调6箱可口可乐500ml到西湖店")
    assert card.lines[-3] == "要何总代姜海批"
    assert await chain.taps("秦师傅", "调6箱") == "待批 · TR-1015 · 等何总代姜海"
    assert await last_line_but_one(chain, "何总") == "为什么找你们:规则“跨区大单” · 你代姜海"
    assert await chain.taps("何总", "批6箱") == "已批 · TR-1015 · 何总代姜海 10:41 · 等发货"
    decided = "select decided_by_id, decided_for_id from approval_step"
    rows = await chain.database.read(lambda c: [tuple(row) for row in c.exec_driver_sql(decided)])
    assert rows == [(other.id, absent.id)]

    # Who is back decides alone again.
    (found,) = await chain.database.read(lambda c: delegations(chain._work(c)))
    await chain.does("何总", EndDelegation(found.id))
    await chain.says("秦师傅", "从中央仓调7箱可口可乐500ml到西湖店")
    assert await chain.taps("秦师傅", "调7箱") == "待批 · TR-1016 · 等姜海"
    assert await chain.taps("姜海", "批7箱") == "已批 · TR-1016 · 姜海 10:41 · 等发货"
    await chain.old_buttons_do_nothing()


async def test_a_delegation_holds_from_its_first_moment_until_its_last(twice: Twice) -> None:
    chain = twice
    absent, other = chain.people["姜海"], chain.people["陶然"]
    await chain.does("何总", SaveRule(big_and_far(AT_SOURCE)))
    starts = chain.now + timedelta(hours=1)
    await chain.does("何总", Delegate(absent.id, other.id, starts, starts + timedelta(hours=1)))
    await chain.says("秦师傅", "从中央仓调6箱可口可乐500ml到西湖店")
    assert await chain.taps("秦师傅", "调6箱") == "待批 · TR-1015 · 等姜海"
    await chain.later(hours=1)
    assert (await chain.card("秦师傅")).state == "待批 · TR-1015 · 等陶然代姜海"
    await chain.later(hours=1)
    assert (await chain.card("秦师傅")).state == "待批 · TR-1015 · 等姜海"


async def test_a_rule_is_said_and_replayed_before_it_holds(chain: Chain) -> None:
    for packs in (6, 12, 4):
        await chain.says("王小丫", f"从中央仓调{packs}箱可口可乐500ml到西湖店")
        await chain.taps("王小丫", f"调{packs}箱")
    await chain.says("秦师傅", "从中央仓调7箱可口可乐500ml到西湖店")
    await chain.taps("秦师傅", "调7箱")
    await chain.taps("秦师傅", "批6箱")
    await chain.later(days=2)
    rule = big_and_far(RuleStep(1, Role.KEEPER), RuleStep(2, Role.HQ, Reach.CHAIN, escalate_after_minutes=60))
    reader, found = (
        Reader(None, "zh", chain.catalogue),
        await chain.database.read(lambda c: replay(chain._work(c), rule)),
    )
    assert rule_line(reader, rule) == (
        "“跨区大单”:调拨,跨片区,一种超过5件整包装,要调出方的仓管,再公司任一总部(60分钟后往上问)批"
    )
    # Of 6, 12, 4 and 7 cases three are over five; the first was approved at once.
    assert replay_line(reader, rule.name, found) == (
        "“跨区大单”放到过去30天的4张调拨:会问3次,其中2张等了一天以上;比现在多问3次"
    )
    keeper = big_and_far(RuleStep(1, Role.KEEPER))
    found = await chain.database.read(lambda c: replay(chain._work(c), keeper))
    assert (found.asked, found.more) == (3, 1)  # what is pulled waits for the keeper already
    await chain.does("何总", SaveRule(rule))
    found = await chain.database.read(lambda c: replay(chain._work(c), rule))
    assert (found.asked, found.more) == (3, 0)
