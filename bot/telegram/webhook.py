"""The route that Telegram calls. An update is answered for only when it is kept: until then it is sent again."""

from __future__ import annotations

import hashlib
import hmac
import json
from typing import Any

import structlog
from aiohttp import web
from pydantic import SecretStr

from bot.health import alive
from bot.telegram.receive import NotReady, Receiver
from data.disk import Unavailable

MOST_BYTES = 1024 * 1024
HEADER = "X-Telegram-Bot-Api-Secret-Token"
RETRY_SECONDS = 3
log = structlog.get_logger("telegram")


def secret_of(token: SecretStr) -> str:
    """What Telegram has to say with each update. Every process with the token finds the same, and nobody else does."""
    return _derived(token, "secret")


def path_of(token: SecretStr) -> str:
    """Where Telegram calls: a path that nobody guesses."""
    return f"/telegram/{_derived(token, 'path')[:32]}"


class Webhook:
    """Receives updates over HTTP."""

    def __init__(self, receiver: Receiver, token: SecretStr) -> None:
        """Listens nowhere yet."""
        self.receiver, self.path = receiver, path_of(token)
        self._secret = secret_of(token).encode()

    def application(self) -> web.Application:
        """The route, and whether this process lives. It is open to the world, so it stands beside nothing else."""
        application = web.Application(client_max_size=MOST_BYTES)
        application.router.add_post(self.path, self.take)
        application.router.add_get("/healthz", alive)
        return application

    async def take(self, request: web.Request) -> web.Response:
        """Keep one update: 200 when it is kept, 503 when it has to come again, 403 and 400 for what is none."""
        said = request.headers.get(HEADER, "").encode("utf-8", "surrogateescape")
        if not hmac.compare_digest(said, self._secret):
            log.warning("somebody called the webhook without its secret")
            return web.Response(status=403)
        update = _update(await request.read())
        if update is None:
            return web.Response(status=400)
        try:
            await self.receiver.take([update])
        except (Unavailable, NotReady):  # said on the log elsewhere
            return _later()
        except Exception:
            log.exception("an update has to come again", update_id=update["update_id"])
            return _later()
        return web.Response()


def _later() -> web.Response:
    return web.Response(status=503, headers={"Retry-After": str(RETRY_SECONDS)})


def _update(body: bytes) -> dict[str, Any] | None:
    try:
        update = json.loads(body)
    except (ValueError, RecursionError):
        return None
    whole = isinstance(update, dict) and type(update.get("update_id")) is int
    return update if whole else None


def _derived(token: SecretStr, what: str) -> str:
    return hmac.new(token.get_secret_value().encode(), f"stocktalk webhook {what}".encode(), hashlib.sha256).hexdigest()
