"""What English says of days, weeks, months and years: last friday, past 30 days, march 5th; and dates in digits."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import date

from handlers.understand.mentions import Grain, Mention
from handlers.understand.numbers import number
from handlers.understand.spans import Period, day, day_of, last_days, months, next_days, quarter, week, weekend, year
from handlers.understand.telltales import Telltales

_MONTHS = (
    "january", "february", "march", "april", "may", "june",
    "july", "august", "september", "october", "november", "december",
)  # fmt: skip
_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_WEEKDAY_STEMS = tuple(name[:3] for name in _WEEKDAYS)
_SHORT_DAYS = {name[:3]: at for at, name in enumerate(_WEEKDAYS)} | {"tues": 1, "weds": 2, "thur": 3, "thurs": 3}
_MONTH_NUMBERS = {name: at for at, name in enumerate(_MONTHS, start=1)}
_MONTH_NUMBERS |= {name[:3]: at for name, at in list(_MONTH_NUMBERS.items())} | {"sept": 9, "febuary": 2}
_WEEKDAY_NUMBERS = {name: at for at, name in enumerate(_WEEKDAYS)} | _SHORT_DAYS | {"wensday": 2}
_ORDINALS = {"first": 1, "second": 2, "third": 3, "fourth": 4, "last": 4, "1st": 1, "2nd": 2, "3rd": 3, "4th": 4}
_NEAR = {"last": -1, "previous": -1, "prev": -1, "lst": -1, "this": 0, "current": 0, "next": 1, "nxt": 1, "coming": 1}
_DAYS = dict.fromkeys(("today", "tonight", "this morning", "this afternoon", "this evening"), 0)
_DAYS |= {"yesterday": -1, "yday": -1, "last night": -1, "day before yesterday": -2}
_DAYS |= {"tomorrow": 1, "tmr": 1, "tmrw": 1, "tomorow": 1, "day after tomorrow": 2}
_LENGTHS = {
    "day": 1,
    "week": 7,
    "wk": 7,
    "fortnight": 14,
    "month": 30,
    "mth": 30,
    "quarter": 90,
    "year": 365,
    "yr": 365,
}
_AHEAD = frozenset({"next", "nxt", "coming", "following", "upcoming"})
_LATELY = frozenset({"last", "past", "previous", "prev", "recent", "trailing", "rolling"})
_COUNTS = {"couple of": 2, "couple": 2, "a": 1, "an": 1, "": 1}
_MONTH = "|".join(sorted(_MONTH_NUMBERS, key=len, reverse=True))
_FULL_DAY = "|".join(_WEEKDAYS) + "|wensday"
_ANY_DAY = "|".join(sorted(_WEEKDAY_NUMBERS, key=len, reverse=True))
_DAY = r"(?P<day>3[01]|[12]\d|0?[1-9])(?:st|nd|rd|th)?"
_SAFE_MONTH = "|".join(
    sorted((name for name in _MONTH_NUMBERS if name not in ("may", "mar", "march")), key=len, reverse=True)
)
_YEAR = r"(?:,? (?:of )?(?P<year>20\d\d)(?!\d))?"
_NEAR_WORD = r"(?P<near>last|previous|prev|this|current|next|nxt|coming|lst)"
_ALONE = "(?P<alone>mon|tues?|weds?|thu|thurs?|fri)"
_FIRST_TO_LAST = "|".join(_ORDINALS)
_HALVES = "first|1st|second|2nd"
_WHICH = "|".join(sorted(_LATELY | _AHEAD))
_OF = r"(?:(?: of|,)? ?(?P<year>20\d\d|(?:this|last|next) year))?"
_NUMBER = r"(?:\d{1,3}|[a-z]+(?:[ -][a-z]+)?)"
_LENGTH = rf"(?: (?P<count>{_NUMBER}))?[ -](?P<unit>{'|'.join(_LENGTHS)})s?(?:'s?)?"
Reader = Callable[[re.Match[str], date], Mention | None]


def _fixed(match: re.Match[str], period: Period | None) -> Mention | None:
    return Mention(match.start(), match.end(), Grain.FIXED, period=period) if period else None


def _day(match: re.Match[str], today: date) -> Mention | None:
    return _fixed(match, day(today, _DAYS[match["which"]]))


def _ago(match: re.Match[str], today: date) -> Mention | None:
    count = _count(match["count"])
    return _fixed(match, day(today, -count)) if count else None


def _near(match: re.Match[str], today: date) -> Mention | None:
    later = _NEAR[match["near"]]
    wholes = {"week": week, "wk": week, "weekend": weekend, "month": months, "quarter": quarter, "year": year}
    return _fixed(match, wholes[match["unit"]](today, later))


def _near_weekday(match: re.Match[str], today: date) -> Mention | None:
    """ "last friday" is the friday of the week before, whatever day today is."""
    return _fixed(match, day(week(today, _NEAR[match["near"]]).start, _WEEKDAY_NUMBERS[match["weekday"]]))


def _weekday(match: re.Match[str], today: date) -> Mention | None:
    return Mention(
        match.start(),
        match.end(),
        Grain.WEEKDAY,
        (_WEEKDAY_NUMBERS[match["weekday"] or match["short"] or match["alone"]],),
    )


def _before_last(match: re.Match[str], today: date) -> Mention | None:
    return _fixed(match, week(today, -2) if match["unit"] == "week" else months(today, -2))


def _year_month(match: re.Match[str], today: date) -> Mention | None:
    return _fixed(match, months(date(int(match["year"]), int(match["number"]), 1)))


def _weekend(match: re.Match[str], today: date) -> Mention | None:
    return Mention(match.start(), match.end(), Grain.WEEKEND)


def _near_month(match: re.Match[str], today: date) -> Mention | None:
    """ "last december": the one before the month that runs; "this march" is this year's."""
    later, number_of_month = _NEAR[match["near"]], _MONTH_NUMBERS[match["month"]]
    moved = {-1: -1 if number_of_month >= today.month else 0, 0: 0, 1: 0 if number_of_month > today.month else 1}[later]
    return _fixed(match, months(date(today.year + moved, number_of_month, 1)))


