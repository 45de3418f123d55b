"""The lines of a transfer: what was asked, approved and frozen, what left, and what became of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace

from sqlalchemy import insert, update
from sqlmodel import col

from core.ground.work import Work, picked
from data.statements import Statement, given, given_columns
from data.tables.base import table_of
from data.tables.stock import TransferLine as LineRow


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a transfer. Counts in smallest units; values in fen, fixed at dispatch."""

    line: int
    sku_id: int
    unit: str
    asked: int
    approved: int
    frozen: int
    dispatched: int = 0
    received: int = 0
    damaged: int = 0
    for_supplier: int = 0
    refused: int = 0
    missing: int = 0
    returned: int = 0
    lost: int = 0
    over: int = 0
    value_fen: int = 0
    value_left_fen: int = 0

    @property
    def road(self) -> int:
        """What lies in transit: dispatched, and not yet anywhere else."""
        return self.dispatched - self.arrived - self.returned - self.lost

    @property
    def arrived(self) -> int:
        """What is at the target, in whatever condition."""
        return self.received + self.damaged + self.for_supplier

    @property
    def awaited(self) -> int:
        """What is on the road and of which nobody has said anything yet."""
        return self.road - self.refused - self.missing


CHANGED = "lines"
"""What the audit calls lines; each by its document and its number: 1042.1."""
_OF_DOCUMENT = col(LineRow.document_id) == given("document_id")
_READ = Statement(picked(LineRow, Line).where(_OF_DOCUMENT).order_by(col(LineRow.line)))
_ADD = Statement(insert(table_of(LineRow)).values(given_columns(LineRow)))
_COLUMNS = tuple(field.name for field in fields(Line))
_CHANGING = tuple(name for name in _COLUMNS if name not in ("line", "sku_id", "unit"))
_CHANGE = Statement(
    update(table_of(LineRow))
    .where(_OF_DOCUMENT, col(LineRow.line) == given("number"))
    .values({name: given(name) for name in _CHANGING})
)


def lines_of(work: Work, document_id: int) -> list[Line]:
    """The lines of a transfer in their order."""
    return [Line(*row) for row in work.rows(_READ, document_id=document_id)]


def as_sent(lines: Sequence[Line]) -> list[Line]:
    """The lines as they left, or as they would leave: all that is approved, while nothing of any line has."""
    if any(line.dispatched for line in lines):
        return list(lines)
    return [replace(line, dispatched=line.approved) for line in lines]


def keep_lines(work: Work, document_id: int, before: Sequence[Line], after: Sequence[Line]) -> None:
    """Write what changed: lines that were there, in their order, and new ones behind them."""
    for line in after[len(before) :]:
        work.changes.note(CHANGED, f"{document_id}.{line.line}", None, _told(line))
        work.run(_ADD, document_id=document_id, **{name: getattr(line, name) for name in _COLUMNS})
    for old, new in zip(before, after, strict=False):
        if old != new:
            work.changes.note(CHANGED, f"{document_id}.{new.line}", _told(old), _told(new))
            changed = {name: getattr(new, name) for name in _CHANGING}
            work.run(_CHANGE, document_id=document_id, number=new.line, **changed)


def _told(line: Line) -> dict[str, object]:
    return {name: getattr(line, name) for name in _COLUMNS if name != "line"}
