"""The one writer of SQLite: a thread that commits what is waiting in one go."""

from __future__ import annotations

import atexit
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass, field
from threading import Condition, Thread
from time import monotonic
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine, NestedTransaction
from sqlalchemy.exc import OperationalError

from data.disk import Disk, DiskFull
from data.sqlite import line_of

Result = TypeVar("Result")
MOST_JOBS = 64
BATCH_SECONDS = 0.005


@dataclass(slots=True, eq=False)
class _Job:
    """What somebody wants written, and what it came to; they hear of it when it is committed."""

    write: Callable[[Connection], Any]
    future: Future[Any]
    came_at: float = field(default_factory=monotonic)
    result: Any = None
    error: BaseException | None = None

    def tell(self, failed: BaseException | None = None) -> None:
        """Complete the future: with `failed` where the whole batch did."""
        error = failed or self.error
        if self.future.cancelled():
            return
        if error is None:
            self.future.set_result(self.result)
        else:
            self.future.set_exception(error)


class Batches:
    """Jobs in the order they came, many to a commit, each as if it were alone.

    A batch is what is waiting and what comes within `BATCH_SECONDS` while it runs, at most `MOST_JOBS`. Nobody is
    waited for: where nothing is waiting it is committed at once, and while it is committed the next one gathers. A job
    that raises is rolled back to its own savepoint and fails alone. A COMMIT that fails, or a transaction that SQLite
    ends by itself (a full disk), fails every job of its batch. Nobody hears of a job before its commit.
    """

    def __init__(self, engine: Engine, disk: Disk) -> None:
        """`engine` has one connection, whose transactions begin with the lock for writing."""
        self.engine, self.disk = engine, disk
        self._queue: deque[_Job] = deque()
        self._changed, self._closed = Condition(), False
        self._thread = Thread(target=self._work, name="writer", daemon=True)
        self._thread.start()
        atexit.register(self.close)  # a program that ends without closing keeps its promises as well

    def submit(self, write: Callable[[Connection], Result]) -> Future[Result]:
        """Put a job into the queue. Raises RuntimeError after `close`."""
        future: Future[Result] = Future()
        with self._changed:
            if self._closed:
                raise RuntimeError("the database is closed: nothing more is written")
            self._queue.append(_Job(write, future))
            self._changed.notify()
        return future

    def close(self) -> None:
        """Write everything that is in the queue, and end."""
        with self._changed:
            self._closed = True
            self._changed.notify()
        self._thread.join()
        atexit.unregister(self.close)

    def _work(self) -> None:
        while self._write(self._first()):
            pass

    def _first(self) -> _Job | None:
        """The next job, as soon as there is one; None at the end."""
        with self._changed:
            self._changed.wait_for(lambda: self._queue or self._closed)
            return self._queue.popleft() if self._queue else None

    def _another(self, came_by: float) -> _Job | None:
        """Another job for this batch, if one is waiting that came in time."""
        with self._changed:
            return self._queue.popleft() if self._queue and self._queue[0].came_at <= came_by else None

    def _write(self, first: _Job | None) -> bool:
        """Write a batch; False at the end of the queue."""
        if first is None:
            return False
        batch, came_by = [first], monotonic() + BATCH_SECONDS
        try:
            with self.disk.watched(), self.engine.begin() as connection:
                self._run(first, connection)
                while len(batch) < MOST_JOBS and (job := self._another(came_by)):
                    batch.append(job)
                    self._run(job, connection)
        except BaseException as error:  # noqa: BLE001 - nothing of the batch was written: everybody in it hears why
            for job in batch:
                job.tell(error)
        else:
            if not any(isinstance(job.error, DiskFull) for job in batch):
                self.disk.written()
            for job in batch:
                job.tell()
        return True

    def _run(self, job: _Job, connection: Connection) -> None:
        """Run one job on a savepoint of its own. Raises only where the whole batch is lost."""
        if not job.future.set_running_or_notify_cancel():
            return
        line = line_of(connection)
        line.execute("SAVEPOINT job")
        try:
            with self.disk.watched():
                job.result = job.write(connection)
                line.hold()
        except BaseException as error:
            if line.lost:
                raise
            _end_open(connection, NestedTransaction.rollback)
            line.execute("ROLLBACK TO job")
            job.error = error
        _end_open(connection, NestedTransaction.commit)
        line.execute("RELEASE job")


def _end_open(connection: Connection, end: Callable[[NestedTransaction], None]) -> None:
    """End the savepoints that a job has left open: the next job's would be within them.

    One that is there no more, since another around it was rolled back, is only forgotten.
    """
    while inner := connection.get_nested_transaction():
        with suppress(OperationalError):
            end(inner)
