"""Decides which place gives and which takes; a place without a marker gets no role."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from data.kinds import PlaceKind
from handlers.understand.lexicon import Lexicon
from handlers.understand.lines import Asking
from handlers.understand.reading import Context
from handlers.understand.tokens import Kind, Token
from handlers.understand.words import Role

FROM, TO = "from", "to"
_ENDS_OF_PLACES = ("店", "门店", "仓", "仓库", "store", "shop", "warehouse")


@dataclass(slots=True)
class Sides:
    """What was said about both sides: codes for each mention, words that name no place, places without a role."""

    said: dict[str, list[tuple[str, ...]]] = field(default_factory=lambda: {FROM: [], TO: []})
    unknown: dict[str, list[Token]] = field(default_factory=lambda: {FROM: [], TO: []})
    bare: list[Token] = field(default_factory=list)
    loose: list[Token] = field(default_factory=list)
    asked_for: bool = False
    arrow: bool = False


def codes_of(token: Token, context: Context) -> tuple[str, ...] | None:
    """The places that a token can mean; None when it is no place. Words for home mean the writer's own."""
    if token.kind is Kind.PLACE or token.has(Role.WAREHOUSE):
        return token.codes
    if token.has(Role.HOME):
        return (context.home,) if context.home else ()
    return None


def is_strange_place(token: Token) -> bool:
    """Whether words that name nothing end like the name of a place: 火星店, mars store."""
    return token.kind is Kind.UNREAD and len(token.text) > 1 and token.text.endswith(_ENDS_OF_PLACES)


def with_strange_places(tokens: Sequence[Token]) -> tuple[Token, ...]:
    """The tokens, those joined to one unread token that look like a place there is not: 滨江三店, mars store."""
    found: list[Token] = []
    at = 0
    while at < len(tokens):
        end = max(_end_of_strange(tokens, at), _end_of_words(tokens, at))
        found.append(_joined(tokens[at:end]) if end > at + 1 else tokens[at])
        at = max(end, at + 1)
    return tuple(found)


def _end_of_strange(tokens: Sequence[Token], at: int) -> int:
    """Where a name ends that begins at `at`: known or unknown words, then perhaps a number, then what places end on."""
    first, end = tokens[at], at + 1
    if first.kind not in (Kind.PLACE, Kind.UNREAD):
        return at
    while end < len(tokens) and tokens[end].start == tokens[end - 1].end and _is_number(tokens[end]):
        end += 1
    blank = first.kind is Kind.UNREAD and first.text.isascii()  # Latin words of one name stand apart
    if end == len(tokens) or not 0 <= tokens[end].start - tokens[end - 1].end <= blank:
        return at
    last = tokens[end]
    return end + 1 if last.kind is Kind.UNREAD and last.text in _ENDS_OF_PLACES else at


def _end_of_words(tokens: Sequence[Token], at: int) -> int:
    """Where Latin words end that stand alone behind a marker: "to South Lake", though something else has Lake in it."""
    first, end = tokens[at], at + 2
    if not at or not tokens[at - 1].has(Role.FROM, Role.TO) or first.kind is not Kind.UNREAD or len(tokens) < end:
        return at
    second, ends = tokens[at + 1], len(tokens) == end or tokens[end].has(Role.BREAK, Role.FROM, Role.TO)
    word = second.text.isascii() and second.text.isalpha() and second.start == first.end + 1
    whole = second.kind is Kind.PLACE or (second.named is not None and second.named.whole)
    return end if first.text.isascii() and word and ends and not whole and second.amount is None else at


def _is_number(token: Token) -> bool:
    return token.amount is not None and token.amount.bare


def _joined(tokens: Sequence[Token]) -> Token:
    text = tokens[0].text
    for before, token in pairwise(tokens):
        text += " " * (token.start - before.end) + token.text
    return Token(Kind.UNREAD, tokens[0].start, tokens[-1].end, text)


