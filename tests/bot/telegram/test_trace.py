"""One key follows a message through every layer: from its arrival to what people see, in log lines and in rows."""

from __future__ import annotations

from typing import Any

from structlog.contextvars import merge_contextvars
from structlog.testing import capture_logs

from tests.bot.telegram.played import Played
from tests.bot.telegram.test_story import asked

ASKS = "西湖店可口可乐500ml还有多少"


def of(logged: list[Any], trace: str) -> list[str]:
    """What was logged of one message, in order."""
    return [line["event"] for line in logged if line.get("trace") == trace]


async def test_a_question_is_followed_from_its_arrival_to_its_answer(both: Played) -> None:
    await both.start()
    with capture_logs(processors=[merge_contextvars]) as logged:
        both.server.say("wang", ASKS)
        await both.server.wait("wang", "可口可乐500ml")
        await both.rests()
    ((inbox_id,),) = both.rows("select id from inbox")
    assert of(logged, f"m{inbox_id}") == ["kept", "handled", "sent"]
    kept, handled, sent = (line for line in logged if line.get("trace") == f"m{inbox_id}")
    ((outbox_id, chat_id),) = both.rows("select id, chat_id from outbox")
    assert (kept["inbox_id"], kept["chat_id"], kept["channel"]) == (inbox_id, chat_id, "telegram")
    assert (handled["inbox_id"], handled["plan"]) == (inbox_id, "said")
    assert 0 <= handled["ms"] < 10_000
    assert (sent["outbox_id"], sent["chat_id"], sent["attempts"]) == (outbox_id, chat_id, 1)
    assert both.rows("select trace from outbox") == [(f"m{inbox_id}",)]


async def test_a_tap_is_followed_into_the_books_and_to_everybody_it_concerns(both: Played) -> None:
    await both.start()
    card = await asked(both)
    with capture_logs(processors=[merge_contextvars]) as logged:
        both.server.tap("wang", card["message_id"], "调20箱")
        await both.server.wait("qin", "待你批")
        await both.rests()
    ((inbox_id,),) = both.rows("select id from inbox where kind = 'tap'")
    trace = f"m{inbox_id}"
    assert of(logged, trace)[:2] == ["kept", "handled"]
    rest = of(logged, trace)[2:]
    assert set(rest) == {"worded", "sent"}
    assert rest.count("worded") == 1
    assert {line["plan"] for line in logged if line["event"] == "handled"} == {"SubmitTransfer"}
    about_transfers = "select distinct trace from {} where document_id = (select max(id) from document)"
    for table in ("audit", "event"):
        assert both.rows(about_transfers.format(table)) == [(trace,)]
    sent = [line["outbox_id"] for line in logged if line["event"] == "sent" and line.get("trace") == trace]
    assert sorted(sent) == [row[0] for row in both.rows(f"select id from outbox where trace = '{trace}' order by id")]
    assert len(sent) >= 2, "the toast and the keeper's card"
    first = both.rows("select trace from outbox order by id limit 1")
    assert first == [("m1",)]


async def test_what_was_not_taken_says_so_under_the_same_key(polled: Played) -> None:
    polled.server.fault("sendMessage", "500")
    await polled.start()
    with capture_logs(processors=[merge_contextvars]) as logged:
        polled.server.say("wang", ASKS)
        await polled.weathers()
    assert of(logged, "m1") == ["kept", "handled", "put back", "sent"]
    again = next(line for line in logged if line["event"] == "sent")
    assert again["attempts"] == 2


async def test_no_line_of_a_message_is_without_its_key(both: Played) -> None:
    await both.start()
    with capture_logs(processors=[merge_contextvars]) as logged:
        card = await asked(both)
        both.server.tap("wang", card["message_id"], "调20箱")
        await both.server.wait("qin", "待你批")
        await both.rests()
    without = {line["event"] for line in logged if "trace" not in line}
    assert without <= {"reached the platform", "telegram poller taken", "redrawn"} | privacy(without)


def privacy(said: set[str]) -> set[str]:
    """The line about privacy mode, however it is put."""
    return {one for one in said if one.startswith("privacy is on")}
