"""What a message does to what is open in its chat: an answer, a correction, an addition, a removal, yes or no."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace

from handlers.understand.amount import Amount
from handlers.understand.answers import NoAnswerError, answered
from handlers.understand.asking import Asking
from handlers.understand.board import Board
from handlers.understand.changes import added, amended, corrected, removed, without_lines
from handlers.understand.frames import FRAMES, Frame, Places
from handlers.understand.gate import unnamed, without_chatter, without_talk
from handlers.understand.goods import Mention, items, with_units_joined
from handlers.understand.lattice import Way, ways
from handlers.understand.lines import asked_product
from handlers.understand.narrowing import narrowed_down
from handlers.understand.normalise import normalise, plain
from handlers.understand.pieces import Kind, Piece
from handlers.understand.places import FROM, TO, settled_place, sides_of
from handlers.understand.quoting import read_as_of, spans_of
from handlers.understand.reading import Context, Intent, Reading
from handlers.understand.still import still_meant
from handlers.understand.told import told_of

CONFIRM, CANCEL, CORRECT, ADD, REMOVE, AGAIN, ANSWER = (
    "confirm", "cancel", "dialogue.correct", "dialogue.add", "dialogue.remove", "dialogue.again", "dialogue.answer",
)  # fmt: skip
_PLAIN = (Kind.FILLER, Kind.BREAK)
_NOT = frozenset({"不要", "别", "不", "先别", "不用", "不能", "dont", "don't", "do not"})
_WEAK_NOES = _NOT | {"no", "nah", "nope", "no no", "not", "不行", ","}
"""What may as well begin a correction: no, store C."""
_REASONED = (Kind.UNREAD, Kind.FILLER, Kind.BREAK, Kind.BLOCK, Kind.WORD, Kind.PERIOD, Kind.PERSON)
"""What a reason may hold that is told behind a no."""
_KEPT = re.compile(r"no wait|(?<![a-z])keep (?:it|them|that|this)(?![a-z])|还是要|还要|还得|留着|又要")
"""What takes a no back."""
_NOES = ("取消", "撤", "作废", "cancel")
_EITHER_WAY = re.compile(r"([\u4e00-\u9fff])[不没]\1")  # 行不行 asks


def answer_to(board: Board) -> Reading | None:
    """The open reading with the message in it, or yes, or no; None for a message that stands for itself."""
    context = board.context
    if context.frame is not None and (
        reading := _act(board)
        or _which_arrival(board, context.frame)
        or _changed(board, context.frame)
        or _dropped(board)
        or narrowed_down(board)
    ):
        return reading
    return _asked_again(board, context.before) if context.before is not None else None


def correction_of(board: Board) -> Reading | None:
    """The change in the context as a message corrects it that says so (不对,是24); None for any other message."""
    frame = board.context.frame
    if frame is None:
        return None
    pieces = _said(board, CORRECT, FRAMES[frame.intent])
    try:
        reading = corrected(pieces, board.context, board) if pieces else None
    except NoAnswerError:
        return None
    if reading is None or pieces is None:
        return None
    read_as = (*still_meant(reading, board.lexicon), *read_as_of(board, pieces))
    return replace(reading, spans=spans_of(board, pieces), read_as=read_as)


def _act(board: Board) -> Reading | None:
    """Yes or no to what is open: words of consent or of refusal, and nothing else but talk."""
    if _EITHER_WAY.search(board.chars):
        return None
    for name, intent in ((CONFIRM, Intent.CONFIRM), (CANCEL, Intent.CANCEL)):
        for way in ways(board, name, (), 1):
            if intent is Intent.CONFIRM and _asks(board, way):
                continue
            if _is_no_no(board, way) if intent is Intent.CANCEL else _is_cut_out(board, way):
                continue
            if _says_only(board, way, intent) or (intent is Intent.CANCEL and _gives_up(board, way)):
                return Reading(intent, spans=spans_of(board, way.pieces))
    return None


def _which_arrival(board: Board, frame: Reading) -> Reading | None:
    """Of goods that arrived the reading that fits the sender: 总仓发来的 is of a transfer, 宏达送的 of a purchase."""
    ways_in = {one.intent: one for one in frame.either}
    if "intent" not in frame.missing or ways_in.keys() != {Intent.TRANSFER_RECEIVE, Intent.PURCHASE_RECEIVE}:
        return None
    pieces = _said(board, ANSWER, FRAMES[Intent.TRANSFER_RECEIVE]) or _said(
        board, ANSWER, FRAMES[Intent.PURCHASE_RECEIVE]
    )
    named = [piece for piece in pieces or () if piece.kind not in (Kind.WORD, *_PLAIN)]
    if len(named) != 1 or len(named[0].codes) != 1:
        return None
    code, spans = named[0].codes[0], spans_of(board, pieces or ())
    if named[0].kind is Kind.SUPPLIER:
        bought = ways_in[Intent.PURCHASE_RECEIVE]
        missing = tuple(name for name in bought.missing if name != "supplier")
        return replace(bought, slots=replace(bought.slots, supplier=code), missing=missing, spans=spans, continues=True)
    if named[0].kind is not Kind.PLACE or code == board.context.home:
        return None
    moved = ways_in[Intent.TRANSFER_RECEIVE]
    missing = tuple(name for name in moved.missing if name not in ("document", "from"))
    return replace(moved, slots=replace(moved.slots, source=code), missing=missing, spans=spans, continues=True)


def _says_only(board: Board, way: Way, intent: Intent) -> bool:
    """Whether a message says yes, or no, and nothing else but talk."""
    kept = without_chatter(way.pieces, intent)
    if any(unnamed(board.turns, way.pieces, kept)):
        return False  # 行|的话, 不|确定
    said = [piece for piece in kept if piece.kind not in _PLAIN]
    return bool(said) and all(piece.phrase.startswith(intent.value) for piece in said)


def _is_no_no(board: Board, way: Way) -> bool:
    """Whether a no is itself refused (别取消, dont cancel it), taken back, or a part of a question (行不)."""
    if _KEPT.search(board.chars):
        return True
    words = [piece.text for piece in way.pieces if piece.kind is Kind.WORD]
    if words == ["不"] and len(way.pieces) > 1 and way.pieces[0].text != "不":
        return True
    return any(word in _NOT for word in words[:1]) and any(word.startswith(_NOES) for word in words[1:])


def _gives_up(board: Board, way: Way) -> bool:
    """Whether a message begins by taking all of it back, whatever reason it goes on to tell: forget it, truck is full.

    Nothing moves by it, so words that nobody knows are passed over; but no goods, places or numbers, nor consent.
    """
    at = next((at for at, one in enumerate(way.pieces) if not (_is_no(one) or one.kind in _PLAIN)), len(way.pieces))
    lead, rest = way.pieces[:at], way.pieces[at:]
    given_up = any(_is_no(one) and one.is_wanted and one.text not in _WEAK_NOES for one in lead)
    told = all(one.kind in _REASONED for one in rest) and not any(one.has("repair") for one in rest)
    return given_up and bool(rest) and told and not board.matching.names(CONFIRM)


def _is_no(piece: Piece) -> bool:
    return piece.kind is Kind.WORD and piece.phrase.startswith(CANCEL)


def _is_cut_out(board: Board, way: Way) -> bool:
    """Whether a yes is a part of a longer word that is none: the 好 of 您好."""
    heads = [piece for piece in way.pieces if piece.phrase.startswith(CONFIRM) and piece.is_wanted]
    return any(
        known.filler and start <= head.start and head.end <= end and end - start > head.end - head.start
        for start, found in board.words.items()
        for end, known in found
        if CONFIRM not in known.classes
        for head in heads
    )


def _asks(board: Board, way: Way) -> bool:
    """Whether a message asks something back, which is no consent (可以吗); a word inside another does not (没问题)."""
    if "?" in board.chars or any(piece.kind is Kind.FILLER and "不" in piece.text for piece in way.pieces):
        return True
    words = [(piece.start, piece.end) for piece in way.pieces if piece.kind is Kind.WORD]
    for start, hits in board.words.items():
        for end in (end for end, known in hits if "block_question" in known.classes):
            if not any(first <= start and end <= last and (first, last) != (start, end) for first, last in words):
                return True
    return False


def _changed(board: Board, frame: Reading) -> Reading | None:
    """The open reading as the message changes it."""
    shape = FRAMES.get(frame.intent)
    if shape is None:
        return None
    acts: tuple[tuple[str, Callable[[Sequence[Piece], Context, Board], Reading | None]], ...] = (
        (REMOVE, removed), (ADD, added), (CORRECT, corrected), (ANSWER, _answer), (ANSWER, amended),
    )  # fmt: skip
    if told := told_of(board, frame):
        return told
    for name, change in acts:
        pieces = _said(board, name, shape)
        if pieces is None:
            continue
        try:
            reading = change(pieces, board.context, board)
        except NoAnswerError:
            continue
        if reading is not None:
            read_as = (*still_meant(reading, board.lexicon), *read_as_of(board, pieces))
            return replace(reading, spans=spans_of(board, pieces), read_as=read_as, continues=True)
    return None


def _dropped(board: Board) -> Reading | None:
    """肥宅水不要了: without the line whose product nobody knows, said by the same words as when it was asked about.

    The words are read as if they were the name of a product, which they are not: only here do they name a line.
    """
    frame = board.context.frame
    if frame is None:
        return None
    for name, problem in frame.problems.items():
        words, known = plain(frame.heard.get(name, "")), next((one.sku for one in frame.slots.lines if one.sku), None)
        if problem != "unknown_product" or not known or not words or words not in board.chars:
            continue
        named = Board(
            normalise(board.chars.replace(words, f" {known} ")), board.context, board.lexicon, board.phrasebook
        )
        pieces = _said(named, REMOVE, FRAMES[frame.intent]) if name.startswith("lines.") else None
        said = items(pieces, board.lexicon) if pieces else []
        if len(said) == 1 and isinstance(said[0], Mention) and said[0].codes == (known,):
            left = without_lines(frame, {int(name.split(".")[1])})
            return replace(left, spans=(), read_as=still_meant(left, board.lexicon), continues=True)
    return None


def _answer(pieces: Sequence[Piece], context: Context, board: Board) -> Reading | None:
    return answered(pieces, context, board.lexicon)


def _said(board: Board, name: str, shape: Frame) -> list[Piece] | None:
    """The pieces of a message that says nothing but what `name` does to a frame of this shape."""
    groups = [group for group in shape.groups if group != "can"]
    intent = shape.intent.value
    values = {"also": intent} if name != ADD else {}
    if name != ANSWER and not board.matching.names(name):
        return None
    found = ways(board, name, (*groups, *(values.values())), 1, headless=name == ANSWER)
    if not found:
        return None
    pieces = with_units_joined(without_talk(found[0].pieces, shape), board.lexicon)
    unclear = any(piece.kind in (Kind.UNREAD, Kind.BLOCK) or piece.has("roughly") for piece in pieces)
    turns = (*board.turns, *board.past) if shape.writes and not shape.tells else board.turns
    unclear = unclear or any(unnamed(turns, found[0].pieces, pieces))
    return None if unclear or _tells_anew(found[0], intent) else pieces


def _tells_anew(way: Way, intent: str) -> bool:
    """Whether a way names the frame's own intent again with goods: that is a new request."""
    verbs = any(piece.phrase.startswith(f"{intent}#") and ".phrases" in piece.phrase for piece in way.pieces)
    both_sides = {FROM, TO} <= {piece.role for piece in way.pieces if piece.kind is Kind.PLACE}
    return (verbs or both_sides) and {Kind.PRODUCT, Kind.AMOUNT} <= {piece.kind for piece in way.pieces}


