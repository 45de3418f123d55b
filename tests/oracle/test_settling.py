"""Losses, surpluses, other hands and direct routes in the second bookkeeping, against amounts worked out by hand."""

import pytest

from .books import Books
from .papers import Forbidden
from .road import Parts, standing
from .shorthand import COLA, RICE, back, left, on, send, split, stands

# It is lost.


def test_a_loss_takes_its_share_of_the_value(books: Books) -> None:
    send(books, 1, (COLA, 7))
    books.receive(1, {1: split(good=4, missing=3)})  # 1000 x 4 / 7 = 571.43 -> 571; 429 on 3
    books.write_off(1, {1: 2})  # 286
    assert books.state(1) == "disputed"
    assert left(books, 1) == {"dispatched": 7, "received": 4, "missing": 1, "lost": 2, "value_left": 143}
    assert books.edge("loss", COLA) == (2, 286)
    books.write_off(1)
    assert books.state(1) == "received"
    assert books.edge("loss", COLA) == (3, 429)
    assert books.daily("WH", COLA)["transfer_loss"] == (0, 3, 0, 429)
    stands(books, "WH", on(), 0)


def test_a_loss_leaves_what_is_awaited_or_refused(four: Books) -> None:
    four.receive(1, {1: split(refused=1, missing=1)})
    four.write_off(1)  # 571 / 4 = 142.75 -> 143
    assert four.state(1) == "in_transit"
    assert left(four, 1) == {"dispatched": 4, "refused": 1, "lost": 1, "value_left": 428}
    four.receive(1, {1: split(good=2)})  # 428 x 2 / 3 = 285.33 -> 285
    four.take_back(1, {1: back(good=1)})
    assert four.state(1) == "received"
    stands(four, "WH", on(available=4), 572)


def test_all_can_be_lost(four: Books) -> None:
    four.receive(1, {1: split(missing=4)})
    four.write_off(1)
    assert four.state(1) == "received"
    assert four.edge("loss", COLA) == (4, 571)
    stands(four, "WH", on(available=3), 429)


def test_the_missing_of_all_lines_are_lost_line_for_line(books: Books) -> None:
    send(books, 1, (COLA, 3), (COLA, 1), (COLA, 3))
    # 1000 x 3 / 7 = 428.57 -> 429; 571 / 4 = 142.75 -> 143; 428
    books.receive(1, {1: split(good=1, missing=2), 2: split(good=1), 3: split(good=2, missing=1)})
    # 429 / 3 = 143, 286 on 2; 428 x 2 / 3 = 285.33 -> 285, 143 on 1
    books.write_off(1, {1: 0, 3: 1})
    assert books.edge("loss", COLA) == (1, 143)
    books.write_off(1)
    assert books.edge("loss", COLA) == (3, 429)
    assert books.state(1) == "received"


@pytest.mark.parametrize("counts", [{}, {1: 0}, {1: 3}, {1: -1}, {1: 1.0}, {2: 1}, {0: 1}])
def test_no_more_is_lost_than_is_missing(four: Books, counts: dict[int, int]) -> None:
    four.receive(1, {1: split(good=1, missing=2)})
    before = left(four, 1)
    with pytest.raises(Forbidden):
        four.write_off(1, counts)
    assert (four.state(1), left(four, 1)) == ("disputed", before)


# More came than had left.


def test_what_came_above_the_dispatch_is_in_no_books(four: Books) -> None:
    four.receive(1, {1: split(good=4, over=2)})
    assert four.state(1) == "disputed"
    assert left(four, 1) == {"dispatched": 4, "received": 4, "over": 2}
    stands(four, "XH", on(available=4), 571)
    stands(four, "WH", on(available=3), 429)
    with pytest.raises(Forbidden, match="nothing of 1 is awaited or missing"):
        four.receive(1, {1: split(good=1)})


def test_the_source_sent_more_at_its_average(four: Books) -> None:
    four.receive(1, {1: split(good=3, damaged=1, over=2)})
    four.purchase("WH", COLA, 2, 72)  # 501 on 5
    four.sent_more(1)  # 501 x 2 / 5 = 200.4 -> 200
    assert four.state(1) == "received"
    assert left(four, 1) == {"dispatched": 6, "received": 5, "damaged": 1}
    stands(four, "XH", on(available=5, blocked=1), 771)
    stands(four, "WH", on(available=3), 301)
    assert four.daily("WH", COLA)["transfer_in"] == (0, 5, 0, 628)  # 571 x 3 / 4 = 428.25 -> 428, and 200


