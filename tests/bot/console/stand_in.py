"""The strict stand-in for Telegram on a thread of its own, for tests that drive a browser meanwhile."""

from __future__ import annotations

import asyncio
import queue
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from tests.bot.telegram.strictgram import StrictServer

TOKEN = "123456:STRICT-TEST-TOKEN"
PATIENCE_SECONDS = 20


class Platform:
    """A server that runs beside the test; what people do there is asked of its thread."""

    def __init__(self, server: StrictServer, loop: asyncio.AbstractEventLoop) -> None:
        self._server, self._loop = server, loop

    @property
    def settings(self) -> dict[str, Any]:
        """What connects the product to it."""
        return {"telegram_token": TOKEN, "telegram_api": self._server.url}

    def does(self, act: Callable[[StrictServer], Any]) -> Any:
        """Have somebody do something."""

        async def acting() -> Any:
            return act(self._server)

        return asyncio.run_coroutine_threadsafe(acting(), self._loop).result(PATIENCE_SECONDS)

    def settles(self) -> None:
        """Wait until nobody asks it for anything new."""
        asyncio.run_coroutine_threadsafe(self._server.settle(), self._loop).result(PATIENCE_SECONDS)

    def shows(self, name: str, text: str) -> str:
        """Wait until somebody's chat shows this; the whole message."""
        waiting = self._server.wait(name, text, timeout=PATIENCE_SECONDS)
        shown: dict[str, str] = asyncio.run_coroutine_threadsafe(waiting, self._loop).result(PATIENCE_SECONDS + 5)
        return shown["text"]


@contextmanager
def platform() -> Iterator[Platform]:
    """The stand-in, until the end of the block."""
    ready: queue.Queue[Platform] = queue.Queue()
    stop: list[Callable[[], None]] = []

    async def serve() -> None:
        ended = asyncio.Event()
        loop = asyncio.get_running_loop()
        stop.append(lambda: loop.call_soon_threadsafe(ended.set) and None)
        async with StrictServer(TOKEN, limits=False) as server:
            ready.put(Platform(server, loop))
            await ended.wait()

    thread = threading.Thread(target=lambda: asyncio.run(serve()), name="telegram", daemon=True)
    thread.start()
    try:
        yield ready.get(timeout=PATIENCE_SECONDS)
    finally:
        stop[0]()
        thread.join(PATIENCE_SECONDS)
