"""Whether somebody still works in the chain, who goes on with what they began, and cards about people."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from data.migrations.words import change_words, forget_default

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    known = "constraint ck_person_known_standing CHECK (standing IN ('active', 'suspended', 'removed'))"
    add_column("person", "standing", "varchar(20)", f"default 'active' not null {known}")
    add_column("person", "version", "bigint", "default 1 not null")
    op.execute("update person set standing = 'active', version = 1")  # in the rows, and no longer by a default alone
    forget_default("person", "standing", "'active'")
    forget_default("person", "version", "1")
    add_column("person", "successor_id", "bigint", "constraint fk_person_successor_id references person (id)")
    add_column("person", "changed_by_id", "bigint", "constraint fk_person_changed_by_id references person (id)")
    add_column("person", "changed_at", "bigint")
    index("ix_person_successor_id", "person", "successor_id")
    change_words("card", "face", "known_cardface", "pending", "document", "review", "person")
    add_column("card", "about_id", "bigint", "constraint fk_card_about_id references person (id)")
    add_column("card", "view", "text")
    index("ix_card_about_id", "card", "about_id")


def add_column(table: str, name: str, kind: str, rule: str = "") -> None:
    """Add a column; the rows that are there are not written anew."""
    if op.get_bind().dialect.name == "sqlite":
        kind = {"bigint": "INTEGER"}.get(kind, "TEXT")
    op.execute(f"alter table {table} add column {name} {kind} {rule}".rstrip())


def index(name: str, table: str, column: str) -> None:
    rows = sa.text(f"{column} is not null")
    op.create_index(name, table, [column], unique=False, sqlite_where=rows, postgresql_where=rows)
