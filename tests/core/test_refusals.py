"""Each refusal that the rules can give, at least once, with nothing changed but one row of the audit."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from core.goods.learning import LearnAlias, RevokeAlias, RevokePhrase
from core.ground import errors
from core.ground.commands import Command
from core.ground.errors import StockError
from core.ground.quantity import MOST
from core.people import errors as people_errors
from core.people.delegations import Delegate, EndDelegation
from core.people.invites import ConnectGroup, Group, MakeInvite, Newcomer, UseInvite
from core.people.rule_changes import SaveRule, SwitchOffRule, SwitchOnRule
from core.people.rules import ApprovalRule, RuleStep
from core.people.standing import MovePerson, RemovePerson, RestorePerson, SuspendPerson
from core.stock.arrivals import Valued
from core.stock.transfer_commands import (
    ApproveTransfer,
    Arrived,
    Asked,
    CancelTransfer,
    Counted,
    DispatchTransfer,
    NudgeTransfer,
    ReceiveTransfer,
    SubmitTransfer,
)
from core.stock.undo import ReturnTransfer, ReverseDocument
from core.trade.receipts import ReceiveGoods
from data.kinds import DocumentKind, ReturnReason, Role
from tests.core.transfers import refused, told
from tests.properties.replay import check_books
from tests.small_chain import Shop

Refusal = Callable[[Shop], tuple[str, Command]]


def step(who: str, word: str, story: str = "", *, behind: int = 0) -> Refusal:
    """A step after a story of ten cola and four soap, seen at a version that was, if said so."""
    return lambda shop: (who, told(shop, story).command(word, behind=behind))


def moved_away(shop: Shop) -> tuple[str, Command]:
    """Who dispatched for the warehouse works in the store when the goods come."""
    command = told(shop, "approve dispatch").command("receive:1g10")
    home = shop.places["XH"]
    shop.connection.exec_driver_sql(f"update person set home_id = {home}, role = 'clerk' where code = 'keeper@WH'")
    return "keeper@WH", command


def nobody_left(shop: Shop) -> tuple[str, Command]:
    """A request to a place for which nobody can decide."""
    shop.connection.exec_driver_sql("update person set role = 'finance' where role in ('keeper', 'area_manager', 'hq')")
    shop.done("admin", shop.opening("WH", ("COLA", 30, 100)))
    return "clerk@XH", shop.request("WH", "XH", ("COLA", 1))


def suspended_meanwhile(shop: Shop) -> tuple[str, Command]:
    """A request of somebody who was suspended."""
    shop.done("hq", SuspendPerson(shop.people["clerk@XH"], 1))
    return "clerk@XH", shop.request("WH", "XH", ("COLA", 1))


def alone_with_the_goods(shop: Shop) -> tuple[str, Command]:
    """A keeper leaves who alone could load what is approved."""
    told(shop, "approve")
    return "hq", RemovePerson(shop.people["keeper@WH"], 1, shop.people["hq"])


def returned_to_a_store(shop: Shop) -> tuple[str, Command]:
    """Goods that go back to a place that is no warehouse."""
    lines = (Asked(shop.skus["COLA"], 1, ""),)
    return "clerk@XH", SubmitTransfer(shop.places["XH"], shop.places["EQ"], lines, ReturnReason.SLOW)


def short_without_a_word(shop: Shop) -> tuple[str, Command]:
    """Less is loaded than was approved, and nobody says why."""
    return "keeper@WH", DispatchTransfer(told(shop, "approve").id, 2, (Counted(1, 9),))


def bought_from_a_customer(shop: Shop) -> tuple[str, Command]:
    """A delivery from somebody who supplies nothing."""
    return "buyer", ReceiveGoods(shop.places["XH"], shop.places["customer"], (Valued(shop.skus["COLA"], 1, 1),))


def cancelled_sale(shop: Shop) -> tuple[str, Command]:
    """A number that is another document's."""
    return "clerk@XH", CancelTransfer(shop.done("system", shop.sale("XH", ("COLA", 1))).document_id, 1)


def opened_by_one(shop: Shop) -> tuple[str, Command]:
    """The invite of a group, opened by a person."""
    shop.done("admin", MakeInvite("hash", Group()))
    return "system", UseInvite("hash", "telegram:1", "小周", "zh")


def opened_in_a_group(shop: Shop) -> tuple[str, Command]:
    """The invite of a person, opened in a group."""
    shop.done("admin", MakeInvite("hash", Newcomer(Role.HQ)))
    return "hq", ConnectGroup("hash", "telegram:-1", "总部群")


