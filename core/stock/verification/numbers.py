"""Verifies that no row was taken out where rows are numbered without gaps: of postings, audit and documents."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from types import MappingProxyType

from sqlalchemy import Column, func, select
from sqlmodel import SQLModel

from core.ground.work import Work
from core.stock.verification.tally import Check, Look, Part, Tally
from data.tables.base import table_of
from data.tables.ground import AuditEntry
from data.tables.stock import Document, Posting

FIRST_NUMBERS: Mapping[type[SQLModel], int] = MappingProxyType({Posting: 1, AuditEntry: 1, Document: 1001})


def verify_numbers(look: Look) -> Iterator[Part]:
    """Table by table, on SQLite alone.

    There a number is one more than the last row's, and what is rolled back gives its numbers back. PostgreSQL draws
    them from a sequence that never goes back: a hole there is a command that was refused, or a server that was killed,
    and proves nothing. On neither does anything prove that rows at the very end are missing.
    """
    for done, model in enumerate(FIRST_NUMBERS, start=1):
        yield Part("numbers", done, len(FIRST_NUMBERS), look(partial(_numbers, model=model)))


def _numbers(work: Work, model: type[SQLModel]) -> Tally:
    tally = Tally()
    if work.on_postgresql:
        return tally
    number, first = table_of(model).c.id, FIRST_NUMBERS[model]
    count, last = work.all(select(func.count(), func.max(number)))[0]
    tally.compared[Check.NUMBERS] = count
    if count and count != last - first + 1:
        facts = {"first": _first_missing(work, number, first), "missing": last - first + 1 - count}
        tally.find(Check.NUMBERS, "numbers_missing", table=table_of(model).name, **facts)
    return tally


def _first_missing(work: Work, number: Column[int], first: int) -> int:
    following = number.table.alias()
    is_followed = select(following.c.id).where(following.c.id == number + 1).exists()
    begins, ends = work.all(select(func.min(number), func.min(number).filter(~is_followed)))[0]
    return first if begins > first else int(ends) + 1
