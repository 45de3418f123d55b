"""Transfers in the second bookkeeping: states, shelves and values, against amounts worked out by hand."""

import pytest

from .books import Books
from .papers import Forbidden
from .shorthand import COLA, NOTHING, RICE, on, split


@pytest.fixture
def books() -> Books:
    """WH has 7 cola worth 1000 fen and sells nothing it has not; XH is an empty store that may."""
    books = Books()
    books.place("WH")
    books.place("XH", may_go_below=True)
    books.open("WH", COLA, 7, 1000)
    return books


# The whole way.


def test_a_transfer_from_freeze_to_arrival(books: Books) -> None:
    books.submit("TR-1001", "WH", "XH", [(COLA, 4)])
    assert books.state("TR-1001") == "submitted"
    assert books.shelves("WH", COLA) == on(available=3, reserved=4)
    assert books.values("WH", COLA) == (1000, 0)

    books.approve("TR-1001")
    assert books.state("TR-1001") == "approved"
    assert books.shelves("WH", COLA) == on(available=3, reserved=4)

    books.dispatch("TR-1001")  # 1000 x 4 / 7 = 571.43 -> 571
    assert books.state("TR-1001") == "in_transit"
    assert books.shelves("WH", COLA) == on(available=3, in_transit=4)
    assert books.values("WH", COLA) == (429, 571)
    assert books.shelves("XH", COLA) == NOTHING

    books.receive("TR-1001", {1: split(good=4)})
    assert books.state("TR-1001") == "received"
    assert books.shelves("WH", COLA) == on(available=3)
    assert books.values("WH", COLA) == (429, 0)
    assert books.shelves("XH", COLA) == on(available=4)
    assert books.values("XH", COLA) == (571, 0)


def test_a_short_and_damaged_arrival_splits_the_value_of_the_line(books: Books) -> None:
    books.submit(1, "WH", "XH", [(COLA, 4)])
    books.approve(1)
    books.dispatch(1)  # 571, as above
    books.receive(1, {1: split(good=2, damaged=1, missing=1)})
    # good: 571 x 2 / 4 = 285.5 -> 286, 285 left on 2; damaged: 285 / 2 = 142.5 -> 143; missing: the other 142
    assert books.state(1) == "disputed"
    assert books.shelves("XH", COLA) == on(available=2, blocked=1)
    assert books.values("XH", COLA) == (429, 0)  # 286 + 143
    assert books.shelves("WH", COLA) == on(available=3, in_transit=1)
    assert books.values("WH", COLA) == (429, 142)
    assert books.daily("XH", COLA) == {"transfer_in": (2, 0, 286, 0), "transfer_damage": (1, 0, 143, 0)}
    assert books.daily("WH", COLA) == {
        "opening": (7, 0, 1000, 0),
        "transfer_in": (0, 2, 0, 286),
        "transfer_damage": (0, 1, 0, 143),
    }


def test_when_nothing_arrives_all_of_it_stays_on_the_road(books: Books) -> None:
    books.submit(1, "WH", "XH", [(COLA, 4)])
    books.approve(1)
    books.dispatch(1)
    books.receive(1, {1: split(missing=4)})
    assert books.state(1) == "disputed"
    assert books.shelves("WH", COLA) == on(available=3, in_transit=4)
    assert books.values("WH", COLA) == (429, 571)
    assert books.daily("XH", COLA) == {}


def test_all_damaged_is_received_and_blocked(books: Books) -> None:
    books.submit(1, "WH", "XH", [(COLA, 7)])
    books.approve(1)
    books.dispatch(1)
    assert books.values("WH", COLA) == (0, 1000)
    books.receive(1, {1: split(damaged=7)})
    assert books.state(1) == "received"
    assert books.shelves("XH", COLA) == on(blocked=7)
    assert books.values("XH", COLA) == (1000, 0)
    assert books.values("WH", COLA) == (0, 0)


def test_damaged_goods_cannot_be_sent_on(books: Books) -> None:
    test_all_damaged_is_received_and_blocked(books)
    with pytest.raises(Forbidden, match="0 COLA available"):
        books.submit(2, "XH", "WH", [(COLA, 1)])


def test_two_lines_of_one_sku_keep_their_own_values(books: Books) -> None:
    books.open("WH", RICE, 3, 101)
    books.submit(1, "WH", "XH", [(RICE, 1), (COLA, 7), (RICE, 1)])
    assert books.shelves("WH", RICE) == on(available=1, reserved=2)
    books.approve(1)
    books.dispatch(1)  # 101 / 3 = 33.67 -> 34, then 67 / 2 = 33.5 -> 34
    assert books.values("WH", RICE) == (33, 68)
    books.receive(1, {1: split(good=1), 2: split(good=7), 3: split(missing=1)})
    assert books.state(1) == "disputed"
    assert books.values("XH", RICE) == (34, 0)
    assert books.values("WH", RICE) == (33, 34)
    assert books.values("WH", COLA) == (0, 0)


