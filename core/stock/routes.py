"""What holds between two places: from how many packs a transfer waits for a word, and how long a freeze lasts."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import or_
from sqlmodel import col

from core.ground.work import Work, picked
from data.tables.stock import Route as RouteRow


@dataclass(frozen=True, slots=True)
class Route:
    """The rules of a route. `approval_above_packs` counts the largest packs of a line."""

    approval_above_packs: int = 10
    approve_within_hours: int = 4
    dispatch_within_hours: int = 24


def route(work: Work, source_id: int, target_id: int) -> Route:
    """The most exact rule between two places: both ends named, then the source, then the target, then neither."""
    most_exact_first = (col(RouteRow.source_id).is_(None), col(RouteRow.target_id).is_(None))
    query = picked(RouteRow, Route).where(
        or_(col(RouteRow.source_id) == source_id, col(RouteRow.source_id).is_(None)),
        or_(col(RouteRow.target_id) == target_id, col(RouteRow.target_id).is_(None)),
    )
    return work.record(Route, query.order_by(*most_exact_first)) or Route()
