"""Which rules ask for which documents, and what is kept of their changes; pure functions by grid and by property."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.ground.permissions import Site
from core.ground.work import Work
from core.people.ladder import rungs_from, same_people
from core.people.needed import Needed, asked_once, steps_after
from core.people.rule_changes import SaveRule, SwitchOffRule, SwitchOnRule
from core.people.rules import ApprovalRule, FactLine, Facts, KeptRule, RuleStep, asking, asks, rules, rules_on
from data.kinds import DocumentKind, PlaceKind, Reach, Role, RouteKind, StepMode
from tests.small_chain import Shop

HQ = (RuleStep(1, Role.HQ),)
COLA, RICE = FactLine(1, 240, 24, "饮料", 60_000), FactLine(2, 15_000, 5_000, "粮油", 9_000)
FACTS = Facts(DocumentKind.TRANSFER, (COLA, RICE), False, Role.CLERK)  # ten cases and three bags, 690 yuan
PLACES = {
    1: Site(1, "west", PlaceKind.STORE, "UTC", 0),
    2: Site(2, "west", PlaceKind.STORE, "UTC", 0),
    3: Site(3, "south", PlaceKind.WAREHOUSE, "UTC", 0),
}


def rule(steps: tuple[RuleStep, ...] = HQ, name: str = "看", **when: Any) -> ApprovalRule:
    """A rule about transfers."""
    return ApprovalRule(name, DocumentKind.TRANSFER, steps, **when)


@pytest.mark.parametrize(
    ("when", "wanted"),
    [
        ({}, True),
        ({"above_packs": 9}, True),
        ({"above_packs": 10}, False),
        ({"above_packs": 2, "category": "粮油"}, True),
        ({"above_packs": 3, "category": "粮油"}, False),
        ({"above_fen": 68_999}, True),
        ({"above_fen": 69_000}, False),
        ({"above_fen": 8_999, "category": "粮油"}, True),
        ({"above_fen": 9_000, "category": "粮油"}, False),
        ({"above_packs": 9, "above_fen": 69_000}, False),  # all of it has to hold
        ({"above_packs": 10, "above_fen": 0}, False),
        ({"category": "烟酒"}, False),
        ({"route": RouteKind.ACROSS_REGIONS}, True),
        ({"route": RouteKind.SAME_REGION}, False),
        ({"requester_role": Role.CLERK}, True),
        ({"requester_role": Role.STORE_MANAGER}, False),
    ],
)
def test_a_rule_asks_where_all_of_it_holds(when: dict[str, Any], wanted: bool) -> None:
    assert asks(rule(**when), FACTS) is wanted
    assert asks(replace(rule(**when), kind=DocumentKind.SALE), FACTS) is False
    assert [one.id for one in asking([KeptRule(7, 1, True, rule(**when))], FACTS)] == [7] * wanted
    assert asking([KeptRule(7, 1, False, rule(**when))], FACTS) == []


def test_the_other_route_is_asked_about_by_the_other_rule() -> None:
    near = replace(FACTS, same_region=True)
    assert asks(rule(route=RouteKind.SAME_REGION), near)
    assert not asks(rule(route=RouteKind.ACROSS_REGIONS), near)


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: rule(name=""),
        lambda: rule(name=" 看"),
        lambda: rule(name="看\n"),
        lambda: rule(name="十一个字的名字太长放不下"),
        lambda: rule(above_packs=-1),
        lambda: rule(above_fen=-1),
        lambda: rule(()),
        lambda: rule(tuple(RuleStep(number, Role.HQ) for number in range(1, 7))),
        lambda: rule((RuleStep(2, Role.HQ),)),
        lambda: rule((RuleStep(1, Role.HQ), RuleStep(3, Role.HQ))),
        lambda: rule((RuleStep(2, Role.HQ), RuleStep(1, Role.HQ))),
        lambda: rule((RuleStep(1, Role.HQ), RuleStep(1, Role.HQ, mode=StepMode.ALL))),
        lambda: RuleStep(1, Role.HQ, remind_after_minutes=0),
        lambda: RuleStep(1, Role.HQ, escalate_after_minutes=0),
    ],
)
def test_what_says_nothing_is_no_rule(wrong: Any) -> None:
    with pytest.raises(ValueError):
        wrong()


# Whom the steps ask.


def test_rules_come_behind_what_is_asked_anyway_and_the_same_people_once() -> None:
    first = [Needed(Role.KEEPER, 3, "source_is_asked")]
    area = RuleStep(1, Role.AREA_MANAGER, Reach.REGION, escalate_after_minutes=60)
    one = KeptRule(1, 1, True, rule((area, RuleStep(2, Role.HQ, Reach.CHAIN)), "一"))
    keeper = RuleStep(1, Role.KEEPER, mode=StepMode.ALL, remind_after_minutes=5)
    sooner = RuleStep(2, Role.AREA_MANAGER, Reach.SOURCE, escalate_after_minutes=30)
    two = KeptRule(2, 1, True, rule((keeper, sooner, RuleStep(2, Role.STORE_MANAGER, Reach.TARGET)), "二"))
    steps = asked_once(steps_after(first, [one, two], 3, 1), PLACES)
    assert [(step.position, step.role, step.place_id, step.rule_name) for step in steps] == [
        (1, Role.KEEPER, 3, None),
        (2, Role.AREA_MANAGER, 3, "一"),
        (3, Role.HQ, 3, "一"),
        (4, Role.STORE_MANAGER, 1, "二"),
    ]
    assert (steps[0].mode, steps[0].remind_after_minutes) == (StepMode.ALL, 5)
    assert steps[1].escalate_after_minutes == 30


STEPS = st.builds(
    Needed,
    role=st.sampled_from([Role.STORE_MANAGER, Role.KEEPER, Role.AREA_MANAGER, Role.HQ]),
    place_id=st.sampled_from(sorted(PLACES)),
    rule=st.just("by_rule"),
    position=st.integers(1, 6),
    reach=st.sampled_from(Reach),
    mode=st.sampled_from(StepMode),
    escalate_after_minutes=st.none() | st.integers(1, 90),
)


@given(steps=st.lists(STEPS, max_size=8))
def test_nobody_is_asked_twice_nobody_is_forgotten_and_the_order_stays(steps: list[Needed]) -> None:
    def whom(step: Needed) -> tuple[str, ...]:
        return same_people(step.role, step.reach, PLACES[step.place_id])

    found = asked_once(steps, PLACES)
    assert len({whom(step) for step in found}) == len(found)
    assert {whom(step) for step in found} == {whom(step) for step in steps}
    positions = [step.position for step in found]
    assert positions == sorted(positions)
    assert set(positions) == set(range(1, len(set(positions)) + 1))
    for step in found:
        same = [one for one in steps if whom(one) == whom(step)]
        times = [one.escalate_after_minutes for one in same if one.escalate_after_minutes]
        assert step.escalate_after_minutes == (min(times) if times else None)
        assert (step.mode is StepMode.ALL) is any(one.mode is StepMode.ALL for one in same)
    firsts = [min(one.position for one in steps if whom(one) == whom(step)) for step in found]
    assert firsts == sorted(firsts)
    assert asked_once(found, PLACES) == found


def test_the_ladder_goes_up_only() -> None:
    assert rungs_from(Role.KEEPER) == (Role.KEEPER, Role.AREA_MANAGER, Role.HQ)
    assert rungs_from(Role.AREA_MANAGER) == (Role.AREA_MANAGER, Role.HQ)
    assert rungs_from(Role.HQ) == (Role.HQ,)


# What is kept.


def test_a_rule_is_kept_changed_and_switched_and_the_audit_has_it_before_and_after(shop: Shop) -> None:
    work = Work(shop.connection, shop.now)
    first = rule((RuleStep(1, Role.AREA_MANAGER, Reach.TARGET, StepMode.ALL, 5, 60), *replaced(HQ, 2)), above_packs=5)
    then = rule(HQ, "再看", above_fen=100, requester_role=Role.CLERK, route=RouteKind.SAME_REGION)
    shop.done("hq", SaveRule(first))
    (kept,) = rules(work)
    assert kept == KeptRule(kept.id, 1, True, first)
    shop.done("admin", SaveRule(then, kept.id, 1))
    assert rules(work) == [KeptRule(kept.id, 2, True, then)]
    shop.done("hq", SwitchOffRule(kept.id, 2))
    assert (rules(work), rules_on(work.afresh(), DocumentKind.TRANSFER)) == ([KeptRule(kept.id, 3, False, then)], [])
    shop.done("hq", SwitchOnRule(kept.id, 3))
    assert rules_on(work.afresh(), DocumentKind.TRANSFER) == [KeptRule(kept.id, 4, True, then)]
    assert rules_on(work.afresh(), DocumentKind.SALE) == []

    rows = shop.rows("select before, after from audit order by id")
    told = [tuple(json.loads(row[name] or "null") for name in ("before", "after")) for row in rows]
    assert told[0][0] is None
    changes = [(before["rules"][str(kept.id)], after["rules"][str(kept.id)]) for before, after in told[1:]]
    assert [before["state"] for before, _ in told[1:]] == ["on", "on", "off"]
    assert (told[0][1]["rules"][str(kept.id)]["name"], changes[0][0]["name"], changes[0][1]["name"]) == (
        "看",
        "看",
        "再看",
    )
    assert changes[1:] == [({"is_on": True}, {"is_on": False}), ({"is_on": False}, {"is_on": True})]
    assert [(after["state"], after["version"]) for _, after in told] == [("on", 1), ("on", 2), ("off", 3), ("on", 4)]
    assert changes[0][0]["steps"][0] == {
        "position": 1,
        "role": "area_manager",
        "reach": "target",
        "mode": "all",
        "remind_after_minutes": 5,
        "escalate_after_minutes": 60,
    }


def replaced(steps: tuple[RuleStep, ...], position: int) -> tuple[RuleStep, ...]:
    """The steps at another position."""
    return tuple(replace(step, position=position) for step in steps)
