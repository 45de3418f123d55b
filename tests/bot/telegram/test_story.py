"""The story of one transfer on Telegram, by polling and by webhook, as people see it, with nothing done wrong."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.bot.telegram.played import TOKEN, Played

PULL = "从中央仓调20箱可口可乐500ml到西湖店"


def buttons(message: dict[str, Any]) -> list[str]:
    """The labels under a message."""
    return [label for row in message.get("buttons", []) for label in row]


async def asked(one: Played) -> dict[str, Any]:
    """The card that waits for its tap, as the clerk sees it."""
    one.server.say("wang", PULL)
    card: dict[str, Any] = await one.server.wait("wang", "待你确认")
    await one.rests()
    return card


async def submitted(one: Played) -> dict[str, Any]:
    """The keeper's card, after the clerk has confirmed."""
    card = await asked(one)
    one.server.tap("wang", card["message_id"], "调20箱")
    found: dict[str, Any] = await one.server.wait("qin", "待你批")
    await one.rests()
    return found


async def test_ask_card_tap_redraw_toast(both: Played) -> None:
    server = both.server
    await both.start()
    server.say("wang", "西湖店可口可乐500ml还有多少")
    await server.wait("wang", "可口可乐500ml")

    card = await asked(both)
    assert card["text"].startswith("🟡 待你确认 · 库存还没动\n")
    query = server.tap("wang", card["message_id"], "调20箱")
    task = await server.wait("qin", "待你批")
    await both.rests()
    toast = server.toast(query)
    assert toast["answered"]
    assert toast["text"].startswith("待批 · TR-")
    now = next(shown for shown in server.screen("wang") if shown["message_id"] == card["message_id"])
    assert now["edited"]
    assert "TR-" in now["text"].split("\n")[0]

    server.tap("qin", task["message_id"], next(label for label in buttons(task) if label.startswith("批")))
    await both.rests()
    assert "已批" in server.last("qin")["text"]
    assert both.rows("select count(*) from document where kind = 'transfer'") == [(1,)]
    assert server.problems() == []


async def test_what_comes_again_has_one_effect_and_one_answer(both: Played) -> None:
    server = both.server
    await both.start()
    card = await asked(both)
    first = server.tap("wang", card["message_id"], "调20箱")
    again = server.tap("wang", card["message_id"], "调20箱", stale=True)  # the app sends it anew, under a new id
    await server.wait("qin", "待你批")
    await both.rests()
    for update_id in list(server.history):
        server.redeliver(update_id)
    await both.rests()
    assert server.toast(first)["text"].startswith("待批 · TR-")
    assert server.toast(again)["text"].startswith("待批 · TR-")
    assert both.rows("select count(*) from document where kind = 'transfer'") == [(1,)]
    assert [shown["text"][:4] for shown in server.screen("wang") if "TR-" in shown["text"]] == ["🟡 待批"]
    assert len([shown for shown in server.screen("qin") if "待你批" in shown["text"]]) == 1
    assert server.problems() == []


async def test_what_comes_in_another_order_is_answered_all_the_same(both: Played) -> None:
    server = both.server
    await both.start()
    await both.hears()
    server.hold()
    server.say("wang", "帮助")
    server.say("qin", "帮助")
    server.say("wang", "西湖店可口可乐500ml还有多少")
    server.release([2, 1, 0])
    await both.rests()
    said = [text for (text,) in both.rows("select text from inbox order by id")]
    assert sorted(said) == sorted(["西湖店可口可乐500ml还有多少", "帮助", "帮助"])
    assert len(server.screen("wang")) == 4
    assert server.problems() == []


@pytest.mark.parametrize(("fault", "copies"), [("drop", 1), ("drop_after", 2), ("500", 1), ("429", 1)])
async def test_a_card_arrives_when_the_line_breaks(both: Played, fault: str, copies: int) -> None:
    server = both.server
    await both.start()
    server.fault("sendMessage", fault, value=1)
    server.say("wang", PULL)
    await both.until(lambda: not [one for one in server.faults if one.times])
    await both.weathers()
    shown = [one["text"] for one in server.screen("wang") if "待你确认" in one["text"]]
    assert len(shown) == copies
    # Only what may have been seen is marked; where the line broke before the call nobody can know either.
    assert ["可能重复" in text for text in shown] == {"drop": [True], "drop_after": [False, True]}.get(fault, [False])
    server.tap("wang", server.last("wang")["message_id"], "调20箱")
    await server.wait("qin", "待你批")
    await both.rests()
    assert both.rows("select count(*) from document where kind = 'transfer'") == [(1,)]
    assert server.problems() == []


async def test_the_token_is_in_no_log_line_and_no_repr(both: Played, logged: Callable[[], str]) -> None:
    await both.start()
    for kind in ("drop", "timeout_after", "500", "403"):
        both.server.fault("sendMessage", kind, value=0.1)
    both.server.fault("editMessageText", "drop")
    both.server.fault("getUpdates", "drop")
    both.server.fault("getUpdates", "500")
    await both.link("admin")
    for _ in range(4):
        both.server.say("wang", "帮助")
        await both.weathers()
    await asked(both)
    both.server.tap("wang", both.server.last("wang")["message_id"], "取消")
    await both.weathers()
    await both.stop()
    said = logged()
    assert "telegram" in said  # it was heard at all
    secret = TOKEN.partition(":")[2]
    assert secret not in said
    wire = both.wire
    for one in (wire, wire.bot, wire.request, wire.channel, wire.receiver, wire.line, wire.line.token):
        assert secret not in repr(one) + str(one)


async def test_a_tap_on_a_card_whose_answer_was_lost_shows_that_it_arrived(polled: Played) -> None:
    server = polled.server
    await polled.start()
    await polled.hears()
    server.fault("sendMessage", "drop_after")
    server.say("wang", PULL)
    card = await server.wait("wang", "待你确认")
    server.tap("wang", card["message_id"], "调20箱")
    await server.wait("qin", "待你批")
    await polled.weathers()
    assert [shown["text"][:4] for shown in server.screen("wang") if "待" in shown["text"]] == ["🟡 待批"]
    assert polled.rows("select repeated from outbox where card_id = 1") == [(0,)]
    assert server.problems() == []
