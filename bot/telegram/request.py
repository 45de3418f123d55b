"""Carries calls to the Bot API over aiohttp, and keeps the token to itself.

The library is given a stand-in for the token, so that neither its log lines nor a traceback through it can show the
real one. That is put into the address here, at the last moment, and no error that leaves here holds it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import urlencode

import aiohttp
from pydantic import SecretStr
from telegram._utils.types import ODVInput
from telegram.error import NetworkError, TelegramError, TimedOut
from telegram.request import BaseRequest, RequestData
from yarl import URL

STAND_IN: Final = "0:hidden"
CONNECT_SECONDS: Final = 10.0
READ_SECONDS: Final = 20.0
"""Together shorter than the lease of a send, so that nobody sends a message while its first answer may still come."""
TOO_MANY, GATEWAY_TIMEOUT = 429, 504
PAUSE_SECONDS: Final = 5.0
"""How long to wait where the server does not say."""


class NotReached(NetworkError):
    """No connection was made, so nothing was sent."""


class AnswerLost(NetworkError):
    """The call went out, and the line broke before its answer: it may have been carried out."""


class Paused(TelegramError):
    """The server takes no such call for some seconds.

    In place of the library's RetryAfter, which warns about its own future whenever it is made.
    """

    def __init__(self, seconds: float) -> None:
        """`seconds` is what the server asks for."""
        super().__init__(f"the server asks to wait {seconds:g} s")
        self.seconds = seconds


class AiohttpRequest(BaseRequest):
    """One pool of connections to one Bot API server, for one bot."""

    def __init__(self, token: SecretStr, api: str, read_seconds: float = READ_SECONDS) -> None:
        """`api` is the server's address without a path. Nothing is opened before `initialize`."""
        self._token, self._api, self._read_seconds = token, api.rstrip("/"), read_seconds
        self._session: aiohttp.ClientSession | None = None

    @property
    def base(self) -> str:
        """The address to give to the library, to which it adds the stand-in."""
        return f"{self._api}/bot"

    @property
    def read_timeout(self) -> float:
        """How long an answer may take, in seconds, unless a call says otherwise."""
        return self._read_seconds

    async def initialize(self) -> None:
        """Open the pool, once."""
        if self._session is None:
            self._session = aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0), raise_for_status=False)

    async def shutdown(self) -> None:
        """Close the pool."""
        session, self._session = self._session, None
        if session is not None:
            await session.close()

    async def call(self, method: str, parameters: Mapping[str, Any], read_seconds: float | None = None) -> Any:
        """Call a method and take its result as it came, unread. Raises what the library's own calls raise."""
        said = {name: value if isinstance(value, str) else json.dumps(value) for name, value in parameters.items()}
        timeout = self._read_seconds if read_seconds is None else read_seconds
        return await self.post(f"{self.base}{STAND_IN}/{method}?{urlencode(said)}", read_timeout=timeout)

    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: ODVInput[float] = BaseRequest.DEFAULT_NONE,
        write_timeout: ODVInput[float] = BaseRequest.DEFAULT_NONE,
        connect_timeout: ODVInput[float] = BaseRequest.DEFAULT_NONE,
        pool_timeout: ODVInput[float] = BaseRequest.DEFAULT_NONE,
    ) -> tuple[int, bytes]:
        """Make one call; its status and what was answered. Raises Paused, NotReached, AnswerLost or TimedOut."""
        if self._session is None:
            raise NotReached("the connections are closed")
        read = read_timeout if isinstance(read_timeout, int | float) else self._read_seconds
        timeout = aiohttp.ClientTimeout(total=CONNECT_SECONDS + read, connect=CONNECT_SECONDS, sock_read=read)
        failed: TelegramError
        try:
            where = URL(url.replace(STAND_IN, self._token.get_secret_value(), 1), encoded=True)
            async with self._session.request(method, where, timeout=timeout, **_body(request_data)) as answer:
                status, payload = answer.status, await answer.read()
            if status not in (TOO_MANY, GATEWAY_TIMEOUT):
                return status, payload
            failed = Paused(_seconds(payload)) if status == TOO_MANY else AnswerLost("the gateway gave up waiting")
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as error:
            failed = NotReached(f"{type(error).__name__}: no connection to {self._api}")
        except ValueError:  # its text would be the whole address
            failed = NotReached(f"{self._api} is no address")
        except TimeoutError:
            failed = TimedOut()
        except (aiohttp.ClientError, OSError) as error:
            failed = AnswerLost(type(error).__name__)
        raise failed  # out here: an error with another one behind it would show that one's address


def _seconds(payload: bytes) -> float:
    try:
        return float(json.loads(payload)["parameters"]["retry_after"])
    except (ValueError, KeyError, TypeError):
        return PAUSE_SECONDS


def _body(data: RequestData | None) -> dict[str, Any]:
    """What to send: JSON, or a form where files go along."""
    if data is None:
        return {}
    if not data.contains_files:
        return {"data": json.dumps(data.parameters).encode(), "headers": {"Content-Type": "application/json"}}
    form = aiohttp.FormData()
    for name, value in data.json_parameters.items():
        form.add_field(name, value)
    for name, (file_name, content, media_type) in data.multipart_data.items():
        form.add_field(name, content, filename=file_name, content_type=media_type)
    return {"data": form}
