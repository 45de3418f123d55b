"""Steps of a document one by one: whose turn it is, whose word counts, what the clock does, and who stands in."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from core.ground.commands import Answer, Due
from core.ground.documents import header
from core.ground.work import Work
from core.people.approval_clock import EscalateStep, RemindOfStep, steps_due
from core.people.approvals import approved_for, may_decide, steps_of, who_may_decide
from core.people.delegations import Delegate
from core.people.directory import people
from core.people.rule_changes import SaveRule
from core.people.rules import ApprovalRule, RuleStep
from core.stock.transfer_commands import ApproveTransfer, CancelTransfer, RejectTransfer
from data.kinds import DocumentKind, Reach, Role, StepMode
from tests.core.transfers import Paper, asked, set_route, stocked
from tests.small_chain import MORNING, Shop

ALL = StepMode.ALL


def ruled(shop: Shop, *steps: RuleStep, name: str = "看", **when: Any) -> None:
    """From now on these steps come behind what is asked anyway."""
    shop.done("admin", SaveRule(ApprovalRule(name, DocumentKind.TRANSFER, steps, **when)))


def pulled(shop: Shop, *steps: RuleStep) -> Paper:
    """A clerk's request to the warehouse, under a rule with these steps."""
    stocked(shop)
    ruled(shop, *steps)
    return asked(shop)


def asks(shop: Shop, paper: Paper) -> list[str]:
    """Who may decide now, as it is told and as it is checked."""
    work = Work(shop.connection, shop.now)
    document = header(work, paper.id)
    found = who_may_decide(work, document)
    assert [one for one in people(work) if may_decide(work, document, one)] == found
    return [one.code for one in found]


def approves(shop: Shop, paper: Paper, who: str) -> str:
    """Let somebody approve: the state, or the refusal."""
    answer = shop.does(who, ApproveTransfer(paper.id, paper.now["version"]))
    return answer.state if isinstance(answer, Answer) else answer.code


def stands(shop: Shop, paper: Paper) -> list[tuple[Any, ...]]:
    """The steps as they stand: position, role, whom it was meant for, decision."""
    found = steps_of(Work(shop.connection, shop.now), paper.id)
    return [(one.position, one.role, one.meant_for, one.decision.value) for one in found]


def due(shop: Shop) -> list[Due]:
    """What the clock has to do with steps."""
    return steps_due(Work(shop.connection, shop.now))


def rings(shop: Shop) -> list[str]:
    """Let it do that: the names of what was done."""
    found = due(shop)
    for one in found:
        assert isinstance(shop.does("system", one.command, one.key), Answer)
    return [type(one.command).__name__ for one in found]


def away(shop: Shop, absent: str, other: str, days: int = 1) -> None:
    """Somebody stands in from now on."""
    shop.done(absent, Delegate(shop.people[absent], shop.people[other], shop.now, shop.now + timedelta(days=days)))


def test_the_next_is_asked_only_after_the_one_before(shop: Shop) -> None:
    paper = pulled(shop, RuleStep(1, Role.AREA_MANAGER, Reach.TARGET), RuleStep(2, Role.HQ, Reach.CHAIN))
    before = shop.balance("WH", "COLA")
    for who, later in (("keeper@WH", "area_manager@west"), ("area_manager@west", "hq")):
        assert asks(shop, paper) == [who]
        assert approves(shop, paper, later) == "not_allowed"
        version = paper.now["version"]
        assert approves(shop, paper, who) == "submitted"
        assert paper.now["version"] == version + 1
        assert approves(shop, paper, who) == "not_allowed"
    assert shop.balance("WH", "COLA") == before
    assert approves(shop, paper, "hq") == "approved"
    assert shop.balance("WH", "COLA") == before
    assert [one[-1] for one in stands(shop, paper)] == ["approved"] * 3


def test_two_steps_of_one_position_are_asked_together(shop: Shop) -> None:
    ends = (RuleStep(1, Role.AREA_MANAGER, reach) for reach in (Reach.SOURCE, Reach.TARGET))
    paper = pulled(shop, *ends, RuleStep(2, Role.HQ))
    assert approves(shop, paper, "keeper@WH") == "submitted"
    assert asks(shop, paper) == ["area_manager@west", "area_manager@south"]
    assert approves(shop, paper, "area_manager@south") == "submitted"
    assert asks(shop, paper) == ["area_manager@west"]
    assert approves(shop, paper, "area_manager@west") == "submitted"
    assert approves(shop, paper, "hq") == "approved"


