"""Puts what is to be said into the outbox: messages, cards and toasts. Delivery takes it from there."""

from __future__ import annotations

from core.ground.work import Work
from data.kinds import OutboxKind, OutboxState, Priority
from data.tables.conversation import Outbox
from handlers.messages import Reply


def send(work: Work, chat_id: int, reply: Reply, *, key: str, priority: Priority = Priority.REPLY) -> int:
    """Say something in a chat. `key` names this message: the same key is never sent twice."""
    return _put(work, OutboxKind.MESSAGE, chat_id, key, reply=reply.to_json(), priority=priority)


def send_card(work: Work, chat_id: int, card_id: int) -> int:
    """Show a card in a chat for the first time. It is drawn when it is sent."""
    return _put(work, OutboxKind.MESSAGE, chat_id, f"card.{card_id}", card_id=card_id)


def send_toast(work: Work, chat_id: int, inbox_id: int, text: str) -> int:
    """Answer one tap with a short line."""
    reply = Reply((text,)).to_json()
    return _put(work, OutboxKind.TOAST, chat_id, f"toast.{inbox_id}", reply=reply, answers_id=inbox_id)


def _put(work: Work, kind: OutboxKind, chat_id: int, key: str, **columns: object) -> int:
    row = {"state": OutboxState.PENDING, "next_at": work.now, "created_at": work.now, "trace": work.trace}
    return work.add(Outbox, chat_id=chat_id, kind=kind, dedupe_key=key, **row, **columns)
