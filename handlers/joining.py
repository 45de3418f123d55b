"""Joining: a code lets somebody in, or connects a group; they are welcomed, and whoever made the invite is told.

What comes of a code is written in the caller's transaction, before the platform may forget that it came. Redelivered,
it changes nothing and says nothing again; opened again by the same person it gets the same answer.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

from sqlalchemy import select
from sqlmodel import col

from core.execute import execute
from core.goods.catalogue import Catalogue
from core.ground.commands import Refused
from core.ground.events import Happened
from core.ground.permissions import Actor
from core.ground.work import Work
from core.people.directory import people, person, system
from core.people.invites import (
    ConnectGroup,
    Group,
    InviteRow,
    Known,
    Newcomer,
    UseInvite,
    invite,
    invite_of,
    open_invites,
)
from core.people.standing import manages
from data.kinds import ChatKind, Role, Standing
from data.tables.conversation import Account, ChatMember
from data.tables.conversation import Chat as ChatRow
from handlers.capabilities.help import examples
from handlers.capabilities.people_cards import JOINED
from handlers.chats import EVERYTHING, account, chat, private_chats, speak
from handlers.invites import heard, post_of
from handlers.messages import Reply, Tone, cut
from handlers.outgoing import send_once
from handlers.reach import back
from handlers.reader import Reader
from handlers.say import say
from handlers.understand.normalise import legible, storable

LONGEST_NAME = 40
IN_CHARGE = (Role.STORE_MANAGER, Role.KEEPER)


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who opened an invite: the channel and its name for them, the name that others see, the language of their app."""

    channel: str
    address: str
    name: str
    language: str


@dataclass(frozen=True, slots=True)
class Room:
    """The group in which an invite was opened: the channel, its name for the group, and what people call it."""

    channel: str
    address: str
    title: str


@dataclass(frozen=True, slots=True)
class Connected:
    """A group is one of the chain's: its chat, the language it is spoken to in, and a line to greet it with."""

    chat_id: int
    language: str
    line: str


def hash_of(code: str) -> str:
    """What is kept of an invite's code."""
    return hashlib.sha256(code.encode("utf-8", "replace")).hexdigest()


def join(work: Work, visitor: Visitor, code: str, catalogue: Catalogue, *, key: str) -> str | None:
    """Let a visitor in by a code, in the caller's transaction. `key` is this one opening of it.

    The answer goes into their chat; of a visitor who has none with us it is returned, to be said on the side.
    """
    work.hold(f"joining {_used_by(visitor)}")  # who opens two links at once becomes one person
    found, known = invite_of(work, hash_of(code)), account(work, visitor.channel, visitor.address)
    gone = known is not None and person(work, known[0]).standing is Standing.REMOVED
    if known is not None and not gone:
        by_this = found is not None and found.used_by == _used_by(visitor)
        who, chat_id = person(work, known[0]), known[1]
        back(work, chat_id)
        reader = Reader(who, chat(work, chat_id).language, catalogue)
        said = _welcome(work, reader) if by_this else _already(reader)
        send_once(work, chat_id, said if who.is_active else _stopped(reader), key=f"join.{key}")
        return None
    if found is None:  # kept nowhere: strangers may send us what they like
        return say(visitor.language, "errors.invite_not_usable")
    work = work.by(system(work), visitor.channel).traced(trace_of(found))
    name = _name_of(visitor)
    wish = UseInvite(hash_of(code), _used_by(visitor), name, visitor.language)
    answer = execute(work, wish, key=f"join.{key}")
    if isinstance(answer, Refused):
        return say(visitor.language, f"errors.{answer.code}", **answer.facts)
    who = person(work, invite(work, found.id).person_id or 0)
    chat_id = _open_account(work, visitor, who)
    send_once(work, chat_id, _welcome(work, Reader(who, visitor.language, catalogue)), key=f"join.{key}")
    return None


def connect(work: Work, visitor: Visitor, room: Room, code: str, catalogue: Catalogue, *, key: str) -> Connected | str:
    """Connect a group by a code that one of its people opened in it; or a sentence that says why not."""
    found, known = invite_of(work, hash_of(code)), account(work, visitor.channel, visitor.address)
    if known is None:
        return say(visitor.language, "telegram.stranger")
    if found is None:
        return say(visitor.language, "errors.invite_not_usable")
    who = person(work, known[0])
    if not who.is_active:
        return say(visitor.language, "errors.not_active")
    work = work.by(who, visitor.channel).traced(trace_of(found))
    used_by, title = f"{room.channel}:{room.address}", _short(room.title) or room.address
    if found.used_by != used_by:
        answer = execute(work, ConnectGroup(hash_of(code), used_by, title), key=f"connect.{key}")
        if isinstance(answer, Refused):
            return say(visitor.language, f"errors.{answer.code}", **answer.facts)
    row = _group(work, room, title, found)
    back(work, row.chat_id)
    work.add_if_missing(ChatMember, chat_id=row.chat_id, person_id=known[0])
    line = say(row.language, "joining.connected", hears=heard(Reader(None, row.language, catalogue), found.region))
    return Connected(row.chat_id, row.language, line)


def is_expected(work: Work, channel: str, address: str) -> bool:
    """Whether this user, who put the bot into a group, may connect it by an invite that is still open."""
    known = account(work, channel, address)
    if known is None:
        return False
    return any(isinstance(one.lets_in, Group) for one in open_invites(work.by(person(work, known[0]), channel)))