def connected_by_a_clerk(shop: Shop) -> tuple[str, Command]:
    """The invite of a group, opened in it by somebody who may not make one."""
    shop.done("admin", MakeInvite("hash", Group()))
    return "clerk@XH", ConnectGroup("hash", "telegram:-1", "西湖群")


def rule(*roles: Role, name: str = "看", category: str | None = None) -> ApprovalRule:
    """A rule that always asks these roles, one behind the other."""
    steps = tuple(RuleStep(number, role) for number, role in enumerate(roles, start=1))
    return ApprovalRule(name, DocumentKind.TRANSFER, steps, category=category)


def newest(shop: Shop, table: str) -> int:
    """The number of what was written last."""
    return int(shop.rows(f"select max(id) as id from {table}")[0]["id"])


def named_twice(shop: Shop) -> tuple[str, Command]:
    """A second rule with the name of the first."""
    shop.done("admin", SaveRule(rule(Role.HQ)))
    return "hq", SaveRule(rule(Role.KEEPER))


def changed_meanwhile(shop: Shop) -> tuple[str, Command]:
    """A rule is switched off that somebody switched off before."""
    shop.done("admin", SaveRule(rule(Role.HQ)))
    rule_id = newest(shop, "approval_rule")
    shop.done("hq", SwitchOffRule(rule_id, 1))
    return "admin", SwitchOffRule(rule_id, 1)


def everybody_above_left(shop: Shop) -> tuple[str, Command]:
    """A rule for headquarters is switched on again, and nobody works there any longer."""
    shop.done("hq", SaveRule(rule(Role.HQ)))
    rule_id = newest(shop, "approval_rule")
    shop.done("hq", SwitchOffRule(rule_id, 1))
    shop.connection.exec_driver_sql("update person set role = 'finance' where role = 'hq'")
    return "admin", SwitchOnRule(rule_id, 2)


def standing_in(who: str, absent: str, other: str, start: int = 0, days: int = 1, before: bool = False) -> Refusal:
    """Somebody is to stand in for another, after so many days; `before`: somebody else does already."""

    def wish(shop: Shop) -> tuple[str, Command]:
        starts = shop.now + timedelta(days=start)
        ends = starts + timedelta(days=days)
        if before:
            shop.done(absent, Delegate(shop.people[absent], shop.people["hq"], shop.now, ends))
        return who, Delegate(shop.people[absent], shop.people[other], starts, ends)

    return wish


HEADS = ("store_manager@XH", "store_manager@BJ")


def ended_before(shop: Shop) -> tuple[str, Command]:
    """A delegation that is over."""
    absent, other = (shop.people[who] for who in HEADS)
    shop.done(HEADS[0], Delegate(absent, other, shop.now, shop.now + timedelta(days=1)))
    ended = EndDelegation(newest(shop, "delegation"))
    shop.done(HEADS[0], ended)
    return HEADS[0], ended


def chased_twice(shop: Shop) -> tuple[str, Command]:
    """A request that whoever made it chases again at once."""
    paper = told(shop, "")
    shop.done("clerk@XH", NudgeTransfer(paper.id, 1))
    shop.now += timedelta(minutes=59)
    return "clerk@XH", NudgeTransfer(paper.id, 1)


def sale_undone(shop: Shop, who: str, *, after_minutes: int = 0, twice: bool = False) -> tuple[str, Command]:
    """A clerk's sale, undone by somebody, perhaps after a while, perhaps for the second time."""
    shop.done("admin", shop.opening("XH", ("COLA", 5, 50)))
    command = ReverseDocument(shop.done("clerk@XH", shop.sale("XH", ("COLA", 1))).of_document, 1)
    if twice:
        shop.done(who, command)
    shop.now += timedelta(minutes=after_minutes)
    return who, command


def sent_back(shop: Shop, who: str, story: str) -> tuple[str, Command]:
    """What was received of a transfer, sent back."""
    paper = told(shop, story)
    seen = shop.rows(f"select version from document where id = {paper.id}")[0]["version"]
    return who, ReturnTransfer(paper.id, seen)


