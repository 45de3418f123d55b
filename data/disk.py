"""A database that takes nothing at the moment, for its disk is full or it is away: how that is said, and the errors."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic

import structlog
from sqlalchemy.exc import DBAPIError, OperationalError

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


AWAY_CLASSES = ("08", "57P")  # connection exceptions; shut down, crashed, starting up


class Unavailable(Exception):
    """The database takes nothing at the moment. The transaction may run again when it does."""


class DiskFull(Unavailable):
    """There was no room to write. Nothing of the transaction was written, and it may run again when there is room."""


class Away(Unavailable):
    """The server is not reached. Where that was found at a commit, nobody knows whether it was carried out."""


def is_away(error: DBAPIError) -> bool:
    """Whether an error says that the server went away, or was not there."""
    if error.connection_invalidated:
        return True
    from_server = type(error.orig).__module__.partition(".")[0] == "psycopg" and isinstance(error, OperationalError)
    code = getattr(error.orig, "sqlstate", None)
    return from_server and (code is None or code.startswith(AWAY_CLASSES))


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
        """Raises DiskFull or Away in place of the driver's error."""
        try:
            yield
        except Exception as error:
            if isinstance(error, DBAPIError) and is_away(error):
                raise Away(str(error.orig).strip()) from error
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
