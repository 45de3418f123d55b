"""A Bot API that takes whatever it is sent and notes when: it checks nothing, so that it costs next to nothing."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from time import perf_counter
from typing import Any

from aiohttp import web

BOT_ID = 700_001
TOKEN = f"{BOT_ID}:bench"
ME = {"id": BOT_ID, "is_bot": True, "first_name": "Stocktalk", "username": "stocktalk_bench_bot"}
PATIENCE_SECONDS = 30
Heard = Callable[[str, dict[str, Any], float], None]


class Server:
    """What stands where the platform would: it answers every call and knows where updates are to be brought."""

    def __init__(self) -> None:
        """Listens nowhere before it is entered."""
        self.api, self.where, self.secret = "", "", ""
        self.calls, self.last_call_at = 0, 0.0
        self.heard: Heard = lambda method, said, at: None
        self._hooked = asyncio.Event()
        self._messages = 0
        self._runner = web.ServerRunner(web.Server(self._answer, access_log=None))

    async def __aenter__(self) -> Server:
        """Listen on a free port."""
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0, backlog=1024)
        await site.start()
        self.api = f"http://127.0.0.1:{self._runner.addresses[0][1]}"
        return self

    async def __aexit__(self, *error: object) -> None:
        """Listen no longer."""
        await self._runner.cleanup()

    async def hooked(self) -> None:
        """Wait until somebody has said where updates are to be brought. Raises RuntimeError where nobody does."""
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                await self._hooked.wait()
        except TimeoutError:
            raise RuntimeError("a bot did not say where its updates are to be brought") from None

    async def _answer(self, request: web.BaseRequest) -> web.StreamResponse:
        at, method = perf_counter(), request.path.rpartition("/")[2]
        body = await request.read()
        said: dict[str, Any] = json.loads(body) if body else {}
        self.calls, self.last_call_at = self.calls + 1, at
        result = self._result(method, said)
        self.heard(method, said, at)
        return web.Response(body=json.dumps({"ok": True, "result": result}).encode(), content_type="application/json")

    def _result(self, method: str, said: dict[str, Any]) -> Any:
        match method:
            case "sendMessage" | "editMessageText":
                if "message_id" not in said:
                    self._messages += 1
                    said["message_id"] = self._messages
                chat = {"id": int(said["chat_id"]), "type": "private"}
                return {"message_id": said["message_id"], "date": 1_770_000_000, "chat": chat, "text": "-"}
            case "getMe":
                return {**ME, "can_join_groups": True, "can_read_all_group_messages": False}
            case "setWebhook":
                self.where, self.secret = said["url"], said["secret_token"]
                self._hooked.set()
                return True
            case "getMyCommands":
                return []
            case "getMyDescription":
                return {"description": ""}
            case "getMyShortDescription":
                return {"short_description": ""}
            case _:
                return True
