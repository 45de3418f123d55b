"""The names of the chain as people write them: an immutable Lexicon, built once from a Catalogue.

Read-only, so one is shared by all readers until the catalogue changes; a new item is known at once by `with_added`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from types import MappingProxyType

from core.goods.catalogue import Catalogue, PlaceEntry, SkuEntry, SupplierEntry
from data.kinds import PlaceKind
from handlers.understand.names.closed import Closed, closed_of
from handlers.understand.names.codes import Codes, codes_of
from handlers.understand.names.forms import form_of
from handlers.understand.names.guesses import Guesses, guesses_of
from handlers.understand.names.name import How, Name, NameKind
from handlers.understand.names.near import NearPlaces, NearProducts, near_places, near_products
from handlers.understand.names.parts import part_rule
from handlers.understand.names.products import Products, products_of
from handlers.understand.names.units import units_behind_numbers, units_of
from handlers.understand.normalise import plain
from handlers.understand.quantities import is_weighed
from handlers.understand.remembered import Remembered

_REMEMBERED = 2_000  # names
Sizes = frozenset[tuple[str, bool]]
"""Sizes as the catalogue writes them, each with whether the goods are weighed out."""


@dataclass(frozen=True, eq=False)
class Lexicon:
    """What every name in a text can mean. `added` holds what came after it was built.

    `first_of_sizes` are the characters with which the sizes of its products begin.
    """

    catalogue: Catalogue
    skus: MappingProxyType[str, SkuEntry]
    places: MappingProxyType[str, PlaceEntry]
    warehouses: tuple[str, ...]
    suppliers: Mapping[str, SupplierEntry]
    units: MappingProxyType[str, tuple[str, ...]]
    units_behind_numbers: MappingProxyType[str, Sequence[tuple[str, tuple[str, ...]]]]
    products: Products
    codes: Codes
    closed: Closed
    guesses: Guesses
    nearest: NearProducts
    nearest_places: NearPlaces
    first_of_sizes: frozenset[str]
    people: tuple[str, ...] = ()
    added: Lexicon | None = None
    met_sizes: Remembered[tuple[str, ...], Sizes] = field(default_factory=partial(Remembered, _REMEMBERED))

    @staticmethod
    def built_from(catalogue: Catalogue, people: Sequence[str] = ()) -> Lexicon:
        """The lexicon of a catalogue and of the names of people."""
        units = units_of(catalogue)
        products = products_of(catalogue.skus, part_rule(units))
        closed = closed_of(catalogue.places, catalogue.suppliers, units, people)
        return Lexicon(
            catalogue=catalogue,
            skus=MappingProxyType({sku.code: sku for sku in catalogue.skus}),
            places=MappingProxyType({place.code: place for place in catalogue.places}),
            warehouses=_warehouses(catalogue.places),
            suppliers=MappingProxyType({supplier.code: supplier for supplier in catalogue.suppliers}),
            units=MappingProxyType(units),
            units_behind_numbers=MappingProxyType(units_behind_numbers(units)),
            products=products,
            codes=codes_of(catalogue.skus),
            closed=closed,
            guesses=guesses_of(products, closed),
            nearest=near_products(products),
            nearest_places=near_places(catalogue.places),
            first_of_sizes=_first_of_sizes(catalogue.skus),
            people=tuple(people),
        )

    def names_in(self, chars: str) -> list[Name]:
        """Every name that can be read in a normalised text, in the order of their beginnings."""
        return self._found(chars, guessed=True)

    def exact_names_in(self, chars: str) -> list[Name]:
        """Only the names that are written as they are, which takes half the time."""
        return self._found(chars, guessed=False)

    def _found(self, chars: str, *, guessed: bool) -> list[Name]:
        form = form_of(chars)
        walks = self.products.walks(form)
        found = [
            *self.products.names_in(chars, form, walks),
            *self.codes.names_in(chars),
            *self.closed.names_in(chars, form),
        ]
        if guessed:
            found.extend(self.guesses.names_in(chars, form, found, walks))
        if self.added:
            found = _merged([*found, *self.added._found(chars, guessed=guessed)])
        return sorted(found, key=lambda name: (name.start, name.end))

    def sharing(self, parts: Sequence[Name]) -> tuple[tuple[str, ...], bool]:
        """The products that all of some names of products mean, and whether there are more than CAP of them.

        What every name tells is enough where none says that there is more; only then it is looked up anew.
        """
        shared, more = _shared(parts), False
        if any(part.more for part in parts):
            built, more = self.products.sharing(part.meant or part.said for part in parts)
            shared = tuple(dict.fromkeys((*built, *shared)))
        return shared, more

    def sizes_of(self, codes: tuple[str, ...]) -> Sizes:
        """The sizes of some products: far fewer than products, so they are remembered; one product's are not."""
        if (known := self.met_sizes.get(codes)) is not None:
            return known
        skus = (self.skus[code] for code in codes)
        sizes = frozenset((sku.size, is_weighed(sku)) for sku in skus)
        if len(codes) > 1:
            self.met_sizes[codes] = sizes
        return sizes

    def near(self, word: str, limit: int = 5) -> tuple[str, ...]:
        """Products that share the most with a word that names none, the nearest first."""
        added = self.added.near(word, limit) if self.added else ()
        return tuple(dict.fromkeys([*self.nearest.near(plain(word), limit), *added]))[:limit]

    def near_places(self, word: str, limit: int = 5) -> tuple[str, ...]:
        """Places with a name much like a word that names none, the nearest first."""
        added = self.added.near_places(word, limit) if self.added else ()
        return tuple(dict.fromkeys([*self.nearest_places.near(plain(word), limit), *added]))[:limit]

    def with_added(self, skus: Sequence[SkuEntry], places: Sequence[PlaceEntry] = ()) -> Lexicon:
        """This lexicon with new items, in milliseconds. They are looked up beside it until it is built anew."""
        before = self.added.catalogue if self.added else Catalogue((), (), self.catalogue.units)
        added = Lexicon.built_from(replace(before, skus=(*before.skus, *skus), places=(*before.places, *places)))
        known, units = self.catalogue, added.units | self.units
        return replace(
            self,
            met_sizes=Remembered(_REMEMBERED),
            first_of_sizes=self.first_of_sizes | added.first_of_sizes,
            catalogue=replace(known, skus=(*known.skus, *skus), places=(*known.places, *places)),
            skus=MappingProxyType(self.skus | {sku.code: sku for sku in skus}),
            places=MappingProxyType(self.places | {place.code: place for place in places}),
            warehouses=(*self.warehouses, *_warehouses(places)),
            units=MappingProxyType(units),
            units_behind_numbers=MappingProxyType(units_behind_numbers(units)),
            added=added,
        )


def _shared(parts: Sequence[Name]) -> tuple[str, ...]:
    return tuple(code for code in parts[0].part if all(code in part.part for part in parts[1:])) if parts else ()


def _merged(found: Sequence[Name]) -> list[Name]:
    """The names with those on the same stretch and of the same kind joined."""
    joined: dict[tuple[NameKind, int, int, How, str], Name] = {}
    for name in found:
        key = (name.kind, name.start, name.end, name.how, name.meant)
        other = joined.get(key, name)
        joined[key] = other._replace(
            whole=tuple(dict.fromkeys(other.whole + name.whole)),
            part=tuple(dict.fromkeys(other.part + name.part)),
            more=other.more or name.more,
        )
    return list(joined.values())


def _first_of_sizes(skus: Sequence[SkuEntry]) -> frozenset[str]:
    return frozenset(plain(size)[:1] for size in {sku.size for sku in skus})


def _warehouses(places: Sequence[PlaceEntry]) -> tuple[str, ...]:
    return tuple(place.code for place in places if place.kind is PlaceKind.WAREHOUSE)
