"""Undo (撤销): what was received goes back by a transfer, and what was posted at once is reversed by its own kind.

What was not received yet is cancelled or turned back: these are steps of the transfer itself.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

from core.ground.commands import Answer, AnyRule, Command, Rule
from core.ground.documents import Header, check_version, header, open_document
from core.ground.errors import CannotUndo, DoesNotAddUp, NothingAsked
from core.ground.events import Happened
from core.ground.money import part_of_value
from core.ground.work import Work
from core.stock.carry import Move
from core.stock.ledger import post
from core.stock.transfer_commands import Asked, Counted, StepCommand, SubmitTransfer
from core.stock.transfer_lines import lines_of
from core.stock.transfer_requests import open_request
from core.stock.undoing import Way, booked, check_may_undo, way_of
from data.kinds import Cause, State


@dataclass(frozen=True)
class ReturnTransfer(StepCommand):
    """Send back what was received of a transfer: of the lines that are named so many, of the others all."""

    counts: tuple[Counted, ...] = ()


@dataclass(frozen=True)
class ReverseDocument(StepCommand):
    """Take back what a document moved that was posted at once: of the lines that are named so many, else all."""

    counts: tuple[Counted, ...] = ()


def permit_undo(work: Work, command: StepCommand) -> None:
    """Raises NotAllowed, WasApproved or UndoTimeOver."""
    # Locked, so that of two who undo it at once the second one sees what the first one did.
    check_may_undo(work, header(work, command.document_id, lock=True))


def return_transfer(work: Work, command: ReturnTransfer) -> Answer:
    """Ask for the goods to go back, as anybody asks for a transfer: approvals and freezes are those of its route."""
    document = _open_for(work, command, Way.RETURN)
    lines = [line for line in lines_of(work, document.id) if line.received]
    counts = _counts(command.counts, {line.line: (line.sku_id, line.received) for line in lines})
    goods = tuple(Asked(line.sku_id, counts[line.line], line.unit) for line in lines if counts[line.line])
    wish = SubmitTransfer(document.other_place_id, document.place_id, goods)
    return _tells(open_request(work, wish, reverses_id=document.id), document)


def reverse(work: Work, command: ReverseDocument) -> Answer:
    """Post every movement the other way round, with the value that it had; of a part of a line its share.

    The last line goes first: where goods were sold that were not there, each line left its own rate behind.
    Raises NotEnoughStock where the shelf that received the goods does not hold that many.
    """
    document = _open_for(work, command, Way.REVERSE)
    moved = booked(work, document.id)
    counts = _counts(command.counts, {one.line: (one.sku_id, one.quantity) for one in moved})
    ends = (document.place_id, document.other_place_id)
    reversing = open_document(work, document.kind, State.POSTED, *ends, reverses_id=document.id)
    moves = [
        Move(
            one.sku_id,
            counts[one.line],
            one.target,
            one.source,
            Cause.REVERSAL,
            part_of_value(one.value_fen, counts[one.line], one.quantity),
            one.line,
        )
        for one in reversed(moved)
        if counts[one.line]
    ]
    post(work, reversing, moves, work.now)
    return _tells(Answer(reversing.id, reversing.version, reversing.state.value), document)


def _open_for(work: Work, command: StepCommand, way: Way) -> Header:
    document = header(work, command.document_id, lock=True)
    if way_of(work, document) is not way:
        raise CannotUndo(number=document.number, state=document.state.value)
    check_version(document, command.version)
    return document


def _counts(said: Sequence[Counted], moved: Mapping[int, tuple[int, int]]) -> dict[int, int]:
    """How many of each line go back. Raises DoesNotAddUp for more than it moved, NothingAsked for nothing at all."""
    counts = {line: count for line, (_, count) in moved.items()} | {one.line: one.count for one in said}
    if counts.keys() - moved.keys() or len({one.line for one in said}) < len(said):
        raise DoesNotAddUp(sku_id=next(iter(moved.values()))[0], dispatched=len(moved), said=len(said))
    for line, (sku_id, count) in moved.items():
        if counts[line] > count:
            raise DoesNotAddUp(sku_id=sku_id, dispatched=count, said=counts[line])
    if not any(counts.values()):
        raise NothingAsked()
    return counts


def _tells(answer: Answer, document: Header) -> Answer:
    """The answer, with the word that the first document is undone: its cards say so from now on."""
    return replace(answer, events=(*answer.events, Happened("document.undone", document.id)))


RULES: Mapping[type[Command], AnyRule] = MappingProxyType(
    {
        ReturnTransfer: Rule(permit_undo, return_transfer),
        ReverseDocument: Rule(permit_undo, reverse),
    }
)
