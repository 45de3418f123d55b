"""Tells talk from what counts: a clause that only says why, for whom and how urgent.

It has neither a number, nor a name, nor a word of another change, nor anything that could turn the rest round; and it
is a sentence, or has a word that only remarks have ("客人", "the truck"), so that it is no product that nobody knows.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from handlers.understand.doubt import doubtful, is_harmless
from handlers.understand.pieces import Kind, Piece
from handlers.understand.quantities import PIECE

SENTENCE_CHARS = frozenset(
    "了的着是在有就都也又还才吧呢啊呀啦嘛来去说要会能让被得过很太我你他她它们人好真快这那到把给正刚总老不没"
    "由另已叫怕因为己该但却而且谁里哈嘿哎跟死哭累疼忙晕慌吵挤堵塌"
)
SENTENCE_WORDS = frozenset(
    re.findall(
        r"\S+",
        "the a an is are was were be been being am i he she they it we you my his her our their your them him us "
        "me i'm its it's he's she's they're we're there here this that these those some any every all no has have "
        "had got get gets getting going coming keeps always never again still just very too so because since "
        "while when with at on in of for by as and but who what",
    )
)
"""What makes a sentence of words that are not read: the name of a product has none of these."""
_WHICH_WORDS = frozenset({"one", "ones", "kind", "type", "flavour", "flavor", "version", "size"})
_WHICH_ENDS = ("的", "款", "型", "味", "版", "装", "色")
"""How words end that say which product is meant (无糖的, the blue one)."""
_LONGEST_WHICH = 4  # characters
_NOBODY = frozenset({"没人", "没空"})
_STATES = re.compile(r"(?:[^不都]|太|很|好)[多忙热冷空满挤旺火爆疯堵]了?$")
"""How words end that tell how it is."""
_PERHAPS_A_PLACE = re.compile(
    r"[给到去往向从至由][a-z\d]|^(?:再|也|还|就|先|请|麻烦[你您]?|帮(?:我们?|忙|咱)?|快)*(?:[给到去往向从至](?![我你他她它们这那底处家货点位账场手人])|由(?!于))|[路街城桥镇村站庄库](?:店|那边|这边|的|也|急|要|缺|$)"
)
"""How a name that the chain does not have may stand in a clause without 店: 给晨京路, 晨京路也要, 中央库的."""
_FEWEST_HAN, FEWEST_WORDS = 3, 3
OF_TALK = frozenset({"都", "about", "around", "round"})
"""Words of the closed lists for amounts that mean none where no amount is."""
_REASONS = ("reason=", "mark=good")
OF_REMARKS = frozenset({Kind.UNREAD, Kind.BLOCK, Kind.PERIOD})
"""What a remark has that would be asked about: else there is nothing to pass over."""
NEVER = frozenset(
    {Kind.AMOUNT, Kind.DOCUMENT, Kind.BARCODE, Kind.PRICE, Kind.BLOCK, Kind.WORD, Kind.PRODUCT, Kind.PLACE}
)
"""What no talk has."""


def is_talk(sentence: Sequence[Piece], said: Sequence[Piece] = ()) -> bool:
    """Whether a whole sentence only talks: 制冰机罢工了. Of a name that nobody knows (胡萝卜素片) it is not one.

    It may name places and goods of which the rest of what is `said` tells what to do: 萧山压货太多,从萧山调5箱到五一.
    """
    kinds = [piece.kind for piece in sentence if piece.kind is not Kind.BREAK]
    if OF_REMARKS.isdisjoint(kinds):
        return False
    unread = Kind.UNREAD in kinds
    # At the end it asks, at the beginning it refuses: 我赶飞机没, 不用.
    denies = Kind.BLOCK in kinds[1:-1] and any(is_also(piece) or piece.text in _NOBODY for piece in sentence)
    if (
        sentence[-1].text == ":"
        and sum(len(piece.text) for piece in sentence if piece.kind is Kind.UNREAD) < _FEWEST_HAN
    ):
        return False  # the heading of what follows: 霜货:
    if not (unread or denies or _tells_when(sentence) or _denies_in_english(sentence)) or any(
        counts(piece, sentence) and not _is_said_again(piece, sentence, said) for piece in sentence
    ):
        return False  # nothing to pass over: 我们门口没生意 has a "not" beside words that are known
    words = [piece.text for piece in sentence if piece.kind is not Kind.BREAK]
    if is_doubtful(sentence):
        return False
    return _is_english_talk(words) if all(text.isascii() for text in words) else _is_chinese_talk("".join(words))


def is_remark(clause: Sequence[Piece]) -> bool:
    """Whether a clause says why, in words of remarks: 客人在等, 明天有活动, 昨天多录了."""
    said = [piece.kind for piece in clause if piece.kind is not Kind.BREAK]
    if OF_REMARKS.isdisjoint(said):
        return False
    known = Kind.UNREAD not in said
    if known and Kind.BLOCK in (said[0], said[-1]):
        return False  # it refuses, or asks: 没有 from…, 收一下没
    cue = any(piece.kind is Kind.PERSON or "filler_cue" in piece.tags or (known and is_also(piece)) for piece in clause)
    return cue and not is_doubtful(clause) and not any(counts(piece, clause) for piece in clause)


def counts(piece: Piece, clause: Sequence[Piece]) -> bool:
    """Whether a piece says more than talk does."""
    if piece.has("verb") or piece.has("named"):
        return True  # another change (再帮我把盘点开一下), or a document of it
    if piece.kind not in NEVER or is_also(piece) or is_reason(piece) or piece.text in OF_TALK:
        return False
    if piece.amount is not None and piece.amount.about and set(piece.amount.units) <= {PIECE}:
        return False  # 打不了几个字
    if piece.kind is Kind.PLACE and not piece.role and piece.has("home"):
        return False  # 我们店里冰柜坏了
    if piece.kind is Kind.BLOCK:
        denied = any(is_reason(one) for one in clause)  # 没过期
        return denied or is_doubtful(clause) or not is_harmless(piece.text, " ".join(one.text for one in clause))
    return True


def is_reason(piece: Piece) -> bool:
    """Whether it is a word that says why (路上压坏了), or that all is well: of talk that counts."""
    if piece.kind is not Kind.WORD:
        return False
    said = piece.phrase.partition("#")[2]  # of 发霉|了 only one word has the tag
    return ".reason=" in said or any(tag.startswith(_REASONS) for tag in piece.tags)


def is_also(piece: Piece) -> bool:
    """Whether it is a word that may stand beside a change and says nothing of it."""
    return piece.kind is Kind.WORD and piece.is_beside and not piece.tags


def is_counted_later(piece: Piece, clause: Sequence[Piece], said: Sequence[Piece]) -> bool:
    """Whether it is the one product of all that is said, its amount apart: too much Vitasoy here. Ship 5 cases to E."""
    goods = [one for one in said if one.kind is Kind.PRODUCT]
    if goods != [piece] or piece.name is None or not piece.name.whole:
        return False
    inside = [one for one in said if one.amount and clause[0].start <= one.start < clause[-1].end]
    return not inside and sum(one.amount is not None for one in said) == 1


def is_doubtful(clause: Sequence[Piece]) -> bool:
    """Whether something in a clause may turn round what stands beside it."""
    said = [piece for piece in clause if piece.kind is not Kind.BREAK or piece.text.isalpha()]  # 来得|及
    apart = (" " if one.start > before.end else "" for before, one in pairwise(said))
    return (
        doubtful("".join((said[0].text, *(f"{gap}{one.text}" for gap, one in zip(apart, said[1:], strict=True)))))
        if said
        else False
    )


def _denies_in_english(sentence: Sequence[Piece]) -> bool:
    """Whether known English words have a "not" among them that may be harmless: they sold through theirs."""
    said = [piece for piece in sentence if piece.kind is not Kind.BREAK]
    english = len(said) >= FEWEST_WORDS and all(piece.text.isascii() for piece in said)
    return english and any(piece.kind is Kind.BLOCK for piece in said)


def _tells_when(sentence: Sequence[Piece]) -> bool:
    """Whether a sentence of words that say nothing tells how it is at a time: 周末千岛湖|人多, 周末|人太多."""
    told = [piece.text for piece in sentence if piece.kind is Kind.FILLER and len(piece.text) > 1]
    kinds = {piece.kind for piece in sentence}
    named = not kinds.isdisjoint((Kind.PLACE, Kind.PRODUCT))
    return bool(told) and Kind.PERIOD in kinds and (named or any(map(_STATES.search, told)))


def _is_english_talk(words: Sequence[str]) -> bool:
    said = {word for text in words for word in text.split()}
    if words[0] in ("from", "to"):
        return False  # perhaps a place: from I dian
    return len(words) >= FEWEST_WORDS and not said.isdisjoint(SENTENCE_WORDS) and said.isdisjoint(_WHICH_WORDS)


def _is_chinese_talk(whole: str) -> bool:
    which = len(whole) <= _LONGEST_WHICH and whole.endswith(_WHICH_ENDS)
    if len(whole) < _FEWEST_HAN or which or _PERHAPS_A_PLACE.search(whole):
        return False
    return not SENTENCE_CHARS.isdisjoint(whole)


def _is_said_again(piece: Piece, clause: Sequence[Piece], said: Sequence[Piece]) -> bool:
    """Whether what is said beside a clause names the same place with its side, or the same goods with an amount."""
    if any(one.amount and not one.amount.about for one in clause):
        return False
    if is_counted_later(piece, clause, said):
        return True
    beside = [one for one in said if one.end <= clause[0].start or clause[-1].end <= one.start]
    if piece.kind is Kind.PLACE and not piece.role:
        sides = [one for one in beside if one.kind is Kind.PLACE and one.role in ("from", "to")]
        return any(not set(one.codes).isdisjoint(piece.codes) for one in sides)
    if piece.kind is Kind.PRODUCT and piece.name and any(one.amount for one in beside):
        part = piece.text.isascii() and not piece.name.whole  # cold water
        return any(one.goods and (part or piece.goods & one.goods) for one in beside)
    return False
