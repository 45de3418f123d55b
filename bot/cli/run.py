"""`stocktalk run`: starts everything that is configured, on this machine."""

from __future__ import annotations

import asyncio
from contextlib import ExitStack
from typing import Annotated

import typer

from bot.alone import alone
from bot.cli.making import opened_or_made
from bot.cli.terminal import configured, screen, stop, told_in_a_sentence
from bot.logs import set_up_logs
from bot.main import secrets, serve
from bot.settings import check


def run(
    host: Annotated[str | None, typer.Option(help="Where to listen; 127.0.0.1 unless said.")] = None,
    port: Annotated[int | None, typer.Option(help="The port; 8420 unless said.")] = None,
    open_to: Annotated[str | None, typer.Option(help="The name under which other machines may open it.")] = None,
) -> None:
    """Start the console on this machine, with the demo chain when the database is empty."""
    said = {"host": host, "port": port, "open_to": open_to}
    settings = configured().model_copy(update={name: value for name, value in said.items() if value is not None})
    set_up_logs(settings.log_level, settings.log_format, secrets(settings))
    if sentence := check(settings):
        stop(sentence)
    with ExitStack() as held:
        with told_in_a_sentence():
            held.enter_context(alone(settings.database))
            database = opened_or_made(settings)
        try:
            asyncio.run(serve(settings, database, _ready, _ending))
        except OSError as error:
            where = f"{settings.host}:{settings.port}"
            stop(f"Could not listen on {where} ({error.strerror}). Nothing is lost; choose another port with --port.")


def _ready(address: str) -> None:
    screen.print(f"Stocktalk is running: [bold]{address}[/bold]")
    screen.print("Stop it with Ctrl-C.", style="dim")


def _ending() -> None:
    screen.print("Stopping: what is under way ends first. Asked once more, it stops at once.", style="dim")
