"""What is said of a document: where it is, and each step of it with the goods it concerns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction
from types import MappingProxyType
from typing import Any

from handlers.understand.arrivals import MARKS, nothing, shares_of
from handlers.understand.lines import Asking, Pair, items, said_line, without_strays
from handlers.understand.message import Message, left_over, reading_of, unknown, unknown_products
from handlers.understand.places import codes_of
from handlers.understand.reading import LAST_DOCUMENT, Intent, Reading, SaidLine, Slots
from handlers.understand.tokens import Kind, Token
from handlers.understand.words import BEARERS, LOAD_REASONS, Role

STEPS: Mapping[Role, Intent] = MappingProxyType(
    {
        Role.ARRIVED: Intent.TRANSFER_RECEIVE,
        Role.LOADED: Intent.TRANSFER_DISPATCH,
        Role.BACK: Intent.TRANSFER_TAKE_BACK,
        Role.APPROVES: Intent.TRANSFER_APPROVE,
        Role.LOSES: Intent.TRANSFER_WRITE_OFF,
        Role.ELSEWHERE: Intent.TRANSFER_HOLD,
    }
)
"""The step that a verb tells of."""
OF_GOODS = frozenset(
    {Intent.TRANSFER_RECEIVE, Intent.TRANSFER_DISPATCH, Intent.TRANSFER_TAKE_BACK, Intent.TRANSFER_APPROVE}
)
"""Steps of which it is said how much of what."""
ALSO: Mapping[Intent, frozenset[Role]] = MappingProxyType(
    {
        Intent.TRANSFER_RECEIVE: frozenset({Role.NEXT}),
        Intent.TRANSFER_DISPATCH: frozenset({Role.WHY_LESS, Role.NEXT, Role.LATER, Role.DROPPED}),
        Intent.TRANSFER_WRITE_OFF: frozenset({Role.BEARER}),
    }
)
"""What may be said of a step beside its goods: why less was loaded, what becomes of the rest, who bears a loss."""
SIDES = frozenset({Role.FROM, Role.TO, Role.ARROW, Role.MOVES, Role.SENDS})
_FIRST_BARE_NUMBER = 1000  # a bare number below is a quantity, never a document


def step_told(message: Message) -> Intent | None:
    """The one step of a document that a message tells of; None where it tells of none, or of several.

    A verb needs a document beside it, or an open question about one, for "发货" and "批" are said of other things too;
    an arrival, or goods at the wrong store, do not: it is asked of which.
    """
    told = {intent for role, intent in STEPS.items() if message.some(role)}
    asked = _open_step(message)
    if told == {Intent.TRANSFER_RECEIVE}:
        return Intent.TRANSFER_RECEIVE
    if any(token.has(*SIDES) and not token.has(Role.LOADED, Role.BACK, Role.ELSEWHERE) for token in message.tokens):
        return None
    if len(told) == 1 and (names_document(message) or asked in told or told == {Intent.TRANSFER_HOLD}):
        return told.pop()
    if told:
        return None
    if message.some(*MARKS) and names_document(message) and not message.some(Role.STATUS):
        return Intent.TRANSFER_RECEIVE
    return asked if asked in OF_GOODS and _only_goods(message) else None


def names_document(message: Message) -> bool:
    """Whether a document is named by its number, or as the last one."""
    return message.some_kind(Kind.DOCUMENT) or message.some(Role.LAST) or any(map(_bare_number, message.tokens))


def step(message: Message, intent: Intent) -> Reading:
    """收到TR-1001 好的17瓶, 碎了2瓶, 少1瓶; or all of it; TR-1001装了18箱; TR-1001批10箱; TR-1001的货到我们店了."""
    verbs = {role for role, told in STEPS.items() if told is intent}
    known = frozenset({*verbs, *MARKS, Role.ALL, Role.PAPER, Role.LAST, Role.FROM, Role.ABOUT, *ALSO.get(intent, ())})
    # "批准" alone and "同意" are words of consent too; as the verb of a document they are read.
    blocks = [token for token in message.tokens if token.has(Role.BLOCK) or (token.has(Role.ABOUT) and not _all(token))]
    if blocks:
        return unknown(message, blocks)
    asking = Asking()
    document, read = _document(message, asking)
    rest = [token for token in message.tokens if token not in read]
    said = without_strays(items(rest, message.lexicon))
    left = left_over(message, known, [*read, *unknown_products(said, rest)], forbidden=Role.ASKS)
    found, unclear = _goods(message, rest, asking)
    if left or unclear or (intent not in OF_GOODS and any(found.values())):
        asking.ask("intent", "left_over")
    places = [codes for token in rest if (codes := codes_of(token, message.context)) is not None]
    if len(places) > 1 or any(len(codes) != 1 for codes in places):
        asking.ask("document")
    source = places[0][0] if len(places) == 1 and len(places[0]) == 1 else None
    slots = Slots(**found, source=source, document=document, all_arrived=message.some(Role.ALL))
    reason, bearer = _said(LOAD_REASONS, message), _said(BEARERS, message)
    slots = replace(slots, reason=reason, bearer=bearer, rest=_rest(message, intent))
    return reading_of(intent, slots, asking, message, left)


def status(message: Message) -> Reading:
    """TR-1001到哪了, where is TR-1001, or nothing but the number."""
    known = frozenset({Role.STATUS, Role.PAPER, Role.LAST, Role.ASKS, Role.MOVES})
    asking = Asking()
    document, read = _document(message, asking)
    left = left_over(message, known, read)
    left += [
        token for token in message.tokens if token.kind in (Kind.AMOUNT, Kind.PLACE, Kind.PRODUCT) and token not in read
    ]
    if left:
        asking.ask("intent", "left_over")
    return reading_of(Intent.TRANSFER_STATUS, Slots(document=document), asking, message, left)


def asks_status_of_paper(message: Message) -> bool:
    """The status of a transfer names it "调拨" or "transfer", which are verbs elsewhere."""
    verbs = [token for token in message.tokens if token.has(Role.MOVES, Role.SENDS, Role.OUT)]
    return (
        message.some(Role.STATUS) and not message.some(Role.ARRIVED) and all(token.has(Role.PAPER) for token in verbs)
    )


def is_number_alone(message: Message) -> bool:
    """Whether the message is nothing but a document's number."""
    return message.some_kind(Kind.DOCUMENT) and all(
        token.kind is Kind.DOCUMENT or token.has(Role.PAPER, Role.FILLER, Role.ASKS) for token in message.tokens
    )


