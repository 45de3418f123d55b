"""In a large chain every name is found, and the parts tell all who have them and nobody else."""

from __future__ import annotations

import re
from functools import cache
from random import Random

import pytest

from core.goods.catalogue import Catalogue
from handlers.understand.names.lexicon import Lexicon
from handlers.understand.names.name import CAP, How, NameKind
from handlers.understand.normalise import plain
from tests.understanding.big_catalogue import big_catalogue
from tests.understanding.name_figures import name_figures


@cache
def chain() -> tuple[Catalogue, Lexicon]:
    catalogue = big_catalogue(1_500, 120)
    return catalogue, Lexicon.built_from(catalogue)


def test_a_seed_gives_one_catalogue() -> None:
    assert big_catalogue(200, 40) == big_catalogue(200, 40)
    assert big_catalogue(200, 40) != big_catalogue(200, 40, seed=7)
    assert len({sku.code for sku in chain()[0].skus}) == 1_500


def test_every_name_of_every_product_is_found_whole() -> None:
    catalogue, lexicon = chain()
    for sku in catalogue.skus:
        for said in (sku.name_zh, sku.name_en, sku.code, sku.barcodes[0], *sku.aliases):
            text = f"从 {plain(said)} 到"
            assert any(
                sku.code in name.whole and name.said == plain(said) and name.how is How.EXACT
                for name in lexicon.names_in(text)
            ), said


def test_every_place_is_found() -> None:
    catalogue, lexicon = chain()
    for place in catalogue.places:
        for said in (place.name_zh, place.name_en, place.code, *place.aliases):
            found = lexicon.names_in(plain(f"到{said},"))
            assert any(name.kind is NameKind.PLACE and place.code in name.whole for name in found), said


def test_a_part_tells_all_who_have_it_and_nobody_else() -> None:
    """Against the plain way: to look into every name."""
    catalogue, lexicon = chain()
    random = Random(3)
    looked_at = set[str]()
    for sku in random.sample(catalogue.skus, k=60):
        name = random.choice((sku.name_zh, sku.name_en, *sku.aliases))
        for found in lexicon.names_in(plain(name)):
            if found.kind is NameKind.PRODUCT and found.how is How.EXACT and found.said not in looked_at:
                looked_at.add(found.said)
                true = _having(found.said)
                assert found.more == (len(true) > CAP), found.said
                assert set(found.part) == true if not found.more else set(found.part) < true, found.said
    assert len(looked_at) > 150


def _having(said: str) -> set[str]:
    """The codes of the products in whose names something stands, as words of its own where it is Latin."""
    border = "(?<![a-z])", "(?![a-z])"
    pattern = re.compile(f"{border[0]}{re.escape(said)}{border[1]}" if said.isascii() else re.escape(said))
    return {code for code, names in _plain_names() if pattern.search(names)}


@cache
def _plain_names() -> list[tuple[str, str]]:
    return [
        (sku.code, "\n".join(map(plain, (sku.name_zh, sku.name_en, sku.brand, *sku.aliases))))
        for sku in chain()[0].skus
    ]


def test_the_figures_can_be_taken() -> None:
    figures = name_figures(big_catalogue(300, 40), messages=50, runs=1)
    assert (figures.skus, figures.places) == (300, 40)
    assert figures.p50_us < 50_000


@pytest.mark.long
def test_fifty_thousand_products_are_found_fast() -> None:
    """Far beyond what is wanted (0.8 ms, 10 s, 400 MiB): other processes share the machine of the tests."""
    figures = name_figures(big_catalogue())
    assert figures.p99_us < 5_000
    assert figures.build_seconds < 60
    assert figures.process_mib < 800
