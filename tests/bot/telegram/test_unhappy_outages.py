"""The platform is away for hours, or we are: what was said meanwhile arrives afterwards, in order, once."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from bot.limits import Limits
from bot.timetable import Timetable
from data.columns import to_micros
from data.kinds import InboxKind
from tests.bot.telegram.played import Played
from tests.bot.telegram.strictgram import StrictServer
from tests.bot.telegram.tale import (
    DONE,
    HELP,
    PatientPeople,
    People,
    begun,
    number,
    requested,
    row_of,
    said,
    tells,
)
from tests.bot.telegram.upshot import check

ASK = "西湖店可口可乐500ml还有多少"
TOO_OLD = "not taken for a day"
LONGEST_WAIT = timedelta(minutes=1)
WAITING = (
    "select next_at from outbox where state = 'pending' and attempts > 0"
    " union all select redraw_at from card where redraw_at is not null and shown_version < wanted_version"
)
pytestmark = pytest.mark.usefixtures("quick")


async def unplug(server: StrictServer) -> None:
    """Nobody listens at the platform's address any more."""
    await server.session.close()
    await server.runner.cleanup()


async def plug_in(server: StrictServer) -> None:
    """The platform listens again, but answers with nothing but 502."""
    for method in ("*", "getUpdates"):
        server.fault(method, "502", times=1_000_000)
    await server.start()


async def pass_time(one: Played, hours: float, step_minutes: int = 15) -> None:
    """Let time go by in steps, with the clock ringing, and look that nothing waits for longer than a minute."""
    end = one.clock() + timedelta(hours=hours)
    timetable = Timetable(one.database, one.clock, one.wake)
    while one.clock() < end:
        one.later(minutes=step_minutes)
        await asyncio.sleep(0.01)
        await timetable.ring()
        waiting = one.rows(WAITING)
        assert max(waiting, default=(0,))[0] <= to_micros(one.clock() + LONGEST_WAIT)


async def test_two_hours_without_the_platform(both: Played) -> None:
    server = both.server
    await begun(both, "li")
    people = PatientPeople(both)
    await requested(people)
    await pass_time(both, hours=1.5)
    await requested(people)
    first, second = number(both) - 1, number(both)
    await pass_time(both, hours=1.5)
    await people.rest()
    seen = {who: said(both, who) for who in ("wang", "qin")}
    await tells(both, row_of(both, "wang"), "之前")
    await unplug(server)
    await both.types("u01", ASK)
    await pass_time(both, hours=1, step_minutes=1)  # the second one is reminded of
    await plug_in(server)
    await tells(both, row_of(both, "wang"), "其间")
    await both.types("u17", console_tap(both, "approve", second, "u17"), InboxKind.TAP)
    await pass_time(both, hours=1, step_minutes=1)  # the first one lapses
    assert {who: said(both, who) for who in ("wang", "qin")} == seen
    tries = [tries for (tries,) in both.rows("select attempts from outbox where state <> 'sent'")]
    assert max(tries) > 60  # and nothing was given up by count
    server.faults.clear()
    both.later(minutes=1)  # longer than that nobody has to wait
    await people.rest()
    assert [line for line in said(both, "wang") if line in ("之前", "其间")] == ["之前", "其间"]
    assert len(said(both, "qin")) == len(seen["qin"]) + 2
    assert both.rows("select state from document where kind = 'transfer'") == [("submitted",), ("approved",)]
    assert both.rows(f"select state from document where id = {first}") == [("submitted",)]

    await people.tap("qin", "发20箱")
    happened = ("RemindTransfer", "RemindTransfer", "LapseTransfer", "ApproveTransfer", "DispatchTransfer")
    rows = check(both, "SubmitTransfer", "SubmitTransfer", *happened)
    assert not [row for row in rows if row.repeated or row.state != "sent"]


def console_tap(one: Played, verb: str, document_id: int, code: str) -> str:
    """What the button of somebody's newest card at the console says."""
    card_id, version = one.rows(
        "select k.id, d.version from card k join document d on d.id = k.document_id join chat c on c.id = k.chat_id"
        f" where c.channel = 'console' and c.address = '{code}' and d.id = {document_id} order by k.id desc"
    )[0]
    return f"{verb}.{card_id}.{version}"


async def test_a_day_and_an_hour_without_the_platform(both: Played) -> None:
    server = both.server
    await begun(both)
    await unplug(server)
    await tells(both, row_of(both, "wang"), "第一天", "还是第一天")
    await pass_time(both, hours=12)
    await tells(both, row_of(both, "wang"), "半夜")
    await pass_time(both, hours=12)
    await tells(both, row_of(both, "wang"), "第二天")
    await pass_time(both, hours=1)
    await plug_in(server)
    server.faults.clear()
    both.later(minutes=1)
    await both.rests()
    assert said(both, "wang") == ["半夜", "第二天"]
    check(both, dead=[TOO_OLD, TOO_OLD])


def forgotten_tap(server: StrictServer, name: str, message_id: int, label: str) -> str:
    """A tap that the platform gives up to bring, as it does after some minutes."""
    server.hold()
    query: str = server.tap(name, message_id, label)
    server.held.clear()
    server.release()
    return query


@pytest.mark.parametrize("kept", [True, False])
async def test_two_hours_without_us(both: Played, kept: bool) -> None:
    server = both.server
    server.clock = both.clock.seconds
    await begun(both)
    people = People(both)
    await requested(people)
    card = await people.with_button("qin", "批20箱")
    await both.stop()

    if kept:  # it comes, but too late to be answered
        forgotten, late = None, server.tap("qin", card["message_id"], "批20箱")
    else:
        forgotten, late = forgotten_tap(server, "qin", card["message_id"], "批20箱"), None
    words = ["帮助", ASK, "TR-1", "谢谢"]
    for word in words:
        server.say("wang", word)
    server.say("qin", "帮助")
    await asyncio.sleep(0.3)  # the platform tries in vain
    both.later(hours=2)
    again = Played(server, both.database, both.lexicon, both.wire.line, both.clock)
    again.wire.channel.limits = Limits()
    await again.start()
    try:
        await again.until(lambda: len(again.rows("select 1 from inbox where state = 'done'")) >= 7 + int(kept))
        await again.rests()
        assert [text for (text,) in again.rows("select text from inbox where person_id = 2 order by id")][2:] == words
        assert HELP in said(again, "wang")[1] + said(again, "wang")[2]
        people = People(again)
        if not kept:
            await people.tap("qin", "批20箱")  # the card is tappable still
        await people.tap("qin", "发20箱")
        problems = {"unanswered_tap": 1, **({"rejected": 1} if late else {})}
        check(again, *DONE[:3], problems=problems, unseen=frozenset([forgotten] if forgotten else []))
    finally:
        await again.stop()
