"""Who may take which step of a transfer, drawn by hand for everybody: at home, in the region, elsewhere, everywhere."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

import pytest

from core.ground.commands import Answer, Command, Refused
from core.ground.documents import header
from core.ground.work import Work
from core.people.directory import person_by_code
from core.stock.transfer_commands import HoldTransfer, WriteOffMissing
from core.stock.transfer_lines import lines_of
from core.stock.transfer_steps import TRANSITIONS, may, standpoint
from data.kinds import Bearer, State, Step
from tests.core.transfers import WHO, Paper, asked, refused, set_route, stocked
from tests.small_chain import EVERYBODY, Shop

# Everybody who may; nobody else may. The clerk of the store asks the warehouse, whose keeper dispatches.
FROM_THE_WAREHOUSE = """
submit                 clerk@XH store_manager@XH keeper@WH area_manager@west area_manager@south hq
approve                keeper@WH
reject                 keeper@WH
cancel                 clerk@XH store_manager@XH keeper@WH area_manager@west area_manager@south hq
freeze                 clerk@XH store_manager@XH keeper@WH area_manager@west area_manager@south hq
dispatch               keeper@WH
rest_later             keeper@WH
receive                clerk@XH store_manager@XH area_manager@west
turn_back              clerk@XH store_manager@XH keeper@WH area_manager@west area_manager@south hq
take_back              keeper@WH area_manager@south
hold@BJ                clerk@BJ store_manager@BJ area_manager@south
hold@EQ                clerk@EQ store_manager@EQ area_manager@west
hold@XH
hold@WH
keep                   store_manager@XH keeper@WH area_manager@west area_manager@south hq
send_on                store_manager@XH keeper@WH area_manager@west area_manager@south hq
send_back              store_manager@XH keeper@WH area_manager@west area_manager@south hq
sent_more              keeper@WH area_manager@south hq
not_sent               keeper@WH area_manager@south hq
write_off@source       area_manager@south hq
write_off@destination  store_manager@XH area_manager@west hq
write_off@carrier      area_manager@west area_manager@south hq
write_off@supplier     area_manager@west area_manager@south hq
write_off@company      area_manager@west area_manager@south hq
lapse                  system
remind                 system
escalate               system
"""

# The clerk of a store gives to another store of the same region, over the limit; the clerk dispatches.
FROM_A_STORE = """
submit                 clerk@XH store_manager@XH clerk@EQ store_manager@EQ area_manager@west hq
approve                store_manager@XH
reject                 store_manager@XH
cancel                 clerk@XH store_manager@XH store_manager@EQ area_manager@west hq
freeze                 clerk@XH store_manager@XH clerk@EQ store_manager@EQ area_manager@west hq
dispatch               clerk@XH store_manager@XH
rest_later             clerk@XH store_manager@XH
receive                clerk@EQ store_manager@EQ area_manager@west
turn_back              clerk@XH store_manager@XH store_manager@EQ area_manager@west hq
take_back              clerk@XH store_manager@XH area_manager@west
hold@BJ                clerk@BJ store_manager@BJ area_manager@south
hold@EQ
hold@XH
hold@WH                keeper@WH area_manager@south
keep                   store_manager@XH store_manager@EQ area_manager@west hq
send_on                store_manager@XH store_manager@EQ area_manager@west hq
send_back              store_manager@XH store_manager@EQ area_manager@west hq
sent_more              store_manager@XH area_manager@west hq
not_sent               store_manager@XH area_manager@west hq
write_off@source       store_manager@XH area_manager@west hq
write_off@destination  store_manager@EQ area_manager@west hq
write_off@carrier      area_manager@west hq
write_off@supplier     area_manager@west hq
write_off@company      area_manager@west hq
lapse                  system
remind                 system
escalate               system
"""
# Why somebody else is refused, where it is not for want of a right.
OTHER_REASONS = {
    ("WH", "approve", "clerk@XH"): "own_request",
    ("WH", "reject", "clerk@XH"): "own_request",
    ("XH", "approve", "clerk@XH"): "own_request",
    ("XH", "reject", "clerk@XH"): "own_request",
    ("WH", "write_off@source", "keeper@WH"): "same_person_twice",
}
STORES = {
    **WHO,
    "approve": "store_manager@XH",
    "dispatch": "clerk@XH",
    "receive": "clerk@EQ",
    "take_back": "store_manager@XH",
    "keep": "store_manager@XH",
}
COMES_TO = {
    "freeze": "lapse",
    "dispatch": "approve",
    "rest_later": "approve",
    "receive": "approve dispatch",
    "turn_back": "approve dispatch",
    "take_back": "approve dispatch receive:1r1",
    "hold": "approve dispatch",
    "keep": "approve dispatch hold",
    "send_on": "approve dispatch hold",
    "send_back": "approve dispatch hold",
    "sent_more": "approve dispatch receive:1g10o1",
    "not_sent": "approve dispatch receive:1g10o1",
    "write_off": "approve dispatch receive:1g9m1,2g4",
    "escalate": "approve dispatch receive:1g9m1,2g4",
}
GRIDS = {"WH": FROM_THE_WAREHOUSE, "XH": FROM_A_STORE}
CELLS = [(source, line) for source, grid in GRIDS.items() for line in grid.strip().splitlines()]


def from_warehouse(shop: Shop, story: str = "") -> Paper:
    """Ten cola and four soap that the store's clerk asked of the warehouse."""
    return asked(stocked(shop)).goes(story)


