"""Who can be reached: a chat that takes nothing any more is marked and told of once, and goes on when it is back."""

from __future__ import annotations

from sqlalchemy import select, update
from sqlmodel import col

from core.ground.permissions import Actor
from core.ground.work import Work
from core.people.directory import people, person
from data.columns import to_micros
from data.kinds import ChatKind, Priority, Role
from data.statements import Statement, given
from data.tables.base import table_of
from data.tables.conversation import Account
from data.tables.conversation import Chat as Row
from handlers.chats import Chat, private_chats
from handlers.messages import Reply, Tone
from handlers.outgoing import send
from handlers.say import say

_GONE = (col(Row.id) == given("chat_id"), col(Row.gone_at).is_not(None))
_BACK = Statement(update(table_of(Row)).where(*_GONE).values(gone_at=None))


def gone(work: Work, where: Chat) -> None:
    """A chat takes nothing from now on; what is for it waits. Whoever manages its person is told, once."""
    if not work.change(Row, col(Row.id) == where.id, col(Row.gone_at).is_(None), gone_at=work.now):
        return
    for one in _who_is_told(work, where):
        name = where.title_zh if one.language == "zh" else where.title_en
        told = Reply((say(one.language, f"reach.gone.{where.kind.value}", name=name),), (), Tone.ATTENTION)
        for chat_id in private_chats(work, one.id):
            if chat_id != where.id:
                key = f"gone.{where.id}.{to_micros(work.now)}.{chat_id}"
                send(work, chat_id, told, key=key, priority=Priority.NOTICE)


def back(work: Work, chat_id: int) -> None:
    """A chat is there again: somebody spoke in it, or let the bot in. What waited for it goes out."""
    work.run(_BACK, chat_id=chat_id)


def _who_is_told(work: Work, where: Chat) -> list[Actor]:
    """The store manager of the person who is not reached; else, and for groups, the administrators."""
    if where.kind is ChatKind.PRIVATE and (found := _whose(work, where.id)):
        if not found.is_active:
            return []
        managers = people(work, Role.STORE_MANAGER) if found.home_id else []
        mine = [one for one in managers if one.home_id == found.home_id and one.id != found.id]
        if mine:
            return mine
    return people(work, Role.ADMIN)


def _whose(work: Work, chat_id: int) -> Actor | None:
    from_account = work.first(select(col(Account.person_id)).where(col(Account.chat_id) == chat_id))
    return person(work, from_account[0]) if from_account else None
