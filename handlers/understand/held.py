"""Finds what holds a change back though no closed list has it: somebody's question, a condition, a time to come."""

from __future__ import annotations

import re
from collections.abc import Sequence

from handlers.understand.board import Board
from handlers.understand.clauses import clauses
from handlers.understand.frames import Frame
from handlers.understand.pieces import Kind, Piece
from handlers.understand.reading import Intent

_ASKED = ("问", "念叨", "打听", "asking")
_POLITE = ("请问", "想问", "问问")
_ASKED_OF = (Kind.SUPPLIER, Kind.PLACE)
_WISHES = ("想", "帮", "麻烦", "请")
_ONLY_THEN = "才"
_BORDER = re.compile(r"[\s,.;:!?、]")
_DONE = re.compile(r"[了完后好齐过]")
_NO_CONDITION = re.compile(r"(?:[天晚午早上夜周月年时点钟久间今昨刚在]|小时|[我你他她们]|一共|总共|半日)$")
"""What stands right before 才 where it only says how little or how late it was: 忙了一天才卖2罐."""
_LACKS = re.compile(r"[缺断没]货")
"""What is said of goods, or of a place that gets them, which nobody knows by that name: H甸|缺货."""
_NOBODY = re.compile(r"(?:没有?|没什么|没啥|没几个|没一个)(?:客人|人|顾客|客户|学生|同事)")
"""Who did nothing, right before the words of a change: 没客人|买了2罐."""
_RETURNS = "退"
_MOVES = frozenset("调掉钓吊")
"""调 and how it is misspelt: with 了 behind, it is done already."""
_PLANS = re.compile(r"(?<![a-z])(?:off|going|heading|headed) to(?![a-z])|先去")
"""What somebody does first."""
_AWAITING = ("再", "then")
"""What leads from that to the words of a change."""
_ENDED = re.compile(r"[了完好后到毕齐停]$")
"""How talk ends of what has to happen first."""
_HOURS = re.compile(r"(?:今晚|晚上|下午|中午|傍晚|夜里|半夜|[\d一二三四五六七八九十两][点时][钟半]?)$")
"""How a time of the day ends, which is still to come where the words of a change wait for it: 下午|再从总仓调5箱."""
_NEXT = frozenset({"then", "and then", "然后", "接着", "接下来"})
_MAY_HOLD = re.compile(rf"[才再问没断缺退]|念叨|打听|asking|then|然后|接着|接下来|[{''.join(sorted(_MOVES))}]了")
"""What a message has in which anything of this may be said."""


def held_back(pieces: Sequence[Piece], board: Board, frame: Frame) -> list[Piece]:
    """The words that say that a change is not wanted yet, or not by the writer. `pieces` are those of the whole way."""
    if not _MAY_HOLD.search(board.chars):
        return []
    held = [at for at, piece in enumerate(pieces) if _holds(pieces, at, board, frame)]
    waits = [at - 1 for at in held if pieces[at].text in _AWAITING and _is_awaited(pieces, at, board)]  # 雨停了|再
    return [pieces[at] for at in sorted({*held, *waits})]


def _holds(pieces: Sequence[Piece], at: int, board: Board, frame: Frame) -> bool:
    said = pieces[at].text
    if said == _ONLY_THEN:
        return _is_condition(pieces, at, board.chars, told=frame.tells)
    if said in _NEXT and _is_put_off(pieces, at, board):
        return True
    if said in _AWAITING:
        return _is_awaited(pieces, at, board)
    if said in _MOVES and frame.intent is Intent.TRANSFER_CREATE:
        return board.chars.startswith("了", pieces[at].end)
    if said.startswith(_RETURNS) and frame.intent is Intent.TRANSFER_CREATE:
        return _returns_others(pieces, at)
    if _LACKS.match(said) and at and pieces[at - 1].kind is Kind.UNREAD:
        return pieces[at - 1].end == pieces[at].start
    if _NOBODY.fullmatch(said):
        return any(piece.start == pieces[at].end and piece.is_wanted for piece in pieces[at + 1 : at + 2])
    return said.endswith(_ASKED) and not said.endswith(_POLITE) and _is_told(pieces[at:])


def _returns_others(pieces: Sequence[Piece], at: int) -> bool:
    """Whether goods of a later clause go back, with no place in it to go to: 调5箱雪碧到二七,顺便把3罐红牛退了."""
    starts = [place for place, piece in enumerate(pieces[:at]) if piece.kind is Kind.BREAK]
    if not starts:
        return False
    clause = next(clauses(pieces[starts[-1] + 1 :]))
    before = pieces[: starts[-1]]
    moved = any(one.is_wanted and not one.text.startswith(_RETURNS) for one in before)
    counted = any(one.amount is not None for one in before) and any(one.amount is not None for one in clause)
    return moved and counted and not any(one.kind is Kind.PLACE for one in clause)


def _is_told(pieces: Sequence[Piece]) -> bool:
    """Whether the words of a change stand behind a question, in the same clause: 他们一直问|从总仓调5箱.

    Not where somebody is asked for goods (问农夫进2箱, 二七店问我们要2箱), nor before a wish (老问|想调2箱).
    """
    asked, *behind = next(clauses(pieces))
    if asked.is_wanted or not behind or behind[0].kind in _ASKED_OF or behind[0].text.startswith(_WISHES):
        return False
    if asked.text.isascii():  # they keep asking so send 5 is no question
        return behind[0].is_wanted
    return any(piece.is_wanted for piece in behind)


def _is_condition(pieces: Sequence[Piece], at: int, chars: str, *, told: bool) -> bool:
    """Whether 才 leads from what has to be done to the words of a change: 付了钱才|卖2罐, 店长回来才|给二七店送.

    What is `told` may have happened so: 下雨才卖2罐.
    """
    before = _BORDER.split(chars[: pieces[at].start])[-1]
    if not before or _NO_CONDITION.search(before) or (told and not _DONE.search(before)):
        return False
    return any(one.is_wanted for one in pieces[at + 1 : at + 2])


def _is_awaited(pieces: Sequence[Piece], at: int, board: Board) -> bool:
    """Whether talk or a day leads to the words of a change, as what has to come first: 雨停了|再从总仓调5箱."""
    before, behind = pieces[at - 1] if at else None, pieces[at + 1 : at + 2]
    if before is None or not (before.kind is Kind.UNREAD or before.has("filler_cue") or _is_to_come(before, board)):
        return False
    together = pieces[at].start - before.end <= pieces[at].text.isascii()
    if not together or not (before.text.isascii() or _is_to_come(before, board) or _ENDED.search(before.text)):
        return False
    return any(one.is_wanted or one.kind is Kind.PLACE for one in behind)


def _is_put_off(pieces: Sequence[Piece], at: int, board: Board) -> bool:
    """Whether "then" follows talk of a day or a way to come: see you tomorrow, then send 5. Behind goods it goes on."""
    before = pieces[:at]
    if any(one.kind in (Kind.PRODUCT, Kind.AMOUNT) for one in before):
        return False
    if _PLANS.search(board.chars, 0, pieces[at].start):
        return True
    known = (one for found in board.entities.values() for one in found)
    return any(_is_to_come(one, board) and one.end <= pieces[at].start for one in known)


def _is_to_come(piece: Piece, board: Board) -> bool:
    if piece.kind in (Kind.FILLER, Kind.PERIOD) and _HOURS.search(piece.text):
        return True
    return piece.kind is Kind.PERIOD and piece.value.partition("/")[0] > board.context.today.isoformat()
