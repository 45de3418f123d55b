"""Finds products by their names, whole and in part."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from core.goods.catalogue import SkuEntry
from handlers.understand.names.everyday import FUNCTION_CHARS
from handlers.understand.names.forms import END, Form, begins_alone, ends_alone, form_of, forms_of, shown
from handlers.understand.names.name import CAP, How, Name, NameKind
from handlers.understand.names.owners import Owners, owners_of
from handlers.understand.names.parts import PartRule
from handlers.understand.names.runs import Runs, Walk, runs_of


@dataclass(frozen=True, slots=True)
class Products:
    """The names of all products. `singles` are the names of one character, which are no runs.

    `words` are all Latin words of the names.
    """

    runs: Runs
    owners: Owners
    singles: Mapping[str, int]
    words: frozenset[str]
    rule: PartRule

    def walks(self, form: Form) -> dict[int, Walk]:
        """The runs that each stretch of a form shares with names."""
        return self.runs.walks(form.chars, form.starts, form.ends, form.last)

    def names_in(self, chars: str, form: Form, walks: Mapping[int, Walk]) -> Iterator[Name]:
        """The names of products in a text: for each start the longest run that some product has, and its beginnings.

        A part that in all names goes on, or is begun, as it does here is left out: 可口 in 可口可乐.
        """
        before: dict[int, int] = {}
        last = -1
        for start, walk in walks.items():
            counts = {end: high - low for end, low, high in walk}
            if begins_alone(chars, form.at[start]):
                joined = before if last == start - 1 and self._tells(form.chars[last]) else {}
                for end, low, high in walk:
                    count = high - low
                    longer = counts.get(end + 1) == count and self._tells(form.chars[end])
                    alone = not longer and joined.get(end) != count
                    if ends_alone(chars, form.at[end - 1] + 1) and (
                        name := self._found(chars, form, start, end, low, high, alone=alone)
                    ):
                        yield name
            before, last = counts, start
        if self.singles:
            yield from self._singles(chars, form)

    def _tells(self, char: str) -> bool:
        """Whether a character is a Chinese one that neither the grammar nor an amount may have put there."""
        return char > "\u3000" and char not in FUNCTION_CHARS and char not in self.rule.units

    def named(self, chars: str, span: tuple[int, int], meant: str, how: How) -> Iterator[Name]:
        """What the form of a name, or of a part of one, means that is read in a stretch of a text."""
        found = self.runs.find(meant)
        if found is not None and (
            (number := self.runs.whole(found[0], len(meant))) is not None or self.rule.is_part(meant)
        ):
            whole, many = self.owners.whole(number) if number is not None else ((), False)
            part, more = self.owners.any(self.runs.names, *found)
            said = chars[slice(*span)]
            yield Name(NameKind.PRODUCT, *span, whole, part, how, said, shown(meant), more or many)

    def sharing(self, surfaces: Iterable[str]) -> tuple[tuple[str, ...], bool]:
        """The codes of the products in whose names all surfaces stand, and whether there are more than told.

        Slower than to intersect what the names tell, half a millisecond for each that thousands carry; but right also
        where one tells only its first codes.
        """
        shared: set[int] | None = None
        for surface in surfaces:
            found = self.runs.find(form_of(surface).chars)
            owners = set(self.owners.numbers(self.runs.names[slice(*found)])) if found else set()
            shared = owners if shared is None else shared & owners
        codes = [self.owners.codes[owner] for owner in sorted(shared or ())]
        return tuple(codes[:CAP]), len(codes) > CAP

    def _found(self, chars: str, form: Form, start: int, end: int, low: int, high: int, *, alone: bool) -> Name | None:
        name = self.runs.whole(low, end - start)
        whole, many = self.owners.whole(name) if name is not None else ((), False)
        if not whole and not (alone and self._is_part(chars, form, start, end, low)):
            return None
        first, last = form.at[start], form.at[end - 1] + 1
        part, more = self.owners.any(self.runs.names, low, high)
        return Name(NameKind.PRODUCT, first, last, whole, part, How.EXACT, chars[first:last], "", more or many)

    def _singles(self, chars: str, form: Form) -> Iterator[Name]:
        for start in form.starts:
            if (name := self.singles.get(form.chars[start])) is not None:
                whole, more = self.owners.whole(name)
                at = form.at[start]
                yield Name(NameKind.PRODUCT, at, at + 1, whole, whole, said=chars[at], more=more)

    def _is_part(self, chars: str, form: Form, start: int, end: int, low: int) -> bool:
        """Whether a run may stand for products: no numeral, and neither cut out of an amount nor cutting into one."""
        shape = form.chars
        if shape[end - 1] == END and shape[end - 2].isdigit() and not self.runs.ends_a_name(low, end - start):
            return False
        at = form.at[start]
        return self.rule.is_part(shape[start:end]) and not self.rule.belongs_to_amount(chars, at)


def products_of(skus: Sequence[SkuEntry], rule: PartRule) -> Products:
    """The names of the products of a catalogue."""
    carried: dict[str, list[int]] = defaultdict(list)
    for owner, sku in enumerate(skus):
        for form, packed in _carried(owner, sku).items():
            carried[form].append(packed)
    numbers = {form: number for number, form in enumerate(carried)}
    singles = {form: number for form, number in numbers.items() if len(form) == 1}
    owners = owners_of(tuple(sku.code for sku in skus), carried)
    runs = runs_of(tuple(carried))
    return Products(runs, owners, singles, frozenset(re.findall("[a-z]{2,}", runs.text)), rule)


def _carried(owner: int, sku: SkuEntry) -> dict[str, int]:
    """The forms of all names of a SKU, packed with its number. A brand is a part only."""
    brand = dict.fromkeys(forms_of(sku.brand), owner << 1)
    names = (form for name in (sku.name_zh, sku.name_en, *sku.aliases) for form in forms_of(name))
    carried = brand | dict.fromkeys(names, owner << 1 | 1)
    return {form: packed for form, packed in carried.items() if len(form) > 2 or not form.endswith(END)}  # no letter
