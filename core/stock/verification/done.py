"""Verifies that who was told "done" is in the audit: each done-record has its audit row, and each row its record."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from functools import partial
from typing import Any

from sqlalchemy import BigInteger, Text, func, select, tuple_, type_coerce
from sqlmodel import col

from core.ground.work import Work
from core.stock.verification.steps import stand_of
from core.stock.verification.tally import Check, Look, Part, Tally
from data.columns import from_micros, to_micros
from data.kinds import Outcome
from data.statements import Statement, given
from data.tables.ground import AuditEntry, DoneRecord

PAGE = 5000
BUCKETS = 1 << 16
MOST_BUCKETS = 200
"""Of so many buckets that differ the rows are read again; with more of them there is no use in naming every row."""
LATEST = 100
Row = tuple[Any, ...]
Deed = tuple[int, int, str, int | None, tuple[str, int] | None]
"""When, who, the fingerprint of the wish, and what came of it: the document, its state and its version."""

_AUDIT = (
    col(AuditEntry.id),
    type_coerce(col(AuditEntry.ran_at), BigInteger),
    col(AuditEntry.actor_id),
    col(AuditEntry.command),
    col(AuditEntry.facts),
    col(AuditEntry.document_id),
    col(AuditEntry.after),
)
_DONE = (
    col(DoneRecord.actor_id),
    col(DoneRecord.key),
    type_coerce(col(DoneRecord.ran_at), BigInteger),
    col(DoneRecord.fingerprint),
    col(DoneRecord.answer),
)
_IS_DONE = col(AuditEntry.outcome) == Outcome.DONE
_AUDIT_PAGE = Statement(
    select(*_AUDIT).where(col(AuditEntry.id) > given("after"), _IS_DONE).order_by(col(AuditEntry.id)).limit(PAGE)
)
_BY_KEY = (col(DoneRecord.actor_id), col(DoneRecord.key))
_DONE_PAGE = Statement(
    select(*_DONE)
    .where(tuple_(*_BY_KEY) > tuple_(given("actor_id", BigInteger), given("key", Text)))
    .order_by(*_BY_KEY)
    .limit(PAGE)
)


def verify_done(look: Look) -> Iterator[Part]:
    """Both tables page by page, as sums of hashes in many buckets, in which a pair leaves nothing behind.

    Done-records lie in the order of their keys, so no one page of both could be compared. What is done while this runs
    is left out by its moment. A bucket in which something is left is read again, on one snapshot: what was under way at
    the first look is there at the second, so nothing right is found to be wrong.
    """
    until, newest = look(_begins)
    left, tally, read = [0] * BUCKETS, Tally(), 0
    after: int | None = 0
    while after is not None:
        after, deeds = look(partial(_audit_page, after=after))
        _add(left, deeds, until, 1)
        read += len(deeds)
        yield Part("done", read, max(2 * newest, read), Tally())
    actor_and_key: tuple[int, str] | None = (0, "")
    while actor_and_key is not None:
        actor_and_key, deeds = look(partial(_done_page, actor_and_key=actor_and_key))
        tally.compared[Check.DONE_RECORDS] += _add(left, deeds, until, -1)
        read += len(deeds)
        yield Part("done", read, max(2 * newest, read), Tally())
    if suspect := {bucket for bucket, rest in enumerate(left) if rest}:
        tally.add(look(partial(_look_again, suspect=suspect, until=until)))
    yield Part("done", read, read, tally)


def _begins(work: Work) -> tuple[int, int]:
    """Until when deeds are compared (whatever the clocks say, not without the last ones), and how many there may be."""
    latest = select(col(AuditEntry.ran_at)).order_by(col(AuditEntry.id).desc()).limit(LATEST)
    last = max((row[0] for row in work.all(latest)), default=work.now)
    newest = work.all(select(func.max(col(AuditEntry.id))))[0][0]
    return to_micros(max(last, work.now)), int(newest or 0)


def _audit_page(work: Work, after: int) -> tuple[int | None, list[Deed]]:
    rows = work.rows(_AUDIT_PAGE, after=after)
    return (int(rows[-1][0] or 0) if len(rows) == PAGE else None), [_audited(row) for row in rows]


def _done_page(work: Work, actor_and_key: tuple[int, str]) -> tuple[tuple[int, str] | None, list[Deed]]:
    actor_id, key = actor_and_key
    rows = work.rows(_DONE_PAGE, actor_id=actor_id, key=key)
    return ((rows[-1][0], rows[-1][1]) if len(rows) == PAGE else None), [_recorded(row) for row in rows]


def _audited(row: Row) -> Deed:
    _, ran_at, actor_id, command, facts, document_id, after = row
    fingerprint = hashlib.sha256(f"{command} {facts}".encode()).hexdigest()
    return ran_at, actor_id, fingerprint, document_id, stand_of(after)


def _recorded(row: Row) -> Deed:
    actor_id, _, ran_at, fingerprint, answer = row
    return ran_at, actor_id, fingerprint, _document_of(answer), stand_of(answer)


def _document_of(answer: str) -> int | None:
    try:
        found: int | None = json.loads(answer).get("document_id")
    except (ValueError, AttributeError):
        return None
    return found


def _add(left: list[int], deeds: list[Deed], until: int, sign: int) -> int:
    """Add deeds to their buckets, or take them from there; how many had come by then."""
    hashes = [hash(deed) for deed in deeds if deed[0] <= until]
    for one in hashes:
        left[one % BUCKETS] += sign * one
    return len(hashes)


def _look_again(work: Work, suspect: set[int], until: int) -> Tally:
    """What of these buckets has no counterpart."""
    looked_at, tally = set(sorted(suspect)[:MOST_BUCKETS]), Tally()
    in_pages = {"yield_per": PAGE}
    audited: dict[Deed, list[Row]] = {}
    for row in work.connection.execute(select(*_AUDIT).where(_IS_DONE), execution_options=in_pages):
        deed = _audited(tuple(row))
        if hash(deed) % BUCKETS in looked_at and deed[0] <= until:
            audited.setdefault(deed, []).append(tuple(row))
    for record in work.connection.execute(select(*_DONE), execution_options=in_pages):
        deed = _recorded(tuple(record))
        if hash(deed) % BUCKETS not in looked_at or deed[0] > until:
            continue
        if audited.get(deed):
            audited[deed].pop()
        else:
            tally.find(Check.DONE_RECORDS, "done_without_audit", **_facts(deed), key=record[1])
    for deed, left in audited.items():
        for entry in left:
            tally.find(Check.DONE_RECORDS, "audit_without_done", **_facts(deed), audit_id=entry[0], command=entry[3])
    tally.wrong[Check.DONE_RECORDS] += len(suspect) - len(looked_at)  # at least one in each of the others
    return tally


def _facts(deed: Deed) -> dict[str, object]:
    ran_at, actor_id, _, document_id, _ = deed
    return {"ran_at": from_micros(ran_at), "actor_id": actor_id, "document_id": document_id}
