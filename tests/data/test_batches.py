"""Many jobs to a commit, each as if it were alone; and a disk that is full."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import CancelledError, Future, wait
from contextlib import contextmanager
from pathlib import Path
from threading import Event
from typing import Any

import psycopg
import pytest
from sqlalchemy import Connection, event
from sqlalchemy.exc import IntegrityError, OperationalError
from structlog.testing import capture_logs

import data.disk
import data.writer
from data.disk import Disk, DiskFull
from data.engine import Database
from tests.data.test_engine import PATIENCE_SECONDS, add, names
from tests.full_disk import free_pages, limit_pages, no_room

LONG_AGO, LONG = -60.0, 60.0
BIG = "x" * 20_000  # several pages
ROOT = Path(__file__).parents[2]
Job = Callable[[Connection], Any]


@pytest.fixture
def commits(small_sqlite: Database) -> list[str]:
    """A line for each commit of the writer."""
    seen: list[str] = []
    event.listen(small_sqlite.writer, "commit", lambda connection: seen.append("commit"))
    return seen


@contextmanager
def gathering(database: Database, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The writer stands in a batch of its own meanwhile; what is submitted waits, and is one batch then."""
    begun, go_on = Event(), Event()

    def stands(connection: Connection) -> None:
        begun.set()
        assert go_on.wait(PATIENCE_SECONDS)

    monkeypatch.setattr(data.writer, "BATCH_SECONDS", LONG_AGO)
    database.writing(stands)
    assert begun.wait(PATIENCE_SECONDS)
    monkeypatch.setattr(data.writer, "BATCH_SECONDS", LONG)
    yield
    go_on.set()


def outcomes(futures: list[Future[Any]]) -> list[type[BaseException] | None]:
    """What each future came to: the kind of its error, or None."""
    wait(futures, PATIENCE_SECONDS)
    return [type(error) if (error := future.exception(0)) else None for future in futures]


def present(database: Database) -> list[str]:
    """The names that are committed."""
    return database.reading(names).result(PATIENCE_SECONDS)


@pytest.mark.parametrize(("jobs", "batches"), [(1, 1), (2, 1), (17, 1), (64, 1), (65, 2), (129, 3)])
def test_what_is_waiting_is_one_commit_of_at_most_64_jobs_in_order(
    small_sqlite: Database, monkeypatch: pytest.MonkeyPatch, commits: list[str], jobs: int, batches: int
) -> None:
    ran: list[int] = []

    def numbered(number: int) -> Job:
        def job(connection: Connection) -> int:
            ran.append(number)
            add(f"name {number}")(connection)
            return number

        return job

    with gathering(small_sqlite, monkeypatch):
        futures = [small_sqlite.writing(numbered(number)) for number in range(jobs)]
    assert [future.result(PATIENCE_SECONDS) for future in futures] == list(range(jobs)) == ran
    assert len(commits) == 1 + batches
    assert present(small_sqlite) == [f"name {number}" for number in range(jobs)]


def test_what_comes_too_late_is_in_the_next_batch(
    small_sqlite: Database, monkeypatch: pytest.MonkeyPatch, commits: list[str]
) -> None:
    with gathering(small_sqlite, monkeypatch):
        futures = [small_sqlite.writing(add(f"name {number}")) for number in range(3)]
        monkeypatch.setattr(data.writer, "BATCH_SECONDS", LONG_AGO)
    assert outcomes(futures) == [None] * 3
    assert len(commits) == 4


