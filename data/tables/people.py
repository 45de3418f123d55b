"""Who works in the chain, how others come in, what waits for whose word, by which rule, and who speaks for whom."""

from __future__ import annotations

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import SQLModel

from data.columns import (
    At,
    Key,
    MaybeAt,
    MaybeSaid,
    MaybeWhole,
    Said,
    Whole,
    maybe_ref,
    maybe_word,
    ref,
    word,
    word_or,
)
from data.kinds import Decision, DocumentKind, InviteKind, InviteState, Reach, Role, RouteKind, Standing, StepMode
from data.tables.base import check, partial_index, table_args

HAS_A_SUCCESSOR = "successor_id is not null"


class Person(SQLModel, table=True):
    """Somebody who may act. A home place, a region, or neither (the whole chain) is where.

    Whoever leaves stays here, since the books name them: `standing` says that they act no more, `successor_id` who goes
    on with what they began. `version` is one more for each change, `changed_by_id` and `changed_at` are of the last.
    """

    __table_args__ = table_args(
        UniqueConstraint("code"), partial_index("ix_person_successor_id", "successor_id", where=HAS_A_SUCCESSOR)
    )

    id: Key = None
    code: Said
    name: Said
    role: Role = word(Role)
    home_id: int | None = maybe_ref("place.id")
    region: MaybeSaid = None
    language: Said
    standing: Standing = word_or(Standing.ACTIVE)
    version: Whole = 1
    successor_id: int | None = maybe_ref("person.id")
    changed_by_id: int | None = maybe_ref("person.id")
    changed_at: MaybeAt = None


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


class ApprovalRule(SQLModel, table=True):
    """When a document waits for more words than its route asks for. All that is said of it has to hold.

    A product of which there is more than `above_packs` of its largest pack; goods worth more than `above_fen`; where a
    category is said, only its goods are looked at. A rule is switched off and never deleted: steps name it.
    """

    __tablename__ = "approval_rule"
    __table_args__ = table_args(
        UniqueConstraint("name"),
        check("limits_are_not_negative", "coalesce(above_packs, 0) >= 0 and coalesce(above_fen, 0) >= 0"),
        check("on_is_a_flag", "is_on in (0, 1)"),
        check("version_begins_at_one", "version >= 1"),
    )

    id: Key = None
    name: Said
    kind: DocumentKind = word(DocumentKind)
    above_packs: MaybeWhole = None
    above_fen: MaybeWhole = None
    category: MaybeSaid = None
    route: RouteKind | None = maybe_word(RouteKind)
    requester_role: Role | None = maybe_word(Role, "requester_role")
    is_on: Whole = 1
    version: Whole = 1
    changed_by_id: int = ref("person.id")
    changed_at: At


class ApprovalRuleStep(SQLModel, table=True):
    """One word that a rule asks for. Steps of one position are asked together, the next ones after them."""

    __tablename__ = "approval_rule_step"
    __table_args__ = table_args(
        UniqueConstraint("rule_id", "position", "role", "reach"),
        check("position_begins_at_one", "position >= 1"),
        check(
            "minutes_are_positive",
            "coalesce(remind_after_minutes, 1) >= 1 and coalesce(escalate_after_minutes, 1) >= 1",
        ),
    )

    id: Key = None
    rule_id: int = ref("approval_rule.id")
    position: Whole
    role: Role = word(Role)
    reach: Reach = word(Reach)
    mode: StepMode = word(StepMode)
    remind_after_minutes: MaybeWhole = None
    escalate_after_minutes: MaybeWhole = None


class ApprovalStep(SQLModel, table=True):
    """One word that a document waits for: of anybody with `role` for the place (or region, or the whole chain).

    The waiting steps of the lowest position are asked; `asked_at` is when their turn came. Where nobody was there to be
    asked, or in time, `meant_for` is the role that it climbed from. `decided_for_id` is who was away and is spoken for.
    """

    __tablename__ = "approval_step"
    __table_args__ = table_args(
        Index(None, "document_id"),
        partial_index("ix_approval_step_waiting", "document_id", where="decision = 'waiting'"),
        check("position_begins_at_one", "position >= 1"),
        partial_index("ix_approval_step_reminds_at", "reminds_at", where="reminds_at is not null"),
        partial_index("ix_approval_step_escalates_at", "escalates_at", where="escalates_at is not null"),
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
    position: Whole = 1
    reach: Reach = word_or(Reach.SOURCE)
    mode: StepMode = word_or(StepMode.ANY)
    rule_id: int | None = maybe_ref("approval_rule.id")
    rule_name: MaybeSaid = None
    meant_for: Role | None = maybe_word(Role, "meant_for")
    decided_for_id: int | None = maybe_ref("person.id")
    asked_at: MaybeAt = None
    remind_after_minutes: MaybeWhole = None
    escalate_after_minutes: MaybeWhole = None
    reminds_at: MaybeAt = None
    escalates_at: MaybeAt = None


class ApprovalWord(SQLModel, table=True):
    """Somebody whom a step asked that wants the word of all: who they were when it asked, and what was said since.

    `said_by_id` is another than the person where somebody spoke for them.
    """

    __tablename__ = "approval_word"
    __table_args__ = table_args(
        UniqueConstraint("step_id", "person_id"),
        check("is_said_by_somebody", "(said_at is null) = (said_by_id is null)"),
    )

    id: Key = None
    step_id: int = ref("approval_step.id")
    person_id: int = ref("person.id")
    said_at: MaybeAt = None
    said_by_id: int | None = maybe_ref("person.id")


class Delegation(SQLModel, table=True):
    """Who decides for somebody who is away, from when until when. It may be ended before."""

    __table_args__ = table_args(
        check("goes_to_somebody_else", "person_id <> delegate_id"),
        check("ends_after_it_starts", "ends_at > starts_at"),
        check("is_ended_by_somebody", "(ended_at is null) = (ended_by_id is null)"),
        partial_index("ix_delegation_open", "ends_at", where="ended_at is null"),
    )

    id: Key = None
    person_id: int = ref("person.id")
    delegate_id: int = ref("person.id")
    starts_at: At
    ends_at: At
    made_by_id: int = ref("person.id")
    made_at: At
    ended_at: MaybeAt = None
    ended_by_id: int | None = maybe_ref("person.id")
