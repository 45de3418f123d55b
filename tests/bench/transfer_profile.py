"""Where a transfer's CPU goes: by function within its steps, and its statements by how often they run."""

from __future__ import annotations

import cProfile
import pstats
import re
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.table import Table
from sqlalchemy import Connection

from bot.cli.bench import ROOT, Result
from tests.bench.measures import loaded
from tests.bench.plain import Hand, Seen, Wanted
from tests.bench.transfer_rounds import Side, chain_of, copies, play, play_alone

DEAREST, TRANSFERS, CLIENTS = 20, 400, 32
COLUMNS = re.compile(r"(?<=^SELECT ).*?(?= FROM )|(?<= SET ).*?(?= WHERE |$)|\(.*?\) VALUES .*")
ADDRESS = re.compile(r" at 0x[0-9a-f]+")
VALUE = re.compile(r"'(?:[^']|'')*'|\b\d+(?:\.\d+)?\b")


@dataclass(frozen=True, slots=True)
class Watched:
    """A side whose steps are run by `run`, which is told the connection and the step."""

    side: Side
    run: Callable[[Connection, Callable[[], Seen]], Seen]

    def submit(self, connection: Connection, hand: Hand, wanted: Wanted) -> Seen:
        """The side's own, watched."""
        return self.run(connection, lambda: self.side.submit(connection, hand, wanted))

    def dispatch(self, connection: Connection, hand: Hand, seen: Seen) -> Seen:
        """The side's own, watched."""
        return self.run(connection, lambda: self.side.dispatch(connection, hand, seen))

    def receive(self, connection: Connection, hand: Hand, seen: Seen, good: int) -> Seen:
        """The side's own, watched."""
        return self.run(connection, lambda: self.side.receive(connection, hand, seen, good))


@contextmanager
def counted(side: Side) -> Iterator[tuple[Side, Counter[str]]]:
    """A side, and which statements its steps run on SQLite, each as often as it ran. Values are left out of them."""
    seen: Counter[str] = Counter()

    def trace(statement: str) -> None:
        seen[" ".join(VALUE.sub("?", statement).split())] += 1

    def run(connection: Connection, step: Callable[[], Seen]) -> Seen:
        line: Any = connection.connection.driver_connection
        if not isinstance(line, sqlite3.Connection):
            return step()
        line.set_trace_callback(trace)
        try:
            return step()
        finally:
            line.set_trace_callback(None)

    yield Watched(side, run), seen


def profile(path: Path, side: Side, transfers: int = TRANSFERS) -> Result:
    """Write a profile of the steps on SQLite, and show its dearest functions and the statements."""
    seen_by = cProfile.Profile()

    def run(connection: Connection, step: Callable[[], Seen]) -> Seen:
        seen_by.enable()
        try:
            return step()
        finally:
            seen_by.disable()

    with copies("sqlite") as fresh:
        database = fresh()
        chain = database.reading(chain_of).result()
        without = play(database, side, chain.drawn(0, transfers), "unwatched", CLIENTS)
        # One client, so that no other thread wants to run meanwhile: this clock is the only one that costs little.
        play(database, Watched(side, run), chain.drawn(1, transfers), "profile", clients=1)
        with counted(side) as (watched, statements):
            play_alone(database, watched, chain.drawn(2, 1))
    seen_by.create_stats()
    stats = pstats.Stats(seen_by)
    stats.dump_stats(path)
    told = (
        f"{without.cpu_us:.0f} µs of CPU a transfer, {without.step_us:.0f} of it in its steps, before anybody watched;"
        f" {loaded()}. The profile: {path}, to be read with `python -m pstats`."
    )
    figures = {
        "cpu_us": round(without.cpu_us),
        "step_cpu_us": round(without.step_us),
        "statements": dict(statements.most_common()),
    }
    return Result([_functions(stats, transfers), _statements(statements), told], {"transfers": {"profile": figures}})


def _functions(stats: Any, transfers: int) -> Table:
    title = f"The {DEAREST} dearest functions by their own time, for each transfer (the profiler makes calls dearer)"
    table = Table("function", title=title, box=SIMPLE_HEAD, padding=(0, 1, 0, 0))
    for heading in ("calls", "own µs", "with callees µs"):
        table.add_column(heading, justify="right")
    dearest = sorted(stats.stats.items(), key=lambda one: -one[1][2])[:DEAREST]
    for (file, line, name), (_, calls, own, whole, _) in dearest:
        each = (calls / transfers, own * 1e6 / transfers, whole * 1e6 / transfers)
        table.add_row(_where(file, line, name), f"{each[0]:.1f}", f"{each[1]:.0f}", f"{each[2]:.0f}")
    return table


def _where(file: str, line: int, name: str) -> str:
    if file == "~":
        return ADDRESS.sub("", name)
    path = Path(file)
    short = path.relative_to(ROOT) if path.is_relative_to(ROOT) else Path(*path.parts[-2:])
    return f"{short}:{line} {name}"


def _statements(seen: Counter[str]) -> Table:
    table = Table(title=f"Its {seen.total()} statements, SQLite", box=SIMPLE_HEAD, padding=(0, 1, 0, 0))
    table.add_column("times", justify="right", no_wrap=True, min_width=5)
    table.add_column("statement", no_wrap=True)
    shown: Counter[str] = Counter()
    for statement, times in seen.items():
        shown[COLUMNS.sub("…", statement)] += times
    for statement, times in shown.most_common():
        table.add_row(str(times), statement)
    return table
