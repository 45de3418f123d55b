"""The clock rings: what is due runs once in its slot, whoever rings, and what it did goes out."""

from __future__ import annotations

import asyncio
import threading
import time
from datetime import timedelta

import pytest

import bot.timetable
from bot.timetable import EVERY_SECONDS, KEPT_FOR, SEALS_EVERY_SECONDS, Timetable, begin
from core.ground.commands import Answer, Command, Refused
from core.ground.seals import StillWritten
from core.ground.work import Work
from core.stock.transfer_commands import CancelTransfer
from data.engine import DEADLOCK, Database
from data.kinds import InboxKind
from tests.bot.edge import Edge
from tests.scenarios.books import discrepancies
from tests.small_chain import MORNING, Shop, act, rows

PULL = "从中央仓调20箱可口可乐500ml到西湖店"


class Bell:
    """Counts how often something rang."""

    def __init__(self) -> None:
        self.times = 0

    def __call__(self) -> None:
        self.times += 1


def timetable(edge: Edge, bell: Bell | None = None) -> Timetable:
    """A timetable as a process has it."""
    return Timetable(edge.database, edge.clock, bell or Bell())


async def requested(edge: Edge) -> None:
    """A request that is frozen and waits for its approval."""
    for text, kind in ((PULL, InboxKind.MESSAGE), ("submit.1.1", InboxKind.TAP)):
        await edge.keeps("u01", text, kind=kind)
        await edge.handle()
    await edge.deliver()


async def test_a_slot_is_done_once_whoever_rings(edge: Edge) -> None:
    bell = Bell()
    processes = [timetable(edge, bell) for _ in range(4)]
    rang = await asyncio.gather(*(one.ring() for one in processes))
    assert sorted(rang) == [False, False, False, True]
    assert bell.times == 1
    assert not await processes[0].ring()

    edge.later(seconds=EVERY_SECONDS)
    assert await processes[0].ring()
    assert edge.rows("select count(*) from job_run where job = 'ring'") == [(2,)]


async def test_a_freeze_lapses_at_its_hour_once_and_everybody_is_told(edge: Edge) -> None:
    await requested(edge)
    edge.later(hours=4, seconds=-1)
    await timetable(edge).ring()
    assert edge.rows("select reserved from balance where reserved > 0") == [(480,)]

    edge.later(seconds=EVERY_SECONDS)
    for _ in range(2):
        await timetable(edge).ring()
        edge.later(seconds=EVERY_SECONDS)
    assert edge.rows("select reserved from balance where reserved > 0") == []
    assert edge.rows("select count(*) from event where kind = 'transfer.lapse'") == [(1,)]
    assert edge.rows("select state, lapses_at from document where kind = 'transfer'") == [("submitted", None)]
    assert await edge.database.read(discrepancies) == []
    await edge.deliver()
    assert "redraw: 待你批 · TR-1015 · 没冻结" in edge.channel.told("u17")
    assert "冻结到期放开 · TR-1015" in edge.channel.told("group:hq")[-1]


async def test_a_question_ends_at_its_time_and_its_card_says_so(edge: Edge) -> None:
    await edge.keeps("u01", PULL)
    await edge.handle()
    await edge.deliver()
    edge.later(minutes=15, seconds=-1)
    await timetable(edge).ring()
    assert edge.rows("select state from pending") == [("open",)]

    edge.later(seconds=EVERY_SECONDS)
    await timetable(edge).ring()
    assert edge.rows("select state from pending") == [("expired",)]
    await edge.deliver()
    assert edge.channel.told("u01")[-1] == "redraw: 过期了 · 库存没动"


async def test_a_job_that_fails_takes_no_slot_and_rings_again(edge: Edge, monkeypatch: pytest.MonkeyPatch) -> None:
    await requested(edge)
    edge.later(hours=4)

    def breaks(work: object) -> int:
        raise ValueError("broken")

    bell = Bell()
    with monkeypatch.context() as broken:
        broken.setattr(bot.timetable, "expire_pendings", breaks)
        assert not await timetable(edge, bell).ring()
    assert edge.rows("select reserved from balance where reserved > 0") == [(480,)]  # it wrote all or nothing
    assert bell.times == 0
    assert await timetable(edge, bell).ring()
    assert edge.rows("select reserved from balance where reserved > 0") == []


