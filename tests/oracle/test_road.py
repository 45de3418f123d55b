"""What becomes of goods on the road in the second bookkeeping, against counts and amounts worked out by hand."""

import pytest

from .books import Books
from .papers import Forbidden
from .shorthand import COLA, RICE, back, left, on, send, split, stands

# It arrives in parts.


def test_parts_share_the_value_and_the_last_one_takes_the_rest(books: Books) -> None:
    send(books, 1, (COLA, 7))
    # 1000 x 3 / 7 = 428.57 -> 429; 571 x 2 / 4 = 285.5 -> 286; 285 / 2 = 142.5 -> 143; and 142
    for part, worth_fen, state in ((3, 429, "in_transit"), (2, 715, "in_transit"), (1, 858, "in_transit")):
        books.receive(1, {1: split(good=part)})
        assert (books.state(1), books.values("XH", COLA)) == (state, (worth_fen, 0))
        assert left(books, 1)["value_left"] == 1000 - worth_fen
    books.receive(1, {1: split(good=1)})
    assert books.state(1) == "received"
    stands(books, "XH", on(available=7), 1000)
    stands(books, "WH", on(), 0)
    assert left(books, 1) == {"dispatched": 7, "received": 7}


def test_good_damaged_and_for_the_supplier_take_their_value_in_this_order(books: Books) -> None:
    send(books, 1, (COLA, 7))
    books.receive(1, {1: split(good=2, damaged=2, for_supplier=2, missing=1)})
    # 1000 x 2 / 7 = 285.71 -> 286; 714 x 2 / 5 = 285.6 -> 286; 428 x 2 / 3 = 285.33 -> 285; 143 stay on the road
    assert books.state(1) == "disputed"
    stands(books, "XH", on(available=2, blocked=4), 857)
    stands(books, "WH", on(in_transit=1), 0, 143)
    assert books.daily("XH", COLA) == {"transfer_in": (4, 0, 571, 0), "transfer_damage": (2, 0, 286, 0)}
    assert left(books, 1) == {
        "dispatched": 7,
        "received": 2,
        "damaged": 2,
        "for_supplier": 2,
        "missing": 1,
        "value_left": 143,
    }


def test_a_line_nobody_named_has_not_come(books: Books) -> None:
    books.open("WH", RICE, 3, 101)
    send(books, 1, (COLA, 4), (RICE, 2))
    books.receive(1, {2: split(good=1, refused=1), 1: split()})
    assert books.state(1) == "in_transit"
    assert left(books, 1) == {"dispatched": 4, "value_left": 571}
    # 101 x 2 / 3 = 67.33 -> 67; 67 / 2 = 33.5 -> 34
    assert left(books, 1, 2) == {"dispatched": 2, "received": 1, "refused": 1, "value_left": 33}


def test_lines_are_booked_by_their_numbers_in_whatever_order_they_are_said(books: Books) -> None:
    books.open("WH", RICE, 3, 5)
    send(books, 1, (RICE, 1), (RICE, 2))  # 5 / 3 = 1.67 -> 2, and 3
    books.sell("XH", [(RICE, 1)])
    books.receive(1, {2: split(good=2), 1: split(good=1)})
    # line 1 just fills the hole: 2 are trued up; line 2 stands at 3; the other way round it were 1.5 -> 2, and 2
    assert books.values("XH", RICE) == (3, 0)
    assert books.daily("XH", RICE)["true_up"] == (0, 0, 0, 2)


def test_all_that_was_refused_stays_on_the_road(four: Books) -> None:
    four.receive(1, {1: split(refused=4)})
    assert four.state(1) == "in_transit"
    stands(four, "WH", on(available=3, in_transit=4), 429, 571)
    assert left(four, 1) == {"dispatched": 4, "refused": 4, "value_left": 571}


# Found late.


def test_a_late_find_was_missing_as_far_as_nobody_awaits_it(four: Books) -> None:
    four.receive(1, {1: split(good=1, missing=2)})  # 571 / 4 = 142.75 -> 143; 428 on 3, of which 1 is awaited
    assert (four.state(1), left(four, 1)["missing"]) == ("disputed", 2)
    four.receive(1, {1: split(good=2)})  # 428 x 2 / 3 = 285.33 -> 285: the awaited one, and one that was missing
    assert (four.state(1), left(four, 1)["missing"]) == ("disputed", 1)
    four.receive(1, {1: split(damaged=1)})
    assert four.state(1) == "received"
    assert left(four, 1) == {"dispatched": 4, "received": 3, "damaged": 1}
    stands(four, "XH", on(available=3, blocked=1), 571)
    assert four.daily("XH", COLA) == {"transfer_in": (3, 0, 428, 0), "transfer_damage": (1, 0, 143, 0)}


