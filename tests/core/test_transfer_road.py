"""A transfer that is loaded, short or over or with its rest for later, and that arrives in parts.

Ten of thirty cola for 100 fen take 33.3 and so 33 onto the road; four of twenty soap for 77 take 15.4 and so 15.
"""

from __future__ import annotations

import pytest

from core.ground.commands import Refused
from core.ground.errors import DoesNotAddUp
from core.stock.transfer_commands import (
    Arrived,
    Asked,
    Counted,
    DispatchTransfer,
    ReceiveTransfer,
    SubmitTransfer,
)
from core.stock.transfer_moves import arrived
from data.columns import to_micros
from data.kinds import LoadReason, ReturnReason
from tests.core.transfers import SEEN, Paper, asked, counts_of, line_of, refused, set_route, stocked, told
from tests.small_chain import Shop

ALL_COLA = {"asked": 10, "approved": 10}


def after(shop: Shop, paper: Paper) -> Paper:
    """The second transfer, which carries the rest of the first."""
    (row,) = shop.rows(f"select id from document where names_id = {paper.id}")
    return Paper(shop, row["id"])


# Loading.


def test_what_was_frozen_goes_on_the_road_with_its_value(shop: Shop) -> None:
    paper = told(shop, "approve dispatch")
    assert paper.moved("dispatch") == [(1, 10, 33), (2, 4, 15)]
    assert paper.line() == ALL_COLA | {"dispatched": 10, "value_fen": 33, "value_left_fen": 33}
    left = {"available": 20, "in_transit": 10, "value_fen": 67, "transit_value_fen": 33}
    assert shop.balance("WH", "COLA") == left
    assert [paper.now[name] for name in ("lapses_at", "load_reason")] == [None, None]
    assert paper.now["dispatched_by_id"] == shop.people["keeper@WH"]
    assert (paper.now["dispatched_at"], paper.now["received_at"]) == (to_micros(shop.now), None)


def test_what_was_not_frozen_is_taken_from_what_is_available(shop: Shop) -> None:
    set_route(stocked(shop), keep_back_packs=1)
    paper = asked(shop, ("COLA", 10)).goes("approve dispatch")
    # Six of thirty are worth 20; of the 80 left on 24, four take 13.3 and so 13.
    assert paper.moved("dispatch") == [(1, 6, 20), (1, 4, 13)]
    assert paper.line()["value_fen"] == 33


def test_less_than_approved_needs_a_reason(shop: Shop) -> None:
    paper = told(shop, "approve")
    wish = DispatchTransfer(paper.id, 2, (Counted(1, 9),))
    assert refused(shop, "keeper@WH", wish) == Refused("no_reason_given", {"document_id": paper.id})


@pytest.mark.parametrize("reason", LoadReason)
def test_less_than_approved_frees_the_rest(shop: Shop, reason: LoadReason) -> None:
    paper = told(shop, "approve")
    paper.does("keeper@WH", DispatchTransfer(paper.id, 2, (Counted(1, 7),), reason))
    assert paper.now["load_reason"] == reason
    # Seven of thirty are 23.3 and so 23.
    assert paper.line() == ALL_COLA | {"dispatched": 7, "value_fen": 23, "value_left_fen": 23}
    assert paper.line(2)["dispatched"] == 4
    assert paper.moved("release") == [(1, 3, 0)]
    assert shop.balance("WH", "COLA") == {"available": 23, "in_transit": 7, "value_fen": 77, "transit_value_fen": 23}
    assert shop.rows(f"select id from document where names_id = {paper.id}") == []
    paper.goes("receive:1g7,2g4")
    assert paper.state == "received"


def test_a_line_of_which_nothing_was_loaded_waits_for_nothing(shop: Shop) -> None:
    paper = told(shop, "approve dispatch:1=0")
    assert paper.line() == ALL_COLA
    assert paper.goes("receive:2g4").state == "received"


@pytest.mark.parametrize("step", ["dispatch:1=0,2=0", "rest_later:1=0,2=0"])
def test_nothing_loaded_is_no_dispatch(shop: Shop, step: str) -> None:
    assert told(shop, "approve").refuses("keeper@WH", step) == "nothing_asked"


@pytest.mark.parametrize("said", ["3=1", "0=1", "1=10,3=0"])
def test_a_line_that_is_not_there_is_not_loaded(shop: Shop, said: str) -> None:
    assert told(shop, "approve").refuses("keeper@WH", f"dispatch:{said}") == "does_not_add_up"


def test_a_line_is_loaded_once(shop: Shop) -> None:
    paper = told(shop, "approve")
    assert paper.refuses("keeper@WH", DispatchTransfer(paper.id, 2, (Counted(1, 10),) * 2)) == "does_not_add_up"


