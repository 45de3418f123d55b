"""`stocktalk`: every command of it, by name."""

from __future__ import annotations

import typer

from bot.cli.run import run

app = typer.Typer(help="The inventory of a chain of stores, used by talking.", no_args_is_help=True)


@app.callback()
def stocktalk() -> None:
    """The inventory of a chain of stores, used by talking."""


app.command()(run)

if __name__ == "__main__":
    app()
