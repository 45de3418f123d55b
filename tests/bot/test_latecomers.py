"""What nobody thought of: whoever comes late undoes nothing, what is old costs nothing, clocks are put back."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

import psycopg
import pytest

import bot.bell
import bot.inbox
from bot.bell import OUTBOX, Bell
from bot.due import chats_with_work, lagging_cards, rows_to_send
from bot.inbox import take_head
from bot.limits import Limits, Rate, take
from bot.sending import LEASE
from bot.telegram.addresses import MessageId
from bot.telegram.rows import seen
from bot.timetable import begin
from core.ground.events import are_there_new_events, mark_told, not_told, take_events
from core.ground.work import Work
from data.engine import Database
from data.kinds import InboxKind
from data.sqlite import line_of
from handlers.chats import chat
from handlers.outgoing import send_toast
from tests.bot.edge import Edge, settled

PULL = "从中央仓调20箱可口可乐500ml到西湖店"
OLD_ROWS = 3000
STEPS = 100
"""So many steps of SQLite's machine between two counts."""


async def submitted(edge: Edge) -> None:
    """A transfer is asked for and confirmed; its event waits to be told."""
    await edge.keeps("u01", PULL)
    await edge.handle()
    await edge.keeps("u01", "submit.1.1", kind=InboxKind.TAP)
    await edge.handle()


async def test_who_fails_to_word_what_somebody_else_told_meanwhile_has_nobody_tell_it_again(edge: Edge) -> None:
    await submitted(edge)
    [event] = await edge.write(take_events)
    edge.later(minutes=1)
    await edge.deliver()
    assert edge.rows("select state, attempts from event") == [("done", 0)]
    await edge.write(lambda work: not_told(work, event))
    assert edge.rows("select state, attempts from event") == [("done", 0)]
    assert not await edge.write(lambda work: mark_told(work, event.id))


async def test_who_fails_with_what_somebody_else_handled_meanwhile_says_nothing(edge: Edge) -> None:
    await edge.keeps("u01", "帮助")
    await edge.write(lambda work: work.connection.exec_driver_sql("update inbox set attempts = 4"))
    slow = await edge.write(lambda work: take_head(work, edge.chats["u01"]))
    edge.later(minutes=1)
    await edge.handle()
    assert edge.rows("select state, attempts from inbox") == [("done", 4)]
    await edge.write(lambda work: bot.inbox._failed(work, slow, "ValueError: too late"))
    assert edge.rows("select state, attempts, error from inbox") == [("done", 4, None)]
    assert edge.rows("select count(*) from outbox") == [(1,)]


def plant_old(work: Work) -> None:
    """Years of use, all of it in the first chat: everything said, shown and told."""
    numbers = f"(with recursive g(x) as (select 1 union all select x + 1 from g where x < {OLD_ROWS}) select x from g)"
    for table, row in OLD.items():
        columns, values = ", ".join(row), ", ".join(row.values())
        work.connection.exec_driver_sql(f"insert into {table} ({columns}) select {values} from {numbers}")


_WHOSE = {"chat_id": "1", "person_id": "1"}
_TAKEN = {"attempts": "0", "next_at": "x"}
OLD: Mapping[str, Mapping[str, str]] = {
    "inbox": {
        "channel": "'console'",
        "update_id": "'old' || x",
        "kind": "'message'",
        "text": "'x'",
        "received_at": "x",
        **_WHOSE,
        **_TAKEN,
        "state": "'done'",
    },
    "card": {
        "chat_id": "1",
        "reader_id": "1",
        "face": "'pending'",
        "folded": "0",
        "redraw_attempts": "0",
        "wanted_version": "3",
        "shown_version": "3",
        "message_id": "'m' || x",
    },
    "outbox": {
        "chat_id": "1",
        "kind": "'message'",
        "priority": "1",
        "dedupe_key": "'old' || x",
        "repeated": "0",
        **_TAKEN,
        "state": "'sent'",
        "created_at": "x",
        "sent_at": "x",
    },
    "event": {**_TAKEN, "kind": "'x'", "facts": "'{}'", "state": "'done'", "happened_at": "x"},
    "pending": {**_WHOSE, "version": "1", "state": "'done'", "reading": "'{}'", "expires_at": "x"},
}
"""Tables with columns and their values, of which `x` is the row's number."""
LOOKS: dict[str, Callable[[Work], object]] = {
    "chats with something to deliver": lambda work: chats_with_work(work, {"console"}, ()),
    "what a chat has to send": lambda work: rows_to_send(work, 1),
    "cards to draw anew": lambda work: lagging_cards(work, 1),
    "the next update of a chat": lambda work: take_head(work, 1),
    "new events": are_there_new_events,
    "events to tell": take_events,
    "a tap": lambda work: seen(work, 1, "submit.7.3", MessageId(1, 1)),
    "a slot of the clock": begin,
}


