"""What an error of the Bot API means for delivery: not sent, gone, or nobody knows."""

from __future__ import annotations

from telegram.error import (
    BadRequest,
    ChatMigrated,
    Forbidden,
    InvalidToken,
    NetworkError,
    TelegramError,
    TimedOut,
)

from bot.delivery import Gone, NotSent, Refused, Unanswered
from bot.telegram.request import AnswerLost, NotReached, Paused

TOKEN_PAUSE_SECONDS = 60.0
NOT_MODIFIED = ("message is not modified",)
VANISHED = ("message to edit not found", "message can't be edited", "message_id_invalid", "there is no text in")
NO_SUCH_TOPIC = ("message thread not found", "topic_closed", "topic_deleted", "topic_id_invalid")
TOO_OLD = ("query is too old", "query id is invalid", "query_id_invalid")
NO_SUCH_CHAT = ("chat not found", "peer_id_invalid", "user is deactivated", "group chat was deactivated")
NO_RIGHTS = ("not enough rights", "have no rights to send", "chat_write_forbidden", "need administrator rights")
BUTTONS = ("button", "reply markup", "inline keyboard")


def says(error: TelegramError, words: tuple[str, ...]) -> bool:
    """Whether the server refused the call for one of these reasons."""
    return isinstance(error, BadRequest) and any(word in error.message.lower() for word in words)


def outcome(error: TelegramError) -> NotSent | Refused | Gone | Unanswered:
    """The error to raise to delivery. The order counts: a BadRequest and a TimedOut are NetworkErrors too."""
    match error:
        case Paused():
            return NotSent(error.message, error.seconds)
        case Forbidden():
            return Gone(error.message)
        case BadRequest():
            return Gone(error.message) if says(error, NO_SUCH_CHAT + NO_RIGHTS) else Refused(error.message)
        case InvalidToken():  # for every chat, until somebody gives us another
            return NotSent("the token is not valid", TOKEN_PAUSE_SECONDS)
        case TimedOut() | AnswerLost():
            return Unanswered(error.message)
        case NotReached() | NetworkError() | ChatMigrated():
            return NotSent(error.message)
        case _:
            return Unanswered(error.message)
