"""Whose turn it is: the chats that have something to deliver, and what that is, in its order.

In a chat a toast goes before a redraw, and a redraw before a message; messages go by priority, then as they were said.
A card that is folded comes last of all: nothing can be done with it.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from itertools import takewhile
from operator import itemgetter

from sqlalchemy import ColumnElement, and_, or_, select, text, tuple_
from sqlalchemy.orm import aliased
from sqlmodel import col

from core.ground.work import Work, picked
from data.kinds import OutboxKind, OutboxState, Priority
from data.statements import Statement, given
from data.tables.conversation import OUTBOX_OPEN, Inbox, Outbox
from data.tables.conversation import Card as CardRow
from data.tables.conversation import Chat as ChatRow
from handlers.cards import Card

MOST_AT_ONCE = 8
MOST_CARDS = 5
"""More redraws no platform takes in a chat at once, and drawing is what costs."""


@dataclass(frozen=True, slots=True)
class Due:
    """An outbox row whose turn it is."""

    id: int
    chat_id: int
    kind: OutboxKind
    priority: Priority
    reply: str | None
    card_id: int | None
    answers_id: int | None
    state: OutboxState
    attempts: int
    repeated: int
    created_at: datetime
    trace: str | None


@dataclass(frozen=True, slots=True)
class Tapped:
    """The tap that a toast answers: its update as the channel numbers it, and who tapped."""

    update_id: str
    person_id: int


IS_DUE: ColumnElement[bool] = or_(
    and_(col(Outbox.state) == OutboxState.PENDING, col(Outbox.next_at) <= given("now")),
    and_(col(Outbox.state) == OutboxState.SENDING, col(Outbox.lease_ends_at) <= given("now")),
)
LAGS: ColumnElement[bool] = and_(
    text("card.shown_version < card.wanted_version and card.message_id is not null"),  # as the partial index says it
    or_(col(CardRow.redraw_at).is_(None), col(CardRow.redraw_at) <= given("now")),
)


def _stands_behind_another() -> ColumnElement[bool]:
    """Whether a message that is still on its way stands before this one in its chat."""
    earlier = aliased(Outbox, name="earlier")
    before = tuple_(col(earlier.priority), col(earlier.id)) < tuple_(col(Outbox.priority), col(Outbox.id))
    same = (col(earlier.chat_id) == col(Outbox.chat_id), text("earlier.kind = 'message'"))
    return select(col(earlier.id)).where(text(f"earlier.{OUTBOX_OPEN}"), *same, before).exists()


_OPEN, _IS_TOAST = text(f"outbox.{OUTBOX_OPEN}"), text("outbox.kind = 'toast'")
_CHATS_TO_SEND = Statement(
    select(col(Outbox.chat_id), col(Outbox.kind), col(ChatRow.channel))
    .join(ChatRow, col(ChatRow.id) == col(Outbox.chat_id))
    .where(_OPEN, col(ChatRow.gone_at).is_(None), IS_DUE, or_(_IS_TOAST, ~_stands_behind_another()))
    .order_by(col(Outbox.priority), col(Outbox.id))
)
_CHATS_TO_REDRAW = Statement(
    select(col(CardRow.chat_id), col(ChatRow.channel))
    .join(ChatRow, col(ChatRow.id) == col(CardRow.chat_id))
    .where(LAGS, col(ChatRow.gone_at).is_(None))
    .order_by(col(CardRow.id))
)
_OF_THE_CHAT = col(CardRow.chat_id) + 0 == given("chat_id")  # a sum, or all cards of the chat are read, not the lagging
_LAGGING = Statement(
    picked(CardRow, Card).where(LAGS, _OF_THE_CHAT).order_by(col(CardRow.folded), col(CardRow.id)).limit(MOST_CARDS)
)
# In the order of the partial index, or SQLite would rather read all that the chat ever had.
_OPEN_HERE = (
    picked(Outbox, Due)
    .add_columns(IS_DUE)
    .where(_OPEN, col(Outbox.chat_id) == given("chat_id"))
    .order_by(col(Outbox.priority), col(Outbox.id))
    .limit(MOST_AT_ONCE)
)
_TOASTS = Statement(_OPEN_HERE.where(_IS_TOAST, IS_DUE))
_MESSAGES = Statement(_OPEN_HERE.where(text("outbox.kind = 'message'")))
_TAPPED = Statement(select(col(Inbox.update_id), col(Inbox.person_id)).where(col(Inbox.id) == given("id")))


def chats_with_work(work: Work, channels: Collection[str], resting: Collection[int]) -> list[int]:
    """Chats with a toast, a first message or a card that is due: the urgent before the others, then the oldest.

    A first message that has to wait holds the others of its chat back. Of a resting chat only toasts are due, of one
    that takes nothing any more nothing is.
    """
    cards = [(chat_id, OutboxKind.MESSAGE, channel) for chat_id, channel in work.rows(_CHATS_TO_REDRAW, now=work.now)]
    found = [*cards, *work.rows(_CHATS_TO_SEND, now=work.now)]
    here = (row for row in found if row[2] in channels and (row[1] is OutboxKind.TOAST or row[0] not in resting))
    return list(dict.fromkeys(row[0] for row in here))


def rows_to_send(work: Work, chat_id: int) -> tuple[list[Due], list[Due]]:
    """What a chat has to send: the toasts that are due, and the first messages up to one that is not due yet."""
    toasts = [Due(*columns) for *columns, _ in work.rows(_TOASTS, chat_id=chat_id, now=work.now)]
    messages = takewhile(itemgetter(-1), work.rows(_MESSAGES, chat_id=chat_id, now=work.now))
    return toasts, [Due(*columns) for *columns, _ in messages]


def lagging_cards(work: Work, chat_id: int) -> list[Card]:
    """The first cards of a chat that are to be drawn anew: the oldest first, and folded ones behind the others."""
    return [Card(*row) for row in work.rows(_LAGGING, chat_id=chat_id, now=work.now)]


def tapped(work: Work, inbox_id: int | None) -> Tapped | None:
    """The tap of an inbox row."""
    row = work.one(_TAPPED, id=inbox_id) if inbox_id else None
    return Tapped(*row) if row else None
