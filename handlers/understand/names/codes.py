"""Finds SKU codes and barcodes: exactly, but for the dash or the one blank between letters and digits."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from core.goods.catalogue import SkuEntry
from handlers.understand.names.forms import quick_plain, stands_alone
from handlers.understand.names.name import Name, NameKind

_JOINT = re.compile(r"^([a-z]+)[- ](?=[0-9])")
# What may be a code, as long as it can be; it may follow digits (20sku123), and a number of times may follow it.
_CODE = re.compile(r"(?<![a-z])[a-z]+[- ]?[0-9][a-z0-9]*(?:-[a-z0-9]+)*|(?<![a-z0-9])[a-z0-9]+(?:-[a-z0-9]+)*")
_COUNT = re.compile(r"[0-9]+(?=[a-z])")
_TIMES = re.compile(r"x[0-9]+$")


@dataclass(frozen=True, slots=True)
class Codes:
    """Codes, joined, and barcodes to the codes of their SKUs."""

    known: Mapping[str, tuple[str, ...]]

    def names_in(self, chars: str) -> Iterator[Name]:
        """The codes and barcodes in a text."""
        for match in _CODE.finditer(chars):
            said, at = match[0], match.start()
            plain = said.isalpha() or said.isdigit()
            joined = said if plain or not said[0].isalpha() else _JOINT.sub(r"\1", said)
            if (codes := self.known.get(joined)) is not None:
                if stands_alone(chars, at, match.end()):
                    yield Name(NameKind.PRODUCT, at, match.end(), codes, codes, said=said)
            elif not plain:
                yield from self._inside(chars, said, at)

    def _inside(self, chars: str, said: str, at: int) -> Iterator[Name]:
        for start, end in self._spans(said):
            codes = self.known.get(_JOINT.sub(r"\1", said[start:end]))
            if codes and (_TIMES.match(said, end) or stands_alone(chars, at + start, at + end)):
                yield Name(NameKind.PRODUCT, at + start, at + end, codes, codes, said=said[start:end])

    def _spans(self, said: str) -> Iterator[tuple[int, int]]:
        """What stands before a dash or an "x5", and behind a number or a blank, in what may be a code."""
        ends = [at for at, char in enumerate(said) if char == "-" and at]
        if times := _TIMES.search(said):
            ends.append(times.start())
        if count := _COUNT.match(said):
            yield from ((count.end(), end) for end in (len(said), *ends) if end > count.end())
        for end in ends:
            yield 0, end
        # "send 20 a1001" may be caught together as "send 20": then the code is a match of its own.
        if (gap := said.find(" ")) > 0:
            yield gap + 1, len(said)


def codes_of(skus: Sequence[SkuEntry]) -> Codes:
    """The codes of a catalogue. A code that has a dash elsewhere is found with and without it."""
    known: dict[str, tuple[str, ...]] = {}
    for sku in skus:
        owner = (sku.code,)
        code = _JOINT.sub(r"\1", quick_plain(sku.code))
        for said in {code, code.replace("-", ""), *map(quick_plain, sku.barcodes)} - {""}:
            known[said] = known[said] + owner if said in known else owner
    return Codes(MappingProxyType(known))
