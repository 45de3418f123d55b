"""What is frozen, approved and loaded in the second bookkeeping, against counts and amounts worked out by hand."""

import pytest

from .books import Books
from .papers import Forbidden
from .shorthand import COLA, RICE, left, on, split


@pytest.fixture
def books() -> Books:
    """WH has 7 cola worth 1000 fen and 5 rice worth 101 fen; XH is an empty store that may go below zero."""
    books = Books()
    books.place("WH")
    books.place("XH", may_go_below=True)
    books.open("WH", COLA, 7, 1000)
    books.open("WH", RICE, 5, 101)
    return books


def approved(books: Books, *lines: tuple[str, int]) -> None:
    """Transfer 1 from WH to XH, a push, approved."""
    books.submit(1, "WH", "XH", lines)
    books.approve(1)


# A pull.


def test_a_pull_freezes_line_after_line_up_to_its_share(books: Books) -> None:
    books.submit(1, "WH", "XH", [(COLA, 3), (RICE, 2), (COLA, 3)], pull={COLA: 4})
    assert books.frozen(1) == [3, 0, 1]
    assert books.shelves("WH", COLA) == on(available=3, reserved=4)
    assert books.shelves("WH", RICE) == on(available=5)
    assert books.state(1) == "submitted"


@pytest.mark.parametrize("share", [0, -3])
def test_a_pull_without_a_share_freezes_nothing(books: Books, share: int) -> None:
    books.submit(1, "WH", "XH", [(COLA, 3)], pull={COLA: share})
    assert books.frozen(1) == [0]
    with pytest.raises(Forbidden, match="nothing is frozen"):
        books.lapse(1)
    books.cancel(1)
    assert books.shelves("WH", COLA) == on(available=7)


def test_a_share_above_what_is_asked_freezes_what_is_asked(books: Books) -> None:
    books.submit(1, "WH", "XH", [(COLA, 3)], pull={COLA: 99})
    assert books.frozen(1) == [3]


def test_a_pull_of_more_than_is_available_is_refused_however_small_its_share(books: Books) -> None:
    with pytest.raises(Forbidden, match="7 COLA available, not 8"):
        books.submit(1, "WH", "XH", [(COLA, 4), (COLA, 4)], pull={COLA: 1})
    assert books.shelves("WH", COLA) == on(available=7)


# Less is approved.


def test_what_is_frozen_above_the_approved_is_released_at_once(books: Books) -> None:
    books.submit(1, "WH", "XH", [(COLA, 4), (COLA, 3)])
    books.approve(1, [1, 0])
    assert books.frozen(1) == [1, 0]
    assert books.shelves("WH", COLA) == on(available=6, reserved=1)
    assert [(line["asked"], line["approved"]) for line in books.lines(1)] == [(4, 1), (3, 0)]
    books.dispatch(1)  # 1000 / 7 = 142.86 -> 143
    assert books.values("WH", COLA) == (857, 143)
    books.receive(1, {1: split(good=1)})
    assert books.state(1) == "received"


@pytest.mark.parametrize(("count", "frozen"), [(5, 2), (3, 2), (2, 2), (1, 1)])
def test_what_a_pull_froze_is_kept_up_to_the_approved(books: Books, count: int, frozen: int) -> None:
    books.submit(1, "WH", "XH", [(COLA, 5)], pull={COLA: 2})
    books.approve(1, [count])
    assert books.frozen(1) == [frozen]
    assert books.shelves("WH", COLA) == on(available=7 - frozen, reserved=frozen)


@pytest.mark.parametrize("counts", [[], [4], [4, 3, 1], [0, 0], [5, 2], [4, -1], [4, 1.0], [4, True]])
def test_an_unfit_approval_changes_nothing(books: Books, counts: list[int]) -> None:
    books.submit(1, "WH", "XH", [(COLA, 4), (COLA, 3)])
    with pytest.raises(Forbidden):
        books.approve(1, counts)
    assert (books.state(1), books.frozen(1)) == ("submitted", [4, 3])
    assert [line["approved"] for line in books.lines(1)] == [4, 3]


