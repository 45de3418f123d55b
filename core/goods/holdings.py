"""Facts about single places and SKUs that the rules ask for: who holds goods, how large a pack is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import cast

from sqlalchemy import func, select
from sqlmodel import col

from core.ground.errors import NotAPlaceForGoods
from core.ground.work import Work
from data.kinds import PlaceKind
from data.tables.goods import Pack, Place, Sku


def place_kind(work: Work, place_id: int) -> PlaceKind:
    """What a place is. Raises LookupError when there is none."""
    row = work.first(select(col(Place.kind)).where(col(Place.id) == place_id))
    if row is None:
        raise LookupError(f"no place {place_id}")
    return cast(PlaceKind, row.kind)


def check_holds_goods(work: Work, place_id: int) -> None:
    """Raises NotAPlaceForGoods for an edge of the world."""
    if place_kind(work, place_id).is_edge:
        raise NotAPlaceForGoods(place_id=place_id)


def pack_factors(work: Work, sku_ids: Iterable[int]) -> Mapping[int, int]:
    """How many smallest units the largest pack of each SKU holds; without a pack, one base unit.

    Raises LookupError for a SKU that does not exist.
    """
    wanted = set(sku_ids)
    query = (
        select(col(Sku.id), col(Sku.decimals), func.max(col(Pack.factor)))
        .outerjoin(Pack, col(Pack.sku_id) == col(Sku.id))
        .where(col(Sku.id).in_(wanted))
        .group_by(col(Sku.id), col(Sku.decimals))
    )
    factors = {int(row[0] or 0): int(row[2] or 10 ** row[1]) for row in work.all(query)}
    if wanted - factors.keys():
        raise LookupError(f"no SKU {sorted(wanted - factors.keys())}")
    return factors
