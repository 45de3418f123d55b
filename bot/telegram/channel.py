"""Telegram as delivery sees it: sends messages, edits cards in place, answers taps."""

from __future__ import annotations

from dataclasses import replace

import structlog
from telegram import Bot, LinkPreviewOptions
from telegram.error import BadRequest, ChatMigrated, TelegramError

from bot.delivery import NotSent, Outgoing, Unanswered
from bot.due import Tapped
from bot.limits import Limits, Rate
from bot.telegram import outcomes, rows
from bot.telegram.addresses import Address, MessageId, query_of
from bot.telegram.markup import LONGEST_TOAST, Drawn, drawn, plain, shortened
from bot.telegram.outcomes import outcome, says
from core.ground.work import Clock, Work
from data.engine import Database
from handlers.cards import Card
from handlers.chats import Chat
from handlers.messages import Reply, Tone
from handlers.say import say

NO_PREVIEW = LinkPreviewOptions(is_disabled=True)
log = structlog.get_logger("telegram")


LIMITS = Limits(
    private=(Rate(5, 5.5),),
    group=(Rate(5, 5.5), Rate(20, 61.0)),
    overall=(Rate(12, 0.3), Rate(30, 1.5)),
)
"""One a second to a chat with short bursts, 20 a minute to a group, 30 a second over all, edits too; a little slower,
for what leaves here in one rhythm arrives in another, half a second later where the machine is busy. And never many at
once: the last of them would be on its way for so long that the next ones are on its heels. Source: the platform's FAQ
for bots, "Broadcasting to users"."""


class Telegram:
    """The channel. It knows no copies: a message whose answer was lost may be seen twice."""

    knows_copies = False

    def __init__(self, bot: Bot, database: Database, clock: Clock, limits: Limits = LIMITS) -> None:
        """Sends with this bot, whose connections somebody else opens."""
        self.bot, self.database, self.clock, self.limits = bot, database, clock, limits

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
                raise outcome(refused)

    async def redraw(self, where: Chat, card: Card, reply: Reply) -> None:
        """Edit a card in its place, or have it shown in a new message where that is gone."""
        if card.message_id is None:
            return
        message, shown = MessageId.of(card.message_id), drawn(reply)
        if message.chat_id != Address.of(where.address).chat_id:  # the group has moved, and left its messages behind
            await self._show_anew(card)
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
        raise _again(refused)

    async def toast(self, where: Chat, tap: Tapped, reply: Reply) -> None:
        """Answer one tap with a short line. An answer that comes too late, or a second time, is as good as seen."""
        query_id = query_of(tap.update_id)
        if not query_id:
            return
        text, alert = shortened(" ".join(reply.lines), LONGEST_TOAST), reply.tone is Tone.STOPPED
        try:
            await self.bot.answer_callback_query(query_id, text, show_alert=alert)
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
        return MessageId(to.chat_id, sent.message_id)

    async def _edited(self, message: MessageId, shown: Drawn) -> TelegramError | None:
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
        return None

    async def _moved(self, old: int, new: int) -> None:
        await self.database.write(lambda connection: rows.move(Work(connection, self.clock()), old, new))

    async def _show_anew(self, card: Card) -> None:
        await self.database.write(lambda connection: rows.show_anew(Work(connection, self.clock()), card))


def _may_be_the_markup(refused: TelegramError) -> bool:
    """Whether the call might pass as plain text: it was refused, and not for whom or what it was meant for."""
    elsewhere = outcomes.NO_SUCH_CHAT + outcomes.NO_RIGHTS + outcomes.NO_SUCH_TOPIC
    return isinstance(refused, BadRequest) and not says(refused, elsewhere)


def _again(refused: TelegramError) -> Exception:
    """What is harmless when it is done twice is simply not done yet, where its answer was lost."""
    meant = outcome(refused)
    return NotSent(str(meant)) if isinstance(meant, Unanswered) else meant
