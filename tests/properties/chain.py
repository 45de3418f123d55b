"""The small chain twice, told the same: on a database through the real `execute`, and in the oracle's books."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Connection

from core.ground.commands import Answer, Command, Refused
from tests.oracle.books import Books, Forbidden
from tests.properties.compared import check_same
from tests.properties.expected import OPEN_IN, Paper, is_open
from tests.properties.replay import check_books
from tests.small_chain import HOLDERS, MAY_GO_BELOW, Shop, everything

# A refusal for which the oracle has its own reasons; of people, versions and hours it knows nothing.
ORACLE_KNOWS = ("step_not_allowed", "nothing_open")


@dataclass(frozen=True)
class Said:
    """How somebody takes a step: who (nobody named: the right one), at which version, and how much of it.

    `shares` are percentages, three for each line; `pick` chooses among what there is to choose; `wrong` now and then
    makes it more than there can be.
    """

    who: str | None
    behind: int
    pick: int
    shares: tuple[tuple[int, int, int], ...]
    wrong: int

    def share(self, line: int) -> tuple[int, int, int]:
        """The percentages of a line, from 1."""
        return self.shares[(line - 1) % len(self.shares)]

    def right(self) -> Said:
        """The same by the right person, in time."""
        return replace(self, who=None, behind=0, wrong=0)


class Chain:
    """One day of it. `seen` counts what took effect, over all days."""

    def __init__(self, connection: Connection, seen: Counter[str]) -> None:
        self.connection = connection
        self.seen = seen
        self.shop = Shop(connection)
        self.books = Books()
        for place in HOLDERS:
            self.books.place(place, may_go_below=place in MAY_GO_BELOW)
        self.papers: list[Paper] = []
        self.last: tuple[str, Command, str, Answer] | None = None
        self.keys = 0
        self.moved = False

    def acts(self, who: str, command: Command, refusal: str | None, *kinds: str) -> Answer | None:
        """Run it, see that what came of it is what was expected, and count it when it took effect."""
        self.keys += 1
        key, before = f"key {self.keys}", everything(self.connection, but=("audit",))
        audited = self.audited()
        outcome = self.shop.does(who, command, key)
        assert self.audited() == audited + 1
        assert (outcome.code if isinstance(outcome, Refused) else None) == refusal, (who, command, outcome)
        if isinstance(outcome, Refused):
            assert everything(self.connection, but=("audit",)) == before
            self.seen[f"refused: {refusal}"] += 1
            return None
        self.moved = True
        self.seen.update(kinds)
        trued_up = f"select id from posting where cause = 'true_up' and document_id = {outcome.document_id}"
        self.seen["true_up"] += bool(self.shop.rows(trued_up))
        self.last = (who, command, key, outcome)
        return outcome

    def tells(
        self, refusal: str | None, code: str, step: str, number: Hashable, *told: Any, **named: Any
    ) -> str | None:
        """Tell the oracle, and find what is the refusal; `code` is what core should say when the oracle forbids it."""
        if refusal is not None and refusal not in ORACLE_KNOWS:
            return refusal
        try:
            getattr(self.books, step)(number, *told, **named)
        except Forbidden as forbidden:
            if not (refusal or code):
                raise AssertionError(f"{step} {number} is forbidden") from forbidden
            return refusal or code
        assert refusal is None, f"{step} {number} is {refusal} for people, and the oracle did it"
        return None

    def lines(self, paper: Paper) -> list[dict[str, Any]]:
        """The lines of a transfer as the oracle has them."""
        return self.books.lines(paper.number)

    def lacking(self, place: str, wanted: list[tuple[str, int]]) -> bool:
        """Whether a place has less available than all of this."""
        sums: Counter[str] = Counter()
        for sku, count in wanted:
            sums[sku] += count
        return any(count and count > self.books.shelves(place, sku)["available"] for sku, count in sums.items())

    def pick(self, number: int, step: str) -> Paper:
        """One of the transfers, mostly one that has this step open, else one whose state at least leads on by it."""
        led_on = [paper for paper in self.papers if self.books.state(paper.number) in OPEN_IN[step]]
        fitting = [paper for paper in led_on if is_open(step, paper, self.books)]
        wanted = (fitting, fitting, fitting, fitting, fitting, fitting, led_on, self.papers)[number % 8]
        pool = wanted or led_on or self.papers
        return pool[number % len(pool)]

    def mixed(self, number: int) -> int:
        """A number that differs when the same one is drawn again."""
        return 31 * number + self.keys

    def check(self) -> None:
        """After something took effect: the books add up, and are the oracle's."""
        if not self.moved:
            return
        self.moved = False
        check_books(self.connection)
        check_same(self.shop, self.books, self.papers)

    def audited(self) -> int:
        """How many rows the audit has."""
        return int(self.shop.rows("select count(*) as n from audit")[0]["n"])
