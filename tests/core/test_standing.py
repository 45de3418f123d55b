"""Standing: who may manage whom, drawn whole by hand; what leaving means; whoever is out does nothing."""

from __future__ import annotations

import json
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from threading import Barrier
from typing import Any

import pytest

from core.execute import execute
from core.ground.commands import Answer, Command, Refused
from core.ground.permissions import Actor, Site, Verb, allowed, may_connect, may_invite, may_manage, may_teach
from core.ground.work import Work
from core.people.approvals import steps_of
from core.people.directory import heir, people, people_who_may, person_by_code
from core.people.invites import MakeInvite, Newcomer
from core.people.standing import (
    TRANSITIONS,
    Change,
    MovePerson,
    PersonCommand,
    RemovePerson,
    RestorePerson,
    SuspendPerson,
    member,
)
from core.stock.handover import Hanging, hanging
from core.stock.transfer_standing import dispute_of
from data.engine import Database
from data.kinds import DocumentKind, PlaceKind, Role, Standing
from tests.core.transfers import refused, told
from tests.properties.replay import check_books
from tests.small_chain import EVERYBODY, MORNING, Shop, act, rows

# Whom each person may move, suspend, restore and remove.
WHO_MAY_MANAGE = """
clerk@XH            -
store_manager@XH    clerk@XH
clerk@EQ            -
store_manager@EQ    clerk@EQ
clerk@BJ            -
store_manager@BJ    clerk@BJ
keeper@WH           -
area_manager@west   clerk@XH store_manager@XH clerk@EQ store_manager@EQ
area_manager@south  clerk@BJ store_manager@BJ keeper@WH
buyer               -
finance             -
auditor             -
hq                  all but hq admin
admin               all but admin
system              -
"""
THE_WHOLE_TABLE = """
           move       suspend    restore  remove
active     active     suspended  -        removed
suspended  suspended  -          active   removed
removed    -          -          -        -
"""


def change(shop: Shop, kind: type[PersonCommand], who: str, *what: Any) -> PersonCommand:
    """A change of somebody's place as they are now."""
    return kind(shop.people[who], member(Work(shop.connection, shop.now), shop.people[who]).version, *what)


def gone(shop: Shop, who: str, by: str, to: str) -> RemovePerson:
    """Somebody is removed, and this one takes over."""
    return RemovePerson(shop.people[who], change(shop, SuspendPerson, who).version, shop.people[to])


def work(shop: Shop) -> Work:
    """The shop's transaction, to look at."""
    return Work(shop.connection, shop.now)


# Who may.


def test_who_may_manage_whom(shop: Shop) -> None:
    drawn = {who: names for who, *names in (line.split() for line in WHO_MAY_MANAGE.strip().splitlines())}
    assert set(drawn) == set(EVERYBODY)
    for who, names in drawn.items():
        wanted = set(EVERYBODY) - {"system", *names[2:]} if names[:1] == ["all"] else set(names) - {"-"}
        done = {other for other in EVERYBODY if isinstance(shop.does(who, change(shop, SuspendPerson, other)), Answer)}
        assert done == wanted, who
        for other in done:
            shop.done(who, change(shop, RestorePerson, other))


def test_administrators_manage_each_other_and_nobody_themselves() -> None:
    admin = Actor(1, "u1", "一", Role.ADMIN, None, None, "zh")
    assert may_manage(admin, replace(admin, id=2), None)
    assert not may_manage(admin, admin, None)
    assert not may_manage(admin, replace(admin, id=2, standing=Standing.REMOVED), None)


@pytest.mark.parametrize("standing", [Standing.SUSPENDED, Standing.REMOVED])
@pytest.mark.parametrize("role", Role)
def test_who_is_not_active_may_nothing_at_all(role: Role, standing: Standing) -> None:
    home = Site(1, "west", PlaceKind.STORE, "UTC", 0)
    out = Actor(7, "u7", "七", role, home.id, home.region, "zh", standing)
    other = Actor(8, "u8", "八", Role.CLERK, home.id, None, "zh")
    assert not any(allowed(out, verb, kind, home) for verb in Verb for kind in DocumentKind)
    assert not any((may_invite(out, Role.CLERK, home), may_connect(out, "west"), may_teach(out)))
    assert not may_manage(out, other, home)


