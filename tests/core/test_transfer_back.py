"""A transfer that does not go straight to its target: called back, taken back, on another store's truck; a direct one.

Ten of thirty cola for 100 fen take 33.3 and so 33 onto the road; four of twenty soap for 77 take 15.4 and so 15.
"""

from __future__ import annotations

import pytest

from core.ground.errors import DoesNotAddUp
from core.stock.transfer_commands import TakeBack, TakenBack
from core.stock.transfer_moves import taken_back
from tests.core.transfers import asked, counts_of, line_of, told
from tests.small_chain import Shop

# Calling back and taking back.

# What comes back of a line of ten; `back` is how many the source has booked again, good and damaged.
TAKEN = """
before    called  said    back  missing  refused
r3        no      g3      3     0        0
r3        no      g1      1     0        2
r3        no      g1d1m1  2     1        0
r3m2      no      g4      4     1        0
r3m2      no      g3m2    3     2        0
r3m2      no      m3      0     5        0
g6r2      no      g2      2     0        0
-         yes     g10     10    0        0
-         yes     g4d1    5     0        0
-         yes     m10     0     10       0
r3        yes     g5      5     0        0
r3m2      yes     g8      8     2        0
r3m2      yes     g9      9     1        0
r3m2      yes     g8m2    8     2        0
r3m2      yes     g10     10    0        0
"""


@pytest.mark.parametrize("row", TAKEN.strip().splitlines()[1:])
def test_refused_goods_come_back_first_then_those_called_back_then_missing_ones(row: str) -> None:
    before, called, said, *counts = row.split()
    seen = TakenBack(1, **counts_of(f"1{said}")[1])
    (line,), moves = taken_back(1, line_of(before), seen, turned_back=called == "yes")
    assert [line.returned, line.missing, line.refused] == [int(count) for count in counts]
    assert sum(move.quantity for move in moves) == line.returned
    assert line.awaited >= 0


@pytest.mark.parametrize(
    ("before", "called", "said"),
    [("-", False, "g1"), ("r3", False, "g4"), ("r3m2", False, "g6"), ("r3m2", False, "g3m3"), ("-", True, "g11")],
)
def test_more_than_can_come_back_does_not(before: str, called: bool, said: str) -> None:
    with pytest.raises(DoesNotAddUp):
        taken_back(1, line_of(before), TakenBack(1, **counts_of(f"1{said}")[1]), turned_back=called)


def test_turning_back_moves_nothing_and_the_source_takes_back_in_parts(shop: Shop) -> None:
    paper = told(shop, "approve dispatch receive:1g2 turn_back")
    assert shop.balance("WH", "COLA") == {"available": 20, "in_transit": 8, "value_fen": 67, "transit_value_fen": 26}
    assert paper.refuses("clerk@XH", "receive:1g1") == "step_not_allowed"
    assert paper.goes("take_back:1g3").state == "returning"  # 9.75 of the 26 on eight
    assert paper.goes("take_back:1g3d1").state == "returning"  # 9.6 of the 16 on five, then 3 of the 6 on two
    assert paper.goes("take_back:1g1,2g4").state == "received"  # two stayed at the store
    assert paper.moved("take_back") == [(1, 3, 10), (1, 3, 10), (1, 1, 3), (1, 1, 3), (2, 4, 15)]
    assert paper.line()["returned"] == 8
    assert shop.balance("WH", "COLA") == {"available": 27, "blocked": 1, "value_fen": 93}
    assert shop.balance("XH", "COLA") == {"available": 2, "value_fen": 7}


def test_what_all_came_back_is_returned(shop: Shop) -> None:
    paper = told(shop, "approve dispatch turn_back take_back:1g9d1,2g4")
    assert paper.state == "returned"
    assert shop.balance("WH", "COLA") == {"available": 29, "blocked": 1, "value_fen": 100}
    assert shop.balance("WH", "SOAP") == {"available": 20, "value_fen": 77}
    assert shop.balance("XH", "COLA") == {}


def test_refused_goods_are_taken_back_good_damaged_or_lost_on_the_way(shop: Shop) -> None:
    paper = told(shop, "approve dispatch receive:1g6r4,2g4 take_back:1g1d1m1")
    # 19.8 of 33 for six; of the 13 on four one takes 3.25, of the 10 on three one 3.3.
    assert paper.moved("take_back") == [(1, 1, 3), (1, 1, 3)]
    assert [paper.line()[name] for name in ("returned", "refused", "missing", "value_left_fen")] == [2, 1, 1, 7]
    assert paper.state == "disputed"
    assert paper.goes("take_back:1g2").state == "received"
    assert shop.balance("WH", "COLA") == {"available": 23, "blocked": 1, "value_fen": 80}


