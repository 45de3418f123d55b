"""What waits and what was given up: said why, sent again once, dropped so that the rest goes on."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.delivery import NotSent, Refused
from bot.outbox import BY_HAND, Fate, ago, dead, drop, resend, resend_all, waiting
from bot.sending import LEASE, OLDEST_MESSAGE, bury_old
from data.engine import Database
from data.kinds import OutboxState
from data.tables.conversation import Chat, Outbox
from handlers.messages import Reply
from handlers.outgoing import send_toast
from handlers.understand.names.lexicon import Lexicon
from tests.bot.edge import Edge, LostAnswer
from tests.conftest import BOTH


@pytest.fixture(params=BOTH)
def edge(request: pytest.FixtureRequest, lexicon: Lexicon) -> Edge:
    """The demo chain, on SQLite and then on PostgreSQL."""
    name = "demo" if request.param == "sqlite" else "demo_postgresql"
    database: Database = request.getfixturevalue(name)
    return Edge(database, lexicon)


async def why(edge: Edge, named: str = "") -> list[tuple[str, str]]:
    """The first line of each letter that waits, and what holds it back."""
    letters = await edge.write(lambda work: waiting(work, named))
    return [(Reply.from_json(letter.reply).lines[0], held) for letter, held in letters]


def ids(edge: Edge) -> list[int]:
    """The numbers of all letters, the oldest first."""
    return [row[0] for row in edge.rows("select id from outbox order by id")]


async def test_each_letter_says_what_holds_it_back(edge: Edge) -> None:
    for who, text in (("u01", "一"), ("u01", "二"), ("u02", "三"), ("u03", "四"), ("u04", "五")):
        await edge.says(who, text)
        edge.later(seconds=1)
    edge.channel.faults["u02"].append(NotSent("the line is down"))
    edge.channel.faults["u03"].append(LostAnswer("no answer"))
    edge.channel.faults["u04"].append(NotSent("too many requests", 40))
    assert await why(edge) == [
        ("一", "goes now"),
        ("二", f"goes after {ids(edge)[0]}"),
        *((text, "goes now") for text in "三四五"),
    ]
    assert await why(edge, "赵敏") == [("四", "goes now")]
    assert await why(edge, "nobody%") == []
    edge.channel.faults["u01"].append(NotSent("the line is down"))
    await edge.deliver()
    found = dict(await why(edge))
    assert found["一"].startswith("the line is down; tried again in ")
    assert found["二"] == f"goes after {ids(edge)[0]}"
    assert found["三"].startswith("the line is down; tried again in ")
    assert found["四"].startswith("nobody knows whether it was seen (LostAnswer: no answer); once more in ")
    assert found["五"] == "the platform takes nothing for this chat for 40 s more"


async def test_a_chat_that_takes_nothing_is_said(edge: Edge) -> None:
    await edge.says("u01", "一")
    await edge.write(lambda work: work.change(Chat, gone_at=work.now - timedelta(hours=3, minutes=5)))
    assert await why(edge) == [("一", "the chat has taken nothing for 3 h 5 min")]


async def test_the_reason_of_a_dead_letter_is_kept(edge: Edge) -> None:
    await edge.says("u01", "一")
    await edge.says("u01", "二")
    edge.channel.faults["u01"].append(Refused("message is too long"))
    await edge.deliver()
    assert [(letter.id, letter.error) for letter in await edge.write(dead)] == [(ids(edge)[0], "message is too long")]
    assert await edge.write(lambda work: dead(work, "李姐")) == []


async def test_what_was_given_up_is_sent_again_once(edge: Edge) -> None:
    await edge.says("u01", "一")
    edge.channel.faults["u01"].append(Refused("message is too long"))
    await edge.deliver()
    (one,) = ids(edge)
    assert await edge.write(lambda work: resend(work, [one, 999])) == [(one, Fate.AGAIN), (999, Fate.UNKNOWN)]
    assert await edge.write(lambda work: resend(work, ids(edge))) == [(ids(edge)[0], Fate.NOT_DEAD)]
    await edge.deliver()
    assert edge.channel.told("u01") == ["message: 一"]
    assert edge.rows("select state, error from outbox") == [("sent", None)]
    assert await edge.write(lambda work: resend(work, ids(edge))) == [(ids(edge)[0], Fate.NOT_DEAD)]


async def test_what_may_have_been_seen_goes_again_marked(edge: Edge) -> None:
    await edge.says("u01", "一")
    for _ in range(2):
        edge.channel.faults["u01"].append(LostAnswer())
    for _ in range(3):
        await edge.deliver()
        edge.later(seconds=LEASE.total_seconds() + 1)
    assert edge.rows("select state from outbox") == [("dead",)]
    assert await edge.write(lambda work: resend(work, ids(edge))) == [(ids(edge)[0], Fate.AGAIN_A_COPY)]
    await edge.deliver()
    assert edge.channel.told("u01") == ["message: 一", "repeated: 一", "repeated: 一"]


async def test_an_old_one_that_is_sent_again_is_not_given_up_at_once(edge: Edge) -> None:
    await edge.says("u01", "一")
    edge.later(seconds=OLDEST_MESSAGE.total_seconds() + 1)
    assert await edge.write(bury_old) == 1
    assert await edge.write(resend_all) == [(ids(edge)[0], Fate.AGAIN)]
    assert await edge.write(bury_old) == 0
    await edge.deliver()
    assert edge.channel.told("u01") == ["message: 一"]


async def test_for_a_chat_that_takes_nothing_it_waits(edge: Edge) -> None:
    await edge.says("u01", "一")
    await edge.write(lambda work: drop(work, ids(edge)[0]))
    await edge.write(lambda work: work.change(Chat, gone_at=work.now))
    assert await edge.write(lambda work: resend(work, ids(edge))) == [(ids(edge)[0], Fate.AGAIN_WHEN_BACK)]
    assert await edge.deliver() == []


async def test_a_toast_that_is_over_is_not_sent_again(edge: Edge) -> None:
    inbox_id = await edge.keeps("u01", "帮助")
    await edge.write(lambda work: send_toast(work, edge.chats["u01"], inbox_id, "记下了"))
    await edge.write(lambda work: work.change(Outbox, state=OutboxState.DEAD))
    assert await edge.write(lambda work: resend(work, ids(edge))) == [(ids(edge)[0], Fate.A_TOAST)]
    assert await edge.write(resend_all) == []


async def test_the_head_of_a_lane_that_is_dropped_frees_the_rest(edge: Edge) -> None:
    for text in ("一", "二"):
        await edge.says("u01", text)
    edge.channel.faults["u01"].append(NotSent("the line is down"))
    await edge.deliver()
    assert edge.channel.told("u01") == []
    assert await edge.write(lambda work: drop(work, ids(edge)[0])) is Fate.DROPPED
    await edge.deliver()
    assert edge.channel.told("u01") == ["message: 二"]
    assert [(letter.id, letter.error) for letter in await edge.write(dead)] == [(ids(edge)[0], BY_HAND)]
    assert [await edge.write(lambda work, n=n: drop(work, n)) for n in (*ids(edge), 999)] == [
        Fate.NOT_WAITING,
        Fate.NOT_WAITING,
        Fate.UNKNOWN,
    ]


async def test_what_is_being_sent_is_not_dropped_and_what_hangs_may_be_a_copy(edge: Edge) -> None:
    await edge.says("u01", "一")
    lease = {"state": OutboxState.SENDING, "lease_owner": "somebody", "attempts": 1}
    await edge.write(lambda work: work.change(Outbox, **lease, lease_ends_at=work.now + LEASE))
    assert await why(edge) == [("一", "is being sent")]
    assert await edge.write(lambda work: drop(work, ids(edge)[0])) is Fate.UNDER_WAY
    edge.later(seconds=LEASE.total_seconds() + 1)
    assert (await why(edge))[0][1].startswith("nobody knows whether it was seen (its sender ended); once more in 0 s")
    assert await edge.write(lambda work: drop(work, ids(edge)[0])) is Fate.DROPPED
    assert await edge.write(lambda work: resend(work, ids(edge))) == [(ids(edge)[0], Fate.AGAIN_A_COPY)]


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (-5, "0 s"),
        (59, "59 s"),
        (60, "1 min"),
        (3599, "59 min"),
        (3600, "1 h"),
        (7500, "2 h 5 min"),
        (172800, "2 days"),
    ],
)
def test_how_long_it_is(seconds: int, said: str) -> None:
    assert ago(timedelta(seconds=seconds)) == said
