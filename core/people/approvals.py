"""What a document waits for: approval steps beside it, who may decide on them, and the ladder that a step climbs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from types import MappingProxyType

from sqlalchemy import insert, select, update
from sqlmodel import col

from core.ground.documents import Header
from core.ground.errors import NobodyCanApprove, NotAllowed, OwnRequest
from core.ground.permissions import Actor, Verb, allowed
from core.ground.work import Work, picked
from core.people.directory import people_who_may, site
from data.kinds import Decision, DocumentKind, PlaceKind, Role
from data.statements import Statement, given, given_columns
from data.tables.base import table_of
from data.tables.people import ApprovalStep


@dataclass(frozen=True, slots=True)
class Needed:
    """A step that a document would wait for: which role at which place, and the rule that asks."""

    role: Role
    place_id: int
    rule: str
    rule_limit: int | None


@dataclass(frozen=True, slots=True)
class StepRow:
    """One approval step of a document as it stands."""

    id: int
    role: Role
    place_id: int
    rule: str
    rule_limit: int | None
    decision: Decision
    decided_by_id: int | None
    decided_at: datetime | None
    reason: str | None


_OF_DOCUMENT = col(ApprovalStep.document_id) == given("document_id")
_WAITS = col(ApprovalStep.decision) == Decision.WAITING
_STEPS = picked(ApprovalStep, StepRow).where(_OF_DOCUMENT).order_by(col(ApprovalStep.id))
_READ, _READ_WAITING = Statement(_STEPS), Statement(_STEPS.where(_WAITS))
_ALL_WAITING = Statement(select(col(ApprovalStep.document_id)).where(_WAITS).distinct())
_ADD = Statement(insert(table_of(ApprovalStep)).values(given_columns(ApprovalStep)))
_NOBODY: Mapping[str, object] = MappingProxyType({"decided_by_id": None, "decided_at": None, "reason": None})
_END = Statement(
    update(table_of(ApprovalStep))
    .where(_OF_DOCUMENT, _WAITS)
    .values({name: given(name) for name in ("decision", *_NOBODY)})
)


def ladder(kind: PlaceKind) -> tuple[Role, ...]:
    """Who is asked for a place, from the nearest up: a step that finds nobody climbs."""
    nearest = Role.KEEPER if kind is PlaceKind.WAREHOUSE else Role.STORE_MANAGER
    return (nearest, Role.AREA_MANAGER, Role.HQ)


def needed_step(
    work: Work, kind: DocumentKind, place_id: int, place_kind: PlaceKind, rule: str, rule_limit: int | None
) -> Needed:
    """The step for a document that who acts asks for, on the lowest rung with somebody else on it.

    Raises NobodyCanApprove when every rung is empty.
    """
    for role in ladder(place_kind):
        if deciders(work, kind, role, place_id, but=work.who.id):
            return Needed(role, place_id, rule, rule_limit)
    raise NobodyCanApprove(place_id=place_id)


def deciders(work: Work, kind: DocumentKind, role: Role, place_id: int, *, but: int) -> list[Actor]:
    """Everybody of this role who may decide for this place; never the person who asked (`but`)."""
    return [one for one in people_who_may(work, Verb.APPROVE, kind, place_id, role) if one.id != but]


def ask(work: Work, document: Header, needed: Needed) -> None:
    """Write the step beside its document."""
    work.run(
        _ADD,
        document_id=document.id,
        role=needed.role,
        place_id=needed.place_id,
        rule=needed.rule,
        rule_limit=needed.rule_limit,
        decision=Decision.WAITING,
        **_NOBODY,
    )


def steps_of(work: Work, document_id: int) -> list[StepRow]:
    """Every step of a document, in the order they were asked."""
    return [StepRow(*row) for row in work.rows(_READ, document_id=document_id)]


def may_decide(work: Work, document: Header, actor: Actor) -> bool:
    """Whether this person is asked by a waiting step of this document."""
    if actor.id == document.requester_id:
        return False
    return any(
        actor.role is step.role and allowed(actor, Verb.APPROVE, document.kind, site(work, step.place_id))
        for step in _waiting(work, document)
    )


def who_may_decide(work: Work, document: Header) -> list[Actor]:
    """Everybody whom a waiting step of this document asks, in the order they joined."""
    asked = {
        one.id: one
        for step in _waiting(work, document)
        for one in deciders(work, document.kind, step.role, step.place_id, but=document.requester_id)
    }
    return [asked[person_id] for person_id in sorted(asked)]


def undecided(work: Work) -> list[int]:
    """The documents that wait for anybody's word, the oldest first."""
    return sorted(document_id for (document_id,) in work.rows(_ALL_WAITING))


def permit_decision(work: Work, document: Header) -> None:
    """Raises OwnRequest when who acts asked for it themselves, NotAllowed when no step asks them."""
    if work.who.id == document.requester_id:
        raise OwnRequest(document_id=document.id)
    if not may_decide(work, document, work.who):
        raise NotAllowed(verb=Verb.APPROVE.value, place_id=document.place_id)


def decide(work: Work, document: Header, decision: Decision, reason: str | None = None) -> None:
    """Record the decision of who acts on the steps that wait for them."""
    ends = {"decision": decision, "decided_by_id": work.who.id, "decided_at": work.now, "reason": reason}
    work.run(_END, document_id=document.id, **ends)


def pass_steps_on(work: Work, document: Header, later: Header) -> None:
    """Write the decided steps of a document beside one that carries its rest: what was said holds for both."""
    for step in steps_of(work, document.id):
        said = {field.name: getattr(step, field.name) for field in fields(step) if field.name != "id"}
        work.run(_ADD, document_id=later.id, **said)


def drop_steps(work: Work, document_id: int) -> None:
    """Nothing waits any longer: the document was withdrawn."""
    work.run(_END, document_id=document_id, decision=Decision.DROPPED, **_NOBODY)


def _waiting(work: Work, document: Header) -> list[StepRow]:
    return [StepRow(*row) for row in work.rows(_READ_WAITING, document_id=document.id)]
