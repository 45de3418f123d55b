"""Who works in the chain, how others come in, and what waits for whose word."""

from __future__ import annotations

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import SQLModel

from data.columns import At, Key, MaybeAt, MaybeSaid, MaybeWhole, Said, maybe_ref, maybe_word, ref, word
from data.kinds import Decision, InviteKind, InviteState, Role
from data.tables.base import check, partial_index, table_args


class Person(SQLModel, table=True):
    """Somebody who may act. A home place, a region, or neither (the whole chain) is where."""

    __table_args__ = table_args(UniqueConstraint("code"))

    id: Key = None
    code: Said
    name: Said
    role: Role = word(Role)
    home_id: int | None = maybe_ref("place.id")
    region: MaybeSaid = None
    language: Said


class Invite(SQLModel, table=True):
    """A way in, for one use. Of its code only the hash is kept, so nobody reads a way in from here.

    A newcomer gets the role and the place or region; an account becomes the person's; a group hears of the region, or
    of everything without one. `person_id` is who came in, or will; `used_by` is what their channel calls them.
    """

    __table_args__ = table_args(
        check("a_newcomer_gets_a_role", "(kind in ('account', 'group')) = (role is null)"),
        check("an_account_is_of_a_person", "kind <> 'account' or person_id is not null"),
        check("is_used_by_somebody", "(state = 'used') = (used_by is not null)"),
        check("ends_once", "(state in ('used', 'withdrawn')) = (ended_at is not null)"),
        UniqueConstraint("code_hash"),
        partial_index("ix_invite_open", "made_by_id", where="state = 'open'"),
    )

    id: Key = None
    code_hash: Said
    kind: InviteKind = word(InviteKind)
    role: Role | None = maybe_word(Role)
    home_id: int | None = maybe_ref("place.id")
    region: MaybeSaid = None
    person_id: int | None = maybe_ref("person.id")
    made_by_id: int = ref("person.id")
    made_at: At
    expires_at: At
    state: InviteState = word(InviteState)
    used_by: MaybeSaid = None
    ended_at: MaybeAt = None


class ApprovalStep(SQLModel, table=True):
    """One word that a document waits for: of anybody with `role` for the place (or region, or the whole chain)."""

    __tablename__ = "approval_step"
    __table_args__ = table_args(
        Index(None, "document_id"),
        partial_index("ix_approval_step_waiting", "document_id", where="decision = 'waiting'"),
    )

    id: Key = None
    document_id: int = ref("document.id")
    role: Role = word(Role)
    place_id: int = ref("place.id")
    rule: Said
    rule_limit: MaybeWhole = None
    decision: Decision = word(Decision)
    decided_by_id: int | None = maybe_ref("person.id")
    decided_at: MaybeAt = None
    reason: MaybeSaid = None
