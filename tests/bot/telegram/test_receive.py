"""Who is heard and who is not: strangers, invites, groups, topics, moves, who comes and goes."""

from __future__ import annotations

import pytest
from sqlalchemy.exc import IntegrityError

import bot.telegram.receive
from bot.telegram.meanings import HOUSE_NAME
from core.ground.work import Work
from handlers import chats
from handlers.respond import MENTION
from tests.bot.telegram.played import Played

ASK = "西湖店可口可乐500ml还有多少"


def kept(one: Played) -> list[str]:
    """What stands in the inbox, in order."""
    return [text for (text,) in one.rows("select text from inbox order by id")]


def test_the_house_name_is_one_that_groups_hear() -> None:
    assert MENTION.fullmatch(HOUSE_NAME)


@pytest.mark.parametrize(("language", "sentence"), [("zh-hans", "我还不认识你"), ("en", "I do not know you yet")])
async def test_a_stranger_gets_one_honest_sentence_and_nothing_is_kept(
    polled: Played, language: str, sentence: str
) -> None:
    before = polled.rows("select count(*) from chat")
    polled.server.user("eve", language)
    await polled.start()
    for text in (ASK, "帮助", "/start"):
        polled.server.say("eve", text)
    await polled.server.wait("eve", sentence)
    await polled.rests()
    assert len(polled.server.screen("eve")) == 4  # three of hers, one of ours
    assert kept(polled) == []
    assert polled.rows("select count(*) from chat") == before
    polled.later(minutes=11)
    polled.server.say("eve", "帮助")
    await polled.rests()
    assert len(polled.server.screen("eve")) == 6
    assert polled.server.problems() == []


async def test_a_stranger_who_taps_is_answered(polled: Played) -> None:
    group = polled.server.group("西湖", ["wang", "eve"])
    await polled.connect(group)
    await polled.start()
    polled.server.say("wang", "@strict_bot 从中央仓调20箱可口可乐500ml到西湖店", chat=group)
    card = await polled.server.wait(group, "待你确认")
    query = polled.server.tap("eve", card["message_id"], "调20箱", chat=group)
    await polled.rests()
    assert "it did nothing" in polled.server.toast(query)["text"]
    assert polled.server.problems() == []


async def test_commands_are_words(polled: Played) -> None:
    await polled.start()
    for text in (
        "/start",
        "/help",
        "/stock@strict_bot  可口可乐500ml",
        "/stock",
        "/transfer 2箱",
        "/zh",
        "/foo 1",
        "/stock@other x",
    ):
        polled.server.say("wang", text)
    await polled.rests()
    assert kept(polled) == ["帮助", "帮助", "可口可乐500ml还有多少", "帮助", "2箱", "中文", "foo 1", "/stock@other x"]
    assert polled.server.problems() == []


async def test_a_picture_without_words_is_answered(polled: Played) -> None:
    await polled.start()
    polled.server.photo("wang", b"jpeg")
    polled.server.photo("wang", b"jpeg", caption=ASK)
    await polled.server.wait("wang", "没有字")
    await polled.rests()
    assert kept(polled) == ["", ASK]


