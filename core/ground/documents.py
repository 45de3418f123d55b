"""The header that every document has: its number, its state, and a version that each step raises by one."""

from __future__ import annotations

import re
from dataclasses import dataclass, fields, replace
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import insert, select, update
from sqlmodel import col

from core.ground.errors import MovedOn, NoSuchDocument
from core.ground.work import Work, picked
from data.kinds import DocumentKind, LoadReason, ReturnReason, State
from data.statements import Statement, given, given_columns
from data.tables.base import defaults_of, table_of
from data.tables.stock import Document

ENDED = frozenset({State.RECEIVED, State.RETURNED, State.REJECTED, State.CANCELLED, State.POSTED})
"""Where a document has no step left."""
CHANGED = "documents"
"""What the audit calls headers. Each row has its own moment and the version, so they are not said again."""
SAID_NUMBER = re.compile(r"(?:([A-Z]{2})[- ]?)?(\d{4,12})")


@dataclass(frozen=True, slots=True)
class Header:
    """The header of a document as it stands."""

    id: int
    kind: DocumentKind
    state: State
    version: int
    place_id: int
    other_place_id: int
    requester_id: int
    dispatched_by_id: int | None
    received_by_id: int | None
    reason: str | None
    lapses_at: datetime | None
    occurred_at: datetime
    posted_at: datetime
    moved_at: datetime
    reminds_at: datetime | None
    dispatched_at: datetime | None
    received_at: datetime | None
    turned_back_at: datetime | None
    held_at_id: int | None
    names_id: int | None
    return_reason: ReturnReason | None
    load_reason: LoadReason | None
    reverses_id: int | None

    @property
    def number(self) -> str:
        """The number people say: TR-1042."""
        return f"{self.kind.letters}-{self.id}"


HEADER = picked(Document, Header)
_FOUND = HEADER.where(col(Document.id) == given("id"))
_READ, _LOCKED = Statement(_FOUND), Statement(_FOUND.with_for_update())
_OPEN = Statement(insert(table_of(Document)).values(given_columns(Document)).returning(col(Document.id)))
_NAMES = tuple(one.name for one in fields(Header))
_TOLD = tuple(name for name in _NAMES if name not in ("id", "version", "posted_at", "moved_at"))


def open_document(
    work: Work, kind: DocumentKind, state: State, place_id: int, other_place_id: int, **columns: object
) -> Header:
    """Write a new header, asked for by who acts. `occurred_at` may be given; it is now otherwise."""
    row: dict[str, Any] = {
        **defaults_of(Document),
        "kind": kind,
        "state": state,
        "place_id": place_id,
        "other_place_id": other_place_id,
        "requester_id": work.who.id,
        "occurred_at": work.now,
        "posted_at": work.now,
        "moved_at": work.now,
    }
    row |= columns
    written = work.one(_OPEN, **row)
    assert written is not None  # an insert gives back its row, or raises
    row["id"] = int(written[0] or 0)
    opened = Header(*(row[name] for name in _NAMES))
    work.changes.note(CHANGED, opened.id, None, _told(opened))
    return opened


def header(work: Work, document_id: int, kind: DocumentKind | None = None, *, lock: bool = False) -> Header:
    """The header with this id, locked until the transaction ends if asked so.

    Raises NoSuchDocument, also when it is of another kind than asked.
    """
    if lock:
        found = work.once((header, document_id), lambda: _header(work, _LOCKED, document_id))
    else:
        found = work.known.get((header, document_id)) or _header(work, _READ, document_id)
    if found is None or (kind is not None and found.kind is not kind):
        raise NoSuchDocument(document_id=document_id)
    return found


def check_version(found: Header, seen: int) -> None:
    """Raises MovedOn when the document is no longer as the person saw it."""
    if found.version != seen:
        raise MovedOn(document_id=found.id, seen=seen, now=found.version)


def move_document(work: Work, found: Header, state: State, **columns: object) -> Header:
    """Take the document to `state`, one version on, with other columns of its header. Raises MovedOn if it moved on."""
    changed: dict[str, Any] = {"state": state, "moved_at": work.now, **columns}
    if work.run(_moving(tuple(sorted(changed))), id=found.id, seen=found.version, **changed) != 1:
        raise MovedOn(document_id=found.id, seen=found.version, now=_version(work, found.id))
    moved = replace(found, version=found.version + 1, **changed)
    work.knows((header, found.id), moved)
    work.changes.note(CHANGED, found.id, _told(found), _told(moved))
    return moved


def under_way(work: Work) -> list[int]:
    """The documents that have not ended."""
    query = select(col(Document.id)).where(col(Document.state).not_in(ENDED))
    return [int(document_id or 0) for (document_id,) in work.all(query)]


def first_posted_at(work: Work) -> datetime | None:
    """When the first document was posted: what tells these books from those of another chain."""
    row = work.first(select(col(Document.posted_at)).order_by(col(Document.id)).limit(1))
    return row[0] if row else None


def said_number(text: str) -> int | None:
    """The document id in a number as people say it ("TR-1042", "tr1042", "1042"), or None."""
    match = SAID_NUMBER.fullmatch(text.strip().upper())
    return int(match[2]) if match else None


def _header(work: Work, statement: Statement[*tuple[Any, ...]], document_id: int) -> Header | None:
    row = work.one(statement, id=document_id)
    return None if row is None else Header(*row)


def _told(found: Header) -> dict[str, object]:
    return {name: getattr(found, name) for name in _TOLD}


def _version(work: Work, document_id: int) -> int:
    found = _header(work, _READ, document_id)
    return found.version if found else 0


@cache
def _moving(columns: tuple[str, ...]) -> Statement[()]:
    """One version on, with these columns and no other: each step changes columns of its own."""
    as_seen = (col(Document.id) == given("id"), col(Document.version) == given("seen"))
    changed = {**{name: given(name) for name in columns}, "version": col(Document.version) + 1}
    return Statement(update(table_of(Document)).where(*as_seen).values(changed))
