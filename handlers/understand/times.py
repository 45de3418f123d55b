"""Finds what is counted and is no goods: times of the day (下午3点, by 17:30), hours and people (三个人, an hour)."""

from __future__ import annotations

import re

from handlers.understand.telltales import Telltales

_TIME = re.compile(
    r"(?:今天|今晚|明天|明早|上午|下午|晚上|早上|中午|傍晚|凌晨)?(?<!\d)(?:[01]?\d|2[0-4])(?::\d{2}|[点时](?:半|钟|\d{1,2}分?|多)?)(?:之?前|左右|以前|后|之后)?"
    r"|(?:今天|今晚|明天|明早|上午|下午|晚上|早上|中午|傍晚|凌晨)?(?<![一二三四五六七八九十])(?:二?十[一二三四五六七八九]?|[一二三四五六七八九两])点(?:半|钟|多)?(?:之?前|左右|以前)?"
    r"|(?<![a-z])(?:at|by|around|about|till|until|before|after|no later than)? ?\d{1,2}(?::\d{2})? ?"
    r"(?:am|pm|o'clock|a\.m\.|p\.m\.)(?![a-z])"
    r"|(?<![a-z])(?:at|by) \d{1,2}(?=\s*(?:$|[,.!?;]))"
)
_COUNTED = re.compile(
    r"(?:\d{1,3}|[一二三四五六七八九十百两几半]{1,4})(?:来|多|几)?"
    r"(?:[个位名通](?:多|半)?(?:人|电话|小时|钟头|客人|顾客|客户|同事|师傅|司机|店员|员工|小伙|学生|街坊|老板|大[姐妈爷叔]|阿姨|小?孩|姑娘)"
    r"|号(?:机|线|门|楼|口|窗|桌|柜|收银|车|车位|月台|码头)|分钟|小时|钟头|[遍趟次]|楼(?!盘)|公里|岁|人(?![份用装]))"
    r"|第(?:\d{1,2}|[一二三四五六七八九十]{1,2})(?:[车趟批班票波](?:货|车)?|张单子?|单)"
    r"|(?<![a-z])(?:\d{1,3}|an?|one|two|three|four|five|six|ten|a few|a couple of|several|half an) "
    r"(?:(?:more|full|long|extra|good|whole) )?"
    r"(?:hours?|hrs?|minutes?|mins?|people|ppl|persons?|customers?|guests?|kids|guys|times)(?![a-z])"
    r"|(?<![a-z])(?:\d{1,2}|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)"
    r" ?(?:o ?'? ?clock|clock)(?![a-z])"
    r"|(?<![a-z])(?:[a-z]+ )?(?:groups?|part(?:y|ies)|crowds?|famil(?:y|ies)|teams?) of (?:about )?\d{1,3}"
    r"(?= ?(?:$|[,.;!?]|just|came|walked|coming|arriv|in |who|from|people|pax|are|is|now))"
    r"|(?<![a-z])twice(?![a-z])"
)
"""Counts of time and people, which are no goods: 三个电话, 两个人, an hour late."""

_PATTERNS = (_TIME, _COUNTED)
_TELLTALES = Telltales(
    (":", "点", "时", "am", "pm", "o'clock", "a.m.", "p.m.", "at ", "by "),
    (
        *("第", "人", "电话", "时", "钟", "客", "顾", "同事", "师傅", "司机", "店员", "员工", "小伙", "学生"),
        *("街坊", "老板"),
        *("大姐", "大妈", "大爷", "大叔", "阿姨", "孩", "姑娘", "号", "遍", "趟", "次", "楼", "公里", "岁"),
        *("hour", "hr", "min", "people", "ppl", "person", "customer", "guest", "kids", "guys", "times", "clock"),
        *("group", "part", "crowd", "famil", "team", "twice"),
    ),
)
"""Of these each time of the day has one, and each count."""


def times_in(chars: str) -> list[tuple[int, int]]:
    """Where times of the day stand, and counts of time and people."""
    return [match.span() for number in sorted(_TELLTALES.met(chars)) for match in _PATTERNS[number].finditer(chars)]
