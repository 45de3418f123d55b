"""What the app shows about the bot is set once, in both languages, and only where it differs."""

from __future__ import annotations

import json

from bot.telegram.commands import SCOPES, introduce
from tests.bot.telegram.played import Played


async def test_it_is_set_where_it_differs_and_left_alone_elsewhere(polled: Played) -> None:
    await polled.wire.request.initialize()
    assert await introduce(polled.wire.bot) == 2 * (len(SCOPES) + 2)
    assert await introduce(polled.wire.bot) == 0
    await polled.wire.bot.set_my_commands([("old", "old")], language_code="zh")
    await polled.wire.bot.set_my_description("old")
    assert await introduce(polled.wire.bot) == 2
    shown = {(json.loads(scope)["type"], code): commands for scope, code, commands in polled.server.state()["commands"]}
    assert {one["command"] for one in shown["all_group_chats", "zh"]} == {"stock", "help", "zh", "en"}
    assert shown["default", "zh"][0]["description"].startswith("查库存")
    assert shown["default", ""][0]["description"].startswith("How much")
    assert polled.server.problems() == []


async def test_a_platform_that_refuses_it_keeps_nobody_from_talking(polled: Played) -> None:
    polled.server.fault("setMyCommands", "500", times=1)
    polled.server.fault("getMe", "drop")
    await polled.start()
    polled.server.say("wang", "帮助")
    await polled.server.wait("wang", "直接说就行")
    await polled.until(lambda: len(polled.server.state()["commands"]) == 2 * len(SCOPES))
    assert polled.server.problems() == []