def test_more_than_approved_is_a_new_line_from_what_is_available(shop: Shop) -> None:
    paper = told(shop, "approve dispatch:1=13")
    assert paper.line() == ALL_COLA | {"dispatched": 10, "value_fen": 33, "value_left_fen": 33}
    # Of the 67 left on twenty cola three take 10.05 and so 10.
    assert paper.line(3) == {"asked": 3, "dispatched": 3, "value_fen": 10, "value_left_fen": 10}
    assert paper.moved("dispatch") == [(1, 10, 33), (2, 4, 15), (3, 3, 10)]
    assert shop.balance("WH", "COLA") == {"available": 17, "in_transit": 13, "value_fen": 57, "transit_value_fen": 43}
    assert paper.goes("receive:1g10,2g4").state == "in_transit"
    assert paper.goes("receive:3g3").state == "received"


def test_more_than_a_smaller_approval_is_a_new_line_too(shop: Shop) -> None:
    paper = told(shop, "approve:1=6,2=0 dispatch:1=7,2=3")
    assert paper.line()["dispatched"] == 6
    assert [paper.line(3).get(name, 0) for name in ("asked", "approved", "dispatched")] == [1, 0, 1]
    assert [paper.line(4).get(name, 0) for name in ("asked", "approved", "dispatched")] == [3, 0, 3]
    assert paper.line(2) == {"asked": 4}


def test_more_than_there_is_is_not_loaded(shop: Shop) -> None:
    paper = told(shop, "approve")
    facts = {"place_id": shop.places["WH"], "shelf": "available", "sku_id": shop.skus["COLA"]}
    answer = refused(shop, "keeper@WH", paper.command("dispatch:1=31"))
    assert answer == Refused("not_enough_stock", {**facts, "wanted": 21, "there": 20})
    assert paper.goes("dispatch:1=30").state == "in_transit"


# The rest, later.


def test_the_rest_may_wait_in_a_second_transfer_that_names_the_first(shop: Shop) -> None:
    paper = told(shop, "approve rest_later:1=7,2=1")
    second = after(shop, paper)
    names = ("state", "version", "place_id", "other_place_id", "requester_id", "dispatched_by_id", "load_reason")
    clerk = shop.people["clerk@XH"]
    assert [second.now[name] for name in names] == [
        *("approved", 1, shop.places["WH"], shop.places["XH"], clerk, None, None)
    ]
    assert (second.line(1), second.line(2)) == (
        {"asked": 3, "approved": 3, "frozen": 3},
        {"asked": 3, "approved": 3, "frozen": 3},
    )
    assert (paper.moved("release"), second.moved("freeze")) == ([(1, 3, 0), (2, 3, 0)], [(1, 3, 0), (2, 3, 0)])
    start = int(shop.now.timestamp()) * 1_000_000
    assert [second.now[name] - start for name in ("lapses_at", "reminds_at")] == [
        48 * 3_600_000_000,
        24 * 3_600_000_000,
    ]
    assert shop.balance("WH", "COLA") == {
        "available": 20,
        "reserved": 3,
        "in_transit": 7,
        "value_fen": 77,
        "transit_value_fen": 23,
    }
    second.goes("dispatch receive:1g3,2g3")
    assert (paper.state, second.state) == ("in_transit", "received")


def test_only_lines_with_a_rest_are_in_the_second(shop: Shop) -> None:
    second = after(shop, told(shop, "approve rest_later:1=13,2=1"))
    assert shop.rows(f"select line, sku_id, asked from transfer_line where document_id = {second.id}") == [
        {"line": 1, "sku_id": shop.skus["SOAP"], "asked": 3}
    ]


@pytest.mark.parametrize(("loaded", "frozen"), [(4, 2), (6, 0), (9, 0)])
def test_as_much_of_the_rest_is_frozen_as_was(shop: Shop, loaded: int, frozen: int) -> None:
    set_route(stocked(shop), keep_back_packs=1)
    second = after(shop, asked(shop, ("COLA", 10)).goes(f"approve rest_later:1={loaded}"))
    assert (second.line()["approved"], second.line().get("frozen", 0)) == (10 - loaded, frozen)
    assert (second.now["lapses_at"] is None) == (frozen == 0)


def test_after_a_lapse_nothing_of_the_rest_is_frozen(shop: Shop) -> None:
    second = after(shop, told(shop, "approve lapse rest_later:1=7"))
    assert second.line() == {"asked": 3, "approved": 3}
    assert second.goes("freeze").line()["frozen"] == 3


