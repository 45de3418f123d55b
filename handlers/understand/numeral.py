"""A numeral found in a text, before anybody asks what it counts."""

from __future__ import annotations

from fractions import Fraction
from typing import NamedTuple

BEYOND_COUNTING = Fraction(10**12)
"""Stands for every amount with more digits than anybody has goods."""
BARCODE_LENGTH = 12
"""So many digits and more are a barcode, never an amount."""


class Numeral(NamedTuple):
    """A numeral at `start` to `end`.

    `doubtful`: it could be cut or meant another way. `about`: it is no exact number. `part`: a share of something.
    `alone`: it can stand without a unit. `cut`: more numerals stand right beside it. `glued`: Latin letters stand right
    before it, so it counts only with a unit behind it (redbull10箱).
    """

    start: int
    end: int
    number: Fraction
    doubtful: bool = False
    about: bool = False
    part: bool = False
    alone: bool = True
    cut: bool = False
    glued: bool = False
