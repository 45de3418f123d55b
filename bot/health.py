"""Whether the process lives and can do its work: asked over HTTP by whatever watches over it, and secret to nobody."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from time import monotonic

import structlog
from aiohttp import web
from sqlmodel import col

from bot.alone import file_of
from bot.outbox import ago
from bot.queues import LATE, Queue, held, undelivered, unhandled
from bot.settings import Settings
from core.ground.work import Clock, Work
from data.disk import DiskFull, Unavailable
from data.engine import Database
from data.migrations.apply import newest, version
from data.tables.ground import Lease

LONGEST_CHECK_SECONDS = 2.0
KEPT_SECONDS = 1.0
"""How long an answer is given again, so that asking often costs nothing."""
PROBE = "readyz"
FINE = "ok"
Check = Callable[[], Awaitable[str]]
log = structlog.get_logger("health")


async def alive(request: web.Request) -> web.Response:
    """The loop turns: that is all it says, so that it may be said to anybody."""
    return web.Response(text="alive\n")


class Health:
    """The checks of one process. Each says "ok", or what is wrong in a few words; one that hangs holds up no other."""

    def __init__(
        self, settings: Settings, database: Database, clock: Clock, channels: Mapping[str, Check] | None = None
    ) -> None:
        """`channels` are further checks by name."""
        self.settings, self.database, self.clock = settings, database, clock
        self.checks: dict[str, Check] = {
            "database": self._takes_writes,
            "schema": self._has_our_schema,
            "disk": self._has_room,
            "inbox": lambda: self._in_time(unhandled),
            "outbox": lambda: self._in_time(undelivered),
            **(channels or {}),
        }
        self._asked: dict[str, asyncio.Task[str]] = {}
        self._looking = asyncio.Lock()
        self._found: dict[str, str] = {}
        self._kept_until = 0.0

    async def ready(self, request: web.Request) -> web.Response:
        """200 where every check is fine, else 503; either way each of them in JSON."""
        found = await self.look()
        fine = all(said == FINE for said in found.values())
        return web.json_response({"ready": fine, "checks": found}, status=200 if fine else 503)

    async def look(self) -> dict[str, str]:
        """What each check says, at most `KEPT_SECONDS` ago."""
        async with self._looking:
            if monotonic() >= self._kept_until:
                said = await asyncio.gather(*(self._said(name) for name in self.checks))
                self._found, self._kept_until = dict(zip(self.checks, said, strict=True)), monotonic() + KEPT_SECONDS
            return self._found

    async def _said(self, name: str) -> str:
        """What a check says in time. One that still hangs from the last time is waited for, not begun again."""
        task = self._asked.get(name)
        if task is None or task.done():
            task = self._asked[name] = asyncio.create_task(self._run(name))
        try:
            async with asyncio.timeout(LONGEST_CHECK_SECONDS):
                return await asyncio.shield(task)
        except TimeoutError:
            return "does not answer"

    async def _run(self, name: str) -> str:
        try:
            return await self.checks[name]()
        except DiskFull:
            return "the disk is full"
        except Unavailable:
            return "the database is not reached"
        except Exception as error:
            log.exception("a check failed", check=name)
            return f"failed with {type(error).__name__}"  # the rest of it is for the log alone

    async def _takes_writes(self) -> str:
        """Write a row and commit it: only that shows a full disk, a lock that hangs, a database for reading only."""
        await self.database.write(lambda connection: _probe(Work(connection, self.clock())))
        return FINE

    async def _has_our_schema(self) -> str:
        found = await self.database.read(version)
        return FINE if found == newest() else f"has schema {found or 'none'}, and this program knows {newest()}"

    async def _has_room(self) -> str:
        return await asyncio.to_thread(room, self.settings)

    async def _in_time(self, queue: Callable[[Work], Queue]) -> str:
        now = self.clock()
        found = await self.database.read(lambda connection: queue(Work(connection, now)))
        return (
            FINE if found.waits(now) < LATE else f"the oldest of {found.count} has waited for {ago(found.waits(now))}"
        )


def heard(database: Database, clock: Clock, is_known: Callable[[], bool], lease: str | None) -> Check:
    """The check of a platform: it has answered once, and somebody fetches from it, where it has to be fetched from."""

    async def check() -> str:
        if not is_known():
            return "the platform has not answered yet"
        if lease is None:
            return FINE
        holder = await database.read(lambda connection: held(Work(connection, clock()), lease))
        return FINE if holder else "nobody fetches what people write"

    return check


def room(settings: Settings) -> str:
    """Whether there is room on the disk of a database file. What a server's disk holds is for the server to watch."""
    path, least_mb = file_of(settings.database), settings.disk_room_mb
    free_mb = free_of(path) if path else least_mb
    return FINE if free_mb >= least_mb else f"only {free_mb} MB are free, less than {least_mb}"


def free_of(path: Path) -> int:
    """How many megabytes are free where this file is."""
    return shutil.disk_usage(path.parent).free // 1_000_000


def _probe(work: Work) -> None:
    row = {"owner": PROBE, "ends_at": work.now}
    if not work.change(Lease, col(Lease.name) == PROBE, **row):
        work.add_if_missing(Lease, name=PROBE, **row)
