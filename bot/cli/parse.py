"""`stocktalk parse`: how a message is understood, of this chain or of a world in a file; one message or many."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from rich.table import Table
from rich.text import Text

from bot.batch import Unreadable, lexicon_of, messages_in, rows
from bot.called import NotKnown, person_called
from bot.cli.terminal import configured, opened, printable, screen, stop
from bot.explained import facts, questions, spans
from bot.wiring import present
from bot.world import World, world_from
from core.goods.catalogue import catalogue
from core.ground.work import Work
from core.people.directory import people
from handlers.reader import Reader
from handlers.understand.names.lexicon import Lexicon
from handlers.understand.reading import Context, Reading
from handlers.understand.understand import understand


def parse(
    text: Annotated[str | None, typer.Argument(help="What somebody writes.", show_default=False)] = None,
    by: Annotated[str, typer.Option("--as", help="Who writes it: a person's name or code.")] = "",
    explain: Annotated[bool, typer.Option("--explain", help="Show what each piece of it was taken for.")] = False,
    world: Annotated[
        Path | None, typer.Option(help="A chain in a JSON file, instead of the configured database.")
    ] = None,
    batch: Annotated[
        tuple[Path, Path] | None,
        typer.Option(
            help="With --world: read messages from one file, write what they mean to the other.", metavar="IN OUT"
        ),
    ] = None,
) -> None:
    """Say how a message is understood. Nothing is changed, and nobody is told."""
    if batch:
        if world is None or text is not None or by or explain:
            stop("--batch goes with --world, and with nothing else. Nothing was written.")
        _batch(_world(world), *batch)
        return
    if text is None or not by:
        stop("Say the TEXT and who writes it: stocktalk parse TEXT --as PERSON.")
    context, lexicon = _of_world(_world(world), by) if world else _of_books(by)
    _tell(understand(text, context, lexicon), text, lexicon, explain)


def _of_books(by: str) -> tuple[Context, Lexicon]:
    """The names of the configured chain, and the context of what this person writes now."""
    database = opened(configured(), as_they_are=True)
    try:
        return database.reading(lambda connection: _asked_of(Work(connection, present()), by)).result()
    except NotKnown as sentence:
        stop(str(sentence))
    finally:
        database.close_now()


def _asked_of(work: Work, by: str) -> tuple[Context, Lexicon]:
    goods, person = catalogue(work), person_called(work, by)
    reader, home = Reader(person, person.language, goods), goods.place_by_id.get(person.home_id or 0)
    today = work.now.astimezone(reader.zone).date()
    code, kind = (home.code, home.kind) if home else (None, None)
    names = [one.name for one in people(work)]
    return Context(code, kind, person.language, today=today), Lexicon.built_from(goods, names)


def _of_world(world: World, by: str) -> tuple[Context, Lexicon]:
    found = [code for code, name in world.names.items() if by.lower() in (code.lower(), name.lower())]
    if len(found) != 1:
        stop(f"{'More than one person' if found else 'Nobody'} in this world is called {by}.")
    return world.context(found[0]), lexicon_of(world)


def _world(path: Path) -> World:
    try:
        return world_from(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        stop(f"{path} cannot be read: {error.strerror}. Nothing was written.")
    except ValueError as error:
        stop(f"{path} is no world that can be read: {error}. Nothing was written.")


def _batch(world: World, source: Path, target: Path) -> None:
    try:
        messages = messages_in(source.read_bytes(), world.homes)
    except OSError as error:
        stop(f"{source} cannot be read: {error.strerror}. Nothing was written.")
    except Unreadable as error:
        stop(f"{source}, {error}. Nothing was written.")
    columns = (TextColumn("Reading messages"), BarColumn(), MofNCompleteColumn())
    lines = []
    with Progress(*columns, console=screen, transient=True) as bar:
        for row in bar.track(rows(world, lexicon_of(world), messages), total=len(messages)):
            lines.append(json.dumps(row, ensure_ascii=False) + "\n")
    try:
        target.write_text("".join(lines), encoding="utf-8")
    except OSError as error:
        stop(f"{target} cannot be written: {error.strerror}.")
    screen.print(f"{len(lines)} messages were read; what they mean is in {target}.", markup=False, highlight=False)


def _tell(reading: Reading, text: str, lexicon: Lexicon, explain: bool) -> None:
    for name, said in facts(reading, lexicon.catalogue):
        screen.print(Text(f"{name:10} {printable(said)}"))
    asked = questions(reading)
    if explain:
        _explain(reading, text)
    for field, why in asked:
        screen.print(Text(f"asked is   {field}: {printable(why)}", style="yellow"))
    if reading.unread:
        screen.print(Text(f"not read   {printable(', '.join(reading.unread))}", style="yellow"))
    if not asked:
        screen.print(Text("Nothing is asked.", style="green"))


def _explain(reading: Reading, text: str) -> None:
    table = Table(title="Word by word", title_justify="left")
    for name in ("words", "taken for", "phrase"):
        table.add_column(name, overflow="fold")
    for words, role, phrase in spans(reading, text):
        table.add_row(Text(printable(words)), Text(role or "not read", style="" if role else "yellow"), Text(phrase))
    screen.print(table)