def sides_of(tokens: Sequence[Token], context: Context, lexicon: Lexicon) -> Sides:
    """The role of each place by the words beside it: 从X, 到X, X要, X→Y, X到Y, and X发 at the end of a clause."""
    sides = Sides()
    listed: dict[Token, str] = {}  # 到A店和B店: a place behind "and" has the role of the one before
    content = [token for token in tokens if not token.has(Role.FILLER)]
    for at, token in enumerate(content):
        before = content[at - 1] if at else None
        after = content[at + 1] if at + 1 < len(content) else None
        beyond = content[at + 2] if at + 2 < len(content) else None
        if token.has(Role.FROM, Role.TO) and not token.has(Role.WANTS):
            _marker(sides, token, after, context)
            sides.arrow |= token.has(Role.ARROW)
        if token.has(Role.HERE):
            sides.said[TO].append((context.home,) if context.home else ())
        codes = codes_of(token, context)
        if codes is None:
            if is_strange_place(token) and after is not None and after.has(Role.WANTS):
                sides.unknown[TO].append(token)
                sides.asked_for = True
            continue
        side = _marked(before) or _by_what_follows(after, beyond, content, context)
        if side is None and before is not None and before.has(Role.SENDS):
            side = TO
        sides.asked_for |= after is not None and after.has(Role.WANTS) and side is TO
        if side is None and before is not None and before.has(Role.BREAK) and at > 1 and content[at - 2] in listed:
            side = listed[content[at - 2]]
        if side is None:
            sides.bare.append(token)
        else:
            sides.said[side].append(codes)
            listed[token] = side
    _from_warehouse(sides, context, lexicon)
    return sides


def _marker(sides: Sides, marker: Token, after: Token | None, context: Context) -> None:
    """A marker needs a place behind it; a word there that names none is an unknown place."""
    if after is not None and codes_of(after, context) is not None:
        return
    if after is not None and after.kind is Kind.UNREAD:
        sides.unknown[FROM if marker.has(Role.FROM) else TO].append(after)
    else:
        sides.loose.append(marker)


def _marked(before: Token | None) -> str | None:
    if before is None:
        return None
    if before.has(Role.FROM):
        return FROM
    return TO if before.has(Role.TO) else None


def _by_what_follows(
    after: Token | None, beyond: Token | None, content: Sequence[Token], context: Context
) -> str | None:
    """X要 takes; X到Y gives; X发 gives at the end of a clause or where somebody else is said to take."""
    if after is None:
        return None
    place_beyond = beyond is not None and codes_of(beyond, context) is not None
    if after.has(Role.WANTS):
        return TO
    if after.has(Role.TO) and place_beyond:
        return FROM
    if not after.has(Role.SENDS, Role.OUT):
        return None
    ends = after.has(Role.OUT) and (beyond is None or beyond.has(Role.BREAK, Role.HERE))
    taken = place_beyond or any(
        _marked(one) == TO and codes_of(other, context) is not None for one, other in pairwise(content)
    )
    return FROM if ends or taken else None


def _from_warehouse(sides: Sides, context: Context, lexicon: Lexicon) -> None:
    """Only for a warehouse's own people a store without a marker is where the goods go."""
    if context.home_kind is not PlaceKind.WAREHOUSE or len(sides.bare) != 1:
        return
    codes = sides.bare[0].codes
    if (
        len(codes) == 1
        and lexicon.places[codes[0]].kind is PlaceKind.STORE
        and not (sides.said[TO] or sides.unknown[TO])
    ):
        sides.said[TO].append(codes)
        sides.bare.clear()


def settled_sides(sides: Sides, context: Context, asking: Asking, lexicon: Lexicon) -> tuple[str | None, str | None]:
    """Source and target; the missing one is the writer's home only if the other was mentioned and is not home."""
    source, target = _one(FROM, sides, asking, lexicon), _one(TO, sides, asking, lexicon)
    mentioned = {side: bool(sides.said[side] or sides.unknown[side]) for side in (FROM, TO)}
    if not sides.bare and context.home:
        if mentioned[TO] and not mentioned[FROM] and not _may_be(context.home, sides.said[TO]):
            source = context.home
        elif mentioned[FROM] and not mentioned[TO] and not _may_be(context.home, sides.said[FROM]):
            target = context.home
    bare = tuple(code for token in sides.bare for code in token.codes)
    for side, code in ((FROM, source), (TO, target)):
        if code is None:
            alone = mentioned[TO if side == FROM else FROM] and side not in asking.missing
            asking.ask(side, candidates=bare if alone else ())
    if source is not None and source == target:
        asking.ask(TO, "same_place")
        target = None
    return source, target


def _may_be(home: str, said: list[tuple[str, ...]]) -> bool:
    return any(home in codes for codes in said)


def _one(side: str, sides: Sides, asking: Asking, lexicon: Lexicon) -> str | None:
    """The one place said for a side. Several, or a word that can mean several, are asked."""
    said = tuple(dict.fromkeys(code for codes in sides.said[side] for code in codes))
    if sides.unknown[side]:
        words = sides.unknown[side][0].text
        asking.ask(side, "unknown_place", said or lexicon.near_places(words), words)
        return None
    if len(said) > 1:
        asking.ask(side, candidates=said)
        return None
    return said[0] if said else None