def test_a_late_line_does_not_take_the_fen_of_an_early_one(books: Books) -> None:
    books.open("WH", RICE, 4, 102)
    books.submit(1, "WH", "XH", [(RICE, 1)] * 4)
    books.approve(1)
    books.dispatch(1)  # 25.5 -> 26, 76 / 3 = 25.33 -> 25, 51 / 2 = 25.5 -> 26, and the last 25
    books.receive(1, {2: split(good=1)})  # 25; a fourth of all would be 26
    assert books.values("XH", RICE) == (25, 0)
    assert books.values("WH", RICE) == (0, 77)


def test_a_line_is_worth_what_it_left_at_whatever_else_is_on_the_road(books: Books) -> None:
    books.submit(1, "WH", "XH", [(COLA, 2)])
    books.approve(1)
    books.dispatch(1)  # 1000 x 2 / 7 = 285.71 -> 286; 714 on 5
    books.purchase("WH", COLA, 5, 286)  # 1000 on 10
    books.submit(2, "WH", "XH", [(COLA, 3)])
    books.approve(2)
    books.dispatch(2)  # 1000 x 3 / 10 = 300
    assert books.values("WH", COLA) == (700, 586)
    books.receive(2, {1: split(good=3)})
    assert books.values("XH", COLA) == (300, 0)
    assert books.values("WH", COLA) == (700, 286)


# What was frozen, and what lets it go.


def test_frozen_goods_are_not_available(books: Books) -> None:
    books.submit(1, "WH", "XH", [(COLA, 4)])
    with pytest.raises(Forbidden, match="3 COLA available, not 4"):
        books.submit(2, "WH", "XH", [(COLA, 4)])
    with pytest.raises(Forbidden, match="3 COLA available, not 4"):
        books.sell("WH", [(COLA, 4)])
    books.submit(3, "WH", "XH", [(COLA, 3)])
    assert books.shelves("WH", COLA) == on(reserved=7)
    with pytest.raises(LookupError):
        books.state(2)


def test_a_submission_wants_the_sum_of_its_lines(books: Books) -> None:
    with pytest.raises(Forbidden, match="7 COLA available, not 8"):
        books.submit(1, "WH", "XH", [(COLA, 4), (COLA, 4)])
    assert books.shelves("WH", COLA) == on(available=7)


def test_a_plan_never_takes_a_store_below_zero_though_its_sales_may(books: Books) -> None:
    books.sell("XH", [(COLA, 1)])
    with pytest.raises(Forbidden, match="-1 COLA available, not 1"):
        books.submit(1, "XH", "WH", [(COLA, 1)])


def test_reject_and_cancel_release(books: Books) -> None:
    books.submit(1, "WH", "XH", [(COLA, 2)])
    books.submit(2, "WH", "XH", [(COLA, 3), (COLA, 1)])
    books.submit(3, "WH", "XH", [(COLA, 1)])
    books.reject(1)
    assert books.shelves("WH", COLA) == on(available=2, reserved=5)
    books.cancel(2)
    assert books.shelves("WH", COLA) == on(available=6, reserved=1)
    books.approve(3)
    books.cancel(3)
    assert books.shelves("WH", COLA) == on(available=7)
    assert [books.state(number) for number in (1, 2, 3)] == ["rejected", "cancelled", "cancelled"]
    assert books.values("WH", COLA) == (1000, 0)
    assert books.daily("WH", COLA) == {"opening": (7, 0, 1000, 0)}


@pytest.mark.parametrize("ends", ["reject", "cancel"])
def test_a_lapse_of_a_submitted_one_releases_and_leaves_the_state(books: Books, ends: str) -> None:
    books.submit(1, "WH", "XH", [(COLA, 4)])
    books.lapse(1)
    assert books.state(1) == "submitted"
    assert books.shelves("WH", COLA) == on(available=7)
    getattr(books, ends)(1)  # there is nothing left to release
    assert books.shelves("WH", COLA) == on(available=7)


def test_a_lapse_of_an_approved_one_then_cancel_releases_once(books: Books) -> None:
    books.submit(1, "WH", "XH", [(COLA, 4)])
    books.approve(1)
    books.lapse(1)
    assert books.state(1) == "approved"
    assert books.shelves("WH", COLA) == on(available=7)
    books.cancel(1)
    assert books.state(1) == "cancelled"
    assert books.shelves("WH", COLA) == on(available=7)


def test_one_freeze_lapses_once(books: Books) -> None:
    books.submit(1, "WH", "XH", [(COLA, 4)])
    books.lapse(1)
    books.approve(1)
    with pytest.raises(Forbidden, match="nothing is frozen"):
        books.lapse(1)
    assert books.shelves("WH", COLA) == on(available=7)


