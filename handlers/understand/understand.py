"""Decides what a message means: the one door of this package. It asks whenever something stays unexplained."""

from __future__ import annotations

import gc
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cache
from weakref import WeakKeyDictionary, proxy

from handlers.understand.analysis import Analysis, analysed, in_full
from handlers.understand.board import UNREAD_COST, Board
from handlers.understand.contenders import RECEIPTS, contenders, is_of_somebody, moves_no_amount
from handlers.understand.dialogue import CORRECT, answer_to, correction_of
from handlers.understand.frames import FRAMES
from handlers.understand.injected import is_injected
from handlers.understand.lattice import routes_of, ways
from handlers.understand.mixed import in_chinese, may_be_mixed
from handlers.understand.names.lexicon import Lexicon
from handlers.understand.names.name import NameKind
from handlers.understand.names.pinyin import PinyinReader, pinyin_reader
from handlers.understand.normalise import Text, is_nod, normalise, without_tabs
from handlers.understand.persons import person_named
from handlers.understand.phrases.book import load
from handlers.understand.phrases.index import Phrasebook
from handlers.understand.pieces import Kind
from handlers.understand.quoting import quoted, spans_of
from handlers.understand.reading import READS, WRITES, Context, Intent, Reading, Span
from handlers.understand.second import agreed
from handlers.understand.spelling import spelled
from handlers.understand.tables import tabled
from handlers.understand.told import told_of_paper

MOST_BREAKS, MOST_SPLITS = 8, 2
"""Where a message may be parted in two that mean something by themselves, and how often that is tried."""
_PLAIN = (Kind.PLACE, Kind.FILLER, Kind.BREAK)


@dataclass(frozen=True, slots=True)
class _Tools:
    """What is made once for the names of a chain: its phrases with those it has learned, and its reader of pinyin."""

    phrasebook: Phrasebook
    pinyin: PinyinReader


_TOOLS: WeakKeyDictionary[Lexicon, _Tools] = WeakKeyDictionary()


@cache
def phrasebook(learned: tuple[tuple[str, str], ...] = ()) -> Phrasebook:
    """The phrases that the product comes with, and (intent, phrase) pairs that were learned."""
    with _uncollected():
        return Phrasebook(load(learned))


@contextmanager
def _uncollected() -> Iterator[None]:
    """Without the cyclic collector: a book only grows while it is made, and looking through it takes longer.

    Nor is it looked through later, for which a message would wait 0.2 s: it has no circles.
    """
    was = gc.isenabled()
    gc.disable()
    try:
        yield
        gc.freeze()
    finally:
        if was:
            gc.enable()


def prepare(lexicon: Lexicon) -> _Tools:
    """Make what understanding needs for these names, so that no message waits for it; takes some tenths of a second."""
    tools = _TOOLS.get(lexicon)
    if tools is None:
        phrases = phrasebook(tuple(lexicon.catalogue.phrases))
        with _uncollected():
            # Held by its tools, a lexicon would never go when the names are read anew.
            tools = _Tools(phrases, pinyin_reader(proxy(lexicon), phrases.book.spoken))
        _TOOLS[lexicon] = tools
    return tools


def understand(text: str, context: Context, lexicon: Lexicon) -> Reading:
    """What a message means. A change is complete only when every word was read and nothing has to be asked.

    With something open in `context.frame`, an answer, a correction or an addition goes into it; a whole new message
    makes a reading of its own.
    """
    normal = without_tabs(tabled(normalise(text)))
    if not any(char.isalnum() for char in normal.chars):
        if context.frame is not None and is_nod(text):
            return Reading(Intent.CONFIRM, spans=(Span(0, len(text), "word"),))
        return Reading(Intent.UNKNOWN, missing=("intent",), problems={"intent": "no_words"})
    if is_injected(normal.chars):
        return Reading(Intent.UNKNOWN, missing=("intent",), spans=(Span(0, len(text), "code"),))
    board = board_of(normal, context, lexicon)
    reading = _reading_of(board)
    if _names_nothing_known(reading) and (other := _in_chinese(board, reading.unread)):
        again = _reading_of(other)
        return reading if _names_nothing_known(again) else again
    return reading


def corrected_by(text: str, context: Context, lexicon: Lexicon) -> Reading | None:
    """The change in `context.frame`, which was confirmed already, as a message corrects it; None where it does not."""
    normal = normalise(text)
    if not any(char.isalnum() for char in normal.chars) or is_injected(normal.chars):
        return None
    return correction_of(board_of(normal, context, lexicon))


