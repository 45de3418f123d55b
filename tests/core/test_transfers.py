"""Transfers step by step: the whole table of states, each refusal, what each step moves, and who may take it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from core.ground.commands import Answer, Command, Refused
from core.ground.documents import header
from core.ground.quantity import MOST
from core.ground.work import Work
from core.people.directory import person_by_code
from core.stock.arrivals import Valued
from core.stock.transfer_commands import (
    ApproveTransfer,
    CancelTransfer,
    DispatchTransfer,
    LapseTransfer,
    ReceiveTransfer,
    RejectTransfer,
)
from core.stock.transfer_lines import Arrived
from core.stock.transfers import TRANSITIONS, may, steps_from
from core.trade.receipts import ReceiveGoods
from data.kinds import State, Step
from tests.properties.replay import check_books
from tests.small_chain import EVERYBODY, Shop

THE_WHOLE_TABLE = """
              approve    reject     cancel     dispatch    receive_all  receive_short
submitted     approved   rejected   cancelled  -           -            -
approved      -          -          cancelled  in_transit  -            -
in_transit    -          -          -          -           received     disputed
disputed      -          -          -          -           -            -
received      -          -          -          -           -            -
rejected      -          -          -          -           -            -
cancelled     -          -          -          -           -            -
posted        -          -          -          -           -            -
"""
WHO_DOES = {
    "approve": "keeper@WH",
    "reject": "keeper@WH",
    "cancel": "clerk@XH",
    "dispatch": "keeper@WH",
    "receive_all": "clerk@XH",
    "receive_short": "clerk@XH",
    "lapse": "system",
}
WAY_TO = {
    "submitted": (),
    "approved": ("approve",),
    "in_transit": ("approve", "dispatch"),
    "disputed": ("approve", "dispatch", "receive_short"),
    "received": ("approve", "dispatch", "receive_all"),
    "rejected": ("reject",),
    "cancelled": ("cancel",),
}


def drawn(table: str) -> dict[tuple[str, str], str]:
    """The cells of a table drawn as text, by row and column."""
    columns, *lines = (line.split() for line in table.strip().splitlines())
    return {(row, column): cell for row, *cells in lines for column, cell in zip(columns, cells, strict=True)}


def command(step: str, document_id: int, version: int) -> Command:
    """The command of a step. Of the ten that are dispatched one arrives damaged; when short, one is missing."""
    missing = int(step == "receive_short")
    return {
        "approve": lambda: ApproveTransfer(document_id, version),
        "reject": lambda: RejectTransfer(document_id, version, "不需要"),
        "cancel": lambda: CancelTransfer(document_id, version),
        "dispatch": lambda: DispatchTransfer(document_id, version),
        "receive_all": lambda: ReceiveTransfer(document_id, version, (Arrived(1, 9, 1, 0),)),
        "receive_short": lambda: ReceiveTransfer(document_id, version, (Arrived(1, 9 - missing, 1, missing),)),
        "lapse": lambda: LapseTransfer(document_id, version),
    }[step]()


def transfer_in(shop: Shop, state: str) -> int:
    """A transfer of ten cola from the warehouse, asked for by the store, in this state; its id."""
    shop.done("admin", shop.opening("WH", ("COLA", 30, 100)))
    answer = shop.done("clerk@XH", shop.request("WH", "XH", ("COLA", 10)))
    for step in WAY_TO[state]:
        answer = shop.done(WHO_DOES[step], command(step, answer.document_id, answer.version))
    assert answer.state == state
    return answer.document_id


def version_of(shop: Shop, document_id: int) -> int:
    """The version that a person sees now."""
    return int(shop.document(document_id)["version"])


def test_the_whole_table() -> None:
    table = {(state, step): TRANSITIONS.get((state, step), "-") for state in State for step in Step}
    assert drawn(THE_WHOLE_TABLE) == table


@pytest.mark.parametrize("state", State)
def test_the_open_steps_are_those_of_the_table(state: State) -> None:
    assert {step for step in Step if drawn(THE_WHOLE_TABLE)[state, step] != "-"} == set(steps_from(state))


@pytest.mark.parametrize("state", WAY_TO)
@pytest.mark.parametrize("step", Step)
def test_execute_follows_the_table(shop: Shop, state: str, step: Step) -> None:
    document_id = transfer_in(shop, state)
    before = shop.document(document_id)
    end = drawn(THE_WHOLE_TABLE)[state, step]
    wish = command(step, document_id, before["version"])
    if end == "-":
        assert shop.refused(WHO_DOES[step], wish) == "step_not_allowed"
        assert shop.document(document_id) == before
    else:
        answer = shop.done(WHO_DOES[step], wish)
        assert (answer.state, answer.version) == (end, before["version"] + 1)
    check_books(shop.connection)


# What each step moves.


def test_a_request_freezes_at_the_source(shop: Shop) -> None:
    transfer_in(shop, "submitted")
    assert shop.balance("WH", "COLA") == {"available": 20, "reserved": 10, "value_fen": 100}


@pytest.mark.parametrize("state", ["rejected", "cancelled"])
def test_no_leaves_nothing_frozen(shop: Shop, state: str) -> None:
    transfer_in(shop, state)
    assert shop.balance("WH", "COLA") == {"available": 30, "value_fen": 100}


def test_dispatch_takes_what_was_frozen(shop: Shop) -> None:
    document_id = transfer_in(shop, "in_transit")
    left = {"available": 20, "in_transit": 10, "value_fen": 67, "transit_value_fen": 33}
    assert shop.balance("WH", "COLA") == left
    line = shop.rows(f"select * from transfer_line where document_id = {document_id}")[0]
    assert [line[name] for name in ("frozen", "dispatched", "value_fen", "value_left_fen")] == [0, 10, 33, 33]
    check_books(shop.connection)


def test_goods_are_booked_where_they_are(shop: Shop) -> None:
    document_id = transfer_in(shop, "disputed")
    # Of 33 fen for ten: eight good take 26.4, of the 7 left one damaged of two takes 3.5 and so 4, and 3 stay.
    assert shop.balance("XH", "COLA") == {"available": 8, "blocked": 1, "value_fen": 30}
    assert shop.balance("WH", "COLA") == {"available": 20, "in_transit": 1, "value_fen": 67, "transit_value_fen": 3}
    line = shop.rows(f"select * from transfer_line where document_id = {document_id}")[0]
    assert [line[name] for name in ("received", "damaged", "missing", "value_left_fen")] == [8, 1, 1, 3]


def test_what_arrives_whole_leaves_the_road_empty(shop: Shop) -> None:
    transfer_in(shop, "received")
    assert shop.balance("XH", "COLA") == {"available": 9, "blocked": 1, "value_fen": 33}
    assert shop.balance("WH", "COLA") == {"available": 20, "value_fen": 67}


def test_nothing_at_all_may_arrive(shop: Shop) -> None:
    document_id = transfer_in(shop, "in_transit")
    wish = ReceiveTransfer(document_id, version_of(shop, document_id), (Arrived(1, 0, 0, 10),))
    assert shop.done("clerk@XH", wish).state == "disputed"
    assert shop.balance("XH", "COLA") == {}
    check_books(shop.connection)


@pytest.mark.parametrize(("state", "hours"), [("submitted", 8), ("approved", 48)])
def test_a_freeze_lapses_on_its_hour_and_the_state_stays(shop: Shop, state: str, hours: int) -> None:
    document_id = transfer_in(shop, state)
    shop.now += timedelta(hours=hours, microseconds=-1)
    assert shop.refused("system", LapseTransfer(document_id, version_of(shop, document_id))) == "not_yet_due"
    shop.now += timedelta(microseconds=1)
    assert shop.done("system", LapseTransfer(document_id, version_of(shop, document_id))).state == state
    assert shop.balance("WH", "COLA") == {"available": 30, "value_fen": 100}
    assert shop.refused("system", LapseTransfer(document_id, version_of(shop, document_id))) == "not_yet_due"


def test_after_a_lapse_dispatch_looks_at_what_is_available(shop: Shop) -> None:
    document_id = transfer_in(shop, "approved")
    shop.now += timedelta(hours=48)
    shop.done("system", LapseTransfer(document_id, version_of(shop, document_id)))
    shop.done("keeper@WH", shop.request("WH", "EQ", ("COLA", 25)))
    wish = DispatchTransfer(document_id, version_of(shop, document_id))
    assert shop.refused("keeper@WH", wish) == "not_enough_stock"
    shop.done("admin", shop.opening("WH", ("COLA", 5, 20)))
    assert shop.done("keeper@WH", wish).state == "in_transit"
    assert shop.balance("WH", "COLA")["in_transit"] == 10
    check_books(shop.connection)


def test_an_approval_after_a_lapse_freezes_nothing_and_so_lapses_never(shop: Shop) -> None:
    document_id = transfer_in(shop, "submitted")
    shop.now += timedelta(hours=8)
    shop.done("system", LapseTransfer(document_id, 1))
    shop.done("keeper@WH", ApproveTransfer(document_id, 2))
    assert shop.document(document_id)["lapses_at"] is None
    assert shop.balance("WH", "COLA") == {"available": 30, "value_fen": 100}


def test_frozen_goods_that_were_sold_keep_their_value_when_they_are_released(shop: Shop) -> None:
    """The till sells what is on the shelf, also what was frozen: releasing it then begins below zero."""
    shop.done("admin", shop.opening("XH", ("COLA", 10, 100)))
    answer = shop.done("clerk@XH", shop.request("XH", "WH", ("COLA", 8)))
    shop.done("system", shop.sale("XH", ("COLA", 7)))
    assert shop.balance("XH", "COLA") == {"available": -5, "reserved": 8, "value_fen": 30}
    shop.done("clerk@XH", CancelTransfer(answer.document_id, answer.version))
    assert shop.balance("XH", "COLA") == {"available": 3, "value_fen": 30}
    check_books(shop.connection)


# Each refusal.

Refusal = Callable[[Shop], tuple[str, Command]]


def moved_away(shop: Shop) -> tuple[str, Command]:
    """Who dispatched for the warehouse works in the store when the goods come."""
    document_id = transfer_in(shop, "in_transit")
    home = shop.places["XH"]
    shop.connection.exec_driver_sql(f"update person set home_id = {home}, role = 'clerk' where code = 'keeper@WH'")
    return "keeper@WH", command("receive_all", document_id, 3)


def nobody_left(shop: Shop) -> tuple[str, Command]:
    """A request to a place for which nobody can decide."""
    shop.connection.exec_driver_sql("update person set role = 'finance' where role in ('keeper', 'area_manager', 'hq')")
    shop.done("admin", shop.opening("WH", ("COLA", 30, 100)))
    return "clerk@XH", shop.request("WH", "XH", ("COLA", 1))


def arrival(*arrived: Arrived) -> Refusal:
    """An arrival of the ten that are on the road."""
    return lambda shop: ("clerk@XH", ReceiveTransfer(transfer_in(shop, "in_transit"), 3, arrived))


REFUSALS: dict[str, list[Refusal]] = {
    "same_place": [lambda shop: ("clerk@XH", shop.request("XH", "XH", ("COLA", 1)))],
    "not_a_place_for_goods": [
        lambda shop: ("hq", shop.request("SUP", "XH", ("COLA", 1))),
        lambda shop: ("hq", shop.request("XH", "customer", ("COLA", 1))),
        lambda shop: ("admin", shop.opening("customer", ("COLA", 1, 1))),
        lambda shop: ("system", shop.sale("SUP", ("COLA", 1))),
    ],
    "nothing_asked": [
        lambda shop: ("clerk@XH", shop.request("XH", "WH")),
        lambda shop: ("clerk@XH", shop.request("XH", "WH", ("COLA", 1), ("SOAP", 0))),
        lambda shop: ("clerk@XH", shop.request("XH", "WH", ("COLA", -1))),
        lambda shop: ("system", shop.sale("XH")),
        lambda shop: ("system", shop.sale("XH", ("COLA", 0))),
        lambda shop: ("admin", shop.opening("XH", ("COLA", 0, 0))),
        lambda shop: ("admin", shop.opening("XH", ("COLA", 1, -1))),
    ],
    "too_much": [lambda shop: ("clerk@XH", shop.request("XH", "WH", ("COLA", MOST + 1)))],
    "not_enough_stock": [
        lambda shop: ("clerk@XH", shop.request("XH", "WH", ("COLA", 1))),
        lambda shop: ("system", shop.sale("BJ", ("COLA", 1))),
        lambda shop: ("system", shop.sale("WH", ("COLA", 1))),
    ],
    "not_a_supplier": [
        lambda shop: (
            "buyer",
            ReceiveGoods(shop.places["XH"], shop.places["customer"], (Valued(shop.skus["COLA"], 1, 1),)),
        )
    ],
    "no_such_document": [
        lambda shop: ("keeper@WH", ApproveTransfer(999_999, 1)),
        lambda shop: ("clerk@XH", CancelTransfer(shop.done("system", shop.sale("XH", ("COLA", 1))).document_id, 1)),
    ],
    "moved_on": [
        lambda shop: ("keeper@WH", ApproveTransfer(transfer_in(shop, "submitted"), 2)),
        lambda shop: ("clerk@XH", CancelTransfer(transfer_in(shop, "approved"), 1)),
        lambda shop: ("keeper@WH", DispatchTransfer(transfer_in(shop, "approved"), 1)),
        lambda shop: ("clerk@XH", ReceiveTransfer(transfer_in(shop, "in_transit"), 2, (Arrived(1, 10, 0, 0),))),
        lambda shop: ("system", LapseTransfer(transfer_in(shop, "approved"), 1)),
    ],
    "does_not_add_up": [
        arrival(Arrived(1, 9, 0, 0)),
        arrival(Arrived(1, 9, 1, 1)),
        arrival(Arrived(2, 10, 0, 0)),
        arrival(Arrived(1, 10, 0, 0), Arrived(1, 10, 0, 0)),
        arrival(Arrived(1, 10, 0, 0), Arrived(2, 0, 0, 0)),
        arrival(),
    ],
    "same_person_twice": [moved_away],
    "nobody_can_approve": [nobody_left],
    "own_request": [lambda shop: ("clerk@XH", ApproveTransfer(transfer_in(shop, "submitted"), 1))],
    "not_allowed": [
        lambda shop: ("clerk@EQ", shop.request("WH", "XH", ("COLA", 1))),
        lambda shop: ("area_manager@south", ApproveTransfer(transfer_in(shop, "submitted"), 1)),
        lambda shop: ("clerk@XH", DispatchTransfer(transfer_in(shop, "approved"), 2)),
    ],
    "not_yet_due": [lambda shop: ("system", LapseTransfer(transfer_in(shop, "received"), 4))],
}


@pytest.mark.parametrize(
    ("code", "refusal"),
    [pytest.param(code, one, id=f"{code}-{n}") for code, many in REFUSALS.items() for n, one in enumerate(many)],
)
def test_each_refusal(shop: Shop, code: str, refusal: Refusal) -> None:
    who, wish = refusal(shop)
    assert shop.refused(who, wish) == code
    check_books(shop.connection)


def test_a_sale_names_the_shelf_and_adds_its_lines_up(shop: Shop) -> None:
    shop.done("admin", shop.opening("BJ", ("COLA", 4, 8)))
    answer = shop.does("system", shop.sale("BJ", ("COLA", 3), ("COLA", 2)))
    facts = {"place_id": shop.places["BJ"], "shelf": "available", "sku_id": shop.skus["COLA"], "wanted": 5, "there": 4}
    assert answer == Refused("not_enough_stock", facts)


# Who may take each step of a transfer from the warehouse that the store's clerk asked for.

WHO_MAY = """
                    submit  approve  reject  cancel  dispatch  receive_all  lapse
