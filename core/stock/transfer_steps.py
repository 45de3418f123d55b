"""Which steps a transfer's state leads on by, and who may take them: what its buttons are made of."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

from core.ground.commands import Answer
from core.ground.documents import Header, check_version, header
from core.ground.errors import NotAllowed, NothingOpen, SamePersonTwice, StepNotAllowed
from core.ground.events import Happened
from core.ground.permissions import Actor, Verb, allowed
from core.ground.work import Work
from core.people.approvals import approved_for, may_decide
from core.people.directory import heir, person, site
from core.stock.routes import route
from core.stock.transfer_commands import StepCommand
from core.stock.transfer_lines import Line, lines_of
from data.kinds import Bearer, DocumentKind, Standing, State, Step

KIND = DocumentKind.TRANSFER

_LEFT = frozenset({State.IN_TRANSIT, State.DISPUTED, State.RECEIVED, State.RETURNED, State.RETURNING})
_ARRIVING = frozenset({State.IN_TRANSIT, State.DISPUTED, State.RECEIVED})

TRANSITIONS: Mapping[tuple[State, Step], frozenset[State]] = MappingProxyType(
    {
        (State.SUBMITTED, Step.APPROVE): frozenset({State.SUBMITTED, State.APPROVED}),  # or others are asked yet
        (State.SUBMITTED, Step.REJECT): frozenset({State.REJECTED}),
        (State.SUBMITTED, Step.CANCEL): frozenset({State.CANCELLED}),
        (State.SUBMITTED, Step.FREEZE): frozenset({State.SUBMITTED}),
        (State.APPROVED, Step.DISPATCH): frozenset({State.IN_TRANSIT}),
        (State.APPROVED, Step.RECEIVE): _ARRIVING,  # on a direct route, where receiving dispatches too
        (State.APPROVED, Step.CANCEL): frozenset({State.CANCELLED}),
        (State.APPROVED, Step.FREEZE): frozenset({State.APPROVED}),
        (State.IN_TRANSIT, Step.RECEIVE): _ARRIVING,
        (State.IN_TRANSIT, Step.TURN_BACK): frozenset({State.RETURNING}),
        (State.IN_TRANSIT, Step.TAKE_BACK): _LEFT - {State.RETURNING},
        (State.IN_TRANSIT, Step.HOLD): frozenset({State.IN_TRANSIT}),
        (State.IN_TRANSIT, Step.KEEP): frozenset({State.IN_TRANSIT}),
        (State.IN_TRANSIT, Step.SEND_ON): frozenset({State.IN_TRANSIT}),
        (State.IN_TRANSIT, Step.SEND_BACK): frozenset({State.RETURNING}),
        (State.RETURNING, Step.TAKE_BACK): _LEFT - {State.IN_TRANSIT},
        (State.DISPUTED, Step.RECEIVE): _LEFT - {State.RETURNED},
        (State.DISPUTED, Step.TAKE_BACK): _LEFT,
        (State.DISPUTED, Step.WRITE_OFF): _LEFT,
        (State.DISPUTED, Step.SENT_MORE): _LEFT - {State.RETURNED},
        (State.DISPUTED, Step.NOT_SENT): _LEFT,
    }
)
"""Where each step may lead. Which of several states it is, the lines say (`transfer_moves.standing`)."""


def check_open(state: State, step: Step) -> None:
    """Raises StepNotAllowed for a pair that is not in the table."""
    if (state, step) not in TRANSITIONS:
        raise StepNotAllowed(state=state.value, step=step.value)


def open_for(work: Work, command: StepCommand, step: Step) -> tuple[Header, list[Line]]:
    """The transfer, locked, if the step is open, has goods to be for, and nobody moved it since the person saw it.

    Raises StepNotAllowed, MovedOn or NothingOpen.
    """
    document = header(work, command.document_id, KIND, lock=True)
    check_open(document.state, step)
    check_version(document, command.version)
    lines = lines_of(work, document.id)
    if not has_goods_for(standpoint(work, document, lines), step):
        raise NothingOpen(document_id=document.id, step=step.value)
    return document, lines


@dataclass(frozen=True, slots=True)
class Standpoint:
    """A transfer as a person looks at it: what the questions of this module are asked of."""

    document: Header
    lines: Sequence[Line]
    direct: bool


def standpoint(work: Work, document: Header, lines: Sequence[Line]) -> Standpoint:
    """The transfer with what its open steps depend on."""
    direct = document.state is State.APPROVED and is_direct(work, document)
    return Standpoint(document, lines, direct)


def is_direct(work: Work, document: Header) -> bool:
    """Whether receiving on this transfer's route dispatches too."""
    return route(work, document.place_id, document.other_place_id).direct == 1


def may(work: Work, actor: Actor, step: Step, seen: Standpoint) -> bool:
    """Whether this person may take this step with this transfer now."""
    return (
        (seen.document.state, step) in TRANSITIONS
        and has_goods_for(seen, step)
        and not (step is Step.RECEIVE and actor.id in first_hands(work, seen.document))
        and not (step is Step.WRITE_OFF and actor.id == seen.document.dispatched_by_id)
        and may_ever(work, actor, step, seen.document)
    )


