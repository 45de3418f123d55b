"""One chat is in trouble in the middle of the story: paused, blocked, deleted, put out, moved. The others go on."""

from __future__ import annotations

import pytest

from bot.timetable import Timetable
from tests.bot.telegram.played import Played
from tests.bot.telegram.tale import (
    DONE,
    HELP,
    PULL,
    People,
    begun,
    calls,
    check_story,
    dispatched,
    in_a_group,
    received_short,
    redrawn,
    requested,
    row_of,
    said,
    settled,
    tells,
)
from tests.bot.telegram.upshot import check

AT_ONCE_SECONDS = 2.0
"""A second, and another one for a machine that has more to do."""
SHOWS = ("sendMessage", "editMessageText")
TOO_OLD = "not taken for a day"


async def test_a_group_that_is_paused_keeps_nobody_else_waiting(both: Played) -> None:
    server = both.server
    group, other = await in_a_group(both), await in_a_group(both)
    await begun(both)
    people = People(both, group)
    await requested(people)
    before = calls(both, group, *SHOWS)
    server.fault("sendMessage", "429", chat=group, value=30)
    await tells(both, row_of(both, group), "一", "二", "三")
    await both.until(lambda: calls(both, group, *SHOWS) > before)
    await tells(both, row_of(both, "wang"), "四")
    await tells(both, row_of(both, other), "五")
    await server.wait("wang", "四", timeout=AT_ONCE_SECONDS)
    await server.wait(other, "五", timeout=AT_ONCE_SECONDS)

    card = people.found("wang", "撤回")
    assert card
    query = server.tap("wang", card["message_id"], "撤回", chat=group)
    await server.wait("qin", "已撤回", timeout=AT_ONCE_SECONDS)  # the redraw of another chat goes on
    assert server.toast(query)["answered"]  # and so do toasts, which are for no chat
    both.later(seconds=25)
    await server.settle(quiet=0.3)
    assert calls(both, group, *SHOWS) == before + 1
    both.later(seconds=6)
    await people.rest()
    assert said(both, group)[-4:-1] == ["一", "二", "三"]  # the last one is that it was withdrawn
    check(both, DONE[0], "CancelTransfer")


async def test_a_pause_that_an_edit_is_asked_for_is_the_chats_alone_too(both: Played) -> None:
    server = both.server
    group = await in_a_group(both)
    await begun(both)
    people = People(both, group)
    await requested(people)
    before = calls(both, group, *SHOWS)
    server.fault("editMessageText", "429", chat=group, value=30)
    card = await people.with_button("qin", "批20箱")
    server.tap("qin", card["message_id"], "批20箱")
    await both.until(lambda: calls(both, group, *SHOWS) > before)
    await server.wait("qin", "已批", timeout=AT_ONCE_SECONDS)
    await tells(both, row_of(both, group), "一")
    both.later(seconds=25)
    await server.settle(quiet=0.3)
    assert calls(both, group, *SHOWS) == before + 1
    both.later(seconds=6)
    await people.rest()
    assert said(both, group)[-1] == "一"
    check(both, *DONE[:2])


def block(one: Played, name: str, *, told: bool) -> None:
    """Somebody blocks the bot. Unless we are told, we only see it by what is refused."""
    if not told:
        one.server.hold()
    one.server.block(name)
    if not told:
        one.server.held.clear()
        one.server.release()


@pytest.mark.parametrize(("told", "word"), [(True, "帮助"), (False, "/start"), (False, "")])
async def test_who_blocked_us_in_the_middle_gets_everything_when_they_are_back(
    both: Played, told: bool, word: str
) -> None:
    server = both.server
    await begun(both, "li")
    people = People(both)
    await requested(people)
    seen, before = said(both, "wang"), calls(both, "wang", *SHOWS)
    block(both, "wang", told=told)
    await dispatched(people)
    await people.tap("li", "全收")
    assert said(both, "wang") == seen
    assert calls(both, "wang", *SHOWS) == before + (0 if told else 1)
    assert len([line for line in said(both, "li") if "王小丫收不到我的消息了" in line]) == 1

    server.hold()
    server.block("wang", False)
    if word:  # what they write may come in before we hear that they are back
        server.say("wang", word)
    server.release(None if not word else [1, 0])
    await both.until(lambda: len(said(both, "wang")) > len(seen))
    await people.rest()
    assert (HELP in said(both, "wang")[-1]) == bool(word)
    assert len([line for line in said(both, "li") if "王小丫收不到我的消息了" in line]) == 1
    rows = check(both, *DONE[:4])
    assert not [row for row in rows if row.repeated]


