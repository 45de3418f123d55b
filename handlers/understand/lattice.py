"""The best ways through a message for one intent: fewest unread words, then fewest pieces, the longest words first."""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence, Set
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
        naming: Container[str],
        avoids: Set[Kind] = frozenset(),
        bare: int = 0,
        headless: bool = False,
    ) -> None:
        """Said with the phrases of `names`. Those of `naming` name the intent, which only a `headless` way lacks.

        No piece is of a kind in `avoids`; `bare` is what a place without a role costs more than one that has one.
        """
        # Not the board, which keeps this: in a circle both would wait for the collector.
        self._chars, self._made, self._headless = board.chars, board.made, headless
        ground = _ground_of(board, avoids & board.kinds, bare if Kind.PLACE in board.kinds else 0)
        said = [(board.matching.phrases(name), name in naming) for name in names]
        self._edges, with_head, onward = _with_phrases(ground, said)
        self._to_go = (onward if headless else with_head, onward)  # without a head so far, and with one
        self.cost = self._to_go[0][0]

    def ways(self, most: int, nearly: int = 0) -> list[Way]:
        """The `most` best of them that cost at most `nearly` more than the best, apart by head at each node."""
        bound, edges, to_go = self.cost + nearly, self._edges, self._to_go
        if bound >= FAR:
            return []
        named = to_go[True]
        nodes: dict[int, list[_Step]] = {0: [(0, False, 0, -1, 0, ())]}
        for start, leaving in enumerate(edges):
            here = nodes.get(start)
            if not here:
                continue
            so_far = here[0][0]
            for edge in leaving:
                end, edge_cost = edge[0], edge[1]
                if so_far + edge_cost + named[end] > bound:
                    continue  # most edges lead nowhere
                _, _, edge_weight, names, _, source = edge
                there = nodes.get(end)
                if there is None:
                    there = nodes[end] = []
                for rank, (cost, head, weight, _, _, _) in enumerate(here):
                    if cost + edge_cost + to_go[head or names][end] <= bound:
                        step = (cost + edge_cost, head or names, weight + edge_weight, start, rank, source)
                        if there:
                            _keep(there, step, most)
                        else:
                            there.append(step)
        ends = [step for step in nodes.get(len(self._chars), ()) if step[1] or self._headless]
        return [self._way(nodes, step) for step in ends[:most]]

    def between(self, first: int, last: int) -> int:
        """What the best way from one place to another costs, with a head on it or without; `FAR` where none leads."""
        costs = {first: 0}
        for start in range(first, last):
            so_far = costs.get(start)
            if so_far is not None:
                for end, cost, *_ in self._edges[start]:
                    if so_far + cost < costs.get(end, FAR):
                        costs[end] = so_far + cost
        return costs.get(last, FAR)

    def _way(self, nodes: Mapping[int, Sequence[_Step]], step: _Step) -> Way:
        """The way that ends with a step; the pieces of its edges are made once, whichever ways they are on."""
        sources: list[Source] = []
        cost, head, weight, before, rank, source = step
        while before >= 0:
            sources.append(source)
            _, _, _, before, rank, source = nodes[before][rank]
        pieces: list[Piece] = []
        for source in reversed(sources):
            made = self._made.get(id(source))
            if made is None:
                made = self._made[id(source)] = pieces_of(source, self._chars)
            pieces += made
        return Way(cost, tuple(pieces), head, weight)


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
        names, bare = (frame.heads[0], *frame.groups), _BARE_COST if frame.named_by else 0
        kept[frame.intent] = Routes(board, names, naming=frame.heads, avoids=frame.avoids, bare=bare)
    return kept[frame.intent]


class _Ground(NamedTuple):
    """The edges of every intent that treats names alike, by their starts, and what the best way costs from there.

    Some begin where no way leads, inside a Latin word; they do no harm.
    """

    edges: list[Sequence[Edge]]
    onward: list[int]


