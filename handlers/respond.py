"""The one door of the conversation, in two hops: read a message and plan, then act on the plan in one transaction.

Reading may take its time and writes nothing. Acting is short and trusts nothing that reading saw: `execute` checks
everything again. One chat is one lane, so nobody changes its open question in between.
"""

from __future__ import annotations

import re
from dataclasses import replace

from sqlalchemy import update
from sqlmodel import col

from core.execute import execute
from core.goods.catalogue import Catalogue
from core.ground.commands import Answer, Refused
from core.ground.documents import header
from core.ground.errors import MovedOn, StepNotAllowed
from core.ground.work import Work
from data.kinds import ChatKind, InboxKind, InboxState, PendingState
from data.statements import Statement, given
from data.tables.base import table_of
from data.tables.conversation import Inbox
from handlers.capabilities import CAPABILITIES, PAPERS
from handlers.capabilities.questions import typed_choice
from handlers.capabilities.refusals import refusal
from handlers.cards import become_document, card, show_document, show_pending, want_redraw
from handlers.chats import speak
from handlers.messages import Reply
from handlers.outgoing import send, send_toast
from handlers.pending import change_pending, close_open, close_pending, is_open, keep_pending, open_pending
from handlers.plan import Asker, Changed, Incoming, Plan, Wish, asked_field, context_of
from handlers.reader import Reader
from handlers.taps import read_tap, typed_confirmation
from handlers.understand.lexicon import Lexicon
from handlers.understand.reading import Intent, Reading
from handlers.understand.templates import understand

MENTION = re.compile(r"@(小店|stocktalk(?![a-z0-9_]))", re.IGNORECASE)  # any other @ is for somebody else
LONGEST = 4000
READS = frozenset({Intent.STOCK_QUERY, Intent.HELP, Intent.LANGUAGE_SET, Intent.TRANSFER_STATUS})
MOVED = frozenset({MovedOn.code, StepNotAllowed.code})
_STILL_NEW = (col(Inbox.id) == given("inbox_id"), col(Inbox.state) == InboxState.NEW)
_CLOSE = Statement(update(table_of(Inbox)).where(*_STILL_NEW).values(state=InboxState.DONE))


def read(work: Work, incoming: Incoming, lexicon: Lexicon) -> Plan:
    """What a message or a tap comes to. Writes nothing."""
    work = work.by(incoming.person, incoming.channel)
    found = open_pending(work, incoming.chat_id, incoming.person.id)
    asker = Asker(incoming, Reader(incoming.person, incoming.language, lexicon.catalogue), lexicon, found)
    if incoming.kind is InboxKind.TAP:
        return read_tap(work, asker)
    if incoming.chat_kind is ChatKind.GROUP and not MENTION.search(incoming.text):
        return Plan()  # people talk to each other here; the bot hears what is addressed to it
    if len(incoming.text) > LONGEST:
        return Plan(said=Reply((asker.reader.say("help.too_long", longest=LONGEST),)))
    return _read_text(work, asker, MENTION.sub(" ", incoming.text))


def _read_text(work: Work, asker: Asker, text: str) -> Plan:
    reading = _typed_choice(work, asker, text) or understand(text, context_of(asker), asker.lexicon)
    if reading.intent is Intent.CANCEL:
        return Plan(ends=PendingState.DROPPED, said=Reply((asker.reader.say("pending.nothing_changed"),)))
    if reading.intent is Intent.CONFIRM and asker.open:
        return typed_confirmation(work, asker, asker.open)
    plan = CAPABILITIES[reading.intent](work, asker, reading)
    if asker.open is None or asker.open.understood().complete:
        return plan
    if plan.ask and plan.ask.intent is asker.open.understood().intent:
        return replace(plan, ask=None, change=Changed(asker.open, plan.ask))
    # An unrelated message leaves a question, visibly; a change that only waits for its tap stays.
    return replace(plan, ends=PendingState.REPLACED) if reading.intent in READS else plan


def _typed_choice(work: Work, asker: Asker, text: str) -> Reading | None:
    """The open question with what one of its buttons says, typed."""
    if asker.open is None:
        return None
    return typed_choice(work, asker.reader, asker.open.understood(), asker.open.asked, text)


