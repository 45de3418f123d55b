"""Verifies that the audit is whole: each document came to where it stands by steps that the audit knows, one by one."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, select
from sqlmodel import col

from core.ground.work import Work
from core.stock.verification.tally import Check, Tally
from data.kinds import DocumentKind, Outcome, State
from data.statements import Statement, given
from data.tables.ground import AuditEntry

Stand = tuple[str, int]
"""A state and a version."""
REST_BEGINS = (State.APPROVED.value, 1)
"""A transfer for what was not loaded is born by a step of the one that it names, which alone is in the audit."""


@dataclass(frozen=True, slots=True)
class Paper:
    """A document's header, as far as it is verified."""

    id: int
    kind: DocumentKind
    state: State
    version: int
    place_id: int
    other_place_id: int
    names_id: int | None
    reverses_id: int | None


def within(column: Any) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    """The documents of a page: above `after`, and up to `last`."""
    return col(column) > given("after", BigInteger), col(column) <= given("last", BigInteger)


# By their numbers, which is the order of the steps: whoever takes one holds the document's row until the commit.
_STEPS = Statement(
    select(col(AuditEntry.document_id), col(AuditEntry.id), col(AuditEntry.before), col(AuditEntry.after))
    .where(*within(AuditEntry.document_id), col(AuditEntry.outcome) == Outcome.DONE)
    .order_by(col(AuditEntry.document_id), col(AuditEntry.id))
)


def verify_steps_of(work: Work, papers: Mapping[int, Paper], page: Mapping[str, int], tally: Tally) -> None:
    """Each step begins where the one before it ended, the first with nothing, and the last ends where the paper is.

    The version is no count of steps: a direct receipt raises it by two, a reminder not at all.
    """
    reached: dict[int, Stand | None] = {}
    for document_id, audit_id, before, after in work.rows(_STEPS, **page):
        tally.compared[Check.STEPS] += 1
        paper = papers.get(document_id or 0)
        if paper is None:
            tally.find(Check.STEPS, "step_of_nothing", document_id=document_id, kind=None, audit_id=audit_id)
            continue
        expected = reached.get(paper.id, _born(paper))
        if stand_of(before) != expected:
            facts = {"audit_id": audit_id, "expected": expected, "found": stand_of(before)}
            tally.find(Check.STEPS, "step_missing", document_id=paper.id, kind=paper.kind, **facts)
        reached[paper.id] = stand_of(after)
    for paper in papers.values():
        expected, found = reached.get(paper.id, _born(paper)), (paper.state.value, paper.version)
        if expected != found:
            what = "no_step" if expected is None else "stands_elsewhere"
            tally.find(Check.STEPS, what, document_id=paper.id, kind=paper.kind, expected=expected, found=found)


def _born(paper: Paper) -> Stand | None:
    return None if paper.names_id is None else REST_BEGINS


@lru_cache(maxsize=1000)
def stand_of(text: str | None) -> Stand | None:
    """The state and version that the audit or an answer tells of; None for nothing, or for what cannot be read."""
    try:
        told = json.loads(text or "null")
        return None if told is None else (str(told["state"]), int(told["version"]))
    except (ValueError, KeyError, TypeError):
        return None