def test_all_that_was_approved_leaves_no_second(shop: Shop) -> None:
    paper = told(shop, "approve rest_later")
    assert shop.rows(f"select id from document where names_id = {paper.id}") == []
    assert paper.now["load_reason"] is None


# Receiving.


def test_each_part_takes_its_share_of_the_value_and_the_last_one_the_rest(shop: Shop) -> None:
    paper = told(shop, "approve dispatch receive:1g3")
    assert (paper.state, paper.line()["value_left_fen"]) == ("in_transit", 23)  # 9.9 of 33
    paper.goes("receive:1g2d1")  # 6.6 of the 23 on seven; then 3.2 of the 16 on five
    assert paper.line() == ALL_COLA | {
        "dispatched": 10,
        "received": 5,
        "damaged": 1,
        "value_fen": 33,
        "value_left_fen": 13,
    }
    assert shop.balance("XH", "COLA") == {"available": 5, "blocked": 1, "value_fen": 20}
    assert shop.balance("WH", "COLA") == {"available": 20, "in_transit": 4, "value_fen": 67, "transit_value_fen": 13}
    paper.goes("receive:1g4,2g3d1")
    assert paper.moved("transfer_in") == [(1, 3, 10), (1, 2, 7), (1, 4, 13), (2, 3, 11)]  # 11.25 of 15
    assert paper.moved("transfer_damage") == [(1, 1, 3), (2, 1, 4)]
    assert (paper.state, paper.line()["value_fen"]) == ("received", 33)
    assert shop.balance("XH", "COLA") == {"available": 9, "blocked": 1, "value_fen": 33}
    assert shop.balance("WH", "COLA") == {"available": 20, "value_fen": 67}


def test_one_by_one_the_parts_come_to_the_whole(shop: Shop) -> None:
    paper = told(shop, "approve dispatch receive:2g1 receive:2g1 receive:2g1 receive:2g1")
    # Of 15 fen for four: 3.75, then 11 on three, 7 on two, and what is left.
    assert paper.moved("transfer_in") == [(2, 1, 4), (2, 1, 4), (2, 1, 4), (2, 1, 3)]
    assert paper.moved("true_up") == []


def test_half_a_fen_is_rounded_up(shop: Shop) -> None:
    paper = told(shop, "approve dispatch receive:1g5")
    assert (paper.moved("transfer_in"), paper.line()["value_left_fen"]) == ([(1, 5, 17)], 16)  # 16.5


def test_damaged_goods_are_booked_where_they_are(shop: Shop) -> None:
    paper = told(shop, "approve dispatch receive:1g8d2,2d4")
    assert paper.state == "received"
    assert shop.balance("XH", "COLA") == {"available": 8, "blocked": 2, "value_fen": 33}
    assert shop.balance("XH", "SOAP") == {"blocked": 4, "value_fen": 15}
    assert shop.balance("WH", "COLA") == {"available": 20, "value_fen": 67}
    ends = "source_id, source_shelf, target_id, target_shelf"
    warehouse, store = shop.places["WH"], shop.places["XH"]
    booked = shop.rows(f"select distinct {ends} from posting where cause = 'transfer_damage'")
    assert [tuple(row.values()) for row in booked] == [(warehouse, "in_transit", store, "blocked")]


def test_missing_and_refused_goods_stay_on_the_sources_road(shop: Shop) -> None:
    paper = told(shop, "approve dispatch receive:1g4m3r3")
    assert paper.line() == ALL_COLA | {
        "dispatched": 10,
        "received": 4,
        "missing": 3,
        "refused": 3,
        "value_fen": 33,
        "value_left_fen": 20,
    }
    assert shop.balance("WH", "COLA") == {"available": 20, "in_transit": 6, "value_fen": 67, "transit_value_fen": 20}
    assert shop.balance("XH", "COLA") == {"available": 4, "value_fen": 13}
    assert paper.now["received_by_id"] == shop.people["clerk@XH"]
    assert paper.now["received_at"] == to_micros(shop.now)


def test_nothing_at_all_may_have_come(shop: Shop) -> None:
    paper = told(shop, "approve dispatch receive:1m10,2m4")
    assert (paper.state, shop.balance("XH", "COLA")) == ("disputed", {})


