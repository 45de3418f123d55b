"""From an update that comes in to its reply at the wire: how long, how many, beside a bot that only says it back.

The bot under load has a process of its own; this one plays the platform and the people. Messages come at moments drawn
beforehand, whether replies come or not. Both bots take their rounds in turn, so that they meet the same machine.
"""

from __future__ import annotations

import asyncio
import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from math import inf
from pathlib import Path
from time import monotonic
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.table import Table

from bot.cli.bench import Options, Result
from tests.bench.crowd import CLERKS
from tests.bench.load import WAIT_MS, Bot, Step
from tests.bench.measures import Spread, load_average, loaded
from tests.bench.profiled import jobs_table
from tests.bench.search import Search
from tests.bench.stage import bot, chain, folder

RED_BELOW, AIM = 100, 200
"""Messages a second on SQLite."""
FIGURE_AT = 100.0
"""The rate at which p50 and p99 are told."""
PRODUCT, ECHO = "product", "echo"


@dataclass(frozen=True, slots=True)
class Plan:
    """How long everything takes. No new step of the search begins after `ends_after` seconds on one database."""

    rates: Sequence[float] = (50.0, FIGURE_AT, 200.0)
    rounds: int = 3
    step_seconds: float = 1.2
    echo_seconds: float = 0.8
    search_factor: float = 2.0
    ends_after: float = 38.0
    databases: Sequence[str] = ("sqlite",)
    clerks: int = CLERKS


QUICK = Plan()
FULL = Plan(
    rates=(25.0, 50.0, FIGURE_AT, 150.0, 200.0, 300.0),
    rounds=5,
    step_seconds=4.0,
    echo_seconds=2.0,
    search_factor=1.0,
    ends_after=360.0,
    databases=("sqlite", "postgresql"),
)
PROFILED = Plan(rates=(10.0,), step_seconds=20.0)
"""A rate that it holds while it is watched, or nearly."""


def run(options: Options, plan: Plan | None = None, **surroundings: str) -> Result:
    """The figures on each database. `surroundings` go to the product's process."""
    if options.profile:
        return _profile(options.profile, plan or PROFILED)
    plan = plan or (FULL if options.full else QUICK)
    figures: dict[str, dict[str, Any]] = {}
    shown: list[Any] = [f"Before: {loaded()}."]
    for kind in plan.databases:
        measured = asyncio.run(_measure(kind, plan, options.say, surroundings))
        figures[kind] = measured.figures()
        shown += [measured.table(kind), measured.sentence()]
    shown.append(f"After: {loaded()}.")
    highest = figures["sqlite"]["highest_per_s"]
    red = None
    if highest < RED_BELOW:
        red = f"{highest:.0f} messages/s on SQLite is below {RED_BELOW}; the aim is {AIM}."
    return Result(shown, {"chat": {**figures, "load_average": load_average()}}, red)


class Measured:
    """What came of all rounds on one database."""

    def __init__(self) -> None:
        self.steps: dict[str, dict[float, list[Step]]] = {PRODUCT: defaultdict(list), ECHO: defaultdict(list)}
        self.searches: dict[str, Search] = {}

    def note(self, who: str, step: Step) -> Step:
        """Keep a step."""
        self.steps[who][step.rate].append(step)
        return step

    def held(self, who: str) -> float:
        """The highest rate that was held in most of its rounds; 0 where none was."""
        steps = self.steps[who].items()
        return max((rate for rate, rounds in steps if sum(one.held for one in rounds) * 2 > len(rounds)), default=0.0)

    def hopeless(self, who: str, rate: float) -> bool:
        """Whether this rate was given up before, so that it need not be tried in every round."""
        return any(step.given_up for step in self.steps[who][rate])

    def figures(self) -> dict[str, Any]:
        """The figures by name."""
        product, echo = self._at_figure(PRODUCT), self._at_figure(ECHO)
        found, beside = self.searches[PRODUCT].held, self.searches[ECHO].held
        return {
            "p50_ms": round(_middle(step.p50 for step in product), 1),
            "p99_ms": round(_middle(step.p99 for step in product), 1),
            "echo_p50_ms": round(_middle(step.p50 for step in echo), 1),
            "echo_p99_ms": round(_middle(step.p99 for step in echo), 1),
            "at_per_s": product[0].rate,
            "highest_per_s": round(found),
            "echo_highest_per_s": round(beside),
            "ratio": round(found / beside, 3) if beside else None,
            "cpu_ms": round(_middle(step.cpu_ms for step in product), 2),
            "echo_cpu_ms": round(_middle(step.cpu_ms for step in echo), 2),
            "messages": sum(step.messages for steps in self.steps[PRODUCT].values() for step in steps),
            "lost": 0,  # where one is, there are no figures
        }

    def table(self, kind: str) -> Table:
        """A row for each rate that both bots were given."""
        title = f"Update in to reply at the wire, {kind}: ms, the median of the rounds (least-most)"
        table = Table("per s", title=title, box=SIMPLE_HEAD, padding=(0, 1, 0, 0))
        for heading in ("p50", "p99", "redraw p99", "CPU", "echo p50", "echo p99", "CPU"):
            table.add_column(heading, justify="right")
        for rate, steps in sorted(self.steps[PRODUCT].items()):
            if beside := self.steps[ECHO].get(rate):
                table.add_row(f"{rate:.0f}", *_row(steps, redraws=True), *_row(beside, redraws=False))
        return table

    def sentence(self) -> str:
        """The highest rates."""
        found = self.figures()
        product, echo = (self._highest(who) for who in (PRODUCT, ECHO))
        if not found["highest_per_s"]:
            return f"None of the rates that were tried had a p99 under {WAIT_MS:.0f} ms. Every message got its reply."
        ratio = f", a ratio of {found['ratio']:.2f}" if found["ratio"] else ""
        waits = f"p99 under {WAIT_MS:.0f} ms"
        return f"{waits} up to {product}; the echo bot up to {echo}{ratio}. Every message got its reply."

    def _highest(self, who: str) -> str:
        search = self.searches[who]
        return f"{'at least ' if search.not_made else ''}{search.held:.0f} messages/s"

    def _at_figure(self, who: str) -> list[Step]:
        steps = self.steps[who]
        return steps.get(FIGURE_AT) or steps[max(self.steps[ECHO])]


