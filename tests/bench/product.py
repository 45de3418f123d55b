"""The product as it runs for a chain, in a process of its own: `python -m tests.bench.product`, settings from outside.

`BENCH_PROFILE` and `BENCH_JOBS` name files that tell where its CPU went (`profiled.py`). `BENCH_RESTS` names a file
that tells when a chat was left alone for its limits, which then are the platform's own. `BENCH_SLEEP_MS` is a planted
fault: reading a message takes so much longer.
"""

from __future__ import annotations

import asyncio
import json
import os
import time
from datetime import datetime
from functools import wraps
from pathlib import Path
from typing import Any

from bot import inbox
from bot.delivery import Delivery
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
    if rests := os.environ.get("BENCH_RESTS"):
        note_rests(stocktalk.delivery, Path(rests))
    else:
        stocktalk.wire.channel.limits = Limits(WIDE, WIDE, WIDE)
    await stocktalk.start()
    try:
        await obey()
    finally:
        await stocktalk.stop()


def note_rests(delivery: Delivery, path: Path) -> None:
    """Write down each time that a chat is left alone: since when, which one, until when."""
    rest = delivery._rest

    def noted(chat_id: int, until: datetime) -> None:
        with path.open("a", encoding="utf-8") as file:
            file.write(json.dumps([time.time(), chat_id, until.timestamp()]) + "\n")
        rest(chat_id, until)

    delivery._rest = noted  # type: ignore[method-assign]


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
