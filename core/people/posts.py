"""Posts: which role works where. A store has its manager, a warehouse its keeper, a region its area manager."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from sqlalchemy import select
from sqlmodel import col

from core.ground.work import Work
from core.people.errors import NoSuchRegion, RoleDoesNotFit
from data.kinds import PlaceKind, Role
from data.tables.goods import Place

HOMES: Mapping[Role, frozenset[PlaceKind]] = MappingProxyType(
    {
        Role.CLERK: frozenset({PlaceKind.STORE, PlaceKind.WAREHOUSE}),
        Role.STORE_MANAGER: frozenset({PlaceKind.STORE}),
        Role.KEEPER: frozenset({PlaceKind.WAREHOUSE}),
    }
)
"""The roles that work at one place, and at which kinds of place."""


def check_fit(work: Work, role: Role, home_id: int | None, region: str | None) -> None:
    """Whoever works at one place has a home of the right kind, an area manager a region, everybody else neither.

    Raises RoleDoesNotFit or NoSuchRegion.
    """
    kinds, at_one_place = HOMES.get(role), home_id is not None
    if at_one_place is (kinds is None) or (region is not None) is not (role is Role.AREA_MANAGER):
        raise RoleDoesNotFit(role=role.value)
    if kinds is not None:
        row = work.first(select(col(Place.kind)).where(col(Place.id) == home_id))
        if row is None or row[0] not in kinds:
            raise RoleDoesNotFit(role=role.value)
    if region is not None:
        check_region(work, region)


def check_region(work: Work, region: str) -> None:
    """Raises NoSuchRegion where no store or warehouse lies in it."""
    if region == "" or work.first(select(col(Place.id)).where(col(Place.region) == region).limit(1)) is None:
        raise NoSuchRegion(region=region)
