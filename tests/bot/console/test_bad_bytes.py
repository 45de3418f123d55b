"""Whatever a socket brings is answered in words; the line stays open, and the next message works."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from aiohttp import ClientSession, ClientWebSocketResponse

from handlers.say import say
from tests.bot.console.served import Served

PATIENCE_SECONDS = 20
UNREADABLE = say("zh", "console.unreadable")
TOO_LONG = say("zh", "help.too_long", longest=4000)

Talk = Callable[[ClientWebSocketResponse], Awaitable[None]]


def talk(served: Served, talking: Talk, person: str = "u01") -> None:
    """Talk on a socket, on a thread of its own: a loop may be running on this one already."""

    async def run() -> None:
        address = f"{served.address}console/socket"
        async with (
            asyncio.timeout(PATIENCE_SECONDS),
            ClientSession() as session,
            session.ws_connect(address, params={"person": person, "chat": "me"}) as line,
        ):
            await talking(line)

    with ThreadPoolExecutor(1) as thread:
        thread.submit(asyncio.run, run()).result()


async def until(line: ClientWebSocketResponse, wanted: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
    """The next thing told that is wanted."""
    while True:
        told: dict[str, Any] = await line.receive_json()
        if wanted(told):
            return told


async def is_still_of_use(line: ClientWebSocketResponse) -> None:
    """A good message is kept and answered."""
    await line.send_json({"type": "say", "id": "good", "text": "中央仓可口可乐500ml还有多少"})
    await until(line, lambda told: told == {"type": "kept", "id": "good"})
    await until(line, lambda told: "可用62箱(1488瓶)" in json.dumps(told, ensure_ascii=False))


UNREAD = (
    "",
    "{",
    "null",
    "[]",
    "7",
    "[" * 100_000,
    '{"type": "say"}',
    '{"type": ["say"], "id": "a", "text": "x"}',
    '{"type": "shout", "id": "a", "text": "x"}',
    '{"type": "say", "id": "a", "text": 5}',
    '{"type": "say", "id": 5, "text": "x"}',
    '{"type": "say", "id": "", "text": "x"}',
    json.dumps({"type": "say", "id": "a" * 81, "text": "x"}),
    '{"type": "tap", "id": "a", "text": "x"}',
)


def test_what_cannot_be_read_is_answered_and_the_line_stays_open(served: Served) -> None:
    async def talking(line: ClientWebSocketResponse) -> None:
        for data in UNREAD:
            await line.send_str(data)
            told = await until(line, lambda told: told["type"] == "toast")
            assert told["text"] == UNREADABLE, data[:40]
        await is_still_of_use(line)

    talk(served, talking)
    assert served.books("select count(*) from inbox") == [(1,)]


@pytest.mark.parametrize("text", ["可乐" * 16_000, "x" * 100_000, "\0" * 20_000 + "x" * 5_000])
def test_a_message_of_a_hundred_kilobytes_is_kept_and_told_the_limit(served: Served, text: str) -> None:
    async def talking(line: ClientWebSocketResponse) -> None:
        await line.send_str(json.dumps({"type": "say", "id": "long", "text": text}, ensure_ascii=False))
        await until(line, lambda told: told == {"type": "kept", "id": "long"})
        await until(line, lambda told: TOO_LONG in json.dumps(told, ensure_ascii=False))
        await is_still_of_use(line)

    talk(served, talking)


def test_what_no_column_takes_is_left_out(served: Served) -> None:
    async def talking(line: ClientWebSocketResponse) -> None:
        await line.send_str(
            r'{"type": "say", "id": "a\u0000\ud800", "text": "中央仓可口可乐500ml\u0000还有\ud800多少"}'
        )
        await until(line, lambda told: told["type"] == "kept")
        await line.send_str(r'{"type": "tap", "id": "b\u0000", "button": "approve\u0000.1.1\ud800"}')
        await until(line, lambda told: told["type"] == "toast" and told["text"] == say("zh", "taps.not_here"))
        await line.send_json({"type": "tap", "id": "c", "button": "approve.1.1." + "x" * 10_000})
        await until(line, lambda told: told["type"] == "toast" and told["text"] == say("zh", "taps.not_here"))
        await is_still_of_use(line)

    talk(served, talking)
    assert served.books("select count(*) from inbox where instr(text || update_id, char(0))") == [(0,)]


@pytest.mark.parametrize("person", ["u01\0", "\0", "\ud7ff", "'; drop table person; --", "x" * 5_000])
def test_a_person_that_is_none_is_told_so(served: Served, person: str) -> None:
    async def talking(line: ClientWebSocketResponse) -> None:
        told = await line.receive_json()
        assert told["type"] in ("refused", "hello"), told

    talk(served, talking, person)
