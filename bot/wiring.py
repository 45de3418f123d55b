"""Ties the pieces together: one object that holds the database, the queues, the clock and the console."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

from aiohttp import web

from bot.bell import EVENTS, INBOX, NAMES, OUTBOX, Bell
from bot.console.invites import Invites
from bot.console.server import Console
from bot.console.sessions import NAME, Sessions
from bot.delivery import Channel, Delivery
from bot.health import FINE, Check, Health, heard
from bot.inbox import Handled, Inbox
from bot.names import Names
from bot.notifier import Notifier
from bot.settings import Settings
from bot.telegram import addresses
from bot.telegram.wire import POLLER, Line, Wire
from bot.timetable import Timetable
from core.ground.work import Clock
from data.engine import Database

LAST_REQUESTS_SECONDS = 2.0
"""How long a request that is being answered may take, once nothing more is taken in."""


def present() -> datetime:
    """The present moment."""
    return datetime.now(UTC)


class Stocktalk:
    """The running product. Everything it knows is in the database: it may be killed at any moment and started again."""

    def __init__(self, settings: Settings, database: Database, clock: Clock = present) -> None:
        """Wire a migrated database that holds a chain. Nothing runs before `start`."""
        self.settings, self.database, self.clock = settings, database, clock
        self.names = Names(database, clock)
        self.sessions = Sessions(database, clock, self.names)
        self.wire = _wire(settings, database, clock)
        channels: dict[str, Channel] = {NAME: self.sessions}
        if self.wire:
            channels[addresses.NAME] = self.wire.channel
        self.delivery = Delivery(database, clock, self.names, channels)
        self.bell = Bell(database)
        self.notifier = Notifier(
            database, clock, self.names, lambda: self.bell.ring(OUTBOX), lambda: self.bell.ring(NAMES)
        )
        self.inbox = Inbox(
            database,
            clock,
            self.names,
            self._handled,
            self.sessions.busy,
            crowded=lambda: self.bell.ring(INBOX),
            claim_next=self.delivery.claim_next,
        )
        self.timetable = Timetable(database, clock, self.wake)
        self.bell.on(INBOX, self.inbox.lanes.wake)
        self.bell.on(EVENTS, self.notifier.wake)
        self.bell.on(OUTBOX, self.delivery.lanes.wake)
        self.bell.on(NAMES, self.names.wake)
        self._running: list[asyncio.Task[None]] = []
        self._runner: web.AppRunner | None = None

    def wake(self) -> None:
        """Something was written: there may be events to word, messages to send, cards to redraw."""
        self.bell.ring(EVENTS, OUTBOX)

    def _handled(self, handled: Handled) -> None:
        """A message was handled: its answer is the next to go out, here if there is room."""
        if not self.delivery.go_on(handled.chat_id, handled.begun):
            self.bell.ring(OUTBOX)
        if handled.happened:
            self.bell.ring(EVENTS)

    async def start(self) -> str:
        """Begin to listen, handle and deliver; the address of the console. Raises OSError when the port is taken."""
        health = Health(self.settings, self.database, self.clock, self._checks())
        invites = Invites(self.sessions, self.wire.name if self.wire else None)
        console = Console(self.settings, self.sessions, self.inbox, health, invites).application()
        self._runner = web.AppRunner(console, access_log=None, shutdown_timeout=LAST_REQUESTS_SECONDS)
        await self._runner.setup()
        site = web.TCPSite(self._runner, self.settings.host, self.settings.port)
        await site.start()
        lanes = (self.inbox.lanes.run(), self.delivery.lanes.run())
        runs = (self.bell.run(), self.names.run(), self.notifier.run(), *lanes)
        self._running = [asyncio.create_task(run) for run in runs]
        self.timetable.start()
        if self.wire:
            await self.wire.start(self.inbox, self.wake)
        port = self._runner.addresses[0][1]
        host = self.settings.open_to or self.settings.host
        return f"http://{f'[{host}]' if ':' in host else host}:{port}/"

    def _checks(self) -> dict[str, Check]:
        """What `/readyz` asks beside the database: that everything runs, and that the platform is heard."""

        async def all_run() -> str:
            ended = any(task.done() and (task.cancelled() or task.exception()) for task in self._running)
            return "a part of it ended" if ended else FINE

        checks: dict[str, Check] = {"process": all_run}
        if wire := self.wire:
            lease = None if wire.line.public else POLLER
            checks["telegram"] = heard(self.database, self.clock, lambda: wire.is_known, lease)
        return checks

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
        await self.inbox.end()
        await self.delivery.end()
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
