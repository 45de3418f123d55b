"""Verifies documents that take another one back: they move what that one moved, the other way, at the value it had."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Text, select, type_coerce
from sqlalchemy.orm import aliased
from sqlmodel import col

from core.ground.work import Work
from core.stock.verification.steps import Paper, within
from core.stock.verification.tally import Check, Tally
from data.kinds import Cause, DocumentKind
from data.statements import Statement
from data.tables.stock import Document, Posting

_FIRST, _BACK, _MOVED = aliased(Document, name="first"), aliased(Posting, name="back"), aliased(Posting, name="moved")
_PAIRS = Statement(
    select(
        col(Document.id),
        col(Document.reverses_id),
        col(_FIRST.kind),
        col(_FIRST.place_id),
        col(_FIRST.other_place_id),
        col(_FIRST.reverses_id),
    )
    .join(_FIRST, col(_FIRST.id) == col(Document.reverses_id))
    .where(*within(Document.id))
    .order_by(col(Document.id))
)


def _end(posting: Any, end: str) -> tuple[Any, Any]:
    return col(getattr(posting, f"{end}_id")), type_coerce(col(getattr(posting, f"{end}_shelf")), Text)


_SAME_LINE = (
    (col(_MOVED.document_id) == col(Document.reverses_id))
    & (col(_MOVED.line) == col(_BACK.line))
    & (col(_MOVED.cause) != Cause.TRUE_UP)
)
_POSTINGS = Statement(
    select(
        col(_BACK.document_id),
        col(_BACK.line),
        col(_BACK.sku_id),
        col(_BACK.quantity),
        col(_BACK.value_fen),
        *_end(_BACK, "source"),
        *_end(_BACK, "target"),
        col(_MOVED.sku_id),
        col(_MOVED.quantity),
        col(_MOVED.value_fen),
        *_end(_MOVED, "target"),
        *_end(_MOVED, "source"),
    )
    .join(Document, col(Document.id) == col(_BACK.document_id))
    .outerjoin(_MOVED, _SAME_LINE)
    .where(*within(Document.id), col(Document.reverses_id).is_not(None), col(Document.kind) != DocumentKind.TRANSFER)
    .where(col(_BACK.cause) != Cause.TRUE_UP)
)


def verify_reversals(work: Work, papers: Mapping[int, Paper], page: Mapping[str, int], tally: Tally) -> None:
    """Each takes back one of its kind between the same places, and no line of it more than once or more than moved."""
    for document_id, first_id, kind, *ends, takes_back in work.rows(_PAIRS, **page):
        tally.compared[Check.REVERSALS] += 1
        paper = papers[int(document_id or 0)]
        same = [paper.other_place_id, paper.place_id]
        if kind is not DocumentKind.TRANSFER:
            same.reverse()
        is_second = kind is not DocumentKind.TRANSFER and takes_back is not None
        if kind is not paper.kind or ends != same or is_second:
            facts = {"first": f"{kind.letters}-{first_id}"}
            tally.find(Check.REVERSALS, "takes_back_another", document_id=paper.id, kind=paper.kind, **facts)
    seen: set[tuple[int, int]] = set()
    for document_id, line, *rest in work.rows(_POSTINGS, **page):
        tally.compared[Check.REVERSALS] += 1
        paper = papers[document_id]
        if (document_id, line) in seen or not _goes_back(rest[:7], rest[7:]):
            tally.find(Check.REVERSALS, "line_back", document_id=paper.id, kind=paper.kind, line=line)
        seen.add((document_id, line))


def _goes_back(back: list[Any], moved: list[Any]) -> bool:
    """Whether a posting takes back (a part of) another one: the same product between the same spots, and its share.

    The share of a part is the whole number nearest to it; of all of it, all.
    """
    if moved[1] is None or back[0] != moved[0] or back[3:] != moved[3:] or not 0 < back[1] <= moved[1]:
        return False
    apart: int = 2 * (back[2] * moved[1] - moved[2] * back[1])
    return abs(apart) <= (0 if back[1] == moved[1] else moved[1])
