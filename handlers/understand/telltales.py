"""Knows by a few words what a text may hold, so that patterns are tried only where one of them can match."""

from __future__ import annotations

from collections.abc import Iterable

import ahocorasick_rs


class Telltales:
    """Groups of words; a pattern belongs to a group when none of its matches lacks all words of the group."""

    def __init__(self, *groups: Iterable[str]) -> None:
        words = [(word, number) for number, group in enumerate(groups) for word in group]
        self._groups = [number for _, number in words]
        self._automaton = ahocorasick_rs.AhoCorasick([word for word, _ in words])

    def are_in(self, chars: str) -> bool:
        """Whether a text has a word of any group."""
        return bool(self._automaton.find_matches_as_indexes(chars))

    def met(self, chars: str) -> set[int]:
        """The numbers of the groups of which a text has a word."""
        return {self._groups[word] for word, _, _ in self._automaton.find_matches_as_indexes(chars, overlapping=True)}
