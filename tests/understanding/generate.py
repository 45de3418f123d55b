"""Prints what generated messages come to, by what was done to them.

`python -m tests.understanding.generate --count N --seed S [--show] [--phrases]`
"""

from __future__ import annotations

import argparse
import sys
from collections import defaultdict
from collections.abc import Iterable
from time import perf_counter

from tests.understanding.generator import stream
from tests.understanding.judging import Outcome, outcome


def main() -> None:
    """Generate, read, judge, print."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--count", type=int, default=3000)
    options.add_argument("--seed", type=int, default=1)
    options.add_argument(
        "--show", action="store_true", help="print each message that is dangerous or became another change"
    )
    options.add_argument("--phrases", action="store_true", help="only messages of the phrase list")
    asked_for = options.parse_args()
    began = perf_counter()
    found = [outcome(case) for case in stream(asked_for.seed, asked_for.count, phrases_only=asked_for.phrases)]
    took = perf_counter() - began
    if asked_for.show:
        for one in found:
            if one.dangerous or one.became_another:
                sys.stdout.write(f"{one}\n\n")
    lines = (*table(found), f"{len(found)} messages in {took:.1f} s")
    sys.stdout.write("\n".join(lines) + "\n")


def table(found: Iterable[Outcome]) -> Iterable[str]:
    """A line for each kind and each change: how many, right, asked, dangerous, and left as they were."""
    groups: dict[str, list[Outcome]] = defaultdict(list)
    for one in found:
        for name in ("all", f"kind {one.case.kind}", *dict.fromkeys(one.case.draft.changes)):
            groups[name].append(one)
    yield f"{'':18s}{'n':>8s}{'right':>8s}{'asked':>8s}{'danger':>8s}{'compared':>10s}{'unchanged':>10s}"
    for name, group in groups.items():
        compared = [one.unchanged for one in group if one.unchanged is not None]
        kept = f"{sum(compared) / len(compared):.1%}" if compared else ""
        yield (
            f"{name:18s}{len(group):8d}{sum(one.right for one in group) / len(group):8.1%}"
            f"{sum(one.asked for one in group) / len(group):8.1%}{sum(bool(one.dangerous) for one in group):8d}"
            f"{len(compared):10d}{kept:>10s}"
        )


if __name__ == "__main__":
    main()