def act(work: Work, incoming: Incoming, plan: Plan, catalogue: Catalogue) -> bool:
    """Carry out a plan and close its inbox row, in the caller's transaction; False where it was closed before."""
    if not _close_inbox(work, incoming.inbox_id):
        return False
    work = work.by(incoming.person, incoming.channel).traced(incoming.trace)
    reader = Reader(incoming.person, plan.language or incoming.language, catalogue)
    chat_id, person_id = incoming.chat_id, incoming.person.id
    if plan.language:
        speak(work, chat_id, plan.language)
    if plan.ends:
        close_open(work, chat_id, person_id, plan.ends)
    if plan.change and not _change(work, incoming, plan.change):
        plan = Plan(toast=_told(work, incoming, reader.say("taps.changed")), redraw=plan.change.card_id)
    if plan.ask:
        pending_id = keep_pending(work, chat_id, person_id, plan.ask, asked_field(plan.ask))
        show_pending(work, chat_id, person_id, pending_id)
    if plan.show_document:
        show_document(work, chat_id, person_id, plan.show_document)
    if plan.said:
        send(work, chat_id, plan.said, key=f"answer.{incoming.inbox_id}")
    if plan.redraw:
        want_redraw(work, plan.redraw)
    toast = _run(work, reader, incoming, plan.wish) if plan.wish else plan.toast
    if toast and incoming.kind is InboxKind.TAP:
        send_toast(work, chat_id, incoming.inbox_id, toast)
    return True


def _change(work: Work, incoming: Incoming, changed: Changed) -> bool:
    """Take an answer in; False where the question ended meanwhile."""
    before, reading = changed.before, changed.reading
    if not change_pending(work, before, reading, asked_field(reading)):
        return False
    if changed.card_id is None:
        show_pending(work, incoming.chat_id, incoming.person.id, before.id)
    else:
        want_redraw(work, changed.card_id)
    return True


def _run(work: Work, reader: Reader, incoming: Incoming, wish: Wish) -> str:
    """Run the wish; the toast is always how things stand now. A refusal leaves the card, drawn anew."""
    if wish.confirms and not is_open(work, wish.confirms):
        want_redraw(work, wish.card_id)
        now = card(work, wish.card_id)
        done = _state_of(work, reader, now.document_id) if now and now.document_id else reader.say("taps.changed")
        return _told(work, incoming, done)
    answer = execute(work, wish.command, key=wish.key)
    if isinstance(answer, Refused):
        want_redraw(work, wish.card_id)
        return _told(work, incoming, _refused(work, reader, wish, answer))
    _settle_cards(work, incoming, wish, answer)
    return _state_of(work, reader, answer.of_document)


def _told(work: Work, incoming: Incoming, sentence: str) -> str:
    """The toast of a tap. What was typed gets no toast, so the same sentence goes out as a message."""
    if incoming.kind is InboxKind.MESSAGE:
        send(work, incoming.chat_id, Reply((sentence,)), key=f"answer.{incoming.inbox_id}")
    return sentence


def _state_of(work: Work, reader: Reader, document_id: int) -> str:
    document = header(work, document_id)
    return PAPERS[document.kind].outcome(work, reader, document)


def _refused(work: Work, reader: Reader, wish: Wish, refused: Refused) -> str:
    """A step that somebody else took first is no error: it is the present state."""
    document_id = getattr(wish.command, "document_id", None)
    if refused.code in MOVED and document_id is not None:
        return _state_of(work, reader, document_id)
    return refusal(work, reader, refused)


def _settle_cards(work: Work, incoming: Incoming, wish: Wish, answer: Answer) -> None:
    """The confirmed card becomes its document's face; a typed confirmation gets a fresh one below itself."""
    if wish.confirms is not None:
        close_pending(work, wish.confirms.id, PendingState.DONE)
        become_document(work, wish.card_id, incoming.chat_id, incoming.person.id, answer.of_document)
    if incoming.kind is InboxKind.MESSAGE:
        show_document(work, incoming.chat_id, incoming.person.id, answer.of_document)
    elif card(work, wish.card_id):
        want_redraw(work, wish.card_id)


def _close_inbox(work: Work, inbox_id: int) -> bool:
    return work.run(_CLOSE, inbox_id=inbox_id) == 1