# Frozen again.


def test_a_push_freezes_again_what_is_approved(books: Books) -> None:
    books.submit(1, "WH", "XH", [(COLA, 4), (COLA, 3)])
    books.lapse(1)
    books.approve(1, [2, 3])
    books.freeze(1)
    assert (books.state(1), books.frozen(1)) == ("approved", [2, 3])
    assert books.shelves("WH", COLA) == on(available=2, reserved=5)
    books.lapse(1)
    assert books.shelves("WH", COLA) == on(available=7)


def test_a_pull_freezes_again_by_its_share(books: Books) -> None:
    books.submit(1, "WH", "XH", [(COLA, 3), (COLA, 3)], pull={})
    books.freeze(1, pull={COLA: 5})
    assert (books.state(1), books.frozen(1)) == ("submitted", [3, 2])
    books.lapse(1)
    books.freeze(1, pull={COLA: 4})
    assert books.frozen(1) == [3, 1]


def test_nothing_is_frozen_twice(books: Books) -> None:
    books.submit(1, "WH", "XH", [(COLA, 3), (RICE, 2)], pull={COLA: 1})
    for pull in (None, {RICE: 2}):
        with pytest.raises(Forbidden, match="goods are frozen for 1"):
            books.freeze(1, pull=pull)
    assert books.frozen(1) == [1, 0]


def test_what_is_not_there_is_not_frozen_again(books: Books) -> None:
    books.submit(1, "WH", "XH", [(COLA, 4)])
    books.lapse(1)
    with pytest.raises(Forbidden, match="nothing can be frozen"):
        books.freeze(1, pull={COLA: 0})
    books.sell("WH", [(COLA, 5)])
    for pull in (None, {COLA: 2}):
        with pytest.raises(Forbidden, match="2 COLA available, not 4"):
            books.freeze(1, pull=pull)
    assert books.frozen(1) == [0]


# Loaded.


def test_what_was_not_loaded_is_freed(books: Books) -> None:
    approved(books, (COLA, 4), (RICE, 2))
    books.dispatch(1, [3, 0])  # 1000 x 3 / 7 = 428.57 -> 429
    assert books.frozen(1) == [0, 0]
    assert books.shelves("WH", COLA) == on(available=4, in_transit=3)
    assert books.shelves("WH", RICE) == on(available=5)
    assert left(books, 1) == {"dispatched": 3, "value_left": 429}
    assert left(books, 1, 2) == {}
    books.receive(1, {1: split(good=3)})
    assert books.state(1) == "received"


def test_a_line_takes_what_is_frozen_for_it_and_then_what_is_available(books: Books) -> None:
    books.submit(1, "WH", "XH", [(COLA, 4)], pull={COLA: 2})
    books.submit(2, "WH", "XH", [(COLA, 3)])
    books.approve(1)
    assert books.shelves("WH", COLA) == on(available=2, reserved=5)
    books.dispatch(1)  # 1000 x 2 / 7 = 285.71 -> 286, then 714 x 2 / 5 = 285.6 -> 286; at once it were 571
    assert books.shelves("WH", COLA) == on(reserved=3, in_transit=4)
    assert books.values("WH", COLA) == (428, 572)
    assert books.frozen(2) == [3]


def test_less_than_is_frozen_is_taken_from_the_frozen_alone(books: Books) -> None:
    books.submit(1, "WH", "XH", [(COLA, 4)], pull={COLA: 3})
    books.approve(1)
    books.sell("WH", [(COLA, 4)])  # 1000 x 4 / 7 = 571.43 -> 571; 429 on 3, and none available
    with pytest.raises(Forbidden, match="0 COLA available, not 1"):
        books.dispatch(1)
    books.dispatch(1, [2])  # 429 x 2 / 3 = 286
    assert books.shelves("WH", COLA) == on(available=1, in_transit=2)
    assert books.values("WH", COLA) == (143, 286)