def _month(match: re.Match[str], today: date) -> Mention | None:
    number_of_month = _MONTH_NUMBERS[match["month"]]
    if match["year"]:
        return _fixed(match, months(date(int(match["year"]), number_of_month, 1)))
    return Mention(match.start(), match.end(), Grain.MONTHS, (number_of_month, 1))


def _date(match: re.Match[str], today: date) -> Mention | None:
    numbers = (_MONTH_NUMBERS[match["month"]], int(match["day"]))
    if match["year"]:
        return _fixed(match, day_of(int(match["year"]), *numbers))
    return Mention(match.start(), match.end(), Grain.DATE, numbers)


def _day_of_month(match: re.Match[str], today: date) -> Mention | None:
    return Mention(match.start(), match.end(), Grain.DAY, (int(match["day"]),))


def _iso(match: re.Match[str], today: date) -> Mention | None:
    return _fixed(match, day_of(int(match["year"]), int(match["month"]), int(match["day"])))


def _stroked(match: re.Match[str], today: date) -> Mention | None:
    """Month and day with a stroke, in the order of Chinese and American; 15/3 can only be the other one."""
    first, last = int(match["month"]), int(match["day"])
    if first > 12 >= last:
        first, last = last, first
    return Mention(match.start(), match.end(), Grain.DATE, (first, last)) if 0 < first <= 12 and last else None


def _quarter(match: re.Match[str], today: date) -> Mention | None:
    said = match["count"] or match["number"]
    count = _ORDINALS.get(said) or int(said)
    year_said = match["year"] or ""
    if year_said:
        number_of_year = {"this": today.year, "last": today.year - 1, "next": today.year + 1}.get(year_said.split()[0])
        return _fixed(match, months(date(number_of_year or int(year_said), 3 * count - 2, 1), 0, 3))
    return Mention(match.start(), match.end(), Grain.MONTHS, (3 * count - 2, 3))


def _half(match: re.Match[str], today: date) -> Mention | None:
    first = (match["half"] or match["number"]) in ("first", "1st", "1")
    return Mention(match.start(), match.end(), Grain.MONTHS, (1 if first else 7, 6))


def _plain_year(match: re.Match[str], today: date) -> Mention | None:
    return _fixed(match, year(date(int(match["year"]), 1, 1)))


def _rolling(match: re.Match[str], today: date) -> Mention | None:
    count = _count(match["count"] or "")
    if not count or (
        match["which"] in ("last", "next", "nxt", "this") and not match["count"] and match["unit"] != "fortnight"
    ):
        return None
    days = count * _LENGTHS[match["unit"]]
    return _fixed(match, next_days(today, days) if match["which"] in _AHEAD else last_days(today, days))


def _so_far(match: re.Match[str], today: date) -> Mention | None:
    wholes = {"w": week, "m": months, "q": quarter, "y": year}
    return _fixed(match, wholes[(match["unit"] or match["short"])[0]](today))


def _count(said: str) -> int:
    if said in _COUNTS:
        return _COUNTS[said]
    value = number(said)
    return int(value) if value is not None else 0


