"""Runs the product until it is told to stop: opens the database, brings it up to date, starts, waits."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Callable
from contextlib import suppress

import structlog
from sqlalchemy import Connection

from bot.alone import file_of
from bot.demo import is_whole, make_demo
from bot.sending import forget_leases
from bot.settings import Settings
from bot.telegram.webhook import path_of, secret_of
from bot.wiring import Stocktalk, present
from core.ground.work import Work
from data.disk import DiskFull
from data.engine import Database
from data.migrations.apply import migrate
from data.sqlite import fold_log

LONGEST_STOP_SECONDS = 20
log = structlog.get_logger("main")


def secrets(settings: Settings) -> list[str]:
    """What no log line may hold: what is set, and what the platform is told that nobody else may know."""
    token = settings.telegram_token
    return [*settings.secrets, *([secret_of(token), path_of(token)] if token else [])]


def open_database(settings: Settings, progress: Callable[[float], None]) -> Database:
    """The migrated database, with the demo chain and its history in it where it was empty, or they were begun.

    Whoever opens a file holds it alone (`bot/alone.py`): what a process before had taken and not finished is free.
    """
    database = Database(settings.database)
    database.writing(_up_to_date).result()
    if file_of(settings.database):
        with suppress(DiskFull):  # they run out by themselves
            database.writing(lambda connection: forget_leases(Work(connection, present()))).result()
    if not database.reading(is_whole).result():
        make_demo(database, present, progress, settings.demo_days)
    return database


def _up_to_date(connection: Connection) -> None:
    Work(connection, present()).hold("migrations")  # several processes may begin together
    migrate(connection)


async def serve(
    settings: Settings, database: Database, ready: Callable[[str], None], ending: Callable[[], None] = lambda: None
) -> None:
    """Run until SIGINT or SIGTERM. `ready` is told the address. Raises OSError when the port is taken.

    At the first signal nothing more is taken in, and what is under way ends: `ending` is told. The second one ends the
    process at once, which loses nothing either.
    """
    stocktalk = Stocktalk(settings, database)
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    signals = (signal.SIGINT, signal.SIGTERM)

    def asked() -> None:
        for one in signals:
            loop.remove_signal_handler(one)
            signal.signal(one, _end_at_once)
        stop.set()

    for one in signals:
        loop.add_signal_handler(one, asked)
    try:
        ready(await stocktalk.start())
        await stop.wait()
        ending()
    finally:
        await _stopped(stocktalk)
        if path := file_of(settings.database):
            fold_log(path)


async def _stopped(stocktalk: Stocktalk) -> None:
    """Stop, or end the process where something hangs: whoever waits for it to end would only kill it."""
    try:
        async with asyncio.timeout(LONGEST_STOP_SECONDS):
            await stocktalk.stop()
    except TimeoutError:
        log.error("what was under way did not end in time: it is done at the next start")
        os._exit(1)


def _end_at_once(number: int, frame: object) -> None:
    os._exit(128 + number)
