"""Bring a database to the newest schema, at start and in tests."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.util import CommandError
from sqlalchemy import Connection

HERE = Path(__file__).parent


class SchemaTooNew(RuntimeError):
    """The database was written by a newer version of the program than this one. Nothing was changed."""


def migrate(connection: Connection) -> None:
    """Apply every change that the database does not have yet, in the caller's transaction.

    Raises SchemaTooNew for a schema that this program does not know.
    """
    config = Config()
    config.set_main_option("script_location", str(HERE))
    config.attributes["connection"] = connection
    try:
        command.upgrade(config, "head")
    except CommandError as error:
        if "Can't locate revision" in str(error):
            raise SchemaTooNew(
                "this database was written by a newer stocktalk; use that one, or restore a backup"
            ) from error
        raise
