"""What a card shows now: looks up what it is the face of and has the capability draw it for its reader."""

from __future__ import annotations

from dataclasses import replace

from core.goods.catalogue import Catalogue
from core.ground.documents import header
from core.ground.permissions import sees_cost
from core.ground.work import Work
from core.people.directory import person
from data.kinds import CardFace, ChatKind, PendingState
from handlers.capabilities import CHANGES, PAPERS
from handlers.capabilities.people import version_of
from handlers.capabilities.people_cards import LIST, person_card
from handlers.capabilities.questions import ended_lines, question
from handlers.capabilities.review import review_card
from handlers.capabilities.rule_cards import RULES, book_version, rules_card
from handlers.cards import Card, with_data
from handlers.chats import chat
from handlers.messages import Reply, Tone
from handlers.pending import Pending, pending
from handlers.read_as import read_as
from handlers.reader import Reader
from handlers.review import entry


def draw(work: Work, card: Card, catalogue: Catalogue) -> Reply:
    """The card as it is to be shown at this moment, its buttons with their bytes.

    A group's card has nobody's buttons but those of the person it is bound to, who is named by the card's row.
    """
    reader = reader_of(work, card, catalogue)
    if reader.actor is not None:
        work = work.by(reader.actor, work.channel)
        if not reader.actor.is_active:
            return Reply((reader.say("people.state.stopped"),), (), Tone.STOPPED)
    if card.face is CardFace.DOCUMENT and card.document_id is not None:
        document = header(work, card.document_id)
        drawn = PAPERS[document.kind].card(work, reader, document, bool(card.folded))
        return with_data(drawn, card.id, document.version)
    if card.face is CardFace.REVIEW and card.review_id is not None:
        found = entry(work, card.review_id)
        return with_data(review_card(work, reader, found, folded=bool(card.folded)), card.id, found.version)
    if card.face is CardFace.PERSON:
        if card.folded:
            return Reply((reader.say("common.folded"),), (), Tone.STOPPED)
        drawn = person_card(work, reader, card.about_id, card.view or LIST)
        return with_data(drawn, card.id, version_of(work, card.about_id))
    if card.face is CardFace.RULES:
        if card.folded:
            return Reply((reader.say("common.folded"),), (), Tone.STOPPED)
        return with_data(rules_card(work, reader, card.view or RULES), card.id, book_version(work))
    shown = pending(work, card.pending_id or 0)
    return with_data(_pending_face(work, reader, card, shown), card.id, shown.version)


def reader_of(work: Work, card: Card, catalogue: Catalogue) -> Reader:
    """Who reads a card: the person it is for, in the chat's language."""
    actor, where = person(work, card.reader_id) if card.reader_id else None, chat(work, card.chat_id)
    told = actor is not None and sees_cost(actor, alone=where.kind is ChatKind.PRIVATE)
    return Reader(actor, where.language, catalogue, sees_cost=told)


def _pending_face(work: Work, reader: Reader, card: Card, shown: Pending) -> Reply:
    if card.folded:
        return Reply((reader.say("pending.folded"),), (), Tone.STOPPED)
    state = PendingState.EXPIRED if _ran_out(work, shown) else shown.state
    if state is not PendingState.OPEN:
        return Reply(ended_lines(reader, shown.understood(), state), (), Tone.STOPPED)
    reading = shown.understood()
    if not reading.complete:
        return question(work, reader, shown)
    drawn = CHANGES[reading.intent].card(work, reader, shown)
    return replace(drawn, lines=(*drawn.lines, *read_as(reader, reading)))


def _ran_out(work: Work, shown: Pending) -> bool:
    return shown.state is PendingState.OPEN and shown.expires_at <= work.now
