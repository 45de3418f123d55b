"""A transfer on the road: loaded, received in parts, called back, taken back, and found on another store's truck."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from core.ground.commands import Answer
from core.ground.documents import Header, header, open_document
from core.ground.errors import DoesNotAddUp, NoReasonGiven, NotAllowed, NothingAsked
from core.ground.events import Happened
from core.ground.permissions import Verb
from core.ground.work import Work
from core.people.approvals import pass_steps_on
from core.stock.carry import Key, Move
from core.stock.ledger import lock_balances, post
from core.stock.routes import route
from core.stock.transfer_commands import (
    Arrived,
    Counted,
    DispatchTransfer,
    HoldTransfer,
    KeepHeld,
    ReceiveTransfer,
    SendHeldBack,
    SendHeldOn,
    TakeBack,
    TakenBack,
    TurnBack,
)
from core.stock.transfer_lines import Line, keep_lines
from core.stock.transfer_moves import arrived, frozen, loaded, taken_back, with_values
from core.stock.transfer_requests import freeze_lasts
from core.stock.transfer_standing import stands
from core.stock.transfer_steps import KIND, answer, check_second_hand, may_at, open_for, spoke_for_source
from data.kinds import LoadReason, State, Step


def dispatch(work: Work, command: DispatchTransfer) -> Answer:
    """Put the goods on the road; each line's value is fixed.

    Less than approved needs a reason; its rest is free, or a second transfer. More than approved is a new line.
    Raises NotEnoughStock for goods that are not frozen and not available, NoReasonGiven, NothingAsked for no goods.
    """
    document, lines = open_for(work, command, Step.DISPATCH)
    counts = _counts(lines, command.loaded)
    rest = [
        replace(line, asked=left, approved=left, frozen=max(line.frozen - counts[line.line], 0))
        for line in lines
        if (left := line.approved - counts[line.line]) > 0
    ]
    if rest and command.reason is None:
        raise NoReasonGiven(document_id=document.id)
    on_road = _load(work, document, lines, counts)
    second = [_leave_for_later(work, document, rest)] if rest and command.rest_later else []
    moved = _leaves(work, document, on_road, work.who.id, command.reason if rest else None)
    return answer(moved, "dispatch", document, also=second)


def receive(work: Work, command: ReceiveTransfer) -> Answer:
    """Book what arrived. What was not spoken of is awaited still; where the transfer stands, its lines say.

    On a direct route an approved transfer is dispatched first, by whoever spoke for the source.

    Raises SamePersonTwice for who dispatched it, DoesNotAddUp for more than is on the road, NothingAsked for nothing.
    """
    document, lines = open_for(work, command, Step.RECEIVE)
    check_second_hand(work, document)
    before = document
    if document.state is State.APPROVED:
        # Two postings in one transaction: all their balances are locked at once, in the order that everybody keeps.
        ends = (document.place_id, document.other_place_id)
        lock_balances(work, [Key(line.sku_id, place_id) for line in lines for place_id in ends])
        on_road = _load(work, document, lines, _counts(lines, ()))
        by_id = next(iter(spoke_for_source(work, document)), document.requester_id)
        document = _leaves(work, document, on_road, by_id, None)
        lines = on_road
    seen = {one.line: one for one in command.arrived}
    _check_lines(lines, [one.line for one in command.arrived])
    if not any(one.taken or one.missing or one.over for one in command.arrived):
        raise NothingAsked()
    if document.return_reason is None and any(one.for_supplier for one in command.arrived):
        raise NothingAsked()
    ends = (document.place_id, document.other_place_id)
    changed = [arrived(*ends, line, seen.get(line.line, Arrived(line.line))) for line in lines]
    after = _keep(work, document, lines, [(one, moves) for (one,), moves in changed])
    moved = stands(work, document, after, received_by_id=work.who.id, received_at=work.now, held_at_id=None)
    return answer(moved, "receive", before)


def turn_back(work: Work, command: TurnBack) -> Answer:
    """Call back what has not arrived. It stays on the road until the source takes it back."""
    document, lines = open_for(work, command, Step.TURN_BACK)
    moved = stands(work, document, lines, turned_back_at=work.now)
    return answer(moved, "turn_back", document)


def take_back(work: Work, command: TakeBack) -> Answer:
    """Book what is at the source again, good or damaged. Raises DoesNotAddUp for more than can have come back."""
    document, lines = open_for(work, command, Step.TAKE_BACK)
    _check_lines(lines, [one.line for one in command.taken])
    if not any(one.good or one.damaged or one.missing for one in command.taken):
        raise NothingAsked()
    seen = {one.line: one for one in command.taken}
    turned_back = document.turned_back_at is not None
    changed = [
        taken_back(document.place_id, line, seen.get(line.line, TakenBack(line.line)), turned_back=turned_back)
        for line in lines
    ]
    after = _keep(work, document, lines, [(one, moves) for (one,), moves in changed])
    return answer(stands(work, document, after), "take_back", document)


def permit_hold(work: Work, command: HoldTransfer) -> None:
    """Raises NotAllowed unless who acts receives goods at a third place, where they are now."""
    document = header(work, command.document_id, KIND)
    ends = (document.place_id, document.other_place_id)
    if command.place_id in ends or not may_at(work, work.who, Verb.RECEIVE, command.place_id):
        raise NotAllowed(verb=Verb.RECEIVE.value, place_id=command.place_id)


def hold(work: Work, command: HoldTransfer) -> Answer:
    """Note that a third place has the goods. They stay in transit, on the source's books."""
    document, lines = open_for(work, command, Step.HOLD)
    return answer(stands(work, document, lines, held_at_id=command.place_id), "hold", document)


