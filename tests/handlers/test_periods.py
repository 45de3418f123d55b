"""Periods in a text, in Chinese and in English, as whole days seen from one Wednesday."""

from __future__ import annotations

from datetime import date

import pytest

from handlers.understand.periods import Period, periods_in

WEDNESDAY = date(2026, 3, 18)

# What is said | from the first day to the last, without the year where it is 2026.
SAID = """
today | 03-18 ; 今天 | 03-18 ; 今日 | 03-18 ; 今儿 | 03-18 ; 今早 | 03-18 ; 今晚 | 03-18 ; tonight | 03-18
this morning | 03-18 ; 昨天 | 03-17 ; 昨日 | 03-17 ; 昨儿 | 03-17 ; 昨晚 | 03-17 ; yesterday | 03-17
前天 | 03-16 ; 大前天 | 03-15 ; the day before yesterday | 03-16 ; day before yesterday | 03-16 ; 明天 | 03-19
后天 | 03-20 ; 大后天 | 03-21 ; tomorrow | 03-19 ; day after tomorrow | 03-20 ; 3天前 | 03-15 ; 三天前 | 03-15
3 days ago | 03-15 ; 今明两天 | 03-18/03-19 ; 明后天 | 03-19/03-20 ; 这周 | 03-16/03-22 ; 本周 | 03-16/03-22
这个星期 | 03-16/03-22 ; 这礼拜 | 03-16/03-22 ; 这个礼拜 | 03-16/03-22 ; 这一周 | 03-16/03-22
上周 | 03-09/03-15 ; 上个礼拜 | 03-09/03-15 ; 上星期 | 03-09/03-15 ; 上一周 | 03-09/03-15 ; 上上周 | 03-02/03-08
上上个星期 | 03-02/03-08 ; 下周 | 03-23/03-29 ; 下个星期 | 03-23/03-29 ; 下下周 | 03-30/04-05
this week | 03-16/03-22 ; last week | 03-09/03-15 ; last week's | 03-09/03-15 ; next week | 03-23/03-29
这周末 | 03-21/03-22 ; 上周末 | 03-14/03-15 ; 下周末 | 03-28/03-29 ; 周末 | 03-14/03-15 ; weekend | 03-14/03-15
this weekend | 03-21/03-22 ; last weekend | 03-14/03-15 ; 上周五 | 03-13 ; 上礼拜三 | 03-11 ; 上个星期天 | 03-15
这周一 | 03-16 ; 本周三 | 03-18 ; 下周二 | 03-24 ; 周一 | 03-16 ; 周五 | 03-13 ; 周三 | 03-18 ; 星期五 | 03-13
礼拜天 | 03-15 ; last friday | 03-13 ; last mon | 03-09 ; this monday | 03-16 ; next tuesday | 03-24
on monday | 03-16 ; on fri | 03-13 ; friday's sales | 03-13 ; 本月 | 03-01/03-31 ; 这个月 | 03-01/03-31
当月 | 03-01/03-31 ; 上月 | 02-01/02-28 ; 上个月 | 02-01/02-28 ; 上一个月 | 02-01/02-28 ; 上上个月 | 01-01/01-31
下月 | 04-01/04-30 ; 下个月 | 04-01/04-30 ; this month | 03-01/03-31 ; last month | 02-01/02-28
next month | 04-01/04-30 ; 本月上旬 | 03-01/03-10 ; 上个月下旬 | 02-21/02-28 ; 3月上旬 | 03-01/03-10
上月下半月 | 02-16/02-28 ; 2月 | 02-01/02-28 ; 二月份 | 02-01/02-28 ; 12月 | 2025-12-01/2025-12-31
十二月 | 2025-12-01/2025-12-31 ; 去年12月 | 2025-12-01/2025-12-31 ; 今年2月 | 02-01/02-28
2025年12月 | 2025-12-01/2025-12-31 ; 25年12月 | 2025-12-01/2025-12-31 ; in february | 02-01/02-28
feb | 02-01/02-28 ; february sales | 02-01/02-28 ; last december | 2025-12-01/2025-12-31
in march | 03-01/03-31 ; this march | 03-01/03-31 ; next april | 04-01/04-30 ; sept | 2025-09-01/2025-09-30
in may | 2025-05-01/2025-05-31 ; feb 2025 | 2025-02-01/2025-02-28 ; 本季度 | 01-01/03-31 ; 这季度 | 01-01/03-31
上季度 | 2025-10-01/2025-12-31 ; 上个季度 | 2025-10-01/2025-12-31 ; 下季度 | 04-01/06-30 ; q1 | 01-01/03-31
第一季度 | 01-01/03-31 ; 一季度 | 01-01/03-31 ; 1季度 | 01-01/03-31 ; 四季度 | 2025-10-01/2025-12-31
去年四季度 | 2025-10-01/2025-12-31 ; 2025年第三季度 | 2025-07-01/2025-09-30 ; q4 2025 | 2025-10-01/2025-12-31
q1 last year | 2025-01-01/2025-03-31 ; first quarter | 01-01/03-31 ; last quarter | 2025-10-01/2025-12-31
this quarter | 01-01/03-31 ; 上半年 | 01-01/06-30 ; 下半年 | 2025-07-01/2025-12-31
去年下半年 | 2025-07-01/2025-12-31 ; h1 | 01-01/06-30 ; first half | 01-01/06-30 ; 今年 | 01-01/12-31
去年 | 2025-01-01/2025-12-31 ; 前年 | 2024-01-01/2024-12-31 ; 明年 | 2027-01-01/2027-12-31
2025年 | 2025-01-01/2025-12-31 ; this year | 01-01/12-31 ; last year | 2025-01-01/2025-12-31
in 2025 | 2025-01-01/2025-12-31 ; 今年上半年 | 01-01/06-30 ; 3月5号 | 03-05 ; 3月5日 | 03-05 ; 三月五号 | 03-05
2月28日 | 02-28 ; 12月31日 | 2025-12-31 ; 去年12月25日 | 2025-12-25 ; 2025年3月5日 | 2025-03-05 ; 3.5号 | 03-05
3/5 | 03-05 ; 15/3 | 03-15 ; 03-05 | 03-05 ; 2026-03-01 | 03-01 ; 2026/3/1 | 03-01 ; 2026.3.1 | 03-01
20260301 | 03-01 ; march 5 | 03-05 ; march 5th | 03-05 ; 5 march | 03-05 ; 5th of march | 03-05
mar 5th | 03-05 ; 5th mar | 03-05 ; march 5, 2025 | 2025-03-05 ; 5号 | 03-05 ; 25号 | 02-25 ; the 5th | 03-05
3月1号到3月15号 | 03-01/03-15 ; 3月1日至15日 | 03-01/03-15 ; 3月1日-10日 | 03-01/03-10
3月1号到10号 | 03-01/03-10 ; 从3月1号到3月15号 | 03-01/03-15 ; 1号到15号 | 03-01/03-15 ; 1-15号 | 03-01/03-15
1到15号 | 03-01/03-15 ; 3月1-10号 | 03-01/03-10 ; march 1 to march 10 | 03-01/03-10 ; march 1-10 | 03-01/03-10
from march 1 to march 10 | 03-01/03-10 ; between march 1 and march 10 | 03-01/03-10 ; 3/1-3/15 | 03-01/03-15
2026-03-01 to 2026-03-10 | 03-01/03-10 ; 2026-03-01~2026-03-10 | 03-01/03-10 ; jan to mar | 01-01/03-31
jan-feb | 01-01/02-28 ; 1月到3月 | 01-01/03-31 ; 1-3月 | 01-01/03-31 ; 一到三月 | 01-01/03-31
周一到周五 | 03-16/03-20 ; 上周一到周五 | 03-09/03-13 ; 上周三至上周五 | 03-11/03-13
monday to friday | 03-16/03-20 ; 12月20号到1月5号 | 2025-12-20/01-05 ; 2025年12月到2026年2月 | 2025-12-01/02-28
昨天到今天 | 03-17/03-18 ; 3月1号至今 | 03-01/03-18 ; since march 1 | 03-01/03-18 ; 从周一到现在 | 03-16/03-18
since monday | 03-16/03-18 ; 最近7天 | 03-12/03-18 ; 最近30天 | 02-17/03-18 ; 近7天 | 03-12/03-18
近30日 | 02-17/03-18 ; 过去30天 | 02-17/03-18 ; 这7天 | 03-12/03-18 ; 前7天 | 03-12/03-18
最近一周 | 03-12/03-18 ; 近一周 | 03-12/03-18 ; 近一个月 | 02-17/03-18 ; 最近一个月 | 02-17/03-18
最近半个月 | 03-04/03-18 ; 最近三个月 | 2025-12-19/03-18 ; 近3个月 | 2025-12-19/03-18
近半年 | 2025-09-20/03-18 ; 近一年 | 2025-03-19/03-18 ; 最近两周 | 03-05/03-18 ; 过去两个星期 | 03-05/03-18
过去24天 | 02-23/03-18 ; 最近一个半月 | 02-02/03-18 ; last 7 days | 03-12/03-18 ; last 30 days | 02-17/03-18
past 30 days | 02-17/03-18 ; past week | 03-12/03-18 ; past month | 02-17/03-18 ; past two weeks | 03-05/03-18
last two weeks | 03-05/03-18 ; last 3 months | 2025-12-19/03-18 ; previous 10 days | 03-09/03-18
recent 14 days | 03-05/03-18 ; the last ninety days | 2025-12-19/03-18 ; last couple of weeks | 03-05/03-18
over the past 6 months | 2025-09-20/03-18 ; trailing 30 days | 02-17/03-18 ; last 30-day | 02-17/03-18
last fortnight | 03-05/03-18 ; 未来7天 | 03-19/03-25 ; 未来三天 | 03-19/03-21 ; 未来一周 | 03-19/03-25
未来两周 | 03-19/04-01 ; 未来一个月 | 03-19/04-17 ; 接下来7天 | 03-19/03-25 ; 接下来两周 | 03-19/04-01
往后三天 | 03-19/03-21 ; 后面5天 | 03-19/03-23 ; 今后10天 | 03-19/03-28 ; 下两周 | 03-19/04-01
下三天 | 03-19/03-21 ; next 7 days | 03-19/03-25 ; next 2 weeks | 03-19/04-01
over the next 10 days | 03-19/03-28 ; nxt 30 days | 03-19/04-17 ; coming 5 days | 03-19/03-23
upcoming week | 03-19/03-25 ; following 3 days | 03-19/03-21 ; next three months | 03-19/06-16
本月至今 | 03-01/03-31 ; 月初至今 | 03-01/03-31 ; 今年以来 | 01-01/12-31 ; 年初至今 | 01-01/12-31
本周至今 | 03-16/03-22 ; month to date | 03-01/03-31 ; mtd | 03-01/03-31 ; ytd | 01-01/12-31
year to date | 01-01/12-31 ; this week so far | 03-16/03-22 ; so far this month | 03-01/03-31
week to date | 03-16/03-22 ; 上周呢 | 03-09/03-15 ; 昨天调的红牛到了吗 | 03-17 ; 这个week的sales | 03-16/03-22
上个month | 02-01/02-28 ; 上个月5号 | 02-05 ; 这个月5号 | 03-05 ; 本月1号到10号 | 03-01/03-10
上半月 | 03-01/03-15 ; 大上周 | 03-02/03-08 ; 30天内 | 02-17/03-18 ; 最近30天内 | 02-17/03-18
一个月以来 | 02-17/03-18 ; monday last week | 03-09 ; last week monday | 03-09
the week before last | 03-02/03-08 ; 2026-02 | 02-01/02-28 ; since january | 01-01/03-18
since last month | 02-01/03-18 ; 二零二五年 | 2025-01-01/2025-12-31 ; 二〇二五年三月 | 2025-03-01/2025-03-31
mon to fri | 03-16/03-20 ; 今天上午 | 03-18 ; 3月1-10号的 | 03-01/03-10 ; march 31 | 2025-03-31 ; wed | 03-18
"""
# The same when the message looks forward.
AHEAD = """
周五 | 03-20 ; 周三 | 03-18 ; 周一 | 03-23 ; 5号 | 04-05 ; 25号 | 03-25 ; march 5 | 2027-03-05 ; 3月31号 | 03-31
2月 | 2027-02-01/2027-02-28 ; 4月 | 04-01/04-30 ; in february | 2027-02-01/2027-02-28 ; 下半年 | 07-01/12-31
四季度 | 10-01/12-31 ; q1 | 01-01/03-31 ; 周末 | 03-21/03-22 ; friday | 03-20 ; on monday | 03-23
1-5号 | 04-01/04-05 ; 周五到周一 | 03-20/03-23 ; 下周 | 03-23/03-29 ; 昨天 | 03-17 ; march 20-25 | 03-20/03-25
12月20号到1月5号 | 12-20/2027-01-05
"""
NOTHING = """
5号电池 ; 第3周 ; 每周一 ; 3天 ; 5号仓 ; may i have ; 2月30号 ; 13月 ; 32号 ; 3.5 ; 2021 ; 3-5箱 ; 周转 ; 箱
周黑鸭 ; 20箱可乐到西湖店 ; 月饼 ; 日用品 ; 天堂伞 3把 ; 周杰伦 ; 三天 ; 5天 ; last ; next ; this ; 最近 ; 天天
每天 ; 每月 ; 季 ; may ; second hand ; a day ; 11月31号 ; 2026-13-01 ; 99/99 ; marching ; sunny ; monster
octfest ; decaf ; julys ; marshmallow ; week ; month ; 周 ; 年 ; 这几天 ; 前几天 ; q5 ; 第五季度 ; 0月 ; 00-00
3.5kg ; 1.5l ; 七匹狼 ; 从20到30 ; 20-30箱 ; 15号线 ; 2号店 ; 5号电池5卡
"""


