"""A chain in one JSON file instead of a database: its catalogue, people and their homes, documents, and date."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from pydantic import BaseModel, ValidationError

from core.goods.catalogue import Catalogue, PlaceEntry, SkuEntry, SupplierEntry
from data.kinds import PlaceKind
from handlers.understand.reading import Context

_ZONE, _LANGUAGE = "Asia/Shanghai", "zh"


@dataclass(frozen=True)
class World:
    """What understanding has to know of a chain. `homes` are place codes by a person's id, `names` their names."""

    catalogue: Catalogue
    homes: Mapping[str, str | None]
    names: Mapping[str, str]
    documents: Mapping[str, str]
    today: date

    def context(self, user: str) -> Context:
        """The context of what this person writes first. Raises KeyError where nobody has that id."""
        home = self.homes[user]
        kind = self.catalogue.place_by_code[home].kind if home else None
        return Context(home, kind, _LANGUAGE, today=self.today, documents=self.documents)


def world_from(text: str) -> World:
    """The world of a JSON text. Raises ValueError, which says what is wrong where, for a text that is none."""
    try:
        file = _File.model_validate_json(text)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"]))
        raise ValueError(f"{where}: {first['msg']}" if where else first["msg"]) from None
    places = {place.code for place in file.stores}
    if strange := [one.home for one in file.staff if one.home and one.home not in places]:
        raise ValueError(f"somebody is at home in {strange[0]}, which is no place of this world")
    return World(
        Catalogue(
            tuple(_sku(number, product) for number, product in enumerate(file.products, start=1)),
            tuple(_place(number, store) for number, store in enumerate(file.stores, start=1)),
            {unit: tuple(spoken) for unit, spoken in file.units.items()},
            tuple(SupplierEntry(one.code, one.name_zh, one.name_en, tuple(one.aliases)) for one in file.suppliers),
        ),
        homes={one.id: one.home for one in file.staff},
        names={one.id: one.name for one in file.staff},
        documents=_documents([one.no for one in file.documents]),
        today=file.now.date(),
    )


class _Named(BaseModel):
    code: str
    name_zh: str
    name_en: str
    aliases: list[str] = []


class _Store(_Named):
    kind: PlaceKind


class _Person(BaseModel):
    id: str
    name: str
    home: str | None = None


class _Document(BaseModel):
    no: str


class _Product(BaseModel):
    sku: str
    name_zh: str
    name_en: str
    brand: str = ""
    size: str = ""
    category: str = ""
    base_unit: str
    pack_unit: str | None = None
    pack_factor: int | None = None
    decimals: int = 0
    barcodes: list[str] = []
    aliases: list[str] = []


class _File(BaseModel):
    now: datetime
    stores: list[_Store]
    products: list[_Product]
    staff: list[_Person]
    suppliers: list[_Named] = []
    documents: list[_Document] = []
    units: dict[str, list[str]] = {}


def _sku(number: int, product: _Product) -> SkuEntry:
    factor = (product.pack_factor or 0) * int(10**product.decimals)
    return SkuEntry(
        id=number,
        code=product.sku,
        name_zh=product.name_zh,
        name_en=product.name_en,
        brand=product.brand,
        size=product.size,
        category=product.category,
        base_unit=product.base_unit,
        decimals=product.decimals,
        packs=((product.pack_unit, factor),) if product.pack_unit and factor else (),
        aliases=tuple(product.aliases),
        barcodes=tuple(product.barcodes),
    )


def _place(number: int, store: _Store) -> PlaceEntry:
    return PlaceEntry(
        number, store.code, store.name_zh, store.name_en, tuple(store.aliases), store.kind, region="", zone=_ZONE
    )


def _documents(numbers: Sequence[str]) -> dict[str, str]:
    """Numbers as people say them bare, with the whole ones; one that two documents have says nothing."""
    bare = {number: number.rpartition("-")[2] for number in numbers}
    count = Counter(bare.values())
    return {said: number for number, said in bare.items() if count[said] == 1}
