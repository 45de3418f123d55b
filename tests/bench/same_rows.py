"""Whether two databases hold the same rows: how many, and a hash for each table.

What a side says in words of its own is left out: the texts of the audit, and of the done-record what tells one wish
from another and the answer that it would give again.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection, func, select

from data.tables.all import metadata

OWN_WORDS = frozenset(
    {
        *(("audit", name) for name in ("facts", "before", "after")),
        *(("done", name) for name in ("fingerprint", "answer")),
    }
)
JSON = frozenset({("event", "facts")})
"""What counts here are the facts, not the spaces between them."""


@dataclass(frozen=True, slots=True)
class Held:
    """What a table holds."""

    rows: int
    hash: str


def held(connection: Connection) -> dict[str, Held]:
    """Every table with its rows in the order of their keys."""
    return {name: _held(connection, name) for name in sorted(metadata.tables)}


def counts(connection: Connection) -> dict[str, int]:
    """How many rows every table has."""
    tables = sorted(metadata.tables.items())
    return {name: connection.execute(select(func.count()).select_from(table)).scalar_one() for name, table in tables}


def differences(one: Mapping[str, Any], other: Mapping[str, Any]) -> list[str]:
    """The tables that do not hold the same."""
    return [name for name in sorted({*one, *other}) if one.get(name) != other.get(name)]


def _held(connection: Connection, name: str) -> Held:
    table = metadata.tables[name]
    columns = [column for column in table.columns if (name, column.name) not in OWN_WORDS]
    rows = connection.execute(select(*columns).order_by(*table.primary_key)).all()
    found = sha256()
    for row in rows:
        said = [
            json.loads(value) if (name, column.name) in JSON else value
            for column, value in zip(columns, row, strict=True)
        ]
        found.update(repr(said).encode())
    return Held(len(rows), found.hexdigest())
