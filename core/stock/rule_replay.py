"""Replays an approval rule over the transfers of the last days: how often it would have asked, before it does."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select
from sqlmodel import col

from core.goods.holdings import categories, pack_factors
from core.ground.permissions import Site
from core.ground.work import Work, picked
from core.people.directory import people, sites
from core.people.ladder import same_people
from core.people.needed import BY_RULE, Needed, steps_after
from core.people.rules import ApprovalRule, Facts, KeptRule, asking, asks, rules_on
from core.stock.carry import Balance, Key
from core.stock.ledger import balances_of
from core.stock.transfer_rules import lines_from
from core.stock.transfer_steps import KIND
from data.kinds import Outcome
from data.tables.ground import AuditEntry
from data.tables.people import ApprovalStep
from data.tables.stock import Document, TransferLine

LONG = timedelta(days=1)
_NO_STEP = (
    "SubmitTransfer",
    "FreezeTransfer",
    "LapseTransfer",
    "NudgeTransfer",
    "RemindTransfer",
    "RemindOfStep",
    "EscalateStep",
)
"""Commands that the audit has of a transfer and that take it nowhere."""


@dataclass(frozen=True, slots=True)
class Past:
    """A transfer that was asked for: what the rules look at, what was asked of whom without them, how long it waited.

    `waited` is from its submission to the next step that somebody took, or until now.
    """

    facts: Facts
    source_id: int
    target_id: int
    first: tuple[Needed, ...]
    waited: timedelta


@dataclass(frozen=True, slots=True)
class Replayed:
    """What a rule would have done: to how many transfers of so many days it was held, and about how many it asks.

    Of these, `waited_long` waited for more than a day, and in `more` it asks somebody whom today's rules do not ask.
    """

    days: int
    seen: int
    asked: int
    waited_long: int
    more: int


def replay(work: Work, rule: ApprovalRule, days: int = 30) -> Replayed:
    """Hold a rule against the transfers of the last days, beside the rules that are on today.

    Roles are those that people have today, values what the goods are worth on the source's books today.
    """
    places = {place.id: place for place in sites(work)}
    return replayed(rule, rules_on(work, KIND), places, past_transfers(work, days), days)


def replayed(
    rule: ApprovalRule, today: Sequence[KeptRule], places: Mapping[int, Site], past: Iterable[Past], days: int
) -> Replayed:
    """As `replay`, over transfers that were read. An earlier form of the rule itself counts among today's."""
    seen, asked, waited_long, more = 0, 0, 0, 0
    for one in past:
        seen += 1
        if not asks(rule, one.facts):
            continue
        asked += 1
        waited_long += one.waited > LONG
        before = steps_after(one.first, asking(today, one.facts), one.source_id, one.target_id)
        added = steps_after((), [KeptRule(0, 0, True, rule)], one.source_id, one.target_id)
        more += bool(_whom(added, places) - _whom(before, places))
    return Replayed(days, seen, asked, waited_long, more)


def past_transfers(work: Work, days: int) -> list[Past]:
    """The transfers that were asked for in the last days, the oldest first; a rest that was left for later is none."""
    since = (
        col(Document.kind) == KIND,
        col(Document.names_id).is_(None),
        col(Document.posted_at) >= work.now - timedelta(days=days),
    )
    headers = work.records(_Header, picked(Document, _Header).where(*since).order_by(col(Document.id)))
    counts, first, next_at = _counts(work, since), _first(work, since), _next_at(work, since)
    sku_ids = {sku_id for of_one in counts.values() for sku_id in of_one}
    packs, named, books = pack_factors(work, sku_ids), categories(work, sku_ids), balances_of(work, sku_ids)
    regions, roles = {one.id: one.region for one in sites(work)}, {one.id: one.role for one in people(work)}
    found = []
    for one in headers:
        if one.requester_id not in roles:  # a clock asks for nothing
            continue
        asked, source_id, target_id = counts.get(one.id, Counter()), one.place_id, one.other_place_id
        worth = {sku_id: _book(books, sku_id, source_id).leaving_value(count) for sku_id, count in asked.items()}
        lines = lines_from(asked, packs, named, worth)
        facts = Facts(KIND, lines, regions[source_id] == regions[target_id], roles[one.requester_id])
        waited = next_at.get(one.id, work.now) - one.posted_at
        found.append(Past(facts, source_id, target_id, tuple(first.get(one.id, ())), waited))
    return found


@dataclass(frozen=True, slots=True)
class _Header:
    """What a transfer's header says of its request."""

    id: int
    place_id: int
    other_place_id: int
    requester_id: int
    posted_at: datetime


def _whom(steps: Iterable[Needed], places: Mapping[int, Site]) -> set[tuple[str, ...]]:
    return {same_people(step.role, step.reach, places[step.place_id]) for step in steps}


def _book(books: Mapping[Key, Balance], sku_id: int, place_id: int) -> Balance:
    return books.get(Key(sku_id, place_id), Balance())


def _counts(work: Work, since: Sequence[ColumnElement[bool]]) -> Mapping[int, Counter[int]]:
    """How much of each SKU every transfer asked for, in smallest units."""
    found: dict[int, Counter[int]] = defaultdict(Counter)
    lines = (col(TransferLine.document_id), col(TransferLine.sku_id), func.sum(col(TransferLine.asked)))
    query = select(*lines).join(Document, col(Document.id) == col(TransferLine.document_id)).where(*since)
    # What was loaded above the request was never asked for: nothing of it was approved, and yet it left.
    wished = or_(col(TransferLine.approved) > 0, col(TransferLine.dispatched) == 0)
    for document_id, sku_id, count in work.all(query.where(wished).group_by(lines[0], lines[1])):
        found[document_id][sku_id] = int(count)
    return found


def _first(work: Work, since: Sequence[ColumnElement[bool]]) -> Mapping[int, list[Needed]]:
    """What every transfer waited for without any rule."""
    found: dict[int, list[Needed]] = defaultdict(list)
    step = (col(ApprovalStep.role), col(ApprovalStep.place_id), col(ApprovalStep.rule))
    query = select(col(ApprovalStep.document_id), *step)
    query = query.join(Document, col(Document.id) == col(ApprovalStep.document_id))
    for document_id, role, place_id, rule in work.all(query.where(*since, col(ApprovalStep.rule) != BY_RULE)):
        found[document_id].append(Needed(role, place_id, rule))
    return found


def _next_at(work: Work, since: Sequence[ColumnElement[bool]]) -> Mapping[int, datetime]:
    """When somebody took the first step of every transfer after its submission."""
    first: Any = func.min(col(AuditEntry.ran_at))
    query = select(col(AuditEntry.document_id), first).join(Document, col(Document.id) == col(AuditEntry.document_id))
    done = (col(AuditEntry.outcome) == Outcome.DONE, col(AuditEntry.command).not_in(_NO_STEP))
    return {
        int(row[0] or 0): row[1] for row in work.all(query.where(*since, *done).group_by(col(AuditEntry.document_id)))
    }
