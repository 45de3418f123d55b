"""Statements on both databases: values go in and come out as the tables have them, in the caller's transaction."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from textwrap import dedent
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import Connection, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import CompileError, DBAPIError, IntegrityError
from sqlmodel import col

from core.ground.work import Work
from data.columns import Moment, one_of
from data.disk import Away
from data.engine import DEADLOCK, Database
from data.kinds import EventState, Shelf
from data.statements import Statement, given, given_columns
from data.tables.base import table_of
from data.tables.goods import Sku, UnitName
from data.tables.ground import Event
from tests.small_chain import MORNING

ROOT = Path(__file__).parents[2]
PATIENCE_SECONDS = 30

ADD = Statement(insert(table_of(Event)).values(given_columns(Event)))
READ = Statement(
    select(col(Event.id), col(Event.kind), col(Event.state), col(Event.next_at))
    .where(col(Event.kind) == given("kind"))
    .order_by(col(Event.id))
)
TRY_AGAIN = Statement(
    update(table_of(Event))
    .where(col(Event.kind) == given("kind"), col(Event.state) == EventState.NEW)
    .values(attempts=col(Event.attempts) + 1, state=EventState.DEAD)
    .returning(col(Event.attempts), col(Event.state))
)
TOLD = Statement(update(table_of(Event)).where(col(Event.kind) == given("kind")).values(state=EventState.DONE))
NAME = Statement(insert(table_of(UnitName)).values(given_columns(UnitName)))
NAMES = Statement(select(col(UnitName.name)).order_by(col(UnitName.id)))
RAISE_PRICE = Statement(
    update(table_of(Sku)).where(col(Sku.id) == given("id")).values(price_fen=col(Sku.price_fen) + given("more"))
)


@pytest.fixture
def work(small_open: Database) -> Iterator[Work]:
    """A transaction that is rolled back after the test, and not begun yet."""
    with small_open.writer.connect() as connection:
        yield Work(connection, MORNING)


def add(work: Work, **columns: object) -> int:
    """Write an event, of which only what is said matters."""
    row: dict[str, object] = {"kind": "said", "document_id": None, "facts": "{}", "state": EventState.NEW}
    times = {"attempts": 0, "next_at": work.now, "happened_at": work.now, "trace": None}
    return work.run(ADD, **{**row, **times, **columns})


def stored(work: Work, columns: str) -> list[tuple[Any, ...]]:
    """What plain SQL finds in the events."""
    return [tuple(row) for row in work.connection.exec_driver_sql(f"select {columns} from event order by id")]


def test_an_enum_and_a_moment_are_stored_plainly_and_come_back_as_they_were(work: Work) -> None:
    in_china = datetime(2026, 3, 18, 10, 0, 0, 123456, tzinfo=timezone(timedelta(hours=8)))
    assert add(work, state=EventState.DEAD, next_at=in_china) == 1
    micros = int(datetime(2026, 3, 18, 2, tzinfo=UTC).timestamp()) * 1_000_000 + 123456
    assert stored(work, "state, next_at, document_id") == [("dead", micros, None)]
    (row,) = work.rows(READ, kind="said")
    assert type(row) is tuple
    assert row[1:] == ("said", EventState.DEAD, in_china)
    assert type(row[2]) is EventState
    assert row[3].tzinfo is UTC
    assert work.one(READ, kind="said") == row


def test_nothing_goes_in_and_comes_out_as_none(work: Work) -> None:
    echo = Statement(select(given("moment", Moment), given("shelf", one_of(Shelf)), given("count", col(Sku.id).type)))
    assert work.one(echo, moment=None, shelf=None, count=None) == (None, None, None)
    assert work.one(echo, moment=MORNING, shelf=Shelf.BLOCKED, count=7) == (MORNING, Shelf.BLOCKED, 7)


@pytest.mark.parametrize(
    ("wrong", "error"),
    [({"state": "strange"}, IntegrityError), ({"next_at": MORNING.replace(tzinfo=None)}, ValueError)],
)
def test_a_foreign_word_and_a_moment_without_a_zone_are_refused(
    work: Work, wrong: dict[str, object], error: type[Exception]
) -> None:
    savepoint = work.savepoint()
    with pytest.raises(error):
        add(work, **wrong)
    savepoint.rollback()
    assert stored(work, "id") == []


def test_constants_stay_in_the_statement(work: Work) -> None:
    add(work, attempts=3)
    assert work.rows(TRY_AGAIN, kind="said") == [(4, EventState.DEAD)]
    assert work.one(TRY_AGAIN, kind="said") is None
    add(work)
    begun = col(Event.happened_at) >= MORNING
    first = Statement(select(col(Event.attempts)).where(begun).order_by(col(Event.id)).limit(1))
    assert work.rows(first) == [(4,)]


def test_it_is_said_how_many_rows_were_written(work: Work) -> None:
    assert [work.run(TOLD, kind="said"), add(work), add(work), work.run(TOLD, kind="said")] == [0, 1, 1, 2]
    assert (work.one(READ, kind="nothing"), work.rows(READ, kind="nothing")) == (None, [])


@pytest.mark.parametrize(
    ("names", "error", "says"),
    [
        ({}, KeyError, "not given: kind"),
        ({"Kind": "said"}, KeyError, "not given: kind"),
        ({"kind": "said", "state": EventState.NEW}, TypeError, "not asked for: state"),
    ],
)
def test_a_missing_or_strange_name_is_named(
    work: Work, names: dict[str, object], error: type[Exception], says: str
) -> None:
    for run in (work.one, work.rows):
        with pytest.raises(error, match=says):
            run(READ, **names)
    with pytest.raises(error, match=says):
        work.run(TOLD, **names)


def test_a_constant_cannot_be_given_by_its_name_in_the_text(work: Work) -> None:
    with pytest.raises(TypeError, match="not asked for: attempts_1"):
        work.one(TRY_AGAIN, kind="said", attempts_1=100)


def test_what_a_savepoint_takes_back_is_gone(work: Work) -> None:
    add(work, kind="before")
    savepoint = work.savepoint()
    add(work, kind="within")
    work.run(TOLD, kind="before")
    savepoint.rollback()
    add(work, kind="after")
    assert stored(work, "kind, state") == [("before", "new"), ("after", "new")]


def test_the_first_statement_begins_a_transaction_that_can_be_rolled_back(work: Work) -> None:
    assert not work.connection.in_transaction()
    add(work)
    assert work.connection.in_transaction()
    work.connection.rollback()
    assert stored(work, "id") == []


async def test_a_reader_looks_twice_at_one_snapshot(small: Database) -> None:
    def looks_twice(connection: Connection) -> list[list[tuple[str]]]:
        work = Work(connection, MORNING)
        first = work.rows(NAMES)
        small.writing(lambda c: Work(c, MORNING).run(NAME, unit="箱", name="case")).result(PATIENCE_SECONDS)
        return [first, work.rows(NAMES)]

    assert await small.read(looks_twice) == [[], []]
    assert await small.read(lambda c: Work(c, MORNING).rows(NAMES)) == [("case",)]


def test_what_the_database_refuses_is_refused_as_by_the_connection(work: Work) -> None:
    work.run(NAME, unit="箱", name="case")
    savepoint = work.savepoint()
    with pytest.raises(IntegrityError, match=r"(?i)unique") as refused:
        work.run(NAME, unit="箱", name="case")
    assert refused.value.orig is refused.value.__cause__
    savepoint.rollback()
    assert work.rows(NAMES) == [("case",)]


def test_a_wish_may_be_said_for_each_database(work: Work) -> None:
    def unless_there(kind: type[sqlite.Insert] | type[postgresql.Insert]) -> sqlite.Insert | postgresql.Insert:
        return kind(table_of(UnitName)).values(given_columns(UnitName)).on_conflict_do_nothing()

    name = Statement(unless_there(sqlite.Insert), on_postgresql=unless_there(postgresql.Insert))
    assert [work.run(name, unit="箱", name="case") for _ in range(2)] == [1, 0]


def test_a_renamed_column_breaks_where_the_statement_is_said() -> None:
    with pytest.raises(CompileError, match="colour"):
        Statement(insert(table_of(Event)).values(colour=given("colour")))
    with pytest.raises(CompileError, match="colour"):
        Statement(update(table_of(Event)).values(colour=given("colour")))
    with pytest.raises(AttributeError, match="colour"):
        Statement(select(col(Event.colour)))  # type: ignore[attr-defined]


def test_a_list_and_one_name_for_two_things_are_refused() -> None:
    with pytest.raises(TypeError, match="no list"):
        Statement(select(col(Event.id)).where(col(Event.id).in_([1, 2])))
    with pytest.raises(TypeError, match="it is given as"):
        Statement(select(col(Event.id)).where(col(Event.kind) == given("it"), col(Event.next_at) == given("it")))


def test_who_loses_a_deadlock_runs_again(small_postgresql: Database) -> None:
    both_hold_one, first_try = Barrier(2), [True, True]

    def crosswise(mine: int, other: int) -> None:
        def job(connection: Connection) -> None:
            work = Work(connection, MORNING)
            work.run(RAISE_PRICE, id=mine, more=1)
            if first_try[mine - 1]:
                first_try[mine - 1] = False
                both_hold_one.wait(PATIENCE_SECONDS)
            work.run(RAISE_PRICE, id=other, more=1)

        small_postgresql.writing(job).result(PATIENCE_SECONDS)

    with ThreadPoolExecutor(2) as crowd:
        list(crowd.map(crosswise, (1, 2), (2, 1)))
    assert small_postgresql.retries[DEADLOCK] == 1


def test_a_lost_connection_fails_its_job_and_no_other(small_postgresql: Database) -> None:
    def hung_up_on(connection: Connection) -> None:
        work = Work(connection, MORNING)
        with small_postgresql.reader.connect() as other:
            pid = connection.exec_driver_sql("select pg_backend_pid()").scalar()
            other.exec_driver_sql(f"select pg_terminate_backend({pid}, {PATIENCE_SECONDS * 1000})")
        work.run(NAME, unit="箱", name="case")

    with pytest.raises(Away) as lost:
        small_postgresql.writing(hung_up_on).result(PATIENCE_SECONDS)
    behind = lost.value.__cause__
    assert isinstance(behind, DBAPIError)
    assert behind.connection_invalidated
    assert "unit_name" in str(behind.statement)  # not a rollback that fails after it
    for name in ("box", "crate"):
        small_postgresql.writing(lambda c, n=name: Work(c, MORNING).run(NAME, unit="箱", name=n)).result(  # type: ignore[misc]
            PATIENCE_SECONDS
        )
    assert small_postgresql.reading(lambda c: Work(c, MORNING).rows(NAMES)).result() == [("box",), ("crate",)]


@pytest.mark.long
def test_a_wrong_row_type_is_seen_by_the_type_checker(tmp_path: Path) -> None:
    said = """\
        from sqlalchemy import select, update
        from sqlmodel import col
        from core.ground.work import Work
        from data.kinds import EventState
        from data.statements import Statement
        from data.tables.base import table_of
        from data.tables.ground import Event
        READ = Statement(select(col(Event.kind), col(Event.state)))
        TOLD = Statement(update(table_of(Event)).values(attempts=0))
        def right(work: Work) -> tuple[str, EventState] | None:
            work.run(TOLD)
            return work.one(READ)
        def wrong(work: Work) -> list[tuple[str, int]]:
            return work.rows(READ)
        def nothing_written(work: Work) -> int:
            return work.run(READ)
        """
    (tmp_path / "said.py").write_text(dedent(said), encoding="utf-8")
    command = (sys.executable, "-m", "mypy", "--strict", "--config-file", str(ROOT / "pyproject.toml"))
    where = ("--cache-dir", str(tmp_path / "cache"), str(tmp_path / "said.py"))
    checked = subprocess.run((*command, *where), cwd=ROOT, capture_output=True, text=True, check=False)
    flaws = [
        line.partition("said.py:")[2].partition(":")[0] for line in checked.stdout.splitlines() if "error:" in line
    ]
    assert flaws == ["14", "16"], checked.stdout
