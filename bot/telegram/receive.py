"""Takes updates in: each becomes its inbox row, or changes who and where, before the platform may forget it.

What has no row of ours to stand in, a sentence to a stranger, is said on the side and kept nowhere.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import structlog
from sqlalchemy import Connection
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError
from telegram import Bot, User
from telegram import Update as Sent
from telegram.error import TelegramError

from bot.inbox import Arrived, Inbox, Update, arrive
from bot.telegram import rows
from bot.telegram.addresses import NAME, Address, update_key
from bot.telegram.meanings import (
    CameAndWent,
    LetIn,
    Meaning,
    Moved,
    Said,
    ShutOut,
    Started,
    Tapped,
    Welcomed,
    language_of,
    meaning,
)
from core.ground.work import Clock, Work
from data.disk import Unavailable
from data.engine import Database
from data.kinds import InboxKind
from handlers.chats import Chat, account
from handlers.joining import Room, Visitor, connect, is_expected, join
from handlers.messages import Reply
from handlers.outgoing import send_once
from handlers.reach import gone
from handlers.say import say

SILENCE = timedelta(minutes=10)
"""How long a stranger is not told the same again."""
MOST_STRANGERS = 1000
log = structlog.get_logger("telegram")


class NotReady(Exception):
    """The bot does not know its own name yet, by which groups address it."""


@dataclass(frozen=True, slots=True)
class Aside:
    """A sentence to be said on the side: in a chat, or as the answer to a tap."""

    text: str
    where: Address | None = None
    query_id: str = ""
    once_for: int | None = None


class Receiver:
    """Takes updates from wherever they come in."""

    def __init__(
        self,
        bot: Bot,
        inbox: Inbox,
        database: Database,
        clock: Clock,
        woken: Callable[[], None] = lambda: None,
    ) -> None:
        """`woken` is called when something was put into the outbox here."""
        self.bot, self.inbox, self.database, self.clock = bot, inbox, database, clock
        self.woken = woken
        self.me: User | None = None
        self._told: OrderedDict[tuple[int, str], datetime] = OrderedDict()
        self._asides: set[asyncio.Task[None]] = set()

    async def take(self, updates: Sequence[Mapping[str, Any]]) -> None:
        """Keep these updates, in their order. Once this returns, the platform may be told so.

        Raises Unavailable, DBAPIError or NotReady where they could not be kept, and then none of them was.
        """
        me = self._known_me()
        meant = [found for update in updates if (found := self._read(update, me))]
        try:
            outcomes = await self.database.write(lambda c: [one for found in meant for one in self._keep(c, *found)])
        except Exception as error:
            if _comes_again(error):
                raise
            log.exception("updates were not kept together", count=len(meant))
            outcomes = await self._take_singly(meant)
        for one in outcomes:
            if isinstance(one, Aside):
                self._say_aside(one)
            else:
                self.inbox.begin(one)
        if any(not isinstance(found, Said | Tapped) for _, found in meant):
            self.woken()

    async def close(self) -> None:
        """Let what is being said on the side end."""
        if self._asides:
            await asyncio.wait(self._asides, timeout=5)

    async def _take_singly(self, meant: Sequence[tuple[int, Meaning]]) -> list[Aside | Arrived]:
        """One after the other, so that an update that cannot be kept at all holds up no other."""
        outcomes: list[Aside | Arrived] = []
        for update_id, found in meant:
            try:
                outcomes += await self.database.write(partial(self._keep, update_id=update_id, found=found))
            except Exception as error:
                if _comes_again(error):
                    raise
                log.exception("an update was left out", update_id=update_id)
        return outcomes

    def _read(self, update: Mapping[str, Any], me: User) -> tuple[int, Meaning] | None:
        """An update's number and meaning. One that cannot be read will never be, so it is left out."""
        try:
            sent = Sent.de_json(dict(update), self.bot)
            found = meaning(sent, me)
        except Exception:
            log.exception("an update could not be read", update_id=update.get("update_id"))
            return None
        return (sent.update_id, found) if found else None

    def _known_me(self) -> User:
        if self.me is None:
            raise NotReady("the platform has not said yet who the bot is")
        return self.me

    def _keep(self, connection: Connection, update_id: int, found: Meaning) -> Sequence[Aside | Arrived]:
        work, room = Work(connection, self.clock()), self.inbox.lanes.has_room
        match found:
            case Said():
                return _keep_said(work, self._known_me().id, update_id, found, take=room)
            case Tapped():
                return _keep_tap(work, self._known_me().id, update_id, found, take=room)
            case Started():
                return self._let_in(work, update_id, found)
            case Moved():
                rows.move(work, found.old, found.new)
            case CameAndWent():
                _keep_members(work, found)
            case Welcomed():
                return self._greet(work, update_id, found)
            case ShutOut():
                if where := rows.chat_at(work, found.where):
                    gone(work, where)
            case LetIn():
                rows.here_again(work, found.where)
        return []

    def _let_in(self, work: Work, update_id: int, found: Started) -> list[Aside]:
        """Take an invite. Whoever has a chat with us is answered there; a group is greeted, once it is connected."""
        user, me = found.user, self._known_me()
        visitor = Visitor(NAME, str(user.id), user.full_name, language_of(user))
        invite = (found.code, self.inbox.lexicon().catalogue)
        key = update_key(me.id, update_id)
        if found.group is None:
            refused = join(work, visitor, *invite, key=key)
            return [Aside(refused, found.where, once_for=user.id)] if refused else []
        connected = connect(work, visitor, Room(NAME, str(found.where), found.group), *invite, key=key)
        if isinstance(connected, str):
            return [Aside(connected, found.where, once_for=found.where.chat_id)]
        hello = say(connected.language, _hello(me), name=me.username)
        send_once(work, connected.chat_id, Reply((connected.line, hello)), key=f"hello.{key}")
        return []

    def _greet(self, work: Work, update_id: int, found: Welcomed) -> list[Aside]:
        """Say in a group of ours what the bot hears there. A group of nobody's is told so."""
        where, me = rows.chat_at(work, found.where), self._known_me()
        if where is None:
            if is_expected(work, NAME, str(found.user.id)):
                return []  # a moment later their app says the code, and that is answered
            sentence = say(language_of(found.user), "telegram.strange_group")
            return [Aside(sentence, found.where, once_for=found.where.chat_id)]
        rows.here_again(work, found.where)
        rows.seen_in(work, found.where, found.user.id)
        hello = say(where.language, _hello(me), name=me.username)
        send_once(work, where.id, Reply((hello,)), key=f"hello.{update_key(me.id, update_id)}")
        return []

    def _say_aside(self, aside: Aside) -> None:
        if aside.once_for is not None and not self._may_tell((aside.once_for, aside.text)):
            return
        task = asyncio.create_task(self._speak(aside))
        self._asides.add(task)
        task.add_done_callback(self._asides.discard)

    def _may_tell(self, what: tuple[int, str]) -> bool:
        """Whether somebody without a row was not told this lately. A courtesy: forgetting it costs one sentence."""
        now, last = self.clock(), self._told.get(what)
        if last is not None and now - last < SILENCE:
            return False
        self._told[what] = now
        self._told.move_to_end(what)
        if len(self._told) > MOST_STRANGERS:
            self._told.popitem(last=False)
        return True

    async def _speak(self, aside: Aside) -> None:
        try:
            if aside.query_id:
                await self.bot.answer_callback_query(aside.query_id, aside.text)
            elif aside.where:
                await self.bot.send_message(aside.where.chat_id, aside.text, message_thread_id=aside.where.topic)
        except TelegramError as error:
            log.warning("a sentence on the side was not said", reason=error.message)


