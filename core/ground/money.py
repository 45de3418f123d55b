"""Money is whole fen; this is how it is rounded."""

from __future__ import annotations


def half_up(numerator: int, denominator: int) -> int:
    """The quotient rounded half up: the whole number nearest to it, the greater one of two that are equally near.

    Signs may be mixed: -5 / 2 is -2. Raises ZeroDivisionError for a denominator of 0.
    """
    if denominator < 0:
        numerator, denominator = -numerator, -denominator
    return (2 * numerator + denominator) // (2 * denominator)


def part_of_value(value_fen: int, part: int, whole: int) -> int:
    """What `part` of `whole` goods carry of their value: rounded half up, and the last part takes the rest, in fen."""
    return value_fen if part == whole else half_up(value_fen * part, whole)
