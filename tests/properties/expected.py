"""Who may do what in the small chain, how long things last, and what a pull may have: said once more."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from typing import Any

from tests.oracle.books import Books
from tests.small_chain import EVERYBODY

REGION = {"WH": "south", "XH": "west", "EQ": "west", "BJ": "south"}
CLOCK = {"WH": 8, "XH": 8, "EQ": 9, "BJ": 8}  # hours before UTC
LARGEST_PACK = {"COLA": 24, "SOAP": 1, "RICE": 5000}
FLOOR = ("clerk", "store_manager", "keeper")
DECIDERS = ("store_manager", "keeper", "area_manager", "hq")
RECEIVERS = (*FLOOR, "area_manager")
BEARERS = ("source", "destination", "carrier", "supplier", "company")
OPEN_IN = {
    "approve": ("submitted",),
    "reject": ("submitted",),
    "cancel": ("submitted", "approved"),
    "freeze": ("submitted", "approved"),
    "dispatch": ("approved",),
    "receive": ("approved", "in_transit", "disputed"),
    "turn_back": ("in_transit",),
    "take_back": ("in_transit", "returning", "disputed"),
    "write_off": ("disputed",),
    "sent_more": ("disputed",),
    "not_sent": ("disputed",),
    "hold": ("in_transit",),
    "keep": ("in_transit",),
    "send_on": ("in_transit",),
    "send_back": ("in_transit",),
}


@dataclass(frozen=True)
class Rules:
    """What holds on a route, in packs and hours."""

    limit: int
    approve: int
    dispatch: int
    truck: int = 24
    answer: int = 24
    keep_back: int = 0
    daily: int | None = None
    direct: bool = False


ROUTES = {
    ("", ""): Rules(2, 4, 24),
    ("WH", "XH"): Rules(5, 8, 48),
    ("BJ", ""): Rules(2, 3, 20, 12, 10, keep_back=4, daily=2),
    ("", "BJ"): Rules(2, 4, 24, 30, 20, keep_back=3, daily=2),
    ("EQ", "BJ"): Rules(2, 4, 24, direct=True),
}


def rules_of(source: str, target: str) -> Rules:
    """The most exact rules there are: for both ends, for the source, for the target, for any."""
    return next(ROUTES[ends] for ends in ((source, target), (source, ""), ("", target), ("", "")) if ends in ROUTES)


@dataclass
class Dispute:
    """Who has to answer, since when and until when."""

    role: str
    opened_at: datetime
    due_at: datetime
    closed_at: datetime | None = None


@dataclass
class Paper:
    """What the machine remembers of a transfer beside the oracle's books."""

    id: int
    number: str
    source: str
    target: str
    requester: str
    asked_role: str | None
    asked_at: datetime
    returns: bool = False
    names: int | None = None
    version: int = 1
    lapses_at: datetime | None = None
    reminds_at: datetime | None = None
    approved_by: str | None = None
    dispatched_by: str | None = None
    held_at: str | None = None
    turned_back: bool = False
    left_frozen: Counter[str] = field(default_factory=Counter)  # what it had frozen of what left
    borne: Counter[str] = field(default_factory=Counter)
    dispute: Dispute | None = None

    @property
    def rules(self) -> Rules:
        return rules_of(self.source, self.target)

    @property
    def pull(self) -> bool:
        """Whether who asked does not speak for the source."""
        return not may_submit(self.requester, self.source)

    @property
    def spoke_for_source(self) -> str:
        """Who counts as having dispatched it on a direct route."""
        return self.approved_by or self.requester

    @property
    def first_hands(self) -> set[str | None]:
        """Who must not say that the goods arrived: who dispatched them; on a direct route also who spoke for them."""
        hands = {self.approved_by, None if self.pull else self.requester} if self.rules.direct else set()
        return {self.dispatched_by, *hands}

    def waits(self, now: datetime, books: Books) -> None:
        """What is frozen is frozen from now: until the word that is waited for, or until the truck."""
        state = books.state(self.number)
        self.lapses_at = self.reminds_at = None
        if state in ("submitted", "approved") and any(books.frozen(self.number)):
            hours = self.rules.approve if state == "submitted" else self.rules.dispatch
            self.lapses_at = now + timedelta(hours=hours)
            self.reminds_at = now + timedelta(minutes=hours * 30)

    def stands(self, now: datetime, books: Books) -> None:
        """After a step with goods that left: when to remind of them, and whether there is something to answer for."""
        on_road = any(awaited(line) or line["refused"] for line in books.lines(self.number))
        self.lapses_at = None
        self.reminds_at = now + timedelta(hours=self.rules.truck) if on_road else None
        disputed, was = books.state(self.number) == "disputed", self.dispute
        was_open = was is not None and was.closed_at is None
        if disputed and not was_open:
            self.dispute = Dispute(ladder(self.source)[0], now, now + timedelta(hours=self.rules.answer))
        if was and was_open and not disputed:
            was.closed_at = now

    def climbs(self, now: datetime) -> None:
        """Nobody answered: the next one up has as long as the first had; above the top there is nobody."""
        if self.dispute:
            rungs = ladder(self.source)
            self.dispute.role = rungs[min(rungs.index(self.dispute.role) + 1, len(rungs) - 1)]
            self.dispute.due_at = now + timedelta(hours=self.rules.answer)

    def due_at(self, ring: str) -> datetime | None:
        """When the clock has something to do with it."""
        if ring == "escalate":
            return self.dispute.due_at if self.dispute and self.dispute.closed_at is None else None
        return self.lapses_at if ring == "lapse" else self.reminds_at

    def right_one(self, step: str, at: str = "") -> str:
        """Somebody who may take this step and did not take its first half; the system where nobody may."""
        hands = {"receive": self.first_hands, "write_off": {self.dispatched_by}}.get(step, set())
        return next((who for who in EVERYBODY if who not in hands and may(who, step, self, at)), "system")


