"""`stocktalk rules`: the approval rules as a file, written out and put into effect."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Annotated, TypeVar

import typer
from rich.text import Text

from bot.called import NotKnown, person_called
from bot.cli.terminal import configured, opened, printable, screen, stop
from bot.rules import BadFile, SaidRule, put_in_effect, read, written
from bot.wiring import present
from core.goods.catalogue import catalogue
from core.ground.permissions import Actor
from core.ground.work import Work
from core.people.directory import people
from core.people.rules import rules as every_rule
from core.stock.rule_replay import replay
from data.kinds import Role
from handlers.capabilities.refusals import refusal
from handlers.reader import Reader
from handlers.rules import change_lines, replay_line

Result = TypeVar("Result")
rules = typer.Typer(help="The approval rules: which transfers wait for whose word.", no_args_is_help=True)


@rules.callback()
def keep() -> None:
    """The approval rules: which transfers wait for whose word."""


@rules.command()
def export() -> None:
    """Write every rule to the standard output, as the TOML that `import` reads."""
    print(_on_the_books(lambda work: written(every_rule(work))), end="")


@rules.command("import")
def put(
    file: Annotated[Path, typer.Argument(help="The rules, as `export` writes them.", show_default=False)],
    yes: Annotated[bool, typer.Option("--yes", help="Put them into effect. Without it they are only shown.")] = False,
    by: Annotated[
        str, typer.Option("--as", help="Who changes them: a person's code. The first admin unless said.")
    ] = "",
) -> None:
    """Read every change back, replay it over the last 30 days, and put all of it into effect with --yes."""
    said = _read(file)

    def look(work: Work) -> tuple[list[str], list[str]]:
        return _changes(work, Reader(None, "en", catalogue(work)), said)

    def change(work: Work) -> str | None:
        refused = put_in_effect(work.by(_who(work, by), "cli").traced("cli"), said, only_tried=not yes)
        return refusal(work, Reader(None, "en", catalogue(work)), refused) if refused else None

    changes, left = _on_the_books(look)
    for line in changes:
        screen.print(Text(printable(line)))
    if left:
        screen.print(Text(f"Not named in the file, so as before: {printable(', '.join(left))}."), style="dim")
    if not changes:
        screen.print("The rules are as the file says already. Nothing was changed.")
        return
    problem = _on_the_books(change)
    if problem:
        stop(problem)
    screen.print("These rules hold from now on." if yes else "Nothing was changed yet: --yes puts it into effect.")


def _read(file: Path) -> list[SaidRule]:
    try:
        return read(file.read_text(encoding="utf-8-sig"))
    except OSError as error:
        stop(f"{file} cannot be read: {error.strerror}. Nothing was changed.")
    except UnicodeDecodeError:
        stop(f"{file} is no text in UTF-8. Nothing was changed.")
    except BadFile as error:
        stop(f"{file} cannot be used. {printable(str(error))}. Nothing was changed.")


def _changes(work: Work, reader: Reader, said: Sequence[SaidRule]) -> tuple[list[str], list[str]]:
    """What changes, in words with its replay; and the rules that nobody named."""
    known = {rule.says.name: rule for rule in every_rule(work)}
    lines: list[str] = []
    for one in said:
        kept = known.pop(one.says.name, None)
        changed = change_lines(reader, kept, one.says, is_on=one.is_on)
        if changed and one.is_on:
            changed.append("  " + replay_line(reader, one.says.name, replay(work, one.says)))
        lines += changed
    return lines, sorted(known)


def _who(work: Work, code: str) -> Actor:
    if code:
        return person_called(work, code)
    admins = people(work, Role.ADMIN)
    if not admins:
        raise NotKnown("Nobody is an admin here; say who changes the rules with --as CODE. Nothing was changed.")
    return admins[0]


def _on_the_books(job: Callable[[Work], Result]) -> Result:
    """Do something on the books. Ends with a sentence where somebody is not known."""
    database = opened(configured())
    try:
        return database.writing(lambda connection: job(Work(connection, present()))).result()
    except NotKnown as sentence:
        stop(str(sentence))
    finally:
        database.close_now()
