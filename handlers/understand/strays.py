"""Finds the pieces of a message that an intent has no use for: what is left over is asked about."""

from __future__ import annotations

from collections.abc import Sequence, Set
from datetime import timedelta
from itertools import pairwise, takewhile

from core.goods.catalogue import PlaceEntry
from data.kinds import PlaceKind
from handlers.understand.clauses import sentences
from handlers.understand.destinations import elsewhere, gone, misheard
from handlers.understand.frames import Frame, Goods, Places
from handlers.understand.goods import Item, Mention, items
from handlers.understand.names.lexicon import Lexicon
from handlers.understand.names.sounds import heard
from handlers.understand.normalise import plain
from handlers.understand.pieces import Kind, Piece
from handlers.understand.reading import Context, Intent

_NOT_ASKED = frozenset({
    "不要", "别", "不用", "不必", "不需要", "甭", "莫", "先别", "先不", "先不要", "先不用", "暂不",
    "取消", "算了", "停", "撤", "撤回", "撤销", "don't", "dont", "do not", "no need", "cancel",
    "never mind", "stop", "forget it", "ignore", "skip", "forget",
})  # fmt: skip
"""What ends a question; any other "not" is a part of what is asked (没有了吗)."""


_TAKEN = frozenset({Kind.WORD, Kind.FILLER, Kind.BREAK})
"""What no frame has to take; most of it are words, which only say something if they are rough."""
_REFUSED = frozenset({"拒绝", "不要", "别", "反对"})
_REFUSALS = ("取消", "作废", "撤", "不", "驳", "拒", "否", "打回", "退回", "cancel", "decline", "reject", "void")
"""A refusal that begins with one of these and goes on with one of those may be refused itself."""
_FEARS = frozenset({"快", "要", "快要", "会", "怕", "差点", "容易", "就要", "将要"})
"""What says before a reason that it has not come to that yet."""
_ASKING = frozenset({"was", "were", "is", "are", "did", "does", "has"})
_POLITE = frozenset({"can", "could", "would", "will", "please", "pls", "may"})
"""First words of a question about what happened, and of a request in the form of one."""
_HANDED_TO = ("to", "给", "卖给")  # sold 2 to Erqi: moved there?
_NOT_RECEIVED = frozenset("拿卖借退报吃用丢捎领")
"""How words begin that tell of something else than an arrival: TR-1042收到,红牛拿了2箱."""
_MARKS = ("从", "由", "自", "到", "给", "往", "向", "去", "在", "from", "to", "at", "in")
"""How words end behind which a place stands."""
_WEAK = 2  # characters
_NOWHERE = frozenset[int]()
_SAID = (Kind.PRODUCT, Kind.AMOUNT, Kind.DOCUMENT, Kind.BARCODE)
_WITH_GOODS = {Kind.PRODUCT, Kind.AMOUNT}


def strays(pieces: Sequence[Piece], frame: Frame, context: Context, lexicon: Lexicon) -> list[Piece]:
    """The pieces that a frame does not take."""
    found = [
        piece
        for piece in pieces
        if (piece.kind not in _TAKEN or "roughly" in piece.tags) and _is_stray(piece, pieces, frame, context, lexicon)
    ]
    if frame.intent is Intent.TRANSFER_CREATE:
        found += [*gone(pieces), *elsewhere(pieces), *misheard(pieces)]
    if frame.intent is Intent.TRANSFER_CANCEL and _cancels_and_moves(pieces):
        found += [piece for piece in pieces if piece.kind is Kind.AMOUNT]  # another change, or a part of this one
    if not frame.writes:
        return found
    if "price" in frame.takes:
        found += _paid(pieces)
    if frame.intent is Intent.SALE_RECORD:
        found += [piece for before, piece in pairwise(pieces) if piece.kind is Kind.PLACE and before.text in _HANDED_TO]
    if any(map(_is_bare, pieces)):
        found += [*_half_names(pieces, lexicon), *_cut_units(pieces, lexicon)]
    return [
        *found,
        *_refused_twice(pieces, frame),
        *_feared(pieces, frame),
        *_done_otherwise(pieces, frame),
        *_contradicted(pieces, frame),
        *_questions(pieces, frame),
        *_cut_off(pieces, lexicon),
    ]


