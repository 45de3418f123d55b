"""A transfer before it leaves: asked for, frozen, approved, rejected, withdrawn, and let go when nobody comes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import case, func, or_, select
from sqlmodel import col

from core.goods.holdings import check_counts, check_holds_goods, pack_factors
from core.ground.commands import Answer
from core.ground.documents import Header, check_version, header, move_document, open_document
from core.ground.errors import (
    MoreThanAsked,
    NotAllowed,
    NotAWarehouse,
    NotEnoughStock,
    NothingOpen,
    NotYetDue,
    SamePlace,
)
from core.ground.permissions import Verb
from core.ground.work import Work
from core.people.approvals import ask, decide, drop_steps, permit_decision
from core.people.directory import site
from core.stock.carry import Key
from core.stock.ledger import lock_balances, post
from core.stock.routes import route
from core.stock.transfer_commands import (
    ApproveTransfer,
    CancelTransfer,
    FreezeTransfer,
    LapseTransfer,
    RejectTransfer,
    SubmitTransfer,
)
from core.stock.transfer_lines import Line, keep_lines, lines_of
from core.stock.transfer_moves import frozen, released
from core.stock.transfer_rules import SOURCE_IS_ASKED, is_pull, needed_steps
from core.stock.transfer_steps import KIND, answer, asked_by_source, may_at, open_for
from data.kinds import Cause, Decision, PlaceKind, Shelf, State, Step
from data.statements import Statement, given
from data.tables.people import ApprovalStep
from data.tables.stock import Document, Posting

_SOURCE_WAS_ASKED = (
    select(col(ApprovalStep.id))
    .where(col(ApprovalStep.document_id) == col(Document.id), col(ApprovalStep.rule) == SOURCE_IS_ASKED)
    .exists()
)
_FROZEN_SINCE = Statement(
    select(
        col(Posting.sku_id),
        func.sum(case((col(Posting.cause) == Cause.FREEZE, col(Posting.quantity)), else_=-col(Posting.quantity))),
    )
    .join(Document, col(Document.id) == col(Posting.document_id))
    .where(
        col(Document.place_id) == given("source_id"),
        col(Document.other_place_id) == given("target_id"),
        col(Document.posted_at) >= given("since"),
        col(Document.kind) == KIND,
        _SOURCE_WAS_ASKED,
        or_(col(Posting.cause) == Cause.FREEZE, col(Posting.cause) == Cause.RELEASE),
    )
    .group_by(col(Posting.sku_id))
)


def permit_submit(work: Work, command: SubmitTransfer) -> None:
    """Raises NotAllowed unless who acts may ask for transfers at one of the two places."""
    if not may_at(work, work.who, Verb.SUBMIT, command.source_id, command.target_id):
        raise NotAllowed(verb=Verb.SUBMIT.value, place_id=command.source_id)


def permit_decide(work: Work, command: ApproveTransfer | RejectTransfer) -> None:
    """Raises OwnRequest or NotAllowed while the transfer waits; once it is decided, its state is the answer."""
    # Locked, so that nobody decides between this look at the state and the one at the steps.
    document = header(work, command.document_id, KIND, lock=True)
    if document.state is State.SUBMITTED:
        permit_decision(work, document)


def submit(work: Work, command: SubmitTransfer) -> Answer:
    """Open the transfer and freeze its goods; approved at once where no rule asks for a word."""
    return open_request(work, command)


def open_request(work: Work, command: SubmitTransfer, *, reverses_id: int | None = None) -> Answer:
    """As `submit`. What takes another transfer back names it."""
    check_request(work, command)
    needed = needed_steps(work, command)
    ends, lines, pull = (command.source_id, command.target_id), lines_asked(command), is_pull(work, command.source_id)
    counts = freezable(work, ends, lines, locked_stock(work, *ends, lines, pull=pull), pull=pull)
    lines, moves = frozen(command.source_id, lines, counts)
    rules = route(work, *ends)
    state, hours = State.SUBMITTED, rules.approve_within_hours
    if not needed:
        state, hours = State.APPROVED, rules.dispatch_within_hours
    lasts, version = freeze_lasts(work, lines, hours), 1 if needed else 2
    lasts |= {"return_reason": command.return_reason, "reverses_id": reverses_id}
    document = open_document(work, KIND, state, *ends, version=version, **lasts)
    keep_lines(work, document.id, [], lines)
    post(work, document, moves, work.now)
    if not needed:
        return answer(document, "approve", None)
    ask(work, document, needed)
    return answer(document, "submit", None)


def check_request(work: Work, command: SubmitTransfer) -> None:
    """Raises the refusal that a request earns before any stock is looked at."""
    if command.source_id == command.target_id:
        raise SamePlace(place_id=command.source_id)
    for place_id in (command.source_id, command.target_id):
        check_holds_goods(work, place_id)
    if command.return_reason and site(work, command.target_id).kind is not PlaceKind.WAREHOUSE:
        raise NotAWarehouse(place_id=command.target_id)
    check_counts(command.lines)


def lines_asked(command: SubmitTransfer) -> list[Line]:
    """The lines of a request as they are written: all of it asked and approved, nothing frozen yet."""
    return [
        Line(number, one.sku_id, one.unit, one.count, one.count, 0) for number, one in enumerate(command.lines, start=1)
    ]


def locked_stock(work: Work, source_id: int, target_id: int, lines: Sequence[Line], *, pull: bool) -> dict[int, int]:
    """What the source has available of these lines' SKUs, in smallest units; its balances are locked."""
    if pull:
        # Two requests of the same day must not both find the day's limit untouched.
        work.hold(f"pull {source_id} {target_id}")
    keys = [Key(sku_id, source_id) for sku_id in sorted({line.sku_id for line in lines})]
    balances = lock_balances(work, keys)
    return {key.sku_id: balances[key].available for key in keys}


