"""People of the demo chain with thumbs: they ask, tap once or twice or on what is old, and go on, each by own dice."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import cycle
from random import Random
from typing import Any

from sqlalchemy import Connection

from bot.telegram.addresses import NAME as TELEGRAM
from bot.wiring import present
from core.ground.work import Work
from core.people.directory import person_by_code
from data.engine import Database
from data.kinds import ChatKind
from data.tables.conversation import Account
from data.tables.conversation import Chat as ChatRow
from tests.crash.world import World, data_of

CLERKS = {
    "u01": "西湖店",
    "u03": "二七店",
    "u05": "武林店",
    "u07": "滨江店",
    "u10": "南京路店",
    "u11": "城西店",
    "u12": "东站店",
    "u28": "萧山店",
}
OTHERS = ("u02", "u04", "u06", "u08", "u22", "u23", "u24", "u16", "u17", "u18")
"""The managers of these stores, and the keepers of both warehouses."""
SOURCES = ("中央仓", "下沙仓", *CLERKS.values())
GOODS = ("SKU123", "A-1001", "A-1012", "A-1035", "SKU132", "SKU139", "D-401")
"""What every place has."""
PLAIN = ("submit", "approve", "dispatch", "receive_all")
"""The likeliest next step."""
ALSO = ("reject", "choose", "choose", "cancel", "drop", "turn_back", "take_back_all")
MOST_OPEN = 3
PATIENCE_SECONDS = 6.0


@dataclass
class Person:
    """One of the staff."""

    world: World
    name: str
    home: str | None
    dice: Random
    tapped: set[str] = field(default_factory=set)
    others: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Everybody has a list of questions and one of wishes, on which nothing stands twice before its end."""
        self.questions, self.wishes = self._questions(), self._wishes()

    async def work(self, ending: asyncio.Event) -> None:
        """Say and tap until the end, a short while after something is seen, or regardless."""
        while not ending.is_set():
            before = self._seen()
            if not self._does_something():
                await _rest(ending, 0.1)
                continue
            if self.dice.random() < 0.9:
                await self._until_shown(before, ending)
            await _rest(ending, self.dice.uniform(0.02, 0.3))

    def _does_something(self) -> bool:
        plain, also = self._buttons(PLAIN), self._buttons(ALSO)
        roll = self.dice.random()
        if roll < 0.06 and self._taps_what_is_old():
            return True
        if also and roll < 0.12:
            return self._taps(*self.dice.choice(also))
        if plain and roll < 0.85:
            return self._taps(*plain[0])
        if self.home and roll > 0.3 and self._open() < MOST_OPEN:
            self.world.say(self.name, next(self.wishes))
            return True
        if roll > 0.9 or (self.home and roll > 0.75):
            self.world.say(self.name, next(self.questions))
            return True
        return False

    def _wishes(self) -> Iterator[str]:
        """Requests for a few pieces: each from somewhere else or of something else, so that its card is known by it."""
        wished = [(source, sku) for source in SOURCES for sku in GOODS if source != self.home]
        self.dice.shuffle(wished)
        for source, sku in cycle(wished):
            yield f"从{source}调{self.dice.randint(1, 4)}个{sku}到{self.home}"

    def _questions(self) -> Iterator[str]:
        """Questions whose answers differ, so that each is known by what it says."""
        asked = [(place, sku) for place in SOURCES for sku in (*GOODS, *(f"A-10{n}" for n in range(13, 67)))]
        self.dice.shuffle(asked)
        return (f"{place}{sku}还有多少" for place, sku in cycle(asked))

    def _taps(self, message: dict[str, Any], data: str) -> bool:
        self.tapped.add(data)
        for _ in range(self.dice.choice((1, 1, 1, 2, 2, 3))):
            self.world.press(self.name, message, data)
        return True

    def _taps_what_is_old(self) -> bool:
        """A button that was there once; now and then one of somebody else's card."""
        if self.others and self.dice.random() < 0.3:
            messages = self._messages()
            if messages:
                self.world.press(self.name, messages[-1], self.dice.choice(self.others))
                return True
        old = [(message, data) for message in self._versions() for data in data_of(message)]
        if not old:
            return False
        self.world.press(self.name, *self.dice.choice(old))
        return True

    def _buttons(self, verbs: tuple[str, ...]) -> list[tuple[dict[str, Any], str]]:
        """Buttons that are on the screen and were not tapped yet."""
        found = [(message, data) for message in self._messages() for data in data_of(message)]
        return [(one, data) for one, data in found if data not in self.tapped and data.partition(".")[0] in verbs]

    def _open(self) -> int:
        """How many of the cards still have a button."""
        return sum(bool(data_of(message)) for message in self._messages())

    def _messages(self) -> list[dict[str, Any]]:
        chat = self.world.chats[self.world.users[self.name]["id"]]
        return [message for message in chat.messages.values() if message["from"]["is_bot"]]

    def _versions(self) -> list[dict[str, Any]]:
        chat = self.world.chats[self.world.users[self.name]["id"]]
        return [message for versions in chat.versions.values() for message in versions[-3:]]

    def _seen(self) -> int:
        return self.world.shown[self.world.users[self.name]["id"]]

    async def _until_shown(self, before: int, ending: asyncio.Event) -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(PATIENCE_SECONDS):
                while self._seen() == before and not ending.is_set():  # noqa: ASYNC110 - a screen rings no bell
                    await asyncio.sleep(0.03)


async def _rest(ending: asyncio.Event, seconds: float) -> None:
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await ending.wait()


def staff_of(world: World, database: Database, seed: int) -> list[Person]:
    """Everybody with an account, written into the books. The console's own people are sent away, to leave the lanes."""
    everybody = {**CLERKS, **dict.fromkeys(OTHERS)}

    def settle(connection: Connection) -> None:
        connection.exec_driver_sql("delete from account")
        connection.exec_driver_sql("update chat set hears = null")
        for name in everybody:
            _connect(Work(connection, present()), name, world.user(name, "zh"))

    database.writing(settle).result()
    people = []
    for name, home in everybody.items():
        world.chats[world.user(name)].open = True
        people.append(Person(world, name, home, Random(f"{name} {seed}")))
    return people


def _connect(work: Work, name: str, user_id: int) -> None:
    who = person_by_code(work, name)
    row = {"kind": ChatKind.PRIVATE, "title_zh": who.name, "title_en": who.name, "language": "zh"}
    chat_id = work.add(ChatRow, channel=TELEGRAM, address=str(user_id), **row)
    work.add(Account, channel=TELEGRAM, address=str(user_id), person_id=who.id, chat_id=chat_id)


async def gossip(people: list[Person], world: World, dice: Random, ending: asyncio.Event) -> None:
    """Let everybody know of buttons on others' cards, and have the platform bring what it brought before."""
    while not ending.is_set():
        await _rest(ending, dice.uniform(0.05, 0.3))
        one, other = dice.sample(people, 2)
        one.others = [data for message in other._messages()[-3:] for data in data_of(message)]
        if world.confirmed:
            world.redeliver(dice.choice(sorted(world.confirmed)[-40:]))