REFUSALS: dict[str, list[Refusal]] = {
    "same_place": [lambda shop: ("clerk@XH", shop.request("XH", "XH", ("COLA", 1)))],
    "not_a_place_for_goods": [
        lambda shop: ("hq", shop.request("SUP", "XH", ("COLA", 1))),
        lambda shop: ("hq", shop.request("XH", "customer", ("COLA", 1))),
        lambda shop: ("hq", shop.request("XH", "loss", ("COLA", 1))),
        lambda shop: ("admin", shop.opening("customer", ("COLA", 1, 1))),
        lambda shop: ("admin", shop.opening("loss", ("COLA", 1, 1))),
        lambda shop: ("system", shop.sale("SUP", ("COLA", 1))),
    ],
    "not_a_warehouse": [returned_to_a_store],
    "nothing_asked": [
        lambda shop: ("clerk@XH", shop.request("XH", "WH")),
        lambda shop: ("clerk@XH", shop.request("XH", "WH", ("COLA", 1), ("SOAP", 0))),
        lambda shop: ("clerk@XH", shop.request("XH", "WH", ("COLA", -1))),
        lambda shop: ("system", shop.sale("XH")),
        lambda shop: ("system", shop.sale("XH", ("COLA", 0))),
        lambda shop: ("admin", shop.opening("XH", ("COLA", 0, 0))),
        lambda shop: ("admin", shop.opening("XH", ("COLA", 1, -1))),
        step("keeper@WH", "dispatch:1=0,2=0", "approve"),
        step("clerk@XH", "receive:1g0", "approve dispatch"),
    ],
    "too_much": [lambda shop: ("clerk@XH", shop.request("XH", "WH", ("COLA", MOST + 1)))],
    "more_than_asked": [step("keeper@WH", "approve:1=11"), step("keeper@WH", "approve:1=0,2=0")],
    "not_enough_stock": [
        lambda shop: ("clerk@XH", shop.request("XH", "WH", ("COLA", 1))),
        lambda shop: ("system", shop.sale("BJ", ("COLA", 1))),
        lambda shop: ("system", shop.sale("WH", ("COLA", 1))),
        step("keeper@WH", "dispatch:1=31", "approve"),
    ],
    "not_a_supplier": [bought_from_a_customer],
    "no_such_document": [lambda shop: ("keeper@WH", ApproveTransfer(999_999, 1)), cancelled_sale],
    "moved_on": [
        step("keeper@WH", "approve", behind=-1),
        step("clerk@XH", "cancel", "approve", behind=1),
        step("keeper@WH", "dispatch", "approve", behind=1),
        step("clerk@XH", "receive", "approve dispatch", behind=1),
        step("system", "lapse", "approve", behind=1),
    ],
    "no_reason_given": [short_without_a_word],
    "step_not_allowed": [step("clerk@XH", "cancel", "approve dispatch"), step("keeper@WH", "approve", "approve")],
    "nothing_open": [step("clerk@XH", "freeze"), step("clerk@XH", "receive", "approve")],
    "does_not_add_up": [
        step("clerk@XH", "receive:1g11", "approve dispatch"),
        step("keeper@WH", "take_back:1g1", "approve dispatch receive:2r1"),
        step("hq", "write_off:1=2", "approve dispatch receive:1m1"),
    ],
    "same_person_twice": [moved_away],
    "nobody_can_approve": [nobody_left],
    "own_request": [step("clerk@XH", "approve"), step("clerk@XH", "reject")],
    "not_allowed": [
        lambda shop: ("clerk@EQ", shop.request("WH", "XH", ("COLA", 1))),
        step("area_manager@south", "approve"),
        step("clerk@XH", "dispatch", "approve"),
    ],
    "cannot_undo": [lambda shop: sent_back(shop, "store_manager@XH", "approve")],
    "undone_before": [lambda shop: sale_undone(shop, "store_manager@XH", twice=True)],
    "undo_time_over": [lambda shop: sale_undone(shop, "clerk@XH", after_minutes=11)],
    "was_approved": [lambda shop: sent_back(shop, "clerk@XH", "approve dispatch receive:1g10,2g4")],
    "dispute_is_settled": [
        lambda shop: sent_back(shop, "store_manager@XH", "approve dispatch receive:1g9m1,2g4 write_off")
    ],
    "may_not_invite": [lambda shop: ("clerk@XH", MakeInvite("hash", Newcomer(Role.CLERK, shop.places["XH"])))],
    "may_not_connect": [connected_by_a_clerk],
    "role_does_not_fit": [lambda shop: ("admin", MakeInvite("hash", Newcomer(Role.KEEPER, shop.places["XH"])))],
    "no_such_region": [lambda shop: ("admin", MakeInvite("hash", Group("north")))],
    "invite_not_usable": [lambda shop: ("system", UseInvite("hash", "telegram:1", "小周", "zh"))],
    "invite_is_for_a_group": [opened_by_one],
    "invite_is_for_a_person": [opened_in_a_group],
    "not_active": [suspended_meanwhile],
    "may_not_manage": [lambda shop: ("clerk@XH", SuspendPerson(shop.people["clerk@EQ"], 1))],
    "person_changed": [lambda shop: ("hq", RestorePerson(shop.people["clerk@XH"], 1))],
    "already_there": [
        lambda shop: ("hq", MovePerson(shop.people["clerk@XH"], 1, Role.CLERK, shop.places["XH"])),
    ],
    "not_a_successor": [lambda shop: ("hq", RemovePerson(shop.people["clerk@XH"], 1, shop.people["clerk@XH"]))],
    "leaves_nobody": [alone_with_the_goods],
    "may_not_teach": [lambda shop: ("clerk@XH", LearnAlias("肥宅水", sku_id=shop.skus["COLA"]))],
    "not_a_name": [lambda shop: ("admin", LearnAlias("20箱水", sku_id=shop.skus["COLA"]))],
    "already_names": [lambda shop: ("admin", LearnAlias("soap", sku_id=shop.skus["COLA"]))],
    "not_learned": [lambda shop: ("admin", RevokeAlias(1)), lambda shop: ("admin", RevokePhrase(1))],
    "may_not_set_rules": [
        lambda shop: ("area_manager@west", SaveRule(rule(Role.HQ))),
        lambda shop: ("auditor", SwitchOffRule(1, 1)),
        lambda shop: ("system", SwitchOnRule(1, 1)),
    ],
    "rule_reaches_nobody": [
        lambda shop: ("hq", SaveRule(rule(Role.FINANCE))),
        lambda shop: ("hq", SaveRule(rule(Role.HQ, Role.CLERK))),
        everybody_above_left,
    ],
    "rule_name_taken": [named_twice],
    "no_such_rule": [changed_meanwhile, lambda shop: ("hq", SaveRule(rule(Role.HQ), 999_999, 1))],
    "no_such_category": [lambda shop: ("hq", SaveRule(rule(Role.HQ, category="moon")))],
    "may_not_delegate": [
        standing_in("clerk@XH", *HEADS),
        standing_in("store_manager@BJ", *HEADS),
        standing_in("area_manager@south", *HEADS),
        standing_in("area_manager@west", "area_manager@south", "hq"),
    ],
    "cannot_stand_in": [
        standing_in(HEADS[0], HEADS[0], HEADS[0]),
        standing_in(HEADS[0], HEADS[0], "clerk@XH"),
        standing_in(HEADS[0], HEADS[0], "finance"),
        standing_in("hq", "area_manager@west", HEADS[0]),
        standing_in("clerk@XH", "clerk@XH", "hq"),
        standing_in(HEADS[0], *HEADS, days=0),
        standing_in(HEADS[0], *HEADS, days=91),
        standing_in(HEADS[0], *HEADS, start=-1),
        standing_in(HEADS[0], *HEADS, before=True),
    ],
    "no_such_delegation": [ended_before, lambda shop: ("hq", EndDelegation(999_999))],
    "nudged_before": [chased_twice],
    "not_yet_due": [
        step("system", "lapse"),
        step("system", "remind", "approve dispatch receive:1g10,2g4"),
        step("system", "escalate", "approve dispatch receive:1m1"),
    ],
}