def test_what_was_loaded_above_the_approved_is_a_new_line(books: Books) -> None:
    approved(books, (COLA, 2), (RICE, 1))
    books.dispatch(1, [3, 3])
    # 1000 x 2 / 7 = 285.71 -> 286; 101 / 5 = 20.2 -> 20; then 714 / 5 = 142.8 -> 143 and 81 x 2 / 4 = 40.5 -> 41
    assert [(line["sku"], line["asked"], line["approved"]) for line in books.lines(1)] == [
        (COLA, 2, 2),
        (RICE, 1, 1),
        (COLA, 1, 0),
        (RICE, 2, 0),
    ]
    assert [left(books, 1, line) for line in (1, 2, 3, 4)] == [
        {"dispatched": 2, "value_left": 286},
        {"dispatched": 1, "value_left": 20},
        {"dispatched": 1, "value_left": 143},
        {"dispatched": 2, "value_left": 41},
    ]
    books.receive(1, {line: split(good=count) for line, count in enumerate((2, 1, 1, 2), 1)})
    assert books.state(1) == "received"
    assert books.values("XH", COLA) == (429, 0)
    assert books.values("XH", RICE) == (61, 0)


def test_a_new_line_takes_its_value_after_all_lines_that_were_asked(books: Books) -> None:
    books.open("WH", "TEA", 5, 102)
    approved(books, ("TEA", 1), ("TEA", 1))
    books.dispatch(1, [2, 1])  # 102 / 5 = 20.4 -> 20; 82 / 4 = 20.5 -> 21; 61 / 3 = 20.33 -> 20
    assert [left(books, 1, line)["value_left"] for line in (1, 2, 3)] == [20, 21, 20]


def test_what_was_not_approved_is_loaded_as_a_new_line(books: Books) -> None:
    books.submit(1, "WH", "XH", [(COLA, 2), (RICE, 2)])
    books.approve(1, [2, 0])
    books.dispatch(1, [0, 2])  # 101 x 2 / 5 = 40.4 -> 40
    assert [left(books, 1, line) for line in (1, 2)] == [{}, {}]
    assert left(books, 1, 3) == {"dispatched": 2, "value_left": 40}
    assert books.shelves("WH", COLA) == on(available=7)


def test_a_surplus_must_be_available_as_the_shelf_stood_before(books: Books) -> None:
    approved(books, (COLA, 4), (COLA, 3))
    with pytest.raises(Forbidden, match="0 COLA available, not 1"):
        books.dispatch(1, [3, 4])
    assert (books.state(1), books.frozen(1), len(books.lines(1))) == ("approved", [4, 3], 2)
    assert books.shelves("WH", COLA) == on(reserved=7)


@pytest.mark.parametrize("loaded", [[], [4], [4, 2, 1], [0, 0], [4, -1], [4, 2.0]])
def test_an_unfit_load_changes_nothing(books: Books, loaded: list[int]) -> None:
    approved(books, (COLA, 4), (RICE, 2))
    with pytest.raises(Forbidden):
        books.dispatch(1, loaded)
    assert (books.state(1), books.frozen(1)) == ("approved", [4, 2])


# The rest is left to a second transfer.


