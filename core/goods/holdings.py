"""Facts about single places and SKUs that the rules ask for: who holds goods, how large a pack is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol

from sqlalchemy import func, select
from sqlmodel import col

from core.ground.errors import NotAPlaceForGoods, NothingAsked, TooMuch
from core.ground.quantity import MOST
from core.ground.work import Work
from core.people.directory import site
from data.statements import Statement, given
from data.tables.goods import Pack, Sku

_LARGEST = Statement(
    select(col(Sku.decimals), func.max(col(Pack.factor)))
    .outerjoin(Pack, col(Pack.sku_id) == col(Sku.id))
    .where(col(Sku.id) == given("sku_id"))
    .group_by(col(Sku.id), col(Sku.decimals))
)

_CATEGORY = Statement(select(col(Sku.category)).where(col(Sku.id) == given("sku_id")))


def check_holds_goods(work: Work, place_id: int) -> None:
    """Raises NotAPlaceForGoods for an edge of the world."""
    if site(work, place_id).kind.is_edge:
        raise NotAPlaceForGoods(place_id=place_id)


class Line(Protocol):
    """A line of any document, as far as its count goes."""

    @property
    def sku_id(self) -> int:
        """Of which SKU."""
        ...

    @property
    def count(self) -> int:
        """How many, in smallest units."""
        ...


def check_counts(lines: Sequence[Line]) -> None:
    """Raises NothingAsked for no lines or a count below 1, TooMuch for more than any shop moves at once."""
    if not lines or any(line.count < 1 for line in lines):
        raise NothingAsked()
    for line in lines:
        if line.count > MOST:
            raise TooMuch(sku_id=line.sku_id, wanted=line.count, most=MOST)


def pack_factors(work: Work, sku_ids: Iterable[int]) -> Mapping[int, int]:
    """How many smallest units the largest pack of each SKU holds; without a pack, one base unit.

    Raises LookupError for a SKU that does not exist.
    """
    return {sku_id: _pack_factor(work, sku_id) for sku_id in sorted(set(sku_ids))}


def categories(work: Work, sku_ids: Iterable[int]) -> Mapping[int, str]:
    """The category of each SKU. Raises LookupError for a SKU that does not exist."""
    return {sku_id: _category(work, sku_id) for sku_id in sorted(set(sku_ids))}


def _category(work: Work, sku_id: int) -> str:
    row = work.one(_CATEGORY, sku_id=sku_id)
    if row is None:
        raise LookupError(f"no SKU {sku_id}")
    return str(row[0])


def _pack_factor(work: Work, sku_id: int) -> int:
    row = work.one(_LARGEST, sku_id=sku_id)
    if row is None:
        raise LookupError(f"no SKU {sku_id}")
    decimals, largest = row
    return int(largest or 10**decimals)
