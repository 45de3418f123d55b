"""What the benches share: percentiles, medians with their spread, and how loaded the machine was."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
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


@contextmanager
def each_on_one_core() -> Iterator[Callable[[int], None]]:
    """A way to have all threads of this process on one core for a round of this number, on the next one for the next.

    What is measured in turn runs on threads of its own: on a shared machine one of them may have a core to itself for a
    while, and the other share one. Where the system knows no such wish, nothing happens.
    """
    if not hasattr(os, "sched_setaffinity"):
        yield lambda number: None
        return
    cores = sorted(os.sched_getaffinity(0))
    try:
        yield lambda number: _stay_on({cores[number % len(cores)]})
    finally:
        _stay_on(set(cores))


def _stay_on(cores: set[int]) -> None:
    for thread in threading.enumerate():
        if thread.native_id is not None:
            os.sched_setaffinity(thread.native_id, cores)
