"""Runs the product for the browser tests: in this process and stopped at will, or as a process that can be killed."""

from __future__ import annotations

import asyncio
import os
import queue
import socket
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

from structlog.testing import capture_logs

from bot.settings import Settings
from bot.wiring import Stocktalk
from data.engine import Database

MORNING = datetime(2026, 3, 18, 2, tzinfo=UTC)
"""Ten o'clock in the demo chain's shops."""
ROOT = Path(__file__).parents[3]
STARTS_WITHIN_SECONDS = 60


class Ticks:
    """A clock that moves a millisecond whenever it is looked at: moments differ, and it stays ten o'clock."""

    def __init__(self) -> None:
        self._looks = count(1)

    def __call__(self) -> datetime:
        return MORNING + timedelta(minutes=1, milliseconds=next(self._looks))


class Served:
    """Stocktalk on a thread of this process. It keeps its port and its clock over a stop and a start."""

    def __init__(self, path: Path, **settings: Any) -> None:
        """Nothing runs before `start`. `settings` are what else is set."""
        self.path, self.clock, self.port, self.settings = path, Ticks(), 0, settings
        self._thread: threading.Thread | None = None
        self._ask_to_stop = lambda: None

    @property
    def address(self) -> str:
        """Where the page is."""
        return f"http://127.0.0.1:{self.port}/"

    def start(self) -> None:
        """Listen and work until `stop`."""
        answers: queue.Queue[str | None] = queue.Queue()
        self._thread = threading.Thread(target=self._run, args=(answers,), name="stocktalk", daemon=True)
        self._thread.start()
        address = answers.get(timeout=STARTS_WITHIN_SECONDS)
        if address is None:
            raise RuntimeError("the product did not start; its error is above")
        self.port = int(address.rstrip("/").rpartition(":")[2])

    def stop(self) -> None:
        """End what is under way and let go of the port; nothing where nothing runs."""
        if self._thread:
            self._ask_to_stop()
            self._thread.join()
            self._thread = None

    def books(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        """What the database says, read beside the product."""
        return books(self.path, query, *values)

    def _run(self, answers: queue.Queue[str | None]) -> None:
        try:
            asyncio.run(self._serve(answers))
        finally:
            answers.put(None)

    async def _serve(self, answers: queue.Queue[str | None]) -> None:
        loop, stop = asyncio.get_running_loop(), asyncio.Event()
        self._ask_to_stop = lambda: loop.call_soon_threadsafe(stop.set) and None
        settings = Settings(database=f"sqlite:///{self.path}", host="127.0.0.1", port=self.port, **self.settings)
        stocktalk = Stocktalk(settings, Database(settings.database), self.clock)
        try:
            answers.put(await stocktalk.start())
            await stop.wait()
        finally:
            await stocktalk.stop()


@contextmanager
def serving(path: Path, **settings: Any) -> Iterator[Served]:
    """The product on a database file, stopped whatever happens; nothing on its log may be an error."""
    product = Served(path, **settings)
    with capture_logs() as logged:
        try:
            product.start()
            yield product
        finally:
            product.stop()
    assert [entry for entry in logged if entry["log_level"] in ("error", "critical")] == []


@contextmanager
def process(path: Path, port: int, *command: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """The product as a process of its own, and its address. `command` is what Python runs instead of `stocktalk`."""
    line = [sys.executable, "-m", *(command or ("bot.cli.app", "run")), "--port", str(port)]
    environment = os.environ | {"STOCKTALK_DATABASE": f"sqlite:///{path}", "COLUMNS": "200"}
    with subprocess.Popen(line, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True) as running:
        try:
            yield running, _address(running)
        finally:
            running.terminate()
            running.wait(STARTS_WITHIN_SECONDS)


def _address(running: subprocess.Popen[str]) -> str:
    assert running.stdout is not None
    for line in running.stdout:
        if "http://" in line:
            return line.split()[-1]
    raise RuntimeError("the product ended before it said its address")


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


def books(path: Path, query: str, *values: object) -> list[tuple[Any, ...]]:
    """What a database file says now."""
    connection = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    try:
        return connection.execute(query, values).fetchall()
    finally:
        connection.close()