@pytest.mark.parametrize("who", ["keeper@WH", "area_manager@west"])
def test_a_no_ends_all_of_them(shop: Shop, who: str) -> None:
    paper = pulled(shop, RuleStep(1, Role.AREA_MANAGER, Reach.TARGET), RuleStep(2, Role.HQ, mode=ALL))
    if who != "keeper@WH":
        approves(shop, paper, "keeper@WH")
    answer = shop.done(who, RejectTransfer(paper.id, paper.now["version"], "no"))
    assert (answer.state, asks(shop, paper), due(shop)) == ("rejected", [], [])
    decisions = [one[-1] for one in stands(shop, paper)]
    assert decisions.count("rejected") == 1
    assert "waiting" not in decisions
    assert shop.balance("WH", "COLA") == {"available": 30, "value_fen": 100}


def test_who_withdraws_leaves_nobody_asked(shop: Shop) -> None:
    paper = pulled(shop, RuleStep(1, Role.HQ, remind_after_minutes=1))
    approves(shop, paper, "keeper@WH")
    shop.done("clerk@XH", CancelTransfer(paper.id, paper.now["version"]))
    shop.now += timedelta(days=1)
    assert (asks(shop, paper), due(shop)) == ([], [])


def test_nobody_decides_their_own_whatever_a_rule_says(shop: Shop) -> None:
    stocked(shop)
    ruled(shop, RuleStep(1, Role.AREA_MANAGER), RuleStep(2, Role.STORE_MANAGER, Reach.CHAIN, ALL))
    paper = asked(shop, ("COLA", 1), source="WH", target="XH", who="area_manager@south")
    assert asks(shop, paper) == ["hq"]  # above the one who asks
    assert approves(shop, paper, "area_manager@south") == "own_request"
    assert approves(shop, paper, "hq") == "submitted"
    assert asks(shop, paper) == ["store_manager@XH", "store_manager@EQ", "store_manager@BJ"]


def test_what_nobody_else_could_decide_is_refused_at_once(shop: Shop) -> None:
    stocked(shop)
    ruled(shop, RuleStep(1, Role.HQ))
    assert shop.refused("hq", shop.request("WH", "XH", ("COLA", 1))) == "nobody_can_approve"


def test_all_are_those_who_were_there_when_it_was_asked(shop: Shop) -> None:
    paper = pulled(
        shop, RuleStep(1, Role.STORE_MANAGER, Reach.REGION), RuleStep(2, Role.AREA_MANAGER, Reach.CHAIN, ALL)
    )
    approves(shop, paper, "keeper@WH")
    approves(shop, paper, "store_manager@BJ")
    columns = "name, role, home_id, region, language, standing, version"
    copied = (
        f"insert into person (code, {columns}) select 'late', {columns} from person where code = 'area_manager@west'"
    )
    shop.connection.exec_driver_sql(copied)
    assert asks(shop, paper) == ["area_manager@west", "area_manager@south"]
    assert approves(shop, paper, "late") == "not_allowed"
    assert approves(shop, paper, "area_manager@south") == "submitted"
    assert approves(shop, paper, "area_manager@south") == "not_allowed"
    assert approves(shop, paper, "area_manager@west") == "approved"
    said = shop.rows("select said_by_id = person_id as own from approval_word")
    assert [bool(row["own"]) for row in said] == [True, True]


def test_who_of_all_may_decide_no_longer_is_not_waited_for(shop: Shop) -> None:
    paper = pulled(shop, RuleStep(1, Role.AREA_MANAGER, Reach.CHAIN, ALL))
    approves(shop, paper, "keeper@WH")
    shop.connection.exec_driver_sql("update person set role = 'auditor' where code = 'area_manager@west'")
    assert asks(shop, paper) == ["area_manager@south"]
    assert approves(shop, paper, "area_manager@south") == "approved"


def test_a_step_looks_for_its_people_when_its_turn_comes(shop: Shop) -> None:
    paper = pulled(shop, RuleStep(1, Role.STORE_MANAGER, Reach.TARGET))
    shop.connection.exec_driver_sql("update person set role = 'auditor' where code = 'store_manager@XH'")
    approves(shop, paper, "keeper@WH")
    assert asks(shop, paper) == ["area_manager@west"]
    assert stands(shop, paper)[1] == (2, Role.AREA_MANAGER, Role.STORE_MANAGER, "waiting")


