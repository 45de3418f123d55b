"""Undoing purchases and sales, told to both books of a `Chain`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from core.stock.transfer_commands import Counted
from core.stock.undo import ReverseDocument
from tests.properties.chain import Chain
from tests.properties.expected import acts_at, may_post

BELOW = {
    "store_manager": ("clerk",),
    "keeper": ("clerk",),
    "area_manager": ("clerk", "store_manager", "keeper"),
    "hq": ("clerk", "store_manager", "keeper", "area_manager", "buyer"),
}
LINES_BACK = (100, 100, 100, 50, 0)
"""How much of a line goes back, in percent."""


@dataclass
class Posted:
    """A purchase or a sale as it is remembered."""

    id: int
    number: str
    kind: str
    place: str
    who: str
    at: datetime
    lines: list[tuple[str, int]]
    undone: bool = False


def refusal(posted: Posted, who: str, now: datetime) -> str | None:
    """Why this person may not undo it now; None where they may, as far as people and hours go."""
    role = who.partition("@")[0]
    below = posted.who == "system" or posted.who.partition("@")[0] in BELOW.get(role, ())
    manages = role in BELOW and acts_at(who, posted.place) and (below or who == posted.who)
    if not manages and not (who == posted.who and may_post(who, posted.kind, posted.place)):
        return "not_allowed"
    if now - posted.at > (timedelta(hours=24) if manages else timedelta(minutes=10)):
        return "undo_time_over"
    return "undone_before" if posted.undone else None


def reverse(chain: Chain, posted: Posted, who: str | None, pick: int) -> None:
    """All of it goes back, or less of it, or what is still there of it."""
    who = who or posted.who
    counts = [count * LINES_BACK[(pick + at) % len(LINES_BACK)] // 100 for at, (_, count) in enumerate(posted.lines)]
    if pick % 3 == 0 and posted.kind == "goods_receipt":
        there = max(chain.books.shelves(posted.place, posted.lines[0][0])["available"], 0)
        counts = [min(counts[0], there)]
    refused = refusal(posted, who, chain.shop.now)
    code = "not_enough_stock" if any(counts) else "nothing_asked"
    refused = chain.tells(refused, code, "reverse", posted.number, counts)
    said = tuple(Counted(line, count) for line, count in enumerate(counts, 1))
    whole = counts == [count for _, count in posted.lines]
    kinds = (f"undo {posted.kind}", *["undo a part"][: not whole])
    if chain.acts(who, ReverseDocument(posted.id, 1, said), refused, *kinds):
        posted.undone = True
