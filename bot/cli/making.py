"""The books opened for a server, with a bar on the screen while the demo chain is made."""

from __future__ import annotations

from rich.progress import BarColumn, Progress, TextColumn

from bot.cli.terminal import screen
from bot.main import open_database
from bot.settings import Settings
from data.engine import Database


def opened_or_made(settings: Settings) -> Database:
    """The books, brought up to date, with the demo chain where there was none. Raises as `open_database` does."""
    days = settings.demo_days
    said = f"Making {days} days of the demo chain" if days else "Making the demo chain"
    columns = (TextColumn(said), BarColumn(), TextColumn("{task.percentage:3.0f} %"))
    with Progress(*columns, console=screen, transient=True) as bar:
        task = bar.add_task("demo", total=1.0, visible=False)
        return open_database(settings, lambda part: bar.update(task, completed=part, visible=True))
