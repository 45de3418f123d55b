"""What waits to be delivered and what was given up, as rows: to look at, to send again, to give up by hand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from enum import Enum, auto
from typing import Any

from sqlalchemy import ColumnElement, Select, or_, select, text
from sqlmodel import col

from bot.limits import of_chat
from core.ground.work import Work
from data.kinds import OutboxKind, OutboxState
from data.tables.conversation import OUTBOX_OPEN, Bucket, Outbox
from data.tables.conversation import Chat as ChatRow

BY_HAND = "dropped by hand"
OUTBOX_DEAD = "outbox.state = 'dead'"


@dataclass(frozen=True, slots=True)
class Letter:
    """A message or a toast, on its way or given up. `title` is the chat's, which takes nothing since `gone_at`."""

    id: int
    chat_id: int
    kind: OutboxKind
    reply: str | None
    card_id: int | None
    state: OutboxState
    attempts: int
    repeated: int
    next_at: datetime
    lease_ends_at: datetime | None
    error: str | None
    created_at: datetime
    title_en: str
    gone_at: datetime | None


class Fate(Enum):
    """What came of a message that somebody wanted sent again, or given up."""

    AGAIN = auto()
    AGAIN_A_COPY = auto()
    AGAIN_WHEN_BACK = auto()
    DROPPED = auto()
    UNKNOWN = auto()
    NOT_DEAD = auto()
    A_TOAST = auto()
    UNDER_WAY = auto()
    NOT_WAITING = auto()


def waiting(work: Work, chat: str = "") -> list[tuple[Letter, str]]:
    """What is on its way and what holds it back: the chat that waits longest first, each in the order it goes out."""
    query = _letters(chat).where(text(f"outbox.{OUTBOX_OPEN}"))
    letters = work.records(Letter, query.order_by(col(Outbox.priority), col(Outbox.id)))
    closed = select(col(Bucket.name), col(Bucket.opens_at)).where(col(Bucket.opens_at) > work.now)
    opens_at = {row[0]: row[1] for row in work.all(closed)}
    heads: dict[int, int] = {}
    oldest: dict[int, datetime] = {}
    for letter in letters:
        oldest[letter.chat_id] = min(letter.created_at, oldest.get(letter.chat_id, letter.created_at))
        if letter.kind is OutboxKind.MESSAGE:
            heads.setdefault(letter.chat_id, letter.id)
    letters.sort(key=lambda letter: (oldest[letter.chat_id], letter.chat_id))
    return [
        (letter, _held_back(letter, work.now, heads.get(letter.chat_id), opens_at.get(of_chat(letter.chat_id))))
        for letter in letters
    ]


def dead(work: Work, chat: str = "") -> list[Letter]:
    """What was given up, the newest first; `error` says why."""
    return work.records(Letter, _letters(chat).where(text(OUTBOX_DEAD)).order_by(col(Outbox.id).desc()))


def resend(work: Work, ids: Sequence[int]) -> list[tuple[int, Fate]]:
    """Send these dead letters again, now; what came of each. Their age counts anew, by which delivery gives up.

    One that may have been seen before goes out marked as a copy. A toast is over: nobody waits for it any more.
    """
    return [(outbox_id, _resend(work, outbox_id)) for outbox_id in ids]


def resend_all(work: Work) -> list[tuple[int, Fate]]:
    """Send every dead letter again but the toasts, in the order in which they were written."""
    messages = [letter.id for letter in dead(work) if letter.kind is OutboxKind.MESSAGE]
    return resend(work, sorted(messages))


