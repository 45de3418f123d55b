"""The books opened for a server, with a bar on the screen while the demo chain is made."""

from __future__ import annotations

from rich.progress import BarColumn, Progress, TextColumn

from bot.cli.terminal import UNCHANGED, screen, told_in_a_sentence
from bot.main import open_database
from bot.settings import Settings
from data.engine import Database

BEGUN = "The chain is not whole yet: the next start goes on with it"


def opened_or_made(settings: Settings) -> Database:
    """The books, brought up to date, with the demo chain where there was none; or an end with one sentence."""
    days = settings.demo_days
    said = f"Making {days} days of the demo chain" if days else "Making the demo chain"
    columns = (TextColumn(said), BarColumn(), TextColumn("{task.percentage:3.0f} %"))
    with Progress(*columns, console=screen, transient=True) as bar:
        task = bar.add_task("demo", total=1.0, visible=False)
        with told_in_a_sentence(lambda: BEGUN if bar.tasks[task].completed else UNCHANGED):
            return open_database(settings, lambda part: bar.update(task, completed=part, visible=True))