def _done_otherwise(pieces: Sequence[Piece], frame: Frame) -> list[Piece]:
    """What tells of goods in a clause of its own, beside another that tells of this change: 调了5箱红牛,报损3罐雪碧."""
    if frame.goods is not Goods.LINES or not any(piece.has("block_past") for piece in pieces):
        return []
    told = list(sentences(pieces))
    counted = [clause for clause in told if any(piece.amount for piece in clause)]
    others = [clause for clause in counted if not any(piece.is_wanted and not piece.role for piece in clause)]
    return [piece for clause in others for piece in clause if piece.has("block_past") and len(counted) > len(others)]


def _questions(pieces: Sequence[Piece], frame: Frame) -> list[Piece]:
    """What makes a question of a change: 吗, a mark at its end, how what is told begins or ends."""
    marks = [piece for piece in pieces if piece.text == "?" or piece.has("can=ask")]
    asked = _asked(pieces, frame) if marks else []
    if frame.tells:
        asked += [piece for piece in pieces[-1:] if piece.text == "嘛"]  # 卖了10箱嘛: perhaps 吗
        if pieces and pieces[0].text.partition(" ")[0] in _ASKING:
            asked.append(pieces[0])  # was 3 evian spoiled
    return asked


def _asked(pieces: Sequence[Piece], frame: Frame) -> list[Piece]:
    """吗 behind what is told (卖了3瓶吗), or without any "can you" before it."""
    polite = not frame.tells and any(piece.has("can=yes") for piece in pieces)
    said = [one for one in sentences(pieces) if any(piece.kind is not Kind.BREAK for piece in one)] or [[]]
    told = [one for one in said if frame.tells or _says(one) or one is said[-1]]
    asked = [piece for one in told for piece in one if piece.has("can=ask")]
    over = any(before.text == "了" and piece in asked for before, piece in pairwise(pieces))
    if polite and len(asked) < 2 and not over:  # 可以发吗; but not 发吗了吗, 可以发了吗
        asked = []
    polite = polite or (not frame.tells and any(piece.text.partition(" ")[0] in _POLITE for piece in pieces))
    if not polite:  # TR-1047 ok? 卖了3罐红牛? 退?红牛2罐
        asked += [one[-1] for one in told if one and one[-1].text == "?"]
    return asked


def _says(sentence: Sequence[Piece]) -> bool:
    """Whether a sentence has a word of the change, or goods of it; else it only talks."""
    return any(piece.kind in _SAID or ".phrases" in piece.phrase for piece in sentence)


def _cancels_and_moves(pieces: Sequence[Piece]) -> bool:
    """Whether goods are told of beside the document that is cancelled: 取消刚才那单,重新调8箱红牛."""
    named = any(piece.kind is Kind.DOCUMENT or piece.has("document=last") for piece in pieces)
    return named and {piece.kind for piece in pieces} >= _WITH_GOODS


def _paid(pieces: Sequence[Piece]) -> list[Piece]:
    """A number behind "for" that counts nothing: sold an umbrella for 59."""
    return [piece for before, piece in pairwise(pieces) if before.text == "for" and _is_bare(piece)]


def _feared(pieces: Sequence[Piece], frame: Frame) -> list[Piece]:
    """What stands before a reason and says that it has not come to that: 芒果快放烂了."""
    beside = pairwise(pieces) if frame.tells else ()
    return [before for before, piece in beside if before.text in _FEARS and any(map(_says_why, piece.tags))]


def _says_why(tag: str) -> bool:
    return tag.startswith("reason=")


def _contradicted(pieces: Sequence[Piece], frame: Frame) -> list[Piece]:
    """What speaks against it in the same message: 1047数量不对 批了; 调点货到 is no arrival."""
    if frame.intent is Intent.TRANSFER_APPROVE:
        return [piece for piece in pieces if piece.has("repair")]
    if frame.intent is Intent.TRANSFER_RECEIVE:
        if not any(piece.amount or _names_arrival(piece) for piece in pieces):  # fine with TR-1047
            return [piece for piece in pieces if piece.has("mark=good")]
        return [
            piece for piece in pieces if piece.kind is Kind.WORD and piece.text.startswith(("调点", "调些", "再调"))
        ]
    return []


