"""The board: everything that can be found in one message, before anybody decides what it means.

Names, amounts, documents, periods and prices are edges over the characters; so is every phrase of the book whose words
and slots stand side by side. Whatever nothing explains stays unread.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence, Set
from dataclasses import replace
from typing import Any

from handlers.understand.addressed import addressed_in
from handlers.understand.amounts import amounts_in
from handlers.understand.barcodes import barcodes_in
from handlers.understand.matching import Matching
from handlers.understand.names.lexicon import Lexicon
from handlers.understand.names.name import How, Name, NameKind
from handlers.understand.normalise import Text
from handlers.understand.numbers import NUMERALS
from handlers.understand.packaging import packaged
from handlers.understand.papers import papers_in
from handlers.understand.periods import Found, periods_in
from handlers.understand.phrases.index import Known, Phrasebook
from handlers.understand.pieces import Edge, Kind, Piece, Stretch
from handlers.understand.prices import prices_in
from handlers.understand.reading import Context, Intent
from handlers.understand.sized import sized
from handlers.understand.telltales import Telltales
from handlers.understand.times import times_in

UNREAD_COST = 1000
_LONGEST_COUNT = 2  # digits: 2999块 is money, 5块 may be soap
_STRANGE_COST = 200  # a character of a place that the chain does not have
_HOW_COST = {How.EXACT: 0, How.PINYIN: 3, How.HOMOPHONE: 7, How.TYPO: 9}
_NAME_KINDS = {
    NameKind.PRODUCT: Kind.PRODUCT,
    NameKind.PLACE: Kind.PLACE,
    NameKind.SUPPLIER: Kind.SUPPLIER,
    NameKind.PERSON: Kind.PERSON,
    NameKind.UNIT: Kind.UNIT,
}
_STRANGE = re.compile(
    r"(?:(?![从到去给往至])[\u4e00-\u9fff]){1,5}?"
    r"(?:(?<![巡开闭关进到来离看守探饭酒书药网])店|仓库|仓)(?!员|长)"  # 巡店, 饭店 are no shops of the chain
)
_STRANGE_SUPPLIER = re.compile(
    r"(?:跟|向|找|从|给|问)([\u4e00-\u9fff]{2,8}?)"
    r"(?=(?:那边|那里)?(?:再|也|先)?(?:订|进货|进点|采购|下单|下个?采购|下个单|拿货|买"
    r"|进\d|进[一二三四五六七八九十两]))"
    r"|(?<=\bfrom )([a-z][a-z']*(?: [a-z][a-z']*)?|[\u4e00-\u9fff]{2,8})(?= ?(?:$|[,.;:!?\n]))"
)
_CODE = re.compile(r"(?<![a-z0-9])[a-z]{2,}-?\d{3,}(?![a-z0-9])")
_STRANGE_STORE = re.compile(
    r"(?<![a-z])(?!(?:our|my|the|this|that|these|which|what|every|each|all|any|an|your|their|his|her|whole|other|own"
    r"|to|at|in|into|from|for|of|and|or|near|per|by|we|is|are|another|same|new|both|two)\b)"
    r"[a-z][a-z']+ (?:store|shop|warehouse|outlet|branch)(?![a-z])"
)
_STRANGE_WORDS = Telltales(
    ("订", "进", "采购", "下单", "下个", "拿货", "买", "from "),
    ("store", "shop", "warehouse", "outlet", "branch"),
    ("店", "仓"),
)
"""Words of which a strange supplier, a strange store and a strange place have one each."""
_LATIN_WORD = re.compile(r"(?<![A-Za-z])(?=([a-z][a-z']*))")
_OF = re.compile(r"(?: of| 的)? $|的$")
_LONGEST_OF = 4
"""What may stand between an amount and its goods: 40 cases of Lolo."""
_EVERYDAY = frozenset({"一下", "一点", "一些", "一起"})
_WAYS_ON = ("去", "来")
"""Behind 过 these say where to, and not that it is done: 给他|发|过去."""
_PLAIN: frozenset[str] = frozenset()
_VERB = frozenset({"verb"})
"""What an unread stretch is tagged with that is a part of a verb of some change."""
_NAMED = frozenset({"named"})
"""What one is tagged with that is a part of a document's number."""