async def test_a_group_hears_what_is_said_to_it(polled: Played) -> None:
    server = polled.server
    group = server.group("西湖", ["wang", "qin"], bot="administrator")  # so everything reaches the bot
    await polled.connect(group)
    await polled.start()
    await server.wait(group, "我来了")
    server.say("wang", "今天好热", chat=group)
    server.say("wang", f"@Strict_Bot {ASK}", chat=group)
    server.say("wang", f"@strict_bot2 {ASK}", chat=group)
    server.say("wang", f"@小店 {ASK}", chat=group)
    server.say("qin", "/stock@other_bot 可乐", chat=group)
    server.say("qin", "/stock@strict_bot 可口可乐500ml", chat=group)
    server.say("qin", "/help", chat=group)
    await polled.rests()
    answer = server.last(group)["message_id"]
    server.say("wang", ASK, chat=group, reply_to=answer)
    server.say("wang", "别的", chat=group, reply_to=2)
    await polled.rests()
    assert kept(polled) == [
        f"@stocktalk {ASK}",
        f"@stocktalk @小店 {ASK}",
        "@stocktalk 可口可乐500ml还有多少",
        "@stocktalk 帮助",
        f"@stocktalk {ASK}",
    ]
    members = "select person.code from chat_member join person on person.id = person_id where chat_id > 38 order by 1"
    assert polled.rows(members) == [("u01",), ("u17",)]
    server.member_status(group, "qin", "left")
    await polled.rests()
    assert polled.rows(members) == [("u01",)]
    assert server.problems() == []


async def test_a_stranger_in_a_group_and_a_group_of_nobodys(polled: Played) -> None:
    server = polled.server
    ours, theirs = server.group("西湖", ["wang", "eve"]), server.group("别家", ["wang"])
    await polled.connect(ours)
    await polled.start()
    server.say("eve", f"@strict_bot {ASK}", chat=ours)
    server.say("wang", f"@strict_bot {ASK}", chat=theirs)
    await server.wait(ours, "I do not know you yet")
    await server.wait(theirs, "还没有接到")
    await polled.rests()
    assert kept(polled) == []
    assert len([message for message in server.screen(theirs) if "还没有接到" in message["text"]]) == 1
    assert server.problems() == []


async def test_a_topic_is_a_conversation_of_its_own(polled: Played) -> None:
    server = polled.server
    group = server.group("西湖", ["wang", "qin"], forum=True)
    topic = server.topic(group, "调拨", by="wang")
    await polled.connect(group)
    await polled.start()
    server.say("wang", "@strict_bot 从中央仓调20箱可口可乐500ml到西湖店", chat=group, thread=topic)
    card = await server.wait(group, "待你确认")
    assert card["thread"] == topic
    opening = server.chats[group].messages[topic]
    opening["from"] = server.author  # a topic that the bot had opened: everybody in it seems to answer the bot
    server.say("wang", "大家看", chat=group, thread=topic, reply_to=topic)
    query = server.tap("wang", card["message_id"], "调20箱", chat=group)
    await polled.rests()
    assert server.toast(query)["text"].startswith("待批 · TR-")
    reply = server.say("wang", f"@strict_bot {ASK}", chat=group, reply_to=server.say("qin", "你好", chat=group))
    await polled.rests()
    assert reply
    assert not [text for text in kept(polled) if "大家看" in text]
    assert "thread" not in server.last(group)
    assert polled.rows(f"select address, hears from chat where address like '{group}%' order by id") == [
        (str(group), None),
        (f"{group}/{topic}", None),
    ]
    assert server.problems() == []


async def test_a_card_of_a_topic_that_was_closed_can_still_be_tapped(polled: Played) -> None:
    server = polled.server
    group = server.group("西湖", ["wang"], forum=True)
    topic = server.topic(group, "调拨")
    await polled.connect(group)
    await polled.start()
    await polled.hears()
    server.chats[group].topics.clear()
    server.say("wang", "@strict_bot 从中央仓调20箱可口可乐500ml到西湖店", chat=group, thread=topic)
    card = await server.wait(group, "待你确认")
    assert "thread" not in card
    query = server.tap("wang", card["message_id"], "调20箱", chat=group)
    await polled.rests()
    assert server.toast(query)["text"].startswith("待批 · TR-")


