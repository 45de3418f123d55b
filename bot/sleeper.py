"""Sleeps between two looks for work, until somebody wakes it or it looks by itself."""

from __future__ import annotations

import asyncio
import contextlib


class Sleeper:
    """For one who looks for work again and again. A wake-up during a look is not lost: the next sleep is none."""

    def __init__(self) -> None:
        """Nobody has woken it yet."""
        self._woken = asyncio.Event()

    def wake(self) -> None:
        """There may be work."""
        self._woken.set()

    def begin_to_look(self) -> None:
        """From now on a wake-up is of something that this look may miss."""
        self._woken.clear()

    async def sleep(self, seconds: float) -> None:
        """Until woken, at most so long."""
        # Not wait_for: in 3.11 it loses a cancellation that comes in the moment of a wake-up.
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._woken.wait()
