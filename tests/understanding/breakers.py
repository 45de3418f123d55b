"""Words that unmake a change wherever they are put: no, if, or, perhaps, later. Never may a complete change be left."""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import StrEnum
from functools import cache
from pathlib import Path
from random import Random

from tests.understanding.amounts_said import chinese_numeral
from tests.understanding.invariant import Change
from tests.understanding.names import is_chinese, names
from tests.understanding.pieces import Draft, Piece, Role, borders, inserted
from tests.understanding.scorer import WRITES

WORDS = Path(__file__).parent / "breakers.txt"


class Sort(StrEnum):
    """What a word does to what stands beside it."""

    NO = "no"
    GIVE_UP = "give_up"
    IF = "if"
    PERHAPS = "perhaps"
    OR = "or"
    LATER = "later"
    ASKING = "asking"


@cache
def words() -> Mapping[tuple[str, ...], tuple[str, ...]]:
    """The words of the file by sort, side and language."""
    found: dict[tuple[str, ...], tuple[str, ...]] = {}
    section: tuple[str, ...] = ()
    for line in WORDS.read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            section = tuple(line.strip("[]").split())
        elif line and not line.startswith("#"):
            found[section] = (*found.get(section, ()), *filter(None, line.split("|")))
    return found


_UNSAYING = frozenset({"transfer.cancel", "approval.reject", "undo"})
"""What is a refusal itself: with another one it may be the same refusal."""
_LOSING = frozenset({"sale.return", "writeoff.record"})
"""Where "不要了" is why."""


def broken(draft: Draft, rng: Random) -> Draft | None:
    """A word that unmakes the change, at a border of two clauses."""
    if not changes_something(draft):
        return None
    front = rng.random() < 0.6
    sort = rng.choice(_sorts(draft, front))
    side = "front" if front else "behind"
    english = draft.language == "en" if draft.language != "mixed" else rng.random() < 0.5
    if rng.random() < 0.03:
        english = not english
    every = list(borders(draft))
    if not front:
        at, offset = every[-1]
    elif _denies_all(draft, sort):
        at, offset = every[0]
    else:
        at, offset = rng.choice(every[:-1])
    word = rng.choice(words()[sort, side, "en" if english else "zh"])
    before = "".join(piece.text for piece in draft.pieces[:at]) + (draft.pieces[at].text[:offset] if offset else "")
    if word[0].isascii() and before[-1:].isascii() and before[-1:].isalpha():
        word = f" {word.lstrip()}"  # store|or is one word
    if word == " or not" and draft.text.endswith(" can"):
        return None  # "can or not" asks for it as politely as "can" does
    return inserted(draft, at, offset, word)


def torn(draft: Draft, rng: Random) -> Draft | None:
    """Two things where one was said: another place, product or supplier beside it."""
    if not changes_something(draft) or draft.turn:
        return None
    spoken = {draft.expect.get(side) for side in ("from", "to", "store", "supplier")}
    spoken |= {line["sku"] for line in draft.expect.get("lines") or ()}
    at = [
        number
        for number, piece in enumerate(draft.pieces)
        if piece.code is not None and piece.code in spoken and piece.role in (Role.PLACE, Role.PRODUCT, Role.SUPPLIER)
    ]
    if not at:
        return None
    number = rng.choice(at)
    piece = draft.pieces[number]
    other = _another(draft, piece, rng)
    if other is None:
        return None
    between = rng.choice(("或者", "或", "还是")) if is_chinese(piece.text) else rng.choice((" or ", " or maybe "))
    return draft.changing(number, f"{piece.text}{between}{other}")


def unsure(draft: Draft, rng: Random) -> Draft | None:
    """An amount that is no exact one."""
    if not changes_something(draft) or draft.turn:
        return None
    at = [number for number, piece in enumerate(draft.pieces) if piece.role is Role.AMOUNT]
    if not at or draft.expect.get("shortage"):
        return None
    number = rng.choice(at)
    said = re.fullmatch(r"(\d+)( ?)(\D+)", draft.pieces[number].text)
    if said is None:
        return None
    return draft.changing(number, rng.choice(_loose(int(said[1]), said[2], said[3])))


def changes_something(draft: Draft) -> bool:
    """Whether it is a request for a change, complete or not."""
    return draft.expect["intent"] in WRITES and draft.expect["intent"] != "cancel"


def _sorts(draft: Draft, front: bool) -> list[Sort]:
    """The sorts of words that unmake this message."""
    intent, without = draft.expect["intent"], set()
    if front:
        without.add(Sort.GIVE_UP)  # "算了，还是从总仓调吧" is a request
    if intent in _UNSAYING and not front:
        without |= {Sort.GIVE_UP, Sort.NO, Sort.LATER}
    if intent in _UNSAYING and len(list(borders(draft))) > 2:
        without |= {Sort.NO, Sort.PERHAPS, Sort.ASKING, Sort.LATER}  # they may be said of the reason
    if intent in _LOSING:
        without |= {Sort.GIVE_UP, Sort.NO}
    if draft.later:
        without |= {Sort.GIVE_UP, Sort.NO, Sort.OR, Sort.ASKING}
    return [sort for sort in Sort if sort not in without]


def _denies_all(draft: Draft, sort: Sort) -> bool:
    """Whether this word unmakes the whole only in front: within, it may deny what is said about it."""
    if draft.expect["intent"] in _LOSING:
        return True
    return sort in (Sort.NO, Sort.ASKING) and (draft.expect["intent"] in _UNSAYING or bool(draft.turn))


def _another(draft: Draft, piece: Piece, rng: Random) -> str | None:
    """A name of something else of that sort, in the same script."""
    used = {one.code for one in draft.pieces} | {draft.expect.get(side) for side in ("from", "to", "store")}
    fitting = [name for code, name in _names_of(piece.role, is_chinese(piece.text)) if code not in used]
    return rng.choice(fitting) if fitting else None


@cache
def _names_of(role: Role, chinese: bool) -> tuple[tuple[str, str], ...]:
    """Codes and their names, of one sort and in one script."""
    return tuple(
        (code, name)
        for known, code in names().of
        if known is role
        for name in names().unique(role, code)
        if is_chinese(name) is chinese and not name[0].isdigit() and len(name) > 1
    )


def _loose(count: int, blank: str, unit: str) -> tuple[str, ...]:
    """An amount in words that leave it open."""
    chinese = not unit.isascii()
    more = count + (1 if chinese and count < 9 else 5)
    ways = words()["amount", "within", "zh" if chinese else "en"]
    found = tuple(way.format(count=count, more=more, unit=blank + unit) for way in ways)
    if chinese and count < 9:
        found += (f"{chinese_numeral(count)}{chinese_numeral(more)}{unit}",)  # 五六箱
    return found


BREAKS: dict[str, Change] = {"breaker": broken, "alternative": torn, "unsure": unsure}
"""Changes after which nothing complete may be left."""
