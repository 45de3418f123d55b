"""Reads what is said about people of the chain (人员, 移除王小丫, move Zhou to Erqi): the whole message or nothing.

Only a name that somebody has makes it one; whoever asks looks that up. Anything else is read as ever.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from unicodedata import normalize

from handlers.understand.normalise import storable

LONGEST = 80
"""More than that is no sentence about one person."""
_LIST = re.compile(
    r"(?:我的|看看?)?(?:人员|员工)(?:名单|列表|管理)?|(?:my )?(?:people|staff)(?: list)?|who works (?:here|for me)"
)
_VERBS = {
    "remove": ("移除", "移出", "删除", "开除", "辞退", "remove", "fire", "dismiss"),
    "suspend": ("停用", "暂停", "suspend"),
    "restore": ("恢复", "启用", "restore", "reinstate"),
}
_ONE = {
    verb: re.compile("(?:{})(?:员工|店员|人员)? ?(?P<name>.+)".format("|".join(words)))
    for verb, words in _VERBS.items()
}
_BEHIND = re.compile(r"把?(?P<name>.+?)(?P<verb>移除|停用|恢复)(?:掉|了|一下)?")
_MOVE = re.compile(
    r"(?:把|让|安排)?(?P<name>.+?)(?:从.+)?(?:调到|调去|调往|调动到)(?P<place>.+)"
    r"|(?:move|transfer) (?P<who>.+?) to (?P<where>.+)"
)


@dataclass(frozen=True, slots=True)
class StaffWish:
    """What is wanted: "list", or a change of somebody called `name`; `place` is where a move leads."""

    verb: str
    name: str = ""
    place: str = ""


def staff_wishes(text: str) -> list[StaffWish]:
    """What the whole message may ask about people, the likeliest first; nothing where it says something else."""
    said = re.sub(r"\s+", " ", normalize("NFKC", storable(text))).strip(" 。.!,").lower()
    if len(said) > LONGEST:
        return []
    if _LIST.fullmatch(said):
        return [StaffWish("list")]
    found = [StaffWish(verb, match["name"].strip()) for verb, one in _ONE.items() if (match := one.fullmatch(said))]
    if match := _BEHIND.fullmatch(said):
        verb = next(verb for verb, words in _VERBS.items() if match["verb"] in words)
        found.append(StaffWish(verb, match["name"].strip()))
    if match := _MOVE.fullmatch(said):
        who, place = match["name"] or match["who"], match["place"] or match["where"]
        found.append(StaffWish("move", who.strip(), place.strip()))
    return found