def test_what_the_people_said_to_whom_a_step_climbed_is_not_asked_again(shop: Shop) -> None:
    paper = pulled(shop, RuleStep(1, Role.STORE_MANAGER, Reach.TARGET), RuleStep(2, Role.AREA_MANAGER, Reach.TARGET))
    shop.connection.exec_driver_sql("update person set role = 'auditor' where code = 'store_manager@XH'")
    approves(shop, paper, "keeper@WH")
    assert approves(shop, paper, "area_manager@west") == "approved"
    assert [one[-1] for one in stands(shop, paper)] == ["approved"] * 3


# The clock.


def test_reminders_come_once_and_then_it_climbs_up_to_the_top(shop: Shop) -> None:
    step = RuleStep(1, Role.KEEPER, remind_after_minutes=10, escalate_after_minutes=30)
    stocked(shop)
    ruled(shop, step)
    paper = asked(shop)  # the pull's own step gets the times
    shop.now = MORNING + timedelta(minutes=10, microseconds=-1)
    assert due(shop) == []
    shop.now = MORNING + timedelta(minutes=10)
    version = paper.now["version"]
    assert (rings(shop), rings(shop)) == (["RemindOfStep"], [])
    assert paper.now["version"] == version
    for minutes, who in ((30, "area_manager@south"), (60, "hq")):
        shop.now = MORNING + timedelta(minutes=minutes)
        found = rings(shop)
        assert (found, asks(shop, paper), paper.state) == (["EscalateStep"], [who], "submitted")
        assert approves(shop, paper, "keeper@WH") == "not_allowed"
    assert paper.now["version"] == version + 2
    shop.now = MORNING + timedelta(minutes=90)
    assert rings(shop) == ["EscalateStep"]  # nobody is above: those who are there are reminded
    assert (asks(shop, paper), paper.now["version"], rings(shop)) == (["hq"], version + 2, [])
    kinds = [row["kind"] for row in shop.rows("select kind from event order by id")]
    assert kinds == ["transfer.submit", "transfer.remind", "transfer.climb", "transfer.climb", "transfer.remind"]
    assert stands(shop, paper) == [(1, Role.HQ, Role.KEEPER, "waiting")]


def test_times_are_counted_from_the_turn_of_a_step(shop: Shop) -> None:
    paper = pulled(shop, RuleStep(1, Role.HQ, escalate_after_minutes=30, remind_after_minutes=30))
    shop.now += timedelta(hours=1)
    assert due(shop) == []
    approves(shop, paper, "keeper@WH")
    shop.now += timedelta(minutes=30)
    assert rings(shop) == ["EscalateStep"]


def test_the_word_of_all_becomes_that_of_any_above(shop: Shop) -> None:
    paper = pulled(shop, RuleStep(1, Role.AREA_MANAGER, Reach.CHAIN, ALL, escalate_after_minutes=30))
    approves(shop, paper, "keeper@WH")
    approves(shop, paper, "area_manager@west")
    shop.now += timedelta(minutes=30)
    assert rings(shop) == ["EscalateStep"]
    assert (asks(shop, paper), approves(shop, paper, "hq")) == (["hq"], "approved")


@pytest.mark.parametrize("command", [RemindOfStep, EscalateStep])
def test_only_the_clock_rings_and_only_when_it_is_time(shop: Shop, command: Any) -> None:
    paper = pulled(shop, RuleStep(1, Role.KEEPER, remind_after_minutes=10, escalate_after_minutes=30))
    (step,) = steps_of(Work(shop.connection, shop.now), paper.id)
    assert shop.refused("hq", command(paper.id, step.id)) == "not_allowed"
    assert shop.refused("system", command(paper.id, step.id)) == "not_yet_due"
    assert shop.refused("system", command(paper.id, step.id + 1)) == "not_yet_due"
    approves(shop, paper, "keeper@WH")
    shop.now += timedelta(hours=1)
    assert shop.refused("system", command(paper.id, step.id)) == "not_yet_due"


# Standing in.


