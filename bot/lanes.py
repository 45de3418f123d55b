"""Lanes: work done in order within a chat and side by side between chats. Nothing of it lives in memory only."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from contextvars import Context
from time import monotonic

import structlog

from bot.sleeper import Sleeper
from data.disk import Unavailable

LOOK_AGAIN_SECONDS = 1.0
FULL_PAUSE_SECONDS = 3.0
MOST_AT_ONCE = 32
GAP_SECONDS = 0.01
"""Between two looks: under load one look finds work for many lanes."""
LONGEST_END_SECONDS = 15
log = structlog.get_logger("lanes")


class Lanes:
    """Serves each chat that has work, one after the other within it and many side by side.

    Whoever knows a chat with work has it served by `start`. What nobody said is found by looking: `waiting` names the
    chats with work, at every wake-up and each second. `serve` does what is due in one chat. While the database takes
    nothing all of them rest a little.
    """

    def __init__(
        self,
        name: str,
        waiting: Callable[[], Awaitable[list[int]]],
        serve: Callable[[int], Awaitable[None]],
    ) -> None:
        """Nothing runs before `run`."""
        self.name, self.waiting, self.serve = name, waiting, serve
        self._sleeper, self._ending = Sleeper(), asyncio.Event()
        self._rest_until = 0.0
        self._busy: dict[int, asyncio.Task[None]] = {}
        self._again: set[int] = set()
        self._open = self._turned_away = False

    @property
    def has_room(self) -> bool:
        """Whether one more chat would be served at once."""
        return self._open and len(self._busy) < MOST_AT_ONCE and monotonic() >= self._rest_until

    def is_free(self, chat_id: int) -> bool:
        """Whether this chat would be served at once."""
        return self.has_room and chat_id not in self._busy

    def start(self, chat_id: int) -> bool:
        """Serve a chat now, or once more if it is being served; False where there is no room, and it has to wait."""
        if chat_id in self._busy:
            self._again.add(chat_id)
        elif self.has_room:
            own = Context()  # what is logged in a lane is not about the message that opened it
            self._busy[chat_id] = asyncio.create_task(self._serve(chat_id), context=own)
        else:
            self._turned_away = True
            return False
        return True

    def wake(self) -> None:
        """There may be work."""
        self._sleeper.wake()

    async def run(self) -> None:
        """Serve until cancelled; then let what is under way end."""
        self._open = True
        try:
            while True:
                self._sleeper.begin_to_look()
                await self._start_lanes()
                await asyncio.sleep(GAP_SECONDS)
                await self._sleeper.sleep(LOOK_AGAIN_SECONDS)
        finally:
            self._open = False
            self._ending.set()
            if self._busy:
                _, late = await asyncio.wait(self._busy.values(), timeout=LONGEST_END_SECONDS)
                for task in late:
                    task.cancel()
                await asyncio.gather(*late, return_exceptions=True)

    async def pause(self) -> bool:
        """Wait a little until the database takes something again; False where the lanes are about to end."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(FULL_PAUSE_SECONDS):
                await self._ending.wait()
        return not self._ending.is_set()

    async def _start_lanes(self) -> None:
        if monotonic() < self._rest_until:
            return
        try:
            chats = await self.waiting()
        except Unavailable:
            self._rest()
            return
        except Exception:
            log.exception("could not look for work", lanes=self.name)
            return
        for chat_id in chats:  # one that is being served may have been looked at before this came
            self.start(chat_id)

    async def _serve(self, chat_id: int) -> None:
        self._again.add(chat_id)
        try:
            while chat_id in self._again:
                self._again.discard(chat_id)
                await self.serve(chat_id)
        except Unavailable:  # nobody's fault, and said on the log by the database: the work stays where it is
            self._rest()
        except Exception:
            log.exception("a lane failed", lanes=self.name, chat_id=chat_id)
            await asyncio.sleep(LOOK_AGAIN_SECONDS)
        finally:
            del self._busy[chat_id]
            if chat_id in self._again or self._turned_away:
                self._again.discard(chat_id)
                self._turned_away = False
                self.wake()

    def _rest(self) -> None:
        self._rest_until = monotonic() + FULL_PAUSE_SECONDS
