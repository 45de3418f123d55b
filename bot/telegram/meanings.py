"""What an update means to us, read from it alone: something said, a tap, an invite, a move, who came and went."""

from __future__ import annotations

import re
from dataclasses import dataclass

from telegram import CallbackQuery, ChatMemberUpdated, Message, Update, User
from telegram.constants import ChatMemberStatus, ChatType

from bot.telegram.addresses import Address, MessageId
from handlers.respond import MENTION
from handlers.say import known, say

HOUSE_NAME = "@stocktalk"
"""How the conversation is addressed in a group, whatever the bot is called there."""
SUBSCRIBED = ("message", "callback_query", "my_chat_member")
"""What we ask for, always in full: the server remembers the last list that it was given."""
OUT = (ChatMemberStatus.LEFT, ChatMemberStatus.BANNED)
START, NEED_MORE = "start", frozenset({"stock", "transfer"})
_COMMAND = re.compile(r"/([A-Za-z0-9_]{1,32})(?:@(\w+))?(?:\s+(.*))?", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Said:
    """Something said to the bot, in the words of the conversation."""

    user: User
    where: Address
    in_group: bool
    text: str


@dataclass(frozen=True, slots=True)
class Tapped:
    """A tap. Of a message that nobody can reach any more there is no `where`, and no `message`."""

    user: User
    where: Address | None
    in_group: bool
    data: str
    query_id: str
    message: MessageId | None = None


@dataclass(frozen=True, slots=True)
class Started:
    """The bot was opened by an invite link. `group` is the title of the group where it was, None for a person."""

    user: User
    where: Address
    code: str
    group: str | None = None


@dataclass(frozen=True, slots=True)
class Moved:
    """A group has become a supergroup, with another id."""

    old: int
    new: int


@dataclass(frozen=True, slots=True)
class CameAndWent:
    """People joined a group, or one left it."""

    where: Address
    came: tuple[int, ...] = ()
    went: int | None = None


@dataclass(frozen=True, slots=True)
class Welcomed:
    """The bot was put into a group."""

    user: User
    where: Address


@dataclass(frozen=True, slots=True)
class ShutOut:
    """The bot was blocked by a person, or removed from a group."""

    where: Address


@dataclass(frozen=True, slots=True)
class LetIn:
    """A person who had blocked the bot does so no longer, whether they say anything or not."""

    where: Address


Meaning = Said | Tapped | Started | Moved | CameAndWent | Welcomed | ShutOut | LetIn


def language_of(user: User) -> str:
    """The language to begin with: what the person's app speaks."""
    return "zh" if (user.language_code or "").lower().startswith("zh") else "en"


def meaning(update: Update, me: User) -> Meaning | None:
    """What an update comes to, or None where it is none of our business."""
    if update.callback_query is not None:
        return _tap(update.callback_query)
    if update.my_chat_member is not None:
        return _own_place(update.my_chat_member)
    if update.message is not None:
        return _message(update.message, me)
    return None


def _tap(query: CallbackQuery) -> Tapped:
    message = query.message
    if message is None:
        return Tapped(query.from_user, None, in_group=False, data="", query_id=query.id)
    topic = _topic(message) if isinstance(message, Message) else None
    in_group = message.chat.type != ChatType.PRIVATE
    number = MessageId(message.chat.id, message.message_id)
    return Tapped(query.from_user, Address(message.chat.id, topic), in_group, query.data or "", query.id, number)


def _own_place(change: ChatMemberUpdated) -> Meaning | None:
    where = Address(change.chat.id)
    was_out, is_out = change.old_chat_member.status in OUT, change.new_chat_member.status in OUT
    if is_out and not was_out:
        return ShutOut(where)
    if was_out and not is_out and change.chat.type == ChatType.PRIVATE:
        return LetIn(where)
    if was_out and not is_out and change.chat.type in (ChatType.GROUP, ChatType.SUPERGROUP):
        return Welcomed(change.from_user, where)
    return None


def _message(message: Message, me: User) -> Meaning | None:
    where = Address(message.chat.id, _topic(message))
    if message.migrate_to_chat_id:
        return Moved(message.chat.id, message.migrate_to_chat_id)
    if message.migrate_from_chat_id:
        return Moved(message.migrate_from_chat_id, message.chat.id)
    if message.new_chat_members:
        return CameAndWent(where, came=tuple(one.id for one in message.new_chat_members if not one.is_bot))
    if message.left_chat_member:
        return CameAndWent(where, went=message.left_chat_member.id)
    user = message.from_user
    if user is None or user.is_bot or message.chat.type == ChatType.CHANNEL:
        return None
    group = None if message.chat.type == ChatType.PRIVATE else message.chat.title or ""
    if code := _invite_in(message, me):
        return Started(user, Address(message.chat.id), code, group)
    if group is None:
        return _said_in_private(message, me, user)
    text = _said_in_group(message, me, language_of(user))
    return None if text is None else Said(user, where, in_group=True, text=text)


def _invite_in(message: Message, me: User) -> str:
    """The code that the app says for whoever opened a link: "/start CODE", and in a group "/start@bot CODE"."""
    name, code = _command(message.text or "", me) or ("", "")
    return code if name == START else ""


def _said_in_private(message: Message, me: User, user: User) -> Meaning | None:
    where = Address(message.chat.id)  # one conversation, also where the app shows topics
    text = _text(message)
    if text is None:
        return None
    command = _command(text, me)
    return Said(user, where, in_group=False, text=_phrase(command, language_of(user)) if command else text)


def _said_in_group(message: Message, me: User, language: str) -> str | None:
    """What was said to the bot in a group, or None where it was said to others.

    With its privacy on, the bot is sent nothing else anyway; as an administrator it is sent everything.
    """
    text = _text(message)
    if text is None:
        return None
    if _COMMAND.fullmatch(text):
        command = _command(text, me)
        return f"{HOUSE_NAME} {_phrase(command, language)}" if command else None
    called = re.compile(rf"@{re.escape(me.username or me.first_name)}(?!\w)", re.IGNORECASE)
    if called.search(text) or MENTION.search(text) or _answers(message, me):
        return f"{HOUSE_NAME} {called.sub(' ', text).strip()}"
    return None


def _answers(message: Message, me: User) -> bool:
    """Whether it is a reply to the bot. In a topic everything replies to the message that opened it."""
    asked = message.reply_to_message
    return bool(asked and asked.from_user and asked.from_user.id == me.id and asked.forum_topic_created is None)


def _text(message: Message) -> str | None:
    """The words of a message, "" for a picture without any, None for what no person wrote."""
    text = message.text or message.caption
    return text if text is not None or message.effective_attachment is None else ""


def _command(text: str, me: User) -> tuple[str, str] | None:
    """A command's name and what stands behind it, or None where it is none of ours."""
    found = _COMMAND.fullmatch(text)
    if found is None or (found[2] and found[2].lower() != (me.username or "").lower()):
        return None
    return found[1].lower(), (found[3] or "").strip()


def _phrase(command: tuple[str, str], language: str) -> str:
    """A command as a person would say it. One that needs more than its name, and one to begin with, is for help."""
    name, rest = command
    if name == START or (name in NEED_MORE and not rest):
        name = "help"
    key = f"telegram.says.{name}"
    return say(language, key, rest=rest) if known(key) else f"{name} {rest}".strip()


def _topic(message: Message) -> int | None:
    """The topic to answer in. A reply elsewhere carries a thread's number too, and that is no topic."""
    return message.message_thread_id if message.is_topic_message else None
