"""Decides what a message means, with about a dozen templates over tokens, and asks whenever a word is left over."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial

from handlers.understand.answers import answered
from handlers.understand.documents import asks_status_of_paper, is_number_alone, status, step, step_told
from handlers.understand.lexicon import Lexicon
from handlers.understand.lines import (
    Asking,
    Mention,
    asked_product,
    change_lines,
    items,
    only_product,
    without_strays,
)
from handlers.understand.message import Message, left_over, reading_of, spans_of, unknown, unknown_products
from handlers.understand.normalise import normalise
from handlers.understand.persons import person_named
from handlers.understand.places import codes_of, is_strange_place, settled_sides, sides_of, with_strange_places
from handlers.understand.reading import EVERYWHERE, Context, Intent, Reading, SaidLine, Slots
from handlers.understand.tokens import Amount, Kind, Token, cut
from handlers.understand.words import REASONS, Role


def understand(text: str, context: Context, lexicon: Lexicon) -> Reading:
    """What a message means. Complete only when every word of it was read and nothing has to be asked.

    With an open question in `context.frame`, a bare answer fills what was missing there; a whole new message makes a
    reading of its own.
    """
    normal = normalise(text)
    message = Message(normal, with_strange_places(cut(normal, lexicon)), context, lexicon)
    if context.frame is not None:
        if reading := _dialogue_act(message):
            return reading
        if reading := answered(message.tokens, context, lexicon):
            return replace(reading, spans=spans_of(message))
    reading = _template(message)(message)
    if not reading.complete and (who := person_named(normal, message.tokens)):
        return replace(unknown(message), problems={"intent": "person"}, heard={"intent": who})
    return reading


def _template(message: Message) -> Callable[[Message], Reading]:
    """The one template that fits. Two that fit mean two operations in one message: none is chosen."""
    if not message.tokens:
        return unknown
    for whole, template in ((_asks_help, _help), (_asks_language, _language)):
        if whole(message):
            return template
    if asks_status_of_paper(message):
        return status
    told = step_told(message)
    if told is not None and told is not Intent.TRANSFER_RECEIVE:
        return partial(step, intent=told)
    moving = message.some(Role.MOVES, Role.SENDS, Role.OUT)
    fits: dict[Callable[[Message], Reading], bool] = {
        partial(step, intent=Intent.TRANSFER_RECEIVE): told is not None,
        status: message.some(Role.STATUS) or is_number_alone(message),
        _stock: any(
            token.has(Role.STOCK, Role.LOOKS) and not (moving and token.has(Role.ABOUT)) for token in message.tokens
        ),
    }
    fitting = [template for template, fit in fits.items() if fit]
    if not fitting:
        return _transfer
    return unknown if len(fitting) > 1 or moving else fitting[0]


def _dialogue_act(message: Message) -> Reading | None:
    """Yes or no to an open question: nothing but words of consent, or nothing but words of refusal."""
    said = [
        token for token in message.tokens if not token.has(Role.FILLER, Role.BREAK) or token.has(Role.ASKS, Role.YES)
    ]
    for role, intent in ((Role.YES, Intent.CONFIRM), (Role.NO, Intent.CANCEL)):
        if said and all(token.has(role) and not token.has(Role.ASKS) for token in said):
            return Reading(intent, spans=spans_of(message))
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
    return Reading(Intent.HELP, spans=spans_of(message))


def _asks_language(message: Message) -> bool:
    said = [token for token in message.tokens if not token.has(Role.FILLER, Role.BREAK) or token.has(Role.ASKS)]
    named = [token for token in said if token.has(Role.CHINESE, Role.ENGLISH)]
    return len(named) == 1 and all(token in named or token.has(Role.SPEAKS) for token in said)


def _language(message: Message) -> Reading:
    language = "zh" if message.some(Role.CHINESE) else "en"
    return Reading(Intent.LANGUAGE_SET, Slots(language=language), spans=spans_of(message))


def _transfer(message: Message) -> Reading:
    """从X调N箱P到Y and its relatives: a verb, or an arrow, or X要, or 给X with lines."""
    tokens, context, lexicon = message.tokens, message.context, message.lexicon
    polite = message.some(Role.CAN)
    blocks = [t for t in tokens if t.has(Role.BLOCK) and not (polite and t.has(Role.ASKS, Role.CAN))]
    if polite and not message.some_kind(Kind.PRODUCT, Kind.AMOUNT):
        return unknown(message)
    asking = Asking()
    sides = sides_of(tokens, context, lexicon)
    elsewhere = {token.start for token in sides.unknown["to"] + sides.unknown["from"]}
    said = without_strays(items([token for token in tokens if token.start not in elsewhere], lexicon))
    goods = any(isinstance(item, Mention) and item.codes for item in said) and any(isinstance(i, Amount) for i in said)
    wanted = sides.asked_for or (bool(sides.said["from"]) and message.some(Role.WANTS))
    verb = message.some(Role.MOVES, Role.SENDS, Role.OUT, Role.RETURNS)
    if blocks or not (verb or (goods and (wanted or sides.arrow or sides.said["to"]))):
        return unknown(message, blocks or left_over(message, frozenset(), ()))
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
        Role.RETURNS,
    }
    known |= {Role.REASON} if message.some(Role.RETURNS) else set()
    known |= {Role.CAN, Role.ASKS} if polite else set()
    known |= {Role.WANTS} if wanted else set()
    read = [*sides.unknown["from"], *sides.unknown["to"], *_times(tokens), *unknown_products(said, tokens)]
    left = [*left_over(message, frozenset(known), read, None if polite else Role.ASKS), *sides.loose]
    if left:
        asking.ask("intent", "left_over")
    lines = change_lines("lines", said, asking, lexicon)
    if not lines:
        asking.ask("lines")
    if message.some(Role.ABOUT):
        lines = _approximate(lines, asking)
    returns = message.some(Role.RETURNS)
    source, target = settled_sides(sides, context, asking, lexicon)
    if returns:
        source = _returning(source, context, asking)
    if sides.bare and source is not None and target is not None:
        asking.ask("intent", "left_over")
    reasons = {REASONS[token.text] for token in tokens if returns and token.has(Role.REASON)}
    reason = reasons.pop() if len(reasons) == 1 else None
    slots = Slots(lines=lines, source=source, target=target, reason=reason, returns=returns)
    return reading_of(Intent.TRANSFER_CREATE, slots, asking, message, [*left, *sides.bare])


def _returning(source: str | None, context: Context, asking: Asking) -> str | None:
    """Goods go back to the warehouse from where the writer works, unless another place was said."""
    if source is not None or context.home is None or "from" not in asking.missing or asking.candidates.get("from"):
        return source
    asking.missing.remove("from")
    return context.home


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


def _stock(message: Message) -> Reading:
    """西湖店P还有多少, P库存, how many P in X."""
    known = {Role.STOCK, Role.LOOKS, Role.AT, Role.ASKS, Role.HOME, Role.WAREHOUSE, Role.EVERYWHERE}
    tokens, context = message.tokens, message.context
    asking = Asking()
    nowhere = [token for token in tokens if is_strange_place(token)][:1]
    said = only_product(items([token for token in tokens if token not in nowhere], message.lexicon))
    mentions = [item for item in said if isinstance(item, Mention)]
    units = [token for token in tokens if token.kind is Kind.UNIT]
    sizes = [token for token in tokens if token.amount and any(token.amount in mention.sizes for mention in mentions)]
    left = left_over(message, frozenset(known), [*units, *sizes, *nowhere, *unknown_products(said, tokens)])
    left += [t for t in tokens if t.kind is Kind.AMOUNT and t not in sizes and not t.text.startswith("几")]
    if left:
        asking.ask("intent", "left_over")
    lines = tuple(asked_product(f"lines.{at}", mention, asking, message.lexicon) for at, mention in enumerate(mentions))
    if not lines:
        asking.ask("lines")
    places = [codes for token in tokens if (codes := codes_of(token, context)) is not None]
    codes = tuple(dict.fromkeys(code for found in places for code in found))
    everywhere = message.some(Role.EVERYWHERE)
    if nowhere:
        asking.ask("place", "unknown_place", message.lexicon.near_places(nowhere[0].text), nowhere[0].text)
    elif len(codes) > 1 or (places and (not codes or everywhere)):
        asking.ask("place", candidates=codes)
    place = EVERYWHERE if everywhere else codes[0] if len(codes) == 1 else None
    return reading_of(Intent.STOCK_QUERY, Slots(lines=lines, place=place), asking, message, left)
