"""Finds the pieces of a message that an intent has no use for: what is left over is asked about."""

from __future__ import annotations

from collections.abc import Sequence, Set
from itertools import pairwise

from core.goods.catalogue import PlaceEntry
from data.kinds import PlaceKind
from handlers.understand.frames import Frame, Goods, Places
from handlers.understand.goods import Item, Mention, items
from handlers.understand.names.lexicon import Lexicon
from handlers.understand.pieces import Kind, Piece
from handlers.understand.reading import Context, Intent

_NOT_ASKED = frozenset(
    [
        "不要",
        "别",
        "不用",
        "不必",
        "不需要",
        "甭",
        "莫",
        "先别",
        "先不",
        "取消",
        "算了",
        "停",
        "撤",
        "撤回",
        "撤销",
        "don't",
        "dont",
        "do not",
        "no need",
        "cancel",
        "never mind",
        "stop",
        "forget it",
        "ignore",
        "skip",
        "forget",
    ]
)
"""What ends a question; any other "not" is a part of what is asked (没有了吗)."""


_TAKEN = (Kind.WORD, Kind.FILLER, Kind.BREAK)
_WITH_GOODS = {Kind.DOCUMENT, Kind.PRODUCT, Kind.AMOUNT}


def strays(pieces: Sequence[Piece], frame: Frame, context: Context, lexicon: Lexicon) -> list[Piece]:
    """The pieces that a frame does not take."""
    found = [piece for piece in pieces if _may_stray(piece) and _is_stray(piece, pieces, frame, context, lexicon)]
    if frame.intent is Intent.TRANSFER_CREATE:
        found += _arrived(pieces)
    if frame.intent is Intent.TRANSFER_CANCEL and {piece.kind for piece in pieces} >= _WITH_GOODS:
        found += [piece for piece in pieces if piece.kind is Kind.AMOUNT]  # another change, or a part of this one
    if not frame.writes:
        return found
    return [*found, *_questions(pieces, frame), *_half_names(pieces, lexicon), *_cut_units(pieces, lexicon)]


def _questions(pieces: Sequence[Piece], frame: Frame) -> list[Piece]:
    """吗 behind what is told (卖了3瓶吗), or without any "can you" before it."""
    polite = not frame.tells and any(
        piece.has("can=yes") or piece.text.partition(" ")[0] in _POLITE for piece in pieces
    )
    asked = [] if polite else [piece for piece in pieces if piece.has("can=ask")]
    decided = not polite and pieces and pieces[-1].text == "?"  # TR-1047 ok? 卖了3罐红牛?
    return [*asked, pieces[-1]] if decided else asked


_POLITE = frozenset({"can", "could", "would", "will", "please", "pls", "may"})


def _half_names(pieces: Sequence[Piece], lexicon: Lexicon) -> list[Piece]:
    """A number right behind a misspelt name that may be a part of it: Binjiaang 2, 素菲夜用420."""
    return [
        piece
        for before, piece in pairwise(pieces)
        if piece.amount and piece.amount.bare and before.read_as and _may_end(before, piece, lexicon)
    ]


def _may_end(named: Piece, number: Piece, lexicon: Lexicon) -> bool:
    if named.kind is not Kind.PRODUCT:
        return named.kind is Kind.PLACE
    products = [lexicon.skus[code] for code in (named.name.whole or named.name.part if named.name else ())]
    return any(
        number.text in name for product in products for name in (product.name_zh, product.name_en, *product.aliases)
    )


def _cut_units(pieces: Sequence[Piece], lexicon: Lexicon) -> list[Piece]:
    """A bare number whose unit was taken for another word: 48提, where 提 is a verb too; 10 he and 2和 are boxes."""
    alone = [
        number
        for before, number, word in zip(pieces, pieces[1:], pieces[2:], strict=False)
        if number.amount and number.amount.bare and before.kind is Kind.BREAK and word.text == "和"
    ]
    cut = [
        number
        for number, word in pairwise(pieces)
        if number.amount
        and number.amount.bare
        and word.kind in (Kind.WORD, Kind.FILLER, Kind.UNREAD)
        and (word.text == "he" or (word.start == number.end and word.text[:1] in lexicon.units))
    ]
    return [*alone, *cut]


def _arrived(pieces: Sequence[Piece]) -> list[Piece]:
    """The 了 behind the place that goods go to: 送到西湖店了 tells that they are there."""
    return [
        piece
        for before, piece in pairwise(pieces)
        if piece.text == "了" and before.kind is Kind.PLACE and before.role == "to"
    ]


def not_a_return(pieces: Sequence[Piece], place: PlaceEntry, context: Context) -> list[Piece]:
    """The places of a customer's return that is none: what goes back to a warehouse is a transfer."""
    warehouse = place.kind is PlaceKind.WAREHOUSE and place.code != context.home
    return [piece for piece in pieces if piece.kind is Kind.PLACE] if warehouse else []


def _may_stray(piece: Piece) -> bool:
    """Whether a frame may have no use for a piece: most are words, which only say something if they are rough."""
    return piece.kind not in _TAKEN or "roughly" in piece.tags


