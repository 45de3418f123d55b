"""Changes of what a column may hold, and holds by default, without its table being built anew."""

from __future__ import annotations

import re
from collections.abc import Callable

from alembic import op


def change_words(table: str, column: str, name: str, *words: str) -> None:
    """Let `column` hold these words. `name` is that of its CHECK without the table's: "known_state".

    SQLite cannot change a constraint; for a CHECK, which says nothing of how rows are stored, its manual has the text
    of the schema replaced ("Making Other Kinds Of Table Schema Changes"). A ledger of ten million rows stays as it is.
    """
    named = f"ck_{table}_{name}"
    listed = ", ".join(f"'{word}'" for word in words)
    if op.get_bind().dialect.name != "sqlite":
        op.execute(f"alter table {table} drop constraint {named}")
        op.execute(f"alter table {table} add constraint {named} check ({column} in ({listed}))")
        return
    rule = rf"(CONSTRAINT {named} CHECK \({column} IN )\([^()]*\)"
    _rewrite(table, rule, lambda match: f"{match[1]}({listed})")


def forget_default(table: str, column: str, default: str) -> None:
    """Have a column hold nothing by default that was added with one. Every row has to hold its own value by now."""
    if op.get_bind().dialect.name != "sqlite":
        op.execute(f"alter table {table} alter column {column} drop default")
        return
    _rewrite(table, rf"(\b{column} \w+ )default {default} ", lambda match: match[1])


def _rewrite(table: str, pattern: str, written: Callable[[re.Match[str]], str]) -> None:
    """Replace a part of the text of a table's schema on SQLite. Raises LookupError where it is not there once."""
    connection = op.get_bind()
    found = connection.exec_driver_sql("select sql from sqlite_schema where type = 'table' and name = ?", (table,))
    after, changed = re.subn(pattern, written, str(found.scalar_one()))
    if changed != 1:
        raise LookupError(f"{table} has no {pattern}")
    version = connection.exec_driver_sql("pragma schema_version").scalar_one()
    connection.exec_driver_sql("pragma writable_schema = on")
    connection.exec_driver_sql("update sqlite_schema set sql = ? where type = 'table' and name = ?", (after, table))
    connection.exec_driver_sql(f"pragma schema_version = {int(version) + 1}")
    connection.exec_driver_sql("pragma writable_schema = off")
