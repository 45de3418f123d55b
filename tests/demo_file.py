"""The demo chain as a database file: made once for each worker, and copied for each test."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from bot.demo import make_demo
from core.goods.catalogue import catalogue
from core.ground.work import Work
from data.engine import Database
from data.migrations.apply import migrate
from handlers.understand.names.lexicon import Lexicon

OPENED = datetime(2026, 3, 17, 22, tzinfo=UTC)  # before every morning that a test plays on


def demo_file(folder: Path) -> Path:
    """The database file with the demo chain, its stock and its chats in this folder, made at the first call."""
    made = folder / "demo.db"
    if not made.exists():
        making = folder / "making.db"
        database = Database(f"sqlite:///{making}")
        database.writing(migrate).result()
        fill(database)
        database.close_now()  # the last connection folds the log into the file
        making.rename(made)
    return made


def fill(database: Database) -> None:
    """Write the demo chain into a database with an empty schema."""
    make_demo(database, lambda: OPENED)


def lexicon_of(database: Database) -> Lexicon:
    """Every name in a database. The same for all copies of one file, so that it is built once."""
    return database.reading(lambda c: Lexicon.built_from(catalogue(Work(c, OPENED)))).result()
