"""Who is told what a transfer's step did: whoever has the next step gets a card, the others a line."""

from __future__ import annotations

from core.ground.documents import Header
from core.ground.permissions import Actor, Verb
from core.ground.work import Work
from core.people.approvals import steps_of, who_may_decide
from core.people.directory import heir, people_who_may, person
from core.people.ladder import deciders
from core.stock.transfer_lines import lines_of
from core.stock.transfer_standing import dispute_of
from core.stock.transfer_steps import is_direct
from data.kinds import DocumentKind, State
from handlers.capabilities.approvals import asked_people
from handlers.capabilities.shapes import Told
from handlers.capabilities.transfer_state import outcome, reject_reason, route_line
from handlers.cards import readers_of
from handlers.reader import Reader

ANEW = frozenset(
    {"dispatch", "receive", "turn_back", "take_back", "hold", "keep", "send_on", "send_back", "remind", "climb"}
)
"""Steps after which whoever is next gets a new card, even where an older one is in their chat."""
ENDS = frozenset({State.RECEIVED, State.RETURNED, State.DISPUTED, State.REJECTED, State.CANCELLED})


def told(work: Work, kind: str, document: Header) -> Told:
    """Who is told of an event of this kind."""
    step = kind.removeprefix("transfer.")
    match step:
        case "lapse":  # both are told, and one tap asks again
            both = {_asker(work, document), *_speak_for_source(work, document)}
            return Told(tuple(person(work, one) for one in sorted(both)), anew=True, groups=True)
        case "hand_over":
            return Told((person(work, _asker(work, document)),))
        case "reject" | "cancel":
            return Told(hear=(_asker(work, document),), groups=True)
        case "escalate":
            return Told(waiting_for(work, document), anew=True, hear=_speak_for_source(work, document), groups=True)
        case "nudge":  # their chats show it below what was said since
            return Told(waiting_for(work, document), anew=True)
        case "climb":  # who asked hears who is asked now
            return Told(waiting_for(work, document), anew=True, hear=(document.requester_id,))
        case "write_off" | "sent_more" | "not_sent":
            concerned = {_asker(work, document), document.received_by_id or _asker(work, document)}
            concerned |= {*_speak_for_source(work, document)}
            return Told(waiting_for(work, document), hear=tuple(sorted(concerned)), groups=True)
        case "hold" | "turn_back":
            waiting = waiting_for(work, document)
            asked = {one.id for one in waiting}
            at_target = _at_home(work, Verb.RECEIVE, document.other_place_id)
            hear = tuple(one.id for one in at_target if one.id not in asked)
            return Told(waiting, anew=True, hear=hear, groups=step == "hold")
        case "send_on" | "send_back":  # who has the goods has to hear what becomes of them
            return Told(waiting_for(work, document), anew=True, hear=_at_third_places(work, document))
        case "keep":  # so has the place that gets none of them
            lost = _at_third_places(work, document)
            return Told(waiting_for(work, document), anew=True, hear=tuple({_asker(work, document), *lost}))
        case "approve" if document.names_id is not None:  # who asked hears that the rest is not forgotten
            return Told(waiting_for(work, document), hear=(_asker(work, document),))
    ends = document.state in ENDS and step in ("receive", "take_back")
    return Told(waiting_for(work, document), anew=step in ANEW, groups=ends)


def waiting_for(work: Work, document: Header) -> tuple[Actor, ...]:
    """Everybody whose step the transfer waits for."""
    source, target = document.place_id, document.other_place_id
    match document.state:
        case State.SUBMITTED:
            return tuple(who_may_decide(work, document))
        case State.APPROVED if is_direct(work, document):
            return (*_at_home(work, Verb.DISPATCH, source), *_at_home(work, Verb.RECEIVE, target))
        case State.APPROVED:
            return _at_home(work, Verb.DISPATCH, source)
        case State.IN_TRANSIT | State.RETURNING:
            return _on_the_road(work, document)
        case State.DISPUTED:
            dispute = dispute_of(work, document.id)
            found = deciders(work, document.kind, dispute.role, source, but=0) if dispute else []
            return tuple(found)
        case _:
            return ()


def line(work: Work, reader: Reader, kind: str, document: Header) -> str:
    """An event in one line: the state with its number, who or what is next, and the route."""
    said = {"transfer.lapse": "lapsed", "transfer.escalate": "escalated", "transfer.turn_back": "called_back"}
    said |= {"transfer.sent_more": "was_more", "transfer.not_sent": "was_not_more", "transfer.climb": "climbed"}
    said |= {"transfer.send_on": "sent_on", "transfer.send_back": "sent_back", "transfer.keep": "kept"}
    if kind == "transfer.approve" and document.names_id is not None:
        said[kind] = "left_for_later"
    if kind in said:
        facts = {"number": document.number, "first": f"{document.kind.letters}-{document.names_id}"}
        if kind == "transfer.climb":
            facts["who"] = asked_people(work, reader, document, steps_of(work, document.id))
        facts |= {"source": reader.place(document.place_id), "target": reader.place(document.other_place_id)}
        state = reader.say(f"transfers.{said[kind]}", **facts)
    else:
        state = outcome(work, reader, document)
    parts = [state, route_line(reader, document)]
    if kind == "transfer.reject" and document.reason:
        parts.append(reject_reason(reader, document.reason))
    return " · ".join(parts)


def _on_the_road(work: Work, document: Header) -> tuple[Actor, ...]:
    """Who counts the goods in: the target what is awaited, the source what comes back; held ones wait for a word."""
    source, target, lines = document.place_id, document.other_place_id, lines_of(work, document.id)
    if document.held_at_id is not None:
        return (*_at_home(work, Verb.APPROVE, source), *_at_home(work, Verb.APPROVE, target))
    found: tuple[Actor, ...] = ()
    if any(line.awaited for line in lines) and document.turned_back_at is None:
        found += _at_home(work, Verb.RECEIVE, target, but=document.dispatched_by_id)
    if any(line.refused for line in lines) or document.turned_back_at is not None:
        found += _at_home(work, Verb.RECEIVE, source)
    return found


def _asker(work: Work, document: Header) -> int:
    """Who follows the request: whoever made it, or goes on for one who left."""
    return heir(work, document.requester_id)


def _speak_for_source(work: Work, document: Header) -> tuple[int, ...]:
    return tuple(one.id for one in _at_home(work, Verb.APPROVE, document.place_id))


def _at_third_places(work: Work, document: Header) -> tuple[int, ...]:
    """Those at a third place who have a card of this transfer: its goods came to them by mistake."""
    ends = (None, document.place_id, document.other_place_id)
    return tuple(one for one in sorted(readers_of(work, document.id)) if person(work, one).home_id not in ends)


def _at_home(work: Work, verb: Verb, place_id: int, but: int | None = None) -> tuple[Actor, ...]:
    """Those who do this at their own place; where nobody is left there, whoever else may."""
    able = [one for one in people_who_may(work, verb, DocumentKind.TRANSFER, place_id) if one.id != but]
    return tuple(one for one in able if one.home_id == place_id) or tuple(able)
