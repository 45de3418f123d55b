"""Reads a text: what it means beside what is open, and whether it goes on with that, leaves it or lets it stand."""

from __future__ import annotations

from dataclasses import replace

from core.ground.work import Work
from data.kinds import PendingState
from handlers.answered import last_answered
from handlers.capabilities import CAPABILITIES, CHANGES
from handlers.capabilities.correction import answer_correction
from handlers.capabilities.later import which_of_two
from handlers.capabilities.people import answer_people
from handlers.capabilities.questions import choices, ended_lines, typed_choice, typed_number
from handlers.capabilities.rules import answer_rules
from handlers.capabilities.transfer_reject import typed_reason, with_reason
from handlers.messages import Reply, Tone
from handlers.pending import Pending, ran_out
from handlers.picks import picks_of
from handlers.plan import Asker, Changed, Plan, context_of
from handlers.review import Note, cancelled, corrected, not_understood, said_before
from handlers.taps import typed_confirmation, with_choice
from handlers.understand.reading import TALK, Intent, Reading
from handlers.understand.staff import staff_wishes
from handlers.understand.understand import understand

NOTHING_SAID = {Intent.CONFIRM, Intent.UNKNOWN}
"""What a text comes to that answers something, where nothing was asked."""
ARRIVALS = {Intent.TRANSFER_RECEIVE, Intent.PURCHASE_RECEIVE}


def read_text(work: Work, asker: Asker, text: str) -> Plan:
    """What a text comes to, beside whatever is open for its writer in this chat."""
    about = (answer_people(work, asker, wish) for wish in staff_wishes(text))
    if plan := next(filter(None, about), None) or answer_rules(work, asker, text):
        return plan
    asker = replace(asker, before=last_answered(work, asker.incoming.chat_id, asker.person.id))
    reading = _typed_choice(work, asker, text) or understand(text, context_of(asker), asker.lexicon)
    reading = _with_reason(asker, text, _narrowed(reading))
    if asker.open is None and reading.intent in NOTHING_SAID and (late := _came_too_late(work, asker, text)):
        return late
    plan = answer_correction(work, asker, text, reading) or _planned(work, asker, reading)
    if plan.ask and asker.before:
        plan = replace(plan, forgets=True)
    if reading.intent is Intent.CANCEL:
        return replace(plan, note=note_of_end(work, asker))
    return replace(plan, note=_note_of(asker, text, reading, plan))


def _note_of(asker: Asker, text: str, reading: Reading, plan: Plan) -> Note | None:
    """What is to be learned from a message: what it did not say clearly, or what it corrects."""
    if asker.open is None:
        return not_understood(text, reading)
    before, after = asker.open.understood(), plan.change.reading if plan.change else plan.ask
    return not_understood(text, reading, before) or (corrected(text, before, after) if after else None)


def note_of_end(work: Work, asker: Asker) -> Note | None:
    """What was put away, with the words that it had come of."""
    if asker.open is None:
        return None
    said = said_before(work, asker.open.chat_id, asker.open.person_id, asker.incoming.inbox_id)
    return cancelled(said, asker.open.understood())


def _planned(work: Work, asker: Asker, reading: Reading) -> Plan:
    if reading.intent is Intent.CANCEL:
        return Plan(ends=PendingState.DROPPED, said=Reply((asker.reader.say("pending.nothing_changed"),)))
    if reading.intent is Intent.CONFIRM and asker.open:
        return typed_confirmation(work, asker, asker.open)
    plan = (
        _which_first(reading)
        or which_of_two(asker.reader, reading)
        or CAPABILITIES[reading.intent](work, asker, reading)
    )
    return _beside(asker.open, reading, plan) if asker.open else plan


def _came_too_late(work: Work, asker: Asker, text: str) -> Plan | None:
    """The answer to a text that only means something beside what has run out: that nothing was done, and of what."""
    late = ran_out(work, asker.incoming.chat_id, asker.person.id)
    if late is None:
        return None
    beside = replace(asker, open=late)
    chosen = _typed_choice(work, beside, text)
    meant = chosen or understand(text, context_of(beside), asker.lexicon)
    if not (chosen or meant.continues or meant.intent is Intent.CONFIRM):
        return None
    lines = ended_lines(asker.reader, late.understood(), PendingState.EXPIRED)
    return Plan(said=Reply((*lines, asker.reader.say("pending.say_again")), (), Tone.STOPPED))


def _beside(shown: Pending, reading: Reading, plan: Plan) -> Plan:
    """What a message does to what is open: it goes on with it, it leaves it, visibly, or it lets it stand.

    A change that only waits for its tap stays beside whatever is asked; another request always takes its place.
    """
    before = shown.understood()
    goes_on = reading.continues or reading in before.either
    if plan.ask and (goes_on or _is_of_same_paper(before, plan.ask)):
        return replace(plan, ask=None, change=Changed(shown, plan.ask), picks=picks_of(before, plan.ask))
    if goes_on:
        return replace(plan, picks=picks_of(before, reading), ends=PendingState.DONE if plan.answered else plan.closes)
    leaves = not before.complete and reading.intent not in TALK
    return replace(plan, ends=PendingState.REPLACED) if leaves else plan


def _is_of_same_paper(before: Reading, after: Reading) -> bool:
    """Whether the answer to a question about a document was said as a whole sentence."""
    alike = (before.intent, before.slots.document) == (after.intent, after.slots.document)
    return alike and not before.complete and before.slots.document is not None


def _which_first(reading: Reading) -> Plan | None:
    """Two things that can both be done here, to choose from."""
    able = tuple(one for one in reading.either if one.intent in CHANGES)
    if len(able) < 2:
        return None
    why = "several" if reading.intent is Intent.UNKNOWN else "either"
    return Plan(ask=Reading(Intent.UNKNOWN, missing=("intent",), problems={"intent": why}, either=able))


def _with_reason(asker: Asker, text: str, reading: Reading) -> Reading:
    """A refusal with its reason: what was said beside it, or what was typed where it was asked why."""
    if asker.open:
        typed = typed_reason(text, asker.open.understood(), asker.open.asked, reading)
        return typed or with_reason(text, reading)
    return with_reason(text, reading)


def _narrowed(reading: Reading) -> Reading:
    """An arrival that may be of a transfer or from a supplier is the one of the two that can be received here."""
    intents = reading.candidates.get("intent", ())
    able = [intent for intent in intents if Intent(intent) in CHANGES]
    if set(intents) != ARRIVALS or len(able) != 1:
        return reading
    missing = tuple(name for name in reading.missing if name != "intent")
    candidates = {name: codes for name, codes in reading.candidates.items() if name != "intent"}
    return replace(reading, intent=Intent(able[0]), missing=missing, candidates=candidates)


def _typed_choice(work: Work, asker: Asker, text: str) -> Reading | None:
    """The open question with what one of its buttons says, typed."""
    if asker.open is None:
        return None
    reading, asked = asker.open.understood(), asker.open.asked
    if chosen := typed_choice(work, asker.reader, reading, asked, text):
        return chosen
    number = typed_number(text, reading, asked, choices(work, asker.reader, reading, asked or ""))
    chosen = None if number is None else with_choice(work, asker, str(number), asker.open)
    return chosen if chosen and (chosen.continues or asked == "intent") else None
