"""Brings what is due to its chats: toasts, cards drawn anew, messages; each chat in its own lane and in order.

Edits are never queued: a lagging card is drawn as it stands at that moment. What a row goes through is in `sending.py`.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Protocol
from uuid import uuid4

import structlog
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError
from structlog.contextvars import bound_contextvars

from bot.due import MOST_AT_ONCE, MOST_CARDS, Due, Tapped, chats_with_work, lagging_cards, rows_to_send, tapped
from bot.lanes import Lanes
from bot.limits import Limits, opens
from bot.logs import following
from bot.sending import (
    LEASE,
    Rest,
    bury,
    claim,
    claim_redraw,
    in_doubt,
    not_drawn,
    put_back,
    redraw_later,
    redrawn,
    sent,
)
from core.ground.work import Clock, Work
from data.disk import Unavailable
from data.engine import Database
from data.kinds import OutboxKind
from handlers.cards import Card, card
from handlers.chats import Chat, chat
from handlers.faces import draw
from handlers.messages import Reply
from handlers.reach import gone
from handlers.understand.names.lexicon import Lexicon

log = structlog.get_logger("delivery")


class NotSent(Exception):
    """The platform did not take it and nobody saw it: try again later. `seconds` is how long it asks to wait."""

    def __init__(self, why: str = "", seconds: float | None = None) -> None:
        super().__init__(why, seconds)
        self.why, self.seconds = why, seconds


class Unanswered(Exception):
    """The call went out and no answer came: it may have been carried out."""


class Refused(Exception):
    """The platform will never take this message, whatever the chat takes."""


class Gone(Exception):
    """This chat takes nothing any more: the bot was blocked, or put out."""


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One message to hand to a channel: its outbox row, what it shows, and whether it may have been sent before."""

    id: int
    reply: Reply
    card: Card | None
    repeated: bool
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Piece:
    """One thing to do in a chat: an outbox row to send (`due`), or else a card to redraw, as it looks now.

    `failed`: it could not be drawn. `tap` is what a toast answers.
    """

    reply: Reply
    due: Due | None = None
    card: Card | None = None
    tap: Tapped | None = None
    failed: Exception | None = None


@dataclass(frozen=True, slots=True)
class Seen:
    """What a look at a chat found to be due, and whether that is all. `rests_until`: there is room again then."""

    where: Chat
    pieces: list[Piece]
    is_all: bool = True
    rests_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Begun:
    """A message that was claimed in the transaction that put it there, when, and whether there is more for its chat."""

    where: Chat
    piece: Piece
    due: Due
    at: datetime
    is_all: bool


class Channel(Protocol):
    """What delivery asks of a channel. Any error but NotSent, Refused and Gone leaves open whether it was seen.

    `knows_copies`: the channel shows a message of the same outbox row once, however often it is sent.
    """

    knows_copies: bool
    limits: Limits

    async def send(self, where: Chat, message: Outgoing) -> str:
        """Show a new message; the platform's id for it."""
        ...

    async def redraw(self, where: Chat, card: Card, reply: Reply) -> None:
        """Show a card anew, in its place."""
        ...

    async def toast(self, where: Chat, tap: Tapped, reply: Reply) -> None:
        """Answer one tap with a short line."""
        ...