def test_a_lone_job_waits_for_nobody(small_sqlite: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(data.writer, "BATCH_SECONDS", LONG)
    small_sqlite.writing(add("case")).result(LONG / 10)


def test_nobody_hears_of_a_job_before_its_commit(small_sqlite: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    early: list[bool] = []
    futures: list[Future[Any]] = []
    event.listen(small_sqlite.writer, "commit", lambda connection: early.extend(one.done() for one in futures))
    seen: list[list[str]] = []
    with gathering(small_sqlite, monkeypatch):
        futures += [small_sqlite.writing(add(name)) for name in ("case", "box")]
        for future in futures:
            future.add_done_callback(lambda done: seen.append(present(small_sqlite)))
    assert outcomes(futures) == [None, None]
    small_sqlite.writing(lambda connection: None).result(PATIENCE_SECONDS)
    assert early == [False] * 4 + [True] * 2  # at the commits before it, at its own, and at the next
    assert seen == [["case", "box"]] * 2


def raises(connection: Connection) -> None:
    """A job that writes and raises."""
    add("halfway")(connection)
    raise RuntimeError("halfway")


def raises_in_a_savepoint(connection: Connection) -> None:
    """A job that raises with savepoints of its own open."""
    connection.begin_nested()
    add("halfway")(connection)
    connection.begin_nested()
    raise RuntimeError("halfway")


def raises_in_a_savepoint_that_was_forgotten(connection: Connection) -> None:
    """A job that raises, and a savepoint within its own went with the one around it."""
    with connection.begin_nested():
        connection.begin_nested()
        raises(connection)


def raises_what_ends_programs(connection: Connection) -> None:
    """A job that raises what nobody may swallow."""
    add("halfway")(connection)
    raise KeyboardInterrupt


BREAKS = [raises, raises_in_a_savepoint, raises_in_a_savepoint_that_was_forgotten, raises_what_ends_programs]


@pytest.mark.filterwarnings("ignore:nested transaction already")  # SQLAlchemy's own word for such a job
@pytest.mark.parametrize("breaks", BREAKS)
@pytest.mark.parametrize("place", [0, 5, 10])
def test_a_job_that_raises_fails_alone(
    small_sqlite: Database, monkeypatch: pytest.MonkeyPatch, commits: list[str], breaks: Job, place: int
) -> None:
    jobs: list[Job] = [add(f"name {number}") for number in range(10)]
    jobs.insert(place, breaks)
    with gathering(small_sqlite, monkeypatch):
        futures = [small_sqlite.writing(job) for job in jobs]
    found = outcomes(futures)
    assert found.pop(place) in (RuntimeError, KeyboardInterrupt)
    assert found == [None] * 10
    assert len(commits) == 2
    assert present(small_sqlite) == [f"name {number}" for number in range(10)]


def test_a_savepoint_left_open_ends_with_its_job(small_sqlite: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    def leaves_one_open(connection: Connection) -> None:
        connection.begin_nested()
        add("case")(connection)

    with gathering(small_sqlite, monkeypatch):
        futures = [small_sqlite.writing(job) for job in (leaves_one_open, raises, add("box"))]
    assert outcomes(futures) == [None, RuntimeError, None]
    assert present(small_sqlite) == ["case", "box"]


def test_a_commit_that_fails_fails_every_job_of_its_batch(
    small_sqlite: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    def tables(connection: Connection) -> None:
        connection.exec_driver_sql("create table mother (id integer primary key)")
        deferred = "references mother deferrable initially deferred"
        connection.exec_driver_sql(f"create table child (mother_id integer {deferred})")

    small_sqlite.writing(tables).result(PATIENCE_SECONDS)
    jobs: list[Job] = [add(f"name {number}") for number in range(10)]
    jobs.insert(4, lambda connection: connection.exec_driver_sql("insert into child values (7)"))
    with gathering(small_sqlite, monkeypatch):
        futures = [small_sqlite.writing(job) for job in jobs]
    assert outcomes(futures) == [IntegrityError] * 11
    assert present(small_sqlite) == []
    small_sqlite.writing(add("case")).result(PATIENCE_SECONDS)
    assert present(small_sqlite) == ["case"]


def fills(connection: Connection) -> None:
    """A job that needs more pages than there are, row by row: SQLite takes the whole transaction away."""
    for number in range(50):
        add(f"{number} {BIG}")(connection)


def fills_and_goes_on(connection: Connection) -> None:
    """As `fills`, and takes the error for its own: whatever it writes then has to fail as well."""
    refused = 0
    for number in range(50):
        try:
            add(f"{number} {BIG}")(connection)
            add(f"small {number}")(connection)
        except OperationalError:
            refused += 1
    assert refused


@pytest.mark.parametrize("full", [fills, fills_and_goes_on])
@pytest.mark.parametrize("place", [0, 4, 10])
def test_a_disk_that_fills_fails_every_job_of_the_batch_and_writes_resume(
    small_sqlite: Database, monkeypatch: pytest.MonkeyPatch, full: Job, place: int
) -> None:
    small_sqlite.writing(add("before")).result(PATIENCE_SECONDS)
    limit_pages(small_sqlite, 10)
    jobs: list[Job] = [add(f"name {number}") for number in range(10)]
    jobs.insert(place, full)
    with gathering(small_sqlite, monkeypatch):
        futures = [small_sqlite.writing(job) for job in jobs]
    # What is behind it finds a transaction no more, and is a batch of its own.
    assert outcomes(futures)[: place + 1] == [DiskFull] * (place + 1)
    behind = [f"name {number}" for number in range(place, 10)]
    assert outcomes(futures)[place + 1 :] == [None] * len(behind)
    assert present(small_sqlite) == ["before", *behind]
    assert small_sqlite.writing(lambda c: c.exec_driver_sql("pragma integrity_check").scalar()).result() == "ok"

    free_pages(small_sqlite)
    small_sqlite.writing(fills).result(PATIENCE_SECONDS)
    assert len(present(small_sqlite)) == 1 + len(behind) + 50


def test_a_statement_that_finds_no_room_and_ends_no_transaction_fails_its_job_alone(
    small_sqlite: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    limit_pages(small_sqlite, 10)
    many = f"insert into unit_name (unit, name) select '箱', hex(randomblob(8)) || '{BIG}' from place"

    def in_one_statement(connection: Connection) -> None:
        for _ in range(20):
            connection.exec_driver_sql(many)

    with gathering(small_sqlite, monkeypatch):
        futures = [small_sqlite.writing(job) for job in (add("case"), in_one_statement, add("box"))]
    assert outcomes(futures) == [None, DiskFull, None]
    assert present(small_sqlite) == ["case", "box"]


def test_a_disk_that_is_full_at_the_commit_fails_every_job_of_the_batch(
    small_sqlite: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    small_sqlite.writing(add("before")).result(PATIENCE_SECONDS)
    with no_room(small_sqlite):
        with gathering(small_sqlite, monkeypatch):
            futures = [small_sqlite.writing(add(f"name {number}")) for number in range(11)]
        assert outcomes(futures) == [DiskFull] * 11
        assert outcomes([small_sqlite.writing(add("again")) for _ in range(3)]) == [DiskFull] * 3
        assert present(small_sqlite) == ["before"]
    small_sqlite.writing(add("after")).result(PATIENCE_SECONDS)
    assert present(small_sqlite) == ["before", "after"]


def test_a_full_disk_is_logged_once_until_something_is_written_again(
    small_sqlite: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(data.disk, "SILENT_SECONDS", 0)
    small_sqlite.writing(add("before")).result(PATIENCE_SECONDS)
    with capture_logs() as logged:
        for _ in range(2):
            with no_room(small_sqlite):
                assert outcomes([small_sqlite.writing(add("more")) for _ in range(20)]) == [DiskFull] * 20
            small_sqlite.writing(add(f"room {len(logged)}")).result(PATIENCE_SECONDS)
    assert [entry["log_level"] for entry in logged] == ["error", "warning"] * 2


def test_at_the_edge_a_full_disk_is_logged_once_a_minute(small_sqlite: Database) -> None:
    with capture_logs() as logged:
        for number in range(5):
            limit_pages(small_sqlite, 0)
            assert outcomes([small_sqlite.writing(fills)]) == [DiskFull]
            small_sqlite.writing(add(f"small {number}")).result(PATIENCE_SECONDS)
    assert [entry["log_level"] for entry in logged] == ["error", "warning"]


def test_a_full_disk_of_postgresql_is_the_same_error(small_postgresql: Database) -> None:
    def full(connection: Connection) -> None:
        add("case")(connection)
        connection.exec_driver_sql("do $$ begin raise exception 'could not extend' using errcode = '53100'; end $$")

    with pytest.raises(DiskFull):
        small_postgresql.writing(full).result(PATIENCE_SECONDS)
    assert present(small_postgresql) == []
    small_postgresql.writing(add("case")).result(PATIENCE_SECONDS)
    assert present(small_postgresql) == ["case"]


@pytest.mark.parametrize(
    ("error", "full"), [(psycopg.errors.DiskFull(), True), (psycopg.errors.OutOfMemory(), False), (None, False)]
)
def test_only_a_full_disk_is_taken_for_one(error: Exception | None, full: bool) -> None:
    failed = OperationalError("insert", {}, error) if error else ValueError("a mistake of ours")
    with pytest.raises(DiskFull if full else type(failed)), Disk().watched():
        raise failed


def test_what_is_queued_before_the_end_is_written_and_nothing_after(
    small_sqlite: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    with gathering(small_sqlite, monkeypatch):
        futures = [small_sqlite.writing(add(f"name {number}")) for number in range(100)]
    small_sqlite.close_now()
    assert outcomes(futures) == [None] * 100
    with pytest.raises(RuntimeError, match="closed"):
        small_sqlite.writing(add("late"))
    small_sqlite.close_now()  # twice is no error


def test_a_job_that_was_called_off_is_not_run(small_sqlite: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    with gathering(small_sqlite, monkeypatch):
        futures = [small_sqlite.writing(add(name)) for name in ("case", "never", "box")]
        assert futures[1].cancel()
    assert [futures[place].result(PATIENCE_SECONDS) is not None for place in (0, 2)] == [True, True]
    with pytest.raises(CancelledError):
        futures[1].result(PATIENCE_SECONDS)
    assert present(small_sqlite) == ["case", "box"]


def test_a_program_that_ends_without_closing_writes_what_it_queued(small_sqlite: Database) -> None:
    program = f"""
from data.engine import Database
from tests.data.test_engine import add
database = Database({str(small_sqlite.url)!r})
for number in range(100):
    database.writing(add(f"name {{number}}"))
raise KeyboardInterrupt
"""
    done = subprocess.run((sys.executable, "-c", program), cwd=ROOT, capture_output=True, text=True, check=False)
    assert "KeyboardInterrupt" in done.stderr
    assert present(small_sqlite) == [f"name {number}" for number in range(100)]
