"""Prints how well sets are understood: `python -m tests.understanding.score dev dev2`; rows only with --show."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from tests.understanding.scorer import Row, Verdict, scores, verdicts
from tests.understanding.sets import judged, labelled, scorer, world_of

_NOT_SAID = ("id", "ms", "text")


def main(words: Sequence[str] | None = None) -> None:
    """Score each set named, with the understanding of this tree or with rows made before."""
    said = _arguments().parse_args(words)
    if said.predictions and len(said.sets) != 1:
        sys.exit("--predictions are of one set: name one.")
    figures = {}
    for name in said.sets:
        found = _found(name, said.world or world_of(name), said.predictions)
        if len(said.sets) > 1:
            _say(name)
        figures[name] = scores(found)
        for line in figures[name]:
            _say(str(line))
        for verdict in _worst_first(found)[: said.show]:
            _say(_shown(verdict))
    if said.json:
        plain = {name: [asdict(line) for line in lines] for name, lines in figures.items()}
        said.json.write_text(json.dumps(plain, indent=1), encoding="utf-8")


def _found(name: str, world: Path, predictions: Path | None) -> list[Verdict]:
    golds = labelled(name)
    if predictions is None:
        return judged(golds, world)
    return verdicts(scorer(world), golds, labelled(str(predictions)))


def _arguments() -> argparse.ArgumentParser:
    asks = argparse.ArgumentParser(prog="score", description=__doc__)
    asks.add_argument("sets", nargs="+", help="sets of this folder by their names, or paths")
    asks.add_argument("--world", type=Path, help="the world they speak of, instead of their own")
    asks.add_argument("--predictions", type=Path, help="rows made before, instead of reading the messages now")
    asks.add_argument("--show", type=int, default=0, metavar="N", help="print N rows that are not exact, too")
    asks.add_argument("--json", type=Path, help="write the figures to this file as well")
    return asks


def _worst_first(found: Sequence[Verdict]) -> list[Verdict]:
    return sorted((one for one in found if not one.exact), key=lambda one: not one.dangerous)


def _shown(verdict: Verdict) -> str:
    gold = verdict.gold
    mark = "!!DANGER" if verdict.dangerous else "  miss  "
    said = f"{mark} {gold['id']} {gold['user']} {gold['text']!r}"
    return f"{said}\n     gold {_plain(gold['expect'])}\n     pred {_plain(verdict.row)}"


def _plain(row: Row) -> str:
    kept = {name: value for name, value in row.items() if name not in _NOT_SAID and value not in (None, [], {})}
    return json.dumps(kept, ensure_ascii=False)


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")


if __name__ == "__main__":
    main()
