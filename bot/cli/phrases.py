"""`stocktalk phrases`: looks after the phrase files: their examples, what fires for a sentence, how a set scores."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path
from typing import Annotated, Protocol, cast

import typer
import yaml
from rich.table import Table
from rich.text import Text

from bot.batch import lexicon_of
from bot.cli.terminal import printable, screen, stop
from bot.demo_world import demo_world
from bot.phrase_check import INTENT, SIDES, Conflict, Rerun, at_home, conflicts, readings, reruns
from bot.world import World, world_from
from handlers.understand.analysis import Analysis
from handlers.understand.explain import drawn
from handlers.understand.names.lexicon import Lexicon
from handlers.understand.phrases.book import Book, load
from handlers.understand.phrases.grammar import TemplateError
from handlers.understand.understand import understand

ROOT = Path(__file__).parents[2]
SCORES = "tests.understanding.score"
SHOWN = 10
DIFFER = {INTENT: "which are two intents", SIDES: "where the places change sides"}
phrases = typer.Typer(help="The phrase files: how people say things.", no_args_is_help=True)


class Scores(Protocol):
    """The module of the checkout that scores labelled sets."""

    def main(self, words: list[str]) -> None:
        """Score the sets that are named."""
        ...


@phrases.callback()
def look_after() -> None:
    """The phrase files: how people say things."""


@phrases.command()
def check(
    say: Annotated[str, typer.Option(help="A sentence: which phrases fire for it, and what it means.")] = "",
    home: Annotated[str, typer.Option(help="Where the sentence is said: a place's code. Nowhere unless said.")] = "",
    labelled: Annotated[str, typer.Option("--set", help="A labelled set: how it is understood, tag by tag.")] = "",
    file: Annotated[Path | None, typer.Option("--world", help="A chain in a JSON file, not the demo chain.")] = None,
    every: Annotated[bool, typer.Option("--all", help=f"Show every conflict, not {SHOWN} of them.")] = False,
) -> None:
    """Read every example again and look for conflicts. Ends with 1 where an example means something else."""
    book = _book()
    if labelled:
        _score(labelled, file)
        return
    world = _world(file)
    lexicon = lexicon_of(world)
    if say:
        _fire(say, home, world, lexicon)
        return
    _check(book, world, lexicon, every)


def _book() -> Book:
    try:
        return load()
    except TemplateError as error:
        stop(f"A phrase cannot be read: {error}.")
    except yaml.YAMLError as error:
        stop(f"A phrase file cannot be read: {error}.")


def _world(file: Path | None) -> World:
    if file is None:
        return demo_world()
    try:
        return world_from(file.read_text(encoding="utf-8-sig"))
    except OSError as error:
        stop(f"{file} cannot be read: {error.strerror}.")
    except ValueError as error:
        stop(f"{file} is no world that can be read: {error}.")


def _score(labelled: str, file: Path | None) -> None:
    if not (ROOT / "pyproject.toml").exists():
        stop("Sets are scored in a checkout of the source, and this is none.")
    sys.path.insert(0, str(ROOT))
    scores = cast("Scores", importlib.import_module(SCORES))
    try:
        scores.main([labelled, *(["--world", str(file)] if file else [])])
    except OSError as error:
        stop(f"{error.filename} cannot be read: {error.strerror}.")
    except (KeyError, ValueError) as error:
        stop(f"{labelled} is no labelled set of this world: {error}.")


def _fire(text: str, home: str, world: World, lexicon: Lexicon) -> None:
    if home and home not in world.catalogue.place_by_code:
        stop(f"There is no place {home} in this chain.")
    context = at_home(world, home or None)
    table = Table(title="What the sentence could be, the best first", title_justify="left")
    for name in ("intent", "phrases", "not explained"):
        table.add_column(name, overflow="fold")
    for one in readings(text, context, lexicon):
        left = ", ".join(printable(piece.text) for piece in one.left)
        table.add_row(Text(one.frame.intent.value), Text("\n".join(_fired(one))), Text(left, style="yellow"))
    screen.print(table)
    screen.print(Text(f"It means: {drawn(understand(text, context, lexicon))}"))


def _fired(one: Analysis) -> list[str]:
    """Each phrase on the way with the words that it explains there."""
    said: dict[str, list[str]] = {}
    for piece in one.way.pieces:
        if piece.phrase:
            said.setdefault(piece.phrase, []).append(piece.text)
    return [f"{phrase}: {printable(' '.join(words))}" for phrase, words in said.items()]


def _check(book: Book, world: World, lexicon: Lexicon, every: bool) -> None:
    found = list(reruns(book, world, lexicon))
    wrong = [one for one in found if not one.good]
    for one in wrong:
        _tell(one)
    _tell_conflicts(conflicts(book), every)
    if wrong:
        screen.print(f"{len(wrong)} of {len(found)} examples mean something else now.", style="red", highlight=False)
        raise SystemExit(1)
    screen.print(f"All {len(found)} examples mean what they say.", style="green", highlight=False)


def _tell(one: Rerun) -> None:
    example = one.example
    home = f" (said at {example.home})" if example.home else ""
    screen.print(Text(f"✗ {example.where}, {example.intent}: {printable(example.said)}{home}", style="red"))
    screen.print(Text(f"    it says   {example.means}"))
    screen.print(Text(f"    it means  {one.means}"))


def _tell_conflicts(found: list[Conflict], every: bool) -> None:
    for one in found if every else found[:SHOWN]:
        differ = DIFFER.get(one.over, f"with two values of {one.over}")
        screen.print(Text(f"! “{one.said}” fits {one.first} and {one.second}, {differ}", style="yellow"))
    if len(found) > SHOWN and not every:
        screen.print(Text(f"  ... and {len(found) - SHOWN} more: --all shows them.", style="dim"))
    if not found:
        screen.print("No two phrases are in conflict.", style="dim")
