"""Chats and accounts: where a person is reached, who is in a group, and what a group hears of."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlmodel import col

from core.ground.work import Work, picked
from data.kinds import ChatKind
from data.tables.conversation import Account, ChatMember
from data.tables.conversation import Chat as Row

EVERYTHING = "*"


@dataclass(frozen=True, slots=True)
class Chat:
    """A conversation on a channel. `hears` is the region whose outcomes a group is told, "*" for all of them."""

    id: int
    channel: str
    address: str
    kind: ChatKind
    title_zh: str
    title_en: str
    language: str
    hears: str | None


def chat(work: Work, chat_id: int) -> Chat:
    """A chat by id. Raises LookupError when there is none."""
    found = work.record(Chat, picked(Row, Chat).where(col(Row.id) == chat_id))
    if found is None:
        raise LookupError(f"no chat {chat_id}")
    return found


def private_chats(work: Work, person_id: int) -> list[int]:
    """The private chats in which a person is reached, one for each channel."""
    query = select(col(Account.chat_id)).where(col(Account.person_id) == person_id).order_by(col(Account.id))
    return [row[0] for row in work.all(query)]


def groups_that_hear(work: Work, regions: set[str]) -> list[Chat]:
    """The groups that are told of outcomes in these regions."""
    query = picked(Row, Chat).where(col(Row.kind) == ChatKind.GROUP, col(Row.hears).in_(regions | {EVERYTHING}))
    return work.records(Chat, query.order_by(col(Row.id)))


def is_member(work: Work, chat_id: int, person_id: int) -> bool:
    """Whether a person is in a group."""
    where = (col(ChatMember.chat_id) == chat_id, col(ChatMember.person_id) == person_id)
    return work.first(select(col(ChatMember.id)).where(*where)) is not None


def speak(work: Work, chat_id: int, language: str) -> None:
    """Use another language in a chat from now on."""
    work.change(Row, col(Row.id) == chat_id, language=language)
