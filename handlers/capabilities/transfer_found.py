"""Finds the transfer that a message or a tap is about, and says so where there is none or it moved on."""

from __future__ import annotations

from dataclasses import replace

from core.ground.documents import Header, header, said_number
from core.ground.errors import NoSuchDocument, StepNotAllowed
from core.ground.work import Work
from core.stock.history import may_see
from data.kinds import ChatKind, DocumentKind, Step
from handlers.capabilities.transfer_state import drop_button, outcome, route_line
from handlers.cards import last_document
from handlers.messages import Reply, Tone, cut
from handlers.pending import Pending
from handlers.plan import Asker, Plan
from handlers.reader import Reader
from handlers.understand.reading import LAST_DOCUMENT, Reading, Slots


def find(work: Work, asker: Asker, reading: Reading) -> Header | Plan:
    """The transfer that was named; or what to say where none was, none is there, or words were not understood."""
    if unclear := left_over(asker.reader, reading):
        return unclear
    document_id = named(work, asker, reading)
    if document_id is None and not (reading.complete and reading.slots.document):
        return Plan(ask=reading if reading.slots.document or "document" in reading.missing else _which(reading))
    document = transfer_or_none(work, document_id) if document_id else None
    if document is None or not _comes_from(asker.reader, document, reading.slots.source):
        return Plan(said=Reply((no_such(asker, reading),)))
    return not_yours(work, asker, document) or document


def named(work: Work, asker: Asker, reading: Reading) -> int | None:
    """The transfer that was named; "the last one" is the newest one shown in this chat. No other kind is one."""
    number = reading.slots.document or ""
    if number == LAST_DOCUMENT:
        return last_document(work, asker.incoming.chat_id)
    return said_number(number) if number[:1].isdigit() or number.startswith("TR") else None


def transfer_or_none(work: Work, document_id: int) -> Header | None:
    """The transfer with this number."""
    try:
        return header(work, document_id, DocumentKind.TRANSFER)
    except NoSuchDocument:
        return None


def not_yours(work: Work, asker: Asker, document: Header) -> Plan | None:
    """What to say where this person may not look at the transfer; None where they may."""
    if may_see(work, asker.person, document):
        return None
    return Plan(said=Reply((asker.reader.say("transfers.not_yours", number=document.number),)))


def no_such(asker: Asker, reading: Reading) -> str:
    """That there is no such transfer, or which one is meant."""
    number = reading.slots.document
    if number in (None, LAST_DOCUMENT):
        return asker.reader.say("questions.ask.document")
    return asker.reader.say("transfers.no_such", number=number)


def seen(reading: Reading, document: Header) -> Reading:
    """The reading as it is about this document, as it stands now."""
    return replace(reading, slots=replace(reading.slots, document=document.number, version=document.version))


def meant(work: Work, pending: Pending) -> tuple[Header, Slots]:
    """The transfer of a complete reading, and what was said of it. Raises ValueError while something is missing."""
    reading = pending.understood()
    document_id = said_number(reading.slots.document or "")
    if document_id is None or not reading.complete:
        raise ValueError("the reading is not complete")
    return header(work, document_id, DocumentKind.TRANSFER), reading.slots


def confirmed(work: Work, pending: Pending) -> tuple[int, int, Slots]:
    """Of a complete reading the document, its version as the card showed it, and what was said."""
    document, slots = meant(work, pending)
    return document.id, slots.version or document.version, slots


def shown(work: Work, asker: Asker, document: Header) -> Plan:
    """The document's card; in a group its line, for tasks go one to one."""
    if asker.incoming.chat_kind is ChatKind.GROUP:
        everybody = replace(asker.reader, actor=None)
        return Plan(said=Reply((outcome(work, everybody, document), route_line(asker.reader, document))))
    return Plan(show_document=document.id)


def moved_on(reader: Reader, document: Header, step: Step) -> Reply:
    """The card of a step that somebody else took first, or that the state no longer leads on by."""
    late = StepNotAllowed(state=document.state.value, step=step.value)
    facts = {name: reader.say(f"words.{name}.{value}") for name, value in late.facts().items()}
    return Reply(
        (reader.say("transfers.confirm.refused"), reader.say("errors.step_not_allowed", **facts)),
        (drop_button(reader),),
        Tone.STOPPED,
    )


def left_over(reader: Reader, reading: Reading) -> Plan | None:
    """Words that were not understood leave nothing to answer: the whole message is to be said again, in other words."""
    if not reading.missing or reading.missing[0] != "intent":
        return None
    words = cut(" ".join(reading.unread), 40)
    key = "questions.left_over" if words else "questions.ask.intent"
    return Plan(said=Reply((reader.say("pending.not_clear"), reader.say(key, words=words)), tone=Tone.STOPPED))


def _which(reading: Reading) -> Reading:
    """The reading with the document asked first: here nothing is received by what it comes from alone."""
    return replace(reading, missing=("document", *reading.missing))


def _comes_from(reader: Reader, document: Header, place: str | None) -> bool:
    """Whether a place that was said with an arrival is one end of this transfer; nothing said fits any."""
    ends = (document.place_id, document.other_place_id)
    return place is None or reader.catalogue.place_by_code[place].id in ends
