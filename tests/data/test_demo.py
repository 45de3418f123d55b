"""The demo chain is whole: every code is known, every approval finds somebody, every price and opening makes sense."""

from __future__ import annotations

import re
import shutil
from collections import Counter
from pathlib import Path

import pytest

from data.demo.chain import FILES, DemoChain, DemoPlace, DemoSku, load
from data.kinds import PlaceKind, Role

KEEPS = {PlaceKind.STORE: Role.STORE_MANAGER, PlaceKind.WAREHOUSE: Role.KEEPER}


@pytest.fixture(scope="module")
def chain() -> DemoChain:
    return load()


def holders(chain: DemoChain) -> list[DemoPlace]:
    return [place for place in chain.places if place.kind in KEEPS]


def largest_pack(sku: DemoSku) -> int:
    return sku.packs[-1].factor if sku.packs else sku.base_factor


def test_the_chain_has_its_size(chain: DemoChain) -> None:
    assert Counter(place.kind for place in chain.places) == {"store": 12, "warehouse": 2, "supplier": 6}
    assert len(chain.skus) == 256
    assert sum(len(sku.barcodes) for sku in chain.skus) == 419
    assert len(chain.units) == 25
    assert chain.multipliers == {"打": 12, "dozen": 12, "doz": 12, "pair": 2, "对": 2}
    assert {person.role for person in chain.people} == set(Role) - {Role.SYSTEM}


def test_loading_twice_gives_the_same(chain: DemoChain) -> None:
    assert load() == chain


def test_every_approval_finds_somebody(chain: DemoChain) -> None:
    at_home = {(person.home, person.role) for person in chain.people}
    assert [place.code for place in holders(chain) if (place.code, KEEPS[place.kind]) not in at_home] == []
    managed = {person.region for person in chain.people if person.role is Role.AREA_MANAGER}
    assert {place.region for place in holders(chain)} == {region.code for region in chain.regions} == managed
    assert any(person.role is Role.HQ for person in chain.people)


def test_a_second_person_can_receive_in_every_store(chain: DemoChain) -> None:
    at_home = Counter(person.home for person in chain.people)
    assert [place.code for place in chain.places if place.kind is PlaceKind.STORE and at_home[place.code] < 2] == []


def test_people_belong_where_their_role_does(chain: DemoChain) -> None:
    kinds = {place.code: place.kind for place in chain.places}
    for person in chain.people:
        home = kinds[person.home] if person.home else None
        expected = {Role.CLERK: PlaceKind.STORE, Role.STORE_MANAGER: PlaceKind.STORE, Role.KEEPER: PlaceKind.WAREHOUSE}
        assert home == expected.get(person.role), person
        assert (person.region is not None) == (person.role is Role.AREA_MANAGER), person


def test_groups_are_of_hq_and_of_each_region(chain: DemoChain) -> None:
    assert [group.code for group in chain.groups] == ["hq", *(region.code for region in chain.regions)]
    people = {person.code: person for person in chain.people}
    regions = {place.code: place.region for place in chain.places}
    for group in chain.groups[1:]:
        members = [people[code] for code in group.members]
        assert {member.region or regions[member.home or ""] for member in members} == {group.code}


def test_prices_cover_costs_by_a_plausible_margin(chain: DemoChain) -> None:
    for sku in chain.skus:
        margin = (sku.price_fen - sku.cost_fen) / sku.price_fen
        assert 0.1 < margin < 0.6, f"{sku.code} {sku.name_zh} {sku.size}: {sku.price_fen} for {sku.cost_fen}"


def test_a_bigger_size_of_one_product_costs_more(chain: DemoChain) -> None:
    """Of two sizes in the same measure, the larger has the higher price and cost."""
    sizes = [(re.fullmatch(r"([\d.]+)([a-zA-Z]+)", sku.size), sku) for sku in chain.skus if not sku.decimals]
    grams = {"ml": 1, "L": 1000, "g": 1, "kg": 1000}
    known = [(float(size[1]) * grams[size[2]], sku) for size, sku in sizes if size]
    for amount, sku in known:
        for other_amount, other in known:
            if sku.name_zh == other.name_zh and amount > other_amount and other_amount * 1.1 < amount:
                assert sku.price_fen > other.price_fen, (sku, other)
                assert sku.cost_fen > other.cost_fen, (sku, other)


def test_goods_by_the_kilogram_are_counted_in_grams(chain: DemoChain) -> None:
    for sku in chain.skus:
        assert (sku.base_unit == "kg") == (sku.decimals == 3), sku
        if sku.decimals:
            assert sku.base_factor == 1000
            assert (sku.packs[0].unit, sku.packs[0].factor) == ("斤", 500)
            assert f"{sku.packs[-1].factor // 1000}kg" == sku.size
    lemon = next(sku for sku in chain.skus if sku.code == "M-720")
    assert [(pack.unit, pack.factor) for pack in lemon.packs] == [("斤", 500), ("件", 5000)]


def test_barcodes_have_their_check_digit(chain: DemoChain) -> None:
    for code in (barcode.code for sku in chain.skus for barcode in sku.barcodes):
        weighed = sum(int(digit) * weight for digit, weight in zip(code, (1, 3) * 6 + (1,), strict=True))
        assert weighed % 10 == 0, code


