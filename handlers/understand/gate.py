"""The gate: a change goes through only when every word of the message is explained; else it is asked.

What may stand beside a change without being read is talk (`remarks`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from handlers.understand.clauses import clauses, sentences
from handlers.understand.frames import Frame
from handlers.understand.pieces import Kind, Piece
from handlers.understand.reading import Intent
from handlers.understand.remarks import (
    FEWEST_WORDS,
    NEVER,
    OF_REMARKS,
    OF_TALK,
    SENTENCE_CHARS,
    SENTENCE_WORDS,
    counts,
    is_also,
    is_counted_later,
    is_doubtful,
    is_reason,
    is_remark,
    is_talk,
)

_TAKEN_BACK = frozenset({"算了", "取消", "撤回", "撤销", "不对", "错了", "停"})
_TAKEN_BACK |= {"cancel", "stop", "wait", "hold", "undo", "never mind", "no", "not yet", "wrong"}
_DECIDED = (Intent.TRANSFER_REJECT, Intent.TRANSFER_APPROVE, Intent.TRANSFER_CANCEL, Intent.UNDO)
"""What is done to a document as it stands: beside it any reason may be told."""
_DONE_AT_ONCE = (Intent.TRANSFER_APPROVE, Intent.UNDO)
"""Of those what a "no" beside it may turn round; a refusal has its reasons in such words (不需要这么多)."""
_TURNS_DECISIONS = ("verb", "block_or", "block_if", "block_later", "block_question", "block_hedge", "repair")
_LEADS_TO_A_NAME = "到说见了是吧啊呀呢,"
_HUMS = re.compile(r"[嗯啊哦噢喔唔哎唉诶欸]+|mm+|hm+|uh|ah|oh")
_ONLY_HUMS = re.compile(rf"[嗯啊哦噢喔唔哎唉诶欸好行对]+|{_HUMS.pattern}")
_SIGHS = re.compile(
    r"死|疼|哭|烦|[累困饿愁苦惨]|[急气坏][坏死我]|倒霉|晦气|气人|(?<![a-z])(?:tired|exhausted|starving|ugh|sigh)"
)
"""What a sigh is about: beside one a hum is no consent, but a part of it."""
_TOLD = re.compile(r"[这那他她我]|已|刚|快[要没卖见]|[都也还]?[被没]|又|急|断货|断了|换[了新包]|卖[得完光疯断]|不够")
_FEWEST_REASON = 2  # unread characters of a reason that has a "not" in it (没拍)
_A_NUMBER = 1000  # from here on a bare number may be a document's
_LONGEST_ASIDE = 3  # words
_FEWEST_BESIDE = 4  # unread characters of talk that no punctuation sets apart; or so many that make a sentence
_NO_COMMENT = (Kind.BREAK, Kind.FILLER, Kind.PERIOD)
_GOODS = (Kind.PRODUCT, Kind.AMOUNT, Kind.PLACE, Kind.BLOCK)
_ASKED_OF = (Kind.PRODUCT, Kind.PLACE, Kind.PERIOD, Kind.DOCUMENT, Kind.BARCODE, Kind.WORD)
"""What a question may be about."""


def without_talk(pieces: Sequence[Piece], frame: Frame) -> list[Piece]:
    """The pieces without the clauses that only talk, and without what only says whose or what for."""
    if not may_talk(pieces, frame):
        return list(pieces)
    refused = _opens_with_no(pieces)
    kept = [piece for one in sentences(pieces) for piece in (_of_talk(one, pieces) if is_talk(one, pieces) else one)]
    said = [piece for one in clauses(kept) for piece in (_of_talk(one, kept) if _only_talks(one, frame, kept) else one)]
    said = _without_ends(said, frame)
    if refused is not None and refused not in said:
        return list(pieces)  # 没手冻僵了…: perhaps of all that follows
    return [piece for at, piece in enumerate(said) if piece.kind is not Kind.UNREAD or not _is_aside(said, at)]


def _opens_with_no(pieces: Sequence[Piece]) -> Piece | None:
    """The bare "no" that a message begins with."""
    first = next((piece for piece in pieces if piece.kind not in (Kind.FILLER, Kind.BREAK)), None)
    return first if first and first.kind is Kind.BLOCK and first.text in ("没", "不", "没有", "没在") else None


def may_talk(pieces: Sequence[Piece], frame: Frame) -> bool:
    """Whether any of the pieces may be talk: unread words, or reasons beside a decision."""
    return frame.intent in _DECIDED or not OF_REMARKS.isdisjoint([piece.kind for piece in pieces])


def without_chatter(pieces: Sequence[Piece], intent: Intent) -> list[Piece]:
    """The pieces of a yes or a no without the clauses that only talk; beside a no any reason may be told."""
    apart = _explains if intent is Intent.CANCEL else is_talk
    said = [piece for clause in clauses(pieces) if not apart(clause) for piece in clause]
    if intent is Intent.CONFIRM and len(said) < len(pieces):
        said = [piece for piece in said if not _ONLY_HUMS.fullmatch(piece.text)]  # 嗯,这个挺好喝的
    elif intent is Intent.CONFIRM and any(_SIGHS.search(piece.text) for piece in said):
        said = [piece for piece in said if not _HUMS.fullmatch(piece.text)]  # 嗯,心疼死我了
    return said


def _explains(clause: Sequence[Piece]) -> bool:
    """Whether a clause beside a no says why: it names nothing, and takes nothing back."""
    names = any(piece.kind in NEVER and piece.kind is not Kind.BLOCK and not is_also(piece) for piece in clause)
    turned = any(not piece.tags.isdisjoint(_TURNS_DECISIONS) for piece in clause)
    return not names and not turned and any(piece.kind is Kind.UNREAD for piece in clause)


def _of_talk(talk: Sequence[Piece], said: Sequence[Piece]) -> list[Piece]:
    """What counts of talk beside what is said: its reasons, and goods of which only the rest says how many."""
    return [piece for piece in talk if is_reason(piece) or is_counted_later(piece, talk, said)]


def _reasons(talk: Sequence[Piece]) -> list[Piece]:
    """What counts of talk: the words in it that say why (路上压坏了), or that all is well."""
    return [piece for piece in talk if is_reason(piece)]


def _only_talks(clause: Sequence[Piece], frame: Frame, said: Sequence[Piece]) -> bool:
    if frame.intent is Intent.TRANSFER_REJECT:
        return _is_comment(clause, frame.intent)
    if frame.intent in _DECIDED and not any(_decides_goods(piece, frame) for piece in clause):
        return _is_comment(clause, frame.intent)
    if frame.reads and not any(_is_asked_of(piece) for piece in clause):
        return any(piece.kind is Kind.UNREAD for piece in clause)
    asked_when = "period" in frame.takes and any(piece.kind is Kind.PERIOD for piece in clause)
    return (is_remark(clause) and not asked_when) or is_talk(clause, said)


def _decides_goods(piece: Piece, frame: Frame) -> bool:
    """Whether a piece beside a decision says more than why: TR-1050同意,滨江等着茶叶 only does."""
    told = frame.papers and piece.kind in (Kind.PRODUCT, Kind.PLACE) and not piece.is_strange
    return piece.kind in _GOODS and not (_is_plain_no(piece) or told)


def _is_asked_of(piece: Piece) -> bool:
    return piece.has("named") or (piece.kind in _ASKED_OF and not is_also(piece))


def _is_comment(clause: Sequence[Piece], intent: Intent) -> bool:
    """Whether a clause beside a decision only says why (数量不对,重新报): it names, decides and puts off nothing."""
    if all(piece.kind in _NO_COMMENT for piece in clause):
        return False  # 昨天,批了
    return not (_names_or_counts(clause) or _takes_back(clause, intent) or _is_half_english(clause, intent))


def _names_or_counts(clause: Sequence[Piece]) -> bool:
    """Whether a clause names a document or a change, or counts goods."""
    kinds = [piece.kind for piece in clause]
    named = any(
        piece.kind in (Kind.DOCUMENT, Kind.WORD) and not (is_also(piece) or is_reason(piece) or piece.text in OF_TALK)
        for piece in clause
    )
    numbered = any(piece.amount and piece.amount.bare and piece.amount.number >= _A_NUMBER for piece in clause)
    return named or numbered or kinds.count(Kind.AMOUNT) > 1 or {Kind.PRODUCT, Kind.AMOUNT} <= set(kinds)


def _takes_back(clause: Sequence[Piece], intent: Intent) -> bool:
    """Whether a clause may turn the decision round, put it off or take it back."""
    blocks = [piece for piece in clause if piece.kind is Kind.BLOCK]
    if any(not piece.tags.isdisjoint(_TURNS_DECISIONS) for piece in clause):
        return True
    if any(piece.text in _TAKEN_BACK for piece in blocks):
        return True
    if blocks and sum(piece.end - piece.start for piece in clause if piece.kind is Kind.UNREAD) < _FEWEST_REASON:
        return True  # a blank alone sets no "not" apart
    return intent in _DONE_AT_ONCE and (is_doubtful(clause) or any(counts(piece, clause) for piece in blocks))


def _is_half_english(clause: Sequence[Piece], intent: Intent) -> bool:
    """Whether English words that are not read make no sentence: there they may mean anything."""
    foreign = any(piece.kind is Kind.UNREAD and piece.text.isascii() for piece in clause)
    sentence = not SENTENCE_WORDS.isdisjoint(word for piece in clause for word in piece.text.split())
    return foreign and not sentence and (intent in _DONE_AT_ONCE or len(clause) < FEWEST_WORDS)


def _is_plain_no(piece: Piece) -> bool:
    """Whether it only says that something is not so, which is why a decision is taken."""
    return piece.kind is Kind.BLOCK and piece.tags <= {"block_negation", "block_past"}


def _is_aside(said: Sequence[Piece], at: int) -> bool:
    """Whether an unread piece is a Latin word behind "the", "for my" and the like, and before nothing that counts.

    "sold one to a soaked tourist", "5 cases for the concert"; but "the tropical Red Bull" is no Red Bull.
    """
    if not said[at].text.isascii():
        return False
    first, last = at, at
    while first and said[first - 1].kind is Kind.UNREAD:
        first -= 1
    while last + 1 < len(said) and said[last + 1].kind is Kind.UNREAD:
        last += 1
    if (
        last - first >= _LONGEST_ASIDE
        or not first
        or is_doubtful(said[first : last + 1])
        or not said[first - 1].has("filler_det")
    ):
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
    pieces = _said_in_one_go(pieces)
    for start, end in turns:
        around = (piece for piece in pieces if piece.start <= start and end <= piece.end)
        if not any((piece.start, piece.end) not in still or _names(piece, start, end) for piece in around) and not any(
            _parts(piece, start, end) for piece in pieces
        ):
            yield start, end


def _parts(piece: Piece, start: int, end: int) -> bool:
    """Whether a whole name ends or begins within a word that turns round: 尖叫|过来 has no 叫过, 从|前海湾 no 从前."""
    if piece.kind not in (Kind.PRODUCT, Kind.PLACE) or not piece.name or not piece.name.whole or piece.read_as:
        return False
    return piece.start < start < piece.end < end or start < piece.start < end < piece.end


def _said_in_one_go(pieces: Sequence[Piece]) -> list[Piece]:
    """The pieces with the words of one phrase that stand side by side as one: 拿|错|了. Words beside it stay apart."""
    found: list[Piece] = []
    for piece in pieces:
        last = found[-1] if found else piece
        together = last.kind is piece.kind is Kind.WORD and last.phrase == piece.phrase and last.end == piece.start
        if together and piece.is_wanted:
            found[-1] = replace(last, end=piece.end, text=last.text + piece.text)
        else:
            found.append(piece)
    return found


def _names(piece: Piece, start: int, end: int) -> bool:
    if piece.is_strange or piece.read_as or piece.kind is Kind.PERIOD:  # 如果店, 三只松别鼠, 明天
        return False
    return piece.kind is not Kind.FILLER or piece.end - piece.start > end - start


def _without_ends(said: list[Piece], frame: Frame) -> list[Piece]:
    """Without talk in front of the rest or behind it that no punctuation sets apart: 调5箱到五一店|昨天巡店看到…."""
    first = next((at for at, piece in enumerate(said) if _stays(piece, said, frame)), None)
    if first is None:
        return said
    last = next(at for at in range(len(said) - 1, -1, -1) if _stays(said[at], said, frame))
    behind = said[last + 1 :]
    if (said[last].kind is not Kind.PRODUCT or _is_told_of(behind)) and _is_beside(behind, frame.intent):
        said = [*said[: last + 1], *_reasons(behind)]
    before = said[:first]
    told = bool(before) and before[-1].text[-1] in _LEADS_TO_A_NAME
    apart = (told or said[first].kind is not Kind.PRODUCT) and not _may_give(before, said[first]) and _is_beside(before)
    return [*_reasons(before), *said[first:]] if apart else said


def _may_give(before: Sequence[Piece], first: Piece) -> bool:
    """Whether what nobody knows stands right before 给, as a place would that gives: 下霜|给城西店发5瓶."""
    return bool(before) and first.text[:1] == "给" and before[-1].kind is Kind.UNREAD and before[-1].end == first.start


def _stays(piece: Piece, said: Sequence[Piece], frame: Frame) -> bool:
    """Whether a piece is no part of such talk."""
    dated = piece.kind is Kind.PERIOD and "period" in frame.takes
    return piece.kind is not Kind.UNREAD and (dated or counts(piece, said))


def _is_told_of(run: Sequence[Piece]) -> bool:
    """Whether words behind a product tell of it, and are no part of its name (白毫银针|换新包装了)."""
    return bool(run) and _TOLD.match("".join(piece.text for piece in run)) is not None


def _is_beside(run: Sequence[Piece], intent: Intent | None = None) -> bool:
    if intent in (Intent.TRANSFER_CANCEL, Intent.TRANSFER_REJECT):
        return _is_comment(run, intent) and len(run) > _LONGEST_ASIDE
    unread = sum(piece.end - piece.start for piece in run if piece.kind is Kind.UNREAD and not piece.text.isascii())
    sentence = sum(char in SENTENCE_CHARS for piece in run for char in piece.text)
    return (unread >= _FEWEST_BESIDE or sentence >= _FEWEST_BESIDE) and is_talk(run)
