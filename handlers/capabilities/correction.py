"""Correcting a request that was just confirmed (不对,是24): withdrawn and asked anew, on one card that says both."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from core.ground.documents import Header, header
from core.ground.work import Work
from core.people.approvals import steps_of
from core.stock.transfer_lines import lines_of
from data.kinds import Decision, DocumentKind, State
from handlers.capabilities.questions import offered
from handlers.capabilities.transfer_state import outcome
from handlers.cards import last_document
from handlers.messages import Reply
from handlers.pending import LASTS
from handlers.plan import Asker, Plan, context_of
from handlers.reader import Reader
from handlers.understand.quantities import factors_of
from handlers.understand.reading import Intent, Reading, SaidLine, Slots
from handlers.understand.understand import corrected_by


def answer_correction(work: Work, asker: Asker, text: str, reading: Reading) -> Plan | None:
    """What a message does to the request that its writer confirmed last in this chat; None where it corrects nothing.

    Only what says nothing by itself is looked at so. What somebody approved, or what has left, is not asked anew by a
    number: then it is said how it stands.
    """
    says_nothing = reading.intent is Intent.UNKNOWN or (
        reading.intent is Intent.ADJUST_REQUEST and "lines.0.sku" in reading.missing
    )
    document = _just_asked(work, asker) if says_nothing and asker.open is None else None
    if document is None:
        return None
    corrected = corrected_by(
        text, replace(context_of(asker), frame=as_said(work, asker.reader, document)), asker.lexicon
    )
    if corrected is None:
        return None
    if not can_be_asked_anew(work, document):
        state = outcome(work, asker.reader, document)
        return Plan(said=Reply((asker.reader.say("undo.too_late_to_correct", state=state),)))
    slots = replace(corrected.slots, document=document.number, version=document.version)
    return Plan(ask=offered(work, asker.reader, replace(corrected, slots=slots, continues=False)))


def can_be_asked_anew(work: Work, document: Header) -> bool:
    """Whether nobody has decided anything about a request yet, so that it is only its writer's."""
    if document.state is State.SUBMITTED:
        return True
    decided = any(step.decision is Decision.APPROVED for step in steps_of(work, document.id))
    return document.state is State.APPROVED and not decided


def as_said(work: Work, reader: Reader, document: Header) -> Reading:
    """A request as if it were said again."""
    catalogue, lines = reader.catalogue, []
    for line in lines_of(work, document.id):
        sku = catalogue.sku_by_id[line.sku_id]
        unit = line.unit or sku.base_unit
        lines.append(SaidLine(sku.code, Fraction(line.asked, factors_of(sku).get(unit, 1)), unit, line.asked))
    places, reason = catalogue.place_by_id, document.return_reason
    source, target = places[document.place_id].code, places[document.other_place_id].code
    slots = Slots(tuple(lines), source=source, target=target, returns=reason is not None)
    return Reading(Intent.TRANSFER_CREATE, replace(slots, reason=reason.value if reason else None))


def _just_asked(work: Work, asker: Asker) -> Header | None:
    """The newest document of the chat, if it is a request that this person confirmed within the last minutes."""
    document_id = last_document(work, asker.incoming.chat_id)
    document = header(work, document_id) if document_id else None
    if document is None or document.kind is not DocumentKind.TRANSFER or document.names_id or document.reverses_id:
        return None
    is_theirs = document.requester_id == asker.person.id
    return document if is_theirs and work.now - document.posted_at <= LASTS else None