def steps_of(work: Work, look: Callable[[Work], object]) -> int:
    """About how many steps SQLite takes for it."""
    counted = 0

    def count() -> None:
        nonlocal counted
        counted += STEPS

    line = line_of(work.connection)
    line.set_progress_handler(count, STEPS)
    look(work)
    line.set_progress_handler(None, STEPS)
    return counted


@pytest.mark.parametrize("look", LOOKS)
async def test_what_is_over_costs_nothing(edge: Edge, look: str) -> None:
    await edge.keeps("u01", PULL)
    await edge.write(lambda work: work.connection.exec_driver_sql("update inbox set next_at = next_at + 1000000"))
    await edge.says("u01", "一句")
    before = await edge.write(lambda work: steps_of(work, LOOKS[look]))
    await edge.write(lambda work: work.connection.exec_driver_sql("delete from job_run"))
    await edge.write(plant_old)
    assert await edge.write(lambda work: steps_of(work, LOOKS[look])) <= before + 5 * STEPS


async def test_when_the_clock_is_put_back_a_chat_does_not_wait_for_the_hour_to_pass_again(edge: Edge) -> None:
    limits = Limits(private=(Rate(2, 10),))
    chat_id = edge.chats["u01"]

    async def takes() -> datetime | None:
        found: datetime | None = await edge.write(lambda work: take(work, chat(work, chat_id), limits))
        return found

    assert await takes() is None
    assert await takes() is None
    edge.later(seconds=-5)  # by as little as that what was sent lately still counts
    opens = await takes()
    assert opens is not None
    assert opens - edge.now == timedelta(seconds=15)
    edge.later(hours=-1)
    assert await takes() is None
    assert await takes() is None
    assert await takes() == edge.now + timedelta(seconds=10)


async def test_a_chat_rests_by_the_time_that_passes_whatever_the_clock_says(edge: Edge) -> None:
    edge.channel.limits = Limits(private=(Rate(1, 0.2),))
    await edge.says("u01", "一")
    await edge.says("u01", "二")
    await edge.deliver()
    assert edge.channel.told("u01") == ["message: 一"]
    edge.later(hours=-1)
    await edge.write(lambda work: work.connection.exec_driver_sql("update outbox set next_at = 0"))
    await asyncio.sleep(0.3)
    await edge.deliver()
    assert edge.channel.told("u01") == ["message: 一", "message: 二"]


async def test_what_cannot_be_read_any_more_holds_up_the_chat_only_for_a_while(edge: Edge) -> None:
    await edge.says("u01", "写坏的")
    await edge.write(lambda work: work.connection.exec_driver_sql("update outbox set reply = '{\"lines\": []}'"))
    kept = await edge.keeps("u01", "帮助")
    await edge.write(lambda work: send_toast(work, edge.chats["u01"], kept, "一句"))
    await edge.says("u01", "后来的话")
    for _ in range(6):
        await edge.deliver()
        edge.later(minutes=1)
    assert edge.channel.told("u01") == ["toast: 一句", "message: 后来的话"]
    assert edge.rows("select state, error from outbox order by id limit 1") == [("dead", "not drawn: KeyError")]