def test_all_that_was_missing_can_be_found_while_more_is_awaited(books: Books) -> None:
    books.open("WH", RICE, 3, 101)
    send(books, 1, (COLA, 4), (RICE, 2))
    books.receive(1, {1: split(good=3, missing=1)})
    assert books.state(1) == "disputed"
    books.receive(1, {1: split(good=1)})
    assert books.state(1) == "in_transit"  # the rice
    assert left(books, 1) == {"dispatched": 4, "received": 4}


def test_one_can_be_found_and_another_missed(four: Books) -> None:
    four.receive(1, {1: split(good=1, missing=2)})
    four.receive(1, {1: split(good=1, missing=1)})  # the awaited one is missing, or the found one was
    assert left(four, 1) == {"dispatched": 4, "received": 2, "missing": 2, "value_left": 285}
    # 428 / 3 = 142.67 -> 143
    four.receive(1, {1: split(refused=1, missing=1)})
    assert left(four, 1) == {"dispatched": 4, "received": 2, "refused": 1, "missing": 1, "value_left": 285}


@pytest.mark.parametrize(
    "said",
    [
        split(good=3),
        split(good=1, damaged=1, missing=1),
        split(for_supplier=3),
        split(refused=3),
        split(missing=3),
        split(good=1, over=1),
        split(),
        (1, 0, 0),
        split(good=-1, damaged=2),
        (1.0, 0, 0, 0, 0, 0),
    ],
)
def test_a_receipt_does_not_say_more_than_there_is(four: Books, said: tuple[int, ...]) -> None:
    four.receive(1, {1: split(good=1, refused=1, missing=1)})  # 1 is awaited, 1 is missing
    before = left(four, 1)
    with pytest.raises(Forbidden):
        four.receive(1, {1: said})  # type: ignore[dict-item]
    assert left(four, 1) == before
    assert four.state(1) == "disputed"


@pytest.mark.parametrize("line", [0, 2, -1, True])
def test_a_line_that_is_not_there_is_no_answer(four: Books, line: int) -> None:
    with pytest.raises(Forbidden, match="there is no line"):
        four.receive(1, {line: split(good=1)})
    assert left(four, 1) == {"dispatched": 4, "value_left": 571}


def test_one_line_that_does_not_add_up_spoils_the_receipt(books: Books) -> None:
    send(books, 1, (COLA, 4), (COLA, 2))
    with pytest.raises(Forbidden, match="does not add up"):
        books.receive(1, {1: split(good=4), 2: split(good=3)})
    assert "received" not in left(books, 1)
    stands(books, "XH", on(), 0)


# It came back.


def test_refused_goods_are_taken_back_good_and_damaged(four: Books) -> None:
    four.receive(1, {1: split(good=2, refused=2)})  # 571 x 2 / 4 = 285.5 -> 286
    assert four.state(1) == "in_transit"
    four.take_back(1, {1: back(good=1, damaged=1)})  # 285 / 2 = 142.5 -> 143, and 142
    assert four.state(1) == "received"
    stands(four, "WH", on(available=4, blocked=1), 714)
    stands(four, "XH", on(available=2), 286)
    assert left(four, 1) == {"dispatched": 4, "received": 2, "returned": 2}
    assert four.daily("WH", COLA) == {"opening": (7, 0, 1000, 0), "transfer_in": (0, 2, 0, 286)}


def test_the_good_take_their_value_back_before_the_damaged(four: Books) -> None:
    four.receive(1, {1: split(refused=4)})
    four.take_back(1, {1: back(good=2, damaged=1)})  # 571 x 2 / 4 = 285.5 -> 286, then 285 / 2 = 142.5 -> 143
    assert left(four, 1) == {"dispatched": 4, "refused": 1, "returned": 3, "value_left": 142}
    stands(four, "WH", on(available=5, in_transit=1, blocked=1), 858, 142)


def test_what_was_refused_and_did_not_come_back_is_missing(four: Books) -> None:
    four.receive(1, {1: split(refused=4)})
    four.take_back(1, {1: back(good=3, missing=1)})  # 571 x 3 / 4 = 428.25 -> 428
    assert four.state(1) == "disputed"
    assert left(four, 1) == {"dispatched": 4, "missing": 1, "returned": 3, "value_left": 143}
    four.write_off(1)
    assert four.state(1) == "returned"
    assert four.edge("loss", COLA) == (1, 143)
    stands(four, "WH", on(available=6), 857)


