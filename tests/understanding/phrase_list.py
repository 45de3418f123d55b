"""Reads the phrase list: messages as shop people write them, with what is right about each."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

PHRASES = Path(__file__).parent / "phrases.txt"
NEVER = "never"
"""The intent of a trap: whatever is read, it is no complete change."""
_SLOT = re.compile(r"(\{[a-z]+\}|\|)")


@dataclass(frozen=True, slots=True)
class Template:
    """A message with slots. `parts` are literal texts, slots in braces, and "|" where parts may change places."""

    number: int
    intent: str
    language: str
    facts: Mapping[str, str]
    text: str

    @property
    def parts(self) -> list[str]:
        """The template taken apart."""
        return [part for part in _SLOT.split(self.text) if part]


@cache
def templates(path: Path = PHRASES) -> tuple[Template, ...]:
    """Every template of the list."""
    return tuple(_read(path.read_text(encoding="utf-8").splitlines()))


def literal_text() -> str:
    """What all templates say besides their slots."""
    return "\n".join(_SLOT.sub(" ", template.text) for template in templates())


def _read(lines: list[str]) -> Iterator[Template]:
    intent, language, facts = "", "", {}
    for number, line in enumerate(lines, start=1):
        if line.startswith("["):
            intent, language, *said = line.strip("[]").split()
            facts = dict(fact.split("=", 1) for fact in said)
        elif line and not line.startswith("#"):
            yield Template(number, intent, language, facts, line.replace("\\n", "\n"))
