"""What an amount is: a number with what it counts, a size, or something in between."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction

from handlers.understand.sizes import Measure


@dataclass(slots=True, unsafe_hash=True)  # not frozen, which takes four times as long; yet nothing changes one
class Amount:
    """A number with the units its word can mean (none: no unit was said), or a size, or something in between.

    `doubtful` says that the numeral could be cut or meant another way, `about` that it was no exact one (十来箱,
    20-30), `part` that it was a share of something (三分之一箱), `rest` that it was what is left or all there is. A
    `bare` number may also be a size or a piece of a name. `said` are its words.
    """

    number: Fraction
    units: tuple[str, ...] = ()
    measure: Measure | None = None
    doubtful: bool = False
    bare: bool = False
    about: bool = False
    part: bool = False
    rest: bool = False
    said: str = field(default="", compare=False)


Edge = tuple[int, int, Amount]
"""An amount and where it stands: its first character, the one behind its last, the amount."""
