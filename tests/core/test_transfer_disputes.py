"""Goods that are missing or too many: who has to answer, until when, and each way in which it ends.

Ten cola are worth 33 fen on the road; of what the store received short, one or two wait for an answer.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from core.ground.commands import Refused
from core.stock.transfer_commands import Counted, WriteOffMissing
from data.kinds import Bearer
from tests.core.transfers import Paper, asked, refused, set_route, stocked, told
from tests.small_chain import Shop

SHORT = "approve dispatch receive:1g8m2,2g4"
OVER = "approve dispatch receive:1g10o2,2g4"
HOUR = 3_600_000_000


def now(shop: Shop) -> int:
    """The clock, as a column has it."""
    return int(shop.now.timestamp()) * 1_000_000


def asks(paper: Paper) -> tuple[Any, ...]:
    """Who is asked, for how many hours from now on, and whether that is over."""
    found = paper.dispute
    return found["role"], (found["due_at"] - now(paper.shop)) // HOUR, found["closed_at"] is not None


# Found late, and given up.


def test_what_is_found_late_is_received_and_closes_the_dispute(shop: Shop) -> None:
    paper = told(shop, SHORT)
    assert asks(paper) == ("keeper", 24, False)
    shop.now += timedelta(hours=5)
    assert paper.goes("receive:1g1").state == "disputed"
    assert asks(paper) == ("keeper", 19, False)  # another step gives nobody more time
    shop.now += timedelta(hours=1)
    assert paper.goes("receive:1d1").state == "received"
    assert (paper.dispute["closed_at"], paper.dispute["role"]) == (now(shop), "keeper")
    # Of 33 fen eight take 26.4; of the 7 on two one takes 3.5 and so 4, the last one 3.
    assert (paper.moved("transfer_in"), paper.moved("transfer_damage")) == (
        [(1, 8, 26), (2, 4, 15), (1, 1, 4)],
        [(1, 1, 3)],
    )
    assert shop.balance("XH", "COLA") == {"available": 9, "blocked": 1, "value_fen": 33}


def test_what_turns_up_at_the_source_is_taken_back(shop: Shop) -> None:
    paper = told(shop, f"{SHORT} take_back:1g1d1")
    assert (paper.state, paper.line()["returned"]) == ("received", 2)
    assert paper.dispute["closed_at"] == now(shop)
    assert shop.balance("WH", "COLA") == {"available": 21, "blocked": 1, "value_fen": 74}


def gives_up(paper: Paper, bearer: Bearer, *counts: tuple[int, int]) -> WriteOffMissing:
    """Missing goods as lost, at somebody's cost."""
    said = tuple(Counted(line, count) for line, count in counts)
    return WriteOffMissing(paper.id, paper.now["version"], bearer, said)


@pytest.mark.parametrize("bearer", Bearer)
def test_what_is_given_up_goes_to_the_edge_of_losses_and_says_who_bears_it(shop: Shop, bearer: Bearer) -> None:
    paper = told(shop, SHORT)
    paper.does("hq", gives_up(paper, bearer))
    assert (paper.state, paper.line()["lost"], paper.line().get("missing")) == ("received", 2, None)
    (posting,) = shop.rows("select * from posting where cause = 'transfer_loss'")
    ends = ("source_id", "source_shelf", "target_id", "target_shelf", "quantity", "value_fen", "borne_by", "actor_id")
    assert [posting[name] for name in ends] == [
        *(shop.places["WH"], "in_transit", shop.places["loss"], None, 2, 7, bearer, shop.people["hq"])
    ]
    assert shop.balance("WH", "COLA") == {"available": 20, "value_fen": 67}
    assert paper.dispute["closed_at"] == now(shop)
    others = shop.rows("select count(*) as n from posting where borne_by is not null and cause <> 'transfer_loss'")
    assert others == [{"n": 0}]


