"""What only PostgreSQL can get wrong: its types, its triggers, and transactions that are in each other's way."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import Connection, Inspector, inspect
from sqlalchemy.exc import DBAPIError

from data.engine import DEADLOCK, Database
from data.tables.all import metadata
from tests.data.test_schema import by_name, plain
from tests.postgres import Databases
from tests.small_chain import Shop, act

PATIENCE_SECONDS = 30


@pytest.fixture
def declared(postgres: Databases) -> Iterator[Database]:
    """A database with the tables as they are declared, without a migration."""
    name = postgres.copy("template1")
    database = Database(postgres.url(name))
    database.writing(metadata.create_all).result()
    yield database
    database.close_now()
    postgres.drop(name)


def shape(inspector: Inspector, table: str) -> dict[str, Any]:
    """Everything that is declared of a table, in an order that does not matter."""
    columns = [(one["name"], str(one["type"]), one["nullable"]) for one in inspector.get_columns(table)]
    indexes = inspector.get_indexes(table)
    return {
        "columns": columns,
        "key": inspector.get_pk_constraint(table),
        "unique": by_name(inspector.get_unique_constraints(table)),
        "references": by_name(inspector.get_foreign_keys(table)),
        "checks": {check["name"]: plain(check["sqltext"]) for check in inspector.get_check_constraints(table)},
        "indexes": {one["name"]: (one["column_names"], one["unique"], str(one["dialect_options"])) for one in indexes},
    }


def shapes(database: Database) -> dict[str, Any]:
    def looked_at(connection: Connection) -> dict[str, Any]:
        inspector = inspect(connection)
        return {table: shape(inspector, table) for table in inspector.get_table_names()}

    return database.reading(looked_at).result()


def test_the_migrations_build_what_the_tables_declare(small_postgresql: Database, declared: Database) -> None:
    migrated = shapes(small_postgresql)
    migrated.pop("alembic_version")
    assert migrated == shapes(declared)


def test_columns_are_whole_numbers_of_64_bits_and_text(small_postgresql: Database) -> None:
    migrated = shapes(small_postgresql)
    migrated.pop("alembic_version")
    types = {kind for table in migrated.values() for _, kind, _ in table["columns"]}
    assert types == {"BIGINT", "TEXT", "VARCHAR(20)"}  # the last one is how words of a closed list are kept


@pytest.mark.parametrize("statement", ["update posting set quantity = 1", "delete from posting", "truncate posting"])
def test_a_posting_is_never_changed(small_postgresql: Database, statement: str) -> None:
    with pytest.raises(DBAPIError, match="posting rows are never changed"):
        small_postgresql.writing(lambda connection: connection.exec_driver_sql(statement)).result()


def test_numbers_begin_at_1001(small_postgresql: Database) -> None:
    desk = small_postgresql.reading(Shop).result()
    wish = desk.opening("WH", ("COLA", 1, 100))
    answer = small_postgresql.writing(lambda connection: act(connection, "admin", wish, "stock")).result()
    assert getattr(answer, "document_id", None) == 1001


def test_who_loses_a_deadlock_runs_again_and_it_is_counted(small_postgresql: Database) -> None:
    both_hold_one = Barrier(2)
    first_try = [True, True]

    def crosswise(mine: int, other: int) -> int:
        def job(connection: Connection) -> int:
            connection.exec_driver_sql(f"update sku set price_fen = price_fen + 1 where id = {mine}")
            if first_try[mine - 1]:
                first_try[mine - 1] = False
                both_hold_one.wait(PATIENCE_SECONDS)
            connection.exec_driver_sql(f"update sku set price_fen = price_fen + 1 where id = {other}")
            return mine

        return small_postgresql.writing(job).result(PATIENCE_SECONDS)

    def prices(connection: Connection) -> list[int]:
        return list(connection.exec_driver_sql("select price_fen from sku where id in (1, 2) order by id").scalars())

    before = small_postgresql.reading(prices).result()
    with ThreadPoolExecutor(2) as crowd:
        assert sorted(crowd.map(crosswise, (1, 2), (2, 1))) == [1, 2]
    assert small_postgresql.reading(prices).result() == [price + 2 for price in before]
    assert small_postgresql.retries[DEADLOCK] == 1