def freezable(
    work: Work, ends: tuple[int, int], lines: Sequence[Line], there: Mapping[int, int], *, pull: bool
) -> dict[int, int]:
    """How much of each line may be frozen of what is `there`, by its number, in smallest units.

    A push freezes all of it. A pull takes what the source does not keep back, as far as the day's limit goes, in the
    order of the lines. Raises NotEnoughStock where the source has less than is asked for.
    """
    wanted: Counter[int] = Counter()
    for line in lines:
        wanted[line.sku_id] += line.approved
    for sku_id, count in sorted(wanted.items()):
        if count > there[sku_id]:
            raise NotEnoughStock(ends[0], Shelf.AVAILABLE.value, sku_id, wanted=count, there=max(there[sku_id], 0))
    if not pull:
        return {line.line: line.approved for line in lines}
    most, counts = _most_for_others(work, ends, there), {}
    for line in lines:
        counts[line.line] = min(line.approved, most[line.sku_id])
        most[line.sku_id] -= counts[line.line]
    return counts


def approve(work: Work, command: ApproveTransfer) -> Answer:
    """Record the word of who acts; after the last one it waits for its dispatch, and so long the freeze lasts.

    While others are still asked it stays submitted, one version on, and frozen for as long as was promised. Approving
    less frees the rest at once, and those who are asked next approve at most that. Raises MoreThanAsked for more than
    was asked, for nothing at all, and for a line that is not there or was said twice.
    """
    document, lines = open_for(work, command, Step.APPROVE)
    goes_on = decide(work, document, Decision.APPROVED)
    counts = {one.line: one.count for one in command.counts}
    for line in lines:
        if counts.get(line.line, line.approved) > line.approved:
            raise MoreThanAsked(sku_id=line.sku_id, asked=line.approved, said=counts[line.line])
    kept = {line.line: counts.get(line.line, line.approved) for line in lines}
    if not any(kept.values()) or counts.keys() - kept.keys() or len(counts) < len(command.counts):
        raise MoreThanAsked(sku_id=lines[0].sku_id, asked=lines[0].approved, said=sum(counts.values()))
    after, moves = released(document.place_id, lines, kept)
    after = [replace(line, approved=kept[line.line]) for line in after]
    post(work, document, moves, work.now)
    keep_lines(work, document.id, lines, after)
    if not goes_on:
        return answer(move_document(work, document, State.SUBMITTED), "approve", document)
    hours = route(work, document.place_id, document.other_place_id).dispatch_within_hours
    moved = move_document(work, document, State.APPROVED, **freeze_lasts(work, after, hours))
    return answer(moved, "approve", document)


