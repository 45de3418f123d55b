"""What a card says about goods, read from its lines alone, to be held against what was written to the books."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cache

from core.goods.catalogue import Catalogue, SkuEntry

_CHUNK = re.compile(r"[()→·:,，]|(?<=[^\d.]) (?=[^\d])")
_AMOUNT = re.compile(r"(-?\d+(?:\.\d+)?) ?([^\d\s()→·:,，]+)")


@dataclass(frozen=True, slots=True)
class Moved:
    """Goods that a posting moved, by the ids of the SKU and of the places, in smallest units."""

    sku_id: int
    quantity: int
    source_id: int
    target_id: int
    frees_or_freezes: bool


@dataclass(frozen=True)
class Facts:
    """The lines of a card and the label of the tapped button, read in the language of its reader."""

    lines: Sequence[str]
    catalogue: Catalogue

    def goods(self) -> dict[int, frozenset[int]]:
        """The products that have a line of their own, with every amount that stands in it, in smallest units.

        Where a line says how much there is before and after, the difference is such an amount.
        """
        found = {}
        for line in self.lines:
            if sku := self._product(line):
                found[sku.id] = frozenset(self._amounts(sku, line))
        return found

    def names(self, place_id: int) -> bool:
        """Whether a place is named."""
        place = self.catalogue.place_by_id.get(place_id)
        return place is None or any(name in line for line in self.lines for name in (place.name_zh, place.name_en))

    def shortened(self) -> bool:
        """Whether it says that there are more products than it shows."""
        return any(re.search(r"还有\d+种|^\d+种|and \d+ more products|^\d+ products", line) for line in self.lines)

    def asks_of_a_document(self) -> bool:
        """Whether it asks something of a document that it names: the goods stand on the card that was tapped for it."""
        return any(re.match(r"(?:听到:|Heard: ?)[A-Z]{2}-\d+$", line.strip()) for line in self.lines)

    def contradictions(self, moved: Sequence[Moved]) -> Iterator[str]:
        """Why these postings are not what the card said."""
        goods, short = self.goods(), self.shortened()
        for one in moved:
            name = self.catalogue.sku_by_id[one.sku_id].code
            if one.sku_id not in goods:
                if not short and not (one.frees_or_freezes and self.asks_of_a_document()):
                    yield f"{name} was moved, and is not on the card"
                continue
            amounts = goods[one.sku_id]
            fits = one.quantity <= max(amounts, default=0) if one.frees_or_freezes else one.quantity in amounts
            if not fits:
                yield f"{one.quantity} of {name} was moved, and the card says {sorted(amounts)}"
            if not (self.names(one.source_id) and self.names(one.target_id)):
                yield f"{name} went between {one.source_id} and {one.target_id}, and the card names other places"

    def _product(self, line: str) -> SkuEntry | None:
        """The product that a line begins with; the longest name, for one may begin with another."""
        fitting = [(label, sku) for label, sku in _labels(self.catalogue) if line.startswith(label)]
        return max(fitting, key=lambda pair: len(pair[0]))[1] if fitting else None

    def _amounts(self, sku: SkuEntry, line: str) -> Iterator[int]:
        label = max((label for label, one in _labels(self.catalogue) if one is sku and line.startswith(label)), key=len)
        counts = []
        for chunk in _CHUNK.split(line.removeprefix(label)):
            parts = [self._count(sku, number, unit) for number, unit in _AMOUNT.findall(chunk)]
            if parts:
                counts.append(sum(parts))
        yield from counts
        if "→" in line and len(counts) > 1:
            yield counts[0] - counts[-1]

    def _count(self, sku: SkuEntry, number: str, unit: str) -> int:
        factors = {sku.base_unit: int(10**sku.decimals), **dict(sku.packs)}
        for own, factor in factors.items():
            if unit == own or unit.lower() in (said.lower() for said in self.catalogue.units.get(own, ())):
                return int(Fraction(number) * factor)
        return 0


@cache
def _labels_of(skus: tuple[SkuEntry, ...]) -> tuple[tuple[str, SkuEntry], ...]:
    both = [(f"{sku.name_zh}{sku.size} ", sku) for sku in skus]
    return (*both, *((f"{sku.name_en} {sku.size}".strip() + ":", sku) for sku in skus))


def _labels(catalogue: Catalogue) -> tuple[tuple[str, SkuEntry], ...]:
    return _labels_of(tuple(catalogue.skus))


def asked_on(facts: Facts, asked: Mapping[int, int]) -> Iterator[str]:
    """Why the goods of a request, by SKU id, are not those of the card that was confirmed."""
    goods = facts.goods()
    if set(goods) != set(asked):
        yield f"the card names {sorted(goods)}, the request {sorted(asked)}"
    for sku_id, count in asked.items():
        if count not in goods.get(sku_id, ()):
            yield f"{count} of {sku_id} are asked, and the card says {sorted(goods.get(sku_id, ()))}"
