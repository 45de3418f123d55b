"""Writes the demo chain's places, goods, people and routes into an empty database. Stock comes later, by commands."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

from sqlalchemy import Connection, insert, select
from sqlmodel import SQLModel, col

from data.demo.shapes import DemoChain
from data.kinds import PlaceKind
from data.tables.base import defaults_of, table_of
from data.tables.goods import Barcode, Pack, Place, PlaceAlias, Sku, SkuAlias, UnitName
from data.tables.people import Person
from data.tables.stock import Route


def plant(connection: Connection, chain: DemoChain) -> None:
    """Write who and what there is. Raises IntegrityError where the database already holds one of these codes."""
    plant_places(connection, chain)
    plant_goods(connection, chain)
    homes: dict[str | None, int | None] = {None: None}
    homes.update(ids_by_code(connection, Place))
    for person in chain.people:
        home_id = homes[person.home]
        row = {"role": person.role, "region": person.region, "language": person.language}
        _add(connection, Person, code=person.code, name=person.name, home_id=home_id, **row)
    for route in chain.routes:
        rules = {field.name: getattr(route, field.name) for field in fields(route)}
        ends = {"source_id": homes[rules.pop("source")], "target_id": homes[rules.pop("target")]}
        _add(connection, Route, **ends, **rules)


def plant_places(connection: Connection, chain: DemoChain) -> None:
    """Write the places and their other names. A till sells what it sells: stores may go below zero."""
    for place in chain.places:
        names = {"code": place.code, "name_zh": place.name_zh, "name_en": place.name_en}
        below = int(place.kind is PlaceKind.STORE)
        row = {"kind": place.kind, "region": place.region, "zone": place.zone, "may_go_below": below}
        place_id = _add(connection, Place, **names, **row)
        for alias in place.aliases:
            _add(connection, PlaceAlias, place_id=place_id, name=alias)


def plant_goods(connection: Connection, chain: DemoChain) -> None:
    """Write the SKUs with packs, barcodes and other names, and the spoken forms of units."""
    for sku in chain.skus:
        row = {name: getattr(sku, name) for name in Sku.model_fields if name != "id"}
        sku_id = _add(connection, Sku, **row)
        for pack in sku.packs:
            _add(connection, Pack, sku_id=sku_id, unit=pack.unit, factor=pack.factor)
        for alias in sku.aliases:
            _add(connection, SkuAlias, sku_id=sku_id, name=alias)
        for barcode in sku.barcodes:
            _add(connection, Barcode, sku_id=sku_id, code=barcode.code)
    for unit, names in chain.units.items():
        for name in names:
            _add(connection, UnitName, unit=unit, name=name)


def ids_by_code(connection: Connection, model: type[Place] | type[Sku] | type[Person]) -> dict[str, int]:
    """The ids of a table's rows by their code."""
    return {code: int(key or 0) for code, key in connection.execute(select(col(model.code), col(model.id)))}


def _add(connection: Connection, model: type[SQLModel], **values: Any) -> int:
    key = connection.execute(insert(table_of(model)).values({**defaults_of(model), **values})).inserted_primary_key
    return int(key[0]) if key else 0