def test_a_part_may_be_given_up_and_the_rest_found(shop: Shop) -> None:
    paper = told(shop, "approve dispatch receive:1g7m3,2m4")
    paper.does("hq", gives_up(paper, Bearer.CARRIER, (1, 1)))
    assert (paper.state, paper.line()["missing"], paper.line(2)["missing"]) == ("disputed", 2, 4)
    paper.does("hq", gives_up(paper, Bearer.SOURCE, (1, 1), (2, 3)))
    assert paper.goes("receive:1g1,2g1").state == "received"
    # Of 33 fen seven take 23.1; the 10 on three go as 3.3, 3.5 and so 4, and 3; the soap's 15 as 11.25 and 4.
    assert paper.moved("transfer_loss") == [(1, 1, 3), (1, 1, 4), (2, 3, 11)]
    assert paper.moved("transfer_in") == [(1, 7, 23), (1, 1, 3), (2, 1, 4)]


@pytest.mark.parametrize(
    ("counts", "code"),
    [
        ([(1, 3)], "does_not_add_up"),
        ([(2, 1)], "does_not_add_up"),
        ([(3, 1)], "does_not_add_up"),
        ([(1, 2), (0, 1)], "does_not_add_up"),
        ([(1, 1), (1, 1)], "does_not_add_up"),
        ([(1, 0)], "nothing_asked"),
    ],
)
def test_more_than_is_missing_is_not_given_up(shop: Shop, counts: list[tuple[int, int]], code: str) -> None:
    paper = told(shop, SHORT)
    assert paper.refuses("hq", gives_up(paper, Bearer.COMPANY, *counts)) == code


def test_goods_that_are_only_awaited_or_refused_are_not_given_up(shop: Shop) -> None:
    paper = told(shop, "approve dispatch receive:1g2m1r3")
    assert paper.refuses("hq", gives_up(paper, Bearer.COMPANY, (1, 2))) == "does_not_add_up"
    assert paper.goes("write_off").state == "in_transit"
    assert paper.line()["lost"] == 1


# Too many.


def test_what_came_above_the_dispatch_is_posted_by_nobody(shop: Shop) -> None:
    paper = told(shop, OVER)
    assert (paper.state, paper.line()["over"], paper.line()["dispatched"]) == ("disputed", 2, 10)
    assert paper.moved("transfer_in") == [(1, 10, 33), (2, 4, 15)]
    assert shop.balance("XH", "COLA") == {"available": 10, "value_fen": 33}
    assert shop.balance("WH", "COLA") == {"available": 20, "value_fen": 67}
    assert asks(paper) == ("keeper", 24, False)


def test_what_the_source_sent_more_moves_at_its_average(shop: Shop) -> None:
    paper = told(shop, f"{OVER} sent_more")
    assert (paper.state, paper.dispute["closed_at"]) == ("received", now(shop))
    # Two of twenty for 67 are 6.7.
    assert paper.moved("transfer_in") == [(1, 10, 33), (2, 4, 15), (1, 2, 7)]
    assert paper.line() == {
        "asked": 10,
        "approved": 10,
        "dispatched": 12,
        "received": 12,
        "value_fen": 40,
    }
    assert shop.balance("XH", "COLA") == {"available": 12, "value_fen": 40}
    assert shop.balance("WH", "COLA") == {"available": 18, "value_fen": 60}


def test_the_source_cannot_have_sent_what_its_book_has_not_got(shop: Shop) -> None:
    paper = told(shop, OVER)
    asked(shop, ("COLA", 19), target="EQ", who="keeper@WH")
    facts = {"place_id": shop.places["WH"], "shelf": "available", "sku_id": shop.skus["COLA"], "wanted": 2, "there": 1}
    assert refused(shop, "hq", paper.command("sent_more")) == Refused("not_enough_stock", facts)


def test_what_the_source_did_not_send_is_posted_by_nobody(shop: Shop) -> None:
    paper = told(shop, f"{OVER} not_sent")
    assert (paper.state, paper.line().get("over")) == ("received", None)
    assert paper.moved("transfer_in") == [(1, 10, 33), (2, 4, 15)]
    assert paper.dispute["closed_at"] == now(shop)


def test_too_many_of_one_line_and_too_few_of_another_are_two_questions(shop: Shop) -> None:
    paper = told(shop, "approve dispatch receive:1g10o1,2g3m1")
    assert paper.goes("sent_more").state == "disputed"
    assert paper.dispute["closed_at"] is None
    assert paper.goes("write_off").state == "received"


