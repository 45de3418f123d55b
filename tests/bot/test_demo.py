"""The demo chain with a history: its books are good, its past is told to nobody, and it is whole or goes on."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import monotonic
from typing import Any

import pytest
from sqlalchemy import Connection

from bot.demo import is_whole, make_demo
from bot.demo_days import Days
from bot.main import open_database
from bot.settings import Settings
from core.ground.work import Work
from core.stock.transfer_clock import due
from data.demo.chain import load
from data.demo.habits import Habits, habits_of
from data.demo.happenings import Day
from data.demo.history import days_of, first_day
from data.demo.shapes import DemoChain
from data.engine import Database
from data.migrations.apply import migrate
from tests.conftest import BOTH
from tests.data.lived import few, replayed
from tests.postgres import Databases
from tests.scenarios.books import discrepancies

NOW = datetime(2026, 7, 31, 3, tzinfo=UTC)
SHORT = 6
TABLES = ("document", "transfer_line", "posting", "balance", "daily_total", "audit", "done", "event", "dispute")


class PowerCut(Exception):
    """The process ends here."""


def made(database: Database, days: int = SHORT, progress: Callable[[float], None] = lambda part: None) -> Database:
    """The database with the chain and so many days of history."""
    database.writing(migrate).result()
    make_demo(database, lambda: NOW, progress, days)
    return database


@contextmanager
def fresh(request: pytest.FixtureRequest, kind: str, folder: Path) -> Iterator[Database]:
    """An empty database of this kind."""
    if kind == "sqlite":
        database = Database(f"sqlite:///{folder / 'chain.db'}")
    else:
        postgres: Databases = request.getfixturevalue("postgres")
        database = Database(postgres.url(postgres._create("")))
    yield database
    database.close_now()


@pytest.fixture(scope="module", autouse=True)
def fewer_products() -> Iterator[None]:
    """The same chain with few of its products: what is asked here does not depend on how many there are."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("bot.demo.load", few)
        yield


