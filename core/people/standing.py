"""Standing: people are moved, suspended, restored and removed by those above them. Their name stays in the books.

What their leaving means for documents is the business of those who know these: `core/stock/handover.py` has the rules
that run all of this.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType

from sqlmodel import col

from core.ground.commands import Answer, Command
from core.ground.events import Happened
from core.ground.permissions import Actor, may_invite, may_manage
from core.ground.work import Work, picked
from core.people.directory import person, site
from core.people.errors import AlreadyThere, MayNotManage, NotASuccessor, PersonChanged
from core.people.invites import withdraw_all_of
from core.people.posts import check_fit
from data.kinds import Role, Standing
from data.tables.people import Person


class Change(StrEnum):
    """What is done with somebody's place in the chain."""

    MOVE = "move"
    SUSPEND = "suspend"
    RESTORE = "restore"
    REMOVE = "remove"


TRANSITIONS: Mapping[tuple[Standing, Change], Standing] = MappingProxyType(
    {
        (Standing.ACTIVE, Change.MOVE): Standing.ACTIVE,
        (Standing.ACTIVE, Change.SUSPEND): Standing.SUSPENDED,
        (Standing.ACTIVE, Change.REMOVE): Standing.REMOVED,
        (Standing.SUSPENDED, Change.MOVE): Standing.SUSPENDED,
        (Standing.SUSPENDED, Change.RESTORE): Standing.ACTIVE,
        (Standing.SUSPENDED, Change.REMOVE): Standing.REMOVED,
    }
)
"""Where each change leads. Out of `removed` nothing does: who comes back comes in by an invite, as somebody new."""


@dataclass(frozen=True)
class PersonCommand(Command):
    """A change of one person's place, as they were seen at this version."""

    person_id: int
    version: int


@dataclass(frozen=True)
class MovePerson(PersonCommand):
    """Have somebody work elsewhere, or as something else."""

    role: Role
    home_id: int | None = None
    region: str | None = None


@dataclass(frozen=True)
class SuspendPerson(PersonCommand):
    """Let somebody do nothing until they are restored. What they began stays theirs."""


@dataclass(frozen=True)
class RestorePerson(PersonCommand):
    """Let somebody who is suspended go on where they stopped."""


@dataclass(frozen=True)
class RemovePerson(PersonCommand):
    """Let somebody go for good; the successor goes on with what they began."""

    successor_id: int


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody of the chain with how they stand, since which change, and by whom it was made."""

    id: int
    code: str
    name: str
    role: Role
    home_id: int | None
    region: str | None
    standing: Standing
    version: int
    successor_id: int | None
    changed_by_id: int | None
    changed_at: datetime | None

    @property
    def actor(self) -> Actor:
        """As far as permissions ask."""
        where = (self.home_id, self.region)
        return Actor(self.id, self.code, self.name, self.role, *where, language="", standing=self.standing)


_MEMBER = picked(Person, Member)


def member(work: Work, person_id: int) -> Member:
    """One person by id. Raises LookupError when there is none."""
    found = work.record(Member, _MEMBER.where(col(Person.id) == person_id))
    if found is None:
        raise LookupError(f"no person {person_id}")
    return found


def managed(work: Work) -> list[Member]:
    """Everybody whom who acts may manage, suspended ones too, in the order they joined."""
    query = _MEMBER.where(col(Person.role) != Role.SYSTEM, col(Person.standing) != Standing.REMOVED)
    return [one for one in work.records(Member, query.order_by(col(Person.id))) if _manages(work, one.actor)]


def manages(work: Work, person_id: int) -> bool:
    """Whether who acts may manage this person."""
    return _manages(work, person(work, person_id))


def may_move_to(work: Work, role: Role, home_id: int | None, region: str | None) -> bool:
    """Whether who acts may have somebody work there as this: they might let a newcomer in for it."""
    return may_invite(work.who, role, site(work, home_id) if home_id else None)


def successors(work: Work, leaving: Member) -> list[Member]:
    """Who may take over from this person, the nearest first: at the same place, then who acts, then the others."""
    able = [one for one in managed(work) if one.standing is Standing.ACTIVE and one.id != leaving.id]
    near = [one for one in able if one.home_id is not None and one.home_id == leaving.home_id]
    return list({one.id: one for one in (*near, member(work, work.who.id), *able)}.values())


def permit(work: Work, command: PersonCommand) -> None:
    """Raises MayNotManage unless who acts manages this person."""
    if not manages(work, command.person_id):
        raise MayNotManage


def permit_move(work: Work, command: MovePerson) -> None:
    """Raises MayNotManage unless who acts manages this person, and could let somebody in where they are to go."""
    permit(work, command)
    if not may_move_to(work, command.role, command.home_id, command.region):
        raise MayNotManage


def move(work: Work, command: MovePerson) -> Answer:
    """Write where they work from now on.

    Raises RoleDoesNotFit, NoSuchRegion, AlreadyThere or PersonChanged.
    """
    check_fit(work, command.role, command.home_id, command.region)
    there = {"role": command.role, "home_id": command.home_id, "region": command.region}
    before = member(work, command.person_id)
    if all(getattr(before, name) == value for name, value in there.items()):
        raise AlreadyThere(person_id=before.id)
    return _change(work, command, Change.MOVE, **there)


def suspend(work: Work, command: SuspendPerson) -> Answer:
    """They do nothing from now on. Raises PersonChanged."""
    return _change(work, command, Change.SUSPEND)


def restore(work: Work, command: RestorePerson) -> Answer:
    """They may do again what they might. Raises PersonChanged."""
    return _change(work, command, Change.RESTORE)


def remove(work: Work, command: RemovePerson) -> Answer:
    """They are out, and so is every invite of theirs. Raises NotASuccessor or PersonChanged."""
    heir = person(work, command.successor_id)
    is_theirs = heir.id == work.who.id or (heir.is_active and _manages(work, heir))
    if heir.id == command.person_id or not is_theirs:
        raise NotASuccessor(person_id=heir.id)
    answer = _change(work, command, Change.REMOVE, successor_id=command.successor_id)
    withdraw_all_of(work, command.person_id)
    return answer


def _manages(work: Work, other: Actor) -> bool:
    return may_manage(work.who, other, site(work, other.home_id) if other.home_id else None)


def _change(work: Work, command: PersonCommand, change: Change, **columns: object) -> Answer:
    """One version on, to where the change leads. Raises PersonChanged where it leads nowhere, or not any more."""
    work.hold("the standing of people")  # of two administrators who remove each other, the second is out by now
    permit(work.by(person(work, work.who.id), work.channel), command)
    before = member(work, command.person_id)
    after = TRANSITIONS.get((before.standing, change))
    if after is None or before.version != command.version:
        raise PersonChanged(person_id=before.id)
    now = {"standing": after, "version": before.version + 1, "changed_by_id": work.who.id, "changed_at": work.now}
    as_seen = (col(Person.id) == before.id, col(Person.version) == before.version)
    if work.change(Person, *as_seen, **now, **columns) != 1:
        raise PersonChanged(person_id=before.id)
    told_before = {name: getattr(before, name) for name in ("standing", *columns)}
    work.changes.note("people", before.id, told_before, {"standing": after, **columns})
    was = {"state": before.standing.value, "version": before.version}
    told = Happened(f"person.{change.value}", None, {"person_id": before.id})
    return Answer(None, before.version + 1, after.value, was, (told,))
