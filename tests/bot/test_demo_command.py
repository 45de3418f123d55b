"""`stocktalk demo` as a shell has it: makes the chain, says what there is, begins anew without losing the old books."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import Result
from typer.testing import CliRunner

from bot.alone import alone
from bot.cli.app import app
from bot.demo_reset import put_aside
from data.disk import DiskFull
from data.engine import Database
from data.migrations.apply import newest, version
from tests.bot.console.served import books
from tests.data.lived import few
from tests.postgres import Databases

pytestmark = pytest.mark.usefixtures("wide")

DAYS = ("--days", "1")
SALES = "select count(distinct document_id) from posting where cause = 'sale'"


@pytest.fixture(autouse=True)
def fewer_products(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same chain with few of its products, which is soon made."""
    monkeypatch.setattr("bot.demo.load", few)
    monkeypatch.setattr("bot.demo_reset.load", few)


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the books shall be, and the command line set to it."""
    monkeypatch.setenv("STOCKTALK_DATABASE", f"sqlite:///{tmp_path / 'chain.db'}")
    return tmp_path / "chain.db"


@pytest.fixture
def url(postgres: Databases, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """An empty database on a server, and the command line set to it."""
    name = postgres._create("")
    monkeypatch.setenv("STOCKTALK_DATABASE", postgres.url(name))
    yield postgres.url(name)
    postgres.drop(name)


def demo(*words: str, answer: str = "") -> Result:
    """What the command came to."""
    return CliRunner().invoke(app, ["demo", *words], input=answer)


def files(path: Path) -> list[str]:
    return sorted(one.name for one in path.parent.glob("*.db"))


def test_it_is_made_once_and_then_told_of(path: Path) -> None:
    made = demo(*DAYS)
    assert made.exit_code == 0
    assert f"14 places, {len(few().skus)} products, 34 people.\n" in made.output
    assert "12 till rolls" in made.output
    assert "14 opening stocks" in made.output
    assert "1 days with sales" in made.output
    before = path.read_bytes()
    again = demo("--days", "2")
    assert again.exit_code == 0
    assert "nothing was changed" in again.output
    assert path.read_bytes() == before


def test_what_is_half_made_goes_on(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as cut:
        cut.setattr("bot.demo_days.Days.make", lambda *_: 1 / 0)
        assert isinstance(demo("--days", "2").exception, ZeroDivisionError)
    assert books(path, SALES) == [(0,)]
    assert demo().exit_code == 0
    assert books(path, SALES) == [(24,)]


def test_what_stops_half_way_says_so(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_room(*_: object) -> None:
        raise DiskFull("no room")

    monkeypatch.setattr("bot.demo_days.Days.make", no_room)
    stopped = demo("--days", "2")
    assert stopped.exit_code == 1
    assert "The chain is not whole yet: the next start goes on with it; make room" in stopped.output


def test_a_look_at_books_of_another_version_changes_nothing(path: Path) -> None:
    demo("--days", "0")
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("update alembic_version set version_num = '0007'")
    refused = demo("--reset", "--yes")
    assert refused.exit_code == 1
    assert "`stocktalk run` brings older ones up to date. Nothing was changed." in refused.output
    assert books(path, "select version_num from alembic_version") == [("0007",)]


def test_begun_anew_the_old_file_is_kept(path: Path) -> None:
    demo("--days", "0")
    old = books(path, "select posted_at from document order by id")
    anew = demo("--reset", *DAYS, answer="y\n")
    assert anew.exit_code == 0
    assert "What there is goes: 14 documents, 34 people and 0 messages. The old file is kept" in anew.output
    assert books(path, SALES) == [(12,)]
    (kept,) = [name for name in files(path) if name != path.name]
    assert str(path.with_name(kept)) in anew.output
    assert books(path.with_name(kept), "select posted_at from document order by id") == old


def test_who_says_no_keeps_all(path: Path) -> None:
    demo("--days", "0")
    before = path.read_bytes()
    refused = demo("--reset", answer="n\n")
    assert refused.exit_code == 1
    assert refused.output.endswith("Nothing was changed.\n")
    assert (path.read_bytes(), files(path)) == (before, [path.name])


def test_two_that_are_put_aside_in_a_second_are_both_kept(path: Path) -> None:
    now = datetime(2026, 7, 31, 3, tzinfo=UTC)
    for _ in range(3):
        path.touch()
        put_aside(path, now)
    assert len(files(path)) == 3


def test_beneath_a_running_server_nothing_begins_anew(path: Path) -> None:
    demo("--days", "0")
    with alone(f"sqlite:///{path}"):
        refused = demo("--reset", "--yes")
        assert refused.exit_code == 1
        assert f"process {os.getpid()} runs on {path}. Nothing was changed." in refused.output
        assert demo().exit_code == 0  # to be told what there is needs no stop
    assert files(path) == [path.name]


def test_a_file_that_somebody_reads_is_left_alone(path: Path) -> None:
    demo("--days", "0")
    database = Database(f"sqlite:///{path}")
    database.reading(version).result()
    refused = demo("--reset", "--yes")
    database.close_now()
    assert refused.exit_code == 1
    assert "The books are in use: another process reads it. End that first; nothing was changed." in refused.output
    assert files(path) == [path.name]


def test_on_a_server_the_tables_are_dropped_and_made(url: str) -> None:
    assert demo("--days", "0").exit_code == 0
    anew = demo("--reset", "--yes", *DAYS)
    assert anew.exit_code == 0
    assert "They cannot be had again." in anew.output
    database = Database(url)
    try:
        assert database.reading(version).result() == newest()
        assert database.reading(lambda c: c.exec_driver_sql(SALES).scalar()).result() == 12
    finally:
        database.close_now()


def test_on_a_server_that_others_are_on_nothing_is_dropped(url: str) -> None:
    demo("--days", "0")
    database = Database(url)
    try:
        count = "select count(*) from posting"
        before = database.reading(lambda c: c.exec_driver_sql(count).scalar()).result()
        refused = demo("--reset", "--yes")
        assert refused.exit_code == 1
        assert "The books are in use: 1 other connection is open on it. End that first; nothing was" in refused.output
        assert database.reading(lambda c: c.exec_driver_sql(count).scalar()).result() == before
    finally:
        database.close_now()


def test_on_a_server_nothing_goes_that_is_not_ours(url: str) -> None:
    demo("--days", "0")
    database = Database(url)
    database.writing(lambda c: c.exec_driver_sql("create view theirs as select count(*) as many from sku")).result()
    database.close_now()
    refused = demo("--reset", "--yes")
    assert refused.exit_code == 1
    assert "something that is not ours depends on their tables" in refused.output
    database = Database(url)
    try:
        assert database.reading(lambda c: c.exec_driver_sql("select many from theirs").scalar()).result() == len(
            few().skus
        )
    finally:
        database.close_now()


def test_more_than_a_year_is_refused(path: Path) -> None:
    assert demo("--days", "367").exit_code == 2
    assert not path.exists()
