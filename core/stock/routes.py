"""What holds between two places: which words a transfer waits for, what it may freeze, and how long things may take."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import or_
from sqlmodel import col

from core.ground.work import Work, picked
from data.statements import Statement, given
from data.tables.stock import Route as RouteRow


@dataclass(frozen=True, slots=True)
class Route:
    """The rules of a route. Packs are the largest of a SKU.

    A line above `approval_above_packs` asks. What another place asks for leaves `keep_back_packs` at the source and
    freezes at most `daily_limit_packs` in a day (None: no limit). A freeze waits so many hours for a word, and then for
    the truck; after `truck_within_hours` on the road somebody is reminded, after `answer_within_hours` a dispute
    climbs. `direct` is 1 where receiving dispatches too.
    """

    approval_above_packs: int = 10
    approve_within_hours: int = 4
    dispatch_within_hours: int = 24
    truck_within_hours: int = 24
    answer_within_hours: int = 24
    keep_back_packs: int = 0
    daily_limit_packs: int | None = None
    direct: int = 0


# Both ends named come first, then the source, then the target, then neither.
_MOST_EXACT = Statement(
    picked(RouteRow, Route)
    .where(
        or_(col(RouteRow.source_id) == given("source_id"), col(RouteRow.source_id).is_(None)),
        or_(col(RouteRow.target_id) == given("target_id"), col(RouteRow.target_id).is_(None)),
    )
    .order_by(col(RouteRow.source_id).is_(None), col(RouteRow.target_id).is_(None))
)


def route(work: Work, source_id: int, target_id: int) -> Route:
    """The most exact rule between two places; the defaults where there is none."""
    return work.once((route, source_id, target_id), lambda: _most_exact(work, source_id, target_id))


def _most_exact(work: Work, source_id: int, target_id: int) -> Route:
    row = work.one(_MOST_EXACT, source_id=source_id, target_id=target_id)
    return Route() if row is None else Route(*row)
