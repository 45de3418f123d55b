"""What Telegram says of the bot: who it is, how its updates are fetched, what waits there."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from pydantic import SecretStr
from telegram.error import InvalidToken, TelegramError

from bot.findings import Finding, attention, good, note, wrong
from bot.outbox import ago
from bot.settings import Settings
from bot.telegram.request import AiohttpRequest
from bot.telegram.webhook import path_of

PATIENCE_SECONDS = 6.0
MANY = 50
FRESH = timedelta(minutes=10)
"""An error of the webhook that is older has most likely passed."""


async def checkup(settings: Settings, token: SecretStr, now: datetime, *, running: bool) -> list[Finding]:
    """Ask the platform. `running`: whether a server runs, so that what only it does can be expected."""
    request = AiohttpRequest(token, settings.telegram_api, PATIENCE_SECONDS)
    await request.initialize()
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            me = await request.call("getMe", {})
            webhook = await request.call("getWebhookInfo", {})
    except InvalidToken:
        return [
            wrong("Telegram does not know the bot's token.", "Look at STOCKTALK_TELEGRAM_TOKEN; @BotFather has it.")
        ]
    except (TelegramError, TimeoutError) as error:
        why = error.message if isinstance(error, TelegramError) else "no answer in time"
        return [
            wrong(
                f"Telegram is not reached at {settings.telegram_api} ({why}).",
                "Look at the network and at STOCKTALK_TELEGRAM_API. Messages wait on both sides until it is reached.",
            )
        ]
    finally:
        await request.shutdown()
    expected = f"{settings.telegram_public.rstrip('/')}{path_of(token)}" if settings.telegram_public else ""
    return [*_who(me), *_way(webhook, expected, running=running), *_waits(webhook, now, running=running)]


def _who(me: Mapping[str, Any]) -> Iterator[Finding]:
    yield good(f"Telegram is reached, and the bot is @{me.get('username')}.")
    if me.get("can_read_all_group_messages"):
        yield note("Privacy mode is off: in groups the bot receives everything, and keeps what is said to it.")
    else:
        yield note(
            "Privacy mode is on: in groups the bot hears commands, mentions and replies to it, and nothing else.",
            "That is enough. To change it: /setprivacy at @BotFather, then take the bot out of the group and in again.",
        )


def _way(webhook: Mapping[str, Any], expected: str, *, running: bool) -> Iterator[Finding]:
    """How updates come: as it is configured, or not. The address holds a secret, so only its host is said."""
    url = str(webhook.get("url") or "")
    host = urlsplit(url).hostname or "an address"
    tell = wrong if running else attention
    if url == expected:
        yield good(f"Telegram calls {host}, as it is set." if url else "Telegram waits to be asked, as it is set.")
    elif not url:
        yield tell("Telegram calls nobody, though a webhook is set.", "`stocktalk run` tells it; its log says why not.")
    elif expected:
        yield tell(f"Telegram calls another place, at {host}.", "`stocktalk run` tells it ours; does another bot run?")
    else:
        yield tell(
            f"Telegram calls {host}, though nothing is set but to ask.",
            "`stocktalk run` ends that; or set STOCKTALK_TELEGRAM_PUBLIC.",
        )


def _waits(webhook: Mapping[str, Any], now: datetime, *, running: bool) -> Iterator[Finding]:
    count = int(webhook.get("pending_update_count") or 0)
    if count and running and count > MANY:
        yield wrong(f"{count} updates wait at Telegram.", "They are kept for a day. Look at the server's log.")
    elif count:
        yield note(f"{count} updates wait at Telegram, which keeps them for a day.")
    if webhook.get("last_error_message"):
        age = now - datetime.fromtimestamp(int(webhook.get("last_error_date") or 0), UTC)
        tell = wrong if age < FRESH and webhook.get("url") else attention
        yield tell(
            f"Telegram could not deliver {ago(age)} ago: {webhook['last_error_message']}.",
            "Look at STOCKTALK_TELEGRAM_PUBLIC, at the proxy in front of it and at its certificate.",
        )
