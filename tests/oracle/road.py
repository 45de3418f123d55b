"""The road: what became of the goods of a line that left, and what can still be said about them.

Nothing here moves goods. What moved is read from the entries of the line, what was only said is read from the paper.
"""

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from .journal import Entry
from .papers import Forbidden, Line

BECAME = {
    ("dispatch", "in_transit"): "dispatched",
    ("transfer_in", "available"): "received",
    ("transfer_damage", "blocked"): "damaged",
    ("transfer_in", "blocked"): "for_supplier",
    ("take_back", "available"): "returned",
    ("take_back", "blocked"): "returned",
    ("transfer_loss", ""): "lost",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """What became of a line, in counts. `refused` and `missing` are on the road; `over` never was."""

    dispatched: int = 0
    received: int = 0
    damaged: int = 0
    for_supplier: int = 0
    refused: int = 0
    missing: int = 0
    returned: int = 0
    lost: int = 0
    over: int = 0

    @property
    def road(self) -> int:
        """What left and came nowhere yet."""
        return self.dispatched - self.received - self.damaged - self.for_supplier - self.returned - self.lost

    @property
    def awaited(self) -> int:
        """What is on the road and nobody said anything about: the next truck."""
        return self.road - self.refused - self.missing


def parts_of(line: Line, entries: Iterable[Entry]) -> Parts:
    """What became of a line, from the entries written for it.

    What the source sent above the dispatch went straight from its shelf to the target, and counts as dispatched too.
    """
    moved: Counter[str] = Counter()
    for entry in entries:
        became = BECAME.get((entry.cause, entry.taker.shelf))
        if became:
            moved[became] += entry.quantity
        if became == "received" and entry.giver.shelf == "available":
            moved["dispatched"] += entry.quantity
    return Parts(**moved, refused=line.refused, missing=line.missing, over=line.over)


def standing(lines: Collection[Parts], turned_back: bool) -> str:
    """The state of goods that left: nobody says it, it follows from all lines."""
    if any(line.missing or line.over for line in lines):
        return "disputed"
    if any(line.awaited or line.refused for line in lines):
        return "returning" if turned_back else "in_transit"
    if any(line.received or line.damaged or line.for_supplier for line in lines):
        return "received"
    return "returned" if any(line.returned for line in lines) else "received"


def after_receipt(before: Parts, split: tuple[int, int, int, int, int, int]) -> tuple[int, int, int]:
    """What is refused, missing and over after a receipt of (good, damaged, for supplier, refused, missing, over).

    What comes late was missing before, as far as nobody awaits it.
    """
    good, damaged, for_supplier, refused, missing, over = split
    off_the_road = good + damaged + for_supplier
    said = off_the_road + refused + missing
    if said > before.awaited + before.missing:
        raise Forbidden(f"{split} does not add up to the {before.awaited} awaited and {before.missing} missing")
    refused += before.refused
    missing += before.missing - max(0, said - before.awaited)
    if over and before.road - off_the_road > refused:
        raise Forbidden(f"{over} over, and not all of the line has come")
    return refused, missing, before.over + over


def after_taking_back(before: Parts, split: tuple[int, int, int], turned_back: bool) -> tuple[int, int]:
    """What is refused and missing after the source took back (good, damaged, missing).

    It is first what was refused, then what was turned back on its way, then what was missing.
    """
    need = sum(split)
    of_refused = min(need, before.refused)
    of_awaited = min(need - of_refused, before.awaited) if turned_back else 0
    of_missing = need - of_refused - of_awaited
    if of_missing > before.missing:
        raise Forbidden(f"{split} is more than what comes back")
    return before.refused - of_refused, before.missing - of_missing + split[2]
