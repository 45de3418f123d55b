"""A world with the names of another catalogue in place of its own, and messages that say those."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from random import Random

from bot.world import World
from core.goods.catalogue import Catalogue, PlaceEntry, SkuEntry, SupplierEntry

_Entry = SkuEntry | PlaceEntry | SupplierEntry


def renamed(world: World, catalogue: Catalogue, seed: int = 6) -> tuple[World, Callable[[str], str]]:
    """The world with this catalogue, and what makes a message of the old names one of the new ones.

    Each product, place and supplier has another one in its stead, by the same kind of name: a code by a code. A product
    is still counted and sized as before, so that a message means the same.
    """
    pairs = _pairs(world.catalogue, catalogue, Random(seed))
    counted_alike = {one.code: one for one in pairs.values() if isinstance(one, SkuEntry)}
    catalogue = replace(
        catalogue,
        skus=tuple(counted_alike.get(sku.code, sku) for sku in catalogue.skus),
        units={**catalogue.units, **world.catalogue.units},
    )
    homes = {person: pairs[home].code if home else None for person, home in world.homes.items()}
    surfaces = {old.lower(): new for code, one in pairs.items() for old, new in _surfaces(_entry(world, code), one)}
    longest_first = sorted(surfaces, key=len, reverse=True)
    names = re.compile("|".join(map(_bordered, longest_first)), re.IGNORECASE)
    return replace(world, catalogue=catalogue, homes=homes), lambda text: names.sub(
        lambda match: surfaces[match[0].lower()], text
    )


def _pairs(old: Catalogue, new: Catalogue, random: Random) -> dict[str, _Entry]:
    """Who stands in for whom, by the code of the one that goes."""
    pairs: dict[str, _Entry] = {}
    skus = random.sample(new.skus, k=len(old.skus))
    pairs |= {one.code: _counted_as(one, other) for one, other in zip(old.skus, skus, strict=True)}
    for kind in dict.fromkeys(place.kind for place in old.places):
        places = [place for place in old.places if place.kind is kind]
        others = random.sample([place for place in new.places if place.kind is kind], k=len(places))
        pairs |= {one.code: other for one, other in zip(places, others, strict=True)}
    suppliers = random.sample(new.suppliers, k=len(old.suppliers))
    pairs |= {one.code: other for one, other in zip(old.suppliers, suppliers, strict=True)}
    return pairs


def _counted_as(old: SkuEntry, new: SkuEntry) -> SkuEntry:
    return replace(new, size=old.size, base_unit=old.base_unit, decimals=old.decimals, packs=old.packs)


def _entry(world: World, code: str) -> _Entry:
    goods = world.catalogue
    entries: Sequence[_Entry] = (*goods.skus, *goods.places, *goods.suppliers)
    return next(entry for entry in entries if entry.code == code)


def _surfaces(old: _Entry, new: _Entry) -> Iterator[tuple[str, str]]:
    """The names of one with what is said in their stead."""
    yield old.code, new.code
    yield old.name_zh, new.name_zh
    yield old.name_en, new.name_en
    others = new.aliases or (new.name_zh,)
    for at, alias in enumerate(old.aliases):
        yield alias, new.name_en if alias.isascii() else others[at % len(others)]
    if isinstance(old, SkuEntry) and isinstance(new, SkuEntry):
        for at, barcode in enumerate(old.barcodes):
            yield barcode, new.barcodes[at % len(new.barcodes)]


def _bordered(name: str) -> str:
    """A pattern that finds a name where no Latin word and no number goes on over its edges."""
    before = r"(?<![a-z0-9])" if name[0].isascii() else ""
    return before + re.escape(name) + (r"(?![a-z0-9])" if name[-1].isascii() else "")
