"""What a message may mean: the analyses of every intent that something in it names, the best first."""

from __future__ import annotations

from collections.abc import Sequence

from handlers.understand.analysis import Analysis, analysed
from handlers.understand.board import Board
from handlers.understand.frames import FRAMES, Frame
from handlers.understand.lattice import routes_of
from handlers.understand.reading import Intent

_FRAMES = tuple(FRAMES.values())
_NAMED_BY = {head: [at for at, one in enumerate(_FRAMES) if head in one.heads] for of in _FRAMES for head in of.heads}
"""Which of all frames something names."""
RECEIPTS = (Intent.TRANSFER_RECEIVE, Intent.PURCHASE_RECEIVE)
"""The two that an arrival may be."""


def analyses(board: Board) -> list[Analysis]:
    """Every intent that something in the message names, with its best way, the best first."""
    found = [analysed(board, frame, way) for frame in _named(board) for way in routes_of(board, frame).ways(1)]
    return sorted(found, key=lambda one: one.rank)


def contenders(board: Board) -> list[Analysis]:
    """As `analyses`, without those that cannot be chosen: another one fits, and explains the whole message for less."""
    found: list[Analysis] = []
    enough = None
    named = [(routes_of(board, frame), frame) for frame in _named(board)]
    for routes, frame in sorted(named, key=lambda one: one[0].cost):
        if enough is None or routes.cost <= enough or _may_be_either(frame, found):
            found += [analysed(board, frame, way) for way in routes.ways(1)]
            if enough is None and found and found[-1].fits and not (found[-1].left or _may_be_more(found[-1])):
                enough = routes.cost
    return sorted(found, key=lambda one: one.rank)


def _may_be_more(one: Analysis) -> bool:
    """Whether another intent may say more for all that it costs more: what is sent, of a question how much to order."""
    counted = any(piece.amount is not None and piece.amount.units for piece in one.way.pieces)
    return moves_no_amount(one) or (one.frame.intent is Intent.REPLENISH_SUGGEST and counted)


def moves_no_amount(one: Analysis) -> bool:
    """Whether it is a transfer of goods none of which has an amount."""
    lines = one.reading.slots.lines
    return one.frame.intent is Intent.TRANSFER_CREATE and all(line.number is None for line in lines)


def is_of_somebody(receipt: Analysis) -> bool:
    """Whether an arrival says what it belongs to: a document, a sender, a supplier."""
    reading, slots = receipt.reading, receipt.reading.slots
    unclear = {*reading.candidates, *reading.problems, *reading.heard}  # said, but not which
    return bool(slots.document or slots.source or slots.supplier or unclear & {"document", "from", "supplier"})


def _named(board: Board) -> list[Frame]:
    """The frames of the intents that something in the message names."""
    matching = board.matching
    named = {at for of in matching.naming if of in _NAMED_BY and matching.names(of) for at in _NAMED_BY[of]}
    return [_FRAMES[at] for at in sorted(named)]


def _may_be_either(frame: Frame, found: Sequence[Analysis]) -> bool:
    """Whether what is found may as well be the arrival of this frame, for all that it costs more: see `_rival`."""
    return frame.intent in RECEIPTS and any(
        one.frame.intent in RECEIPTS and not one.left and not is_of_somebody(one) for one in found
    )
