"""Verifies the daily totals, day by day: what came to and went from each place is what the postings of that day say."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Text, and_, func, select, type_coerce
from sqlmodel import col

from core.ground.work import Work
from core.stock.verification.goods import Places, places_of
from core.stock.verification.tally import Check, Look, Part, Tally
from data.statements import Statement, given
from data.tables.goods import Place
from data.tables.stock import DailyTotal, Posting

KEPT = ("count_in", "count_out", "value_in_fen", "value_out_fen")
APART_DAYS = 2
"""Never more days lie between what two clocks of the world say: those of the date line are 26 hours apart."""
IN, OUT = 0, 1
Totals = dict[tuple[int, int, str], list[int]]
"""What is kept of a day, by place, SKU and cause, in the order of `KEPT`."""

_DAY, _CAUSE = col(Posting.business_date), type_coerce(col(Posting.cause), Text)
_COUNT, _VALUE = func.sum(col(Posting.quantity)), func.sum(col(Posting.value_fen))
_BETWEEN_PLACES = col(Posting.source_id) != col(Posting.target_id)
_COMES, _GOES = col(Posting.target_shelf).is_not(None), col(Posting.source_shelf).is_not(None)


def _flow(place: Any, *where: Any) -> Statement[*tuple[Any, ...]]:
    ends = (col(place), col(Posting.sku_id), _CAUSE)
    return Statement(select(*ends, _COUNT, _VALUE).where(_BETWEEN_PLACES, *where).group_by(*ends))


# The day that a posting names is that of where it comes from, or, from an edge, of where it goes to.
_ON = given("day") == _DAY
_LEAVES = _flow(Posting.source_id, _ON, _GOES)
_ENTERS = _flow(Posting.target_id, _ON, _COMES, col(Posting.source_shelf).is_(None))
# At its other end the moment counts, by the clock there.
_ARRIVES = _flow(
    Posting.target_id,
    and_(given("first") <= _DAY, given("last") >= _DAY),
    _COMES,
    _GOES,
    col(Posting.occurred_at) >= given("begins"),
    col(Posting.occurred_at) < given("ends"),
)
# Place by place, for the key begins with the place: given all of them PostgreSQL would rather walk the whole key.
_TOTALS = Statement(
    select(
        col(DailyTotal.place_id),
        col(DailyTotal.sku_id),
        type_coerce(col(DailyTotal.cause), Text),
        *(col(getattr(DailyTotal, name)) for name in KEPT),
    ).where(col(DailyTotal.place_id) == given("place_id"), col(DailyTotal.business_date) == given("day"))
)
_AFTER = given("after", Text)
_NEXT_POSTED = Statement(select(func.min(_DAY)).where(_BETWEEN_PLACES, _DAY > _AFTER))
_AT_PLACE = (
    select(func.min(col(DailyTotal.business_date)).label("day"))
    .where(col(DailyTotal.place_id) == col(Place.id), col(DailyTotal.business_date) > _AFTER)
    .scalar_subquery()
)
_AT_PLACES = select(_AT_PLACE.label("day")).select_from(Place).subquery()
_NEXT_KEPT = Statement(select(func.min(_AT_PLACES.c.day)))


def verify_days(look: Look) -> Iterator[Part]:
    """Every day that has a posting between places or a total, each on one snapshot."""
    first, last = look(_span)
    total = (date.fromisoformat(last) - date.fromisoformat(first)).days + 1 if first else 0
    after = ""
    while (found := look(partial(_one_day, after=after))) is not None:
        after, tally = found
        done = (date.fromisoformat(after) - date.fromisoformat(first or after)).days + 1
        yield Part("days", done, max(total, done), tally)


def _span(work: Work) -> tuple[str, str]:
    row = work.all(select(func.min(_DAY), func.max(_DAY)).where(_BETWEEN_PLACES))[0]
    return row[0] or "", row[1] or ""


def _one_day(work: Work, after: str) -> tuple[str, Tally] | None:
    """The next day and what it comes to; None where there is no other."""
    places, tally = places_of(work), Tally()
    days = (work.one(_NEXT_POSTED, after=after), work.one(_NEXT_KEPT, after=after))
    known = [row[0] for row in days if row and row[0]]
    if not known:
        return None
    day = min(known)
    expected = _posted(work, places, day)
    rows = (row for one in sorted(places) for row in work.rows(_TOTALS, place_id=one, day=day))
    for place, sku_id, cause, *kept in rows:
        tally.compared[Check.DAILY_TOTALS] += 1
        posted = expected.pop((place, sku_id, cause), None)
        if posted == kept:
            continue
        facts = {"place_id": place, "sku_id": sku_id, "day": day, "cause": cause}
        if posted is None:
            tally.find(Check.DAILY_TOTALS, "total_of_nothing", **facts)
            continue
        for name, amount, found in zip(KEPT, posted, kept, strict=True):
            if amount != found:
                tally.find(Check.DAILY_TOTALS, name, **facts, expected=amount, found=found)
    for place, sku_id, cause in expected:
        tally.find(Check.DAILY_TOTALS, "total_missing", place_id=place, sku_id=sku_id, day=day, cause=cause)
    return day, tally


def _posted(work: Work, places: Places, day: str) -> Totals:
    """What the postings say of a day, by place, SKU and cause."""
    totals: Totals = {}
    _add(totals, work.rows(_LEAVES, day=day), OUT)
    _add(totals, work.rows(_ENTERS, day=day), IN)
    zones = {place.zone for place in places.values() if not place.is_edge}
    days = timedelta(days=APART_DAYS if len(zones) > 1 else 0)
    today = date.fromisoformat(day)
    around = {"first": (today - days).isoformat(), "last": (today + days).isoformat()}
    for zone in sorted(zones):
        begins, ends = (_midnight(one, zone) for one in (today, today + timedelta(days=1)))
        rows = work.rows(_ARRIVES, **around, begins=begins, ends=ends)
        _add(totals, [row for row in rows if places[row[0]].zone == zone], IN)
    return totals


def _add(totals: Totals, rows: list[tuple[Any, ...]], way: int) -> None:
    for place, sku_id, cause, count, value in rows:
        total = totals.setdefault((place, sku_id, cause), [0, 0, 0, 0])
        total[way] += int(count)
        total[2 + way] += int(value)


def _midnight(day: date, zone: str) -> datetime:
    return datetime.combine(day, time(), ZoneInfo(zone))
