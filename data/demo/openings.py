"""Draws the opening stock: which place carries what on the first day, how much of it, at what value."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256

from data.demo.shapes import DemoOpening, DemoSku

LOOSE_GRAMS = 50  # what a shop scale shows: loose goods sold by weight are counted in steps of this


@dataclass(frozen=True, slots=True)
class OpeningRule:
    """How much the places of one kind carry. What the fields mean stands at the head of openings.toml."""

    places: tuple[str, ...]
    share_percent: int
    least_packs: int
    most_packs: int
    whole_packs: bool
    most_value_fen: int


def opening_stock(
    skus: Sequence[DemoSku],
    rules: Sequence[OpeningRule],
    everywhere: frozenset[str],
    exact: Mapping[tuple[str, str], int],
) -> tuple[DemoOpening, ...]:
    """What every place of the rules starts with. `exact` counts, by (place, sku), stand instead of drawn ones."""
    found = []
    for rule in rules:
        for place in rule.places:
            for sku in skus:
                count = exact.get((place, sku.code))
                if count is None:
                    carried = sku.code in everywhere or _draw(place, sku, "carried") % 100 < rule.share_percent
                    count = drawn_count(place, sku, rule) if carried else 0
                if count:
                    found.append(DemoOpening(place, sku.code, count, cost_of(sku, count)))
    return tuple(found)


def drawn_count(place: str, sku: DemoSku, rule: OpeningRule) -> int:
    """The count that the names of `place` and `sku` draw, in smallest units; the same names always draw the same."""
    pack = sku.packs[-1].factor if sku.packs else sku.base_factor
    count = pack * (rule.least_packs + _draw(place, sku, "packs") % (rule.most_packs - rule.least_packs + 1))
    if not rule.whole_packs:
        count += 1 + _draw(place, sku, "loose") % pack
    affordable = rule.most_value_fen * sku.base_factor // sku.cost_fen
    count = min(count, affordable)
    if rule.whole_packs:
        count -= count % pack
    elif sku.decimals:
        count -= count % LOOSE_GRAMS
    return max(count, pack * rule.least_packs)


def cost_of(sku: DemoSku, count: int) -> int:
    """What `count` smallest units cost, in fen, rounded half up once."""
    return (2 * count * sku.cost_fen + sku.base_factor) // (2 * sku.base_factor)


def _draw(place: str, sku: DemoSku, what: str) -> int:
    """A number that looks like chance and is the same on every machine."""
    return int.from_bytes(sha256(f"{what} {place} {sku.code}".encode()).digest()[:8], "big")
