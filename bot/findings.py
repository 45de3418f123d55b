"""What a look at the running product comes to: a mark, a sentence, and what to do where something is to be done."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Mark(Enum):
    """How much a finding matters. Only what is wrong makes `stocktalk doctor` end with 1."""

    GOOD = "✓"
    NOTE = "·"
    ATTENTION = "!"
    WRONG = "✗"


@dataclass(frozen=True, slots=True)
class Finding:
    """One sentence, and one on what to do."""

    mark: Mark
    said: str
    to_do: str = ""


def good(said: str) -> Finding:
    """As it should be."""
    return Finding(Mark.GOOD, said)


def note(said: str, to_do: str = "") -> Finding:
    """Good to know."""
    return Finding(Mark.NOTE, said, to_do)


def attention(said: str, to_do: str) -> Finding:
    """Somebody should look at it when they have time."""
    return Finding(Mark.ATTENTION, said, to_do)


def wrong(said: str, to_do: str) -> Finding:
    """It does not work."""
    return Finding(Mark.WRONG, said, to_do)
