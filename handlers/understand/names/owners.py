"""Which SKUs carry a name, whole or as a part, packed small: a chain of fifty thousand has a quarter million names."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import islice

from handlers.understand.names.name import CAP
from handlers.understand.remembered import Remembered

_REMEMBERED = 20_000


@dataclass(frozen=True, slots=True)
class Owners:
    """The owners of name k are packed[begins[k] : begins[k + 1]], each twice its number, plus one where it is whole."""

    codes: tuple[str, ...]
    begins: array[int]
    packed: array[int]
    met: Remembered[tuple[int, int], tuple[tuple[str, ...], bool]] = field(
        default_factory=partial(Remembered, _REMEMBERED)
    )

    def whole(self, name: int) -> tuple[tuple[str, ...], bool]:
        """The codes of which a name is a whole name, and whether there are more than told."""
        found = [self.codes[one >> 1] for one in self.packed[self.begins[name] : self.begins[name + 1]] if one & 1]
        return tuple(found[:CAP]), len(found) > CAP

    def numbers(self, names: Iterable[int]) -> set[int]:
        """The numbers of the SKUs that carry one of the names, in whole or in part."""
        begins, packed = self.begins, self.packed
        return {one >> 1 for name in names for one in packed[begins[name] : begins[name + 1]]}

    def any(self, names: Sequence[int], low: int, high: int) -> tuple[tuple[str, ...], bool]:
        """The codes of names[low:high], and whether there are more than told. Remembered, for words come again."""
        if (known := self.met.get((low, high))) is not None:
            return known
        found: dict[int, None] = {}
        begins, packed = self.begins, self.packed
        for name in names[low:high]:
            begin, end = begins[name], begins[name + 1]
            found[packed[begin] >> 1] = None
            if end - begin > 1:
                found.update(dict.fromkeys([one >> 1 for one in packed[begin + 1 : end]]))
            if len(found) > CAP:
                break
        codes = self.codes
        told = tuple([codes[one] for one in islice(found, CAP)]), len(found) > CAP
        self.met[low, high] = told
        return told


def owners_of(codes: tuple[str, ...], carried: Mapping[str, Iterable[int]]) -> Owners:
    """The owners of names, in their order; `carried` has for each name its packed owners."""
    begins, packed = array("I", [0]), array("I")
    for owners in carried.values():
        packed.extend(owners)
        begins.append(len(packed))
    return Owners(codes, begins, packed)
