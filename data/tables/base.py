"""What every table shares: names for its constraints, STRICT on SQLite, and a typed way to reach it from queries."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType
from typing import Any, cast

from pydantic_core import PydanticUndefined
from sqlalchemy import CheckConstraint, Index, Table, text
from sqlmodel import SQLModel

metadata = SQLModel.metadata
metadata.naming_convention = {
    "pk": "pk_%(table_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
}


def table_args(*rules: Any, **options: Any) -> tuple[Any, ...]:
    """The `__table_args__` of a table: its constraints and indexes, and STRICT."""
    return (*rules, {"sqlite_strict": True, **options})


def check(name: str, rule: str) -> CheckConstraint:
    """A named CHECK: the name is what an error message shows."""
    return CheckConstraint(rule, name=name)


def partial_index(name: str, *columns: str, where: str, unique: bool = False) -> Index:
    """An index of the rows that `where` picks, on both databases."""
    return Index(name, *columns, unique=unique, sqlite_where=text(where), postgresql_where=text(where))


def table_of(model: type[SQLModel]) -> Table:
    """The Core table of a model. (`model.__table__` is unknown to the type checker.)"""
    return metadata.tables[cast(str, model.__tablename__)]


@cache
def defaults_of(model: type[SQLModel]) -> Mapping[str, object]:
    """The columns that may be left out of an insert, with what they then hold."""
    fields = {name: field.default for name, field in model.model_fields.items() if name != "id"}
    return MappingProxyType({name: value for name, value in fields.items() if value is not PydanticUndefined})
