"""An arrival: what was said of it, the card before it is booked, and the command."""

from __future__ import annotations

from dataclasses import replace

from core.ground.documents import Header
from core.ground.errors import NotAllowed, StockError
from core.ground.permissions import Verb
from core.ground.work import Work
from core.stock.transfer_commands import Arrived, Asked, ReceiveTransfer
from core.stock.transfer_lines import Line, as_sent, lines_of
from core.stock.transfer_steps import TRANSITIONS, check_second_hand, is_direct, may_ever
from data.kinds import State, Step
from handlers.capabilities.refusals import refusal
from handlers.capabilities.transfer_found import confirmed, find, meant, moved_on, seen, shown
from handlers.capabilities.transfer_parts import counted, of_product, said_anything, spread, told, with_missing
from handlers.capabilities.transfer_state import drop_button, split_line, verb_label
from handlers.messages import Button, Reply, Style, Tone
from handlers.pending import Pending
from handlers.plan import Asker, Plan
from handlers.reader import Reader
from handlers.understand.reading import LINE_SLOTS, Intent, Reading, Slots

NEXT, SHORT = "next", "short"


def answer_receive(work: Work, asker: Asker, reading: Reading) -> Plan:
    """A card with what will be booked, or the question that is left. Text alone moves nothing."""
    found = find(work, asker, reading)
    if isinstance(found, Plan):
        return found
    if not said_anything(reading.slots) and reading.complete:
        return shown(work, asker, found)
    lines = as_sent(lines_of(work, found.id))
    if not _may_arrive(work, found, lines):
        return shown(work, asker, found)
    if refused := _not_the_receiver(work, asker, found):
        return Plan(said=Reply((refused,)))
    return Plan(ask=settled(asker.reader, seen(reading, found), lines))


def ask_what_arrived(document: Header) -> Reading:
    """The question behind "not all of it": how many are good, damaged, missing."""
    return Reading(Intent.TRANSFER_RECEIVE, Slots(document=document.number), missing=("lines",))


def settled(reader: Reader, reading: Reading, lines: list[Line]) -> Reading:
    """The reading with its counts, now that the document says which product they are of; what is left is asked.

    Goods of which nothing was said are the good ones, where only others were said; where the good ones were said, it is
    asked whether the rest is on the next truck or short.
    """
    slots = reading.slots
    if slots.all_arrived and not any(getattr(slots, name) for name in LINE_SLOTS if name != "lines"):
        slots = Slots(document=slots.document, version=slots.version, all_arrived=True)
    slots, problem = counted(reader, replace(reading, slots=slots), lines)
    reading = replace(reading, slots=slots, missing=(), problems={})
    if problem:
        return with_missing(reading, "lines", problem=problem)
    if not said_anything(slots):
        return with_missing(reading, "lines")
    if _contradicts(reader, slots, lines):
        return with_missing(reading, "lines", problem="does_not_add_up")
    if slots.rest is None and _unspoken(reader, slots, lines):
        return with_missing(reading, "rest", (NEXT, SHORT))
    return reading


def receive_command(work: Work, reader: Reader, pending: Pending) -> ReceiveTransfer:
    """The receipt that a complete reading asks for, of the document as its card showed it."""
    document_id, version, slots = confirmed(work, pending)
    return ReceiveTransfer(document_id, version, arrived(reader, slots, as_sent(lines_of(work, document_id))))


def arrived(reader: Reader, slots: Slots, lines: list[Line]) -> tuple[Arrived, ...]:
    """How each line arrived, as it was said; what follows from the rest is added."""
    said, found = told(reader, slots), []
    if slots.all_arrived and not _awaited(lines):  # then all of what was missing is meant
        return tuple(Arrived(line.line, line.missing) for line in lines)
    for sku_id in dict.fromkeys(line.sku_id for line in lines):
        found += _of_one(of_product(lines, sku_id), said.get(sku_id), slots)
    return tuple(sorted(found, key=lambda one: one.line))


def arrival_confirmation(work: Work, reader: Reader, pending: Pending) -> Reply:
    """The card before an arrival is booked: what goes where, and what stays on the source's books."""
    document, slots = meant(work, pending)
    lines = as_sent(lines_of(work, document.id))
    if document.version != slots.version:  # somebody else was quicker
        return moved_on(reader, document, Step.RECEIVE)
    split = arrived(reader, slots, lines)
    texts = [
        reader.say("transfers.arrival.state", number=document.number),
        *_split(reader, lines, split),
        *_what_it_means(reader, document, lines, split),
    ]
    units, seen_of = reader.catalogue.sku_by_id, {one.line: one for one in split}
    good = [
        Asked(sku_id, sum(seen_of[line.line].good for line in of_product(lines, sku_id)), units[sku_id].base_unit)
        for sku_id in dict.fromkeys(line.sku_id for line in lines)
    ]
    receive = Button(verb_label(reader, "receive", good), "receive", Style.PRIMARY)
    return Reply(tuple(texts), (receive, drop_button(reader)), Tone.WAITING)


def all_arrived(lines: list[Line]) -> tuple[Arrived, ...]:
    """Everything that is awaited came, and good."""
    return tuple(Arrived(line.line, line.awaited) for line in as_sent(lines))


def _may_arrive(work: Work, document: Header, lines: list[Line]) -> bool:
    """Whether anything of it may arrive now."""
    if document.state is State.APPROVED:
        return is_direct(work, document)
    open_goods = any(line.awaited or line.missing for line in lines)
    return (document.state, Step.RECEIVE) in TRANSITIONS and open_goods


