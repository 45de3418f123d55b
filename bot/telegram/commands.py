"""What the app shows about the bot: its commands in each kind of chat and its description, in both languages."""

from __future__ import annotations

from telegram import (
    Bot,
    BotCommand,
    BotCommandScope,
    BotCommandScopeAllGroupChats,
    BotCommandScopeAllPrivateChats,
    BotCommandScopeDefault,
)

from handlers.say import say

IN_PRIVATE = ("stock", "transfer", "help", "zh", "en")
IN_GROUPS = ("stock", "help", "zh", "en")
SCOPES: tuple[tuple[BotCommandScope, tuple[str, ...]], ...] = (
    (BotCommandScopeDefault(), IN_PRIVATE),
    (BotCommandScopeAllPrivateChats(), IN_PRIVATE),
    (BotCommandScopeAllGroupChats(), IN_GROUPS),
)
LANGUAGES = (("", "en"), ("zh", "zh"))
"""A language code of the platform, "" for every other one, and ours."""


async def introduce(bot: Bot) -> int:
    """Set what differs from what the platform knows; how much that was. Raises TelegramError."""
    changes = 0
    for code, language in LANGUAGES:
        for scope, names in SCOPES:
            wanted = tuple(BotCommand(name, say(language, f"telegram.command.{name}")) for name in names)
            if await bot.get_my_commands(scope, language_code=code) != wanted:
                await bot.set_my_commands(wanted, scope, language_code=code)
                changes += 1
        about, short = say(language, "telegram.about"), say(language, "telegram.about_short")
        if (await bot.get_my_description(code)).description != about:
            await bot.set_my_description(about, code)
            changes += 1
        if (await bot.get_my_short_description(code)).short_description != short:
            await bot.set_my_short_description(short, code)
            changes += 1
    return changes
