"""Deliveries, sales and values of the second bookkeeping, against amounts worked out by hand."""

from collections.abc import Callable

import pytest

from .books import Books
from .journal import EDGES
from .papers import Forbidden

COLA, RICE = "COLA", "RICE"
NOTHING = {"available": 0, "reserved": 0, "in_transit": 0, "blocked": 0}


@pytest.fixture
def books() -> Books:
    """XH is a store that may sell what it does not have; WH is a warehouse that may not."""
    books = Books()
    books.place("XH", may_go_below=True)
    books.place("WH")
    return books


def stands(books: Books, place: str, count: int, value_fen: int) -> None:
    """The cola of a place, all of it available."""
    assert books.shelves(place, COLA) == {**NOTHING, "available": count}
    assert books.values(place, COLA) == (value_fen, 0)


def adds_up_to_nothing(books: Books) -> bool:
    """Over places and edges, in quantity and in value."""
    places = [(sum(books.shelves(place, COLA).values()), sum(books.values(place, COLA))) for place in ("XH", "WH")]
    edges = [books.edge(edge, COLA) for edge in EDGES]
    return [sum(column) for column in zip(*places, *edges, strict=True)] == [0, 0]


@pytest.fixture
def short(books: Books) -> Books:
    """XH owes 3 cola that stand at -101 fen, and has given 201 fen of goods to customers."""
    books.open("XH", COLA, 3, 100)
    books.sell("XH", [(COLA, 5)])  # more than there is: 100 x 5 / 3 = 166.67 -> 167; -67 fen on -2
    stands(books, "XH", -2, -67)
    books.sell("XH", [(COLA, 1)])  # below zero: -67 x 1 / -2 = 33.5 -> 34; -101 fen on -3
    stands(books, "XH", -3, -101)
    assert books.edge("customer", COLA) == (6, 201)
    return books


# What comes in.


def test_books_begin_empty(books: Books) -> None:
    stands(books, "XH", 0, 0)
    assert books.daily("XH", COLA) == {}
    assert books.edge("customer", COLA) == (0, 0)


def test_a_delivery_is_given_by_its_edge_at_the_value_stated(books: Books) -> None:
    books.open("XH", COLA, 10, 1000)
    books.purchase("XH", COLA, 5, 800)
    stands(books, "XH", 15, 1800)
    assert books.edge("opening", COLA) == (-10, -1000)
    assert books.edge("supplier", COLA) == (-5, -800)
    assert books.shelves("XH", RICE) == NOTHING
    assert books.shelves("WH", COLA) == NOTHING


def test_goods_may_be_worth_nothing(books: Books) -> None:
    books.open("XH", COLA, 4, 0)
    books.sell("XH", [(COLA, 1)])
    stands(books, "XH", 3, 0)


# What goes out.


def test_goods_leave_at_the_average_and_the_last_unit_takes_the_rest(books: Books) -> None:
    books.open("WH", COLA, 3, 100)
    books.sell("WH", [(COLA, 1)])  # 100 / 3 = 33.33 -> 33
    stands(books, "WH", 2, 67)
    books.sell("WH", [(COLA, 1)])  # 67 / 2 = 33.5 -> 34
    stands(books, "WH", 1, 33)
    books.sell("WH", [(COLA, 1)])  # all goods, all value
    stands(books, "WH", 0, 0)
    assert books.edge("customer", COLA) == (3, 100)


def test_a_purchase_moves_the_average(books: Books) -> None:
    books.open("WH", COLA, 4, 400)
    books.purchase("WH", COLA, 2, 350)
    books.sell("WH", [(COLA, 5)])  # 750 x 5 / 6 = 625
    stands(books, "WH", 1, 125)


def test_two_lines_of_one_sku_are_valued_one_after_the_other(books: Books) -> None:
    books.open("WH", COLA, 3, 101)
    books.sell("WH", [(COLA, 1), (COLA, 1)])  # 101 / 3 = 33.67 -> 34, then 67 / 2 = 33.5 -> 34; at once it were 67
    stands(books, "WH", 1, 33)
    assert books.daily("WH", COLA) == {"opening": (3, 0, 101, 0), "sale": (0, 2, 0, 68)}


