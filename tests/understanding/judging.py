"""Reads generated messages and judges what they came to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from bot.rows import row_of
from handlers.understand import reading
from handlers.understand.reading import Context, Intent
from handlers.understand.turns import following
from handlers.understand.understand import understand
from tests.understanding.generator import Case, Kind, said_before
from tests.understanding.phrase_list import NEVER
from tests.understanding.pieces import Draft
from tests.understanding.renaming import renamed
from tests.understanding.scorer import WRITES, asked
from tests.understanding.sets import scorer

Row = Mapping[str, Any]
_ONLY_ANSWERED = frozenset({Intent.PRICE_SET, Intent.SHIFT_CHANGE})  # understood, and told that it is not done here
EVERY_WRITE = WRITES | {intent.value for intent in reading.WRITES - _ONLY_ANSWERED}
"""What moves something, also where no labelled set knows it."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one message came to. `dangerous` says why, where it is; `unchanged` is None where it is not compared."""

    case: Case
    text: str
    row: Row
    right: bool
    dangerous: str = ""
    unchanged: bool | None = None

    @property
    def asked(self) -> bool:
        """Whether something is asked, or nothing was understood."""
        return bool(asked(self.row)) or self.row["intent"] in ("unknown", "smalltalk")

    @property
    def became_another(self) -> bool:
        """Whether a reading became another complete change."""
        return self.unchanged is False and _complete(self.row)

    def __str__(self) -> str:
        """What somebody needs to know to mend it."""
        draft = self.case.draft
        steps = " + ".join(draft.changes) or "as it was"
        return (
            f"{self.dangerous or 'changed'}\n  said      {self.text!r} ({draft.user})\n"
            f"  origin    {draft.origin}: {self.case.before.text!r}\n  changes   {self.case.kind}: {steps}"
            f" (world {draft.world}, case {self.case.number})\n"
            f"  truth     {dict(draft.expect)}\n  read as   {dict(self.row)}"
        )


def outcome(case: Case) -> Outcome:
    """What a message comes to now."""
    text = renamed(case.draft.world).text(case.draft.text)
    row = _row(text, case.draft)
    gold = {"expect": case.draft.expect, "alt_intents": case.draft.alternatives}
    right = scorer().exact(gold, row) if NEVER not in case.draft.tags else not _complete(row)
    found = Outcome(case, text, row, right=right and case.kind is not Kind.BROKEN)
    if case.kind is Kind.BROKEN:
        return replace(found, right=not _complete(row), dangerous=_left_over(case.draft, row))
    return replace(found, dangerous=_danger(case.draft, gold, row), unchanged=_unchanged(case, row))


def _danger(draft: Draft, gold: Row, row: Row) -> str:
    """Why a reading moves the wrong thing, if it does."""
    if not _complete(row):
        return ""
    if NEVER in draft.tags:
        return "a complete change out of a trap"
    if row["intent"] not in WRITES:
        return "" if row["intent"] == draft.expect["intent"] else "another change than was asked for"
    return "another change than was meant" if scorer().verdict(gold, row).dangerous else ""


def _left_over(draft: Draft, row: Row) -> str:
    """Why what is left after a word that unmakes a change is dangerous, if it is."""
    refused = row["intent"] == "approval.reject" and draft.expect["intent"] == "approval.approve"
    if not _complete(row) or (refused and row.get("document") == draft.expect.get("document")):
        return ""
    return "a complete change was left"


def _unchanged(case: Case, row: Row) -> bool | None:
    """Whether it is read as it was before the change; None where it is not to be compared."""
    if case.kind is not Kind.SAME or "redrawn" in case.draft.changes:
        return None
    before = _row(case.before.text, case.before)
    if asked(before) or before["intent"] in ("unknown", "smalltalk"):
        return None
    return same(before, row)


def same(one: Row, other: Row) -> bool:
    """Whether two rows say the same."""
    if one["intent"] != other["intent"] or asked(one) != asked(other):
        return False
    slots = scorer().slots
    return Counter(slots(one, one["intent"])) == Counter(slots(other, other["intent"]))


def _complete(row: Row) -> bool:
    return row["intent"] in EVERY_WRITE and not asked(row)


def _row(text: str, draft: Draft) -> Row:
    return row_of(
        understand(text, _context(draft.world, draft.user, draft.dialog, draft.turn), renamed(draft.world).lexicon)
    )


@cache
def _context(number: int, user: str, dialog: str | None, turn: int) -> Context:
    """What was said before in a dialogue, as it was understood."""
    there = renamed(number)
    context = there.world.context(user)
    for one in said_before(dialog, turn) if dialog else ():
        context = following(context, understand(there.text(one.text), context, there.lexicon))
    return context
