"""Decides which place gives and which takes; a place without a marker gets no role, and none by elimination."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from data.kinds import PlaceKind
from handlers.understand.asking import Asking
from handlers.understand.names.lexicon import Lexicon
from handlers.understand.pieces import Kind, Piece
from handlers.understand.reading import EVERYWHERE, Context

FROM, TO = "from", "to"
_GIVES = frozenset("补配供")
_AND = frozenset({"和", "跟", "与", "及", "以及", "、", "and", "&"})
_THANKED = frozenset({"谢谢", "辛苦", "辛苦了", "感谢", "多谢", "thanks", "thank you", "cheers"})
"""Words behind which a place is only thanked: 从总仓调5箱红牛,辛苦仓库大哥."""
EITHER = frozenset({"或者", "或", "还是", "或是", "要么", "要不", "要不然", "or"})


@dataclass(slots=True)
class Sides:
    """What was said about both sides: codes for each mention, words that name no place, places without a role.

    `words` are those of a side's last mention.
    """

    said: dict[str, list[tuple[str, ...]]] = field(default_factory=lambda: {FROM: [], TO: []})
    unknown: dict[str, list[Piece]] = field(default_factory=lambda: {FROM: [], TO: []})
    bare: list[Piece] = field(default_factory=list)
    words: dict[str, str] = field(default_factory=dict)


def sides_of(pieces: Sequence[Piece], context: Context, lexicon: Lexicon) -> Sides:
    """The places of a message by the roles that its phrases gave them; one behind "and" has that of the one before."""
    sides = Sides()
    before: tuple[int, str] = (-9, "")
    for at, piece in enumerate(pieces):
        if piece.has("here=yes"):
            sides.said[TO].append((context.home,) if context.home else ())
        if piece.has("hence=yes"):
            sides.said[FROM].append((context.home,) if context.home else ())
        if piece.kind is not Kind.PLACE or (at and pieces[at - 1].text in _THANKED and not piece.role):
            continue
        role = piece.role
        if before[1] and at - before[0] == 2 and pieces[at - 1].has("break_soft"):
            both_get = (role, before[1]) == (FROM, TO) and pieces[at - 1].text in _AND  # 给城西店和东站店|发10箱
            role = before[1] if both_get or not role else role
        behind = pieces[at + 1].text[:1] if at + 1 < len(pieces) else ""
        if role == TO and behind in _GIVES and context.home_kind is PlaceKind.STORE and not piece.has("warehouse"):
            role = "" if set(piece.codes) <= set(lexicon.warehouses) else role  # 总仓补8箱: it gives rather than gets
        if role == FROM and _is_where_goods_are(pieces, at):
            role = ""
        if role not in (FROM, TO):
            sides.bare.append(piece)
        elif piece.codes or piece.has("home"):
            sides.said[role].append(piece.codes)
            sides.words[role] = piece.text
            before = (at, role)
        else:
            sides.unknown[role].append(piece)
            before = (at, role)
    if any(piece.has("returns=yes") for piece in pieces) and not (sides.said[TO] or sides.unknown[TO]):
        sides.said[TO].append(lexicon.warehouses)  # 退仓 says where to
    if not any(piece.text in EITHER for piece in pieces if piece.phrase):
        _repeated(sides)
    _from_warehouse(sides, context, lexicon)
    return sides


def _is_where_goods_are(pieces: Sequence[Piece], at: int) -> bool:
    """Whether a place only says which goods are meant, and not that it gives them: 小寨|那边的剃须泡匀12瓶给我们."""
    piece, behind = pieces[at], pieces[at + 1 : at + 2]
    marked = at > 0 and pieces[at - 1].is_wanted and pieces[at - 1].end == piece.start
    return not marked and any(one.text.startswith("的") and one.start > piece.end for one in behind)


def _repeated(sides: Sides) -> None:
    """A place said again is the same one: a bare one that also has its role, the warehouse that is then named."""
    for side in (FROM, TO):
        said = sides.said[side]
        sides.said[side] = [codes for codes in said if not any(set(one) < set(codes) for one in said if one)]
    marked = {codes for side in (FROM, TO) for codes in sides.said[side]}
    sides.bare = [piece for piece in sides.bare if piece.codes not in marked]


def _from_warehouse(sides: Sides, context: Context, lexicon: Lexicon) -> None:
    """Only for a warehouse's own people a store without a marker is where the goods go."""
    if context.home_kind is not PlaceKind.WAREHOUSE or len(sides.bare) != 1:
        return
    codes = sides.bare[0].codes
    store = len(codes) == 1 and codes[0] in lexicon.places and lexicon.places[codes[0]].kind is PlaceKind.STORE
    if store and not (sides.said[TO] or sides.unknown[TO]):
        sides.said[TO].append(codes)
        sides.bare.clear()