def test_more_of_more_adds_up(shop: Shop) -> None:
    paper = told(shop, "approve dispatch receive:1g10o1,2g3m1 receive:1o2")
    assert paper.line()["over"] == 3
    assert paper.goes("receive:2g1o1 sent_more").state == "received"
    assert (paper.line()["received"], paper.line(2)["received"]) == (13, 5)
    # Three of twenty for 67 are 10.05; one soap of sixteen for 62 is 3.875.
    assert paper.moved("transfer_in")[-2:] == [(1, 3, 10), (2, 1, 4)]


# Silence.


def test_silence_climbs_the_ladder_and_stays_at_the_top(shop: Shop) -> None:
    set_route(shop, answer_within_hours=6)
    paper = told(shop, SHORT)
    version = paper.now["version"]
    assert asks(paper) == ("keeper", 6, False)
    for role in ("area_manager", "hq", "hq"):
        shop.now += timedelta(hours=6, microseconds=-1)
        assert paper.refuses("system", "escalate") == "not_yet_due"
        shop.now += timedelta(microseconds=1)
        before = shop.balance("WH", "COLA")
        paper.does("system", paper.command("escalate"))
        assert asks(paper) == (role, 6, False)
        assert (paper.state, paper.now["version"], shop.balance("WH", "COLA")) == ("disputed", version, before)


def test_the_ladder_of_a_store_begins_with_its_manager(shop: Shop) -> None:
    stocked(shop, "XH")
    cast = {"dispatch": "clerk@XH", "receive": "clerk@EQ"}
    paper = Paper(shop, asked(shop, ("COLA", 10), source="XH", target="EQ").id, cast).goes("dispatch receive:1m10")
    assert asks(paper) == ("store_manager", 24, False)


@pytest.mark.parametrize(
    ("left", "first", "then"),
    [
        ("keeper", "area_manager", "hq"),
        ("area_manager", "keeper", "hq"),
        ("hq", "keeper", "area_manager"),
        ("keeper area_manager", "hq", "hq"),
        ("area_manager hq", "keeper", "hq"),
    ],
)
def test_a_rung_with_nobody_on_it_is_passed_over(shop: Shop, left: str, first: str, then: str) -> None:
    paper = told(shop, "approve dispatch")
    for role in left.split():
        shop.connection.exec_driver_sql(f"update person set role = 'finance' where role = '{role}'")
    paper.goes("receive:1g8m2,2g4")
    assert asks(paper)[0] == first
    shop.now += timedelta(days=1)
    paper.does("system", paper.command("escalate"))
    assert asks(paper)[0] == then


@pytest.mark.parametrize("story", ["", "approve", "approve dispatch", f"{SHORT} write_off", f"{OVER} not_sent"])
def test_what_is_not_disputed_does_not_climb(shop: Shop, story: str) -> None:
    paper = told(shop, story)
    shop.now += timedelta(days=9)
    assert paper.refuses("system", "escalate") == "not_yet_due"


def test_a_dispute_that_opens_again_begins_anew(shop: Shop) -> None:
    paper = told(shop, "approve dispatch receive:1g4m2").goes("escalate")
    assert asks(paper)[0] == "area_manager"
    opened_at = paper.dispute["opened_at"]
    assert paper.goes("write_off").state == "in_transit"
    assert asks(paper)[2]
    shop.now += timedelta(hours=1)
    assert paper.goes("receive:1g3m1,2g4").state == "disputed"
    assert asks(paper) == ("keeper", 24, False)
    assert (paper.dispute["opened_at"], opened_at < now(shop)) == (now(shop), True)
    assert len(shop.rows("select document_id from dispute")) == 1
    assert paper.goes("receive:1g1").state == "received"
    assert asks(paper)[2]


def test_closed_disputes_of_others_stay_closed(shop: Shop) -> None:
    first, second = told(shop, f"{SHORT} write_off"), told(shop, SHORT)
    assert (first.dispute["closed_at"] is None, second.dispute["closed_at"] is None) == (False, True)
    second.goes("write_off")
    assert first.dispute["closed_at"] == second.dispute["closed_at"] == now(shop)
