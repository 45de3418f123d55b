"""Joining on Telegram: by a link, in a group, again, too late, with somebody else's code; by polling and by webhook."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from core.execute import execute
from core.ground.commands import Answer
from core.ground.work import Work
from core.people.directory import person_by_code
from core.people.invites import Group, Known, LetsIn, MakeInvite, Newcomer, WithdrawInvite
from data.kinds import Role
from data.tables.all import metadata
from handlers.joining import hash_of
from tests.bot.telegram.played import Played

CODE, OTHER = "Zm9vYmFyLWJhel9xdXV4", "another-Code_0123456789"
ADMIN, STORE_MANAGER, AREA = "u34", "u02", "u29"
PULL = "从中央仓调20箱可口可乐500ml到西湖店"
PEOPLE = "select code, name, role, home_id, region, language from person where id > 35"


async def invited(one: Played, who: str, lets_in: LetsIn, code: str = CODE) -> None:
    """Let somebody make an invite, as the command line or the console would."""

    def make(work: Work) -> None:
        wish = MakeInvite(hash_of(code), lets_in)
        assert isinstance(execute(work.by(person_by_code(work, who), "cli"), wish, key=f"make {hash_of(code)}"), Answer)

    await one.write(make)


def place(one: Played, code: str) -> int:
    """The id of a place."""
    found: int = one.rows(f"select id from place where code = '{code}'")[0][0]
    return found


def texts(one: Played, chat: Any) -> list[str]:
    """What the bot says in a chat, in order."""
    return [shown["text"] for shown in one.server.screen(chat) if shown["from"] == one.server.me["first_name"]]


async def test_a_newcomer_comes_in_is_welcomed_and_works(both: Played) -> None:
    server = both.server
    await invited(both, STORE_MANAGER, Newcomer(Role.CLERK, place(both, "XH")))
    server.user("zhou", "zh-hans")
    await both.start()
    server.open_link("zhou", CODE)
    await server.wait("zhou", "你现在是西湖店的店员")
    await both.rests()
    (welcome,) = texts(both, "zhou")
    assert welcome.splitlines()[:2] == ["🟢 zhou,你好。你现在是西湖店的店员", "直接说就行,比如:"]
    assert len(welcome.splitlines()) == 7
    home = place(both, "XH")
    assert both.rows(PEOPLE) == [("u35", "zhou", "clerk", home, None, "zh")]
    server.say("zhou", PULL)
    card = await server.wait("zhou", "待你确认")
    server.tap("zhou", card["message_id"], "调20箱")
    await server.wait("qin", "待你批")
    await both.rests()
    assert server.problems() == []


async def test_whoever_made_the_invite_and_the_manager_of_the_place_are_told_who_came(polled: Played) -> None:
    await polled.link("admin", language="en")
    polled.server.chats[polled.server.user("admin")].open = True
    await invited(polled, ADMIN, Newcomer(Role.CLERK, place(polled, "XH")))
    await polled.start()
    polled.server.open_link("zhou", CODE)
    told = await polled.server.wait("admin", "zhou has joined")
    assert told["text"].startswith("zhou has joined: clerk at West Lake, invited by Alex.")
    await polled.rests()
    lines = "select c.channel, c.address, reply from outbox join chat c on c.id = chat_id where reply like '%{}%'"
    found = polled.rows(lines.format("zhou进来了"))
    assert [(channel, address) for channel, address, _ in found] == [("console", STORE_MANAGER)]
    assert "西湖店的店员,Alex邀请的" in found[0][2]
    assert polled.server.problems() == []


async def test_what_is_redelivered_or_opened_again_changes_nothing(both: Played) -> None:
    server = both.server
    await invited(both, ADMIN, Newcomer(Role.CLERK, place(both, "XH")))
    await both.start()
    await both.hears()
    server.open_link("zhou", CODE)
    await server.wait("zhou", "You are here as clerk at West Lake")
    await both.rests()
    kept = [
        both.rows(query) for query in (PEOPLE, "select * from account", "select * from chat", "select * from invite")
    ]
    server.redeliver(max(server.history))
    await both.rests()
    assert len(texts(both, "zhou")) == 1
    server.open_link("zhou", CODE)
    await both.until(lambda: len(texts(both, "zhou")) == 2)
    await both.rests()
    first, second = texts(both, "zhou")
    assert first == second
    assert kept == [
        both.rows(query) for query in (PEOPLE, "select * from account", "select * from chat", "select * from invite")
    ]
    assert server.problems() == []


async def test_a_code_that_opens_nothing_is_answered_alike_and_leaves_no_row(both: Played) -> None:
    server = both.server
    await invited(both, ADMIN, Newcomer(Role.FINANCE))
    await invited(both, ADMIN, Newcomer(Role.FINANCE), "withdrawn")
    await both.write(
        lambda work: execute(work.by(person_by_code(work, ADMIN), "cli"), WithdrawInvite(2), key="withdraw")
    )
    await both.start()
    server.open_link("zhou", CODE)
    await server.wait("zhou", "You are here as")
    people = both.rows(PEOPLE)
    for name, code in (("eve", CODE), ("mallory", "withdrawn"), ("trent", "never-made")):
        server.open_link(name, code)
        await server.wait(name, "This invite cannot be used")
    both.later(hours=25)
    await invited(both, ADMIN, Newcomer(Role.FINANCE), "late")
    both.later(hours=24)
    server.open_link("peggy", "late")
    await server.wait("peggy", "This invite cannot be used")
    await both.rests()
    said = {text for name in ("eve", "mallory", "trent", "peggy") for text in texts(both, name)}
    assert len(said) == 1
    assert both.rows(PEOPLE) == people
    assert both.rows("select count(*) from account where channel = 'telegram'") == [(3,)]
    assert both.rows("select count(*) from inbox") == [(0,)]
    assert server.problems() == []


async def test_a_stranger_is_told_once_and_may_still_come_in(polled: Played) -> None:
    await invited(polled, ADMIN, Newcomer(Role.FINANCE))
    await polled.start()
    for code in ("one", "two", "three"):
        polled.server.open_link("zhou", code)
    polled.server.say("zhou", "/start")
    await polled.server.wait("zhou", "I do not know you yet")
    await polled.rests()
    assert len(texts(polled, "zhou")) == 2
    polled.server.open_link("zhou", CODE)
    await polled.server.wait("zhou", "You are here as finance")
    assert polled.server.problems() == []


async def test_somebody_who_is_here_stays_who_they_are_and_the_invite_stays_open(polled: Played) -> None:
    await invited(polled, ADMIN, Newcomer(Role.HQ))
    await polled.start()
    polled.server.open_link("wang", CODE)
    await polled.server.wait("wang", "你已经在这里了,是王小丫,西湖店的店员")
    await polled.rests()
    assert polled.rows(PEOPLE) == []
    assert polled.rows("select state from invite") == [("open",)]
    polled.server.open_link("zhou", CODE)
    await polled.server.wait("zhou", "You are here as headquarters")
    assert polled.server.problems() == []


async def test_a_known_person_comes_in_on_a_phone_and_hears_of_it_elsewhere(both: Played) -> None:
    server = both.server
    await invited(both, STORE_MANAGER, Known(both.rows("select id from person where code = 'u02'")[0][0]))
    server.user("sister_li", "zh")
    await both.start()
    server.open_link("sister_li", CODE)
    await server.wait("sister_li", "李姐,你好。你现在是西湖店的店长")
    await both.rests()
    assert both.rows(PEOPLE) == []
    lines = both.rows(
        "select c.channel, reply from outbox join chat c on c.id = chat_id where reply like '%多了一个账号%'"
    )
    assert [channel for channel, _ in lines] == ["console"]
    assert "李姐(西湖店的店长)多了一个账号“sister_li”" in lines[0][1]
    assert server.problems() == []


async def test_a_group_is_connected_and_hears(both: Played) -> None:
    server = both.server
    await invited(both, AREA, Group("west"))
    server.user("tao", "zh")
    await both.link("tao")
    await both.start()
    group = server.group("西湖大群", ["tao", "wang"])
    server.say("tao", f"/start@strict_bot {CODE}", chat=group)
    hello = await server.wait(group, "这个群接上了")
    await both.rests()
    assert texts(both, group) == [hello["text"]]  # and not first that it is nobody's
    assert "等4处" in hello["text"]
    assert "在这个群里我只听三种话" in hello["text"]
    (row,) = both.rows(f"select title_zh, language, hears from chat where address = '{group}'")
    assert row == ("西湖大群", "zh", "west")
    server.say("wang", PULL)
    card = await server.wait("wang", "待你确认")
    server.tap("wang", card["message_id"], "调20箱")
    request = await server.wait("qin", "待你批")
    server.tap("qin", request["message_id"], "批20箱")
    await both.rests()
    server.say("tao", f"/start@strict_bot {CODE}", chat=group)
    await both.rests()
    assert texts(both, group)[-1] == hello["text"]
    assert both.rows("select count(*) from chat where kind = 'group' and channel = 'telegram'") == [(1,)]
    assert server.problems() == []


async def test_a_group_is_not_connected_by_one_who_may_not(both: Played) -> None:
    server = both.server
    await invited(both, ADMIN, Group())
    await both.start()
    group = server.group("西湖大群", ["wang", "eve"])
    await server.wait(group, "这个群还没有接到")
    server.say("wang", f"/start@strict_bot {CODE}", chat=group)
    await server.wait(group, "这个群不能由你来接")
    server.say("eve", f"/start@strict_bot {CODE}", chat=group)
    await server.wait(group, "I do not know you yet")
    server.open_link("eve", CODE)
    await server.wait("eve", "This invite is for a group")
    await both.rests()
    assert both.rows("select count(*) from chat where kind = 'group' and channel = 'telegram'") == [(0,)]
    assert both.rows("select state from invite") == [("open",)]
    assert server.problems() == []


async def test_an_invite_of_a_person_is_not_used_up_in_a_group(polled: Played) -> None:
    await invited(polled, ADMIN, Newcomer(Role.HQ))
    await polled.link("admin", language="en")
    polled.server.chats[polled.server.user("admin")].open = True
    await polled.start()
    group = polled.server.group("HQ", ["admin", "zhou"])
    polled.server.say("admin", f"/start@strict_bot {CODE}", chat=group)
    await polled.server.wait(group, "This invite is for one person")
    polled.server.open_link("zhou", CODE)
    await polled.server.wait("zhou", "You are here as headquarters")
    assert polled.server.problems() == []


async def test_the_language_of_the_app_can_be_changed(polled: Played) -> None:
    await invited(polled, ADMIN, Newcomer(Role.CLERK, place(polled, "XH")))
    await polled.start()
    polled.server.open_link("zhou", CODE)
    await polled.server.wait("zhou", "To read Chinese here, say “说中文”")
    polled.server.say("zhou", "说中文")
    await polled.server.wait("zhou", "好,以后在这里说中文")
    polled.server.say("zhou", "西湖店可口可乐500ml还有多少")
    await polled.server.wait("zhou", "西湖店")
    polled.server.say("zhou", "English please")
    await polled.server.wait("zhou", "I speak English here from now on")
    await polled.rests()
    assert polled.server.problems() == []


@pytest.mark.parametrize(
    ("name", "kept"),
    [("<b>老板</b>", "<b>老板</b>"), ("\u202e\u2066\n", "新同事"), ("周" * 60, "周" * 19 + "…"), ("a\n\u200bb", "a b")],
)
async def test_a_name_is_shown_as_one_line_of_words(polled: Played, name: str, kept: str) -> None:
    await invited(polled, ADMIN, Newcomer(Role.FINANCE))
    polled.server.user("zhou", "zh")
    polled.server.users["zhou"]["first_name"] = name
    await polled.start()
    polled.server.open_link("zhou", CODE)
    shown = await polled.server.wait("zhou", "你现在是财务")
    assert shown["text"].splitlines()[0] == f"🟢 {kept},你好。你现在是财务"
    assert [row[1] for row in polled.rows(PEOPLE)] == [kept]
    assert polled.server.problems() == []


async def test_the_code_is_in_no_table_and_no_log_line(both: Played, logged: Callable[[], str]) -> None:
    await invited(both, ADMIN, Newcomer(Role.FINANCE))
    await invited(both, ADMIN, Group(), OTHER)
    await both.link("admin", language="en")
    both.server.chats[both.server.user("admin")].open = True
    await both.start()
    for name in ("zhou", "eve"):
        both.server.open_link(name, CODE)
    group = both.server.group("HQ", ["admin"])
    both.server.say("admin", f"/start@strict_bot {OTHER}", chat=group)
    await both.server.wait("eve", "cannot be used")
    await both.server.wait(group, "This group is connected")
    await both.weathers()
    await both.stop()
    said = logged()
    rows = str([both.rows(f'select * from "{table}"') for table in metadata.tables])
    assert "telegram" in said
    for code in (CODE, OTHER):
        assert hash_of(code) in rows
        assert code not in said + rows
