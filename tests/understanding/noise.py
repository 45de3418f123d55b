"""Slips of the hand: what is meant is the same, but it may have to be asked; never may it become something else."""

from __future__ import annotations

import re
from collections import defaultdict
from functools import cache
from random import Random

from pypinyin import lazy_pinyin

from tests.understanding.invariant import BEHIND, BETWEEN, FRONT, Change
from tests.understanding.names import names
from tests.understanding.phrase_list import literal_text
from tests.understanding.pieces import NAMES, Draft, Piece, Role

_HAN = re.compile(r"[\u4e00-\u9fff]")
_WORD = re.compile(r"[A-Za-z]{5,}")
_STRAY = "河梦诗琴墙羽岩歌舞窗晨夕霜岚鹿帆塔笛纱绣"
"""Characters that say nothing in a shop."""
_NUMERALS = frozenset("零一二三四五六七八九十百千万亿两半几俩仨廿双对打第")
_ALONE_MATTERS = _NUMERALS | frozenset("不没别未无勿莫非甭")


def stray(draft: Draft, rng: Random) -> Draft | None:
    """One Chinese character became another one, which sounds and looks like nothing in particular."""
    spot = _spot(draft, _HAN, rng)
    if spot is None:
        return None
    at, start = spot
    return _put(draft, at, start, 1, rng.choice(_STRAY))


def homophone(draft: Draft, rng: Random) -> Draft | None:
    """One Chinese character became another one of the same sound."""
    spot = _spot(draft, _HAN, rng)
    if spot is None:
        return None
    at, start = spot
    alike = _alike(draft.pieces[at].text[start])
    return _put(draft, at, start, 1, rng.choice(alike)) if alike else None


def dropped(draft: Draft, rng: Random) -> Draft | None:
    """A name lost one of its characters; never a numeral, for then it would be another number.

    What is left is no part of another name: 小乐 is rather a part of 小乐事 than of 小可乐.
    """
    at = [
        number
        for number, piece in enumerate(draft.pieces)
        if piece.role in NAMES and len(piece.text) > 2 and len(_HAN.findall(piece.text)) == len(piece.text)
    ]
    if not at:
        return None
    number = rng.choice(at)
    piece = draft.pieces[number]
    starts = [start for start, char in enumerate(piece.text) if char not in _NUMERALS]
    short = _put(draft, number, rng.choice(starts), 1, "") if starts else None
    return None if short is None or _is_in_another(short.pieces[number]) else short


def _is_in_another(piece: Piece) -> bool:
    meaning = names().meaning.items()
    return any(piece.text.lower() in name and (piece.role, piece.code) not in meant for name, meant in meaning)


def latin_slip(draft: Draft, rng: Random) -> Draft | None:
    """A long Latin word with two letters in each other's place, one left out, or one twice."""
    spot = _spot(draft, _WORD, rng)
    if spot is None:
        return None
    at, start = spot
    match = _WORD.match(draft.pieces[at].text, start)
    if match is None:
        return None
    word = match[0]
    where = rng.randint(1, len(word) - 2)
    slip = rng.choice(
        (
            word[:where] + word[where + 1] + word[where] + word[where + 2 :],
            word[:where] + word[where + 1 :],
            word[: where + 1] + word[where:],
        )
    )
    return None if slip == word else _put(draft, at, start, len(word), slip)


def sounded(draft: Draft, rng: Random) -> Draft | None:
    """A name, or all Chinese of the message, as it sounds in Latin letters."""
    if rng.random() < 0.3:
        whole = tuple(Piece(_pinyin(piece.text, " "), piece.role, piece.code) for piece in draft.pieces)
        return None if "".join(piece.text for piece in whole) == draft.text else draft.with_pieces(whole)
    at = [number for number, piece in enumerate(draft.pieces) if piece.role in NAMES and _HAN.search(piece.text)]
    if not at:
        return None
    number = rng.choice(at)
    return draft.changing(number, _pinyin(draft.pieces[number].text, rng.choice(("", " "))))


def _spot(draft: Draft, pattern: re.Pattern[str], rng: Random) -> tuple[int, int] | None:
    """Where the pattern matches in some piece; in a name twice as often as elsewhere."""
    spots = [
        (number, match.start())
        for number, piece in enumerate(draft.pieces)
        if piece.role is not Role.DOCUMENT
        for match in pattern.finditer(piece.text)
        for _ in range(2 if piece.role in NAMES else 1)
    ]
    return rng.choice(spots) if spots else None


def _put(draft: Draft, at: int, start: int, length: int, text: str) -> Draft | None:
    """The message with other characters in one place; None where it would name something else, or deny no longer."""
    old = draft.pieces[at]
    new = old.text[:start] + text + old.text[start + length :]
    gone = old.text[start : start + length]
    if new.lower() in names().meaning or gone in _ALONE_MATTERS:
        return None
    return draft.changing(at, new)


@cache
def _alike(char: str) -> tuple[str, ...]:
    """Everyday characters of the same sound that say nothing in a shop."""
    found = _by_sound()[lazy_pinyin(char)[0]]
    return tuple(other for other in found if other != char and other not in _telling())


@cache
def _by_sound() -> dict[str, list[str]]:
    """The characters of the first level of GB 2312 by their sound."""
    found: dict[str, list[str]] = defaultdict(list)
    for row in range(0xB0, 0xD8):
        for cell in range(0xA1, 0xFF):
            char = bytes((row, cell)).decode("gb2312", "ignore")
            if char:
                found[lazy_pinyin(char)[0]].append(char)
    return found


@cache
def _telling() -> frozenset[str]:
    """Characters that mean something where people talk of goods."""
    said = (
        literal_text(),
        *FRONT["zh"],
        *BETWEEN["zh"],
        *BEHIND["zh"],
        "买卖售购进出来去盒包瓶箱罐袋只个件桶条支根排板卷块杯把卡饼扎提斤克",
    )
    return frozenset("".join(said)) | _NUMERALS


@cache
def _pinyin(text: str, between: str) -> str:
    """The Chinese of a text as it sounds; everything else as it is."""
    return re.sub(r"[\u4e00-\u9fff]+", lambda match: f" {between.join(lazy_pinyin(match[0]))} ", text)


NOISE: dict[str, Change] = {
    "typo": stray, "homophone": homophone, "dropped": dropped, "slip": latin_slip, "pinyin": sounded,
}  # fmt: skip
"""Changes that may make a question of a message."""
