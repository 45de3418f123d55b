"""What the clock does with questions that nobody answers: people are reminded, then the next rung is asked.

It never decides. A reminder leaves the version of the document; where others are asked it goes up, so that a tap of
those who are asked no longer is one on an old card.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from sqlalchemy import ColumnElement, or_, select
from sqlmodel import col

from core.ground.commands import Answer, AnyRule, Command, Due, Rule
from core.ground.documents import Header, header, move_document
from core.ground.errors import NotAllowed, NotYetDue
from core.ground.events import Happened
from core.ground.permissions import Verb, allowed
from core.ground.work import Work
from core.people.approvals import StepRow, asked_now, climb, reminded, steps_of
from core.people.directory import site
from data.columns import to_micros
from data.kinds import Decision
from data.tables.people import ApprovalStep


@dataclass(frozen=True)
class RemindOfStep(Command):
    """Tell those whom a step asks that it waits for them."""

    document_id: int
    step_id: int


@dataclass(frozen=True)
class EscalateStep(Command):
    """Nobody answered in time: the next one up the ladder is asked. Silence approves nothing."""

    document_id: int
    step_id: int


def steps_due(work: Work, most: int = 50) -> list[Due]:
    """What the clock has to do with questions now: the oldest of each kind first, at most `most` of each.

    What climbs needs no reminder first.
    """
    climbs, reminds = col(ApprovalStep.escalates_at), col(ApprovalStep.reminds_at)
    only_reminds = or_(climbs.is_(None), climbs > work.now)
    return [
        *_due(work, EscalateStep, "escalate_step", climbs, most),
        *_due(work, RemindOfStep, "remind_of_step", reminds, most, only_reminds),
    ]


def permit(work: Work, command: RemindOfStep | EscalateStep) -> None:
    """Raises NotAllowed for anybody but the clock."""
    document = header(work, command.document_id)
    if not allowed(work.who, Verb.REMIND, document.kind, site(work, document.place_id)):
        raise NotAllowed(verb=Verb.REMIND.value)


def remind(work: Work, command: RemindOfStep) -> Answer:
    """Remind of it, once. Raises NotYetDue before its time."""
    document, step = _asked(work, command)
    if step.reminds_at is None or step.reminds_at > work.now:
        raise NotYetDue(document_id=document.id)
    reminded(work, step)
    return _answer(document, document, "remind")


def escalate(work: Work, command: EscalateStep) -> Answer:
    """Ask the next rung; at the top, remind who is there. Raises NotYetDue before its time."""
    document, step = _asked(work, command)
    if step.escalates_at is None or step.escalates_at > work.now:
        raise NotYetDue(document_id=document.id)
    if not climb(work, document, step):
        return _answer(document, document, "remind")
    return _answer(document, move_document(work, document, document.state), "climb")


def _asked(work: Work, command: RemindOfStep | EscalateStep) -> tuple[Header, StepRow]:
    document = header(work, command.document_id, lock=True)
    step = next((one for one in asked_now(steps_of(work, document.id)) if one.id == command.step_id), None)
    if step is None:
        raise NotYetDue(document_id=document.id)
    return document, step


def _answer(before: Header, after: Header, step: str) -> Answer:
    was = {"state": before.state.value, "version": before.version}
    told = (Happened(f"{after.kind.value}.{step}", after.id),)
    return Answer(after.id, after.version, after.state.value, was, told)


def _due(
    work: Work, command: type[RemindOfStep | EscalateStep], name: str, when: Any, most: int, *where: ColumnElement[bool]
) -> list[Due]:
    waits = col(ApprovalStep.decision) == Decision.WAITING
    query = select(col(ApprovalStep.document_id), col(ApprovalStep.id), when).where(when <= work.now, waits, *where)
    return [
        Due(command(document_id, step_id or 0), f"{name}.{step_id}.{to_micros(moment)}")
        for document_id, step_id, moment in work.all(query.order_by(when, col(ApprovalStep.id)).limit(most))
    ]


RULES: Mapping[type[Command], AnyRule] = MappingProxyType(
    {
        RemindOfStep: Rule(permit, remind),
        EscalateStep: Rule(permit, escalate),
    }
)
