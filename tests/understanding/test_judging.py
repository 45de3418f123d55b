"""Whoever judges generated messages notices a wrong reading, and whoever reads cards a wrong posting."""

from __future__ import annotations

from dataclasses import replace

import pytest

from handlers.understand.reading import Intent, Reading, Slots
from tests.handlers.small_catalogue import small_catalogue
from tests.understanding import judging
from tests.understanding.card_facts import Facts, Moved, asked_on
from tests.understanding.generator import Case, Kind
from tests.understanding.judging import outcome
from tests.understanding.phrase_list import NEVER
from tests.understanding.pieces import Draft, Piece

APPROVED = Reading(Intent.TRANSFER_APPROVE, Slots(document="TR-1047"))
CANCELLED = Reading(Intent.TRANSFER_CANCEL, Slots(document="TR-1047"))
UNKNOWN = Reading(Intent.UNKNOWN, missing=("intent",))
DRAFT = Draft((Piece("同意TR-1047"),), "u20", {"intent": "approval.approve", "document": "TR-1047"}, "here", "zh")
TRAP = replace(DRAFT, expect={"intent": "unknown"}, tags=frozenset({NEVER}))


@pytest.mark.parametrize(
    ("kind", "draft", "reading", "dangerous"),
    [
        (Kind.PLAIN, DRAFT, APPROVED, False),
        (Kind.PLAIN, DRAFT, UNKNOWN, False),
        (Kind.NOISY, DRAFT, CANCELLED, True),
        (Kind.PLAIN, TRAP, APPROVED, True),
        (Kind.PLAIN, TRAP, UNKNOWN, False),
        (Kind.BROKEN, DRAFT, APPROVED, True),
        (Kind.BROKEN, DRAFT, UNKNOWN, False),
        (Kind.BROKEN, DRAFT, replace(APPROVED, intent=Intent.TRANSFER_REJECT), False),
        (Kind.PLAIN, TRAP, replace(APPROVED, intent=Intent.TRANSFER_DISPATCH), True),
    ],
)
def test_a_wrong_change_is_dangerous(
    monkeypatch: pytest.MonkeyPatch, kind: Kind, draft: Draft, reading: Reading, dangerous: bool
) -> None:
    monkeypatch.setattr(judging, "understand", lambda *_: reading)
    found = outcome(Case(0, kind, draft, draft))
    assert bool(found.dangerous) is dangerous
    assert draft.text in str(found)


def test_a_posting_is_held_against_its_card() -> None:
    catalogue = small_catalogue()
    sku, source, target = catalogue.skus[0], catalogue.places[0], catalogue.places[1]
    (unit, factor), *_ = sku.packs
    name = f"{sku.name_zh}{sku.size}"
    facts = Facts((f"{name} 5{unit}({5 * factor}{sku.base_unit})", f"{source.name_zh} → {target.name_zh}"), catalogue)
    right = Moved(sku.id, 5 * factor, source.id, target.id, frees_or_freezes=False)
    assert list(facts.contradictions([right])) == []
    assert list(asked_on(facts, {sku.id: 5 * factor})) == []
    elsewhere = catalogue.places[2].id
    other = catalogue.skus[1].id
    for wrong in (
        replace(right, quantity=4 * factor),
        replace(right, target_id=elsewhere),
        replace(right, sku_id=other),
    ):
        assert list(facts.contradictions([wrong]))
    assert list(asked_on(facts, {sku.id: 5}))
    assert list(asked_on(facts, {other: 5 * factor}))
