"""What age costs: the same questions to books of a month and of many years, read in turn, and how they are searched.

One product everywhere, one place with all it has, and what came to a store and went from it in a month, each through
the product's own function and its own way of reading. The chain grows in time (`years.py`), so that the answers are as
long at every size.
"""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence, Sized
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import partial
from operator import itemgetter
from random import Random
from time import perf_counter
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.table import Table
from sqlalchemy import Connection

from bot.cli.bench import Options, Result
from core.ground.work import Work
from core.stock.ledger import balances_at, balances_of
from core.stock.movements import flows
from core.stock.verification.books import verify
from core.stock.verification.tally import Tally
from data.engine import Database
from tests.bench.bulk import Grown, grow
from tests.bench.measures import Spread, each_on_one_core, load_average, loaded, percentile
from tests.bench.plans import Job, Plan, plans_of
from tests.bench.stage import folder
from tests.bench.years import FIRST_DAY
from tests.postgres import served

RED_ABOVE = 1.5
READS, ROUNDS = 2000, 10
MILLION = 1_000_000
NOW = datetime(2026, 3, 18, tzinfo=UTC)
SKU, PLACE, MONTH = "a SKU everywhere", "all in a place", "a store's month"
QUESTIONS = (SKU, PLACE, MONTH)
Asked = tuple[str, Callable[[Connection], Sized]]


@dataclass(frozen=True, slots=True)
class Sizes:
    """How many postings the books have, the youngest first."""

    sqlite: Sequence[int] = (10_000, 100_000)
    postgresql: Sequence[int] = ()
    reads: int = READS
    proved: bool = False


QUICK = Sizes()
FULL = Sizes((10_000, 100_000, MILLION, 10 * MILLION), (10_000, 100_000, MILLION), proved=True)


@dataclass
class Side:
    """Books of one size, what they hold, and how long reading took: seconds by question, sums by round."""

    database: Database
    grown: Grown
    took: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    rounds: list[float] = field(default_factory=lambda: [0.0] * ROUNDS)
    rows: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    plans: dict[str, list[Plan]] = field(default_factory=dict)

    @property
    def reads(self) -> int:
        """How many there were."""
        return sum(map(len, self.took.values()))

    def note(self, name: str, number: int, seconds: float) -> None:
        """A read in the round of this number."""
        self.took[name].append(seconds)
        self.rounds[number] += seconds

    def against(self, base: Side) -> Spread:
        """The rounds' times to those of another side: the median counts, for one hiccup of the machine spoils a sum."""
        return Spread.of([mine / other for mine, other in zip(self.rounds, base.rounds, strict=True)])

    def ms(self, name: str, percent: float) -> float:
        """What so many percent of the reads of a question did not exceed."""
        return percentile(sorted(self.took[name]), percent) * 1000


def run(options: Options, sizes: Sizes | None = None, spoil: Job = lambda connection: None) -> Result:
    """The ratios of old books to young ones. `spoil` is done to every database before anything is asked."""
    sizes = sizes or (FULL if options.full else QUICK)
    shown: list[Any] = [f"Before: {loaded()}."]
    figures: dict[str, Any] = {}
    reds: list[str] = []
    for kind, postings in (("sqlite", sizes.sqlite), ("postgresql", sizes.postgresql)):
        if not postings:
            continue
        with _books(kind, postings, options.say) as sides:
            _measure(sides, sizes.reads, spoil, options.say)
            figures[kind] = _figures(sides)
            shown += [_table(kind, sides), *_told(sides)]
            reds += _reds(kind, sides)
            if sizes.proved and kind == "sqlite":
                figures["verify"] = proof = prove(sides[-1].database, options.say)
                shown.append(f"The oldest books, verified in {proof['seconds']:.0f} s: {proof['wrong']} things wrong.")
                reds += [f"The oldest books are wrong: {proof['first']}."] if proof["wrong"] else []
    shown.append(f"After: {loaded()}.")
    ratios = {name: figure for name, figure in figures["sqlite"].items() if name.startswith("ratio_")}
    return Result(shown, {"growth": {**ratios, **figures, "load_average": load_average()}}, " ".join(reds) or None)


