"""Transfers: goods that one place gives to another, from the request to what arrived."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from datetime import timedelta
from types import MappingProxyType

from sqlmodel import col

from core.goods.holdings import check_holds_goods, pack_factors, place_kind
from core.ground.commands import Answer, AnyRule, Command, Rule
from core.ground.documents import Header, check_version, header, move_document, open_document
from core.ground.errors import (
    DoesNotAddUp,
    NotAllowed,
    NothingAsked,
    NotYetDue,
    SamePersonTwice,
    SamePlace,
    StepNotAllowed,
    TooMuch,
)
from core.ground.events import Happened
from core.ground.permissions import Actor, Verb, allowed
from core.ground.quantity import MOST
from core.ground.work import Work, picked
from core.people.approvals import (
    Needed,
    ask,
    decide,
    drop_steps,
    may_decide,
    needed_step,
    permit_decision,
)
from core.people.directory import site
from core.stock.ledger import post
from core.stock.routes import route
from core.stock.transfer_commands import (
    ApproveTransfer,
    CancelTransfer,
    DispatchTransfer,
    LapseTransfer,
    ReceiveTransfer,
    RejectTransfer,
    SubmitTransfer,
)
from core.stock.transfer_lines import (
    add_line,
    arrival_moves,
    change_line,
    check_arrival,
    dispatch_moves,
    freeze_moves,
    lines_of,
    release_moves,
)
from data.kinds import Decision, DocumentKind, State, Step
from data.tables.stock import Document

KIND = DocumentKind.TRANSFER

TRANSITIONS: Mapping[tuple[State, Step], State] = MappingProxyType(
    {
        (State.SUBMITTED, Step.APPROVE): State.APPROVED,
        (State.SUBMITTED, Step.REJECT): State.REJECTED,
        (State.SUBMITTED, Step.CANCEL): State.CANCELLED,
        (State.APPROVED, Step.CANCEL): State.CANCELLED,
        (State.APPROVED, Step.DISPATCH): State.IN_TRANSIT,
        (State.IN_TRANSIT, Step.RECEIVE_ALL): State.RECEIVED,  # people say "received": the arrival
        (State.IN_TRANSIT, Step.RECEIVE_SHORT): State.DISPUTED,  # decides which of the two it was
    }
)


def next_state(state: State, step: Step) -> State:
    """The state that `step` leads to. Raises StepNotAllowed for a pair that is not in the table."""
    try:
        return TRANSITIONS[state, step]
    except KeyError:
        raise StepNotAllowed(state=state.value, step=step.value) from None


def steps_from(state: State) -> list[Step]:
    """The steps open in `state`: the buttons a card may show."""
    return [step for (start, step) in TRANSITIONS if start is state]


def permit_submit(work: Work, command: SubmitTransfer) -> None:
    """Raises NotAllowed unless who acts may ask for transfers at one of the two places."""
    if not _may_at(work, work.who, Verb.SUBMIT, command.source_id, command.target_id):
        raise NotAllowed(verb=Verb.SUBMIT.value, place_id=command.source_id)


def submit(work: Work, command: SubmitTransfer) -> Answer:
    """Open the transfer and freeze its goods; approved at once where no rule asks for a word."""
    check_request(work, command)
    needed = needed_approval(work, command)
    rules = route(work, command.source_id, command.target_id)
    until = work.now + timedelta(hours=rules.approve_within_hours)
    document = open_document(work, KIND, State.SUBMITTED, command.source_id, command.target_id, lapses_at=until)
    for number, line in enumerate(command.lines, start=1):
        add_line(work, document.id, number, line.sku_id, line.unit, line.count)
    post(work, document, freeze_moves(command.source_id, lines_of(work, document.id)), work.now)
    if needed:
        ask(work, document, needed)
        return _answer(document, "submit", None)
    return _approved(work, document, None)


def check_request(work: Work, command: SubmitTransfer) -> None:
    """Raises the refusal that a request earns before any stock is looked at."""
    if command.source_id == command.target_id:
        raise SamePlace(place_id=command.source_id)
    for place_id in (command.source_id, command.target_id):
        check_holds_goods(work, place_id)
    if not command.lines or any(line.count < 1 for line in command.lines):
        raise NothingAsked()
    for line in command.lines:
        if line.count > MOST:
            raise TooMuch(sku_id=line.sku_id, wanted=line.count, most=MOST)


def needed_approval(work: Work, command: SubmitTransfer) -> Needed | None:
    """The word that this request would wait for, or None.

    Who asks for another place's goods (a pull) always needs that place's word. Who gives their own (a push) needs it
    when a product, over all its lines, is over the route's limit in packs.
    """
    if not _may_at(work, work.who, Verb.SUBMIT, command.source_id):
        return _step_at_source(work, command, "source_is_asked", None)
    limit = route(work, command.source_id, command.target_id).approval_above_packs
    factors = pack_factors(work, [line.sku_id for line in command.lines])
    wanted: Counter[int] = Counter()
    for line in command.lines:
        wanted[line.sku_id] += line.count
    if any(count > limit * factors[sku_id] for sku_id, count in wanted.items()):
        return _step_at_source(work, command, "over_limit", limit)
    return None


def approve(work: Work, command: ApproveTransfer) -> Answer:
    """Record the decision; the transfer waits for its dispatch, and the freeze lasts until then."""
    document = _open_for(work, command, Step.APPROVE)
    decide(work, document, Decision.APPROVED)
    return _approved(work, document, document)


def reject(work: Work, command: RejectTransfer) -> Answer:
    """Record the decision and let the goods go."""
    document = _open_for(work, command, Step.REJECT)
    decide(work, document, Decision.REJECTED, command.reason)
    _release(work, document)
    moved = move_document(work, document, State.REJECTED, lapses_at=None, reason=command.reason)
    return _answer(moved, "reject", document)


def cancel(work: Work, command: CancelTransfer) -> Answer:
    """Withdraw the transfer and let the goods go."""
    document = _open_for(work, command, Step.CANCEL)
    drop_steps(work, document.id)
    _release(work, document)
    moved = move_document(work, document, next_state(document.state, Step.CANCEL), lapses_at=None)
    return _answer(moved, "cancel", document)


def dispatch(work: Work, command: DispatchTransfer) -> Answer:
    """Put the goods on the road; each line's value is fixed. Raises NotEnoughStock when a lapsed freeze is gone."""
    document = _open_for(work, command, Step.DISPATCH)
    lines = lines_of(work, document.id)
    postings = post(work, document, dispatch_moves(document.place_id, lines), work.now)
    for line in lines:
        value = sum(posted.value_fen for posted in postings if posted.line == line.line and posted.quantity)
        columns = {"frozen": 0, "dispatched": line.asked, "value_fen": value, "value_left_fen": value}
        change_line(work, document.id, line.line, **columns)
    moved = move_document(work, document, State.IN_TRANSIT, lapses_at=None, dispatched_by_id=work.who.id)
    return _answer(moved, "dispatch", document)


