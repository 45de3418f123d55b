"""The words that say where a pattern is worth trying hide no match of it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

import pytest

from handlers.understand import chinese_periods
from handlers.understand.amounts import amounts_in
from handlers.understand.hedges import hedge_after, hedge_before
from handlers.understand.injected import is_injected
from handlers.understand.normalise import normalise
from handlers.understand.numerals import numerals_in
from handlers.understand.periods import periods_in
from handlers.understand.prices import prices_in
from handlers.understand.telltales import Telltales
from handlers.understand.times import times_in
from handlers.understand.understand import understand
from tests.understanding.sets import HERE, labelled, lexicon, world

SETS = sorted(path.stem for path in HERE.glob("*.jsonl"))
TODAY = date(2026, 9, 16)
STRANGERS = (
    "从巨峰仓调5箱红牛到西湖",
    "调5箱红牛到兰亭店",
    "send 5 cases of Red Bull to Oldham outlet",
    "from Bakewell warehouse bring 3 boxes of oreo",
    "跟旺仔贸易订5箱红牛",
    "order 3 boxes of oreo from happy traders",
)
"""Places and suppliers that the chain does not have."""


class _Anything(frozenset[str]):
    def isdisjoint(self, other: Iterable[Any], /) -> bool:
        return False


def _tries_all(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Telltales, "are_in", lambda self, chars: True)
    monkeypatch.setattr(Telltales, "met", lambda self, chars: set(self._groups))
    everywhere = tuple((pattern, _Anything(), reader) for pattern, _, reader in chinese_periods._READERS)
    monkeypatch.setattr(chinese_periods, "_READERS", everywhere)


def _found_in(chars: str) -> tuple[object, ...]:
    """All that is looked for behind telltales; the hedges around each character."""
    hedges = [(hedge_before(chars, at), hedge_after(chars, at)) for at in range(len(chars) + 1)]
    periods = set(periods_in(chars, TODAY)) | set(periods_in(chars, TODAY, ahead=True))
    units = lexicon().units_behind_numbers
    edges = {repr(edge) for edge in amounts_in(chars, units)}
    return (
        set(times_in(chars)),
        set(prices_in(chars)),
        is_injected(chars),
        hedges,
        periods,
        [*numerals_in(chars)],
        edges,
    )


def test_no_match_is_hidden_in_any_labelled_message(monkeypatch: pytest.MonkeyPatch) -> None:
    said = sorted({normalise(row["text"]).chars for name in SETS for row in labelled(name)})
    with_telltales = [_found_in(chars) for chars in said]
    _tries_all(monkeypatch)
    missed = [chars for chars, found in zip(said, with_telltales, strict=True) if _found_in(chars) != found]
    assert missed == []


def test_messages_are_read_alike_without_telltales(monkeypatch: pytest.MonkeyPatch) -> None:
    said = [*STRANGERS, *sorted({row["text"] for name in SETS for row in labelled(name)})[::8]]
    context = world().context("u05")
    with_telltales = [understand(text, context, lexicon()) for text in said]
    _tries_all(monkeypatch)
    differing = [
        text for text, read in zip(said, with_telltales, strict=True) if understand(text, context, lexicon()) != read
    ]
    assert differing == []
