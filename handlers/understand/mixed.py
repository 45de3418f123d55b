"""Reads the English words of a Chinese message as Chinese: 为啥还没 arrive is 为啥还没到货.

`mixed.txt` has the words. They are read so only where the message as it was written has no meaning.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

from handlers.understand.normalise import Text

_HAN = re.compile(r"[\u4e00-\u9fff]")


@cache
def _chinese() -> Mapping[str, str]:
    rows = (Path(__file__).parent / "mixed.txt").read_text(encoding="utf-8").splitlines()
    return dict(row.split("\t") for row in rows if not row.startswith("#"))


@cache
def _english() -> re.Pattern[str]:
    longest_first = sorted(_chinese(), key=len, reverse=True)
    return re.compile(rf" ?(?<![a-z0-9'-])(?P<said>{'|'.join(map(re.escape, longest_first))})(?![a-z0-9'-]) ?")


def may_be_mixed(text: Text, unread: Sequence[str]) -> bool:
    """Whether it is Chinese with a known English word in it, and no word of what was `unread` is one unknown here."""
    return (
        _HAN.search(text.chars) is not None
        and _english().search(text.chars) is not None
        and all(_english().search(word.lower()) for word in unread if word.isascii() and word.isalpha())
    )


def in_chinese(text: Text, named: Sequence[tuple[int, int]]) -> Text | None:
    """The message with its known English words in Chinese; None where all of them stay.

    Words inside the stretches `named` are names of the chain and stay.
    """
    chars, origin, at = "", [], 0
    for match in _english().finditer(text.chars):
        first, last = match.span("said")
        if any(start < last and first < end for start, end in named):
            continue
        start, end = match.span()
        meant = _chinese()[match["said"]]
        chars += text.chars[at:start] + meant
        origin += [*text.origin[at:start], *(text.origin[min(first + step, last - 1)] for step in range(len(meant)))]
        at = end
    return Text(chars + text.chars[at:], (*origin, *text.origin[at:]), text.raw) if at else None
