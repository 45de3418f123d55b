"""Proves that the audit is as it was sealed, seal by seal, and finds the first entry that is not.

Each seal and its entries are looked at on a snapshot of their own, page by page: neither ever changes, so nothing that
is written meanwhile is in the way.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from sqlalchemy import func, select
from sqlmodel import col

from core.ground.seals import NOTHING, Seal, begun, canonical, entries_between, mark, seal_after
from core.ground.work import Work
from data.statements import Statement, given
from data.tables.ground import AuditEntry


class Flaw(StrEnum):
    """What is not as it was sealed."""

    CHANGED = "changed"
    MISSING = "missing"
    ADDED = "added"
    SEAL_BROKEN = "seal_broken"
    SEAL_MISSING = "seal_missing"


@dataclass(frozen=True, slots=True)
class Found:
    """The first flaw: in which seal, and which entry, where it is one's."""

    flaw: Flaw
    seal_id: int
    entry_id: int | None = None
    sealed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Proved:
    """How far the chain is proved: so many seals and entries, the last of these, the hash it stands at.

    `found` is what ended it, `ended` says that there is no further seal.
    """

    seals: int = 0
    entries: int = 0
    last_id: int = 0
    head: str = NOTHING
    found: Found | None = None
    ended: bool = False


@dataclass(frozen=True, slots=True)
class Waiting:
    """The entries that no seal has yet: how many, and since when the first of them."""

    entries: int
    since: datetime | None


_WAITING = Statement(
    select(func.count(), func.min(col(AuditEntry.ran_at))).where(col(AuditEntry.id) > given("last_id"))
)


def prove_next(work: Work, proved: Proved) -> Proved:
    """The chain with its next seal, proved or found to be broken. Raises nothing for what it finds."""
    seal = seal_after(work, proved.seals)
    if seal is None:
        return replace(proved, ended=True)
    if seal.id != proved.seals + 1:
        return replace(proved, found=Found(Flaw.SEAL_MISSING, proved.seals + 1), ended=True)
    count, found = _look(work, seal, proved)
    if found:
        return replace(proved, found=found, ended=True)
    return Proved(seal.id, proved.entries + count, seal.last_id, seal.hash)


def waiting(work: Work, proved: Proved) -> Waiting:
    """What comes after the last seal that was proved."""
    row = work.one(_WAITING, last_id=proved.last_id)
    return Waiting(row[0], row[1]) if row else Waiting(0, None)


def _look(work: Work, seal: Seal, proved: Proved) -> tuple[int, Found | None]:
    """How many entries lie between the seal before and the end of this one, and what of them is not as it was."""
    broken = Found(Flaw.SEAL_BROKEN, seal.id, None, seal.sealed_at)
    marks = seal.marks.split(" ")
    ends = [marks[0].partition(":")[0], marks[-1].partition(":")[0]]
    if (ends, len(marks)) != ([str(seal.first_id), str(seal.last_id)], seal.entries):
        return 0, broken
    digest, left, count = begun(seal, proved.head), iter(marks), 0
    for entry in entries_between(work, proved.last_id, seal.last_id):
        text = canonical(entry)
        digest.update(text)
        if flaw := _difference(entry[0], mark(entry[0], text), next(left, "")):
            return count, replace(broken, flaw=flaw[0], entry_id=flaw[1])
        count += 1
    if expected := next(left, ""):
        return count, replace(broken, flaw=Flaw.MISSING, entry_id=_number(expected))
    return count, (None if digest.hexdigest() == seal.hash else broken)


def _difference(number: int, found: str, expected: str) -> tuple[Flaw, int] | None:
    """What is wrong with an entry where the seal has this mark; without a mark, and before one, it was put in."""
    if found == expected:
        return None
    should_be = _number(expected)
    if 0 < should_be < number:
        return Flaw.MISSING, should_be
    return (Flaw.CHANGED if should_be == number else Flaw.ADDED), number


def _number(marked: str) -> int:
    said = marked.partition(":")[0]
    return int(said) if said.isdecimal() else 0
