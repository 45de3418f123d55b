"""Serves the console: the page, who is in the chain, and a socket for each pane."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import structlog
from aiohttp import WSMsgType, web
from sqlalchemy import select
from sqlmodel import col

from bot.console.invites import Invites
from bot.console.items import Said, cards_now, catch_up
from bot.console.rooms import world
from bot.console.sessions import NAME, Session, Sessions
from bot.health import Health, alive
from bot.inbox import Inbox, Update
from bot.settings import LOOPBACK, Settings
from core.ground.work import Work
from core.people.directory import person_by_code
from data.disk import DiskFull
from data.kinds import ChatKind, InboxKind
from data.tables.conversation import Account
from data.tables.conversation import Chat as ChatRow
from data.tables.conversation import Inbox as InboxRow
from handlers.chats import Chat, chat, is_member
from handlers.say import LANGUAGES, say
from handlers.understand.normalise import storable

PAGE = Path(__file__).parent / "page"
MOST_BYTES = 256 * 1024
LONGEST_ID = 80
KINDS = {"say": InboxKind.MESSAGE, "tap": InboxKind.TAP}
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; img-src 'self'; connect-src 'self';"
    " base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
TYPES = {".js": "text/javascript", ".css": "text/css", ".woff2": "font/woff2", ".svg": "image/svg+xml"}
log = structlog.get_logger("console")


class NotHere(Exception):
    """The pane cannot be opened; the sentence says why and what to do."""


class Console:
    """The web application of the console."""

    def __init__(self, settings: Settings, sessions: Sessions, inbox: Inbox, health: Health, invites: Invites) -> None:
        """Listens nowhere yet."""
        self.invites = invites
        self.settings, self.sessions, self.inbox, self.health = settings, sessions, inbox, health
        self.database, self.clock = sessions.database, sessions.clock

    def application(self) -> web.Application:
        """The routes, behind the check of who is addressed."""
        application = web.Application(middlewares=[self._only_own_names], client_max_size=MOST_BYTES)
        application.router.add_get("/", self._index)
        application.router.add_get("/page/{name:.+}", self._file)
        application.router.add_get("/console/world", self._world)
        application.router.add_get("/console/socket", self._socket)
        self.invites.add_to(application)
        application.router.add_get("/healthz", _on_this_machine(alive))
        application.router.add_get("/readyz", _on_this_machine(self.health.ready))
        return application

    @web.middleware
    async def _only_own_names(self, request: web.Request, handler: Any) -> web.StreamResponse:
        """Refuse a request to another name than ours, or from another page: anybody can be anybody here."""
        origin = request.headers.get("Origin")
        foreign_page = origin is not None and origin.partition("://")[2].lower() != request.host.lower()
        if _name_of(request.host) not in self.settings.names or foreign_page:
            return web.Response(status=403, text=_in_both("console.not_opened_under_this_name"))
        response: web.StreamResponse = await handler(request)
        if not response.prepared:
            response.headers["Content-Security-Policy"] = POLICY
            response.headers["X-Content-Type-Options"] = "nosniff"
        return response

    async def _index(self, request: web.Request) -> web.StreamResponse:
        return web.FileResponse(PAGE / "index.html", headers={"Cache-Control": "no-cache"})

    async def _file(self, request: web.Request) -> web.StreamResponse:
        path = (PAGE / request.match_info["name"]).resolve()
        if not path.is_relative_to(PAGE) or not path.is_file() or path.suffix not in TYPES:
            raise web.HTTPNotFound(text="There is no such file.")
        keep = "public, max-age=604800" if path.suffix == ".woff2" else "no-cache"
        return web.FileResponse(path, headers={"Content-Type": TYPES[path.suffix], "Cache-Control": keep})

    async def _world(self, request: web.Request) -> web.Response:
        found = await self.database.read(lambda connection: world(Work(connection, self.clock())))
        return web.json_response(found)

    async def _socket(self, request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse(heartbeat=20, max_msg_size=MOST_BYTES)
        await socket.prepare(request)
        try:
            session = await self.database.read(lambda c: _session(Work(c, self.clock()), socket, request.query))
        except NotHere as sentence:
            await socket.send_json({"type": "refused", "text": str(sentence)})
            await socket.close()
            return socket
        self.sessions.enter(session)
        try:
            await self.sessions.greet(session)
            async with asyncio.TaskGroup() as tasks:  # a long catch-up must not keep the browser from being heard
                catching_up = tasks.create_task(self._catch_up(session, _whole(request.query.get("after", "0"))))
                async for message in socket:
                    if message.type is WSMsgType.TEXT:
                        await self._hear(session, message.data)
                catching_up.cancel()
        finally:
            self.sessions.leave(session)
        return socket

    async def _catch_up(self, session: Session, after: int) -> None:
        lexicon = self.sessions.lexicon()
        where = (self.database, self.clock, lexicon, session.chat.id)
        async for item in catch_up(*where, session.person_id, after):
            await session.tell({"type": "item", "item": item})
        if after:
            for item in await cards_now(*where):
                await session.tell({"type": "item", "item": item})
        await session.tell({"type": "caught_up"})

    async def _hear(self, session: Session, data: str) -> None:
        """Keep what the browser sent, and say so. What cannot be read, or kept, is answered and changes nothing."""
        try:
            message = json.loads(data)
            kind, client_id = KINDS[message["type"]], message["id"]
            text = message["text"] if kind is InboxKind.MESSAGE else message["button"]
            if not isinstance(text, str) or not isinstance(client_id, str) or not 0 < len(client_id) <= LONGEST_ID:
                raise ValueError("not text")
        except (ValueError, KeyError, TypeError, RecursionError):
            sentence = say(session.language, "console.unreadable")
            await session.tell({"type": "toast", "text": sentence, "tap": None, "alert": True})
            return
        if not await self.sessions.may_stay(session):
            return
        update = Update(NAME, f"{session.person_id}:{client_id}", session.chat.id, session.person_id, kind, text)
        try:
            inbox_id = await self.inbox.keep(update)
        except DiskFull:
            sentence = say(session.language, "errors.disk_full")
            await session.tell({"type": "not_kept", "id": client_id, "text": sentence})
            return
        await session.tell({"type": "kept", "id": client_id})
        if kind is InboxKind.MESSAGE:
            said = await self.database.read(lambda c: _said(Work(c, self.clock()), inbox_id))
            await self.sessions.show_said(session.chat.id, said)


def _session(work: Work, socket: web.WebSocketResponse, query: Any) -> Session:
    try:
        who = person_by_code(work, storable(query.get("person", "")))
    except LookupError:
        raise NotHere(_in_both("console.no_such_person")) from None
    if not who.is_active:
        raise NotHere(_in_both("errors.not_active"))
    chat_id = _chat_id(work, storable(query.get("chat", "me")), who.id)
    found = chat(work, chat_id) if chat_id else None
    if found is None or not _may_sit(work, found, who.id):
        raise NotHere(_in_both("console.not_in_this_chat", name=who.name))
    return Session(socket, who.id, found)


def _chat_id(work: Work, address: str, person_id: int) -> int | None:
    """The chat behind "me" or "group:CODE"."""
    if address == "me":
        known = (col(Account.channel) == NAME, col(Account.person_id) == person_id)
        mine = work.first(select(col(Account.chat_id)).where(*known))
        return mine[0] if mine else None
    group = (col(ChatRow.channel) == NAME, col(ChatRow.address) == address, col(ChatRow.kind) == ChatKind.GROUP)
    row = work.first(select(col(ChatRow.id)).where(*group))
    return row[0] if row else None


def _in_both(key: str, **facts: object) -> str:
    """A sentence for somebody whose language is not known."""
    return " · ".join(say(language, key, **facts) for language in LANGUAGES)


def _may_sit(work: Work, where: Chat, person_id: int) -> bool:
    return where.kind is ChatKind.PRIVATE or is_member(work, where.id, person_id)


def _said(work: Work, inbox_id: int) -> Said:
    columns = (col(getattr(InboxRow, name)) for name in Said.__slots__)
    row = work.connection.execute(select(*columns).where(col(InboxRow.id) == inbox_id)).one()
    return Said(*row)


def _name_of(host: str) -> str:
    """The name in a Host header, without its port: [::1]:8420 is ::1."""
    if host.startswith("["):
        return host[1:].partition("]")[0].lower()
    return host.partition(":")[0].lower()


def _on_this_machine(answer: Callable[[web.Request], Awaitable[web.Response]]) -> Any:
    """What is told under loopback's names alone: under the name it is opened to others there is no such page."""

    async def answered(request: web.Request) -> web.Response:
        if _name_of(request.host) not in LOOPBACK:
            raise web.HTTPNotFound
        return await answer(request)

    return answered


def _whole(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 18 else 0
