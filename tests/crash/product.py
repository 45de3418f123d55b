"""One process of the product as it is, but for leases short enough that a test outlives them."""

from __future__ import annotations

import asyncio
import os
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from pydantic import SecretStr

import bot.inbox
import bot.leases
import bot.sending
import bot.telegram.channel
import bot.telegram.request
import core.ground.events
from bot.alone import alone
from bot.limits import Limits, Rate
from bot.logs import set_up_logs
from bot.main import open_database, secrets, serve
from bot.settings import Settings
from tests.crash.world import TOKEN

ANSWER_SECONDS = 5.0
"""How long a call waits for its answer: shorter than any lease, as in the product."""
LIMITS = Limits(private=(Rate(50, 5.25),), overall=(Rate(300, 1.05),))
"""Ten times what the real platform takes, so that there is ten times as much to be killed."""


@dataclass(frozen=True, slots=True)
class Post:
    """What one process is told: where the books and the platform are. Without `public` it polls."""

    database: str
    api: str
    lease: timedelta
    port: int
    public: str | None
    log: Path


def run(post: Post) -> None:
    """Serve until the end, which is sudden."""
    with post.log.open("ab") as log:
        os.dup2(log.fileno(), 1)
        os.dup2(log.fileno(), 2)
    hurry(post.lease)
    settings = Settings(
        database=post.database,
        port=0,
        telegram_token=SecretStr(TOKEN),
        telegram_api=post.api,
        telegram_public=post.public,
        telegram_port=post.port,
    )
    set_up_logs("WARNING", "json", secrets(settings))
    with alone(settings.database):
        asyncio.run(serve(settings, open_database(settings, lambda part: None), lambda address: None))


def hurry(lease: timedelta) -> None:
    """Leases of a minute are right for a network; here they would be the length of the test."""
    bot.sending.LEASE = bot.inbox.TAKEN_FOR = core.ground.events.TAKEN_FOR = lease
    bot.leases.Turn.__init__.__defaults__ = (lease,)
    bot.telegram.request.AiohttpRequest.__init__.__defaults__ = (ANSWER_SECONDS,)
    bot.telegram.channel.Telegram.__init__.__defaults__ = (LIMITS,)
