"""Transfers in conversation: from a sentence to a card, from a tap to a command."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from types import MappingProxyType

from core.ground.commands import Command
from core.ground.documents import header, said_number
from core.ground.errors import NoSuchDocument
from core.ground.work import Work
from core.stock.transfer_lines import Arrived, Line, lines_of
from core.stock.transfers import (
    ApproveTransfer,
    Asked,
    CancelTransfer,
    DispatchTransfer,
    ReceiveTransfer,
    RejectTransfer,
    SubmitTransfer,
)
from data.kinds import DocumentKind, State
from handlers.cards import Tap
from handlers.messages import Reply, Tone, cut
from handlers.pending import Pending
from handlers.plan import Asker, Plan
from handlers.reader import Reader
from handlers.understand.quantities import settle
from handlers.understand.reading import Intent, Reading, SaidLine, Slots


def answer_create(work: Work, asker: Asker, reading: Reading) -> Plan:
    """A card with the whole effect, or the one question that is left; nothing is frozen before the tap."""
    return left_over(asker.reader, reading) or Plan(ask=reading)


def answer_receive(work: Work, asker: Asker, reading: Reading) -> Plan:
    """A card with what will be booked, or the question that is left. Text alone moves nothing."""
    if unclear := left_over(asker.reader, reading):
        return unclear
    document_id = said_number(reading.slots.document or "")
    if document_id is None:
        return Plan(ask=reading)
    found = _transfer_or_none(work, document_id)
    if found is None:
        return Plan(said=Reply((asker.reader.say("transfers.no_such", number=reading.slots.document),)))
    slots = reading.slots
    if found is not State.IN_TRANSIT or not (slots.all_arrived or slots.lines or slots.damaged or slots.shortage):
        return Plan(show_document=document_id)
    return Plan(ask=settled(work, asker.reader, reading))


def left_over(reader: Reader, reading: Reading) -> Plan | None:
    """Words that were not understood leave nothing to answer: the whole message is to be said again, in other words."""
    if not reading.missing or reading.missing[0] != "intent":
        return None
    words = cut(" ".join(reading.unread), 40)
    key = "questions.left_over" if words else "questions.ask.intent"
    return Plan(said=Reply((reader.say("pending.not_clear"), reader.say(key, words=words)), tone=Tone.STOPPED))


def answer_status(work: Work, asker: Asker, reading: Reading) -> Plan:
    """The card of the document that was named."""
    document_id = said_number(reading.slots.document or "")
    if document_id is None or _transfer_or_none(work, document_id) is None:
        number = reading.slots.document or ""
        return Plan(said=Reply((asker.reader.say("transfers.no_such", number=number),)))
    return Plan(show_document=document_id)


def submit_command(reader: Reader, pending: Pending) -> SubmitTransfer:
    """The request that a complete reading asks for. Raises ValueError while something is missing."""
    slots = pending.understood().slots
    source, target = slots.source, slots.target
    if not pending.understood().complete or source is None or target is None:
        raise ValueError("the reading is not complete")
    places = reader.catalogue.place_by_code
    return SubmitTransfer(places[source].id, places[target].id, tuple(_asked(reader, line) for line in slots.lines))


def _asked(reader: Reader, line: SaidLine) -> Asked:
    if line.sku is None or line.count is None:
        raise ValueError("the line is not complete")
    sku = reader.catalogue.sku_by_code[line.sku]
    return Asked(sku.id, line.count, line.unit or sku.base_unit)


def receive_command(work: Work, reader: Reader, pending: Pending) -> ReceiveTransfer:
    """The receipt that a complete reading asks for, at the version of the document as it stands now."""
    slots = pending.understood().slots
    document_id = said_number(slots.document or "")
    if document_id is None or not pending.understood().complete:
        raise ValueError("the reading is not complete")
    split = arrived(reader, slots, lines_of(work, document_id))
    return ReceiveTransfer(document_id, header(work, document_id, DocumentKind.TRANSFER).version, split)


def arrived(reader: Reader, slots: Slots, lines: list[Line]) -> tuple[Arrived, ...]:
    """How each line arrived: good, damaged and missing as they were said; what was not said follows from the rest.

    Where good ones were not said they are the rest. Nothing else is supposed: good ones that are fewer than what was
    sent do not add up, and are asked again.
    """
    found = []
    for line in lines:
        good, damaged, short = (
            _said(reader, part, line, len(lines)) for part in (slots.lines, slots.damaged, slots.shortage)
        )
        if good is None:
            good = max(line.dispatched - (damaged or 0) - (short or 0), 0)
        found.append(Arrived(line.line, good, damaged or 0, short or 0))
    return tuple(found)


def settled(work: Work, reader: Reader, reading: Reading) -> Reading:
    """The reading with its counts in smallest units, now that the document says which product they are of.

    What cannot be taken is asked again: a product that is not on the document, a unit it does not have, a sum that is
    not what was dispatched.
    """
    document_id = said_number(reading.slots.document or "")
    if document_id is None or reading.missing:
        return reading
    lines, slots, problems = lines_of(work, document_id), reading.slots, {}
    if slots.all_arrived and not (slots.damaged or slots.shortage):
        slots = Slots(document=slots.document, all_arrived=True)
    codes = [reader.catalogue.sku_by_id[line.sku_id].code for line in lines]
    parts = []
    for said in (slots.lines, slots.damaged, slots.shortage):
        counted = [_counted(reader, one, codes) for one in said]
        parts.append(tuple(line for line, _ in counted))
        if wrong := next((problem for _, problem in counted if problem), None):
            problems["lines"] = wrong
    slots = replace(slots, lines=parts[0], damaged=parts[1], shortage=parts[2])
    if not problems and not slots.all_arrived and not any(parts):
        return replace(reading, slots=slots, missing=("lines",))
    if not problems and any(
        one.good + one.damaged + one.missing != line.dispatched
        for one, line in zip(arrived(reader, slots, lines), lines, strict=True)
    ):
        problems = {"lines": "does_not_add_up"}
    return replace(reading, slots=slots, problems=problems, missing=("lines",) if problems else ())


def _counted(reader: Reader, said: SaidLine, codes: list[str]) -> tuple[SaidLine, str | None]:
    code = said.sku or (codes[0] if len(codes) == 1 else None)
    if code is None or code not in codes:
        return said, "which_product" if code is None else "not_on_document"
    if said.number is None or said.number == 0:
        return replace(said, sku=code, count=0), None
    units = (said.unit,) if said.unit else ()
    settled = settle(reader.catalogue.sku_by_code[code], said.number, units)
    return replace(said, sku=code, count=settled.count), settled.problem


def _said(reader: Reader, said: tuple[SaidLine, ...], line: Line, lines: int) -> int | None:
    code = reader.catalogue.sku_by_id[line.sku_id].code
    counts = [one.count for one in said if one.sku == code or (one.sku is None and lines == 1)]
    known = [count for count in counts if count is not None]
    return sum(known) if known else None


TAPS: Mapping[str, Callable[[int, int], Command]] = MappingProxyType(
    {
        "approve": ApproveTransfer,
        "reject": RejectTransfer,
        "cancel": CancelTransfer,
        "dispatch": DispatchTransfer,
    }
)


def tap_command(work: Work, document_id: int, tap: Tap) -> Command | None:
    """The command of a button on a transfer's card, or None for a verb that has none."""
    if tap.verb == "receive_all":
        split = tuple(Arrived(line.line, line.dispatched, 0, 0) for line in lines_of(work, document_id))
        return ReceiveTransfer(document_id, tap.version, split)
    command = TAPS.get(tap.verb)
    return command(document_id, tap.version) if command else None


def ask_what_arrived(reader: Reader, document_id: int) -> Reading:
    """The question behind "not all of it": how many are good, damaged, missing."""
    return Reading(Intent.TRANSFER_RECEIVE, Slots(document=f"TR-{document_id}"), missing=("lines",))


def _transfer_or_none(work: Work, document_id: int) -> State | None:
    try:
        return header(work, document_id, DocumentKind.TRANSFER).state
    except NoSuchDocument:
        return None
