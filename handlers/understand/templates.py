"""Decides what a message means, with about a dozen templates over tokens, and asks whenever a word is left over."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from handlers.understand.answers import answered
from handlers.understand.arrivals import nothing, shares_of
from handlers.understand.lexicon import Lexicon
from handlers.understand.lines import (
    Asking,
    Item,
    Mention,
    Pair,
    asked_product,
    change_lines,
    items,
    only_product,
    said_line,
    without_strays,
)
from handlers.understand.normalise import Text, normalise
from handlers.understand.places import codes_of, settled_sides, sides_of
from handlers.understand.reading import EVERYWHERE, LAST_DOCUMENT, Context, Intent, Reading, SaidLine, Slots, Span
from handlers.understand.tokens import Amount, Kind, Token, cut
from handlers.understand.words import Role

_FIRST_BARE_NUMBER = 1000  # a bare number below is a quantity, never a document
_ALWAYS = frozenset({Role.OF, Role.BREAK, Role.FILLER})


@dataclass(frozen=True, slots=True)
class Message:
    """What every template gets: the text, its tokens, who wrote it, and the names of the chain."""

    text: Text
    tokens: tuple[Token, ...]
    context: Context
    lexicon: Lexicon

    def some(self, *roles: Role) -> bool:
        """Whether a word with one of the roles was said."""
        return any(token.has(*roles) for token in self.tokens)

    def some_kind(self, *kinds: Kind) -> bool:
        """Whether a token of one of the kinds is there."""
        return any(token.kind in kinds for token in self.tokens)


def understand(text: str, context: Context, lexicon: Lexicon) -> Reading:
    """What a message means. Complete only when every word of it was read and nothing has to be asked.

    With an open question in `context.frame`, a bare answer fills what was missing there; a whole new message makes a
    reading of its own.
    """
    normal = normalise(text)
    message = Message(normal, cut(normal, lexicon), context, lexicon)
    if context.frame is not None:
        if reading := _dialogue_act(message):
            return reading
        if reading := answered(message.tokens, context, lexicon):
            return replace(reading, spans=_spans(message))
    return _template(message)(message)


def _template(message: Message) -> Callable[[Message], Reading]:
    """The one template that fits. Two that fit mean two operations in one message: none is chosen."""
    if not message.tokens:
        return _unknown
    for whole, template in ((_asks_help, _help), (_asks_language, _language)):
        if whole(message):
            return template
    if _paper_status(message):
        return _status
    moving = message.some(Role.MOVES, Role.SENDS, Role.OUT)
    fits = {
        _receive: message.some(Role.ARRIVED) or _tells_arrival(message),
        _status: message.some(Role.STATUS) or _document_alone(message),
        _stock: any(
            token.has(Role.STOCK, Role.LOOKS) and not (moving and token.has(Role.ABOUT)) for token in message.tokens
        ),
    }
    fitting = [template for template, fit in fits.items() if fit]
    if not fitting:
        return _transfer
    return _unknown if len(fitting) > 1 or moving else fitting[0]


def _tells_arrival(message: Message) -> bool:
    """Whether the question of what arrived is open, and this sorts it into good, damaged and missing."""
    return _arriving(message) is not None and message.some(Role.GOOD, Role.DAMAGED, Role.SHORT, Role.ALL)


def _arriving(message: Message) -> str | None:
    """The transfer whose arrival is being asked about."""
    frame = message.context.frame
    return frame.slots.document if frame and frame.intent is Intent.TRANSFER_RECEIVE else None


def _paper_status(message: Message) -> bool:
    """The status of a transfer names it "调拨" or "transfer", which are verbs elsewhere."""
    verbs = [token for token in message.tokens if token.has(Role.MOVES, Role.SENDS, Role.OUT)]
    return (
        message.some(Role.STATUS) and not message.some(Role.ARRIVED) and all(token.has(Role.PAPER) for token in verbs)
    )


def _dialogue_act(message: Message) -> Reading | None:
    """Yes or no to an open question: nothing but words of consent, or nothing but words of refusal."""
    said = [
        token for token in message.tokens if not token.has(Role.FILLER, Role.BREAK) or token.has(Role.ASKS, Role.YES)
    ]
    for role, intent in ((Role.YES, Intent.CONFIRM), (Role.NO, Intent.CANCEL)):
        if said and all(token.has(role) and not token.has(Role.ASKS) for token in said):
            return Reading(intent, spans=_spans(message))
    return None


def _asks_help(message: Message) -> bool:
    said = [token for token in message.tokens if not token.has(Role.FILLER, Role.BREAK)]
    can = any(token.has(Role.CAN) for token in said)
    return (bool(said) and all(token.has(Role.HELP) for token in said)) or (
        can
        and any(token.has(Role.MOVES) for token in said)
        and all(token.has(Role.CAN, Role.MOVES, Role.ASKS) for token in said)
    )


def _help(message: Message) -> Reading:
    return Reading(Intent.HELP, spans=_spans(message))


def _asks_language(message: Message) -> bool:
    said = [token for token in message.tokens if not token.has(Role.FILLER, Role.BREAK) or token.has(Role.ASKS)]
    named = [token for token in said if token.has(Role.CHINESE, Role.ENGLISH)]
    return len(named) == 1 and all(token in named or token.has(Role.SPEAKS) for token in said)


def _language(message: Message) -> Reading:
    language = "zh" if message.some(Role.CHINESE) else "en"
    return Reading(Intent.LANGUAGE_SET, Slots(language=language), spans=_spans(message))


def _unknown(message: Message, words: Iterable[Token] = ()) -> Reading:
    """Nothing that can be acted on; the words that stood in the way are named."""
    unread = tuple(_raw(message, token) for token in words)
    problems = {"intent": "left_over"} if unread else {}
    return Reading(Intent.UNKNOWN, missing=("intent",), problems=problems, unread=unread, spans=_spans(message))


def _transfer(message: Message) -> Reading:
    """从X调N箱P到Y and its relatives: a verb, or an arrow, or X要, or 给X with lines."""
    tokens, context, lexicon = message.tokens, message.context, message.lexicon
    polite = message.some(Role.CAN)
    blocks = [t for t in tokens if t.has(Role.BLOCK) and not (polite and t.has(Role.ASKS, Role.CAN))]
    if polite and not message.some_kind(Kind.PRODUCT, Kind.AMOUNT):
        return _unknown(message)
    asking = Asking()
    sides = sides_of(tokens, context, lexicon)
    elsewhere = sides.unknown["to"] + sides.unknown["from"]
    said = without_strays(items([token for token in tokens if token not in elsewhere], lexicon))
    goods = any(isinstance(item, Mention) and item.codes for item in said) and any(isinstance(i, Amount) for i in said)
    wanted = sides.asked_for or (bool(sides.said["from"]) and message.some(Role.WANTS))
    verb = message.some(Role.MOVES, Role.SENDS, Role.OUT)
    if blocks or not (verb or (goods and (wanted or sides.arrow or sides.said["to"]))):
        return _unknown(message, blocks or _left_over(message, frozenset(), ()))
    known = {
        Role.FROM,
        Role.TO,
        Role.ARROW,
        Role.MOVES,
        Role.SENDS,
        Role.OUT,
        Role.HERE,
        Role.HOME,
        Role.WAREHOUSE,
        Role.ABOUT,
    }
    known |= {Role.CAN, Role.ASKS} if polite else set()
    known |= {Role.WANTS} if wanted else set()
    read = [*sides.unknown["from"], *sides.unknown["to"], *_times(tokens), *_unknown_products(said, tokens)]
    left = [*_left_over(message, frozenset(known), read, None if polite else Role.ASKS), *sides.loose]
    if left:
        asking.ask("intent", "left_over")
    lines = change_lines("lines", said, asking, lexicon)
    if not lines:
        asking.ask("lines")
    if message.some(Role.ABOUT):
        lines = _approximate(lines, asking)
    source, target = settled_sides(sides, context, asking)
    if sides.bare and source is not None and target is not None:
        asking.ask("intent", "left_over")
    slots = Slots(lines=lines, source=source, target=target)
    return _reading(Intent.TRANSFER_CREATE, slots, asking, message, [*left, *sides.bare])


def _approximate(lines: tuple[SaidLine, ...], asking: Asking) -> tuple[SaidLine, ...]:
    """About twenty is no quantity, on whichever line it was said."""
    for at in range(len(lines)):
        asking.ask(f"lines.{at}.quantity", "approximate")
    return tuple(SaidLine(line.sku, None, line.unit) for line in lines)


def _times(tokens: Sequence[Token]) -> list[Token]:
    """The x between a product and its number (Crest x6, 6 x Crest)."""
    ends = {Kind.PRODUCT, Kind.AMOUNT}
    return [
        token
        for before, token, after in zip(tokens, tokens[1:], tokens[2:], strict=False)
        if token.has(Role.TIMES) and {before.kind, after.kind} == ends
    ]


def _unknown_products(said: Sequence[Item], tokens: Sequence[Token]) -> list[Token]:
    """Unread words that became the unknown product of a line: they are asked there."""
    begins = {start for item in said if isinstance(item, Mention) for start in item.unread}
    return [token for token in tokens if token.start in begins]


def _stock(message: Message) -> Reading:
    """西湖店P还有多少, P库存, how many P in X."""
    known = {Role.STOCK, Role.LOOKS, Role.AT, Role.ASKS, Role.HOME, Role.WAREHOUSE, Role.EVERYWHERE}
    tokens, context = message.tokens, message.context
    asking = Asking()
    said = only_product(items(tokens, message.lexicon))
    mentions = [item for item in said if isinstance(item, Mention)]
    units = [token for token in tokens if token.kind is Kind.UNIT]
    sizes = [token for token in tokens if token.amount and any(token.amount in mention.sizes for mention in mentions)]
    left = _left_over(message, frozenset(known), [*units, *sizes, *_unknown_products(said, tokens)])
    left += [t for t in tokens if t.kind is Kind.AMOUNT and t not in sizes and not t.text.startswith("几")]
    if left:
        asking.ask("intent", "left_over")
    lines = tuple(asked_product(f"lines.{at}", mention, asking, message.lexicon) for at, mention in enumerate(mentions))
    if not lines:
        asking.ask("lines")
    places = [codes for token in tokens if (codes := codes_of(token, context)) is not None]
    codes = tuple(dict.fromkeys(code for found in places for code in found))
    everywhere = message.some(Role.EVERYWHERE)
    if len(codes) > 1 or (places and (not codes or everywhere)):
        asking.ask("place", candidates=codes)
    place = EVERYWHERE if everywhere else codes[0] if len(codes) == 1 else None
    return _reading(Intent.STOCK_QUERY, Slots(lines=lines, place=place), asking, message, left)


def _status(message: Message) -> Reading:
    """TR-1001到哪了, where is TR-1001, or nothing but the number."""
    known = frozenset({Role.STATUS, Role.PAPER, Role.LAST, Role.ASKS, Role.MOVES})
    asking = Asking()
    document, read = _document(message, asking)
    left = _left_over(message, known, read)
    left += [
        token for token in message.tokens if token.kind in (Kind.AMOUNT, Kind.PLACE, Kind.PRODUCT) and token not in read
    ]
    if left:
        asking.ask("intent", "left_over")
    return _reading(Intent.TRANSFER_STATUS, Slots(document=document), asking, message, left)


def _receive(message: Message) -> Reading:
    """收到TR-1001 好的17瓶, 碎了2瓶, 少1瓶; or all of it."""
    known = frozenset({Role.ARRIVED, Role.GOOD, Role.DAMAGED, Role.SHORT, Role.ALL, Role.PAPER, Role.LAST, Role.FROM})
    if blocks := [token for token in message.tokens if token.has(Role.BLOCK)]:
        return _unknown(message, blocks)
    asking = Asking()
    document, read = _document(message, asking)
    rest = [token for token in message.tokens if token not in read]
    said = without_strays(items(rest, message.lexicon))
    left = _left_over(message, known, [*read, *_unknown_products(said, rest)], forbidden=Role.ASKS)
    shares = shares_of(rest, message.lexicon)
    everything = message.some(Role.ALL)
    if left or shares is None or (everything and any(shares.values())):
        asking.ask("intent", "left_over")
    lines = {
        name: tuple(
            said_line(f"{name}.{at}", pair, asking, message.lexicon, product_needed=False)
            for at, pair in enumerate(pair for pair in found if not _is_none(pair))
        )
        for name, found in (shares or nothing()).items()
    }
    places = [codes for token in rest if (codes := codes_of(token, message.context)) is not None]
    if len(places) > 1 or any(len(codes) != 1 for codes in places):
        asking.ask("document")
    source = places[0][0] if len(places) == 1 and len(places[0]) == 1 else None
    slots = Slots(
        lines["lines"], lines["damaged"], lines["shortage"], source, document=document, all_arrived=everything
    )
    return _reading(Intent.TRANSFER_RECEIVE, slots, asking, message, left)


def _is_none(pair: Pair) -> bool:
    """Whether it says that there is none of it: 坏0."""
    return len(pair[1]) == 1 and pair[1][0].number == 0


def _document(message: Message, asking: Asking) -> tuple[str | None, list[Token]]:
    """The one transfer that is named, and the tokens that name it; a bare number counts from 1000 up."""
    found = [(token, token.document) for token in message.tokens if token.document]
    found += [(token, LAST_DOCUMENT) for token in message.tokens if token.has(Role.LAST)]
    if not found and not message.some(Role.ARRIVED) and (arriving := _arriving(message)):
        return arriving, []
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


def _document_alone(message: Message) -> bool:
    """Whether the message is nothing but a document's number."""
    return message.some_kind(Kind.DOCUMENT) and all(
        token.kind is Kind.DOCUMENT or token.has(Role.PAPER, Role.FILLER, Role.ASKS) for token in message.tokens
    )