def awaited(line: dict[str, Any]) -> int:
    """How much of a line is on the road and nobody said anything about."""
    came = ("received", "damaged", "for_supplier", "returned", "lost", "refused", "missing")
    return int(line["dispatched"] - sum(line[name] for name in came))


def refusal(who: str, step: str, paper: Paper, books: Books, behind: int, at: str = "") -> str | None:
    """What stands against this step by this person, before it is looked at how many of what they said.

    `at` is where goods are held, or who bears a loss.
    """
    state = books.state(paper.number)
    deciding = step in ("approve", "reject")
    if deciding and state != "submitted":
        return "step_not_allowed"
    if deciding and who == paper.requester:
        return "own_request"
    if not may(who, step, paper, at):
        return "not_allowed"
    if step == "write_off" and who == paper.dispatched_by:
        return "same_person_twice"
    if state not in OPEN_IN[step]:
        return "step_not_allowed"
    if behind:
        return "moved_on"
    if not has_goods(step, paper, books):
        return "nothing_open"
    return "same_person_twice" if step == "receive" and who in paper.first_hands else None


def is_open(step: str, paper: Paper, books: Books) -> bool:
    """Whether the state leads on by this step, and there are goods for it."""
    return books.state(paper.number) in OPEN_IN[step] and has_goods(step, paper, books)


def has_goods(step: str, paper: Paper, books: Books) -> bool:
    """Whether the lines hold something that this step is for."""
    lines = books.lines(paper.number)
    waits, refused, missing = any(map(awaited, lines)), total(lines, "refused"), total(lines, "missing")
    if step == "freeze":
        return not total(lines, "frozen")
    if step == "receive":
        direct = books.state(paper.number) == "approved" and paper.rules.direct
        return direct or missing > 0 or (waits and not paper.turned_back)
    if step == "take_back":
        return refused + missing > 0 or (waits and paper.turned_back)
    if step == "write_off":
        return missing > 0
    if step in ("sent_more", "not_sent"):
        return total(lines, "over") > 0
    if step in ("hold", "turn_back"):
        return waits and paper.held_at is None
    if step == "keep":
        arrived = any(total(lines, name) for name in ("received", "damaged", "for_supplier"))
        return paper.held_at is not None and not arrived and not paper.returns
    return step not in ("send_on", "send_back") or paper.held_at is not None


def total(lines: Sequence[dict[str, Any]], name: str) -> int:
    """What the lines have of this, all together."""
    return sum(line[name] for line in lines)


