"""Column types that keep their meaning on SQLite and PostgreSQL alike.

SQLite's STRICT tables know INT, TEXT, REAL and BLOB only, so the other types are compiled away to these here. Whole
numbers are 64 bit on both databases: fen times quantity overflows 32. Tables are written with the aliases at the end;
an alias never combines with `| None` or with another `Field` (SQLModel then silently takes types of its own).
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Annotated, Any

from sqlalchemy import BigInteger, Dialect, Enum, ForeignKey, Text, TypeDecorator
from sqlalchemy.ext.compiler import compiles
from sqlmodel import Field

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)


def to_micros(moment: datetime) -> int:
    """Whole microseconds since 1970 UTC. Raises ValueError for a moment without a zone."""
    if moment.tzinfo is None:
        raise ValueError(f"a moment needs a zone: {moment!r}")
    return (moment - EPOCH) // MICROSECOND


def from_micros(micros: int) -> datetime:
    """The moment, aware in UTC, of whole microseconds since 1970."""
    return EPOCH + micros * MICROSECOND


class Moment(TypeDecorator[datetime]):
    """A moment as whole microseconds UTC: exact, sortable and the same in plain SQL on both databases."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:
        """To the column's whole number."""
        return None if value is None else to_micros(value)

    def process_result_value(self, value: int | None, dialect: Dialect) -> datetime | None:
        """Back to an aware datetime."""
        return None if value is None else from_micros(value)


def one_of(kind: type[StrEnum], name: str = "") -> Enum:
    """Store an enum by value, and let the database refuse any other word.

    `name` tells two columns of one table apart that hold the same kind.
    """
    return Enum(
        kind,
        native_enum=False,
        create_constraint=True,
        length=20,
        name=f"known_{name or kind.__name__.lower()}",
        values_callable=lambda members: [member.value for member in members],
    )


def words(name: str, *values: str) -> Enum:
    """As `one_of`, said by its values: for migrations, which must not change when the enum does."""
    return Enum(*values, native_enum=False, create_constraint=True, length=20, name=name)


@compiles(BigInteger, "sqlite")
def _whole_on_sqlite(kind: BigInteger, compiler: Any, **options: Any) -> str:
    return "INTEGER"  # the one spelling that is also the rowid key


@compiles(Enum, "sqlite")
def _word_on_sqlite(kind: Enum, compiler: Any, **options: Any) -> str:
    return "TEXT"


def ref(target: str) -> Any:
    """A whole-number column that must name a row of `target` ("place.id")."""
    return Field(sa_type=BigInteger, sa_column_args=(ForeignKey(target),))


def maybe_ref(target: str) -> Any:
    """As `ref`, but the row may be missing."""
    return Field(default=None, sa_type=BigInteger, nullable=True, sa_column_args=(ForeignKey(target),))


def word(kind: type[StrEnum], name: str = "") -> Any:
    """A column that holds one value of `kind`."""
    return Field(sa_type=one_of(kind, name))


def word_or(default: StrEnum, name: str = "") -> Any:
    """As `word`, with what it holds unless it is said."""
    return Field(default=default, sa_type=one_of(type(default), name))


def maybe_word(kind: type[StrEnum], name: str = "") -> Any:
    """As `word`, but the value may be missing."""
    return Field(default=None, sa_type=one_of(kind, name), nullable=True)


def key_ref(target: str) -> Any:
    """As `ref`, and part of the table's primary key."""
    return Field(sa_type=BigInteger, primary_key=True, sa_column_args=(ForeignKey(target),))


def key_of_words(kind: type[StrEnum]) -> Any:
    """As `word`, and part of the table's primary key."""
    return Field(sa_type=one_of(kind), primary_key=True)


Key = Annotated[int | None, Field(sa_type=BigInteger, primary_key=True)]
Whole = Annotated[int, Field(sa_type=BigInteger)]
MaybeWhole = Annotated[int | None, Field(sa_type=BigInteger, nullable=True)]
KeyWhole = Annotated[int, Field(sa_type=BigInteger, primary_key=True)]
KeyWord = Annotated[str, Field(sa_type=Text, primary_key=True)]
Said = Annotated[str, Field(sa_type=Text)]
MaybeSaid = Annotated[str | None, Field(sa_type=Text, nullable=True)]
At = Annotated[datetime, Field(sa_type=Moment)]
MaybeAt = Annotated[datetime | None, Field(sa_type=Moment, nullable=True)]