def _reading_of(board: Board) -> Reading:
    """What a message says to what is open, or else by itself."""
    return answer_to(board) or _no_correction(board, best(board))


def _no_correction(board: Board, reading: Reading) -> Reading:
    """The reading; nothing, where it would put a part in the place of what is open that a message corrects.

    "Make it 11 for soft tofu, I counted the torn ones twice" is no count of soft tofu alone.
    """
    frame = board.context.frame
    if frame is None or reading.intent not in (frame.intent, Intent.ADJUST_REQUEST) or not reading.complete:
        return reading
    if Kind.PLACE in board.kinds or not board.matching.names(CORRECT):
        return reading
    kept = {line.sku for line in reading.slots.lines}
    other = reading.intent is not frame.intent  # 改成11箱红牛, which would set the stock of what is open
    if kept < (said := {line.sku for line in frame.slots.lines}) or (other and kept == said):
        return replace(_unknown(board, ()), problems={"intent": "left_over"})
    return reading


def _names_nothing_known(reading: Reading) -> bool:
    """Whether a message was not understood, or goods were taken from it that nobody knows."""
    strange = reading.intent in READS and "unknown_product" in reading.problems.values()
    return reading.intent is Intent.UNKNOWN or strange


def _in_chinese(board: Board, unread: Sequence[str]) -> Board | None:
    """The board of the message with its English words as Chinese, where it has some of both and reads them all.

    Names stay, and so do words that turn a message round: "he approved" is no 批准.
    """
    if not may_be_mixed(board.text, unread):
        return None
    names = [(piece.start, piece.end) for pieces in board.entities.values() for piece in pieces if piece.name]
    turns = [(start, end) for start, hits in board.words.items() for end, known in hits if known.is_blocking_phrase]
    text = in_chinese(board.text, [*(one for one in names if one[1] - one[0] > 1), *turns])
    return Board(text, board.context, board.lexicon, board.phrasebook) if text else None


def board_of(normal: Text, context: Context, lexicon: Lexicon) -> Board:
    """The board of a normalised message, its English slips put right, its pinyin as Chinese."""
    tools = prepare(lexicon)
    book = tools.phrasebook
    if hanzi := tools.pinyin.hanzi(normal):
        normal = hanzi
    names = lexicon.names_in(normal.chars)
    text = spelled(
        normal,
        book,
        [(name.start, name.end) for name in names if name.end - name.start > 1 or name.kind is NameKind.UNIT],
    )
    return Board(text, context, lexicon, book, names if text is normal else None)


def best(board: Board) -> Reading:
    """The reading of the intent that explains a whole message best; unknown where none explains it all."""
    found = contenders(board)
    explained = [one for one in found if not one.left]
    if not explained:
        alone = told_of_paper(board) or _paper_alone(board) or _list_for_a_store(board)
        return alone or _for_a_person(board, found) or _unknown(board, found)
    alike = [one for one in explained if one.rank == explained[0].rank]
    chosen = next((one for one in alike if one.reading.complete), explained[0])
    if chosen.frame.reads and _passes_over_change(chosen, explained):
        return _unknown(board, ())
    if chosen.frame.intent is Intent.REPLENISH_SUGGEST:  # 给二七店补货 红牛15箱 says how much itself
        chosen = next((one for one in explained if _sends_counted(one)), chosen)
    if moves_no_amount(chosen):  # goods without any amount are rather asked about than sent
        chosen = next((one for one in explained if _asks_clearly(one, chosen)), chosen)
    if chosen.frame.intent in RECEIPTS and not is_of_somebody(chosen):
        receipts = (one for one in explained if one.frame.intent in RECEIPTS)
        chosen = next((one for one in receipts if is_of_somebody(one)), chosen)
    if _only_tells_places(board, chosen) or _only_tells_why(chosen):
        return _unknown(board, ())
    if rival := _rival(chosen, explained):
        return _which(board, sorted((chosen, rival), key=lambda one: one.frame.intent is not Intent.TRANSFER_RECEIVE))
    reading = agreed(board, chosen)
    return _for_a_person(board, (chosen,)) or reading


def _for_a_person(board: Board, found: Sequence[Analysis]) -> Reading | None:
    """That nobody can be named for a step, where the message wants to: 交给王五批."""
    who = person_named(board.text, found[0].way.pieces) if found else None
    return replace(_unknown(board, ()), problems={"intent": "person"}, heard={"intent": who}) if who else None


