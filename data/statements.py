"""What is written at every step: said in Core beside its use, compiled once, run on the driver's own connection.

A statement is compiled for both databases when its module is imported, so a column that was renamed breaks there. It
runs inside the transaction of the SQLAlchemy connection it is given: savepoints, commits and rollbacks stay where they
are. What is not written at every step is better off with plain Core.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from operator import itemgetter
from types import MappingProxyType
from typing import Any, Generic, TypeVarTuple, cast, overload

from sqlalchemy import BindParameter, Connection, Delete, Dialect, Insert, Update, bindparam, make_url
from sqlalchemy.exc import DBAPIError
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.selectable import TypedReturnsRows
from sqlalchemy.types import TypeEngine
from sqlmodel import SQLModel

from data.tables.base import table_of

Columns = TypeVarTuple("Columns")
Convert = Callable[[Any], Any]
Parameters = Mapping[str, object]


def _dialect(url: str, paramstyle: str) -> Dialect:
    kind: Callable[..., Dialect] = make_url(url).get_dialect()
    return kind(paramstyle=paramstyle)


# By position, which is what both drivers take fastest.
DIALECTS: Mapping[str, Dialect] = MappingProxyType(
    {"sqlite": _dialect("sqlite://", "qmark"), "postgresql": _dialect("postgresql+psycopg://", "format")}
)


def given(name: str, kind: TypeEngine[Any] | type[TypeEngine[Any]] | None = None) -> BindParameter[Any]:
    """A value that is given when the statement runs. Beside a column it takes the column's type, elsewhere say it."""
    return bindparam(name, type_=kind)


def given_columns(model: type[SQLModel]) -> dict[str, Any]:
    """Every column of a table but `id` as a value that is given, for an insert that leaves nothing to defaults."""
    return {column.name: given(column.name) for column in table_of(model).c if column.name != "id"}


class Driver:
    """A connection as statements use it: the driver's own, inside the transaction of the SQLAlchemy connection."""

    __slots__ = ("connection", "kind", "line")

    def __init__(self, connection: Connection) -> None:
        """Stays right until the transaction ends: a connection that is lost ends it as well."""
        self.connection, self.kind = connection, connection.dialect.name
        self.line = cast(Any, connection.connection.driver_connection)

    def execute(self, text: str, values: Sequence[Any] = ()) -> Any:
        """The cursor after this statement. Raises DBAPIError, as the SQLAlchemy connection would."""
        if not self.connection.in_transaction():
            self.connection.begin()
        try:
            return self.line.cursor().execute(text, values)
        except self.connection.dialect.loaded_dbapi.Error as error:
            raise self._failure(text, values, error) from error

    def _failure(self, text: str, values: Sequence[Any], error: Exception) -> Exception:
        dialect = self.connection.dialect
        lost = dialect.is_disconnect(cast(Any, error), self.line, None)
        if lost:
            self.connection.invalidate(error)
        kind = dialect.loaded_dbapi.Error
        return DBAPIError.instance(text, values, error, kind, connection_invalidated=lost, dialect=dialect)


class Savepoint:
    """A point of a transaction to return to. One within another is ended before it."""

    def __init__(self, driver: Driver) -> None:
        """Here is the point."""
        self._driver = driver
        driver.execute("SAVEPOINT step")

    def rollback(self) -> None:
        """Undo what was written since, and forget the point. Where the connection was lost, it all is undone."""
        if self._driver.connection.invalidated:
            return
        self._driver.execute("ROLLBACK TO SAVEPOINT step")
        self.commit()

    def commit(self) -> None:
        """Keep what was written since, and forget the point."""
        self._driver.execute("RELEASE SAVEPOINT step")


