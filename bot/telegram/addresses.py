"""What Telegram's ids look like in our rows: chats and their topics, messages, updates."""

from __future__ import annotations

from dataclasses import dataclass

NAME = "telegram"


@dataclass(frozen=True, slots=True)
class Address:
    """A chat, and the topic of a forum where it is one: "-1001", "-1001/7". Each topic is a conversation of its own."""

    chat_id: int
    topic: int | None = None

    def __str__(self) -> str:
        """As it stands in a chat's row."""
        return str(self.chat_id) if self.topic is None else f"{self.chat_id}/{self.topic}"

    @staticmethod
    def of(address: str) -> Address:
        """The address that `str` wrote."""
        chat_id, _, topic = address.partition("/")
        return Address(int(chat_id), int(topic) if topic else None)


@dataclass(frozen=True, slots=True)
class MessageId:
    """A message. Its number alone says nothing: it counts from 1 in every chat, and a group may move to another."""

    chat_id: int
    number: int

    def __str__(self) -> str:
        """As it stands in a card's row."""
        return f"{self.chat_id}:{self.number}"

    @staticmethod
    def of(message_id: str) -> MessageId:
        """The id that `str` wrote."""
        chat_id, _, number = message_id.partition(":")
        return MessageId(int(chat_id), int(number))


def update_key(bot_id: int, update_id: int, query_id: str = "") -> str:
    """How an update is known again: by its bot and number. A tap's carries the query that its toast will answer."""
    return f"{bot_id}:{update_id}:{query_id}" if query_id else f"{bot_id}:{update_id}"


def query_of(key: str) -> str:
    """The query in a tap's key, "" where there is none."""
    return key.partition(":")[2].partition(":")[2]