@contextmanager
def _books(kind: str, sizes: Sequence[int], say: Callable[[str], None]) -> Iterator[list[Side]]:
    """Books of every size, each in a database of its own."""
    with ExitStack() as held:
        within = held.enter_context(folder())
        databases = held.enter_context(served()) if kind == "postgresql" else None
        sides = []
        for postings in sizes:
            say(f"{kind}: making books of {postings:,} postings")
            name = databases.template(lambda connection: None) if databases else ""
            url = databases.url(name) if databases else f"sqlite:///{within}/{postings}.db"
            grown = grow(url, postings, lambda sentence: say(f"{kind}: {sentence}"))
            database = Database(url)
            held.callback(database.close_now)
            sides.append(Side(database, grown))
        yield sides


def prove(database: Database, say: Callable[[str], None]) -> dict[str, Any]:
    """How long it takes to verify these books, and what is wrong with them."""
    found, began, told_at = Tally(), perf_counter(), 0.0
    for part in verify(lambda question: database.reading(lambda connection: question(Work(connection, NOW))).result()):
        found.add(part.tally)
        if perf_counter() - told_at > 1:
            told_at = perf_counter()
            say(f"verifying {part.stage}: {part.done:,} of {part.total:,}")
    seconds = round(perf_counter() - began, 1)
    first = next((str(one) for findings in found.first.values() for one in findings), None)
    compared = {check.value: count for check, count in found.compared.items()}
    return {"seconds": seconds, "wrong": sum(found.wrong.values()), "first": first, "compared": compared}


def _mb_by_table(side: Side) -> dict[str, float]:
    """Where they are: the tables with their indexes, the largest first; nothing where SQLite was built without that."""
    on_sqlite = (
        "select tbl_name, sum(pgsize) from dbstat join sqlite_schema using (name) where aggregate = 1 group by tbl_name"
    )
    on_postgresql = (
        "select relname, pg_total_relation_size(oid) from pg_class"
        " where relkind = 'r' and relnamespace = 'public'::regnamespace"
    )

    def ask(connection: Connection) -> list[tuple[str, int]]:
        if connection.dialect.name == "postgresql":
            return [(name, size) for name, size in connection.exec_driver_sql(on_postgresql)]
        options = [option for (option,) in connection.exec_driver_sql("pragma compile_options")]
        if "ENABLE_DBSTAT_VTAB" not in options:
            return []
        return [(name, size) for name, size in connection.exec_driver_sql(on_sqlite)]

    found = sorted(side.database.reading(ask).result(), key=itemgetter(1), reverse=True)
    return {name: round(size / MILLION, 2) for name, size in found[:6]}


