"""Finds in a transfer where goods go that is no place of the chain, and words that tell that they have gone."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from handlers.understand.names.sounds import heard
from handlers.understand.pieces import Kind, Piece

_TOWARDS = frozenset({"送", "到", "给", "往", "送到", "送去", "送给", "发到", "发给", "拉到", "运到"})
_TOWARDS |= {"send", "give", "bring", "ship"}
_TO_SOME = frozenset({"to a", "to an", "to the", "to my", "to our", "to some"})
_WHOSE = frozenset({"我", "我们", "咱", "咱们", "他", "她", "有", "那个", "这个", "个", "一个", "隔壁", "对面", "外卖"})
_WHOSE |= {"the", "a", "my", "our", "his", "her", "their"}
"""What may stand between a way and somebody."""
_PEOPLE = (Kind.PERSON, Kind.FILLER, Kind.WORD)
_SOMEBODY = re.compile(
    r"(?:人|朋友|客户|顾客|师傅?|老板|.总|领导|经理|[哥姐弟妹叔伯姨婆公爷奶妈爸舅嫂]|亲戚|长辈|娃|孩子?|学生?|医生|先生|[员工家]"
    r"|[^我咱]们|^那[边里儿]|伙计|兄弟|单位|食堂|[卖开修].的)$"
)
_SOMEBODY_ENGLISH = re.compile(
    r"(?<![a-z])(?:teacher|friend|neighbou?r|customer|client|guest|boss|manager|driver|guy|lady|man|woman|kid|mum|mom|dad"
    r"|wife|husband|sister|brother|school|hotel|office|church|police)s?$"
)
"""How words end that mean people, who are no place of the chain."""
_GIVEN = re.compile(r"送(?!货|水|奶|餐|外卖|快递|礼)(?!.*[用的]$)")
_GONE = ("来", "去", "走", "回")
_MARKERS = frozenset(heard(marker) for marker in ("往", "到", "给", "去", "从"))
"""How words sound that say which side a place is."""


def gone(pieces: Sequence[Piece]) -> list[Piece]:
    """The 了 behind goods, a place or a way (送5箱红牛来了, 送到西湖店了): it tells of what is done already.

    Not in a clause that names no transfer: 只剩2箱红牛了.
    """
    if "了" not in [piece.text for piece in pieces]:
        return []
    found: list[Piece] = []
    moves = False  # so far in this clause
    for before, piece in pairwise(pieces):
        moves = before.kind is not Kind.BREAK and (moves or before.is_wanted)
        done = piece.text == "了" and piece.kind is Kind.FILLER and piece.start == before.end
        if moves and done and _may_be_done(before):
            found.append(piece)
    return found


def elsewhere(pieces: Sequence[Piece]) -> list[Piece]:
    """What a way leads to that is no place of the chain: 送工地, 给老师, to a lady. In a remark it may: 客人|送人."""
    found: list[Piece] = []
    leads = False  # whether the words so far end in a way
    before: Piece | None = None
    for piece in pieces:
        apart = before is None or (before.end < piece.start and not piece.text.isascii())
        to_some = piece.has("filler_cue") and before is not None and before.text in _TO_SOME
        if to_some or (leads and not apart and piece.kind in _PEOPLE and _is_somebody(piece)):
            found.append(piece)
        if piece.kind is Kind.FILLER and _GIVEN.match(piece.text) and not _is_remark(before):
            found.append(piece)
        leads = piece.text in _TOWARDS or (leads and not apart and piece.text in _WHOSE)
        before = piece
    return found


def misheard(pieces: Sequence[Piece]) -> list[Piece]:
    """A word that says nothing, right before a place, and sounds like one that says which side it is: 望西湖店发3条."""
    return [
        before
        for before, piece in pairwise(pieces)
        if piece.kind is Kind.PLACE
        and before.kind is Kind.FILLER
        and before.end == piece.start
        and len(before.text) == 1
        and heard(before.text) in _MARKERS
    ]


def _is_remark(before: Piece | None) -> bool:
    return before is not None and (before.has("filler_cue") or before.is_beside)


def _is_somebody(piece: Piece) -> bool:
    english = piece.text.isascii()
    if piece.kind is Kind.PERSON or (piece.has("filler_cue") and not english):
        return True
    meant = _SOMEBODY_ENGLISH if english else _SOMEBODY
    return not piece.is_wanted and piece.text not in _WHOSE and meant.search(piece.text) is not None


def _may_be_done(piece: Piece) -> bool:
    return piece.kind in (Kind.PLACE, Kind.PRODUCT, Kind.AMOUNT) or piece.text.endswith(_GONE)