def _names_arrival(piece: Piece) -> bool:
    return ".phrases" in piece.phrase and not piece.has("mark=good")


def _half_names(pieces: Sequence[Piece], lexicon: Lexicon) -> list[Piece]:
    """A number right behind a misspelt name that may be a part of it: Binjiaang 2, 素菲夜用420."""
    return [
        piece
        for before, piece in pairwise(pieces)
        if piece.amount and piece.amount.bare and _is_cut(before, piece) and _may_end(before, piece, lexicon)
    ]


def _cut_off(pieces: Sequence[Piece], lexicon: Lexicon) -> list[Piece]:
    """A place that begins the name of the product behind it (west lake|lotus root podwer, 退西湖|藕粉), and 安希 alone.

    Two characters that sound like a part of a name are too little to move something by.
    """
    begun = [
        before
        for at, (before, piece) in enumerate(pairwise(pieces))
        if before.kind is Kind.PLACE
        and piece.kind is Kind.PRODUCT
        and (_begins(before, piece, pieces[:at], lexicon) if not piece.read_as else _names(piece, before, lexicon))
    ]
    misread = [piece for piece in pieces if piece.kind is Kind.PRODUCT and piece.read_as and piece.name]
    return [*begun, *(one for one in misread if one.name and not one.name.whole and len(one.text) == _WEAK)]


def _begins(place: Piece, product: Piece, before: Sequence[Piece], lexicon: Lexicon) -> bool:
    """Whether the two are a whole name, and no word in front says which side the place is."""
    whole = f"{place.text}{product.text}"
    if place.end < product.start or (before and before[-1].text.endswith(_MARKS)):
        return False
    return any(whole == plain(name) for name in _names_of(product, lexicon))


def _names(product: Piece, word: Piece, lexicon: Lexicon) -> bool:
    """Whether a word is in a name of what a piece may mean."""
    return any(word.text in name.lower() for name in _names_of(product, lexicon))


def _names_of(product: Piece, lexicon: Lexicon) -> list[str]:
    found = [lexicon.skus[code] for code in (product.name.whole or product.name.part if product.name else ())]
    return [name for one in found for name in (one.name_zh, one.name_en, *one.aliases)]


def _is_cut(named: Piece, number: Piece) -> bool:
    """Whether a number may have been cut off a name: 苏菲夜用|420."""
    beside = named.end == number.start and (named.kind is Kind.PLACE or len(number.text) > 1)
    return bool(named.read_as) or (beside and named.kind in (Kind.PLACE, Kind.PRODUCT))


def _may_end(named: Piece, number: Piece, lexicon: Lexicon) -> bool:
    if named.kind is not Kind.PRODUCT:
        longer = f"{named.text}{number.text}"
        places = (plain(name) for one in lexicon.places.values() for name in (one.name_zh, one.name_en, *one.aliases))
        return named.kind is Kind.PLACE and (bool(named.read_as) or any(name.startswith(longer) for name in places))
    return any(number.text in name for name in _names_of(named, lexicon))


def _cut_units(pieces: Sequence[Piece], lexicon: Lexicon) -> list[Piece]:
    """A bare number whose unit was taken for another word: 48提, where 提 is a verb too; 10 he and 2和 are boxes."""
    alone = [
        pieces[at - 1]
        for at, word in enumerate(pieces)
        if word.text == "和"
        and at
        and pieces[at - 1].amount
        and _stands_between(pieces[at - 2 : at - 1], pieces[at + 1 : at + 2])
        and _is_bare(pieces[at - 1])
    ]
    cut = [
        number
        for number, word in pairwise(pieces)
        if number.amount
        and number.amount.bare
        and word.kind in (Kind.WORD, Kind.FILLER, Kind.UNREAD)
        and (word.text == "he" or _begins_as_unit(word, number, lexicon))
    ]
    return [*alone, *cut]