class Statement(Generic[*Columns]):
    """One statement, ready for each database; its rows are tuples of `Columns`.

    `on_postgresql` is the same wish where the databases have constructs of their own (an upsert). Raises whatever the
    compiler raises for a column that is not there, and TypeError for a list: loop over sorted keys.
    """

    @overload
    def __init__(
        self: Statement[*Columns],
        core: TypedReturnsRows[*Columns],
        *,
        on_postgresql: TypedReturnsRows[*Columns] | None = None,
    ) -> None: ...

    @overload
    def __init__(
        self: Statement[()], core: Insert | Update | Delete, *, on_postgresql: Insert | Update | Delete | None = None
    ) -> None: ...

    def __init__(self, core: Any, *, on_postgresql: Any = None) -> None:
        said = {"sqlite": core, "postgresql": core if on_postgresql is None else on_postgresql}
        self._ready = {name: Ready(said[name], dialect) for name, dialect in DIALECTS.items()}

    def one(self, driver: Driver, parameters: Parameters) -> tuple[*Columns] | None:
        """The first row, or None."""
        ready = self._ready[driver.kind]
        row = driver.execute(ready.text, ready.values(parameters)).fetchone()
        return cast("tuple[*Columns] | None", ready.converted(row) if row is not None and ready.out else row)

    def rows(self, driver: Driver, parameters: Parameters) -> list[tuple[*Columns]]:
        """Every row."""
        ready = self._ready[driver.kind]
        found = driver.execute(ready.text, ready.values(parameters)).fetchall()
        return cast("list[tuple[*Columns]]", [ready.converted(row) for row in found] if ready.out else found)

    def run(self, driver: Driver, parameters: Parameters) -> int:
        """How many rows were written."""
        ready = self._ready[driver.kind]
        return int(driver.execute(ready.text, ready.values(parameters)).rowcount)


class Ready:
    """A statement as one database takes it: its text, how values go in and how rows come out."""

    def __init__(self, core: Any, dialect: Dialect) -> None:
        if isinstance(core, Insert) and not len(core.exported_columns):
            core = core.inline()  # else PostgreSQL would be asked to give back an id that nobody reads
        compiled = cast(SQLCompiler, core.compile(dialect=dialect))
        self.text = compiled.string
        self.wanted: set[str] = set()
        constants: dict[str, object] = {}
        into: dict[str, Convert] = {}
        kinds: dict[str, TypeEngine[Any]] = {}
        for bind, name in compiled.bind_names.items():  # the names in the text: `bind.key` of a constant is another
            if bind.expanding or bind.literal_execute:
                raise TypeError(f"a statement takes no list: {name}")
            if type(kinds.setdefault(name, bind.type)) is not type(bind.type):
                raise TypeError(f"{name} is given as {kinds[name]!r} and as {bind.type!r}")
            convert = bind.type.dialect_impl(dialect).bind_processor(dialect)
            if not bind.required:
                constants[name] = convert(bind.effective_value) if convert else bind.effective_value
                continue
            self.wanted.add(name)
            if convert:
                into[name] = convert
        names = compiled.positiontup or []
        asked = [name for name in names if name in self.wanted]
        self._in_order = _in_order(asked)
        self._into = [(place, into[name]) for place, name in enumerate(asked) if name in into]
        self._constants = [(place, constants[name]) for place, name in enumerate(names) if name in constants]
        columns = [column.type.dialect_impl(dialect) for column in core.exported_columns]
        found = [(place, kind.result_processor(dialect, None)) for place, kind in enumerate(columns)]
        self.out = tuple((place, convert) for place, convert in found if convert)

    def values(self, parameters: Parameters) -> list[Any]:
        """The values in the order of the text. Raises KeyError for a missing name, TypeError for a strange one."""
        if len(parameters) != len(self.wanted):
            raise self._misnamed(parameters)
        try:
            values = [*self._in_order(parameters)]
        except KeyError:
            raise self._misnamed(parameters) from None
        for place, convert in self._into:
            values[place] = convert(values[place])
        for place, constant in self._constants:
            values.insert(place, constant)
        return values

    def converted(self, row: tuple[Any, ...]) -> tuple[Any, ...]:
        """A row of the driver's as the tables' types have it."""
        columns = list(row)
        for place, convert in self.out:
            columns[place] = convert(columns[place])
        return tuple(columns)

    def _misnamed(self, parameters: Parameters) -> Exception:
        if missing := sorted(self.wanted - parameters.keys()):
            return KeyError(f"not given: {', '.join(missing)}")
        return TypeError(f"not asked for: {', '.join(sorted(parameters.keys() - self.wanted))}")


def _in_order(names: list[str]) -> Callable[[Parameters], tuple[Any, ...]]:
    if len(names) > 1:
        return cast("Callable[[Parameters], tuple[Any, ...]]", itemgetter(*names))
    return lambda parameters: tuple(parameters[name] for name in names)