def _comes_again(error: Exception) -> bool:
    """Whether an update was not kept for want of a database that takes it, and not for what is in it."""
    for_what_is_in_it = isinstance(error, IntegrityError | DataError)
    return isinstance(error, Unavailable) or (isinstance(error, DBAPIError) and not for_what_is_in_it)


def _hello(me: User) -> str:
    """The sentence that says what the bot hears in a group."""
    return "telegram.hello_group_all" if me.can_read_all_group_messages else "telegram.hello_group"


def _keep_said(work: Work, bot_id: int, update_id: int, found: Said, *, take: bool) -> list[Aside | Arrived]:
    known, language = account(work, NAME, str(found.user.id)), language_of(found.user)
    where = _where(work, found.where, known, in_group=found.in_group)
    if found.in_group and where is None:
        return [Aside(say(language, "telegram.strange_group"), found.where, once_for=found.where.chat_id)]
    if known is None or where is None:
        return [Aside(say(language, "telegram.stranger"), found.where, once_for=found.user.id)]
    if found.in_group:
        rows.seen_in(work, found.where, found.user.id)
    update = Update(NAME, update_key(bot_id, update_id), where, known[0], InboxKind.MESSAGE, found.text)
    return [arrive(work, update, take=take)]


def _keep_tap(work: Work, bot_id: int, update_id: int, found: Tapped, *, take: bool) -> list[Aside | Arrived]:
    """Keep a tap. Whoever tapped is answered in any case, since their app shows that it waits."""
    known, language = account(work, NAME, str(found.user.id)), language_of(found.user)
    if known is None:
        return [Aside(say(language, "telegram.stranger_tap"), query_id=found.query_id)]
    where = _where(work, found.where, known, in_group=found.in_group, data=found.data) if found.where else None
    if where is None:
        return [Aside(say(language, "taps.not_here"), query_id=found.query_id)]
    if found.message:
        rows.seen(work, where, found.data, found.message)
    key = update_key(bot_id, update_id, found.query_id)
    update = Update(NAME, key, where, known[0], InboxKind.TAP, found.data)
    return [arrive(work, update, take=take)]


def _where(work: Work, where: Address, known: tuple[int, int] | None, *, in_group: bool, data: str = "") -> int | None:
    """The id of the chat: a known person's own one, or the group's."""
    if not in_group:
        return known[1] if known else None
    found: Chat | None = rows.chat_of_tap(work, where, data)
    return found.id if found else None


def _keep_members(work: Work, found: CameAndWent) -> None:
    for user_id in found.came:
        rows.seen_in(work, found.where, user_id)
    if found.went is not None:
        rows.left(work, found.where, found.went)
