"""Cuts the pieces of a message into clauses and sentences."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from handlers.understand.pieces import Kind, Piece


def clauses(pieces: Sequence[Piece]) -> Iterator[list[Piece]]:
    """The pieces from break to break; a blank beside Chinese is one too. A break ends the clause before it."""
    clause: list[Piece] = []
    for piece in pieces:
        apart = clause and piece.start > clause[-1].end and not (piece.text.isascii() and clause[-1].text.isascii())
        apart = apart and not (clause[-1].amount and clause[-1].amount.bare)  # 二十二 琴: perhaps its unit
        if apart:
            yield clause
            clause = []
        clause.append(piece)
        if piece.kind is Kind.BREAK:
            yield clause
            clause = []
    if clause:
        yield clause


def sentences(pieces: Sequence[Piece]) -> Iterator[list[Piece]]:
    """The pieces from one mark of punctuation to the next, which ends what stands before it."""
    sentence: list[Piece] = []
    for piece in pieces:
        sentence.append(piece)
        if piece.kind is Kind.BREAK and not piece.text.isalnum():
            yield sentence
            sentence = []
    if sentence:
        yield sentence