def _paper_alone(board: Board) -> Reading | None:
    """Nothing but the number of a transfer: how it stands is what people want of it."""
    if Kind.DOCUMENT not in board.kinds:
        return None
    frame = FRAMES[Intent.TRANSFER_STATUS]
    for way in ways(board, frame.intent.value, frame.groups, 1, headless=True):
        named = [piece for piece in way.pieces if piece.kind is Kind.DOCUMENT]
        if len(named) == 1 and all(piece.kind in (Kind.DOCUMENT, Kind.FILLER, Kind.BREAK) for piece in way.pieces):
            alone = analysed(board, frame, way)
            return None if alone.left else in_full(board, alone)
    return None


def _list_for_a_store(board: Board) -> Reading | None:
    """Nothing but a store and goods with their amounts, from somebody in a warehouse: what goes there. 香坊:豆油8箱."""
    home, lexicon = board.context.home, board.lexicon
    if home not in lexicon.warehouses or board.context.frame is not None or Kind.BLOCK in board.kinds:
        return None
    frame = FRAMES[Intent.TRANSFER_CREATE]
    for way in ways(board, frame.intent.value, frame.groups, 1, headless=True):
        if all(piece.kind in (*_PLAIN, Kind.PRODUCT, Kind.AMOUNT) for piece in way.pieces):
            alone = analysed(board, frame, way)
            if not alone.left and alone.reading.complete and alone.reading.slots.target != home:
                return in_full(board, alone)
    return None


def _sends_counted(one: Analysis) -> bool:
    """Whether it is a transfer that says of all its goods how much, in units."""
    counted = [line for line in one.reading.slots.lines if line.number is not None and line.unit is not None]
    return one.frame.intent is Intent.TRANSFER_CREATE and counted == [*one.reading.slots.lines] != []


_MUCH = 20
"""So much more a question may cost than a transfer without amounts."""


def _asks_clearly(one: Analysis, chosen: Analysis) -> bool:
    reading = one.reading
    near = one.way.cost <= chosen.way.cost + _MUCH
    return reading.intent is Intent.STOCK_QUERY and bool(reading.slots.lines) and reading.complete and near


def _only_tells_places(board: Board, chosen: Analysis) -> bool:
    """Whether only places are said, with their markers, while a transfer is open: no other one, none to guess."""
    frame, pieces = board.context.frame, chosen.way.pieces
    if frame is None or frame.intent is not chosen.frame.intent or chosen.frame.intent is not Intent.TRANSFER_CREATE:
        return False
    marking = {piece.phrase for piece in pieces if piece.kind is Kind.PLACE}
    return all(piece.kind in _PLAIN or piece.phrase in marking for piece in pieces)


_NO_PLAN = ("block_negation", "block_past")


def _passes_over_change(question: Analysis, explained: Sequence[Analysis]) -> bool:
    """Whether a question leaves the verb and the amount of a change unread, or tells of one that may come.

    Move 10箱 ..., 把inventory降下来; 可能要调5箱…,等我再看看; 可乐又断货了 从武林拿两箱红牛过来.
    """
    pieces = question.way.pieces
    planned = any(piece.kind is Kind.BLOCK and piece.tags.isdisjoint(_NO_PLAN) for piece in pieces)
    passed = planned or any(piece.kind is Kind.UNREAD and piece.has("verb") for piece in pieces)
    dear = question.way.cost - 2 * UNREAD_COST
    read_by_another = any(one.frame.writes and one.way.cost < dear for one in explained)
    return (passed or read_by_another) and any(piece.amount is not None and piece.amount.units for piece in pieces)


def _only_tells_why(chosen: Analysis) -> bool:
    """Whether goods would be written off of which nothing is said but what happened: 脚都要跑断了."""
    if chosen.frame.intent is not Intent.WRITE_OFF_RECORD or chosen.reading.slots.lines:
        return False
    pieces = chosen.way.pieces
    told = [piece for piece in pieces if piece.is_wanted and not any(tag.startswith("reason=") for tag in piece.tags)]
    return not told and any(piece.kind is Kind.UNREAD for piece in pieces)


def _rival(chosen: Analysis, others: Sequence[Analysis]) -> Analysis | None:
    """Another intent that explains the message as well, where one of the two would change something.

    An arrival with neither a document nor a sender may be of a transfer or from a supplier.
    """
    if chosen.frame.intent in RECEIPTS:
        others = [one for one in others if one is not chosen and one.frame.intent in RECEIPTS]
        return None if is_of_somebody(chosen) else next(iter(others), None)
    counted = chosen.frame.intent is Intent.COUNT_RECORD and _all_counted(chosen)
    if counted:  # numbers of goods, and nothing that asks: stock count: Sprite 7
        others = [one for one in others if not one.frame.reads]
    alike = (one for one in others if one is not chosen and one.rank == chosen.rank)
    return next(
        (one for one in alike if one.reading.complete == chosen.reading.complete and _changes(one, chosen)), None
    )


