"""Finds the periods that a text speaks of, in Chinese and in English, as whole days of the calendar.

A week runs from Monday to Sunday, and this month is the whole one. 最近30天 ends today, 未来7天 begins tomorrow, and N
months that roll are N times 30 days. `mentions` says which year or week is meant where none was said.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date

from handlers.understand.chinese_periods import chinese_mentions
from handlers.understand.english_periods import english_mentions
from handlers.understand.mentions import Grain, Mention, settle, settle_from
from handlers.understand.numbers import number
from handlers.understand.spans import Period, day_of
from handlers.understand.telltales import Telltales

__all__ = ["Found", "Period", "periods_in"]

Found = tuple[int, int, Period]
"""A period and where it stands: its first character, the one behind its last, the period."""

_CHINESE = Telltales(
    "天日月周号早晚夜晨年季", ("今儿", "昨儿", "明儿", "前儿", "星期", "礼拜", "week", "month", "quarter")
)
"""Whether it is worth while to look for a period in Chinese at all."""
_JOIN = re.compile(r" ?(?:-|~|到|至|to|through|thru|until|till|和|与|and) ?")
_SINCE = re.compile(r" ?(?:至今|到今天?|到现在|以来|起|to date|to now|until now|till now|so far)")
_FIRST_BARE = re.compile(r"(?<![\d/.年月-])(?P<number>\d{1,2}|[一二三四五六七八九十]{1,3}) ?(?:-|~|到|至) ?$")
_LAST_BARE = re.compile(
    r" ?(?:-|~|to|through|thru) ?(?P<number>\d{1,2})(?:st|nd|rd|th)?(?![\w/])"
    r"(?! ?(?:cases?|box|bottle|can|pcs|pack|bag))"
)
_FROM = re.compile(r"(?:从|自|from |since |between )$")


def periods_in(chars: str, today: date, *, ahead: bool = False) -> list[Found]:
    """Every period that a normalised text speaks of, as (start, end, period), ranges and what they are made of.

    `ahead` says that the message looks forward, so that a day without a year is the next one and not the last one.
    """
    mentions: list[Mention] = []
    if _CHINESE.are_in(chars):
        mentions += chinese_mentions(chars, today)
    mentions += english_mentions(chars, today)
    if not mentions:
        return []
    mentions = _longest(mentions)
    found = [(one.start, one.end, period) for one in mentions if (period := settle(one, today, ahead=ahead))]
    return list(
        dict.fromkeys(
            [*found, *_ranges(chars, mentions, today, ahead=ahead), *_short_ranges(chars, mentions, today, ahead=ahead)]
        )
    )


def _longest(mentions: Sequence[Mention]) -> list[Mention]:
    """The mentions that stand in no longer one, in order."""
    kept: list[Mention] = []
    for one in sorted(mentions, key=lambda one: (one.start, -one.end)):
        if not kept or one.end > kept[-1].end:
            kept.append(one)
    return kept


def _ranges(chars: str, mentions: Sequence[Mention], today: date, *, ahead: bool) -> Iterator[Found]:
    """From one mention to the next, and from one until today."""
    for at, one in enumerate(mentions):
        first = settle(one, today, ahead=ahead)
        if first is None:
            continue
        before = _FROM.search(chars, max(one.start - 8, 0), one.start)
        start = before.start() if before else one.start
        since = _SINCE.match(chars, one.end)
        if first.start <= today and (since or (before and before[0] == "since ")):
            yield start, since.end() if since else one.end, Period(first.start, max(today, first.end))
        following = mentions[at + 1] if at + 1 < len(mentions) else None
        join = _JOIN.match(chars, one.end)
        if following and join and join.end() == following.start:
            last = settle_from(following, first.start)
            if last and last.end > first.end:
                yield start, following.end, Period(first.start, last.end)


def _short_ranges(chars: str, mentions: Sequence[Mention], today: date, *, ahead: bool) -> Iterator[Found]:
    """Ranges of which one end is a bare number: 1-15号, 1到3月, march 1-10."""
    for one in mentions:
        period = settle(one, today, ahead=ahead)
        if period is None:
            continue
        if before := _FIRST_BARE.search(chars, max(one.start - 8, 0), one.start):
            low = int(number(before["number"]) or 0)
            if one.grain is Grain.DAY and 0 < low < one.numbers[0]:
                yield before.start(), one.end, Period(period.start.replace(day=low), period.end)
            if one.grain is Grain.MONTHS and one.numbers[1:] == (1,) and 0 < low < one.numbers[0]:
                yield before.start(), one.end, Period(period.start.replace(month=low), period.end)
        if one.grain is Grain.DATE and (after := _LAST_BARE.match(chars, one.end)):
            last = day_of(period.start.year, period.start.month, int(after["number"]))
            if last and last.end > period.end:
                yield one.start, after.end(), Period(period.start, last.end)
