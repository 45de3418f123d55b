"""Puts the products and amounts of a message together: which amount belongs to which product."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import lru_cache

from handlers.understand.amount import Amount
from handlers.understand.names.lexicon import Lexicon
from handlers.understand.normalise import plain
from handlers.understand.numbers import number
from handlers.understand.pieces import Kind, Piece
from handlers.understand.quantities import has_unit
from handlers.understand.sizes import measure

ROW, SOFT = "row", "soft"
"""How two items are kept apart: by a new row, or by a comma, "and" and the like."""
_SIZE_AND_COUNT = 2  # amounts
_TWO_LINES = 4  # parts: two products with an amount each
_FEWEST_OF_A_KIND = 3  # products that a word names at least which says a kind of goods
PLAIN_SIZE = 100  # from here on a bare number that is a product's size is read as its size (红牛250)


@dataclass(slots=True, unsafe_hash=True)  # not frozen, which takes longer to make; yet nothing changes one
class Mention:
    """A product as it was said: the codes it can mean, and the sizes said with it. `unknown` words name none.

    `whole` says that its words are a whole name; `code` that it was named by its code or barcode. `said` are all its
    words, `pieces` where they stand.
    """

    codes: tuple[str, ...]
    wide: tuple[str, ...] = ()
    whole: bool = True
    code: bool = False
    sizes: tuple[Amount, ...] = ()
    unknown: str = ""
    said: str = field(default="", compare=False)
    read_as: str = field(default="", compare=False)
    start: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Each:
    """各, each: the amount behind it is of every product before it."""


Item = Mention | Amount | Each | str
Pair = tuple[Mention | None, tuple[Amount, ...]]
_Part = Mention | list[Amount]
_ITEMS = frozenset({Kind.PRODUCT, Kind.AMOUNT, Kind.BREAK, Kind.UNREAD})
"""What products, amounts and breaks are made of."""


def items(pieces: Sequence[Piece], lexicon: Lexicon, *, asking: bool = False) -> list[Item]:
    """Products with their sizes, amounts and breaks, in the order said. All other pieces are passed over.

    `asking` says that nothing moves: then unread words behind a whole name do not make another product of it.
    """
    found: list[Item] = []
    last_at = -9
    for at, piece in enumerate(pieces):
        if piece.kind not in _ITEMS and "each" not in piece.tags:
            continue
        beside = last_at == at - 1 or (last_at == at - 2 and pieces[at - 1].has("filler_of"))
        last = found[-1] if found and beside else None
        mention = last if isinstance(last, Mention) else None
        if piece.kind is Kind.BREAK:
            found.append(ROW if piece.has("break_row") else SOFT)
        elif piece.has("each"):
            found.append(Each())
        elif piece.kind is Kind.UNREAD and asking and mention is not None and mention.codes and mention.whole:
            last_at = at
        elif piece.kind is Kind.UNREAD:
            last_at = at if _take_unread(found, mention, piece, pieces[at - 1] if at else None) else last_at
        elif (item := _item(piece, mention, _following(pieces, at), lexicon)) is not None:
            if not (mention and isinstance(item, Mention) and _names_its_kind(item, mention, lexicon)):
                _take(found, mention, item)
            last_at = at
    return found


def with_units_joined(pieces: Sequence[Piece], lexicon: Lexicon) -> list[Piece]:
    """The pieces with each unit that stands apart at the number it belongs to.

    In a column of its own (6,袋), or behind the product (6 Dove milk bars; two Budweiser 500 cans, where 500 is the
    size). A unit behind a product that has its amount already says which product (10 cs Sprite cans).
    """
    kinds = [piece.kind for piece in pieces]
    if Kind.UNIT not in kinds and kinds.count(Kind.AMOUNT) < _SIZE_AND_COUNT:
        return list(pieces)
    found: list[Piece] = []
    for piece in pieces:
        apart = piece.kind is Kind.UNIT and not piece.phrase
        if apart and (at := _number_before(found)) is not None:
            found[at] = _counting(found[at], _units_of(piece))
            del found[at + 1 :]
        elif apart and found and found[-1].kind is Kind.PRODUCT and found[-1].name and _is_counted(found):
            _join_behind(found, _units_of(piece), lexicon)
        elif piece.kind is Kind.AMOUNT and _is_sized_unit(found, piece, lexicon) and piece.amount:
            found[-2] = _counting(found[-2], piece.amount.units)
            found.append(replace(piece, amount=replace(piece.amount, units=(), bare=True)))
        else:
            found.append(piece)
    return found


def _is_counted(found: Sequence[Piece]) -> bool:
    """Whether the product that ends these pieces has an amount before it: else its unit has nothing to count."""
    return len(found) > 1 and found[-2].amount is not None


def _units_of(piece: Piece) -> tuple[str, ...]:
    return piece.name.whole if piece.name else ()


def _counting(piece: Piece, units: tuple[str, ...]) -> Piece:
    return replace(piece, amount=replace(piece.amount, units=units, bare=False)) if piece.amount else piece


def _is_bare(piece: Piece) -> bool:
    return piece.amount is not None and piece.amount.bare and not piece.amount.units


def _number_before(found: Sequence[Piece]) -> int | None:
    """Where the number stands that a unit in the next column belongs to."""
    at = len(found) - 1
    while at >= 0 and found[at].has("break_soft"):
        at -= 1
    return at if at >= 0 and at < len(found) - 1 and _is_bare(found[at]) else None


def _join_behind(found: list[Piece], units: tuple[str, ...], lexicon: Lexicon) -> None:
    product, before = found[-1], found[-2] if len(found) > 1 else None
    if before is not None and _is_bare(before):
        found[-2] = _counting(before, units)
    elif product.name is not None:
        named = product.name
        whole, part = having_unit(named.whole, units, lexicon), having_unit(named.part, units, lexicon)
        found[-1] = replace(product, name=named._replace(whole=whole, part=part))


def having_unit(codes: tuple[str, ...], units: tuple[str, ...], lexicon: Lexicon) -> tuple[str, ...]:
    """The products that have one of the units; all of them when none has."""
    return tuple(code for code in codes if has_unit(lexicon.skus[code], units)) or codes


def _is_sized_unit(found: Sequence[Piece], piece: Piece, lexicon: Lexicon) -> bool:
    if len(found) < 2 or not _is_bare(found[-2]) or found[-1].name is None or found[-1].kind is not Kind.PRODUCT:
        return False
    amount, name = piece.amount, found[-1].name
    if amount is None or not amount.units or amount.measure:
        return False
    return is_size(replace(amount, units=(), bare=True), name.whole or name.part, lexicon)


def _take_unread(found: list[Item], mention: Mention | None, piece: Piece, before: Piece | None) -> bool:
    """Unread words right at a name are a part of it: 旺旺大礼包 is not just any 旺旺."""
    if mention is not None and before is not None and before.end == piece.start:
        found[-1] = replace(mention, unknown=mention.unknown + piece.text, said=mention.said + piece.text)
        return True
    if mention is not None and mention.unknown and not mention.codes:
        blank = " " if piece.text.isascii() else ""
        words = f"{mention.unknown}{blank}{piece.text}"
        found[-1] = replace(mention, unknown=words, said=words)
        return True
    found.append(Mention((), unknown=piece.text, said=piece.text, start=piece.start))
    return True


def _take(found: list[Item], mention: Mention | None, item: Mention | Amount) -> None:
    if mention and isinstance(item, Mention) and (merged := _merged(mention, item)):
        found[-1] = merged
    elif mention and isinstance(item, Mention) and not item.codes and not item.unknown:
        found[-1] = replace(mention, sizes=(*mention.sizes, *item.sizes))
    else:
        found.append(item)


def _names_its_kind(item: Mention, mention: Mention, lexicon: Lexicon) -> bool:
    """Whether a name right behind a whole one only says of what kind that is: 雪花|啤酒, of which 啤酒 names many."""
    known = mention.whole and mention.codes and not mention.unknown
    if not known or item.whole or len(item.codes) < _FEWEST_OF_A_KIND or set(item.codes) & set(mention.codes):
        return False
    kinds = {lexicon.skus[code].category for code in (*item.codes, *mention.codes)}
    brands = {lexicon.skus[code].brand for code in item.codes}
    return len(kinds) == 1 < len(brands) and mention.start + len(mention.said) == item.start


def _following(pieces: Sequence[Piece], at: int) -> Piece | None:
    """The product right behind a piece."""
    behind = pieces[at + 1 : at + 3]
    if len(behind) == 2 and behind[0].has("filler_of"):
        behind = behind[1:]
    return behind[0] if behind and behind[0].kind is Kind.PRODUCT else None


def _item(piece: Piece, mention: Mention | None, following: Piece | None, lexicon: Lexicon) -> Mention | Amount | None:
    """A piece as an item. A size before or behind its product is a mention without codes."""
    if piece.kind is Kind.PRODUCT and piece.name:
        name = piece.name
        code = any(char.isdigit() for char in name.said) and name.said.isascii() and bool(name.whole)
        codes, wide = name.whole or name.part, name.part or name.whole
        return Mention(codes, wide, bool(name.whole), code, said=piece.text, read_as=piece.read_as, start=piece.start)
    amount = piece.amount
    if piece.kind is not Kind.AMOUNT or amount is None:
        return None
    if piece.has("size"):
        return Mention((), sizes=(amount,))
    if mention is not None and not mention.code and _is_size_of(amount, mention, lexicon):
        return Mention((), sizes=(amount,))
    if following and following.name and (amount.measure or not amount.bare):
        codes = following.name.whole or following.name.part
        if is_size(amount, codes, lexicon):
            return Mention((), sizes=(amount,))
    if amount.measure and not amount.units and not amount.about:
        return Mention((), sizes=(amount,))
    return amount


def _is_size_of(amount: Amount, mention: Mention, lexicon: Lexicon) -> bool:
    """Whether an amount behind a product is its size. A small bare number is one only if it tells two apart."""
    if not is_size(amount, mention.codes, lexicon):
        return False
    return not amount.bare or amount.number >= PLAIN_SIZE or len(mention.codes) > 1


def is_size(amount: Amount, codes: tuple[str, ...], lexicon: Lexicon) -> bool:
    """Whether an amount is the size of one of the products, not a quantity of it."""
    if amount.about or not (amount.bare or amount.measure or amount.number == 0):
        return False
    sizes = lexicon.sizes_of(codes)
    if amount.bare and any(_leading(size) == amount.number for size, _ in sizes):
        return True
    if amount.number == 0 and amount.said and any(amount.said == plain(size) for size, _ in sizes):
        return True
    return amount.measure is not None and any(amount.measure == measure(size) for size, loose in sizes if not loose)


@lru_cache(maxsize=4096)
def _leading(size: str) -> Fraction | None:
    """The bare number of a size: 500 of 500ml."""
    return number("".join(char for char in size if char.isdigit() or char == ".").strip("."))


def _merged(first: Mention, second: Mention) -> Mention | None:
    """Two names side by side that can mean the same product (养元 六个核桃), or None: then they are two products."""
    if first.unknown and not first.codes:
        said = first.said + second.said
        return None if second.whole else replace(second, unknown=first.unknown, said=said, start=first.start)
    if not first.codes:  # a size in front of its product
        return replace(second, sizes=first.sizes + second.sizes) if second.codes else None
    if not second.codes:
        return None
    wide = set(second.wide) | set(second.codes)
    both = tuple(code for code in dict.fromkeys((*first.codes, *first.wide)) if code in wide)
    if not both:
        return None
    blank = " " if first.said[-1:].isascii() and second.said[:1].isascii() else ""
    said = f"{first.said}{blank}{second.said}"
    whole = first.whole and second.whole
    return replace(first, codes=both, wide=both, whole=whole, said=said, sizes=first.sizes + second.sizes)


def once(mentions: Sequence[Mention]) -> list[Mention]:
    """The products of a question or of a barcode, one that is named twice only once (Head & Shoulders)."""
    named = [mention.codes for mention in mentions]
    return [one for at, one in enumerate(mentions) if len(one.codes) != 1 or one.codes not in named[:at]]


def pairs(said: Sequence[Item]) -> list[Pair] | None:
    """Each product with its amounts; None where the order leaves open which belongs to which."""
    rows = _rows(said)
    flat = [part for row in rows for segment in row for part in segment]
    if len(flat) > 1 and all(len(row) == 1 and len(row[0]) == 1 for row in rows) and _alternates(flat):
        return _in_twos(flat)
    found: list[Pair] = []
    for row in rows:
        paired = _row_pairs(row)
        if paired is None:
            return None
        found += paired
    return found


def _rows(said: Sequence[Item]) -> list[list[list[_Part]]]:
    """Rows of segments of parts, amounts side by side as one part; 各 gives its amount to all before it."""
    rows: list[list[list[_Part]]] = [[[]]]
    shared = False
    for item in said:
        if isinstance(item, str):
            if item == ROW:
                rows.append([[]])
            else:
                rows[-1].append([])
        elif isinstance(item, Each):
            shared = True
        elif isinstance(item, Mention):
            rows[-1][-1].append(item)
        elif isinstance(item, Amount):
            if shared and any(isinstance(part, Mention) for segment in rows[-1] for part in segment):
                shared = False
                rows[-1] = _shared(rows[-1], item)
            else:
                segment = rows[-1][-1]
                last = segment[-1] if segment else None
                segment[-1:] = [[*last, item]] if isinstance(last, list) else [last, [item]] if last else [[item]]
    return [[segment for segment in row if segment] for row in rows if any(row)]


def _shared(row: list[list[_Part]], amount: Amount) -> list[list[_Part]]:
    """The row with the amount at every product that has none yet (红牛魔爪各5箱)."""
    return [
        [
            one
            for at, part in enumerate(segment)
            for one in ((part, [amount]) if _is_alone(part, segment[at + 1 : at + 2]) else (part,))
        ]
        for segment in row
    ]


def _is_alone(part: _Part, behind: Sequence[_Part]) -> bool:
    return isinstance(part, Mention) and not (behind and isinstance(behind[0], list))


def _row_pairs(row: list[list[_Part]]) -> list[Pair] | None:
    flat = [part for segment in row for part in segment]
    if len(flat) > 1 and all(len(segment) == 1 for segment in row) and _alternates(flat):
        return _in_twos(flat)
    found: list[Pair] = []
    for segment in _together(row):
        if len(segment) == 1:
            found.append(_pair(segment[0], None))
        elif _alternates(segment):
            found.extend(_in_twos(segment))
        elif len(segment) == _TWO_LINES and _alternates(segment[:2]) and _alternates(segment[2:]):
            found.extend([*_in_twos(segment[:2]), *_in_twos(segment[2:])])  # 15箱百事,芬达5箱
        elif len(segment) == 3 and isinstance(segment[1], Mention) and segment[0] == segment[2]:
            found.append(_pair(segment[0], segment[1]))
        elif all(isinstance(part, Mention) for part in segment[:-1]) and isinstance(segment[-1], list):
            found += [_pair(part, None) for part in segment[:-2]]
            found.append(_pair(segment[-2], segment[-1]))
        elif all(isinstance(part, Mention) for part in segment):
            found += [_pair(part, None) for part in segment]
        elif (rest := [part for part in segment if not _is_one(part, segment)]) != segment:
            inner = _row_pairs([rest])
            if inner is None:
                return None
            found += inner
        else:
            return None
    return found


def _is_one(part: _Part, segment: Sequence[_Part]) -> bool:
    """一个: a "one" that counts nothing here (一个大叔, 卖了一个那个特仑苏一箱); but 1 moutai 380 is two amounts."""
    if not isinstance(part, list) or len(part) != 1 or part[0].number != 1:
        return False
    others = (amount for one in segment if isinstance(one, list) and one is not part for amount in one)
    return part[0].units == ("个",) or (not part[0].units and all(amount.units for amount in others))


def _together(row: list[list[_Part]]) -> list[list[_Part]]:
    """A product alone and an amount alone behind the next comma belong together: 红牛, 5箱."""
    joined: list[list[_Part]] = []
    for segment in row:
        last = joined[-1] if joined else None
        if last and len(last) == 1 and isinstance(last[0], list) and segment[0] == last[0]:
            joined[-1] = segment  # 5 cases, 5 cases of it: said twice
        elif (
            last
            and len(last) == 1
            and len(segment) == 1
            and isinstance(last[0], Mention) != isinstance(segment[0], Mention)
        ):
            joined[-1] = [last[0], segment[0]]
        else:
            joined.append(segment)
    return joined


def _alternates(parts: Sequence[_Part]) -> bool:
    """Whether products and amounts take turns, so that each has its other."""
    kinds = [isinstance(part, Mention) for part in parts]
    return len(kinds) % 2 == 0 and all(kinds[at] != kinds[at - 1] for at in range(1, len(kinds)))


def _in_twos(parts: Sequence[_Part]) -> list[Pair]:
    return [_pair(parts[at], parts[at + 1]) for at in range(0, len(parts), 2)]


def _pair(one: _Part, other: _Part | None) -> Pair:
    mention = one if isinstance(one, Mention) else other
    amounts = other if isinstance(one, Mention) else one
    return (mention if isinstance(mention, Mention) else None, tuple(amounts) if isinstance(amounts, list) else ())