def _row(steps: Sequence[Step], *, redraws: bool) -> list[str]:
    cpu = f"{_middle(step.cpu_ms for step in steps):.1f}"
    if all(step.given_up for step in steps):
        return ["", "fell behind", *([""] if redraws else []), cpu]
    redrawn = [f"{_middle(step.redraw_p99 for step in steps):.0f}"] if redraws else []
    return [f"{_middle(step.p50 for step in steps):.1f}", str(Spread.of([step.p99 for step in steps])), *redrawn, cpu]


def _middle(rounds: Iterable[float]) -> float:
    return Spread.of(list(rounds)).middle


async def _measure(kind: str, plan: Plan, say: Callable[[str], None], surroundings: dict[str, str]) -> Measured:
    """Rounds at every rate, each bot in its turn, then the search for the highest rate of each, in turn too."""
    measured, ends_at = Measured(), monotonic() + plan.ends_after
    async with AsyncExitStack() as held:
        say(f"{kind}: the demo chain and its clerks")
        kept = held.enter_context(folder())
        url, people = held.enter_context(chain(kind, kept, plan.clerks))
        settings = {"STOCKTALK_DATABASE": url, **surroundings}
        product = await held.enter_async_context(bot("product", kept, people, settings))
        echo = await held.enter_async_context(bot("echo", kept, people, {}))
        for number in range(plan.rounds):
            for rate in plan.rates:
                say(f"{kind}: round {number + 1} of {plan.rounds}, {rate:.0f} messages/s")
                if not measured.hopeless(PRODUCT, rate):
                    measured.note(PRODUCT, await product.step(rate, plan.step_seconds))
                if not measured.hopeless(ECHO, rate):
                    measured.note(ECHO, await echo.step(rate, plan.echo_seconds))
        await _search(measured, product, echo, plan, ends_at, say)
    return measured


async def _search(
    measured: Measured, product: Bot, echo: Bot, plan: Plan, ends_at: float, say: Callable[[str], None]
) -> None:
    """Both in turn until both are known, or the time is up: then what was held last counts."""
    least, longer = plan.rates[0] / 2, plan.search_factor
    sides = [
        (PRODUCT, product, Search(measured.held(PRODUCT), least=least), plan.step_seconds * longer),
        (ECHO, echo, Search(measured.held(ECHO), least=least, factor=2), plan.echo_seconds * longer),
    ]
    measured.searches = {who: search for who, _, search, _ in sides}
    while monotonic() < ends_at and not all(search.done for _, _, search, _ in sides):
        for who, side, search, seconds in sides:
            if not search.done:
                say(f"does the {who} hold {search.rate:.0f} messages/s?")
                search.note(measured.note(who, await side.step(search.rate, seconds)))


def _profile(path: Path, plan: Plan) -> Result:
    """Where the product's CPU goes: by job without a profiler in the way, then by function."""
    with folder() as kept:
        jobs, step = _watched("BENCH_JOBS", kept / "jobs.json", plan)
        _watched("BENCH_PROFILE", path.absolute(), plan)
        found = json.loads(jobs.read_text(encoding="utf-8"))
    told = f"{step.cpu_ms:.2f} ms of CPU a message in all. By function: {path}, to be read with `python -m pstats`."
    figures = {"messages": step.messages, "cpu_ms": round(step.cpu_ms, 2), "jobs": found}
    return Result([jobs_table(found, step.messages), told], {"chat": {"profile": figures}})


def _watched(how: str, kept: Path, plan: Plan) -> tuple[Path, Step]:
    """One step, watched; where the product was told to keep what was seen."""

    async def step() -> Step:
        with folder() as books, chain("sqlite", books, plan.clerks) as (url, people):
            async with bot("product", books, people, {"STOCKTALK_DATABASE": url, how: str(kept)}) as product:
                return await product.step(plan.rates[0], plan.step_seconds, patience=inf)

    return kept, asyncio.run(step())
