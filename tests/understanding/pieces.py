"""A message in pieces: which of its words name something, so that a change knows what it touches."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

Row = Mapping[str, Any]


class Role(StrEnum):
    """What a piece of a message is."""

    PLAIN = "plain"
    PRODUCT = "product"
    PLACE = "place"
    SUPPLIER = "supplier"
    AMOUNT = "amount"
    DOCUMENT = "document"
    ROW = "row"
    BORDER = "border"  # without text: parts around it may change places


NAMES = (Role.PRODUCT, Role.PLACE, Role.SUPPLIER)


@dataclass(frozen=True, slots=True)
class Piece:
    """Some words; `code` is what a name names."""

    text: str
    role: Role = Role.PLAIN
    code: str | None = None


@dataclass(frozen=True, slots=True)
class Draft:
    """A message on its way: its pieces, who writes it, what is right, and what was done to it.

    `turn` counts from 1 in a dialogue. `world` is the number of the world that it speaks of; 0 is the one of the file.
    """

    pieces: tuple[Piece, ...]
    user: str
    expect: Row
    origin: str
    language: str
    dialog: str | None = None
    turn: int = 0
    alternatives: tuple[str, ...] = ()
    tags: frozenset[str] = frozenset()
    world: int = 0
    changes: tuple[str, ...] = field(default=())

    @property
    def text(self) -> str:
        """The message."""
        return "".join(piece.text for piece in self.pieces)

    @property
    def later(self) -> bool:
        """Whether it answers something that was said before."""
        return self.turn > 1

    def with_pieces(self, pieces: Sequence[Piece]) -> Draft:
        """The same message in other words."""
        return replace(self, pieces=tuple(pieces))

    def changing(self, at: int, text: str) -> Draft:
        """The same message with another text for one piece."""
        pieces = list(self.pieces)
        pieces[at] = replace(pieces[at], text=text)
        return self.with_pieces(pieces)


_CLAUSE_END = re.compile(r"[，。；！？\n]|(?<!\d)[,;!?](?= )|[,;!?](?=[^\d\s])")


def borders(draft: Draft) -> Iterator[tuple[int, int]]:
    """Where a clause begins or ends: the piece and how far into it, from the front to the end."""
    yield 0, 0
    for at, piece in enumerate(draft.pieces):
        if piece.role is Role.BORDER:
            yield at, 0
        elif piece.role is Role.PLAIN:
            yield from ((at, match.end()) for match in _CLAUSE_END.finditer(piece.text))
    yield len(draft.pieces), 0


def inserted(draft: Draft, at: int, offset: int, text: str) -> Draft:
    """The message with more words in one place."""
    new = Piece(text)
    if offset == 0:
        return draft.with_pieces([*draft.pieces[:at], new, *draft.pieces[at:]])
    whole = draft.pieces[at]
    halves = replace(whole, text=whole.text[:offset]), replace(whole, text=whole.text[offset:])
    return draft.with_pieces([*draft.pieces[:at], halves[0], new, halves[1], *draft.pieces[at + 1 :]])