class Board:
    """All edges of one message. `base` are those of every intent, by start; phrases are asked for by intent.

    `kinds` are those of its entities. `kept` and `grounds` are what was found of an intent, and of several, by whoever
    asks the board, `made` the pieces of the edges that were gone along. `turns` are where words stand that turn a
    message round, `past` where words of two characters and more tell of something as done (拿了).
    """

    def __init__(
        self,
        text: Text,
        context: Context,
        lexicon: Lexicon,
        phrasebook: Phrasebook,
        names: Sequence[Name] | None = None,
    ) -> None:
        """The board of a text. `names` are its names, where somebody has looked for them already."""
        self.text, self.context, self.lexicon, self.phrasebook = text, context, lexicon, phrasebook
        self.chars = text.chars
        self.length = len(self.chars)
        self.entities: dict[int, list[Piece]] = defaultdict(list)
        self.entities_ending: dict[int, list[Piece]] = defaultdict(list)
        self.words: dict[int, list[tuple[int, Known]]] = defaultdict(list)
        self.words_ending: dict[int, list[tuple[int, Known]]] = defaultdict(list)
        self.turns: list[tuple[int, int]] = []
        self.past: list[tuple[int, int]] = []
        self.base: list[list[Edge]] = [[] for _ in self.chars]
        self._find_words()
        self.names = lexicon.names_in(self.chars) if names is None else names
        self._find_entities(self.names)
        self._base_edges()
        words, entities = (self.words, self.words_ending), (self.entities, self.entities_ending)
        self.matching = Matching(self.chars, words, entities, phrasebook.of_slots)
        self.kinds = self.matching.kinds
        self.kept: dict[Intent, Any] = {}
        self.grounds: dict[tuple[Set[Kind], int], Any] = {}
        self.made: dict[int, tuple[Piece, ...]] = {}

    def _find_words(self) -> None:
        for start, end, known in self.phrasebook.words_in(self.chars):
            if (known.past or known.turns) and known.surface[-1] == "过" and self.chars[end : end + 1] in _WAYS_ON:
                continue
            if end - start > 1 and self._counts(start):  # 8提|过来
                continue
            self.words[start].append((end, known))
            self.words_ending[end].append((start, known))
            if known.turns:
                self.turns.append((start, end))
            if end - start > 1 and known.past:
                self.past.append((start, end))

    def _entity(self, piece: Piece) -> None:
        self.entities[piece.start].append(piece)
        self.entities_ending[piece.end].append(piece)

    def _find_entities(self, names: Sequence[Name]) -> None:
        chars, lexicon = self.chars, self.lexicon
        places = {(name.start, name.end) for name in names if name.kind is NameKind.PLACE and name.how is How.EXACT}
        for name in names:
            # 西湖 is a place rather than a part of 西湖藕粉; of 2罐答青岛 the 罐 is no part of a misspelt name.
            part_of_place = name.kind is NameKind.PRODUCT and not name.whole and (name.start, name.end) in places
            if not part_of_place and not (
                name.meant
                and (
                    self._counts(name.start)
                    or _only_sounds(name)
                    or self._is_cut(name)
                    or (name.how is How.TYPO and _is_of_others(name, names))
                )
            ):
                self._entity(_named(name))
        prices = prices_in(chars)
        money = {(start, end) for start, end, price in prices if len(price) > _LONGEST_COUNT}
        for start, end, amount in amounts_in(chars, lexicon.units_behind_numbers):
            if amount.bare and chars[start:end] in self.context.documents:
                continue
            strange = not all(map(lexicon.units.__contains__, amount.units))
            cost = (16 if (start, end) in money else 12 if strange else 10) + (
                3 if amount.about or amount.doubtful or chars[end - 1] == "两" else 0
            )
            self._entity(Piece(Kind.AMOUNT, start, end, chars[start:end], cost, amount=amount))
        for start, end, period in self._periods(places):
            self._entity(Piece(Kind.PERIOD, start, end, chars[start:end], 8, value=period.iso()))
        for start, end, price in prices:
            self._entity(Piece(Kind.PRICE, start, end, chars[start:end], value=price))
        for start, end, digits in barcodes_in(chars):
            if any(piece.kind is Kind.PRODUCT and piece.end == end for piece in self.entities.get(start, ())):
                continue
            self._entity(Piece(Kind.BARCODE, start, end, chars[start:end], 11, value=digits))
        products = {name.start for name in names if name.kind is NameKind.PRODUCT and chars[name.start].isascii()}
        for start, end in times_in(chars):
            if not products.isdisjoint(range(start, end)):  # 1 Minute Maid
                continue
            self._entity(Piece(Kind.FILLER, start, end, chars[start:end], 8, tags=frozenset({"filler"})))
        for start, end in addressed_in(chars):
            turned = any(first < end and start < last for first, last in self.turns)  # 也许姐
            if not turned and not any(
                piece.start < end for at in range(start, end) for piece in self.entities.get(at, ())
            ):
                self._entity(Piece(Kind.FILLER, start, end, chars[start:end], 8, tags=frozenset({"filler"})))
        for start, end, number in papers_in(chars, self.context.documents):
            self._entity(Piece(Kind.DOCUMENT, start, end, chars[start:end], 8, value=number))
        for start, hits in self.words.items():
            for end, known in hits:
                for piece in self._places_meant(start, end, known) if known.places else ():
                    self._entity(piece)
        self._find_strangers(_STRANGE_WORDS.met(chars))

    def _find_strangers(self, met: Set[int]) -> None:
        """Names that the chain does not have; `met` are the groups of their words that are in the text."""
        chars = self.chars
        for match in _STRANGE_SUPPLIER.finditer(chars) if 0 in met else ():
            start, end = match.span(1 if match[1] else 2)
            if not any(piece.kind is Kind.SUPPLIER and piece.end == end for piece in self.entities_ending[end]):
                self._entity(Piece(Kind.SUPPLIER, start, end, chars[start:end], _STRANGE_COST))
        for match in _STRANGE_STORE.finditer(chars) if 1 in met else ():
            start, end = match.span()
            if not any(piece.kind is Kind.PLACE and piece.codes for piece in self.entities.get(start, ())):
                self._entity(Piece(Kind.PLACE, start, end, match[0], _STRANGE_COST * 3))
        for match in _STRANGE.finditer(chars) if 2 in met else ():
            ending = self.entities_ending.get(match.end(), ())
            if any(piece.kind is Kind.PLACE and piece.codes and not piece.read_as for piece in ending):
                continue  # 知道下沙仓
            for start in range(match.start(), match.end() - 1):
                cost = _STRANGE_COST * (match.end() - self._known_until(start, match.end()))
                self._entity(Piece(Kind.PLACE, start, match.end(), chars[start : match.end()], cost))

    def _is_cut(self, name: Name) -> bool:
        """Whether a misspelt name ends within an everyday word: 舞一|下 is not 五一."""
        return self.chars[name.end - 1 : name.end + 1] in _EVERYDAY

    def _counts(self, start: int) -> bool:
        """Whether a unit of one character stands behind a number here; the g of 17 good is none."""
        if start == 0 or self.chars[start].isascii() or self.chars[start] not in self.lexicon.units:
            return False
        before = start - (self.chars[start - 1] == " ")
        return before > 0 and self.chars[before - 1] in NUMERALS

    def _periods(self, places: Iterable[tuple[int, int]]) -> list[Found]:
        """Every period; beside one that takes a part of a place's name also the shorter one (下周|二七店)."""
        found = periods_in(self.chars, self.context.today)
        cut = {first for first, _ in places for start, end, _ in found if start < first < end}
        shorter = (one for first in cut for one in periods_in(self.chars[:first], self.context.today))
        return [*found, *(one for one in shorter if one not in found and one[1] in cut)]

    def _known_until(self, start: int, end: int) -> int:
        """Where a place that the chain has ends, of which the name of one that it has not begins with (滨江三店)."""
        known = (piece.end for piece in self.entities.get(start, ()) if piece.kind is Kind.PLACE and piece.codes)
        return max((stop for stop in known if stop < end), default=start)

    def _places_meant(self, start: int, end: int, known: Known) -> Iterator[Piece]:
        """Words for the writer's own place, for a warehouse without a name, and for all places."""
        home, beside = self.context.home, start - (self.chars[start - 1 : start] == " " and start > 0)
        codes = {"home": (home,) if home else (), "warehouse": self.lexicon.warehouses, "everywhere": ("*",)}
        for name in known.places:
            if name == "warehouse" and (
                before := [
                    one for one in self.entities_ending.get(beside, ()) if set(one.codes) & set(self.lexicon.warehouses)
                ]
            ):
                for place in before:  # 空港仓, where the place is called 空港
                    yield replace(place, end=end, text=self.chars[place.start : end])
            else:
                yield Piece(Kind.PLACE, start, end, known.surface, tags=frozenset({name}), codes=codes[name])

    def _base_edges(self) -> None:
        base = self.base
        verbs, papers = set[int](), set[int]()
        for start, pieces in self.entities.items():
            for piece in pieces:
                base[start].append((piece.end, piece.cost, 0, False, piece.kind, (piece,)))
                if piece.kind is Kind.DOCUMENT:
                    papers.update(range(start, piece.end))
        for start, edge in sized(self.chars, self.entities, self.lexicon):
            base[start].append(edge)
        for start, edge in packaged(self.chars, self.entities, self.lexicon):
            base[start].append(edge)
        for start, hits in self.words.items():
            for end, known in hits:
                for kind, cost, tags in known.listed:
                    if kind is Kind.FILLER and self._is_goods(start, end):
                        continue
                    base[start].append((end, cost, 0, False, kind, Stretch(kind, start, end, cost, tags)))
                if known.verb:
                    verbs.update(range(start, end))
        for code in _CODE.finditer(self.chars):  # no product's: SKU99999
            start, end = code.span()
            tags = _NAMED if start in papers else _PLAIN
            base[start].append((end, UNREAD_COST, 0, False, Kind.UNREAD, Stretch(Kind.UNREAD, start, end, tags=tags)))
        self._unread_edges(verbs, papers)

    def _is_goods(self, start: int, end: int) -> bool:
        """Whether an everyday word is the name of goods here (粉丝), or a part of one beside an amount."""
        named = [one.name for one in self.entities.get(start, ()) if one.end == end and one.kind is Kind.PRODUCT]
        exact = [name for name in named if name and name.how is How.EXACT]
        if not exact or any(name.whole for name in exact):
            return bool(exact)
        before, behind = start, end + (self.chars[end : end + 1] == " ")
        if joined := _OF.search(self.chars, max(start - _LONGEST_OF, 0), start):
            before = joined.start()
        beside = (*self.entities_ending.get(before, ()), *self.entities.get(behind, ()))
        return any(piece.kind is Kind.AMOUNT for piece in beside)

    def _unread_edges(self, verbs: Set[int], papers: Set[int]) -> None:
        """What stays unread: a Latin word, or a character; one inside a Latin word only where something ends before it.

        No way leads to the other letters of a word.
        """
        base, unread = self.base, Kind.UNREAD
        words = {match.start(): match.end(1) for match in _LATIN_WORD.finditer(self.chars)}
        reached = {edge[0] for edges in base for edge in edges} if words else set[int]()
        reached.update(self.words_ending, self.entities_ending)
        unreached = 0  # up to here no way leads to the letters
        for start, char in enumerate(self.chars):
            if start < unreached and start not in reached:
                continue
            if char == " ":
                base[start].append((start + 1, 0, 0, False, None, ()))
                continue
            unreached = end = words.get(start, start + 1)
            tags = _VERB if start in verbs else _NAMED if start in papers else _PLAIN
            base[start].append((end, UNREAD_COST, 0, False, unread, Stretch(unread, start, end, 10, tags)))