async def test_a_card_is_tapped_where_it_stands_and_nowhere_else(polled: Played) -> None:
    server = polled.server
    await polled.start()
    server.say("wang", "从中央仓调20箱可口可乐500ml到西湖店")
    card = await server.wait("wang", "待你确认")
    await polled.rests()
    data = server.chats[server.user("wang")].messages[card["message_id"]]["reply_markup"]["inline_keyboard"][0][0]
    group = server.group("西湖", ["wang", "qin"])
    await polled.connect(group)
    for place in (group, server.user("qin")):
        chat = server.chats[place]
        server.callbacks[f"{place}"] = {"at": server.clock(), "answered": False, "chat": place, "user": "qin"}
        message = {"chat": chat.json(), "message_id": 77, "date": 0}
        forged = {"id": f"{place}", "from": server.users["qin"], "message": message, "chat_instance": "1"}
        server.raw("callback_query", {**forged, "data": data["callback_data"]})
    await polled.rests()
    assert (
        server.toast(f"{group}")["text"] == server.toast(f"{server.user('qin')}")["text"] == "这个按钮不在这里,没有生效"
    )
    assert polled.rows("select count(*) from document where kind = 'transfer'") == [(0,)]


async def test_a_group_moves_in_the_middle(polled: Played) -> None:
    server = polled.server
    group = server.group("西湖", ["wang", "qin"], supergroup=False)
    row = await polled.connect(group)
    await polled.start()
    server.say("wang", "@strict_bot 从中央仓调20箱可口可乐500ml到西湖店", chat=group)
    await server.wait(group, "待你确认")
    new = server.migrate(group)
    server.say("wang", f"@strict_bot {ASK}", chat=new)
    await server.wait(new, "可口可乐500ml")
    await polled.rests()
    assert polled.rows(f"select address from chat where id = {row}") == [(str(new),)]
    for update_id, update in list(server.history.items()):
        if update.get("message", {}).keys() & {"migrate_to_chat_id", "migrate_from_chat_id"}:
            server.redeliver(update_id)
    await polled.rests()
    assert polled.rows(f"select address from chat where id = {row}") == [(str(new),)]
    assert server.problems() == []


async def test_being_shut_out_is_told_once(polled: Played) -> None:
    server = polled.server
    for name in ("admin", "li"):
        await polled.link(name, language="en")
        server.chats[server.user(name)].open = True
    group = server.group("西湖", ["wang"])
    await polled.connect(group)
    await polled.start()
    await polled.hears()
    server.block("wang")
    server.bot_status(group, "kicked", by="wang")
    await server.wait("li", "王小丫收不到我的消息了")
    await server.wait("admin", "West Lake no longer receives")
    server.redeliver(max(server.history))
    await polled.rests()
    assert [len(server.screen(name)) for name in ("admin", "li")] == [1, 1]
    server.block("wang", False)
    server.say("wang", "帮助")
    await server.wait("wang", "直接说就行")
    await polled.rests()
    server.block("wang")
    await polled.until(lambda: len(server.screen("li")) == 2)
    assert server.problems() == []


async def test_what_cannot_be_read_holds_up_nothing(polled: Played) -> None:
    server = polled.server
    await polled.start()
    await polled.hears()
    server.raw("message", {"message_id": "?", "chat": 5})
    server.raw("callback_query", {"id": "no-message", "from": server.users["wang"], "chat_instance": "1"})
    server.say("wang", "帮助")
    await server.wait("wang", "直接说就行")
    assert kept(polled) == ["帮助"]


async def test_what_no_database_takes_holds_up_nothing(polled: Played, monkeypatch: pytest.MonkeyPatch) -> None:
    knows, failed = chats.account, list[str]()

    def account(work: Work, channel: str, address: str) -> tuple[int, int] | None:
        if address == str(polled.server.user("li")):
            failed.append(address)
            raise IntegrityError("insert", {}, ValueError("there is one"))
        return knows(work, channel, address)

    monkeypatch.setattr(bot.telegram.receive, "account", account)
    await polled.start()
    await polled.hears()
    polled.server.say("li", "帮助")
    polled.server.say("wang", "帮助")
    await polled.server.wait("wang", "直接说就行")
    assert kept(polled) == ["帮助"]
    assert failed
