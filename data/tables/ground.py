"""What every command leaves behind: that it was done, who did it, and what is to be told."""

from __future__ import annotations

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import SQLModel

from data.columns import At, Key, KeyWhole, KeyWord, MaybeSaid, Said, Whole, key_ref, maybe_ref, ref, word
from data.kinds import EventState, Outcome
from data.tables.base import check, partial_index, table_args


class DoneRecord(SQLModel, table=True):
    """One intention of one person that took effect, with the answer it got. Written in the effect's own transaction."""

    __tablename__ = "done"
    __table_args__ = table_args()

    actor_id: int = key_ref("person.id")
    key: KeyWord
    fingerprint: Said
    answer: Said
    ran_at: At


class AuditEntry(SQLModel, table=True):
    """One command or refusal: who, from which channel, what, and what came of it. Never changed."""

    __tablename__ = "audit"
    __table_args__ = table_args(Index(None, "document_id"))

    id: Key = None
    ran_at: At
    actor_id: int = ref("person.id")
    channel: Said
    command: Said
    facts: Said
    outcome: Outcome = word(Outcome)
    code: MaybeSaid = None
    document_id: int | None = maybe_ref("document.id")
    before: MaybeSaid = None
    after: MaybeSaid = None
    trace: MaybeSaid = None


class AuditSeal(SQLModel, table=True):
    """A batch of audit entries, closed: which, how many, and a hash over them, this row and the seal before.

    `marks` has for each entry its number and the beginning of its own hash, so that a broken seal tells which entry it
    is. Never changed; the numbers have no gap.
    """

    __tablename__ = "audit_seal"
    __table_args__ = table_args(
        check("entries_fit_between_the_ends", "entries between 1 and last_id - first_id + 1"),
        UniqueConstraint("first_id"),
        UniqueConstraint("last_id"),
    )

    id: Key = None
    first_id: Whole
    last_id: Whole
    entries: Whole
    marks: Said
    hash: Said
    sealed_at: At


class Event(SQLModel, table=True):
    """Something that happened and is to be told. Whoever takes it to word it moves `next_at` on."""

    __table_args__ = table_args(partial_index("ix_event_new", "id", where="state = 'new'"))

    id: Key = None
    kind: Said
    document_id: int | None = maybe_ref("document.id")
    facts: Said
    state: EventState = word(EventState)
    attempts: Whole = 0
    next_at: At
    happened_at: At
    trace: MaybeSaid = None


class JobRun(SQLModel, table=True):
    """A slot of a job that was done, claimed in the job's own transaction."""

    __tablename__ = "job_run"
    __table_args__ = table_args()

    job: KeyWord
    slot: KeyWhole
    ran_at: At


class Lease(SQLModel, table=True):
    """What only one process may do at a time (to poll a platform), who does it, and until when unless they renew it."""

    __table_args__ = table_args()

    name: KeyWord
    owner: Said
    ends_at: At
