"""Sorts the amounts that are told of a document's goods: good, damaged, short, refused, too many, for the supplier."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from handlers.understand.lexicon import Lexicon
from handlers.understand.lines import Mention, Pair, items, pairs, without_strays
from handlers.understand.reading import LINE_SLOTS
from handlers.understand.tokens import Amount, Kind, Token
from handlers.understand.words import Role

MARKS: Mapping[Role, str] = MappingProxyType(
    {
        Role.DAMAGED: "damaged",
        Role.SHORT: "shortage",
        Role.REFUSED: "refused",
        Role.SUPPLIER: "for_supplier",
        Role.MORE: "over",
        Role.GOOD: "lines",
    }
)
"""Which share of the goods an amount is of, by the word beside it."""


def nothing() -> dict[str, list[Pair]]:
    """An arrival of which nothing was said."""
    return {name: [] for name in LINE_SLOTS}


def shares_of(tokens: Sequence[Token], lexicon: Lexicon) -> dict[str, list[Pair]] | None:
    """What came good, damaged and not at all. None where it stays open which amount is which."""
    shares = nothing()
    clauses: list[list[Token]] = [[]]
    for token in tokens:
        if token.has(Role.BREAK):
            clauses.append([])
        elif _begins_another(token, clauses[-1]):
            if clauses[-1][-1].has(*MARKS):
                return None  # 可乐20瓶 坏的雪碧1瓶: of which of them it is said stays open
            clauses.append([token])
        else:
            clauses[-1].append(token)
    for clause in clauses:
        found = _clause_shares(clause, lexicon)
        if found is None:
            return None
        for name, pair in found:
            shares[name].append(pair)
    mentions = [pair[0] for found in shares.values() for pair in found if pair[0]]
    if len(set(mentions)) == 1:  # one product was named: the other amounts are of it
        alone = [(name, pair) for name, found in shares.items() for pair in found if not pair[1]]
        for name, pair in alone if any(pair[1] for found in shares.values() for pair in found) else []:
            shares[name].remove(pair)
        return {name: [(mentions[0], pair[1]) for pair in found] for name, found in shares.items()}
    open_pairs = [pair for found in shares.values() for pair in found if pair[0] is None]
    return None if mentions and open_pairs else shares


def _begins_another(token: Token, clause: Sequence[Token]) -> bool:
    """Whether a product begins a clause of its own: 可乐20瓶 雪碧8瓶."""
    products = [at for at, one in enumerate(clause) if one.kind is Kind.PRODUCT]
    return token.kind is Kind.PRODUCT and bool(products) and any(one.amount for one in clause[products[-1] + 1 :])


def _clause_shares(clause: Sequence[Token], lexicon: Lexicon) -> list[tuple[str, Pair]] | None:
    """The shares of one clause: a word before or behind each amount says which it is; without one it is good."""
    marks = [token for token in clause if token.has(*MARKS)]
    said = without_strays(items(clause, lexicon))
    mentions = [item for item in said if isinstance(item, Mention)]
    amounts = [token for token in clause if token.amount and token.amount in said]
    if len(mentions) > 1 or not marks:
        paired = None if marks else pairs(said)
        return None if paired is None else [("lines", pair) for pair in paired]
    mention = mentions[0] if mentions else None
    order = [token for token in clause if token in marks or token in amounts]
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
    return [*unmarked, *((_share(mark), (mention, _amounts([amount]))) for mark, amount in marked)]


def _amounts(tokens: Sequence[Token]) -> tuple[Amount, ...]:
    return tuple(token.amount for token in tokens if token.amount)


def _share(mark: Token) -> str:
    return next(share for role, share in MARKS.items() if mark.has(role))
