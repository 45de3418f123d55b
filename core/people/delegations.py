"""Standing in (委托): who decides for somebody who is away, from when until when.

Whom a question asks is decided first, as if everybody were there; then whoever stands in for one of them may answer it
in their place. So somebody who stands in speaks with the scope of the other, and not for those for whom the other does.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType

from sqlmodel import col

from core.ground.commands import Answer, AnyRule, Command, Rule
from core.ground.permissions import Actor, may_invite
from core.ground.work import Work, picked
from core.people.directory import person, site
from core.people.errors import CannotStandIn, MayNotDelegate, NoSuchDelegation
from core.people.ladder import RANKS
from data.statements import Statement, given
from data.tables.people import Delegation as DelegationRow

LONGEST = timedelta(days=90)


@dataclass(frozen=True)
class Delegate(Command):
    """Have somebody decide for one who is away, from a moment until another."""

    person_id: int
    delegate_id: int
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True)
class EndDelegation(Command):
    """Nobody stands in any longer: who was away is back."""

    delegation_id: int


@dataclass(frozen=True, slots=True)
class Delegation:
    """Who decides for whom, and when, unless it was ended before."""

    id: int
    person_id: int
    delegate_id: int
    starts_at: datetime
    ends_at: datetime


_OPEN = picked(DelegationRow, Delegation).where(col(DelegationRow.ended_at).is_(None)).order_by(col(DelegationRow.id))
_NOT_OVER = Statement(_OPEN.where(col(DelegationRow.ends_at) > given("now")))


def delegations(work: Work) -> list[Delegation]:
    """Every delegation that is not over, also those that have not begun."""
    return [Delegation(*row) for row in work.rows(_NOT_OVER, now=work.now)]


def in_force(work: Work) -> list[Delegation]:
    """Who stands in for whom at this moment."""
    return work.once(in_force, lambda: [one for one in delegations(work) if one.starts_at <= work.now])


def may_delegate(work: Work, actor: Actor, absent: Actor) -> bool:
    """Whether this person may say who decides for that one: for themselves, or for whom they might have let in."""
    home = site(work, absent.home_id) if absent.home_id else None
    return actor.id == absent.id or may_invite(actor, absent.role, home)


def stands_as_high(delegate: Actor, absent: Actor) -> bool:
    """Whether this person may speak for that one: they work here, both are of a role that decides, theirs is not below.

    A clerk who stood in for the manager would decide on what the other clerks of the store ask for, which is what the
    manager is asked to look at; another manager or somebody above knows how to, and answers for it already.
    """
    return delegate.is_active and 0 < RANKS.get(absent.role, 0) <= RANKS.get(delegate.role, 0)


def permit_delegate(work: Work, command: Delegate) -> None:
    """Raises MayNotDelegate for everybody but they themselves and those set above them."""
    if not may_delegate(work, work.who, person(work, command.person_id)):
        raise MayNotDelegate(person_id=command.person_id)


def delegate(work: Work, command: Delegate) -> Answer:
    """Keep it. Raises CannotStandIn for who may not speak for the other, and for days that are none."""
    work.hold(f"stands in for {command.person_id}")
    why = _why_not(work, command)
    if why:
        raise CannotStandIn(person_id=command.delegate_id, why=why)
    columns = {"person_id": command.person_id, "delegate_id": command.delegate_id, "made_by_id": work.who.id}
    days = {"starts_at": command.starts_at, "ends_at": command.ends_at, "made_at": work.now}
    work.changes.note("delegations", work.add(DelegationRow, **columns, **days), None, {**columns, **days})
    return Answer(None, 1, "delegated")


def permit_end(work: Work, command: EndDelegation) -> None:
    """Raises NoSuchDelegation where there is none, MayNotDelegate as `permit_delegate`."""
    found = _open(work, command.delegation_id)
    if not may_delegate(work, work.who, person(work, found.person_id)):
        raise MayNotDelegate(person_id=found.person_id)


def end(work: Work, command: EndDelegation) -> Answer:
    """End it at once. Raises NoSuchDelegation where somebody ended it before."""
    still = (col(DelegationRow.id) == command.delegation_id, col(DelegationRow.ended_at).is_(None))
    if not work.change(DelegationRow, *still, ended_at=work.now, ended_by_id=work.who.id):
        raise NoSuchDelegation
    work.changes.note("delegations", command.delegation_id, {"ended_at": None}, {"ended_at": work.now})
    return Answer(None, 2, "ended", {"state": "delegated", "version": 1})


def _open(work: Work, delegation_id: int) -> Delegation:
    found = next((one for one in delegations(work) if one.id == delegation_id), None)
    if found is None:
        raise NoSuchDelegation
    return found


def _why_not(work: Work, command: Delegate) -> str | None:
    absent, other = person(work, command.person_id), person(work, command.delegate_id)
    if absent.id == other.id:
        return "same_person"
    if not stands_as_high(other, absent):
        return "too_low"
    starts, ends = command.starts_at, command.ends_at
    if ends <= starts or ends <= work.now or ends - starts > LONGEST:
        return "dates"
    taken = [one for one in delegations(work) if one.person_id == absent.id]
    return "spoken_for" if any(one.starts_at < ends and starts < one.ends_at for one in taken) else None


RULES: Mapping[type[Command], AnyRule] = MappingProxyType(
    {
        Delegate: Rule(permit_delegate, delegate),
        EndDelegation: Rule(permit_end, end),
    }
)