class Delivery:
    """Delivers what is due."""

    def __init__(
        self, database: Database, clock: Clock, lexicon: Callable[[], Lexicon], channels: Mapping[str, Channel]
    ) -> None:
        """`channels` by name. Nothing runs before `lanes` do."""
        self.database, self.clock, self.lexicon, self.channels = database, clock, lexicon, channels
        self.owner = uuid4().hex
        self.lanes = Lanes("delivery", self._waiting, self._serve)
        self._resting: dict[int, datetime] = {}
        self._begun: dict[int, Begun] = {}

    def claim_next(self, work: Work, chat_id: int) -> Begun | None:
        """Claim what a chat gets next, in the caller's transaction: for whoever has just put it there.

        None where it would not go out at once, or has to be drawn first: then it is found as everything is.
        """
        if chat_id in self._resting or not self.lanes.is_free(chat_id):
            return None
        toasts, messages = rows_to_send(work, chat_id)
        where = chat(work, chat_id)
        channel = self.channels.get(where.channel)
        if toasts or not messages or messages[0].card_id is not None or channel is None:
            return None
        if lagging_cards(work, chat_id):  # which go before it
            return None
        piece = self._sendable(work, messages[0])
        if piece.failed:
            return None
        due = claim(work, where, messages[0], self.owner, channel.limits, channel.knows_copies)
        return Begun(where, piece, due, work.now, is_all=len(messages) == 1) if isinstance(due, Due) else None

    def go_on(self, chat_id: int, begun: Begun | None) -> bool:
        """Deliver what a chat has, beginning with what was begun; False where there is no room at the moment."""
        if begun:
            self._begun[chat_id] = begun
        return self.lanes.start(chat_id)

    async def end(self) -> None:
        """Put back what was begun and found no room before the lanes ended: nobody has seen it."""
        with suppress(Unavailable):
            for chat_id in list(self._begun):
                await self._note(_put_back(self._begun.pop(chat_id)))

    async def _waiting(self) -> list[int]:
        now = self.clock()
        self._resting = {chat_id: until for chat_id, until in self._resting.items() if until > now}
        found = await self.database.read(lambda c: chats_with_work(self._work(c), self.channels.keys(), self._resting))
        return [*self._begun, *found]

    async def _serve(self, chat_id: int) -> None:
        """Do what is due in a chat, one piece after the other, up to the first that does not go out."""
        if begun := self._begun.pop(chat_id, None):
            with following(begun.due.trace), bound_contextvars(outbox_id=begun.due.id, chat_id=chat_id):
                went = await self._go_on_with(begun)
            if begun.is_all or not went:
                return
        resting = chat_id in self._resting
        seen = await self.database.read(lambda connection: self._look(connection, chat_id, resting))
        if seen.rests_until:
            self._rest(chat_id, seen.rests_until)
        for piece in seen.pieces:
            about = {"outbox_id": piece.due.id} if piece.due else {"card_id": piece.card.id if piece.card else None}
            with following(piece.due.trace if piece.due else None), bound_contextvars(**about, chat_id=chat_id):
                if not await self._do(seen.where, piece):
                    return
        if not seen.is_all:
            self.lanes.start(chat_id)

    async def _do(self, where: Chat, piece: Piece) -> bool:
        """Do one piece; whether what stands behind it may go out."""
        if piece.failed:
            return await self._put_off(where, piece, piece.failed)
        if piece.due:
            return await self._send(where, piece, piece.due)
        return piece.card is not None and await self._redraw(where, piece.card, piece.reply)

    async def _put_off(self, where: Chat, piece: Piece, failed: Exception) -> bool:
        """Try later what could not be drawn, and was surely not seen. A redraw holds up no message."""
        log.error("not drawn", exc_info=failed)
        if piece.due:
            await self._note(partial(not_drawn, where=where, due=piece.due, why=f"not drawn: {type(failed).__name__}"))
        elif piece.card:
            await self._note(partial(redraw_later, where=where, lagging=piece.card))
        return piece.due is None

    async def _send(self, where: Chat, piece: Piece, due: Due) -> bool:
        """Claim, show, and write down what came of it."""
        channel = self.channels[where.channel]
        rules = (self.owner, channel.limits, channel.knows_copies)
        taken = await self.database.write(lambda connection: claim(self._work(connection), where, due, *rules))
        if isinstance(taken, Rest):
            self._rest(due.chat_id, taken.until)
        if not isinstance(taken, Due):
            return due.kind is OutboxKind.TOAST  # which holds up nothing
        return await self._hand_over(where, piece, taken) or due.kind is OutboxKind.TOAST

    async def _go_on_with(self, begun: Begun) -> bool:
        """Hand over what was begun, unless it had to wait so long that its lease may end meanwhile; whether it went."""
        if self.clock() - begun.at < LEASE / 2:
            return await self._hand_over(begun.where, begun.piece, begun.due)
        await self._note(_put_back(begun))
        return False

    async def _hand_over(self, where: Chat, piece: Piece, due: Due) -> bool:
        """Show what is claimed, and write down what came of it; whether it went out."""
        note = await self._shown(self.channels[where.channel], where, due, piece)
        await self._note(note)
        return note.func is sent

    async def _shown(self, channel: Channel, where: Chat, due: Due, piece: Piece) -> partial[None]:
        """Show a message that is claimed; what is to be written down about it."""
        try:
            message_id = await _show(channel, where, due, piece)
        except NotSent as error:
            log.info("put back", why=error.why, seconds=error.seconds, attempts=due.attempts)
            return partial(put_back, where=where, due=due, why=error.why, seconds=error.seconds)
        except Refused as error:
            log.warning("dead", why=str(error), attempts=due.attempts)
            return partial(bury, due=due, why=str(error))
        except Gone as error:
            log.warning("the chat takes nothing any more", why=str(error))
            return partial(_gone, where=where, waits=partial(put_back, where=where, due=due, why=str(error)))
        except Unanswered as error:
            log.warning("not certain", why=str(error), attempts=due.attempts)
            return partial(in_doubt, due=due, why=str(error))
        except Exception as error:
            log.exception("not certain", attempts=due.attempts)
            return partial(in_doubt, due=due, why=f"{type(error).__name__}: {error}")
        log.info("sent", kind=due.kind.value, repeated=bool(due.repeated), attempts=due.attempts)
        shown = fingerprint(piece.reply)
        return partial(sent, due=due, owner=self.owner, message_id=message_id, card=piece.card, shown=shown)

    async def _redraw(self, where: Chat, lagging: Card, reply: Reply) -> bool:
        """Show a card as it stands now, unless that is what it shows; whether the chat's limits let it."""
        channel, shown = self.channels[where.channel], fingerprint(reply)
        if shown == lagging.shown:
            await self._note(partial(redrawn, drawn=lagging, shown=shown))
            return True
        limits = channel.limits
        taken = await self.database.write(lambda c: claim_redraw(self._work(c), where, lagging, limits))
        if isinstance(taken, Rest):
            self._rest(where.id, taken.until)
            return False
        if taken:
            await self._note(await self._drawn_anew(channel, where, lagging, reply))
        return True

    async def _drawn_anew(self, channel: Channel, where: Chat, card: Card, reply: Reply) -> Callable[[Work], None]:
        """Redraw a card whose turn was taken; what is to be written down about it."""
        try:
            await channel.redraw(where, card, reply)
        except NotSent as error:
            log.info("not redrawn", why=error.why, seconds=error.seconds)
            return partial(redraw_later, where=where, lagging=card, seconds=error.seconds)
        except Refused as error:
            log.warning("never to be redrawn", why=str(error))
        except Gone as error:
            log.warning("the chat takes nothing any more", why=str(error))
            return partial(_gone, where=where, waits=partial(redraw_later, where=where, lagging=card))
        except Exception:  # an edit may be made twice, so it is simply made again
            log.exception("not redrawn")
            return partial(redraw_later, where=where, lagging=card)
        else:
            log.info("redrawn")
        return partial(redrawn, drawn=card, shown=fingerprint(reply))

    async def _note(self, job: Callable[[Work], None]) -> None:
        """Write down what came of a message, again and again where that fails: what is forgotten is shown twice."""
        while True:
            try:
                await self.database.write(lambda connection: job(self._work(connection)))
                return
            except Unavailable:
                if not await self.lanes.pause():
                    raise

    def _rest(self, chat_id: int, until: datetime) -> None:
        """Leave a chat alone until its limits let something through, and look again then.

        It ends by the time that passes, too: a clock may be put back meanwhile.
        """
        self._resting[chat_id] = until
        seconds = max(0.0, (until - self.clock()).total_seconds())
        asyncio.get_running_loop().call_later(seconds, self._rested, chat_id)

    def _rested(self, chat_id: int) -> None:
        self._resting.pop(chat_id, None)
        self.lanes.wake()

    def _look(self, connection: Connection, chat_id: int, resting: bool) -> Seen:
        """What is due in a chat, in its order. Nothing is drawn that would not go out now, for there is no room."""
        work = self._work(connection)
        where, (toasts, messages) = chat(work, chat_id), rows_to_send(work, chat_id)
        found = [self._sendable(work, due) for due in toasts]
        if resting or where.channel not in self.channels:
            return Seen(where, found)
        if until := opens(work, where, self.channels[where.channel].limits):
            return Seen(where, found, rests_until=until)
        lagging = lagging_cards(work, chat_id)
        messages = messages if len(lagging) < MOST_CARDS else []  # they come behind all of these
        first = [one for one in lagging if not one.folded]
        found += [self._drawn(work, one) for one in first]
        found += [self._sendable(work, due) for due in messages]
        found += [self._drawn(work, one) for one in lagging[len(first) :]]
        return Seen(where, found, is_all=len(lagging) < MOST_CARDS and len(messages) < MOST_AT_ONCE)

    def _sendable(self, work: Work, due: Due) -> Piece:
        if due.card_id is not None and (shows := card(work, due.card_id)):
            return self._drawn(work, shows, due)
        tap = tapped(work, due.answers_id) if due.kind is OutboxKind.TOAST else None
        try:
            return Piece(Reply.from_json(due.reply or ""), due, tap=tap)
        except (ValueError, LookupError, TypeError) as error:  # another version of us wrote it
            return Piece(Reply(()), due, failed=error)

    def _drawn(self, work: Work, shows: Card, due: Due | None = None) -> Piece:
        try:
            return Piece(draw(work, shows, self.lexicon().catalogue), due, shows)
        except DBAPIError:
            raise
        except Exception as error:  # noqa: BLE001 - it is logged where the message is known
            return Piece(Reply(()), due, shows, failed=error)

    def _work(self, connection: Connection) -> Work:
        return Work(connection, self.clock())


async def _show(channel: Channel, where: Chat, due: Due, piece: Piece) -> str | None:
    if due.kind is OutboxKind.TOAST:
        if piece.tap:
            await channel.toast(where, piece.tap, piece.reply)
        return None
    return await channel.send(where, Outgoing(due.id, piece.reply, piece.card, bool(due.repeated), due.created_at))


def _put_back(begun: Begun) -> Callable[[Work], None]:
    return partial(put_back, where=begun.where, due=begun.due, why="there was no room to send it")


def _gone(work: Work, where: Chat, waits: Callable[[Work], None]) -> None:
    """What is for a chat that takes nothing waits until it is back, and somebody is told."""
    gone(work, where)
    waits(work)


def fingerprint(reply: Reply) -> str:
    """What tells one look of a card from another."""
    return hashlib.sha256(reply.to_json().encode()).hexdigest()[:32]
