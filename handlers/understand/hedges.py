"""The words that make a number no exact one: about, at least, up to, 来, 多, 左右, 不到."""

from __future__ import annotations

import re
from typing import NamedTuple

from handlers.understand.telltales import Telltales

_SURE_BEFORE = (
    "大约摸?|大概其?|大致|差不多|约莫|约摸|约略|将近|接近|不到|不足|不满|未满|超过|超出|多于|多过|少于|小于|大于|高于|低于|不止|不只|不下|"
    "不少于|不多于|不低于|不高于|不超过|不超|至少|至多|最少|最多|最低|最高|起码|顶多|撑死|少说|估计|估摸着?|预计|也许|可能|好像|貌似|似乎|"
    "应该|或许|上下|差不离"
)
_SURE_WORDS_BEFORE = (
    "about|around|roughly|approximately|approx\\.?|circa|ca\\.|nearly|almost|close to|nearer|"
    "(?<!bring )(?<!send )(?<!move )(?<!ship )(?<!take )(?<!pass )(?<!hand )"
    "(?<!knocked )(?<!tipped )(?<!fell )(?<!turned )(?<!ran )over|under|above|below|"
    "more than|less than|fewer than|greater than|at least|at most|at the most|at the least|up to|no more than|"
    "not more than|no less than|no fewer than|not less than|upwards? of|maybe|perhaps|probably|possibly|some|"
    "something like|more or less|more like|in the region of|a good|(?:a )?minimum of|(?:a )?maximum of|min\\.?|max\\.?|"
    "as many as|just under|just over|a little over|a bit over|well over"
)
_PERHAPS_BEFORE = "(?<![预签])约|(?<![最附靠就])近|(?<![尽赶要很飞加凉])快|~|≈|<|>|≤|≥"
_BETWEEN = "[有是个在]?"
_BEFORE = re.compile(
    rf"(?:(?P<sure>(?:{_SURE_BEFORE}) ?{_BETWEEN}|(?<![a-z0-9'])(?:{_SURE_WORDS_BEFORE}) (?:an? )?)"
    rf"|(?P<perhaps>{_PERHAPS_BEFORE})) ?$"
)
_LAST_BEFORE = frozenset(" 摸概其致多莫略近到足满过出于止只下少低高码死说计着能像貌乎该许离约快~≈<>≤≥有是个在")
_WORDS_BEFORE = Telltales(
    re.sub(r".\?", "", _SURE_BEFORE).split("|"),
    ("约", "近", "快", "~", "≈", "<", ">", "≤", "≥"),
    ("about", "around", "roughly", "approx", "circa", "ca", "nearly", "almost", "close to", "nearer", "over", "under"),
    ("above", "below", "than", "least", "most", "up to", "upward", "maybe", "perhaps", "probably", "possibly", "some"),
    ("more", "region", "good", "minimum", "maximum", "min", "max", "many"),
)
"""Of these the words before a number have one."""
_REACH = 20  # characters: the longest words before a number
_END = r"(?=$|[\s,.;!?、吧])"
_AFTER_ZH = f"左右|上下(?!架)|以上|以下|以内|往上|开外|出头|不止|不等|打底|起{_END}|起步|封顶|上限|下限|的?样子"
_AFTER = re.compile(
    rf"(?P<sure> ?(?:{_AFTER_ZH})"
    r"|\+(?=$|[\n,.;、)])|[ -]?ish(?![a-z])|-?odd(?![a-z])"
    r"| (?:odd|or so|or more|or less|or fewer|or thereabouts|give or take|plus|max|maximum|min|minimum|tops|at most|"
    r"at least|approx|approximately|roughly|more or less|and change|or under|or over)(?![a-z]))"
    rf"|(?P<perhaps>多(?!少)|不到{_END}|来|余|几|好几|\+| (?:about|around))"
)
_FIRST_AFTER = frozenset(" 左上以往开出不打起封下的样+-io多来余几好")
"""With one of these such words begin behind a number."""


class Hedge(NamedTuple):
    """Words at `start` to `end`; `sure` when they can mean nothing else beside a number."""

    start: int
    end: int
    sure: bool


def hedge_before(chars: str, end: int) -> Hedge | None:
    """The words right before a number that make it no exact one."""
    if not end or chars[end - 1] not in _LAST_BEFORE:
        return None
    start = max(0, end - _REACH)
    match = _BEFORE.search(chars, start, end) if _WORDS_BEFORE.are_in(chars[start:end]) else None
    return Hedge(match.start(), end, match["sure"] is not None) if match else None


def hedge_after(chars: str, start: int) -> Hedge | None:
    """The words right behind a number, or behind its unit, that make it no exact one."""
    if chars[start : start + 1] not in _FIRST_AFTER:
        return None
    match = _AFTER.match(chars, start)
    return Hedge(start, match.end(), match["sure"] is not None) if match else None
