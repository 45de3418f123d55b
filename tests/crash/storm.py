"""A whole run: people talk and tap while processes die; then everything settles, and the evidence is gathered."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Any

from sqlalchemy import Connection

from data.engine import Database
from tests.crash.evidence import Evidence, read_books
from tests.crash.processes import Processes
from tests.crash.staff import Person, gossip, staff_of
from tests.crash.world import World

SETTLES_WITHIN_SECONDS = 120
STARTS_WITHIN_SECONDS = 60
DIE_YOUNG = 0.2
"""The share of kills that do not wait until the process has called the platform once."""
LEFT = (
    "select count(*) from inbox where state = 'new'",
    "select count(*) from event where state = 'new'",
    "select count(*) from outbox where state in ('pending', 'sending')",
    "select count(*) from card where shown_version < wanted_version and message_id is not null",
)


@dataclass(frozen=True, slots=True)
class Weather:
    """What a run is like. Somebody is killed a random while between the two ends of `pause` after its start.

    `lease` is how long what a dead process had taken waits for another one.
    """

    seed: int
    kills: int
    processes: int = 1
    hook: bool = False
    pause: tuple[float, float] = (0.2, 1.6)
    lease: timedelta = timedelta(seconds=6)


@dataclass(frozen=True, slots=True)
class Aftermath:
    """What is known after a run. `wrongs` are calls that the platform forbids, `ended` how the processes did."""

    evidence: Evidence
    wrongs: list[str]
    ended: list[int | None]
    logs: str
    figures: dict[str, Any]

    @property
    def errors(self) -> list[str]:
        """What the product itself took for an error."""
        return [line for line in self.logs.splitlines() if '"level": "error"' in line or "Traceback" in line]


@dataclass(frozen=True, slots=True)
class Scene:
    """The platform, the processes and the people on one database."""

    world: World
    books: Database
    processes: Processes
    people: list[Person]

    async def on_its_feet(self, slot: int) -> None:
        """Wait until this process has called the platform. Raises TimeoutError where that never comes."""
        async with asyncio.timeout(STARTS_WITHIN_SECONDS):
            while self.processes.life(slot) not in self.world.heard:
                self.processes.check()
                await asyncio.sleep(0.02)

    async def settled(self) -> None:
        """Wait until nothing is left to be done. Raises TimeoutError where that never comes."""
        async with asyncio.timeout(SETTLES_WITHIN_SECONDS):
            while self.world.waits() or await self.books.read(_left) > 0:
                self.processes.check()
                await asyncio.sleep(0.2)
        await asyncio.sleep(0.3)

    def evidence(self) -> Evidence:
        """What there is to judge."""
        world, lives = self.world, tuple(self.processes.lives)
        return Evidence(world.updates(), tuple(world.calls), lives, world.screens(), read_books(self.books))


@asynccontextmanager
async def scene(weather: Weather, database: str, folder: Path) -> AsyncIterator[Scene]:
    """Everything on its feet, on a database with the demo chain; nobody is left behind."""
    world = World(weather.seed)
    await world.start()
    books = Database(database)
    people = staff_of(world, books, weather.seed)
    processes = Processes(weather.processes, database, folder, world.address, weather.lease, weather.hook)
    world.doors = processes.ports
    try:
        processes.start()
        yield Scene(world, books, processes, people)
    finally:
        processes.end()
        books.close_now()
        await world.stop()


async def storm(weather: Weather, database: str, folder: Path) -> Aftermath:
    """Play a run, and let it settle."""
    began = time.monotonic()
    async with scene(weather, database, folder) as played:
        async with _talking(played.people, played.world, weather):
            await _kill_at_random(played, weather)
        played.world.spoils = False
        stormed = time.monotonic() - began
        await played.settled()
        settled = time.monotonic() - began - stormed
        ended = await played.processes.stop()
        figures = {"seconds": round(stormed, 1), "settled in": round(settled, 1), **played.world.counted}
        return Aftermath(played.evidence(), played.world.wrongs(), ended, played.processes.logs(), figures)


@asynccontextmanager
async def _talking(people: list[Person], world: World, weather: Weather) -> AsyncIterator[None]:
    """The staff at work, until the block ends and a moment longer: the last ones see nobody die."""
    ending = asyncio.Event()
    tasks = [asyncio.create_task(person.work(ending)) for person in people]
    tasks.append(asyncio.create_task(gossip(people, world, Random(f"gossip {weather.seed}"), ending)))
    try:
        yield
    finally:
        ending.set()
        for failed in await asyncio.gather(*tasks, return_exceptions=True):
            if isinstance(failed, BaseException):
                raise failed


async def _kill_at_random(played: Scene, weather: Weather) -> None:
    dice = Random(f"kills {weather.seed}")
    for _ in range(weather.kills):
        slot = dice.randrange(weather.processes)
        if dice.random() > DIE_YOUNG:
            await played.on_its_feet(slot)
        await asyncio.sleep(dice.uniform(*weather.pause))
        played.processes.kill(slot)
    for slot in range(weather.processes):
        await played.on_its_feet(slot)
    await asyncio.sleep(weather.pause[1])
    with contextlib.suppress(TimeoutError):  # on a busy machine people need longer for a first transfer
        async with asyncio.timeout(STARTS_WITHIN_SECONDS):
            while await played.books.read(_transfers) == 0:  # noqa: ASYNC110 - books ring no bell
                await asyncio.sleep(0.2)


def _transfers(connection: Connection) -> int:
    return int(connection.exec_driver_sql("select count(*) from document where kind = 'transfer'").scalar_one())


def _left(connection: Connection) -> int:
    return sum(int(connection.exec_driver_sql(query).scalar_one()) for query in LEFT)
