"""The bench of understanding measures what it says, on messages that speak of the chain at hand."""

from __future__ import annotations

import pytest

from bot.cli.bench import ROOT, Options, benches
from handlers.understand.reading import Intent
from tests.bench import beside_hassil, understand, understood
from tests.bench.renamed import renamed
from tests.understanding.big_catalogue import big_catalogue
from tests.understanding.sets import labelled, world

SMALL = understand.Plan(messages=40, rounds=1, beside=6, skus=5_000, places=200)


def test_it_is_a_bench_and_its_parts_are_none() -> None:
    assert "understand" in benches(ROOT)
    assert not {"understood", "renamed", "beside_hassil"} & set(benches(ROOT))


def test_it_tells_the_figures_of_both_chains_and_those_beside_hassil() -> None:
    result = understand.run(Options(), SMALL)
    told = result.figures["understand"]
    assert isinstance(told, dict)
    assert (told["small"]["skus"], told["big"]["skus"], told["big"]["places"]) == (256, 5_000, 200)
    assert told["beside"]["names"] == beside_hassil.NAMES
    assert told["beside"]["ours"]["right"] == told["beside"]["hassil"]["right"] == 6
    for one in (told["small"], told["big"], told["beside"]["ours"]):
        assert 0 < one["p50_ms"] <= one["p99_ms"] <= one["longest_ms"]


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"cpu_p99_ms": 2.5}, "p99 is 2.50 ms of CPU at 50,000 SKUs, not under 2"),
        ({"build_cpu_s": 11.0}, "takes 11.0 s of CPU, not under 10"),
        ({"memory_mib": 401}, "takes 401 MiB, not under 400"),
    ],
)
def test_what_is_not_good_enough_is_said(wrong: dict[str, float], said: str) -> None:
    good = {"skus": 50_000, "cpu_p99_ms": 1.9, "build_cpu_s": 5.0, "memory_mib": 300}
    assert understand._red(good, good) is None
    assert said in (understand._red(good, good | wrong) or "")


def test_a_process_that_fails_leaves_no_figures() -> None:
    with pytest.raises(RuntimeError, match="the process of weather ended by itself"):
        understand._figures("weather", 1, 1)


def test_messages_say_the_names_of_the_other_chain() -> None:
    here, catalogue = world(), big_catalogue(5_000, 200)
    there, said_there = renamed(here, catalogue)
    red_bull = next(sku for sku in here.catalogue.skus if "红牛" in sku.aliases)
    said = said_there(f"调10箱{red_bull.name_zh}到西湖店, {red_bull.code.lower()} to west lake, {red_bull.barcodes[0]}")
    assert "红牛" not in said
    assert "西湖" not in said
    stand_in = next(sku for sku in catalogue.skus if sku.name_zh in said)
    assert stand_in.code in said
    assert stand_in.barcodes[0] in said
    assert said_there("Coconut") == "Coconut"  # no name in a longer word
    assert all(home is None or home in there.catalogue.place_by_code for home in there.homes.values())
    assert {bool(home) for home in there.homes.values()} == {True, False}


def test_a_dialogue_that_comes_again_is_another_one() -> None:
    rows = sum(len(labelled(name)) for name in understood.SETS)
    said = [message for _, message in zip(range(2 * rows), understood._messages(str), strict=False)]
    dialogs = [{one.dialog for one in half if one.dialog} for half in (said[:rows], said[rows:])]
    assert dialogs[0]
    assert not dialogs[0] & dialogs[1]


def test_both_readers_find_the_intents_of_plain_messages() -> None:
    goods = beside_hassil.catalogue()
    both, said = beside_hassil.rivals(goods), beside_hassil.messages(goods, 12)
    assert {intent for _, intent in said} == {Intent.TRANSFER_CREATE.value, Intent.STOCK_QUERY.value}
    for text, intent in said:
        assert (both.ours(text), both.hassil(text)) == (intent, intent)
