"""A chain in a JSON file: what becomes of each part of it, and what is said of a file that is none."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest

from bot.world import world_from
from data.kinds import PlaceKind

MILK = {"sku": "M1", "name_zh": "牛奶", "name_en": "Milk", "base_unit": "盒", "pack_unit": "箱", "pack_factor": 12}
RICE = {"sku": "R1", "name_zh": "米", "name_en": "Rice", "base_unit": "kg", "decimals": 3} | {
    "pack_unit": "袋", "pack_factor": 25, "size": "25kg", "barcodes": ["6929094735657"], "aliases": ["散米"],
}  # fmt: skip
STORE = {"code": "XH", "name_zh": "西湖店", "name_en": "West Lake", "aliases": ["西湖"], "kind": "store"}
SUPPLIER = {"code": "S1", "name_zh": "绿源茶业", "name_en": "Lvyuan Tea", "aliases": ["绿源"]}
PLAIN: dict[str, Any] = {
    "now": "2026-03-18T10:00:00+08:00",
    "stores": [STORE],
    "products": [MILK, RICE],
    "staff": [{"id": "u1", "name": "王", "home": "XH"}, {"id": "u2", "name": "何", "home": None}],
    "suppliers": [SUPPLIER],
    "documents": [{"no": "TR-1042"}, {"no": "PO-2017"}, {"no": "TR-7"}, {"no": "PO-7"}],
    "units": {"箱": ["case", "cases"]},
    "max_quantity": 100000,
}


def test_packs_count_in_smallest_units() -> None:
    milk, rice = world_from(json.dumps(PLAIN)).catalogue.skus
    assert (milk.packs, milk.decimals) == ((("箱", 12),), 0)
    assert (rice.packs, rice.decimals) == ((("袋", 25_000),), 3)
    assert (rice.size, rice.barcodes, rice.aliases) == ("25kg", ("6929094735657",), ("散米",))
    assert milk.id != rice.id


def test_places_suppliers_and_units_are_named() -> None:
    goods = world_from(json.dumps(PLAIN)).catalogue
    assert [(place.code, place.kind, place.aliases) for place in goods.places] == [("XH", PlaceKind.STORE, ("西湖",))]
    assert [(one.code, one.name_zh, one.aliases) for one in goods.suppliers] == [("S1", "绿源茶业", ("绿源",))]
    assert goods.units == {"箱": ("case", "cases")}


def test_who_writes_has_a_home_or_none() -> None:
    world = world_from(json.dumps(PLAIN))
    here, nowhere = world.context("u1"), world.context("u2")
    assert (here.home, here.home_kind, here.today) == ("XH", PlaceKind.STORE, date(2026, 3, 18))
    assert (nowhere.home, nowhere.home_kind) == (None, None)
    assert world.names == {"u1": "王", "u2": "何"}


def test_a_bare_number_that_two_documents_have_says_nothing() -> None:
    assert world_from(json.dumps(PLAIN)).context("u1").documents == {"1042": "TR-1042", "2017": "PO-2017"}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "Invalid JSON"),
        ("[]", "be an object"),
        (json.dumps({**PLAIN, "stores": [{**STORE, "kind": "moon"}]}), "stores.0.kind: "),
        (json.dumps({**PLAIN, "products": [{"sku": "M1"}]}), "products.0.name_zh: "),
        (json.dumps({**PLAIN, "staff": [{"id": "u1", "name": "王", "home": "ZZ"}]}), "ZZ"),
    ],
)
def test_a_file_that_is_no_world_says_where(text: str, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        world_from(text)
