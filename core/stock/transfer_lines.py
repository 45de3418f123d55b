"""The lines of a transfer: what was asked, frozen, dispatched and arrived, and the moves each step makes of them."""

from __future__ import annotations

from dataclasses import dataclass

from sqlmodel import col

from core.ground.errors import DoesNotAddUp
from core.ground.money import part_of_value
from core.ground.quantity import whole
from core.ground.work import Work, picked
from core.stock.carry import Move, Spot
from data.kinds import Cause, Shelf
from data.tables.stock import TransferLine as LineRow


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a transfer. Counts in smallest units; values in fen, fixed at dispatch."""

    line: int
    sku_id: int
    unit: str
    asked: int
    frozen: int
    dispatched: int
    received: int
    damaged: int
    missing: int
    value_fen: int
    value_left_fen: int


@dataclass(frozen=True, slots=True)
class Arrived:
    """What the receiver saw of one line: good, damaged and missing. Counts in smallest units."""

    line: int
    good: int
    damaged: int
    missing: int

    def __post_init__(self) -> None:
        for count in (self.good, self.damaged, self.missing):
            whole(count)


_LINE = picked(LineRow, Line)


def lines_of(work: Work, document_id: int) -> list[Line]:
    """The lines of a transfer in their order."""
    return work.records(Line, _LINE.where(col(LineRow.document_id) == document_id).order_by(col(LineRow.line)))


def add_line(work: Work, document_id: int, line: int, sku_id: int, unit: str, count: int) -> None:
    """Write a line, all of it frozen."""
    work.add(LineRow, document_id=document_id, line=line, sku_id=sku_id, unit=unit, asked=count, frozen=count)


def change_line(work: Work, document_id: int, line: int, **columns: int) -> None:
    """Change columns of one line."""
    where = (col(LineRow.document_id) == document_id, col(LineRow.line) == line)
    work.change(LineRow, *where, **columns)


def freeze_moves(source_id: int, lines: list[Line]) -> list[Move]:
    """From available to reserved, for what each line freezes."""
    return _frozen_moves(lines, _on(source_id, Shelf.AVAILABLE), _on(source_id, Shelf.RESERVED), Cause.FREEZE)


def release_moves(source_id: int, lines: list[Line]) -> list[Move]:
    """Back from reserved to available, for what is still frozen."""
    return _frozen_moves(lines, _on(source_id, Shelf.RESERVED), _on(source_id, Shelf.AVAILABLE), Cause.RELEASE)


def dispatch_moves(source_id: int, lines: list[Line]) -> list[Move]:
    """Onto the road: what is frozen from reserved, the rest (after a lapse) from what is available."""
    moves = []
    for line in lines:
        for shelf, count in ((Shelf.RESERVED, line.frozen), (Shelf.AVAILABLE, line.asked - line.frozen)):
            if count:
                road = _on(source_id, Shelf.IN_TRANSIT)
                moves.append(Move(line.sku_id, count, _on(source_id, shelf), road, Cause.DISPATCH, line=line.line))
    return moves


def arrival_moves(source_id: int, target_id: int, line: Line, arrived: Arrived) -> list[Move]:
    """The moves for what the receiver saw.

    Goods are booked where they are: good ones become available, damaged ones blocked, both at the target. Missing ones
    stay on the road, on the source's books, with what is left of the line's value.
    """
    left, value_left, moves = line.dispatched, line.value_left_fen, []
    ends = ((arrived.good, Shelf.AVAILABLE, Cause.TRANSFER_IN), (arrived.damaged, Shelf.BLOCKED, Cause.TRANSFER_DAMAGE))
    for count, shelf, cause in ends:
        if count:
            value = part_of_value(value_left, count, left)
            road, end = _on(source_id, Shelf.IN_TRANSIT), _on(target_id, shelf)
            moves.append(Move(line.sku_id, count, road, end, cause, value, line.line))
            left, value_left = left - count, value_left - value
    return moves


def check_arrival(line: Line, arrived: Arrived) -> None:
    """Raises DoesNotAddUp unless good, damaged and missing are together what was dispatched."""
    said = arrived.good + arrived.damaged + arrived.missing
    if said != line.dispatched:
        raise DoesNotAddUp(sku_id=line.sku_id, dispatched=line.dispatched, said=said)


def _frozen_moves(lines: list[Line], source: Spot, target: Spot, cause: Cause) -> list[Move]:
    return [Move(line.sku_id, line.frozen, source, target, cause, line=line.line) for line in lines if line.frozen]


def _on(place_id: int, shelf: Shelf) -> Spot:
    return Spot(place_id, shelf)
