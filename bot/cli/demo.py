"""`stocktalk demo`: makes the demo chain with its history, says what there is, or begins it anew."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.text import Text

from bot.alone import alone, file_of
from bot.cli.making import opened_or_made
from bot.cli.terminal import configured, opened, screen, stop, told_in_a_sentence
from bot.demo import is_whole
from bot.demo_reset import Holdings, InUse, drop_and_begin, holdings, put_aside, refuse_company
from bot.settings import MOST_DEMO_DAYS, Settings
from bot.wiring import present
from data.engine import Database
from data.kinds import DocumentKind
from data.migrations.apply import version

KINDS = {
    DocumentKind.SALE: "till rolls",
    DocumentKind.GOODS_RECEIPT: "deliveries",
    DocumentKind.TRANSFER: "transfers",
    DocumentKind.OPENING: "opening stocks",
}


def demo(
    days: Annotated[
        int | None,
        typer.Option(min=0, max=MOST_DEMO_DAYS, help="Days of history; STOCKTALK_DEMO_DAYS or 60 unless said."),
    ] = None,
    reset: Annotated[bool, typer.Option("--reset", help="Begin anew: what there is goes.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Make the demo chain with its history, or say what there is; --reset begins anew."""
    settings = configured()
    if days is not None:
        settings = settings.model_copy(update={"demo_days": days})
    there, whole = _there(settings)
    if there and reset:
        _reset(settings, there, yes=yes)
    elif there and whole:
        _tell(there)
        screen.print("This chain was there already; nothing was changed. `stocktalk demo --reset` begins anew.")
    else:
        with told_in_a_sentence(), alone(settings.database):
            if there and days is not None:
                screen.print("This chain is begun, with the days that were wanted then: --days counts for a new one.")
            _make(settings)


def _there(settings: Settings) -> tuple[Holdings | None, bool]:
    """What the database holds, None where there is nothing, and whether it is whole."""
    path = file_of(settings.database)
    if path and not path.exists():
        return None, False
    with told_in_a_sentence():
        database = Database(settings.database)
        empty = database.reading(version).result() is None
        database.close_now()
    if empty:
        return None, False
    database = opened(settings, as_they_are=True)
    try:
        found = database.reading(holdings).result()
        return (found if found.products else None), database.reading(is_whole).result()
    finally:
        database.close_now()


def _make(settings: Settings) -> None:
    database = opened_or_made(settings)
    made = database.reading(holdings).result()
    database.close_now()
    _tell(made)
    screen.print("The demo chain is made: `stocktalk run` opens it.", style="green")


def _reset(settings: Settings, there: Holdings, *, yes: bool) -> None:
    """Ask, put the old books aside or drop them, and make new ones."""
    path = file_of(settings.database)
    with told_in_a_sentence(), alone(settings.database):
        try:
            if path is None:
                _refuse_company(settings)
            _warn(there, "The old file is kept beside the new one." if path else "They cannot be had again.")
            if not yes and not typer.confirm("Begin anew?"):
                stop("Nothing was changed.")
            if path is None:
                _drop(settings)
            else:
                kept = put_aside(path, present())
                screen.print(Text(f"The old books are in {kept}."), soft_wrap=True)
        except InUse as error:
            stop(f"The books are in use: {error}. End that first; nothing was changed.")
        _make(settings)


def _refuse_company(settings: Settings) -> None:
    database = Database(settings.database)
    try:
        database.writing(refuse_company).result()
    finally:
        database.close_now()


def _drop(settings: Settings) -> None:
    database = Database(settings.database)
    try:
        drop_and_begin(database, present, settings.demo_days)
    finally:
        database.close_now()


def _warn(there: Holdings, fate: str) -> None:
    """Say what goes, before it is asked whether it shall."""
    documents = sum(there.documents.values())
    joined = f" ({there.joined} of them joined by invites)" if there.joined else ""
    what = f"{documents:,} documents, {there.people} people{joined} and {there.messages:,} messages"
    screen.print(Text(f"What there is goes: {what}. {fate}", style="yellow"))


def _tell(there: Holdings) -> None:
    """What there is, in a line for what lasts and one for what happened."""
    kinds = ", ".join(f"{there.documents[kind]:,} {name}" for kind, name in KINDS.items() if there.documents.get(kind))
    screen.print(Text(f"{there.places} places, {there.products} products, {there.people} people."))
    documents = sum(there.documents.values())
    screen.print(Text(f"{documents:,} documents ({kinds}), {there.postings:,} postings, {there.days} days with sales."))
