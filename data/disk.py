"""A disk that takes no more: how the databases say so, and the one error that it becomes."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic

import structlog

SQLITE_SAYS = frozenset(
    {
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_IOERR_WRITE,  # a limit on the file or on its owner, which is no less full
        sqlite3.SQLITE_IOERR_SHMSIZE,
    }
)
POSTGRESQL_SAYS = "53100"
SILENT_SECONDS = 60
log = structlog.get_logger("disk")


class DiskFull(Exception):
    """There was no room to write. Nothing of the transaction was written, and it may run again when there is room."""


def takes_no_more(error: BaseException) -> bool:
    """Whether a driver's error, or SQLAlchemy's around it, says that the disk is full."""
    said = getattr(error, "orig", None) or error
    return getattr(said, "sqlite_errorcode", None) in SQLITE_SAYS or getattr(said, "sqlstate", None) == POSTGRESQL_SAYS


class Disk:
    """Turns what the databases say into `DiskFull`, and logs it: once until something is written again.

    Whoever has to write goes on trying, so each of them would otherwise log it each time. At the edge, where small
    things still fit and large ones do not, it is logged once a minute.
    """

    def __init__(self) -> None:
        """There is room."""
        self._said, self._silent_until = False, 0.0

    @contextmanager
    def watched(self) -> Iterator[None]:
        """Raises DiskFull in place of the driver's error."""
        try:
            yield
        except Exception as error:
            if not takes_no_more(error):
                raise
            self._say_full(error)
            raise DiskFull("there is no room on the disk of the database") from error

    def written(self) -> None:
        """Something was committed."""
        if self._said:
            self._said = False
            log.warning("the disk takes what is written again")

    def _say_full(self, error: Exception) -> None:
        if not self._said and monotonic() >= self._silent_until:
            self._said, self._silent_until = True, monotonic() + SILENT_SECONDS
            log.error("the disk is full: nothing is lost, and nothing is written until there is room", error=str(error))