def from_store(shop: Shop, story: str = "") -> Paper:
    """The same that the store's clerk gives to the other store of the region, on a route where all of it asks."""
    set_route(shop, approval_above_packs=0)
    paper = asked(stocked(shop, "XH"), source="XH", target="EQ")
    return Paper(shop, paper.id, STORES).goes(story)


BRINGS = {"WH": from_warehouse, "XH": from_store}


def wish(paper: Paper, step: str) -> Command:
    """The command of a step; behind an @ stands where goods are held, or who bears a loss."""
    name, _, which = step.partition("@")
    version = paper.now["version"]
    if name == "hold":
        return HoldTransfer(paper.id, version, paper.shop.places[which])
    if name == "write_off":
        return WriteOffMissing(paper.id, version, Bearer(which))
    return paper.command(
        {"receive": "receive:1g1", "dispatch": "dispatch:1=9", "rest_later": "rest_later:1=9"}.get(name, name)
    )


@pytest.mark.parametrize(("source", "line"), CELLS, ids=lambda cell: cell.split()[0])
def test_who_may(shop: Shop, source: str, line: str) -> None:
    step, *may_take_it = line.split()
    paper = BRINGS[source](shop, COMES_TO.get(step.partition("@")[0], ""))
    target = "XH" if source == "WH" else "EQ"
    command = shop.request(source, target, ("COLA", 1)) if step == "submit" else wish(paper, step)
    shop.now += timedelta(days=3)
    for who in EVERYBODY:
        if who not in may_take_it:
            assert refused(shop, who, command).code == OTHER_REASONS.get((source, step, who), "not_allowed"), who
            continue
        savepoint = shop.connection.begin_nested()
        assert isinstance(shop.does(who, command), Answer), who
        savepoint.rollback()


def test_the_grids_have_every_step_and_every_bearer() -> None:
    for grid in GRIDS.values():
        drawn = [line.split()[0] for line in grid.strip().splitlines()]
        assert len(drawn) == len(set(drawn))
        assert {step.partition("@")[0] for step in drawn} == {*WHO, "submit"}
        assert {step.partition("@")[2] for step in drawn if step.startswith("write_off")} == {*Bearer}
    assert {*Step} <= {*WHO}


# Two hands.


def moves_to(shop: Shop, who: str, place: str, role: str) -> None:
    """Somebody works elsewhere from now on."""
    home = shop.places[place]
    shop.connection.exec_driver_sql(f"update person set home_id = {home}, role = '{role}' where code = '{who}'")


