"""Verifies goods in transit and frozen goods: what transfers under way say of them is what lies on the shelves."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from sqlalchemy import func, select
from sqlmodel import col

from core.ground.documents import ENDED
from core.ground.work import Work
from core.stock.verification.tally import Check, Look, Part, Tally
from data.kinds import DocumentKind
from data.tables.stock import Balance, Document, TransferLine

_ROAD = (
    col(TransferLine.dispatched)
    - col(TransferLine.received)
    - col(TransferLine.damaged)
    - col(TransferLine.for_supplier)
    - col(TransferLine.returned)
    - col(TransferLine.lost)
)
_BY_TRANSFERS = (
    select(
        col(Document.place_id),
        col(TransferLine.sku_id),
        func.sum(col(TransferLine.frozen)),
        func.sum(_ROAD),
        func.sum(col(TransferLine.value_left_fen)),
    )
    .join(TransferLine, col(TransferLine.document_id) == col(Document.id))
    .where(col(Document.kind) == DocumentKind.TRANSFER, col(Document.state).not_in(ENDED))
    .group_by(col(Document.place_id), col(TransferLine.sku_id))
)
_SHELVES = (col(Balance.reserved), col(Balance.in_transit), col(Balance.transit_value_fen))
_ON_SHELVES = select(col(Balance.place_id), col(Balance.sku_id), *_SHELVES).where(
    (_SHELVES[0] != 0) | (_SHELVES[1] != 0) | (_SHELVES[2] != 0)
)
NAMES = (
    (Check.FROZEN_GOODS, "reserved"),
    (Check.GOODS_IN_TRANSIT, "in_transit"),
    (Check.GOODS_IN_TRANSIT, "transit_value"),
)


def verify_road(look: Look) -> Iterator[Part]:
    """All of it on one snapshot: what is under way is little beside what has been."""
    yield Part("road", 1, 1, look(_road))


def _road(work: Work) -> Tally:
    tally = Tally()
    by_transfers = {(place, sku): [int(one) for one in sums] for place, sku, *sums in work.all(_BY_TRANSFERS)}
    on_shelves = {(place, sku): list(counts) for place, sku, *counts in work.all(_ON_SHELVES)}
    tally.compared = Counter({Check.FROZEN_GOODS: 0, Check.GOODS_IN_TRANSIT: 0})
    for place, sku in sorted(by_transfers.keys() | on_shelves.keys()):
        said, kept = by_transfers.get((place, sku), [0, 0, 0]), on_shelves.get((place, sku), [0, 0, 0])
        for (check, what), expected, found in zip(NAMES, said, kept, strict=True):
            tally.compared[check] += 1
            if expected != found:
                tally.find(check, what, sku_id=sku, place_id=place, expected=expected, found=found)
    return tally