def test_what_is_awaited_is_not_taken_back_before_it_was_turned_back(four: Books) -> None:
    four.receive(1, {1: split(good=1, refused=1)})
    with pytest.raises(Forbidden, match="more than what comes back"):
        four.take_back(1, {1: back(good=2)})
    four.take_back(1, {1: back(good=1)})
    assert four.state(1) == "in_transit"
    with pytest.raises(Forbidden, match="nothing of 1 comes back"):
        four.take_back(1, {1: back(good=1)})


def test_what_was_missing_can_turn_up_at_the_source(four: Books) -> None:
    four.receive(1, {1: split(good=2, missing=2)})
    four.take_back(1, {1: back(good=1)})
    assert four.state(1) == "disputed"
    four.take_back(1, {1: back(damaged=1)})  # 285 / 2 = 142.5 -> 143, and 142
    assert four.state(1) == "received"
    stands(four, "WH", on(available=4, blocked=1), 714)


def test_the_refused_come_back_before_the_missing(four: Books) -> None:
    four.receive(1, {1: split(good=1, refused=1, missing=2)})
    four.take_back(1, {1: back(good=2)})
    assert left(four, 1)["missing"] == 1
    assert "refused" not in left(four, 1)


def test_goods_come_back_in_parts(four: Books) -> None:
    four.receive(1, {1: split(good=1)})  # 142.75 -> 143; 428 on 3
    four.turn_back(1)
    assert four.state(1) == "returning"
    stands(four, "WH", on(available=3, in_transit=3), 429, 428)
    four.take_back(1, {1: back(good=1)})  # 142.67 -> 143
    assert four.state(1) == "returning"
    four.take_back(1, {1: back(damaged=1, missing=1)})  # 142.5 -> 143
    assert four.state(1) == "disputed"
    assert left(four, 1) == {"dispatched": 4, "received": 1, "missing": 1, "returned": 2, "value_left": 142}
    four.take_back(1, {1: back(good=1)})
    assert four.state(1) == "received"
    stands(four, "WH", on(available=5, blocked=1), 857)  # 429 + 143 + 143 + 142
    stands(four, "XH", on(available=1), 143)


def test_all_that_left_can_come_back(four: Books) -> None:
    four.turn_back(1)
    four.take_back(1, {1: back(good=4)})
    assert four.state(1) == "returned"
    stands(four, "WH", on(available=7), 1000)


def test_the_turned_back_come_back_before_the_missing_and_after_the_refused(four: Books) -> None:
    four.receive(1, {1: split(refused=1)})
    four.turn_back(1)
    four.take_back(1, {1: back(missing=2)})  # the refused one, and one of the three that were turned back
    assert left(four, 1) == {"dispatched": 4, "missing": 2, "value_left": 571}
    four.take_back(1, {1: back(good=3)})  # the other two, and one that was missing; 571 x 3 / 4 = 428.25 -> 428
    assert left(four, 1) == {"dispatched": 4, "missing": 1, "returned": 3, "value_left": 143}


def test_what_was_turned_back_can_still_turn_up_at_the_target(four: Books) -> None:
    four.turn_back(1)
    four.take_back(1, {1: back(good=2, missing=1)})  # 571 x 2 / 4 = 285.5 -> 286
    assert four.state(1) == "disputed"
    four.receive(1, {1: split(good=2)})
    assert four.state(1) == "received"
    stands(four, "XH", on(available=2), 285)


def test_only_what_is_awaited_can_be_turned_back(four: Books) -> None:
    four.receive(1, {1: split(refused=4)})
    with pytest.raises(Forbidden, match="nothing of 1 is awaited"):
        four.turn_back(1)
    assert four.state(1) == "in_transit"


@pytest.mark.parametrize(
    "said", [{}, {1: back()}, {1: back(good=5)}, {2: back(good=1)}, {1: (1, 0, 0, 0)}, {1: (2, -1, 0)}]
)
def test_an_unfit_taking_back_changes_nothing(four: Books, said: dict[int, tuple[int, int, int]]) -> None:
    four.turn_back(1)
    with pytest.raises(Forbidden):
        four.take_back(1, said)
    assert (four.state(1), left(four, 1)) == ("returning", {"dispatched": 4, "value_left": 571})


def test_goods_that_come_back_into_a_negative_book_are_trued_up(books: Books) -> None:
    books.open("XH", COLA, 5, 500)
    books.submit(1, "XH", "WH", [(COLA, 3)])
    books.approve(1)
    books.dispatch(1)  # 300; 200 on 2
    books.purchase("XH", COLA, 2, 400)  # 600 on 4
    books.sell("XH", [(COLA, 6)])  # 900; -300 on -2
    books.turn_back(1)
    books.take_back(1, {1: back(good=3)})  # 1 is left and stands at 100; -300 + 300 - 100 = -100
    stands(books, "XH", on(available=1), 100)
    assert books.daily("XH", COLA)["true_up"] == (0, 0, 0, -100)
