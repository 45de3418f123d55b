"""Makes the demo chain in an empty database: who and what there is, the console's chats, and the opening stock."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import groupby

from sqlalchemy import Connection, select
from sqlmodel import col

from bot.console.rooms import furnish
from core.execute import execute
from core.ground.commands import Refused
from core.ground.work import Clock, Work
from core.people.directory import system
from core.stock.arrivals import Valued
from core.stock.opening import OpenStock
from data.demo.chain import load
from data.demo.plant import ids_by_code, plant
from data.demo.shapes import DemoChain
from data.engine import Database
from data.tables.goods import Place, Sku
from handlers.chats import EVERYTHING


def is_empty(connection: Connection) -> bool:
    """Whether nobody has put any goods into this database yet."""
    return connection.execute(select(col(Sku.id)).limit(1)).first() is None


def make_demo(database: Database, clock: Clock, progress: Callable[[float], None] = lambda part: None) -> None:
    """Write the whole demo chain in one transaction, all or nothing. `progress` is told the part that is done.

    Nothing where there is a chain by now: of several processes that begin together one makes it.
    """
    chain = load()

    def make(connection: Connection) -> None:
        work = Work(connection, clock())
        work.hold("demo")
        if not is_empty(connection):
            return
        plant(connection, chain)
        furnish(work, chain.groups, hears(chain))
        places = ids_by_code(connection, Place)
        openings = list(_openings(chain, ids_by_code(connection, Sku)))
        for number, (place, lines) in enumerate(openings, start=1):
            command = OpenStock(places[place], lines)
            if isinstance(execute(work.by(system(work), "demo"), command, key=f"opening.{place}"), Refused):
                raise ValueError(f"the opening stock of {place} was refused")
            progress(number / len(openings))

    database.writing(make).result()


def hears(chain: DemoChain) -> dict[str, str]:
    """Which outcomes each group is told: a region's own group its region's, every other one all of them."""
    regions = {region.code for region in chain.regions}
    return {group.code: group.code if group.code in regions else EVERYTHING for group in chain.groups}


def _openings(chain: DemoChain, skus: dict[str, int]) -> Iterator[tuple[str, tuple[Valued, ...]]]:
    ordered = sorted(chain.openings, key=lambda opening: opening.place)
    for place, rows in groupby(ordered, key=lambda opening: opening.place):
        yield place, tuple(Valued(skus[row.sku], row.count, row.value_fen) for row in rows)