def test_the_whole_table() -> None:
    changes, *lines = (line.split() for line in THE_WHOLE_TABLE.strip().splitlines())
    drawn = {(state, name): end for state, *ends in lines for name, end in zip(changes, ends, strict=True)}
    assert drawn == {(one, name): TRANSITIONS.get((one, name), "-") for one in Standing for name in Change}


def test_nobody_is_moved_to_where_the_mover_could_let_nobody_in(shop: Shop) -> None:
    west_lake, second_bridge, riverside = (shop.places[code] for code in ("XH", "EQ", "BJ"))
    tried: list[tuple[str, Role, int | None, str | None, str]] = [
        ("store_manager@XH", Role.CLERK, second_bridge, None, "may_not_manage"),
        ("store_manager@XH", Role.STORE_MANAGER, west_lake, None, "may_not_manage"),
        ("area_manager@west", Role.CLERK, riverside, None, "may_not_manage"),
        ("area_manager@west", Role.AREA_MANAGER, None, "west", "may_not_manage"),
        ("area_manager@south", Role.CLERK, riverside, None, "may_not_manage"),
        ("hq", Role.HQ, None, None, "may_not_manage"),
        ("admin", Role.ADMIN, None, None, "may_not_manage"),
        ("admin", Role.KEEPER, west_lake, None, "role_does_not_fit"),
        ("admin", Role.AREA_MANAGER, None, "north", "no_such_region"),
        ("admin", Role.CLERK, west_lake, None, "already_there"),
    ]
    for who, role, home_id, region, code in tried:
        assert refused(shop, who, change(shop, MovePerson, "clerk@XH", role, home_id, region)).code == code
    shop.done("area_manager@west", change(shop, MovePerson, "clerk@XH", Role.STORE_MANAGER, second_bridge))
    shop.done("hq", change(shop, MovePerson, "clerk@XH", Role.AREA_MANAGER, None, "south"))
    moved = member(work(shop), shop.people["clerk@XH"])
    assert (moved.role, moved.home_id, moved.region, moved.version) == (Role.AREA_MANAGER, None, "south", 3)


# What it does.


@pytest.mark.parametrize("change_it", ["suspend", "remove"])
def test_who_is_out_acts_no_more_and_the_books_say_that_they_tried(shop: Shop, change_it: str) -> None:
    shop.done("admin", shop.opening("WH", ("COLA", 30, 100)))
    before = person_by_code(work(shop), "clerk@XH")  # as an edge may still hold them
    wish = shop.request("WH", "XH", ("COLA", 1))
    out = change(shop, SuspendPerson, "clerk@XH")
    shop.done("hq", out if change_it == "suspend" else gone(shop, "clerk@XH", "hq", "hq"))
    answer = execute_as(shop, before, wish)
    assert (answer.code, answer.facts) == ("not_active", {})
    (last,) = rows(shop.connection, "select command, outcome, code from audit order by id desc limit 1")
    assert last == {"command": "SubmitTransfer", "outcome": "refused", "code": "not_active"}
    assert "clerk@XH" not in {one.code for one in people(work(shop))}
    assert {one.code for one in people_who_may(work(shop), Verb.SUBMIT, DocumentKind.TRANSFER, shop.places["XH"])} == {
        "store_manager@XH",
        "area_manager@west",
        "hq",
    }


def execute_as(shop: Shop, who: Actor, wish: Command) -> Refused:
    """Let somebody act as an edge saw them a moment ago."""
    from_then = Work(shop.connection, shop.now).by(who, "test")
    answer = execute(from_then, wish, key="from then")
    assert isinstance(answer, Refused)
    return answer