def rows(table: str) -> list[str]:
    """What stands between the semicolons and the line ends of a table."""
    return [row for line in table.strip().split("\n") for row in line.split(" ; ")]


def drawn(period: Period) -> str:
    """The first and the last day, or the only one."""
    first, last = (day.removeprefix("2026-") for day in period.iso().split("/"))
    return first if first == last else f"{first}/{last}"


def longest(text: str, *, ahead: bool = False) -> str:
    """The periods of a text that stand in no longer one, from left to right."""
    edges = sorted(periods_in(text, WEDNESDAY, ahead=ahead), key=lambda edge: edge[:2])
    kept = [
        edge
        for edge in edges
        if not any(edge[:2] != other[:2] and other[0] <= edge[0] and edge[1] <= other[1] for other in edges)
    ]
    return " ".join(drawn(period) for _, _, period in kept)


@pytest.mark.parametrize(("text", "periods"), [row.split(" | ") for row in rows(SAID)])
def test_periods(text: str, periods: str) -> None:
    assert longest(text) == periods


@pytest.mark.parametrize(("text", "periods"), [row.split(" | ") for row in rows(AHEAD)])
def test_periods_ahead(text: str, periods: str) -> None:
    assert longest(text, ahead=True) == periods


@pytest.mark.parametrize("text", rows(NOTHING))
def test_no_periods(text: str) -> None:
    assert periods_in(text, WEDNESDAY) == []