def _left_over(
    message: Message, known: frozenset[Role], read: Iterable[Token], forbidden: Role | None = None
) -> list[Token]:
    """The tokens that a template does not know: unread text, words of other templates, stray units and documents."""
    roles, taken = known | _ALWAYS, list(read)
    return [
        token
        for token in message.tokens
        if token not in taken
        and (
            token.kind in (Kind.UNREAD, Kind.UNIT, Kind.DOCUMENT)
            or (token.kind is Kind.WORD and not token.has(*roles))
            or (forbidden is not None and token.has(forbidden))
        )
    ]


def _reading(intent: Intent, slots: Slots, asking: Asking, message: Message, left: Iterable[Token]) -> Reading:
    left = list(left)
    if left and not asking.missing:
        asking.ask("intent", "left_over")
    words = sorted({(token.start, token.end) for token in left})
    return Reading(
        intent,
        slots,
        tuple(sorted(asking.missing, key=lambda name: name != "intent")),
        asking.candidates,
        asking.problems,
        tuple(message.text.raw[slice(*message.text.span(start, end))] for start, end in words),
        _spans(message),
    )


def _raw(message: Message, token: Token) -> str:
    return message.text.raw[slice(*message.text.span(token.start, token.end))]


def _spans(message: Message) -> tuple[Span, ...]:
    """What each piece of the raw text was taken for."""
    return tuple(
        Span(*message.text.span(token.start, token.end), min(token.roles).value if token.roles else token.kind.value)
        for token in message.tokens
    )
