"""What undoing a document would do now, how much of it still can be undone, and why none of it can otherwise.

What was not dispatched is cancelled, what is on the road is turned back, what was received goes back by a transfer of
its own, and a document that was posted at once is reversed by one of its kind. A reversal is not undone itself: what it
took back is entered anew.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import select, text
from sqlmodel import col

from core.ground.documents import Header, header
from core.ground.errors import (
    CannotUndo,
    DisputeIsSettled,
    NotAllowed,
    NotEnoughStock,
    UndoneBefore,
    UndoTimeOver,
    WasApproved,
)
from core.ground.permissions import LONGER_UNDO, STAFF_UNDO, Verb, allowed, may_undo_of
from core.ground.work import Work
from core.people.approvals import steps_of
from core.people.directory import person, site
from core.stock.carry import Key, Spot
from core.stock.ledger import balance_of
from core.stock.transfer_lines import Line, lines_of
from core.stock.transfer_standing import dispute_of
from core.stock.transfer_steps import KIND, may, may_ever, standpoint
from data.kinds import Cause, Decision, Shelf, State, Step
from data.statements import Statement, given
from data.tables.stock import Document, Posting


class Way(StrEnum):
    """How a document is undone."""

    CANCEL = "cancel"
    TURN_BACK = "turn_back"
    RETURN = "return"
    REVERSE = "reverse"


@dataclass(frozen=True, slots=True)
class Part:
    """A line of a document: so many it moved, and so many of these can go back now, in smallest units."""

    line: int
    sku_id: int
    unit: str
    moved: int
    there: int


@dataclass(frozen=True, slots=True)
class Undoing:
    """What undoing would do. Where goods have gone on meanwhile, less can go back than was moved."""

    way: Way
    parts: tuple[Part, ...]

    @property
    def is_whole(self) -> bool:
        """Whether all of it can still be undone."""
        return all(part.there == part.moved for part in self.parts)


@dataclass(frozen=True, slots=True)
class Booked:
    """What one line of a document moved, with its value in fen."""

    line: int
    sku_id: int
    quantity: int
    value_fen: int
    source: Spot
    target: Spot


_STANDS = text("state not in ('rejected', 'cancelled', 'returned')")  # in the words of the partial index
_REVERSED_BY = Statement(select(col(Document.id)).where(col(Document.reverses_id) == given("document_id"), _STANDS))
_BOOKED = Statement(
    select(
        col(Posting.line),
        col(Posting.sku_id),
        col(Posting.quantity),
        col(Posting.value_fen),
        col(Posting.source_id),
        col(Posting.source_shelf),
        col(Posting.target_id),
        col(Posting.target_shelf),
    )
    .where(col(Posting.document_id) == given("document_id"), col(Posting.cause) != Cause.TRUE_UP)
    .order_by(col(Posting.line))
)
_BEFORE_DISPATCH = (State.SUBMITTED, State.APPROVED)


def undoing(work: Work, document: Header) -> Undoing:
    """What it would do if who acts undid this document now.

    Raises what stands against it: CannotUndo, UndoneBefore, DisputeIsSettled, NotAllowed, WasApproved,
    UndoTimeOver, or NotEnoughStock where nothing is left that could go back.
    """
    way = way_of(work, document)
    if way is Way.REVERSE:
        check_may_undo(work, document)
        return Undoing(way, _with_goods(document.place_id, _booked_parts(work, document)))
    lines = lines_of(work, document.id)
    if way is Way.RETURN:
        check_may_undo(work, document)
        return Undoing(way, _with_goods(document.other_place_id, _received_parts(work, document, lines)))
    step = Step.CANCEL if way is Way.CANCEL else Step.TURN_BACK
    if not may_ever(work, work.who, step, document):
        raise NotAllowed(verb=Verb.CANCEL.value, place_id=document.place_id)
    if not may(work, work.who, step, standpoint(work, document, lines)):
        raise CannotUndo(number=document.number, state=document.state.value)
    counts = [line.approved if way is Way.CANCEL else line.awaited for line in lines]
    parts = (Part(one.line, one.sku_id, one.unit, n, n) for one, n in zip(lines, counts, strict=True) if n)
    return Undoing(way, tuple(parts))


def way_of(work: Work, document: Header) -> Way:
    """How this document is undone, whoever does it. Raises CannotUndo, UndoneBefore or DisputeIsSettled."""
    way = way_by_state(document)
    if way is None or (way is Way.REVERSE and document.reverses_id is not None):
        raise CannotUndo(number=document.number, state=document.state.value)
    if way in (Way.CANCEL, Way.TURN_BACK):
        return way
    if by := reversed_by(work, document.id):
        raise UndoneBefore(number=document.number, by=by.number)
    dispute = dispute_of(work, document.id) if way is Way.RETURN else None
    if dispute is not None and dispute.closed_at is not None:
        raise DisputeIsSettled(number=document.number)
    return way


def way_by_state(document: Header) -> Way | None:
    """How a document that stands like this would be undone; None where its state leads to none."""
    if document.kind is KIND and document.state in _BEFORE_DISPATCH:
        return Way.CANCEL
    return {State.IN_TRANSIT: Way.TURN_BACK, State.RECEIVED: Way.RETURN, State.POSTED: Way.REVERSE}.get(document.state)


def reversed_by(work: Work, document_id: int) -> Header | None:
    """The document that takes this one back and stands."""
    row = work.one(_REVERSED_BY, document_id=document_id)
    return None if row is None else header(work, int(row[0] or 0))


def check_may_undo(work: Work, document: Header) -> None:
    """Raises NotAllowed, WasApproved or UndoTimeOver unless who acts may undo what this document moved.

    Who did it may for a while, and whoever manages them at that place for longer. What somebody approved was decided by
    a manager, so only a manager undoes it.
    """
    is_transfer = document.kind is KIND
    where = site(work, document.other_place_id if is_transfer else document.place_id)
    doer = person(work, document.received_by_id or document.requester_id)
    manages = may_undo_of(work.who, doer, document.kind, where)
    did = Verb.RECEIVE if is_transfer else Verb.POST
    if not manages and not (work.who.id == doer.id and allowed(work.who, did, document.kind, where)):
        raise NotAllowed(verb=Verb.UNDO.value, place_id=where.id)
    if not manages and any(step.decision is Decision.APPROVED for step in steps_of(work, document.id)):
        raise WasApproved(number=document.number)
    lasts = LONGER_UNDO if manages else STAFF_UNDO
    if work.now - (document.received_at or document.posted_at) > lasts:
        raise UndoTimeOver(number=document.number, minutes=int(lasts.total_seconds()) // 60)


def booked(work: Work, document_id: int) -> list[Booked]:
    """What each line of a document that was posted at once moved; what was trued up beside it is left out."""
    return [
        Booked(line, sku_id, count, value, Spot(source_id, shelf), Spot(target_id, goal))
        for line, sku_id, count, value, source_id, shelf, target_id, goal in work.rows(_BOOKED, document_id=document_id)
    ]


def _booked_parts(work: Work, document: Header) -> list[Part]:
    found = booked(work, document.id)
    counts = [(one.sku_id, one.quantity) for one in found]
    came = any(one.target.shelf is not None for one in found)  # what went out to an edge is all there
    there = _there(work, document.place_id, counts) if came else [count for _, count in counts]
    return [Part(one.line, one.sku_id, "", one.quantity, n) for one, n in zip(found, there, strict=True)]


def _received_parts(work: Work, document: Header, lines: Sequence[Line]) -> list[Part]:
    came = [line for line in lines if line.received]
    there = _there(work, document.other_place_id, [(line.sku_id, line.received) for line in came])
    return [Part(one.line, one.sku_id, one.unit, one.received, n) for one, n in zip(came, there, strict=True)]


def _there(work: Work, place_id: int, wanted: Sequence[tuple[int, int]]) -> list[int]:
    """How many of each line are still available at a place; of one product the first line takes first."""
    left = {sku_id: max(balance_of(work, Key(sku_id, place_id)).available, 0) for sku_id, _ in wanted}
    found = []
    for sku_id, count in wanted:
        found.append(min(count, left[sku_id]))
        left[sku_id] -= found[-1]
    return found


def _with_goods(place_id: int, parts: Sequence[Part]) -> tuple[Part, ...]:
    """The parts, if any goods are left to go back. Raises NotEnoughStock for the first line otherwise."""
    if not any(part.there for part in parts):
        first = parts[0]
        raise NotEnoughStock(place_id, Shelf.AVAILABLE.value, first.sku_id, wanted=first.moved, there=0)
    return tuple(parts)
