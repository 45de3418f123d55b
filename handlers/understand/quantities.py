"""Turns what was said into whole smallest units of one SKU, or says why it cannot be."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from core.goods.catalogue import SkuEntry

MAX_QUANTITY = 100_000  # base units on one line
_GRAMS = {"kg": 1000, "斤": 500, "克": 1}
PIECE, _BUNDLE = "个", "件"
_CASE = ("箱", "条")
"""What "case" can mean: ten packets of cigarettes too, but nothing that is itself the smallest unit."""


@dataclass(frozen=True, slots=True)
class Settled:
    """A quantity made whole: the unit (None is the base unit) and the count, or the problem, or the units to ask."""

    unit: str | None = None
    count: int | None = None
    problem: str | None = None
    units: tuple[str, ...] = ()


def settle(sku: SkuEntry, number: Fraction, units: tuple[str, ...]) -> Settled:
    """How many smallest units `number` is when `units` are the units that the said word can mean (none: base units).

    A unit that the product lacks is the problem "unknown_unit". 件 without a pack of that name may be a piece or a
    case, and so may "box" where there are 盒 and 箱: then `units` has both and nothing is counted.
    """
    factors = factors_of(sku)
    owned = tuple(unit for unit in _packs_meant(sku, units) if unit in factors)
    if not units or (PIECE in units and not owned):
        return _counted(sku, number, None, sku.base_factor)
    if not owned and _BUNDLE in units:
        return Settled(units=(sku.base_unit, *(unit for unit, _ in sku.packs)))
    if len(owned) != 1:
        return Settled(problem="unknown_unit") if not owned else Settled(units=owned)
    return _counted(sku, number, owned[0], factors[owned[0]])


def _packs_meant(sku: SkuEntry, units: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(unit for unit in units if unit != sku.base_unit) if units[:2] == _CASE else units


def unacceptable(number: Fraction) -> str | None:
    """Why no product can have this number: "zero" or "negative"."""
    if not number.numerator:
        return "zero"
    return "negative" if number.numerator < 0 else None


def factors_of(sku: SkuEntry) -> dict[str, int]:
    """Smallest units in each unit of a product; goods kept in kg or grams know the other weights too."""
    weights = _GRAMS if is_weighed(sku) else {}
    return {**weights, sku.base_unit: sku.base_factor, **dict(sku.packs)}


def has_unit(sku: SkuEntry, units: tuple[str, ...]) -> bool:
    """Whether a product is counted in one of the units. Asked of many, so no table of factors is made for it."""
    meant = _packs_meant(sku, units)
    if sku.base_unit in meant or any(unit in meant for unit, _ in sku.packs):
        return True
    return is_weighed(sku) and any(unit in units for unit in _GRAMS)


def is_weighed(sku: SkuEntry) -> bool:
    """Whether goods are counted by weight: their base unit is a kilogram, 斤 or a gram."""
    return _GRAMS.get(sku.base_unit) == sku.base_factor


def _counted(sku: SkuEntry, number: Fraction, unit: str | None, factor: int) -> Settled:
    if problem := unacceptable(number):
        return Settled(unit=unit, problem=problem)
    count, rest = divmod(number.numerator * factor, number.denominator)
    if rest:
        return Settled(unit=unit, problem="fraction")
    if count > MAX_QUANTITY * sku.base_factor:
        return Settled(unit=unit, problem="too_many")
    return Settled(unit=unit, count=count)
