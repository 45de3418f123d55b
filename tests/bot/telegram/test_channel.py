"""What delivery gets back from the channel: shown, not sent, gone, or nobody knows; and what it tries by itself."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
from telegram.error import NetworkError

from bot.delivery import Gone, NotSent, Outgoing, Refused
from bot.due import Tapped
from bot.telegram.addresses import MessageId
from bot.telegram.outcomes import Unanswered
from bot.telegram.request import STAND_IN, AiohttpRequest, NotReached
from data.engine import Database
from data.kinds import CardFace
from data.tables.conversation import Card as CardRow
from handlers.cards import Card, card
from handlers.chats import Chat, chat
from handlers.messages import Button, Reply
from handlers.understand.names.lexicon import Lexicon
from tests.bot.telegram.played import TOKEN, Played, played
from tests.scenarios.chain import MORNING

BUTTON = Button("好", "do", data="do.1.1")
HELLO = Outgoing(1, Reply(("一", "二"), (BUTTON,)), None, repeated=False, created_at=MORNING)


@pytest.fixture
async def one(demo: Database, lexicon: Lexicon) -> AsyncIterator[Played]:
    """The channel alone: its connections are open, and nothing runs by itself."""
    async with played(demo, lexicon) as still:
        await still.wire.request.initialize()
        yield still


def where(one: Played, name: str = "wang") -> Chat:
    """A person's private chat, as delivery has it."""
    found = one.rows(f"select id from chat where channel = 'telegram' and address = '{one.server.user(name)}'")
    return at(one, found[0][0])


def at(one: Played, chat_id: int) -> Chat:
    """A chat by its row."""
    return one.database.reading(lambda c: chat(one.work(c), chat_id)).result()


async def carded(one: Played, place: Chat, message_id: str | None) -> Card:
    """A card's row with this message."""
    row = {"chat_id": place.id, "face": CardFace.PENDING, "message_id": message_id}
    card_id = await one.write(lambda work: work.add(CardRow, **row))
    found = one.database.reading(lambda c: card(one.work(c), card_id)).result()
    assert found is not None
    return found


async def test_a_message_is_sent_and_named_with_its_chat(one: Played) -> None:
    sent = await one.wire.channel.send(where(one), HELLO)
    shown = one.server.last("wang")
    assert sent == f"{one.server.user('wang')}:{shown['message_id']}"
    assert (shown["text"], shown["buttons"]) == ("一\n二", [["好"]])
    assert one.server.problems() == []


async def test_a_repeated_message_says_so(one: Played) -> None:
    await one.wire.channel.send(where(one), replace(HELLO, repeated=True))
    assert one.server.last("wang")["text"] == "(可能重复)\n一\n二"


@pytest.mark.parametrize(
    ("fault", "raised", "arrives"),
    [
        ("429", NotSent, 0),
        ("500", NotSent, 0),
        ("502", NotSent, 0),
        ("504", Unanswered, 0),
        ("401", NotSent, 0),
        ("403", Gone, 0),
        ("drop", Unanswered, 0),
        ("drop_after", Unanswered, 1),
        ("timeout", Unanswered, 0),
        ("timeout_after", Unanswered, 1),
    ],
)
async def test_what_a_failed_send_means(one: Played, fault: str, raised: type[Exception], arrives: int) -> None:
    one.wire.request._read_seconds = 0.3
    one.server.fault("sendMessage", fault, value=7)
    with pytest.raises(raised) as error:
        await one.wire.channel.send(where(one), HELLO)
    assert len(one.server.screen("wang")) == arrives
    assert error.value.__cause__ is None
    assert error.value.__context__ is None
    if fault == "429":
        assert isinstance(error.value, NotSent)
        assert error.value.seconds == 7
    await one.wire.channel.send(where(one), HELLO)
    assert one.server.problems() == []


async def test_where_nobody_listens_nothing_was_sent(one: Played) -> None:
    await one.server.runner.cleanup()
    with pytest.raises(NotSent):
        await one.wire.channel.send(where(one), HELLO)


async def test_an_address_that_is_none_sends_nothing(one: Played) -> None:
    one.wire.request._api = "http://[nonsense"
    for url in ("http://[nonsense/bot0:hidden/getMe", "nonsense/bot0:hidden/getMe"):
        with pytest.raises(NotReached) as error:
            await one.wire.request.do_request(url, "POST")
        assert TOKEN not in repr(error.value)
        assert error.value.__context__ is None


async def test_refused_markup_goes_once_more_as_plain_text(one: Played) -> None:
    one.server.fault("sendMessage", "400")
    await one.wire.channel.send(where(one), HELLO)
    assert [(shown["text"], shown["buttons"]) for shown in one.server.screen("wang")] == [("一\n二", [["好"]])]
    one.server.fault("sendMessage", "400", times=2)
    with pytest.raises(Refused, match="Injected fault"):
        await one.wire.channel.send(where(one), HELLO)
    assert len(one.server.screen("wang")) == 1


async def test_who_blocked_us_is_gone(one: Played) -> None:
    one.server.block("wang")
    with pytest.raises(Gone, match="blocked"):
        await one.wire.channel.send(where(one), HELLO)


async def test_who_never_opened_the_bot_is_gone(one: Played) -> None:
    await one.link("admin")
    with pytest.raises(Gone, match="initiate"):
        await one.wire.channel.send(where(one, "admin"), HELLO)


async def test_a_group_that_moved_gets_the_message_in_its_new_place(one: Played) -> None:
    group = one.server.group("西湖", ["wang"], supergroup=False)
    row = await one.connect(group)
    new = one.server.migrate(group)
    sent = await one.wire.channel.send(at(one, row), HELLO)
    assert MessageId.of(sent).chat_id == new
    assert at(one, row).address == str(new)
    assert one.server.last(new)["text"] == "一\n二"


