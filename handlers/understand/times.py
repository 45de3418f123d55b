"""Finds times of the day, which say when something happens and never how much of it: at 4, 下午3点, by 17:30."""

from __future__ import annotations

import re
from collections.abc import Iterator

_TIME = re.compile(
    r"(?:今天|今晚|明天|明早|上午|下午|晚上|早上|中午|傍晚|凌晨)?\d{1,2}(?::\d{2}|[点时](?:半|钟|\d{1,2}分?)?)(?:之?前|左右|以前|后|之后)?"
    r"|(?:今天|今晚|明天|明早|上午|下午|晚上|早上|中午|傍晚|凌晨)?[一二三四五六七八九十两]{1,3}点(?:半|钟)?(?:之?前|左右|以前)?"
    r"|(?<![a-z])(?:at|by|around|about|till|until)? ?\d{1,2}(?::\d{2})? ?(?:am|pm|o'clock|a\.m\.|p\.m\.)(?![a-z])"
    r"|(?<![a-z])(?:at|by) \d{1,2}(?=\s*(?:$|[,.!?;]))"
)


def times_in(chars: str) -> Iterator[tuple[int, int]]:
    """Where times of the day stand."""
    return (match.span() for match in _TIME.finditer(chars))
