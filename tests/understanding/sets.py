"""The labelled sets of this folder, read through the product's own door for many messages."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from bot.batch import Message, lexicon_of, rows
from bot.world import World, world_from
from handlers.understand.names.lexicon import Lexicon
from tests.understanding.scorer import Row, Scorer, Verdict, verdicts

HERE = Path(__file__).parent


@cache
def world_file(path: Path = HERE / "world.json") -> str:
    """The world's text."""
    return path.read_text(encoding="utf-8")


@cache
def world(path: Path = HERE / "world.json") -> World:
    """The world that the sets speak of."""
    return world_from(world_file(path))


@cache
def lexicon(path: Path = HERE / "world.json") -> Lexicon:
    """Every name of it."""
    return lexicon_of(world(path))


@cache
def scorer(path: Path = HERE / "world.json") -> Scorer:
    """Who scores messages about it."""
    return Scorer.of_world(json.loads(world_file(path)))


def labelled(name: str) -> list[Row]:
    """The messages of a set, by its name in this folder or by a path, with what is right."""
    path = HERE / f"{name}.jsonl"
    text = (path if path.exists() else Path(name)).read_text(encoding="utf-8")
    return [json.loads(line) for line in text.splitlines() if line.strip()]


def world_of(name: str) -> Path:
    """The file of the world that a set of this folder speaks of: its own beside it, or the one that most share."""
    own = HERE / f"{name}_world.json"
    return own if own.exists() else HERE / "world.json"


def predicted(golds: Sequence[Row], path: Path = HERE / "world.json") -> list[Row]:
    """What is understood now of these messages, as rows."""
    messages = [Message(gold["id"], gold["text"], gold["user"], gold.get("dialog")) for gold in golds]
    return list(rows(world(path), lexicon(path), messages))


def judged(golds: Sequence[Row], path: Path = HERE / "world.json") -> list[Verdict]:
    """What each of these messages comes to now."""
    return verdicts(scorer(path), golds, predicted(golds, path))