def _is_stray(piece: Piece, pieces: Sequence[Piece], frame: Frame, context: Context, lexicon: Lexicon) -> bool:
    kind = piece.kind
    if piece.is_strange and frame.places in (Places.NONE, Places.SOURCE):
        return True
    if piece.phrase and kind in (Kind.AMOUNT, Kind.PRODUCT, Kind.PLACE) and frame.goods is not Goods.LINES:
        return False
    if kind is Kind.BLOCK:
        return _turns(piece, frame)
    if piece.has("roughly"):
        counted = any(one.kind in (Kind.PRODUCT, Kind.AMOUNT) for one in pieces)
        return frame.writes and not (frame.goods is Goods.LINES and counted)
    if kind is Kind.UNREAD:
        return frame.goods in (Goods.NONE, Goods.SHARES) and not _is_beside_question(pieces, frame)
    if kind is Kind.PERIOD:
        return "period" not in frame.takes and (_is_past(piece, frame, context) or _is_to_come(piece, frame, context))
    if kind in (Kind.PRICE, Kind.BARCODE, Kind.SUPPLIER):
        return kind.value not in frame.takes
    if kind is Kind.DOCUMENT:
        return not frame.papers
    if kind is Kind.PLACE:
        return frame.places is Places.NONE and not piece.role
    if kind is Kind.AMOUNT and frame.goods is Goods.PRODUCTS:
        clear = frame.reads and any(one.kind is Kind.PRODUCT for one in pieces)
        return not (clear or (piece.amount and piece.amount.rest) or _is_size(piece, pieces, lexicon))
    if kind is Kind.AMOUNT and frame.reads:
        return False
    if kind in (Kind.PRODUCT, Kind.AMOUNT):
        return frame.goods is Goods.NONE
    return kind is Kind.UNIT and frame.goods in (Goods.LINES, Goods.SHARES) and not piece.role


def _turns(piece: Piece, frame: Frame) -> bool:
    """Whether a word of the closed lists stops the intent."""
    if (frame.tells and piece.tags <= {"block_past"}) or frame.intent is Intent.TRANSFER_STATUS:
        return False
    if frame.reads and piece.has("block_negation"):
        return piece.text in _NOT_ASKED
    return not frame.reads


def _is_beside_question(pieces: Sequence[Piece], frame: Frame) -> bool:
    """Whether a question without products is clear, though some of its words are not read."""
    unread = sum(piece.end - piece.start for piece in pieces if piece.kind is Kind.UNREAD)
    read = sum(piece.end - piece.start for piece in pieces if piece.kind is Kind.WORD and not piece.has("weak"))
    return frame.reads and unread <= read


def _is_past(piece: Piece, frame: Frame, context: Context) -> bool:
    """Whether a period lies before today: 昨天调了10箱 tells, it does not ask."""
    decides = bool(frame.papers) and frame.goods is Goods.NONE  # 昨天1051就取消了
    return (frame.places is Places.SIDES or decides) and piece.value.rpartition("/")[2] < context.today.isoformat()


def _is_to_come(piece: Piece, frame: Frame, context: Context) -> bool:
    """Whether a period begins after today: nothing is told of it yet."""
    return frame.tells and piece.value.partition("/")[0] > context.today.isoformat()


def _is_size(piece: Piece, pieces: Sequence[Piece], lexicon: Lexicon) -> bool:
    """Whether an amount of a question was taken as a product's size, or asks for one (几箱)."""
    said = [item for item in items(pieces, lexicon) if isinstance(item, Mention)]
    return any(piece.amount in item.sizes for item in said) or piece.text.startswith("几")


def without_strays(said: Sequence[Item], frame: Frame, weak: bool) -> tuple[list[Item], frozenset[int]]:
    """The items without unread words that name no product, and where those begin.

    Unread words are an unknown product where they stand alone with an amount; in a question that is clearly one (not
    `weak`), where no product is known.
    """
    segments: list[list[Item]] = [[]]
    for item in said:
        segments[-1].append(item)
        if isinstance(item, str):
            segments.append([])
    known = any(isinstance(item, Mention) and item.codes for item in said)
    kept: list[Item] = []
    strays: set[int] = set()
    for segment in segments:
        unknown = [item for item in segment if isinstance(item, Mention) and item.unknown and not item.codes]
        products = [item for item in segment if isinstance(item, Mention) and item not in unknown]
        amounts = [item for item in segment if not isinstance(item, (Mention, str))]
        asked = frame.goods is Goods.PRODUCTS and not known and not weak
        alone = len(unknown) == 1 and not products and (bool(amounts) or asked)
        strays |= set() if alone else {item.start for item in unknown}
        kept += [item for item in segment if alone or item not in unknown]
    return kept, frozenset(strays)


def unread_from(pieces: Sequence[Piece], begins: Set[int]) -> list[Piece]:
    """The unread pieces that begin there, each with those right behind it: 胡|萝|卜 are one word that nobody knows."""
    found: list[Piece] = []
    for piece in pieces:
        behind = bool(found) and found[-1].end == piece.start
        if piece.kind is Kind.UNREAD and (piece.start in begins or behind):
            found.append(piece)
    return found