def drop(work: Work, outbox_id: int) -> Fate:
    """Give a message up. What stands behind it in its chat is free to go; what is being sent cannot be held back."""
    letter = _letter(work, outbox_id)
    if letter is None:
        return Fate.UNKNOWN
    if letter.state not in (OutboxState.PENDING, OutboxState.SENDING):
        return Fate.NOT_WAITING
    sending = letter.state is OutboxState.SENDING
    if sending and letter.lease_ends_at and letter.lease_ends_at > work.now:
        return Fate.UNDER_WAY
    # Nobody knows what came of a send that ended without a word: should it ever go out again, it is a copy.
    given_up = {"state": OutboxState.DEAD, "error": BY_HAND, "repeated": letter.repeated + int(sending)}
    changed = work.change(Outbox, *_as_seen(letter), **given_up, attempts=letter.attempts + 1, lease_ends_at=None)
    return Fate.DROPPED if changed else Fate.UNDER_WAY


def ago(span: timedelta) -> str:
    """How long something is, in the one or two units that matter: "45 s", "12 min", "3 h 5 min", "2 days"."""
    seconds = max(0, int(span.total_seconds()))
    if seconds < 60:
        return f"{seconds} s"
    hours, minutes = divmod(seconds // 60, 60)
    if hours == 0:
        return f"{minutes} min"
    if hours < 48:
        return f"{hours} h {minutes} min" if minutes else f"{hours} h"
    return f"{hours // 24} days"


def _resend(work: Work, outbox_id: int) -> Fate:
    letter = _letter(work, outbox_id)
    if letter is None:
        return Fate.UNKNOWN
    if letter.state is not OutboxState.DEAD:
        return Fate.NOT_DEAD
    if letter.kind is OutboxKind.TOAST:
        return Fate.A_TOAST
    anew = {"state": OutboxState.PENDING, "next_at": work.now, "created_at": work.now, "error": None}
    if not work.change(Outbox, *_as_seen(letter), **anew, lease_ends_at=None):
        return Fate.NOT_DEAD
    if letter.gone_at:
        return Fate.AGAIN_WHEN_BACK
    return Fate.AGAIN_A_COPY if letter.repeated else Fate.AGAIN


def _letter(work: Work, outbox_id: int) -> Letter | None:
    return work.record(Letter, _letters().where(col(Outbox.id) == outbox_id))


def _letters(chat: str = "") -> Select[*tuple[Any, ...]]:
    """The letters of the chats that are called something like this."""
    models = {"title_en": ChatRow, "gone_at": ChatRow}
    columns = (col(getattr(models.get(field.name, Outbox), field.name)) for field in fields(Letter))
    query = select(*columns).join(ChatRow, col(ChatRow.id) == col(Outbox.chat_id))
    names = (col(ChatRow.title_zh), col(ChatRow.title_en), col(ChatRow.address))
    return query.where(or_(*(name.icontains(chat, autoescape=True) for name in names))) if chat else query


def _as_seen(letter: Letter) -> tuple[ColumnElement[bool], ...]:
    """The row, unless somebody has taken or changed it since."""
    seen = (col(Outbox.state) == letter.state, col(Outbox.attempts) == letter.attempts)
    return (col(Outbox.id) == letter.id, *seen)


def _held_back(letter: Letter, now: datetime, head: int | None, opens_at: datetime | None) -> str:
    """The first thing that holds a letter back. `head` is the first message of its chat."""
    if letter.gone_at:
        return f"the chat has taken nothing for {ago(now - letter.gone_at)}"
    if letter.state is OutboxState.SENDING:
        return _in_doubt(letter, now)
    if letter.kind is OutboxKind.MESSAGE and letter.id != head:
        return f"goes after {head}"
    if opens_at:
        return f"the platform takes nothing for this chat for {ago(opens_at - now)} more"
    said = f"{letter.error}; " if letter.error else ""
    if letter.next_at <= now:
        return f"{said}goes now"
    return f"{said}{'tried again' if letter.attempts else 'goes'} in {ago(letter.next_at - now)}"


def _in_doubt(letter: Letter, now: datetime) -> str:
    left = letter.lease_ends_at - now if letter.lease_ends_at else timedelta()
    if left > timedelta() and not letter.error:
        return "is being sent"
    return f"nobody knows whether it was seen ({letter.error or 'its sender ended'}); once more in {ago(left)}, marked"
