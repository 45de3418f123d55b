"""From events to cards and lines: who has to know what a command did, whatever edge the command came from."""

from __future__ import annotations

from dataclasses import dataclass

from core.goods.catalogue import Catalogue
from core.ground.documents import Header, header
from core.ground.events import NewEvent, mark_told
from core.ground.permissions import Actor, Verb
from core.ground.work import Work
from core.people.approvals import may_decide
from core.people.directory import people, people_who_may, person, site
from data.kinds import DocumentKind
from handlers.capabilities.transfer_cards import outcome
from handlers.cards import cards_of, show_document, want_redraw_of
from handlers.chats import chat, groups_that_hear, private_chats
from handlers.messages import Reply
from handlers.outgoing import send
from handlers.reader import Reader

OUTCOMES = frozenset(f"transfer.{step}" for step in ("reject", "cancel", "lapse", "receive_all", "receive_short"))
TOLD_TO_THE_REQUESTER = frozenset(f"transfer.{step}" for step in ("reject", "cancel", "lapse"))
ALWAYS_A_NEW_CARD = frozenset({"transfer.dispatch", "transfer.receive_short"})


@dataclass(frozen=True, slots=True)
class Notices:
    """What an event comes to: task cards as (chat, person) pairs, lines as (chat, reply) pairs."""

    cards: tuple[tuple[int, int], ...]
    lines: tuple[tuple[int, Reply], ...]


def word(work: Work, event: NewEvent, catalogue: Catalogue) -> Notices:
    """Decide who is told of an event, and in which words. Writes nothing."""
    if event.happened.document_id is None:
        return Notices((), ())
    document = header(work, event.happened.document_id)
    return Notices(
        tuple(_task_cards(work, event, document)),
        tuple(_lines(work, event, document, catalogue)),
    )


def put(work: Work, event: NewEvent, notices: Notices) -> bool:
    """Write the notices and mark the event as told, in one transaction; False where somebody told it before."""
    if not mark_told(work, event.id):
        return False
    document_id = event.happened.document_id
    if document_id is not None:
        want_redraw_of(work, document_id)
        for chat_id, person_id in notices.cards:
            show_document(work, chat_id, person_id, document_id)
    for chat_id, reply in notices.lines:
        send(work, chat_id, reply, key=f"event.{event.id}.{chat_id}")
    return True


def _task_cards(work: Work, event: NewEvent, document: Header) -> list[tuple[int, int]]:
    """A card for everybody who has the next step. Whoever acted has the card under their finger."""
    kind, acted = event.happened.kind, event.happened.facts.get("actor_id")
    found = []
    for one in _next_people(work, kind, document):
        for chat_id in private_chats(work, one.id):
            has_card = bool(cards_of(work, document.id, chat_id))
            if not has_card or (kind in ALWAYS_A_NEW_CARD and one.id != acted):
                found.append((chat_id, one.id))
    return found


def _next_people(work: Work, kind: str, document: Header) -> list[Actor]:
    if kind == "transfer.submit":
        return [one for one in people(work) if may_decide(work, document, one)]
    if kind == "transfer.approve":
        return _at_home(work, Verb.DISPATCH, document.place_id, but=None)
    if kind == "transfer.dispatch":
        return _at_home(work, Verb.RECEIVE, document.other_place_id, but=document.dispatched_by_id)
    if kind == "transfer.receive_short":
        return _at_home(work, Verb.APPROVE, document.place_id, but=None)
    return []


def _at_home(work: Work, verb: Verb, place_id: int, *, but: int | None) -> list[Actor]:
    """Those who do this at their own place; where nobody is left there, whoever else may."""
    able = [one for one in people_who_may(work, verb, DocumentKind.TRANSFER, place_id) if one.id != but]
    return [one for one in able if one.home_id == place_id] or able


def _lines(work: Work, event: NewEvent, document: Header, catalogue: Catalogue) -> list[tuple[int, Reply]]:
    kind, acted = event.happened.kind, event.happened.facts.get("actor_id")
    lines: list[tuple[int, Reply]] = []
    if kind in TOLD_TO_THE_REQUESTER and document.requester_id != acted:
        requester = person(work, document.requester_id)
        for chat_id in private_chats(work, requester.id):
            reader = Reader(requester, chat(work, chat_id).language, catalogue)
            lines.append((chat_id, Reply((_sentence(work, reader, kind, document),))))
    if kind in OUTCOMES:
        regions = {site(work, place_id).region for place_id in (document.place_id, document.other_place_id)}
        for group in groups_that_hear(work, regions):
            reader = Reader(None, group.language, catalogue)
            lines.append((group.id, Reply((_sentence(work, reader, kind, document),))))
    return lines


def _sentence(work: Work, reader: Reader, kind: str, document: Header) -> str:
    if kind == "transfer.lapse":
        places = {"source": reader.place(document.place_id), "target": reader.place(document.other_place_id)}
        return reader.say("transfers.lapsed", number=document.number, **places)
    route = reader.say(
        "transfers.route", source=reader.place(document.place_id), target=reader.place(document.other_place_id)
    )
    return f"{outcome(work, reader, document)} · {route}"
