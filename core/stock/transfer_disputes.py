"""Goods that are missing or too many, and the ways in which that ends. Silence settles nothing: it climbs.

A late find is received, and what turns up at the source is taken back, as any goods on the road are.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from sqlalchemy import select, update
from sqlmodel import col

from core.ground.commands import Answer
from core.ground.documents import Header, header
from core.ground.errors import DoesNotAddUp, NotAllowed, NothingAsked, NotYetDue, SamePersonTwice
from core.ground.permissions import Actor, Verb
from core.ground.work import Work
from core.people.ladder import deciders
from core.stock.ledger import edge, post
from core.stock.routes import route
from core.stock.transfer_commands import EscalateDispute, NotSent, SentMore, WriteOffMissing
from core.stock.transfer_lines import keep_lines
from core.stock.transfer_moves import sent_more as moves_of_more
from core.stock.transfer_moves import written_off
from core.stock.transfer_standing import asked_role, dispute_of, stands
from core.stock.transfer_steps import KIND, answer, may_at, may_burden, open_for
from data.kinds import Bearer, Cause, PlaceKind, Role, Standing, Step
from data.statements import Statement, given
from data.tables.base import table_of
from data.tables.stock import Dispute, Posting

_CLIMB = Statement(
    update(table_of(Dispute))
    .where(col(Dispute.document_id) == given("document_id"))
    .values({name: given(name) for name in ("role", "due_at")})
)
_OPEN_TO = Statement(
    select(col(Dispute.document_id))
    .where(col(Dispute.role) == given("role"), col(Dispute.closed_at).is_(None))
    .order_by(col(Dispute.document_id))
)
_BORNE = Statement(
    select(col(Posting.borne_by))
    .where(col(Posting.document_id) == given("document_id"), col(Posting.cause) == Cause.TRANSFER_LOSS)
    .order_by(col(Posting.id))
)


def permit_write_off(work: Work, command: WriteOffMissing) -> None:
    """Raises NotAllowed for who may not burden the bearer, SamePersonTwice for who dispatched the goods."""
    document = header(work, command.document_id, KIND)
    if not may_burden(work, work.who, command.bearer, document):
        at_target = command.bearer is Bearer.DESTINATION
        place_id = document.other_place_id if at_target else document.place_id
        raise NotAllowed(verb=Verb.CHARGE.value, place_id=place_id)
    if document.dispatched_by_id == work.who.id:
        raise SamePersonTwice(document_id=document.id)


def write_off(work: Work, command: WriteOffMissing) -> Answer:
    """Book missing goods as lost, with who bears it. Raises DoesNotAddUp for more than is missing of a line."""
    document, lines = open_for(work, command, Step.WRITE_OFF)
    counts = {one.line: one.count for one in command.counts} or {line.line: line.missing for line in lines}
    if counts.keys() - {line.line for line in lines} or len(counts) < len(command.counts):
        raise DoesNotAddUp(sku_id=lines[0].sku_id, dispatched=len(lines), said=len(counts))
    if not any(counts.values()):
        raise NothingAsked()
    loss = edge(work, PlaceKind.LOSS)
    changed = [written_off(document.place_id, loss, line, counts.get(line.line, 0), command.bearer) for line in lines]
    after = [line for (line,), _ in changed]
    post(work, document, [move for _, moves in changed for move in moves], work.now)
    keep_lines(work, document.id, lines, after)
    return answer(stands(work, document, after), "write_off", document)


def sent_more(work: Work, command: SentMore) -> Answer:
    """Book what arrived above the dispatch, at the source's rate. Raises NotEnoughStock where its book lacks it."""
    document, lines = open_for(work, command, Step.SENT_MORE)
    postings = post(work, document, moves_of_more(document.place_id, document.other_place_id, lines), work.now)
    values = {posted.line: posted.value_fen for posted in postings if posted.quantity}
    after = [
        replace(
            line,
            dispatched=line.dispatched + line.over,
            received=line.received + line.over,
            value_fen=line.value_fen + values.get(line.line, 0),
            over=0,
        )
        for line in lines
    ]
    keep_lines(work, document.id, lines, after)
    return answer(stands(work, document, after), "sent_more", document)


def not_sent(work: Work, command: NotSent) -> Answer:
    """The source did not send more. Nothing is posted: the target counts what it has."""
    document, lines = open_for(work, command, Step.NOT_SENT)
    after = [replace(line, over=0) for line in lines]
    keep_lines(work, document.id, lines, after)
    return answer(stands(work, document, after), "not_sent", document)


def escalate(work: Work, command: EscalateDispute) -> Answer:
    """Ask the next one up, who has as long as the first had. Raises NotYetDue before the deadline."""
    document = header(work, command.document_id, KIND, lock=True)
    found = dispute_of(work, document.id)
    if found is None or found.closed_at is not None or found.due_at > work.now:
        raise NotYetDue(document_id=document.id)
    patience = timedelta(hours=route(work, document.place_id, document.other_place_id).answer_within_hours)
    columns = {"role": asked_role(work, document, above=found.role), "due_at": work.now + patience}
    work.run(_CLIMB, document_id=document.id, **columns)
    work.changes.note("disputes", document.id, {"role": found.role, "due_at": found.due_at}, columns)
    return answer(document, "escalate", document)


def waits_for_alone(work: Work, actor: Actor) -> list[int]:
    """The transfers in dispute that wait for this person's answer and for nobody else's, the oldest first.

    Somebody who is suspended counts as if they were there.
    """
    found = (header(work, document_id, KIND) for (document_id,) in work.rows(_OPEN_TO, role=actor.role))
    there = replace(actor, standing=Standing.ACTIVE)
    return [
        document.id
        for document in found
        if may_at(work, there, Verb.APPROVE, document.place_id)
        and all(one.id == actor.id for one in _asked(work, document, actor.role))
    ]


def climb(work: Work, document: Header) -> None:
    """Ask the next one up where nobody is left who was asked, and give them as long as the first had."""
    found = dispute_of(work, document.id)
    if found is not None and found.closed_at is None and not _asked(work, document, found.role):
        patience = timedelta(hours=route(work, document.place_id, document.other_place_id).answer_within_hours)
        columns = {"role": asked_role(work, document, above=found.role), "due_at": work.now + patience}
        work.run(_CLIMB, document_id=document.id, **columns)


def _asked(work: Work, document: Header, role: Role) -> list[Actor]:
    return deciders(work, document.kind, role, document.place_id, but=0)


def bearers_of(work: Work, document_id: int) -> list[Bearer]:
    """Everybody who bears a loss of this transfer, in the order in which the losses were booked."""
    return list(dict.fromkeys(one for (one,) in work.rows(_BORNE, document_id=document_id) if one))