@pytest.fixture(scope="module", params=BOTH)
def lived(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """The chain after some days, only looked at: on SQLite, then on PostgreSQL."""
    with fresh(request, request.param, tmp_path_factory.mktemp("lived")) as database:
        yield made(database)


@pytest.fixture
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """An empty database file."""
    with fresh(request, "sqlite", tmp_path) as database:
        yield database


def ask(database: Database, query: str) -> list[tuple[Any, ...]]:
    return database.reading(lambda connection: [tuple(row) for row in connection.exec_driver_sql(query)]).result()


def rows(database: Database) -> dict[str, list[tuple[Any, ...]]]:
    return {table: sorted(ask(database, f"select * from {table}"), key=repr) for table in TABLES}


def happened(days: int = SHORT) -> list[Day]:
    chain = few()
    return list(days_of(chain, habits_of(chain), first_day(chain, NOW, days).date(), days, NOW))


def test_the_books_are_good_and_as_the_days_say(lived: Database) -> None:
    assert lived.reading(discrepancies).result() == []
    assert ask(lived, "select sku_id from balance where available < 0") == []
    counted = {
        (place, sku): count
        for place, sku, count in ask(
            lived,
            "select place.code, sku.code, available from balance"
            " join place on place.id = place_id join sku on sku.id = sku_id",
        )
    }
    assert counted == replayed(few(), happened())


def test_everything_is_of_its_own_day(lived: Database) -> None:
    dates = [day.date.isoformat() for day in happened()]
    assert ask(lived, "select distinct business_date from posting order by 1") == [(date,) for date in dates]
    assert ask(lived, "select business_date from posting where cause = 'opening' limit 1") == [(dates[0],)]
    sold = "select business_date, count(distinct document_id) from posting where cause = 'sale' group by 1 order by 1"
    assert ask(lived, sold) == [(date, 12) for date in dates[:-1]]
    assert ask(lived, "select id from posting where posted_at <> occurred_at") == []
    latest = int(NOW.timestamp() * 1_000_000)
    assert ask(lived, f"select id from audit where ran_at > {latest}") == []
    in_order = "select count(*) from posting as one join posting as next on next.id = one.id + 1"
    assert ask(lived, f"{in_order} where next.posted_at < one.posted_at") == [(0,)]


def test_people_do_their_own_work(lived: Database) -> None:
    who = "select distinct command, role from audit join person on person.id = actor_id"
    roles: dict[str, set[str]] = {}
    for command, role in ask(lived, f"{who} where outcome = 'done' and channel = 'demo'"):
        roles.setdefault(command, set()).add(role)
    assert roles["RecordSale"] == {"clerk", "store_manager"}
    assert roles["ReceiveGoods"] == {"keeper", "store_manager"}
    assert roles["ApproveTransfer"] == {"keeper"}
    assert roles["OpenStock"] == {"system"}
    assert ask(lived, "select id from audit where outcome = 'refused'") == []
    assert ask(lived, "select id from document where dispatched_by_id = received_by_id") == []


def test_nobody_is_told_of_the_past(lived: Database) -> None:
    assert ask(lived, "select id from outbox") == ask(lived, "select id from card") == []
    new = "select event.kind, document.state from event join document on document.id = document_id"
    assert sorted(ask(lived, f"{new} where event.state = 'new'")) == [
        ("transfer.dispatch", "in_transit"),
        ("transfer.receive", "disputed"),
        ("transfer.submit", "submitted"),
    ]


def test_the_clock_has_nothing_to_ring_for(lived: Database) -> None:
    assert lived.reading(lambda connection: due(Work(connection, NOW))).result() == []
    soon = NOW + timedelta(hours=4)
    assert len(lived.reading(lambda connection: due(Work(connection, soon))).result()) <= 3


def test_what_falls_due_in_history_is_done_there(empty: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    def unlucky(chain: DemoChain) -> Habits:
        habits = habits_of(chain)
        return replace(habits, troubles={**habits.troubles, "rejected": 0, "loaded_less": 0, "missing": 100})

    monkeypatch.setattr("bot.demo.habits_of", unlucky)
    made(empty, days=4)
    assert len(ask(empty, "select id from audit where command = 'EscalateDispute'")) > 3
    assert empty.reading(lambda connection: due(Work(connection, NOW))).result() == []
    assert ask(empty, "select count(*) from event where state = 'new'") == [(3,)]
    assert empty.reading(discrepancies).result() == []


@pytest.mark.parametrize("lived", ["sqlite"], indirect=True)
@pytest.mark.parametrize("done", ["between two days", "within a day", "before the last"])
def test_what_was_begun_goes_on_as_if_nothing_had_been(
    lived: Database, empty: Database, monkeypatch: pytest.MonkeyPatch, done: str
) -> None:
    def cut(part: float) -> None:
        if part > {"between two days": 0.6, "before the last": 0.86}.get(done, 1):
            raise PowerCut

    make = Days.make

    def cut_within(self: Days, connection: Connection, day: Day) -> None:
        make(self, connection, day)
        if done == "within a day" and day.date == happened()[3].date:
            raise PowerCut

    monkeypatch.setattr(Days, "make", cut_within)
    with pytest.raises(PowerCut):
        made(empty, progress=cut)
    monkeypatch.undo()
    assert not empty.reading(is_whole).result()
    sold = ask(empty, "select distinct business_date from posting where cause = 'sale'")
    assert len(sold) == {"between two days": 4, "within a day": 3, "before the last": SHORT}[done]
    make_demo(empty, lambda: NOW, days=0)  # it goes on with what was wanted then
    assert empty.reading(is_whole).result()
    assert rows(empty) == rows(lived)


def test_a_whole_chain_is_left_as_it_is(empty: Database) -> None:
    before = rows(made(empty, days=1))
    make_demo(empty, lambda: NOW + timedelta(days=1), days=3)
    assert rows(empty) == before


def test_without_days_there_is_no_history(empty: Database) -> None:
    made(empty, days=0)
    assert empty.reading(is_whole).result()
    assert ask(empty, "select distinct kind, posted_at from document") == [
        ("opening", int(NOW.timestamp() * 1_000_000))
    ]
    assert ask(empty, "select id from event") == []


def test_two_chains_of_one_day_are_told_apart(empty: Database, tmp_path: Path) -> None:
    other = Database(f"sqlite:///{tmp_path / 'other.db'}")
    other.writing(migrate).result()
    make_demo(other, lambda: NOW + timedelta(microseconds=1), days=1)
    begun = "select min(posted_at) from document"
    assert ask(made(empty, days=1), begun) != ask(other, begun)
    other.close_now()


def test_two_processes_make_one_history(postgres: Databases) -> None:
    settings = Settings(database=postgres.url(postgres._create("")), demo_days=2)
    with ThreadPoolExecutor(2) as threads:
        began = [threads.submit(open_database, settings, lambda part: None) for _ in range(2)]
    opened = [one.result() for one in began]
    try:
        assert opened[0].reading(is_whole).result()
        assert opened[0].reading(discrepancies).result() == []
        assert (
            ask(opened[0], "select count(*), count(distinct document_id) from posting where cause = 'sale'")[0][1] == 24
        )
        assert ask(opened[0], "select state, count(*) from event where state = 'new' group by state") == [("new", 3)]
    finally:
        for database in opened:
            database.close_now()


def test_a_server_begins_on_a_whole_history_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = Settings(database=f"sqlite:///{tmp_path / 'chain.db'}", demo_days=2)

    def cut(part: float) -> None:
        if part > 0.4:
            raise PowerCut

    with pytest.raises(PowerCut):
        open_database(settings, cut)
    database = open_database(settings, lambda part: None)
    assert database.reading(is_whole).result()
    database.close_now()


@pytest.mark.long
def test_sixty_days(empty: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.demo.load", load)
    began = monotonic()
    parts: list[float] = []
    made(empty, days=60, progress=parts.append)
    assert monotonic() - began < 60
    assert parts == sorted(parts)
    assert parts[-1] == 1.0
    assert empty.reading(discrepancies).result() == []
    assert ask(empty, "select sku_id from balance where available < 0") == []
    kinds = dict(ask(empty, "select kind, count(*) from document group by kind"))
    assert kinds["sale"] == 60 * 12
    assert 60_000 < ask(empty, "select count(*) from posting")[0][0] < 90_000
    assert ask(empty, "select count(*) from event where state = 'new'") == [(3,)]
    assert empty.reading(lambda connection: due(Work(connection, NOW))).result() == []
