"""What every template works on: a message cut into tokens, and the reading that is made of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from handlers.understand.lexicon import Lexicon
from handlers.understand.lines import Asking, Item, Mention
from handlers.understand.normalise import Text, legible
from handlers.understand.reading import Context, Intent, Reading, Slots, Span
from handlers.understand.tokens import Kind, Token
from handlers.understand.words import Role

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


def unknown(message: Message, words: Iterable[Token] = ()) -> Reading:
    """Nothing that can be acted on; the words that stood in the way are named."""
    unread = _quoted(message, [(token.start, token.end) for token in words])
    problems = {"intent": "left_over"} if unread else {}
    if not any(char.isalnum() for char in message.text.chars):
        problems = {"intent": "no_words"}
    return Reading(Intent.UNKNOWN, missing=("intent",), problems=problems, unread=unread, spans=spans_of(message))


def left_over(
    message: Message, known: frozenset[Role], read: Iterable[Token], forbidden: Role | None = None
) -> list[Token]:
    """The tokens that a template does not know: unread text, words of other templates, stray units and documents."""
    roles, taken = known | _ALWAYS, {token.start for token in read}
    return [
        token
        for token in message.tokens
        if token.start not in taken
        and (
            token.kind in (Kind.UNREAD, Kind.UNIT, Kind.DOCUMENT)
            or (token.kind is Kind.WORD and not token.has(*roles))
            or (forbidden is not None and token.has(forbidden))
        )
    ]


def unknown_products(said: Sequence[Item], tokens: Sequence[Token]) -> list[Token]:
    """Unread words that became the unknown product of a line: they are asked there."""
    begins = {start for item in said if isinstance(item, Mention) for start in item.unread}
    return [token for token in tokens if token.start in begins]


def reading_of(intent: Intent, slots: Slots, asking: Asking, message: Message, left: Iterable[Token]) -> Reading:
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
        _quoted(message, words),
        spans_of(message),
        asking.heard,
    )


def spans_of(message: Message) -> tuple[Span, ...]:
    """What each piece of the raw text was taken for."""
    return tuple(
        Span(*message.text.span(token.start, token.end), min(token.roles).value if token.roles else token.kind.value)
        for token in message.tokens
    )


def _quoted(message: Message, pieces: Iterable[tuple[int, int]]) -> tuple[str, ...]:
    """Pieces of the message in the writer's own words, as far as they can be shown to somebody."""
    raw = (message.text.raw[slice(*message.text.span(start, end))] for start, end in pieces)
    return tuple(words for words in map(legible, raw) if words)
