"""`stocktalk`: every command of it, by name."""

from __future__ import annotations

import typer

from bot.cli.audit import audit
from bot.cli.bench import bench
from bot.cli.demo import demo
from bot.cli.doctor import doctor
from bot.cli.invite import invite, invites
from bot.cli.outbox import outbox
from bot.cli.parse import parse
from bot.cli.phrases import phrases
from bot.cli.rules import rules
from bot.cli.run import run
from bot.cli.verify import verify

app = typer.Typer(help="The inventory of a chain of stores, used by talking.", no_args_is_help=True)


@app.callback()
def stocktalk() -> None:
    """The inventory of a chain of stores, used by talking."""


app.command()(run)
app.command()(invite)
app.command()(invites)
app.command()(demo)
app.command()(bench)
app.command()(doctor)
app.command()(verify)
app.command()(parse)
app.add_typer(audit, name="audit")
app.add_typer(outbox, name="outbox")
app.add_typer(phrases, name="phrases")
app.add_typer(rules, name="rules")

if __name__ == "__main__":
    app()