@pytest.mark.parametrize(
    ("code", "refusal"),
    [pytest.param(code, one, id=f"{code}-{n}") for code, many in REFUSALS.items() for n, one in enumerate(many)],
)
def test_each_refusal(shop: Shop, code: str, refusal: Refusal) -> None:
    who, wish = refusal(shop)
    assert refused(shop, who, wish).code == code
    check_books(shop.connection)


def test_no_refusal_is_left_out() -> None:
    known = [*vars(errors).values(), *vars(people_errors).values()]
    kinds = [kind for kind in known if isinstance(kind, type) and issubclass(kind, StockError)]
    assert {kind.code for kind in kinds if kind is not StockError} == set(REFUSALS)


@pytest.mark.parametrize("make", [Counted, Arrived])
@pytest.mark.parametrize("count", [-1, 1.5, True, "3"])
def test_what_is_no_count_is_a_mistake_and_no_refusal(make: Callable[[int, int], object], count: int) -> None:
    with pytest.raises((TypeError, ValueError)):
        make(1, count)


def test_an_arrival_of_a_line_that_is_not_there_says_so(shop: Shop) -> None:
    paper = told(shop, "approve dispatch")
    wish = ReceiveTransfer(paper.id, 3, (Arrived(7, good=1),))
    facts = {"sku_id": shop.skus["COLA"], "dispatched": 2, "said": 1}
    assert refused(shop, "clerk@XH", wish).facts == facts


def test_a_sale_names_the_shelf_and_adds_its_lines_up(shop: Shop) -> None:
    shop.done("admin", shop.opening("BJ", ("COLA", 4, 8)))
    facts = {"place_id": shop.places["BJ"], "shelf": "available", "sku_id": shop.skus["COLA"], "wanted": 5, "there": 4}
    answer = refused(shop, "system", shop.sale("BJ", ("COLA", 3), ("COLA", 2)))
    assert (answer.code, answer.facts) == ("not_enough_stock", facts)
