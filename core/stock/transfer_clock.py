"""What tells people of transfers that wait: the clock, or whoever asked (催一下). It decides nothing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, or_, select
from sqlmodel import col

from core.ground.audit import times_done
from core.ground.commands import Answer, Due
from core.ground.documents import CHANGED, Header, check_version, header
from core.ground.errors import NotAllowed, NotYetDue, NudgedBefore, StepNotAllowed
from core.ground.permissions import Actor, Verb
from core.ground.work import Work
from core.stock.routes import route
from core.stock.transfer_commands import EscalateDispute, LapseTransfer, NudgeTransfer, RemindTransfer, StepCommand
from core.stock.transfer_steps import KIND, answer, asks_for, may_at
from data.columns import to_micros
from data.kinds import State
from data.tables.stock import Dispute, Document


def due(work: Work, most: int = 50) -> list[Due]:
    """What the clock has to do with transfers now: the oldest of each kind first, at most `most` of each."""
    document_id, version = col(Document.id), col(Document.version)
    lapsing = select(document_id, version, col(Document.lapses_at)).where(
        col(Document.kind) == KIND, col(Document.lapses_at) <= work.now
    )
    reminding = select(document_id, version, col(Document.reminds_at)).where(
        col(Document.kind) == KIND,
        col(Document.reminds_at) <= work.now,
        or_(col(Document.lapses_at).is_(None), col(Document.lapses_at) > work.now),  # what lapses needs no reminder
    )
    climbing = (
        select(document_id, version, col(Dispute.due_at))
        .join(Dispute, col(Dispute.document_id) == document_id)
        .where(col(Dispute.closed_at).is_(None), col(Dispute.due_at) <= work.now)
    )
    return [
        *_due(work, LapseTransfer, "lapse", lapsing.order_by(col(Document.lapses_at)).limit(most)),
        *_due(work, RemindTransfer, "remind", reminding.order_by(col(Document.reminds_at)).limit(most)),
        *_due(work, EscalateDispute, "escalate", climbing.order_by(col(Dispute.due_at)).limit(most)),
    ]


def remind(work: Work, command: RemindTransfer) -> Answer:
    """Say that a transfer waits. A freeze is reminded of once; goods on the road again and again.

    The version stays: a reminder takes no button away. Raises NotYetDue before its time.
    """
    document = header(work, command.document_id, KIND, lock=True)
    if document.reminds_at is None or document.reminds_at > work.now:
        raise NotYetDue(document_id=document.id)
    again: datetime | None = None
    if document.state not in (State.SUBMITTED, State.APPROVED):
        hours = route(work, document.place_id, document.other_place_id).truck_within_hours
        again = work.now + timedelta(hours=hours)
    work.change(Document, col(Document.id) == document.id, reminds_at=again)
    work.changes.note(CHANGED, document.id, {"reminds_at": document.reminds_at}, {"reminds_at": again})
    return answer(document, "remind", document)


NUDGE_EVERY = timedelta(hours=1)
_OTHERS_TURN = (State.SUBMITTED, State.APPROVED)


def may_nudge(work: Work, actor: Actor, document: Header) -> bool:
    """Whether this person asked for it, or follows it for one who left, and it waits for others to let it go."""
    return document.kind is KIND and document.state in _OTHERS_TURN and asks_for(work, actor, document)


def nudges(work: Work, document: Header) -> int:
    """How often it was nudged."""
    return times_done(work, document.id, NudgeTransfer.__name__)[0]


def permit_nudge(work: Work, command: NudgeTransfer) -> None:
    """Raises NotAllowed for anybody but whoever asked for it."""
    document = header(work, command.document_id, KIND)
    if not asks_for(work, work.who, document):
        raise NotAllowed(verb=Verb.REMIND.value)


def nudge(work: Work, command: NudgeTransfer) -> Answer:
    """Have those told whom it waits for. The version stays, so that it takes no button away.

    Raises MovedOn, StepNotAllowed once the goods have left, or NudgedBefore within the hour.
    """
    document = header(work, command.document_id, KIND, lock=True)
    if not may_nudge(work, work.who, document):
        raise StepNotAllowed(state=document.state.value, step=Verb.REMIND.value)
    check_version(document, command.version)
    _, last = times_done(work, document.id, NudgeTransfer.__name__)
    if last is not None and work.now < last + NUDGE_EVERY:
        left = last + NUDGE_EVERY - work.now
        raise NudgedBefore(number=document.number, minutes=-(-left // timedelta(minutes=1)))
    return answer(document, "nudge", document)


def permit_clock(verb: Verb) -> Callable[[Work, StepCommand], None]:
    """Raises NotAllowed for anybody but the clock."""

    def permit(work: Work, command: StepCommand) -> None:
        if not may_at(work, work.who, verb, header(work, command.document_id, KIND).place_id):
            raise NotAllowed(verb=verb.value)

    return permit


def _due(
    work: Work, command: Callable[[int, int], StepCommand], name: str, query: Select[*tuple[Any, ...]]
) -> list[Due]:
    return [
        Due(command(document_id, version), f"{name}.{document_id}.{to_micros(when)}")
        for document_id, version, when in work.all(query)
    ]
