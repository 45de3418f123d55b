"""A name found in a text: what it can mean, where it stands and how it was written."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple

CAP = 200
"""So many codes a name tells at most; what carries more of them says so in `more`."""


class NameKind(StrEnum):
    """What a name belongs to."""

    PRODUCT = "product"
    PLACE = "place"
    SUPPLIER = "supplier"
    UNIT = "unit"
    PERSON = "person"


class How(StrEnum):
    """How what was written leads to the name."""

    EXACT = "exact"
    TYPO = "typo"
    HOMOPHONE = "homophone"
    PINYIN = "pinyin"


class Name(NamedTuple):
    """An edge over chars[start:end].

    `whole` are the codes of which the surface is a whole name (for a unit, the units it may mean). `part`, of products
    only, are those with the surface in a name, a brand or an alias; it contains `whole`. `more` says that there are
    more than CAP of them, so neither is the whole truth. `said` is the surface as written, `meant` the one it stands
    for where `how` is not EXACT. Blanks, dashes and apostrophes inside may differ from the catalogue's.
    """

    kind: NameKind
    start: int
    end: int
    whole: tuple[str, ...]
    part: tuple[str, ...] = ()
    how: How = How.EXACT
    said: str = ""
    meant: str = ""
    more: bool = False