def reject(work: Work, command: RejectTransfer) -> Answer:
    """Record the decision and let the goods go."""
    document, lines = open_for(work, command, Step.REJECT)
    decide(work, document, Decision.REJECTED, command.reason)
    release(work, document, lines)
    moved = move_document(work, document, State.REJECTED, lapses_at=None, reminds_at=None, reason=command.reason)
    return answer(moved, "reject", document)


def cancel(work: Work, command: CancelTransfer) -> Answer:
    """Withdraw the transfer and let the goods go."""
    document, lines = open_for(work, command, Step.CANCEL)
    drop_steps(work, document.id)
    release(work, document, lines)
    moved = move_document(work, document, State.CANCELLED, lapses_at=None, reminds_at=None)
    return answer(moved, "cancel", document)


def freeze(work: Work, command: FreezeTransfer) -> Answer:
    """Freeze again what a lapse let go, by the rules of the request. Raises NothingOpen where none are to be had."""
    document, lines = open_for(work, command, Step.FREEZE)
    ends = (document.place_id, document.other_place_id)
    pull = not asked_by_source(work, document)
    counts = freezable(work, ends, lines, locked_stock(work, *ends, lines, pull=pull), pull=pull)
    after, moves = frozen(document.place_id, lines, counts)
    if not moves:
        raise NothingOpen(document_id=document.id, step=Step.FREEZE.value)
    post(work, document, moves, work.now)
    keep_lines(work, document.id, lines, after)
    waits = document.state is State.SUBMITTED
    rules = route(work, *ends)
    hours = rules.approve_within_hours if waits else rules.dispatch_within_hours
    moved = move_document(work, document, document.state, **freeze_lasts(work, after, hours))
    return answer(moved, "freeze", document)


def lapse(work: Work, command: LapseTransfer) -> Answer:
    """Let the goods go and leave the state; a later dispatch looks at what is available again.

    Raises NotYetDue when nothing is frozen any longer or the time has not come.
    """
    document = header(work, command.document_id, KIND, lock=True)
    check_version(document, command.version)
    if document.lapses_at is None or document.lapses_at > work.now:
        raise NotYetDue(document_id=document.id)
    release(work, document, lines_of(work, document.id))
    moved = move_document(work, document, document.state, lapses_at=None, reminds_at=None)
    return answer(moved, "lapse", document)


def release(work: Work, document: Header, lines: Sequence[Line]) -> None:
    """Let go everything that is frozen for this transfer."""
    after, moves = released(document.place_id, lines)
    post(work, document, moves, work.now)
    keep_lines(work, document.id, lines, after)


def freeze_lasts(work: Work, lines: Iterable[Line], hours: int) -> dict[str, Any]:
    """Until when a freeze holds, and when to remind of it: at half time. Nothing frozen lapses never."""
    if not any(line.frozen for line in lines):
        return {"lapses_at": None, "reminds_at": None}
    return {"lapses_at": work.now + timedelta(hours=hours), "reminds_at": work.now + timedelta(hours=hours) / 2}


def _most_for_others(work: Work, ends: tuple[int, int], there: Mapping[int, int]) -> dict[int, int]:
    """How much of each SKU a request of another place may freeze: above the keep-back, and within the day's limit."""
    rules, factors = route(work, *ends), pack_factors(work, there)
    most = {sku_id: there[sku_id] - rules.keep_back_packs * factors[sku_id] for sku_id in there}
    if rules.daily_limit_packs is not None:
        today = _frozen_today(work, *ends)
        left = {sku_id: rules.daily_limit_packs * factors[sku_id] - today.get(sku_id, 0) for sku_id in most}
        most = {sku_id: min(count, left[sku_id]) for sku_id, count in most.items()}
    return {sku_id: max(count, 0) for sku_id, count in most.items()}


def _frozen_today(work: Work, source_id: int, target_id: int) -> Mapping[int, int]:
    """What today's requests of this route froze and did not let go again, by SKU. Today is the source's."""
    day = work.now.astimezone(ZoneInfo(site(work, source_id).zone)).replace(hour=0, minute=0, second=0, microsecond=0)
    found = work.rows(_FROZEN_SINCE, source_id=source_id, target_id=target_id, since=day)
    return {sku_id: int(count) for sku_id, count in found}
