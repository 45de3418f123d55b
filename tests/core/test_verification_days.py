"""Whatever people do in whatever order, a verification finds nothing: random days, on both databases."""

from __future__ import annotations

from collections import Counter

from hypothesis import Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from core.stock.verification.tally import Check
from data.engine import Database
from tests.core.verified import found, verified
from tests.properties.day import Day


class Verified(Day):
    """A day whose books are verified when it is over."""

    def teardown(self) -> None:
        connection = self.chain.connection
        assert found(connection) == {}
        self.chain.seen.update({f"compared {check}": count for check, count in verified(connection).compared.items()})
        super().teardown()


def test_random_days_have_no_finding(small_open: Database) -> None:
    seen: Counter[str] = Counter()
    size = settings(max_examples=14, stateful_step_count=40, phases=[Phase.generate])
    run_state_machine_as_test(lambda: Verified(small_open, seen), settings=size)
    checks = [check for check in Check if check is not Check.NUMBERS or not small_open.is_shared]
    assert [check for check in checks if seen[f"compared {check}"] < 20] == []
    assert min(seen["sale below zero"], seen["true_up"], seen["take back"], seen["rest later"]) > 0, seen
