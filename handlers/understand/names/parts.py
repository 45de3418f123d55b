"""Which runs of names may stand for products on their own, and which are numerals, units or pieces of an amount."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import partial

from handlers.understand.names.forms import END, forms_of, shown
from handlers.understand.numbers import ENGLISH_NUMBER_WORDS, HAN_NUMERALS
from handlers.understand.remembered import Remembered

_NUMERAL = re.compile(rf"(?:[0-9]+{END}|[{HAN_NUMERALS}]+)+")
_COUNTS = frozenset("0123456789" + HAN_NUMERALS + "半几多")
# Words of the grammar that stand in English names. Alone they name nothing.
_NO_PARTS = frozenset(
    re.findall(
        r"\w+",
        "an the of and or in on at to up for from with by de du le la it is are be no not do go me my we us you your "
        "our per out off all new one as so if",
    )
)
_REMEMBERED = 20_000


@dataclass(frozen=True, slots=True)
class PartRule:
    """Decides over runs; what it has decided it remembers. `units` are the forms of units."""

    units: frozenset[str]
    met: Remembered[str, bool] = field(default_factory=partial(Remembered, _REMEMBERED))

    def is_part(self, form: str) -> bool:
        """Whether a run of two characters and more, or of whole words, is more than a numeral or a unit."""
        known = self.met.get(form)
        if known is None:
            known = self.met[form] = self._decides(form)
        return known

    def belongs_to_amount(self, chars: str, start: int) -> bool:
        """Whether what begins at `start` begins on the unit of a number: the 个 of 20个核桃, not the 罐 of 10罐装."""
        before = chars[start - 1 : start]
        if before == " ":
            before = chars[start - 2 : start - 1]
        return (
            bool(before) and before in _COUNTS and chars[start] in self.units and chars[start + 1 : start + 2] != "装"
        )

    def _decides(self, form: str) -> bool:
        seen = form.replace(END, "").replace(" ", "")
        if len(seen) < 2 or not (seen[0].isalnum() and seen[-1].isalnum()):
            return False
        if (
            form.removesuffix(END) in _NO_PARTS
            or form in self.units
            or set(shown(form).split()) <= ENGLISH_NUMBER_WORDS
        ):
            return False
        behind = _NUMERAL.match(form)
        rest = form[behind.end() :] if behind else form
        return bool(rest) and rest not in self.units


def part_rule(units: Iterable[str]) -> PartRule:
    """The rule for the units that are said in a chain."""
    return PartRule(frozenset(form for unit in units for form in forms_of(unit)))