def _not_the_receiver(work: Work, asker: Asker, document: Header) -> str | None:
    """Why this person may not receive it, in words; None where they may."""
    try:
        if not may_ever(work, work.who, Step.RECEIVE, document):
            raise NotAllowed(verb=Verb.RECEIVE.value, place_id=document.other_place_id)
        check_second_hand(work, document)
    except StockError as refused:
        return refusal(work, asker.reader, refused)
    return None


def _room(lines: list[Line]) -> list[int]:
    """How much of each line may still be told of: what is awaited, and what was missing."""
    return [line.awaited + line.missing for line in lines]


def _awaited(lines: list[Line]) -> int:
    return sum(line.awaited for line in lines)


def _parts(lines: list[Line], said: dict[str, int] | None, slots: Slots) -> dict[str, int]:
    """What was said of one product, with the good ones and those above the dispatch worked out."""
    if said is None:
        name = "lines" if slots.all_arrived else "shortage" if slots.rest == SHORT else None
        return {name: _awaited(lines)} if name else {}
    parts = dict(said)
    others = sum(parts.get(name, 0) for name in LINE_SLOTS if name not in ("lines", "over"))
    if "lines" not in parts:  # they are the rest, unless something else was said of the rest
        parts["lines"] = 0 if slots.rest else max(_awaited(lines) - others, 0)
    surplus = parts["lines"] + others - sum(_room(lines))
    if surplus > 0 and surplus <= parts["lines"]:
        parts["lines"], parts["over"] = parts["lines"] - surplus, parts.get("over", 0) + surplus
    if slots.rest == SHORT:
        unsaid = max(_awaited(lines) - parts["lines"] - others, 0)
        parts["shortage"] = parts.get("shortage", 0) + unsaid
    return parts


def _of_one(lines: list[Line], said: dict[str, int] | None, slots: Slots) -> list[Arrived]:
    """The parts of one product, spread over its lines: good ones first, what is missing last."""
    parts, room = _parts(lines, said, slots), _room(lines)
    spreads: dict[str, list[int]] = {}
    for name in ("lines", "damaged", "for_supplier", "refused", "shortage"):
        spreads[name] = spread(parts.get(name, 0), room)
        room = [most - part for most, part in zip(room, spreads[name], strict=True)]
    over = [0] * (len(lines) - 1) + [parts.get("over", 0)]
    return [
        Arrived(
            line.line,
            good=spreads["lines"][at],
            damaged=spreads["damaged"][at],
            missing=spreads["shortage"][at],
            refused=spreads["refused"][at],
            for_supplier=spreads["for_supplier"][at],
            over=over[at],
        )
        for at, line in enumerate(lines)
    ]


def _contradicts(reader: Reader, slots: Slots, lines: list[Line]) -> bool:
    """Whether more was said than can be, or goods above the dispatch while others of them are short."""
    said = told(reader, slots)
    for sku_id in dict.fromkeys(line.sku_id for line in lines):
        ours = of_product(lines, sku_id)
        parts = _parts(ours, said.get(sku_id), slots)
        taken = sum(count for name, count in parts.items() if name != "over")
        if taken > sum(_room(ours)) or (parts.get("over") and taken < sum(_room(ours))):
            return True
        if parts.get("over") and parts.get("shortage"):
            return True
    return False


def _unspoken(reader: Reader, slots: Slots, lines: list[Line]) -> bool:
    """Whether goods are left of which nothing was said, though others of the same product were."""
    said = told(reader, slots)
    for sku_id, parts in said.items():
        ours = of_product(lines, sku_id)
        taken = sum(count for name, count in _parts(ours, parts, slots).items() if name != "over")
        if taken < _awaited(ours):
            return True
    return not slots.all_arrived and any(line.sku_id not in said and _awaited([line]) for line in lines)


def _split(reader: Reader, lines: list[Line], split: tuple[Arrived, ...]) -> list[str]:
    """A line for each product: what was sent, and what became of it."""
    seen_of, texts = {one.line: one for one in split}, []
    for sku_id in dict.fromkeys(line.sku_id for line in lines):
        ours = of_product(lines, sku_id)
        counts = {"sent": sum(line.dispatched for line in ours)}
        for name in ("good", "damaged", "for_supplier", "refused", "missing", "over"):
            counts[name] = sum(getattr(seen_of[line.line], name) for line in ours)
        texts.append(split_line(reader, sku_id, counts, always=("sent", "good")))
    return texts


def _what_it_means(reader: Reader, document: Header, lines: list[Line], split: tuple[Arrived, ...]) -> list[str]:
    """Where each kind of goods goes, in a line for each that there is."""
    source, target = reader.place(document.place_id), reader.place(document.other_place_id)
    later = any(_awaited([line]) > one.taken + one.missing for line, one in zip(lines, split, strict=True))
    there = {
        "good": any(one.good for one in split),
        "damaged": any(one.damaged for one in split),
        "for_supplier": any(one.for_supplier for one in split),
        "refused": any(one.refused for one in split),
        "missing": any(one.missing for one in split),
        "over": any(one.over for one in split),
        "later": later,
    }
    return [
        reader.say(f"transfers.arrival.{name}", place=target if name == "good" else source)
        for name, is_there in there.items()
        if is_there
    ]