clerk@XH            yes     -        -       yes     -         yes          -
store_manager@XH    yes     -        -       yes     -         yes          -
clerk@EQ            -       -        -       -       -         -            -
store_manager@EQ    -       -        -       -       -         -            -
clerk@BJ            -       -        -       -       -         -            -
store_manager@BJ    -       -        -       -       -         -            -
keeper@WH           yes     yes      yes     yes     yes       -            -
area_manager@west   yes     -        -       yes     -         yes          -
area_manager@south  yes     -        -       yes     -         -            -
buyer               -       -        -       -       -         -            -
finance             -       -        -       -       -         -            -
auditor             -       -        -       -       -         -            -
hq                  yes     -        -       yes     -         -            -
admin               -       -        -       -       -         -            -
system              -       -        -       -       -         -            yes
"""
BEGINS_IN = {"dispatch": "approved", "receive_all": "in_transit"}


@pytest.mark.parametrize("step", ["submit", "approve", "reject", "cancel", "dispatch", "receive_all", "lapse"])
def test_who_may(shop: Shop, step: str) -> None:
    document_id = transfer_in(shop, BEGINS_IN.get(step, "submitted"))
    version = version_of(shop, document_id)
    shop.now += timedelta(days=3)
    wish = shop.request("WH", "XH", ("COLA", 1)) if step == "submit" else command(step, document_id, version)
    done = set()
    for who in EVERYBODY:
        savepoint = shop.connection.begin_nested()
        answer = shop.does(who, wish)
        savepoint.rollback()
        if isinstance(answer, Answer):
            done.add(who)
        else:
            own = step in ("approve", "reject") and who == "clerk@XH"
            assert answer.code == ("own_request" if own else "not_allowed")
    table = drawn(WHO_MAY)
    assert done == {who for who in EVERYBODY if table[who, step] == "yes"}


@pytest.mark.parametrize("state", ["submitted", "approved", "in_transit", "disputed"])
def test_a_button_is_shown_to_those_whom_the_door_lets_in(shop: Shop, state: str) -> None:
    document_id = transfer_in(shop, state)
    wish = {step: command(step, document_id, version_of(shop, document_id)) for step in Step}
    work = Work(shop.connection, shop.now)
    for who in EVERYBODY:
        for step in Step:
            shown = may(work, person_by_code(work, who), step, header(work, document_id))
            savepoint = shop.connection.begin_nested()
            let_in = isinstance(shop.does(who, wish[step]), Answer)
            savepoint.rollback()
            assert shown == let_in, (who, step)