@pytest.mark.parametrize(
    ("today", "text", "period"),
    [
        (date(2026, 1, 1), "上个月", "2025-12-01/2025-12-31"),
        (date(2026, 1, 1), "上个季度", "2025-10-01/2025-12-31"),
        (date(2026, 1, 1), "上周", "2025-12-22/2025-12-28"),
        (date(2026, 12, 31), "下个月", "2027-01-01/2027-01-31"),
        (date(2024, 3, 31), "上个月", "2024-02-01/2024-02-29"),
        (date(2026, 3, 16), "last friday", "2026-03-13/2026-03-13"),
        (date(2026, 3, 22), "本周", "2026-03-16/2026-03-22"),
        (date(2026, 3, 22), "周日", "2026-03-22/2026-03-22"),
        (date(2026, 3, 1), "31号", "2026-01-31/2026-01-31"),
        (date(2026, 2, 28), "最近30天", "2026-01-30/2026-02-28"),
    ],
)
def test_periods_at_the_edges_of_the_calendar(today: date, text: str, period: str) -> None:
    assert [one.iso() for *_, one in periods_in(text, today)] == [period]


def test_a_period_stands_where_it_was_said() -> None:
    (edge,) = periods_in("红牛上周五卖了多少", WEDNESDAY)
    assert edge == (2, 5, Period(date(2026, 3, 13), date(2026, 3, 13)))


def test_a_range_is_offered_beside_its_ends() -> None:
    found = [(start, end, drawn(period)) for start, end, period in periods_in("3月1号到10号", WEDNESDAY)]
    assert found == [(0, 4, "03-01"), (5, 8, "03-10"), (0, 8, "03-01/03-10")]