def test_who_is_restored_goes_on(shop: Shop) -> None:
    shop.done("admin", shop.opening("WH", ("COLA", 30, 100)))
    shop.done("store_manager@XH", change(shop, SuspendPerson, "clerk@XH"))
    shop.done("store_manager@XH", change(shop, RestorePerson, "clerk@XH"))
    shop.done("clerk@XH", shop.request("WH", "XH", ("COLA", 1)))


def test_what_was_changed_is_audited_with_what_it_was(shop: Shop) -> None:
    shop.done("hq", change(shop, MovePerson, "clerk@XH", Role.STORE_MANAGER, shop.places["EQ"]))
    (row,) = rows(shop.connection, "select command, facts, before, after from audit")
    assert row["command"] == "MovePerson"
    home, there = shop.places["XH"], shop.places["EQ"]
    name, before, after = str(shop.people["clerk@XH"]), json.loads(row["before"]), json.loads(row["after"])
    assert before == {"state": "active", "version": 1, "people": {name: {"role": "clerk", "home_id": home}}}
    assert after == {"state": "active", "version": 2, "people": {name: {"role": "store_manager", "home_id": there}}}
    assert f'"home_id": {there}' in row["facts"]
    assert '"role": "store_manager"' in row["facts"]


def test_a_card_from_before_changes_nothing(shop: Shop) -> None:
    seen = change(shop, SuspendPerson, "clerk@XH")
    shop.done("hq", seen)
    shop.done("hq", change(shop, RestorePerson, "clerk@XH"))
    assert refused(shop, "admin", seen).code == "person_changed"
    assert refused(shop, "admin", change(shop, RestorePerson, "clerk@XH")).code == "person_changed"


def test_what_a_step_waited_for_alone_climbs(shop: Shop) -> None:
    paper = told(shop, "")
    keeper = shop.people["keeper@WH"]
    assert hanging(work(shop), keeper) == Hanging(approvals=(paper.id,))
    shop.done("area_manager@south", change(shop, SuspendPerson, "keeper@WH"))
    assert [one.role for one in steps_of(work(shop), paper.id)] == [Role.AREA_MANAGER]
    south = shop.people["area_manager@south"]
    assert hanging(work(shop), south) == Hanging(approvals=(paper.id,))
    shop.done("hq", gone(shop, "area_manager@south", "hq", "hq"))
    assert [one.role for one in steps_of(work(shop), paper.id)] == [Role.HQ]
    told_of = rows(shop.connection, "select document_id from event where kind = 'transfer.climb'")
    assert [one["document_id"] for one in told_of] == [paper.id, paper.id]
    shop.done("hq", paper.command("approve"))
    check_books(shop.connection)


def test_a_suspension_waits_for_nobody_but_a_removal_does(shop: Shop) -> None:
    paper = told(shop, "")
    shop.connection.exec_driver_sql(
        "update person set role = 'finance' where role = 'hq' or code = 'area_manager@south'"
    )
    suspended = change(shop, SuspendPerson, "keeper@WH")
    shop.done("admin", suspended)
    assert [one.role for one in steps_of(work(shop), paper.id)] == [Role.KEEPER]
    refusal = refused(shop, "admin", gone(shop, "keeper@WH", "admin", "admin"))
    assert (refusal.code, refusal.facts["document_id"], refusal.facts["verb"]) == ("leaves_nobody", paper.id, "approve")
    shop.done("admin", change(shop, MovePerson, "auditor", Role.AREA_MANAGER, None, "south"))
    shop.done("admin", gone(shop, "keeper@WH", "admin", "admin"))
    assert [one.role for one in steps_of(work(shop), paper.id)] == [Role.AREA_MANAGER]


def test_a_dispute_that_waited_for_them_alone_climbs(shop: Shop) -> None:
    paper = told(shop, "approve dispatch receive:1m1")
    assert hanging(work(shop), shop.people["keeper@WH"]).disputes == (paper.id,)
    shop.now += timedelta(hours=1)
    shop.done("hq", change(shop, SuspendPerson, "keeper@WH"))
    found = dispute_of(work(shop), paper.id)
    assert found is not None
    assert (found.role, found.closed_at) == (Role.AREA_MANAGER, None)
    assert found.due_at > shop.now


