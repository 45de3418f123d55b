"""Scores rows against labelled ones: what is exact, what would move the wrong thing, what is asked for nothing."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

Row = Mapping[str, Any]
Pair = tuple[str, Any]

SCORED = {
    "stock.query": "skus store",
    "transfer.create": "lines from to",
    "transfer.receive": "lines document from shortage",
    "transfer.cancel": "document",
    "transfer.status": "document from to",
    "sale.record": "lines store price",
    "sale.return": "lines store document reason",
    "purchase.order": "lines supplier store price",
    "purchase.receive": "lines document supplier store price",
    "writeoff.record": "lines store reason",
    "count.start": "store",
    "count.record": "lines store",
    "adjust.request": "lines store mode",
    "replenish.suggest": "skus store",
    "alert.list": "store kind",
    "approval.approve": "document",
    "approval.reject": "document",
    "report.summary": "period store",
    "report.slow_movers": "period store",
    "report.turnover": "period store skus",
    "forecast.query": "skus store period",
    "product.find": "skus",
    "barcode.bind": "skus barcode",
    "history.query": "skus store period document",
    "language.set": "language",
}
"""The slots that are compared for each intent; an intent that is not here has none."""
WRITES = frozenset(
    {
        "transfer.create", "transfer.receive", "transfer.cancel", "sale.record", "sale.return", "purchase.order",
        "purchase.receive", "writeoff.record", "count.start", "count.record", "adjust.request", "approval.approve",
        "approval.reject", "barcode.bind", "undo", "confirm",
    }
)  # fmt: skip
"""Where a confident wrong one moves stock, money, masters or an approval."""
SOFT = frozenset({"reason", "price"})
"""Slots that move no stock when they are wrong."""
ASKED = "?"
MOST_MORE = 12
"""How many candidates may be offered beyond the labelled ones."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What one row came to. `hits`, `wanted` and `given` count slots that agree, that are labelled, that came."""

    gold: Row
    row: Row
    exact: bool
    intent: bool
    dangerous: bool
    needless: bool
    could_be_needless: bool
    hits: int
    wanted: int
    given: int

    @property
    def ms(self) -> float | None:
        """How long understanding took."""
        return self.row.get("ms")


@dataclass(frozen=True, slots=True)
class Score:
    """The figures of a group of messages: counts whole, the rest in percent or milliseconds."""

    group: str
    n: int
    exact: float
    intent: float
    slot_f1: float
    dangerous: int
    needless: float
    p50_ms: float
    p99_ms: float

    def __str__(self) -> str:
        """One line of a table."""
        return (
            f"{self.group:22s} n={self.n:4d} exact={self.exact:5.1f}% intent={self.intent:5.1f}%"
            f" slotF1={self.slot_f1:5.1f} DANGEROUS={self.dangerous:3d} needless={self.needless:4.1f}%"
            f" p50={self.p50_ms:.2f}ms p99={self.p99_ms:.2f}ms"
        )


class Scorer:
    """Compares rows. `base_units` are the units that a line without one means, by SKU."""

    def __init__(self, base_units: Mapping[str, str]) -> None:
        """Score for a chain with these products."""
        self._base_units = base_units

    @staticmethod
    def of_world(world: Row) -> Scorer:
        """The scorer for the products of a world file."""
        return Scorer({product["sku"]: product["base_unit"] for product in world["products"]})

    def verdict(self, gold: Row, row: Row) -> Verdict:
        """What a row comes to beside the labelled message."""
        wanted = Counter(self.slots(gold["expect"], gold["expect"]["intent"]))
        given = Counter(self.slots(row, row.get("intent")))
        exact = self.exact(gold, row)
        return Verdict(
            gold,
            row,
            exact=exact,
            intent=exact or _is_intent(gold, row),
            dangerous=not exact and self._is_dangerous(gold, row),
            needless=not exact and _may_be_needless(gold) and (bool(asked(row)) or _intent(row) == "unknown"),
            could_be_needless=_may_be_needless(gold),
            hits=wanted.total() if exact else (wanted & given).total(),
            wanted=wanted.total(),
            given=wanted.total() if exact else given.total(),
        )

    def exact(self, gold: Row, row: Row) -> bool:
        """Whether the row says what was labelled, or another thing that the label allows."""
        expect, said = gold["expect"], row.get("intent")
        if said in gold.get("alt_intents", ()) and (said not in WRITES or said in ("confirm", "undo") or asked(row)):
            return True
        if not _is_intent(gold, row):
            return False
        intent = expect["intent"]
        same = Counter(self.slots(expect, intent)) == Counter(self.slots(row, intent))
        return same and _offers(expect, row)

    def slots(self, row: Row, intent: str | None) -> list[Pair]:
        """The slots of the intent as pairs of name and value; one that is asked has the value ASKED."""
        ask = asked(row)
        found: list[Pair] = []
        for name in SCORED.get(intent or "", "").split():
            if name in ("lines", "skus"):
                lines = [self._line(line, ask, number) for number, line in enumerate(row.get("lines") or ())]
                found += [("line", line if name == "lines" else line[0]) for line in lines]
            elif name == "shortage":
                found += [("short", self._line(line, frozenset(), 0)) for line in row.get("shortage") or ()]
            elif (value := _value(row, name, ask)) not in (None, "", []):
                found.append((name, value))
        return found + [(name, ASKED) for name in ("lines", "intent") if name in ask]

    def _line(self, line: Row, ask: frozenset[str], number: int) -> tuple[Any, Any, Any]:
        """A line's product, quantity and unit. A unit counts only with an accepted quantity; none is the base unit."""
        sku, unit, quantity = line.get("sku"), line.get("unit"), line.get("quantity")
        if f"lines.{number}.unit" in ask:
            unit = ASKED
        elif unit is None and sku:
            unit = self._base_units.get(sku)
        if f"lines.{number}.quantity" in ask:
            quantity = ASKED
        elif quantity is not None:
            quantity = _number(quantity)
        return (
            ASKED if f"lines.{number}.sku" in ask else sku,
            quantity,
            None if quantity in (ASKED, None) else unit,
        )

    def _is_dangerous(self, gold: Row, row: Row) -> bool:
        """Whether a complete change, that is not exact, differs in its intent or in what moves."""
        expect, said = gold["expect"], row.get("intent")
        if said not in WRITES or asked(row) or said in gold.get("alt_intents", ()):
            return False
        if said != expect["intent"]:
            return True
        wanted = Counter(pair for pair in self.slots(expect, said) if pair[0] not in SOFT or pair[1] == ASKED)
        given = Counter(pair for pair in self.slots(row, said) if pair[0] not in SOFT)
        return wanted != given


