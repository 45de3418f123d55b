"""How a transaction runs: one writer thread, readers beside it, and a slow stream for catching up.

A function given to `write` gets an open transaction and may run more than once (a retry), so it touches nothing but
that transaction. It is committed before `write` returns; if it raises, everything it wrote is rolled back.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine, Row, Select, SQLColumnExpression, create_engine, event, make_url
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

Result = TypeVar("Result")
READERS = 2
PAGE = 200
SETTINGS = (
    "journal_mode = WAL",
    "synchronous = FULL",  # a ledger may not lose its last commits when the power goes
    "foreign_keys = ON",
    "busy_timeout = 5000",
    "journal_size_limit = 67108864",
)


class Database:
    """One chain's database. SQLite: a file, one writer thread that commits each job, two reader threads."""

    def __init__(self, url: str) -> None:
        """Open the database at an SQLAlchemy URL (`sqlite:///var/stocktalk.db`). Raises ValueError for another kind."""
        if make_url(url).get_backend_name() != "sqlite":
            raise ValueError("only sqlite:/// databases are known so far")
        path = make_url(url).database or ""
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        self.url = url
        self.writer = _sqlite_engine(url, begin="BEGIN IMMEDIATE", pool_size=1)
        self.reader = _sqlite_engine(url, begin="BEGIN", pool_size=READERS)
        self._streamer: AsyncEngine | None = None
        self._write_thread = ThreadPoolExecutor(1, thread_name_prefix="writer")
        self._read_threads = ThreadPoolExecutor(READERS, thread_name_prefix="reader")

    async def write(self, job: Callable[[Connection], Result]) -> Result:
        """Run `job` in the one writing transaction and commit. Raises what the job raised, with nothing written."""
        return await asyncio.shield(asyncio.wrap_future(self.writing(job)))

    async def read(self, job: Callable[[Connection], Result]) -> Result:
        """Run `job` on one snapshot, beside the writer."""
        return await asyncio.wrap_future(self.reading(job))

    def writing(self, job: Callable[[Connection], Result]) -> Future[Result]:
        """As `write`, for callers without an event loop: wait for the future's result."""
        return self._write_thread.submit(_committed, self.writer, job)

    def reading(self, job: Callable[[Connection], Result]) -> Future[Result]:
        """As `read`, for callers without an event loop."""
        return self._read_threads.submit(_rolled_back, self.reader, job)

    async def stream(
        self, query: Select[*tuple[Any, ...]], key: SQLColumnExpression[Any], after: int = 0
    ) -> AsyncIterator[Row[*tuple[Any, ...]]]:
        """Rows of `query` in the order of `key`, from the first above `after`.

        Each page is a short read of its own, since a long snapshot would let the log grow. `key` must be unique and be
        the query's first column.
        """
        if self._streamer is None:
            self._streamer = create_async_engine(self.url.replace("sqlite://", "sqlite+aiosqlite://", 1))
        while True:
            async with self._streamer.connect() as connection:
                page = (await connection.execute(query.where(key > after).order_by(key).limit(PAGE))).all()
            for row in page:
                yield row
            if len(page) < PAGE:
                return
            after = page[-1][0]

    async def close(self) -> None:
        """Let what is running end, then close every connection."""
        if self._streamer is not None:
            await self._streamer.dispose()
        await asyncio.to_thread(self.close_now)

    def close_now(self) -> None:
        """As `close`, for callers without an event loop."""
        self._write_thread.shutdown()
        self._read_threads.shutdown()
        self.writer.dispose()
        self.reader.dispose()


def _committed(engine: Engine, job: Callable[[Connection], Result]) -> Result:
    with engine.begin() as connection:
        return job(connection)


def _rolled_back(engine: Engine, job: Callable[[Connection], Result]) -> Result:
    with engine.connect() as connection:
        return job(connection)


def _sqlite_engine(url: str, *, begin: str, pool_size: int) -> Engine:
    """An engine whose transactions begin as said: the driver's own BEGIN is late and takes no lock."""
    engine = create_engine(url, pool_size=pool_size, max_overflow=0)

    @event.listens_for(engine, "connect")
    def set_up(connection: Any, record: Any) -> None:
        connection.isolation_level = None
        for setting in SETTINGS:
            connection.execute(f"PRAGMA {setting}")

    @event.listens_for(engine, "begin")
    def begin_transaction(connection: Connection) -> None:
        connection.exec_driver_sql(begin)

    return engine
