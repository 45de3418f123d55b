"""Approving less than was asked: how much, the card before it counts, and the command."""

from __future__ import annotations

from dataclasses import replace

from core.ground.documents import Header
from core.ground.work import Work
from core.stock.transfer_commands import ApproveTransfer, Asked, Counted
from core.stock.transfer_lines import Line, lines_of
from core.stock.transfer_steps import may, standpoint
from data.kinds import Step
from handlers.capabilities.transfer_found import confirmed, find, meant, moved_on, seen, shown
from handlers.capabilities.transfer_parts import counted, of_product, spread, told, with_missing
from handlers.capabilities.transfer_state import drop_button, route_line, split_line, verb_label
from handlers.messages import Button, Reply, Style, Tone
from handlers.pending import Pending
from handlers.plan import Asker, Plan
from handlers.reader import Reader
from handlers.understand.reading import EVERY_DOCUMENT, Intent, Reading, Slots


def answer_approve(work: Work, asker: Asker, reading: Reading) -> Plan:
    """A card with what would be approved. Without an amount, the document's own card has the buttons."""
    if reading.slots.document == EVERY_DOCUMENT and reading.complete:
        return Plan(said=Reply((asker.reader.say("later.approve_all"),)))
    found = find(work, asker, reading)
    if isinstance(found, Plan):
        return found
    lines = lines_of(work, found.id)
    if not may(work, asker.person, Step.APPROVE, standpoint(work, found, lines)):
        return shown(work, asker, found)
    if not reading.slots.lines and not reading.missing:
        return shown(work, asker, found)
    return Plan(ask=settled(asker.reader, seen(reading, found), lines))


def ask_how_much(document: Header) -> Reading:
    """The question behind "less than that"."""
    return Reading(Intent.TRANSFER_APPROVE, Slots(document=document.number), missing=("lines",))


def settled(reader: Reader, reading: Reading, lines: list[Line]) -> Reading:
    """The reading with its counts; more than was asked, or nothing at all, is asked again."""
    slots, problem = counted(reader, reading, lines)
    reading = replace(reading, slots=slots, missing=(), problems={})
    if problem:
        return with_missing(reading, "lines", problem=problem)
    if not slots.lines:
        return with_missing(reading, "lines")
    approved = approved_of(reader, slots, lines)
    if any(one.count > line.approved for one, line in zip(approved, lines, strict=True)):
        return with_missing(reading, "lines", problem="more_than_asked")
    if not any(one.count for one in approved):
        return with_missing(reading, "lines", problem="nothing_approved")
    return reading


def approved_of(reader: Reader, slots: Slots, lines: list[Line]) -> list[Counted]:
    """How much of each line is approved: as it was said, and all of what was not named."""
    said, counts = told(reader, slots), {line.line: line.approved for line in lines}
    for sku_id, parts in said.items():
        ours = of_product(lines, sku_id)
        spreads = spread(parts.get("lines", 0), [line.approved for line in ours])
        counts |= {line.line: part for line, part in zip(ours, spreads, strict=True)}
    return [Counted(line.line, counts[line.line]) for line in lines]


def approve_command(work: Work, reader: Reader, pending: Pending) -> ApproveTransfer:
    """The approval that a complete reading asks for, of the document as its card showed it."""
    document_id, version, slots = confirmed(work, pending)
    return ApproveTransfer(document_id, version, tuple(approved_of(reader, slots, lines_of(work, document_id))))


def approve_confirmation(work: Work, reader: Reader, pending: Pending) -> Reply:
    """The card before less is approved: what is asked, what would be approved, and that the rest is free at once."""
    document, slots = meant(work, pending)
    if document.version != slots.version:
        return moved_on(reader, document, Step.APPROVE)
    lines = lines_of(work, document.id)
    approved = approved_of(reader, slots, lines)
    texts = [
        reader.say("transfers.approving.state", number=document.number),
        *(
            split_line(reader, line.sku_id, {"asked": line.asked, "approved": one.count}, always=("asked", "approved"))
            for line, one in zip(lines, approved, strict=True)
        ),
        route_line(reader, document),
        reader.say("transfers.approving.rest", place=reader.place(document.place_id)),
    ]
    goods = [Asked(line.sku_id, one.count, line.unit) for line, one in zip(lines, approved, strict=True)]
    approve = Button(verb_label(reader, "approve", goods), "approve", Style.PRIMARY)
    return Reply(tuple(texts), (approve, drop_button(reader)), Tone.WAITING)
