"""The whole story of one transfer, told by people who wait for their cards, and by people who cannot wait."""

from __future__ import annotations

import asyncio
import random
from dataclasses import dataclass, field
from typing import Any

from sqlmodel import col

from bot.limits import Limits
from core.ground.work import Work
from data.kinds import Priority
from data.tables.conversation import Card
from handlers.messages import Reply
from handlers.outgoing import send
from tests.bot.telegram.played import PATIENCE_SECONDS, UNDER_WAY, Played

PULL = "从中央仓调20箱可口可乐500ml到西湖店"
HELP = "直接说就行"
DONE = ("SubmitTransfer", "ApproveTransfer", "DispatchTransfer", "ReceiveTransfer", "TakeBack")


def buttons(message: dict[str, Any]) -> list[str]:
    """The labels under a message."""
    return [label for row in message.get("buttons", []) for label in row]


async def begun(one: Played, *names: str) -> None:
    """Start, with these people beside the clerk and the keeper, and nothing that keeps a burst back."""
    await one.link(*names)
    for name in names:
        one.server.chats[one.server.user(name)].open = True
    one.wire.channel.limits = Limits()
    await one.start()
    await one.hears()


async def in_a_group(one: Played, *members: str, supergroup: bool = True) -> int:
    """A group of ours with these people, which hears of the west."""
    group: int = one.server.group("西湖", members or ("wang", "qin"), supergroup=supergroup)
    await one.connect(group, hears="west")
    return group


def row_of(one: Played, chat: int | str) -> int:
    """The id of a chat's row; 0 where there is none."""
    address = one.server.user(chat) if isinstance(chat, str) else chat
    found = one.rows(f"select id from chat where channel = 'telegram' and address = '{address}'")
    return int(found[0][0]) if found else 0


async def tells(one: Played, chat_id: int, *texts: str, priority: Priority = Priority.REPLY) -> None:
    """Put this into the outbox for a chat."""

    def put(work: Work) -> None:
        for text in texts:
            send(work, chat_id, Reply((text,)), key=f"told.{chat_id}.{text}", priority=priority)

    await one.write(put)
    one.wake()


async def redrawn(one: Played, chat_id: int) -> None:
    """Have every card in a chat shown in another look."""

    def want(work: Work) -> None:
        work.change(Card, col(Card.chat_id) == chat_id, wanted_version=col(Card.wanted_version) + 1, shown=None)

    await one.write(want)
    one.wake()


def said(one: Played, chat: int | str) -> list[str]:
    """What the bot says in a chat, the first line of each message."""
    mine = [shown for shown in one.server.screen(chat) if shown["from"] == one.server.me["first_name"]]
    return [shown["text"].split("\n")[0] for shown in mine]


def calls(one: Played, chat: int | str, *methods: str) -> int:
    """How often these methods were called for a chat, with success or without."""
    return sum(event.get("method") in methods for event in one.server.transcript(chat) if event["kind"] != "fault")


def number(one: Played) -> int:
    """The number of the youngest transfer."""
    found: int = one.rows("select max(id) from document where kind = 'transfer'")[0][0]
    return found