@pytest.mark.parametrize("fault", [psycopg.OperationalError("gone"), OSError("no route"), ValueError("a bug")])
async def test_a_bell_outlives_whatever_goes_wrong(
    small_postgresql: Database, monkeypatch: pytest.MonkeyPatch, fault: Exception
) -> None:
    monkeypatch.setattr(bot.bell, "PAUSE_SECONDS", 0.01)
    hearing, told, faults = bot.bell.listen, asyncio.Event(), [fault, fault]

    def listens(url):  # type: ignore[no-untyped-def]
        if faults:
            raise faults.pop()
        return hearing(url)

    class Teller(bot.bell.Teller):
        async def tell(self, topics):  # type: ignore[no-untyped-def]
            if faults:
                raise faults.pop()
            await super().tell(topics)

    monkeypatch.setattr(bot.bell, "listen", listens)
    monkeypatch.setattr(bot.bell, "Teller", Teller)
    bell = Bell(small_postgresql)
    running = asyncio.create_task(bell.run())
    await asyncio.sleep(0.1)
    monkeypatch.setattr(bell, "_wake", lambda topic: told.set())
    faults.append(fault)
    async with asyncio.timeout(5):
        while not told.is_set():
            bell._untold.add(OUTBOX)
            bell._rung.set()
            await asyncio.sleep(0.02)
    assert not running.done()
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


async def begun_for(edge: Edge, who: str) -> None:
    """An answer was claimed as it was written, and there was no room to send it."""
    chat_id = edge.chats[who]
    edge.delivery.lanes._open = True
    claimed = await edge.write(lambda work: edge.delivery.claim_next(work, chat_id))
    edge.delivery.lanes._open = False
    assert claimed
    assert not edge.delivery.go_on(chat_id, claimed)


async def test_what_was_begun_and_had_to_wait_is_not_sent_beside_the_copy_of_another_process(edge: Edge) -> None:
    await edge.says("u01", "一句")
    await begun_for(edge, "u01")
    edge.later(seconds=LEASE.total_seconds())
    other = edge.new_delivery()
    await settled(other.lanes)
    await edge.deliver()
    assert edge.channel.told("u01") == ["repeated: 一句"]


async def test_what_was_begun_and_had_to_wait_is_no_copy(edge: Edge) -> None:
    await edge.says("u01", "一句")
    await begun_for(edge, "u01")
    edge.later(seconds=LEASE.total_seconds())
    await edge.deliver()
    edge.later(minutes=1)
    await edge.deliver()
    assert edge.channel.told("u01") == ["message: 一句"]


async def test_what_was_begun_at_the_end_is_put_back_and_is_no_copy_after_the_next_start(edge: Edge) -> None:
    await edge.says("u01", "一句")
    await begun_for(edge, "u01")
    await edge.delivery.end()
    assert edge.rows("select state, repeated from outbox") == [("pending", 0)]
    edge.delivery = edge.new_delivery()
    edge.later(minutes=1)
    await edge.deliver()
    assert edge.channel.told("u01") == ["message: 一句"]


async def test_what_cannot_be_read_is_not_begun(edge: Edge) -> None:
    await edge.says("u01", "写坏的")
    await edge.write(lambda work: work.connection.exec_driver_sql("update outbox set reply = '{\"lines\": []}'"))
    edge.delivery.lanes._open = True
    assert await edge.write(lambda work: edge.delivery.claim_next(work, edge.chats["u01"])) is None
    assert edge.rows("select state, attempts from outbox") == [("pending", 0)]


async def test_an_answer_is_not_begun_before_the_cards_that_changed_with_it(edge: Edge) -> None:
    await edge.keeps("u01", "从中央仓调5箱可乐500ml到西湖店")
    await edge.handle()
    await edge.deliver()
    await edge.keeps("u01", "帮助")  # which ends the question, and its card says so
    await edge.handle()
    edge.delivery.lanes._open = True
    assert await edge.write(lambda work: edge.delivery.claim_next(work, edge.chats["u01"])) is None
    await edge.deliver()
    assert [line.partition(":")[0] for line in edge.channel.told("u01")] == ["message", "redraw", "message"]
