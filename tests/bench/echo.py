"""A bot that says back what it hears, on the product's stack and without a database: what that stack alone can do."""

from __future__ import annotations

import asyncio
import json
from typing import Any

from aiohttp import web
from pydantic import SecretStr
from telegram import Bot, Update

from bot.settings import Settings
from bot.telegram.request import STAND_IN, AiohttpRequest
from tests.bench.child import obey


class Echo:
    """Takes updates over HTTP, as the product does."""

    def __init__(self, token: SecretStr, api: str) -> None:
        """Opens nothing before `run`."""
        self.request = AiohttpRequest(token, api)
        self.bot = Bot(STAND_IN, self.request.base, request=self.request, get_updates_request=self.request)
        self._sending: set[asyncio.Task[Any]] = set()

    async def run(self, settings: Settings) -> None:
        """Serve until told to end."""
        await self.request.initialize()
        application = web.Application()
        application.router.add_post("/echo", self.take)
        runner = web.AppRunner(application, access_log=None)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", settings.telegram_port).start()
        await self.bot.set_webhook(f"http://127.0.0.1:{settings.telegram_port}/echo", secret_token="none")
        await obey()
        await runner.cleanup()
        await self.request.shutdown()

    async def take(self, request: web.Request) -> web.Response:
        """Take one update, and say it back."""
        update = Update.de_json(json.loads(await request.read()), self.bot)
        if update.message:
            task = asyncio.create_task(self.bot.send_message(update.message.chat.id, update.message.text or "-"))
            self._sending.add(task)
            task.add_done_callback(self._sending.discard)
        return web.Response()


if __name__ == "__main__":
    found = Settings()
    assert found.telegram_token is not None
    asyncio.run(Echo(found.telegram_token, found.telegram_api).run(found))
