"""A product with what it comes in beside it as one stretch: 百威瓶装, 罐装百威, 百威(听), Budweiser cans."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from handlers.understand.names.lexicon import Lexicon
from handlers.understand.numbers import NUMERALS
from handlers.understand.pieces import Edge, Kind, Piece

_COST = 2
_BEHIND = re.compile(r" ?\(?(\w)装的?\)?| ?\((\w)\)| ([a-z]{3,})(?![a-z'])")
_BEFORE = re.compile(r"(?:(\w)装的?|(?<![a-z])(canned|bottled|boxed|bagged) )$")
_MADE_INTO = {"canned": "can", "bottled": "bottle", "boxed": "box", "bagged": "bag"}
_LONGEST = 8  # characters in front of a product that say what it comes in


def packaged(chars: str, entities: Mapping[int, Sequence[Piece]], lexicon: Lexicon) -> Iterator[tuple[int, Edge]]:
    """Every product of several that come in different things, with the one that is said, by its start."""
    for product in (piece for pieces in entities.values() for piece in pieces if piece.kind is Kind.PRODUCT):
        name = product.name
        codes = name.whole or name.part if name else ()
        if name is None or name.more or len(codes) < 2:
            continue
        for start, end, word in _said(chars, product):
            meant = lexicon.units.get(_MADE_INTO.get(word, word), ())
            having = tuple(code for code in codes if lexicon.skus[code].base_unit in meant)
            if 0 < len(having) < len(codes):
                only = name._replace(whole=having if name.whole else (), part=having, said=chars[start:end])
                piece = replace(product, start=start, end=end, text=chars[start:end], name=only)
                yield start, (end, product.cost + _COST, 0, False, Kind.PRODUCT, (piece,))


def _said(chars: str, product: Piece) -> Iterator[tuple[int, int, str]]:
    """Where a product and what it comes in begin and end, and that word. 10罐装 is a pack of ten."""
    if behind := _BEHIND.match(chars, product.end):
        yield product.start, behind.end(), behind[1] or behind[2] or behind[3]
    before = _BEFORE.search(chars[max(product.start - _LONGEST, 0) : product.start])
    if before:
        start = product.start - len(before[0])
        if chars[start - 1 : start] not in NUMERALS or start == 0:
            yield start, product.end, before[1] or before[2]
