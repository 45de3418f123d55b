"""What the chain holds and where: a read-only picture of SKUs, units and places for everyone who asks by name."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType
from typing import Any

from sqlalchemy import select
from sqlmodel import col

from core.ground.work import Work
from data.kinds import PlaceKind
from data.tables.goods import Barcode, Pack, Place, PlaceAlias, Sku, SkuAlias, UnitName

Named = Sku | SkuAlias | Pack | Barcode | Place | PlaceAlias | UnitName


@dataclass(frozen=True, slots=True)
class SkuEntry:
    """A SKU with its units. `packs` are (unit, factor in smallest units), the largest first."""

    id: int
    code: str
    name_zh: str
    name_en: str
    brand: str
    size: str
    category: str
    base_unit: str
    decimals: int
    packs: tuple[tuple[str, int], ...]
    aliases: tuple[str, ...]
    barcodes: tuple[str, ...]

    @property
    def base_factor(self) -> int:
        """How many smallest units one base unit holds: 1 bottle = 1, 1 kg = 1000 g."""
        return int(10**self.decimals)

    @property
    def pack_factor(self) -> int:
        """How many smallest units the largest pack holds; without a pack, one base unit."""
        return self.packs[0][1] if self.packs else self.base_factor


@dataclass(frozen=True, slots=True)
class PlaceEntry:
    """A store or a warehouse and what people call it."""

    id: int
    code: str
    name_zh: str
    name_en: str
    aliases: tuple[str, ...]
    kind: PlaceKind
    region: str
    zone: str


@dataclass(frozen=True)
class Catalogue:
    """Everything that can be named. `units` maps a unit to its spoken forms. Shared between readers: never changed."""

    skus: tuple[SkuEntry, ...]
    places: tuple[PlaceEntry, ...]
    units: Mapping[str, tuple[str, ...]]

    @cached_property
    def sku_by_id(self) -> Mapping[int, SkuEntry]:
        """SKUs by their id."""
        return MappingProxyType({entry.id: entry for entry in self.skus})

    @cached_property
    def sku_by_code(self) -> Mapping[str, SkuEntry]:
        """SKUs by their code."""
        return MappingProxyType({entry.code: entry for entry in self.skus})

    @cached_property
    def place_by_id(self) -> Mapping[int, PlaceEntry]:
        """Stores and warehouses by their id."""
        return MappingProxyType({entry.id: entry for entry in self.places})

    @cached_property
    def place_by_code(self) -> Mapping[str, PlaceEntry]:
        """Stores and warehouses by their code."""
        return MappingProxyType({entry.code: entry for entry in self.places})


def catalogue(work: Work) -> Catalogue:
    """The whole catalogue as it stands. A few milliseconds for some hundred SKUs: keep it, do not ask per message."""
    packs, aliases = _grouped(work, Pack, "sku_id"), _grouped(work, SkuAlias, "sku_id")
    barcodes, place_aliases = _grouped(work, Barcode, "sku_id"), _grouped(work, PlaceAlias, "place_id")
    names = ("id", "code", "name_zh", "name_en", "brand", "size", "category", "base_unit", "decimals")
    skus = [
        SkuEntry(
            **row,
            packs=tuple(sorted(((p["unit"], p["factor"]) for p in packs[row["id"]]), key=lambda pack: -pack[1])),
            aliases=tuple(alias["name"] for alias in aliases[row["id"]]),
            barcodes=tuple(barcode["code"] for barcode in barcodes[row["id"]]),
        )
        for row in _rows(work, Sku, *names)
    ]
    places = [
        PlaceEntry(**row, aliases=tuple(alias["name"] for alias in place_aliases[row["id"]]))
        for row in _rows(work, Place, "id", "code", "name_zh", "name_en", "kind", "region", "zone")
        if not row["kind"].is_edge
    ]
    units = {unit: tuple(row["name"] for row in rows) for unit, rows in _grouped(work, UnitName, "unit").items()}
    return Catalogue(tuple(skus), tuple(places), MappingProxyType(units))


def _rows(work: Work, model: type[Named], *names: str) -> list[dict[str, Any]]:
    query = select(*(col(getattr(model, name)) for name in names)).order_by(col(model.id))
    return [dict(row._mapping) for row in work.all(query)]


def _grouped(work: Work, model: type[Named], by: str) -> dict[Any, list[dict[str, Any]]]:
    groups: dict[Any, list[dict[str, Any]]] = defaultdict(list)
    for row in _rows(work, model, *model.model_fields):
        groups[row[by]].append(row)
    return groups
