"""The names of the chain as people write them: an immutable Lexicon, built once from a Catalogue.

Surfaces are normalised like messages. A whole name (code, barcode, name, alias) names what carries it; a part of a
name or a brand only suggests. Parts are every run of two or more characters or of whole words: some thousand entries
for a few hundred SKUs.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from types import MappingProxyType

from core.goods.catalogue import Catalogue, PlaceEntry, SkuEntry
from data.kinds import PlaceKind
from handlers.understand.normalise import plain
from handlers.understand.numbers import number
from handlers.understand.words import WORDS

# Sizes in one unit each, so that 1.5L is 1500ml. Weights stand in grams.
_MEASURES: Mapping[str, tuple[int, str]] = {
    "ml": (1, "ml"), "毫升": (1, "ml"), "l": (1000, "ml"), "升": (1000, "ml"),
    "litre": (1000, "ml"), "liter": (1000, "ml"),
    "g": (1, "g"), "克": (1, "g"), "kg": (1000, "g"), "公斤": (1000, "g"), "千克": (1000, "g"),
}  # fmt: skip
_ALWAYS_UNITS: Mapping[str, tuple[str, ...]] = {
    "kg": ("kg",), "公斤": ("kg",), "千克": ("kg",), "斤": ("斤",), "克": ("克",), "g": ("克",),
    "个": ("个",), "只": ("个",), "pcs": ("个",), "pc": ("个",), "piece": ("个",), "pieces": ("个",), "件": ("件",),
    "case": ("箱", "条"), "cases": ("箱", "条"), "carton": ("箱", "条"), "cartons": ("箱", "条"),
    "box": ("盒", "箱"), "boxes": ("盒", "箱"),
}  # fmt: skip
# Units that people say and that perhaps no product has. Behind a number they are asked about by name.
_OTHER_UNITS = (
    "吨|磅|升|毫升|托|板|车|提|扎|捆|筐|篮|份|双|套|串|片|排|ton|tons|tonne|tonnes|pound|pounds|lb|lbs|litre|litres|"
    "liter|liters|pallet|pallets|crate|crates|barrel|barrels|truckload|truckloads"
)
_TAILS = ("门店", "店", "仓库", "仓", "store", "shop", "warehouse")
_ALIKE_ENOUGH = 0.4  # from this share of common traces on, a name is offered for a place that is not there

Measure = tuple[Fraction, str]


@dataclass(frozen=True, slots=True)
class Named:
    """What a surface can mean: codes that carry it as a whole name, and codes of which it is a part."""

    whole: tuple[str, ...]
    part: tuple[str, ...]


@dataclass(frozen=True)
class Lexicon:
    """Surfaces to what they name. Read-only, so one is shared by all readers until the catalogue changes."""

    catalogue: Catalogue
    skus: Mapping[str, SkuEntry]
    places: Mapping[str, PlaceEntry]
    warehouses: tuple[str, ...]
    products: Mapping[str, Named]
    place_names: Mapping[str, tuple[str, ...]]
    units: Mapping[str, tuple[str, ...]]
    units_behind_numbers: Mapping[str, tuple[str, ...]]
    sizes: Mapping[str, Measure]
    traces: Mapping[str, frozenset[str]]
    place_traces: Mapping[str, tuple[frozenset[str], ...]]
    longest: int

    @staticmethod
    def built_from(catalogue: Catalogue) -> Lexicon:
        """The lexicon of a catalogue."""
        units = _units(catalogue)
        products = _products(catalogue.skus, stop=frozenset(units) | frozenset(WORDS))
        places = _place_names(catalogue.places)
        return Lexicon(
            catalogue=catalogue,
            skus=MappingProxyType({sku.code: sku for sku in catalogue.skus}),
            places=MappingProxyType({place.code: place for place in catalogue.places}),
            warehouses=tuple(place.code for place in catalogue.places if place.kind is PlaceKind.WAREHOUSE),
            products=MappingProxyType(products),
            place_names=MappingProxyType(places),
            units=MappingProxyType(units),
            units_behind_numbers=MappingProxyType({unit: (unit,) for unit in _OTHER_UNITS.split("|")} | units),
            sizes=MappingProxyType({sku.code: size for sku in catalogue.skus if (size := measure(sku.size))}),
            traces=MappingProxyType({sku.code: _traces_of(sku) for sku in catalogue.skus}),
            place_traces=MappingProxyType({place.code: _place_traces(place) for place in catalogue.places}),
            longest=max(map(len, [*products, *places, *WORDS])),
        )

    def near(self, word: str, limit: int = 5) -> tuple[str, ...]:
        """Products that share the most with a word that names none, the nearest first.

        What is shared are pairs of Chinese characters, words, and threes of Latin letters.
        """
        traces = _traces(plain(word))
        shared = {code: len(traces & known) for code, known in self.traces.items()}
        near = sorted(filter(shared.get, shared), key=lambda code: (-shared[code], len(self.traces[code])))
        return tuple(near[:limit])

    def near_places(self, word: str, limit: int = 5) -> tuple[str, ...]:
        """Places with a name much like a word that names none, the nearest first."""
        said = _place_trace(plain(word))
        alike = {code: max(_alike(said, name) for name in names) for code, names in self.place_traces.items()}
        near = sorted((code for code in alike if alike[code] >= _ALIKE_ENOUGH), key=lambda code: -alike[code])
        return tuple(near[:limit])


def measure(said: str) -> Measure | None:
    """A size in millilitres or grams: "1.5L" is 1500 ml; None for what is no size."""
    match = re.fullmatch(r"(.+?)\s?(ml|毫升|升|litre|liter|l|kg|g|公斤|千克|克)", plain(said))
    value = number(match[1]) if match else None
    if match is None or value is None:
        return None
    factor, kind = _MEASURES[match[2]]
    return value * factor, kind


def _units(catalogue: Catalogue) -> dict[str, tuple[str, ...]]:
    """Spoken forms to the units they can mean: "box" may be 盒 or 箱."""
    found: dict[str, dict[str, None]] = defaultdict(dict)
    for surface, units in _ALWAYS_UNITS.items():
        found[surface].update(dict.fromkeys(units))
    for unit, spoken in catalogue.units.items():
        for surface in (unit, *spoken):
            found[plain(surface)][unit] = None
    for sku in catalogue.skus:
        for unit in (sku.base_unit, *(unit for unit, _ in sku.packs)):
            found[plain(unit)][unit] = None
    return {surface: tuple(units) for surface, units in found.items()}


def _products(skus: Iterable[SkuEntry], stop: frozenset[str]) -> dict[str, Named]:
    whole: dict[str, dict[str, None]] = defaultdict(dict)
    part: dict[str, dict[str, None]] = defaultdict(dict)
    for sku in skus:
        for surface in _whole_surfaces(sku):
            whole[surface][sku.code] = None
        for name in _names(sku):
            for piece in _parts(plain(name)):
                # A word of the grammar or a numeral is never read as a piece of a product.
                if piece not in stop and number(piece) is None:
                    part[piece][sku.code] = None
    return {surface: Named(tuple(whole.get(surface, ())), tuple(part.get(surface, ()))) for surface in {*whole, *part}}


def _whole_surfaces(sku: SkuEntry) -> Iterator[str]:
    code = plain(sku.code)
    dashless = code.replace("-", "")
    yield from {code, dashless, dashless and re.sub(r"^([a-z]+)(?=\d)", r"\1 ", dashless), code.replace("-", " ")}
    yield from {re.sub(r"^([a-z]+)(?=\d)", r"\1-", dashless)}
    yield from (plain(name) for name in (sku.name_zh, sku.name_en, *sku.aliases, *sku.barcodes) if plain(name))


def _names(sku: SkuEntry) -> tuple[str, ...]:
    return (sku.name_zh, sku.name_en, sku.brand, *sku.aliases)


def _parts(name: str) -> Iterator[str]:
    """The name itself, its runs of whole words, and in Chinese its runs of two characters and more."""
    tokens = re.findall(r"[a-z0-9][a-z0-9'.%&+-]*|[^\sa-z0-9]", name)
    spaces = " " if " " in name else ""
    for start in range(len(tokens)):
        for end in range(start + 1, len(tokens) + 1):
            piece = tokens[start:end]
            joined = spaces.join(piece)
            if len(joined) >= 2 and joined in name and not (len(piece) == 1 and joined.isdigit()):
                yield joined


def _place_names(places: Iterable[PlaceEntry]) -> dict[str, tuple[str, ...]]:
    """Names, and their usual lengthenings (西湖 + 店, West Lake + store) where these name no other place."""
    names: dict[str, dict[str, None]] = defaultdict(dict)
    longer: dict[str, dict[str, None]] = defaultdict(dict)
    for place in places:
        store = place.kind is PlaceKind.STORE
        for surface in {plain(name) for name in (place.code, place.name_zh, place.name_en, *place.aliases)}:
            names[surface][place.code] = None
            for tail in ("店", "门店", " store", " 店") if store else ("仓", "仓库", " warehouse"):
                longer[surface + tail][place.code] = None
                longer[f"the {surface}{tail}"][place.code] = None
    return {surface: tuple(codes) for surface, codes in {**longer, **names}.items()}


def _traces(word: str) -> frozenset[str]:
    """What makes words alike: pairs of Chinese characters, whole Latin words and threes of their letters."""
    found: set[str] = set()
    for run in re.findall(r"[a-z]+|[^\sa-z0-9]+", word):
        length = 3 if run.isascii() else 2
        found.update(run[at : at + length] for at in range(len(run) - length + 1))
        found.update({run} if run.isascii() and len(run) > 1 else ())
    return frozenset(found)


def _traces_of(sku: SkuEntry) -> frozenset[str]:
    return frozenset().union(*(_traces(plain(name)) for name in _names(sku)))


def _place_trace(name: str) -> frozenset[str]:
    """Of a place's name, which is short, its Chinese characters and pairs of Latin letters, without what it ends on."""
    for tail in _TAILS:
        name = name.removesuffix(tail).strip()
    pairs = (name[at : at + 2] for at in range(len(name) - 1))
    return frozenset(char for char in name if not char.isascii()) | {pair for pair in pairs if pair.isascii()}


def _place_traces(place: PlaceEntry) -> tuple[frozenset[str], ...]:
    return tuple(_place_trace(plain(name)) for name in (place.name_zh, place.name_en, *place.aliases))


def _alike(one: frozenset[str], other: frozenset[str]) -> float:
    """The share of what two names have in common: 1 for the same, 0 for nothing."""
    return 2 * len(one & other) / (len(one) + len(other)) if one and other else 0
