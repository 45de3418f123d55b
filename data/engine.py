"""How a transaction runs: writers, readers beside them, and a slow stream for catching up.

A function given to `write` gets an open transaction and may run more than once (a retry), so it touches nothing but
that transaction. It is committed before `write` returns; if it raises, everything it wrote is rolled back.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Connection, Row, Select, SQLColumnExpression, create_engine, make_url
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from data.disk import Disk
from data.sqlite import sqlite_engine
from data.writer import Batches

Result = TypeVar("Result")
READERS = 2
WRITERS = 8
PAGE = 200
DEADLOCK, SERIALIZATION = "40P01", "40001"
MOST_TRIES = 8
FIRST_PAUSE_SECONDS = 0.005


class Database:
    """One chain's database.

    SQLite: a file, one writer thread that commits what is waiting in one go, two reader threads. PostgreSQL: a pool; a
    job that the server ends because of others (a deadlock, a failed serialization) runs again after a pause. `retries`
    counts these by the server's code: with rows locked in sorted order there should be no deadlock. On a full disk both
    raise DiskFull, where the server is not reached Away.
    """

    def __init__(self, url: str) -> None:
        """Open `sqlite:///var/stocktalk.db` or `postgresql://...`. Raises ValueError for another kind of database."""
        self.url = make_url(url)
        self.retries: Counter[str] = Counter()
        self.disk = Disk()
        self._batches: Batches | None = None
        self._streamer: AsyncEngine | None = None
        kind = self.url.get_backend_name()
        if kind == "sqlite":
            Path(self.url.database or "").parent.mkdir(parents=True, exist_ok=True)
            self.writer = sqlite_engine(self.url, begin="BEGIN IMMEDIATE", pool_size=1)
            self.reader = sqlite_engine(self.url, begin="BEGIN", pool_size=READERS, only="query_only = ON")
            self._batches = Batches(self.writer, self.disk)
        elif kind == "postgresql":
            self.url = self.url.set(drivername="postgresql+psycopg")
            self.writer = create_engine(self.url, pool_size=WRITERS, max_overflow=0, pool_pre_ping=True)
            snapshot = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
            self.reader = create_engine(
                self.url, pool_size=READERS, max_overflow=0, pool_pre_ping=True
            ).execution_options(**snapshot)
        else:
            raise ValueError(f"stocktalk keeps its books in SQLite or PostgreSQL, not in {kind}")
        self._write_threads = ThreadPoolExecutor(WRITERS, thread_name_prefix="writer")
        self._read_threads = ThreadPoolExecutor(READERS, thread_name_prefix="reader")

    @property
    def is_shared(self) -> bool:
        """Whether several processes may use it at once."""
        return self._batches is None

    async def write(self, job: Callable[[Connection], Result]) -> Result:
        """Run `job` in a writing transaction and commit. Raises what the job raised, with nothing written."""
        return await asyncio.shield(asyncio.wrap_future(self.writing(job)))

    async def read(self, job: Callable[[Connection], Result]) -> Result:
        """Run `job` on one snapshot, beside the writer."""
        return await asyncio.wrap_future(self.reading(job))

    def writing(self, job: Callable[[Connection], Result]) -> Future[Result]:
        """As `write`, for callers without an event loop: wait for the future's result."""
        if self._batches:
            return self._batches.submit(job)
        return self._write_threads.submit(self._committed, job)

    def reading(self, job: Callable[[Connection], Result]) -> Future[Result]:
        """As `read`, for callers without an event loop."""
        return self._read_threads.submit(self._rolled_back, job)

    async def stream(
        self, query: Select[*tuple[Any, ...]], key: SQLColumnExpression[Any], after: int = 0
    ) -> AsyncIterator[Row[*tuple[Any, ...]]]:
        """Rows of `query` in the order of `key`, from the first above `after`.

        Each page is a short read of its own, since a long snapshot would let the log grow. `key` must be unique and be
        the query's first column.
        """
        if self._streamer is None:
            sqlite = self.url.get_backend_name() == "sqlite"
            self._streamer = create_async_engine(self.url.set(drivername="sqlite+aiosqlite") if sqlite else self.url)
        while True:
            async with self._streamer.connect() as connection:
                page = (await connection.execute(query.where(key > after).order_by(key).limit(PAGE))).all()
            for row in page:
                yield row
            if len(page) < PAGE:
                return
            after = page[-1][0]

    async def close(self) -> None:
        """Do what is in the queue, then close every connection; whoever comes later gets RuntimeError."""
        if self._streamer is not None:
            await self._streamer.dispose()
        await asyncio.to_thread(self.close_now)

    def close_now(self) -> None:
        """As `close`, for callers without an event loop."""
        if self._batches:
            self._batches.close()
        self._write_threads.shutdown()
        self._read_threads.shutdown()
        self.writer.dispose()
        self.reader.dispose()

    def _committed(self, job: Callable[[Connection], Result]) -> Result:
        """Run and commit; again where the server says that only the others were in the way."""
        for tries in range(1, MOST_TRIES + 1):
            try:
                with self.disk.watched(), self.writer.begin() as connection:
                    result = job(connection)
            except DBAPIError as error:
                code = getattr(error.orig, "sqlstate", None)
                if code not in (DEADLOCK, SERIALIZATION) or tries == MOST_TRIES:
                    raise
                self.retries[code] += 1
                time.sleep(FIRST_PAUSE_SECONDS * 2**tries * random.random())
            else:
                self.disk.written()
                return result
        raise AssertionError("the last try returns or raises")

    def _rolled_back(self, job: Callable[[Connection], Result]) -> Result:
        with self.disk.watched(), self.reader.connect() as connection:
            return job(connection)