async def test_one_freeze_that_cannot_lapse_leaves_the_others_alone(edge: Edge) -> None:
    for text in (PULL, "submit.1.1", PULL, "submit.2.1"):
        await edge.keeps("u01", text, kind=InboxKind.TAP if text.startswith("submit") else InboxKind.MESSAGE)
        await edge.handle()
    refuses = "create trigger refuses before insert on posting when new.document_id = 1015"
    await edge.write(lambda work: work.connection.exec_driver_sql(f"{refuses} begin select raise(abort, 'no'); end"))
    edge.later(hours=5)
    assert await timetable(edge).ring()
    lapsed = "select id, lapses_at is null from document where kind = 'transfer' order by id"
    assert edge.rows(lapsed) == [(1015, False), (1016, True)]
    assert await edge.database.read(discrepancies) == []


async def test_old_slots_are_cleared_away(edge: Edge) -> None:
    await timetable(edge).ring()
    edge.later(seconds=KEPT_FOR.total_seconds() + EVERY_SECONDS)
    await timetable(edge).ring()
    assert edge.rows("select count(*) from job_run where job = 'ring'") == [(1,)]


async def test_it_rings_by_itself_until_it_is_stopped(edge: Edge) -> None:
    clock = timetable(edge)
    clock.start()
    clock.stop()
    clock.stop()  # twice is no error: a start that failed half-way is cleaned up like any other
    assert await edge.write(begin)


async def test_the_clock_and_the_shops_wait_for_each_other_in_no_ring(
    small: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A dozen freezes of one product lapse while their requests are withdrawn, the last one first."""
    shop = await small.read(Shop)

    async def does(who: str, command: Command, key: str) -> Answer | Refused:
        return await small.write(lambda connection: act(connection, who, command, key))

    await does("admin", shop.opening("WH", ("COLA", 500, 1_000)), "stock")
    request = shop.request("WH", "XH", ("COLA", 1))
    asked = [await does("clerk@XH", request, f"ask {number}") for number in range(12)]
    real, begun = bot.timetable.execute, threading.Event()

    def slow(work: Work, command: Command, key: str) -> Answer | Refused:
        answer = real(work, command, key=key)
        begun.set()
        time.sleep(0.02)  # long enough for the others to come between
        return answer

    monkeypatch.setattr(bot.timetable, "execute", slow)
    clock = Timetable(small, lambda: MORNING + timedelta(hours=9), Bell())
    ringing = asyncio.create_task(clock.ring())
    assert await asyncio.to_thread(begun.wait, 30)
    withdrawn = [
        does("keeper@WH", CancelTransfer(one.document_id, one.version), f"withdraw {one.document_id}")
        for one in reversed(asked)
        if isinstance(one, Answer)
    ]
    rang, *answers = await asyncio.gather(ringing, *withdrawn)
    assert (rang, len(answers), small.retries[DEADLOCK]) == (True, 12, 0)
    lapsed = [one for one in answers if isinstance(one, Refused)]
    assert {one.code for one in lapsed} <= {"moved_on"}  # the clock was there first: one more tap withdraws it
    frozen = await small.read(lambda connection: rows(connection, "select sum(reserved) as n from balance"))
    assert frozen == [{"n": 0}]


def seals(edge: Edge) -> list[tuple[int, int]]:
    """How many entries each seal has."""
    return [(row[0], row[1]) for row in edge.rows("select id, entries from audit_seal order by id")]


async def test_the_audit_is_sealed_once_in_a_slot_whoever_rings(edge: Edge, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.ground.seals.MOST_ENTRIES", 10)
    await asyncio.gather(*(timetable(edge).ring() for _ in range(4)))
    assert seals(edge) == [(1, 10), (2, 4)]  # the opening stock of fourteen places
    await requested(edge)
    edge.later(seconds=EVERY_SECONDS)
    await timetable(edge).ring()
    assert len(seals(edge)) == 2
    edge.later(seconds=SEALS_EVERY_SECONDS)
    await timetable(edge).ring()
    assert seals(edge)[2:] == [(3, 1)]
    edge.later(seconds=SEALS_EVERY_SECONDS)
    await timetable(edge).ring()
    assert len(seals(edge)) == 3  # nothing was done, so nothing is sealed


async def test_what_keeps_the_audit_from_being_sealed_keeps_nothing_else(
    edge: Edge, monkeypatch: pytest.MonkeyPatch
) -> None:
    await requested(edge)
    edge.later(hours=4)

    def busy(work: Work) -> int:
        raise StillWritten

    bell = Bell()
    for failing in (busy, lambda work: 1 // 0):
        with monkeypatch.context() as held:
            held.setattr(bot.timetable, "settled", failing)
            assert await timetable(edge, bell).ring()
        edge.later(seconds=EVERY_SECONDS)
    assert bell.times == 2
    assert edge.rows("select reserved from balance where reserved > 0") == []
    assert seals(edge) == []
    assert await timetable(edge, bell).ring()  # the slot was not taken, so the next ring seals
    assert sum(entries for _, entries in seals(edge)) == edge.rows("select count(*) from audit")[0][0]
