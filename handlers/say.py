"""Finds the sentence for a key in a language and fills in its facts. All sentences live in `wording/*.toml`."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import cast

WORDING = Path(__file__).parent / "wording"
LANGUAGES = ("zh", "en")


def say(language: str, key: str, **facts: object) -> str:
    """The sentence of `key` ("transfers.card.submitted") with its facts.

    Raises KeyError for a key or a fact that is missing: a mistake of ours, found by the tests.
    """
    return sentences()[key][language].format(**facts)


def known(key: str) -> bool:
    """Whether there is a sentence of this key."""
    return key in sentences()


@cache
def sentences() -> Mapping[str, Mapping[str, str]]:
    """Every sentence by key and language, read once."""
    found: dict[str, Mapping[str, str]] = {}
    for path in sorted(WORDING.glob("*.toml")):
        _collect(path.stem, tomllib.loads(path.read_text(encoding="utf-8")), found)
    return found


def _collect(key: str, table: Mapping[str, object], found: dict[str, Mapping[str, str]]) -> None:
    if set(table) == set(LANGUAGES):
        found[key] = cast("Mapping[str, str]", table)
        return
    for name, inner in table.items():
        _collect(f"{key}.{name}", cast("Mapping[str, object]", inner), found)
