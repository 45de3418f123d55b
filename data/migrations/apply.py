"""Bring a database to the newest schema, at start and in tests."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Connection, inspect

HERE = Path(__file__).parent


class SchemaTooNew(RuntimeError):
    """The database was written by a newer version of the program than this one. Nothing was changed."""


def migrate(connection: Connection) -> None:
    """Apply every change that the database does not have yet, in the caller's transaction.

    Raises SchemaTooNew for a schema that this program does not know.
    """
    config = _config()
    config.attributes["connection"] = connection
    try:
        command.upgrade(config, "head")
    except CommandError as error:
        if "Can't locate revision" in str(error):
            raise SchemaTooNew(
                "this database was written by a newer stocktalk; use that one, or restore a backup"
            ) from error
        raise


@cache
def newest() -> str:
    """The version of the schema that this program knows."""
    return ScriptDirectory.from_config(_config()).get_current_head() or ""


def version(connection: Connection) -> str | None:
    """The version of a database's schema; None where there is none yet."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    found: str | None = connection.exec_driver_sql("select version_num from alembic_version").scalar()
    return found


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(HERE))
    return config
