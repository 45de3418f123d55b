"""Changes of the words that a column may hold, without writing its rows anew."""

from __future__ import annotations

import re

from alembic import op


def change_words(table: str, column: str, name: str, *words: str) -> None:
    """Let `column` hold these words. `name` is that of its CHECK without the table's: "known_state".

    SQLite cannot change a constraint; for a CHECK, which says nothing of how rows are stored, its manual has the text
    of the schema replaced ("Making Other Kinds Of Table Schema Changes"). A ledger of ten million rows stays as it is.
    """
    named = f"ck_{table}_{name}"
    listed = ", ".join(f"'{word}'" for word in words)
    connection = op.get_bind()
    if connection.dialect.name != "sqlite":
        op.execute(f"alter table {table} drop constraint {named}")
        op.execute(f"alter table {table} add constraint {named} check ({column} in ({listed}))")
        return
    found = connection.exec_driver_sql("select sql from sqlite_schema where type = 'table' and name = ?", (table,))
    before = str(found.scalar_one())
    pattern = rf"(CONSTRAINT {named} CHECK \({column} IN )\([^()]*\)"
    after, changed = re.subn(pattern, lambda match: f"{match[1]}({listed})", before)
    if changed != 1:
        raise LookupError(f"{table} has no constraint {named} on {column}")
    version = connection.exec_driver_sql("pragma schema_version").scalar_one()
    connection.exec_driver_sql("pragma writable_schema = on")
    connection.exec_driver_sql("update sqlite_schema set sql = ? where type = 'table' and name = ?", (after, table))
    connection.exec_driver_sql(f"pragma schema_version = {int(version) + 1}")
    connection.exec_driver_sql("pragma writable_schema = off")