def test_after_a_lapse_dispatch_takes_what_is_available(books: Books) -> None:
    books.submit(1, "WH", "XH", [(COLA, 4)])
    books.approve(1)
    books.lapse(1)
    books.dispatch(1)
    assert books.state(1) == "in_transit"
    assert books.shelves("WH", COLA) == on(available=3, in_transit=4)
    assert books.values("WH", COLA) == (429, 571)


def test_after_a_lapse_the_goods_of_others_stay_frozen(books: Books) -> None:
    books.submit(1, "WH", "XH", [(COLA, 4)])
    books.lapse(1)
    books.submit(2, "WH", "XH", [(COLA, 4)])
    books.approve(1)
    with pytest.raises(Forbidden, match="3 COLA available, not 4"):
        books.dispatch(1)
    assert books.state(1) == "approved"
    assert books.shelves("WH", COLA) == on(available=3, reserved=4)
    books.cancel(2)
    books.dispatch(1)
    assert books.shelves("WH", COLA) == on(available=3, in_transit=4)


def test_after_a_lapse_dispatch_wants_the_sum_of_its_lines(books: Books) -> None:
    books.submit(1, "WH", "XH", [(COLA, 3), (COLA, 3)])
    books.approve(1)
    books.lapse(1)
    books.sell("WH", [(COLA, 2)])  # 1000 x 2 / 7 = 285.71 -> 286
    with pytest.raises(Forbidden, match="5 COLA available, not 6"):
        books.dispatch(1)
    assert books.shelves("WH", COLA) == on(available=5)
    assert books.values("WH", COLA) == (714, 0)


# A store that sold what was frozen.


@pytest.fixture
def frozen() -> Books:
    """XH has 5 cola worth 500 fen, of which 3 are frozen for WH and approved."""
    books = Books()
    books.place("WH")
    books.place("XH", may_go_below=True)
    books.open("XH", COLA, 5, 500)
    books.submit(1, "XH", "WH", [(COLA, 3)])
    books.approve(1)
    return books


def test_frozen_goods_sold_and_then_dispatched(frozen: Books) -> None:
    frozen.sell("XH", [(COLA, 4)])  # 400; on hand is 1, though 3 are frozen
    assert frozen.shelves("XH", COLA) == on(available=-2, reserved=3)
    assert frozen.values("XH", COLA) == (100, 0)
    frozen.dispatch(1)  # 100 x 3 / 1 = 300
    assert frozen.shelves("XH", COLA) == on(available=-2, in_transit=3)
    assert frozen.values("XH", COLA) == (-200, 300)


def test_a_dispatch_from_zero_on_hand_goes_at_the_last_rate(frozen: Books) -> None:
    frozen.sell("XH", [(COLA, 5)])
    assert frozen.shelves("XH", COLA) == on(available=-3, reserved=3)
    assert frozen.values("XH", COLA) == (0, 0)
    frozen.dispatch(1)  # 500 for 5: 300
    assert frozen.values("XH", COLA) == (-300, 300)


def test_a_release_fills_the_hole_and_moves_no_value(frozen: Books) -> None:
    frozen.sell("XH", [(COLA, 7)])  # 500 x 7 / 5 = 700; -200 fen on -2
    assert frozen.shelves("XH", COLA) == on(available=-5, reserved=3)
    frozen.cancel(1)
    assert frozen.shelves("XH", COLA) == on(available=-2)
    assert frozen.values("XH", COLA) == (-200, 0)
    assert "true_up" not in frozen.daily("XH", COLA)


def test_a_lapse_cannot_be_dispatched_from_a_hole(frozen: Books) -> None:
    frozen.sell("XH", [(COLA, 4)])
    frozen.lapse(1)
    with pytest.raises(Forbidden, match="1 COLA available, not 3"):
        frozen.dispatch(1)


def test_an_arrival_in_a_negative_book_is_trued_up_part_by_part(books: Books) -> None:
    books.open("XH", COLA, 2, 50)
    books.sell("XH", [(COLA, 6)])  # 50 x 6 / 2 = 150; -100 fen on -4
    books.purchase("WH", COLA, 3, 0)  # 1000 fen on 10
    books.submit(1, "WH", "XH", [(COLA, 6)])
    books.approve(1)
    books.dispatch(1)  # 600
    books.receive(1, {1: split(good=3, damaged=3)})
    # good, 300: still 1 short, -100 x -1 / -4 = -25; -100 + 300 + 25 = 225
    # damaged, 300: 2 are left, 300 x 2 / 3 = 200; -25 + 300 - 200 = 75
    assert books.shelves("XH", COLA) == on(available=-1, blocked=3)
    assert books.values("XH", COLA) == (200, 0)
    assert books.daily("XH", COLA)["true_up"] == (0, 0, 0, 300)
    assert books.edge("customer", COLA) == (6, 450)
    assert books.values("WH", COLA) == (400, 0)
