"""Whose word a transfer waits for: what its route and a pull ask, and what the approval rules add to that."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

from core.goods.holdings import categories, pack_factors
from core.ground.permissions import Actor, Verb
from core.ground.work import Work
from core.people.directory import site
from core.people.needed import Needed, asked_once, climbed, needed_step, steps_after
from core.people.rules import FactLine, Facts, asking, rules_on
from core.stock.carry import Key
from core.stock.ledger import balance_of
from core.stock.routes import route
from core.stock.transfer_commands import Asked, SubmitTransfer
from core.stock.transfer_steps import KIND, may_at

SOURCE_IS_ASKED, OVER_LIMIT = "source_is_asked", "over_limit"


def needed_steps(work: Work, command: SubmitTransfer) -> list[Needed]:
    """The words that this request would wait for, in their order; none where nobody asks for any.

    What the route or the pull asks comes first, then each rule that asks, the oldest first. Raises NobodyCanApprove for
    a step that nobody but who asks could decide on, on any rung.
    """
    first = needed_approval(work, command)
    steps = [first] if first else []
    known = rules_on(work, KIND)
    if not known:
        return steps
    source, target = command.source_id, command.target_id
    asked = asking(known, facts_of(work, (source, target), wanted(command.lines), work.who))
    steps = steps_after(steps, asked, source, target)
    places = {place_id: site(work, place_id) for place_id in (source, target)}
    return asked_once([climbed(work, KIND, step) for step in steps], places)


def needed_approval(work: Work, command: SubmitTransfer) -> Needed | None:
    """The word that this request would wait for without any rule, or None.

    Who asks for another place's goods (a pull) always needs that place's word. Who gives their own (a push) needs it
    when a product, over all its lines, is over the route's limit in packs.
    """
    if is_pull(work, command.source_id):
        return _step_at_source(work, command, SOURCE_IS_ASKED, None)
    limit = route(work, command.source_id, command.target_id).approval_above_packs
    factors = pack_factors(work, [line.sku_id for line in command.lines])
    if any(count > limit * factors[sku_id] for sku_id, count in wanted(command.lines).items()):
        return _step_at_source(work, command, OVER_LIMIT, limit)
    return None


def is_pull(work: Work, source_id: int) -> bool:
    """Whether who acts asks for goods of a place for which they do not speak."""
    return not may_at(work, work.who, Verb.SUBMIT, source_id)


def facts_of(work: Work, ends: tuple[int, int], counts: Mapping[int, int], requester: Actor) -> Facts:
    """What the rules look at: counts of SKUs from one place to another, worth what they are on the source's books."""
    packs, named = pack_factors(work, counts), categories(work, counts)
    worth = {sku_id: balance_of(work, Key(sku_id, ends[0])).leaving_value(count) for sku_id, count in counts.items()}
    same_region = site(work, ends[0]).region == site(work, ends[1]).region
    return Facts(KIND, lines_from(counts, packs, named, worth), same_region, requester.role)


def lines_from(
    counts: Mapping[int, int], packs: Mapping[int, int], named: Mapping[int, str], worth: Mapping[int, int]
) -> tuple[FactLine, ...]:
    """The products of a document, by SKU: counts, largest packs, categories, and values, which are never below 0."""
    return tuple(
        FactLine(sku_id, count, packs[sku_id], named[sku_id], max(worth[sku_id], 0))
        for sku_id, count in sorted(counts.items())
    )


def wanted(lines: Iterable[Asked]) -> Counter[int]:
    """How much of each SKU the lines come to, in smallest units."""
    counts: Counter[int] = Counter()
    for line in lines:
        counts[line.sku_id] += line.count
    return counts


def _step_at_source(work: Work, command: SubmitTransfer, rule: str, limit: int | None) -> Needed:
    return needed_step(work, KIND, command.source_id, site(work, command.source_id).kind, rule, limit)
