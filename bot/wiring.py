"""Ties the pieces together: one object that holds the database, the queues, the clock and the console."""

from __future__ import annotations

import asyncio
import contextlib
from datetime import UTC, datetime

from aiohttp import web

from bot.console.server import Console
from bot.console.sessions import NAME, Sessions
from bot.delivery import Channel, Delivery, forget_leases
from bot.inbox import Inbox
from bot.settings import Settings
from bot.telegram import addresses
from bot.telegram.wire import Line, Wire
from bot.timetable import Timetable
from core.goods.catalogue import catalogue
from core.ground.work import Clock, Work
from data.disk import DiskFull
from data.engine import Database
from handlers.understand.lexicon import Lexicon


def present() -> datetime:
    """The present moment."""
    return datetime.now(UTC)


class Stocktalk:
    """The running product. Everything it knows is in the database: it may be killed at any moment and started again."""

    def __init__(self, settings: Settings, database: Database, clock: Clock = present) -> None:
        """Wire a migrated database that holds a chain. Nothing runs before `start`."""
        self.settings, self.database, self.clock = settings, database, clock
        self.lexicon = database.reading(lambda c: Lexicon.built_from(catalogue(Work(c, clock())))).result()
        self.sessions = Sessions(database, clock, lambda: self.lexicon)
        self.wire = _wire(settings, database, clock)
        channels: dict[str, Channel] = {NAME: self.sessions}
        if self.wire:
            channels[addresses.NAME] = self.wire.channel
        self.delivery = Delivery(database, clock, lambda: self.lexicon, channels)
        self.inbox = Inbox(database, clock, lambda: self.lexicon, self.delivery.wake, self.sessions.busy)
        self.timetable = Timetable(database, clock, self.delivery.wake)
        self._running: list[asyncio.Task[None]] = []
        self._runner: web.AppRunner | None = None

    async def start(self) -> str:
        """Begin to listen, handle and deliver; the address of the console. Raises OSError when the port is taken."""
        self._runner = web.AppRunner(Console(self.settings, self.sessions, self.inbox).application(), access_log=None)
        await self._runner.setup()
        site = web.TCPSite(self._runner, self.settings.host, self.settings.port)
        await site.start()  # fails where another process listens; only then is this one alone with the file
        with contextlib.suppress(DiskFull):  # they run out by themselves
            await self.database.write(lambda connection: forget_leases(Work(connection, self.clock())))
        self._running = [asyncio.create_task(self.inbox.lanes.run()), asyncio.create_task(self.delivery.run())]
        self.timetable.start()
        if self.wire:
            await self.wire.start(self.inbox, self.delivery.wake)
        port = self._runner.addresses[0][1]
        host = self.settings.open_to or self.settings.host
        return f"http://{f'[{host}]' if ':' in host else host}:{port}/"

    async def stop(self) -> None:
        """Let what is under way end, then close everything. What is left is done at the next start."""
        self.timetable.stop()
        if self.wire:
            await self.wire.stop_hearing()
        await self.sessions.close()
        if self._runner:
            await self._runner.cleanup()
        for task in self._running:
            task.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)
        if self.wire:
            await self.wire.close()
        await self.database.close()


def _wire(settings: Settings, database: Database, clock: Clock) -> Wire | None:
    if settings.telegram_token is None:
        return None
    line = Line(
        settings.telegram_token,
        settings.telegram_api,
        public=settings.telegram_public,
        host=settings.telegram_host,
        port=settings.telegram_port,
    )
    return Wire(line, database, clock)