def _all_counted(one: Analysis) -> bool:
    lines = one.reading.slots.lines
    return bool(lines) and all(line.number is not None for line in lines)


def _changes(*found: Analysis) -> bool:
    return any(one.frame.writes for one in found)


def _which(board: Board, rivals: Sequence[Analysis]) -> Reading:
    """The first of several intents, with all of them to choose from."""
    first = in_full(board, rivals[0])
    intents = tuple(one.frame.intent.value for one in rivals)
    asked = tuple(name for name in first.missing if name.startswith("lines"))
    either = tuple(agreed(board, one) for one in rivals)
    return replace(first, missing=("intent", *asked), candidates={**first.candidates, "intent": intents}, either=either)


def said_apart(board: Board, found: Sequence[Analysis]) -> tuple[Reading, ...]:
    """Two changes of different kinds that were said one behind the other, each as it would be read alone.

    Nothing where a word could turn both round (如果没货,就报损2瓶); what tells of the past turns only its own clause.
    """
    if any(piece.kind is Kind.BLOCK and not piece.has("block_past") for one in found for piece in one.way.pieces):
        return ()
    breaks = [(piece.start, piece.end) for piece in found[0].way.pieces if piece.kind is Kind.BREAK]
    tried = 0
    for start, end in breaks[:MOST_BREAKS]:
        before, behind = _changes_in(board, 0, start), _changes_in(board, end, board.length)
        if not before or not behind or len(before | behind) == 1:
            continue
        tried += 1
        if tried > MOST_SPLITS:
            break
        first = _alone(board, 0, start)
        second = _alone(board, end, board.length) if first is not None else None
        if first is not None and second is not None and first.intent is not second.intent:
            return first, second
    return ()


def _changes_in(board: Board, start: int, end: int) -> set[Intent]:
    """The changes that something in a part of a message names, and that leave at most one word of it unread: talk."""
    return {
        frame.intent
        for frame in FRAMES.values()
        if frame.writes
        and any(_names_within(board, name, start, end) for name in frame.heads)
        and routes_of(board, frame).between(start, end) < 2 * UNREAD_COST
    }


def _names_within(board: Board, name: str, start: int, end: int) -> bool:
    """Whether a phrase within a part of a message names what `name` stands for."""
    return board.matching.names(name) and any(
        first >= start and any(edge[3] and edge[0] <= end for edge in edges)
        for first, edges in board.matching.phrases(name).items()
    )


def _alone(board: Board, start: int, end: int) -> Reading | None:
    """What a part of a message would mean as a message of its own; only a change, and only what is wholly explained."""
    text, context = board.text, replace(board.context, frame=None, asked=None, before=None)
    if start >= end:
        return None
    within = [name for name in board.names if start <= name.start and name.end <= end]
    names = [name._replace(start=name.start - start, end=name.end - start) for name in within]
    said = Text(text.chars[start:end], text.origin[start:end], text.raw)
    part = Board(said, context, board.lexicon, board.phrasebook, names)
    explained = [one for one in contenders(part) if not one.left]
    if not explained or explained[0].frame.intent not in WRITES or _rival(explained[0], explained):
        return None
    return agreed(part, explained[0])


def _unknown(board: Board, found: Sequence[Analysis]) -> Reading:
    """Nothing that can be acted on; the words that stood in the way are named, and what it sounded like."""
    left = found[0].left if found else ()
    unread = quoted(board, left)
    sounded = tuple(one.frame.intent.value for one in found if one.frame.intent in WRITES)[:3]
    if len(sounded) > 1 and (either := said_apart(board, found)):
        intents = tuple(dict.fromkeys((*(one.intent.value for one in either), *sounded)))
        return Reading(
            Intent.UNKNOWN,
            missing=("intent",),
            problems={"intent": "several"},
            candidates={"intent": intents},
            either=either,
        )
    return Reading(
        Intent.UNKNOWN,
        missing=("intent",),
        problems={"intent": "left_over"} if unread else {},
        candidates={"intent": sounded} if len(sounded) > 1 else {},
        unread=unread,
        spans=spans_of(board, found[0].way.pieces) if found else (),
    )