async def test_what_comes_again_from_who_blocked_us_brings_nobody_back(both: Played) -> None:
    await begun(both, "li")
    people = People(both)
    await requested(people)
    block(both, "wang", told=True)
    await dispatched(people)
    before = calls(both, "wang", *SHOWS)
    for update_id in list(both.server.history):
        both.server.redeliver(update_id)
    await people.tap("li", "全收")
    assert len([line for line in said(both, "li") if "王小丫收不到我的消息了" in line]) == 1
    assert calls(both, "wang", *SHOWS) == before


async def test_a_keeper_without_a_manager_is_told_of_to_the_administrators(both: Played) -> None:
    await begun(both, "li", "admin")
    people = People(both)
    await requested(people)
    block(both, "qin", told=False)
    await people.tap("wang", "撤回")
    await people.rest()
    assert len([line for line in said(both, "admin") if "秦师傅 no longer receives" in line]) == 1
    assert said(both, "li") == []
    both.server.block("qin", False)
    await people.rest()
    await both.until(lambda: "已撤回" in said(both, "qin")[-1])
    await people.rest()
    check(both, DONE[0], "CancelTransfer")


async def test_what_is_for_a_deleted_account_is_given_up_after_a_day_and_nothing_else_is(both: Played) -> None:
    await begun(both, "li")
    people = People(both)
    await requested(people)
    both.server.chats[both.server.user("wang")].bot = "left"  # refused in other words, and nobody says so
    await dispatched(people)
    await people.tap("li", "全收")
    both.later(hours=24, minutes=1)
    await Timetable(both.database, both.clock, both.wake).ring()
    await people.rest()
    kept = both.rows(
        f"select state from outbox where kind = 'message' and chat_id = {row_of(both, 'wang')} order by id"
    )
    assert [state for (state,) in kept].count("sent") == 1
    check(both, *DONE[:4], dead=[TOO_OLD] * (len(kept) - 1))


async def test_a_group_that_put_us_out_gets_everything_when_we_are_in_again(both: Played) -> None:
    server = both.server
    await begun(both, "li")
    group = await in_a_group(both)
    people = People(both, group)
    await requested(people)
    seen = said(both, group)
    server.bot_status(group, "kicked", by="wang")
    await dispatched(people)
    await people.tap("li", "全收")
    assert said(both, group) == seen
    server.bot_status(group, "member", by="wang")
    await both.until(lambda: len(said(both, group)) > len(seen))
    await people.rest()
    assert len([line for line in said(both, group) if line.startswith("收齐 · TR-")]) == 1
    check(both, *DONE[:4])


@pytest.mark.parametrize(
    ("moment", "heard"),
    [
        pytest.param("asked", "from the platform", marks=pytest.mark.long),
        ("asked", "by a message"),
        ("submitted", "by an edit"),
        pytest.param("on the road", "from the platform", marks=pytest.mark.long),
    ],
)
async def test_a_group_that_moves_in_the_middle(both: Played, heard: str, moment: str) -> None:
    server = both.server
    await begun(both, "li")
    old = await in_a_group(both, supergroup=False)
    people = People(both, old)
    await people.say("wang", PULL, "待你确认")
    if moment != "asked":
        await people.tap("wang", "调20箱")
    if moment == "on the road":
        await dispatched(people)
    if heard != "from the platform":
        server.hold()
    new = people.room = server.migrate(old)
    if heard == "by a message":
        await tells(both, row_of(both, old), "一")
    elif heard == "by an edit":
        await redrawn(both, row_of(both, old))
    await both.until(lambda: row_of(both, new))
    await people.rest()
    server.release()
    for update_id, update in list(server.history.items()):
        if update.get("message", {}).keys() & {"migrate_to_chat_id", "migrate_from_chat_id"}:
            server.redeliver(update_id)
    await people.rest()
    assert len([one for one in server.screen(new) if one.get("buttons")]) == 1  # the card is there, and once

    if moment == "asked":
        await people.tap("wang", "调20箱")
    if moment != "on the road":
        await dispatched(people)
    await received_short(people)
    await settled(people)
    check_story(both)
    rows = check(both, *DONE, problems={} if heard == "from the platform" else {"rejected": 1})
    assert not [row for row in rows if len(row.sights) != 1]
