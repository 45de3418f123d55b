"""Chats and accounts: where a person is reached, who is in a group, and what a group hears of."""

from __future__ import annotations

from dataclasses import dataclass
from operator import attrgetter

from sqlalchemy import select, update
from sqlmodel import col

from core.ground.work import Work, picked
from core.people.directory import person
from data.kinds import ChatKind
from data.statements import Statement, given
from data.tables.base import table_of
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


_CHAT = picked(Row, Chat)
_BY_ID = Statement(_CHAT.where(col(Row.id) == given("id")))
_GROUPS = Statement(_CHAT.where(col(Row.kind) == ChatKind.GROUP, col(Row.hears) == given("hears")))
_PRIVATE = Statement(
    select(col(Account.chat_id)).where(col(Account.person_id) == given("person_id")).order_by(col(Account.id))
)
_ACCOUNT = Statement(
    select(col(Account.person_id), col(Account.chat_id)).where(
        col(Account.channel) == given("channel"), col(Account.address) == given("address")
    )
)
_MEMBER = Statement(
    select(col(ChatMember.id)).where(
        col(ChatMember.chat_id) == given("chat_id"), col(ChatMember.person_id) == given("person_id")
    )
)
_SPEAK = Statement(update(table_of(Row)).where(col(Row.id) == given("chat_id")).values(language=given("language")))


def chat(work: Work, chat_id: int) -> Chat:
    """A chat by id. Raises LookupError when there is none."""
    row = work.one(_BY_ID, id=chat_id)
    if row is None:
        raise LookupError(f"no chat {chat_id}")
    return Chat(*row)


def private_chats(work: Work, person_id: int) -> list[int]:
    """The private chats in which a person is reached, one for each channel; none for who is suspended or gone."""
    if not person(work, person_id).is_active:
        return []
    return [chat_id for (chat_id,) in work.rows(_PRIVATE, person_id=person_id)]


def account(work: Work, channel: str, address: str) -> tuple[int, int] | None:
    """The person whom a channel knows by this address, and their private chat; None for a stranger."""
    return work.one(_ACCOUNT, channel=channel, address=address)


def groups_that_hear(work: Work, regions: set[str]) -> list[Chat]:
    """The groups that are told of outcomes in these regions."""
    found = [Chat(*row) for hears in sorted(regions | {EVERYTHING}) for row in work.rows(_GROUPS, hears=hears)]
    return sorted(found, key=attrgetter("id"))


def is_member(work: Work, chat_id: int, person_id: int) -> bool:
    """Whether a person is in a group."""
    return work.one(_MEMBER, chat_id=chat_id, person_id=person_id) is not None


def speak(work: Work, chat_id: int, language: str) -> None:
    """Use another language in a chat from now on."""
    work.run(_SPEAK, chat_id=chat_id, language=language)
