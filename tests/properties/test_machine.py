"""Random days in a small chain: whatever people do in whatever order, the books hold and agree with the oracle's."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from data.engine import Database
from tests.properties.day import Day

# In forty days; a day on which little happens proves little.
AT_LEAST = {
    "open": 50,
    "goods come": 20,
    "sale": 40,
    "sale of two lines": 20,
    "sale below zero": 20,
    "true_up": 5,
    "push": 20,
    "push over the limit": 5,
    "pull": 20,
    "approve": 15,
    "reject": 2,
    "cancel": 5,
    "lapse": 3,
    "dispatch": 15,
    "dispatch after a lapse": 1,
    "receive all": 5,
    "receive short": 10,
    "receive damaged": 10,
    "said again": 20,
    "refused: not_enough_stock": 20,
    "refused: not_allowed": 20,
    "refused: step_not_allowed": 20,
}


def days(database: Database, many: int, *phases: Phase) -> Counter[str]:
    """Run so many random days; what took effect in them."""
    seen: Counter[str] = Counter()
    size = settings(max_examples=many, stateful_step_count=30, phases=[Phase.generate, *phases])
    run_state_machine_as_test(lambda: Day(database, seen), settings=size)
    return seen


def too_few(seen: Counter[str], many: int) -> dict[str, int]:
    """What happened too seldom in so many days."""
    return {kind: seen[kind] for kind, least in AT_LEAST.items() if seen[kind] < least * many // 40}


def fewer_on_postgresql(database: Database, many: int) -> int:
    """Every query there is a round trip to a server: some days fewer show the same."""
    return many * 3 // 8 if database.url.get_backend_name() == "postgresql" else many


def test_the_books_hold_on_random_days(small_open: Database) -> None:
    # A failure is made small by the long test only: that takes minutes.
    many = fewer_on_postgresql(small_open, 40)
    seen = days(small_open, many)
    assert too_few(seen, many) == {}, seen


@pytest.mark.long
def test_the_books_hold_on_many_random_days(small_open: Database) -> None:
    many = fewer_on_postgresql(small_open, 1500)
    seen = days(small_open, many, Phase.shrink)
    assert too_few(seen, many // 2) == {}, seen
    rare = ("own_request", "moved_on", "does_not_add_up", "not_yet_due")
    assert [code for code in rare if not seen[f"refused: {code}"]] == []