def _begins_as_unit(word: Piece, number: Piece, lexicon: Lexicon) -> bool:
    """Whether a word right behind a number begins as a unit does or sounds like one (四逮); one behind a blank."""
    if word.start != number.end:
        return word.text in lexicon.units  # 六 提
    if len(word.text) > 1 or word.text.isascii():
        return word.text[:1] in lexicon.units
    return heard(word.text) in {heard(unit) for unit in lexicon.units}


def _is_bare(piece: Piece) -> bool:
    return piece.amount is not None and piece.amount.bare


def _stands_between(before: Sequence[Piece], behind: Sequence[Piece]) -> bool:
    """Whether "and" joins no two goods: it stands behind a number that counts none yet, or before the end of a row."""
    return not before or before[0].kind is not Kind.PRODUCT or not behind or behind[0].kind is Kind.BREAK


def _refused_twice(pieces: Sequence[Piece], frame: Frame) -> list[Piece]:
    """A refusal that may itself be refused: 不要TR-1051作废, 拒绝decline TR-1047, 不要TR-1047 cancel掉."""
    if frame.intent not in (Intent.TRANSFER_REJECT, Intent.TRANSFER_CANCEL):
        return []
    clause = list(takewhile(lambda piece: piece.kind is not Kind.BREAK, pieces))
    words = [piece for piece in clause if piece.kind is Kind.WORD]
    twice = words and words[0].text in _REFUSED and any(word.text.startswith(_REFUSALS) for word in words[1:])
    return words[:1] if twice else []


def not_a_return(pieces: Sequence[Piece], place: PlaceEntry, context: Context) -> list[Piece]:
    """The places of a customer's return that is none: what goes back to a warehouse is a transfer."""
    warehouse = place.kind is PlaceKind.WAREHOUSE and place.code != context.home
    return [piece for piece in pieces if piece.kind is Kind.PLACE] if warehouse else []


def _is_stray(piece: Piece, pieces: Sequence[Piece], frame: Frame, context: Context, lexicon: Lexicon) -> bool:
    kind = piece.kind
    if frame.places in (Places.NONE, Places.SOURCE) and piece.is_strange:
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
        of_another_day = _is_past(piece, frame, context) or _is_to_come(piece, frame, context)
        return "period" not in frame.takes and of_another_day
    if kind in (Kind.PRICE, Kind.BARCODE, Kind.SUPPLIER):
        return kind not in frame.takes
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
    if frame.goods is Goods.SHARES and piece.text[:1] in _NOT_RECEIVED:
        return True
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
    """Whether a period lies before today: 昨天调了10箱 tells, it does not ask. What is told may be of yesterday."""
    first = context.today - timedelta(days=1) if frame.tells else context.today
    return frame.writes and piece.value.rpartition("/")[2] < first.isoformat()


def _is_to_come(piece: Piece, frame: Frame, context: Context) -> bool:
    """Whether a period begins after today: nothing is told of it yet, and nothing decided (approve it tomorrow)."""
    dated = frame.intent in (Intent.TRANSFER_CREATE, Intent.PURCHASE_ORDER)  # when it is wanted
    return frame.writes and not dated and piece.value.partition("/")[0] > context.today.isoformat()


def _is_size(piece: Piece, pieces: Sequence[Piece], lexicon: Lexicon) -> bool:
    """Whether an amount of a question was taken as a product's size, or asks for one (几箱)."""
    said = [item for item in items(pieces, lexicon) if isinstance(item, Mention)]
    return any(piece.amount in item.sizes for item in said) or piece.text.startswith("几")


def without_strays(said: Sequence[Item], frame: Frame, weak: bool) -> tuple[list[Item], frozenset[int]]:
    """The items without unread words that name no product, and where those begin.

    Unread words are an unknown product where they stand alone with an amount; in a question that is clearly one (not
    `weak`), where no product is known.
    """
    if not any(isinstance(item, Mention) and item.unknown and not item.codes for item in said):
        return list(said), _NOWHERE
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
    for piece in pieces if begins else ():
        behind = bool(found) and found[-1].end == piece.start
        if piece.kind is Kind.UNREAD and (piece.start in begins or behind):
            found.append(piece)
    return found
