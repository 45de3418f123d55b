"""What Chinese says of days, weeks, months and years: 上周五, 最近30天, 3月5号, 去年12月, 一季度."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import date

from handlers.understand.mentions import Grain, Mention
from handlers.understand.numbers import number
from handlers.understand.spans import (
    Period,
    day,
    day_of,
    last_days,
    months,
    next_days,
    piece_of,
    quarter,
    week,
    weekend,
    year,
)

_HAN = "一二两三四五六七八九十百"
_N = r"(?:\d{1,3}|[一二两三四五六七八九十百]{1,5})"
_FULL_YEAR = r"20\d\d年|二[零〇][零〇一二三四五六七八九]{2}年"
_NEAR_YEAR = "今年|去年|前年|明年|后年|本年|上年|当年"
_YEAR = rf"(?:(?P<year>今年|去年|前年|明年|{_FULL_YEAR}|\d\d年)的? ?)?"
_WEEK_WORD = "(?:周|星期|礼拜)"
_WEEKDAY = r"(?P<weekday>[一二三四五六日天1-7])(?![个\d箱瓶罐盒])"
_MONTH_WORD = "月|季度|季| ?month(?![a-z])| ?quarter(?![a-z])"
_PIECE = "(?P<piece>[上中下]旬|[上下]半月)"
_NO_DAY = "店|楼|线|电池|门|仓|单|柜|架|货架|桌|机|车|窗|色"
"""Behind these 号 counts things: 5号电池 is no fifth of the month."""
_LATELY = "最近|近|过去|这|前|之前|以往|往前"
_SOON = "未来|接下来|往后|后面|今后|以后|之后|后|将来|随后|下"
_LENGTH = rf"(?:(?P<half>半)个?|(?P<count>{_N}) ?个?(?P<more>半)?)(?P<unit>天|日|周|星期|礼拜|月|季度|年)"
_UNITS = "天日周星礼月季年"  # the first characters of the lengths
_UNTIL_NOW = "(?:至今|到现在|以来|到今天)"
_MONTH = r"(?:1[0-2]|0?[1-9]|十[一二]?|[一二三四五六七八九])"
_DAY = r"(?:3[01]|[12]\d|0?[1-9]|三十一?|二?十[一二三四五六七八九]?|[一二三四五六七八九])"
_NEAR = {"上上": -2, "大上": -2, "大下": 2, "上": -1, "这": 0, "本": 0, "当": 0, "下": 1, "下下": 2}
_NEAR_WORD = r"(?P<near>上上|大上|大下|上|这|本|当|下下|下)(?:一?个|一)?"
_WEEKDAYS = {char: at for at, chars in enumerate(("一1", "二2", "三3", "四4", "五5", "六6", "日天7")) for char in chars}
_DAYS = {"大前": -3, "前": -2, "昨": -1, "今": 0, "明": 1, "后": 2, "大后": 3}
_YEARS = {"今年": 0, "去年": -1, "前年": -2, "明年": 1, "本年": 0, "上年": -1, "后年": 2, "当年": 0, "全年": 0}
_PIECES = {"上旬": (1, 10), "中旬": (11, 20), "下旬": (21, 31), "上半月": (1, 15), "下半月": (16, 31)}
_YEAR_DIGITS = str.maketrans("零〇一二三四五六七八九", "00123456789")
_LENGTHS = {"天": 1, "日": 1, "周": 7, "星期": 7, "礼拜": 7, "月": 30, "季度": 90, "年": 365}
Reader = Callable[[re.Match[str], date], Mention | None]


def _fixed(match: re.Match[str], period: Period | None) -> Mention | None:
    return Mention(match.start(), match.end(), Grain.FIXED, period=period) if period else None


def _day(match: re.Match[str], today: date) -> Mention | None:
    return _fixed(match, day(today, _DAYS[match["which"]]))


def _two_days(match: re.Match[str], today: date) -> Mention | None:
    first, last = (day(today, _DAYS[char]) for char in match["which"])
    return _fixed(match, Period(first.start, last.end))


def _ago(match: re.Match[str], today: date) -> Mention | None:
    count = _whole(match["count"])
    return _fixed(match, day(today, -count if match["side"] == "前" else count)) if count else None


def _week(match: re.Match[str], today: date) -> Mention | None:
    """A week, its weekend, or a day of it: 上周, 这周末, 下周三."""
    later = _NEAR[match["near"]]
    if match["weekend"]:
        return _fixed(match, weekend(today, later))
    whole = week(today, later)
    if match["weekday"]:
        return _fixed(match, day(whole.start, _WEEKDAYS[match["weekday"]]))
    return _fixed(match, whole)


def _weekday(match: re.Match[str], today: date) -> Mention | None:
    if match["weekday"] == "末":
        return Mention(match.start(), match.end(), Grain.WEEKEND)
    return Mention(match.start(), match.end(), Grain.WEEKDAY, (_WEEKDAYS[match["weekday"]],))


def _near_months(match: re.Match[str], today: date) -> Mention | None:
    """This, last or next month or quarter, also a third or a half of a month: 上个月, 本季度, 本月上旬."""
    later = _NEAR[match["near"]]
    if match["unit"].strip() not in ("月", "month"):
        return _fixed(match, quarter(today, later))
    if match["day"]:
        first = months(today, later).start
        return _fixed(match, day_of(first.year, first.month, _whole(match["day"]) or 0))
    return _fixed(match, piece_of(months(today, later), *_PIECES.get(match["piece"], (1, 31))))


def _piece_of_month(match: re.Match[str], today: date) -> Mention | None:
    return _fixed(match, piece_of(months(today), *_PIECES[match["piece"]]))


def _year(match: re.Match[str], today: date) -> Mention | None:
    said = match["year"]
    whole = year(date(_year_number(said, today), 1, 1))
    if half := match["half"]:
        return _fixed(match, months(whole.start, 0 if half == "上" else 6, 6))
    return _fixed(match, whole)


def _half_year(match: re.Match[str], today: date) -> Mention | None:
    return Mention(match.start(), match.end(), Grain.MONTHS, (1 if match["half"] == "上" else 7, 6))


def _quarter(match: re.Match[str], today: date) -> Mention | None:
    first = 3 * (_whole(match["count"] or match["ordinal"]) or 1) - 2
    if match["year"]:
        return _fixed(match, months(date(_year_number(match["year"], today), first, 1), 0, 3))
    return Mention(match.start(), match.end(), Grain.MONTHS, (first, 3))


def _month(match: re.Match[str], today: date) -> Mention | None:
    number_of_month = _whole(match["month"]) or 1
    if match["year"]:
        month = months(date(_year_number(match["year"], today), number_of_month, 1))
        return _fixed(match, piece_of(month, *_PIECES.get(match["piece"], (1, 31))))
    return Mention(match.start(), match.end(), Grain.MONTHS, (number_of_month, 1, *_PIECES.get(match["piece"], ())))


def _date(match: re.Match[str], today: date) -> Mention | None:
    numbers = (_whole(match["month"]) or 0, _whole(match["day"]) or 0)
    if match["year"]:
        return _fixed(match, day_of(_year_number(match["year"], today), *numbers))
    return Mention(match.start(), match.end(), Grain.DATE, numbers)


def _day_of_month(match: re.Match[str], today: date) -> Mention | None:
    return Mention(match.start(), match.end(), Grain.DAY, (_whole(match["day"]) or 0,))


def _rolling(match: re.Match[str], today: date) -> Mention | None:
    """A number of days up to today, or from tomorrow on."""
    length = _LENGTHS[match["unit"]]
    if match[0][0] in "这下" and match["count"] == "一" and length > 1:
        return None  # 这一周, 下一个月: the whole one, which is read elsewhere
    if match["half"]:
        count = {7: 0, 30: 15, 365: 180}.get(length, 0)
    else:
        count = (_whole(match["count"]) or 0) * length + (15 if match["more"] and length == 30 else 0)
    if not count:
        return None
    return _fixed(match, next_days(today, count) if match["next"] else last_days(today, count))


def _so_far(match: re.Match[str], today: date) -> Mention | None:
    """From the beginning of something until now is that whole week, month, quarter or year."""
    wholes = {"周": week, "星期": week, "礼拜": week, "月": months, "季": quarter, "年": year}
    return _fixed(match, next(whole(today) for word, whole in wholes.items() if word in match[0]))


def _whole(said: str) -> int | None:
    value = number(said)
    return int(value) if value is not None else None


def _year_number(said: str, today: date) -> int:
    if said in _YEARS:
        return today.year + _YEARS[said]
    digits = int(said.rstrip("年").translate(_YEAR_DIGITS))
    return digits if digits > 99 else 2000 + digits


_READERS: tuple[tuple[re.Pattern[str], frozenset[str], Reader], ...] = tuple(
    (re.compile(pattern), frozenset(telltales), reader)
    for pattern, telltales, reader in (
        (r"(?P<which>大前|前|昨|今|明|大后|后)(?:天|日|儿个?|早|晚|夜|晨)(?!百货)", "今昨明前后", _day),
        (r"(?P<which>昨今|今明|明后|前昨)(?:这?两)?[天日]", "今昨前明", _two_days),
        (rf"(?P<count>{_N})天(?:之|以)?(?P<side>前|后)", "天", _ago),
        (rf"{_NEAR_WORD}(?:{_WEEK_WORD}(?:(?P<weekend>末)|{_WEEKDAY})?| ?week(?![a-z]))", "周星礼w", _week),
        (rf"(?<![上这本下每个]){_WEEK_WORD}(?P<weekday>[一二三四五六日天末])", "周星礼", _weekday),
        (rf"{_NEAR_WORD}(?P<unit>{_MONTH_WORD})份?(?:{_PIECE}|的?(?P<day>{_DAY})[日号])?", "月季mq", _near_months),
        (r"(?<!月)(?<!月份)(?P<piece>[上下]半月)", "半", _piece_of_month),
        (rf"(?P<year>{_NEAR_YEAR}|{_FULL_YEAR})度?(?:的?(?P<half>[上下])半年)?", "年", _year),
        (r"(?<![年年度])(?P<half>[上下])半年", "半", _half_year),
        (
            rf"{_YEAR}(?:第?(?P<count>[一二三四1-4])个?季度|(?:第|(?<=[年的]))(?P<ordinal>[一二三四1-4])季)",
            "季",
            _quarter,
        ),
        (rf"{_YEAR}(?<![\d个])(?P<month>{_MONTH})月份?{_PIECE}?(?!饼)", "月", _month),
        (rf"{_YEAR}(?<!\d)(?P<month>{_MONTH})月(?P<day>{_DAY})[日号]?(?!\d)", "月", _date),
        (r"(?<![\d.])(?P<year>)(?P<month>1[0-2]|0?[1-9])[./](?P<day>3[01]|[12]\d|0?[1-9])[日号]", "日号", _date),
        (rf"(?<![\d.月{_HAN}])(?P<day>{_DAY})[日号](?!{_NO_DAY})", "日号", _day_of_month),
        (rf"(?:{_LATELY}|(?P<next>{_SOON}))[的这]? ?{_LENGTH}(?:之内|以内|以来|内|里|来(?![的货]))?", _UNITS, _rolling),
        (rf"(?<![{_HAN}\d])(?P<next>){_LENGTH}(?:之内|以内|以来|内)", "内来", _rolling),
        (rf"(?:本|这个?)?(?:{_WEEK_WORD}|月|季度?)初?{_UNTIL_NOW}|(?:今年|年初?|本年){_UNTIL_NOW}", _UNITS, _so_far),
    )
)
"""How each mention is written, the characters of which it has one at least, and how it is read."""


def chinese_mentions(chars: str, today: date) -> Iterator[Mention]:
    """Every mention, longer and shorter ones."""
    there = frozenset(chars)
    for pattern, telltales, reader in _READERS:
        for match in pattern.finditer(chars) if not telltales.isdisjoint(there) else ():
            if mention := reader(match, today):
                yield mention
