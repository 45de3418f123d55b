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
    "true_up": 1,
    "push": 20,
    "push over the limit": 20,
    "pull": 30,
    "pull that may not freeze all": 1,
    "a return": 2,
    "approve": 30,
    "approve less": 2,
    "reject": 5,
    "cancel": 10,
    "freeze": 1,
    "dispatch": 40,
    "dispatch after a lapse": 5,
    "dispatch less": 15,
    "dispatch more": 1,
    "rest later": 8,
    "rest frozen in part": 1,
    "receive": 40,
    "receive direct": 1,
    "receive in parts": 10,
    "receive late parts": 1,
    "receive good": 20,
    "receive damaged": 15,
    "receive missing": 15,
    "receive refused": 10,
    "receive over": 1,
    "turn back": 5,
    "take back": 20,
    "take back in parts": 4,
    "take back good": 20,
    "take back damaged": 8,
    "take back missing": 5,
    "write off in parts": 1,
    "write off: source": 1,
    "write off: destination": 1,
    "write off: carrier": 1,
    "write off: supplier": 1,
    "write off: company": 1,
    "sent more": 1,
    "not sent": 1,
    "hold": 10,
    "keep": 1,
    "send on": 1,
    "send back": 1,
    "undo sale": 10,
    "undo goods_receipt": 5,
    "undo a part": 5,
    "lapse": 10,
    "remind": 20,
    "escalate": 5,
    "said again": 20,
    "refused: not_enough_stock": 20,
    "refused: not_allowed": 20,
    "refused: step_not_allowed": 20,
    "refused: nothing_open": 1,
    "refused: nothing_asked": 5,
    "refused: does_not_add_up": 5,
    "refused: more_than_asked": 1,
    "refused: own_request": 1,
    "refused: moved_on": 4,
    "refused: not_yet_due": 5,
    "refused: undone_before": 1,
    "refused: undo_time_over": 1,
    "refused: not_a_warehouse": 1,
}
COMMON = 10
# Seen in hundreds of days only.
RARE = ("receive for supplier", "refused: no_reason_given", "refused: same_person_twice")


def days(database: Database, many: int, *phases: Phase) -> Counter[str]:
    """Run so many random days; what took effect in them."""
    seen: Counter[str] = Counter()
    size = settings(max_examples=many, stateful_step_count=60, phases=[Phase.generate, *phases])
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
    seen = days(small_open, fewer_on_postgresql(small_open, 40))
    # Which days are drawn changes with any line of the product, whose constants are drawn from: in so few of them only
    # what is common has to happen.
    assert [kind for kind, least in AT_LEAST.items() if least >= COMMON and not seen[kind]] == [], seen


@pytest.mark.long
def test_the_books_hold_on_many_random_days(small_open: Database) -> None:
    many = fewer_on_postgresql(small_open, 800)
    seen = days(small_open, many, Phase.shrink)
    assert too_few(seen, many // 2) == {}, seen
    assert [kind for kind in RARE if not seen[kind]] == []