@pytest.mark.parametrize(
    ("story", "said", "code"),
    [
        ("receive:1r3", "1g4", "does_not_add_up"),
        ("receive:1r3", "1g2d1m1", "does_not_add_up"),
        ("receive:1r3", "2g1", "does_not_add_up"),
        ("receive:1r3", "3g1", "does_not_add_up"),
        ("receive:1r3", "1g0", "nothing_asked"),
        ("turn_back", "1g11", "does_not_add_up"),
        ("turn_back take_back:1g8", "1g3", "does_not_add_up"),
    ],
)
def test_what_cannot_have_come_back_is_refused(shop: Shop, story: str, said: str, code: str) -> None:
    paper = told(shop, f"approve dispatch {story}")
    assert paper.refuses("keeper@WH", f"take_back:{said}") == code


def test_a_line_comes_back_once_in_one_breath(shop: Shop) -> None:
    paper = told(shop, "approve dispatch turn_back")
    twice = TakeBack(paper.id, 4, (TakenBack(1, good=1), TakenBack(1, good=1)))
    assert paper.refuses("keeper@WH", twice) == "does_not_add_up"


# On another store's truck.


def test_what_another_store_holds_stays_in_transit_of_the_source(shop: Shop) -> None:
    paper = told(shop, "approve dispatch hold")
    assert (paper.state, paper.now["held_at_id"]) == ("in_transit", shop.places["BJ"])
    assert paper.moved("transfer_in") == []
    assert shop.balance("WH", "COLA")["in_transit"] == 10
    assert shop.balance("BJ", "COLA") == {}
    assert paper.refuses("clerk@XH", "turn_back") == "nothing_open"


def test_what_is_kept_goes_to_whoever_holds_it(shop: Shop) -> None:
    paper = told(shop, "approve dispatch hold keep")
    assert (paper.now["other_place_id"], paper.now["held_at_id"]) == (shop.places["BJ"], None)
    assert paper.refuses("clerk@XH", "receive:1g10") == "not_allowed"
    paper.does("clerk@BJ", paper.command("receive:1g10,2g4"))
    assert (paper.state, shop.balance("BJ", "COLA")) == ("received", {"available": 10, "value_fen": 33})


def test_what_is_sent_on_arrives_where_it_belongs(shop: Shop) -> None:
    paper = told(shop, "approve dispatch hold send_on")
    assert paper.now["held_at_id"] is None
    assert paper.goes("receive:1g10,2g4").state == "received"


def test_what_is_sent_back_is_taken_back(shop: Shop) -> None:
    paper = told(shop, "approve dispatch hold send_back")
    assert (paper.state, paper.now["held_at_id"]) == ("returning", None)
    assert paper.now["turned_back_at"] == int(shop.now.timestamp()) * 1_000_000
    assert paper.goes("take_back:1g10,2g4").state == "returned"


def test_what_arrives_is_held_no_longer(shop: Shop) -> None:
    assert told(shop, "approve dispatch hold receive:1g1").now["held_at_id"] is None


# A direct route.


def test_a_direct_receipt_is_two_versions_and_two_kinds_of_postings(shop: Shop) -> None:
    paper = told(shop, "direct approve receive:1g8d1r1,2g4")
    assert (paper.state, paper.now["version"]) == ("in_transit", 4)
    assert paper.moved("dispatch") == [(1, 10, 33), (2, 4, 15)]
    assert paper.moved("transfer_in") == [(1, 8, 26), (2, 4, 15)]
    assert paper.moved("transfer_damage") == [(1, 1, 4)]  # 3.5 of the 7 on two
    causes = [
        row["cause"] for row in shop.rows(f"select cause from posting where document_id = {paper.id} order by id")
    ]
    assert causes == ["freeze"] * 2 + ["dispatch"] * 2 + ["transfer_in", "transfer_damage", "transfer_in"]
    assert [paper.now[name] for name in ("dispatched_by_id", "received_by_id")] == [
        *(shop.people["keeper@WH"], shop.people["clerk@XH"])
    ]
    assert (paper.now["lapses_at"], shop.balance("WH", "COLA")["in_transit"]) == (None, 1)


def test_a_direct_route_has_dispatch_and_parts_too(shop: Shop) -> None:
    paper = told(shop, "direct approve dispatch receive:1g1")
    assert (paper.state, paper.now["version"]) == ("in_transit", 4)


@pytest.mark.parametrize("said", ["1g11", "3g1", "1g9o1", "1g0"])
def test_a_direct_receipt_that_is_refused_dispatches_nothing(shop: Shop, said: str) -> None:
    paper = told(shop, "direct approve")
    assert paper.refuses("clerk@XH", f"receive:{said}") in ("does_not_add_up", "nothing_asked")
    assert paper.moved("dispatch") == []


def test_a_direct_receipt_takes_no_more_than_there_is(shop: Shop) -> None:
    paper = told(shop, "direct approve lapse")
    asked(shop, ("COLA", 21), target="EQ", who="keeper@WH")
    assert paper.refuses("clerk@XH", "receive:1g9") == "not_enough_stock"
