"""The one door of the conversation, in two hops: read a message and plan, then act on the plan in one transaction.

Reading may take its time and writes nothing. Acting is short and trusts nothing that reading saw: `execute` checks
everything again. One chat is one lane, so nobody changes its open question in between.
"""

from __future__ import annotations

import re
from dataclasses import replace

from sqlalchemy import update
from sqlmodel import col

from core.execute import execute, execute_both
from core.goods.catalogue import Catalogue
from core.ground.commands import Answer, Refused
from core.ground.documents import header
from core.ground.errors import MovedOn, StepNotAllowed
from core.ground.work import Work
from core.people.rule_changes import RuleCommand
from core.people.standing import PersonCommand
from core.stock.transfer_commands import NudgeTransfer
from data.kinds import ChatKind, InboxKind, InboxState, PendingState
from data.statements import Statement, given
from data.tables.base import table_of
from data.tables.conversation import Inbox
from handlers.answered import forget_answered, keep_answered
from handlers.capabilities import PAPERS, people, rules
from handlers.capabilities.questions import last_first
from handlers.capabilities.refusals import refusal
from handlers.capabilities.review import dismiss, settled
from handlers.cards import (
    become_document,
    card,
    show_document,
    show_pending,
    show_person,
    show_review,
    show_rules,
    turn_person,
    turn_rules,
    want_redraw,
)
from handlers.chats import speak
from handlers.messages import Reply
from handlers.outgoing import send, send_toast
from handlers.pending import change_pending, close_open, close_pending, is_open, keep_pending, open_pending
from handlers.picks import keep_pick
from handlers.plan import Asker, Changed, Incoming, Plan, Wish, asked_field
from handlers.reader import Reader
from handlers.review import keep
from handlers.taps import read_tap
from handlers.texts import note_of_end, read_text
from handlers.understand.names.lexicon import Lexicon

MENTION = re.compile(r"@(小店|stocktalk(?![a-z0-9_]))", re.IGNORECASE)  # any other @ is for somebody else
LONGEST = 4000
MOVED = frozenset({MovedOn.code, StepNotAllowed.code})
_STILL_NEW = (col(Inbox.id) == given("inbox_id"), col(Inbox.state) == InboxState.NEW)
_CLOSE = Statement(update(table_of(Inbox)).where(*_STILL_NEW).values(state=InboxState.DONE))


def read(work: Work, incoming: Incoming, lexicon: Lexicon) -> Plan:
    """What a message or a tap comes to. Writes nothing."""
    work = work.by(incoming.person, incoming.channel)
    reader = Reader(incoming.person, incoming.language, lexicon.catalogue)
    if not incoming.person.is_active:
        return _stopped(incoming, reader)
    plan = _read(work, incoming, reader, lexicon)
    if plan.ask:
        plan = replace(plan, ask=last_first(work, reader, plan.ask))
    if plan.change:
        changed = last_first(work, reader, plan.change.reading)
        plan = replace(plan, change=replace(plan.change, reading=changed))
    return plan


def _stopped(incoming: Incoming, reader: Reader) -> Plan:
    """One sentence for somebody who is suspended or gone, where they speak to us; nothing else is done or told."""
    sentence = reader.say("errors.not_active")
    if incoming.kind is InboxKind.TAP:
        return Plan(toast=sentence)
    return Plan(said=Reply((sentence,))) if _is_for_us(incoming) else Plan()


def _is_for_us(incoming: Incoming) -> bool:
    """People talk to each other in a group; the bot hears what is addressed to it."""
    return incoming.chat_kind is not ChatKind.GROUP or MENTION.search(incoming.text) is not None


def _read(work: Work, incoming: Incoming, reader: Reader, lexicon: Lexicon) -> Plan:
    asker = Asker(incoming, reader, lexicon, open_pending(work, incoming.chat_id, incoming.person.id))
    if incoming.kind is InboxKind.TAP:
        plan = read_tap(work, asker)
        return replace(plan, note=note_of_end(work, asker)) if plan.ends is PendingState.DROPPED else plan
    if not _is_for_us(incoming):
        return Plan()
    if len(incoming.text) > LONGEST:
        return Plan(said=Reply((asker.reader.say("help.too_long", longest=LONGEST),)))
    return read_text(work, asker, MENTION.sub(" ", incoming.text))


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
    _remember(work, incoming, plan)
    if plan.said:
        send(work, chat_id, plan.said, key=f"answer.{incoming.inbox_id}")
    if plan.show_document:  # below what is said of it
        show_document(work, chat_id, person_id, plan.show_document)
    if plan.note:
        keep(work, chat_id, plan.note)
    for review_id in plan.show_reviews:
        show_review(work, chat_id, person_id, review_id)
    if plan.show_person:
        show_person(work, chat_id, person_id, *plan.show_person)
    if plan.turn:
        turn_person(work, *plan.turn)
    if plan.show_rules:
        show_rules(work, chat_id, person_id, plan.show_rules)
    if plan.turn_rules:
        turn_rules(work, *plan.turn_rules)
    if plan.dismiss:
        dismiss(work, plan.dismiss)
    if plan.redraw:
        want_redraw(work, plan.redraw)
    toast = _run(work, reader, incoming, plan.wish) if plan.wish else plan.toast
    if toast and incoming.kind is InboxKind.TAP:
        send_toast(work, chat_id, incoming.inbox_id, toast)
    return True


def _remember(work: Work, incoming: Incoming, plan: Plan) -> None:
    """Keep what the next message may come back to."""
    for pick in plan.picks:
        keep_pick(work, incoming.person.id, pick)
    if plan.answered:
        keep_answered(work, incoming.chat_id, incoming.person.id, plan.answered)
    elif plan.forgets:
        forget_answered(work, incoming.chat_id, incoming.person.id)


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
    if wish.first:
        answer = execute_both(work, wish.first, wish.command, key=wish.key)
    else:
        answer = execute(work, wish.command, key=wish.key)
    if isinstance(answer, Refused):
        want_redraw(work, wish.card_id)
        return _told(work, incoming, _refused(work, reader, wish, answer))
    if answer.document_id is None:
        if isinstance(wish.command, PersonCommand):
            return people.settled(work, reader, wish.card_id, wish.command)
        if isinstance(wish.command, RuleCommand):
            return rules.settled(work, reader, wish.card_id, wish.command)
        return settled(work, reader, wish.card_id, wish.command)
    _settle_cards(work, incoming, wish, answer)
    if isinstance(wish.command, NudgeTransfer):
        return reader.say("transfers.nudged", number=header(work, answer.of_document).number)
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
