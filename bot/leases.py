"""What only one process may do at a time: whoever holds the lease does it, and renews it while it lives."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from datetime import timedelta

import structlog
from sqlmodel import col

from core.ground.work import Clock, Work
from data.disk import Unavailable
from data.engine import Database
from data.tables.ground import Lease

LASTS = timedelta(seconds=15)
log = structlog.get_logger("leases")


class Turn:
    """Does one thing in at most one process of those that share a database.

    When the holder dies another one follows within the time that a lease lasts; one that stops gives it back at once.
    """

    def __init__(self, database: Database, clock: Clock, name: str, owner: str, lasts: timedelta = LASTS) -> None:
        """`name` is the thing ("telegram poller"), `owner` this process."""
        self.database, self.clock, self.name, self.owner, self.lasts = database, clock, name, owner, lasts

    async def run(self, job: Callable[[], Awaitable[None]]) -> None:
        """Do `job` whenever it is this process's turn, until cancelled. It is cancelled when the lease is lost.

        Whatever goes wrong with either is logged, and tried again.
        """
        while True:
            try:
                if await self._held():
                    log.info(f"{self.name} taken", owner=self.owner)
                    try:
                        await self._do(job)
                    finally:
                        log.info(f"{self.name} lost", owner=self.owner)
            except Exception:
                log.exception(f"{self.name} failed", owner=self.owner)
            await asyncio.sleep(self._third)

    @property
    def _third(self) -> float:
        return self.lasts.total_seconds() / 3

    async def _do(self, job: Callable[[], Awaitable[None]]) -> None:
        doing = asyncio.ensure_future(job())
        try:
            while not doing.done():
                await asyncio.wait([doing], timeout=self._third)
                if not await self._held():
                    return
            await doing
        finally:
            doing.cancel()
            await asyncio.gather(doing, return_exceptions=True)
            with contextlib.suppress(Unavailable):
                await self.database.write(lambda c: give_back(Work(c, self.clock()), self.name, self.owner))

    async def _held(self) -> bool:
        try:
            return await self.database.write(lambda c: hold(Work(c, self.clock()), self.name, self.owner, self.lasts))
        except Unavailable:
            return False


def hold(work: Work, name: str, owner: str, lasts: timedelta) -> bool:
    """Take a lease that is free or ran out, or renew one's own; False where somebody else has it."""
    ends_at = work.now + lasts
    if work.add_if_missing(Lease, name=name, owner=owner, ends_at=ends_at):
        return True
    free = (col(Lease.owner) == owner) | (col(Lease.ends_at) <= work.now)
    return work.change(Lease, col(Lease.name) == name, free, owner=owner, ends_at=ends_at) == 1


def give_back(work: Work, name: str, owner: str) -> None:
    """Let whoever comes next have it at once."""
    work.remove(Lease, col(Lease.name) == name, col(Lease.owner) == owner)
