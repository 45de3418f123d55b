"""Disks that take no more, for real and without a special one: by SQLite's own limit, and by the limit on a file."""

from __future__ import annotations

import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection

from data.engine import Database

NO_LIMIT = 2**30


def limit_pages(database: Database, more: int) -> None:
    """Let the database grow by so many pages and no further: then it is full, as SQLite says it."""

    def limit(connection: Connection) -> None:
        pages = connection.exec_driver_sql("pragma page_count").scalar()
        connection.exec_driver_sql(f"pragma max_page_count = {pages + more}")

    database.writing(limit).result()


def free_pages(database: Database) -> None:
    """There is room again."""
    database.writing(lambda c: c.exec_driver_sql(f"pragma max_page_count = {NO_LIMIT}").scalar()).result()


class NoRoom:
    """Takes the room away from a database file, and gives it back: then not one commit more fits on the disk.

    Files of this process may not grow beyond what the log of the database has now, so what it is told to write fails,
    as it does beyond a quota. What is read is read as before.
    """

    def __init__(self, books: Database | Path) -> None:
        self._file = Path(f"{books if isinstance(books, Path) else books.url.database}-wal")
        self._before = resource.getrlimit(resource.RLIMIT_FSIZE)

    def take(self) -> None:
        """From now on nothing is written."""
        resource.setrlimit(resource.RLIMIT_FSIZE, (self._file.stat().st_size, self._before[1]))

    def give_back(self) -> None:
        """There is room."""
        resource.setrlimit(resource.RLIMIT_FSIZE, self._before)


@contextmanager
def no_room(books: Database | Path) -> Iterator[NoRoom]:
    """A disk without room, for a while."""
    disk = NoRoom(books)
    disk.take()
    try:
        yield disk
    finally:
        disk.give_back()