def _open_step(message: Message) -> Intent | None:
    """The step whose goods are being asked about."""
    frame = message.context.frame
    return frame.intent if frame and frame.intent in OF_GOODS and frame.slots.document else None


def _only_goods(message: Message) -> bool:
    """Whether it says nothing but amounts of goods, in any order."""
    goods = (Kind.AMOUNT, Kind.PRODUCT, Kind.UNIT)
    words = (*MARKS, Role.ALL, Role.NEXT, Role.FILLER, Role.BREAK, Role.OF)
    return any(token.amount or token.has(*MARKS, Role.ALL) for token in message.tokens) and all(
        token.kind in goods or token.has(*words) for token in message.tokens
    )


def _goods(message: Message, tokens: list[Token], asking: Asking) -> tuple[dict[str, Any], bool]:
    """The amounts by what became of the goods, and whether it stays open which is which."""
    shares = shares_of(tokens, message.lexicon)
    everything = message.some(Role.ALL)
    unclear = shares is None or (everything and (any(shares.values()) or message.some(Role.NEXT)))
    lines: dict[str, Any] = {
        name: tuple(
            _told(f"{name}.{at}", pair, asking, message)
            for at, pair in enumerate(pair for pair in found if name == "lines" or not _is_none(pair))
        )
        for name, found in (shares or nothing()).items()
    }
    return lines, unclear


def _said(meanings: Mapping[str, str], message: Message) -> str | None:
    """The one value that words of this list mean; None where none was said, or several that differ."""
    found = {meanings[token.text] for token in message.tokens if token.text in meanings}
    return found.pop() if len(found) == 1 else None


def _rest(message: Message, intent: Intent) -> str | None:
    """What was said of the rest: on the next truck for who receives; for who loads, sent later or dropped."""
    if intent is not Intent.TRANSFER_DISPATCH:
        return "next" if message.some(Role.NEXT) else None
    later, dropped = message.some(Role.LATER, Role.NEXT), message.some(Role.DROPPED)
    return None if later == dropped else "later" if later else "free"


def _all(token: Token) -> bool:
    """Whether a word of about how much is one of all of it."""
    return token.has(Role.ALL)


def _told(name: str, pair: Pair, asking: Asking, message: Message) -> SaidLine:
    """One line of what was told; that there was none of it is told too: 装了0箱."""
    if not _is_none(pair):
        return said_line(name, pair, asking, message.lexicon, product_needed=False)
    line = said_line(name, (pair[0], ()), asking, message.lexicon, product_needed=False)
    asking.missing.remove(f"{name}.quantity")
    return replace(line, number=Fraction(0))


def _is_none(pair: Pair) -> bool:
    """Whether it says that there is none of it: 坏0. Two or three (两三瓶) is no number, and not none."""
    return len(pair[1]) == 1 and pair[1][0].number == 0 and not (pair[1][0].about or pair[1][0].part)


def _document(message: Message, asking: Asking) -> tuple[str | None, list[Token]]:
    """The one transfer that is named, and the tokens that name it; a bare number counts from 1000 up."""
    found = [(token, token.document) for token in message.tokens if token.document]
    found += [(token, LAST_DOCUMENT) for token in message.tokens if token.has(Role.LAST)]
    frame = message.context.frame
    if not found and frame and _open_step(message) and not message.some(Role.ARRIVED):
        return frame.slots.document, []
    if not found:
        found = [
            (token, f"TR-{token.amount.number}") for token in message.tokens if token.amount and _bare_number(token)
        ]
    else:  # TR-1043 调拨单1043: the same number again
        said = {document for _, document in found}
        found += [(t, f"TR-{t.text}") for t in message.tokens if _bare_number(t) and f"TR-{t.text}" in said]
    named = {document for _, document in found}
    if len(named) != 1:
        asking.ask("document")
    return (named.pop() if len(named) == 1 else None), [token for token, _ in found]


def _bare_number(token: Token) -> bool:
    amount = token.amount
    return amount is not None and amount.bare and token.text.isdigit() and amount.number >= _FIRST_BARE_NUMBER
