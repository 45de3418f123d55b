"""The gate: a change goes through only when every word of the message is explained; else it is asked.

What may stand beside a change without being read is a remark: a clause of its own about the day and the weather. It
has a word that only remarks have ("客人", "the truck"), or it is a whole sentence; and it has neither a number, nor a
name, nor any word that could turn the rest round.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from handlers.understand.frames import Frame
from handlers.understand.pieces import Kind, Piece
from handlers.understand.reading import Intent

_TAKEN_BACK = frozenset({"算了", "取消", "撤回", "撤销", "不对", "错了", "停"})
_TAKEN_BACK |= {"cancel", "stop", "wait", "hold", "undo", "never mind", "no", "not yet", "wrong"}
_TURNS_DECISIONS = ("block_or", "block_if", "block_later", "block_question", "block_hedge", "repair")
_SENTENCE_CHARS = frozenset(
    "了的着是在有就都也又还才吧呢啊呀啦嘛来去说要会能让被得过很太我你他她它们人好真快这那到把给正刚总老"
)
_SENTENCE_WORDS = frozenset(
    {"the", "a", "an", "is", "are", "was", "were", "be", "he", "she", "they", "it", "i", "we", "my", "his", "her"}
)
"""What makes a sentence of words that are not read: the name of a product has none of these."""
_DOUBT_CHARS = frozenset("不没别未勿莫非等候缓停止撤销废改换退除免拒驳否疑假骗逗若如或先回晚迟改取消暂梦猜估")
"""What no remark is made of: any of these may take back or put off what the rest says."""
_QUALIFIER_ENDS = ("的", "款", "型", "味", "版", "装", "色")
"""How words end that say which product is meant (无糖的)."""
_FEWEST_HAN, _FEWEST_WORDS = 3, 2
_LONGEST_QUALIFIER = 4  # characters
_A_NUMBER = 1000  # from here on a bare number may be a document's
_LONGEST_ASIDE = 3  # words
_NEVER = (Kind.AMOUNT, Kind.DOCUMENT, Kind.BARCODE, Kind.PRICE, Kind.BLOCK, Kind.WORD, Kind.PRODUCT, Kind.PLACE)
"""What no remark has."""


def without_remarks(pieces: Sequence[Piece], frame: Frame) -> list[Piece]:
    """The pieces without the clauses that only talk, and without what only says whose or what for."""
    decides = frame.intent in (Intent.TRANSFER_REJECT, Intent.TRANSFER_APPROVE)
    if not decides and all(piece.kind is not Kind.UNREAD for piece in pieces):
        return list(pieces)
    kept = [piece for sentence in sentences(pieces) if not _is_talk(sentence) for piece in sentence]
    said = [piece for clause in clauses(kept) if not _only_talks(clause, frame) for piece in clause]
    return [piece for at, piece in enumerate(said) if not _is_aside(said, at)]


def _only_talks(clause: Sequence[Piece], frame: Frame) -> bool:
    if frame.intent is Intent.TRANSFER_REJECT:
        return _is_comment(clause)
    goods = (Kind.PRODUCT, Kind.AMOUNT, Kind.PLACE, Kind.BLOCK)
    if frame.intent is Intent.TRANSFER_APPROVE and not any(piece.kind in goods for piece in clause):
        return _is_comment(clause)
    return _is_remark(clause)


def _is_comment(clause: Sequence[Piece]) -> bool:
    """Whether a clause beside a decision only says why (数量不对,重新报): it names, decides and puts off nothing."""
    named = any(piece.kind in (Kind.DOCUMENT, Kind.WORD) and not _is_also(piece) for piece in clause)
    turned = any(piece.has(*_TURNS_DECISIONS) for piece in clause)
    cancelled = any(piece.kind is Kind.BLOCK and piece.text in _TAKEN_BACK for piece in clause)
    numbered = any(piece.amount and piece.amount.bare and piece.amount.number >= _A_NUMBER for piece in clause)
    talk = any(piece.kind not in (Kind.BREAK, Kind.FILLER) for piece in clause)
    return talk and not (named or turned or cancelled or numbered)


def _is_also(piece: Piece) -> bool:
    return ".also" in piece.phrase and not piece.tags


def _is_aside(said: Sequence[Piece], at: int) -> bool:
    """Whether an unread Latin word stands behind "the", "for my" and the like, and before nothing that counts.

    "sold one to a soaked tourist", "5 cases for the concert"; but "the tropical Red Bull" is no Red Bull.
    """
    if said[at].kind is not Kind.UNREAD or not said[at].text.isascii():
        return False
    first, last = at, at
    while first and said[first - 1].kind is Kind.UNREAD:
        first -= 1
    while last + 1 < len(said) and said[last + 1].kind is Kind.UNREAD:
        last += 1
    if last - first >= _LONGEST_ASIDE or not first or not said[first - 1].has("filler_det"):
        return False
    return last + 1 == len(said) or said[last + 1].kind in (Kind.BREAK, Kind.FILLER)


def unnamed(
    turns: Iterable[tuple[int, int]], pieces: Sequence[Piece], kept: Sequence[Piece]
) -> Iterator[tuple[int, int]]:
    """Words that turn a message round and that no piece names: passed over between two parts of a phrase, cut in two
    (还|是), taken into a name that nobody knows (如果店) or that is misspelt by it (三只松别鼠), or a time to come.

    `kept` are the pieces without comments, which have words of their own.
    """
    still = {(piece.start, piece.end) for piece in kept}
    for start, end in turns:
        around = (piece for piece in pieces if piece.start <= start and end <= piece.end)
        if not any((piece.start, piece.end) not in still or _names(piece, start, end) for piece in around):
            yield start, end


def _names(piece: Piece, start: int, end: int) -> bool:
    if piece.is_strange or piece.read_as or piece.kind is Kind.PERIOD:  # 如果店, 三只松别鼠, 明天
        return False
    return piece.kind is not Kind.FILLER or piece.end - piece.start > end - start


def clauses(pieces: Sequence[Piece]) -> Iterator[list[Piece]]:
    """The pieces from break to break; a blank beside Chinese is one too. A break ends the clause before it."""
    clause: list[Piece] = []
    for piece in pieces:
        apart = clause and piece.start > clause[-1].end and not (piece.text.isascii() and clause[-1].text.isascii())
        if apart:
            yield clause
            clause = []
        clause.append(piece)
        if piece.kind is Kind.BREAK:
            yield clause
            clause = []
    if clause:
        yield clause


def sentences(pieces: Sequence[Piece]) -> Iterator[list[Piece]]:
    """The pieces from one mark of punctuation to the next, which ends what stands before it."""
    sentence: list[Piece] = []
    for piece in pieces:
        sentence.append(piece)
        if piece.kind is Kind.BREAK and not piece.text.isalnum():
            yield sentence
            sentence = []
    if sentence:
        yield sentence


def _is_talk(sentence: Sequence[Piece]) -> bool:
    """Whether a whole sentence only talks: 制冰机罢工了. Of a name that nobody knows (胡萝卜素片) it is not one."""
    unread = [piece.text for piece in sentence if piece.kind is Kind.UNREAD]
    if not unread or any(_counts(piece) and not _is_also(piece) for piece in sentence):
        return False
    words = {piece.text for piece in sentence if piece.kind in (Kind.FILLER, Kind.WORD, Kind.UNREAD)}
    if all(text.isascii() for text in unread):
        return len(unread) >= _FEWEST_WORDS and not words.isdisjoint(_SENTENCE_WORDS)
    said = "".join(unread)
    if not _DOUBT_CHARS.isdisjoint(said):
        return False
    whole = "".join(piece.text for piece in sentence if piece.kind is not Kind.BREAK)
    if len(whole) < _FEWEST_HAN or (len(whole) <= _LONGEST_QUALIFIER and whole.endswith(_QUALIFIER_ENDS)):
        return False
    return not _SENTENCE_CHARS.isdisjoint("".join(words))


def _is_remark(clause: Sequence[Piece]) -> bool:
    if all(piece.kind is not Kind.UNREAD for piece in clause):
        return False
    cue = any(piece.kind is Kind.PERSON or "filler_cue" in piece.tags for piece in clause)
    return cue and not any(_counts(piece) for piece in clause)


def _counts(piece: Piece) -> bool:
    if piece.has("verb"):
        return True  # another change: 再帮我把盘点开一下
    return piece.kind in _NEVER and not (piece.amount is not None and piece.amount.about)
