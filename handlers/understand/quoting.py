"""Quotes a message in its writer's own words: what was left over, what was read as another name, what each piece is."""

from __future__ import annotations

from collections.abc import Sequence

from handlers.understand.board import Board
from handlers.understand.normalise import legible
from handlers.understand.pieces import Piece
from handlers.understand.reading import Span
from handlers.understand.shares import mark_of


def quoted(board: Board, pieces: Sequence[Piece]) -> tuple[str, ...]:
    """Pieces of the message in the writer's own words, those side by side as one, as far as they can be shown."""
    if not pieces:
        return ()
    text, stretches = board.text, list[tuple[int, int]]()
    for start, end in sorted({(piece.start, piece.end) for piece in pieces}):
        if stretches and stretches[-1][1] == start:
            stretches[-1] = (stretches[-1][0], end)
        else:
            stretches.append((start, end))
    raw = (text.raw[slice(*text.span(start, end))] for start, end in stretches)
    return tuple(words for words in map(legible, raw) if words)


def read_as_of(board: Board, pieces: Sequence[Piece]) -> tuple[tuple[str, str], ...]:
    """The words that were not written as the name that they were read as, and that name."""
    text = board.text
    said = ((text.raw[slice(*text.span(piece.start, piece.end))], piece.read_as) for piece in pieces if piece.read_as)
    return tuple((words, meant) for raw, meant in said if (words := legible(raw)))


def spans_of(board: Board, pieces: Sequence[Piece]) -> tuple[Span, ...]:
    """What each piece of the raw text was taken for."""
    span = board.text.span
    return tuple(
        [
            Span(*span(piece.start, piece.end), mark_of(piece) or piece.role or str(piece.kind), piece.phrase)
            for piece in pieces
        ]
    )
