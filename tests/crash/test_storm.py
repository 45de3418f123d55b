"""Processes are killed at random under load, and nothing that anybody said, did or was to see is lost or doubled."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.crash.checker import figures, findings
from tests.crash.storm import Aftermath, Weather, storm
from tests.postgres import Databases

SHORT, LONG = (0.2, 1.6), (0.5, 3.0)


def judged(weather: Weather, after: Aftermath) -> dict[str, object]:
    """Nothing is wrong, and enough happened to say so; the figures."""
    assert findings(after.evidence) == []
    assert after.wrongs == []
    assert after.errors == []
    assert after.ended == [0] * weather.processes
    counted = figures(after.evidence)
    assert counted["kills"] == weather.kills
    assert counted["updates"] > 5 * weather.kills
    assert counted["transfers"] > 0
    return {**counted, **after.figures}


async def test_one_process_on_sqlite_is_killed_six_times(opened: Path, tmp_path: Path) -> None:
    shutil.copy(opened, tmp_path / "chain.db")
    weather = Weather(seed=1, kills=6, pause=SHORT)
    judged(weather, await storm(weather, f"sqlite:///{tmp_path / 'chain.db'}", tmp_path))


async def test_three_processes_on_postgresql_are_killed_six_times(
    postgres: Databases, demo_template: str, tmp_path: Path
) -> None:
    name = postgres.copy(demo_template)
    weather = Weather(seed=2, kills=6, processes=3, hook=True, pause=SHORT)
    judged(weather, await storm(weather, postgres.url(name), tmp_path))
    postgres.drop(name)


@pytest.mark.long
@pytest.mark.parametrize("seed", [11, 12])
async def test_one_process_on_sqlite_is_killed_a_hundred_times(
    opened: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], seed: int
) -> None:
    shutil.copy(opened, tmp_path / "chain.db")
    weather = Weather(seed=seed, kills=100, pause=LONG)
    after = await storm(weather, f"sqlite:///{tmp_path / 'chain.db'}", tmp_path)
    told(capsys, f"SQLite, one process, seed {seed}", judged(weather, after))


@pytest.mark.long
@pytest.mark.parametrize("seed", [21, 22])
async def test_three_processes_on_postgresql_are_killed_a_hundred_times(
    postgres: Databases, demo_template: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], seed: int
) -> None:
    name = postgres.copy(demo_template)
    weather = Weather(seed=seed, kills=100, processes=3, hook=True, pause=LONG)
    after = await storm(weather, postgres.url(name), tmp_path)
    told(capsys, f"PostgreSQL, three processes, seed {seed}", judged(weather, after))
    postgres.drop(name)


@pytest.mark.long
async def test_three_processes_of_which_one_polls_are_killed_thirty_times(
    postgres: Databases, demo_template: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    name = postgres.copy(demo_template)
    weather = Weather(seed=31, kills=30, processes=3, pause=LONG)
    after = await storm(weather, postgres.url(name), tmp_path)
    told(capsys, "PostgreSQL, three processes, one polls", judged(weather, after))
    postgres.drop(name)


def told(capsys: pytest.CaptureFixture[str], where: str, counted: dict[str, object]) -> None:
    """Print the figures, whatever pytest keeps to itself."""
    with capsys.disabled():
        print(f"\n{where}: " + ", ".join(f"{name} {value}" for name, value in counted.items()))  # noqa: T201
