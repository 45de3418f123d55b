"""What must hold after every step of a long day, whatever the steps were."""

import random
from collections import Counter
from collections.abc import Iterator

import pytest

from .books import Books
from .journal import EDGES
from .papers import Forbidden

PLACES = ("WH", "XH", "YH")
SKUS = ("COLA", "RICE")
FITTING = {
    "submitted": 4 * ("approve", "give_less") + ("lapse", "freeze", "reject", "cancel"),
    "approved": 3 * ("dispatch", "give_less", "receive") + ("lapse", "freeze", "cancel"),
    "in_transit": ("receive", "receive", "turn_back", "take_back") + 3 * ("hold", "keep", "send_on", "send_back"),
    "disputed": ("receive", "take_back", "write_off", "sent_more", "not_sent"),
    "returning": ("take_back",),
}
STEPS = sorted({step for steps in FITTING.values() for step in steps})


class Day:
    """Random steps at three places with two SKUs, many of them forbidden; XH alone may sell what it has not."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        self.books = Books()
        for place in PLACES:
            self.books.place(place, may_go_below=place == "XH")
            self.books.open(place, "COLA", 30, self.chance.randint(0, 3000))
        self.numbers: list[str] = []
        self.took_effect: Counter[str] = Counter()
        self.refused = 0

    def step(self) -> None:
        """One step, with the promises checked after it; a refusal has changed nothing."""
        number = self.some_number()
        before = self.everything(number)
        try:
            if number is None or self.chance.random() < 0.3:
                self.chance.choice([self.purchase, self.sell, self.submit, self.submit])()
            else:
                self.go_on(number)
        except Forbidden:
            self.refused += 1
            assert self.everything(number) == before
        for sku in SKUS:
            check_goods(self.books, sku)

    def go_on(self, number: str) -> None:
        """Mostly a step that fits the state; those that say no numbers are steps of the books themselves."""
        fitting = FITTING.get(self.books.state(number), STEPS)
        step = self.chance.choice(fitting if self.chance.random() < 0.8 else STEPS)
        said = getattr(self, step)(number) if hasattr(self, step) else getattr(self.books, step)(number)
        self.took_effect[said or step] += 1

    def purchase(self) -> None:
        sku, quantity = self.chance.choice(SKUS), self.chance.randint(1, 20)
        self.books.purchase(self.chance.choice(PLACES), sku, quantity, self.chance.randint(0, 3000))

    def sell(self) -> None:
        self.books.sell(self.chance.choice(PLACES), self.some_lines())

    def submit(self) -> None:
        source, target = self.chance.sample(PLACES, 2)
        number = f"TR-{len(self.numbers)}"
        self.books.submit(number, source, target, self.some_lines(), pull=self.some_pull())
        self.numbers.append(number)

    def give_less(self, number: str) -> str:
        """Less or more than is asked or approved, and sometimes the rest is left to a second transfer."""
        lines = self.books.lines(number)
        if self.books.state(number) == "submitted":
            self.books.approve(number, [self.chance.randint(0, int(line["asked"])) for line in lines])
            return "approve less"
        later = self.chance.choice((None, f"TR-{len(self.numbers)}"))
        self.books.dispatch(number, [self.chance.randint(0, int(line["approved"]) + 2) for line in lines], later=later)
        self.numbers += [later] if later else []
        return "dispatch and leave" if later else "dispatch other"

    def freeze(self, number: str) -> None:
        self.books.freeze(number, pull=self.some_pull())

    def hold(self, number: str) -> None:
        self.books.hold(number, self.chance.choice(PLACES))

    def receive(self, number: str) -> str:
        """Up to all of what is on the road, sometimes more than that adds up to."""
        direct, splits = self.books.state(number) == "approved", {}
        for line, row in enumerate(self.books.lines(number), 1):
            there = int(row["approved"]) if direct else road(row) - int(row["refused"])
            good, damaged, for_supplier, refused, missing = self.some_parts(there, 5)
            splits[line] = (good, damaged, for_supplier, refused, missing, self.chance.choice((0, 0, 0, 1)))
        self.books.receive(number, splits, direct=direct)
        return "receive direct" if direct else "receive"

    def take_back(self, number: str) -> None:
        rows = self.books.lines(number)
        parts = {line: self.some_parts(road(row), 3) for line, row in enumerate(rows, 1)}
        self.books.take_back(number, {line: (good, damaged, gone) for line, (good, damaged, gone) in parts.items()})

    def some_lines(self) -> list[tuple[str, int]]:
        return [(self.chance.choice(SKUS), self.chance.randint(1, 6)) for _ in range(self.chance.randint(1, 3))]

    def some_pull(self) -> dict[str, int] | None:
        return self.chance.choice((None, {sku: self.chance.randint(-1, 6) for sku in SKUS}))

    def some_parts(self, whole: int, length: int) -> list[int]:
        """So many parts that add up to at most the whole, the first ones the largest, most of them 0."""
        parts = []
        for _ in range(length):
            parts.append(self.chance.choice((0, self.chance.randint(0, whole))) if whole > 0 else 0)
            whole -= parts[-1]
        return parts

    def some_number(self) -> str | None:
        """Mostly one that can still go on."""
        still_open = [number for number in self.numbers[-8:] if self.books.state(number) in FITTING]
        numbers = still_open if still_open and self.chance.random() < 0.9 else self.numbers
        return self.chance.choice(numbers) if numbers else None

    def everything(self, number: str | None) -> list[object]:
        """All that can be asked of the books about goods, and about one transfer."""
        said = [answer for sku in SKUS for answer in answers(self.books, sku)]
        return [*said, len(self.numbers), number and (self.books.state(number), self.books.lines(number))]


def road(row: dict[str, str | int]) -> int:
    """What is on the road of a line."""
    gone = ("received", "damaged", "for_supplier", "returned", "lost")
    return int(row["dispatched"]) - sum(int(row[part]) for part in gone)


def answers(books: Books, sku: str) -> Iterator[object]:
    for place in PLACES:
        yield books.shelves(place, sku), books.values(place, sku), books.daily(place, sku)
    for edge in EDGES:
        yield books.edge(edge, sku)


def check_goods(books: Books, sku: str) -> None:
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


def check_papers(books: Books, numbers: list[str]) -> None:
    """The lines explain what is frozen and what is on the road, in counts and in value, and hold no count below 0."""
    rows = [(books.state(number), row) for number in numbers for row in books.lines(number)]
    for state, row in rows:
        assert all(said >= 0 for said in row.values() if isinstance(said, int))
        assert road(row) >= row["refused"] + row["missing"]  # type: ignore[operator]
        assert row["value_left"] == 0 or road(row)
        assert row["frozen"] == 0 or state in ("submitted", "approved")
        assert road(row) == 0 or state in ("in_transit", "disputed", "returning")
        assert state == "disputed" or row["missing"] == row["over"] == 0
    for sku in SKUS:
        own = [row for _, row in rows if row["sku"] == sku]
        shelves = [books.shelves(place, sku) for place in PLACES]
        assert sum(shelf["reserved"] for shelf in shelves) == sum(int(row["frozen"]) for row in own)
        assert sum(shelf["in_transit"] for shelf in shelves) == sum(road(row) for row in own)
        in_transit_fen = sum(books.values(place, sku)[1] for place in PLACES)
        assert in_transit_fen == sum(int(row["value_left"]) for row in own)
        assert books.edge("loss", sku)[0] == sum(int(row["lost"]) for row in own)


def test_the_promises_hold_over_long_days() -> None:
    took_effect: Counter[str] = Counter()
    states: Counter[str] = Counter()
    refused = 0
    for seed in range(20):
        day = Day(seed)
        for done in range(120):
            day.step()
            if done % 10 == 9:
                check_papers(day.books, day.numbers)
        refused += day.refused
        took_effect.update(day.took_effect)
        states.update(day.books.state(number) for number in day.numbers)
    # A day on which little happens would prove little.
    assert refused > 500
    ends = ("in_transit", "disputed", "received", "returning", "returned", "rejected", "cancelled")
    assert all(states[state] > 5 for state in ends), states
    assert len(took_effect) == 20, took_effect
    assert min(took_effect.values()) > 2, took_effect


@pytest.mark.parametrize("edge", EDGES)
def test_an_edge_is_no_place(edge: str) -> None:
    with pytest.raises(ValueError, match="there already"):
        Books().place(edge)
