"""What each step of a transfer does to its lines, as pure functions: lines in, lines and moves out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from core.ground.errors import DoesNotAddUp
from core.ground.money import part_of_value
from core.stock.carry import Move, Posted, Spot
from core.stock.transfer_commands import Arrived, TakenBack
from core.stock.transfer_lines import Line
from data.kinds import Bearer, Cause, Shelf, State


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a line that leaves the road: which column counts it, how many, to where, and why."""

    column: str
    count: int
    target: Spot
    cause: Cause
    borne_by: Bearer | None = None


Changed = tuple[list[Line], list[Move]]


def frozen(source_id: int, lines: Sequence[Line], counts: Mapping[int, int]) -> Changed:
    """From available to reserved, so many of each line."""
    after = [replace(line, frozen=line.frozen + counts.get(line.line, 0)) for line in lines]
    return after, _between_shelves(source_id, lines, after, Cause.FREEZE)


def released(source_id: int, lines: Sequence[Line], kept: Mapping[int, int] | None = None) -> Changed:
    """Back from reserved to available, what is frozen above what is `kept` of each line (nothing, if not said)."""
    keep = kept or {}
    after = [replace(line, frozen=min(line.frozen, keep.get(line.line, 0))) for line in lines]
    return after, _between_shelves(source_id, lines, after, Cause.RELEASE)


def loaded(source_id: int, lines: Sequence[Line], counts: Mapping[int, int]) -> Changed:
    """Onto the road: from what is frozen first, the rest from what is available; what stays frozen is released.

    More than was approved is a new line behind the others, of which nothing was approved.
    """
    after, moves, surplus = [], [], []
    for line in lines:
        count = min(counts[line.line], line.approved)
        if extra := counts[line.line] - count:
            surplus.append(replace(line, asked=extra, approved=0, frozen=0, dispatched=extra))
        after.append(replace(line, frozen=0, dispatched=count))
        moves += _loading(source_id, line, count)
        if left := max(line.frozen - count, 0):
            reserved, available = Spot(source_id, Shelf.RESERVED), Spot(source_id, Shelf.AVAILABLE)
            moves.append(Move(line.sku_id, left, reserved, available, Cause.RELEASE, line=line.line))
    for number, line in enumerate(surplus, start=len(lines) + 1):
        after.append(replace(line, line=number))
        moves += _loading(source_id, after[-1], line.dispatched)
    return after, moves


def with_values(lines: Sequence[Line], postings: Sequence[Posted]) -> list[Line]:
    """The lines with the value that they took onto the road, in fen."""
    values = {line.line: 0 for line in lines}
    for posted in postings:
        if posted.cause is Cause.DISPATCH:
            values[posted.line] += posted.value_fen
    return [replace(line, value_fen=values[line.line], value_left_fen=values[line.line]) for line in lines]


def arrived(source_id: int, target_id: int, line: Line, seen: Arrived) -> Changed:
    """What the receiver saw of a line. Goods are booked where they are.

    Good ones become available, damaged ones and those for the supplier blocked, all at the target. What is missing or
    refused stays on the road, on the source's books. Late parts eat up what was said to be missing.

    Raises DoesNotAddUp for more than is on the road, and for goods above the dispatch while others of them are open.
    """
    if seen.taken + seen.missing > line.awaited + line.missing:
        said = line.arrived + line.refused + seen.taken + seen.missing + seen.over
        raise DoesNotAddUp(sku_id=line.sku_id, dispatched=line.dispatched, said=said)
    late = max(seen.taken + seen.missing - line.awaited, 0)
    told = replace(line, refused=line.refused + seen.refused, missing=line.missing + seen.missing - late)
    shelf, aside = Spot(target_id, Shelf.AVAILABLE), Spot(target_id, Shelf.BLOCKED)
    after, moves = _left_road(
        source_id,
        told,
        Part("received", seen.good, shelf, Cause.TRANSFER_IN),
        Part("damaged", seen.damaged, aside, Cause.TRANSFER_DAMAGE),
        Part("for_supplier", seen.for_supplier, aside, Cause.TRANSFER_IN),
    )
    if seen.over and (after.awaited or after.missing):
        said = after.arrived + after.refused + seen.over
        raise DoesNotAddUp(sku_id=line.sku_id, dispatched=line.dispatched, said=said)
    return [replace(after, over=after.over + seen.over)], moves