def settled_sides(sides: Sides, context: Context, asking: Asking, lexicon: Lexicon) -> tuple[str | None, str | None]:
    """Source and target; the missing one is the writer's home only if the other was mentioned and is not home."""
    source, target = _one(FROM, sides, asking, lexicon), _one(TO, sides, asking, lexicon)
    mentioned = {side: bool(sides.said[side] or sides.unknown[side]) for side in (FROM, TO)}
    elsewhere = [piece for piece in sides.bare if piece.codes != (context.home,)]
    if not elsewhere and context.home:
        if mentioned[TO] and not mentioned[FROM] and not _may_be(context.home, sides.said[TO]):
            source = context.home
        elif mentioned[FROM] and not mentioned[TO] and not _may_be(context.home, sides.said[FROM]):
            target = context.home
    bare = tuple(dict.fromkeys(code for piece in sides.bare for code in piece.codes))
    if sides.bare and source is not None and target is not None:  # a third place: perhaps the goods go to both
        asking.ask(TO, candidates=tuple(dict.fromkeys((target, *bare))))
        return source, None
    # Whoever writes from a warehouse sends: there the first question is where to.
    asked = (TO, FROM) if context.home in lexicon.warehouses else (FROM, TO)
    for side, code in ((side, {FROM: source, TO: target}[side]) for side in asked):
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
    if EVERYWHERE in said:  # goods go to one place at a time: 给各店各发5箱
        asking.ask(side)
        return None
    if sides.unknown[side]:
        words = sides.unknown[side][0].text
        asking.ask(side, "unknown_place", said or lexicon.near_places(words), words)
        return None
    if len(said) > 1:
        asking.ask(side, candidates=said, heard=sides.words.get(side, "") if len(sides.said[side]) == 1 else "")
        return None
    return said[0] if said else None


def settled_place(
    pieces: Sequence[Piece], asking: Asking, lexicon: Lexicon, *, otherwise: str | None, needed: bool
) -> str | None:
    """The one place that was said, or `otherwise`. Several, an unnamed warehouse or an unknown place are asked."""
    said = [piece for piece in pieces if piece.kind is Kind.PLACE]
    unknown = [piece for piece in said if not piece.codes and not piece.has("home")]
    named = [piece for piece in said if not piece.has("warehouse")]
    codes = tuple(dict.fromkeys(code for piece in named or said for code in piece.codes))
    named_ones = tuple(code for code in codes if code != EVERYWHERE)  # nobody can pick "all of them" of several
    if unknown:
        words = unknown[0].text
        asking.ask("place", "unknown_place", named_ones or lexicon.near_places(words), words)
        return None
    if len(codes) > 1:
        asking.ask("place", candidates=named_ones, heard=said[0].text if len(said) == 1 else "")
        return None
    place = codes[0] if codes else otherwise
    if place == EVERYWHERE and otherwise is not None:  # what changes something is at one place
        place = None
    if place is None and (needed or said):
        asking.ask("place")
    return place
