"""The whole story on a line and a platform that do everything twice, late, in another order, or not at all."""

from __future__ import annotations

import pytest

from tests.bot.telegram.played import Played
from tests.bot.telegram.tale import (
    DONE,
    HELP,
    PULL,
    NervousPeople,
    PatientPeople,
    People,
    begun,
    check_story,
    dispatched,
    in_a_group,
    requested,
    whole_story,
)
from tests.bot.telegram.upshot import check

ENDED = ("SubmitTransfer", "ApproveTransfer", "DispatchTransfer", "ReceiveTransfer")


@pytest.mark.parametrize("where", ["private", "group"])
async def test_everything_comes_twice_and_mixed_up(both: Played, where: str) -> None:
    room = await in_a_group(both) if where == "group" else None
    await begun(both, "li")
    people = NervousPeople(both, room)
    await whole_story(people)
    check_story(both)
    rows = check(both, *DONE)
    assert not [row for row in rows if len(row.sights) != 1]
    assert all(both.server.toast(query)["text"] for query in people.queries)


async def test_two_people_tap_at_once_and_one_of_them_did_it(both: Played) -> None:
    await begun(both, "li")
    people = People(both)
    await requested(people)
    await dispatched(people)
    both.server.hold()
    shown = {who: await people.with_button(who, "全收") for who in ("wang", "li")}
    taps = [both.server.tap(who, shown[who]["message_id"], "全收") for who in ("li", "wang", "wang", "li")]
    both.server.release([3, 1, 0, 2])
    await people.rest()
    for update_id in list(both.server.history):
        both.server.redeliver(update_id)
    await people.rest()
    told = {both.server.toast(query)["text"] for query in taps}
    assert len(told) == 1
    assert told.pop().startswith("收齐 · TR-")
    assert both.rows("select sum(quantity) from posting where cause = 'transfer_in'") == [(480,)]
    check(both, *ENDED)


EVERY = ("sendMessage", "editMessageText", "answerCallbackQuery", "getUpdates")


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize("kind", ["500", "429"])
async def test_a_platform_that_fails_thrice_for_every_call(both: Played, kind: str) -> None:
    if kind != "429":  # for that it would wait as long as it is asked to
        both.server.fault("*", kind, times=6)  # already for what is asked at the start
    await begun(both, "li")
    both.server.faults.clear()
    for method in EVERY:
        both.server.fault(method, kind, times=3)
    people = PatientPeople(both)
    await requested(people)
    for method in EVERY:
        both.server.fault(method, kind, times=3)
    await dispatched(people)
    assert not [fault for fault in both.server.faults if fault.times and fault.method != "getUpdates"]
    rows = check(both, *DONE[:3])
    assert not [row for row in rows if row.repeated]


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize("kind", ["drop", "drop_after", "timeout_after"])
async def test_a_line_that_breaks_in_the_middle_of_every_kind_of_call(both: Played, kind: str) -> None:
    both.wire.request._read_seconds = 0.2
    await begun(both, "li")
    people = PatientPeople(both)
    await requested(people)
    for method in EVERY:
        if method != "getUpdates" or not kind.endswith("_after"):
            both.server.fault(method, kind, value=0.3)
    await dispatched(people)
    assert not [fault for fault in both.server.faults if fault.times and fault.method != "getUpdates"]
    # What was carried out already is refused the second time: there is nothing to change, the query is answered.
    rows = check(both, *DONE[:3], problems={"not_modified": 1, "rejected": 1} if kind.endswith("_after") else {})
    assert len([row for row in rows if row.repeated]) == 1  # the copy is marked in any case, for who could know
    assert len([row for row in rows if len(row.sights) == 2]) == (1 if kind.endswith("_after") else 0)


@pytest.mark.parametrize("kind", ["drop", "drop_after"])
async def test_a_message_whose_answer_is_lost_twice_never_goes_out_a_third_time(both: Played, kind: str) -> None:
    await begun(both)
    both.server.fault("sendMessage", kind, times=2)
    both.server.say("wang", "帮助")
    both.server.say("wang", PULL)
    people = PatientPeople(both)
    await people.rest()
    rows = check(both, dead=["its answer was lost twice"])
    assert [len(row.sights) for row in rows] == [2 if kind == "drop_after" else 0, 1]
    assert [call["kind"] for call in both.server.transcript("wang")].count("fault") == 0
    assert HELP not in both.server.last("wang")["text"]
    await people.tap("wang", "调20箱")
    check(both, "SubmitTransfer", dead=["its answer was lost twice"])
