"""Who can be asked for a word: everybody of a role within a reach, and the ladder that a question climbs."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from core.ground.permissions import CHAIN_WIDE, Actor, Site, Verb, allowed
from core.ground.work import Work
from core.people.directory import people, people_who_may, site, sites
from data.kinds import DocumentKind, PlaceKind, Reach, Role

RANKS: Mapping[Role, int] = MappingProxyType(
    {Role.STORE_MANAGER: 1, Role.KEEPER: 1, Role.AREA_MANAGER: 2, Role.HQ: 3},
)
"""How high a role stands on the ladder. A role without a rank is never asked for a word."""
_HIGHER = (Role.AREA_MANAGER, Role.HQ)


def ladder(kind: PlaceKind) -> tuple[Role, ...]:
    """Who is asked for a place, from the nearest up: a step that finds nobody climbs."""
    nearest = Role.KEEPER if kind is PlaceKind.WAREHOUSE else Role.STORE_MANAGER
    return (nearest, *_HIGHER)


def rungs_from(role: Role) -> tuple[Role, ...]:
    """A role, and those above it on the ladder."""
    return (role, *(one for one in _HIGHER if RANKS[one] > RANKS.get(role, 0)))


def deciders(
    work: Work, kind: DocumentKind, role: Role, place_id: int, *, but: int, reach: Reach = Reach.SOURCE
) -> list[Actor]:
    """Everybody of this role who may decide within reach of this place; never the person who asked (`but`)."""
    if reach in (Reach.SOURCE, Reach.TARGET):
        found = people_who_may(work, Verb.APPROVE, kind, place_id, role)
    else:
        found = [one for one in people(work, role) if may_speak(work, kind, one, role, place_id, reach)]
    return [one for one in found if one.id != but]


def may_speak(work: Work, kind: DocumentKind, actor: Actor, role: Role, place_id: int, reach: Reach) -> bool:
    """Whether this person is of this role and may decide somewhere within reach of this place."""
    return actor.role is role and any(allowed(actor, Verb.APPROVE, kind, one) for one in _within(work, place_id, reach))


def lowest_rung(
    work: Work, kind: DocumentKind, rungs: tuple[Role, ...], place_id: int, *, but: int, reach: Reach = Reach.SOURCE
) -> Role | None:
    """The first of these roles with somebody to ask; None where nobody is."""
    return next((role for role in rungs if deciders(work, kind, role, place_id, but=but, reach=reach)), None)


def same_people(role: Role, reach: Reach, place: Site) -> tuple[str, ...]:
    """What is equal for two steps that ask the same people: a role, and where in its scope they act."""
    if role in CHAIN_WIDE:
        return (role.value,)
    if reach is Reach.CHAIN:
        return (role.value, reach.value)
    if reach is Reach.REGION or role is Role.AREA_MANAGER:
        return (role.value, Reach.REGION.value, place.region)
    return (role.value, Reach.SOURCE.value, str(place.id))


def _within(work: Work, place_id: int, reach: Reach) -> list[Site]:
    """The places within reach of a place."""
    here = site(work, place_id)
    if reach in (Reach.SOURCE, Reach.TARGET):
        return [here]
    return sites(work, here.region if reach is Reach.REGION else None)