def test_the_source_did_not_send_more(four: Books) -> None:
    four.receive(1, {1: split(good=4, over=2)})
    four.not_sent(1)
    assert four.state(1) == "received"
    assert left(four, 1) == {"dispatched": 4, "received": 4}
    stands(four, "WH", on(available=3), 429)
    stands(four, "XH", on(available=4), 571)


def test_the_source_cannot_have_sent_what_it_has_not(books: Books) -> None:
    books.open("WH", RICE, 5, 101)
    send(books, 1, (COLA, 3), (RICE, 1), (COLA, 2))
    books.receive(1, {1: split(good=3, over=1), 2: split(good=1, over=1), 3: split(good=2, over=2)})
    with pytest.raises(Forbidden, match="2 COLA available, not 3"):
        books.sent_more(1)
    assert books.state(1) == "disputed"
    assert books.shelves("XH", RICE) == on(available=1)
    books.purchase("WH", COLA, 1, 0)
    books.sent_more(1)
    assert books.state(1) == "received"
    assert books.shelves("XH", COLA) == on(available=8)
    assert books.shelves("XH", RICE) == on(available=2)


def test_a_surplus_into_a_negative_book_is_trued_up(four: Books) -> None:
    four.receive(1, {1: split(good=4, over=2)})
    four.sell("XH", [(COLA, 5)])  # 571 x 5 / 4 = 713.75 -> 714; -143 on -1
    four.sent_more(1)  # 429 x 2 / 3 = 286; 1 is left and stands at 143; -143 + 286 - 143 = 0
    stands(four, "XH", on(available=1), 143)
    four.sell("XH", [(COLA, 3)])  # -286 on -2
    stands(four, "XH", on(available=-2), -286)


def test_a_surplus_is_said_when_the_line_has_come(four: Books) -> None:
    for early in (split(good=3, over=1), split(good=3, missing=1, over=1), split(over=1)):
        with pytest.raises(Forbidden, match="not all of the line has come"):
            four.receive(1, {1: early})
    four.receive(1, {1: split(good=3, refused=1, over=2)})
    assert left(four, 1) == {"dispatched": 4, "received": 3, "refused": 1, "over": 2, "value_left": 143}
    four.not_sent(1)
    assert four.state(1) == "in_transit"


def test_a_late_find_and_a_surplus_come_together(four: Books) -> None:
    four.receive(1, {1: split(good=2, missing=2)})
    four.receive(1, {1: split(good=2, over=1)})
    assert left(four, 1) == {"dispatched": 4, "received": 4, "over": 1}


def test_a_line_of_which_nothing_was_loaded_can_be_over(books: Books) -> None:
    books.submit(1, "WH", "XH", [(COLA, 2), (COLA, 2)])
    books.approve(1)
    books.dispatch(1, [0, 2])
    books.receive(1, {1: split(over=1), 2: split(good=2)})
    books.sent_more(1)  # 714 / 5 = 142.8 -> 143
    assert left(books, 1) == {"dispatched": 1, "received": 1}
    stands(books, "XH", on(available=3), 429)


def test_a_surplus_settled_does_not_find_what_is_missing(books: Books) -> None:
    send(books, 1, (COLA, 3), (COLA, 2))
    books.receive(1, {1: split(good=3, over=1), 2: split(good=1, missing=1)})
    books.sent_more(1)
    assert books.state(1) == "disputed"
    books.write_off(1)
    assert books.state(1) == "received"


# Another store has them.


def test_the_holder_keeps_them(four: Books) -> None:
    four.hold(1, "YH")
    assert four.state(1) == "in_transit"
    four.keep(1)
    assert four.state(1) == "in_transit"
    four.receive(1, {1: split(good=3, damaged=1, over=1)})
    four.sent_more(1)  # 429 / 3 = 143
    stands(four, "YH", on(available=4, blocked=1), 714)
    stands(four, "XH", on(), 0)
    assert left(four, 1) == {"dispatched": 5, "received": 4, "damaged": 1}


@pytest.mark.parametrize("came", [split(good=1), split(damaged=1), split(for_supplier=1)])
def test_nobody_keeps_what_has_begun_to_arrive(four: Books, came: tuple[int, int, int, int, int, int]) -> None:
    four.receive(1, {1: came})
    four.hold(1, "YH")
    with pytest.raises(Forbidden, match="came to XH"):
        four.keep(1)
    four.send_on(1)
    four.receive(1, {1: split(good=3)})
    assert four.state(1) == "received"
    stands(four, "YH", on(), 0)


def test_what_arrives_is_held_no_longer(four: Books) -> None:
    four.hold(1, "YH")
    four.receive(1, {1: split(good=1)})
    with pytest.raises(Forbidden, match="nobody holds 1"):
        four.send_on(1)


