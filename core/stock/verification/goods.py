"""Verifies goods, SKU by SKU: replays the postings and compares what they add up to with what is kept of them."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from functools import lru_cache, partial
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import BigInteger, ColumnElement, Text, bindparam, func, select, type_coerce
from sqlmodel import col

from core.ground.work import Work
from core.stock.verification.tally import Check, Look, Part, Tally
from data.columns import from_micros
from data.kinds import Shelf
from data.statements import Statement, given
from data.tables.goods import Place, Sku
from data.tables.stock import Balance, Posting

SHELVES = tuple(shelf.value for shelf in Shelf)
AVAILABLE, IN_TRANSIT = Shelf.AVAILABLE.value, Shelf.IN_TRANSIT.value
ROWS = 5000
QUARTER = 15 * 60 * 1_000_000
"""Since 1972 no zone has changed its clock, and no day has begun, within a quarter of an hour of the world's."""


def _plain(column: Any, kind: type[BigInteger] | type[Text] = BigInteger) -> ColumnElement[Any]:
    """A column as it is stored: millions of rows need neither enums nor moments."""
    return type_coerce(col(column), kind)


_POSTINGS = (
    select(
        col(Posting.id),
        col(Posting.quantity),
        col(Posting.value_fen),
        col(Posting.source_id),
        _plain(Posting.source_shelf, Text),
        col(Posting.source_after),
        col(Posting.target_id),
        _plain(Posting.target_shelf, Text),
        col(Posting.target_after),
        col(Posting.business_date),
        _plain(Posting.occurred_at),
    )
    .where(col(Posting.sku_id) == bindparam("sku_id"))
    # Not by the key itself: to have the first rows soon PostgreSQL would walk all SKUs' postings in its order.
    .order_by(col(Posting.id) + 0)
)
_BALANCES = Statement(
    select(
        col(Balance.place_id),
        col(Balance.available),
        col(Balance.reserved),
        col(Balance.in_transit),
        col(Balance.blocked),
        col(Balance.value_fen),
        col(Balance.transit_value_fen),
        col(Balance.rate_value_fen),
        col(Balance.rate_count),
        col(Balance.may_go_below),
    )
    .where(col(Balance.sku_id) == given("sku_id"))
    .order_by(col(Balance.place_id))
)
_PLACES = Statement(select(col(Place.id), col(Place.kind), col(Place.zone), col(Place.may_go_below)))
_AFTER = given("after", BigInteger)
# By themselves the keys say which SKUs there are: one that the catalogue lacks is looked at as well.
_NEXT = [
    Statement(select(func.min(col(column))).where(col(column) > _AFTER))
    for column in (Sku.id, Balance.sku_id, Posting.sku_id)
]


class Replayed(NamedTuple):
    """A place as the replay sees it: whether it is an edge, the zone of its days, whether it may go below zero."""

    is_edge: bool
    zone: str
    may_go_below: int


Places = Mapping[int, Replayed]


class Stand:
    """What the postings read so far have left at a place: counts by shelf, the two pots in fen, the last rate.

    `apart` is by how much what a shelf's postings say is there differs from what they add up to.
    """

    __slots__ = (
        "apart",
        "below",
        "counts",
        "on_hand",
        "rate_count",
        "rate_value_fen",
        "transit_value_fen",
        "value_fen",
    )

    def __init__(self) -> None:
        self.counts = dict.fromkeys(SHELVES, 0)
        self.on_hand = self.value_fen = self.transit_value_fen = self.rate_value_fen = self.rate_count = 0
        self.apart: dict[str, int] = {}
        self.below: set[str] = set()


def verify_goods(look: Look) -> Iterator[Part]:
    """Every SKU that has a balance or a posting, each on one snapshot.

    A command writes postings and balances of a SKU in one commit, so a snapshot has both or neither, whatever is
    written meanwhile; between two SKUs nothing is compared.
    """
    newest, after, read = look(newest_posting), 0, 0
    while (found := look(partial(_one_sku, after=after))) is not None:
        after, count, tally = found
        read += count
        yield Part("goods", read, max(newest, read), tally)


def newest_posting(work: Work) -> int:
    """The number of the last posting; 0 where there is none."""
    row = work.all(select(func.max(col(Posting.id))))[0]
    return int(row[0] or 0)


def places_of(work: Work) -> Places:
    """Every place. One that is not there is an empty store: whatever came to it is not in the books."""
    rows = work.rows(_PLACES)
    known = {int(place_id or 0): Replayed(kind.is_edge, zone, below) for place_id, kind, zone, below in rows}
    return defaultdict(lambda: Replayed(False, "UTC", 0), known)


def _one_sku(work: Work, after: int) -> tuple[int, int, Tally] | None:
    """The next SKU, how many postings it has and what it comes to; None where there is no other."""
    found = [row[0] for statement in _NEXT if (row := work.one(statement, after=after)) and row[0] is not None]
    if not found:
        return None
    replay = Replay(min(found), places_of(work))
    rows = work.connection.execute(_POSTINGS, {"sku_id": replay.sku_id}, execution_options={"yield_per": ROWS})
    for page in rows.partitions():
        for posting in page:
            replay.read(posting)
    replay.compare(work)
    return replay.sku_id, replay.count, replay.tally


