"""Loads the books of an old chain into a database, by positional SQL and many rows at once."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Protocol

import psycopg
from sqlalchemy import URL, make_url

from data.engine import Database
from data.migrations.apply import migrate
from tests.bench.old_books import COLUMNS, Books, Rows
from tests.bench.years import FIRST_DAY, Chain, deeds, furnish

SEED = 5
AT_ONCE = 200_000
"""So many postings are kept in memory before they are loaded."""
PLAIN_SETTINGS = ("synchronous = off", "journal_mode = memory", "cache_size = -400000")
"""What may be lost is made anew."""
COUNTED = ("document", "transfer_line", "posting", "audit", "event")
"""The tables whose ids PostgreSQL counts by itself."""


@dataclass(frozen=True)
class Grown:
    """A database with the books of an old chain: how many postings, until which day, and who and what there is.

    `bytes_each` is what a posting takes on the disk, with all that is kept beside it and without what was there before.
    """

    chain: Chain
    postings: int
    last_day: date
    bytes_each: float


class Load(Protocol):
    """Takes many rows of a table at once."""

    def __call__(self, table: str, columns: Sequence[str], rows: Sequence[tuple[Any, ...]]) -> None:
        """Write them."""
        ...


def grow(url: str, least: int, say: Callable[[str], None] = lambda sentence: None, seed: int = SEED) -> Grown:
    """Make books of at least so many postings in an empty database: all of its documents are whole."""
    database = Database(url)
    database.writing(migrate).result()
    chain = database.writing(lambda connection: furnish(connection, seed)).result()
    database.close_now()
    books, day, before = Books(chain), FIRST_DAY.isoformat(), disk_bytes(url)
    with _loading(make_url(url)) as load:
        for deed in deeds(chain, seed):
            if deed.day != day:
                books.end_day()
                day = deed.day
                if len(books.rows["posting"]) >= AT_ONCE:
                    _hand_over(books.rows, load)
                    say(f"{books.postings:,} of {least:,} postings are loaded")
            if books.postings >= least and deed.document_id not in books.transfers:
                break
            books.take(deed)
        books.end()
        _hand_over(books.rows, load)
    return Grown(chain, books.postings, date.fromisoformat(day), (disk_bytes(url) - before) / books.postings)


def disk_bytes(url: str) -> int:
    """How much of the disk a database takes. On SQLite nobody may have it open, so that nothing is in its log."""
    found = make_url(url)
    if found.get_backend_name() == "sqlite":
        return Path(found.database or "").stat().st_size
    with psycopg.connect(_address(found)) as connection:
        row = connection.execute("select pg_database_size(current_database())").fetchone()
        return int(row[0]) if row else 0


def _hand_over(rows: Rows, load: Load) -> None:
    for table, columns in COLUMNS.items():
        load(table, columns, rows[table])
        rows[table].clear()


def _loading(url: URL) -> Any:
    return _into_sqlite(url) if url.get_backend_name() == "sqlite" else _into_postgresql(url)


@contextmanager
def _into_sqlite(url: URL) -> Iterator[Load]:
    with closing(sqlite3.connect(url.database or "", isolation_level=None)) as connection:
        for setting in PLAIN_SETTINGS:
            connection.execute(f"pragma {setting}")

        def load(table: str, columns: Sequence[str], rows: Sequence[tuple[Any, ...]]) -> None:
            named, marks = ", ".join(f'"{name}"' for name in columns), ", ".join("?" * len(columns))
            connection.execute("begin")
            connection.executemany(f"insert into {table} ({named}) values ({marks})", rows)
            connection.execute("commit")

        yield load


@contextmanager
def _into_postgresql(url: URL) -> Iterator[Load]:
    with psycopg.connect(_address(url), autocommit=True) as connection:
        connection.execute("set session_replication_role = replica")  # what it refers to is known to be there

        def load(table: str, columns: Sequence[str], rows: Sequence[tuple[Any, ...]]) -> None:
            named = ", ".join(f'"{name}"' for name in columns)
            with connection.cursor() as cursor, cursor.copy(f"copy {table} ({named}) from stdin") as copy:
                for row in rows:
                    copy.write_row(row)

        yield load
        for table in COUNTED:
            connection.execute(f"select setval('{table}_id_seq', greatest((select max(id) from {table}), 1))")
        connection.execute("vacuum (analyze)")


def _address(url: URL) -> str:
    return url.set(drivername="postgresql").render_as_string(hide_password=False)
