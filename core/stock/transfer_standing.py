"""Where a transfer stands once it left: its state by its lines, its dispute, and when to remind of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import insert, update
from sqlmodel import col

from core.ground.documents import Header, move_document
from core.ground.work import Work, picked
from core.people.directory import site
from core.people.ladder import deciders, ladder
from core.stock.routes import route
from core.stock.transfer_lines import Line
from core.stock.transfer_moves import standing
from data.kinds import Role, State
from data.statements import Statement, given, given_columns
from data.tables.base import table_of
from data.tables.stock import Dispute as DisputeRow


@dataclass(frozen=True, slots=True)
class Dispute:
    """Goods of a transfer that are missing or too many: who has to answer for its source, and until when."""

    document_id: int
    role: Role
    opened_at: datetime
    due_at: datetime
    closed_at: datetime | None


_OF_DOCUMENT = col(DisputeRow.document_id) == given("document_id")
_READ = Statement(picked(DisputeRow, Dispute).where(_OF_DOCUMENT))
_OPEN = Statement(insert(table_of(DisputeRow)).values({**given_columns(DisputeRow), "closed_at": None}))
_CLOSE = Statement(update(table_of(DisputeRow)).where(_OF_DOCUMENT).values(closed_at=given("now")))
_OPEN_AGAIN = Statement(
    update(table_of(DisputeRow))
    .where(_OF_DOCUMENT)
    .values({**{name: given(name) for name in ("role", "opened_at", "due_at")}, "closed_at": None})
)


def stands(work: Work, document: Header, lines: Sequence[Line], **columns: object) -> Header:
    """Move a transfer that left to where its lines say it stands; its dispute and its reminder follow."""
    turned_back_at = columns.get("turned_back_at", document.turned_back_at)
    state = standing(lines, turned_back=turned_back_at is not None)
    reminds_at = None
    if any(line.awaited or line.refused for line in lines):
        rules = route(work, document.place_id, document.other_place_id)
        reminds_at = work.now + timedelta(hours=rules.truck_within_hours)
    if State.DISPUTED in (document.state, state):
        _keep_dispute(work, document, state)
    return move_document(work, document, state, reminds_at=reminds_at, **columns)


def dispute_of(work: Work, document_id: int) -> Dispute | None:
    """The dispute about a transfer, open or closed; None where there never was one."""
    row = work.one(_READ, document_id=document_id)
    return None if row is None else Dispute(*row)


def asked_role(work: Work, document: Header, above: Role | None = None) -> Role:
    """Who answers for the source: the lowest rung with somebody on it, or the next one `above`; the top stays."""
    rungs = ladder(site(work, document.place_id).kind)
    higher = rungs[rungs.index(above) + 1 :] if above in rungs else rungs
    there = (role for role in higher if deciders(work, document.kind, role, document.place_id, but=0))
    return next(there, rungs[-1])


def _keep_dispute(work: Work, document: Header, state: State) -> None:
    """Open the dispute, or close it. Only a transfer in dispute has an open one."""
    before = dispute_of(work, document.id)
    was_open = before is not None and before.closed_at is None
    if state is not State.DISPUTED:
        if was_open:
            work.run(_CLOSE, document_id=document.id, now=work.now)
            work.changes.note("disputes", document.id, {"closed_at": None}, {"closed_at": work.now})
        return
    if was_open:
        return
    patience = timedelta(hours=route(work, document.place_id, document.other_place_id).answer_within_hours)
    asked = {"role": asked_role(work, document), "opened_at": work.now, "due_at": work.now + patience}
    work.run(_OPEN_AGAIN if before else _OPEN, document_id=document.id, **asked)
    work.changes.note("disputes", document.id, None, asked)
