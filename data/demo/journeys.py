"""What becomes of a transfer in the demo chain: who asks, loads and counts, what goes wrong, how that is settled."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from data.demo.draws import draw, pick
from data.demo.habits import TROUBLES, Habits
from data.demo.happenings import Arrival, ComeBack, Goods, Happening, Load, Request, Seen, What, Word, WriteOff
from data.demo.openings import LOOSE_GRAMS
from data.demo.shapes import DemoChain
from data.demo.staff import Staff
from data.kinds import Bearer, LoadReason, ReturnReason

NEXT_DAY = timedelta(days=1)
REASONS = (ReturnReason.NEAR_EXPIRY, ReturnReason.SLOW, ReturnReason.OTHER)
SETTLED_BY = ("found there", "found here", Bearer.CARRIER, Bearer.SOURCE, Bearer.DESTINATION, Bearer.CARRIER)


@dataclass(frozen=True, slots=True)
class Change:
    """Goods that are on a place's shelf from the evening of a day on."""

    day: date
    place: str
    sku: str
    count: int


@dataclass(slots=True)
class Journey:
    """What happens with one transfer, and where its goods come to lie. They leave their source when it is asked for."""

    name: str
    source: str
    target: str
    goods: tuple[Goods, ...]
    happenings: list[Happening] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)