def test_what_is_inspected_for_the_supplier_is_blocked_and_for_returns_only(shop: Shop) -> None:
    stocked(shop, "XH")
    lines = (Asked(shop.skus["COLA"], 10, ""),)
    back = SubmitTransfer(shop.places["XH"], shop.places["WH"], lines, ReturnReason.RECALL)
    paper = Paper(shop, shop.done("clerk@XH", back).document_id, {"dispatch": "clerk@XH", "receive": "keeper@WH"})
    paper.goes("dispatch receive:1g2d3s4r1")
    # Of 33 fen two take 6.6, three of the 26 on eight 9.75, four of the 16 on five 12.8.
    assert paper.moved("transfer_in") == [(1, 2, 7), (1, 4, 13)]
    assert paper.moved("transfer_damage") == [(1, 3, 10)]
    assert (paper.line()["for_supplier"], paper.line()["value_left_fen"], paper.state) == (4, 3, "in_transit")
    assert shop.balance("WH", "COLA") == {"available": 2, "blocked": 7, "value_fen": 30}
    plain = told(shop, "approve dispatch")
    assert plain.refuses("clerk@XH", "receive:1g9s1") == "nothing_asked"


@pytest.mark.parametrize(
    ("story", "said", "code"),
    [
        ("", "1g11", "does_not_add_up"),
        ("", "1g9d1m1", "does_not_add_up"),
        ("", "1g8r3", "does_not_add_up"),
        ("", "3g1", "does_not_add_up"),
        ("", "1g10,3g0", "does_not_add_up"),
        ("", "1g10,2g5", "does_not_add_up"),
        ("receive:1g6", "1g5", "does_not_add_up"),
        ("receive:1g6r2", "1g3", "does_not_add_up"),
        ("receive:1g6m2", "1g5", "does_not_add_up"),
        ("receive:1g9m1,2g4", "1m2", "does_not_add_up"),
        ("", "1g9o1", "does_not_add_up"),
        ("", "1g9m1o1", "does_not_add_up"),
        ("receive:1g9m1", "2g3o1", "does_not_add_up"),
        ("receive:1g9m1", "1o1", "does_not_add_up"),
        ("", "1g0", "nothing_asked"),
    ],
)
def test_what_does_not_add_up_is_refused(shop: Shop, story: str, said: str, code: str) -> None:
    paper = told(shop, f"approve dispatch {story}")
    assert paper.refuses("clerk@XH", f"receive:{said}") == code


@pytest.mark.parametrize("seen", [(), (Arrived(1, good=5), Arrived(1, good=5)), (Arrived(1), Arrived(2))])
def test_each_line_is_said_once_and_something_has_to_be_said(shop: Shop, seen: tuple[Arrived, ...]) -> None:
    paper = told(shop, "approve dispatch")
    code = "does_not_add_up" if len({one.line for one in seen}) < len(seen) else "nothing_asked"
    assert paper.refuses("clerk@XH", ReceiveTransfer(paper.id, 3, seen)) == code


# What one arrival makes of a line of ten, of which so many were received, missing and refused before.
ARRIVALS = """
before    said       received  damaged  missing  refused  over
-         g10        10        0        0        0        0
-         g4         4         0        0        0        0
-         g4d3m2r1   4         3        2        1        0
-         r10        0         0        0        10       0
-         g10o3      10        0        0        0        3
-         g8r2o1     8         0        0        2        1
g4        m6         4         0        6        0        0
m4        g6         6         0        4        0        0
m4        g7         7         0        3        0        0
m4        g10        10        0        0        0        0
m4        g10o2      10        0        0        0        2
m4        g6m1       6         0        4        0        0
m4        g6m4       6         0        4        0        0
m4        m1         0         0        5        0        0
g6m4      g1         7         0        3        0        0
g6m4      d1r1       6         1        2        1        0
g6m4      g1m3       7         0        3        0        0
g6m4      m4         6         0        4        0        0
g5m2r2    g1         6         0        2        2        0
g5m2r2    g2m1       7         0        1        2        0
"""


@pytest.mark.parametrize("row", ARRIVALS.strip().splitlines()[1:])
def test_late_parts_eat_up_what_was_missing(row: str) -> None:
    before, said, *counts = row.split()
    (line,), _ = arrived(1, 2, line_of(before), Arrived(1, **counts_of(f"1{said}")[1]))
    assert [line.received, line.damaged, line.missing, line.refused, line.over] == [int(count) for count in counts]
    assert line.awaited >= 0


@pytest.mark.parametrize(
    ("before", "said"),
    [("-", "g11"), ("-", "g5m6"), ("g6m4", "g5"), ("g6m4", "g3m2"), ("m4", "g7m4"), ("r10", "g1"), ("-", "g9o1")],
)
def test_more_than_is_on_the_road_does_not_arrive(before: str, said: str) -> None:
    with pytest.raises(DoesNotAddUp):
        arrived(1, 2, line_of(before), Arrived(1, **counts_of(f"1{said}")[1]))


def test_every_word_for_what_arrived_is_used_here() -> None:
    fields = {name for name in Arrived.__dataclass_fields__ if name != "line"}
    assert fields == set(SEEN.values())
