"""Asks the platform what the bot is called there, for whoever does not run it."""

from __future__ import annotations

from pydantic import SecretStr
from telegram import Bot

from bot.telegram.request import STAND_IN, AiohttpRequest

PATIENCE_SECONDS = 10.0


async def own_name(token: SecretStr, api: str) -> str:
    """The name in the bot's links. Raises TelegramError where the platform does not say."""
    request = AiohttpRequest(token, api, PATIENCE_SECONDS)
    await request.initialize()
    try:
        me = await Bot(STAND_IN, request.base, request=request, get_updates_request=request).get_me()
    finally:
        await request.shutdown()
    return me.username or ""
