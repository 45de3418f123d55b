"""Delivery by priority and within limits, leases between processes, and a key that follows a message."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from data.columns import Moment, words

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    rebuild_outbox()
    add_column("chat", "gone_at", "bigint")
    add_column("card", "shown", "text")
    for table in ("event", "audit"):
        add_column(table, "trace", "text")
    create_bucket()
    create_lease()


def rebuild_outbox() -> None:
    """The same rows, all of them of the first priority. Nothing refers to them."""
    kept = (
        "id, chat_id, kind, dedupe_key, reply, card_id, answers_id, state, attempts, repeated, next_at, lease_owner,"
        " lease_ends_at, message_id, error, created_at, sent_at"
    )
    op.execute("create temporary table before_outbox as select * from outbox")
    op.drop_table("outbox")
    create_outbox()
    op.execute(f"insert into outbox ({kept}, priority) select {kept}, 1 from before_outbox order by id")
    op.execute("drop table before_outbox")
    if op.get_bind().dialect.name != "sqlite":
        op.execute("select setval('outbox_id_seq', greatest((select max(id) from outbox), 1))")


def create_outbox() -> None:
    op.create_table(
        "outbox",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("chat_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", words("known_outboxkind", "message", "toast"), nullable=False),
        sa.Column("priority", sa.BigInteger(), nullable=False),
        sa.Column("dedupe_key", sa.Text(), nullable=False),
        sa.Column("reply", sa.Text(), nullable=True),
        sa.Column("card_id", sa.BigInteger(), nullable=True),
        sa.Column("answers_id", sa.BigInteger(), nullable=True),
        sa.Column("state", words("known_outboxstate", "pending", "sending", "sent", "dead"), nullable=False),
        sa.Column("attempts", sa.BigInteger(), nullable=False),
        sa.Column("repeated", sa.BigInteger(), nullable=False),
        sa.Column("next_at", Moment(), nullable=False),
        sa.Column("lease_owner", sa.Text(), nullable=True),
        sa.Column("lease_ends_at", Moment(), nullable=True),
        sa.Column("message_id", sa.Text(), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("trace", sa.Text(), nullable=True),
        sa.Column("created_at", Moment(), nullable=False),
        sa.Column("sent_at", Moment(), nullable=True),
        sa.CheckConstraint("priority between 1 and 3", name=op.f("ck_outbox_one_of_the_priorities")),
        sa.ForeignKeyConstraint(["answers_id"], ["inbox.id"], name=op.f("fk_outbox_answers_id")),
        sa.ForeignKeyConstraint(["card_id"], ["card.id"], name=op.f("fk_outbox_card_id")),
        sa.ForeignKeyConstraint(["chat_id"], ["chat.id"], name=op.f("fk_outbox_chat_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
        sa.UniqueConstraint("dedupe_key", name=op.f("uq_outbox_dedupe_key")),
        sqlite_strict=True,
    )
    index_outbox("ix_outbox_open", ["chat_id", "priority", "id"], "state in ('pending', 'sending')")
    index_outbox("ix_outbox_dead", ["id"], "state = 'dead'")
    op.create_index("ix_outbox_sent", "outbox", ["chat_id", "sent_at"], unique=False)


def index_outbox(name: str, columns: list[str], where: str) -> None:
    rows = sa.text(where)
    op.create_index(name, "outbox", columns, unique=False, sqlite_where=rows, postgresql_where=rows)


def add_column(table: str, name: str, kind: str, rule: str = "") -> None:
    """Add a column; the rows that are there are not written anew."""
    if op.get_bind().dialect.name == "sqlite":
        kind = kind.replace("bigint", "INTEGER").replace("text", "TEXT")
    op.execute(f"alter table {table} add column {name} {kind} {rule}".rstrip())


def create_bucket() -> None:
    op.create_table(
        "bucket",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("taken", sa.Text(), nullable=False),
        sa.Column("opens_at", Moment(), nullable=True),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_bucket")),
        sqlite_strict=True,
    )


def create_lease() -> None:
    op.create_table(
        "lease",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("ends_at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_lease")),
        sqlite_strict=True,
    )
