"""One family of names, products or the closed ones, and the ways in which people miss them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice, pairwise, product

from handlers.understand.names.alike import Alike
from handlers.understand.names.forms import END
from handlers.understand.names.misspelt import Misspelt
from handlers.understand.names.name import How
from handlers.understand.names.runs import Runs, Walk
from handlers.understand.names.slips import Slips
from handlers.understand.names.sounds import splits
from handlers.understand.names.unread import LatinRun, Unread

_BY_SOUND, _BY_LETTERS = 3, 2  # so many syllables a part of a name has to have
_MOST_WORDS, _MOST_READ, _MOST_SPLITS = 3, 10, 2
Guess = tuple[How, int, int, str]
"""How, where in the form of the text, and the form of the name that is meant."""


@dataclass(frozen=True, slots=True)
class Family:
    """The names. `parts` says whether a part of a name names something."""

    runs: Runs
    alike: Alike
    slips: Slips
    misspelt: Misspelt
    parts: bool

    def guesses(self, unread: Unread, walks: Mapping[int, Walk], units: frozenset[str]) -> Iterator[Guess]:
        """What may be meant by what no name is: by its sound first, then by its letters.

        `walks` are the runs that each stretch of the form shares with these names.
        """
        begun = [at for at in unread.starts if self.alike.begins(unread.blurry[at : at + 2])]
        for start in begun:
            odd, stop = unread.starts[start]
            for found in self.alike.from_start(unread, start, odd, stop, _BY_SOUND if self.parts else None):
                yield How.HOMOPHONE, start, start + found.size, found.meant
        for run in unread.latin:
            yield from self._by_pinyin(run)
            yield from self._by_letters(run)
        for (start, end), meant in self.slips.names_in(unread, walks, units).items():
            yield How.TYPO, start, end, meant

    def _by_pinyin(self, run: LatinRun) -> Iterator[Guess]:
        """The names of which the syllables are written in Latin letters, in any number of words."""
        readings = [splits(word)[:_MOST_SPLITS] for word in run.words]
        for first in range(len(run.words)):
            most = min(first + _MOST_READ, len(readings))
            last = next((at for at in range(first, most) if not readings[at]), most)
            if any(run.open[first:last]):
                for way in islice(product(*readings[first:last]), _MOST_SPLITS):
                    yield from self._read(run, first, way)

    def _read(self, run: LatinRun, first: int, way: Sequence[str]) -> Iterator[Guess]:
        ends, at = {}, 0
        for number, syllables in enumerate(way, start=first):
            at += len(syllables)
            ends[at] = number
        opened = next(at for at, number in ends.items() if run.open[number])
        for found in self.alike.spelt_out("".join(way), list(ends), opened, _BY_LETTERS if self.parts else None):
            yield How.PINYIN, run.spans[first][0], run.spans[ends[found.size]][1], found.meant

    def _by_letters(self, run: LatinRun) -> Iterator[Guess]:
        """The names that neighbouring words nearly are: each unknown word put right, or joined with its neighbour."""
        right: dict[int, str] = {}
        joined: set[int] = set()
        strange = [one and not known for one, known in zip(run.open, run.known, strict=True)]
        for number, word in enumerate(run.words):
            if not strange[number]:
                continue
            if (near := self.misspelt.nearest(word)) is not None:
                right[number] = near
            else:
                joined.update((number - 1, number))
        for first in sorted(joined.intersection(range(len(run.words) - 1))):
            if not any(run.closed[first : first + 2]):
                near = self.misspelt.nearest("".join(run.words[first : first + 2]))
                if near is not None and self._is_named(near):
                    yield How.TYPO, run.spans[first][0], run.spans[first + 1][1], near
        for number in right:
            yield from self._around(run, right, number)

    def _around(self, run: LatinRun, right: Mapping[int, str], number: int) -> Iterator[Guess]:
        """The name that a word put right makes with the words beside it: the longest that there is."""
        words = [right.get(at, word + END) for at, word in enumerate(run.words)]
        for size in range(_MOST_WORDS, 0, -1):
            for first in range(max(0, number - size + 1), min(number, len(words) - size) + 1):
                meant = "".join(words[first : first + size])
                if self._is_named(meant):
                    yield How.TYPO, run.spans[first][0], run.spans[first + size - 1][1], meant
                    return

    def _is_named(self, form: str) -> bool:
        """Whether a form names something: a name, or a part of one where parts do."""
        found = self.runs.find(form)
        return found is not None and (self.parts or self.runs.whole(found[0], len(form)) is not None)


def joined_words(forms: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Every word of names and every two neighbouring ones, joined, with the form that they have."""
    for form in forms:
        words = [word for word in form.split(END) if word.isascii() and word.isalpha()]
        if form.isascii():
            yield from ((word, word + END) for word in words)
            yield from (
                (one + two, f"{one}{END}{two}{END}")
                for one, two in pairwise(words)
                if len(two) > 1 and f"{one}{END}{two}{END}" in form
            )