class Replay:
    """The postings of one SKU in their order, as sums.

    Their order is that of their numbers. On SQLite one transaction writes at a time. On PostgreSQL a number is drawn
    when the row is written, and a posting is written while its transaction holds the balance rows of both its ends: the
    next one that touches a shelf of these draws its number after that commit. Of two postings with no balance in common
    the later one may have the lower number, but their running counts have nothing to do with each other.
    """

    def __init__(self, sku_id: int, places: Places) -> None:
        self.sku_id, self.places = sku_id, places
        self.stands: dict[int, Stand] = {}
        self.edges: Counter[str] = Counter()
        self.count = 0
        self.tally = Tally()

    def read(self, posting: Any) -> None:
        """Add one posting, and see whether it says of itself what it should."""
        number, quantity, value, source, shelf, source_after, target, goal, target_after, day, moment = posting
        self.count += 1
        inside = source == target and IN_TRANSIT not in (shelf, goal)
        self._move(number, source, shelf, source_after, -quantity, -value, inside)
        self._move(number, target, goal, target_after, quantity, value, inside)
        if inside and value:
            self._find(Check.VALUES, "value_inside", source, posting_id=number, expected=0, found=value)
        home = target if shelf is None else source
        expected = day_at(self.places[home].zone, moment)
        if day != expected:
            self._find(Check.DAILY_TOTALS, "business_date", home, posting_id=number, expected=expected, found=day)

    def _move(
        self, number: int, place: int, shelf: str | None, stated: int | None, count: int, value: int, inside: bool
    ) -> None:
        """What a posting does to one of its ends: goods come, or go where `count` is below 0."""
        if shelf is None:
            # Goods that come to a store and to no shelf of it are nowhere: the sum over all will miss them.
            if self.places[place].is_edge:
                self.edges["count"] += count
                self.edges["value"] += value
            return
        stand = self.stands.get(place)
        if stand is None:
            stand = self.stands[place] = Stand()
        now = stand.counts[shelf] = stand.counts.get(shelf, 0) + count
        if now != stated or stand.apart:
            self._stated(stand, number, place, shelf, stated)
        if now < 0 and not (shelf == AVAILABLE and self.places[place].may_go_below) and shelf not in stand.below:
            stand.below.add(shelf)
            self._find(Check.BALANCES, "below_zero", place, shelf=shelf, posting_id=number, found=now)
        if shelf == IN_TRANSIT:
            stand.transit_value_fen += value
        elif not inside:  # within what is on hand neither the pot nor its rate changes
            stand.value_fen += value
            stand.on_hand += count
            if stand.on_hand:
                stand.rate_value_fen, stand.rate_count = stand.value_fen, stand.on_hand

    def _stated(self, stand: Stand, number: int, place: int, shelf: str, stated: int | None) -> None:
        """Find a running count that is not the sum. From one that is lost on, all are off by the same: found once."""
        apart = (stated or 0) - stand.counts[shelf]
        if apart and apart != stand.apart.get(shelf, 0):
            facts = {"expected": stand.counts[shelf] + stand.apart.get(shelf, 0), "found": stated}
            self._find(Check.RUNNING_COUNTS, "running_count", place, shelf=shelf, posting_id=number, **facts)
        stand.apart[shelf] = apart
        if not any(stand.apart.values()):
            stand.apart.clear()

    def compare(self, work: Work) -> None:
        """See whether the balances are what the postings left, and whether all of it adds up to nothing."""
        sums, stands = Counter(self.edges), dict(self.stands)
        for place, *row in work.rows(_BALANCES, sku_id=self.sku_id):
            stand = stands.pop(place, None) or Stand()
            self._balance(place, stand, row)
            if not self.places[place].is_edge:
                sums["count"] += sum(row[:4])
                sums["value"] += row[4] + row[5]
        for place in stands:
            self._find(Check.BALANCES, "balance_missing", place)
        for name in ("count", "value"):
            if sums[name]:
                self._find(Check.BOTH_ENDS, f"{name}_from_nothing", None, expected=0, found=sums[name])
        compared = {Check.RUNNING_COUNTS: self.count, Check.BOTH_ENDS: 2}
        self.tally.compared.update(compared)

    def _balance(self, place: int, stand: Stand, row: list[int]) -> None:
        *counts, value, transit_value, rate_value, rate_count, may_go_below = row
        for shelf, found in zip(SHELVES, counts, strict=True):
            if stand.counts[shelf] != found:
                self._find(Check.BALANCES, "count", place, shelf=shelf, expected=stand.counts[shelf], found=found)
        if may_go_below != self.places[place].may_go_below:
            expected_flag = self.places[place].may_go_below
            self._find(Check.BALANCES, "may_go_below", place, expected=expected_flag, found=may_go_below)
        pots = {
            "value": (stand.value_fen, value),
            "transit_value": (stand.transit_value_fen, transit_value),
            "rate": ((stand.rate_value_fen, stand.rate_count), (rate_value, rate_count)),
        }
        for name, (kept, said) in pots.items():
            if kept != said:
                self._find(Check.VALUES, name, place, expected=kept, found=said)
        if value and not sum(counts) - counts[SHELVES.index(IN_TRANSIT)]:
            self._find(Check.VALUES, "worth_without_goods", place, found=value)
        self.tally.compared.update({Check.BALANCES: len(counts), Check.VALUES: len(pots)})

    def _find(self, check: Check, what: str, place: int | None, **facts: object) -> None:
        self.tally.find(check, what, sku_id=self.sku_id, place_id=place, **facts)


@lru_cache(maxsize=100_000)
def _day_of_quarter(zone: str, quarter: int) -> str:
    return from_micros(quarter * QUARTER).astimezone(ZoneInfo(zone)).date().isoformat()


def day_at(zone: str, moment: int) -> str:
    """The day in a zone to which a moment, in whole microseconds, belongs."""
    return _day_of_quarter(zone, moment // QUARTER)
