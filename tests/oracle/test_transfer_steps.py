"""Which step a transfer may take in which situation, the whole grid, and what makes a transfer unfit."""

from collections.abc import Callable

import pytest

from .books import Books
from .journal import EDGES
from .papers import Forbidden
from .shorthand import COLA, back, split

PLACES = ("WH", "XH", "YH")

STEPS: dict[str, Callable[[Books], None]] = {
    "approve": lambda books: books.approve(1),
    "reject": lambda books: books.reject(1),
    "cancel": lambda books: books.cancel(1),
    "lapse": lambda books: books.lapse(1),
    "freeze": lambda books: books.freeze(1),
    "dispatch": lambda books: books.dispatch(1),
    "receive": lambda books: books.receive(1, {1: split(good=1)}),
    "direct": lambda books: books.receive(1, {1: split(good=3, damaged=1)}, direct=True),
    "turn_back": lambda books: books.turn_back(1),
    "take_back": lambda books: books.take_back(1, {1: back(good=1)}),
    "write_off": lambda books: books.write_off(1),
    "sent_more": lambda books: books.sent_more(1),
    "not_sent": lambda books: books.not_sent(1),
    "hold": lambda books: books.hold(1, "YH"),
    "keep": lambda books: books.keep(1),
    "send_on": lambda books: books.send_on(1),
    "send_back": lambda books: books.send_back(1),
}
# Ways of the 4 cola of transfer 1 that take more than the bare step.
MORE: dict[str, Callable[[Books], None]] = {
    "refuse_2": lambda books: books.receive(1, {1: split(good=2, refused=2)}),
    "miss_1": lambda books: books.receive(1, {1: split(good=2, missing=1)}),
    "over_1": lambda books: books.receive(1, {1: split(good=4, over=1)}),
    "all_back": lambda books: books.take_back(1, {1: back(good=4)}),
}
# Each situation, the state it is in, the way to it.
SITUATIONS = {
    "asked": ("submitted", ""),
    "asked_lapsed": ("submitted", "lapse"),
    "approved": ("approved", "approve"),
    "appr_lapsed": ("approved", "approve lapse"),
    "under_way": ("in_transit", "approve dispatch"),
    "held": ("in_transit", "approve dispatch hold"),
    "refused": ("in_transit", "approve dispatch refuse_2"),
    "missing": ("disputed", "approve dispatch miss_1"),
    "over": ("disputed", "approve dispatch over_1"),
    "turned": ("returning", "approve dispatch turn_back"),
    "received": ("received", "approve direct"),
    "returned": ("returned", "approve dispatch turn_back all_back"),
    "rejected": ("rejected", "reject"),
    "cancelled": ("cancelled", "cancel"),
}
WORDS = {
    "subm": "submitted",
    "appr": "approved",
    "road": "in_transit",
    "disp": "disputed",
    "recd": "received",
    "rtng": "returning",
    "rejd": "rejected",
    "cand": "cancelled",
}

BEFORE = """
              approve  reject  cancel  lapse  freeze  dispatch  receive  direct
asked         appr     rejd    cand    subm   -       -         -        -
asked_lapsed  appr     rejd    cand    -      subm    -         -        -
approved      -        -       cand    appr   -       road      -        recd
appr_lapsed   -        -       cand    -      appr    road      -        recd
under_way     -        -       -       -      -       -         road     recd
held          -        -       -       -      -       -         road     recd
refused       -        -       -       -      -       -         -        -
missing       -        -       -       -      -       -         disp     -
over          -        -       -       -      -       -         -        -
turned        -        -       -       -      -       -         -        -
received      -        -       -       -      -       -         -        -
returned      -        -       -       -      -       -         -        -
rejected      -        -       -       -      -       -         -        -
cancelled     -        -       -       -      -       -         -        -
"""
AFTER = """
              turn_back  take_back  write_off  sent_more  not_sent  hold  keep  send_on  send_back
asked         -          -          -          -          -         -     -     -        -
asked_lapsed  -          -          -          -          -         -     -     -        -
approved      -          -          -          -          -         -     -     -        -
appr_lapsed   -          -          -          -          -         -     -     -        -
under_way     rtng       -          -          -          -         road  -     -        -
held          -          -          -          -          -         -     road  road     rtng
refused       -          road       -          -          -         -     -     -        -
missing       -          road       road       -          -         -     -     -        -
over          -          -          -          recd       recd      -     -     -        -
turned        -          rtng       -          -          -         -     -     -        -
received      -          -          -          -          -         -     -     -        -
returned      -          -          -          -          -         -     -     -        -
rejected      -          -          -          -          -         -     -     -        -
cancelled     -          -          -          -          -         -     -     -        -
"""


def cells(table: str) -> list[tuple[str, str, str]]:
    """Situation, step and end of each cell."""
    steps, *rows = (row.split() for row in table.strip().splitlines())
    return [(situation, *pair) for situation, *ends in rows for pair in zip(steps, ends, strict=True)]


@pytest.fixture
def books() -> Books:
    """WH has 7 cola worth 1000 fen, XH and YH have none."""
    books = Books()
    for place in PLACES:
        books.place(place)
    books.open("WH", COLA, 7, 1000)
    return books


def everything(books: Books) -> list[object]:
    """All that can be asked of the books about cola."""
    places = [(books.shelves(place, COLA), books.values(place, COLA), books.daily(place, COLA)) for place in PLACES]
    return [*places, *(books.edge(edge, COLA) for edge in EDGES)]


def paper(books: Books) -> list[object]:
    """All that can be asked of the books about transfer 1."""
    return [books.state(1), books.lines(1), books.frozen(1)]


def test_the_tables_are_whole() -> None:
    drawn = [(situation, step) for situation, step, _ in cells(BEFORE) + cells(AFTER)]
    assert sorted(drawn) == sorted((situation, step) for situation in SITUATIONS for step in STEPS)


@pytest.mark.parametrize(("situation", "step", "end"), cells(BEFORE) + cells(AFTER))
def test_the_whole_table(books: Books, situation: str, step: str, end: str) -> None:
    books.submit(1, "WH", "XH", [(COLA, 4)])
    state, way = SITUATIONS[situation]
    for earlier in way.split():
        {**STEPS, **MORE}[earlier](books)
    assert books.state(1) == state
    before = everything(books), paper(books)
    if end == "-":
        with pytest.raises(Forbidden):
            STEPS[step](books)
        assert (everything(books), paper(books)) == before
    else:
        STEPS[step](books)
        assert books.state(1) == WORDS[end]


def test_a_transfer_goes_from_one_place_to_another(books: Books) -> None:
    with pytest.raises(Forbidden, match="to itself"):
        books.submit(1, "WH", "WH", [(COLA, 1)])
    books.submit(1, "WH", "XH", [(COLA, 1)])
    with pytest.raises(ValueError, match="already"):
        books.submit(1, "WH", "XH", [(COLA, 1)])
    assert books.shelves("WH", COLA) == {"available": 6, "reserved": 1, "in_transit": 0, "blocked": 0}
