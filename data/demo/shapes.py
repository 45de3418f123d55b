"""What the demo chain is made of, as plain values: one class for one kind of row."""

from __future__ import annotations

from dataclasses import dataclass

from data.kinds import PlaceKind, Role


@dataclass(frozen=True, slots=True)
class DemoRegion:
    """The places that one area manager looks after."""

    code: str
    name_zh: str
    name_en: str


@dataclass(frozen=True, slots=True)
class DemoPlace:
    """A store, a warehouse or a supplier. A supplier belongs to no region: its `region` is empty."""

    code: str
    name_zh: str
    name_en: str
    aliases: tuple[str, ...]
    kind: PlaceKind
    region: str
    zone: str


@dataclass(frozen=True, slots=True)
class DemoPack:
    """A unit that holds `factor` smallest units."""

    unit: str
    factor: int


@dataclass(frozen=True, slots=True)
class DemoBarcode:
    """A printed code; `pack_factor` is how many smallest units one scan means, None where nobody has said."""

    code: str
    pack_factor: int | None


@dataclass(frozen=True, slots=True)
class DemoSku:
    """A product in one size. Price and cost are for one base unit: a bottle, a kilogram.

    Goods sold by the kg have 3 decimals, so that their smallest unit is the gram. Packs stand from small
    to large, so the last one is what a truck carries.
    """

    code: str
    name_zh: str
    name_en: str
    brand: str
    size: str
    spec: str
    category: str
    base_unit: str
    decimals: int
    packs: tuple[DemoPack, ...]
    price_fen: int
    cost_fen: int
    aliases: tuple[str, ...]
    barcodes: tuple[DemoBarcode, ...]

    @property
    def base_factor(self) -> int:
        """How many smallest units one base unit holds: 1000 for a kilogram."""
        return int(10**self.decimals)


@dataclass(frozen=True, slots=True)
class DemoPerson:
    """Somebody who works in the chain: at a home place, for a region, or (neither) for all of it."""

    code: str
    name: str
    role: Role
    home: str | None
    region: str | None
    language: str


@dataclass(frozen=True, slots=True)
class DemoGroup:
    """A chat that several people share."""

    code: str
    title_zh: str
    title_en: str
    members: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DemoRoute:
    """What holds for transfers from `source` to `target`; None means any place.

    A line over `approval_above_packs` of its SKU's largest pack asks; a SKU without packs counts base units. A pull
    leaves `keep_back_packs` at the source and freezes at most `daily_limit_packs` in a day (None: no limit).
    """

    source: str | None
    target: str | None
    approval_above_packs: int
    approve_within_hours: int
    dispatch_within_hours: int
    truck_within_hours: int = 24
    answer_within_hours: int = 24
    keep_back_packs: int = 0
    daily_limit_packs: int | None = None
    direct: int = 0


@dataclass(frozen=True, slots=True)
class DemoOpening:
    """What a place has of one SKU on the first day: smallest units, and their cost in fen."""

    place: str
    sku: str
    count: int
    value_fen: int


@dataclass(frozen=True, slots=True)
class DemoChain:
    """The whole chain. Every code that one part names is in another: `load` has checked it.

    `units` are the spoken forms of each unit, `multipliers` the words that mean a number of base units.
    """

    name_zh: str
    name_en: str
    regions: tuple[DemoRegion, ...]
    places: tuple[DemoPlace, ...]
    skus: tuple[DemoSku, ...]
    units: dict[str, tuple[str, ...]]
    multipliers: dict[str, int]
    people: tuple[DemoPerson, ...]
    groups: tuple[DemoGroup, ...]
    routes: tuple[DemoRoute, ...]
    openings: tuple[DemoOpening, ...]
