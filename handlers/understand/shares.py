"""Sorts the amounts that are told of a document's goods: good, damaged, short, refused, too many, for the supplier."""

from __future__ import annotations

from collections.abc import Sequence

from handlers.understand.amount import Amount
from handlers.understand.goods import Item, Mention, Pair, items, pairs
from handlers.understand.names.lexicon import Lexicon
from handlers.understand.pieces import Kind, Piece
from handlers.understand.reading import LINE_SLOTS

_MARK = "mark="


def mark_of(piece: Piece) -> str | None:
    """Which share of the goods a word tells of: the name of the slot; None for any other word."""
    for tag in piece.tags:
        if tag.startswith(_MARK):
            share = tag.removeprefix(_MARK)
            return "lines" if share == "good" else share
    return None


def all_of_these(pieces: Sequence[Piece]) -> bool:
    """Whether "all" stands behind the goods that were counted: 农夫30箱红牛5箱都到齐了."""
    counted = [piece.start for piece in pieces if piece.amount and not piece.amount.rest]
    return bool(counted) and any(piece.has("all=yes") and piece.start > counted[-1] for piece in pieces)


def nothing() -> dict[str, list[Pair]]:
    """An arrival of which nothing was said."""
    return {name: [] for name in LINE_SLOTS}


def shares_of(pieces: Sequence[Piece], lexicon: Lexicon) -> dict[str, list[Pair]] | None:
    """What came good, damaged and not at all. None where it stays open which amount is which."""
    shares = nothing()
    clauses: list[list[Piece]] = [[]]
    for piece in pieces:
        if piece.kind is Kind.BREAK:
            clauses.append([])
        elif _begins_another(piece, clauses[-1]):
            if mark_of(clauses[-1][-1]):
                return None  # 可乐20瓶 坏的雪碧1瓶: of which of them it is said stays open
            clauses.append([piece])
        else:
            clauses[-1].append(piece)
    if not any(mark_of(piece) for piece in pieces):
        paired = pairs(items(pieces, lexicon))
        return None if paired is None else {**shares, "lines": paired}
    for clause in clauses:
        found = _clause_shares(clause, lexicon)
        if found is None:
            return None
        for name, pair in found:
            shares[name].append(pair)
    return _of_one_product(shares)


def _of_one_product(shares: dict[str, list[Pair]]) -> dict[str, list[Pair]] | None:
    """Where one product was named, the other amounts are of it; with several, none may stay without one."""
    mentions = [pair[0] for found in shares.values() for pair in found if pair[0]]
    if len(set(mentions)) == 1:
        alone = [(name, pair) for name, found in shares.items() for pair in found if not pair[1]]
        for name, pair in alone if any(pair[1] for found in shares.values() for pair in found) else []:
            shares[name].remove(pair)
        return {name: [(mentions[0], pair[1]) for pair in found] for name, found in shares.items()}
    open_pairs = [pair for found in shares.values() for pair in found if pair[0] is None]
    return None if mentions and open_pairs else shares


def _begins_another(piece: Piece, clause: Sequence[Piece]) -> bool:
    """Whether a product begins a clause of its own: 可乐20瓶 雪碧8瓶."""
    products = [at for at, one in enumerate(clause) if one.kind is Kind.PRODUCT]
    return piece.kind is Kind.PRODUCT and bool(products) and any(one.amount for one in clause[products[-1] + 1 :])


def _clause_shares(clause: Sequence[Piece], lexicon: Lexicon) -> list[tuple[str, Pair]] | None:
    """The shares of one clause: a word before or behind each amount says which it is; without one it is good."""
    marks = [piece for piece in clause if mark_of(piece)]
    said = items(clause, lexicon)
    mentions = [item for item in said if isinstance(item, Mention)]
    amounts = [piece for piece in clause if piece.amount and _is_in(piece.amount, said)]
    if len(mentions) > 1 or not marks:
        paired = None if marks else pairs(said)
        return None if paired is None else [("lines", pair) for pair in paired]
    mention = mentions[0] if mentions else None
    order = [piece for piece in clause if piece in marks or piece in amounts]
    if mention is None and [mark_of(piece) for piece in order] == ["lines"]:
        return []  # 包装都好: of nothing new
    if len(order) % 2:  # the first amount has no word: it came good
        if order[0] in marks:
            return None
        order, unmarked = order[1:], [("lines", (mention, _amounts(order[:1])))]
    else:
        unmarked = []
    twos = [(order[at], order[at + 1]) for at in range(0, len(order), 2)]
    if any((one in marks) == (other in marks) or (one in marks) != (order[0] in marks) for one, other in twos):
        return None
    if unmarked and order and order[0] not in marks:
        return None
    marked = [(one, other) if one in marks else (other, one) for one, other in twos]
    return [*unmarked, *((mark_of(mark) or "lines", (mention, _amounts([amount]))) for mark, amount in marked)]


def _is_in(amount: Amount, said: Sequence[Item]) -> bool:
    return any(item is amount for item in said)


def _amounts(pieces: Sequence[Piece]) -> tuple[Amount, ...]:
    return tuple(piece.amount for piece in pieces if piece.amount)
