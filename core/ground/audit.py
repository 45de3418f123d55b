"""Who did what, when, from which channel, and what came of it: a row for every command and every refusal."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Integer, func, insert, select
from sqlmodel import col

from core.ground.work import Work, picked
from data.kinds import Outcome
from data.statements import Statement, given, given_columns
from data.tables.base import table_of
from data.tables.ground import AuditEntry


@dataclass(frozen=True, slots=True)
class Entry:
    """One row of the audit; `before` and `after` as they are kept."""

    id: int
    ran_at: datetime
    actor_id: int
    channel: str
    command: str
    outcome: Outcome
    document_id: int | None
    before: str | None
    after: str | None

    @property
    def was(self) -> Mapping[str, Any]:
        """What was there before, by kind of thing."""
        return dict(json.loads(self.before or "{}"))

    @property
    def now(self) -> Mapping[str, Any]:
        """What is there since, by kind of thing."""
        return dict(json.loads(self.after or "{}"))


_AS_JSON = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=str).encode
_ENTRY = picked(AuditEntry, Entry)
_BY_ID = Statement(_ENTRY.where(col(AuditEntry.id) == given("id")))
_DONE_WITH = (col(AuditEntry.document_id) == given("document_id"), col(AuditEntry.outcome) == Outcome.DONE)
_STEPS = Statement(_ENTRY.where(*_DONE_WITH).order_by(col(AuditEntry.id).desc()).limit(given("most", Integer)))
_HOW_MANY = Statement(select(func.count()).select_from(table_of(AuditEntry)).where(*_DONE_WITH))
_TIMES = Statement(
    select(func.count(), func.max(col(AuditEntry.ran_at))).where(
        *_DONE_WITH, col(AuditEntry.command) == given("command")
    )
)
_KEEP = Statement(insert(table_of(AuditEntry)).values(given_columns(AuditEntry)))


def keep_audit(
    work: Work,
    *,
    command: str,
    facts: str,
    code: str | None = None,
    document_id: int | None = None,
    before: Mapping[str, object] | None = None,
    after: Mapping[str, object] | None = None,
) -> None:
    """Write one audit row. A `code` makes it a refusal.

    `before` and `after` have the state and the version of what the command was about, where it has them, and beside
    them all that was changed, kind by kind (`core/ground/changes.py`). Moments are ISO texts, counts smallest units,
    values fen. Nothing is None.
    """
    work.run(
        _KEEP,
        ran_at=work.now,
        actor_id=work.who.id,
        channel=work.channel,
        command=command,
        facts=facts,
        outcome=Outcome.REFUSED if code else Outcome.DONE,
        code=code,
        document_id=document_id,
        before=_kept(before),
        after=_kept(after),
        trace=work.trace,
    )


def audit_entry(work: Work, entry_id: int) -> Entry | None:
    """The row with this number, or None."""
    row = work.one(_BY_ID, id=entry_id)
    return Entry(*row) if row else None


def audited_steps(work: Work, document_id: int, most: int) -> tuple[list[Entry], int]:
    """What was done with a document, refusals left out: its newest rows, the oldest of these first; how many in all."""
    rows = work.rows(_STEPS, document_id=document_id, most=most)
    count = work.one(_HOW_MANY, document_id=document_id)
    return [Entry(*row) for row in reversed(rows)], count[0] if count else 0


def times_done(work: Work, document_id: int, command: str) -> tuple[int, datetime | None]:
    """How often this was done with a document, and when last."""
    row = work.one(_TIMES, document_id=document_id, command=command)
    assert row is not None  # a count has a row
    return row[0], row[1]


def last_moved_by(work: Work, person_id: int, document_ids: Collection[int]) -> int | None:
    """Of these documents the one that this person did something with last; None where they did nothing with any."""
    query = select(col(AuditEntry.document_id)).where(
        col(AuditEntry.document_id).in_(document_ids),
        col(AuditEntry.actor_id) == person_id,
        col(AuditEntry.outcome) == Outcome.DONE,
    )
    row = work.first(query.order_by(col(AuditEntry.id).desc()).limit(1))
    return None if row is None else row[0]


def _kept(facts: Mapping[str, object] | None) -> str | None:
    return _AS_JSON(dict(facts)) if facts else None
