"""Finds the sentence for a key in a language and fills in its facts. All sentences live in `wording/*.toml`."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import cast

WORDING = Path(__file__).parent / "wording"
LANGUAGES = ("zh", "en")
_UNSEEN = re.compile(
    "[\0-\x1f\x7f-\x9f\xad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ud800-\udfff]"
)


def say(language: str, key: str, **facts: object) -> str:
    """The sentence of `key` ("transfers.card.submitted") with its facts, which are filled in as they can be drawn.

    Raises KeyError for a key or a fact that is missing: a mistake of ours, found by the tests.
    """
    drawn = {name: drawable(fact) if isinstance(fact, str) else fact for name, fact in facts.items()}
    return sentences()[key][language].format(**drawn)


def drawable(text: str) -> str:
    """A name without what nobody sees: marks that turn a line or end it, or join what stands apart."""
    return _UNSEEN.sub("", text)


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
