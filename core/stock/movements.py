"""What came to a place and went from it between two days: the middle of 进销存, where opening + in - out = closing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import BigInteger, Cast, cast, func, select
from sqlmodel import col

from core.ground.work import Work
from data.kinds import Cause
from data.statements import Statement, given
from data.tables.stock import DailyTotal


@dataclass(frozen=True, slots=True)
class Flow:
    """What came and went of a SKU for one cause: counts in its smallest unit, values in fen."""

    sku_id: int
    cause: Cause
    count_in: int
    count_out: int
    value_in_fen: int
    value_out_fen: int


def _sum_of(column: int) -> Cast[int]:
    return cast(func.sum(col(column)), BigInteger)  # a sum of whole numbers is a decimal on PostgreSQL


_OF, _BECAUSE = col(DailyTotal.sku_id), col(DailyTotal.cause)
_COUNTS = (_sum_of(DailyTotal.count_in), _sum_of(DailyTotal.count_out))
_VALUES = (_sum_of(DailyTotal.value_in_fen), _sum_of(DailyTotal.value_out_fen))
_BETWEEN = Statement(
    select(_OF, _BECAUSE, *_COUNTS, *_VALUES)
    .where(
        col(DailyTotal.place_id) == given("place_id"),
        col(DailyTotal.business_date) >= given("first"),
        col(DailyTotal.business_date) <= given("last"),
    )
    .group_by(_OF, _BECAUSE)
    .order_by(_OF, _BECAUSE)
)


def flows(work: Work, place_id: int, first: date, last: date) -> list[Flow]:
    """What came to a place and went from it from the first of these business dates to the last, both included.

    By SKU and cause, in their order; what did not move is left out, and so are movements inside the place. What the
    place has on its books, goods it has on the road among them, is what it had before, plus in, minus out: in count
    for each SKU, and in value.
    """
    days = {"first": first.isoformat(), "last": last.isoformat()}
    return [Flow(*row) for row in work.rows(_BETWEEN, place_id=place_id, **days)]
