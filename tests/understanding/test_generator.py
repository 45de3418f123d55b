"""Generated messages never move the wrong thing, and what says the same in other words is read the same."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from tests.understanding.generator import Kind, stream
from tests.understanding.judging import Outcome, outcome
from tests.understanding.phrase_list import templates

SEED = 20260318
KEPT = 0.9
"""The least share of complete readings that stay as they are when nothing that matters is changed."""
MOST_SHOWN = 20


def test_a_part_of_the_stream_is_safe() -> None:
    check(outcomes(SEED, 0, 3_000))


@pytest.mark.long
@pytest.mark.parametrize("part", range(8))
def test_the_whole_stream_is_safe(part: int) -> None:
    check(outcomes(SEED, part * 12_500, 12_500))


def test_every_template_can_be_drawn_and_every_kind_comes() -> None:
    cases = list(stream(SEED, 400))
    assert {case.kind for case in cases} == set(Kind)
    assert len({case.before.text for case in cases}) > 300
    assert len(templates()) > 300


def test_the_same_seed_makes_the_same_messages() -> None:
    assert [case.draft for case in stream(7, 50)] == [case.draft for case in stream(7, 50)]


def outcomes(seed: int, first: int, count: int) -> list[Outcome]:
    """What a part of the stream comes to."""
    return [outcome(case) for case in stream(seed, count, first=first)]


def check(found: Sequence[Outcome]) -> None:
    """Nothing dangerous; of what was complete, hardly anything asked, and nothing become another change."""
    compared = [one for one in found if one.unchanged is not None]
    if bad := [one for one in found if one.dangerous or one.became_another]:
        pytest.fail(shown(bad), pytrace=False)
    kept = sum(one.unchanged is True for one in compared) / len(compared)
    if kept < KEPT:
        pytest.fail(f"{kept:.1%} kept: " + shown([one for one in compared if not one.unchanged]), pytrace=False)


def shown(found: Sequence[Outcome]) -> str:
    """The first of them, a block each."""
    return "\n\n".join((f"{len(found)} messages", *map(str, found[:MOST_SHOWN])))