@pytest.mark.parametrize("said", ["receive:1g10,2g4", "receive:1g1", "receive:1m10"])
def test_who_dispatched_receives_nothing_of_it(shop: Shop, said: str) -> None:
    paper = from_warehouse(shop, "approve dispatch")
    moves_to(shop, "keeper@WH", "XH", "store_manager")
    assert paper.refuses("keeper@WH", said) == "same_person_twice"


@pytest.mark.parametrize("bearer", Bearer)
def test_who_dispatched_gives_nothing_of_it_up(shop: Shop, bearer: Bearer) -> None:
    paper = from_warehouse(shop, "approve dispatch receive:1g9m1,2g4")
    shop.connection.exec_driver_sql("update person set role = 'hq' where code = 'keeper@WH'")
    assert paper.refuses("keeper@WH", WriteOffMissing(paper.id, paper.now["version"], bearer)) == "same_person_twice"


def test_who_approved_may_dispatch_and_who_received_may_give_up(shop: Shop) -> None:
    paper = from_warehouse(shop, "approve dispatch")
    paper.does("store_manager@XH", paper.command("receive:1g9m1,2g4"))
    paper.does("store_manager@XH", WriteOffMissing(paper.id, paper.now["version"], Bearer.DESTINATION))
    assert paper.state == "received"


def test_on_a_direct_route_who_asked_for_the_source_does_not_receive(shop: Shop) -> None:
    set_route(shop, direct=1)
    paper = asked(stocked(shop, "XH"), ("COLA", 10), source="XH", target="EQ", who="area_manager@west")
    assert (paper.state, paper.refuses("area_manager@west", "receive")) == ("approved", "same_person_twice")
    paper.does("clerk@EQ", paper.command("receive:1g10"))
    assert paper.now["dispatched_by_id"] == shop.people["area_manager@west"]


def test_on_a_direct_route_who_approved_for_the_source_does_not_receive(shop: Shop) -> None:
    set_route(shop, direct=1)
    paper = from_warehouse(shop, "approve")
    moves_to(shop, "keeper@WH", "XH", "clerk")
    assert paper.refuses("keeper@WH", "receive") == "same_person_twice"
    paper.goes("receive:1g10,2g4")  # the clerk asked for the target, so the clerk may
    assert paper.now["dispatched_by_id"] == shop.people["keeper@WH"]
    assert paper.now["received_by_id"] == shop.people["clerk@XH"]


# Buttons.

SHOWN_IN = (
    "",
    "lapse",
    "approve",
    "approve dispatch",
    "approve dispatch hold",
    "approve dispatch receive:1g5r1,2g4o1",
    "approve dispatch receive:1g5m1",
    "approve dispatch receive:1g2 turn_back",
)


def let_in(paper: Paper, who: str, step: Step, homes: Mapping[str, str]) -> bool:
    """Whether this person, where they work, gets through the door with a step: with any of the bearers of a loss."""
    which = {Step.HOLD: [f"hold@{homes[who]}"], Step.WRITE_OFF: [f"write_off@{bearer}" for bearer in Bearer]}
    answers: list[Answer | Refused] = []
    for one in which.get(step, [step.value]):
        savepoint = paper.shop.connection.begin_nested()
        answers.append(paper.shop.does(who, wish(paper, one)))
        savepoint.rollback()
    return any(isinstance(answer, Answer) for answer in answers)


@pytest.mark.parametrize("source", GRIDS)
@pytest.mark.parametrize("story", SHOWN_IN)
def test_a_button_is_shown_to_those_whom_the_door_lets_in(shop: Shop, source: str, story: str) -> None:
    paper = BRINGS[source](shop, story)
    work = Work(shop.connection, shop.now)
    document = header(work, paper.id)
    seen = standpoint(work, document, lines_of(work, paper.id))
    homes = {who: who.partition("@")[2] for who in EVERYBODY}
    for who in EVERYBODY:
        actor = person_by_code(work, who)
        for step in Step:
            if (State(paper.state), step) not in TRANSITIONS or (step is Step.HOLD and homes[who] not in shop.places):
                assert not may(work, actor, step, seen)  # without a home nobody knows where they hold it
            else:
                assert may(work, actor, step, seen) == let_in(paper, who, step, homes), (who, step)
