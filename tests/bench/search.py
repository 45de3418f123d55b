"""Looks for the highest rate that a bot holds: up in steps, then between what was held and what was not."""

from __future__ import annotations

from math import inf, sqrt

from tests.bench.load import Step

LEAST_RATE = 5.0


class Search:
    """What is tried next. A rate that was not held is tried once more: on a shared machine once says little."""

    def __init__(self, held: float, *, least: float, factor: float = 1.5, fineness: float = 1.08) -> None:
        """Begins above `held`, a rate that was held before, or at `least` where none was.

        Ends when what failed is within `fineness` of what was held.
        """
        self.held, self.failed = held, inf
        self.not_made = False
        self._least, self._factor, self._fineness, self._tries = least, factor, fineness, 0

    @property
    def rate(self) -> float:
        """The rate to try."""
        if self.failed == inf:
            return self.held * self._factor or self._least
        return sqrt(self.held * self.failed) if self.held else self.failed / self._factor

    @property
    def done(self) -> bool:
        """Whether the rate is known, or is next to nothing."""
        return self.failed <= max(self.held * self._fineness, LEAST_RATE)

    def note(self, step: Step) -> None:
        """What came of the rate to try. Where the load itself came late, `not_made` says that it ended the search."""
        if step.held:
            self.held, self._tries = step.rate, 0
            return
        self._tries += 1
        if self._tries == 2:
            self.failed, self._tries = step.rate, 0
            self.not_made = not step.made
