"""The platform in a storm: strict as ever, it goes on while the product dies, spoils calls by the dice, and records.

Every process calls under an address of its own, so the record says which of them it was. Updates are brought to any of
the processes, and again to another one until somebody answers 2xx; whoever polls confirms by asking for what is next.
"""

from __future__ import annotations

import asyncio
import time
from collections import Counter, deque
from contextvars import ContextVar
from dataclasses import replace
from random import Random
from typing import Any
from urllib.parse import urlsplit

import aiohttp
from aiohttp import web

from tests.bot.telegram.strictgram import StrictServer
from tests.bot.telegram.strictgram.server import ApiError, Fault
from tests.crash.evidence import Call, Shown, Update

TOKEN = "123456:STRICT-TEST-TOKEN"
SPOILED = ("sendMessage", "editMessageText", "answerCallbackQuery")
TOO_MANY, BROKEN, DROPPED = 0.04, 0.04, 0.03
"""How many calls of a hundred are refused by 429, refused by 500, and carried out without an answer."""
UNHEARD = 0.03
"""How many of the product's own answers to updates get lost, so that these come again."""
ASKS_AGAIN_SECONDS = 0.05
HARMLESS = frozenset({"conflict", "not_modified"})
"""A dead poller's question still stands when the next one asks; and nobody knows whether a dead one's edit arrived."""
_life: ContextVar[int] = ContextVar("life", default=0)
_noted: ContextVar[int | None] = ContextVar("noted", default=None)


