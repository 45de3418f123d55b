"""Amounts made of two that stand side by side: 2斤3两, 3箱零5瓶, and ranges and choices: 20-30, 5箱或6箱."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction

from handlers.understand.amount import Amount, Edge

_RANGE = re.compile(
    r" ?(?P<to>-+|~+|到|至|to(?![a-z])|thru|through|\.\.+) ?"
    r"| ?(?P<other>or(?![a-z])|或者?是?|还是|、|/) ?| (?P<both>and) "
)
_AND = re.compile(r"零|又| ?(?:and|plus)(?![a-z]) ?")
_BETWEEN = re.compile(r"(?<![a-z])(?:between|from) $")
_FINER: Mapping[tuple[str, str], Fraction] = {("kg", "克"): Fraction(1, 1000), ("斤", "两"): Fraction(1)}
"""What the second unit is worth in the first, where two make one weight. 两 are tenths of a 斤 already."""


def joined(chars: str, edges: Sequence[Edge]) -> list[Edge]:
    """Every amount that two of these make together."""
    return [(start, end, replace(amount, said=chars[start:end])) for start, end, amount in _joined(chars, edges)]


def _joined(chars: str, edges: Sequence[Edge]) -> Iterator[Edge]:
    by_start: Mapping[int, list[Edge]] = defaultdict(list)
    for edge in edges:
        by_start[edge[0]].append(edge)
    for first in edges if len(edges) > 1 else ():
        if first[2].rest:
            continue
        for second in by_start.get(first[1], ()):
            yield from _one_weight(chars, first, second)
        if first[1] == len(chars):
            continue
        if match := _RANGE.match(chars, first[1]):
            for second in by_start.get(match.end(), ()):
                yield from _range(chars, first, second, match)
        if match := _AND.match(chars, first[1]):
            for second in by_start.get(match.end(), ()):
                yield from _added(first, second)
                yield from _one_weight(chars, first, second)


def _one_weight(chars: str, first: Edge, second: Edge) -> Iterator[Edge]:
    """2斤3两 and 2kg500g as one amount of the larger unit."""
    (start, _, large), (_, end, small) = first, second
    if len(large.units) != 1 or len(small.units) != 1 or small.bare:
        return
    liang = small.units == ("斤",) and "两" in chars[second[0] : end]
    worth = _FINER.get((large.units[0], "两" if liang else small.units[0]))
    if worth is None or (liang and chars[first[1] - 1] in "两半"):
        return
    number = large.number + small.number * worth
    doubtful, about = large.doubtful or small.doubtful, large.about or small.about
    yield start, end, Amount(number, large.units, None, doubtful, about=about, part=large.part or small.part)


def _added(first: Edge, second: Edge) -> Iterator[Edge]:
    """The second of two amounts of unlike units, with the word between them: 3箱零5瓶."""
    if first[2].units and second[2].units and not set(first[2].units) & set(second[2].units):
        yield first[1], second[1], second[2]


def _range(chars: str, first: Edge, second: Edge, between: re.Match[str]) -> Iterator[Edge]:
    """20-30箱, 3箱半到4箱, 5 or 6: no exact amount. 发10箱到二七 is none, and neither is 雪碧500-20箱."""
    (start, _, low), (_, end, high) = first, second
    size = any(one.measure and not one.units for one in (low, high))
    code = chars[second[0]] in "零0" and len(high.said) > 1
    if size or code or (low.units and not high.units) or not (low.bare or low.units):
        return
    before = _BETWEEN.search(chars, max(start - 9, 0), start)
    if between["both"] and not (before and before[0].startswith("b")):
        return
    alike = not low.units or bool(set(low.units) & set(high.units))
    if between["to"] and alike and low.number >= high.number and not high.about:
        return
    if between["other"] in ("、", "/") and not (low.bare and low.number + 1 == high.number):
        return
    start = before.start() if before else start
    yield start, end, Amount(low.number, high.units, high.measure, bare=high.bare, about=True)
