"""Who may do what in the small chain, and how long its freezes last: said once more, to compare with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from tests.small_chain import EVERYBODY

REGION = {"WH": "south", "XH": "west", "EQ": "west", "BJ": "south"}
LARGEST_PACK = {"COLA": 24, "SOAP": 1, "RICE": 5000}
FLOOR = ("clerk", "store_manager", "keeper")


@dataclass
class Paper:
    """What the machine remembers of a transfer beside the oracle's books."""

    id: int
    number: str
    source: str
    target: str
    requester: str
    asked_role: str | None
    version: int = 1
    lapses_at: datetime | None = None
    dispatched_by: str = ""

    def freeze(self, now: datetime, *, waits: bool) -> None:
        """The freeze lasts from now: until the word that the transfer waits for, or until the truck."""
        hours = (8, 48) if (self.source, self.target) == ("WH", "XH") else (4, 24)
        self.lapses_at = now + timedelta(hours=hours[0] if waits else hours[1])

    def close(self) -> None:
        """A step that leaves nothing frozen."""
        self.version += 1
        self.lapses_at = None

    def right_one(self, step: str) -> str:
        """Somebody who may take this step; the system where nobody may."""
        return next((who for who in EVERYBODY if may(who, step, self)), "system")


def may(who: str, step: str, paper: Paper) -> bool:
    """Whether this person is one for this step with this transfer."""
    role, _, where = who.partition("@")
    if step == "approve":
        return who != paper.requester and role == paper.asked_role and acts_at(who, paper.source)
    if step == "cancel":
        ends = acts_at(who, paper.source) or acts_at(who, paper.target)
        return who == paper.requester or (role in ("store_manager", "keeper", "area_manager", "hq") and ends)
    if step == "dispatch":
        return role in FLOOR and where == paper.source
    return role in (*FLOOR, "area_manager") and acts_at(who, paper.target)


def may_submit(who: str, place: str) -> bool:
    """Whether this person may ask for transfers at this place."""
    return who.partition("@")[0] in (*FLOOR, "area_manager", "hq") and acts_at(who, place)


def may_post(who: str, kind: str, place: str) -> bool:
    """Whether this person may write this one-sided document there."""
    roles = {"sale": ("clerk", "store_manager", "system"), "goods_receipt": ("store_manager", "keeper", "buyer")}
    return who.partition("@")[0] in roles[kind] and acts_at(who, place)


def acts_at(who: str, place: str) -> bool:
    """Whether this person acts at this place: at home, in their region, or anywhere."""
    where = who.partition("@")[2]
    return where in ("", place, REGION[place])


def asked_role(who: str, source: str, target: str, lines: Sequence[tuple[str, int]]) -> str | None:
    """The role whose word this request waits for: one rung up where its only holder is who asks."""
    limit = 5 if (source, target) == ("WH", "XH") else 2
    wanted = {sku: sum(count for one, count in lines if one == sku) for sku, _ in lines}
    if may_submit(who, source) and all(count <= limit * LARGEST_PACK[sku] for sku, count in wanted.items()):
        return None
    nearest = "keeper" if source == "WH" else "store_manager"
    return "area_manager" if who == f"{nearest}@{source}" else nearest
