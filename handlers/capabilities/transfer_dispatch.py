"""Loading a truck: what was really loaded, why it is less, and what becomes of the rest."""

from __future__ import annotations

from dataclasses import replace

from core.ground.documents import Header
from core.ground.errors import NotAllowed
from core.ground.permissions import Verb
from core.ground.work import Work
from core.stock.transfer_commands import Asked, Counted, DispatchTransfer
from core.stock.transfer_lines import Line, lines_of
from core.stock.transfer_steps import may_ever
from data.kinds import LoadReason, State, Step
from handlers.capabilities.refusals import refusal
from handlers.capabilities.transfer_found import confirmed, find, meant, moved_on, seen, shown
from handlers.capabilities.transfer_parts import counted, of_product, said_anything, spread, told, with_missing
from handlers.capabilities.transfer_state import drop_button, route_line, split_line, verb_label
from handlers.messages import Button, Reply, Style, Tone
from handlers.pending import Pending
from handlers.plan import Asker, Plan
from handlers.reader import Reader
from handlers.understand.reading import Intent, Reading, Slots

LATER, FREE = "later", "free"


def answer_dispatch(work: Work, asker: Asker, reading: Reading) -> Plan:
    """A card with what goes on the road, or the question that is left."""
    found = find(work, asker, reading)
    if isinstance(found, Plan):
        return found
    if found.state is not State.APPROVED or not may_ever(work, asker.person, Step.DISPATCH, found):
        if found.state is State.APPROVED:
            refused = NotAllowed(verb=Verb.DISPATCH.value, place_id=found.place_id)
            return Plan(said=Reply((refusal(work, asker.reader, refused),)))
        return shown(work, asker, found)
    return Plan(ask=settled(asker.reader, seen(reading, found), lines_of(work, found.id)))


def ask_what_was_loaded(document: Header) -> Reading:
    """The question behind "not all of it"."""
    return Reading(Intent.TRANSFER_DISPATCH, Slots(document=document.number), missing=("lines",))


def settled(reader: Reader, reading: Reading, lines: list[Line]) -> Reading:
    """The reading with its counts; where less was loaded than approved, why and what becomes of the rest is asked."""
    slots, problem = counted(reader, reading, lines)
    reading = replace(reading, slots=slots, missing=(), problems={})
    if problem:
        return with_missing(reading, "lines", problem=problem)
    if not said_anything(slots) and "lines" in reading.candidates:
        return with_missing(reading, "lines")
    if slots.reason is None and slots.damaged:  # what is broken stays behind: that is why
        slots = replace(slots, reason=LoadReason.DAMAGED.value)
        reading = replace(reading, slots=slots)
    loaded = loaded_of(reader, slots, lines)
    if not any(one.count for one in loaded):
        return with_missing(reading, "lines", problem="nothing_loaded")
    if any(one.count < line.approved for one, line in zip(loaded, lines, strict=True)):
        if slots.reason not in [reason.value for reason in LoadReason]:
            return with_missing(reading, "reason", tuple(reason.value for reason in LoadReason))
        if slots.rest not in (LATER, FREE):
            return with_missing(reading, "rest", (LATER, FREE))
    return reading


def loaded_of(reader: Reader, slots: Slots, lines: list[Line]) -> list[Counted]:
    """How much of each line was loaded: as it was said, less what was said to be short; all of what was not named."""
    said, counts = told(reader, slots), {line.line: line.approved for line in lines}
    for sku_id, parts in said.items():
        ours = of_product(lines, sku_id)
        approved = [line.approved for line in ours]
        count = parts.get("lines", max(sum(approved) - parts.get("shortage", 0) - parts.get("damaged", 0), 0))
        counts |= {line.line: part for line, part in zip(ours, spread(count, approved), strict=True)}
    return [Counted(line.line, counts[line.line]) for line in lines]


def dispatch_command(work: Work, reader: Reader, pending: Pending) -> DispatchTransfer:
    """The loading that a complete reading asks for, of the document as its card showed it."""
    document_id, version, slots = confirmed(work, pending)
    loaded = tuple(loaded_of(reader, slots, lines_of(work, document_id)))
    reason = LoadReason(slots.reason) if slots.reason else None
    return DispatchTransfer(document_id, version, loaded, reason, slots.rest == LATER)


def dispatch_confirmation(work: Work, reader: Reader, pending: Pending) -> Reply:
    """The card before goods are booked onto the road."""
    document, slots = meant(work, pending)
    if document.version != slots.version:
        return moved_on(reader, document, Step.DISPATCH)
    lines = lines_of(work, document.id)
    loaded = loaded_of(reader, slots, lines)
    texts = [
        reader.say("transfers.loading.state", number=document.number),
        *(
            split_line(reader, line.sku_id, {"approved": line.approved, "loaded": one.count}, always=("loaded",))
            for line, one in zip(lines, loaded, strict=True)
        ),
        route_line(reader, document),
        reader.say("transfers.body.on_the_road", place=reader.place(document.place_id)),
    ]
    if slots.reason and slots.rest:
        reason = reader.say(f"words.reason.{slots.reason}")
        texts.append(reader.say(f"transfers.loading.{slots.rest}", reason=reason))
    if any(one.count > line.approved for one, line in zip(loaded, lines, strict=True)):
        texts.append(reader.say("transfers.loading.more", place=reader.place(document.place_id)))
    units = reader.catalogue.sku_by_id
    goods = [
        Asked(line.sku_id, one.count, line.unit or units[line.sku_id].base_unit)
        for line, one in zip(lines, loaded, strict=True)
    ]
    load = Button(verb_label(reader, "dispatch", goods), "load", Style.PRIMARY)
    return Reply(tuple(texts), (load, drop_button(reader)), Tone.WAITING)