async def test_in_a_topic_and_beside_it_when_it_is_closed(one: Played) -> None:
    group = one.server.group("西湖", ["wang"], forum=True)
    topic = one.server.topic(group, "调拨")
    row = await one.connect(f"{group}/{topic}")
    await one.wire.channel.send(at(one, row), HELLO)
    assert one.server.last(group)["thread"] == topic
    one.server.chats[group].topics.clear()
    await one.wire.channel.send(at(one, row), HELLO)
    assert "thread" not in one.server.last(group)


async def test_a_card_is_edited_in_its_place(one: Played) -> None:
    channel, place = one.wire.channel, where(one)
    shown = await carded(one, place, await channel.send(place, HELLO))
    await channel.redraw(place, shown, Reply(("三",)))
    assert one.server.last("wang")["text"] == "三"
    assert "buttons" not in one.server.last("wang")
    assert len([call for call in one.server.transcript("wang") if call.get("method") == "editMessageText"]) == 1
    assert one.server.problems() == []


async def test_not_modified_is_shown(one: Played) -> None:
    channel, place = one.wire.channel, where(one)
    shown = await carded(one, place, await channel.send(place, HELLO))
    await channel.redraw(place, shown, HELLO.reply)
    assert [problem["code"] for problem in one.server.problems()] == ["not_modified"]


async def test_after_an_edit_whose_answer_was_lost_it_is_edited_again(one: Played) -> None:
    channel, place = one.wire.channel, where(one)
    shown = await carded(one, place, await channel.send(place, HELLO))
    one.server.fault("editMessageText", "drop_after")
    with pytest.raises(NotSent):
        await channel.redraw(place, shown, Reply(("三",)))
    assert one.server.last("wang")["text"] == "三"
    await channel.redraw(place, shown, HELLO.reply)  # back as it was, as far as anybody knew
    assert one.server.last("wang")["text"] == "一\n二"


@pytest.mark.parametrize("fault", ["drop", "timeout"])
async def test_no_error_leaves_the_request_with_another_one_behind_it(one: Played, fault: str) -> None:
    one.wire.request._read_seconds = 0.1
    one.server.fault("getMe", fault)
    with pytest.raises(NetworkError) as error:
        await one.wire.request.do_request(f"{one.wire.request.base}{STAND_IN}/getMe", "POST")
    assert (error.value.__cause__, error.value.__context__) == (None, None)


async def test_a_vanished_card_is_shown_anew_once_for_each_message_that_went(one: Played) -> None:
    channel, place = one.wire.channel, where(one)
    shown = await carded(one, place, f"{place.address}:99")
    for _ in range(2):
        await channel.redraw(place, shown, Reply(("三",)))
    new = one.rows(f"select chat_id, card_id, state from outbox where dedupe_key like 'card.{shown.id}.%'")
    assert new == [(place.id, shown.id, "pending")]
    assert one.rows(f"select message_id from card where id = {shown.id}") == [(None,)]


async def test_a_card_that_stayed_behind_in_a_moved_group_is_shown_anew_and_nothing_else_is_edited(one: Played) -> None:
    channel = one.wire.channel
    group = one.server.group("西湖", ["wang"], supergroup=False)
    row = await one.connect(group)
    shown = await carded(one, at(one, row), await channel.send(at(one, row), HELLO))
    new = one.server.migrate(group)
    await channel.redraw(at(one, row), shown, Reply(("三",)))  # hears of the move by this
    assert at(one, row).address == str(new)
    again = await carded(one, at(one, row), shown.message_id)
    await channel.redraw(at(one, row), again, Reply(("三",)))  # knows of it already
    assert one.rows("select count(*) from outbox where card_id is not null") == [(2,)]
    assert [message["text"] for message in one.server.screen(new) if "三" in message["text"]] == []
    assert len(one.server.problems()) == 1  # the call by which it heard


async def test_refused_markup_of_an_edit_goes_once_more_as_plain_text(one: Played) -> None:
    channel, place = one.wire.channel, where(one)
    shown = await carded(one, place, await channel.send(place, HELLO))
    one.server.fault("editMessageText", "400")
    await channel.redraw(place, shown, Reply(("三", "四")))
    assert one.server.last("wang")["text"] == "三\n四"


async def test_a_tap_is_answered_once_and_too_late_is_as_good(one: Played) -> None:
    channel, place = one.wire.channel, where(one)
    message = MessageId.of(await channel.send(place, HELLO))
    query = one.server.tap("wang", message.number, "好")
    tap = Tapped(f"123456:5:{query}", person_id=2)
    one.server.fault("answerCallbackQuery", "drop_after")
    with pytest.raises(NotSent):
        await channel.toast(place, tap, Reply(("鱼" * 300,)))
    await channel.toast(place, tap, Reply(("鱼" * 300,)))
    assert one.server.toast(query)["text"] == "鱼" * 199 + "…"


async def test_files_go_along_as_a_form(one: Played) -> None:
    await one.wire.bot.send_document(one.server.user("wang"), b"a,b", filename="stock.csv", caption="一")
    assert one.server.last("wang")["file"] == "stock.csv"
    assert one.server.problems() == []


async def test_a_closed_request_reaches_nobody(one: Played) -> None:
    assert isinstance(one.wire.request, AiohttpRequest)
    await one.wire.request.shutdown()
    with pytest.raises(NotSent):
        await one.wire.channel.send(where(one), HELLO)
