"""How the demo chain lives, as history.toml says it: the shapes of its rows, and their reader."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

from data.demo.chain import FILES
from data.demo.rows import Row, no_twins, read_toml, toml_rows
from data.demo.shapes import DemoChain
from data.kinds import PlaceKind

WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
SPEEDS = ("top", "fast", "usual", "slow")
TROUBLES = ("rejected", "loaded_less", "missing", "damaged", "refused")


@dataclass(frozen=True, slots=True)
class StoreHabit:
    """How a store lives. `week` is how busy its seven days are in percent, `trucks` the weekdays (Monday is 0)."""

    place: str
    busy: int
    week: tuple[int, ...]
    warehouse: str
    trucks: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class SupplierHabit:
    """Which products a supplier brings to the warehouses, and on which weekdays."""

    place: str
    skus: tuple[str, ...]
    days: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class FreshHabit:
    """Which products a supplier brings to the stores themselves, and on which weekdays."""

    supplier: str
    skus: tuple[str, ...]
    days: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class OpenHabit:
    """A transfer that stands open when history ends. Its steps are minutes before that; None was not taken.

    A line is a count, the unit it is said in and a SKU. Of the first line so many of its units are missing.
    """

    name: str
    source: str
    target: str
    by: str
    goods: tuple[tuple[int, str, str], ...]
    asked: int
    approved: int | None
    dispatched: int | None
    received: int | None
    missing: int


@dataclass(frozen=True, slots=True)
class Habits:
    """All of it. What the parts mean stands in history.toml beside them; `speeds` are by name, in a hundred days."""

    seed: str
    most_till_lines: int
    stores: tuple[StoreHabit, ...]
    suppliers: tuple[SupplierHabit, ...]
    fresh: tuple[FreshHabit, ...]
    run_out: Mapping[tuple[str, str], int]
    open: tuple[OpenHabit, ...]
    speeds: Mapping[str, int]
    dear_from_fen: int
    shares: Mapping[str, int]
    named: Mapping[str, str]
    categories: Mapping[str, int]
    pushed: int
    troubles: Mapping[str, int]
    reasons: tuple[str, ...]
    helps: int
    returns: int
    pairs: tuple[tuple[str, str], ...]


def habits_of(chain: DemoChain, path: Path = FILES / "history.toml") -> Habits:
    """How this chain lives. Raises ValueError that names file and row for what does not fit it."""
    whole, codes = read_toml(path), {sku.code for sku in chain.skus}
    speeds, shares, trucks = whole.part("speeds"), whole.part("shares"), whole.part("trucks")
    between, named, categories = whole.part("between"), whole.part("named"), whole.part("categories")
    stores = _stores(path, chain, whole.part("weeks"))
    served = {store.place for store in stores}
    return Habits(
        seed=whole.text("seed"),
        most_till_lines=whole.whole("most_till_lines"),
        stores=stores,
        suppliers=_suppliers(path, chain),
        fresh=_fresh(path, chain),
        run_out={
            (row.known("place", served), row.known("sku", codes)): row.whole("percent")
            for row in toml_rows(path, "run_out", ("place", "sku", "percent"))
        },
        open=_open(path, chain),
        speeds={name: speeds.whole(name) for name in SPEEDS},
        dear_from_fen=speeds.whole("dear_from_fen"),
        shares={name: shares.whole(name) for name in ("fast", "usual")},
        named={sku: name for name in named.cells for sku in named.all_known(name, codes)},
        categories={name: categories.whole(name) for name in {sku.category for sku in chain.skus}},
        pushed=trucks.whole("pushed"),
        troubles={name: trucks.whole(name) for name in TROUBLES},
        reasons=trucks.texts("reasons"),
        helps=between.whole("helps"),
        returns=between.whole("returns"),
        pairs=tuple(_pair(between, words, served) for words in between.texts("pairs")),
    )


def _stores(path: Path, chain: DemoChain, weeks: Row) -> tuple[StoreHabit, ...]:
    rows = toml_rows(path, "store", ("place", "busy", "week", "warehouse", "trucks"))
    stores = _codes(chain, PlaceKind.STORE)
    no_twins((row, row.known("place", stores)) for row in rows)
    if missing := sorted(stores - {row.text("place") for row in rows}):
        raise ValueError(f"{path.name}: store {missing[0]} is missing")
    return tuple(
        StoreHabit(
            place=row.text("place"),
            busy=row.whole("busy"),
            week=weeks.wholes(row.known("week", weeks.cells), len(WEEKDAYS)),
            warehouse=row.known("warehouse", _codes(chain, PlaceKind.WAREHOUSE)),
            trucks=_days(row, "trucks"),
        )
        for row in rows
    )


def _suppliers(path: Path, chain: DemoChain) -> tuple[SupplierHabit, ...]:
    """Each product is brought by the supplier of its brand, else by that of its category."""
    rows = toml_rows(path, "supplier", ("place", "brands", "categories", "days"))
    by_brand = {brand: row for row in rows for brand in row.texts("brands")}
    by_category = {category: row for row in rows for category in row.texts("categories")}
    brought: dict[str, list[str]] = {row.known("place", _codes(chain, PlaceKind.SUPPLIER)): [] for row in rows}
    for sku in chain.skus:
        row = by_brand.get(sku.brand) or by_category.get(sku.category)
        if row is None:
            raise ValueError(f"{path.name}: no supplier brings {sku.category}")
        brought[row.text("place")].append(sku.code)
    return tuple(
        SupplierHabit(row.text("place"), tuple(brought[row.text("place")]), _days(row, "days")) for row in rows
    )


def _fresh(path: Path, chain: DemoChain) -> tuple[FreshHabit, ...]:
    codes, suppliers = {sku.code for sku in chain.skus}, _codes(chain, PlaceKind.SUPPLIER)
    return tuple(
        FreshHabit(row.known("supplier", suppliers), row.all_known("skus", codes), _days(row, "days"))
        for row in toml_rows(path, "fresh", ("supplier", "skus", "days"))
    )


def _open(path: Path, chain: DemoChain) -> tuple[OpenHabit, ...]:
    steps = ("asked", "approved", "dispatched", "received")
    rows = toml_rows(path, "open", ("name", "source", "target", "by", "goods", "missing", *steps))
    no_twins((row, row.text("name")) for row in rows)
    holders = _codes(chain, PlaceKind.STORE) | _codes(chain, PlaceKind.WAREHOUSE)
    return tuple(
        OpenHabit(
            name=row.text("name"),
            source=row.known("source", holders),
            target=row.known("target", holders),
            by=row.known("by", {person.code for person in chain.people}),
            goods=tuple(_said(row, words, chain) for words in row.texts("goods")),
            missing=row.whole("missing") if "missing" in row.cells else 0,
            asked=row.whole("asked"),
            **{step: row.whole(step) if step in row.cells else None for step in steps[1:]},
        )
        for row in rows
    )


def _said(row: Row, words: str, chain: DemoChain) -> tuple[int, str, str]:
    """The words `8 箱 A-1015`."""
    count, unit, code = [*words.split(), "", ""][:3]
    sku = next((sku for sku in chain.skus if sku.code == code), None)
    if sku is None or not count.isdecimal() or unit not in {sku.base_unit, *(pack.unit for pack in sku.packs)}:
        raise row.wrong(f"goods should be a count, a unit of the product and its code, not {words!r}")
    return int(count), unit, code


def _pair(row: Row, words: str, served: Collection[str]) -> tuple[str, str]:
    source, _, target = words.partition(" ")
    if not {source, target} <= set(served):
        raise row.wrong(f"pairs should be two stores, not {words!r}")
    return source, target


def _days(row: Row, name: str) -> tuple[int, ...]:
    return tuple(WEEKDAYS.index(day) for day in row.all_known(name, WEEKDAYS))


def _codes(chain: DemoChain, kind: PlaceKind) -> set[str]:
    return {place.code for place in chain.places if place.kind is kind}
