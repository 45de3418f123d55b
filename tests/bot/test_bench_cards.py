"""The bench of cards measures what it says: to the last card of each act, with the waits for the limits among it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from bot.cli.bench import ROOT, Options, benches
from bot.telegram.channel import LIMITS
from tests.bench import cards
from tests.bench.hands import APPROVE, DISPATCH, Act, Call, Effect, overlap
from tests.bot.telegram.strictgram import StrictServer

SMALL = cards.Plan(documents=8, stores=4, per_second=2.0, seconds=2.0, pause_s=1.0)
FIGURES = {
    *("acts", "p50_ms", "p99_ms", "longest_ms", "own_p99_ms", "waited", "longest_wait_ms", "edits", "messages"),
    *("calls_per_act", "lines_p99_ms", "problems"),
}


def test_every_act_is_seen_on_every_card_and_every_figure_is_there() -> None:
    result = cards.run(Options(), SMALL)
    found: Any = json.loads(json.dumps(result.figures))["cards"]
    assert found.keys() == {"p99_ms", "sqlite", "load_average"}
    figures = found["sqlite"]
    assert figures.keys() == FIGURES | {"cards", "chats", "cpu_ms", "at_once"}
    assert figures["at_once"].keys() == FIGURES | {"platform_ms"}
    assert (figures["cards"], figures["chats"]) == (5 * 8, 4 * 4 + 2)
    assert figures["acts"] >= 1
    assert figures["at_once"]["acts"] >= 4
    assert found["p99_ms"] == figures["p99_ms"]
    assert 0 < figures["p50_ms"] <= figures["p99_ms"] <= figures["longest_ms"]
    assert figures["edits"] + figures["messages"] > figures["acts"]
    assert figures["at_once"]["waited"] > 0  # so many steps at once are more than the chats take
    assert 0 < figures["at_once"]["longest_wait_ms"] < figures["at_once"]["longest_ms"]
    assert figures["at_once"]["longest_ms"] >= figures["at_once"]["platform_ms"]


def part(*took_ms: float, waited_s: float = 0.0) -> cards.Part:
    """Acts that took so long, and waited so long of it."""
    effects = [Effect(Act(0.0, APPROVE), [Call(ms / 1000, "edit", 1)], waited_s) for ms in took_ms]
    return cards.Part(effects, (200.0,))


def test_figures_are_those_of_the_acts() -> None:
    assert Effect(Act(10.0, DISPATCH), [Call(10.1, "edit", 1), Call(10.25, "message", 2)]).took_ms == pytest.approx(250)
    found = part(100.0, 1500.0, waited_s=1.0).figures()
    assert (found["p50_ms"], found["p99_ms"], found["own_p99_ms"]) == (100.0, 1500.0, 500.0)
    assert (found["waited"], found["longest_wait_ms"], found["edits"], found["lines_p99_ms"]) == (2, 1000.0, 2, 200.0)


@pytest.mark.parametrize(
    ("took_ms", "problems", "red"),
    [(999.0, [], []), (1001.0, [], ["p99 is 1001"]), (10.0, [{"code": "flood"}], ["complains 1 times"])],
)
def test_it_is_red_where_cards_are_late_or_the_stand_in_complains(
    took_ms: float, problems: list[dict[str, Any]], red: list[str]
) -> None:
    parts = {cards.AT_A_RATE: part(took_ms), cards.AT_ONCE: cards.Part(part(60_000.0).effects, (), problems)}
    told = cards.Measured(parts, 5, 3, 1.0).red("sqlite")
    assert len(told) == len(red)
    assert all(words in sentence for words, sentence in zip(red, told, strict=True))


def test_spans_that_overlap_are_counted_once() -> None:
    assert overlap([(0, 2), (1, 3), (2.5, 2.6), (5, 9)], 1.5, 6) == pytest.approx(2.5)
    assert overlap([], 0, 1) == 0


def test_what_the_product_allows_itself_the_stand_in_allows_half_a_second_later() -> None:
    server = StrictServer()
    spans = ((LIMITS.overall, server.per_second, 1.0), (LIMITS.private, server.chat_burst, float(server.chat_burst)))
    for rates, most, seconds in (*spans, (LIMITS.group, server.group_per_minute, 60.0)):
        assert any(rate.count <= most and rate.seconds >= seconds + 0.5 for rate in rates)


def test_it_is_a_bench_of_the_checkout() -> None:
    assert "cards" in benches(ROOT)
    assert not {"hands", "open_papers"} & {*benches(ROOT)}
