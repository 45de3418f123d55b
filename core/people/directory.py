"""Who works here: persons by id and code, and the places they may act at."""

from __future__ import annotations

from typing import Any

from sqlmodel import col

from core.ground.permissions import Actor, Site, Verb, allowed
from core.ground.work import Work, picked
from data.kinds import DocumentKind, Role
from data.statements import Statement, given
from data.tables.goods import Place
from data.tables.people import Person

SYSTEM_CODE = "system"
_ACTOR = picked(Person, Actor)
_BY_ID = Statement(_ACTOR.where(col(Person.id) == given("id")))
_BY_CODE = Statement(_ACTOR.where(col(Person.code) == given("code")))
_SITE = Statement(picked(Place, Site).where(col(Place.id) == given("id")))


def person(work: Work, person_id: int) -> Actor:
    """The person with this id. Raises LookupError when there is none."""
    return _known(work.one(_BY_ID, id=person_id), person_id)


def person_by_code(work: Work, code: str) -> Actor:
    """The person with this code ("u01"). Raises LookupError when there is none."""
    return _known(work.one(_BY_CODE, code=code), code)


def system(work: Work) -> Actor:
    """Who acts when a clock or a till does."""
    return person_by_code(work, SYSTEM_CODE)


def site(work: Work, place_id: int) -> Site:
    """A place as permissions see it. Raises LookupError when there is none."""
    row = work.one(_SITE, id=place_id)
    if row is None:
        raise LookupError(f"no place {place_id}")
    return Site(*row)


def people(work: Work, role: Role | None = None) -> list[Actor]:
    """Everybody but the system, or everybody of one role, in the order they joined."""
    which = col(Person.role) != Role.SYSTEM if role is None else col(Person.role) == role
    return work.records(Actor, _ACTOR.where(which).order_by(col(Person.id)))


def people_who_may(work: Work, verb: Verb, kind: DocumentKind, place_id: int) -> list[Actor]:
    """Everybody who may do this at this place."""
    where = site(work, place_id)
    return [one for one in people(work) if allowed(one, verb, kind, where)]


def _known(row: tuple[Any, ...] | None, said: object) -> Actor:
    if row is None:
        raise LookupError(f"nobody is known as {said}")
    return Actor(*row)