def asked(row: Row) -> frozenset[str]:
    """The fields that a row asks for."""
    return frozenset((*(row.get("missing") or ()), *(row.get("invalid") or ()), *(row.get("ambiguous") or ())))


def verdicts(scorer: Scorer, golds: Sequence[Row], rows: Sequence[Row]) -> list[Verdict]:
    """What each message came to. Rows are found by id, or by their place where they have none."""
    by_id = {row.get("id"): row for row in rows}
    found = []
    for number, gold in enumerate(golds):
        in_place = rows[number] if number < len(rows) and "id" not in rows[number] else {"intent": "unknown"}
        found.append(scorer.verdict(gold, by_id.get(gold["id"]) or in_place))
    return found


def scores(found: Sequence[Verdict]) -> list[Score]:
    """The figures of all, of each language and of each tag."""
    groups = [("ALL", list(found))]
    for language in ("zh", "en", "mixed"):
        groups.append((f"lang:{language}", [one for one in found if one.gold["lang"] == language]))
    for tag in sorted({tag for one in found for tag in one.gold["tags"]}):
        groups.append((f"tag:{tag}", [one for one in found if tag in one.gold["tags"]]))
    return [score(name, group) for name, group in groups if group]


def score(name: str, group: Sequence[Verdict]) -> Score:
    """The figures of one group."""
    count = len(group)
    slots = sum(one.wanted for one in group) + sum(one.given for one in group)
    times = [one.ms for one in group if one.ms is not None]
    return Score(
        name,
        count,
        exact=_percent((one.exact for one in group), count),
        intent=_percent((one.intent for one in group), count),
        slot_f1=100 * (2 * sum(one.hits for one in group) / slots if slots else 1),
        dangerous=sum(one.dangerous for one in group),
        needless=_percent((one.needless for one in group), sum(one.could_be_needless for one in group)),
        p50_ms=percentile(times, 0.5),
        p99_ms=percentile(times, 0.99),
    )


def percentile(values: Iterable[float], share: float) -> float:
    """The value that this share of them does not exceed; not a number where there are none."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)] if ordered else math.nan


def _percent(flags: Iterable[bool], of: int) -> float:
    return 100 * sum(flags) / max(1, of)


def _intent(row: Row) -> str | None:
    """The intent; smalltalk counts as unknown, for neither acts."""
    said = row.get("intent")
    return "unknown" if said == "smalltalk" else said


def _is_intent(gold: Row, row: Row) -> bool:
    """Whether it is the labelled intent, or one of those that are to be asked about, asked about."""
    expect, said = gold["expect"], _intent(row)
    if said == _intent(expect):
        return True
    return said in ((expect.get("ambiguous") or {}).get("intent") or ()) and "intent" in (row.get("ambiguous") or {})


def _offers(expect: Row, row: Row) -> bool:
    """Whether the labelled candidates are among those offered, and not too many others."""
    plainly = {*(row.get("missing") or ()), *(row.get("invalid") or ())}
    for name, wanted in (expect.get("ambiguous") or {}).items():
        offered = (row.get("ambiguous") or {}).get(name)
        if name in plainly and offered is None and not name.endswith("sku"):
            continue
        if offered is None or not set(wanted) <= set(offered) or len(offered) > MOST_MORE + len(wanted):
            return False
    return True


def _may_be_needless(gold: Row) -> bool:
    """Whether a question would be needless: the label asks nothing, and is known."""
    return not asked(gold["expect"]) and _intent(gold["expect"]) != "unknown"


def _value(row: Row, name: str, ask: frozenset[str]) -> Any:
    if name in ask:
        return ASKED
    value = row.get(name)
    return _number(value) if name == "price" and value is not None else value


def _number(value: object) -> object:
    try:
        return Decimal(str(value)).normalize()
    except InvalidOperation:
        return str(value)