def _only_sounds(name: Name) -> bool:
    """Whether what is taken for a place has no right character: 橙夕 for 城西."""
    return name.kind is NameKind.PLACE and name.how is How.HOMOPHONE and set(name.said).isdisjoint(name.meant)


def _is_of_others(name: Name, names: Sequence[Name]) -> bool:
    """Whether the wrong character of a misspelt name is right in a word of other goods: 大红茶 is perhaps no 大红袍."""
    if len(name.said) != len(name.meant) or name.said.isascii():
        return False
    wrong = {name.start + at for at, (one, other) in enumerate(zip(name.said, name.meant, strict=True)) if one != other}
    return any(
        other.kind is name.kind is NameKind.PRODUCT
        and other.how is How.EXACT
        and name.start <= other.start
        and other.end <= name.end
        and not wrong.isdisjoint(range(other.start, other.end))
        and set(name.whole).isdisjoint(other.part or other.whole)
        for other in names
    )


def _named(name: Name) -> Piece:
    cost = 10 + _HOW_COST[name.how]
    if name.kind is NameKind.PRODUCT and not name.whole:
        cost += 1
    elif name.kind is NameKind.PRODUCT and name.said.isdigit():
        cost -= 1  # 555 is rather a name than a number that is not counted
    meant = name.meant if name.how is not How.EXACT else ""
    codes = () if name.kind is NameKind.PRODUCT else name.whole
    text = name.said
    return Piece(_NAME_KINDS[name.kind], name.start, name.end, text, cost, name=name, codes=codes, read_as=meant)
