"""Goods that come back to their source: refused, called back, or found there after all."""

from __future__ import annotations

from dataclasses import replace

from core.ground.documents import Header
from core.ground.errors import NotAllowed
from core.ground.permissions import Verb
from core.ground.work import Work
from core.stock.transfer_commands import Asked, TakeBack, TakenBack
from core.stock.transfer_lines import Line, lines_of
from core.stock.transfer_steps import TRANSITIONS, has_goods_for, may_ever, standpoint
from data.kinds import Step
from handlers.capabilities.refusals import refusal
from handlers.capabilities.transfer_found import find, meant, moved_on, seen, shown
from handlers.capabilities.transfer_parts import counted, of_product, said_anything, spread, told, with_missing
from handlers.capabilities.transfer_state import drop_button, split_line, verb_label
from handlers.messages import Button, Reply, Style, Tone
from handlers.pending import Pending
from handlers.plan import Asker, Plan
from handlers.reader import Reader
from handlers.understand.reading import Intent, Reading, Slots


def answer_take_back(work: Work, asker: Asker, reading: Reading) -> Plan:
    """A card with what will be booked at the source again, or the question that is left."""
    found = find(work, asker, reading)
    if isinstance(found, Plan):
        return found
    if not _may_come_back(work, found):
        return shown(work, asker, found)
    if not may_ever(work, asker.person, Step.TAKE_BACK, found):
        refused = NotAllowed(verb=Verb.RECEIVE.value, place_id=found.place_id)
        return Plan(said=Reply((refusal(work, asker.reader, refused),)))
    return Plan(ask=settled(asker.reader, seen(reading, found), found, lines_of(work, found.id)))


def ask_what_came_back(document: Header) -> Reading:
    """The question behind "not all of it"."""
    return Reading(Intent.TRANSFER_TAKE_BACK, Slots(document=document.number), missing=("lines",))


def settled(reader: Reader, reading: Reading, document: Header, lines: list[Line]) -> Reading:
    """The reading with its counts, as far as they can be taken."""
    slots, problem = counted(reader, reading, lines)
    reading = replace(reading, slots=slots, missing=(), problems={})
    if problem:
        return with_missing(reading, "lines", problem=problem)
    if not said_anything(slots):
        return with_missing(reading, "lines")
    said = told(reader, slots)
    for sku_id, parts in said.items():
        room = sum(could_come_back(document, line) for line in of_product(lines, sku_id))
        if sum(parts.get(name, 0) for name in ("lines", "damaged", "shortage")) > room:
            return with_missing(reading, "lines", problem="does_not_add_up")
    return reading


def all_came_back(document: Header, lines: list[Line]) -> tuple[TakenBack, ...]:
    """Everything that was refused or called back is there, and good. What is missing is not: that is told by count."""
    return tuple(TakenBack(line.line, good=could_come_back(document, line) - line.missing) for line in lines)


def could_come_back(document: Header, line: Line) -> int:
    """How much of a line the source may take back now."""
    return line.refused + line.missing + (line.awaited if document.turned_back_at else 0)


def taken_back(reader: Reader, slots: Slots, document: Header, lines: list[Line]) -> tuple[TakenBack, ...]:
    """What came back of each line, as it was said. Where the good ones were not said, they are the rest."""
    if slots.all_arrived:
        return all_came_back(document, lines)
    found: list[TakenBack] = []
    for sku_id, parts in told(reader, slots).items():
        ours = of_product(lines, sku_id)
        room = [could_come_back(document, line) for line in ours]
        expected = sum(room) - sum(line.missing for line in ours)
        others = parts.get("damaged", 0) + parts.get("shortage", 0)
        good = spread(parts.get("lines", max(expected - others, 0)), room)
        room = [most - part for most, part in zip(room, good, strict=True)]
        damaged = spread(parts.get("damaged", 0), room)
        room = [most - part for most, part in zip(room, damaged, strict=True)]
        missing = spread(parts.get("shortage", 0), room)
        found += [TakenBack(line.line, good[at], damaged[at], missing[at]) for at, line in enumerate(ours)]
    return tuple(sorted(found, key=lambda one: one.line))


def take_back_command(work: Work, reader: Reader, pending: Pending) -> TakeBack:
    """The taking back that a complete reading asks for, of the document as its card showed it."""
    document, slots = meant(work, pending)
    taken = taken_back(reader, slots, document, lines_of(work, document.id))
    return TakeBack(document.id, slots.version or document.version, taken)


def take_back_confirmation(work: Work, reader: Reader, pending: Pending) -> Reply:
    """The card before goods are booked at their source again."""
    document, slots = meant(work, pending)
    if document.version != slots.version:
        return moved_on(reader, document, Step.TAKE_BACK)
    lines = {line.line: line for line in lines_of(work, document.id)}
    split = taken_back(reader, slots, document, list(lines.values()))
    texts = [
        reader.say("transfers.back.state", number=document.number),
        *(
            split_line(
                reader,
                lines[one.line].sku_id,
                {"good": one.good, "damaged": one.damaged, "missing": one.missing},
                always=("good",),
            )
            for one in split
        ),
    ]
    if any(one.good for one in split):
        texts.append(reader.say("transfers.back.good", place=reader.place(document.place_id)))
    if any(one.damaged for one in split):
        texts.append(reader.say("transfers.arrival.damaged"))
    if any(one.missing for one in split):
        texts.append(reader.say("transfers.back.missing", place=reader.place(document.place_id)))
    units = reader.catalogue.sku_by_id
    goods = [Asked((sku := lines[one.line].sku_id), one.good, units[sku].base_unit) for one in split]
    take = Button(verb_label(reader, "take_back", goods), "take", Style.PRIMARY)
    return Reply(tuple(texts), (take, drop_button(reader)), Tone.WAITING)


def _may_come_back(work: Work, document: Header) -> bool:
    now = standpoint(work, document, lines_of(work, document.id))
    return (document.state, Step.TAKE_BACK) in TRANSITIONS and has_goods_for(now, Step.TAKE_BACK)
