"""Ties the channel's pieces: one bot, its connections, what it sends and how it hears."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from os import getpid
from socket import gethostname
from typing import TypeVar
from uuid import uuid4

import structlog
from aiohttp import web
from pydantic import SecretStr
from telegram import Bot
from telegram.error import TelegramError

from bot.delivery import NotSent
from bot.inbox import Inbox
from bot.leases import Turn
from bot.telegram.addresses import NAME
from bot.telegram.channel import Telegram
from bot.telegram.commands import introduce
from bot.telegram.meanings import SUBSCRIBED
from bot.telegram.outcomes import outcome
from bot.telegram.polling import LONGEST_WAIT_SECONDS, Poller, ever_later
from bot.telegram.receive import Receiver
from bot.telegram.request import STAND_IN, AiohttpRequest
from bot.telegram.webhook import Webhook, secret_of
from core.ground.work import Clock
from data.engine import Database

POLLER = f"{NAME} poller"
"""The name of the lease of whoever fetches updates."""
API = "https://api.telegram.org"
LAST_REQUESTS_SECONDS = 2.0
"""How long an update that is being kept may take, once no more are taken in."""
Result = TypeVar("Result")
log = structlog.get_logger("telegram")


@dataclass(frozen=True, slots=True)
class Line:
    """How to reach one bot: its token, the server, and where that may call us; without `public` we poll.

    `public` is the address under which the platform reaches `host` and `port`, without a path.
    """

    token: SecretStr
    api: str = API
    public: str | None = None
    host: str = "127.0.0.1"
    port: int = 8421
    wait_seconds: int = LONGEST_WAIT_SECONDS


class Wire:
    """The Telegram channel as a whole. It begins without the platform, and finds it when it is there."""

    def __init__(self, line: Line, database: Database, clock: Clock) -> None:
        """Opens nothing before `start`."""
        self.line = line
        self.request = AiohttpRequest(line.token, line.api)
        self.bot = Bot(STAND_IN, self.request.base, request=self.request, get_updates_request=self.request)
        self.channel = Telegram(self.bot, database, clock)
        self.database, self.clock, self.owner = database, clock, f"{gethostname()}:{getpid()}:{uuid4().hex[:8]}"
        self.receiver: Receiver | None = None
        self._running: asyncio.Task[None] | None = None
        self._runner: web.AppRunner | None = None

    @property
    def is_known(self) -> bool:
        """Whether the platform has said who the bot is."""
        return self.receiver is not None and self.receiver.me is not None

    async def start(self, inbox: Inbox, woken: Callable[[], None]) -> None:
        """Be ready to send, and begin to hear. Raises OSError when the webhook's port is taken."""
        await self.request.initialize()
        self.receiver = Receiver(self.bot, inbox, self.database, self.clock, woken)
        webhook = Webhook(self.receiver, self.line.token) if self.line.public else None
        if webhook:
            self._runner = web.AppRunner(webhook.application(), access_log=None, shutdown_timeout=LAST_REQUESTS_SECONDS)
            await self._runner.setup()
            await web.TCPSite(self._runner, self.line.host, self.line.port).start()
        self._running = asyncio.create_task(self._run(self.receiver, webhook))

    def name(self) -> str | None:
        """What the bot is called in its links, once the platform has said so."""
        return self.receiver.me.username if self.receiver and self.receiver.me else None

    async def stop_hearing(self) -> None:
        """Take no more updates; the platform keeps them. What is being kept at this moment is kept."""
        if self._runner:
            await self._runner.cleanup()
        if self._running:
            self._running.cancel()
            await asyncio.gather(self._running, return_exceptions=True)
        if self.receiver:
            await self.receiver.close()

    async def close(self) -> None:
        """Close the connections, once delivery has ended."""
        await self.request.shutdown()

    async def _run(self, receiver: Receiver, webhook: Webhook | None) -> None:
        receiver.me = await self._until_done(self.bot.get_me)
        log.info("reached the platform", bot=receiver.me.username)
        if not receiver.me.can_read_all_group_messages:
            log.info("privacy is on: in groups the bot hears commands, mentions and replies alone")
        await self._until_done(lambda: self._say_where(webhook))
        introduced = asyncio.create_task(self._until_done(lambda: introduce(self.bot)))
        try:
            if webhook is None:
                turn = Turn(self.database, self.clock, POLLER, self.owner)
                await turn.run(Poller(self.request, receiver, self.line.wait_seconds).run)
            await introduced
        finally:
            introduced.cancel()

    async def _say_where(self, webhook: Webhook | None) -> None:
        """Tell the platform how we hear. What waits there is kept for us in both cases."""
        if webhook is None:
            await self.bot.delete_webhook()
            return
        where = f"{(self.line.public or '').rstrip('/')}{webhook.path}"
        await self.bot.set_webhook(where, secret_token=secret_of(self.line.token), allowed_updates=SUBSCRIBED)

    async def _until_done(self, call: Callable[[], Awaitable[Result]]) -> Result:
        """Call until the platform answers, ever later."""
        failures = 0
        while True:
            try:
                return await call()
            except TelegramError as error:
                meant = outcome(error)
                asked = meant.seconds if isinstance(meant, NotSent) else None
                log.warning("the platform did not take it", error=type(error).__name__, reason=error.message)
            except Exception:
                asked = None
                log.exception("the platform was not understood")
            await asyncio.sleep(asked or ever_later(failures))
            failures += 1
