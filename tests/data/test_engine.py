"""How a transaction runs: whole or not at all, readers on a snapshot, pages in a stream, schemas that are too new."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from sqlalchemy import Connection, insert, select
from sqlalchemy.exc import DBAPIError
from sqlmodel import col

from data import engine
from data.engine import Database
from data.migrations.apply import SchemaTooNew, migrate
from data.tables.base import table_of
from data.tables.goods import UnitName

PATIENCE_SECONDS = 10


def add(name: str) -> Callable[[Connection], Any]:
    """A job that writes one row."""
    return lambda connection: connection.execute(insert(table_of(UnitName)).values(unit="箱", name=name))


def names(connection: Connection) -> list[str]:
    """A job that reads them all."""
    return list(connection.scalars(select(col(UnitName.name)).order_by(col(UnitName.id))))


async def test_what_is_written_is_there_to_read(small: Database) -> None:
    await small.write(add("case"))
    assert await small.read(names) == ["case"]


async def test_a_job_that_raises_leaves_nothing(small: Database) -> None:
    def breaks(connection: Connection) -> None:
        add("case")(connection)
        raise RuntimeError("halfway")

    with pytest.raises(RuntimeError, match="halfway"):
        await small.write(breaks)
    assert await small.read(names) == []
    await small.write(add("box"))
    assert await small.read(names) == ["box"]


async def test_a_reader_writes_nothing(small: Database) -> None:
    with pytest.raises(DBAPIError, match=r"readonly|read-only"):
        await small.read(add("case"))
    assert await small.read(names) == []


async def test_a_reader_sees_one_snapshot_beside_the_writer(small: Database) -> None:
    looked, written = Event(), Event()

    def looks_twice(connection: Connection) -> tuple[list[str], list[str]]:
        first = names(connection)
        looked.set()
        assert written.wait(PATIENCE_SECONDS)
        return first, names(connection)

    reading = asyncio.create_task(small.read(looks_twice))
    await asyncio.to_thread(looked.wait, PATIENCE_SECONDS)
    await small.write(add("case"))
    written.set()
    assert await reading == ([], [])
    assert await small.read(names) == ["case"]


async def test_a_reader_sees_nothing_that_is_not_committed(small: Database) -> None:
    begun, looked = Event(), Event()

    def writes(connection: Connection) -> None:
        add("case")(connection)
        begun.set()
        assert looked.wait(PATIENCE_SECONDS)

    writing = asyncio.create_task(small.write(writes))
    await asyncio.to_thread(begun.wait, PATIENCE_SECONDS)
    assert await small.read(names) == []
    looked.set()
    await writing
    assert await small.read(names) == ["case"]


@pytest.mark.parametrize(("breaks", "left"), [(False, ["first", "second"]), (True, [])])
async def test_a_write_whose_caller_goes_away_is_whole_or_nothing(
    small: Database, breaks: bool, left: list[str]
) -> None:
    begun, go_on = Event(), Event()

    def writes(connection: Connection) -> None:
        add("first")(connection)
        begun.set()
        assert go_on.wait(PATIENCE_SECONDS)
        if breaks:
            raise RuntimeError("nobody hears this")
        add("second")(connection)

    writing = asyncio.create_task(small.write(writes))
    await asyncio.to_thread(begun.wait, PATIENCE_SECONDS)
    writing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await writing
    go_on.set()
    await small.write(lambda connection: None)  # behind it in the same lane
    assert await small.read(names) == left


async def test_writes_come_one_after_the_other(small_sqlite: Database) -> None:
    def adds_one_more(connection: Connection) -> None:
        add(f"name {len(names(connection))}")(connection)

    await asyncio.gather(*(small_sqlite.write(adds_one_more) for _ in range(30)))
    assert await small_sqlite.read(names) == [f"name {number}" for number in range(30)]


async def test_a_stream_goes_page_by_page_in_the_order_of_its_key(
    small: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "PAGE", 3)
    for number in range(7):
        await small.write(add(f"name {number}"))
    query = select(col(UnitName.id), col(UnitName.name))
    try:
        seen = [row.name async for row in small.stream(query, col(UnitName.id), after=1)]
        assert seen == [f"name {number}" for number in range(1, 7)]

        seen = []
        async for row in small.stream(query, col(UnitName.id)):
            seen.append(row.name)
            if len(seen) == 2:  # each page is a read of its own: what comes meanwhile is in a later one
                await small.write(add("late"))
        assert seen == [*(f"name {number}" for number in range(7)), "late"]
        assert [row async for row in small.stream(query, col(UnitName.id), after=99)] == []
    finally:
        await small.close()


def test_a_number_is_never_given_twice(small_sqlite: Database) -> None:
    columns = "kind, state, version, place_id, other_place_id, requester_id, occurred_at, posted_at, moved_at"
    row = f"insert into document ({columns}) values ('sale', 'posted', 1, 1, 2, 1, 0, 0, 0)"

    def given(connection: Connection) -> Any:
        return connection.exec_driver_sql(row).lastrowid

    assert [small_sqlite.writing(given).result() for _ in range(2)] == [1001, 1002]
    small_sqlite.writing(lambda connection: connection.exec_driver_sql("delete from document")).result()
    assert small_sqlite.writing(given).result() == 1003


@pytest.mark.parametrize(
    ("setting", "expected"), [("journal_mode", "wal"), ("synchronous", 2), ("foreign_keys", 1), ("busy_timeout", 5000)]
)
def test_every_connection_has_the_settings_of_a_ledger(small_sqlite: Database, setting: str, expected: Any) -> None:
    def asked(connection: Connection) -> Any:
        return connection.exec_driver_sql(f"pragma {setting}").scalar()

    assert small_sqlite.writing(asked).result() == expected
    assert small_sqlite.reading(asked).result() == expected


def test_a_schema_of_a_newer_program_is_refused_and_left_alone(small_sqlite: Database) -> None:
    small_sqlite.writing(lambda c: c.exec_driver_sql("update alembic_version set version_num = '9999'")).result()
    tables = "select name, sql from sqlite_master"
    before = small_sqlite.reading(lambda c: c.exec_driver_sql(tables).all()).result()
    with pytest.raises(SchemaTooNew, match="newer"):
        small_sqlite.writing(migrate).result()
    assert (
        small_sqlite.reading(lambda c: c.exec_driver_sql("select name, sql from sqlite_master").all()).result()
        == before
    )
    assert (
        small_sqlite.reading(lambda c: c.exec_driver_sql("select version_num from alembic_version").scalar()).result()
        == "9999"
    )


def test_another_kind_of_database_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="SQLite or PostgreSQL, not in mysql"):
        Database("mysql://localhost/stocktalk")
    assert list(tmp_path.iterdir()) == []
