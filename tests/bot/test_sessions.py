"""The console's panes: whoever is suspended or gone sees and says nothing more there, by the database as it is."""

from __future__ import annotations

from typing import Any, cast

import pytest
from aiohttp import web

from bot.console.rooms import world
from bot.console.server import NotHere, _session
from bot.console.sessions import Session, Sessions
from core.ground.work import Work
from data.engine import Database
from handlers.chats import chat
from handlers.understand.names.lexicon import Lexicon
from tests.scenarios.chain import MORNING

STOPPED = "你的账号停用了,什么都没动。要恢复请找店长或总部。"


class Socket:
    """A line to a browser; keeps what was sent."""

    def __init__(self) -> None:
        self.sent: list[dict[str, Any]] = []
        self.closed = False

    async def send_json(self, message: dict[str, Any]) -> None:
        """Keep it."""
        self.sent.append(message)

    async def close(self) -> None:
        """Hang up."""
        self.closed = True


def work(connection: Any) -> Work:
    """On this morning."""
    return Work(connection, MORNING)


async def opened(database: Database, sessions: Sessions, code: str, where: str = "me") -> tuple[Session, Socket]:
    """A pane of this person."""
    socket = Socket()
    line = cast(web.WebSocketResponse, socket)
    session = await database.read(lambda c: _session(work(c), line, {"person": code, "chat": where}))
    sessions.enter(session)
    return session, socket


async def put(database: Database, code: str, standing: str) -> None:
    """Somebody stands so from now on."""
    await database.write(
        lambda c: c.exec_driver_sql(f"update person set standing = '{standing}' where code = '{code}'")
    )


@pytest.fixture
def sessions(demo: Database, lexicon: Lexicon) -> Sessions:
    """No pane is open."""
    return Sessions(demo, lambda: MORNING, lambda: lexicon)


@pytest.mark.parametrize("standing", ["suspended", "removed"])
async def test_an_open_pane_is_closed_at_the_next_word(demo: Database, sessions: Sessions, standing: str) -> None:
    mine, my_socket = await opened(demo, sessions, "u20", "group:hq")
    theirs, their_socket = await opened(demo, sessions, "u29", "group:hq")
    item = {"type": "item", "item": {"id": "o1"}}
    await sessions._show(mine.chat.id, {"id": "o1"})
    assert (my_socket.sent, their_socket.sent) == ([item], [item])
    await put(demo, "u29", standing)
    await sessions._show(mine.chat.id, {"id": "o2"})
    assert [one["type"] for one in my_socket.sent] == ["item", "item"]
    assert their_socket.sent[1:] == [{"type": "refused", "text": STOPPED}]
    assert (my_socket.closed, their_socket.closed) == (False, True)
    assert theirs not in sessions._open[mine.chat.id]


async def test_what_they_write_is_refused_and_a_new_pane_too(demo: Database, sessions: Sessions) -> None:
    session, socket = await opened(demo, sessions, "u01")
    assert await sessions.may_stay(session)
    await put(demo, "u01", "removed")
    assert not await sessions.may_stay(session)
    assert (socket.sent, socket.closed) == ([{"type": "refused", "text": STOPPED}], True)
    with pytest.raises(NotHere, match=STOPPED):
        await opened(demo, sessions, "u01")


async def test_nobody_sits_down_as_somebody_who_is_out(demo: Database) -> None:
    for code in ("u19", "u20", "u29", "u30", "u31", "u32"):
        await put(demo, code, "removed")
    found = await demo.read(lambda c: world(work(c)))
    assert not {"u19", "u20"} & {one["code"] for one in found["people"]}
    assert next(group for group in found["groups"] if group["code"] == "hq")["members"] == []
    private = await demo.read(lambda c: chat(work(c), 1))
    assert private.channel == "console"
