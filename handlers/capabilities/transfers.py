"""Transfers in conversation: from a sentence to a card, from a tap to a command."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from types import MappingProxyType

from core.ground.commands import Command
from core.ground.documents import Header, header, said_number
from core.ground.errors import NoSuchDocument, StockError
from core.ground.work import Work
from core.stock.transfer_commands import (
    ApproveTransfer,
    Asked,
    CancelTransfer,
    DispatchTransfer,
    ReceiveTransfer,
    RejectTransfer,
    SubmitTransfer,
)
from core.stock.transfer_lines import Arrived, Line, lines_of
from core.stock.transfers import check_second_hand, may, permit_receive
from data.kinds import ChatKind, DocumentKind, State, Step
from handlers.capabilities.questions import offered
from handlers.capabilities.refusals import refusal
from handlers.capabilities.transfer_state import outcome, route_line
from handlers.cards import Tap, last_document
from handlers.messages import Reply, Tone, cut
from handlers.pending import Pending
from handlers.plan import Asker, Plan
from handlers.reader import Reader
from handlers.understand.quantities import settle
from handlers.understand.reading import LAST_DOCUMENT, Intent, Reading, SaidLine, Slots


def answer_create(work: Work, asker: Asker, reading: Reading) -> Plan:
    """A card with the whole effect, or the one question that is left; nothing is frozen before the tap."""
    return left_over(asker.reader, reading) or Plan(ask=offered(work, asker.reader, reading))


def answer_receive(work: Work, asker: Asker, reading: Reading) -> Plan:
    """A card with what will be booked, or the question that is left. Text alone moves nothing."""
    if unclear := left_over(asker.reader, reading):
        return unclear
    document_id = _named(work, asker, reading)
    if document_id is None and not reading.complete:
        return Plan(ask=reading)
    document = _transfer_or_none(work, document_id) if document_id else None
    if document is None or not _comes_from(asker.reader, document, reading.slots.source):
        return Plan(said=Reply((_no_such(asker, reading),)))
    slots = replace(reading.slots, document=document.number)
    told = slots.all_arrived or slots.lines or slots.damaged or slots.shortage
    if document.state is not State.IN_TRANSIT or not told:
        return _shown(work, asker, document)
    if refused := _not_the_receiver(work, asker, document):
        return Plan(said=Reply((refused,)))
    return Plan(ask=settled(work, asker.reader, replace(reading, slots=slots)))


def _comes_from(reader: Reader, document: Header, place: str | None) -> bool:
    """Whether a place that was said with an arrival is one end of this transfer; nothing said fits any."""
    ends = (document.place_id, document.other_place_id)
    return place is None or reader.catalogue.place_by_code[place].id in ends


def _not_the_receiver(work: Work, asker: Asker, document: Header) -> str | None:
    """Why this person may not receive it, in words; None where they may."""
    try:
        permit_receive(work, document)
        check_second_hand(work, document)
    except StockError as refused:
        return refusal(work, asker.reader, refused)
    return None


def _shown(work: Work, asker: Asker, document: Header) -> Plan:
    """The document's card; in a group its line, for tasks go one to one."""
    if asker.incoming.chat_kind is ChatKind.GROUP:
        everybody = replace(asker.reader, actor=None)
        return Plan(said=Reply((outcome(work, everybody, document), route_line(asker.reader, document))))
    return Plan(show_document=document.id)


def left_over(reader: Reader, reading: Reading) -> Plan | None:
    """Words that were not understood leave nothing to answer: the whole message is to be said again, in other words."""
    if not reading.missing or reading.missing[0] != "intent":
        return None
    words = cut(" ".join(reading.unread), 40)
    key = "questions.left_over" if words else "questions.ask.intent"
    return Plan(said=Reply((reader.say("pending.not_clear"), reader.say(key, words=words)), tone=Tone.STOPPED))


def answer_status(work: Work, asker: Asker, reading: Reading) -> Plan:
    """The card of the document that was named."""
    document_id = _named(work, asker, reading)
    document = _transfer_or_none(work, document_id) if document_id else None
    return _shown(work, asker, document) if document else Plan(said=Reply((_no_such(asker, reading),)))


def _named(work: Work, asker: Asker, reading: Reading) -> int | None:
    """The document that was named; "the last one" is the newest one shown in this chat."""
    if reading.slots.document == LAST_DOCUMENT:
        return last_document(work, asker.incoming.chat_id)
    return said_number(reading.slots.document or "")


def _no_such(asker: Asker, reading: Reading) -> str:
    number = reading.slots.document
    if number in (None, LAST_DOCUMENT):
        return asker.reader.say("questions.ask.document")
    return asker.reader.say("transfers.no_such", number=number)


def submit_command(work: Work, reader: Reader, pending: Pending) -> SubmitTransfer:
    """The request that a complete reading asks for, with one line for each product.

    Raises ValueError while something is missing.
    """
    slots = pending.understood().slots
    if not pending.understood().complete or slots.source is None or slots.target is None:
        raise ValueError("the reading is not complete")
    merged: dict[int, Asked] = {}
    for line in (_asked(reader, said) for said in slots.lines):
        before = merged.get(line.sku_id)
        merged[line.sku_id] = replace(line, count=line.count + before.count) if before else line
    places = reader.catalogue.place_by_code
    return SubmitTransfer(places[slots.source].id, places[slots.target].id, tuple(merged.values()))


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


STEPS: Mapping[str, Callable[[int, int], Command]] = MappingProxyType(
    {
        Step.APPROVE: ApproveTransfer,
        Step.REJECT: RejectTransfer,
        Step.CANCEL: CancelTransfer,
        Step.DISPATCH: DispatchTransfer,
    }
)


def tap(work: Work, asker: Asker, document: Header, tapped: Tap) -> Command | Plan | None:
    """What a button on a transfer's card does; None for a verb that has no button there."""
    if tapped.verb == Step.RECEIVE_ALL:
        split = tuple(Arrived(line.line, line.dispatched, 0, 0) for line in lines_of(work, document.id))
        return ReceiveTransfer(document.id, tapped.version, split)
    if tapped.verb == Step.RECEIVE_SHORT and may(work, asker.person, Step.RECEIVE_SHORT, document):
        question, toast = ask_what_arrived(document), asker.reader.say("taps.say_what_arrived")
        asked_already = asker.open is not None and asker.open.understood() == question
        return Plan(ask=None if asked_already else question, toast=toast)
    command = STEPS.get(tapped.verb)
    return command(document.id, tapped.version) if command else None


def ask_what_arrived(document: Header) -> Reading:
    """The question behind "not all of it": how many are good, damaged, missing."""
    return Reading(Intent.TRANSFER_RECEIVE, Slots(document=document.number), missing=("lines",))


def _transfer_or_none(work: Work, document_id: int) -> Header | None:
    try:
        return header(work, document_id, DocumentKind.TRANSFER)
    except NoSuchDocument:
        return None
