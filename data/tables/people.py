"""Who works in the chain, and what waits for whose word."""

from __future__ import annotations

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import SQLModel

from data.columns import Key, MaybeAt, MaybeSaid, MaybeWhole, Said, maybe_ref, ref, word
from data.kinds import Decision, Role
from data.tables.base import table_args


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


class ApprovalStep(SQLModel, table=True):
    """One word that a document waits for: of anybody with `role` for the place (or region, or the whole chain)."""

    __tablename__ = "approval_step"
    __table_args__ = table_args(Index(None, "document_id"))

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
