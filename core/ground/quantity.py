"""Quantities are whole numbers of a SKU's smallest unit: what is a quantity, and how it splits into packs."""

from __future__ import annotations

MOST = 10**12
"""The greatest count in one movement: far above any shop, far below what 64 bits hold times a price."""


def whole(count: int) -> int:
    """The count itself, if it is one. Raises TypeError for anything but an int, ValueError below 0 or above `MOST`."""
    if type(count) is not int:
        raise TypeError(f"a count is a whole number of smallest units, not {count!r}")
    if not 0 <= count <= MOST:
        raise ValueError(f"a count lies between 0 and {MOST}, not {count}")
    return count


def in_packs(count: int, factor: int) -> tuple[int, int]:
    """(full packs, smallest units left over). A count below zero splits by its size: -30 in 24s is (-1, -6)."""
    packs, rest = divmod(abs(count), factor)
    return (packs, rest) if count >= 0 else (-packs, -rest)
