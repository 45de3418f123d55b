"""Handover: what hangs on somebody who leaves or works elsewhere, and who has it then. Nothing is lost.

Requests stay in the name of who made them and are the successor's to follow. A step or a dispute that waited for them
alone climbs. Where nobody could take a document's next step any more, they do not leave before somebody is there; only
a suspension waits for nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import TypeVar

from sqlalchemy import select
from sqlmodel import col

from core.ground.commands import Answer, AnyRule, Command, Rule
from core.ground.documents import ENDED, header
from core.ground.events import Happened
from core.ground.permissions import Actor, Verb, allowed
from core.ground.work import Work
from core.people import approvals, standing
from core.people.directory import people_who_may, person, site, succeeded_by
from core.people.errors import LeavesNobody
from core.people.standing import MovePerson, PersonCommand, RemovePerson, RestorePerson, SuspendPerson
from core.stock import transfer_disputes
from core.stock.transfer_steps import KIND
from data.kinds import Standing, State
from data.tables.stock import Document

Wish = TypeVar("Wish", bound=PersonCommand)
NEXT = MappingProxyType({State.APPROVED: Verb.DISPATCH, State.IN_TRANSIT: Verb.RECEIVE, State.RETURNING: Verb.RECEIVE})
"""What a transfer waits for that nobody is asked for by name: whoever may do it at the place does it."""


@dataclass(frozen=True, slots=True)
class Hanging:
    """The documents that hang on somebody, by id: what they asked for, and what waits for their word alone."""

    requests: tuple[int, ...] = ()
    approvals: tuple[int, ...] = ()
    disputes: tuple[int, ...] = ()

    def __bool__(self) -> bool:
        """Whether there is anything."""
        return bool(self.requests or self.approvals or self.disputes)


def hanging(work: Work, person_id: int) -> Hanging:
    """What hangs on this person now; also what they took over from others."""
    who = person(work, person_id)
    return Hanging(
        _requests(work, person_id),
        tuple(dict.fromkeys(document_id for document_id, _ in approvals.waits_for_alone(work, who))),
        tuple(transfer_disputes.waits_for_alone(work, who)),
    )


def handing_on(run: Callable[[Work, Wish], Answer], *, waits: bool) -> Callable[[Work, Wish], Answer]:
    """Run a change of somebody's place, and have everything climb that waited for them alone.

    With `waits` the change raises LeavesNobody where a document would be left with nobody at all.
    """

    def handed_on(work: Work, command: Wish) -> Answer:
        who = person(work, command.person_id)
        steps, disputes = approvals.waits_for_alone(work, who), transfer_disputes.waits_for_alone(work, who)
        tasks = _done_by_them_alone(work, who) if waits else []
        answer = run(work, command)
        for document_id, step_id in steps:
            document = header(work, document_id, lock=True)
            if not approvals.ask_who_is_there(work, document, step_id) and waits:
                raise LeavesNobody(document.place_id, document_id, Verb.APPROVE.value)
        for document_id in disputes:
            transfer_disputes.climb(work, header(work, document_id, lock=True))
        for document_id, place_id, verb in tasks:
            if not people_who_may(work, verb, KIND, place_id):
                raise LeavesNobody(place_id, document_id, verb.value)
        moved = dict.fromkeys((*(document_id for document_id, _ in steps), *disputes))
        told = [Happened("transfer.climb", document_id) for document_id in moved]
        if isinstance(command, RemovePerson):
            told += [Happened("transfer.hand_over", document_id) for document_id in _requests(work, command.person_id)]
        return replace(answer, events=(*answer.events, *told))

    return handed_on


def _requests(work: Work, person_id: int) -> tuple[int, ...]:
    """What this person asked for, or follows for somebody who left, and what has not ended."""
    asked = select(col(Document.id)).where(
        col(Document.kind) == KIND,
        col(Document.requester_id).in_(succeeded_by(work, person_id)),
        col(Document.state).not_in(ENDED),
    )
    return tuple(int(one or 0) for (one,) in work.all(asked.order_by(col(Document.id))))


def _done_by_them_alone(work: Work, who: Actor) -> list[tuple[int, int, Verb]]:
    """The transfers whose next step nobody but this person may take: document, place and verb."""
    there = replace(who, standing=Standing.ACTIVE)
    columns = (col(Document.id), col(Document.state), col(Document.place_id), col(Document.other_place_id))
    found = []
    for document_id, state, source, target in work.all(
        select(*columns).where(col(Document.kind) == KIND, col(Document.state).in_(NEXT)).order_by(col(Document.id))
    ):
        place_id, verb = target if state is State.IN_TRANSIT else source, NEXT[state]
        able = people_who_may(work, verb, KIND, place_id)
        if allowed(there, verb, KIND, site(work, place_id)) and all(one.id == who.id for one in able):
            found.append((int(document_id or 0), place_id, verb))
    return found


RULES: Mapping[type[Command], AnyRule] = MappingProxyType(
    {
        MovePerson: Rule(standing.permit_move, handing_on(standing.move, waits=True)),
        SuspendPerson: Rule(standing.permit, handing_on(standing.suspend, waits=False)),
        RestorePerson: Rule(standing.permit, standing.restore),
        RemovePerson: Rule(standing.permit, handing_on(standing.remove, waits=True)),
    }
)