def taken_back(source_id: int, line: Line, seen: TakenBack, *, turned_back: bool) -> Changed:
    """What the source saw of a line that came back: refused goods first, then those called back, then missing ones.

    Raises DoesNotAddUp for more than can have come back.
    """
    need = seen.good + seen.damaged + seen.missing
    from_refused = min(line.refused, need)
    from_awaited = min(line.awaited, need - from_refused) if turned_back else 0
    found = need - from_refused - from_awaited
    if found > line.missing:
        could = line.refused + line.missing + (line.awaited if turned_back else 0)
        raise DoesNotAddUp(sku_id=line.sku_id, dispatched=could, said=need)
    told = replace(line, refused=line.refused - from_refused, missing=line.missing - found + seen.missing)
    after, moves = _left_road(
        source_id,
        told,
        Part("returned", seen.good, Spot(source_id, Shelf.AVAILABLE), Cause.TAKE_BACK),
        Part("returned", seen.damaged, Spot(source_id, Shelf.BLOCKED), Cause.TAKE_BACK),
    )
    return [after], moves


def written_off(source_id: int, loss: Spot, line: Line, count: int, bearer: Bearer) -> Changed:
    """Missing goods given up as lost. Raises DoesNotAddUp for more than is missing."""
    if count > line.missing:
        raise DoesNotAddUp(sku_id=line.sku_id, dispatched=line.missing, said=count)
    told = replace(line, missing=line.missing - count)
    after, moves = _left_road(source_id, told, Part("lost", count, loss, Cause.TRANSFER_LOSS, bearer))
    return [after], moves


def sent_more(source_id: int, target_id: int, lines: Sequence[Line]) -> list[Move]:
    """What arrived above the dispatch, straight from the source's shelf to the target's."""
    shelf, there = Spot(source_id, Shelf.AVAILABLE), Spot(target_id, Shelf.AVAILABLE)
    return [
        Move(line.sku_id, line.over, shelf, there, Cause.TRANSFER_IN, line=line.line) for line in lines if line.over
    ]


def standing(lines: Sequence[Line], *, turned_back: bool) -> State:
    """Where goods that left stand now: what a transfer's state is, as soon as it was dispatched."""
    if any(line.missing or line.over for line in lines):
        return State.DISPUTED
    if any(line.awaited or line.refused for line in lines):
        return State.RETURNING if turned_back else State.IN_TRANSIT
    if any(line.returned for line in lines) and not any(line.arrived for line in lines):
        return State.RETURNED
    return State.RECEIVED


def _left_road(source_id: int, line: Line, *parts: Part) -> tuple[Line, list[Move]]:
    """A line after some of it left the road, each part with its share of the value; the last part takes the rest."""
    road, moves = Spot(source_id, Shelf.IN_TRANSIT), []
    for part in parts:
        if part.count:
            value = part_of_value(line.value_left_fen, part.count, line.road)
            ends = (road, part.target)
            moves.append(
                Move(line.sku_id, part.count, *ends, part.cause, value, line=line.line, borne_by=part.borne_by)
            )
            counted = {part.column: getattr(line, part.column) + part.count}
            line = replace(line, **counted, value_left_fen=line.value_left_fen - value)
    return line, moves


def _loading(source_id: int, line: Line, count: int) -> list[Move]:
    road, from_frozen = Spot(source_id, Shelf.IN_TRANSIT), min(line.frozen, count)
    return [
        Move(line.sku_id, part, Spot(source_id, shelf), road, Cause.DISPATCH, line=line.line)
        for shelf, part in ((Shelf.RESERVED, from_frozen), (Shelf.AVAILABLE, count - from_frozen))
        if part
    ]


def _between_shelves(source_id: int, before: Sequence[Line], after: Sequence[Line], cause: Cause) -> list[Move]:
    available, reserved = Spot(source_id, Shelf.AVAILABLE), Spot(source_id, Shelf.RESERVED)
    ends = (available, reserved) if cause is Cause.FREEZE else (reserved, available)
    return [
        Move(new.sku_id, abs(new.frozen - old.frozen), *ends, cause, line=new.line)
        for old, new in zip(before, after, strict=True)
        if new.frozen != old.frozen
    ]
