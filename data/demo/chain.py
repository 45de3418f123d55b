"""Loads the demo chain from its files and refuses it, with file and row, when they do not fit together."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import fields
from pathlib import Path

from data.demo.openings import OpeningRule, opening_stock
from data.demo.rows import Row, csv_rows, no_twins, read_toml, toml_rows
from data.demo.shapes import (
    DemoBarcode,
    DemoChain,
    DemoGroup,
    DemoOpening,
    DemoPack,
    DemoPerson,
    DemoPlace,
    DemoRegion,
    DemoRoute,
    DemoSku,
)
from data.kinds import PlaceKind, Role

__all__ = [
    "DemoBarcode",
    "DemoChain",
    "DemoGroup",
    "DemoOpening",
    "DemoPack",
    "DemoPerson",
    "DemoPlace",
    "DemoRegion",
    "DemoRoute",
    "DemoSku",
    "load",
]

FILES = Path(__file__).parent
ZONE = "Asia/Shanghai"
PLACE_KINDS = (PlaceKind.STORE, PlaceKind.WAREHOUSE, PlaceKind.SUPPLIER)
ROLES = tuple(role for role in Role if role is not Role.SYSTEM)
LANGUAGES = ("zh", "en")


def load(files: Path = FILES) -> DemoChain:
    """The demo chain, the same every time. Raises ValueError that names file and row for what does not fit."""
    named = read_toml(files / "places.toml").part("chain")
    regions = _regions(files / "places.toml")
    places = _places(files / "places.toml", [region.code for region in regions])
    holders = [place.code for place in places if not place.kind.is_edge]
    units = read_toml(files / "units.toml")
    spoken = _spoken(units)
    skus = _skus(files / "products.csv", spoken)
    people = _people(files / "people.toml", holders, [region.code for region in regions])
    return DemoChain(
        name_zh=named.text("name_zh"),
        name_en=named.text("name_en"),
        regions=regions,
        places=places,
        skus=skus,
        units=spoken,
        multipliers=_multipliers(units),
        people=people,
        groups=_groups(files / "people.toml", [person.code for person in people]),
        routes=_routes(files / "routes.toml", holders),
        openings=_openings(files / "openings.toml", holders, skus),
    )


def _regions(path: Path) -> tuple[DemoRegion, ...]:
    rows = toml_rows(path, "region", _cells(DemoRegion))
    no_twins((row, row.text("code")) for row in rows)
    return tuple(DemoRegion(row.text("code"), row.text("name_zh"), row.text("name_en")) for row in rows)


def _places(path: Path, regions: Collection[str]) -> tuple[DemoPlace, ...]:
    rows = toml_rows(path, "place", _cells(DemoPlace))
    no_twins((row, row.text("code")) for row in rows)
    no_twins((row, name.casefold()) for row in rows for name in _said(row))
    return tuple(_place(row, regions) for row in rows)


def _said(row: Row) -> set[str]:
    """Every name that means the place; two places with one name would be a question each time it is said."""
    return {row.text("code"), row.text("name_zh"), row.text("name_en"), *row.texts("aliases")}


def _place(row: Row, regions: Collection[str]) -> DemoPlace:
    kind = PlaceKind(row.known("kind", PLACE_KINDS))
    if kind.is_edge and row.cells.get("region"):
        raise row.wrong("a supplier belongs to no region")
    return DemoPlace(
        code=row.text("code"),
        name_zh=row.text("name_zh"),
        name_en=row.text("name_en"),
        aliases=row.texts("aliases"),
        kind=kind,
        region="" if kind.is_edge else row.known("region", regions),
        zone=row.text_or("zone", ZONE),
    )


def _spoken(units: Row) -> dict[str, tuple[str, ...]]:
    forms = units.part("units")
    return {unit: forms.texts(unit) for unit in forms.cells}


def _multipliers(units: Row) -> dict[str, int]:
    words = units.part("multipliers")
    return {word: words.whole(word) for word in words.cells}


def _skus(path: Path, units: Collection[str]) -> tuple[DemoSku, ...]:
    rows = csv_rows(path, _cells(DemoSku))
    no_twins((row, row.text("code")) for row in rows)
    skus = tuple(_sku(row, units) for row in rows)
    no_twins((row, barcode.code) for row, sku in zip(rows, skus, strict=True) for barcode in sku.barcodes)
    return skus


def _sku(row: Row, units: Collection[str]) -> DemoSku:
    packs = _packs(row, units)
    sku = DemoSku(
        code=row.text("code"),
        name_zh=row.text("name_zh"),
        name_en=row.text("name_en"),
        brand=row.text("brand"),
        size=row.text_or("size", ""),
        spec=row.text_or("spec", ""),
        category=row.text("category"),
        base_unit=row.known("base_unit", units),
        decimals=row.whole("decimals"),
        packs=packs,
        price_fen=row.whole("price_fen"),
        cost_fen=row.whole("cost_fen"),
        aliases=row.texts("aliases"),
        barcodes=_barcodes(row, {pack.factor for pack in packs}),
    )
    if not 0 < sku.cost_fen < sku.price_fen:
        raise row.wrong(f"the price {sku.price_fen} should be above the cost {sku.cost_fen}, and both above 0")
    if sku.decimals not in range(4):
        raise row.wrong("decimals should be 0 to 3")
    return sku


def _packs(row: Row, units: Collection[str]) -> tuple[DemoPack, ...]:
    """The cell `斤=500|件=5000`: each unit and how many smallest units it holds, from small to large."""
    packs = []
    for word in row.texts("packs"):
        unit, _, factor = word.partition("=")
        if unit not in units or not factor.isdecimal():
            raise row.wrong(f"packs should be a known unit, = and a whole number, not {word!r}")
        packs.append(DemoPack(unit, int(factor)))
    factors = [1, *(pack.factor for pack in packs)]
    if factors != sorted(set(factors)):
        raise row.wrong("packs should go from small to large, each above 1")
    if len({row.text("base_unit"), *(pack.unit for pack in packs)}) != len(factors):
        raise row.wrong("one unit has two sizes")
    return tuple(packs)


def _barcodes(row: Row, factors: Collection[int]) -> tuple[DemoBarcode, ...]:
    """The cell `6918690954340|6930964319709*24`: behind * stands the pack that the code is printed on."""
    barcodes = []
    for word in row.texts("barcodes"):
        code, star, factor = word.partition("*")
        if not code.isdecimal() or (star and factor not in map(str, factors)):
            raise row.wrong(f"barcodes should be digits, with * and a pack's factor where known, not {word!r}")
        barcodes.append(DemoBarcode(code, int(factor) if star else None))
    return tuple(barcodes)


def _people(path: Path, homes: Collection[str], regions: Collection[str]) -> tuple[DemoPerson, ...]:
    rows = toml_rows(path, "person", _cells(DemoPerson))
    no_twins((row, row.text("code")) for row in rows)
    return tuple(
        DemoPerson(
            code=row.text("code"),
            name=row.text("name"),
            role=Role(row.known("role", ROLES)),
            home=row.known_or_none("home", homes),
            region=row.known_or_none("region", regions),
            language=row.known("language", LANGUAGES),
        )
        for row in rows
    )


def _groups(path: Path, people: Collection[str]) -> tuple[DemoGroup, ...]:
    rows = toml_rows(path, "group", _cells(DemoGroup))
    no_twins((row, row.text("code")) for row in rows)
    return tuple(
        DemoGroup(row.text("code"), row.text("title_zh"), row.text("title_en"), row.all_known("members", people))
        for row in rows
    )


ENDS = {"source", "target"}
NEEDED = {"approval_above_packs", "approve_within_hours", "dispatch_within_hours"}


def _routes(path: Path, ends: Collection[str]) -> tuple[DemoRoute, ...]:
    rows = toml_rows(path, "route", _cells(DemoRoute))
    routes = tuple(
        DemoRoute(
            source=row.known_or_none("source", ends),
            target=row.known_or_none("target", ends),
            **{
                name: row.whole(name) for name in _cells(DemoRoute) if name in NEEDED or name in row.cells.keys() - ENDS
            },
        )
        for row in rows
    )
    no_twins((row, (route.source, route.target)) for row, route in zip(rows, routes, strict=True))
    if all(route.source or route.target for route in routes):
        raise ValueError(f"{path.name}: the row for any place to any place is missing")
    return routes


def _openings(path: Path, holders: Collection[str], skus: tuple[DemoSku, ...]) -> tuple[DemoOpening, ...]:
    codes = {sku.code for sku in skus}
    rows = toml_rows(path, "rule", _cells(OpeningRule))
    rules = [_opening_rule(row, holders) for row in rows]
    no_twins((row, place) for row, rule in zip(rows, rules, strict=True) for place in rule.places)
    ruled = [place for rule in rules for place in rule.places]
    exact_rows = toml_rows(path, "exact", ["place", "sku", "count"])
    no_twins((row, (row.text("place"), row.text("sku"))) for row in exact_rows)
    exact = {(row.known("place", ruled), row.known("sku", codes)): row.whole("count") for row in exact_rows}
    everywhere = read_toml(path).all_known("everywhere", codes)
    return opening_stock(skus, rules, frozenset(everywhere), exact)


def _opening_rule(row: Row, holders: Collection[str]) -> OpeningRule:
    rule = OpeningRule(
        places=row.all_known("places", holders),
        share_percent=row.whole("share_percent"),
        least_packs=row.whole("least_packs"),
        most_packs=row.whole("most_packs"),
        whole_packs=row.flag("whole_packs"),
        most_value_fen=row.whole("most_value_fen"),
    )
    if rule.least_packs > rule.most_packs:
        raise row.wrong("least_packs should not be above most_packs")
    return rule


def _cells(shape: type) -> tuple[str, ...]:
    """The cells of a row are the fields of what is made of it, by the same names."""
    return tuple(field.name for field in fields(shape))
