"""Pieces: what one stretch of a message was taken for, on one way through it."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple

from handlers.understand.amount import Amount
from handlers.understand.names.name import Name


class Kind(StrEnum):
    """What a piece is."""

    AMOUNT = "amount"
    PRODUCT = "product"
    PLACE = "place"
    SUPPLIER = "supplier"
    PERSON = "person"
    UNIT = "unit"
    DOCUMENT = "document"
    PERIOD = "period"
    PRICE = "price"
    BARCODE = "barcode"
    WORD = "word"
    FILLER = "filler"
    BLOCK = "block"
    BREAK = "break"
    UNREAD = "unread"


_WITH_CODES = frozenset({Kind.PLACE, Kind.SUPPLIER})


@dataclass(slots=True)  # not frozen, which would make each take four times as long; yet nothing changes one
class Piece:
    """chars[start:end] and what it was taken for.

    `tags` are what the word says ("reason=expired", "mark=damaged", the names of closed lists). `role` is what a phrase
    made of a slot ("from", "to"), `phrase` the phrase that explains it. `codes` are places or suppliers; a place with
    none is one that the chain does not have. `value` is a document's number, a period, a price or a barcode.
    """

    kind: Kind
    start: int
    end: int
    text: str
    cost: int = 10
    role: str = ""
    tags: frozenset[str] = frozenset()
    phrase: str = ""
    name: Name | None = None
    codes: tuple[str, ...] = ()
    amount: Amount | None = None
    value: str = ""
    read_as: str = field(default="", compare=False)

    @property
    def is_strange(self) -> bool:
        """Whether it is the name of a place or of somebody that the chain does not have."""
        return not self.codes and self.kind in _WITH_CODES and "home" not in self.tags

    @property
    def goods(self) -> frozenset[str]:
        """The codes of the products that a name of goods may mean, whole or in part."""
        return (
            frozenset((*self.name.whole, *self.name.part)) if self.name and self.kind is Kind.PRODUCT else frozenset()
        )

    @property
    def is_beside(self) -> bool:
        """Whether a phrase took it that only stands beside what is wanted (`also` in the phrase files)."""
        return ".also" in self.phrase

    @property
    def is_wanted(self) -> bool:
        """Whether a phrase took it that says what is wanted."""
        return bool(self.phrase) and not self.is_beside

    def has(self, tag: str) -> bool:
        """Whether it carries a tag."""
        return tag in self.tags

    def in_phrase(self, phrase: str, role: str = "", tags: frozenset[str] = frozenset()) -> Piece:
        """This piece in a slot of a phrase, which gives it its role. Written out, since `replace` takes far longer."""
        return Piece(
            self.kind,
            self.start,
            self.end,
            self.text,
            self.cost,
            role or self.role,
            self.tags | tags,
            phrase,
            self.name,
            self.codes,
            self.amount,
            self.value,
            self.read_as,
        )


Part = tuple[int, int, Piece | None, str]
"""A part of a phrase: where it starts and ends; in a slot what stands there, and the role that the phrase gives it."""


class Stretch(NamedTuple):
    """A piece that is nothing but words, before it is made."""

    kind: Kind
    start: int
    end: int
    cost: int = 10
    tags: frozenset[str] = frozenset()


class Said:
    """A phrase as it was said, with the parts before and behind its anchor. Its pieces are made when needed."""

    __slots__ = ("after", "anchor", "before", "phrase", "tags")

    def __init__(
        self,
        phrase: str,
        tags: frozenset[str],
        before: tuple[Part, ...],
        anchor: Piece | tuple[int, int],
        after: tuple[Part, ...],
    ) -> None:
        """`phrase` is its id, `tags` are what it says beside naming the intent."""
        self.phrase, self.tags, self.before, self.anchor, self.after = phrase, tags, before, anchor, after

    def pieces(self, chars: str) -> tuple[Piece, ...]:
        """The pieces of the phrase, in order."""
        phrase, anchor = self.phrase, self.anchor
        if isinstance(anchor, Piece):
            return (anchor.in_phrase(phrase, tags=self.tags),)
        start, end = anchor
        middle = Piece(Kind.WORD, start, end, chars[start:end], tags=self.tags, phrase=phrase)
        before = [_part(one, chars, phrase) for one in self.before]
        return (*before, middle, *[_part(one, chars, phrase) for one in self.after])


Source = tuple[Piece, ...] | Stretch | Said
"""What an edge was taken for; nothing for a blank."""
Edge = tuple[int, int, int, bool, Kind | None, Source]
"""One step on a way through the message: its end, cost and weight, whether it names an intent, its kind, what it is.

Plain tuples, and pieces only for the edges that are gone along: most edges are not.
"""


def pieces_of(source: Source, chars: str) -> tuple[Piece, ...]:
    """The pieces of an edge of a message."""
    if isinstance(source, Said):
        return source.pieces(chars)
    if isinstance(source, Stretch):
        kind, start, end, cost, tags = source
        return (Piece(kind, start, end, chars[start:end], cost, tags=tags),)
    return source


def _part(part: Part, chars: str, phrase: str) -> Piece:
    start, end, piece, role = part
    if piece is None:
        return Piece(Kind.WORD, start, end, chars[start:end], phrase=phrase)
    return piece.in_phrase(phrase, role)
