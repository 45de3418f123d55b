"""The best ways through a message for one intent: fewest unread words, then fewest pieces, the longest words first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from typing import NamedTuple

from handlers.understand.board import Board
from handlers.understand.frames import Frame
from handlers.understand.pieces import Edge, Kind, Piece, Source, pieces_of
from handlers.understand.reading import Intent

_BARE_COST = 4
FAR = 10**9
_Step = tuple[int, bool, int, int, int, Source]
"""How a node is reached: cost, whether with a head, weight; the node before, its rank there, and what lies between."""


class Way(NamedTuple):
    """One way through a message: its cost, its pieces in order, and whether a phrase on it names the intent."""

    cost: int
    pieces: tuple[Piece, ...]
    head: bool
    weight: int


class Routes:
    """All ways through a message for one intent, before any of them is written out. `cost` is the best one's."""

    def __init__(
        self,
        board: Board,
        names: Sequence[str],
        *,
        naming: Set[str],
        avoids: Set[Kind] = frozenset(),
        bare: int = 0,
        headless: bool = False,
    ) -> None:
        """Said with the phrases of `names`. Those of `naming` name the intent, which only a `headless` way lacks.

        No piece is of a kind in `avoids`; `bare` is what a place without a role costs more than one that has one.
        """
        self._board, self._headless = board, headless
        self._edges = _edges(board, [(board.matching.phrases(name), name in naming) for name in names], avoids, bare)
        with_head, onward = _to_go(self._edges)
        self._to_go = (onward if headless else with_head, onward)  # without a head so far, and with one
        self.cost = self._to_go[0][0]

    def ways(self, most: int, nearly: int = 0) -> list[Way]:
        """The `most` best of them that cost at most `nearly` more than the best, apart by head at each node."""
        bound, edges, (unnamed, named) = self.cost + nearly, self._edges, self._to_go
        if bound >= FAR:
            return []
        nodes: list[list[_Step]] = [[] for _ in range(len(edges) + 1)]
        nodes[0] = [(0, False, 0, -1, 0, ())]
        for start, leaving in enumerate(edges):
            if here := nodes[start]:
                so_far = here[0][0]
                for edge in leaving:
                    end = edge[0]
                    if so_far + edge[1] + named[end] <= bound:  # most edges lead nowhere
                        _reach(nodes[end], here, start, edge, most, (bound - unnamed[end], bound - named[end]))
        ends = [step for step in nodes[-1] if step[1] or self._headless]
        return [_way(self._board, nodes, step) for step in ends[:most]]


def ways(
    board: Board,
    intent: str,
    groups: Sequence[str],
    most: int,
    *,
    avoids: Set[Kind] = frozenset(),
    headless: bool = False,
) -> list[Way]:
    """The best ways of an intent that is said with its own phrases and those of `groups`."""
    return Routes(board, (intent, *groups), naming={intent}, avoids=avoids, headless=headless).ways(most)


def routes_of(board: Board, frame: Frame) -> Routes:
    """All ways of an intent by itself; a board keeps them, for they are asked for again."""
    kept: dict[Intent, Routes] = board.kept
    if frame.intent not in kept:
        names, naming = (frame.intent.value, *frame.groups), {frame.intent.value, *frame.named_by}
        bare = _BARE_COST if frame.named_by else 0
        kept[frame.intent] = Routes(board, names, naming=naming, avoids=frame.avoids, bare=bare)
    return kept[frame.intent]


def _edges(
    board: Board, said: Sequence[tuple[Mapping[int, Sequence[Edge]], bool]], avoids: Set[Kind], bare: int
) -> list[Sequence[Edge]]:
    """The edges by their starts, of those only that can be reached; a head is kept only of phrases that name it."""
    avoided = avoids & board.kinds
    dearer = bare if Kind.PLACE in board.kinds else 0
    found: list[Sequence[Edge]] = [()] * board.length
    reached = bytearray(board.length + 1)
    reached[0] = 1
    for start, base in enumerate(board.base):
        if not reached[start]:
            continue
        edges: Sequence[Edge] = base
        if avoided and start in board.entities:
            edges = [edge for edge in edges if edge[4] not in avoided]
        if dearer and start in board.entities:
            edges = [(edge[0], edge[1] + dearer, *edge[2:]) if edge[4] is Kind.PLACE else edge for edge in edges]
        for phrases, heads in said:
            if more := phrases.get(start):
                edges = [*edges, *(more if heads else (_headless(edge) for edge in more))]
        for edge in edges:
            reached[edge[0]] = 1
        found[start] = edges
    return found


def _headless(edge: Edge) -> Edge:
    end, cost, weight, head, kind, source = edge
    return (end, cost, weight, False, kind, source) if head else edge


def _to_go(edges: Sequence[Sequence[Edge]]) -> tuple[list[int], list[int]]:
    """What the best way from each node to the end costs: with a head on it, and with or without one."""
    with_head, onward = [FAR] * (len(edges) + 1), [FAR] * (len(edges) + 1)
    onward[-1] = 0
    for start in range(len(edges) - 1, -1, -1):
        best_head = best = FAR
        for end, cost, _, head, _, _ in edges[start]:
            without = cost + onward[end]
            named = without if head else cost + with_head[end]
            best = without if without < best else best
            best_head = named if named < best_head else best_head
        with_head[start], onward[start] = best_head, best
    return with_head, onward


def _reach(
    there: list[_Step], here: Sequence[_Step], start: int, edge: Edge, most: int, bounds: tuple[int, int]
) -> None:
    """Go on from the steps of one node along an edge, and keep the best `most` with and without head where it ends.

    `bounds` are what a step may have cost by then, without and with a head, to lead to a way that counts.
    """
    _, edge_cost, edge_weight, names, _, source = edge
    for rank, (cost_so_far, heads, weight, _, _, _) in enumerate(here):
        cost, head = cost_so_far + edge_cost, heads or names
        if cost > bounds[head]:
            continue
        count, worst = 0, -1
        for at, one in enumerate(there):
            if one[1] is head:
                count, worst = count + 1, at
        if count >= most:
            if cost >= there[worst][0]:
                continue
            del there[worst]
        at = len(there)
        while at and cost < there[at - 1][0]:
            at -= 1
        there.insert(at, (cost, head, weight + edge_weight, start, rank, source))


def _way(board: Board, nodes: Sequence[Sequence[_Step]], step: _Step) -> Way:
    sources: list[Source] = []
    cost, head, weight, before, rank, source = step
    while before >= 0:
        sources.append(source)
        _, _, _, before, rank, source = nodes[before][rank]
    pieces: list[Piece] = []
    for source in reversed(sources):
        made = board.made.get(id(source))
        if made is None:
            made = board.made[id(source)] = pieces_of(source, board.chars)
        pieces += made
    return Way(cost, tuple(pieces), head, weight)
