"""What must hold after every step of a long day, whatever the steps were."""

import random
from collections import Counter
from collections.abc import Iterator

import pytest

from .books import Books
from .journal import EDGES
from .papers import Forbidden

PLACES = ("WH", "XH")
SKUS = ("COLA", "RICE")
DECISIONS = ("approve", "reject", "cancel", "lapse") + 4 * ("approve", "dispatch")
UNFINISHED = ("submitted", "approved", "in_transit")


class Day:
    """Random steps at two places with two SKUs, many of them forbidden; XH alone may sell what it has not."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        self.books = Books()
        self.books.place("WH")
        self.books.place("XH", may_go_below=True)
        self.asked: list[list[tuple[str, int]]] = []
        self.refused = 0

    def step(self) -> None:
        """One step, with the promises checked after it; a refusal has changed nothing."""
        before = everything(self.books)
        try:
            self.chance.choice(
                [self.purchase, self.sell, self.submit, self.decide, self.decide, self.receive, self.receive]
            )()
        except Forbidden:
            self.refused += 1
            assert everything(self.books) == before
        for sku in SKUS:
            check_promises(self.books, sku)

    def purchase(self) -> None:
        sku, quantity = self.chance.choice(SKUS), self.chance.randint(1, 20)
        self.books.purchase(self.chance.choice(PLACES), sku, quantity, self.chance.randint(0, 3000))

    def sell(self) -> None:
        self.books.sell(self.chance.choice(PLACES), self.lines())

    def submit(self) -> None:
        source, target = self.chance.sample(PLACES, 2)
        lines = self.lines()
        self.books.submit(len(self.asked), source, target, lines)
        self.asked.append(lines)

    def decide(self) -> None:
        if self.asked:
            getattr(self.books, self.chance.choice(DECISIONS))(self.some_number())

    def receive(self) -> None:
        if self.asked:
            number = self.some_number()
            self.books.receive(number, [self.split(quantity) for _, quantity in self.asked[number]])

    def lines(self) -> list[tuple[str, int]]:
        return [(self.chance.choice(SKUS), self.chance.randint(1, 6)) for _ in range(self.chance.randint(1, 3))]

    def some_number(self) -> int:
        """Mostly one that can still go on."""
        numbers = range(len(self.asked))
        unfinished = [number for number in numbers if self.books.state(number) in UNFINISHED]
        return self.chance.choice(unfinished if unfinished and self.chance.random() < 0.8 else numbers)

    def split(self, quantity: int) -> tuple[int, int, int]:
        good = self.chance.randint(quantity // 2, quantity)
        damaged = self.chance.randint(0, quantity - good)
        return good, damaged, quantity - good - damaged


def everything(books: Books) -> list[object]:
    """All that can be asked of the books about goods."""
    return [answer for sku in SKUS for answer in answers(books, sku)]


def answers(books: Books, sku: str) -> Iterator[object]:
    for place in PLACES:
        yield books.shelves(place, sku), books.values(place, sku), books.daily(place, sku)
    for edge in EDGES:
        yield books.edge(edge, sku)


def check_promises(books: Books, sku: str) -> None:
    """Goods only move, so all sums are 0; only `available` of XH goes below; a count of 0 is worth 0."""
    count, value_fen = (sum(column) for column in zip(*(books.edge(edge, sku) for edge in EDGES), strict=True))
    for place in PLACES:
        shelves, (on_hand_fen, in_transit_fen) = books.shelves(place, sku), books.values(place, sku)
        book, worth_fen = sum(shelves.values()), on_hand_fen + in_transit_fen
        assert all(there >= 0 or (place, shelf) == ("XH", "available") for shelf, there in shelves.items())
        assert on_hand_fen == 0 or book != shelves["in_transit"]
        assert in_transit_fen == 0 or shelves["in_transit"] != 0
        page = books.daily(place, sku).values()
        assert sum(row[0] - row[1] for row in page) == book
        assert sum(row[2] - row[3] for row in page) == worth_fen
        count, value_fen = count + book, value_fen + worth_fen
    assert (count, value_fen) == (0, 0)


def test_the_promises_hold_over_long_days() -> None:
    states: Counter[str] = Counter()
    refused = 0
    for seed in range(25):
        day = Day(seed)
        for _ in range(100):
            day.step()
        refused += day.refused
        states.update(day.books.state(number) for number in range(len(day.asked)))
    # A day on which little happens would prove little.
    assert refused > 500
    assert all(states[state] > 10 for state in ("rejected", "cancelled", "disputed", "received")), states


@pytest.mark.parametrize("edge", EDGES)
def test_an_edge_is_no_place(edge: str) -> None:
    with pytest.raises(ValueError, match="there already"):
        Books().place(edge)
