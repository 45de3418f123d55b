"""The books that the cases by hand begin with."""

import pytest

from .books import Books
from .shorthand import COLA, left, send


@pytest.fixture
def books() -> Books:
    """WH has 7 cola worth 1000 fen; XH and YH are empty stores that may go below zero."""
    books = Books()
    books.place("WH")
    books.place("XH", may_go_below=True)
    books.place("YH", may_go_below=True)
    books.open("WH", COLA, 7, 1000)
    return books


@pytest.fixture
def four(books: Books) -> Books:
    """4 of the 7 are on the road: 1000 x 4 / 7 = 571.43 -> 571; 429 on 3 stay at WH."""
    send(books, 1, (COLA, 4))
    assert left(books, 1) == {"dispatched": 4, "value_left": 571}
    return books
