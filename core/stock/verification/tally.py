"""What a verification counts and finds: how many things each check compared, how many are wrong, the first of these."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol, TypeVar

from core.ground.work import Work

FIRST = 20
"""So many findings of each check are kept with their facts; the others are counted."""
Result = TypeVar("Result")


class Check(StrEnum):
    """What is proved of the books. Each of these finds a fault that no other one finds."""

    BALANCES = "balances"
    RUNNING_COUNTS = "running_counts"
    VALUES = "values"
    BOTH_ENDS = "both_ends"
    DAILY_TOTALS = "daily_totals"
    GOODS_IN_TRANSIT = "goods_in_transit"
    FROZEN_GOODS = "frozen_goods"
    DOCUMENTS = "documents"
    TRANSFER_LINES = "transfer_lines"
    REVERSALS = "reversals"
    STEPS = "steps"
    DONE_RECORDS = "done_records"
    NUMBERS = "numbers"


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that is wrong: a word for what it is, and facts (ids, counts, what was expected and what was found)."""

    check: Check
    what: str
    facts: Mapping[str, object]


@dataclass
class Tally:
    """What was compared and what was found, check by check."""

    compared: Counter[Check] = field(default_factory=Counter)
    wrong: Counter[Check] = field(default_factory=Counter)
    first: dict[Check, list[Finding]] = field(default_factory=lambda: defaultdict(list))

    def find(self, check: Check, what: str, **facts: object) -> None:
        """Something is wrong."""
        self.wrong[check] += 1
        if len(self.first[check]) < FIRST:
            self.first[check].append(Finding(check, what, facts))

    def add(self, other: Tally) -> None:
        """What another part of the books came to."""
        self.compared.update(other.compared)
        self.wrong.update(+other.wrong)
        for check, found in other.first.items():
            self.first[check] += found[: FIRST - len(self.first[check])]


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the books that was looked at: what it came to, and how far its stage is."""

    stage: str
    done: int
    total: int
    tally: Tally


class Look(Protocol):
    """Asks a question of the books on a snapshot of its own: short, so that nobody who writes is held up by it."""

    def __call__(self, question: Callable[[Work], Result]) -> Result:
        """What the question comes to."""
        ...
