"""Numbers that look like chance and are the same on every machine, drawn from names."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256
from typing import TypeVar

Option = TypeVar("Option")


def draw(*names: object) -> int:
    """A whole number of 64 bits; the same names always draw the same."""
    return int.from_bytes(sha256(" ".join(map(str, names)).encode()).digest()[:8], "big")


def chance(percent: int, *names: object) -> bool:
    """Whether these names are among so many of a hundred."""
    return draw(*names) % 100 < percent


def pick(options: Sequence[Option], *names: object) -> Option:
    """One of them."""
    return options[draw(*names) % len(options)]
