"""What a document waits for: approval steps beside it, who may decide on them, and the ladder that a step climbs."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import datetime

from sqlmodel import col

from core.ground.documents import Header
from core.ground.errors import NobodyCanApprove, NotAllowed, OwnRequest
from core.ground.permissions import Actor, Verb, allowed
from core.ground.work import Work, picked
from core.people.directory import people, site
from data.kinds import Decision, DocumentKind, PlaceKind, Role
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


_STEP = picked(ApprovalStep, StepRow)


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
    where = site(work, place_id)
    return [one for one in people(work, role) if one.id != but and allowed(one, Verb.APPROVE, kind, where)]


def ask(work: Work, document: Header, needed: Needed) -> None:
    """Write the step beside its document."""
    work.add(
        ApprovalStep,
        document_id=document.id,
        role=needed.role,
        place_id=needed.place_id,
        rule=needed.rule,
        rule_limit=needed.rule_limit,
        decision=Decision.WAITING,
    )


def steps_of(work: Work, document_id: int) -> list[StepRow]:
    """Every step of a document, in the order they were asked."""
    found = _STEP.where(col(ApprovalStep.document_id) == document_id).order_by(col(ApprovalStep.id))
    return work.records(StepRow, found)


def may_decide(work: Work, document: Header, actor: Actor) -> bool:
    """Whether this person is asked by a waiting step of this document."""
    if actor.id == document.requester_id:
        return False
    waiting = [step for step in steps_of(work, document.id) if step.decision is Decision.WAITING]
    return any(
        actor.role is step.role and allowed(actor, Verb.APPROVE, document.kind, site(work, step.place_id))
        for step in waiting
    )


def permit_decision(work: Work, document: Header) -> None:
    """Raises OwnRequest when who acts asked for it themselves, NotAllowed when no step asks them."""
    if work.who.id == document.requester_id:
        raise OwnRequest(document_id=document.id)
    if not may_decide(work, document, work.who):
        raise NotAllowed(verb=Verb.APPROVE.value, place_id=document.place_id)


def decide(work: Work, document: Header, decision: Decision, reason: str | None = None) -> None:
    """Record the decision of who acts on the steps that wait for them."""
    _close_steps(work, document.id, decision, decided_by_id=work.who.id, decided_at=work.now, reason=reason)


def pass_steps_on(work: Work, document: Header, later: Header) -> None:
    """Write the decided steps of a document beside one that carries its rest: what was said holds for both."""
    for step in steps_of(work, document.id):
        said = {field.name: getattr(step, field.name) for field in fields(step) if field.name != "id"}
        work.add(ApprovalStep, document_id=later.id, **said)


def drop_steps(work: Work, document_id: int) -> None:
    """Nothing waits any longer: the document was withdrawn."""
    _close_steps(work, document_id, Decision.DROPPED)


def _close_steps(work: Work, document_id: int, decision: Decision, **columns: object) -> None:
    waiting = (
        col(ApprovalStep.document_id) == document_id,
        col(ApprovalStep.decision) == Decision.WAITING,
    )
    work.change(ApprovalStep, *waiting, decision=decision, **columns)
