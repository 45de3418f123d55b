"""`stocktalk bench NAME`: measures one thing beside something plain, from the benches of the checkout."""

from __future__ import annotations

import importlib
import json
import re
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Protocol, cast

import typer
from rich.console import RenderableType

from bot.cli.terminal import screen, stop

ROOT = Path(__file__).parents[2]
BENCHES = Path("tests", "bench")
_IS_A_BENCH = re.compile(r"^def run\(options: Options", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Options:
    """What a bench is asked for. `say` tells whoever waits what is done at the moment."""

    full: bool = False
    profile: Path | None = None
    say: Callable[[str], None] = lambda sentence: None


@dataclass(frozen=True, slots=True)
class Result:
    """What a bench found: for people, for programs, and in a sentence why that is not enough (`red`)."""

    shown: Sequence[RenderableType]
    figures: Mapping[str, object]
    red: str | None = None


class Bench(Protocol):
    """A module in tests/bench that measures something."""

    def run(self, options: Options) -> Result:
        """Measure. Raises RuntimeError, with a sentence, where there are no figures to tell."""
        ...


def bench(
    name: Annotated[str, typer.Argument(help="Which one: a file in tests/bench of the checkout.")],
    as_json: Annotated[bool, typer.Option("--json", help="End with the figures as one JSON object.")] = False,
    full: Annotated[bool, typer.Option("--full", help="Take longer, and look closer.")] = False,
    profile: Annotated[
        Path | None, typer.Option(help="Show where the CPU goes in place of figures, and write a profile here.")
    ] = None,
) -> None:
    """Measure one thing beside something plain, in a checkout. Ends with 1 where the figures are not good enough."""
    found = _bench(name)
    try:
        with screen.status("") as status:
            result = found.run(Options(full, profile, status.update))
    except RuntimeError as error:
        stop(f"There are no figures: {error}")
    for part in result.shown:
        screen.print(part)
    if result.red:
        screen.print(f"Red: {result.red}", style="red")
    if as_json:
        print(json.dumps(result.figures, ensure_ascii=False))
    if result.red:
        raise SystemExit(1)


def benches(root: Path) -> list[str]:
    """The benches of a checkout by name; none where it is not one."""
    if not (root / "pyproject.toml").exists():
        return []
    files = sorted((root / BENCHES).glob("*.py"))
    return [path.stem for path in files if _IS_A_BENCH.search(path.read_text(encoding="utf-8"))]


def _bench(name: str) -> Bench:
    there = benches(ROOT)
    if not there:
        stop("Benches are run from a checkout of the source, and this is none.")
    if name not in there:
        stop(f"There is no bench {name}. There are: {', '.join(there)}.")
    sys.path.insert(0, str(ROOT))
    return cast("Bench", importlib.import_module(".".join((*BENCHES.parts, name))))