def shown(work: Work, happened: Happened) -> list[tuple[int, int, int, str]]:
    """The card by which whoever made the invite can put a newcomer out again: chat, reader, newcomer, view."""
    used = invite(work, cast(int, happened.facts["invite_id"]))
    maker, who_id = person(work, used.made_by_id), used.person_id or 0
    if not isinstance(used.lets_in, Newcomer) or not manages(work.by(maker, ""), who_id):
        return []
    return [(chat_id, maker.id, who_id, f"{JOINED}.{maker.id}") for chat_id in private_chats(work, maker.id)]


def told(work: Work, happened: Happened, catalogue: Catalogue) -> list[tuple[int, Reply]]:
    """Who hears that an invite was used: who made it, the managers of the place, and on their other phones themselves.

    As pairs of chat and line.
    """
    used = invite(work, cast(int, happened.facts["invite_id"]))
    who, maker = person(work, used.person_id or 0), person(work, used.made_by_id)
    mine = (used.used_by or "").partition(":")
    arrived = account(work, mine[0], mine[2])
    lines = []
    for person_id in _hearers(work, used, who):
        for chat_id in private_chats(work, person_id):
            reader = Reader(person(work, person_id), chat(work, chat_id).language, catalogue)
            if arrived is None or chat_id != arrived[1]:
                facts = {"name": _name_told(used, happened, who), "who": who.name, "maker": maker.name}
                where = heard(reader, used.region) if isinstance(used.lets_in, Group) else post_of(reader, who)
                lines.append((chat_id, Reply((reader.say(f"joining.told.{used.kind.value}", where=where, **facts),))))
    return lines


def trace_of(found: InviteRow) -> str:
    """The key by which what comes of an invite is found in rows and log lines."""
    return f"i{found.id}"


def _welcome(work: Work, reader: Reader) -> Reply:
    """Who they are now, where, and what they can say."""
    who = cast(Actor, reader.actor)
    first = reader.say("joining.welcome", name=who.name, post=post_of(reader, who))
    said = (f"· {example}" for example in examples(work, reader))
    last = (reader.say("help.tap"), reader.say("joining.other_language"))
    return Reply((first, reader.say("help.title"), *said, *last), (), Tone.DONE)


def _stopped(reader: Reader) -> Reply:
    return Reply((reader.say("errors.not_active"),))


def _already(reader: Reader) -> Reply:
    who = cast(Actor, reader.actor)
    return Reply((reader.say("joining.already", name=who.name, post=post_of(reader, who)),))


def _hearers(work: Work, used: InviteRow, who: Actor) -> Sequence[int]:
    """Each once, in order. Whoever connected a group by their own invite knows it."""
    if isinstance(used.lets_in, Group):
        return [used.made_by_id] if used.made_by_id != who.id else []
    managers = [one.id for role in IN_CHARGE for one in people(work, role) if one.home_id == (who.home_id or 0)]
    everybody = [used.made_by_id, *managers, *([who.id] if isinstance(used.lets_in, Known) else [])]
    return [one for one in dict.fromkeys(everybody) if one != who.id or isinstance(used.lets_in, Known)]


def _name_told(used: InviteRow, happened: Happened, who: Actor) -> str:
    """A group by its title, an account by what its owner is called there, a newcomer by their name."""
    return who.name if used.role else str(happened.facts.get("name", ""))


def _open_account(work: Work, visitor: Visitor, who: Actor) -> int:
    """The private chat and the account in which somebody is reached from now on; the chat's id.

    Of somebody who had left the account is the newcomer's that they are now: the books go on naming who they were.
    """
    if before := account(work, visitor.channel, visitor.address):
        here = (col(Account.channel) == visitor.channel, col(Account.address) == visitor.address)
        work.change(Account, *here, person_id=who.id)
        speak(work, before[1], visitor.language)
        back(work, before[1])
        return before[1]
    row = {"kind": ChatKind.PRIVATE, "title_zh": who.name, "title_en": who.name, "language": visitor.language}
    chat_id = work.add(ChatRow, channel=visitor.channel, address=visitor.address, **row)
    work.add(Account, channel=visitor.channel, address=visitor.address, person_id=who.id, chat_id=chat_id)
    return chat_id


def _group(work: Work, room: Room, title: str, found: InviteRow) -> Connected:
    """The group's chat, which hears from now on what the invite says. A new one speaks as whoever made the invite."""
    here = (col(ChatRow.channel) == room.channel, col(ChatRow.address) == room.address)
    hears, language = found.region or EVERYTHING, person(work, found.made_by_id).language
    row = {"kind": ChatKind.GROUP, "title_zh": title, "title_en": title, "language": language}
    if not work.add_if_missing(ChatRow, channel=room.channel, address=room.address, hears=hears, **row):
        work.change(ChatRow, *here, hears=hears)
    chat_id, language = work.all(select(col(ChatRow.id), col(ChatRow.language)).where(*here))[0]
    return Connected(chat_id or 0, language, "")


def _used_by(visitor: Visitor) -> str:
    return f"{visitor.channel}:{visitor.address}"


def _name_of(visitor: Visitor) -> str:
    """The name as it is kept and shown: in one line, of a length that fits a card."""
    return _short(visitor.name) or say(visitor.language, "joining.nameless")


def _short(name: str) -> str:
    return cut(legible(storable(name)), LONGEST_NAME)