def may(who: str, step: str, paper: Paper, at: str = "") -> bool:
    """Whether this person is one for this step with this transfer."""
    role, _, where = who.partition("@")
    ends = (paper.source, paper.target)
    if step in ("approve", "reject"):
        return who != paper.requester and role == paper.asked_role and acts_at(who, paper.source)
    if step in ("cancel", "turn_back"):
        return who == paper.requester or speaks(who, DECIDERS, *ends)
    if step == "freeze":
        return who == paper.requester or any(may_submit(who, end) for end in ends)
    if step == "dispatch":
        return role in FLOOR and where == paper.source
    if step in ("receive", "take_back"):
        return speaks(who, RECEIVERS, paper.target if step == "receive" else paper.source)
    if step == "write_off":
        burdened = {"source": paper.source, "destination": paper.target}.get(at)
        return speaks(who, DECIDERS, burdened) if burdened else speaks(who, ("area_manager", "hq"), *ends)
    if step == "hold":
        return at not in ends and speaks(who, RECEIVERS, at)
    if step in ("sent_more", "not_sent"):
        return speaks(who, DECIDERS, paper.source)
    return speaks(who, DECIDERS, *ends)


def speaks(who: str, roles: Sequence[str], *places: str) -> bool:
    """Whether this person has one of these roles and acts at one of these places."""
    return who.partition("@")[0] in roles and any(acts_at(who, place) for place in places)


def may_submit(who: str, place: str) -> bool:
    """Whether this person may ask for transfers at this place."""
    return speaks(who, (*FLOOR, "area_manager", "hq"), place)


def may_post(who: str, kind: str, place: str) -> bool:
    """Whether this person may write this one-sided document there."""
    roles = {"sale": ("clerk", "store_manager", "system"), "goods_receipt": ("store_manager", "keeper", "buyer")}
    return speaks(who, roles[kind], place)


def acts_at(who: str, place: str) -> bool:
    """Whether this person acts at this place: at home, in their region, or anywhere."""
    where = who.partition("@")[2]
    return where in ("", place, REGION[place])


def ladder(source: str) -> tuple[str, str, str]:
    """Who answers for a place, from the nearest up."""
    return ("keeper" if source == "WH" else "store_manager", "area_manager", "hq")


def asked_role(who: str, source: str, target: str, lines: Sequence[tuple[str, int]]) -> str | None:
    """The role whose word this request waits for: one rung up where its only holder is who asks."""
    limit = rules_of(source, target).limit
    wanted = {sku: sum(count for one, count in lines if one == sku) for sku, _ in lines}
    if may_submit(who, source) and all(count <= limit * LARGEST_PACK[sku] for sku, count in wanted.items()):
        return None
    nearest, above, _ = ladder(source)
    return above if who == f"{nearest}@{source}" else nearest


def most_for_others(papers: Sequence[Paper], books: Books, source: str, target: str, now: datetime) -> dict[str, int]:
    """How much of each SKU a pull may freeze: above what is kept back, and within what the day's pulls left of it."""
    rules, most = rules_of(source, target), {}
    for sku, pack in LARGEST_PACK.items():
        most[sku] = books.shelves(source, sku)["available"] - rules.keep_back * pack
        if rules.daily is not None:
            of_today = [
                frozen_by(paper, books)[sku]
                for paper in papers
                if paper.pull
                and (paper.source, paper.target) == (source, target)
                and day_at(source, paper.asked_at) == day_at(source, now)
            ]
            most[sku] = min(most[sku], rules.daily * pack - sum(of_today))
    return {sku: max(0, count) for sku, count in most.items()}


def frozen_by(paper: Paper, books: Books) -> Counter[str]:
    """What a transfer froze and did not let go again, by SKU: it is frozen, or it left."""
    found = Counter(paper.left_frozen)
    for line, count in zip(books.lines(paper.number), books.frozen(paper.number), strict=True):
        found[str(line["sku"])] += count
    return found


def day_at(place: str, moment: datetime) -> str:
    """The date on the wall of a place."""
    return moment.astimezone(timezone(timedelta(hours=CLOCK[place]))).date().isoformat()