def test_two_lines_of_one_sku_want_their_sum(books: Books) -> None:
    books.open("WH", COLA, 5, 500)
    books.open("WH", RICE, 5, 500)
    with pytest.raises(Forbidden, match="5 COLA available, not 6"):
        books.sell("WH", [(COLA, 3), (RICE, 1), (COLA, 3)])
    stands(books, "WH", 5, 500)
    assert books.values("WH", RICE) == (500, 0)
    assert books.edge("customer", RICE) == (0, 0)


def test_a_sale_is_refused_only_where_the_place_may_not_go_below(books: Books) -> None:
    with pytest.raises(Forbidden):
        books.sell("WH", [(COLA, 1)])
    books.sell("XH", [(COLA, 1)])
    assert books.shelves("XH", COLA) == {**NOTHING, "available": -1}


# Sold from nothing.


def test_at_zero_goods_leave_at_the_last_known_rate(books: Books) -> None:
    books.open("XH", COLA, 3, 100)
    books.sell("XH", [(COLA, 3)])
    books.sell("XH", [(COLA, 2)])  # the last rate is 100 for 3: 200 / 3 = 66.67 -> 67
    stands(books, "XH", -2, -67)


def test_the_last_rate_is_that_of_the_last_units_not_of_the_first(books: Books) -> None:
    books.open("XH", COLA, 3, 100)
    books.sell("XH", [(COLA, 1)])  # 33; 67 fen on 2
    books.sell("XH", [(COLA, 2)])
    books.sell("XH", [(COLA, 1)])  # the last rate is 67 for 2: 33.5 -> 34, where 100 for 3 would give 33
    stands(books, "XH", -1, -34)


def test_the_lines_of_one_sale_see_the_rate_the_line_before_left(books: Books) -> None:
    books.open("XH", COLA, 3, 101)
    books.sell("XH", [(COLA, 2), (COLA, 1), (COLA, 1)])
    # 101 x 2 / 3 = 67.33 -> 67; the last one takes 34; then 34 for 1 is the last rate: 34
    stands(books, "XH", -1, -34)
    assert books.edge("customer", COLA) == (4, 135)


def test_with_no_rate_known_goods_leave_for_nothing_and_the_delivery_puts_it_right(books: Books) -> None:
    books.sell("XH", [(COLA, 4)])
    stands(books, "XH", -4, 0)
    books.purchase("XH", COLA, 10, 1000)  # 6 are left and stand at 1000 x 6 / 10 = 600; 0 + 1000 - 600 = 400
    stands(books, "XH", 6, 600)
    assert books.edge("customer", COLA) == (4, 400)
    assert books.daily("XH", COLA) == {
        "sale": (0, 4, 0, 0),
        "purchase_receipt": (10, 0, 1000, 0),
        "true_up": (0, 0, 0, 400),
    }


# Goods into a negative book.


def test_what_is_left_of_a_delivery_stands_at_its_rate(short: Books) -> None:
    short.purchase("XH", COLA, 10, 400)  # 7 are left: 400 x 7 / 10 = 280; -101 + 400 - 280 = 19
    stands(short, "XH", 7, 280)
    assert short.daily("XH", COLA) == {
        "opening": (3, 0, 100, 0),
        "sale": (0, 6, 0, 201),  # 167 + 34
        "purchase_receipt": (10, 0, 400, 0),
        "true_up": (0, 0, 0, 19),
    }
    assert short.edge("customer", COLA) == (6, 220)  # 201 + 19: what six bottles cost after all
    assert adds_up_to_nothing(short)


def test_what_is_left_is_rounded_half_up(short: Books) -> None:
    short.purchase("XH", COLA, 4, 90)  # 1 is left: 90 / 4 = 22.5 -> 23; -101 + 90 - 23 = -34
    stands(short, "XH", 1, 23)
    assert short.daily("XH", COLA)["true_up"] == (0, 0, 0, -34)
    assert adds_up_to_nothing(short)


def test_a_hole_that_is_left_keeps_its_old_rate(short: Books) -> None:
    short.purchase("XH", COLA, 1, 40)  # -101 x -2 / -3 = -67.33 -> -67; -101 + 40 + 67 = 6
    stands(short, "XH", -2, -67)
    assert short.daily("XH", COLA)["true_up"] == (0, 0, 0, 6)
    assert adds_up_to_nothing(short)


