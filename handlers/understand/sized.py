"""A product with its size beside it as one stretch: 怡宝555, 农夫山泉 1.5L, 三百三的雪碧, 7号电池6粒装."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction

from handlers.understand.amount import Amount
from handlers.understand.goods import PLAIN_SIZE, is_size
from handlers.understand.names.lexicon import Lexicon
from handlers.understand.normalise import plain
from handlers.understand.pieces import Edge, Kind, Piece

_COST = 3  # what a size costs more than the product alone: less than a number that stands for itself
_MOST_SIZES = 12
_FARTHEST = 3  # characters between a product and its size
_CELLS = ("", " ", "的", "、", "/", ",", "|", " | ", ", ", " / ")
_LETTER = re.compile(r"[a-z]")
_TAILS = ("装的", "装", "的")


def sized(chars: str, entities: Mapping[int, Sequence[Piece]], lexicon: Lexicon) -> Iterator[tuple[int, Edge]]:
    """Every product with a size right before or behind it, as one edge of two pieces, by its start."""
    products = [piece for pieces in entities.values() for piece in pieces if piece.kind is Kind.PRODUCT and piece.name]
    amounts = [piece for pieces in entities.values() for piece in pieces if piece.amount and not piece.amount.rest]
    for product in products:
        start, end = product.start, product.end
        near = [one for one in amounts if 0 <= one.start - end <= _FARTHEST or 0 <= start - one.end <= _FARTHEST]
        for amount in near:
            behind = _beside(chars, product.end, amount)
            if not (behind or _before(chars, amount.end, product.start)) or not _is_size_of(amount, product, lexicon):
                continue
            size = replace(amount, tags=amount.tags | {"size"})
            yield _edge(product, size, behind=behind)
        for size in _written(chars, product, lexicon):
            yield _edge(product, size, behind=True)


def _edge(product: Piece, size: Piece, *, behind: bool) -> tuple[int, Edge]:
    pair = (product, size) if behind else (size, product)
    return pair[0].start, (pair[1].end, product.cost + _COST, 0, False, pair[0].kind, pair)


def _beside(chars: str, end: int, size: Piece) -> bool:
    """Whether a size stands right behind a product; one with its measure may stand in the next cell of a row."""
    between = chars[end : size.start] if end <= size.start <= end + _FARTHEST else None
    measured = size.amount is not None and size.amount.measure is not None
    return between in (_CELLS if measured else _CELLS[:4])


def _before(chars: str, end: int, start: int) -> bool:
    return end <= start and chars[end:start] in ("", " ", "的")


def _written(chars: str, product: Piece, lexicon: Lexicon) -> Iterator[Piece]:
    """Sizes that are no measure, as the catalogue writes them: 6粒, 20w, 10000mah."""
    name = product.name
    codes = name.whole or name.part if name else ()
    if not codes or len(codes) > _MOST_SIZES:
        return
    start = product.end + (chars[product.end : product.end + 1] in (" ", "/", ",", "的"))
    if chars[start : start + 1] not in lexicon.first_of_sizes:
        return
    for size in {plain(size) for size, _ in lexicon.sizes_of(codes)}:
        end = start + len(size)
        letters = (
            size.isascii() and size.isalpha() and chars[end : end + 1].isascii() and chars[end : end + 1].isalpha()
        )
        if (len(size) > 1 or size.isalpha()) and not letters and chars.startswith(size, start):
            end += next((len(tail) for tail in _TAILS if chars.startswith(tail, end)), 0)
            amount = Amount(Fraction(0), said=size)
            yield Piece(Kind.AMOUNT, start, end, chars[start:end], tags=frozenset({"size"}), amount=amount)


def _is_size_of(piece: Piece, product: Piece, lexicon: Lexicon) -> bool:
    amount, name = piece.amount, product.name
    if amount is None or name is None or (name.said.isascii() and any(char.isdigit() for char in name.said)):
        return False
    if amount.units and not amount.measure:
        return False
    codes = name.whole or name.part
    if amount.bare and not amount.measure and amount.number < PLAIN_SIZE:
        return False
    return is_size(replace(amount, bare=True) if amount.doubtful else amount, codes, lexicon)