def _ground_of(board: Board, avoided: Set[Kind], dearer: int) -> _Ground:
    """The ground of a board without some kinds, a place without a role so much dearer; intents share it."""
    kept: dict[tuple[Set[Kind], int], _Ground] = board.grounds
    key = (avoided, dearer)
    if key not in kept:
        plain = kept[frozenset(), 0] if kept else _plain_ground(board)
        kept.setdefault((frozenset(), 0), plain)
        if avoided or dearer:
            kept[key] = _changed(plain, board, avoided, dearer)
    return kept[key]


def _plain_ground(board: Board) -> _Ground:
    ground = _Ground([*board.base, ()], [*[FAR] * board.length, 0])
    _go_back(ground.edges, range(board.length - 1, -1, -1), ground.onward)
    return ground


def _changed(plain: _Ground, board: Board, avoided: Set[Kind], dearer: int) -> _Ground:
    """The ground where some of the names are avoided or cost more."""
    edges, changed = plain.edges.copy(), {*avoided, Kind.PLACE} if dearer else avoided
    starts = {piece.start for pieces in board.entities.values() for piece in pieces if piece.kind in changed}
    for start in starts:
        edges[start] = [
            (edge[0], edge[1] + dearer, *edge[2:]) if edge[4] is Kind.PLACE else edge
            for edge in edges[start]
            if edge[4] not in avoided
        ]
    ground = _Ground(edges, plain.onward.copy())
    _go_back(edges, range(max(starts, default=-1), -1, -1), ground.onward)
    return ground


def _with_phrases(
    ground: _Ground, said: Sequence[tuple[Mapping[int, Sequence[Edge]], bool]]
) -> tuple[list[Sequence[Edge]], list[int], list[int]]:
    """All edges by their starts, and what the best way from each costs: with a head on it, and with or without one.

    A head is kept only of phrases that name the intent.
    """
    edges, onward = ground.edges.copy(), ground.onward.copy()
    last = last_head = -1
    for phrases, heads in said:
        for start, more in phrases.items():
            edges[start] = [*edges[start], *(more if heads else map(_headless, more))]
            last = max(last, start)
            last_head = max(last_head, start) if heads else last_head
    _go_back(edges, range(last, last_head, -1), onward)
    with_head = [FAR] * len(edges)
    _go_back_naming(edges, last_head, with_head, onward)
    return edges, with_head, onward


def _headless(edge: Edge) -> Edge:
    end, cost, weight, head, kind, source = edge
    return (end, cost, weight, False, kind, source) if head else edge


def _go_back(edges: Sequence[Sequence[Edge]], starts: Sequence[int], onward: list[int]) -> None:
    """Find what the best way costs from each of these starts; behind them it is known already."""
    for start in starts:
        best = FAR
        for edge in edges[start]:
            cost = edge[1] + onward[edge[0]]
            best = cost if cost < best else best
        onward[start] = best


def _go_back_naming(edges: Sequence[Sequence[Edge]], last: int, with_head: list[int], onward: list[int]) -> None:
    """The same from each start up to the last that has a head, and what the best way with a head on it costs."""
    for start in range(last, -1, -1):
        best_head = best = FAR
        for end, cost, _, head, _, _ in edges[start]:
            without = cost + onward[end]
            named = without if head else cost + with_head[end]
            best = without if without < best else best
            best_head = named if named < best_head else best_head
        with_head[start], onward[start] = best_head, best


def _keep(there: list[_Step], step: _Step, most: int) -> None:
    """Keep a step to a node, of those with a head and of those without one the best `most`."""
    cost, head = step[:2]
    if len(there) >= most:
        alike = [place for place, one in enumerate(there) if one[1] is head]
        if len(alike) >= most:
            if cost >= there[alike[-1]][0]:
                return
            del there[alike[-1]]
    at = len(there)
    while at and cost < there[at - 1][0]:
        at -= 1
    there.insert(at, step)
