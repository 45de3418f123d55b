"""Periods of the calendar: days, weeks from Monday to Sunday, months, quarters, years, and rolling ones."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta


@dataclass(frozen=True, slots=True)
class Period:
    """The days from `start` to `end`, both of them in it."""

    start: date
    end: date

    def iso(self) -> str:
        """As it is written down: "2026-03-09/2026-03-15"."""
        return f"{self.start.isoformat()}/{self.end.isoformat()}"


def day(of: date, later: int = 0) -> Period:
    """One day, `later` days after `of`."""
    moved = of + timedelta(days=later)
    return Period(moved, moved)


def week(of: date, later: int = 0) -> Period:
    """The whole week that `of` is in, or the one `later` weeks after it."""
    monday = of + timedelta(days=7 * later - of.weekday())
    return Period(monday, monday + timedelta(days=6))


def weekend(of: date, later: int = 0) -> Period:
    """Saturday and Sunday of a week."""
    sunday = week(of, later).end
    return Period(sunday - timedelta(days=1), sunday)


def months(of: date, later: int = 0, count: int = 1) -> Period:
    """`count` whole months, from the one that `of` is in or the one `later` months after it."""
    first = 12 * of.year + of.month - 1 + later
    start, after = (date(number // 12, number % 12 + 1, 1) for number in (first, first + count))
    return Period(start, after - timedelta(days=1))


def piece_of(month: Period, first: int, last: int) -> Period:
    """From one day of a month to another, or to its end where it has no such day."""
    return Period(month.start.replace(day=first), month.end.replace(day=min(last, month.end.day)))


def quarter(of: date, later: int = 0) -> Period:
    """A whole quarter of the year."""
    return months(of, 3 * later - (of.month - 1) % 3, 3)


def year(of: date, later: int = 0) -> Period:
    """A whole year."""
    return Period(date(of.year + later, 1, 1), date(of.year + later, 12, 31))


def last_days(today: date, count: int) -> Period:
    """The last `count` days, today the last of them."""
    return Period(today - timedelta(days=count - 1), today)


def next_days(today: date, count: int) -> Period:
    """The next `count` days, tomorrow the first of them."""
    return Period(today + timedelta(days=1), today + timedelta(days=count))


def day_of(number_of_year: int, number_of_month: int, number_of_day: int) -> Period | None:
    """One day by its numbers; None when the calendar has no such day."""
    try:
        return day(date(number_of_year, number_of_month, number_of_day))
    except ValueError:
        return None
