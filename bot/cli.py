"""The command line: `stocktalk run`."""

from __future__ import annotations

import asyncio
from typing import Annotated, NoReturn

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn
from sqlalchemy.exc import DBAPIError

from bot.main import open_database, serve, set_up_logs
from bot.settings import Settings, check
from data.disk import DiskFull
from data.engine import Database
from data.migrations.apply import SchemaTooNew

app = typer.Typer(help="The inventory of a chain of stores, used by talking.", no_args_is_help=True)
screen = Console()


@app.callback()
def stocktalk() -> None:
    """The inventory of a chain of stores, used by talking."""


@app.command()
def run(
    host: Annotated[str | None, typer.Option(help="Where to listen; 127.0.0.1 unless said.")] = None,
    port: Annotated[int | None, typer.Option(help="The port; 8420 unless said.")] = None,
    open_to: Annotated[str | None, typer.Option(help="The name under which other machines may open it.")] = None,
) -> None:
    """Start the console on this machine, with the demo chain when the database is empty."""
    said = {"host": host, "port": port, "open_to": open_to}
    settings = Settings().model_copy(update={name: value for name, value in said.items() if value is not None})
    set_up_logs(settings.log_level)
    if sentence := check(settings):
        _stop(sentence)
    database = _opened(settings)
    try:
        asyncio.run(serve(settings, database, _ready))
    except OSError as error:
        where = f"{settings.host}:{settings.port}"
        _stop(f"Could not listen on {where} ({error.strerror}). Nothing is lost; choose another port with --port.")


def _opened(settings: Settings) -> Database:
    columns = (TextColumn("Making the demo chain"), BarColumn(), TextColumn("{task.percentage:3.0f} %"))
    with Progress(*columns, console=screen, transient=True) as bar:
        task = bar.add_task("demo", total=1.0, visible=False)
        try:
            return open_database(settings, lambda part: bar.update(task, completed=part, visible=True))
        except (SchemaTooNew, ValueError) as error:
            _stop(f"{error}. Nothing was changed.")
        except DiskFull:
            _stop("There is no room on the disk of the database. Nothing was changed; make room and start again.")
        except DBAPIError as error:
            said = str(error.orig).strip().splitlines()[0]
            _stop(f"The database could not be opened: {said}. Nothing was changed; look at STOCKTALK_DATABASE.")


def _ready(address: str) -> None:
    screen.print(f"Stocktalk is running: [bold]{address}[/bold]")
    screen.print("Stop it with Ctrl-C.", style="dim")


def _stop(sentence: str) -> NoReturn:
    screen.print(sentence, style="red")
    raise typer.Exit(1)


if __name__ == "__main__":
    app()