def receive(work: Work, command: ReceiveTransfer) -> Answer:
    """Book what arrived. The transfer is received when nothing is missing, else disputed.

    Raises SamePersonTwice for who dispatched it, DoesNotAddUp for a line whose split is not what was dispatched.
    """
    document = _open_for(work, command, Step.RECEIVE_ALL)
    check_second_hand(work, document)
    arrived = {one.line: one for one in command.arrived}
    lines = lines_of(work, document.id)
    if len(arrived) != len(command.arrived) or arrived.keys() != {line.line for line in lines}:
        raise DoesNotAddUp(sku_id=lines[0].sku_id, dispatched=len(lines), said=len(command.arrived))
    for line in lines:
        check_arrival(line, arrived[line.line])
    moves = [
        move
        for line in lines
        for move in arrival_moves(document.place_id, document.other_place_id, line, arrived[line.line])
    ]
    if moves:
        post(work, document, moves, work.now)
    for line in lines:
        seen = arrived[line.line]
        gone = sum(move.value_fen or 0 for move in moves if move.line == line.line)
        columns = {"received": seen.good, "damaged": seen.damaged, "missing": seen.missing}
        change_line(work, document.id, line.line, **columns, value_left_fen=line.value_left_fen - gone)
    step = Step.RECEIVE_SHORT if any(one.missing for one in command.arrived) else Step.RECEIVE_ALL
    moved = move_document(work, document, next_state(document.state, step), received_by_id=work.who.id)
    return _answer(moved, step.value, document)


def check_second_hand(work: Work, document: Header) -> None:
    """Raises SamePersonTwice when who acts dispatched these goods."""
    if document.dispatched_by_id == work.who.id:
        raise SamePersonTwice(document_id=document.id)


def lapse(work: Work, command: LapseTransfer) -> Answer:
    """Let the goods go and leave the state; a later dispatch looks at what is available again.

    Raises NotYetDue when nothing is frozen any longer or the time has not come.
    """
    document = header(work, command.document_id, KIND, lock=True)
    check_version(document, command.version)
    if document.lapses_at is None or document.lapses_at > work.now:
        raise NotYetDue(document_id=document.id)
    _release(work, document)
    return _answer(move_document(work, document, document.state, lapses_at=None), "lapse", document)


def due_to_lapse(work: Work, most: int = 50) -> list[tuple[int, int]]:
    """The transfers whose freeze has waited too long, as (id, version), the oldest first and at most `most`."""
    late = picked(Document, Header).where(col(Document.kind) == KIND, col(Document.lapses_at) <= work.now)
    return [
        (found.id, found.version) for found in work.records(Header, late.order_by(col(Document.lapses_at)).limit(most))
    ]


