"""What can be held and where: places, SKUs with packs, barcodes and spoken names, given and learned."""

from __future__ import annotations

from sqlalchemy import UniqueConstraint
from sqlmodel import SQLModel

from data.columns import At, Key, MaybeAt, MaybeSaid, Said, Whole, maybe_ref, ref, word
from data.kinds import LearnedKind, PlaceKind
from data.tables.base import check, partial_index, table_args


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


class Learned(SQLModel, table=True):
    """Words that somebody taught the chain, and what they stand for. They hold until they are revoked.

    A name stands for a SKU or a place; a phrase is a template, and stands for an intent. Rows are never deleted.
    """

    __table_args__ = table_args(
        check(
            "stands_for_one_thing",
            "(kind = 'alias_place') = (place_id is not null) and (kind = 'phrase') = (intent is not null)"
            " and (kind in ('alias_place', 'phrase')) = (sku_id is null)",
        ),
        check("is_revoked_by_somebody", "(revoked_at is null) = (revoked_by_id is null)"),
        partial_index("uq_learned_surface", "surface", where="revoked_at is null", unique=True),
    )

    id: Key = None
    kind: LearnedKind = word(LearnedKind)
    surface: Said
    sku_id: int | None = maybe_ref("sku.id")
    place_id: int | None = maybe_ref("place.id")
    intent: MaybeSaid = None
    made_by_id: int = ref("person.id")
    made_at: At
    revoked_by_id: int | None = maybe_ref("person.id")
    revoked_at: MaybeAt = None
