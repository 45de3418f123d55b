"""What is written at every step: said in Core beside its use, compiled once, run on the driver's own connection.

A statement is compiled for both databases when its module is imported, so a column that was renamed breaks there. It
runs inside the transaction of the SQLAlchemy connection it is given: savepoints, commits and rollbacks stay where they
are. What is not written at every step is better off with plain Core.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from operator import attrgetter, itemgetter, methodcaller
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

    def one(self, connection: Connection, parameters: Parameters) -> tuple[*Columns] | None:
        """The first row, or None."""
        ready = self._ready[connection.dialect.name]
        row = ready.run(connection, parameters, _FIRST)
        return cast("tuple[*Columns] | None", ready.converted(row) if row is not None and ready.out else row)

    def rows(self, connection: Connection, parameters: Parameters) -> list[tuple[*Columns]]:
        """Every row."""
        ready = self._ready[connection.dialect.name]
        found = ready.run(connection, parameters, _ALL)
        return cast("list[tuple[*Columns]]", [ready.converted(row) for row in found] if ready.out else found)

    def run(self, connection: Connection, parameters: Parameters) -> int:
        """How many rows were written."""
        return int(self._ready[connection.dialect.name].run(connection, parameters, _TOUCHED))


_FIRST, _ALL, _TOUCHED = methodcaller("fetchone"), methodcaller("fetchall"), attrgetter("rowcount")


class Ready:
    """A statement as one database takes it: its text, how values go in and how rows come out."""

    def __init__(self, core: Any, dialect: Dialect) -> None:
        if isinstance(core, Insert) and not len(core.exported_columns):
            core = core.inline()  # else PostgreSQL would be asked to give back an id that nobody reads
        compiled = cast(SQLCompiler, core.compile(dialect=dialect))
        self.text = compiled.string
        self.constants: dict[str, object] = {}
        self.wanted: set[str] = set()
        self.into: dict[str, Convert] = {}
        kinds: dict[str, TypeEngine[Any]] = {}
        for bind, name in compiled.bind_names.items():  # the names in the text: `bind.key` of a constant is another
            if bind.expanding or bind.literal_execute:
                raise TypeError(f"a statement takes no list: {name}")
            if type(kinds.setdefault(name, bind.type)) is not type(bind.type):
                raise TypeError(f"{name} is given as {kinds[name]!r} and as {bind.type!r}")
            convert = bind.type.dialect_impl(dialect).bind_processor(dialect)
            if not bind.required:
                self.constants[name] = convert(bind.effective_value) if convert else bind.effective_value
                continue
            self.wanted.add(name)
            if convert:
                self.into[name] = convert
        self._in_order = _in_order(compiled.positiontup or [])
        columns = [column.type.dialect_impl(dialect) for column in core.exported_columns]
        found = [(place, kind.result_processor(dialect, None)) for place, kind in enumerate(columns)]
        self.out = tuple((place, convert) for place, convert in found if convert)

    def run(self, connection: Connection, parameters: Parameters, fetch: Convert) -> Any:
        """What `fetch` makes of the driver's cursor. Raises DBAPIError, as the SQLAlchemy connection would."""
        values = self.values(parameters)
        if not connection.in_transaction():
            connection.begin()
        driver = cast(Any, connection.connection.driver_connection)
        try:
            return fetch(driver.cursor().execute(self.text, values))
        except connection.dialect.loaded_dbapi.Error as error:
            raise self._failure(connection, driver, values, error) from error

    def values(self, parameters: Parameters) -> tuple[Any, ...]:
        """The values in the order of the text. Raises KeyError for a missing name, TypeError for a strange one."""
        if parameters.keys() != self.wanted:
            raise self._misnamed(parameters)
        if not self.into and not self.constants:
            return self._in_order(parameters)
        values = {**self.constants, **parameters}
        for name, convert in self.into.items():
            values[name] = convert(values[name])
        return self._in_order(values)

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

    def _failure(self, connection: Connection, driver: Any, values: tuple[Any, ...], error: Exception) -> Exception:
        lost = connection.dialect.is_disconnect(cast(Any, error), driver, None)
        if lost:
            connection.invalidate(error)
        kind = connection.dialect.loaded_dbapi.Error
        return DBAPIError.instance(
            self.text, values, error, kind, connection_invalidated=lost, dialect=connection.dialect
        )


def _in_order(names: list[str]) -> Callable[[Parameters], tuple[Any, ...]]:
    if len(names) > 1:
        return cast("Callable[[Parameters], tuple[Any, ...]]", itemgetter(*names))
    return lambda parameters: tuple(parameters[name] for name in names)