def may(work: Work, actor: Actor, step: Step, document: Header) -> bool:
    """Whether this person may take this step with this document now: what a card's buttons are made of."""
    second_hand = step not in (Step.RECEIVE_ALL, Step.RECEIVE_SHORT) or actor.id != document.dispatched_by_id
    return (document.state, step) in TRANSITIONS and second_hand and may_ever(work, actor, step, document)


def may_ever(work: Work, actor: Actor, step: Step, document: Header) -> bool:
    """Whether this person is one who takes this step with this document, whatever its state."""
    if step in (Step.APPROVE, Step.REJECT):
        return may_decide(work, document, actor)
    if step is Step.CANCEL:
        places = (document.place_id, document.other_place_id)
        return actor.id == document.requester_id or _may_at(work, actor, Verb.CANCEL, *places)
    if step is Step.DISPATCH:
        return _may_at(work, actor, Verb.DISPATCH, document.place_id)
    return _may_at(work, actor, Verb.RECEIVE, document.other_place_id)


def permit_step(step: Step, verb: Verb) -> Callable[[Work, StepCommand], None]:
    """What every step but a decision asks first: raises NotAllowed for who is not one to take it, in any state."""

    def permit(work: Work, command: StepCommand) -> None:
        document = header(work, command.document_id, KIND)
        if not may_ever(work, work.who, step, document):
            raise NotAllowed(verb=verb.value, place_id=document.place_id)

    return permit


def permit_receive(work: Work, document: Header) -> None:
    """Raises NotAllowed for who does not receive goods at the target."""
    if not may_ever(work, work.who, Step.RECEIVE_ALL, document):
        raise NotAllowed(verb=Verb.RECEIVE.value, place_id=document.other_place_id)


def permit_decide(work: Work, command: ApproveTransfer | RejectTransfer) -> None:
    """Raises OwnRequest or NotAllowed while the transfer waits; once it is decided, its state is the answer."""
    # Locked, so that nobody decides between this look at the state and the one at the steps.
    document = header(work, command.document_id, KIND, lock=True)
    if document.state is State.SUBMITTED:
        permit_decision(work, document)


def permit_lapse(work: Work, command: LapseTransfer) -> None:
    """Raises NotAllowed for anybody but the clock."""
    if not _may_at(work, work.who, Verb.LAPSE, header(work, command.document_id, KIND).place_id):
        raise NotAllowed(verb=Verb.LAPSE.value)


StepCommand = CancelTransfer | DispatchTransfer | ReceiveTransfer

RULES: Mapping[type[Command], AnyRule] = MappingProxyType(
    {
        SubmitTransfer: Rule(permit_submit, submit),
        ApproveTransfer: Rule(permit_decide, approve),
        RejectTransfer: Rule(permit_decide, reject),
        CancelTransfer: Rule(permit_step(Step.CANCEL, Verb.CANCEL), cancel),
        DispatchTransfer: Rule(permit_step(Step.DISPATCH, Verb.DISPATCH), dispatch),
        ReceiveTransfer: Rule(
            lambda work, command: permit_receive(work, header(work, command.document_id, KIND)), receive
        ),
        LapseTransfer: Rule(permit_lapse, lapse),
    }
)


def _open_for(work: Work, command: ApproveTransfer | RejectTransfer | StepCommand, step: Step) -> Header:
    """The transfer, if the step is open and nobody moved it since the person saw it."""
    document = header(work, command.document_id, KIND, lock=True)
    next_state(document.state, step)
    check_version(document, command.version)
    return document


def _approved(work: Work, document: Header, before: Header | None) -> Answer:
    hours = route(work, document.place_id, document.other_place_id).dispatch_within_hours
    frozen = any(line.frozen for line in lines_of(work, document.id))
    until = work.now + timedelta(hours=hours) if frozen else None
    moved = move_document(work, document, next_state(document.state, Step.APPROVE), lapses_at=until)
    return _answer(moved, "approve", before)


def _release(work: Work, document: Header) -> None:
    lines = lines_of(work, document.id)
    moves = release_moves(document.place_id, lines)
    if moves:
        post(work, document, moves, work.now)
    for line in lines:
        change_line(work, document.id, line.line, frozen=0)


def _step_at_source(work: Work, command: SubmitTransfer, rule: str, limit: int | None) -> Needed:
    return needed_step(work, KIND, command.source_id, place_kind(work, command.source_id), rule, limit)


def _may_at(work: Work, actor: Actor, verb: Verb, *place_ids: int) -> bool:
    return any(allowed(actor, verb, KIND, site(work, place_id)) for place_id in place_ids)


def _answer(document: Header, step: str, before: Header | None) -> Answer:
    was = None if before is None else {"state": before.state.value, "version": before.version}
    event = Happened(f"transfer.{step}", document.id)
    return Answer(document.id, document.version, document.state.value, was, (event,))
