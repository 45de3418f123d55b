"""Triggers that let a table take new rows and no changes, on both databases."""

from __future__ import annotations

from alembic import op


def make_insert_only(table: str) -> None:
    """Have the database refuse to change or delete a row of `table`."""
    if op.get_bind().dialect.name == "sqlite":
        for change in ("update", "delete"):
            op.execute(
                f"create trigger {table}_refuses_{change} before {change} on {table}"
                f" begin select raise(abort, '{table} rows are never changed'); end"
            )
        return
    op.execute(
        f"create function {table}_is_insert_only() returns trigger language plpgsql as"
        f" $$ begin raise exception '{table} rows are never changed'; end $$"
    )
    op.execute(
        f"create trigger {table}_refuses_change before update or delete or truncate on {table}"
        f" for each statement execute function {table}_is_insert_only()"
    )
