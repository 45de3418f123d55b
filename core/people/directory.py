"""Who works here: persons by id and code, and the places they may act at."""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, or_, select
from sqlmodel import col

from core.ground.permissions import CHAIN_WIDE, Actor, Site, Verb, allowed
from core.ground.work import Work, picked
from data.kinds import DocumentKind, PlaceKind, Role, Standing
from data.statements import Statement, given
from data.tables.goods import Place
from data.tables.people import Person

SYSTEM_CODE = "system"
_ACTOR = picked(Person, Actor)
_BY_ID = Statement(_ACTOR.where(col(Person.id) == given("id")))
_BY_CODE = Statement(_ACTOR.where(col(Person.code) == given("code")))
_SITE = Statement(picked(Place, Site).where(col(Place.id) == given("id")))
_SITES = Statement(
    picked(Place, Site)
    .where(or_(*(col(Place.kind) == kind for kind in PlaceKind if not kind.is_edge)))
    .order_by(col(Place.id))
)
_PEOPLE = _ACTOR.order_by(col(Person.id))
_IS_ACTIVE = col(Person.standing) == Standing.ACTIVE
_NOT_THE_SYSTEM, _OF_THE_ROLE = col(Person.role) != Role.SYSTEM, col(Person.role) == given("role")
_NEAR = or_(  # nobody else acts at a place; which of these do, `allowed` decides
    col(Person.home_id) == given("place_id"),
    col(Person.region) == given("region"),
    *(col(Person.role) == role for role in sorted(CHAIN_WIDE)),
)
_EVERYBODY_EVER = Statement(_PEOPLE.where(_NOT_THE_SYSTEM))
_EVERYBODY = Statement(_PEOPLE.where(_NOT_THE_SYSTEM, _IS_ACTIVE))
_EVERYBODY_NEAR = Statement(_PEOPLE.where(_NOT_THE_SYSTEM, _IS_ACTIVE, _NEAR))
_OF_ROLE = Statement(_PEOPLE.where(_OF_THE_ROLE, _IS_ACTIVE))
_OF_ROLE_NEAR = Statement(_PEOPLE.where(_OF_THE_ROLE, _IS_ACTIVE, _NEAR))
_CALLED = Statement(_PEOPLE.where(_NOT_THE_SYSTEM, func.lower(col(Person.name)) == given("name")))
_SUCCESSOR = Statement(select(col(Person.successor_id)).where(col(Person.id) == given("id")))
_SUCCEEDED = Statement(select(col(Person.id)).where(col(Person.successor_id) == given("id")))


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
    """A place as the rules see it. Raises LookupError when there is none."""
    return work.once((site, place_id), lambda: _site(work, place_id))


def sites(work: Work, region: str | None = None) -> list[Site]:
    """Every store and warehouse, or those of a region."""
    found = work.once(sites, lambda: [Site(*row) for row in work.rows(_SITES)])
    return [one for one in found if region is None or one.region == region]


def people(work: Work, role: Role | None = None) -> list[Actor]:
    """Everybody who works here now, but for the system; or those of one role. In the order they joined."""
    rows = work.rows(_EVERYBODY) if role is None else work.rows(_OF_ROLE, role=role)
    return [Actor(*row) for row in rows]


def everybody_ever(work: Work) -> list[Actor]:
    """As `people`, with those who are suspended or gone: whom the books may name."""
    return [Actor(*row) for row in work.rows(_EVERYBODY_EVER)]


def people_called(work: Work, name: str) -> list[Actor]:
    """Everybody who has, or had, this name, whether in large or small letters."""
    return [Actor(*row) for row in work.rows(_CALLED, name=name.lower())]


def heir(work: Work, person_id: int) -> int:
    """Who goes on with what this person began: themselves, or whoever took over from them when they left."""
    row = work.one(_SUCCESSOR, id=person_id)
    return person_id if row is None or row[0] is None else heir(work, row[0])


def succeeded_by(work: Work, person_id: int) -> list[int]:
    """This person, and everybody with whose work they go on."""
    before = [int(one or 0) for (one,) in work.rows(_SUCCEEDED, id=person_id)]
    return [person_id, *(each for one in before for each in succeeded_by(work, one))]


def people_who_may(work: Work, verb: Verb, kind: DocumentKind, place_id: int, role: Role | None = None) -> list[Actor]:
    """Everybody who may do this at this place, or everybody of one role who may."""
    where = site(work, place_id)
    near = {"place_id": place_id, "region": where.region}
    rows = work.rows(_EVERYBODY_NEAR, **near) if role is None else work.rows(_OF_ROLE_NEAR, **near, role=role)
    return [one for row in rows if allowed(one := Actor(*row), verb, kind, where)]


def new_code(work: Work) -> str:
    """A code that nobody has, one above the highest: u35. Two people who come at once do not get the same."""
    work.hold("the code of a person")
    codes = [row[0] for row in work.all(select(col(Person.code)).where(col(Person.code).like("u%")))]
    taken = [int(code[1:]) for code in codes if code[1:].isascii() and code[1:].isdigit()]
    return f"u{max(taken, default=0) + 1:02}"


def _site(work: Work, place_id: int) -> Site:
    row = work.one(_SITE, id=place_id)
    if row is None:
        raise LookupError(f"no place {place_id}")
    return Site(*row)


def _known(row: tuple[Any, ...] | None, said: object) -> Actor:
    if row is None:
        raise LookupError(f"nobody is known as {said}")
    return Actor(*row)
