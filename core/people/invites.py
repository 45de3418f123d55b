"""Invites: ways into the chain for one use, made within the inviter's own scope and for roles below theirs.

The code of an invite is made and shown at the edge and never comes here: the rules know it by its hash.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType

from sqlalchemy import or_
from sqlmodel import col

from core.ground.commands import Answer, AnyRule, Command, Rule
from core.ground.events import Happened
from core.ground.permissions import Actor, may_connect, may_invite, may_let_in_again
from core.ground.work import Work, picked
from core.people.directory import new_code, person, site
from core.people.errors import InviteIsForAGroup, InviteIsForAPerson, InviteNotUsable, MayNotConnect, MayNotInvite
from core.people.posts import check_fit, check_region
from data.kinds import InviteKind, InviteState, Role
from data.statements import Statement, given
from data.tables.people import Invite, Person

USUAL_HOURS, MOST_HOURS = 24, 168
USED = "invite.used"


@dataclass(frozen=True, slots=True)
class Newcomer:
    """Somebody whom the chain does not know yet: their role, and the place or the region that goes with it."""

    role: Role
    home_id: int | None = None
    region: str | None = None


@dataclass(frozen=True, slots=True)
class Known:
    """Somebody of the chain, on a channel where nobody knows them yet."""

    person_id: int


@dataclass(frozen=True, slots=True)
class Group:
    """A group chat that is to hear of a region's outcomes, or of all of them."""

    region: str | None = None


LetsIn = Newcomer | Known | Group


@dataclass(frozen=True)
class MakeInvite(Command):
    """Let somebody in, once. Raises ValueError for hours that nobody may choose."""

    code_hash: str
    lets_in: LetsIn
    hours: int = USUAL_HOURS

    def __post_init__(self) -> None:
        if not 1 <= self.hours <= MOST_HOURS:
            raise ValueError(f"an invite lasts from 1 to {MOST_HOURS} hours, not {self.hours}")


@dataclass(frozen=True)
class WithdrawInvite(Command):
    """Close a way in that nobody has used yet."""

    invite_id: int


@dataclass(frozen=True)
class UseInvite(Command):
    """Come in. `used_by` is what the channel calls them; the name and the language are for a newcomer."""

    code_hash: str
    used_by: str
    name: str
    language: str


@dataclass(frozen=True)
class ConnectGroup(Command):
    """Have a group chat hear what its invite says. `used_by` is what the channel calls it, `name` what people do."""

    code_hash: str
    used_by: str
    name: str


@dataclass(frozen=True, slots=True)
class InviteRow:
    """An invite as it stands."""

    id: int
    kind: InviteKind
    role: Role | None
    home_id: int | None
    region: str | None
    person_id: int | None
    made_by_id: int
    expires_at: datetime
    state: InviteState
    used_by: str | None

    @property
    def lets_in(self) -> LetsIn:
        """What it is for."""
        if self.kind is InviteKind.GROUP:
            return Group(self.region)
        if self.kind is InviteKind.ACCOUNT:
            return Known(self.person_id or 0)
        return Newcomer(self.role or Role.CLERK, self.home_id, self.region)


_ROW = picked(Invite, InviteRow)
_BY_HASH = Statement(_ROW.where(col(Invite.code_hash) == given("code_hash")))


def invite_of(work: Work, code_hash: str) -> InviteRow | None:
    """The invite whose code has this hash, whatever became of it."""
    row = work.one(_BY_HASH, code_hash=code_hash)
    return None if row is None else InviteRow(*row)


def invite(work: Work, invite_id: int) -> InviteRow:
    """The invite with this id. Raises LookupError when there is none."""
    row = work.record(InviteRow, _ROW.where(col(Invite.id) == invite_id))
    if row is None:
        raise LookupError(f"no invite {invite_id}")
    return row


def open_invites(work: Work) -> list[InviteRow]:
    """The invites that can still be used and that who acts may withdraw, the next to run out first."""
    still = (col(Invite.state) == InviteState.OPEN, col(Invite.expires_at) > work.now)
    rows = work.records(InviteRow, _ROW.where(*still).order_by(col(Invite.expires_at), col(Invite.id)))
    return [row for row in rows if _may_withdraw(work, row)]


def may_make(work: Work, actor: Actor, lets_in: LetsIn) -> bool:
    """Whether this person may let these in."""
    match lets_in:
        case Newcomer(role=role, home_id=home_id):
            return may_invite(actor, role, site(work, home_id) if home_id else None)
        case Known(person_id=person_id):
            known = person(work, person_id)
            return may_let_in_again(actor, known, site(work, known.home_id) if known.home_id else None)
        case Group(region=region):
            return may_connect(actor, region)


def permit_make(work: Work, command: MakeInvite) -> None:
    """Raises MayNotInvite unless the role is below that of who acts and the place in their scope."""
    if not may_make(work, work.who, command.lets_in):
        raise MayNotInvite


