"""The chain of the bench of transfers, whole transfers drawn for it, and rounds of clients that carry them out."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from random import Random
from shutil import copy
from typing import Protocol

from sqlalchemy import Connection, insert, select
from sqlmodel import col

from core.execute import execute
from core.ground.work import Work
from core.people.directory import system
from core.stock.arrivals import Valued
from core.stock.opening import OpenStock
from data.demo.chain import load
from data.demo.plant import plant
from data.engine import Database
from data.kinds import PlaceKind, Role
from data.migrations.apply import migrate
from data.tables.base import table_of
from data.tables.goods import Place, Sku
from data.tables.people import Person
from data.tables.stock import Route
from tests.bench.measures import percentile
from tests.bench.plain import Hand, Seen, Wanted
from tests.bench.stage import folder
from tests.postgres import served

BEGINS = datetime(2026, 3, 18, 2, tzinfo=UTC)
SKUS, HOT_SKUS, HOT_PERCENT, FROM_WAREHOUSE_PERCENT = 96, 6, 25, 50
MOST_COUNT = 5
STEPS = ("submit", "dispatch", "receive")


class Side(Protocol):
    """One of the two ways by which a transfer is carried out: a module with its three steps."""

    def submit(self, connection: Connection, hand: Hand, wanted: Wanted) -> Seen:
        """Ask for the goods; they are frozen, and approved at once."""
        ...

    def dispatch(self, connection: Connection, hand: Hand, seen: Seen) -> Seen:
        """Put them on the road."""
        ...

    def receive(self, connection: Connection, hand: Hand, seen: Seen, good: int) -> Seen:
        """Book them at their target."""
        ...


@dataclass(frozen=True, slots=True)
class Transfer:
    """A whole transfer before it begins, and who takes its steps."""

    wanted: Wanted
    people: tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Chain:
    """What transfers are drawn of: places with two people each, products with their unit, and routes to leave out."""

    warehouses: Sequence[int]
    stores: Sequence[int]
    staff: dict[int, tuple[int, int]]
    goods: Sequence[tuple[int, str]]
    direct: frozenset[tuple[int, int]]

    def drawn(self, seed: int, many: int) -> list[Transfer]:
        """So many transfers, the same for the same seed: many products at many places, some of them much wanted."""
        chance = Random(seed)
        return [self._one(chance) for _ in range(many)]

    def _one(self, chance: Random) -> Transfer:
        while True:
            sources = self.warehouses if chance.randrange(100) < FROM_WAREHOUSE_PERCENT else self.stores
            ends = (chance.choice(sources), chance.choice(self.stores))
            if ends[0] != ends[1] and ends not in self.direct:
                break
        hot = chance.randrange(100) < HOT_PERCENT
        sku_id, unit = chance.choice(self.goods[:HOT_SKUS] if hot else self.goods)
        source, target = (self.staff[place_id] for place_id in ends)
        return Transfer(Wanted(*ends, sku_id, unit, chance.randint(1, MOST_COUNT)), (*source, chance.choice(target)))


@dataclass(slots=True)
class Round:
    """What came of the transfers of one round."""

    transfers: int
    seconds: float = 0.0
    cpu_s: float = 0.0
    step_s: float = 0.0
    waited_ms: dict[str, list[float]] = field(default_factory=lambda: {step: [] for step in STEPS})

    @property
    def per_s(self) -> float:
        """Transfers a second."""
        return self.transfers / self.seconds

    @property
    def cpu_us(self) -> float:
        """CPU of this process for a transfer: clients, queue, threads and steps."""
        return self.cpu_s * 1e6 / self.transfers

    @property
    def step_us(self) -> float:
        """CPU of the three steps of a transfer alone."""
        return self.step_s * 1e6 / self.transfers

    def waited(self, step: str, percent: float) -> float:
        """From giving a step to its answer, in ms."""
        return percentile(sorted(self.waited_ms[step]), percent)


def furnish(database: Database) -> None:
    """The demo chain with the whole schema, a second person in each warehouse, and plenty of stock everywhere."""
    database.writing(migrate).result()
    database.writing(lambda connection: plant(connection, load())).result()
    database.writing(_hire).result()
    chain = database.reading(chain_of).result()

    def stock(connection: Connection) -> None:
        work = Work(connection, BEGINS - timedelta(days=1))
        for place_id in (*chain.warehouses, *chain.stores):
            lines = tuple(Valued(sku_id, 1_000_000, 200_000_003 + sku_id) for sku_id, _ in chain.goods)
            execute(work.by(system(work), "bench"), OpenStock(place_id, lines), key=f"opening {place_id}")

    database.writing(stock).result()


def chain_of(connection: Connection) -> Chain:
    """What there is in a furnished database."""
    staff: dict[int | None, list[int]] = {}
    hands = (Role.KEEPER, Role.STORE_MANAGER, Role.CLERK)
    query = select(col(Person.id), col(Person.home_id)).where(col(Person.role).in_(hands)).order_by(col(Person.id))
    for person_id, place_id in connection.execute(query):
        staff.setdefault(place_id, []).append(int(person_id or 0))
    there = {place_id: (two[0], two[1]) for place_id, two in staff.items() if place_id and len(two) > 1}
    places = connection.execute(select(col(Place.id), col(Place.kind)).order_by(col(Place.id))).all()
    of_kind = {
        kind: [place_id for place_id, is_of in places if is_of is kind and place_id in there] for kind in PlaceKind
    }
    goods = connection.execute(select(col(Sku.id), col(Sku.base_unit)).order_by(col(Sku.id)).limit(SKUS))
    direct = select(col(Route.source_id), col(Route.target_id)).where(col(Route.direct) == 1)
    return Chain(
        of_kind[PlaceKind.WAREHOUSE],
        of_kind[PlaceKind.STORE],
        there,
        [(int(sku_id or 0), unit) for sku_id, unit in goods],
        frozenset((int(source or 0), int(target or 0)) for source, target in connection.execute(direct)),
    )


@contextmanager
def copies(kind: str) -> Iterator[Callable[[], Database]]:
    """What opens a fresh copy of the furnished database, as often as it is asked. They are gone at the end."""
    with ExitStack() as held:

        def opened(url: str) -> Database:
            database = Database(url)
            held.callback(database.close_now)
            return database

        if kind == "postgresql":
            databases = held.enter_context(served())
            template = databases.made_by(furnish)
            yield lambda: opened(databases.url(databases.copy(template)))
            return
        within, numbers = held.enter_context(folder()), count(1)
        first = Database(f"sqlite:///{within}/first.db")
        furnish(first)
        first.close_now()
        yield lambda: opened(f"sqlite:///{copy(within / 'first.db', within / f'{next(numbers)}.db')}")


def play(database: Database, side: Side, transfers: Sequence[Transfer], name: str, clients: int) -> Round:
    """Whole transfers by so many clients, each of whom waits for a step's answer before the next one."""
    found = Round(len(transfers))
    waiting = iter(enumerate(transfers))

    async def client() -> None:
        for number, transfer in waiting:
            await _carry_out(database, side, transfer, f"{name}.{number}", lambda: datetime.now(UTC), found)

    async def all_of_them() -> None:
        began, cpu = time.perf_counter(), time.process_time()
        await asyncio.gather(*(client() for _ in range(clients)))
        found.seconds, found.cpu_s = time.perf_counter() - began, time.process_time() - cpu

    asyncio.run(all_of_them())
    return found


