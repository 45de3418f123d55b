"""Seals of the audit: each closes a batch of entries with a hash over them and over the seal before it.

So nobody changes an entry, takes one out or puts one in without a hash that does not fit (`core/ground/proof.py` looks
for it), unless they write every seal from there on anew: whoever keeps the hash of the newest seal elsewhere finds that
too.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Integer, Text, func, insert, select, type_coerce
from sqlalchemy.exc import DBAPIError
from sqlmodel import col

from core.ground.work import Work, picked
from data.columns import to_micros
from data.statements import Statement, given
from data.tables.base import table_of
from data.tables.ground import AuditEntry, AuditSeal

MOST_ENTRIES = 1000
"""How many entries a seal closes at most."""
NOTHING = "0" * 64
"""What the first seal stands on."""
LOCK_WAIT = "200ms"
LOCK_NOT_HAD = "55P03"
Entry = Sequence[Any]
"""The columns of an audit entry as plain whole numbers and texts, its number first."""


@dataclass(frozen=True, slots=True)
class Seal:
    """A seal as its row has it."""

    id: int
    first_id: int
    last_id: int
    entries: int
    marks: str
    hash: str
    sealed_at: datetime


class StillWritten(Exception):
    """Somebody has been writing to the audit for too long to wait for; nothing was looked at."""


# In this order for ever: it is what is hashed. A column that comes later is not proved by older seals.
_ENTRY = (
    col(AuditEntry.id),
    type_coerce(col(AuditEntry.ran_at), BigInteger),
    col(AuditEntry.actor_id),
    col(AuditEntry.channel),
    col(AuditEntry.command),
    col(AuditEntry.facts),
    type_coerce(col(AuditEntry.outcome), Text),
    col(AuditEntry.code),
    col(AuditEntry.document_id),
    col(AuditEntry.before),
    col(AuditEntry.after),
    col(AuditEntry.trace),
)
_BETWEEN = Statement(
    select(*_ENTRY)
    .where(col(AuditEntry.id) > given("after"), col(AuditEntry.id) <= given("last"))
    .order_by(col(AuditEntry.id))
    .limit(given("most", Integer))
)
_NEWEST_ENTRY = Statement(select(func.max(col(AuditEntry.id))))
_SEAL = picked(AuditSeal, Seal)
_NEWEST = Statement(_SEAL.order_by(col(AuditSeal.id).desc()).limit(1))
_NEXT = Statement(_SEAL.where(col(AuditSeal.id) > given("after")).order_by(col(AuditSeal.id)).limit(1))
_KEEP = Statement(insert(table_of(AuditSeal)).values({one.name: given(one.name) for one in fields(Seal)}))


def settled(work: Work) -> int:
    """The number of the newest entry, below which none can appear any more; 0 where there is none.

    On PostgreSQL an entry gets its number before its commit, so one with a lower number may be under way. Nobody has
    the lock that keeps writers out while one is, and it is had for this one look: the transaction has to end at once.
    Raises StillWritten where it is not to be had soon, for whoever writes waits as long.
    """
    if work.on_postgresql:
        work.driver.execute(f"set local lock_timeout = '{LOCK_WAIT}'")
        try:
            work.driver.execute("lock table audit in share mode")
        except DBAPIError as error:
            if getattr(error.orig, "sqlstate", None) == LOCK_NOT_HAD:
                raise StillWritten from error
            raise
    newest = work.one(_NEWEST_ENTRY)
    return int(newest[0] or 0) if newest else 0


def next_seal(work: Work, last_id: int) -> Seal | None:
    """The seal for the oldest entries without one, up to this number; None where there are none. Writes nothing."""
    before = newest_seal(work)
    number, after, standing_on = (before.id, before.last_id, before.hash) if before else (0, 0, NOTHING)
    batch = work.rows(_BETWEEN, after=after, last=last_id, most=MOST_ENTRIES)
    if not batch:
        return None
    texts = [canonical(entry) for entry in batch]
    marks = " ".join(mark(entry[0] or 0, text) for entry, text in zip(batch, texts, strict=True))
    seal = Seal(number + 1, batch[0][0] or 0, batch[-1][0] or 0, len(batch), marks, "", work.now)
    digest = begun(seal, standing_on)
    for text in texts:
        digest.update(text)
    return Seal(seal.id, seal.first_id, seal.last_id, seal.entries, marks, digest.hexdigest(), work.now)


def keep_seal(work: Work, seal: Seal) -> bool:
    """Write a seal; False where somebody else wrote one meanwhile."""
    work.hold("the seals of the audit")
    before = newest_seal(work)
    if seal.id != (before.id if before else 0) + 1:
        return False
    work.run(_KEEP, **{one.name: getattr(seal, one.name) for one in fields(Seal)})
    return True


def newest_seal(work: Work) -> Seal | None:
    """The last seal, or None."""
    row = work.one(_NEWEST)
    return Seal(*row) if row else None


def seal_after(work: Work, number: int) -> Seal | None:
    """The seal with the lowest number above this one, or None."""
    row = work.one(_NEXT, after=number)
    return Seal(*row) if row else None


def entries_between(work: Work, after: int, last: int) -> Iterator[Entry]:
    """The entries above a number and up to another, in their order, page by page."""
    while page := work.rows(_BETWEEN, after=after, last=last, most=MOST_ENTRIES):
        yield from page
        after = page[-1][0] or 0


def canonical(entry: Entry) -> bytes:
    """The bytes of an entry: its columns as one JSON list in UTF-8 without blanks, and a line's end."""
    return json.dumps(list(entry), ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def mark(number: int, text: bytes) -> str:
    """What a seal keeps of one entry."""
    return f"{number}:{hashlib.sha256(text).hexdigest()[:16]}"


def begun(seal: Seal, standing_on: str) -> Any:
    """The hash of a seal, SHA-256, before its entries: over the hash of the seal before, and all that its row says."""
    says = [standing_on, seal.id, seal.first_id, seal.last_id, seal.entries, to_micros(seal.sealed_at), seal.marks]
    return hashlib.sha256(canonical(says))
