"""From what somebody says or taps to the last card that shows it, with every limit of the platform kept.

The product has a process of its own; the strict stand-in and the people are in this one. In twelve stores work four
people each, all of them on Telegram, and two groups hear of outcomes: 50 chats. There are always 200 transfers between
stores, each begun with five cards: of who asked, and of everybody at the source, who may send it off.

The figure is told at one act every two seconds over the chain: a request, its confirmation, an approval, a dispatch or
an arrival, at moments drawn beforehand. That is 1,800 in a busy hour, nine for each transfer that is open, and a chat
is shown something every fifteen seconds. Goods and people take their time: nobody takes the next step of a transfer
sooner than half a minute after the last, but whoever asked confirms. A private chat takes five calls in any 5.5 s, a
group also 20 a minute, the whole bot 30 in 1.5 s, and waits for these count. As a second figure somebody taps on every
transfer in the same moment: nobody shows that faster than the platform takes it.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.table import Table

from bot.cli.bench import Options, Result
from bot.telegram.channel import LIMITS
from bot.wiring import present
from core.goods.catalogue import catalogue
from core.ground.work import Work
from tests.bench.child import Child
from tests.bench.hands import Effect, Hands, rests_in
from tests.bench.measures import load_average, loaded, percentile
from tests.bench.open_papers import furnish, open_papers, put_on_screens
from tests.bench.stage import folder, fresh
from tests.bench.wire import PATIENCE_SECONDS, TOKEN
from tests.bot.telegram.strictgram import StrictServer

RED_ABOVE_MS = 1000.0
SEED = 20_261_122
AT_A_RATE, AT_ONCE = "at_a_rate", "at_once"


@dataclass(frozen=True, slots=True)
class Plan:
    """How many transfers are open in how many stores, and how long people act at which rate, in acts a second.

    `pause_s` is how long they leave a transfer alone between two steps.
    """

    documents: int = 200
    stores: int = 12
    per_second: float = 0.5
    seconds: float = 120.0
    pause_s: float = 30.0
    databases: Sequence[str] = ("sqlite",)


QUICK = Plan()
FULL = Plan(seconds=600.0, databases=("sqlite", "postgresql"))


def run(options: Options, plan: Plan | None = None, **surroundings: str) -> Result:
    """The figures on each database. `surroundings` go to the product's process."""
    plan = plan or (FULL if options.full else QUICK)
    figures: dict[str, Any] = {}
    shown: list[Any] = [f"Before: {loaded()}."]
    red: list[str] = []
    for kind in plan.databases:
        measured = asyncio.run(_measure(kind, plan, options.say, surroundings))
        red += measured.red(kind)
        figures[kind] = measured.figures()
        shown += [measured.table(kind, plan), measured.sentence()]
    shown.append(f"After: {loaded()}.")
    told = {"p99_ms": figures[plan.databases[0]]["p99_ms"], **figures, "load_average": load_average()}
    return Result(shown, {"cards": told}, " ".join(red) or None)


@dataclass(frozen=True, slots=True)
class Part:
    """What came of all acts of one way to act. `lines_ms`: until the groups heard of an arrival.

    `problems` is what the stand-in finds fault with: a limit that was not kept, a card drawn twice alike, a lost tap.
    """

    effects: Sequence[Effect]
    lines_ms: Sequence[float] = ()
    problems: Sequence[dict[str, Any]] = ()

    def figures(self) -> dict[str, Any]:
        """The figures by name."""
        took, own = self.took_ms(), sorted(max(0.0, one.took_ms - one.waited_s * 1000) for one in self.effects)
        how = Counter(call.how for one in self.effects for call in one.calls)
        calls = sum(how.values())
        return {
            "acts": len(self.effects),
            "p50_ms": round(percentile(took, 50), 1),
            "p99_ms": round(percentile(took, 99), 1),
            "longest_ms": round(percentile(took, 100), 1),
            "own_p99_ms": round(percentile(own, 99), 1),
            "waited": sum(1 for one in self.effects if one.waited_s),
            "longest_wait_ms": round(max(one.waited_s for one in self.effects) * 1000, 1),
            "edits": how["edit"],
            "messages": how["message"],
            "calls_per_act": round(calls / len(self.effects), 2),
            "lines_p99_ms": round(percentile(self.lines_ms, 99), 1),
            "problems": len(self.problems),
        }

    def took_ms(self) -> list[float]:
        """How long each act took, sorted."""
        return sorted(one.took_ms for one in self.effects)