def test_the_rest_is_a_second_transfer_with_what_was_frozen_of_it(books: Books) -> None:
    books.submit(1, "WH", "XH", [(COLA, 4), (RICE, 3), (COLA, 1), (RICE, 1)], pull={COLA: 4, RICE: 2})
    assert books.frozen(1) == [4, 2, 0, 0]
    books.approve(1)
    books.dispatch(1, [1, 1, 0, 1], later=2)
    assert (books.state(1), books.frozen(1)) == ("in_transit", [0, 0, 0, 0])
    assert (books.state(2), books.frozen(2)) == ("approved", [3, 1, 0])
    assert [(line["sku"], line["asked"], line["approved"]) for line in books.lines(2)] == [
        (COLA, 3, 3),
        (RICE, 2, 2),
        (COLA, 1, 1),
    ]
    # 1000 / 7 = 142.86 -> 143; 101 / 5 = 20.2 -> 20, 81 / 4 = 20.25 -> 20
    assert books.shelves("WH", COLA) == on(available=3, reserved=3, in_transit=1)
    assert books.shelves("WH", RICE) == on(available=2, reserved=1, in_transit=2)
    assert (books.values("WH", COLA), books.values("WH", RICE)) == ((857, 143), (61, 40))

    books.dispatch(2)  # 857 x 3 / 6 = 428.5 -> 429, 428 / 3 = 142.67 -> 143; 61 / 3 = 20.33 -> 20, 41 / 2 = 20.5 -> 21
    assert [left(books, 2, line)["value_left"] for line in (1, 2, 3)] == [429, 41, 143]
    assert books.shelves("WH", COLA) == on(available=2, in_transit=5)
    books.receive(2, {1: split(good=3), 2: split(good=2), 3: split(good=1)})
    assert (books.state(1), books.state(2)) == ("in_transit", "received")
    assert books.values("XH", COLA) == (572, 0)


def test_the_rest_of_a_surplus_load_is_left_too(books: Books) -> None:
    approved(books, (COLA, 4), (RICE, 1))
    books.dispatch(1, [1, 2], later="TR-1002")
    assert [line["sku"] for line in books.lines("TR-1002")] == [COLA]
    assert books.frozen("TR-1002") == [3]
    assert left(books, 1, 3)["dispatched"] == 1
    books.cancel("TR-1002")
    assert books.shelves("WH", COLA) == on(available=6, in_transit=1)


def test_a_rest_of_which_nothing_was_frozen_is_frozen_when_it_is_asked_again(books: Books) -> None:
    approved(books, (COLA, 4))
    books.lapse(1)
    books.dispatch(1, [1], later=2)
    assert books.frozen(2) == [0]
    books.freeze(2)
    assert books.frozen(2) == [3]


def test_there_is_no_second_transfer_without_a_rest_or_under_a_number_in_use(books: Books) -> None:
    approved(books, (COLA, 4))
    for loaded in (None, [4], [5]):
        with pytest.raises(Forbidden, match="nothing of 1 is left for 2"):
            books.dispatch(1, loaded, later=2)
    with pytest.raises(ValueError, match="already"):
        books.dispatch(1, [3], later=1)
    assert (books.state(1), books.frozen(1)) == ("approved", [4])
    with pytest.raises(LookupError):
        books.state(2)


def test_the_rest_is_frozen_as_far_as_frozen_goods_were_not_sold(books: Books) -> None:
    books.open("XH", COLA, 5, 500)
    books.submit(1, "XH", "WH", [(COLA, 3)])
    books.approve(1)
    books.sell("XH", [(COLA, 3)])  # 300; 2 are on hand, 3 are frozen
    books.dispatch(1, [1], later=2)  # 100; 2 are released, and 1 of them is available
    assert books.shelves("XH", COLA) == on(reserved=1, in_transit=1)
    assert books.values("XH", COLA) == (100, 100)
    assert books.frozen(2) == [1]


def test_nothing_of_the_rest_is_frozen_where_all_of_it_was_sold(books: Books) -> None:
    books.open("XH", COLA, 5, 500)
    books.submit(1, "XH", "WH", [(COLA, 2), (COLA, 3)])
    books.approve(1)
    books.sell("XH", [(COLA, 4)])
    books.dispatch(1, [1, 0], later=2)
    assert books.shelves("XH", COLA) == on(in_transit=1)
    assert (books.state(2), books.frozen(2)) == ("approved", [0, 0])
