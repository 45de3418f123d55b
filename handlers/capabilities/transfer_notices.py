"""Who is told what a transfer's step did: whoever has the next step gets a card, the others a line."""

from __future__ import annotations

from core.ground.documents import Header
from core.ground.permissions import Actor, Verb
from core.ground.work import Work
from core.people.approvals import may_decide
from core.people.directory import people, people_who_may
from data.kinds import DocumentKind
from handlers.capabilities.shapes import Told
from handlers.capabilities.transfer_state import outcome, route_line
from handlers.reader import Reader


def told(work: Work, kind: str, document: Header) -> Told:
    """Who is told of an event of this kind."""
    source, target = document.place_id, document.other_place_id
    match kind:
        case "transfer.submit":
            return Told(tuple(one for one in people(work) if may_decide(work, document, one)))
        case "transfer.approve":
            return Told(_at_home(work, Verb.DISPATCH, source))
        case "transfer.dispatch":
            return Told(_at_home(work, Verb.RECEIVE, target, but=document.dispatched_by_id), anew=True)
        case "transfer.receive_short":
            return Told(_at_home(work, Verb.APPROVE, source), anew=True, groups=True)
        case "transfer.receive_all":
            return Told(groups=True)
        case "transfer.lapse":
            at_source = [one.id for one in _at_home(work, Verb.APPROVE, source)]
            return Told(hear=tuple({document.requester_id, *at_source}), groups=True)
        case "transfer.reject" | "transfer.cancel":
            return Told(hear=(document.requester_id,), groups=True)
        case _:
            return Told()


def line(work: Work, reader: Reader, kind: str, document: Header) -> str:
    """An event in one line: the state with its number, who or what is next, and the route."""
    if kind == "transfer.lapse":
        state = reader.say("transfers.lapsed", number=document.number)
    else:
        state = outcome(work, reader, document)
    return f"{state} · {route_line(reader, document)}"


def _at_home(work: Work, verb: Verb, place_id: int, but: int | None = None) -> tuple[Actor, ...]:
    """Those who do this at their own place; where nobody is left there, whoever else may."""
    able = [one for one in people_who_may(work, verb, DocumentKind.TRANSFER, place_id) if one.id != but]
    return tuple(one for one in able if one.home_id == place_id) or tuple(able)