@dataclass(frozen=True, slots=True)
class Measured:
    """What came of both ways to act, with so many cards and chats. `cpu_ms` is the product's, an act at the rate."""

    parts: dict[str, Part]
    cards: int
    chats: int
    cpu_ms: float

    def figures(self) -> dict[str, Any]:
        """The figures by name."""
        at_once = self.parts[AT_ONCE].figures()
        calls = at_once["edits"] + at_once["messages"]
        rate = LIMITS.overall[-1]
        at_once["platform_ms"] = round((calls - 1) // rate.count * rate.seconds * 1000)
        counts = {"cards": self.cards, "chats": self.chats, "cpu_ms": round(self.cpu_ms, 1)}
        return {**self.parts[AT_A_RATE].figures(), **counts, AT_ONCE: at_once}

    def red(self, kind: str) -> list[str]:
        """Why that is not enough."""
        p99 = percentile(self.parts[AT_A_RATE].took_ms(), 99)
        slow = [f"On {kind} p99 is {p99:.0f} ms, above {RED_ABOVE_MS:.0f}."] if p99 > RED_ABOVE_MS else []
        problems = [one for part in self.parts.values() for one in part.problems]
        return slow + [f"The stand-in complains {len(problems)} times, first of {one}." for one in problems[:1]]

    def table(self, kind: str, plan: Plan) -> Table:
        """A row for each kind of act at the rate, one for all of them, one for all at once."""
        title = f"From an update to the last card that shows it, {kind}: ms"
        table = Table("", title=title, box=SIMPLE_HEAD, padding=(0, 1, 0, 0))
        for heading in ("acts", "cards each", "p50", "p99", "longest", "without waits", "waited"):
            table.add_column(heading, justify="right")
        part = self.parts[AT_A_RATE]
        for does in dict.fromkeys(one.act.does for one in part.effects):
            table.add_row(does, *_row(Part([one for one in part.effects if one.act.does == does])))
        table.add_row(f"all, {plan.per_second:g} a second", *_row(part))
        table.add_row("all at once", *_row(self.parts[AT_ONCE]))
        return table

    def sentence(self) -> str:
        """What the figures mean."""
        found = self.figures()
        at_once = found[AT_ONCE]
        return (
            f"{found['cards']} cards in {found['chats']} chats. At the rate {found['waited']} of {found['acts']} acts"
            f" waited for a limit, the longest for {found['longest_wait_ms']:.0f} ms; groups heard of an arrival within"
            f" {found['lines_p99_ms']:.0f} ms (p99). All at once are {at_once['edits'] + at_once['messages']} calls,"
            f" which the platform takes in {at_once['platform_ms'] / 1000:.1f} s at the least; they took"
            f" {at_once['longest_ms'] / 1000:.1f} s."
        )


def _row(part: Part) -> list[str]:
    found = part.figures()
    times = [f"{found[name]:.0f}" for name in ("p50_ms", "p99_ms", "longest_ms", "own_p99_ms")]
    return [str(found["acts"]), f"{found['calls_per_act']:.1f}", *times, str(found["waited"])]


async def _measure(kind: str, plan: Plan, say: Callable[[str], None], surroundings: dict[str, str]) -> Measured:
    """Act at the rate, and then all at once. Raises Lost where a card is not redrawn, or the stand-in complains."""
    with folder() as kept, fresh(kind, kept) as (url, database):
        async with StrictServer(TOKEN) as server:
            say(f"{kind}: the chain")
            names = database.reading(lambda connection: catalogue(Work(connection, present()))).result()
            chain = furnish(database, server, plan.stores)
            chance = Random(SEED)
            wanted = [chain.wanted(chance) for _ in range(plan.documents)]
            documents = open_papers(database, names, chain, wanted, say)
            cards = put_on_screens(database, names, server)
            hands = Hands(server, database, chain, documents, chance)
            settings = {"STOCKTALK_DATABASE": url, "BENCH_RESTS": str(kept / "rests"), **surroundings}
            async with product(server, kept, settings) as child:
                cpu = await child.cpu_seconds()
                say(f"{kind}: {plan.per_second:g} acts a second for {plan.seconds:g} s")
                await hands.at_a_rate(plan.per_second, plan.seconds, plan.pause_s)
                await hands.drained()
                cpu_ms = (await child.cpu_seconds() - cpu) * 1000 / len(hands.acts)
                first = await _part(hands, kept)
                known = len(server.problems())
                say(f"{kind}: all at once")
                hands.acts.clear()
                server.events.clear()
                await hands.all_at_once()
                await hands.drained()
                parts = {AT_A_RATE: first, AT_ONCE: await _part(hands, kept, known)}
    return Measured(parts, cards, chain.chats, cpu_ms)


async def _part(hands: Hands, kept: Path, known: int = 0) -> Part:
    """What came of it; of the stand-in's complaints so many were known before."""
    effects = await hands.effects(rests_in(kept / "rests"))
    return Part(effects, hands.lines_ms(), hands.server.problems()[known:])


@asynccontextmanager
async def product(server: StrictServer, kept: Path, settings: dict[str, str]) -> AsyncIterator[Child]:
    """The product, polling the stand-in, once it does."""
    line = {"STOCKTALK_TELEGRAM_TOKEN": TOKEN, "STOCKTALK_TELEGRAM_API": server.url, "STOCKTALK_PORT": "0"}
    child = await Child.started("tests.bench.product", {**line, **settings}, kept / "product.log")
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            while server.poller is None:  # noqa: ASYNC110 - the stand-in has no event for it
                await asyncio.sleep(0.02)
        yield child
    finally:
        await child.stop()