def play_alone(database: Database, side: Side, transfers: Sequence[Transfer]) -> None:
    """Whole transfers one after another, at moments that are the same each time."""
    found = Round(len(transfers))

    async def one_client() -> None:
        for number, transfer in enumerate(transfers):
            now = BEGINS + timedelta(hours=number, microseconds=number)
            await _carry_out(database, side, transfer, f"alone.{number}", lambda now=now: now, found)  # type: ignore[misc]

    asyncio.run(one_client())


async def _carry_out(
    database: Database, side: Side, transfer: Transfer, key: str, clock: Callable[[], datetime], found: Round
) -> None:
    async def step(name: str, run: Callable[[Connection, Hand], Seen]) -> Seen:
        hand = Hand(transfer.people[STEPS.index(name)], f"{key}.{name}", f"m{key}", clock())

        def job(connection: Connection) -> Seen:
            began = time.thread_time()
            seen = run(connection, hand)
            found.step_s += time.thread_time() - began
            return seen

        given_at = time.perf_counter()
        seen = await database.write(job)
        found.waited_ms[name].append((time.perf_counter() - given_at) * 1000)
        return seen

    seen = await step("submit", lambda connection, hand: side.submit(connection, hand, transfer.wanted))
    left = await step("dispatch", lambda connection, hand: side.dispatch(connection, hand, seen))
    await step("receive", lambda connection, hand: side.receive(connection, hand, left, transfer.wanted.count))


def _hire(connection: Connection) -> None:
    people, places = table_of(Person), table_of(Place)
    for number, place_id in enumerate(
        connection.scalars(select(places.c.id).where(places.c.kind == PlaceKind.WAREHOUSE).order_by(places.c.id))
    ):
        row = {"code": f"b{number}", "name": f"仓员{number}", "role": Role.CLERK, "language": "zh"}
        connection.execute(insert(people).values(home_id=place_id, **row))