@dataclass
class People:
    """Who says and taps. `room` is the group where the clerk talks, None for the private chat."""

    one: Played
    room: int | None = None
    queries: list[str] = field(default_factory=list)

    def place(self, who: str) -> int | str:
        """Where somebody talks."""
        return self.room if self.room and who == "wang" else who

    async def say(self, who: str, text: str, shows: str) -> None:
        """Say something, and wait for what it comes to."""
        here = self.place(who)
        called = "@strict_bot " if here == self.room else ""
        last = self.last_number(here)
        self.one.server.say(who, called + text, chat=self.room if called else None)
        await self.seen(here, shows, after=last)

    async def tap(self, who: str, label: str) -> None:
        """Tap the newest button of this name, when it is there."""
        message = await self.with_button(who, label)
        room = self.room if self.place(who) == self.room else None
        self.queries.append(self.one.server.tap(who, message["message_id"], label, chat=room))
        await self.rest()

    async def with_button(self, who: str, label: str) -> dict[str, Any]:
        """The newest message with a button of this name, once there is one."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            while not (found := self.found(who, label)):
                await self.rest()
            return found

    def found(self, who: str, label: str) -> dict[str, Any] | None:
        """The newest message with a button of this name on the screen, if there is one."""
        shown = reversed(self.one.server.screen(self.place(who)))
        return next((one for one in shown if any(name.startswith(label) for name in buttons(one))), None)

    async def seen(self, chat: int | str, shows: str, after: int = 0) -> None:
        """Wait until a message says this."""
        await self.one.server.wait(chat, shows, after=after)
        await self.rest()

    async def rest(self) -> None:
        """Let everything happen that is to happen now."""
        await self.one.rests(UNDER_WAY, quiet=0.04)

    def last_number(self, chat: int | str) -> int:
        """The number of the last message in a chat."""
        return max((message["message_id"] for message in self.one.server.screen(chat)), default=0)


@dataclass
class PatientPeople(People):
    """People on a bad line: they wait as long as it takes, and meanwhile time goes on."""

    async def seen(self, chat: int | str, shows: str, after: int = 0) -> None:
        """Wait, with the clock running ahead."""
        for _ in range(20):
            await self.rest()
            if any(m["message_id"] > after and shows in m["text"] for m in self.one.server.screen(chat)):
                return
        raise AssertionError(f"{chat} never shows {shows!r}: {self.one.server.screen(chat)}")

    async def rest(self) -> None:
        """Let everything happen that is to happen, however often it has to be tried."""
        await self.one.weathers()


@dataclass
class NervousPeople(People):
    """People who tap twice on apps that send everything again, while the platform brings everything again, mixed up."""

    dice: random.Random = field(default_factory=lambda: random.Random(4))

    async def tap(self, who: str, label: str) -> None:
        """Tap three times, and let a bystander tap too where there is one; it comes in the other way round."""
        server = self.one.server
        message = await self.with_button(who, label)
        room = self.room if self.place(who) == self.room else None
        hands = [who, who, who] + (["qin"] if room else [])
        server.hold()
        self.queries += [server.tap(hand, message["message_id"], label, chat=room) for hand in hands]
        server.release(list(reversed(range(len(hands)))))
        await self.rest()
        self.everything_again()
        await self.rest()
        self.queries += [server.tap(hand, message["message_id"], label, chat=room, stale=True) for hand in hands]
        await self.rest()

    async def say(self, who: str, text: str, shows: str) -> None:
        """Say it, and have it brought again with everything before it."""
        await super().say(who, text, shows)
        self.everything_again()
        await self.rest()

    def everything_again(self) -> None:
        """The platform brings every update again, in any order."""
        numbers = list(self.one.server.history)
        self.dice.shuffle(numbers)
        for update_id in numbers:
            self.one.server.redeliver(update_id)


async def requested(people: People) -> None:
    """The clerk asks for twenty cases and confirms."""
    await people.say("wang", PULL, "待你确认")
    await people.tap("wang", "调20箱")


async def dispatched(people: People) -> None:
    """The keeper approves and sends them off."""
    await people.tap("qin", "批20箱")
    await people.tap("qin", "发20箱")


async def received_short(people: People) -> None:
    """Not everything arrives whole."""
    named = f"收到{number(people.one)}"
    await people.say("wang", f"{named} 好的475瓶, 碎了2瓶, 少3瓶", "待你确认")
    await people.tap("wang", "收475瓶")


async def settled(people: People) -> None:
    """The source finds what was missing."""
    await people.tap("qin", "发货方找到了")
    await people.say("qin", "好的3瓶", "待你确认")
    await people.tap("qin", "收回3瓶")


async def whole_story(people: People) -> None:
    """From the wish to the end of the dispute."""
    await requested(people)
    await dispatched(people)
    await received_short(people)
    await settled(people)


def check_story(one: Played) -> None:
    """The story has happened once: the papers, and where the bottles are."""
    assert one.rows("select state from document where kind = 'transfer'") == [("received",)]
    moves = one.rows(f"select cause, quantity from posting where document_id = {number(one)} order by id")
    assert moves == [
        ("freeze", 480),
        ("dispatch", 480),
        ("transfer_in", 475),
        ("transfer_damage", 2),
        ("take_back", 3),
    ]
