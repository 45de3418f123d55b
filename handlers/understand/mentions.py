"""One mention of a day, a week, a month or more, and how it is settled which year or week was meant.

What is said without its year (3月5号, 周五, in February) is the last one that has begun by today; with `ahead`, when
the message looks forward, the first one that has not ended. Behind a start (3月1号到10号) it is the first one from
there.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from handlers.understand.spans import Period, day_of, months, piece_of, week, weekend


class Grain(StrEnum):
    """What was said without saying which."""

    FIXED = "fixed"
    WEEKDAY = "weekday"
    WEEKEND = "weekend"
    DAY = "day"
    DATE = "date"
    MONTHS = "months"


@dataclass(frozen=True, slots=True)
class Mention:
    """A stretch of text and what it says: a period, or numbers from which the period is found.

    `numbers` are the weekday from 0, the day of the month, month and day, or first month and how many. Where only a
    piece of a month is meant (上旬), its first and its last day follow.
    """

    start: int
    end: int
    grain: Grain
    numbers: tuple[int, ...] = ()
    period: Period | None = None


def settle(mention: Mention, today: date, *, ahead: bool) -> Period | None:
    """The period that a mention means on this day; None when the calendar has no such day."""
    found = [period for period in _choices(mention, today) if period]
    if mention.period or not found:
        return mention.period
    if ahead:
        return next((period for period in found if period.end >= today), found[-1])
    return next((period for period in reversed(found) if period.start <= today), found[0])


def settle_from(mention: Mention, start: date) -> Period | None:
    """The period that a mention means behind the start of a range: the first one that does not end before it."""
    found = (period for period in _choices(mention, start) if period and period.end >= start)
    return mention.period or next(found, None)


def _choices(mention: Mention, of: date) -> list[Period | None]:
    """The periods round a day that a mention can mean, in order."""
    numbers = mention.numbers
    if mention.grain is Grain.WEEKDAY:
        days = [week(of, later).start + timedelta(days=numbers[0]) for later in (-1, 0, 1)]
        return [Period(one, one) for one in days]
    if mention.grain is Grain.WEEKEND:
        return [weekend(of, later) for later in (-1, 0, 1)]
    if mention.grain is Grain.DAY:
        firsts = [months(of, later).start for later in (-2, -1, 0, 1, 2)]
        return [day_of(first.year, first.month, numbers[0]) for first in firsts]
    years = (of.year - 1, of.year, of.year + 1)
    if mention.grain is Grain.DATE:
        return [day_of(number, *numbers) for number in years]
    if mention.grain is Grain.MONTHS:
        first_month, count, *month_days = numbers
        wholes = [months(date(number, first_month, 1), 0, count) for number in years]
        return [piece_of(whole, *month_days) if month_days else whole for whole in wholes]
    return []
