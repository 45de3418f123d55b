"""From events to cards and lines: who has to know what a command did, whatever edge the command came from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

from core.goods.catalogue import Catalogue
from core.ground.documents import Header, header
from core.ground.events import NewEvent, mark_told
from core.ground.work import Work
from core.people import invites
from core.people.directory import person, site
from data.kinds import Priority
from handlers import joining
from handlers.capabilities import PAPERS, people
from handlers.capabilities.shapes import Told
from handlers.cards import cards_of, show_document, show_person, want_redraw_of, want_redraw_of_person
from handlers.chats import chat, groups_that_hear, private_chats
from handlers.messages import Reply
from handlers.outgoing import send
from handlers.reader import Reader

PERSON = "person."
"""What the events begin with that tell of a change of somebody's place."""


@dataclass(frozen=True, slots=True)
class Notices:
    """What an event comes to: task cards as (chat, person) pairs, lines as (chat, reply) pairs.

    `joined` are cards about somebody who came in: chat, reader, whom it is about, and the view.
    """

    cards: tuple[tuple[int, int], ...] = ()
    lines: tuple[tuple[int, Reply], ...] = ()
    joined: tuple[tuple[int, int, int, str], ...] = ()


def word(work: Work, event: NewEvent, catalogue: Catalogue) -> Notices:
    """Decide who is told of an event, and in which words. Writes nothing."""
    if event.happened.kind == invites.USED:
        joined = tuple(joining.shown(work, event.happened))
        seen = {chat_id for chat_id, *_ in joined}
        lines = (line for line in joining.told(work, event.happened, catalogue) if line[0] not in seen)
        return Notices(lines=tuple(lines), joined=joined)
    if event.happened.kind.startswith(PERSON):
        return Notices(lines=tuple(people.told(work, event.happened, catalogue)))
    if event.happened.document_id is None:
        return Notices()
    document = header(work, event.happened.document_id)
    if document.kind not in PAPERS:
        return Notices()
    told = PAPERS[document.kind].told(work, event.happened.kind, document)
    cards = tuple(_task_cards(work, event, document, told))
    return Notices(cards, tuple(_lines(work, event, document, told, catalogue)))


def put(work: Work, event: NewEvent, notices: Notices) -> bool:
    """Write the notices and mark the event as told, in one transaction; False where somebody told it before."""
    if not mark_told(work, event.id):
        return False
    work = work.traced(event.trace)
    document_id = event.happened.document_id
    if document_id is not None:
        want_redraw_of(work, document_id)
        for chat_id, person_id in notices.cards:
            show_document(work, chat_id, person_id, document_id)
    if event.happened.kind.startswith(PERSON):
        want_redraw_of_person(work, cast(int, event.happened.facts["person_id"]))
    for shown in notices.joined:
        show_person(work, *shown)
    for chat_id, reply in notices.lines:
        send(work, chat_id, reply, key=f"event.{event.id}.{chat_id}", priority=Priority.NOTICE)
    return True


def _task_cards(work: Work, event: NewEvent, document: Header, told: Told) -> list[tuple[int, int]]:
    """A card for everybody who has the next step. Whoever acted has the card under their finger."""
    acted = event.happened.facts.get("actor_id")
    return [
        (chat_id, one.id)
        for one in told.next
        for chat_id in private_chats(work, one.id)
        if not cards_of(work, document.id, chat_id) or (told.anew and one.id != acted)
    ]


def _lines(work: Work, event: NewEvent, document: Header, told: Told, catalogue: Catalogue) -> list[tuple[int, Reply]]:
    kind, acted = event.happened.kind, event.happened.facts.get("actor_id")
    readers = [
        (chat_id, Reader(person(work, person_id), chat(work, chat_id).language, catalogue))
        for person_id in told.hear
        if person_id != acted
        for chat_id in private_chats(work, person_id)
    ]
    if told.groups:
        regions = {site(work, place_id).region for place_id in (document.place_id, document.other_place_id)}
        readers += [(group.id, Reader(None, group.language, catalogue)) for group in groups_that_hear(work, regions)]
    line = PAPERS[document.kind].line
    return [(chat_id, Reply((line(work, reader, kind, document),))) for chat_id, reader in readers]
