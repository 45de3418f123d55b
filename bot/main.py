"""Runs the product until it is told to stop: opens the database, brings it up to date, starts, waits."""

from __future__ import annotations

import asyncio
import logging
import signal
from collections.abc import Callable

import structlog

from bot.demo import is_empty, make_demo
from bot.settings import Settings
from bot.wiring import Stocktalk, present
from data.engine import Database
from data.migrations.apply import migrate


def set_up_logs(level: str) -> None:
    """Log lines of key=value to the standard error, from `level` up."""
    number = logging.getLevelName(level.upper())
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            # The other formatter, taken where rich is there, shows what every variable holds: tokens and all.
            structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(number if isinstance(number, int) else logging.WARNING),
        logger_factory=structlog.PrintLoggerFactory(),
    )


def open_database(settings: Settings, progress: Callable[[float], None]) -> Database:
    """The migrated database, with the demo chain in it where it was empty."""
    database = Database(settings.database)
    database.writing(migrate).result()
    if database.reading(is_empty).result():
        make_demo(database, present, progress)
    return database


async def serve(settings: Settings, database: Database, ready: Callable[[str], None]) -> None:
    """Run until SIGINT or SIGTERM. `ready` is told the address. Raises OSError when the port is taken."""
    stocktalk = Stocktalk(settings, database)
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for signal_number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(signal_number, stop.set)
    try:
        ready(await stocktalk.start())
        await stop.wait()
    finally:
        await stocktalk.stop()
