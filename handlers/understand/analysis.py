"""Makes a reading of one way through a message for one intent: its slots, what is asked, and what stays unexplained."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import pairwise
from typing import Any

from handlers.understand.asking import Asking
from handlers.understand.board import Board
from handlers.understand.frames import Frame, Goods, Places
from handlers.understand.gate import unnamed, without_talk
from handlers.understand.goods import Item, Mention, Pair, items, once, with_units_joined
from handlers.understand.held import held_back
from handlers.understand.lattice import Way
from handlers.understand.lines import asked_product, change_lines, said_line
from handlers.understand.normalise import legible
from handlers.understand.pieces import Kind, Piece
from handlers.understand.places import EITHER, Sides, settled_place, settled_sides, sides_of
from handlers.understand.quoting import quoted, read_as_of, spans_of
from handlers.understand.reading import EVERY_DOCUMENT, LAST_DOCUMENT, Intent, Reading, SaidLine, Slots
from handlers.understand.shares import all_of_these, nothing, shares_of
from handlers.understand.strays import not_a_return, strays, unread_from, without_strays
from handlers.understand.values import price_of_each, values_in_words, values_named

_NAMING_NOTHING = frozenset({Kind.UNREAD, Kind.BARCODE, Kind.PLACE, Kind.SUPPLIER})
"""Kinds of pieces that may name nothing."""
_FIRST_ASKED = ("intent", "document", "lines")
_SENT_ON = frozenset({
    "给", "往", "去", "发给", "送给", "调给", "拨给", "送到", "发到", "运到", "拉到", "调到", "送去", "发往", "to",
})  # fmt: skip
"""Words behind which a place gets goods, in an arrival too."""
_ROUGHLY = ("roughly", "about")
_PLAIN = frozenset[str]()
_FEW_UNREAD = 2  # characters
_FIRST_BARE_NUMBER = 1000  # a bare number below is a quantity, never a document


@dataclass(frozen=True, slots=True)
class Analysis:
    """A reading, the pieces that nothing explains, and how good the way was that led to it.

    The reading quotes nothing yet, see `in_full`: most analyses are not chosen. `kept` are the pieces of the way
    without talk, `said` those that it was made of.
    """

    frame: Frame
    reading: Reading
    kept: Sequence[Piece]
    said: Sequence[Piece]
    left: tuple[Piece, ...]
    way: Way
    fits: bool

    @property
    def rank(self) -> tuple[bool, bool, int, int]:
        """The lower, the better it explains the message."""
        return bool(self.left), not self.fits, self.way.cost, -self.way.weight


def analysed(board: Board, frame: Frame, way: Way, document: str | None = None) -> Analysis:
    """What a way means for an intent; `document` is the one that it is about where it names none."""
    return Analyst(board, frame, way, document).analysis()


def in_full(board: Board, one: Analysis) -> Reading:
    """The reading of an analysis with the words that it was made of."""
    unread, spans = quoted(board, one.left), spans_of(board, one.way.pieces)
    return replace(one.reading, unread=unread, spans=spans, read_as=read_as_of(board, one.said))


class Analyst:
    """One way and one frame; each part takes the pieces that it explains out of what is left.

    `kept` are the pieces of the way without talk, each unit at its number.
    """

    def __init__(self, board: Board, frame: Frame, way: Way, document: str | None = None) -> None:
        self.board, self.frame, self.way, self.document = board, frame, way, document
        self.context, self.lexicon = board.context, board.lexicon
        self.heard = without_talk(way.pieces, frame)
        self.kept = with_units_joined(self.heard, board.lexicon)
        self.pieces: list[Piece] = []
        self.tags = _PLAIN
        self.asking = Asking()
        self.left: list[Piece] = []
        self.slots: dict[str, Any] = {}

    def analysis(self) -> Analysis:
        """The whole of it."""
        slots = self.said()
        self._strays()
        self._needs()
        fits = _fits(self.frame, self.slots, self.asking)
        return Analysis(self.frame, self._reading(slots), self.kept, self.pieces, tuple(self.left), self.way, fits)

    def said(self) -> Slots:
        """What the way puts into the slots, without what nothing explains: half the work of an analysis."""
        self.pieces = [self._in_own_words(piece) if piece.kind in _NAMING_NOTHING else piece for piece in self.kept]
        self.tags = _PLAIN.union(*[piece.tags for piece in self.kept])
        self.slots |= values_in_words(self.tags, self.pieces, self.asking)
        self._signs()
        self._document()
        self.slots |= values_named(self.pieces, self.frame, self.asking)
        self._price_of_each()
        self._places()
        self._goods()
        return Slots(**{name: value for name, value in self.slots.items() if value not in (None, ())})

    def _in_own_words(self, piece: Piece) -> Piece:
        """What names nothing as it was written, and a barcode that no product has as words, where products are said."""
        if piece.kind is Kind.BARCODE and self.frame.goods is Goods.LINES:
            piece = replace(piece, kind=Kind.UNREAD)
        if piece.kind is Kind.UNREAD or piece.is_strange:
            text = self.board.text
            raw = text.raw[slice(*text.span(piece.start, piece.end))]
            if raw == piece.text and piece.kind is Kind.UNREAD and "\u4e00" <= raw <= "\u9fff":
                return piece  # one Chinese character, as most are
            return replace(piece, text=legible(raw))
        return piece

    def _signs(self) -> None:
        """Of an adjustment a sign says what to do: minus 2 buckets takes two off."""
        if self.frame.intent is not Intent.ADJUST_REQUEST or "mode" in self.asking.missing:
            return
        negative = [piece for piece in self.pieces if piece.amount and piece.amount.number < 0]
        if negative and self.slots.get("mode", "sub") == "sub":
            self.slots["mode"] = "sub"
            self.pieces = [
                replace(piece, amount=replace(piece.amount, number=-piece.amount.number))
                if piece in negative and piece.amount
                else piece
                for piece in self.pieces
            ]

    def _document(self) -> None:
        if not self.frame.papers:
            return
        named = [piece for piece in self.pieces if piece.kind is Kind.DOCUMENT]
        numbers = {piece.value for piece in named} | {
            LAST_DOCUMENT for piece in self.pieces if piece.has("document=last")
        }
        if not numbers:
            numbers |= {self.document} if self.document else self._bare_numbers()
        if "document=all" in self.tags and numbers:
            self.asking.ask("document", candidates=tuple(sorted(numbers)))
        elif "document=all" in self.tags:
            self.slots["document"] = EVERY_DOCUMENT
        elif len(numbers) == 1:
            self.slots["document"] = numbers.pop()
            if not self._is_of_frame(self.slots["document"]):
                self.left += named
        elif numbers:
            self.asking.ask("document", candidates=tuple(sorted(numbers)))
            if not all(self._is_of_frame(number) for number in numbers):
                self.left += named

    def _is_of_frame(self, number: str) -> bool:
        return number == LAST_DOCUMENT or number.partition("-")[0] in self.frame.papers

    def _bare_numbers(self) -> set[str]:
        """A number said alone, in a chain whose open documents are not known here: 1042到哪了."""
        if self.context.documents:
            return set()
        found = [piece for piece in self.pieces if self._may_be_number(piece)]
        self.pieces = [piece for piece in self.pieces if piece not in found]
        return {f"{self.frame.papers[0]}-{piece.amount.number}" for piece in found if piece.amount}

    @staticmethod
    def _may_be_number(piece: Piece) -> bool:
        amount = piece.amount
        return bool(amount and amount.bare and piece.text.isdigit() and amount.number >= _FIRST_BARE_NUMBER)

    def _price_of_each(self) -> None:
        """2盒费列罗, 88 each: behind goods that are counted it is no further amount."""
        each = price_of_each(self.pieces) if "price" in self.frame.takes and "price" not in self.slots else None
        if each is not None and each.amount:
            self.slots["price"] = f"{float(each.amount.number):g}"
            self.pieces = [piece for piece in self.pieces if piece is not each]

    def _places(self) -> None:
        wants = self.frame.places
        if wants is Places.SIDES:
            sides = sides_of(self.pieces, self.context, self.lexicon)
            if self.frame.intent is Intent.TRANSFER_CREATE:
                source, target = settled_sides(sides, self.context, self.asking, self.lexicon)
                self.slots.update(source=source, target=target)
            else:
                self._said_sides(sides)
        elif wants in (Places.OWN, Places.OWN_IF_ANY, Places.SAID):
            own = None if wants is Places.SAID else self.context.home
            needed = wants is Places.OWN
            self.slots["place"] = settled_place(self.pieces, self.asking, self.lexicon, otherwise=own, needed=needed)
        elif wants is Places.SOURCE:
            self._source()

    def _said_sides(self, sides: Sides) -> None:
        """Sides as they were said, nothing asked: 中央仓给我们的货发了没."""
        for side, slot in (("from", "source"), ("to", "target")):
            codes = tuple(dict.fromkeys(code for said in sides.said[side] for code in said))
            if len(codes) == 1:
                self.slots[slot] = codes[0]
            elif codes:
                self.asking.ask(side, candidates=codes)

    def _source(self) -> None:
        """Where the goods of a document come from; the writer's own place is where they arrive.

        总仓的货到了 is goods from there, though elsewhere 西湖店的货 is what Xihu gets; 发给五一店的 is not.
        """
        elsewhere = [piece for piece in self.pieces if piece.kind is Kind.PLACE and piece.codes != (self.context.home,)]
        said = [piece for piece in elsewhere if piece.role != "to"]
        if self.context.home and not said and self.frame.intent is Intent.TRANSFER_RECEIVE:
            sent_on = {piece.start for before, piece in pairwise(self.pieces) if before.text in _SENT_ON}
            said = [piece for piece in elsewhere if piece.start not in sent_on]
        if said and not self.slots.get("document"):
            self.left += [piece for piece in elsewhere if piece not in said]  # 二七发100箱去五一 is no arrival
        if any(piece.phrase and piece.text in EITHER for piece in self.pieces):
            said = [piece for piece in self.pieces if piece.kind is Kind.PLACE]
        codes = tuple(dict.fromkeys(code for piece in said for code in piece.codes))
        if len(codes) == 1:
            self.slots["source"] = codes[0]
        elif codes:
            self.asking.ask("from", candidates=codes)

    def _goods(self) -> None:
        wants = self.frame.goods
        if wants is Goods.NONE:
            return
        said = [piece for piece in self.pieces if piece.role != "not"]
        if self.frame.writes and any(piece.kind is Kind.PRODUCT and piece.is_beside for piece in said):
            said = [piece for piece in said if not self._is_told_beside(piece)]
        if wants is Goods.SHARES:
            self._shares(said)
            return
        found = items(said, self.lexicon, asking=self.frame.reads)
        found, strays = without_strays(found, self.frame, any(piece.has("weak") for piece in said))
        if not self._is_plain_question(found):
            self.left += unread_from(said, strays)
        if wants is Goods.PRODUCTS:
            mentions = once([item for item in found if isinstance(item, Mention)])
            asked_in = [piece.name.whole for piece in self.pieces if piece.kind is Kind.UNIT and piece.name]
            units = asked_in[0] if len(asked_in) == 1 else ()
            self.slots["lines"] = tuple(
                asked_product(f"lines.{at}", mention, self.asking, self.lexicon, units)
                for at, mention in enumerate(mentions)
            )
            return
        if self._repairs():
            repair = next((at for at, piece in enumerate(said) if piece.has("repair")), len(said))
            mentions = [item for item in found if isinstance(item, Mention)]
            found = items(said[:repair], self.lexicon)
            found = found if any(isinstance(item, Mention) for item in found) else list(mentions)
        lines = change_lines("lines", found, self.asking, self.lexicon, zero=self.frame.zero)
        self.slots["lines"] = self._repaired(self._approximate(lines))

    def _is_told_beside(self, piece: Piece) -> bool:
        """Whether goods only stand in a remark, while others that they may be are counted: 柠檬见底了,发3件香水柠檬."""
        return piece.is_beside and any(not one.is_beside and piece.goods & one.goods for one in self.pieces)

    def _is_plain_question(self, found: Sequence[Item]) -> bool:
        """Whether a question is clear enough that words beside it may stay unread: nothing moves by its answer."""
        if not self.frame.reads or not any(isinstance(item, Mention) and item.codes for item in found):
            return False
        unread = sum(piece.end - piece.start for piece in self.pieces if piece.kind is Kind.UNREAD)
        return (self.way.head and "weak" not in self.tags) or unread <= _FEW_UNREAD

    def _repairs(self) -> bool:
        """Whether something is put right: by "sorry" only where it stands between what was said and what is meant."""
        if "repair" not in self.tags:
            return False
        named = [at for at, piece in enumerate(self.pieces) if piece.kind in (Kind.AMOUNT, Kind.PRODUCT, Kind.PLACE)]
        first, last = (named[0], named[-1]) if named else (0, 0)
        return any(
            piece.has("repair") and (piece.text != "sorry" or first < at < last) for at, piece in enumerate(self.pieces)
        )

    def _repaired(self, lines: tuple[SaidLine, ...]) -> tuple[SaidLine, ...]:
        """5箱,不对,8箱: which of the two is meant is asked, as of whatever else was put right in one message."""
        if not self._repairs():
            return lines
        sides = [piece.role for piece in self.pieces if piece.kind is Kind.PLACE and piece.role in ("from", "to")]
        amounts = sum(piece.amount is not None and not piece.phrase for piece in self.pieces)
        if len(lines) == amounts == 1 and len(sides) > len(set(sides)):
            return lines  # 送到南京路,哦不,送到东站
        for at in range(len(lines)):
            self.asking.forget(f"lines.{at}")
            self.asking.ask(f"lines.{at}.quantity", "two_amounts")
        return tuple(SaidLine(line.sku) for line in lines)

    def _approximate(self, lines: tuple[SaidLine, ...]) -> tuple[SaidLine, ...]:
        """剩下的, 所有: all of it is no quantity; beside a number (三箱都要) it says nothing."""
        if self.tags.isdisjoint(_ROUGHLY):
            return lines
        roughly = "roughly" in self.tags
        for at, line in enumerate(lines):
            if roughly or (line.number is None and "about" in self.tags):
                self.asking.ask(f"lines.{at}.quantity", "approximate")
        return tuple(SaidLine(line.sku, None, line.unit) for line in lines) if roughly else lines

    def _shares(self, said: Sequence[Piece]) -> None:
        rest = [piece for piece in said if piece.amount and piece.amount.rest]
        if rest and "all" in self.frame.takes:
            self.slots["all_arrived"] = True
            said = [piece for piece in said if piece not in rest]
        shares = shares_of(said, self.lexicon)
        everything = self.slots.get("all_arrived", False)
        if everything and shares and shares["lines"] and ("document" not in self.slots or all_of_these(self.pieces)):
            everything = False  # 3箱小乐事, all good: the goods that are told of
            del self.slots["all_arrived"]
        if shares is None or (everything and (any(shares.values()) or self.slots.get("rest") == "next")):
            self.asking.ask("intent", "left_over")
        for name, found in (shares or nothing()).items():
            kept = (pair for pair in found if name == "lines" or not _is_none(pair))
            self.slots[name] = tuple(self._told(f"{name}.{at}", pair) for at, pair in enumerate(kept))

    def _told(self, name: str, pair: Pair) -> SaidLine:
        """One line of what was told; that there was none of it is told too: 装了0箱."""
        named = pair[0] is not None or "document" in self.slots
        if not named and name.startswith("lines") and all(amount.bare for amount in pair[1]):
            self.asking.ask(f"{name}.sku")  # 滨江二发来的货: perhaps a part of a name
        if not _is_none(pair):
            return said_line(name, pair, self.asking, self.lexicon, product_needed=False)
        line = said_line(name, (pair[0], ()), self.asking, self.lexicon, product_needed=False)
        self.asking.missing.remove(f"{name}.quantity")
        return replace(line, number=Fraction(0))

    def _strays(self) -> None:
        """Pieces that the frame has no use for, and words that turn the message round without being named by it."""
        taken = {piece.start for piece in self.left}
        place = self.lexicon.places.get(self.slots.get("place") or "")
        found = strays(self.pieces, self.frame, self.context, self.lexicon)
        self.left += [piece for piece in found if piece.start not in taken]
        if self.frame.intent is Intent.SALE_RETURN and place is not None:
            self.left += not_a_return(self.pieces, place, self.context)
        if self.frame.writes:
            self.left += held_back(self.way.pieces, self.board, self.frame)
        turns = self.board.turns if self.frame.tells else (*self.board.turns, *self.board.past)
        if self.frame.writes and turns:
            turned = unnamed(turns, self.way.pieces, self.heard)
            self.left += [Piece(Kind.BLOCK, start, end, self.board.chars[start:end]) for start, end in turned]

    def _needs(self) -> None:
        slots = self.slots
        for name in self.frame.needs:
            if not slots.get(name) and name not in self.asking.missing:
                self.asking.ask(name)
        lines_wanted = self.frame.goods is Goods.LINES and not slots.get("document")
        if lines_wanted and not slots.get("lines") and "lines" not in self.asking.missing:
            self.asking.ask("lines")
        sent_by = "source" in slots or "from" in self.asking.missing
        if self.frame.intent is Intent.TRANSFER_RECEIVE and not ("document" in slots or sent_by):
            self.asking.ask("document", candidates=self.asking.candidates.get("document", ()))
        if self.frame.intent is Intent.PURCHASE_RECEIVE and not (slots.get("document") or slots.get("supplier")):
            self.asking.ask("supplier")
        if self.frame.intent is Intent.BARCODE_BIND and len(slots.get("lines", ())) != 1:
            self.asking.ask("lines")

    def _reading(self, slots: Slots) -> Reading:
        asking = self.asking
        missing = tuple(sorted(asking.missing, key=_when_asked))
        return Reading(self.frame.intent, slots, missing, asking.candidates, asking.problems, heard=asking.heard)


def _fits(frame: Frame, slots: dict[str, Any], asking: Asking) -> bool:
    """Whether what was said is of the intent's kind: a count with numbers is no beginning of one."""
    lines = bool(slots.get("lines"))
    if frame.goods is Goods.LINES and not slots.get("document"):
        return lines
    if frame.intent is Intent.TRANSFER_STATUS:
        return bool(lines or slots.get("document") or slots.get("source") or slots.get("target")) or not asking.missing
    return True


def _when_asked(name: str) -> int:
    """The order in which fields are asked: what is wanted, of which document, of which goods, and then the rest."""
    stem = name.partition(".")[0]
    return _FIRST_ASKED.index(stem) if stem in _FIRST_ASKED else len(_FIRST_ASKED)


def _is_none(pair: Pair) -> bool:
    """Whether it says that there is none of it: 坏0. Two or three (两三瓶) is no number, and not none."""
    return len(pair[1]) == 1 and pair[1][0].number == 0 and not (pair[1][0].about or pair[1][0].part)