def make(work: Work, command: MakeInvite) -> Answer:
    """Write the invite. Raises RoleDoesNotFit or NoSuchRegion for what is nowhere in the chain."""
    lets_in = command.lets_in
    columns: dict[str, object] = {"kind": InviteKind.GROUP}
    match lets_in:
        case Newcomer(role=role, home_id=home_id, region=region):
            check_fit(work, role, home_id, region)
            columns = {"kind": InviteKind.NEWCOMER, "role": role, "home_id": home_id, "region": region}
        case Known(person_id=person_id):
            columns = {"kind": InviteKind.ACCOUNT, "person_id": person_id}
        case Group(region=region) if region is not None:
            check_region(work, region)
            columns["region"] = region
    ends = {"made_at": work.now, "expires_at": work.now + timedelta(hours=command.hours)}
    row = {"made_by_id": work.who.id, "state": InviteState.OPEN, **ends, **columns}
    work.changes.note("invites", work.add(Invite, code_hash=command.code_hash, **row), None, row)
    return Answer(None, 1, InviteState.OPEN.value)


def permit_withdraw(work: Work, command: WithdrawInvite) -> None:
    """Raises InviteNotUsable when there is none, MayNotInvite unless who acts made it or may make such a one."""
    row = work.record(InviteRow, _ROW.where(col(Invite.id) == command.invite_id))
    if row is None:
        raise InviteNotUsable
    if not _may_withdraw(work, row):
        raise MayNotInvite


def withdraw(work: Work, command: WithdrawInvite) -> Answer:
    """Close it. Raises InviteNotUsable when it was used or withdrawn before."""
    return _end(work, command.invite_id, InviteState.WITHDRAWN)


def permit_use(work: Work, command: UseInvite) -> None:
    """Raises MayNotInvite for everybody but the system: nobody of the chain comes into it."""
    if work.who.role is not Role.SYSTEM:
        raise MayNotInvite


def use(work: Work, command: UseInvite) -> Answer:
    """Let them in: as a new person, or as the one they are. Raises InviteNotUsable or InviteIsForAGroup.

    Of two people with one code at once the second finds it ended when they want to end it, and nothing stays of them.
    """
    row = _usable(work, command.code_hash)
    lets_in = row.lets_in
    if isinstance(lets_in, Group):
        raise InviteIsForAGroup
    person_id = lets_in.person_id if isinstance(lets_in, Known) else _add_person(work, lets_in, command)
    told = Happened(USED, None, {"invite_id": row.id, "person_id": person_id, "name": command.name})
    return _end(work, row.id, InviteState.USED, told, used_by=command.used_by, person_id=person_id)


def permit_connect(work: Work, command: ConnectGroup) -> None:
    """Raises MayNotConnect unless who acts may have a group told of what this invite is for."""
    row = invite_of(work, command.code_hash)
    if row is not None and isinstance(row.lets_in, Group) and not may_connect(work.who, row.region):
        raise MayNotConnect


def connect(work: Work, command: ConnectGroup) -> Answer:
    """Use the invite up for a group. Raises InviteNotUsable or InviteIsForAPerson."""
    row = _usable(work, command.code_hash)
    if not isinstance(row.lets_in, Group):
        raise InviteIsForAPerson
    told = Happened(USED, None, {"invite_id": row.id, "person_id": work.who.id, "name": command.name})
    return _end(work, row.id, InviteState.USED, told, used_by=command.used_by, person_id=work.who.id)


def withdraw_all_of(work: Work, person_id: int) -> None:
    """Close every way in that this person made, or that was for them: they leave."""
    theirs = or_(col(Invite.made_by_id) == person_id, col(Invite.person_id) == person_id)
    work.change(Invite, theirs, col(Invite.state) == InviteState.OPEN, state=InviteState.WITHDRAWN, ended_at=work.now)


def _usable(work: Work, code_hash: str) -> InviteRow:
    """The open invite. Whoever made it has to be one who still may."""
    row = invite_of(work, code_hash)
    if row is None or row.state is not InviteState.OPEN or row.expires_at <= work.now:
        raise InviteNotUsable
    if not may_make(work, person(work, row.made_by_id), row.lets_in):
        raise InviteNotUsable
    return row


def _end(work: Work, invite_id: int, state: InviteState, *events: Happened, **columns: object) -> Answer:
    """Take it out of those that are open. Raises InviteNotUsable for everybody but the first who wants to."""
    still_open = (col(Invite.id) == invite_id, col(Invite.state) == InviteState.OPEN)
    if not work.change(Invite, *still_open, state=state, ended_at=work.now, **columns):
        raise InviteNotUsable
    work.changes.note("invites", invite_id, {"state": InviteState.OPEN}, {"state": state, **columns})
    return Answer(None, 2, state.value, {"state": InviteState.OPEN.value, "version": 1}, events)


def _add_person(work: Work, lets_in: Newcomer, command: UseInvite) -> int:
    where = {"home_id": lets_in.home_id, "region": lets_in.region, "language": command.language}
    row = {"code": new_code(work), "name": command.name, "role": lets_in.role, **where}
    person_id = work.add(Person, **row)
    work.changes.note("people", person_id, None, row)
    return person_id


def _may_withdraw(work: Work, row: InviteRow) -> bool:
    return row.made_by_id == work.who.id or may_make(work, work.who, row.lets_in)


RULES: Mapping[type[Command], AnyRule] = MappingProxyType(
    {
        MakeInvite: Rule(permit_make, make),
        WithdrawInvite: Rule(permit_withdraw, withdraw),
        UseInvite: Rule(permit_use, use),
        ConnectGroup: Rule(permit_connect, connect),
    }
)