def test_nobody_leaves_who_alone_could_load_what_is_approved(shop: Shop) -> None:
    paper = told(shop, "approve")
    facts = {"place_id": shop.places["WH"], "document_id": paper.id, "verb": "dispatch"}
    for wish in (
        gone(shop, "keeper@WH", "hq", "hq"),
        change(shop, MovePerson, "keeper@WH", Role.CLERK, shop.places["BJ"]),
    ):
        assert refused(shop, "hq", wish).facts == facts
    shop.done("hq", change(shop, MovePerson, "clerk@BJ", Role.CLERK, shop.places["WH"]))
    shop.done("hq", gone(shop, "keeper@WH", "hq", "clerk@BJ"))


def test_the_successor_goes_on_with_the_requests_and_so_does_theirs(shop: Shop) -> None:
    paper = told(shop, "")
    asked = shop.people["clerk@XH"]
    assert hanging(work(shop), asked) == Hanging(requests=(paper.id,))
    shop.done("hq", change(shop, MovePerson, "clerk@BJ", Role.CLERK, shop.places["XH"]))
    shop.done("store_manager@XH", gone(shop, "clerk@XH", "store_manager@XH", "clerk@BJ"))
    assert heir(work(shop), asked) == shop.people["clerk@BJ"]
    assert hanging(work(shop), shop.people["clerk@BJ"]) == Hanging(requests=(paper.id,))
    shop.done("area_manager@west", gone(shop, "clerk@BJ", "area_manager@west", "clerk@EQ"))
    assert heir(work(shop), asked) == shop.people["clerk@EQ"]
    shop.done("clerk@EQ", paper.command("cancel"))  # of another store: only who took over may
    (row,) = rows(shop.connection, f"select requester_id from document where id = {paper.id}")
    assert row["requester_id"] == asked  # the books name who asked
    check_books(shop.connection)


def test_who_takes_over_is_there_and_one_of_the_removers_own(shop: Shop) -> None:
    shop.done("hq", change(shop, SuspendPerson, "clerk@EQ"))
    for to in ("clerk@XH", "clerk@EQ", "clerk@BJ", "hq"):
        answer = refused(shop, "area_manager@west", gone(shop, "clerk@XH", "area_manager@west", to))
        assert (answer.code, answer.facts) == ("not_a_successor", {"person_id": shop.people[to]})


def test_the_invites_of_who_leaves_let_nobody_in(shop: Shop) -> None:
    shop.done("store_manager@XH", MakeInvite("hash", Newcomer(Role.CLERK, shop.places["XH"])))
    shop.done("hq", gone(shop, "store_manager@XH", "hq", "hq"))
    assert rows(shop.connection, "select state from invite") == [{"state": "withdrawn"}]


# At once, on both databases.


@pytest.mark.parametrize("round_number", range(3))
def test_of_two_administrators_who_remove_each_other_one_stays(small: Database, round_number: int) -> None:
    def second(connection: Any) -> dict[str, int]:
        connection.exec_driver_sql("update person set role = 'admin' where code = 'hq'")
        return {str(row["code"]): int(row["id"]) for row in rows(connection, "select code, id from person")}

    ids, ready = small.writing(second).result(10), Barrier(2)

    def removes(who: str, other: str) -> Answer | Refused:
        ready.wait(10)
        wish = RemovePerson(ids[other], 1, ids[who])
        return small.writing(lambda connection: act(connection, who, wish, "at once", MORNING)).result(30)

    with ThreadPoolExecutor(2) as crowd:
        answers = list(crowd.map(removes, ("admin", "hq"), ("hq", "admin")))
    assert Counter(type(one) for one in answers) == {Answer: 1, Refused: 1}
    left = small.reading(lambda c: rows(c, "select standing from person where role = 'admin'")).result(10)
    assert sorted(row["standing"] for row in left) == ["active", "removed"]
