"""Telegram as delivery sees it: sends messages, edits cards in place, answers taps."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import replace

import structlog
from telegram import Bot, LinkPreviewOptions
from telegram.error import BadRequest, ChatMigrated, Forbidden, TelegramError

from bot.delivery import NotSent, Outgoing
from bot.telegram import outcomes, rows
from bot.telegram.addresses import Address, MessageId, query_of
from bot.telegram.markup import LONGEST_TOAST, Drawn, drawn, plain, shortened
from bot.telegram.outcomes import Unanswered, outcome, says
from core.ground.work import Clock, Work
from data.engine import Database
from handlers.cards import Card
from handlers.chats import Chat
from handlers.messages import Reply, Tone
from handlers.say import say

MOST_KEPT = 10_000
NO_PREVIEW = LinkPreviewOptions(is_disabled=True)
log = structlog.get_logger("telegram")


class Shown:
    """What the newest messages show, so that no call is spent on drawing the same again.

    A step often asks for a card twice, by its tap and by its event, and every edit counts against the chat's limit.
    It saves calls and decides nothing: what is forgotten here is refused by the server as not modified.
    """

    def __init__(self) -> None:
        """Nothing is shown yet."""
        self._kept: OrderedDict[MessageId, bytes] = OrderedDict()

    def stands(self, message: MessageId, drawn: Drawn) -> bool:
        """Whether a message shows exactly this."""
        return self._kept.get(message) == drawn.fingerprint()

    def keep(self, message: MessageId, drawn: Drawn) -> None:
        """A message shows this now."""
        self._kept[message] = drawn.fingerprint()
        self._kept.move_to_end(message)
        if len(self._kept) > MOST_KEPT:
            self._kept.popitem(last=False)

    def forget(self, message: MessageId) -> None:
        """What a message shows is not sure any longer."""
        self._kept.pop(message, None)


class Telegram:
    """The channel. It knows no copies: a message whose answer was lost may be seen twice."""

    knows_copies = False

    def __init__(self, bot: Bot, database: Database, clock: Clock) -> None:
        """Sends with this bot, whose connections somebody else opens."""
        self.bot, self.database, self.clock = bot, database, clock
        self._shown = Shown()

    async def send(self, where: Chat, message: Outgoing) -> str:
        """Show a new message. Refused markup goes once more as plain text; a closed topic's goes beside it."""
        to, note = Address.of(where.address), say(where.language, "telegram.repeated") if message.repeated else ""
        shown = drawn(message.reply, note)
        while True:  # each refusal changes one thing, and nothing twice
            refused = await self._sent(to, shown)
            if isinstance(refused, MessageId):
                return str(refused)
            if isinstance(refused, ChatMigrated) and to.chat_id == Address.of(where.address).chat_id:
                await self._moved(to.chat_id, refused.new_chat_id)
                to = Address(refused.new_chat_id)
            elif to.topic is not None and says(refused, outcomes.NO_SUCH_TOPIC):
                to = replace(to, topic=None)
            elif shown.parse_mode and _may_be_the_markup(refused):
                log.warning("the markup was refused", outbox_id=message.id, reason=refused.message)
                shown = plain(message.reply, note, buttons=not says(refused, outcomes.BUTTONS))
            else:
                await self._tell_if_gone(where, refused)
                raise outcome(refused)

    async def redraw(self, where: Chat, card: Card, reply: Reply) -> None:
        """Edit a card in its place, or have it shown in a new message where that is gone."""
        if card.message_id is None:
            return
        message, shown = MessageId.of(card.message_id), drawn(reply)
        if message.chat_id != Address.of(where.address).chat_id:  # the group has moved, and left its messages behind
            await self._show_anew(card)
            return
        if self._shown.stands(message, shown):
            return
        refused = await self._edited(message, shown)
        if refused and _may_be_the_markup(refused) and not says(refused, outcomes.VANISHED + outcomes.NOT_MODIFIED):
            log.warning("the markup was refused", card_id=card.id, reason=refused.message)
            refused = await self._edited(message, plain(reply, buttons=not says(refused, outcomes.BUTTONS)))
        if refused is None or says(refused, outcomes.NOT_MODIFIED):
            return
        if isinstance(refused, ChatMigrated):
            await self._moved(message.chat_id, refused.new_chat_id)
        if isinstance(refused, ChatMigrated) or says(refused, outcomes.VANISHED):
            await self._show_anew(card)
            return
        await self._tell_if_gone(where, refused)
        raise _again(refused)

    async def toast(self, where: Chat, inbox_id: int, reply: Reply) -> None:
        """Answer one tap with a short line. An answer that comes too late, or a second time, is as good as seen."""
        key = await self.database.read(lambda connection: rows.key_of(Work(connection, self.clock()), inbox_id))
        if not query_of(key):
            return
        text, alert = shortened(" ".join(reply.lines), LONGEST_TOAST), reply.tone is Tone.STOPPED
        try:
            await self.bot.answer_callback_query(query_of(key), text, show_alert=alert)
            return
        except TelegramError as error:
            refused = error
        if not says(refused, outcomes.TOO_OLD):
            raise _again(refused)

    async def _sent(self, to: Address, shown: Drawn) -> MessageId | TelegramError:
        try:
            sent = await self.bot.send_message(
                to.chat_id,
                shown.text,
                parse_mode=shown.parse_mode,
                reply_markup=shown.keyboard,
                message_thread_id=to.topic,
                link_preview_options=NO_PREVIEW,
            )
        except TelegramError as error:
            return error
        message = MessageId(to.chat_id, sent.message_id)
        self._shown.keep(message, shown)
        return message

    async def _edited(self, message: MessageId, shown: Drawn) -> TelegramError | None:
        self._shown.forget(message)  # until the answer comes, nobody knows what is seen
        try:
            await self.bot.edit_message_text(
                shown.text,
                message.chat_id,
                message.number,
                parse_mode=shown.parse_mode,
                reply_markup=shown.keyboard,
                link_preview_options=NO_PREVIEW,
            )
        except TelegramError as error:
            return error
        self._shown.keep(message, shown)
        return None

    async def _moved(self, old: int, new: int) -> None:
        await self.database.write(lambda connection: rows.move(Work(connection, self.clock()), old, new))

    async def _show_anew(self, card: Card) -> None:
        await self.database.write(lambda connection: rows.show_anew(Work(connection, self.clock()), card))

    async def _tell_if_gone(self, where: Chat, refused: TelegramError) -> None:
        gone = isinstance(refused, Forbidden) or says(refused, outcomes.NO_SUCH_CHAT + outcomes.NO_RIGHTS)
        if gone:
            log.warning("a chat takes nothing any more", chat_id=where.id, reason=refused.message)
            await self.database.write(lambda connection: rows.tell_gone(Work(connection, self.clock()), where))


def _may_be_the_markup(refused: TelegramError) -> bool:
    """Whether the call might pass as plain text: it was refused, and not for whom or what it was meant for."""
    elsewhere = outcomes.NO_SUCH_CHAT + outcomes.NO_RIGHTS + outcomes.NO_SUCH_TOPIC
    return isinstance(refused, BadRequest) and not says(refused, elsewhere)


def _again(refused: TelegramError) -> Exception:
    """What is harmless when it is done twice is simply not done yet, where its answer was lost."""
    meant = outcome(refused)
    return NotSent() if isinstance(meant, Unanswered) else meant