def test_half_up_goes_up_below_zero_too(books: Books) -> None:
    books.open("XH", COLA, 3, 100)
    books.sell("XH", [(COLA, 5)])  # -67 fen on -2, as above
    books.purchase("XH", COLA, 1, 30)  # -67 x -1 / -2 = -33.5 -> -33; -67 + 30 + 33 = -4
    stands(books, "XH", -1, -33)
    assert books.daily("XH", COLA)["true_up"] == (0, 0, 0, -4)
    assert books.edge("customer", COLA) == (5, 163)  # 167 - 4
    assert adds_up_to_nothing(books)


def test_a_hole_just_filled_is_worth_nothing(short: Books) -> None:
    short.purchase("XH", COLA, 3, 90)  # -101 + 90 - 0 = -11
    stands(short, "XH", 0, 0)
    assert short.daily("XH", COLA)["true_up"] == (0, 0, 0, -11)
    assert short.edge("customer", COLA) == (6, 190)
    assert adds_up_to_nothing(short)


def test_a_delivery_at_the_old_rate_needs_no_true_up(books: Books) -> None:
    books.open("XH", COLA, 2, 100)
    books.sell("XH", [(COLA, 5)])  # 100 x 5 / 2 = 250; -150 fen on -3
    books.purchase("XH", COLA, 7, 350)  # 4 are left: 350 x 4 / 7 = 200 = -150 + 350
    stands(books, "XH", 4, 200)
    assert "true_up" not in books.daily("XH", COLA)


def test_a_filled_hole_leaves_its_own_rate_behind(short: Books) -> None:
    short.purchase("XH", COLA, 3, 90)
    short.sell("XH", [(COLA, 1)])  # the last rate is -101 for -3, not 90 for 3: 33.67 -> 34
    stands(short, "XH", -1, -34)


def test_the_last_rate_is_read_after_the_true_up(short: Books) -> None:
    short.purchase("XH", COLA, 1, 40)  # -67 fen on -2 after the true_up; it was -61 before it
    short.purchase("XH", COLA, 2, 100)
    stands(short, "XH", 0, 0)
    short.sell("XH", [(COLA, 1)])  # -67 for -2: 33.5 -> 34; -61 for -2 would give 31
    stands(short, "XH", -1, -34)


def test_opening_stock_fills_a_hole_like_any_delivery(short: Books) -> None:
    short.open("XH", COLA, 4, 90)  # as for the purchase: 23 stands, -34 trued up
    stands(short, "XH", 1, 23)
    assert short.daily("XH", COLA)["opening"] == (7, 0, 190, 0)
    assert adds_up_to_nothing(short)


# What is no step at all.


@pytest.mark.parametrize("quantity", [0, -1, True, 1.0])
def test_a_quantity_is_a_whole_number_above_zero(books: Books, quantity: int) -> None:
    steps: list[Callable[[], None]] = [
        lambda: books.open("XH", COLA, quantity, 10),
        lambda: books.purchase("XH", COLA, quantity, 10),
        lambda: books.sell("XH", [(COLA, 1), (COLA, quantity)]),
        lambda: books.submit(1, "XH", "WH", [(COLA, 1), (COLA, quantity)]),
    ]
    for step in steps:
        with pytest.raises(Forbidden, match="is no quantity"):
            step()
    stands(books, "XH", 0, 0)


def test_a_stated_value_is_not_below_zero(books: Books) -> None:
    with pytest.raises(Forbidden, match="states its value"):
        books.purchase("XH", COLA, 1, -1)
    stands(books, "XH", 0, 0)


def test_a_document_has_lines(books: Books) -> None:
    with pytest.raises(Forbidden, match="without lines"):
        books.sell("XH", [])
    with pytest.raises(Forbidden, match="without lines"):
        books.submit(1, "XH", "WH", [])


def test_what_was_never_declared_is_the_callers_mistake(books: Books) -> None:
    mistakes: list[Callable[[], object]] = [
        lambda: books.open("YH", COLA, 1, 1),
        lambda: books.sell("YH", [(COLA, 1)]),
        lambda: books.submit(1, "XH", "YH", [(COLA, 1)]),
        lambda: books.shelves("YH", COLA),
        lambda: books.daily("customer", COLA),
        lambda: books.edge("XH", COLA),
        lambda: books.approve(1),
    ]
    for mistake in mistakes:
        with pytest.raises(LookupError):
            mistake()
    with pytest.raises(ValueError, match="there already"):
        books.place("XH")
