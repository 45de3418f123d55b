"""Makes the demo chain in an empty database: who and what there is, the console's chats, opening stock, history.

History is made day by day, each in a transaction of its own with a row that says so. A process that is killed leaves
a chain that is not whole: the next start goes on where it stopped.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from itertools import groupby

from sqlalchemy import Connection, select
from sqlmodel import col

from bot.console.rooms import furnish
from bot.demo_days import CHANNEL, Days
from core.execute import execute
from core.ground.commands import Refused
from core.ground.work import Clock, Work
from core.people.directory import system
from core.stock.arrivals import Valued
from core.stock.opening import OpenStock
from data.demo.chain import load
from data.demo.habits import habits_of
from data.demo.happenings import Day
from data.demo.history import days_of, first_day
from data.demo.plant import ids_by_code, plant
from data.demo.shapes import DemoChain
from data.engine import Database
from data.tables.goods import Place, Sku
from data.tables.ground import JobRun
from handlers.chats import EVERYTHING

WANTED, MADE = "demo.days", "demo.made"
"""The jobs of history: how many days it shall have (the slot), and each day that is made, the present one last."""
Progress = Callable[[float], None]


def is_whole(connection: Connection) -> bool:
    """Whether somebody has put goods into this database, and all the history that it shall have."""
    if connection.execute(select(col(Sku.id)).limit(1)).first() is None:
        return False
    wanted = _wanted(connection)
    if wanted is None:
        return True
    last = select(col(JobRun.slot)).where(col(JobRun.job) == MADE, col(JobRun.slot) == wanted[0] + 1)
    return connection.execute(last).first() is not None


def make_demo(database: Database, clock: Clock, progress: Progress = lambda part: None, days: int = 0) -> None:
    """Make the demo chain with so many days of history, or what is missing of it. `progress` is told the part done.

    Nothing where there is a whole chain by now: of several processes that begin together each thing is made by one.
    """
    chain = load()
    database.writing(lambda connection: begin(Work(connection, clock()), chain, progress, days)).result()
    wanted = database.reading(_wanted).result()
    if wanted is None or database.reading(is_whole).result():
        return
    days, began_at = wanted
    first = first_day(chain, began_at, days)
    runner = database.reading(lambda connection: Days(connection, clock())).result()
    for number, day in enumerate(days_of(chain, habits_of(chain), first.date(), days, clock()), start=1):
        _make_day(database, clock, runner, number, day)
        progress((1 + number) / (2 + days))


def hears(chain: DemoChain) -> dict[str, str]:
    """Which outcomes each group is told: a region's own group its region's, every other one all of them."""
    regions = {region.code for region in chain.regions}
    return {group.code: group.code if group.code in regions else EVERYTHING for group in chain.groups}


def _wanted(connection: Connection) -> tuple[int, datetime] | None:
    """How many days of history this chain shall have, and the moment at which it was begun; None where none was."""
    row = connection.execute(select(col(JobRun.slot), col(JobRun.ran_at)).where(col(JobRun.job) == WANTED)).first()
    return None if row is None else (row[0], row[1])


def begin(work: Work, chain: DemoChain, progress: Progress, days: int) -> None:
    """Write the chain and its opening stock in the caller's transaction. Nothing where there is a chain by now."""
    work.hold("demo")
    if work.first(select(col(Sku.id)).limit(1)) is not None:
        return
    plant(work.connection, chain)
    furnish(work, chain.groups, hears(chain))
    if days:
        work.add(JobRun, job=WANTED, slot=days, ran_at=work.now)
    places = ids_by_code(work.connection, Place)
    openings = list(_openings(chain, ids_by_code(work.connection, Sku)))
    opening = Work(work.connection, _opens_at(chain, work.now, days)).by(system(work), CHANNEL)
    for number, (place, lines) in enumerate(openings, start=1):
        if isinstance(execute(opening, OpenStock(places[place], lines), key=f"opening.{place}"), Refused):
            raise ValueError(f"the opening stock of {place} was refused")
        progress(number / len(openings) / (2 + days if days else 1))


def _opens_at(chain: DemoChain, now: datetime, days: int) -> datetime:
    """The morning of the first day, at a microsecond of its own: it tells a console one chain from another."""
    if not days:
        return now
    return first_day(chain, now, days).replace(second=now.second, microsecond=now.microsecond)


def _make_day(database: Database, clock: Clock, runner: Days, number: int, day: Day) -> None:
    """Make a day, or learn what is needed of it where it is made already."""

    def make(connection: Connection) -> None:
        work = Work(connection, clock())
        work.hold("demo")
        if work.add_if_missing(JobRun, job=MADE, slot=number, ran_at=work.now):
            runner.make(connection, day)
        else:
            runner.recall(connection, day)

    database.writing(make).result()


def _openings(chain: DemoChain, skus: dict[str, int]) -> Iterator[tuple[str, tuple[Valued, ...]]]:
    ordered = sorted(chain.openings, key=lambda opening: opening.place)
    for place, rows in groupby(ordered, key=lambda opening: opening.place):
        yield place, tuple(Valued(skus[row.sku], row.count, row.value_fen) for row in rows)
