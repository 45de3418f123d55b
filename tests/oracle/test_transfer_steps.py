"""Which step a transfer may take in which state, the whole grid, and what makes a step unfit."""

import pytest

from .books import Books
from .journal import EDGES
from .papers import Forbidden

COLA = "COLA"
BOTH = ("WH", "XH")

THE_WHOLE_TABLE = """
              approve    reject     cancel     lapse      dispatch     receive_all  receive_short
submitted     approved   rejected   cancelled  submitted  -            -            -
approved      -          -          cancelled  approved   in_transit   -            -
in_transit    -          -          -          -          -            received     disputed
disputed      -          -          -          -          -            -            -
received      -          -          -          -          -            -            -
rejected      -          -          -          -          -            -            -
cancelled     -          -          -          -          -            -            -
"""
THE_WAY_TO = {
    "submitted": [],
    "approved": ["approve"],
    "in_transit": ["approve", "dispatch"],
    "disputed": ["approve", "dispatch", "receive_short"],
    "received": ["approve", "dispatch", "receive_all"],
    "rejected": ["reject"],
    "cancelled": ["cancel"],
}


@pytest.fixture
def books() -> Books:
    """WH has 7 cola worth 1000 fen, XH has none."""
    books = Books()
    books.place("WH")
    books.place("XH")
    books.open("WH", COLA, 7, 1000)
    return books


def take(books: Books, step: str) -> None:
    """Take a step with transfer 1, of one line with 4 goods."""
    receipts = {"receive_all": [(3, 1, 0)], "receive_short": [(2, 1, 1)]}
    if step in receipts:
        books.receive(1, receipts[step])
    else:
        getattr(books, step)(1)


def everything(books: Books) -> list[object]:
    """All that can be asked of the books about cola."""
    places = [(books.shelves(place, COLA), books.values(place, COLA), books.daily(place, COLA)) for place in BOTH]
    return [*places, *(books.edge(edge, COLA) for edge in EDGES)]


STEPS, *ROWS = (row.split() for row in THE_WHOLE_TABLE.strip().splitlines())


@pytest.mark.parametrize(
    ("state", "step", "end"), [(state, *pair) for state, *ends in ROWS for pair in zip(STEPS, ends, strict=True)]
)
def test_the_whole_table(books: Books, state: str, step: str, end: str) -> None:
    books.submit(1, "WH", "XH", [(COLA, 4)])
    for earlier in THE_WAY_TO[state]:
        take(books, earlier)
    assert books.state(1) == state
    before = everything(books)
    if end == "-":
        with pytest.raises(Forbidden, match=f"1 is {state}"):
            take(books, step)
        assert (books.state(1), everything(books)) == (state, before)
    else:
        take(books, step)
        assert books.state(1) == end


@pytest.mark.parametrize(
    "splits",
    [
        [],
        [(4, 0, 0)],
        [(4, 0, 0), (2, 0, 0), (0, 0, 0)],
        [(4, 0, 0), (3, 0, 0)],  # more than was loaded
        [(4, 0, 0), (1, 0, 0)],  # less, and nothing said of the rest
        [(3, 0, 0), (3, 0, 0)],  # right in the sum, wrong in each line
        [(4, 0, 0), (3, -1, 0)],
        [(4, 0, 0), (2.0, 0, 0)],
    ],
)
def test_a_split_adds_up_line_for_line(books: Books, splits: list[tuple[int, int, int]]) -> None:
    books.submit(1, "WH", "XH", [(COLA, 4), (COLA, 2)])
    books.approve(1)
    books.dispatch(1)
    before = everything(books)
    with pytest.raises(Forbidden):
        books.receive(1, splits)
    assert (books.state(1), everything(books)) == ("in_transit", before)


def test_a_transfer_goes_from_one_place_to_another(books: Books) -> None:
    with pytest.raises(Forbidden, match="to itself"):
        books.submit(1, "WH", "WH", [(COLA, 1)])
    books.submit(1, "WH", "XH", [(COLA, 1)])
    with pytest.raises(ValueError, match="already"):
        books.submit(1, "WH", "XH", [(COLA, 1)])
    assert books.shelves("WH", COLA) == {"available": 6, "reserved": 1, "in_transit": 0, "blocked": 0}
