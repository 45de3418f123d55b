"""Processes of the product: begun, killed in an instant and begun again, each life with a number."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from multiprocessing import get_context
from multiprocessing.context import ForkServerProcess
from pathlib import Path

from tests.bot.console.served import free_port
from tests.crash.evidence import Life
from tests.crash.product import Post, run

ENDS_WITHIN_SECONDS = 30
# Forked from a process that has everything imported: a start takes a tenth of a second instead of two.
forks = get_context("forkserver")
forks.set_forkserver_preload(["tests.crash.product"])


class Processes:
    """Some processes on one database, side by side."""

    def __init__(
        self, count: int, database: str, folder: Path, address: Callable[[int], str], lease: timedelta, hook: bool
    ) -> None:
        """`address` is where the platform is for a life; with `hook` each process listens for updates."""
        self.database, self.folder, self.address = database, folder, address
        self.lease, self.hook = lease, hook
        self.ports = [free_port() for _ in range(count)]
        self.lives: list[Life] = []
        self._running: dict[int, ForkServerProcess] = {}

    def start(self) -> None:
        """Begin them all."""
        for slot in range(len(self.ports)):
            self._begin(slot)

    def kill(self, slot: int) -> None:
        """End one at once, whatever it is doing, and begin it anew."""
        self.check()
        running = self._running[slot]
        running.kill()
        running.join()
        number = self.life(slot)
        self.lives[number - 1] = replace(self.lives[number - 1], killed_at=time.time())
        self._begin(slot)

    def life(self, slot: int) -> int:
        """The number of the life that this one is living."""
        return next(life.number for life in reversed(self.lives) if life.slot == slot)

    def check(self) -> None:
        """Nobody may end by itself. Raises AssertionError with what it said last."""
        for running in self._running.values():
            if not running.is_alive():
                raise AssertionError(f"{running.name} ended by itself with {running.exitcode}: {self.logs()[-2000:]}")

    async def stop(self) -> list[int | None]:
        """Ask all of them to end, and wait; how they ended."""
        for running in self._running.values():
            running.terminate()
        for running in self._running.values():
            await asyncio.to_thread(running.join, ENDS_WITHIN_SECONDS)
        ended = [running.exitcode for running in self._running.values()]
        self.end()
        return ended

    def end(self) -> None:
        """Leave nobody behind."""
        for running in self._running.values():
            if running.is_alive():
                running.kill()
            running.join()
        self._running.clear()

    def logs(self) -> str:
        """What they said."""
        return "".join(path.read_text(encoding="utf-8") for path in sorted(self.folder.glob("process-*.log")))

    def _begin(self, slot: int) -> None:
        number = len(self.lives) + 1
        public = "http://127.0.0.1:1" if self.hook else None  # the world knows better where they are
        log = self.folder / f"process-{slot}.log"
        post = Post(self.database, self.address(number), self.lease, self.ports[slot], public, log)
        self.lives.append(Life(number, slot, time.time()))
        self._running[slot] = forks.Process(target=run, args=(post,), name=f"stocktalk-{slot}")
        self._running[slot].start()
