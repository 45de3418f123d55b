"""Puts what is to be said into the outbox: messages, cards and toasts. Delivery takes it from there."""

from __future__ import annotations

from sqlalchemy import insert
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import col

from core.ground.work import Work
from data.kinds import OutboxKind, OutboxState, Priority
from data.statements import Statement, given
from data.tables.base import defaults_of, table_of
from data.tables.conversation import Outbox
from handlers.messages import Reply

_SAID = ("chat_id", "kind", "priority", "dedupe_key", "reply", "card_id", "answers_id", "trace")
_GIVEN = {name: given(name) for name in (*_SAID, "next_at", "created_at")}
_ROW = {**defaults_of(Outbox), **_GIVEN, "state": OutboxState.PENDING}
_PUT = Statement(insert(table_of(Outbox)).values(_ROW).returning(col(Outbox.id)))
_PUT_ONCE = Statement(
    sqlite.insert(table_of(Outbox)).values(_ROW).on_conflict_do_nothing(),
    on_postgresql=postgresql.insert(table_of(Outbox)).values(_ROW).on_conflict_do_nothing(),
)


def send(work: Work, chat_id: int, reply: Reply, *, key: str, priority: Priority = Priority.REPLY) -> int:
    """Say something in a chat. `key` names this message: the same key is never sent twice."""
    return _put(work, OutboxKind.MESSAGE, chat_id, key, reply=reply.to_json(), priority=priority)


def send_once(work: Work, chat_id: int, reply: Reply, *, key: str) -> None:
    """As `send`, unless it was put there before: for what a platform may bring to us again."""
    work.run(_PUT_ONCE, **_row(work, OutboxKind.MESSAGE, chat_id, key, reply=reply.to_json()))


def send_card(work: Work, chat_id: int, card_id: int) -> int:
    """Show a card in a chat for the first time. It is drawn when it is sent."""
    return _put(work, OutboxKind.MESSAGE, chat_id, f"card.{card_id}", card_id=card_id)


def send_toast(work: Work, chat_id: int, inbox_id: int, text: str) -> int:
    """Answer one tap with a short line."""
    reply = Reply((text,)).to_json()
    return _put(work, OutboxKind.TOAST, chat_id, f"toast.{inbox_id}", reply=reply, answers_id=inbox_id)


def _put(work: Work, kind: OutboxKind, chat_id: int, key: str, **columns: object) -> int:
    written = work.one(_PUT, **_row(work, kind, chat_id, key, **columns))
    assert written is not None  # an insert gives back its row, or raises
    return int(written[0] or 0)


def _row(work: Work, kind: OutboxKind, chat_id: int, key: str, **columns: object) -> dict[str, object]:
    said = {"reply": None, "card_id": None, "answers_id": None, "priority": Priority.REPLY, **columns}
    where = {"chat_id": chat_id, "kind": kind, "dedupe_key": key, "trace": work.trace}
    return {**said, **where, "next_at": work.now, "created_at": work.now}
