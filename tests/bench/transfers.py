"""Whole transfers through `execute`, beside the same by hand: how many a second, at what cost, how long each takes.

Both go through the product's queue, threads and commits, with as many clients, who each wait for a step's answer before
the next one. They take their rounds in turn, so that they meet the same machine. Before that both carry out the same
transfers at the same moments, and have to leave the same rows: else there are no figures.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from time import monotonic
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.table import Table

from bot.cli.bench import Options, Result
from data.engine import WRITERS, Database
from tests.bench import by_execute, plain
from tests.bench.measures import Spread, load_average, loaded
from tests.bench.same_rows import counts, differences, held
from tests.bench.transfer_profile import counted, profile
from tests.bench.transfer_rounds import STEPS, Chain, Round, Side, chain_of, copies, play, play_alone

RED_BELOW: Mapping[str, float] = {"sqlite": 0.35, "postgresql": 0.55}
AIM: Mapping[str, float] = {"sqlite": 0.5, "postgresql": 0.75}
"""Transfers a second, as a part of what the same by hand comes to."""
AIM_CPU_US, AIM_P99_MS = 700, 20
THREADS: Mapping[str, str] = {"sqlite": "one writer, synchronous=FULL", "postgresql": f"{WRITERS} threads"}
PRODUCT, PLAIN = "product", "plain"


@dataclass(frozen=True, slots=True)
class Plan:
    """How much is played. The rounds are as long as `ends_after` leaves time, in seconds since a database was begun.

    But there are at least so many transfers in a round; so many are compared first, and so many are played to warm up.
    """

    ends_after: Mapping[str, float]
    rounds: int = 5
    clients: int = 32
    compared: int = 40
    warm: int = 96
    least: int = 60


QUICK = Plan({"sqlite": 9.0, "postgresql": 28.0})
FULL = Plan({"sqlite": 120.0, "postgresql": 180.0}, rounds=9, compared=200, warm=300)


def run(options: Options, plan: Plan | None = None, product: Side = by_execute) -> Result:
    """The figures on each database."""
    if options.profile:
        return profile(options.profile, product)
    plan = plan or (FULL if options.full else QUICK)
    figures: dict[str, Any] = {}
    shown: list[Any] = [f"Before: {loaded()}."]
    for kind in plan.ends_after:
        measured = _measure(kind, plan, product, options.say)
        figures[kind] = measured.figures()
        shown += [measured.table(kind, plan.clients), *measured.sentences(kind)]
    shown.append(f"After: {loaded()}.")
    low = [
        f"{figures[kind]['ratio']:.2f} of plain on {kind} is below {RED_BELOW[kind]:.2f}; the aim is {AIM[kind]:.2f}."
        for kind in plan.ends_after
        if figures[kind]["ratio"] < RED_BELOW[kind]
    ]
    return Result(shown, {"transfers": {**figures, "load_average": load_average()}}, " ".join(low) or None)


@dataclass(slots=True)
class Measured:
    """What came of all rounds on one database."""

    rounds: dict[str, list[Round]] = field(default_factory=lambda: {PRODUCT: [], PLAIN: []})
    statements: Mapping[str, float] = field(default_factory=dict)
    retries: int = 0

    def of(self, who: str, figure: Callable[[Round], float]) -> Spread:
        """A figure over the rounds of one side."""
        return Spread.of([figure(one) for one in self.rounds[who]])

    def ratio(self, figure: Callable[[Round], float]) -> Spread:
        """The product's figure by plain's, round by round."""
        pairs = zip(self.rounds[PRODUCT], self.rounds[PLAIN], strict=True)
        return Spread.of([figure(one) / figure(other) for one, other in pairs])

    def worst_p99(self, who: str) -> float:
        """The p99 of the step that takes longest, in ms."""
        return max(self.of(who, _waited(step, 99)).middle for step in STEPS)

    def figures(self) -> dict[str, Any]:
        """The figures by name."""
        ratio = self.ratio(_per_s)
        return {
            "ratio": round(ratio.middle, 3),
            "ratio_least": round(ratio.least, 3),
            "ratio_most": round(ratio.most, 3),
            "per_s": round(self.of(PRODUCT, _per_s).middle),
            "plain_per_s": round(self.of(PLAIN, _per_s).middle),
            "cpu_us": round(self.of(PRODUCT, _cpu_us).middle),
            "plain_cpu_us": round(self.of(PLAIN, _cpu_us).middle),
            "step_cpu_us": round(self.of(PRODUCT, _step_us).middle),
            "plain_step_cpu_us": round(self.of(PLAIN, _step_us).middle),
            "p99_ms": round(self.worst_p99(PRODUCT), 1),
            "plain_p99_ms": round(self.worst_p99(PLAIN), 1),
            "steps_ms": {
                step: {f"p{percent}": round(self.of(PRODUCT, _waited(step, percent)).middle, 1) for percent in (50, 99)}
                for step in STEPS
            },
            "transfers": sum(one.transfers for one in self.rounds[PRODUCT]),
            "rounds": len(self.rounds[PRODUCT]),
            "retries": self.retries,
            **self.statements,
        }

    def table(self, kind: str, clients: int) -> Table:
        """A row for each figure: the product's, plain's, and the one by the other."""
        title = f"Whole transfers, {kind} ({THREADS[kind]}), {clients} clients: medians of the rounds (least-most)"
        table = Table("", title=title, box=SIMPLE_HEAD, padding=(0, 1, 0, 0))
        for heading in (PRODUCT, PLAIN, "ratio"):
            table.add_column(heading, justify="right")
        figures: list[tuple[str, Callable[[Round], float], int]] = [
            ("transfers/s", _per_s, 0),
            ("CPU µs a transfer", _cpu_us, 0),
            ("of it in the steps", _step_us, 0),
            *((f"{step} p{percent} ms", _waited(step, percent), 1) for step in STEPS for percent in (50, 99)),
        ]
        for name, figure, digits in figures:
            sides = [_told(self.of(who, figure), digits) for who in (PRODUCT, PLAIN)]
            table.add_row(name, *sides, _told(self.ratio(figure), 2))
        return table

    def sentences(self, kind: str) -> list[str]:
        """What the table does not say."""
        found = self.figures()
        played = f"{found['transfers']} transfers on each side, in {found['rounds']} rounds; both left the same rows."
        ratio = f"{found['ratio']:.2f} of plain (aim {AIM[kind]:.2f})."
        slowest = f"The p99 of the slowest step is {found['p99_ms']:.0f} ms (aim {AIM_P99_MS})."
        if kind == "postgresql":
            return [f"{ratio} {played}", f"{slowest} The CPU is this process's alone, without the server's."]
        cpu = f"{found['cpu_us']} µs of CPU (aim {AIM_CPU_US}), for {found['statements']:.0f} statements a transfer"
        return [f"{ratio} {played}", f"{slowest} {cpu}; by hand {found['plain_statements']:.0f}."]


def _measure(kind: str, plan: Plan, product: Side, say: Callable[[str], None]) -> Measured:
    """The same rows first, then the rounds."""
    measured, ends_at = Measured(), monotonic() + plan.ends_after[kind]
    sides: dict[str, Side] = {PRODUCT: product, PLAIN: plain}
    say(f"{kind}: the demo chain, and stock")
    with copies(kind) as fresh:
        say(f"{kind}: do both leave the same rows?")
        measured.statements = _same_rows(kind, {who: (fresh(), side) for who, side in sides.items()}, plan.compared)
        databases = {who: fresh() for who in sides}
        chain = databases[PLAIN].reading(chain_of).result()
        many = plan.warm
        for number in range(plan.rounds + 1):
            say(f"{kind}: round {number} of {plan.rounds}, {many} transfers")
            order = [PRODUCT, PLAIN] if number % 2 else [PLAIN, PRODUCT]
            found = {who: _round(databases[who], sides[who], chain, number, many, plan.clients) for who in order}
            for who in sides if number else ():
                measured.rounds[who].append(found[who])
            each = sum(one.seconds / one.transfers for one in found.values())
            many = max(plan.least, int((ends_at - monotonic()) / max(plan.rounds - number, 1) / each))
        _compare("rows", *(database.reading(counts).result() for database in databases.values()))
        measured.retries = sum(database.retries.total() for database in databases.values())
    return measured


def _round(database: Database, side: Side, chain: Chain, number: int, many: int, clients: int) -> Round:
    gc.collect()  # what one side left behind is not swept up on the other one's time
    return play(database, side, chain.drawn(number, many), f"round {number}", clients)


def _same_rows(kind: str, both: Mapping[str, tuple[Database, Side]], many: int) -> dict[str, float]:
    """Statements a transfer of both sides, on SQLite. Raises RuntimeError where they leave different rows."""
    statements: dict[str, float] = {}
    for who, (database, side) in both.items():
        transfers = database.reading(chain_of).result().drawn(0, many)
        with counted(side) as (watched, seen):
            play_alone(database, watched, transfers)
        if kind == "sqlite":
            statements["statements" if who == PRODUCT else "plain_statements"] = seen.total() / many
    _compare("what is in them", *(database.reading(held).result() for database, _ in both.values()))
    return statements


def _compare(what: str, product: Mapping[str, object], by_hand: Mapping[str, object]) -> None:
    if wrong := differences(product, by_hand):
        told = "; ".join(f"{name}: {product.get(name)} and by hand {by_hand.get(name)}" for name in wrong)
        raise RuntimeError(f"the product and plain leave different tables ({what}): {told}")


def _per_s(one: Round) -> float:
    return one.per_s


def _cpu_us(one: Round) -> float:
    return one.cpu_us


def _step_us(one: Round) -> float:
    return one.step_us


def _waited(step: str, percent: float) -> Callable[[Round], float]:
    return lambda one: one.waited(step, percent)


def _told(spread: Spread, digits: int) -> str:
    return f"{spread.middle:.{digits}f} ({spread.least:.{digits}f}-{spread.most:.{digits}f})"
