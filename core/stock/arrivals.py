"""Goods that enter the chain with a stated worth: the one way for opening stock and for receipts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from core.goods.holdings import check_counts, check_holds_goods
from core.ground.commands import Answer
from core.ground.documents import open_document
from core.ground.errors import NothingAsked
from core.ground.work import Work
from core.stock.carry import Move, Spot
from core.stock.ledger import post
from data.kinds import Cause, DocumentKind, Shelf, State


@dataclass(frozen=True, slots=True)
class Valued:
    """One line of goods with a stated worth: a SKU, a count in smallest units, a value in fen for all of it."""

    sku_id: int
    count: int
    value_fen: int


def post_arrivals(
    work: Work,
    kind: DocumentKind,
    cause: Cause,
    source: Spot,
    place_id: int,
    lines: Sequence[Valued],
    occurred_at: datetime | None,
) -> Answer:
    """Write a document that brings goods from an edge onto a place's available shelf.

    Raises NothingAsked for no lines, a quantity below 1 or a value below 0; TooMuch; NotAPlaceForGoods for an edge.
    """
    check_holds_goods(work, place_id)
    check_counts(lines)
    if any(line.value_fen < 0 for line in lines):
        raise NothingAsked()
    when = occurred_at or work.now
    document = open_document(work, kind, State.POSTED, place_id, source.place_id, occurred_at=when)
    shelf = Spot(place_id, Shelf.AVAILABLE)
    moves = [
        Move(line.sku_id, line.count, source, shelf, cause, line.value_fen, number)
        for number, line in enumerate(lines, start=1)
    ]
    post(work, document, moves, when)
    return Answer(document.id, document.version, document.state.value)