def test_who_stands_in_speaks_for_the_other_and_not_for_those_behind_them(shop: Shop) -> None:
    paper = pulled(shop, RuleStep(1, Role.AREA_MANAGER, Reach.TARGET))
    away(shop, "keeper@WH", "store_manager@BJ")
    away(shop, "store_manager@BJ", "store_manager@EQ")
    assert asks(shop, paper) == ["store_manager@BJ", "keeper@WH"]
    assert approves(shop, paper, "store_manager@EQ") == "not_allowed"
    assert approves(shop, paper, "store_manager@BJ") == "submitted"
    first = steps_of(Work(shop.connection, shop.now), paper.id)[0]
    assert (first.decided_by_id, first.decided_for_id) == (shop.people["store_manager@BJ"], shop.people["keeper@WH"])


def test_who_asks_is_not_spoken_for_and_does_not_stand_in(shop: Shop) -> None:
    stocked(shop)
    ruled(shop, RuleStep(1, Role.AREA_MANAGER, Reach.CHAIN))
    away(shop, "keeper@WH", "store_manager@XH")
    away(shop, "area_manager@west", "hq")
    paper = asked(shop, who="store_manager@XH")
    assert asks(shop, paper) == ["keeper@WH"]
    assert approves(shop, paper, "store_manager@XH") == "own_request"
    approves(shop, paper, "keeper@WH")
    other = asked(shop, who="area_manager@west")
    approves(shop, other, "keeper@WH")
    assert asks(shop, other) == ["area_manager@south"]


def test_it_holds_from_its_first_moment_until_its_last_and_as_long_as_the_role_does(shop: Shop) -> None:
    paper = pulled(shop, RuleStep(1, Role.HQ))
    absent, other, hour = shop.people["keeper@WH"], shop.people["store_manager@BJ"], timedelta(hours=1)
    shop.done("area_manager@south", Delegate(absent, other, MORNING + hour, MORNING + 2 * hour))
    for after, wanted in ((hour / 2, 1), (hour, 2), (1.5 * hour, 2), (2 * hour, 1)):
        shop.now = MORNING + after
        assert len(asks(shop, paper)) == wanted, after
    shop.now = MORNING + hour
    shop.connection.exec_driver_sql("update person set role = 'clerk' where code = 'store_manager@BJ'")
    assert asks(shop, paper) == ["keeper@WH"]


def test_one_word_counts_for_all_that_ask_at_the_moment(shop: Shop) -> None:
    paper = pulled(shop, RuleStep(1, Role.AREA_MANAGER, Reach.CHAIN, ALL))
    away(shop, "area_manager@west", "area_manager@south")
    approves(shop, paper, "keeper@WH")
    assert approves(shop, paper, "area_manager@south") == "approved"
    said = shop.rows("select person_id, said_by_id from approval_word order by person_id")
    south = shop.people["area_manager@south"]
    assert [(row["person_id"], row["said_by_id"]) for row in said] == [
        *((shop.people["area_manager@west"], south), (south, south))
    ]


def test_only_who_speaks_for_the_source_counts_as_its_hands(shop: Shop) -> None:
    set_route(shop, direct=1)
    paper = pulled(shop, RuleStep(1, Role.STORE_MANAGER, Reach.TARGET))
    approves(shop, paper, "keeper@WH")
    approves(shop, paper, "store_manager@XH")
    work = Work(shop.connection, shop.now)
    assert approved_for(work, paper.id, shop.places["WH"]) == [shop.people["keeper@WH"]]
    assert paper.does("store_manager@XH", paper.command("receive:1g10,2g4")) is not None
    assert paper.now["dispatched_by_id"] == shop.people["keeper@WH"]


def test_a_rest_that_is_left_for_later_carries_every_word_with_it(shop: Shop) -> None:
    paper = pulled(shop, RuleStep(1, Role.AREA_MANAGER, Reach.CHAIN, ALL))
    for who in ("keeper@WH", "area_manager@west", "area_manager@south"):
        approves(shop, paper, who)
    paper.goes("rest_later:1=6")
    (rest,) = shop.rows(f"select id from document where names_id = {paper.id}")
    work = Work(shop.connection, shop.now)
    said, again = (steps_of(work, document_id) for document_id in (paper.id, rest["id"]))
    assert [(one.role, one.decided_by_id) for one in again] == [(one.role, one.decided_by_id) for one in said]
    assert len(shop.rows("select id from approval_word")) == 4
