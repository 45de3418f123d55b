"""What a pane shows, as the plain values that the browser gets. The log is made of what was said and what was sent."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, or_, select
from sqlmodel import col

from core.ground.work import Clock, Work
from core.people.directory import everybody_ever
from data.columns import from_micros, to_micros
from data.engine import Database
from data.kinds import InboxKind, OutboxKind, OutboxState
from data.tables.conversation import Inbox, Outbox
from handlers.cards import Card, card
from handlers.faces import draw
from handlers.messages import Reply
from handlers.understand.names.lexicon import Lexicon

SLACK = timedelta(minutes=1)
LOOKS_BACK = timedelta(days=3)
AT_FIRST = 200
Item = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Said:
    """What somebody wrote, as its inbox row keeps it."""

    id: int
    person_id: int
    update_id: str
    text: str
    received_at: datetime


def said_item(said: Said, name: str, reader_id: int) -> Item:
    """A message of a person. Its writer's browser knows it again by the id that it gave it."""
    me = said.person_id == reader_id
    return {
        **_frame(f"i{said.id}", said.received_at, revision=1, lines=said.text.split("\n")),
        "from": "person",
        "me": me,
        "name": name,
        "client_id": said.update_id.partition(":")[2] if me else None,
    }


def reply_item(outbox_id: int, created_at: datetime, reply: Reply, shown: Card | None) -> Item:
    """A message of the bot, or a card as it was just drawn."""
    buttons = [{"label": one.label, "button": one.data, "style": one.style.value} for one in reply.buttons]
    return {
        **_frame(f"o{outbox_id}", created_at, shown.wanted_version if shown else 1, list(reply.lines)),
        "buttons": buttons,
        "tone": reply.tone.value,
        "card": shown is not None,
    }


def _frame(item_id: str, at: datetime, revision: int, lines: list[str]) -> Item:
    moment = at.isoformat().replace("+00:00", "Z")
    item = {"id": item_id, "order": to_micros(at), "revision": revision, "from": "bot", "me": False, "name": ""}
    rest = {"buttons": [], "tone": "plain", "card": False, "client_id": None}
    return {**item, "at": moment, "lines": lines, **rest}


async def catch_up(
    database: Database, clock: Clock, lexicon: Lexicon, chat_id: int, reader_id: int, after: int
) -> AsyncIterator[Item]:
    """Everything of a chat since `after` (microseconds; the last days for 0), and a little before it.

    The browser knows what it has by its id, so the overlap doubles nothing. A card comes as it stands now. At first
    only the newest `AT_FIRST` of each come.
    """
    since = from_micros(after) - SLACK if after else clock() - LOOKS_BACK
    said = select(*(col(getattr(Inbox, name)) for name in Said.__slots__)).where(
        col(Inbox.chat_id) == chat_id, col(Inbox.kind) == InboxKind.MESSAGE, col(Inbox.received_at) > since
    )
    names = await database.read(
        lambda connection: {one.id: one.name for one in everybody_ever(Work(connection, clock()))}
    )
    async for row in database.stream(said, col(Inbox.id), await _skipped(database, said, after)):
        found = Said(*row)
        yield said_item(found, names.get(found.person_id, ""), reader_id)
    sent = select(col(Outbox.id), col(Outbox.created_at), col(Outbox.reply), col(Outbox.card_id)).where(
        col(Outbox.chat_id) == chat_id,
        col(Outbox.kind) == OutboxKind.MESSAGE,
        # A row that is being sent may have been shown before this pane was open.
        or_(col(Outbox.sent_at) > since, col(Outbox.state) == OutboxState.SENDING),
    )
    async for outbox_id, created_at, reply, card_id in database.stream(
        sent, col(Outbox.id), await _skipped(database, sent, after)
    ):
        if card_id is None:
            yield reply_item(outbox_id, created_at, Reply.from_json(reply or ""), None)
        else:
            yield await card_item(database, clock, lexicon, outbox_id, created_at, card_id)


async def _skipped(database: Database, query: Select[*tuple[Any, ...]], after: int) -> int:
    """The id below which a first catch-up sends nothing; 0 where the browser only missed a while."""
    if after:
        return 0
    key = query.selected_columns[0]
    older = query.with_only_columns(key).order_by(key.desc()).offset(AT_FIRST).limit(1)
    return await database.read(lambda connection: connection.execute(older).scalar() or 0)


async def card_item(
    database: Database, clock: Clock, lexicon: Lexicon, outbox_id: int, created_at: datetime, card_id: int
) -> Item:
    """A card as it stands now."""

    def drawn(connection: Any) -> Item:
        work = Work(connection, clock())
        found = card(work, card_id)
        if found is None:
            raise LookupError(f"no card {card_id}")
        return reply_item(outbox_id, created_at, draw(work, found, lexicon.catalogue), found)

    return await database.read(drawn)


async def cards_now(database: Database, clock: Clock, lexicon: Lexicon, chat_id: int) -> list[Item]:
    """The cards of a chat that were sent, as they stand now: a card from long ago may have moved on meanwhile."""
    sent = select(col(Outbox.id), col(Outbox.created_at), col(Outbox.card_id)).where(
        col(Outbox.chat_id) == chat_id,
        col(Outbox.card_id).is_not(None),
        col(Outbox.state) == OutboxState.SENT,
        col(Outbox.sent_at) > clock() - LOOKS_BACK,
    )
    rows = [tuple(row) async for row in database.stream(sent, col(Outbox.id))]
    return [await card_item(database, clock, lexicon, *row) for row in rows]