def test_openings_are_worth_their_cost(chain: DemoChain) -> None:
    skus = {sku.code: sku for sku in chain.skus}
    for opening in chain.openings:
        sku = skus[opening.sku]
        off = 2 * opening.value_fen * 10**sku.decimals - 2 * opening.count * sku.cost_fen
        assert opening.count > 0, opening
        assert -(10**sku.decimals) < off <= 10**sku.decimals, opening  # rounded half up: never further than half a fen


def test_openings_are_of_known_places_and_skus_once(chain: DemoChain) -> None:
    pairs = Counter((opening.place, opening.sku) for opening in chain.openings)
    assert max(pairs.values()) == 1
    assert {place for place, _ in pairs} == {place.code for place in holders(chain)}
    assert {sku for _, sku in pairs} == {sku.code for sku in chain.skus}


def test_places_carry_what_their_kind_would(chain: DemoChain) -> None:
    skus = {sku.code: sku for sku in chain.skus}
    categories = {sku.category for sku in chain.skus}
    for place in holders(chain):
        openings = [opening for opening in chain.openings if opening.place == place.code]
        packs = [opening.count / largest_pack(skus[opening.sku]) for opening in openings]
        assert {skus[opening.sku].category for opening in openings} == categories
        if place.kind is PlaceKind.STORE:
            assert 0.4 <= len(openings) / len(skus) <= 0.7, place.code
            assert max(packs) <= 6, place.code
        else:
            assert len(openings) / len(skus) >= 0.8, place.code
            assert 10 <= min(packs) <= max(packs) <= 100, place.code


def test_the_story_has_its_stock(chain: DemoChain) -> None:
    cola = {opening.place: opening.count for opening in chain.openings if opening.sku == "SKU123"}
    assert (cola["W1"], cola["XH"], cola["EQ"]) == (62 * 24, 3 * 24 + 6, 2 * 24)
    assert set(cola) == {place.code for place in holders(chain)}


def test_the_default_route_asks_above_ten_packs(chain: DemoChain) -> None:
    default = [route for route in chain.routes if route.source is None and route.target is None]
    assert [(r.approval_above_packs, r.approve_within_hours, r.dispatch_within_hours) for r in default] == [(10, 4, 24)]


@pytest.mark.parametrize(
    ("file", "old", "new", "complaint"),
    [
        ("places.toml", 'code = "EQ"', 'code = "XH"', r"places\.toml, place 2 \(XH\): XH stands in .*place 1"),
        ("places.toml", '"B店"', '"A店"', r"places\.toml, place 2 \(EQ\): a店 stands in"),
        ("places.toml", 'region = "west"', 'region = "north"', r"places\.toml, place 1 \(XH\): region names 'north'"),
        ("places.toml", 'kind = "store"', 'kind = "kiosk"', r"place 1 \(XH\): kind names 'kiosk'"),
        ("places.toml", "aliases =", "alias =", r"place 1 \(XH\): alias is no cell of a place"),
        ("people.toml", 'home = "XH"', 'home = "SUP01"', r"people\.toml, person 1 \(u01\): home names 'SUP01'"),
        ("people.toml", '"u19", "u20"', '"u19", "u99"', r"people\.toml, group 1 \(hq\): members names 'u99'"),
        ("people.toml", 'role = "clerk"', 'role = "king"', r"person 1 \(u01\): role names 'king'"),
        ("products.csv", "SKU123,", "A-1001,", r"products\.csv, line 3 \(A-1001\): A-1001 stands in .*line 2"),
        ("products.csv", "6930964319709", "6918690954340", r"line 3 \(SKU123\): 6918690954340 stands in .*line 2"),
        ("products.csv", ",罐,0,", ",坛,0,", r"products\.csv, line 2 \(A-1001\): base_unit names '坛'"),
        ("products.csv", "箱=24,300,205", "箱=24,205,300", r"line 2 \(A-1001\): the price 205 should be above"),
        ("products.csv", "箱=24,300", "箱=1,300", r"line 2 \(A-1001\): packs should go from small to large"),
        ("products.csv", "箱=24,300", "箱,300", r"line 2 \(A-1001\): packs should be a known unit"),
        ("products.csv", "300,205", "3.00,205", r"line 2 \(A-1001\): price_fen should be a whole number, not '3\.00'"),
        ("products.csv", "300,205", "300,205,1", r"line 2 \(A-1001\): should have 14 cells"),
        ("products.csv", "code,name_zh", "name_zh,code", r"products\.csv, line 1: the head should be code,name_zh"),
        ("routes.toml", 'target = "QD"', 'target = "ZZ"', r"routes\.toml, route 2: target names 'ZZ'"),
        ("openings.toml", '"SKU123", "A-1001"', '"SKU123", "A-1"', r"openings\.toml: everywhere names 'A-1'"),
        ("units.toml", "dozen = 12", "dozen = 1.5", r"units\.toml, multipliers: dozen should be a whole number"),
    ],
)
def test_a_mistake_is_named_with_file_and_row(tmp_path: Path, file: str, old: str, new: str, complaint: str) -> None:
    for path in [*FILES.glob("*.toml"), *FILES.glob("*.csv")]:
        shutil.copy(path, tmp_path)
    text = (tmp_path / file).read_text(encoding="utf-8")
    assert old in text
    (tmp_path / file).write_text(text.replace(old, new, 1), encoding="utf-8")

    with pytest.raises(ValueError, match=complaint):
        load(tmp_path)
