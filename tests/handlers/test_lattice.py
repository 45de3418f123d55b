"""Looking only at the cheapest ways leaves out none of them: what is found is what a look at all ways finds first."""

from __future__ import annotations

import pytest

from handlers.understand.board import Board
from handlers.understand.frames import FRAMES
from handlers.understand.lattice import FAR, Routes, routes_of
from handlers.understand.normalise import normalise
from handlers.understand.reading import Intent
from handlers.understand.understand import board_of
from tests.understanding.sets import labelled, lexicon, world

EVERY = 1_000_000
"""More than any way of a message costs."""
MESSAGES = [row for name in ("dev2", "english") for row in labelled(name)[::12]]


def board(text: str, user: str) -> Board:
    """The board of a message."""
    return board_of(normalise(text), world().context(user), lexicon())


def routes(text: str, user: str) -> list[Routes]:
    """All routes of a message that there are."""
    found = board(text, user)
    return [one for frame in FRAMES.values() if (one := routes_of(found, frame)).cost < FAR]


@pytest.mark.parametrize("row", MESSAGES, ids=[row["id"] for row in MESSAGES])
def test_the_ways_within_a_bound_are_the_first_of_all_ways(row: dict[str, str]) -> None:
    for one in routes(row["text"], row["user"]):
        every = one.ways(5, EVERY)
        assert every[0].cost == one.cost
        assert one.ways(1) == every[:1] == one.ways(1, EVERY)
        assert one.ways(5, 4) == [way for way in every if way.cost <= one.cost + 4]


def test_the_routes_of_an_intent_are_looked_for_once() -> None:
    found, frame = board("调5箱红牛到西湖店", "u06"), FRAMES[Intent.TRANSFER_CREATE]
    assert routes_of(found, frame) is routes_of(found, frame)


def test_an_intent_that_nothing_names_has_no_way() -> None:
    found = routes_of(board("调5箱红牛到西湖店", "u06"), FRAMES[Intent.LANGUAGE_SET])
    assert found.cost >= FAR
    assert found.ways(1) == []
