"""What can be held and where: places, SKUs with packs, barcodes and spoken names."""

from __future__ import annotations

from sqlalchemy import UniqueConstraint
from sqlmodel import SQLModel

from data.columns import Key, Said, Whole, ref, word
from data.kinds import PlaceKind
from data.tables.base import check, table_args


class Place(SQLModel, table=True):
    """A store, a warehouse or an edge of the world."""

    __table_args__ = table_args(UniqueConstraint("code"), check("below_zero_is_a_flag", "may_go_below in (0, 1)"))

    id: Key = None
    code: Said
    name_zh: Said
    name_en: Said
    kind: PlaceKind = word(PlaceKind)
    region: Said
    zone: Said
    may_go_below: Whole = 0


class PlaceAlias(SQLModel, table=True):
    """Another name that people say for a place."""

    __tablename__ = "place_alias"
    __table_args__ = table_args(UniqueConstraint("place_id", "name"))

    id: Key = None
    place_id: int = ref("place.id")
    name: Said


class Sku(SQLModel, table=True):
    """A unit of account. Counts of it are in its smallest unit: base unit / 10^decimals.

    `price_fen` and `cost_fen` are for one base unit (a bottle, a kilogram).
    """

    __table_args__ = table_args(
        UniqueConstraint("code"),
        check("decimals_are_few", "decimals between 0 and 3"),
        check("prices_are_not_negative", "price_fen >= 0 and cost_fen >= 0"),
    )

    id: Key = None
    code: Said
    name_zh: Said
    name_en: Said
    brand: Said
    size: Said
    category: Said
    base_unit: Said
    decimals: Whole = 0
    price_fen: Whole = 0
    cost_fen: Whole = 0


class SkuAlias(SQLModel, table=True):
    """Another name that people say for a SKU."""

    __tablename__ = "sku_alias"
    __table_args__ = table_args(UniqueConstraint("sku_id", "name"))

    id: Key = None
    sku_id: int = ref("sku.id")
    name: Said


class Pack(SQLModel, table=True):
    """A unit that holds a whole number of smallest units: 1 箱 = 24."""

    __table_args__ = table_args(UniqueConstraint("sku_id", "unit"), check("factor_is_whole", "factor >= 1"))

    id: Key = None
    sku_id: int = ref("sku.id")
    unit: Said
    factor: Whole


class Barcode(SQLModel, table=True):
    """A printed code of a SKU."""

    __table_args__ = table_args(UniqueConstraint("code"))

    id: Key = None
    code: Said
    sku_id: int = ref("sku.id")


class UnitName(SQLModel, table=True):
    """A spoken form of a unit: bottle, btl for 瓶."""

    __tablename__ = "unit_name"
    __table_args__ = table_args(UniqueConstraint("unit", "name"))

    id: Key = None
    unit: Said
    name: Said