_BY_LENGTH = (
    (rf"(?:the )?{_NEAR_WORD} (?:calendar )?(?P<unit>weekend|week|wk|month|quarter|year)(?:'s|s')?", _near),
    (rf"(?:(?:in|over|for|during|of) )?(?:the )?(?P<which>{_WHICH}){_LENGTH}", _rolling),
    (rf"(?P<count>{_NUMBER}) days? (?:ago|back)", _ago),
    (r"(?:the )?(?P<unit>week|month) before last", _before_last),
    (r"(?:(?:on|over|at) )?(?:the )?weekend(?:'s)?", _weekend),
    (r"(?P<unit>week|month|quarter|year)[ -]to[ -]date|(?P<short>[wmqy])td", _so_far),
    (r"(?:this|the) (?P<unit>week|month|quarter|year) (?:so far|to date|until now)(?P<short>)", _so_far),
    (r"so far this (?P<unit>week|month|quarter|year)(?P<short>)", _so_far),
)
_BY_DAY = (
    (rf"(?:the )?(?P<which>{'|'.join(sorted(_DAYS, key=len, reverse=True))})(?:'s)?", _day),
    (rf"(?:on )?{_NEAR_WORD} (?P<weekday>{_ANY_DAY})(?:'s)?", _near_weekday),
    (rf"(?:on )?(?P<weekday>{_FULL_DAY})(?:'s)?|on (?P<short>{'|'.join(_SHORT_DAYS)})|{_ALONE}", _weekday),
    (rf"(?:on )?(?P<weekday>{_ANY_DAY}) (?:of )?{_NEAR_WORD} week", _near_weekday),
    (rf"{_NEAR_WORD} week(?:'s)?,? (?:on )?(?P<weekday>{_ANY_DAY})", _near_weekday),
)
_BY_MONTH = (
    (rf"(?:in )?{_NEAR_WORD} (?P<month>{_MONTH})(?:'s)?", _near_month),
    (rf"(?:in |during |for |of )?(?P<month>{_SAFE_MONTH}){_YEAR}(?:'s)?", _month),
    (rf"(?:in|during|for|of) (?P<month>may|march|mar){_YEAR}(?:'s)?", _month),
    (rf"(?P<month>march|mar){_YEAR}(?:'s)?", _month),
    (rf"(?:on )?(?P<month>{_MONTH})\.? (?:the )?{_DAY}{_YEAR}", _date),
    (rf"(?:on )?(?:the )?{_DAY} (?:of )?(?P<month>{_MONTH}){_YEAR}", _date),
)
_BY_DIGITS = (
    (r"(?:on )?the (?P<day>3[01]|[12]\d|[1-9])(?:st|nd|rd|th)", _day_of_month),
    (r"(?P<year>20\d\d)(?P<dash>[-/.])(?P<month>1[0-2]|0?[1-9])(?P=dash)(?P<day>3[01]|[12]\d|0?[1-9])", _iso),
    (r"(?P<year>20\d\d)(?P<month>1[0-2]|0[1-9])(?P<day>3[01]|[12]\d|0[1-9])", _iso),
    (r"(?P<year>20\d\d)[-/.](?P<number>1[0-2]|0[1-9])", _year_month),
    (r"(?<![\d/.])(?P<month>\d{1,2})/(?P<day>\d{1,2})(?![/\d])", _stroked),
    (r"(?<![\d/.-])(?P<month>0[1-9]|1[0-2])-(?P<day>[0-2]\d|3[01])(?![-\d])", _stroked),
    (r"(?:in|during|for|year) (?P<year>20\d\d)", _plain_year),
)
_BY_PART = (
    (
        rf"(?:(?:in )?(?:the )?(?P<count>{_FIRST_TO_LAST}) quarter|(?:quarter |q)(?P<number>[1-4]))(?:季度)?{_OF}",
        _quarter,
    ),
    (rf"(?:the )?(?P<half>{_HALVES}) half(?: of (?:the|this) year)?|h(?P<number>[12])(?![店仓a-z])", _half),
)
_TELLTALES = Telltales(
    ("day", "week", "wk", "month", "mth", "quarter", "year", "yr", "fortnight", "wtd", "mtd", "qtd", "ytd"),
    ("day", "night", "morning", "noon", "evening", "tm", "tomor", *_WEEKDAY_STEMS),
    ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"),
    ("-", "/", "20", *(f"the {digit}" for digit in range(1, 10))),
    ("quarter", "half", "q1", "q2", "q3", "q4", "h1", "h2"),
)
_READERS: tuple[tuple[re.Pattern[str], tuple[tuple[re.Pattern[str], Reader], ...]], ...] = tuple(
    (re.compile(hint), tuple((re.compile(rf"(?<![a-z0-9])(?:{one})(?![a-z0-9])"), reader) for one, reader in patterns))
    for hint, patterns in (
        ("", _BY_LENGTH),
        (f"day|night|morning|noon|evening|tm|tomor|(?<![a-z])(?:{'|'.join(_WEEKDAY_STEMS)})", _BY_DAY),
        ("", _BY_MONTH),
        (r"\d[-/.]\d|20\d\d|the \d", _BY_DIGITS),
        ("", _BY_PART),
    )
)
"""For each group of telltales what else says that such a period may be there, and how each is written and read."""


def english_mentions(chars: str, today: date) -> Iterator[Mention]:
    """Every mention, longer and shorter ones."""
    for kind in sorted(_TELLTALES.met(chars)):
        hint, readers = _READERS[kind]
        if not hint.search(chars):
            continue
        for pattern, reader in readers:
            for match in pattern.finditer(chars):
                if mention := reader(match, today):
                    yield mention