class World(StrictServer):
    """The strict stand-in with dice and a record."""

    def __init__(self, seed: int) -> None:
        """Nothing listens before `start`. With the same seed the dice fall the same way."""
        super().__init__(TOKEN, limits=False, callback_ttl=3600.0)
        self.random = Random(f"world {seed}")
        self.spoils = True
        self.doors: list[int] = []
        self.calls: list[Call] = []
        self.confirmed: set[int] = set()
        self.counted: Counter[str] = Counter()
        self.shown: Counter[int] = Counter()
        self.heard: set[int] = set()

    async def start(self) -> World:
        """Listen, at another address for every process."""
        app = web.Application()
        app.router.add_route("*", "/life/{life}/bot{token:[^/]+}/{method}", self._http)
        self.runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.5)
        await self.runner.setup()
        site = web.TCPSite(self.runner, self.host, self.port)
        await site.start()
        self.port = self.runner.addresses[0][1]
        self.session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=10))
        return self

    def address(self, life: int) -> str:
        """Where this process calls."""
        return f"{self.url}/life/{life}"

    def press(self, user: str, message: dict[str, Any], data: str) -> None:
        """Tap, under a new number. A client may send any data, also of a card that looks otherwise by now."""
        query_id = str(7000001 + len(self.callbacks))
        chat_id = message["chat"]["id"]
        self.callbacks[query_id] = {"at": self.clock(), "answered": False, "chat": chat_id, "user": user, "text": None}
        query = {"id": query_id, "from": self.users[user], "message": message, "chat_instance": "1", "data": data}
        self.push("callback_query", query)

    def updates(self) -> tuple[Update, ...]:
        """Everything that was said and tapped."""
        return tuple(self._update(one) for one in self.history.values())

    def screens(self) -> dict[tuple[int, int], Shown]:
        """What stands in every chat."""
        return {
            (chat.id, number): Shown(message.get("text", ""), data_of(message))
            for chat in self.chats.values()
            for number, message in chat.messages.items()
        }

    def wrongs(self) -> list[str]:
        """What the product did that the platform forbids, but for what only a crash can bring about."""
        return [
            f"{one['code']}: {one['text']}"
            for one in self.violations
            if one["code"] not in HARMLESS and not one["text"].startswith("answerCallbackQuery: ")
        ]

    def waits(self) -> bool:
        """Whether there are updates that nobody has confirmed."""
        unconfirmed = set(self.history) - self.confirmed
        return bool(unconfirmed or self.replays or any(self.lanes.values()))

    def _update(self, one: dict[str, Any]) -> Update:
        query = one.get("callback_query")
        body = query or one["message"]
        said = query["data"] if query else body["text"]
        confirmed = one["update_id"] in self.confirmed
        return Update(one["update_id"], body["from"]["id"], said, query["id"] if query else "", confirmed)

    async def _http(self, request: web.Request) -> web.StreamResponse:
        _life.set(int(request.match_info["life"]))
        self.heard.add(_life.get())
        _noted.set(None)
        if request.match_info["method"] == "getUpdates" and self._falls(BROKEN / 4):
            self.faults.append(Fault("getUpdates", "500"))
        answer: web.StreamResponse = await super()._http(request)
        number = _noted.get()
        if number is not None and (request.transport is None or request.transport.is_closing()):
            self.calls[number - 1] = replace(self.calls[number - 1], lost=True)  # nobody waits for it any more
        return answer

    def _fault(self, method: str, chat: Any) -> Fault | None:
        if method not in SPOILED:
            return None
        for kind, share in (("429", TOO_MANY), ("500", BROKEN), ("drop_after", DROPPED)):
            if self._falls(share):
                self.counted[kind] += 1
                return Fault(method, kind, value=1)
        return None

    def call(self, name: str, raw: dict[str, Any], fault: Fault | None = None) -> Any:
        """Carry out a call, and note it where it was carried out."""
        result = super().call(name, raw, fault)
        if name in SPOILED and not isinstance(result, ApiError):
            self._note(name, raw, result, lost=fault is not None and fault.kind == "drop_after")
        return result

    def _note(self, name: str, raw: dict[str, Any], result: Any, *, lost: bool) -> None:
        query_id = str(raw.get("callback_query_id", ""))
        seen: tuple[int, str, tuple[str, ...]]
        if query_id:
            chat_id, seen = self.callbacks[query_id]["chat"], (0, str(raw.get("text", "")), ())
        else:
            chat_id, seen = result["chat"]["id"], (result["message_id"], result["text"], data_of(result))
        number = len(self.calls) + 1
        self.calls.append(Call(number, time.time(), _life.get(), name, chat_id, *seen, query_id=query_id, lost=lost))
        self.shown[chat_id] += 1
        _noted.set(number)

    def _falls(self, share: float) -> bool:
        return self.spoils and self.random.random() < share

    async def _drain(self, lane: deque[dict[str, Any]]) -> None:
        while lane:
            while not await self._taken(lane[0]):  # noqa: ASYNC110 - nobody tells when somebody is there again
                await asyncio.sleep(ASKS_AGAIN_SECONDS)
            self.confirmed.add(lane.popleft()["update_id"])

    async def _taken(self, update: dict[str, Any]) -> bool:
        """Bring an update to one of the processes; whether it was taken, and its answer came through."""
        hook = self.webhook
        where = urlsplit(hook["url"])._replace(netloc=f"{self.host}:{self.random.choice(self.doors)}").geturl()
        headers = {"X-Telegram-Bot-Api-Secret-Token": hook["secret"]}
        self.counted["brought"] += 1
        try:
            async with self.session.post(where, json=update, headers=headers) as answer:
                taken = 200 <= answer.status < 300
        except (TimeoutError, aiohttp.ClientError):
            taken = False
        if not taken or self._falls(UNHEARD):
            self.counted["brought in vain"] += 1
            return False
        return True

    async def _get_updates(self, offset: int = 0, **more: Any) -> Any:
        self.confirmed |= {update["update_id"] for update in self.queue if update["update_id"] < offset}
        return await super()._get_updates(offset, **more)

    def _set_webhook(self, p: dict[str, Any], uploads: Any) -> bool:
        """As ever, but what is under way to the same address goes on: several processes say the same."""
        if self.webhook and self.webhook["url"] == p["url"]:
            return True
        return bool(super()._set_webhook(p, uploads))


def data_of(message: dict[str, Any]) -> tuple[str, ...]:
    """What the buttons of a message say."""
    rows = (message.get("reply_markup") or {}).get("inline_keyboard", [])
    return tuple(button["callback_data"] for row in rows for button in row)
