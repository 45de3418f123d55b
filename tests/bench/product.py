"""The product as it runs for a chain, in a process of its own: `python -m tests.bench.product`, settings from outside.

`BENCH_PROFILE` and `BENCH_JOBS` name files that tell where its CPU went (`profiled.py`). `BENCH_SLEEP_MS` is a planted
fault: reading a message takes so much longer.
"""

from __future__ import annotations

import asyncio
import os
import time
from functools import wraps
from typing import Any

from bot import inbox
from bot.limits import Limits, Rate
from bot.logs import set_up_logs
from bot.main import secrets
from bot.settings import Settings
from bot.wiring import Stocktalk
from data.engine import Database
from tests.bench.child import obey
from tests.bench.profiled import counted, profiled

WIDE = (Rate(30, 0.03),)
"""The platform's limits, so wide that nothing waits for them: what is measured is the bot, with its keeping of them."""


async def run(settings: Settings) -> None:
    """Serve until told to end."""
    stocktalk = Stocktalk(settings, Database(settings.database))
    assert stocktalk.wire is not None
    stocktalk.wire.channel.limits = Limits(WIDE, WIDE, WIDE)
    await stocktalk.start()
    try:
        await obey()
    finally:
        await stocktalk.stop()


def slow_down(seconds: float) -> None:
    """Have reading a message take so much longer."""
    read = inbox.read

    @wraps(read)
    def slow(*given: Any) -> Any:
        time.sleep(seconds)
        return read(*given)

    inbox.read = slow


if __name__ == "__main__":
    found = Settings()
    set_up_logs(found.log_level, found.log_format, secrets(found))
    if sleep_ms := float(os.environ.get("BENCH_SLEEP_MS", "0")):
        slow_down(sleep_ms / 1000)
    with counted(os.environ.get("BENCH_JOBS")), profiled(os.environ.get("BENCH_PROFILE")):
        asyncio.run(run(found))
