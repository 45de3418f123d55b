"""Refusing a request: why, the card before it counts, and the command. The reason is shown to whoever asked."""

from __future__ import annotations

from dataclasses import replace

from core.ground.documents import Header, said_number
from core.ground.work import Work
from core.stock.transfer_commands import RejectTransfer
from core.stock.transfer_lines import lines_of
from core.stock.transfer_steps import may, standpoint
from data.kinds import RejectReason, Step
from handlers.capabilities.transfer_found import confirmed, find, meant, moved_on, seen, shown
from handlers.capabilities.transfer_parts import with_missing
from handlers.capabilities.transfer_state import (
    available_effect,
    drop_button,
    frozen_goods,
    goods_lines,
    goods_of,
    reject_reason,
    route_line,
)
from handlers.messages import Button, Reply, Style, Tone, cut
from handlers.pending import Pending
from handlers.plan import Asker, Plan
from handlers.reader import Reader
from handlers.understand.reading import EVERY_DOCUMENT, Intent, Reading, Span

NO_REASON = "none"
REASONS = (*(reason.value for reason in RejectReason), NO_REASON)
"""What stands on the buttons. Any other reason is typed."""
LONGEST = 80
"""How wide a typed reason may be, in half-width characters."""
_MARKS = " \t\n,.;:!?~,。;:!?、—-"
_PASSED_OVER = ("filler", "break")


def answer_reject(work: Work, asker: Asker, reading: Reading) -> Plan:
    """A card with what it does and why, or the question why."""
    if reading.slots.document == EVERY_DOCUMENT and reading.complete:
        return Plan(said=Reply((asker.reader.say("later.reject_all"),)))
    found = find(work, asker, reading)
    if isinstance(found, Plan):
        return found
    if not may(work, asker.person, Step.REJECT, standpoint(work, found, lines_of(work, found.id))):
        return shown(work, asker, found)
    if reading.slots.reason:
        return Plan(ask=replace(seen(reading, found), missing=()))
    return Plan(ask=ask_why(found))


def ask_why(document: Header) -> Reading:
    """The question behind "reject": one tap on a reason rejects, and a typed one is shown on the card first."""
    return with_missing(seen(Reading(Intent.TRANSFER_REJECT), document), "reason", REASONS)


def with_reason(text: str, reading: Reading) -> Reading:
    """A refusal with the reason that was said behind it, or before it; any other reading as it is."""
    if reading.intent is not Intent.TRANSFER_REJECT or reading.continues or reading.slots.reason:
        return reading
    heads = [span for span in reading.spans if _is_head(text, span, reading.slots.document)]
    if not heads:
        return reading
    first, last = min(span.start for span in heads), max(span.end for span in heads)
    found = _said(text, reading, last, len(text)) or _said(text, reading, 0, first)
    return replace(reading, slots=replace(reading.slots, reason=found)) if found else reading


def typed_reason(text: str, open_reading: Reading, asked: str | None, reading: Reading) -> Reading | None:
    """The open question why with what was typed as its answer; None where that is something else."""
    if open_reading.intent is not Intent.TRANSFER_REJECT or asked != "reason":
        return None
    words = cut(text.strip(_MARKS), LONGEST)
    if not words or (_says_something(reading) and reading.intent not in (Intent.UNKNOWN, Intent.SMALLTALK)):
        return None
    slots = replace(open_reading.slots, reason=words)
    return replace(open_reading, slots=slots, missing=(), candidates={}, problems={}, continues=True)


def _says_something(reading: Reading) -> bool:
    """Whether a message is a whole one by itself, and no words that only sound like one (自己都不够卖)."""
    asks_of_nothing = reading.intent is Intent.STOCK_QUERY and not (reading.slots.lines or reading.slots.place)
    return reading.complete and not asks_of_nothing


def reject_command(work: Work, reader: Reader, pending: Pending) -> RejectTransfer:
    """The refusal that a complete reading asks for, of the document as its card showed it."""
    document_id, version, slots = confirmed(work, pending)
    return RejectTransfer(document_id, version, None if slots.reason == NO_REASON else slots.reason)


def reject_confirmation(work: Work, reader: Reader, pending: Pending) -> Reply:
    """The card before a request is refused: whose goods are free again, and what whoever asked will read."""
    document, slots = meant(work, pending)
    if document.version != slots.version:
        return moved_on(reader, document, Step.REJECT)
    lines = lines_of(work, document.id)
    texts = [
        reader.say("transfers.rejecting.state", number=document.number),
        *goods_lines(reader, goods_of(lines))[:3],
        route_line(reader, document),
        *available_effect(work, reader, document.place_id, frozen_goods(lines)),
    ]
    if slots.reason and slots.reason != NO_REASON:
        texts.append(reader.say("transfers.rejecting.reason", reason=reject_reason(reader, slots.reason)))
    button = Button(reader.say("transfers.do.reject"), "reject", Style.DANGER)
    return Reply(tuple(texts), (button, drop_button(reader)), Tone.WAITING)


def _is_head(text: str, span: Span, number: str | None) -> bool:
    """Whether a piece of a refusal says that it is one, or of what."""
    if span.role == "document" or ".phrases" in span.phrase or ".heads" in span.phrase:
        return True
    bare, said = text[span.start : span.end], said_number(number or "")
    return said is not None and said_number(bare) == said


def _said(text: str, reading: Reading, start: int, end: int) -> str:
    """What stands there, if it is more than courtesies."""
    spans = (span for span in reading.spans if start <= span.start and span.end <= end)
    words = cut(text[start:end].strip(_MARKS), LONGEST)
    return words if any(span.role not in _PASSED_OVER for span in spans) else ""