def keep(work: Work, command: KeepHeld) -> Answer:
    """The place that has the goods is their target from now on, and receives them as any target does."""
    document, lines = open_for(work, command, Step.KEEP)
    holder_id = document.held_at_id or document.other_place_id
    kept = replace(document, other_place_id=holder_id)  # what may take how long is now said by the route to the holder
    return answer(stands(work, kept, lines, other_place_id=holder_id, held_at_id=None), "keep", document)


def send_on(work: Work, command: SendHeldOn) -> Answer:
    """The goods go on to their target."""
    document, lines = open_for(work, command, Step.SEND_ON)
    return answer(stands(work, document, lines, held_at_id=None), "send_on", document)


def send_back(work: Work, command: SendHeldBack) -> Answer:
    """The goods go back to their source."""
    document, lines = open_for(work, command, Step.SEND_BACK)
    moved = stands(work, document, lines, held_at_id=None, turned_back_at=work.now)
    return answer(moved, "send_back", document)


def _load(work: Work, document: Header, lines: Sequence[Line], counts: dict[int, int]) -> list[Line]:
    if not any(counts.values()):
        raise NothingAsked()
    after, moves = loaded(document.place_id, lines, counts)
    after = with_values(after, post(work, document, moves, work.now))
    keep_lines(work, document.id, lines, after)
    return after


def _leaves(
    work: Work, document: Header, lines: Sequence[Line], by_id: int | None, reason: LoadReason | None
) -> Header:
    columns = {"dispatched_by_id": by_id, "dispatched_at": work.now, "load_reason": reason}
    return stands(work, document, lines, lapses_at=None, **columns)


def _leave_for_later(work: Work, document: Header, rest: Sequence[Line]) -> Happened:
    """Open a second transfer, approved already, for what was not loaded. What was frozen of it is frozen for it."""
    ends = (document.place_id, document.other_place_id)
    fresh = [
        Line(number, line.sku_id, line.unit, line.asked, line.approved, 0) for number, line in enumerate(rest, start=1)
    ]
    after, moves = frozen(document.place_id, fresh, _as_far_as_there(work, document.place_id, rest))
    second = open_document(
        work,
        KIND,
        State.APPROVED,
        *ends,
        requester_id=document.requester_id,
        names_id=document.id,
        return_reason=document.return_reason,
        **freeze_lasts(work, after, route(work, *ends).dispatch_within_hours),
    )
    pass_steps_on(work, document, second)
    keep_lines(work, second.id, [], after)
    post(work, second, moves, work.now)
    return Happened("transfer.approve", second.id)


def _as_far_as_there(work: Work, source_id: int, rest: Sequence[Line]) -> dict[int, int]:
    """How much of what was frozen can be frozen again, by its new number: where frozen goods were sold, not all."""
    balances = lock_balances(work, [Key(line.sku_id, source_id) for line in rest])
    there = {key.sku_id: max(balance.available, 0) for key, balance in balances.items()}
    counts = {}
    for number, line in enumerate(rest, start=1):
        counts[number] = min(line.frozen, there[line.sku_id])
        there[line.sku_id] -= counts[number]
    return counts


def _keep(
    work: Work, document: Header, before: Sequence[Line], changed: Sequence[tuple[Line, list[Move]]]
) -> list[Line]:
    """Post and write what became of the lines."""
    after, moves = [line for line, _ in changed], [move for _, one in changed for move in one]
    post(work, document, moves, work.now)
    keep_lines(work, document.id, before, after)
    return after


def _counts(lines: Sequence[Line], said: Sequence[Counted]) -> dict[int, int]:
    """What was loaded of each line: as it was said, else all that was approved."""
    _check_lines(lines, [one.line for one in said])
    return {line.line: line.approved for line in lines} | {one.line: one.count for one in said}


def _check_lines(lines: Sequence[Line], said: Sequence[int]) -> None:
    """Raises DoesNotAddUp for a line that is not there, or that was said twice."""
    if len(set(said)) != len(said) or not set(said) <= {line.line for line in lines}:
        raise DoesNotAddUp(sku_id=lines[0].sku_id, dispatched=len(lines), said=len(said))