def _measure(sides: Sequence[Side], reads: int, spoil: Job, say: Callable[[str], None]) -> None:
    """All plans, then the rounds."""
    asked = [list(_asked(side.grown, reads)) for side in sides]
    for side, questions in zip(sides, asked, strict=True):
        side.database.writing(spoil).result()
        for name, job in questions[: len(QUESTIONS)]:
            side.plans[name] = side.database.reading(plans_of(job)).result()
            if not side.plans[name]:
                raise RuntimeError(f"nobody heard which statement asks for {name}.")
    os.sync()  # else the disk still writes what was loaded while somebody reads
    with each_on_one_core() as stay:
        for number in range(ROUNDS):
            say(f"reading in turn, round {number + 1} of {ROUNDS}")
            stay(number)
            _round(sides, asked, number, range(number * reads // ROUNDS, (number + 1) * reads // ROUNDS))


def _round(sides: Sequence[Side], asked: Sequence[Sequence[Asked]], number: int, questions: range) -> None:
    """Every question of the round once to warm up, then each of them to every side in turn.

    Round by round, since some systems forget within a minute what they read: the search is measured, not the disk.
    """
    for side, jobs in zip(sides, asked, strict=True):
        for name, job in jobs[questions.start : questions.stop]:
            side.rows[name] += len(side.database.reading(job).result())
    for question in questions:
        for turn in range(len(sides)):
            which = (question + turn) % len(sides)
            name, job = asked[which][question]
            began = perf_counter()
            sides[which].database.reading(job).result()
            sides[which].note(name, number, perf_counter() - began)


def _asked(grown: Grown, reads: int) -> Iterator[Asked]:
    """The three questions in turn, about the same products and places at every size, and months of all its years."""
    draw, chain = Random(reads), grown.chain
    skus = [one.sku_id for one in chain.warehouse.assortment]
    places = [store.place_id for store in chain.stores]
    months = list(_months(grown.last_day))
    for number in range(reads):
        sku_id, place_id, when = draw.choice(skus), draw.choice(places), draw.random()
        asks = {
            SKU: partial(_of_sku, sku_id),
            PLACE: partial(_of_place, place_id),
            MONTH: partial(_of_month, place_id, *months[int(when * len(months))]),
        }
        name = QUESTIONS[number % len(QUESTIONS)]
        yield name, asks[name]


def _of_sku(sku_id: int, connection: Connection) -> Sized:
    return balances_of(Work(connection, NOW), [sku_id])


def _of_place(place_id: int, connection: Connection) -> Sized:
    return balances_at(Work(connection, NOW), place_id)


def _of_month(place_id: int, first: date, last: date, connection: Connection) -> Sized:
    return flows(Work(connection, NOW), place_id, first, last)


def _months(last_day: date) -> Iterator[tuple[date, date]]:
    """The first and the last day of every month that is over, and of the first one in any case."""
    first = FIRST_DAY + timedelta(days=1)
    while True:
        following = (first + timedelta(days=31)).replace(day=1)
        yield first, following - timedelta(days=1)
        first = following
        if (first + timedelta(days=31)).replace(day=1) > last_day:
            return


def _figures(sides: Sequence[Side]) -> dict[str, Any]:
    """The ratios to the youngest books, and what is worth telling of each size."""
    ratios = {f"ratio_{_short(side)}": round(side.against(sides[0]).middle, 3) for side in sides[1:]}
    told = {"reads_at_each_size": sides[0].reads, "mb_by_table": _mb_by_table(sides[-1])}
    return {**ratios, **told, "sizes": [_of_size(side) for side in sides]}


def _of_size(side: Side) -> dict[str, Any]:
    return {
        "postings": side.grown.postings,
        "days": (side.grown.last_day - FIRST_DAY).days + 1,
        "mb_per_million": round(side.grown.bytes_each, 1),
        "mean_ms": round(sum(side.rounds) * 1000 / side.reads, 3),
        "p50_ms": {name: round(side.ms(name, 50), 3) for name in QUESTIONS},
        "p99_ms": {name: round(side.ms(name, 99), 3) for name in QUESTIONS},
        "rows": {name: round(side.rows[name] / len(side.took[name]), 1) for name in QUESTIONS},
        "plans": {name: [str(plan) for plan in plans] for name, plans in side.plans.items()},
    }


def _table(kind: str, sides: Sequence[Side]) -> Table:
    title = f"Reading books that grow, {kind}: ms, p50/p99"
    table = Table("postings", title=title, box=SIMPLE_HEAD, padding=(0, 1, 0, 0))
    for heading in (*QUESTIONS, "ratio (rounds)", "MB/million"):
        table.add_column(heading, justify="right")
    for side in sides:
        cells = [f"{side.ms(name, 50):.2f}/{side.ms(name, 99):.2f}" for name in QUESTIONS]
        ratio = side.against(sides[0])
        against = f"{ratio.middle:.2f} ({ratio.least:.2f}-{ratio.most:.2f})"
        table.add_row(f"{side.grown.postings:,}", *cells, against, f"{side.grown.bytes_each:.0f}")
    return table


def _told(sides: Sequence[Side]) -> list[str]:
    """How long the answers are, and how the oldest books are searched."""
    said = "; ".join(
        f"{name}: {' to '.join(dict.fromkeys(f'{side.rows[name] / len(side.took[name]):.0f}' for side in ends))}"
        for name in QUESTIONS
        for ends in [(sides[0], sides[-1])]
    )
    plans = [f"{name}: {plan}." for name, found in sides[-1].plans.items() for plan in found]
    return [f"{sides[0].reads:,} reads at each size, in turn. Rows in an answer: {said}.", *plans]


def _reds(kind: str, sides: Sequence[Side]) -> list[str]:
    reds = [
        f"{kind}, {side.grown.postings:,} postings: {name} is no search by key ({'; '.join(plan.slow)})."
        for side in sides
        for name, plans in side.plans.items()
        for plan in plans
        if plan.slow
    ]
    ratio = sides[-1].against(sides[0]).middle
    if ratio > RED_ABOVE:
        old, young = (f"{side.grown.postings:,}" for side in (sides[-1], sides[0]))
        reds.append(f"{kind}: reading {old} postings takes {ratio:.2f} times as long as {young}, above {RED_ABOVE}.")
    return reds


def _short(side: Side) -> str:
    """A size as it is said: 100k, 10m."""
    postings = side.grown.postings
    return f"{postings // MILLION}m" if postings >= MILLION else f"{postings // 1000}k"
