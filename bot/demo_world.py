"""The demo chain as a world, without a database: what the examples of the phrase files speak of."""

from __future__ import annotations

from datetime import date

from bot.world import World
from core.goods.catalogue import Catalogue, PlaceEntry, SkuEntry, SupplierEntry
from data.demo.chain import load
from data.demo.shapes import DemoPlace, DemoSku

TODAY = date(2026, 3, 18)
"""The Wednesday on which the examples are said."""
DOCUMENTS = ("TR-1042", "TR-1043", "TR-1047", "PO-2017", "PO-2021", "WO-3008", "AD-4005", "CT-5003", "SO-6120")
"""The documents that there are on that day."""


def demo_world() -> World:
    """The chain that the product comes with, on the day of the examples."""
    chain = load()
    goods = Catalogue(
        tuple(_sku(number, sku) for number, sku in enumerate(chain.skus, start=1)),
        tuple(_place(number, one) for number, one in enumerate(chain.places, start=1) if not one.kind.is_edge),
        chain.units,
        tuple(
            SupplierEntry(one.code, one.name_zh, one.name_en, one.aliases) for one in chain.places if one.kind.is_edge
        ),
    )
    return World(
        goods,
        homes={person.code: person.home for person in chain.people},
        names={person.code: person.name for person in chain.people},
        documents={number.partition("-")[2]: number for number in DOCUMENTS},
        today=TODAY,
    )


def _sku(number: int, sku: DemoSku) -> SkuEntry:
    return SkuEntry(
        id=number,
        code=sku.code,
        name_zh=sku.name_zh,
        name_en=sku.name_en,
        brand=sku.brand,
        size=sku.size,
        category=sku.category,
        base_unit=sku.base_unit,
        decimals=sku.decimals,
        packs=tuple((pack.unit, pack.factor) for pack in reversed(sku.packs)),
        aliases=sku.aliases,
        barcodes=tuple(barcode.code for barcode in sku.barcodes),
    )


def _supplier(place: DemoPlace) -> SupplierEntry:
    return SupplierEntry(place.code, place.name_zh, place.name_en, place.aliases)


def _place(number: int, place: DemoPlace) -> PlaceEntry:
    return PlaceEntry(
        number, place.code, place.name_zh, place.name_en, place.aliases, place.kind, place.region, place.zone
    )
