"""What goes out: in order, once, newest state only, and one chat's trouble is nobody else's."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable

import pytest

import bot.delivery
import bot.notifier
from bot.delivery import NotSent, Refused
from bot.due import MOST_CARDS, lagging_cards, rows_to_send
from bot.lanes import LOOK_AGAIN_SECONDS
from bot.limits import Limits
from bot.sending import LEASE, OLDEST_UNDRAWN, RESTART_PAUSE, claim, claim_redraw, forget_leases
from core.ground.work import Work
from data.kinds import InboxKind
from handlers.cards import want_redraw
from handlers.chats import chat, speak
from handlers.messages import Reply
from handlers.outgoing import send_toast
from tests.bot.edge import Edge, LostAnswer, until

PULL = "从中央仓调20箱可口可乐500ml到西湖店"


def states(edge: Edge) -> list[str]:
    """The state of each outbox row, the oldest first."""
    return [row[0] for row in edge.rows("select state from outbox order by id")]


async def asked(edge: Edge) -> None:
    """A request that waits for its tap, its card shown."""
    await edge.keeps("u01", PULL)
    await edge.handle()
    await edge.deliver()


async def test_a_chat_gets_its_messages_in_order(edge: Edge) -> None:
    for text in ("一", "二", "三"):
        await edge.says("u01", text)
    await edge.deliver()
    assert edge.channel.told("u01") == ["message: 一", "message: 二", "message: 三"]
    assert states(edge) == ["sent"] * 3
    assert await edge.deliver() == []


async def test_a_toast_goes_before_a_redraw_and_a_redraw_before_a_message(edge: Edge) -> None:
    await asked(edge)
    await edge.says("u01", "后来的话")

    await edge.changes(1)
    await edge.write(lambda work: send_toast(work, edge.chats["u01"], 1, "记下了"))
    await edge.deliver()
    assert edge.channel.told("u01")[1:] == [
        "toast: 记下了",
        "redraw: 待你确认 · 库存还没动",
        "message: 后来的话",
    ]


async def test_what_was_not_taken_is_tried_again_later_and_holds_back_what_follows(edge: Edge) -> None:
    edge.channel.faults["u01"].extend([NotSent(), NotSent(), NotSent(seconds=7)])
    await edge.says("u01", "一")
    await edge.says("u01", "二")
    for pause in (1, 1, 7):
        await edge.deliver()
        assert edge.channel.told("u01") == []
        edge.later(seconds=pause - 0.5)
        assert await edge.delivery.lanes.waiting() == []  # nor does the lane turn in circles meanwhile
        edge.later(seconds=0.5)
    await edge.deliver()
    assert edge.channel.told("u01") == ["message: 一", "message: 二"]


async def test_the_pause_grows_to_a_minute_and_no_further(edge: Edge) -> None:
    edge.channel.faults["u01"].extend([NotSent() for _ in range(12)])
    await edge.says("u01", "一")
    for _ in range(12):
        await edge.deliver()
        edge.later(seconds=60)
    await edge.deliver()
    assert edge.channel.told("u01") == ["message: 一"]


async def test_a_lost_answer_goes_out_once_more_marked_and_never_a_third_time(edge: Edge) -> None:
    edge.channel.faults["u01"].extend([LostAnswer(), LostAnswer()])
    await edge.says("u01", "一")
    await edge.says("u01", "二")
    await edge.deliver()
    assert edge.channel.told("u01") == ["message: 一"]

    edge.later(seconds=0.9)
    assert await edge.deliver() == []
    edge.later(seconds=0.1)
    await edge.deliver()
    assert edge.channel.told("u01") == ["message: 一", "repeated: 一"]

    edge.later(seconds=LEASE.total_seconds())
    await edge.deliver()
    assert edge.channel.told("u01") == ["message: 一", "repeated: 一", "message: 二"]
    assert states(edge) == ["dead", "sent"]


async def test_a_channel_that_knows_copies_gets_them_unmarked_until_it_answers(edge: Edge) -> None:
    edge.channel.knows_copies = True
    edge.channel.faults["u01"].extend([LostAnswer(), LostAnswer(), LostAnswer()])
    await edge.says("u01", "一")
    for _ in range(4):
        await edge.deliver()
        edge.later(seconds=LEASE.total_seconds())
    assert edge.channel.told("u01") == ["message: 一"] * 4
    assert states(edge) == ["sent"]


async def test_a_lost_answer_that_comes_through_the_second_time_is_sent(edge: Edge) -> None:
    edge.channel.faults["u01"].append(LostAnswer())
    await edge.says("u01", "一")
    await edge.deliver()
    edge.later(seconds=LEASE.total_seconds())
    await edge.deliver()
    assert states(edge) == ["sent"]


async def test_after_a_restart_a_begun_message_is_repeated_soon(edge: Edge) -> None:
    edge.channel.faults["u01"].append(LostAnswer())
    await edge.says("u01", "一")
    await edge.deliver()
    edge.delivery = edge.new_delivery()
    await edge.write(forget_leases)
    assert await edge.deliver() == []  # a process that dies again and again would use up the one copy
    edge.later(seconds=RESTART_PAUSE.total_seconds())
    await edge.deliver()
    assert edge.channel.told("u01") == ["message: 一", "repeated: 一"]


async def test_a_copy_is_marked_also_when_it_could_not_be_drawn_meanwhile(
    edge: Edge, monkeypatch: pytest.MonkeyPatch
) -> None:
    edge.channel.faults["u01"].append(LostAnswer())
    await asked(edge)
    edge.later(seconds=1)

    def breaks(*anything: object) -> Reply:
        raise ValueError("broken")

    with monkeypatch.context() as broken:
        broken.setattr(bot.delivery, "draw", breaks)
        await edge.deliver()
    edge.later(minutes=2)
    await edge.deliver()
    assert [line.partition(":")[0] for line in edge.channel.told("u01")] == ["message", "repeated"]


async def test_what_was_sent_after_all_is_not_buried_by_who_came_late(edge: Edge) -> None:
    edge.channel.faults["u01"].extend([LostAnswer(), LostAnswer()])
    await edge.says("u01", "一")
    for _ in range(2):
        await edge.deliver()
        edge.later(seconds=1)
    _, (due,) = await edge.write(lambda work: rows_to_send(work, edge.chats["u01"]))
    await edge.write(lambda work: work.connection.exec_driver_sql("update outbox set state = 'sent'"))
    where = await edge.write(lambda work: chat(work, edge.chats["u01"]))
    assert await edge.write(lambda work: claim(work, where, due, "late", Limits(), knows_copies=False)) is None
    assert states(edge) == ["sent"]


async def test_a_card_that_changed_since_it_was_drawn_is_not_painted_over(edge: Edge) -> None:
    await asked(edge)
    await edge.changes(1)
    (drawn,) = await edge.write(lambda work: lagging_cards(work, edge.chats["u01"]))
    await edge.changes(1)
    where = await edge.write(lambda work: chat(work, edge.chats["u01"]))
    assert await edge.write(lambda work: claim_redraw(work, where, drawn, Limits())) is False


async def test_a_toast_is_never_repeated(edge: Edge) -> None:
    await asked(edge)
    edge.channel.faults["u01"].append(LostAnswer())
    await edge.write(lambda work: send_toast(work, edge.chats["u01"], 1, "记下了"))
    await edge.deliver()
    edge.later(seconds=LEASE.total_seconds())
    await edge.deliver()
    assert edge.channel.told("u01")[1:] == ["toast: 记下了"]
    assert states(edge)[-1] == "dead"


async def test_what_is_refused_for_good_is_a_dead_letter_with_its_reason_and_the_lane_goes_on(edge: Edge) -> None:
    edge.channel.faults["u01"].append(Refused("message is too long"))
    await edge.says("u01", "一")
    await edge.says("u01", "二")
    await edge.deliver()
    assert edge.channel.told("u01") == ["message: 二"]
    assert edge.rows("select state, error from outbox order by id") == [("dead", "message is too long"), ("sent", None)]


async def test_a_redraw_that_fails_comes_later_and_one_that_is_gone_never(edge: Edge) -> None:
    await asked(edge)
    edge.channel.faults["u01"].extend([NotSent(), Refused("deleted")])
    await edge.changes(1)
    await edge.deliver()
    assert await edge.deliver() == []
    edge.later(seconds=1)
    await edge.deliver()
    assert await edge.deliver() == []
    assert len(edge.channel.told("u01")) == 1


async def test_what_cannot_be_drawn_was_not_sent_and_holds_up_the_chat_only_for_a_while(
    edge: Edge, monkeypatch: pytest.MonkeyPatch
) -> None:
    def breaks(*anything: object) -> Reply:
        raise ValueError("broken")

    monkeypatch.setattr(bot.delivery, "draw", breaks)
    await edge.keeps("u01", PULL)
    await edge.handle()
    await edge.says("u01", "后来的话")
    for _ in range(int(OLDEST_UNDRAWN.total_seconds()) // 60 + 1):
        assert edge.channel.told("u01") == []
        await edge.deliver()
        edge.later(minutes=1)
    assert edge.channel.told("u01") == ["message: 后来的话"]


async def test_a_card_that_cannot_be_redrawn_holds_up_nothing(edge: Edge, monkeypatch: pytest.MonkeyPatch) -> None:
    await asked(edge)

    def breaks(*anything: object) -> Reply:
        raise ValueError("broken")

    with monkeypatch.context() as broken:
        broken.setattr(bot.delivery, "draw", breaks)
        await edge.changes(1)
        await edge.says("u01", "后来的话")
        await edge.deliver()
    edge.later(minutes=1)
    await edge.deliver()
    assert edge.channel.told("u01")[1:] == ["message: 后来的话", "redraw: 待你确认 · 库存还没动"]


async def test_an_event_that_cannot_be_worded_holds_up_no_other(edge: Edge, monkeypatch: pytest.MonkeyPatch) -> None:
    await asked(edge)
    await edge.keeps("u01", "submit.1.1", kind=InboxKind.TAP)
    await edge.handle()

    def breaks(*anything: object) -> None:
        raise ValueError("broken")

    with monkeypatch.context() as broken:
        broken.setattr(bot.notifier, "word", breaks)
        await edge.notifier.word_next()
    await edge.deliver()
    assert edge.channel.told("u17") == []  # not at once
    for _ in range(3):
        edge.later(minutes=1)
        await edge.deliver()
    assert edge.channel.told("u17") == ["message: 待你批 · TR-1015 · 已冻结"]


async def test_a_redraw_shows_the_newest_state_only(edge: Edge) -> None:
    await asked(edge)
    await edge.keeps("u01", "submit.1.1", kind=InboxKind.TAP)
    await edge.handle()
    await edge.deliver()
    for data in ("approve.2.1", "dispatch.2.2"):
        await edge.keeps("u17", data, kind=InboxKind.TAP)
        await edge.handle()
    before = len(edge.channel.told("u01"))
    await edge.deliver()
    new = edge.channel.told("u01")[before:]
    assert new == ["message: 到货点收 · TR-1015 · 中央仓来", "redraw: 到货点收 · TR-1015 · 中央仓来"]  # which is folded


def turns_english(edge: Edge, card_id: int) -> Callable[[], Awaitable[None]]:
    """What changes a card while it is on its way, once."""

    def job(work: Work) -> None:
        speak(work, edge.chats["u01"], "en")
        want_redraw(work, card_id)

    async def change() -> None:
        edge.channel.meanwhile = None
        await edge.write(job)

    return change


async def test_a_card_that_changes_while_it_is_drawn_is_drawn_again(edge: Edge) -> None:
    await asked(edge)
    edge.channel.meanwhile = turns_english(edge, 1)
    await edge.changes(1)
    await edge.deliver()
    assert edge.channel.told("u01")[1:] == ["redraw: 待你确认 · 库存还没动", "redraw: Confirm this · nothing moved yet"]
    assert edge.rows("select wanted_version - shown_version from card") == [(0,)]


async def test_a_card_that_changes_while_it_is_first_sent_is_drawn_again(edge: Edge) -> None:
    edge.channel.meanwhile = turns_english(edge, 1)
    await asked(edge)
    assert edge.channel.told("u01") == ["message: 待你确认 · 库存还没动", "redraw: Confirm this · nothing moved yet"]


async def test_many_cards_of_a_chat_are_all_drawn_anew_before_its_messages(edge: Edge) -> None:
    for number in range(2 * MOST_CARDS):
        await edge.keeps("u01", f"从中央仓调{number + 1}箱红牛到西湖店")
        await edge.handle()
        await edge.deliver()
        await edge.keeps("u01", f"submit.{number + 1}.1", kind=InboxKind.TAP)
        await edge.handle()
    await edge.deliver()
    mine = [row[0] for row in edge.rows(f"select id from card where chat_id = {edge.chats['u01']} order by id")]
    for card_id in mine:
        await edge.changes(card_id)
    await edge.says("u01", "后来的话")
    before = len(edge.channel.told("u01"))
    running = asyncio.create_task(edge.delivery.lanes.run())
    began = time.monotonic()
    await until(lambda: "message: 后来的话" in edge.channel.told("u01"))
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    assert time.monotonic() - began < LOOK_AGAIN_SECONDS  # none of them has waited for the next look
    told = [line.partition(":")[0] for line in edge.channel.told("u01")[before:]]
    assert told == ["redraw"] * len(mine) + ["message"]


async def test_a_card_that_would_look_the_same_is_left_alone(edge: Edge) -> None:
    await asked(edge)
    await edge.write(lambda work: want_redraw(work, 1))
    await edge.deliver()
    assert edge.channel.told("u01") == ["message: 待你确认 · 库存还没动"]
    assert edge.rows("select wanted_version - shown_version from card") == [(0,)]


async def test_a_card_whose_redraw_was_cut_off_is_drawn_whatever_it_would_look_like(edge: Edge) -> None:
    await asked(edge)
    shown = edge.rows("select shown from card")
    edge.channel.faults["u01"].append(LostAnswer())
    await edge.changes(1)
    await edge.deliver()
    edge.later(seconds=1)
    await edge.deliver()
    assert edge.channel.told("u01")[1:] == ["redraw: 待你确认 · 库存还没动"] * 2
    assert edge.rows("select shown from card") == shown


async def test_an_event_is_told_once_whoever_words_it(edge: Edge) -> None:
    await asked(edge)
    await edge.keeps("u01", "submit.1.1", kind=InboxKind.TAP)
    await edge.handle()
    await asyncio.gather(*(edge.new_notifier().word_next() for _ in range(3)))
    assert edge.rows("select count(*) from card where reader_id = " + str(edge.people["u17"])) == [(1,)]


async def test_a_message_of_two_processes_is_sent_by_one(edge: Edge) -> None:
    await edge.says("u01", "一")
    processes = [edge.new_delivery() for _ in range(3)]
    await asyncio.gather(*(one.lanes.serve(edge.chats["u01"]) for one in processes))
    assert edge.channel.told("u01") == ["message: 一"]


async def test_a_chat_that_hangs_delays_no_other(edge: Edge) -> None:
    edge.channel.gates["u01"] = asyncio.Event()
    for text in ("一", "二"):
        await edge.says("u01", text)
        await edge.says("u02", text)
    running = asyncio.create_task(edge.delivery.lanes.run())
    await until(lambda: len(edge.channel.told("u02")) == 2)
    assert edge.channel.told("u01") == []

    edge.channel.gates["u01"].set()
    await until(lambda: len(edge.channel.told("u01")) == 2)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    assert edge.channel.told("u01") == ["message: 一", "message: 二"]
    assert states(edge) == ["sent"] * 4


async def test_what_is_under_way_at_the_end_is_finished(edge: Edge) -> None:
    gate = edge.channel.gates["u01"] = asyncio.Event()
    await edge.says("u01", "一")
    running = asyncio.create_task(edge.delivery.lanes.run())
    await until(lambda: states(edge) == ["sending"])
    running.cancel()
    gate.set()
    await asyncio.gather(running, return_exceptions=True)
    assert states(edge) == ["sent"]
