"""What the commands share: the screen, an end with one sentence, and the books opened with one for each failure."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import NoReturn

from pydantic import ValidationError
from rich.console import Console
from sqlalchemy.exc import ArgumentError, DBAPIError

from bot.alone import Taken, alone, file_of
from bot.settings import ENV_PREFIX, Settings
from data.disk import Away, DiskFull
from data.engine import Database
from data.migrations.apply import SchemaTooNew, migrate, newest, version

UNCHANGED = "Nothing was changed"
screen = Console()


def stop(sentence: str) -> NoReturn:
    """Say a sentence and end with 1."""
    screen.print(sentence, style="red", markup=False)
    raise SystemExit(1)


def configured() -> Settings:
    """What is set from outside. Ends with a sentence where something of it cannot be read."""
    try:
        return Settings()
    except ValidationError as error:
        wrong = ", ".join(f"{ENV_PREFIX}{str(each['loc'][0]).upper()} ({each['msg']})" for each in error.errors())
        stop(f"A setting cannot be used: {wrong}. Nothing was started.")


def opened(settings: Settings, *, as_they_are: bool = False) -> Database:
    """The books, brought to this version's schema. Ends with a sentence where they cannot be opened.

    `as_they_are` changes nothing: books of another version cannot be opened then.
    """
    with told_in_a_sentence():
        path = file_of(settings.database)
        if path and not path.exists():
            stop(f"There is no database at {path} yet: `stocktalk run` makes it. Nothing was changed.")
        database = Database(settings.database)
        known = database.reading(version).result()
        if as_they_are and known is None:
            stop("There is nothing in this database yet: `stocktalk run` makes it. Nothing was changed.")
        if as_they_are and known != newest():
            said = f"These books have schema {known}, and this program knows {newest()}"
            stop(f"{said}: `stocktalk run` brings older ones up to date. Nothing was changed.")
        if known != newest():
            with alone(settings.database):  # not beneath a server of the version before
                database.writing(migrate).result()
    return database


def printable(text: str) -> str:
    """Without what would command the terminal: some of it was typed by people in a chat."""
    return "".join(letter if letter.isprintable() else " " for letter in text)


@contextmanager
def told_in_a_sentence(so: Callable[[], str] = lambda: UNCHANGED) -> Iterator[None]:
    """End with one sentence, and not a traceback, where the books cannot be opened. `so` is what that leaves behind."""
    try:
        yield
    except (SchemaTooNew, ValueError) as error:
        stop(f"{error}. {so()}.")
    except Taken as taken:
        stop(f"A server is on this database already: {taken}. {so()}.")
    except ArgumentError:  # its text may hold the address, and that the password
        stop(f"The address of the database cannot be read. {so()}; look at STOCKTALK_DATABASE.")
    except OSError as error:
        stop(f"The database could not be opened: {error.strerror}. {so()}; look at STOCKTALK_DATABASE.")
    except DiskFull:
        stop(f"There is no room on the disk of the database. {so()}; make room and start again.")
    except (Away, DBAPIError) as error:
        said = str(getattr(error, "orig", error)).strip().splitlines()[0]
        stop(f"The database could not be opened: {said}. {so()}; look at STOCKTALK_DATABASE.")
