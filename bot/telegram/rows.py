"""Reads and writes rows as only this channel needs it: who writes and where, groups that move, cards that vanish."""

from __future__ import annotations

from dataclasses import asdict

from sqlalchemy import or_, select
from sqlmodel import col

from bot.telegram.addresses import NAME, Address, MessageId
from core.ground.work import Work, picked
from data.kinds import ChatKind, OutboxKind, OutboxState
from data.statements import Statement, given
from data.tables.conversation import Card as CardRow
from data.tables.conversation import Chat as ChatRow
from data.tables.conversation import ChatMember, Outbox
from handlers.cards import Card, card, tapped, want_redraw_of_open
from handlers.chats import Chat, account
from handlers.reach import back

_CHAT = Statement(picked(ChatRow, Chat).where(col(ChatRow.channel) == NAME, col(ChatRow.address) == given("address")))


def chat_at(work: Work, where: Address) -> Chat | None:
    """The chat of an address. A topic of a known group gets its row when somebody first speaks there."""
    found = _chat(work, where)
    if found is not None or where.topic is None:
        return found
    group = _chat(work, Address(where.chat_id))
    if group is None:
        return None
    # What the group hears of is told in the group, not in each of its topics again.
    topic = asdict(group) | {"address": str(where), "hears": None}
    del topic["id"]
    work.add_if_missing(ChatRow, **topic)
    return _chat(work, where)


def chat_of_tap(work: Work, where: Address, data: str) -> Chat | None:
    """The chat of a tapped card, if that is here; else the chat of the tap.

    A card of a topic that was closed stands elsewhere in its group, and of an old message no topic is said.
    """
    tap = tapped(data)
    if tap is not None:
        query = picked(ChatRow, Chat).join(CardRow, col(CardRow.chat_id) == col(ChatRow.id))
        found = work.record(Chat, query.where(col(CardRow.id) == tap.card_id, col(ChatRow.channel) == NAME))
        if found is not None and Address.of(found.address).chat_id == where.chat_id:
            return found
    return chat_at(work, where)


def move(work: Work, old: int, new: int) -> bool:
    """A group has another id from now on; whether there was one to move.

    Its old messages stay behind, unreachable: the cards with which something can still be done are drawn anew.
    """
    group = _chat(work, Address(old))
    if group is None or _chat(work, Address(new)) is not None:
        return False
    if work.change(ChatRow, col(ChatRow.id) == group.id, col(ChatRow.address) == str(old), address=str(new)) != 1:
        return False
    want_redraw_of_open(work, group.id)
    return True


def here_again(work: Work, group: Address) -> None:
    """A group takes messages again, and so do its topics."""
    topic = col(ChatRow.address).startswith(f"{group.chat_id}/", autoescape=True)
    own = (col(ChatRow.channel) == NAME, or_(col(ChatRow.address) == str(group.chat_id), topic))
    for (chat_id,) in work.all(select(col(ChatRow.id)).where(*own)):
        back(work, chat_id or 0)


def seen_in(work: Work, where: Address, user_id: int) -> None:
    """A person we know is in a group we know."""
    group, known = _chat(work, Address(where.chat_id)), account(work, NAME, str(user_id))
    if group and known and group.kind is ChatKind.GROUP:
        work.add_if_missing(ChatMember, chat_id=group.id, person_id=known[0])


def left(work: Work, where: Address, user_id: int) -> None:
    """A person is no longer in a group."""
    group, known = _chat(work, Address(where.chat_id)), account(work, NAME, str(user_id))
    if group and known:
        work.remove(ChatMember, col(ChatMember.chat_id) == group.id, col(ChatMember.person_id) == known[0])


def seen(work: Work, chat_id: int, data: str, message: MessageId) -> None:
    """A tap proves that a card was seen whose answer was lost: it is known from now on, and sent no more."""
    tap = tapped(data)
    shown = card(work, tap.card_id) if tap else None
    if tap is None or shown is None or shown.message_id is not None:
        return
    in_doubt = (col(Outbox.card_id) == tap.card_id, col(Outbox.chat_id) == chat_id, col(Outbox.message_id).is_(None))
    begun = col(Outbox.state).in_([OutboxState.SENDING, OutboxState.DEAD])
    sent = {"state": OutboxState.SENT, "message_id": str(message), "sent_at": work.now, "lease_ends_at": None}
    if work.change(Outbox, *in_doubt, begun, **sent, error=None, attempts=col(Outbox.attempts) + 1):
        known = {"message_id": str(message), "shown_version": col(CardRow.wanted_version)}  # the tap has it drawn anew
        work.change(CardRow, col(CardRow.id) == tap.card_id, col(CardRow.message_id).is_(None), **known)


def show_anew(work: Work, card: Card) -> None:
    """A card's message is gone: show it in a new one, once for each message that went."""
    gone = (col(CardRow.id) == card.id, col(CardRow.message_id) == card.message_id)
    if work.change(CardRow, *gone, message_id=None) and not card.folded:
        row = {"state": OutboxState.PENDING, "next_at": work.now, "created_at": work.now, "card_id": card.id}
        key = f"card.{card.id}.{card.message_id}"
        work.add_if_missing(Outbox, chat_id=card.chat_id, kind=OutboxKind.MESSAGE, dedupe_key=key, **row)


def _chat(work: Work, where: Address) -> Chat | None:
    row = work.one(_CHAT, address=str(where))
    return None if row is None else Chat(*row)