def _asked_again(board: Board, before: Reading) -> Reading | None:
    """The last question, of another place, product or time: 那二七店呢, and Red Bull?"""
    shape = FRAMES.get(before.intent)
    if shape is None or not board.matching.names(AGAIN):
        return None
    pieces = _said(board, AGAIN, shape)
    if pieces is None:
        return None
    asking, slots = Asking(), before.slots
    mentions = [item for item in items(pieces, board.lexicon) if isinstance(item, Mention)]
    if any(isinstance(item, Amount) for item in items(pieces, board.lexicon)):
        return None
    if not mentions:  # a word that can mean several products still does
        for name, codes in before.candidates.items():
            asking.ask(name, candidates=codes, heard=before.heard.get(name, ""))
    else:
        lines = tuple(asked_product(f"lines.{at}", one, asking, board.lexicon) for at, one in enumerate(mentions))
        slots = replace(slots, lines=lines)
    if any(piece.kind is Kind.PLACE for piece in pieces):
        if shape.places is Places.SIDES:
            sides = sides_of(pieces, board.context, board.lexicon)
            slots = replace(slots, target=next((codes[0] for codes in sides.said["to"] if codes), slots.target))
        else:
            place = settled_place(pieces, asking, board.lexicon, otherwise=None, needed=False)
            slots = replace(slots, place=place)
    periods = {piece.value for piece in pieces if piece.kind is Kind.PERIOD}
    if len(periods) == 1:
        slots = replace(slots, period=periods.pop())
    if slots == before.slots and not (mentions and asking.missing):
        return None
    reading = Reading(before.intent, slots, tuple(asking.missing), asking.candidates, asking.problems)
    kept = still_meant(replace(before, slots=slots), board.lexicon) if not mentions else ()
    read_as = (*kept, *read_as_of(board, pieces))
    return replace(reading, heard=asking.heard, spans=spans_of(board, pieces), read_as=read_as)
