"""Finds the names that are few and always said whole: places, suppliers, units and people."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from core.goods.catalogue import PlaceEntry, SupplierEntry
from data.kinds import PlaceKind
from handlers.understand.names.forms import END, Form, forms_of, shown, stands_alone
from handlers.understand.names.name import How, Name, NameKind

Carried = Mapping[NameKind, tuple[str, ...]]
_STORE_TAILS = ("店", "门店", f"store{END}", f"shop{END}", f"branch{END}", f"dian{END}")
_WAREHOUSE_TAILS = ("仓", "仓库", f"warehouse{END}", f"wh{END}", f"cang{END}")
TAILS = (*_STORE_TAILS, *_WAREHOUSE_TAILS)
"""What the name of a place may end on."""
_THE = f"the{END}"


@dataclass(frozen=True, slots=True)
class Closed:
    """Forms to what carries them. `sizes` are the lengths of the forms that begin with two characters, longest first.

    `singles` are the forms of one character, `tails` are what may be added to the name of a place: 西湖 + 店.
    """

    carried: Mapping[str, Carried]
    singles: frozenset[str]
    sizes: Mapping[str, tuple[int, ...]]
    tails: Mapping[str, tuple[str, ...]]

    def names_in(self, chars: str, form: Form) -> Iterator[Name]:
        """The names in a text, each place also with a longer form of its name where that names no other place."""
        shape, singles, sizes = form.chars, self.singles, self.sizes
        for start in form.starts:
            if shape[start] in singles:
                yield from self.named(chars, form, start, start + 1, shape[start])
            for size in sizes.get(shape[start : start + 2], ()):
                end = start + size
                if shape[start:end] not in self.carried or end > len(shape):
                    continue
                if not stands_alone(chars, *form.span(start, end)):
                    continue
                yield from self.named(chars, form, start, end, shape[start:end])

    def named(self, chars: str, form: Form, start: int, end: int, meant: str, how: How = How.EXACT) -> Iterator[Name]:
        """What the form of a name means that is read in a stretch of a text."""
        for kind, codes in self.carried.get(meant, {}).items():
            if kind is NameKind.UNIT and how is not How.EXACT:
                continue
            spans = self._longer(form, start, end, codes) if kind is NameKind.PLACE else ()
            for span in ((start, end), *spans):
                first, last = form.span(*span)
                told = shown(meant) if how is not How.EXACT else ""
                yield Name(kind, first, last, codes, how=how, said=chars[first:last], meant=told)

    def _longer(self, form: Form, start: int, end: int, codes: tuple[str, ...]) -> Iterator[tuple[int, int]]:
        """The longer stretches that name the same place, where what stands there names no other one."""
        shape = form.chars
        tails = self.tails[codes[0]]
        if shape.endswith(TAILS, 0, end):
            tails = ("库",) if shape[end - 1] == "仓" else ()
        ends = [end] + [end + len(tail) for tail in tails if shape.startswith(tail, end)]
        starts = [start, start - len(_THE)] if shape.endswith(_THE, 0, start) else [start]
        for first in starts:
            for last in ends:
                if (first, last) != (start, end) and NameKind.PLACE not in self.carried.get(shape[first:last], ()):
                    yield first, last


def closed_of(
    places: Sequence[PlaceEntry],
    suppliers: Sequence[SupplierEntry],
    units: Mapping[str, tuple[str, ...]],
    people: Iterable[str],
) -> Closed:
    """The closed names of a chain. A person is known by the name, which is also the code."""
    carried: dict[str, dict[NameKind, dict[str, None]]] = defaultdict(lambda: defaultdict(dict))
    entries = [(NameKind.PLACE, place) for place in places] + [(NameKind.SUPPLIER, one) for one in suppliers]
    for kind, entry in entries:
        for name in (entry.code, entry.name_zh, entry.name_en, *entry.aliases):
            for form in forms_of(name):
                if len(form.replace(END, "")) > 1 or not form[0].isascii():  # one letter is no name
                    carried[form][kind][entry.code] = None
    for unit, meant in units.items():
        for form in forms_of(unit):
            carried[form][NameKind.UNIT].update(dict.fromkeys(meant))
    for person in people:
        for form in forms_of(person):
            carried[form][NameKind.PERSON][person] = None
    kept = {form: {kind: tuple(codes) for kind, codes in kinds.items()} for form, kinds in carried.items()}
    tails = {place.code: _tails(place) for place in places}
    singles = frozenset(form for form in kept if len(form) == 1)
    return Closed(MappingProxyType(kept), singles, MappingProxyType(_sizes(kept)), MappingProxyType(tails))


def _tails(place: PlaceEntry) -> tuple[str, ...]:
    return _WAREHOUSE_TAILS if place.kind is PlaceKind.WAREHOUSE else _STORE_TAILS


def _sizes(forms: Iterable[str]) -> dict[str, tuple[int, ...]]:
    sizes: dict[str, set[int]] = defaultdict(set)
    for form in forms:
        if len(form) > 1:
            sizes[form[:2]].add(len(form))
    return {char: tuple(sorted(found, reverse=True)) for char, found in sizes.items()}
