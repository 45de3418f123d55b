"""The bench of transfers measures what it says, beside a yardstick that leaves the same rows."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection

from bot.cli.bench import ROOT, Options, benches
from tests.bench import by_execute, plain, transfers
from tests.bench.plain import Hand, Seen, Wanted
from tests.bench.same_rows import differences
from tests.bench.transfer_profile import profile
from tests.bench.transfer_rounds import STEPS

FIGURES = {
    *("ratio", "ratio_least", "ratio_most", "per_s", "plain_per_s", "cpu_us", "plain_cpu_us", "step_cpu_us"),
    *("plain_step_cpu_us", "p99_ms", "plain_p99_ms", "steps_ms", "transfers", "rounds", "retries"),
}
STATEMENTS = {"statements", "plain_statements"}
FORGOTTEN = (("DAY", "daily_total"), ("OFF_ROAD", "balance"))


def smallest(kind: str) -> transfers.Plan:
    """Two rounds of eight transfers."""
    return transfers.Plan({kind: 0.0}, rounds=2, clients=4, compared=3, warm=8, least=8)


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_both_leave_the_same_rows_and_every_figure_is_there(kind: str) -> None:
    result = transfers.run(Options(), smallest(kind))
    found = json.loads(json.dumps(result.figures))["transfers"]
    assert found.keys() == {kind, "load_average"}
    figures = found[kind]
    assert figures.keys() == FIGURES | (STATEMENTS if kind == "sqlite" else set())
    assert (figures["transfers"], figures["rounds"], figures["retries"]) == (16, 2, 0)
    assert 0 < figures["ratio_least"] <= figures["ratio"] <= figures["ratio_most"]
    assert 0 < figures["step_cpu_us"] < figures["cpu_us"]
    assert figures["steps_ms"].keys() == set(STEPS)
    assert all(0 < step["p50"] <= step["p99"] <= figures["p99_ms"] for step in figures["steps_ms"].values())
    if kind == "sqlite":
        assert figures["plain_statements"] == 7 + 7 + 7 + 7 + 9 + 10
        assert figures["statements"] >= figures["plain_statements"]


class Slow:
    """The product on a bad day."""

    dispatch = staticmethod(by_execute.dispatch)
    receive = staticmethod(by_execute.receive)

    @staticmethod
    def submit(connection: Connection, hand: Hand, wanted: Wanted) -> Seen:
        """Late, as nothing else runs meanwhile."""
        time.sleep(0.05)
        return by_execute.submit(connection, hand, wanted)


def test_a_slow_product_is_seen_to_be_slow() -> None:
    result = transfers.run(Options(), smallest("sqlite"), Slow())
    found: Any = result.figures["transfers"]
    assert found["sqlite"]["per_s"] <= 20
    assert found["sqlite"]["ratio"] < transfers.RED_BELOW["sqlite"]
    assert result.red is not None
    assert "is below 0.35" in result.red


@pytest.mark.parametrize(("forgotten", "table"), FORGOTTEN)
def test_a_yardstick_that_leaves_something_out_is_none(
    forgotten: str, table: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    values = ", ".join("?" * getattr(plain, forgotten)[0].count("?"))
    monkeypatch.setattr(plain, forgotten, (f"select {values}", ""))
    with pytest.raises(RuntimeError, match=f"leave different tables .*: {table}: "):
        transfers.run(Options(), smallest("sqlite"))


def test_tables_that_differ_are_named() -> None:
    assert differences({"a": 1, "b": 2}, {"a": 1, "b": 2}) == []
    assert differences({"a": 1, "b": 2}, {"a": 1, "b": 3, "c": 4}) == ["b", "c"]


def test_a_profile_tells_of_functions_and_statements(tmp_path: Path) -> None:
    path = tmp_path / "transfers.pstats"
    result = profile(path, by_execute, transfers=8)
    found: Any = result.figures["transfers"]
    seen = found["profile"]["statements"]
    assert sum(times for text, times in seen.items() if text.startswith("INSERT INTO daily_total")) == 2
    assert sum(times for text, times in seen.items() if text.startswith("INSERT INTO done")) == 3
    assert 0 < found["profile"]["step_cpu_us"] < found["profile"]["cpu_us"]
    assert path.stat().st_size


def test_the_bench_is_found_and_its_parts_are_not() -> None:
    assert "transfers" in benches(ROOT)
    assert not {"plain", "by_execute", "same_rows", "transfer_rounds", "transfer_profile"} & set(benches(ROOT))