def has_goods_for(seen: Standpoint, step: Step) -> bool:
    """Whether the transfer has goods that this step is for."""
    lines, document = seen.lines, seen.document
    held, refused = document.held_at_id is not None, any(line.refused for line in lines)
    awaited, missing = any(line.awaited for line in lines), any(line.missing for line in lines)
    match step:
        case Step.FREEZE:
            return not any(line.frozen for line in lines)
        case Step.RECEIVE:
            return seen.direct or missing or (awaited and document.turned_back_at is None)
        case Step.TURN_BACK:
            return awaited and document.turned_back_at is None and not held
        case Step.TAKE_BACK:
            return refused or missing or (awaited and document.turned_back_at is not None)
        case Step.WRITE_OFF:
            return missing
        case Step.SENT_MORE | Step.NOT_SENT:
            return any(line.over for line in lines)
        case Step.HOLD:
            return awaited and not held
        case Step.KEEP:
            # Goods for the warehouse are inspected there, so no store keeps them.
            return held and not any(line.arrived for line in lines) and document.return_reason is None
        case Step.SEND_ON | Step.SEND_BACK:
            return held
        case _:
            return True


def may_ever(work: Work, actor: Actor, step: Step, document: Header) -> bool:
    """Whether this person is one who takes this step with this transfer, whatever its state."""
    source, target = document.place_id, document.other_place_id
    match step:
        case Step.APPROVE | Step.REJECT:
            return may_decide(work, document, actor)
        case Step.CANCEL | Step.TURN_BACK:
            return asks_for(work, actor, document) or may_at(work, actor, Verb.CANCEL, source, target)
        case Step.FREEZE:
            return asks_for(work, actor, document) or may_at(work, actor, Verb.SUBMIT, source, target)
        case Step.DISPATCH:
            return may_at(work, actor, Verb.DISPATCH, source)
        case Step.RECEIVE:
            return may_at(work, actor, Verb.RECEIVE, target)
        case Step.TAKE_BACK:
            return may_at(work, actor, Verb.RECEIVE, source)
        case Step.WRITE_OFF:
            return any(may_burden(work, actor, bearer, document) for bearer in Bearer)
        case Step.SENT_MORE | Step.NOT_SENT:
            return may_at(work, actor, Verb.APPROVE, source)
        case Step.HOLD:
            home = actor.home_id
            return home is not None and home not in (source, target) and may_at(work, actor, Verb.RECEIVE, home)
        case Step.KEEP | Step.SEND_ON | Step.SEND_BACK:
            return may_at(work, actor, Verb.APPROVE, source, target)


def asks_for(work: Work, actor: Actor, document: Header) -> bool:
    """Whether this person asked for the transfer, or goes on for one who did and has left."""
    return actor.is_active and actor.id in (document.requester_id, heir(work, document.requester_id))


def may_burden(work: Work, actor: Actor, bearer: Bearer, document: Header) -> bool:
    """Whether this person may have a loss borne by this one.

    A place is burdened by its own people only; the carrier, the supplier and the company by those above the stores.
    """
    if bearer is Bearer.SOURCE:
        return may_at(work, actor, Verb.APPROVE, document.place_id)
    if bearer is Bearer.DESTINATION:
        return may_at(work, actor, Verb.APPROVE, document.other_place_id)
    return may_at(work, actor, Verb.CHARGE, document.place_id, document.other_place_id)


def first_hands(work: Work, document: Header) -> frozenset[int]:
    """Who may not say that the goods arrived: who dispatched them; on a direct route also who spoke for the source."""
    hands = spoke_for_source(work, document) if is_direct(work, document) else []
    return frozenset([*hands, *([document.dispatched_by_id] if document.dispatched_by_id else [])])


def spoke_for_source(work: Work, document: Header) -> list[int]:
    """Who asked for the transfer of goods of their own place, and who approved it; the last of them comes first."""
    deciders = approved_for(work, document.id, document.place_id)
    return [*deciders, *([document.requester_id] if asked_by_source(work, document) else [])]


def asked_by_source(work: Work, document: Header) -> bool:
    """Whether whoever asked for the transfer speaks for its source. That they left since changes nothing of it."""
    asked = replace(person(work, document.requester_id), standing=Standing.ACTIVE)
    return may_at(work, asked, Verb.SUBMIT, document.place_id)


def check_second_hand(work: Work, document: Header) -> None:
    """Raises SamePersonTwice when who acts dispatched these goods, or counts as who did."""
    if work.who.id in first_hands(work, document):
        raise SamePersonTwice(document_id=document.id)


def permit_step(step: Step, verb: Verb) -> Callable[[Work, StepCommand], None]:
    """What most steps ask first: raises NotAllowed for who is not one to take it, in any state."""

    def permit(work: Work, command: StepCommand) -> None:
        document = header(work, command.document_id, KIND, lock=True)
        if not may_ever(work, work.who, step, document):
            at_target = step is Step.RECEIVE
            raise NotAllowed(verb=verb.value, place_id=document.other_place_id if at_target else document.place_id)

    return permit


def may_at(work: Work, actor: Actor, verb: Verb, *place_ids: int) -> bool:
    """Whether this person may do this with transfers at one of these places."""
    return any(allowed(actor, verb, KIND, site(work, place_id)) for place_id in place_ids)


def answer(document: Header, step: str, before: Header | None, also: Sequence[Happened] = ()) -> Answer:
    """What a step answers: the transfer as it is now, as it was, and the events to tell of."""
    was = None if before is None else {"state": before.state.value, "version": before.version}
    events = (Happened(f"transfer.{step}", document.id), *also)
    return Answer(document.id, document.version, document.state.value, was, events)
