"""Finds the phrases of the book in a message: where their words and slots stand side by side, fillers between them."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from handlers.understand.numbers import NUMERALS
from handlers.understand.phrases.index import Known, Line, Step
from handlers.understand.pieces import Edge, Kind, Part, Piece, Said

_PHRASE_COST = 9  # a phrase explains its words a little better than a list does
_WEAK_COST = 8  # what a weak phrase costs more than another
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
        self._there = {f"{{{kind}}}" for kind in self.kinds}
        self._there.update(*(known.keys for hits in self._words.values() for _, known in hits))
        self._gaps_at: tuple[dict[int, list[int]], dict[int, list[int]]] = ({}, {})
        self._onward_at: dict[tuple[int, Step], list[Part]] = {}
        self._backward_at: dict[tuple[int, Step], list[Part]] = {}
        self._of_slots = of_slots
        self._anchors = [(start, end, known) for start, hits in words[0].items() for end, known in hits if known.lines]
        self._found: dict[str, dict[int, list[Edge]]] = {}
        self.naming = self._named()  # of these some phrase may name, if its parts stand side by side

    def names(self, of: str) -> bool:
        """Whether a phrase of an intent or of a group names it; looked for when asked, as no message asks of all."""
        return of in self.naming and any(edge[3] for edges in self.phrases(of).values() for edge in edges)

    def phrases(self, of: str) -> Mapping[int, Sequence[Edge]]:
        """The edges of the phrases of an intent or of a group, by their starts; they are looked for when asked."""
        found = self._found.get(of)
        if found is None:
            found = self._found[of] = defaultdict(list)
            there = self._there
            for start, end, known in self._anchors:
                for line in known.lines.get(of, ()):
                    if line.needs <= there:
                        self._match(found, line, start, end)
            slots = self._of_slots.get(of, {})
            for piece in (piece for pieces in self._entities.values() for piece in pieces) if slots else ():
                for line in slots.get(piece.kind, ()):
                    said = Said(line.phrase.id, line.phrase.tags, (), piece, ())
                    found[piece.start].append((piece.end, piece.cost - 1, 0, False, None, said))
        return found

    def _named(self) -> set[str]:
        """What the phrases may name of which every part is somewhere in the message."""
        there = self._there
        naming: set[str] = set()
        naming.update(*[known.names for _, _, known in self._anchors])
        for heads in [known.heads for _, _, known in self._anchors if known.heads]:
            for key in heads.keys() & there:
                for of, needs in heads[key]:
                    if of not in naming and needs <= there:
                        naming.add(of)
        return naming

    def _match(self, found: dict[int, list[Edge]], line: Line, start: int, end: int) -> None:
        behind = self._onward(line.onward, 0, end) if line.onward else [(end, ())]
        ahead = self._backward(line.backward, 0, start) if line.backward and behind else [(start, ())]
        if not (ahead and behind):
            return
        phrase, size = line.phrase, end - start
        cost = _PHRASE_COST + (_WEAK_COST if phrase.weak else 0) - bool(phrase.tags)  # one with a value says more
        for first, before in ahead:
            for last, after in behind:
                more, weight = _cost_and_weight(before, after) if before or after else (0, 0)
                said = Said(phrase.id, line.tags, before, (start, end), after)
                found[first].append((last, cost + more, weight + size, line.head, None, said))

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
                    found += [(at, end, None, "") for end, known in self._words.get(at, ()) if step.key in known.keys]
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
                    found += [(start, at, None, "") for start, known in hits if step.key in known.keys]
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

    def _gaps(self, at: int, step: int) -> list[int]:
        """Where a phrase may go on: here, behind a blank, behind a few fillers."""
        known = self._gaps_at[step < 0]
        if at not in known:
            known[at] = self._reached(at, step, self._words_ending if step < 0 else self._words)
        return known[at]

    def _reached(self, at: int, step: int, words: Words) -> list[int]:
        chars, size = self._chars, len(self._chars)
        reached, fresh = [at], [(at, 0)]
        while fresh:
            here, skipped = fresh.pop()
            beside = here if step > 0 else here - 1
            ways = [(here + step, skipped)] if 0 <= beside < size and chars[beside] == " " else []
            if skipped < _MOST_FILLERS:
                fillers = [there for there, known in words.get(here, ()) if known.filler]
                ways += [(there, skipped + 1) for there in fillers if self._passed(min(here, there))]
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
