"""SQLite's connections: the settings of a ledger, and nothing that runs after its transaction ended by itself."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from contextlib import closing, suppress
from pathlib import Path
from typing import Any, cast

from sqlalchemy import URL, Connection, Engine, create_engine, event

SETTINGS = (
    "journal_mode = WAL",
    "synchronous = FULL",  # a ledger may not lose its last commits when the power goes
    "foreign_keys = ON",
    "busy_timeout = 5000",
    "journal_size_limit = 67108864",
)


class Line(sqlite3.Connection):
    """A connection that knows when SQLite took its transaction away, and runs nothing more then.

    On a full disk or a failed write SQLite may roll everything back by itself. It would take the next statement as one
    of its own and commit it at once, and a commit as done: what a job then writes would be half of it.
    """

    begun = False
    _ended_by: sqlite3.Error | None = None

    @property
    def lost(self) -> bool:
        """Whether the transaction that was begun is no more, though nobody ended it."""
        return self.begun and not self.in_transaction

    def hold(self) -> None:
        """Raise what ended the transaction, if it was lost."""
        if self.lost:
            raise self._ended_by or sqlite3.OperationalError("SQLite ended the transaction by itself")

    def failed(self, error: sqlite3.Error) -> None:
        """Note what a statement came to, should it have ended the transaction."""
        if self.lost:
            self._ended_by = error

    def cursor(self, factory: Any = None) -> Any:
        """A cursor that asks first."""
        return super().cursor(_Cursor)

    def commit(self) -> None:
        """Commit. Raises what ended the transaction, where it was lost."""
        self.hold()
        super().commit()
        self.begun = False

    def rollback(self) -> None:
        """Roll back, and begin anew with a sound connection."""
        self.begun, self._ended_by = False, None
        super().rollback()


class _Cursor(sqlite3.Cursor):
    connection: Line

    def execute(self, statement: str, parameters: Any = ()) -> _Cursor:
        self.connection.hold()
        try:
            return super().execute(statement, parameters)
        except sqlite3.Error as error:
            self.connection.failed(error)
            raise

    def executemany(self, statement: str, parameters: Iterable[Any]) -> _Cursor:
        self.connection.hold()
        try:
            return super().executemany(statement, parameters)
        except sqlite3.Error as error:
            self.connection.failed(error)
            raise


def line_of(connection: Connection) -> Line:
    """The driver's connection."""
    return cast("Line", connection.connection.dbapi_connection)


def sqlite_engine(url: URL, *, begin: str, pool_size: int, only: str = "query_only = OFF") -> Engine:
    """An engine whose transactions begin as said: the driver's own BEGIN is late and takes no lock."""
    engine = create_engine(url, pool_size=pool_size, max_overflow=0, connect_args={"factory": Line})

    @event.listens_for(engine, "connect")
    def set_up(connection: Any, record: Any) -> None:
        connection.isolation_level = None
        for setting in (*SETTINGS, only):
            connection.execute(f"PRAGMA {setting}")

    @event.listens_for(engine, "begin")
    def begin_transaction(connection: Connection) -> None:
        connection.exec_driver_sql(begin)
        line_of(connection).begun = True

    return engine


def fold_log(path: Path) -> None:
    """Write what is in the log into the file, as far as nobody reads beside: then the file alone is a whole copy.

    Nothing depends on it: the log is read at the next start.
    """
    with suppress(sqlite3.Error), closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
