"""What the commands share: the screen, an end with one sentence, and the books opened with one for each failure."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import NoReturn

from rich.console import Console
from sqlalchemy.exc import DBAPIError

from bot.settings import Settings
from data.disk import DiskFull
from data.engine import Database
from data.migrations.apply import SchemaTooNew, migrate

screen = Console()


def stop(sentence: str) -> NoReturn:
    """Say a sentence and end with 1."""
    screen.print(sentence, style="red", markup=False)
    raise SystemExit(1)


def opened(settings: Settings) -> Database:
    """The books as they are, brought to this version's schema. Ends with a sentence where they cannot be opened."""
    with told_in_a_sentence():
        database = Database(settings.database)
        database.writing(migrate).result()
    return database


@contextmanager
def told_in_a_sentence() -> Iterator[None]:
    """End with one sentence, and not a traceback, where the books cannot be opened."""
    try:
        yield
    except (SchemaTooNew, ValueError) as error:
        stop(f"{error}. Nothing was changed.")
    except DiskFull:
        stop("There is no room on the disk of the database. Nothing was changed; make room and start again.")
    except DBAPIError as error:
        said = str(error.orig).strip().splitlines()[0]
        stop(f"The database could not be opened: {said}. Nothing was changed; look at STOCKTALK_DATABASE.")