class Journeys:
    """Draws what becomes of transfers. A step behind the last day of history is never taken."""

    def __init__(self, chain: DemoChain, habits: Habits, staff: Staff, last: date) -> None:
        self._habits, self._staff, self._last = habits, staff, last
        self._loose = {sku.code for sku in chain.skus if sku.decimals}
        self._direct = {(route.source, route.target) for route in chain.routes if route.direct}

    def truck(self, day: date, source: str, target: str, goods: Sequence[Goods], *, pushed: bool) -> Journey:
        """A warehouse supplies a store: asked for in the morning, counted in the same afternoon."""
        made = self._begun(f"truck.{day}.{target}", source, target, goods)
        by = self._staff.head(source) if pushed else self._staff.somebody(target, day)
        self._step(made, day, (8, 30), by, Request(made.name, source, target, made.goods))
        trouble = self._trouble(made, day, pushed=pushed) if self._some(made)[1] else ""
        if trouble == "rejected":
            self._step(made, day, (9, 5), None, Word(made.name, pick(self._habits.reasons, made.name)))
            self._lie(made, day, source, [one.count for one in made.goods])
            return made
        if not pushed:
            self._step(made, day, (9, 5), None, Word(made.name))
        counts = self._loaded(made, day, trouble)
        self._counted(made, day, counts, trouble)
        return made

    def help(self, day: date, source: str, target: str, goods: Sequence[Goods]) -> Journey:
        """A store helps another one within the day. Between two in one street whoever receives has dispatched, too."""
        made = self._begun(f"help.{day}.{source}", source, target, goods)
        asks = self._staff.somebody(source, day)
        self._step(made, day, (10, 20), asks, Request(made.name, source, target, made.goods))
        if (source, target) not in self._direct:
            self._step(made, day, (10, 50), self._staff.hands(source), Load(made.name))
        self._counted(made, day, [one.count for one in made.goods], "")
        return made

    def way_back(self, day: date, source: str, target: str, goods: Sequence[Goods]) -> Journey:
        """A store sends goods back to its warehouse with the evening's truck; they are looked at in the morning."""
        reason = pick(REASONS, day, source)
        made = self._begun(f"return.{day}.{source}", source, target, goods)
        self._step(made, day, (16, 0), self._staff.head(source), Request(made.name, source, target, made.goods, reason))
        self._step(made, day, (17, 30), self._staff.somebody(source, day), Load(made.name))
        counts = [one.count for one in made.goods]
        back = [count // 3 if reason is ReturnReason.NEAR_EXPIRY else 0 for count in counts]
        good = [count - less for count, less in zip(counts, back, strict=True)]
        seen = [Seen(line, good=good[line - 1], for_supplier=back[line - 1]) for line in range(1, len(counts) + 1)]
        self._step(made, day + NEXT_DAY, (9, 0), self._staff.head(target), Arrival(made.name, tuple(seen)))
        self._lie(made, day + NEXT_DAY, target, good)
        return made

    def _begun(self, name: str, source: str, target: str, goods: Sequence[Goods]) -> Journey:
        return Journey(name, source, target, tuple(goods))

    def _step(self, made: Journey, day: date, clock: tuple[int, int], who: str | None, what: What) -> None:
        key = f"{made.name}.{len(made.happenings)}"
        at = self._staff.moment(made.source, day, *clock, key)
        made.happenings.append(Happening(at, who, key, what))

    def _lie(self, made: Journey, day: date, place: str, counts: Sequence[int]) -> None:
        made.changes += [
            Change(day, place, one.sku, count) for one, count in zip(made.goods, counts, strict=True) if count
        ]

    def _trouble(self, made: Journey, day: date, *, pushed: bool) -> str:
        """What goes wrong with a truck; mostly nothing. The last of them come as they should."""
        drawn = draw(self._habits.seed, "trouble", made.name) % 100
        for name in TROUBLES:
            if drawn < self._habits.troubles[name]:
                late = name != "missing" and day + 4 * NEXT_DAY > self._last
                return "" if late or (pushed and name == "rejected") else name
            drawn -= self._habits.troubles[name]
        return ""

    def _loaded(self, made: Journey, day: date, trouble: str) -> list[int]:
        """The goods leave; how many of each line."""
        counts = [one.count for one in made.goods]
        less: tuple[tuple[int, int], ...] = ()
        reason = None
        if trouble == "loaded_less":
            index, some = self._some(made)
            counts[index] -= some
            less = ((index + 1, counts[index]),)
            reason = pick((LoadReason.NO_ROOM, LoadReason.NOT_THERE, LoadReason.DAMAGED), made.name)
            self._lie(made, day, made.source, [some if line == index else 0 for line in range(len(counts))])
        self._step(made, day, (10, 15), self._staff.hands(made.source), Load(made.name, less, reason))
        return counts

    def _counted(self, made: Journey, day: date, counts: list[int], trouble: str) -> None:
        """The goods arrive, all of them or with what goes wrong on the way."""
        index, some = self._some(made) if trouble in ("missing", "damaged", "refused") else (-1, 0)
        seen = [Seen(line, good=count) for line, count in enumerate(counts, start=1)]
        if some:
            counts[index] -= some
            told = {"missing": 0, "damaged": 0, "refused": 0} | {trouble: some}
            seen[index] = Seen(index + 1, good=counts[index], **told)
        receiver = self._staff.somebody(made.target, "receives", day)
        self._step(made, day, (14, 30), receiver, Arrival(made.name, tuple(seen)))
        self._lie(made, day, made.target, counts)
        if trouble == "refused":
            self._back(made, day + NEXT_DAY, index, some)
        if trouble == "missing":
            self._settled(made, day, index, some)

    def _back(self, made: Journey, day: date, index: int, count: int) -> None:
        """Some of a line is at its source again."""
        back = ComeBack(made.name, (Seen(index + 1, good=count),))
        self._step(made, day, (9, 30), self._staff.head(made.source), back)
        self._lie(made, day, made.source, [count if line == index else 0 for line in range(len(made.goods))])

    def _settled(self, made: Journey, day: date, index: int, count: int) -> None:
        """What was missing turns up on either side after some days, or somebody bears it."""
        when = day + (1 + draw("settled", made.name) % 3) * NEXT_DAY
        how = pick(SETTLED_BY, "settled by", made.name)
        if how == "found here":
            self._back(made, when, index, count)
        elif how == "found there":
            found = Arrival(made.name, (Seen(index + 1, good=count),))
            self._step(made, when, (11, 0), self._staff.head(made.target), found)
            self._lie(made, when, made.target, [count if line == index else 0 for line in range(len(made.goods))])
        else:
            bearer = Bearer(how)
            at_target = bearer is Bearer.DESTINATION
            who = self._staff.head(made.target) if at_target else self._staff.above(made.source)
            self._step(made, when, (11, 0), who, WriteOff(made.name, bearer))

    def _some(self, made: Journey) -> tuple[int, int]:
        """A line with more than one of something, by its index, and some of that; -1 and 0 where there is none."""
        able = [
            index
            for index, one in enumerate(made.goods)
            if one.count > self._step_of(one) and (made.target, one.sku) not in self._habits.run_out
        ]
        if not able:
            return -1, 0
        index = pick(able, "some", made.name)
        step = self._step_of(made.goods[index])
        most = min(made.goods[index].count // step - 1, 6)
        return index, step * (1 + draw("of it", made.name) % most)

    def _step_of(self, goods: Goods) -> int:
        return LOOSE_GRAMS if goods.sku in self._loose else 1
