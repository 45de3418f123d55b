"""The bench of understanding measures what it says, on messages that speak of the chain at hand."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.batch import lexicon_of
from bot.cli.bench import ROOT, Options, benches
from handlers.understand.reading import Intent
from handlers.understand.understand import understand as read
from tests.bench import beside_hassil, understand, understood
from tests.understanding.big_catalogue import among_many
from tests.understanding.sets import labelled, world

SMALL = understand.Plan(messages=40, rounds=1, beside=6, skus=5_000, places=200)


def test_it_is_a_bench_and_its_parts_are_none() -> None:
    assert "understand" in benches(ROOT)
    assert not {"understood", "beside_hassil"} & set(benches(ROOT))


def test_it_tells_the_figures_of_both_chains_and_those_beside_hassil() -> None:
    result = understand.run(Options(), SMALL)
    told = result.figures["understand"]
    assert isinstance(told, dict)
    assert (told["small"]["skus"], told["big"]["skus"], told["big"]["places"]) == (256, 5_000, 200)
    assert told["beside"]["names"] == beside_hassil.NAMES
    assert told["beside"]["ours"]["right"] == told["beside"]["hassil"]["right"] == 6
    for one in (told["small"], told["big"], told["beside"]["ours"]):
        assert 0 < one["p50_ms"] <= one["p99_ms"] <= one["longest_ms"]
    assert 0.5 < told["big"]["complete"] <= told["small"]["complete"] < 1


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"cpu_p99_ms": 2.5}, "p99 is 2.50 ms of CPU at 50,000 SKUs, not under 2"),
        ({"build_cpu_s": 11.0}, "takes 11.0 s of CPU, not under 10"),
        ({"peak_mib": 401}, "takes 401 MiB, not under 400"),
    ],
)
def test_what_is_not_good_enough_is_said(wrong: dict[str, float], said: str) -> None:
    good = {"skus": 50_000, "cpu_p99_ms": 1.9, "build_cpu_s": 5.0, "peak_mib": 300}
    assert understand._red(good, good) is None
    assert said in (understand._red(good, good | wrong) or "")


def test_a_process_that_fails_leaves_no_figures() -> None:
    with pytest.raises(RuntimeError, match="the process of weather ended by itself"):
        understand._figures("weather", 1, 1)


def test_messages_mean_the_same_among_many_others() -> None:
    here = world()
    there = replace(here, catalogue=among_many(here.catalogue, 5_000, 200))
    assert (len(there.catalogue.skus), len(there.catalogue.places)) == (5_000, 200)
    few, many = lexicon_of(here), lexicon_of(there)
    rows = labelled("dev")[::5]
    alike = sum(
        read(row["text"], here.context(row["user"]), few).slots
        == read(row["text"], there.context(row["user"]), many).slots
        for row in rows
    )
    assert alike >= 0.97 * len(rows)


def test_a_dialogue_that_comes_again_is_another_one() -> None:
    rows = sum(len(labelled(name)) for name in understood.SETS)
    said = [message for _, message in zip(range(2 * rows), understood._messages(), strict=False)]
    dialogs = [{one.dialog for one in half if one.dialog} for half in (said[:rows], said[rows:])]
    assert dialogs[0]
    assert not dialogs[0] & dialogs[1]


def test_both_readers_find_the_intents_of_plain_messages() -> None:
    goods = beside_hassil.catalogue()
    both, said = beside_hassil.rivals(goods), beside_hassil.messages(goods, 12)
    assert {intent for _, intent in said} == {Intent.TRANSFER_CREATE.value, Intent.STOCK_QUERY.value}
    for text, intent in said:
        assert (both.ours(text), both.hassil(text)) == (intent, intent)
