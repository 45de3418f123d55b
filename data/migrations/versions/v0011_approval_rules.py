"""Approval rules: when a document waits for more words, in which order, and who speaks for somebody who is away."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from data.columns import Moment, words

revision = "0011"
down_revision = "0010"

ROLES = (
    "clerk",
    "store_manager",
    "keeper",
    "area_manager",
    "buyer",
    "finance",
    "auditor",
    "hq",
    "admin",
    "system",
)
REACHES = ("source", "target", "region", "chain")
MODES = ("any", "all")


def upgrade() -> None:
    create_rule()
    create_rule_step()
    rebuild_step()
    create_word()
    create_delegation()


def create_rule() -> None:
    op.create_table(
        "approval_rule",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", words("known_documentkind", "transfer", "opening", "goods_receipt", "sale"), nullable=False),
        sa.Column("above_packs", sa.BigInteger(), nullable=True),
        sa.Column("above_fen", sa.BigInteger(), nullable=True),
        sa.Column("category", sa.Text(), nullable=True),
        sa.Column("route", words("known_routekind", "same_region", "across_regions"), nullable=True),
        sa.Column("requester_role", words("known_requester_role", *ROLES), nullable=True),
        sa.Column("is_on", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("changed_by_id", sa.BigInteger(), nullable=False),
        sa.Column("changed_at", Moment(), nullable=False),
        sa.CheckConstraint(
            "coalesce(above_packs, 0) >= 0 and coalesce(above_fen, 0) >= 0",
            name=op.f("ck_approval_rule_limits_are_not_negative"),
        ),
        sa.CheckConstraint("is_on in (0, 1)", name=op.f("ck_approval_rule_on_is_a_flag")),
        sa.CheckConstraint("version >= 1", name=op.f("ck_approval_rule_version_begins_at_one")),
        sa.ForeignKeyConstraint(["changed_by_id"], ["person.id"], name=op.f("fk_approval_rule_changed_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_approval_rule")),
        sa.UniqueConstraint("name", name=op.f("uq_approval_rule_name")),
        sqlite_strict=True,
    )


def create_rule_step() -> None:
    op.create_table(
        "approval_rule_step",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("rule_id", sa.BigInteger(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("role", words("known_role", *ROLES), nullable=False),
        sa.Column("reach", words("known_reach", *REACHES), nullable=False),
        sa.Column("mode", words("known_stepmode", *MODES), nullable=False),
        sa.Column("remind_after_minutes", sa.BigInteger(), nullable=True),
        sa.Column("escalate_after_minutes", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("position >= 1", name=op.f("ck_approval_rule_step_position_begins_at_one")),
        sa.CheckConstraint(
            "coalesce(remind_after_minutes, 1) >= 1 and coalesce(escalate_after_minutes, 1) >= 1",
            name=op.f("ck_approval_rule_step_minutes_are_positive"),
        ),
        sa.ForeignKeyConstraint(["rule_id"], ["approval_rule.id"], name=op.f("fk_approval_rule_step_rule_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_approval_rule_step")),
        sa.UniqueConstraint(
            "rule_id", "position", "role", "reach", name=op.f("uq_approval_rule_step_rule_id_position_role_reach")
        ),
        sqlite_strict=True,
    )


def rebuild_step() -> None:
    """The same rows: each the one word of its document, of anybody at the source. Nothing refers to them."""
    kept = "id, document_id, role, place_id, rule, rule_limit, decision, decided_by_id, decided_at, reason"
    op.execute("create temporary table before_step as select * from approval_step")
    op.drop_table("approval_step")
    create_step()
    op.execute(
        f"insert into approval_step ({kept}, position, reach, mode)"
        f" select {kept}, 1, 'source', 'any' from before_step order by id"
    )
    op.execute("drop table before_step")
    if op.get_bind().dialect.name != "sqlite":
        op.execute("select setval('approval_step_id_seq', greatest((select max(id) from approval_step), 1))")


def create_step() -> None:
    op.create_table(
        "approval_step",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("document_id", sa.BigInteger(), nullable=False),
        sa.Column("role", words("known_role", *ROLES), nullable=False),
        sa.Column("place_id", sa.BigInteger(), nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("rule_limit", sa.BigInteger(), nullable=True),
        sa.Column("decision", words("known_decision", "waiting", "approved", "rejected", "dropped"), nullable=False),
        sa.Column("decided_by_id", sa.BigInteger(), nullable=True),
        sa.Column("decided_at", Moment(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("reach", words("known_reach", *REACHES), nullable=False),
        sa.Column("mode", words("known_stepmode", *MODES), nullable=False),
        sa.Column("rule_id", sa.BigInteger(), nullable=True),
        sa.Column("rule_name", sa.Text(), nullable=True),
        sa.Column("meant_for", words("known_meant_for", *ROLES), nullable=True),
        sa.Column("decided_for_id", sa.BigInteger(), nullable=True),
        sa.Column("asked_at", Moment(), nullable=True),
        sa.Column("remind_after_minutes", sa.BigInteger(), nullable=True),
        sa.Column("escalate_after_minutes", sa.BigInteger(), nullable=True),
        sa.Column("reminds_at", Moment(), nullable=True),
        sa.Column("escalates_at", Moment(), nullable=True),
        sa.CheckConstraint("position >= 1", name=op.f("ck_approval_step_position_begins_at_one")),
        sa.ForeignKeyConstraint(["decided_by_id"], ["person.id"], name=op.f("fk_approval_step_decided_by_id")),
        sa.ForeignKeyConstraint(["decided_for_id"], ["person.id"], name=op.f("fk_approval_step_decided_for_id")),
        sa.ForeignKeyConstraint(["document_id"], ["document.id"], name=op.f("fk_approval_step_document_id")),
        sa.ForeignKeyConstraint(["place_id"], ["place.id"], name=op.f("fk_approval_step_place_id")),
        sa.ForeignKeyConstraint(["rule_id"], ["approval_rule.id"], name=op.f("fk_approval_step_rule_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_approval_step")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_approval_step_document_id"), "approval_step", ["document_id"], unique=False)
    index("ix_approval_step_reminds_at", "approval_step", "reminds_at", where="reminds_at is not null")
    index("ix_approval_step_escalates_at", "approval_step", "escalates_at", where="escalates_at is not null")
    index("ix_approval_step_waiting", "approval_step", "document_id", where="decision = 'waiting'")


def create_word() -> None:
    op.create_table(
        "approval_word",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("step_id", sa.BigInteger(), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("said_at", Moment(), nullable=True),
        sa.Column("said_by_id", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(
            "(said_at is null) = (said_by_id is null)", name=op.f("ck_approval_word_is_said_by_somebody")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_approval_word_person_id")),
        sa.ForeignKeyConstraint(["said_by_id"], ["person.id"], name=op.f("fk_approval_word_said_by_id")),
        sa.ForeignKeyConstraint(["step_id"], ["approval_step.id"], name=op.f("fk_approval_word_step_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_approval_word")),
        sa.UniqueConstraint("step_id", "person_id", name=op.f("uq_approval_word_step_id_person_id")),
        sqlite_strict=True,
    )


def create_delegation() -> None:
    op.create_table(
        "delegation",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("delegate_id", sa.BigInteger(), nullable=False),
        sa.Column("starts_at", Moment(), nullable=False),
        sa.Column("ends_at", Moment(), nullable=False),
        sa.Column("made_by_id", sa.BigInteger(), nullable=False),
        sa.Column("made_at", Moment(), nullable=False),
        sa.Column("ended_at", Moment(), nullable=True),
        sa.Column("ended_by_id", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("person_id <> delegate_id", name=op.f("ck_delegation_goes_to_somebody_else")),
        sa.CheckConstraint("ends_at > starts_at", name=op.f("ck_delegation_ends_after_it_starts")),
        sa.CheckConstraint(
            "(ended_at is null) = (ended_by_id is null)", name=op.f("ck_delegation_is_ended_by_somebody")
        ),
        sa.ForeignKeyConstraint(["delegate_id"], ["person.id"], name=op.f("fk_delegation_delegate_id")),
        sa.ForeignKeyConstraint(["ended_by_id"], ["person.id"], name=op.f("fk_delegation_ended_by_id")),
        sa.ForeignKeyConstraint(["made_by_id"], ["person.id"], name=op.f("fk_delegation_made_by_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_delegation_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delegation")),
        sqlite_strict=True,
    )
    index("ix_delegation_open", "delegation", "ends_at", where="ended_at is null")


def index(name: str, table: str, column: str, *, where: str) -> None:
    rows = sa.text(where)
    op.create_index(name, table, [column], unique=False, sqlite_where=rows, postgresql_where=rows)
