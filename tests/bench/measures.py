"""What the benches share: percentiles, medians with their spread, and how loaded the machine was."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil
from statistics import median


def percentile(ordered: Sequence[float], percent: float) -> float:
    """The smallest of these, sorted, that so many percent of them do not exceed; 0 of none."""
    return ordered[max(0, ceil(len(ordered) * percent / 100) - 1)] if ordered else 0.0


@dataclass(frozen=True, slots=True)
class Spread:
    """The median of some rounds, and the least and most of them: on a shared machine one round says little."""

    middle: float
    least: float
    most: float

    @staticmethod
    def of(rounds: Sequence[float]) -> Spread:
        """Of at least one round."""
        return Spread(median(rounds), min(rounds), max(rounds))

    def __str__(self) -> str:
        """As a table shows it."""
        return f"{self.middle:.0f} ({self.least:.0f}-{self.most:.0f})"


def loaded() -> str:
    """How loaded the machine is, in a sentence: a figure means little without it."""
    cores = os.cpu_count() or 1
    return f"{cores} cores, load {load_average():.2f} over the last minute"


def load_average() -> float:
    """How many programs wanted to run, on average over the last minute; 0 where the system does not say."""
    return os.getloadavg()[0] if hasattr(os, "getloadavg") else 0.0
