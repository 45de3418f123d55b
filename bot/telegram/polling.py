"""Fetches updates by long polling. The platform forgets an update only when we ask for what comes after it."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable
from typing import Any

import structlog
from telegram.error import Conflict, TelegramError, TimedOut

from bot.telegram.meanings import SUBSCRIBED
from bot.telegram.receive import Receiver
from bot.telegram.request import AiohttpRequest, Paused
from data.disk import Unavailable

LONGEST_WAIT_SECONDS = 50
SPARE_SECONDS = 10.0
"""How much later than the server we give up waiting."""
LONGEST_PAUSE_SECONDS = 60.0
CONFLICT_PAUSE_SECONDS = 5.0
"""Somebody else polls. The server ends the older of two, so asking at once would end theirs."""
DOUBLINGS = 10
"""After so many the pause is the longest: a day of failures would be too many for a number to hold."""
log = structlog.get_logger("telegram")


def ever_later(failures: int) -> float:
    """How many seconds to wait after so many failures in a row: twice as long each time, up to a minute."""
    return min(2.0 ** min(failures, DOUBLINGS), LONGEST_PAUSE_SECONDS)


class Poller:
    """Asks for updates until it is cancelled. Whatever goes wrong, it asks again, ever later."""

    def __init__(
        self,
        request: AiohttpRequest,
        receiver: Receiver,
        wait_seconds: int = LONGEST_WAIT_SECONDS,
        pause: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        """`wait_seconds` is how long the server holds a question that has no answer yet, 50 at most."""
        self.request, self.receiver, self.pause = request, receiver, pause
        self.wait_seconds = min(wait_seconds, LONGEST_WAIT_SECONDS)
        self._confirms: int | None = None

    async def run(self) -> None:
        """Poll until cancelled."""
        failures, self._confirms = 0, None  # what somebody else has confirmed since is not ours to say
        while True:
            try:
                await self.ask()
                failures = 0
                continue
            except Conflict as error:
                log.warning("somebody else fetches this bot's updates", reason=error.message)
                seconds = CONFLICT_PAUSE_SECONDS
            except Paused as error:
                seconds = error.seconds
            except (TelegramError, Unavailable) as error:
                seconds = ever_later(failures)
                level = log.info if isinstance(error, TimedOut) else log.warning
                level("no updates for now", error=type(error).__name__, seconds=seconds)
            except Exception:
                log.exception("updates were not taken")
                seconds = ever_later(failures)
            failures += 1
            await self.pause(seconds * (1 + random.random() / 4))

    async def ask(self) -> int:
        """Ask once and keep what comes; how many there were.

        Only what this process has kept is confirmed, by asking for the next. An offset is not worked out from the
        rows: what a webhook could not deliver would be skipped, and after a week of silence the numbers begin
        elsewhere. So nothing is confirmed at the start, nor after an empty answer; what was kept before is known again.
        """
        question: dict[str, Any] = {"timeout": self.wait_seconds, "allowed_updates": SUBSCRIBED}
        if self._confirms is not None:
            question["offset"] = self._confirms
        updates = await self.request.call("getUpdates", question, self.wait_seconds + SPARE_SECONDS)
        if updates:
            await self.receiver.take(updates)
        self._confirms = max(update["update_id"] for update in updates) + 1 if updates else None
        return len(updates)