def test_what_is_held_is_neither_held_twice_nor_turned_back(four: Books) -> None:
    four.hold(1, "YH")
    for step in (lambda: four.hold(1, "YH"), lambda: four.turn_back(1)):
        with pytest.raises(Forbidden, match="YH holds 1"):
            step()


def test_what_nobody_awaits_is_on_nobodys_truck(four: Books) -> None:
    four.receive(1, {1: split(refused=4)})
    with pytest.raises(Forbidden, match="nothing of 1 is awaited"):
        four.hold(1, "YH")
    with pytest.raises(Forbidden, match="awaited or missing"):
        four.receive(1, {1: split(over=1)})


def test_the_holder_sends_them_on(four: Books) -> None:
    four.hold(1, "YH")
    four.send_on(1)
    with pytest.raises(Forbidden, match="nobody holds 1"):
        four.keep(1)
    four.receive(1, {1: split(good=4)})
    stands(four, "XH", on(available=4), 571)


def test_the_holder_sends_them_back(four: Books) -> None:
    four.hold(1, "YH")
    four.send_back(1)
    assert four.state(1) == "returning"
    four.take_back(1, {1: back(good=4)})
    assert four.state(1) == "returned"


def test_an_end_of_the_transfer_is_no_other_store(four: Books) -> None:
    for end in ("WH", "XH"):
        with pytest.raises(Forbidden, match="is an end of 1"):
            four.hold(1, end)
    with pytest.raises(LookupError):
        four.hold(1, "ZH")
    with pytest.raises(Forbidden, match="nobody holds 1"):
        four.send_on(1)


# Dispatched and received at once.


def test_a_direct_receipt_dispatches_first(books: Books) -> None:
    books.submit(1, "WH", "XH", [(COLA, 5)], pull={COLA: 2})
    books.approve(1, [4])
    books.receive(1, {1: split(good=1, damaged=1, missing=1)}, direct=True)
    # 1000 x 2 / 7 = 285.71 -> 286, 714 x 2 / 5 = 285.6 -> 286: 572; 143, then 429 / 3 = 143
    assert books.state(1) == "disputed"
    assert left(books, 1) == {"dispatched": 4, "received": 1, "damaged": 1, "missing": 1, "value_left": 286}
    stands(books, "WH", on(available=3, in_transit=2), 428, 286)
    stands(books, "XH", on(available=1, blocked=1), 286)
    books.receive(1, {1: split(good=2)}, direct=True)
    assert books.state(1) == "received"


def test_a_direct_receipt_that_cannot_be_is_no_dispatch(books: Books) -> None:
    books.submit(1, "WH", "XH", [(COLA, 5)])
    books.approve(1, [4])
    with pytest.raises(Forbidden, match="1 is approved"):
        books.receive(1, {1: split(good=4)})
    for unfit in (split(good=5), split(good=3, over=1), split()):
        with pytest.raises(Forbidden):
            books.receive(1, {1: unfit}, direct=True)
    assert (books.state(1), books.frozen(1)) == ("approved", [4])
    books.lapse(1)
    books.sell("WH", [(COLA, 4)])
    with pytest.raises(Forbidden, match="3 COLA available, not 4"):
        books.receive(1, {1: split(good=4)}, direct=True)
    assert (books.state(1), left(books, 1)) == ("approved", {})


# The state follows from the lines.


@pytest.mark.parametrize(
    ("lines", "turned_back", "state"),
    [
        ([Parts(dispatched=2, received=1, missing=1)], False, "disputed"),
        ([Parts(dispatched=2, received=2, over=1)], False, "disputed"),
        ([Parts(dispatched=2, missing=1), Parts(dispatched=1, returned=1)], True, "disputed"),
        ([Parts(dispatched=2, received=1)], False, "in_transit"),
        ([Parts(dispatched=2, received=1, refused=1)], False, "in_transit"),
        ([Parts(dispatched=2, returned=1)], True, "returning"),
        ([Parts(dispatched=2, received=1, refused=1)], True, "returning"),
        ([Parts(dispatched=2, received=2), Parts(dispatched=1)], False, "in_transit"),
        ([Parts(dispatched=2, received=1, returned=1)], True, "received"),
        ([Parts(dispatched=2, damaged=1, lost=1)], False, "received"),
        ([Parts(dispatched=2, for_supplier=1, returned=1)], False, "received"),
        ([Parts(dispatched=2, returned=1, lost=1), Parts()], False, "returned"),
        ([Parts(dispatched=2, lost=2), Parts()], False, "received"),
    ],
)
def test_the_state_of_goods_that_left(lines: list[Parts], turned_back: bool, state: str) -> None:
    assert standing(lines, turned_back) == state
