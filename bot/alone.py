"""Holds a database file for one process: two servers on one file would send everything twice.

The lock is the operating system's, on a file beside the database, so that it ends with its process however that ends.
Whoever only reads or changes a row (the other commands) needs none of it, and neither do processes on PostgreSQL.
"""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

LOOK_AGAIN_SECONDS, TRIES = 0.05, 10
"""`holder` has the lock for a moment, too, which is no reason not to start."""


class Taken(Exception):
    """Another process holds the file; `process` is its number, None where it does not say."""

    def __init__(self, path: Path, process: int | None) -> None:
        who = f"process {process}" if process else "another process"
        super().__init__(f"{who} runs on {path}")
        self.path, self.process = path, process


@contextmanager
def alone(url: str) -> Iterator[None]:
    """Hold the file of this database. Raises Taken where another process does.

    The file of the lock stays: were it removed, two processes could hold two files of the same name.
    """
    path = file_of(url)
    if path is None:
        yield
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    with lock_of(path).open("a+") as lock:
        for tries_left in reversed(range(TRIES)):
            with suppress(BlockingIOError):
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            if not tries_left:
                raise Taken(path, _said(path))
            time.sleep(LOOK_AGAIN_SECONDS)
        lock.truncate(0)
        lock.write(f"{os.getpid()}\n")
        lock.flush()
        yield


def holder(url: str) -> Taken | None:
    """Who holds the file of this database; None where nobody does, or where there is no file to hold."""
    path = file_of(url)
    if path is None or not lock_of(path).exists():
        return None
    with lock_of(path).open() as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return Taken(path, _said(path))
    return None


def file_of(url: str) -> Path | None:
    """The file of a database, by the one name it has; None on a server or in memory, or for what is no address."""
    try:
        known = make_url(url)
    except ArgumentError:
        return None
    if known.get_backend_name() != "sqlite" or known.database in (None, "", ":memory:"):
        return None
    return Path(known.database).resolve()


def lock_of(path: Path) -> Path:
    """The file of the lock, beside the database's."""
    return path.with_name(f"{path.name}.lock")


def _said(path: Path) -> int | None:
    said = lock_of(path).read_text(encoding="ascii", errors="replace").strip()
    return int(said) if said.isascii() and said.isdigit() else None
