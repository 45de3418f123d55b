"""The bench of growth measures what it says and finds what is planted; its old books are those of the product."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection

from bot.cli.bench import Options
from core.execute import execute
from core.ground.commands import Answer, Command
from core.ground.work import Work
from core.people.directory import person
from core.stock.arrivals import Valued
from core.stock.opening import OpenStock
from core.stock.transfer_commands import Arrived, Asked, DispatchTransfer, ReceiveTransfer, SubmitTransfer
from core.trade.receipts import ReceiveGoods
from core.trade.sales import RecordSale, Sold
from data.columns import from_micros
from data.engine import Database
from data.kinds import Cause
from data.migrations.apply import migrate
from tests.bench import growth
from tests.bench.bulk import SEED, grow
from tests.bench.old_books import CHANNEL, key_of
from tests.bench.years import Deed, deeds, furnish
from tests.conftest import BOTH
from tests.data.test_migrations import nothing_in
from tests.properties.replay import check_books
from tests.small_chain import rows

SOME = 2000
KEPT = ("document", "transfer_line", "posting", "balance", "daily_total", "done", "audit", "event", "approval_step")


@pytest.fixture(params=BOTH)
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """A database with nothing in it: on SQLite, then on PostgreSQL."""
    with nothing_in(request.param, request, tmp_path) as database:
        yield database


def command_of(deed: Deed) -> Command:
    """What the product is told."""
    valued = tuple(Valued(*line) for line in deed.lines)
    match deed.cause:
        case Cause.OPENING:
            return OpenStock(deed.place_id, valued)
        case Cause.PURCHASE_RECEIPT:
            return ReceiveGoods(deed.place_id, deed.other_id, valued)
        case Cause.SALE:
            return RecordSale(deed.place_id, tuple(Sold(line.sku_id, line.count) for line in deed.lines))
        case Cause.FREEZE:
            asked = tuple(Asked(line.sku_id, line.count, "") for line in deed.lines)
            return SubmitTransfer(deed.place_id, deed.other_id, asked)
        case Cause.DISPATCH:
            return DispatchTransfer(deed.document_id, 2)
    arrived = tuple(Arrived(number, line.count) for number, line in enumerate(deed.lines, start=1))
    return ReceiveTransfer(deed.document_id, 3, arrived)


def lived_through(database: Database, postings: int) -> None:
    """The same years through the product's own door."""

    def live(connection: Connection) -> None:
        for deed in deeds(furnish(connection, SEED), SEED):
            if rows(connection, "select count(*) as written from posting") == [{"written": postings}]:
                break
            work = Work(connection, from_micros(deed.moment))
            answer = execute(work.by(person(work, deed.person_id), CHANNEL), command_of(deed), key=key_of(deed))
            assert isinstance(answer, Answer), answer
            assert answer.document_id == deed.document_id
        connection.exec_driver_sql("update event set state = 'done'")

    database.writing(migrate).result()
    database.writing(live).result()


def kept(database: Database) -> dict[str, list[dict[str, Any]]]:
    """What the books hold, table by table. What refers to nothing may have been written in another order."""

    def told(connection: Connection) -> dict[str, list[dict[str, Any]]]:
        return {table: rows(connection, f"select * from {table}") for table in KEPT}

    return {
        table: sorted(
            ({name: value for name, value in row.items() if table != "transfer_line" or name != "id"} for row in found),
            key=repr,
        )
        for table, found in database.reading(told).result().items()
    }


def test_old_books_are_those_that_the_product_would_have_written(empty: Database, tmp_path: Path) -> None:
    grown = grow(empty.url.render_as_string(hide_password=False), SOME)
    by_product = Database(f"sqlite:///{tmp_path / 'product.db'}")
    lived_through(by_product, grown.postings)
    ours, theirs = kept(empty), kept(by_product)
    by_product.close_now()
    assert len(theirs["posting"]) == grown.postings >= SOME
    states = {row["state"] for row in theirs["document"]}
    assert states == {"posted", "received", "in_transit"}
    for table in KEPT:
        assert ours[table] == theirs[table], table
    empty.reading(check_books).result()
    proof = growth.prove(empty, lambda sentence: None)
    assert (proof["first"], proof["wrong"]) == (None, 0)
    assert proof["compared"]["running_counts"] == grown.postings


def test_books_that_take_longer_to_read_are_red(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(growth, "RED_ABOVE", 0)
    result = growth.run(Options(), replace(SMALL, sqlite=(500,), reads=30))
    assert result.red
    assert "500 postings takes 1.00 times as long as 5" in result.red


SMALL = growth.Sizes((500, SOME), reads=60)
TOLD = {"reads_at_each_size", "mb_by_table", "sizes", "ratio_2k"}
OF_SIZE = {"postings", "days", "mb_per_million", "mean_ms", "p50_ms", "p99_ms", "rows", "plans"}


def test_every_figure_is_there() -> None:
    result = growth.run(Options(), SMALL)
    found = json.loads(json.dumps(result.figures))["growth"]
    assert found.keys() == {"ratio_2k", "sqlite", "load_average"}
    assert found["sqlite"].keys() == TOLD
    assert found["ratio_2k"] == found["sqlite"]["ratio_2k"] > 0
    assert found["sqlite"]["reads_at_each_size"] == 60
    assert {"posting", "daily_total"} <= found["sqlite"]["mb_by_table"].keys()
    for size, least in zip(found["sqlite"]["sizes"], SMALL.sqlite, strict=True):
        assert size.keys() == OF_SIZE
        assert least <= size["postings"] < least + 100
        assert all(0 < size["p50_ms"][name] <= size["p99_ms"][name] for name in growth.QUESTIONS)
        assert all(len(size["plans"][name]) == 1 for name in growth.QUESTIONS)
        assert size["mb_per_million"] > 0
    assert not result.red or "times as long" in result.red
    assert "is no search by key" not in (result.red or "")


@pytest.mark.parametrize(
    ("spoilt", "question"),
    [
        ("drop index ix_balance_place_id_sku_id", growth.PLACE),
        ("alter table daily_total rename to d; create table daily_total as select * from d", growth.MONTH),
    ],
)
def test_a_scan_of_everything_is_seen(spoilt: str, question: str) -> None:
    def spoil(connection: Connection) -> None:
        for statement in spoilt.split(";"):
            connection.exec_driver_sql(statement)

    result = growth.run(Options(), replace(SMALL, sqlite=(500,)), spoil)
    assert result.red
    assert f"{question} is no search by key (SCAN " in result.red
    assert result.red.count("is no search by key") == 1
