"""Who may do what and see what: one table of grants, one of scopes, denied unless said.

A grant is (role, verb, document kind). Where a person may use it, and how far they may look, are scopes of their role,
kept apart: their home place, their region, or the whole chain. `allowed`, `sees` and `sees_cost` decide; the other
functions here are about people and set-up, where there is no document.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from types import MappingProxyType

from data.kinds import DocumentKind, PlaceKind, Role, Standing


class Verb(StrEnum):
    """What can be done with a document."""

    SUBMIT = "submit"
    APPROVE = "approve"
    CANCEL = "cancel"
    DISPATCH = "dispatch"
    RECEIVE = "receive"
    CHARGE = "charge"
    LAPSE = "lapse"
    REMIND = "remind"
    POST = "post"
    UNDO = "undo"


class Scope(StrEnum):
    """How far a role reaches from where somebody works."""

    NOWHERE = "nowhere"
    HOME = "home"
    REGION = "region"
    CHAIN = "chain"


class View(StrEnum):
    """What can be looked at beside values: what is there or on its way, and what was done with it and by whom."""

    STOCK = "stock"
    STORY = "story"


@dataclass(frozen=True, slots=True)
class Scopes:
    """Where a role may act, and how far it may look."""

    act: Scope
    see: Mapping[View, Scope]
    see_cost: bool


@dataclass(frozen=True, slots=True)
class Actor:
    """A person, as far as permissions ask. `home_id` and `region` say where; neither means the whole chain.

    Whoever is not active may do nothing at all.
    """

    id: int
    code: str
    name: str
    role: Role
    home_id: int | None
    region: str | None
    language: str
    standing: Standing = Standing.ACTIVE

    @property
    def is_active(self) -> bool:
        """Whether they work here now: not suspended, not removed."""
        return self.standing is Standing.ACTIVE


@dataclass(frozen=True, slots=True)
class Site:
    """A place, as far as the rules ask. `zone` is that of its clock: "Asia/Shanghai"."""

    id: int
    region: str
    kind: PlaceKind
    zone: str
    may_go_below: int


TRANSFER, OPENING = DocumentKind.TRANSFER, DocumentKind.OPENING
GOODS_RECEIPT, SALE = DocumentKind.GOODS_RECEIPT, DocumentKind.SALE
_FLOOR = {(verb, TRANSFER) for verb in (Verb.SUBMIT, Verb.DISPATCH, Verb.RECEIVE)}
_DECIDES = {(verb, TRANSFER) for verb in (Verb.APPROVE, Verb.CANCEL)}
_RINGS = {(verb, TRANSFER) for verb in (Verb.LAPSE, Verb.REMIND)}
_UNDOES = {(Verb.UNDO, kind) for kind in (TRANSFER, SALE, GOODS_RECEIPT)}
_ABOVE = {(verb, TRANSFER) for verb in (Verb.SUBMIT, Verb.CHARGE)}

GRANTS: Mapping[Role, frozenset[tuple[Verb, DocumentKind]]] = MappingProxyType(
    {
        Role.CLERK: frozenset(_FLOOR | {(Verb.POST, SALE)}),
        Role.STORE_MANAGER: frozenset(_FLOOR | _DECIDES | _UNDOES | {(Verb.POST, SALE), (Verb.POST, GOODS_RECEIPT)}),
        Role.KEEPER: frozenset(_FLOOR | _DECIDES | _UNDOES | {(Verb.POST, GOODS_RECEIPT)}),
        Role.AREA_MANAGER: frozenset(_DECIDES | _UNDOES | _ABOVE | {(Verb.RECEIVE, TRANSFER)}),
        Role.BUYER: frozenset({(Verb.POST, GOODS_RECEIPT)}),
        Role.FINANCE: frozenset(),
        Role.AUDITOR: frozenset(),
        Role.HQ: frozenset(_DECIDES | _UNDOES | _ABOVE | {(Verb.UNDO, OPENING)}),
        Role.ADMIN: frozenset({(Verb.POST, OPENING), (Verb.UNDO, OPENING)}),
        Role.SYSTEM: frozenset(_RINGS | {(Verb.POST, OPENING), (Verb.POST, SALE)}),
    }
)
STAFF_UNDO, LONGER_UNDO = timedelta(minutes=10), timedelta(hours=24)
"""For how long what was posted can be undone."""
_STAFF = frozenset({Role.CLERK, Role.STORE_MANAGER, Role.KEEPER})
_OFFICE = frozenset({Role.AREA_MANAGER, Role.BUYER, Role.FINANCE, Role.AUDITOR})
INVITES: Mapping[Role, frozenset[Role]] = MappingProxyType(
    {
        Role.STORE_MANAGER: frozenset({Role.CLERK}),
        Role.KEEPER: frozenset({Role.CLERK}),
        Role.AREA_MANAGER: _STAFF,
        Role.HQ: _STAFF | _OFFICE,
        Role.ADMIN: _STAFF | _OFFICE | {Role.HQ},
    }
)
"""Whom a role may let into the chain: roles below it, and nobody where nothing is said."""
MANAGES: Mapping[Role, frozenset[Role]] = MappingProxyType({**INVITES, Role.ADMIN: INVITES[Role.ADMIN] | {Role.ADMIN}})
"""Whom a role may move, suspend, restore and remove: whom it may let in; administrators each other too."""


def _scopes(act: Scope, *, stock: Scope = Scope.CHAIN, story: Scope, see_cost: bool) -> Scopes:
    return Scopes(act, MappingProxyType({View.STOCK: stock, View.STORY: story}), see_cost)


_FLOOR_SCOPES = _scopes(Scope.HOME, story=Scope.HOME, see_cost=False)
_OFFICE_SCOPES = _scopes(Scope.CHAIN, story=Scope.CHAIN, see_cost=True)
SCOPES: Mapping[Role, Scopes] = MappingProxyType(
    {
        Role.CLERK: _FLOOR_SCOPES,
        Role.STORE_MANAGER: _FLOOR_SCOPES,
        Role.KEEPER: _FLOOR_SCOPES,
        Role.AREA_MANAGER: _scopes(Scope.REGION, story=Scope.REGION, see_cost=True),
        Role.BUYER: _OFFICE_SCOPES,
        Role.FINANCE: _OFFICE_SCOPES,
        Role.AUDITOR: _scopes(Scope.NOWHERE, story=Scope.CHAIN, see_cost=True),
        Role.HQ: _OFFICE_SCOPES,
        Role.ADMIN: _OFFICE_SCOPES,
        Role.SYSTEM: _scopes(Scope.CHAIN, story=Scope.CHAIN, see_cost=False),
    }
)
"""Everybody sees what is there in the whole chain: else nobody knew whom to ask. A shop floor sees no values."""
CHAIN_WIDE = frozenset(role for role, scopes in SCOPES.items() if scopes.act is Scope.CHAIN)
_SETS_UP = frozenset({Role.HQ, Role.ADMIN})


def allowed(actor: Actor, verb: Verb, kind: DocumentKind, site: Site) -> bool:
    """Whether this person may do this with a document of this kind at this place."""
    return actor.is_active and (verb, kind) in GRANTS[actor.role] and _acts_at(actor, site)


def sees(actor: Actor, view: View, site: Site) -> bool:
    """Whether this person may look at this of a place. Values are never part of it."""
    return actor.is_active and _within(actor, SCOPES[actor.role].see[view], site)


def sees_cost(actor: Actor, *, alone: bool) -> bool:
    """Whether this person may be told what goods cost, where nobody reads along (`alone`).

    A group never is: no platform tells who all its members are, so that somebody may read there who may not know.
    """
    return actor.is_active and alone and SCOPES[actor.role].see_cost


def may_undo_of(actor: Actor, doer: Actor, kind: DocumentKind, site: Site) -> bool:
    """Whether this person may undo there, as a manager, what another one did who is below them, a till, or they."""
    below = doer.role is Role.SYSTEM or doer.role in INVITES.get(actor.role, frozenset())
    return (below or actor.id == doer.id) and allowed(actor, Verb.UNDO, kind, site)


def may_invite(actor: Actor, role: Role, home: Site | None) -> bool:
    """Whether this person may let somebody of this role in, to work at this place; None is a region, or the chain."""
    return actor.is_active and role in INVITES.get(actor.role, frozenset()) and _reaches(actor, home)


def may_manage(actor: Actor, other: Actor, home: Site | None) -> bool:
    """Whether this person may move, suspend, restore or remove that one, who works at `home`, a region, or the chain.

    Nobody manages themselves: the last administrator has nobody who could put them out.
    """
    known = other.id != actor.id and other.standing is not Standing.REMOVED
    return actor.is_active and known and other.role in MANAGES.get(actor.role, frozenset()) and _reaches(actor, home)


def may_let_in_again(actor: Actor, known: Actor, home: Site | None) -> bool:
    """Whether this person may let one who is known in on another channel: whom they might invite, and themselves.

    Who may invite nobody does not do it for themselves either: which phones speak for a clerk their manager knows.
    """
    if not (actor.is_active and known.is_active):
        return False
    return may_invite(actor, known.role, home) or (known.id == actor.id and actor.role in INVITES)


def may_connect(actor: Actor, region: str | None) -> bool:
    """Whether this person may have a group chat told of a region's outcomes, or of all of them."""
    if actor.role is Role.AREA_MANAGER:
        return actor.is_active and region is not None and region == actor.region
    return actor.is_active and actor.role in _SETS_UP


def may_teach(actor: Actor) -> bool:
    """Whether this person may teach the chain what words stand for, which is then so for everybody."""
    return actor.is_active and actor.role in _SETS_UP


def may_set_rules(actor: Actor) -> bool:
    """Whether this person may change which documents wait for whose word."""
    return actor.is_active and actor.role in _SETS_UP


def _reaches(actor: Actor, home: Site | None) -> bool:
    """Whether a place lies in their scope; None is a region or the chain, which only the whole chain's people reach."""
    return actor.role in CHAIN_WIDE if home is None else _acts_at(actor, home)


def _acts_at(actor: Actor, site: Site) -> bool:
    return _within(actor, SCOPES[actor.role].act, site)


def _within(actor: Actor, scope: Scope, site: Site) -> bool:
    """Whether a place lies in a scope of this person's. Without a home or a region it is empty."""
    match scope:
        case Scope.CHAIN:
            return True
        case Scope.REGION:
            return actor.region is not None and actor.region == site.region
        case Scope.HOME:
            return actor.home_id == site.id
        case Scope.NOWHERE:
            return False
