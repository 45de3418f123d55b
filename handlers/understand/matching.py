"""Finds the phrases of the book in a message: where their words and slots stand side by side, fillers between them."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import reduce
from operator import or_

from handlers.understand.numbers import NUMERALS
from handlers.understand.phrases.index import SLOTS, Known, Line, Step
from handlers.understand.pieces import Edge, Kind, Part, Piece, Said

_STRANGE_COST = 500  # what Latin words cost that are taken for a place which the chain does not have
_MOST_FILLERS = 3  # between two parts of one phrase
_MOST_ENDS = 12  # ways that a phrase may go on from one word of it
_STRANGE_LATIN = re.compile(r"[a-z][a-z']*(?: [a-z][a-z']*)?(?: (?:store|shop|warehouse))?(?= ?(?:$|[,.;:!?\n]))")

Words = Mapping[int, Sequence[tuple[int, Known]]]
Entities = Mapping[int, Sequence[Piece]]
_Ends = list[tuple[int, tuple[Part, ...]]]


class Matching:
    """Looks for phrases in one message, of which words and entities are known by their starts and by their ends.

    What stands at a place is looked up once, however many phrases go through it.
    """

    def __init__(
        self,
        chars: str,
        words: tuple[Words, Words],
        entities: tuple[Entities, Entities],
        of_slots: Mapping[str, Mapping[str, Sequence[Line]]],
    ) -> None:
        """`of_slots` are the phrases that are nothing but one slot, by what they are of and by its kind."""
        self._chars = chars
        self._words, self._words_ending = words
        self._entities, self._entities_ending = entities
        self.kinds = {piece.kind for pieces in self._entities.values() for piece in pieces}
        self._there = reduce(or_, [SLOTS[kind] for kind in self.kinds], 0)
        self._anchors: list[tuple[int, int, Known]] = []
        self._fillers: defaultdict[int, list[int]] = defaultdict(list)
        self._fillers_ending: defaultdict[int, list[int]] = defaultdict(list)
        self._find_words()
        self._gaps_at: tuple[dict[int, list[int]], dict[int, list[int]]] = ({}, {})
        self._beside_at: tuple[dict[int, int], dict[int, int]] = ({}, {})
        self._onward_at: dict[tuple[int, Step], list[Part]] = {}
        self._backward_at: dict[tuple[int, Step], list[Part]] = {}
        self._of_slots = of_slots
        self._found: dict[str, dict[int, list[Edge]]] = {}
        self._longer: defaultdict[str, list[tuple[int, int, Line]]] = defaultdict(list)
        self.naming: set[str] = set()  # of these some phrase may name, if its parts stand side by side
        self._find_longer()

    def _find_words(self) -> None:
        """The bits of all words, and which of them phrases are looked for by, and which are fillers."""
        for start, hits in self._words.items():
            for end, known in hits:
                self._there |= known.keys
                if known.lines or known.asks:
                    self._anchors.append((start, end, known))
                if known.filler:
                    self._fillers[start].append(end)
                    self._fillers_ending[end].append(start)

    def names(self, of: str) -> bool:
        """Whether a phrase of an intent or of a group names it; looked for when asked, as no message asks of all."""
        return of in self.naming and any(edge[3] for edges in self.phrases(of).values() for edge in edges)

    def phrases(self, of: str) -> Mapping[int, Sequence[Edge]]:
        """The edges of the phrases of an intent or of a group, by their starts; they are looked for when asked."""
        found = self._found.get(of)
        if found is None:
            found = self._found[of] = defaultdict(list)
            lines = [
                (at, line.number, line)
                for at, (_, _, known) in enumerate(self._anchors)
                for line in known.lines.get(of, ())
            ]
            if longer := self._longer.get(of):
                lines = sorted([*lines, *longer])
            for at, _, line in lines:
                self._match(found, line, *self._anchors[at][:2])
            slots = self._of_slots.get(of, {})
            for piece in (piece for pieces in self._entities.values() for piece in pieces) if slots else ():
                for line in slots.get(piece.kind, ()):
                    said = Said(line.id, line.tags, (), piece, ())
                    found[piece.start].append((piece.end, piece.cost - 1, 0, False, None, said))
        return found

    def _find_longer(self) -> None:
        """The phrases of several words and slots of which every part is somewhere, and those beside an anchor are."""
        there, naming = self._there, self.naming
        for at, (start, end, known) in enumerate(self._anchors):
            naming |= known.names
            asked = known.asks & there
            while asked:
                rarest = asked.bit_length() - 1
                asked ^= 1 << rarest
                for line in known.longer[rarest]:
                    if (
                        line.needs & there == line.needs
                        and (not line.behind or line.behind & self._beside(end, 1))
                        and (not line.before or line.before & self._beside(start, -1))
                    ):
                        self._longer[line.of].append((at, line.number, line))
                        if line.head:
                            naming.add(line.of)

    def _match(self, found: dict[int, list[Edge]], line: Line, start: int, end: int) -> None:
        if not (line.onward or line.backward):  # as most are
            said = Said(line.id, line.tags, (), (start, end), ())
            found[start].append((end, line.cost, end - start, line.head, None, said))
            return
        behind = self._onward(line.onward, 0, end) if line.onward else [(end, ())]
        ahead = self._backward(line.backward, 0, start) if line.backward and behind else [(start, ())]
        if not (ahead and behind):
            return
        size = end - start
        for first, before in ahead:
            for last, after in behind:
                more, weight = _cost_and_weight(before, after) if before or after else (0, 0)
                said = Said(line.id, line.tags, before, (start, end), after)
                found[first].append((last, line.cost + more, weight + size, line.head, None, said))

    def _onward(self, steps: Sequence[Step], at: int, start: int) -> _Ends:
        """Where the steps from number `at` on end, each with its parts in order."""
        parts = self._behind(start, steps[at])
        if at + 1 == len(steps):
            return [(part[1], (part,)) for part in parts[:_MOST_ENDS]]
        found: _Ends = []
        for part in parts:
            found += [(stop, (part, *rest)) for stop, rest in self._onward(steps, at + 1, part[1])]
        return found[:_MOST_ENDS]

    def _backward(self, steps: Sequence[Step], at: int, end: int) -> _Ends:
        """Where the steps from number `at` on begin, each with its parts in the order said."""
        parts = self._before(end, steps[at])
        if at + 1 == len(steps):
            return [(part[0], (part,)) for part in parts[:_MOST_ENDS]]
        found: _Ends = []
        for part in parts:
            found += [(first, (*rest, part)) for first, rest in self._backward(steps, at + 1, part[0])]
        return found[:_MOST_ENDS]

    def _behind(self, start: int, step: Step) -> list[Part]:
        """Everything that a step can be behind a place, nearest first, behind fillers too."""
        key = (start, step)
        found = self._onward_at.get(key)
        if found is None:
            found = []
            for at in self._gaps(start, 1):
                if step.role == "from" and self._chars.endswith(" to ", start, at):
                    continue  # from store A please to Binjiang
                if step.kind:
                    parts = self._slot(at, step)
                    if at > start and self._chars[at - 1] != " ":  # 到火星店: no filler before it
                        parts = [part for part in parts if part[2] is None or not part[2].is_strange]
                    found += parts
                else:
                    found += [(at, end, None, "") for end, known in self._words.get(at, ()) if step.bit & known.keys]
            self._onward_at[key] = found
        return found

    def _before(self, end: int, step: Step) -> list[Part]:
        """Everything that a step can be before a place, nearest first."""
        key = (end, step)
        found = self._backward_at.get(key)
        if found is None:
            found = []
            for at in self._gaps(end, -1):
                if step.kind:
                    pieces = self._entities_ending.get(at, ())
                    found += [(one.start, at, one, step.role) for one in pieces if one.kind == step.kind]
                else:
                    hits = self._words_ending.get(at, ())
                    found += [(start, at, None, "") for start, known in hits if step.bit & known.keys]
            self._backward_at[key] = found
        return found

    def _slot(self, at: int, step: Step) -> list[Part]:
        pieces = self._entities.get(at, ())
        found: list[Part] = [(at, one.end, one, step.role) for one in pieces if one.kind == step.kind]
        # Latin words behind a marker that name no place: "to South Lake".
        if step.strange and not found and (match := _STRANGE_LATIN.match(self._chars, at)):
            end = match.end()
            if not any(stop >= end for stop, _ in self._words.get(at, ())):
                found = [(at, end, Piece(Kind.PLACE, at, end, match[0], _STRANGE_COST), step.role)]
        return found

    def _beside(self, at: int, step: int) -> int:
        """The bits of all that a phrase may go on with from a place."""
        known = self._beside_at[step < 0]
        if at not in known:
            words, entities = (self._words_ending, self._entities_ending) if step < 0 else (self._words, self._entities)
            bits = 0
            for there in self._gaps(at, step):
                for _, word in words.get(there, ()):
                    bits |= word.keys
                for piece in entities.get(there, ()):
                    bits |= SLOTS[piece.kind]
            known[at] = bits
        return known[at]

    def _gaps(self, at: int, step: int) -> list[int]:
        """Where a phrase may go on: here, behind a blank, behind a few fillers."""
        known = self._gaps_at[step < 0]
        if at not in known:
            known[at] = self._reached(at, step, self._fillers_ending if step < 0 else self._fillers)
        return known[at]

    def _reached(self, at: int, step: int, fillers: Mapping[int, Sequence[int]]) -> list[int]:
        chars, size = self._chars, len(self._chars)
        reached, fresh = [at], [(at, 0)]
        while fresh:
            here, skipped = fresh.pop()
            beside = here if step > 0 else here - 1
            ways = [(here + step, skipped)] if 0 <= beside < size and chars[beside] == " " else []
            if skipped < _MOST_FILLERS and here in fillers:
                ways += [(there, skipped + 1) for there in fillers[here] if self._passed(min(here, there))]
            for there, count in ways:
                if there not in reached:
                    reached.append(there)
                    fresh.append((there, count))
        return reached

    def _passed(self, start: int) -> bool:
        """Whether a filler may stand between the parts of a phrase; right behind a number it may be a unit: 10把."""
        return self._chars[start - 1 : start] not in NUMERALS


def _cost_and_weight(*sides: Iterable[Part]) -> tuple[int, int]:
    """What parts cost more than words do, and how many characters of them are words."""
    cost = weight = 0
    for parts in sides:
        for start, end, piece, _ in parts:
            if piece is None:
                weight += end - start
            else:
                cost += piece.cost - 10
    return cost, weight
