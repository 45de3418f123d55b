"""Where the CPU of a process goes: by function, and by job given to the database."""

from __future__ import annotations

import cProfile
import json
import pstats
import sqlite3
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.table import Table
from sqlalchemy import Connection

from data.engine import Database


@contextmanager
def profiled(path: str | None) -> Iterator[None]:
    """Write what ran meanwhile in any thread, by function, to `path` for `pstats`; nothing without a path.

    It counts the CPU's time, not the clock's: a thread that waits for another one costs nothing.
    """
    if not path:
        yield
        return
    profiles = [cProfile.Profile(time.thread_time)]

    def begin(*event: Any) -> None:
        profiles.append(cProfile.Profile(time.thread_time))
        profiles[-1].enable()

    threading.setprofile(begin)
    profiles[0].enable()
    try:
        yield
    finally:
        threading.setprofile(None)
        profiles[0].disable()
        for profile in profiles:
            profile.create_stats()
        pstats.Stats(*profiles).dump_stats(path)


@dataclass(slots=True)
class Ran:
    """What a job came to: how often it ran, its statements, and seconds of CPU, of waiting to begin, and in all."""

    times: int = 0
    statements: int = 0
    cpu_s: float = 0.0
    waited_s: float = 0.0
    whole_s: float = 0.0


@contextmanager
def counted(path: str | None) -> Iterator[None]:
    """Write to `path` what each job on the database came to, by its name; nothing without a path.

    Statements are counted on SQLite alone.
    """
    if not path:
        yield
        return
    jobs: defaultdict[str, Ran] = defaultdict(Ran)
    reading, writing = Database.reading, Database.writing

    def watched(way: str, submit: Callable[..., Future[Any]]) -> Callable[..., Future[Any]]:
        def submitted(self: Database, job: Callable[[Connection], Any]) -> Future[Any]:
            ran, given_at = (
                jobs[f"{way} {job.__qualname__.replace('.<locals>', '').replace('.<lambda>', '')}"],
                time.perf_counter(),
            )

            def done(future: Future[Any]) -> None:
                ran.whole_s += time.perf_counter() - given_at

            future = submit(self, lambda connection: _run(job, connection, ran, given_at))
            future.add_done_callback(done)
            return future

        return submitted

    Database.reading, Database.writing = watched("read", reading), watched("write", writing)  # type: ignore[method-assign]
    try:
        yield
    finally:
        Database.reading, Database.writing = reading, writing  # type: ignore[method-assign]
        Path(path).write_text(json.dumps({name: asdict(ran) for name, ran in jobs.items()}), encoding="utf-8")


def _run(job: Callable[[Connection], Any], connection: Connection, ran: Ran, given_at: float) -> Any:
    line, seen = connection.connection.driver_connection, list[str]()
    if isinstance(line, sqlite3.Connection):
        line.set_trace_callback(seen.append)
    ran.waited_s += time.perf_counter() - given_at
    began = time.thread_time()
    try:
        return job(connection)
    finally:
        ran.cpu_s += time.thread_time() - began
        if isinstance(line, sqlite3.Connection):
            line.set_trace_callback(None)
        ran.times, ran.statements = ran.times + 1, ran.statements + len(seen)


def jobs_table(jobs: Mapping[str, Mapping[str, float]], messages: int) -> Table:
    """What `counted` wrote, the dearest job first: what a message costs, and how long a job takes from being given."""
    table = Table(
        "job",
        title="Jobs on the database: for each message, and (begun, done) after each was given",
        box=SIMPLE_HEAD,
        padding=(0, 1, 0, 0),
    )
    for heading in ("CPU ms", "jobs", "statements", "begun ms", "done ms"):
        table.add_column(heading, justify="right")
    total = {field.name: sum(ran[field.name] for ran in jobs.values()) for field in fields(Ran)}
    for name, ran in [*sorted(jobs.items(), key=lambda job: -job[1]["cpu_s"]), ("all of them", total)]:
        each = (ran["cpu_s"] * 1000 / messages, ran["times"] / messages, ran["statements"] / messages)
        took = (ran["waited_s"] * 1000 / ran["times"], ran["whole_s"] * 1000 / ran["times"])
        table.add_row(name, *(f"{figure:.2f}" for figure in (*each, *took)))
    return table
