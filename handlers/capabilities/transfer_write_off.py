"""Goods that stay missing: who bears the loss, the card before it is booked, and the command."""

from __future__ import annotations

from dataclasses import replace

from core.ground.documents import Header
from core.ground.errors import SamePersonTwice
from core.ground.permissions import Actor
from core.ground.work import Work
from core.stock.transfer_commands import Asked, WriteOffMissing
from core.stock.transfer_lines import lines_of
from core.stock.transfer_steps import may, may_burden, standpoint
from data.kinds import Bearer, State, Step
from handlers.capabilities.refusals import refusal
from handlers.capabilities.transfer_found import confirmed, find, meant, moved_on, seen, shown
from handlers.capabilities.transfer_parts import with_missing
from handlers.capabilities.transfer_state import drop_button, verb_label
from handlers.messages import Button, Reply, Style, Tone
from handlers.pending import Pending
from handlers.plan import Asker, Plan
from handlers.reader import Reader
from handlers.understand.reading import Intent, Reading


def answer_write_off(work: Work, asker: Asker, reading: Reading) -> Plan:
    """A card with what would be lost and who bears it, or the question who does."""
    found = find(work, asker, reading)
    if isinstance(found, Plan):
        return found
    if found.state is State.DISPUTED and found.dispatched_by_id == asker.person.id:
        return Plan(said=Reply((refusal(work, asker.reader, SamePersonTwice(document_id=found.id)),)))
    if not may(work, asker.person, Step.WRITE_OFF, standpoint(work, found, lines_of(work, found.id))):
        return shown(work, asker, found)
    if reading.slots.bearer in bearers(work, asker.person, found):
        return Plan(ask=replace(seen(reading, found), missing=()))
    return Plan(ask=ask_who_bears_it(work, asker.person, found))


def ask_who_bears_it(work: Work, actor: Actor, document: Header) -> Reading:
    """The question behind "write it off": one of those whom this person may burden."""
    reading = seen(Reading(Intent.TRANSFER_WRITE_OFF), document)
    return with_missing(reading, "bearer", bearers(work, actor, document))


def bearers(work: Work, actor: Actor, document: Header) -> tuple[str, ...]:
    """Whom this person may have bear a loss of this transfer."""
    return tuple(bearer.value for bearer in Bearer if may_burden(work, actor, bearer, document))


def write_off_command(work: Work, reader: Reader, pending: Pending) -> WriteOffMissing:
    """The write-off that a complete reading asks for: all that is missing, as its card showed it."""
    document_id, version, slots = confirmed(work, pending)
    if slots.bearer is None:
        raise ValueError("nobody bears it yet")
    return WriteOffMissing(document_id, version, Bearer(slots.bearer))


def write_off_confirmation(work: Work, reader: Reader, pending: Pending) -> Reply:
    """The card before missing goods are given up."""
    document, slots = meant(work, pending)
    lines = lines_of(work, document.id)
    if document.version != slots.version:
        return moved_on(reader, document, Step.WRITE_OFF)
    source = reader.place(document.place_id)
    facts = {"source": source, "target": reader.place(document.other_place_id)}
    texts = [
        reader.say("transfers.loss.state", number=document.number),
        *(
            reader.say("transfers.goods", sku=reader.sku(line.sku_id), amount=reader.pieces(line.sku_id, line.missing))
            for line in lines
            if line.missing
        ),
        reader.say(f"transfers.loss.{slots.bearer}", **facts),
        reader.say("transfers.loss.off_the_books", place=source),
    ]
    gone = [Asked(line.sku_id, line.missing, "") for line in lines if line.missing]
    write_off = Button(verb_label(reader, "write_off", gone), "lose", Style.DANGER)
    return Reply(tuple(texts), (write_off, drop_button(reader)), Tone.WAITING)
