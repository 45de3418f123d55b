"""One unit of work: a transaction, the moment it runs at, who acts and from where. Everything in core is given one."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass, field, fields, replace
from datetime import datetime
from functools import cached_property
from typing import Any, Protocol, TypeVar, TypeVarTuple, cast

from sqlalchemy import (
    ColumnElement,
    Connection,
    CursorResult,
    Executable,
    Row,
    Select,
    Text,
    delete,
    func,
    insert,
    select,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import SQLModel, col

from core.ground.changes import Changes
from core.ground.permissions import Actor
from data.statements import Driver, Savepoint, Statement, given
from data.tables.base import defaults_of, table_of

Columns = TypeVarTuple("Columns")
Shape = TypeVar("Shape")
_HOLD = Statement(select(func.pg_advisory_xact_lock(func.hashtextextended(given("name", Text), 0))))


class Clock(Protocol):
    """Tells the time; a test's clock stands still until it is moved."""

    def __call__(self) -> datetime:
        """The present moment, aware, in UTC."""
        ...


@dataclass(frozen=True)
class Work:
    """What a command or a question runs on. `now` does not change while it runs.

    `trace` is the key under which every row and log line that comes of one message is found. `known` is what was read
    already and stays as it is until this work ends: what hardly ever changes, and what this work has locked. `changes`
    is what the audit will say was changed.
    """

    connection: Connection
    now: datetime
    actor: Actor | None = None
    channel: str = ""
    trace: str | None = None
    known: dict[Hashable, Any] = field(default_factory=dict, repr=False, compare=False)
    changes: Changes = field(default_factory=Changes, repr=False, compare=False)

    @cached_property
    def driver(self) -> Driver:
        """The connection as statements use it."""
        return Driver(self.connection)

    def by(self, actor: Actor, channel: str) -> Work:
        """The same transaction, with this person acting from this channel."""
        return replace(self, actor=actor, channel=channel)

    def traced(self, trace: str | None) -> Work:
        """The same transaction, for what comes of this message."""
        return replace(self, trace=trace)

    def afresh(self) -> Work:
        """The same transaction, with nothing known or changed: for a part of it that may be undone."""
        return Work(self.connection, self.now, self.actor, self.channel, self.trace)

    def once(self, key: Hashable, read: Callable[[], Shape]) -> Shape:
        """What `read` finds, read once while this work lasts."""
        if key not in self.known:
            self.known[key] = read()
        return cast("Shape", self.known[key])

    def knows(self, key: Hashable, value: object) -> None:
        """What was read under this key is now as this work has written it."""
        self.known[key] = value

    @property
    def who(self) -> Actor:
        """The person who acts. Raises ValueError where nobody does."""
        if self.actor is None:
            raise ValueError("this work has nobody who acts")
        return self.actor

    def one(self, statement: Statement[*Columns], /, **parameters: object) -> tuple[*Columns] | None:
        """The first row of a statement, or None."""
        return statement.one(self.driver, parameters)

    def rows(self, statement: Statement[*Columns], /, **parameters: object) -> list[tuple[*Columns]]:
        """Every row of a statement."""
        return statement.rows(self.driver, parameters)

    def run(self, statement: Statement[()], /, **parameters: object) -> int:
        """Write by a statement; how many rows."""
        return statement.run(self.driver, parameters)

    def all(self, query: Select[*Columns]) -> list[Row[*Columns]]:
        """Every row of a query."""
        return list(self.connection.execute(query).all())

    def first(self, query: Select[*Columns]) -> Row[*Columns] | None:
        """The first row of a query, or None."""
        return self.connection.execute(query).first()

    def records(self, shape: type[Shape], query: Select[Any]) -> list[Shape]:
        """Every row of a query whose columns are the fields of `shape`, in their order."""
        return [shape(*row) for row in self.connection.execute(query)]

    def record(self, shape: type[Shape], query: Select[Any]) -> Shape | None:
        """The first such row, or None."""
        row = self.connection.execute(query).first()
        return None if row is None else shape(*row)

    def add_if_missing(self, model: type[SQLModel], **values: object) -> bool:
        """Insert one row unless one with the same key is there; whether it was inserted."""
        dialect_insert = postgresql.insert if self.on_postgresql else sqlite.insert
        row = dialect_insert(table_of(model)).values(**{**defaults_of(model), **values})
        # Of an insert PostgreSQL's driver keeps the number of rows only where it is told to.
        return self._touched(row.on_conflict_do_nothing().execution_options(preserve_rowcount=True)) == 1

    @property
    def on_postgresql(self) -> bool:
        """Whether several transactions may write at once."""
        return self.connection.dialect.name == "postgresql"

    def hold(self, name: str) -> None:
        """Have everybody else who holds the same name wait until this transaction ends. One writer needs none of it."""
        if self.on_postgresql:
            self.one(_HOLD, name=name)

    def change(self, model: type[SQLModel], *where: ColumnElement[bool], **values: object) -> int:
        """Update the rows that fit all of `where`; how many there were."""
        return self._touched(update(table_of(model)).where(*where).values(**values))

    def remove(self, model: type[SQLModel], *where: ColumnElement[bool]) -> int:
        """Delete the rows that fit all of `where`; how many there were."""
        return self._touched(delete(table_of(model)).where(*where))

    def add(self, model: type[SQLModel], **values: object) -> int:
        """Insert one row; its id (0 for a table without one). Columns that are not given take the model's default."""
        row = self.connection.execute(insert(table_of(model)).values(**{**defaults_of(model), **values}))
        key = row.inserted_primary_key
        return int(key[0]) if key and isinstance(key[0], int) else 0

    def savepoint(self) -> Savepoint:
        """A point to return to."""
        return Savepoint(self.driver)

    def _touched(self, statement: Executable) -> int:
        return cast("CursorResult[Any]", self.connection.execute(statement)).rowcount


def picked(model: type[SQLModel], shape: type[Any]) -> Select[*tuple[Any, ...]]:
    """A query for those columns of a table that a dataclass has as fields, in their order."""
    return select(*(col(getattr(model, field.name)) for field in fields(shape)))
