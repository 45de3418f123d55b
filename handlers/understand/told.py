"""What is told of an open document's goods without its number again: 好的17 坏2 少1; all of it; 装了18箱."""

from __future__ import annotations

from dataclasses import replace

from handlers.understand.analysis import Analysis, analysed, in_full
from handlers.understand.board import Board
from handlers.understand.frames import FRAMES, Goods
from handlers.understand.lattice import ways
from handlers.understand.pieces import Kind
from handlers.understand.reading import LINE_SLOTS, Intent, Reading
from handlers.understand.shares import mark_of

_OTHERS = (Kind.DOCUMENT, Kind.PLACE, Kind.SUPPLIER)
"""What nobody says who only goes on telling of the goods that are asked about."""


def told_of(board: Board, open_frame: Reading) -> Reading | None:
    """The open question about a document's goods with what a message tells of them; None where it tells nothing.

    An arrival that is told of anew, with its verb, says itself of which document it is.
    """
    shape, document = FRAMES[open_frame.intent], open_frame.slots.document
    if shape.goods is not Goods.SHARES or document is None:
        return None
    for way in ways(board, shape.intent.value, shape.groups, 1, avoids=shape.avoids, headless=True):
        told = analysed(board, shape, way, document)
        anew = any(
            piece.phrase.startswith(f"{Intent.TRANSFER_RECEIVE}#") and ".phrases" in piece.phrase
            for piece in way.pieces
        )
        if anew or not _only_goods(told):
            return None
        return replace(in_full(board, told), continues=True)
    return None


def told_of_paper(board: Board) -> Reading | None:
    """What became of the goods of a transfer that is named, without any verb: TR-1042 好的40 少8."""
    if Kind.DOCUMENT not in board.kinds:
        return None
    frame = FRAMES[Intent.TRANSFER_RECEIVE]
    for way in ways(board, frame.intent.value, frame.groups, 1, avoids=frame.avoids, headless=True):
        told = analysed(board, frame, way)
        marked = any(mark_of(piece) for piece in way.pieces)
        if marked and told.reading.slots.document and not told.left and "intent" not in told.reading.missing:
            return in_full(board, told)
    return None


def _only_goods(told: Analysis) -> bool:
    slots, reading = told.reading.slots, told.reading
    goods = slots.all_arrived or any(getattr(slots, name) for name in LINE_SLOTS)
    others = any(piece.kind in _OTHERS or piece.has("document=last") for piece in told.way.pieces)
    return goods and not others and not told.left and "intent" not in reading.missing
