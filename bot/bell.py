"""Wakes whoever has work, here at once, and in the other processes that share a database.

It carries nothing: whoever is woken looks at the rows, and looks by itself every second when nothing woke it.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Callable

import psycopg
import structlog

from data.engine import Database
from data.notify import Teller, listen

INBOX, EVENTS, OUTBOX, NAMES = "inbox", "events", "outbox", "names"
PAUSE_SECONDS = 2.0
log = structlog.get_logger("bell")


class Bell:
    """One bell with several topics. On SQLite it is heard in this process alone, which is the only one."""

    def __init__(self, database: Database) -> None:
        """Nobody listens yet."""
        self.database = database
        self._woken: dict[str, list[Callable[[], None]]] = defaultdict(list)
        self._untold: set[str] = set()
        self._rung = asyncio.Event()

    def on(self, topic: str, wake: Callable[[], None]) -> None:
        """Call `wake` when there may be work of this topic."""
        self._woken[topic].append(wake)

    def ring(self, *topics: str) -> None:
        """There may be work."""
        for topic in topics:
            self._wake(topic)
        if self.database.is_shared:
            self._untold.update(topics)
            self._rung.set()

    async def run(self) -> None:
        """Tell the others and hear them, until cancelled; without others there is nothing to do."""
        if self.database.is_shared:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._tell())
                tasks.create_task(self._hear())

    def _wake(self, topic: str) -> None:
        for wake in self._woken[topic]:
            wake()

    async def _tell(self) -> None:
        teller = Teller(self.database.url)
        try:
            while True:
                await self._rung.wait()
                self._rung.clear()
                topics, self._untold = self._untold, set()
                try:
                    await teller.tell(topics)
                except Exception as error:  # noqa: BLE001 - whoever missed it looks by itself
                    _say("the others were not woken", error)
                    await asyncio.sleep(PAUSE_SECONDS)
        finally:
            await teller.close()

    async def _hear(self) -> None:
        while True:
            try:
                async for topic in listen(self.database.url):
                    self._wake(topic)
            except Exception as error:  # noqa: BLE001 - else nobody would be heard any more
                _say("the others are not heard", error)
            await asyncio.sleep(PAUSE_SECONDS)


def _say(what: str, error: Exception) -> None:
    """A line for a server that is away, and where it went wrong for anything else."""
    log.warning(what, why=str(error).strip(), exc_info=None if isinstance(error, psycopg.Error) else error)
