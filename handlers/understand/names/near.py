"""What is nearest to a word that names nothing: products and places that share the most with it."""

from __future__ import annotations

import re
from array import array
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import chain
from types import MappingProxyType

from core.goods.catalogue import PlaceEntry
from handlers.understand.names.forms import END, form_of, forms_of
from handlers.understand.names.products import Products
from handlers.understand.names.runs import Range
from handlers.understand.remembered import Remembered

_ALIKE_ENOUGH = 0.4  # from this share of common traces on, a name is offered for a place that is not there
_LOOKED_AT = 1_500  # so many names are looked at, or a few more
_REMEMBERED = 2_000  # words
_OWNER_BITS = 32
_TAILS = ("门店", "店", "仓库", "仓", f"store{END}", f"shop{END}", f"warehouse{END}")


@dataclass(frozen=True, slots=True)
class NearProducts:
    """The products, and in which of their Latin words three letters stand."""

    products: Products
    words: Mapping[str, tuple[str, ...]]
    met: Remembered[tuple[str, int], tuple[str, ...]] = field(default_factory=partial(Remembered, _REMEMBERED))

    def near(self, chars: str, limit: int) -> tuple[str, ...]:
        """Codes of the products that share the most pairs of characters, words and threes of letters.

        Remembered, for one message asks for the same words again and again.
        """
        known = self.met.get((chars, limit))
        if known is None:
            known = self.met[chars, limit] = self._nearest(chars, limit)
        return known

    def _nearest(self, chars: str, limit: int) -> tuple[str, ...]:
        shared: Counter[int] = Counter()
        owners, names = self.products.owners, self.products.runs.names
        left = _LOOKED_AT
        # What few names have tells the most, so it is looked at first.
        for count, ranges in sorted((sum(high - low for low, high in found), found) for found in self._ranges(chars)):
            if left <= 0:
                break
            shared.update(owners.numbers(chain(*(names[low : min(high, low + left)] for low, high in ranges))))
            left -= count
        # A catalogue lists its usual goods first, so among equals the first comes first.
        near = sorted([owner - (times << _OWNER_BITS) for owner, times in shared.items()])[:limit]
        return tuple(owners.codes[one & ((1 << _OWNER_BITS) - 1)] for one in near)

    def _ranges(self, chars: str) -> Iterator[list[Range]]:
        """For each trace of what was said the ranges of the names that have it."""
        runs = self.products.runs
        for trace in _traces(form_of(chars).chars):
            forms = (trace,) if trace.endswith(END) or not trace.isascii() else self.words.get(trace, ())
            found = [one for form in forms if (one := runs.find(form))]
            if found:
                yield found


@dataclass(frozen=True, slots=True)
class NearPlaces:
    """In which names of places a trace stands. Name k has `sizes[k]` traces and belongs to `codes[k]`."""

    codes: tuple[str, ...]
    sizes: array[int]
    names: Mapping[str, tuple[int, ...]]
    met: Remembered[tuple[str, int], tuple[str, ...]] = field(default_factory=partial(Remembered, _REMEMBERED))

    def near(self, chars: str, limit: int) -> tuple[str, ...]:
        """Codes of the places with a name much like what was said, the nearest first."""
        if (known := self.met.get((chars, limit))) is not None:
            return known
        said = _place_traces(form_of(chars).chars)
        shared: Counter[int] = Counter()
        for trace in said:
            shared.update(self.names.get(trace, ()))
        least = _ALIKE_ENOUGH * (len(said) + 1) / 2 - 0.01  # of the shortest names
        alike: dict[str, tuple[float, int]] = {}
        for name, count in [one for one in shared.items() if one[1] >= least]:
            share = 2 * count / (len(said) + self.sizes[name])
            if share >= _ALIKE_ENOUGH:
                code = self.codes[name]
                alike[code] = max(alike.get(code, (share, -name)), (share, -name))
        near = tuple(sorted(alike, key=lambda code: alike[code], reverse=True)[:limit])
        self.met[chars, limit] = near
        return near


def near_products(products: Products) -> NearProducts:
    """The products of a chain, ready to be searched."""
    words: dict[str, list[str]] = defaultdict(list)
    for word in products.words:
        for trace in {word[at : at + 3] for at in range(len(word) - 2)}:
            words[trace].append(word + END)
    return NearProducts(products, MappingProxyType({trace: tuple(found) for trace, found in words.items()}))


def near_places(places: Sequence[PlaceEntry]) -> NearPlaces:
    """The places of a chain, ready to be searched."""
    codes: list[str] = []
    sizes = array("H")
    names: dict[str, list[int]] = defaultdict(list)
    for place in places:
        for name in (place.name_zh, place.name_en, *place.aliases):
            for form in forms_of(name)[:1]:
                traces = _place_traces(form)
                for trace in traces:
                    names[trace].append(len(codes))
                codes.append(place.code)
                sizes.append(len(traces))
    return NearPlaces(tuple(codes), sizes, MappingProxyType({trace: tuple(found) for trace, found in names.items()}))


def _traces(form: str) -> set[str]:
    """Pairs of Chinese characters, whole Latin words and threes of their letters."""
    found: set[str] = set()
    for run in re.findall(r"[a-z]+|[^\s\x00-\x7f]+", form):
        length = 3 if run.isascii() else 2
        found.update(run[at : at + length] for at in range(len(run) - length + 1))
        found.update({run + END} if run.isascii() and len(run) > 1 else ())
    return found


def _place_traces(form: str) -> set[str]:
    """Of a place's name, which is short, its Chinese characters and pairs of letters, without what it ends on."""
    for tail in _TAILS:
        form = form.removesuffix(tail)
    found = set(_pairs(re.findall(r"[a-z0-9]+", form)))
    return found | {char for char in form if not char.isascii()}


def _pairs(words: Iterable[str]) -> Iterator[str]:
    for word in words:
        yield from (word[at : at + 2] for at in range(len(word) - 1))
