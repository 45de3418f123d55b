"""What taking goods from a place means there: for how many days the rest lasts, and for whom some is set aside."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction

from sqlalchemy import BigInteger, cast, func, select
from sqlmodel import col

from core.ground.work import Work
from core.people.directory import site
from core.stock.ledger import business_date
from data.kinds import Cause
from data.statements import Statement, given
from data.tables.stock import DailyTotal, Document, TransferLine

WINDOW_DAYS = 28
_SOLD = Statement(
    select(cast(func.sum(col(DailyTotal.count_out)), BigInteger), func.min(col(DailyTotal.business_date))).where(
        col(DailyTotal.place_id) == given("place_id"),
        col(DailyTotal.sku_id) == given("sku_id"),
        col(DailyTotal.cause) == Cause.SALE,
        col(DailyTotal.business_date) >= given("first"),
        col(DailyTotal.business_date) <= given("last"),
    )
)
_HELD = cast(func.sum(col(TransferLine.frozen)), BigInteger)
_HOLDING = Statement(
    select(col(Document.id), col(Document.other_place_id), _HELD)
    .join(TransferLine, col(TransferLine.document_id) == col(Document.id))
    .where(
        col(Document.lapses_at).is_not(None),  # what is frozen can lapse; there are few of these
        col(Document.place_id) == given("place_id"),
        col(Document.id) != given("but"),
        col(TransferLine.sku_id) == given("sku_id"),
        col(TransferLine.frozen) > 0,
    )
    .group_by(col(Document.id), col(Document.other_place_id))
    .order_by(_HELD.desc(), col(Document.id))
)


@dataclass(frozen=True, slots=True)
class Held:
    """What another transfer has set aside: the document, the place that waits for it, a count in smallest units."""

    document_id: int
    target_id: int
    count: int


def daily_sales(work: Work, place_id: int, sku_id: int) -> Fraction:
    """The mean sale of a day, in smallest units; 0 where none was sold.

    Over the last four weeks of whole business days, or since the first sale in them: a new product has not sold less.
    """
    today = business_date(work.now, site(work, place_id).zone)
    days = {"first": (today - timedelta(days=WINDOW_DAYS)).isoformat(), "last": (today - timedelta(days=1)).isoformat()}
    row = work.one(_SOLD, place_id=place_id, sku_id=sku_id, **days)
    if row is None or row[0] is None:
        return Fraction(0)
    return Fraction(row[0], (today - date.fromisoformat(row[1])).days)


def days_of_cover(daily: Fraction, count: int) -> int:
    """For how many whole days this many smallest units last at `daily` a day; nothing, and less, for none.

    Raises ZeroDivisionError where nothing sells: that lasts for ever.
    """
    return int(max(count, 0) / daily)


def held_for_others(work: Work, place_id: int, sku_id: int, but: int) -> list[Held]:
    """What other transfers than `but` have set aside of a SKU at a place, the most first."""
    return [Held(int(row[0] or 0), *row[1:]) for row in work.rows(_HOLDING, place_id=place_id, sku_id=sku_id, but=but)]
