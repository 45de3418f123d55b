"""What the chain holds and where: a read-only picture of SKUs, units and places for everyone who asks by name."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType
from typing import Any

from sqlalchemy import func, select
from sqlmodel import col

from core.ground.work import Work
from data.kinds import PlaceKind
from data.statements import Statement
from data.tables.goods import Barcode, Learned, Pack, Place, PlaceAlias, Sku, SkuAlias, UnitName

Named = Sku | SkuAlias | Pack | Barcode | Place | PlaceAlias | UnitName
_LAST = (select(func.max(col(model.id))).scalar_subquery() for model in (Sku, SkuAlias, Place, PlaceAlias))
_EDITION = Statement(select(func.count(col(Learned.id)), func.count(col(Learned.revoked_at)), *_LAST))


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


@dataclass(frozen=True, slots=True)
class SupplierEntry:
    """Who sells to the chain, and what people call them."""

    code: str
    name_zh: str
    name_en: str
    aliases: tuple[str, ...]


@dataclass(frozen=True)
class Catalogue:
    """Everything that can be named. `units` maps a unit to its spoken forms. Shared between readers: never changed.

    Names that people taught are aliases like the others; `phrases` are what they taught to say, as (intent, template).
    """

    skus: tuple[SkuEntry, ...]
    places: tuple[PlaceEntry, ...]
    units: Mapping[str, tuple[str, ...]]
    suppliers: tuple[SupplierEntry, ...] = ()
    phrases: tuple[tuple[str, str], ...] = ()

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
    taught = _taught(work)
    names = ("id", "code", "name_zh", "name_en", "brand", "size", "category", "base_unit", "decimals")
    skus = [
        SkuEntry(
            **row,
            packs=tuple(sorted(((p["unit"], p["factor"]) for p in packs[row["id"]]), key=lambda pack: -pack[1])),
            aliases=_names(aliases[row["id"]], taught, sku_id=row["id"]),
            barcodes=tuple(barcode["code"] for barcode in barcodes[row["id"]]),
        )
        for row in _rows(work, Sku, *names)
    ]
    places = [
        PlaceEntry(**row, aliases=_names(place_aliases[row["id"]], taught, place_id=row["id"]))
        for row in _rows(work, Place, "id", "code", "name_zh", "name_en", "kind", "region", "zone")
        if not row["kind"].is_edge
    ]
    units = {unit: tuple(row["name"] for row in rows) for unit, rows in _grouped(work, UnitName, "unit").items()}
    phrases = tuple((one["intent"], one["surface"]) for one in taught[None, None])
    return Catalogue(tuple(skus), tuple(places), MappingProxyType(units), phrases=phrases)


def edition(work: Work) -> tuple[int, ...]:
    """What differs once something was added to the catalogue, taught or revoked. Cheap enough to ask often."""
    row = work.one(_EDITION)
    return tuple(int(number or 0) for number in row or ())


def _taught(work: Work) -> dict[tuple[int | None, int | None], list[dict[str, Any]]]:
    """What was taught and still holds, by the SKU or the place that it stands for; phrases stand for neither."""
    query = select(col(Learned.sku_id), col(Learned.place_id), col(Learned.intent), col(Learned.surface))
    found: dict[tuple[int | None, int | None], list[dict[str, Any]]] = defaultdict(list)
    for row in work.all(query.where(col(Learned.revoked_at).is_(None)).order_by(col(Learned.id))):
        found[row.sku_id, row.place_id].append(dict(row._mapping))
    return found


def _names(
    aliases: Iterable[Mapping[str, Any]],
    taught: Mapping[tuple[int | None, int | None], list[dict[str, Any]]],
    *,
    sku_id: int | None = None,
    place_id: int | None = None,
) -> tuple[str, ...]:
    """The names of one thing: those of the catalogue, then those that were taught."""
    said = (one["surface"] for one in taught.get((sku_id, place_id), ()))
    return (*(alias["name"] for alias in aliases), *said)


def _rows(work: Work, model: type[Named], *names: str) -> list[dict[str, Any]]:
    query = select(*(col(getattr(model, name)) for name in names)).order_by(col(model.id))
    return [dict(row._mapping) for row in work.all(query)]


def _grouped(work: Work, model: type[Named], by: str) -> dict[Any, list[dict[str, Any]]]:
    groups: dict[Any, list[dict[str, Any]]] = defaultdict(list)
    for row in _rows(work, model, *model.model_fields):
        groups[row[by]].append(row)
    return groups
