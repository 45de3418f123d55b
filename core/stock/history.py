"""The story of a document, or of a product at a place: who did what, when, and with how many. It tells no values.

A document's steps are told by the audit, a product's by its postings.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Integer, func, select
from sqlmodel import col

from core.ground import documents
from core.ground.audit import Entry, audited_steps
from core.ground.documents import Header
from core.ground.permissions import Actor, View, sees
from core.ground.work import Work
from core.people.directory import site
from core.stock import transfer_lines
from core.stock.transfer_lines import lines_of
from data.kinds import Cause, DocumentKind, Shelf
from data.statements import Statement, given
from data.tables.stock import Document, Posting

ALL_DAYS = (date.min, date.max)
NOT_COUNTED = frozenset({"sku_id", "unit", "value_fen", "value_left_fen"})


class Way(StrEnum):
    """How goods moved, as a place sees it: to it, from it, or between its own shelves."""

    IN = "in"
    OUT = "out"
    INSIDE = "inside"


@dataclass(frozen=True, slots=True)
class Step:
    """A step of a document. `counts` says by how much each column of its lines changed, by SKU, in smallest units."""

    at: datetime
    actor_id: int
    command: str
    counts: Mapping[str, Mapping[int, int]]
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Moved:
    """A movement of a product at a place, in smallest units; what was available there after it, where that changed."""

    at: datetime
    actor_id: int
    cause: Cause
    way: Way
    count: int
    available: int | None
    number: str


@dataclass(frozen=True, slots=True)
class Story:
    """The newest steps, the oldest of these first, and how many there are before them."""

    steps: list[Step]
    before: int


_THIS, _HAS_GOODS = col(Posting.sku_id) == given("sku_id"), col(Posting.quantity) > 0
_DAYS = (col(Posting.business_date) >= given("first"), col(Posting.business_date) <= given("last"))
_LEFT = (_THIS, col(Posting.source_id) == given("place_id"), _HAS_GOODS, *_DAYS)
_CAME = (
    _THIS,
    col(Posting.target_id) == given("place_id"),
    col(Posting.source_id) != given("place_id"),
    _HAS_GOODS,
    *_DAYS,
)
_COLUMNS = (
    col(Posting.id),
    col(Posting.occurred_at),
    col(Posting.actor_id),
    col(Posting.cause),
    col(Posting.quantity),
    col(Posting.source_id),
    col(Posting.source_shelf),
    col(Posting.source_after),
    col(Posting.target_id),
    col(Posting.target_shelf),
    col(Posting.target_after),
    col(Posting.document_id),
    col(Document.kind),
)
_ROWS = select(*_COLUMNS).join(Document, col(Document.id) == col(Posting.document_id))
_NEWEST = tuple(
    Statement(_ROWS.where(*where).order_by(col(Posting.id).desc()).limit(given("most", Integer)))
    for where in (_LEFT, _CAME)
)
_HOW_MANY = tuple(Statement(select(func.count(col(Posting.id))).where(*where)) for where in (_LEFT, _CAME))
_GOODS = Statement(
    select(col(Posting.sku_id), col(Posting.quantity)).where(
        col(Posting.document_id) == given("document_id"), _HAS_GOODS
    )
)


def may_hear(work: Work, actor: Actor, document: Header) -> bool:
    """Whether this person may be told what was done with a document: at one of its ends, or they asked for it."""
    return _may_look(work, actor, View.STORY, document)


def may_see(work: Work, actor: Actor, document: Header) -> bool:
    """Whether this person may be shown a document as it stands: its goods are those of its ends."""
    return _may_look(work, actor, View.STOCK, document)


def document_story(work: Work, document: Header, most: int) -> Story:
    """What was done with a document, refusals left out."""
    entries, count = audited_steps(work, document.id, most)
    if document.kind is DocumentKind.TRANSFER:
        skus = {line.line: line.sku_id for line in lines_of(work, document.id)}
        return Story([_step(document, entry, skus) for entry in entries], count - len(entries))
    goods: dict[int, int] = defaultdict(int)
    for sku_id, quantity in work.rows(_GOODS, document_id=document.id):
        goods[sku_id] += quantity
    told = [Step(one.ran_at, one.actor_id, one.command, {"goods": goods}) for one in entries]
    return Story(told, count - len(entries))


def product_story(
    work: Work, sku_id: int, place_id: int, most: int, days: tuple[date, date] = ALL_DAYS
) -> tuple[list[Moved], int]:
    """The newest movements of a product at a place, the oldest of these first, and how many there are before them.

    `days` are business dates, both included. Movements of value alone are left out.
    """
    asked = {"sku_id": sku_id, "place_id": place_id, "first": days[0].isoformat(), "last": days[1].isoformat()}
    found = sorted(row for newest in _NEWEST for row in work.rows(newest, **asked, most=most))[-most:]
    counts = [work.one(how_many, **asked) for how_many in _HOW_MANY]
    return [_moved(row, place_id) for row in found], sum(one[0] for one in counts if one) - len(found)


def _may_look(work: Work, actor: Actor, view: View, document: Header) -> bool:
    ends = (document.place_id, document.other_place_id)
    return actor.id == document.requester_id or any(sees(actor, view, site(work, place_id)) for place_id in ends)


def _step(document: Header, entry: Entry, skus: Mapping[int, int]) -> Step:
    """By how much the lines of a transfer changed in a step. What was audited by an older version tells no counts."""
    was, now = entry.was.get(transfer_lines.CHANGED, {}), entry.now.get(transfer_lines.CHANGED, {})
    counts: dict[str, dict[int, int]] = {}
    for name, columns in now.items():
        document_id, _, line = name.partition(".")
        sku_id = skus.get(int(line))
        if document_id != str(document.id) or sku_id is None:
            continue
        for column, value in columns.items():
            if column not in NOT_COUNTED:
                by_sku = counts.setdefault(column, {})
                by_sku[sku_id] = by_sku.get(sku_id, 0) + value - was.get(name, {}).get(column, 0)
    reason = entry.now.get(documents.CHANGED, {}).get(str(document.id), {}).get("reason")
    return Step(entry.ran_at, entry.actor_id, entry.command, counts, reason)


def _moved(row: tuple[Any, ...], place_id: int) -> Moved:
    _, at, actor_id, cause, count, source_id, from_shelf, left, target_id, to_shelf, there, document_id, kind = row
    way = Way.INSIDE if source_id == target_id else Way.OUT if source_id == place_id else Way.IN
    available = None
    if source_id == place_id and from_shelf is Shelf.AVAILABLE:
        available = left
    elif target_id == place_id and to_shelf is Shelf.AVAILABLE:
        available = there
    return Moved(at, actor_id, cause, way, count, available, f"{kind.letters}-{document_id}")
