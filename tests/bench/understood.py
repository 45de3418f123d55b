"""A process of its own in which messages are understood: `python -m tests.bench.understood WHAT COUNT ROUNDS`.

WHAT is "world" (256 SKUs), "hassil", or "big": then the numbers of its SKUs and places follow. It ends with its figures
as one line of JSON. The collector stays on; the memory is that of the whole process.
"""

from __future__ import annotations

import json
import resource
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import cycle, islice
from statistics import fmean
from time import perf_counter, process_time, thread_time
from typing import Any

from bot.batch import Message, lexicon_of
from bot.world import World
from handlers.understand.names.lexicon import Lexicon
from handlers.understand.reading import Context
from handlers.understand.turns import following
from handlers.understand.understand import understand
from tests.bench.beside_hassil import catalogue, messages, rivals
from tests.bench.measures import Spread, percentile
from tests.understanding.big_catalogue import among_many
from tests.understanding.sets import labelled, world

SETS = ("dev", "dev2", "shop", "english", "turns")
WARM_UP = 200
Figures = Mapping[str, object]


@dataclass(slots=True)
class Round:
    """What each call took, by the clock and of the processor alone: on a shared machine the two are far apart.

    `complete` are the messages of which nothing had to be asked.
    """

    wall: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)
    complete: int = 0

    def timed(self, read: Callable[[], Any]) -> Any:
        """What it answers; how long that took is noted in milliseconds."""
        cpu, wall = thread_time(), perf_counter()
        answer = read()
        self.wall.append((perf_counter() - wall) * 1000)
        self.cpu.append((thread_time() - cpu) * 1000)
        return answer


def of_world(count: int, rounds: int) -> Figures:
    """The labelled messages, on the world that they speak of."""
    return _measured(world(), count, rounds)


def of_big(count: int, rounds: int, skus: int, places: int) -> Figures:
    """The same where the goods and places they speak of are among so many others."""
    small = world()
    return _measured(replace(small, catalogue=among_many(small.catalogue, skus, places)), count, rounds)


def of_hassil(count: int, rounds: int) -> Figures:
    """Plain messages of a thousand names, for understanding and for hassil in turn."""
    goods = catalogue()
    both, said = rivals(goods), messages(goods, count)
    took: dict[str, list[Round]] = {"ours": [], "hassil": []}
    right: dict[str, int] = {}
    for read in (both.ours, both.hassil):
        read(said[0][0])
    for _ in range(rounds):
        for name, read in (("ours", both.ours), ("hassil", both.hassil)):
            one = Round()
            found = [one.timed(partial(read, text)) for text, _ in said]
            took[name].append(one)
            right[name] = sum(answer == intent for answer, (_, intent) in zip(found, said, strict=True))
    told = {name: {**_percentiles(found), "right": right[name]} for name, found in took.items()}
    return {"names": len(goods.skus), "messages": count, **told}


def _measured(where: World, count: int, rounds: int) -> Figures:
    began, cpu = perf_counter(), process_time()
    lexicon = lexicon_of(where)
    build = {"build_s": perf_counter() - began, "build_cpu_s": process_time() - cpu}
    said = list(islice(_messages(), count))
    _read(where, lexicon, said[:WARM_UP])
    took = [_read(where, lexicon, said) for _ in range(rounds)]
    complete = took[0].complete / len(said)
    memory = {"peak_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024}
    return {**_sizes(lexicon), "messages": count, "complete": complete, **build, **memory, **_percentiles(took)}


def _read(where: World, lexicon: Lexicon, said: Sequence[Message]) -> Round:
    """One round: each message of a dialogue with what those before it left open."""
    contexts: dict[str, Context] = {}
    found = Round()
    for message in said:
        context = where.context(message.user)
        if message.dialog is not None and (last := contexts.get(message.dialog)):
            context = replace(context, frame=last.frame, asked=last.asked, before=last.before)
        reading = found.timed(partial(understand, message.text, context, lexicon))
        found.complete += reading.complete
        if message.dialog is not None:
            contexts[message.dialog] = following(context, reading)
    return found


def _messages() -> Iterator[Message]:
    """The messages of all sets, again and again; a dialogue that comes again is another one."""
    rows = [row for name in SETS for row in labelled(name)]
    first = [Message(row["id"], row["text"], row["user"], row.get("dialog")) for row in rows]
    for number, message in enumerate(cycle(first)):
        again = number // len(first)
        yield replace(message, dialog=f"{message.dialog}/{again}") if message.dialog else message


def _percentiles(rounds: Sequence[Round]) -> dict[str, float]:
    """Of each round, and of those the median; and the longest of all, for what the collector and the machine did."""
    ordered, cpu = [sorted(one.wall) for one in rounds], [sorted(one.cpu) for one in rounds]
    p99 = Spread.of([percentile(one, 99) for one in ordered])
    return {
        "p50_ms": Spread.of([percentile(one, 50) for one in ordered]).middle,
        "p99_ms": p99.middle,
        "p99_least_ms": p99.least,
        "p99_most_ms": p99.most,
        "longest_ms": max(one[-1] for one in ordered),
        "cpu_ms": Spread.of([fmean(one) for one in cpu]).middle,
        "cpu_p99_ms": Spread.of([percentile(one, 99) for one in cpu]).middle,
    }


def _sizes(lexicon: Lexicon) -> dict[str, int]:
    return {"skus": len(lexicon.skus), "places": len(lexicon.places)}


if __name__ == "__main__":
    what, *numbers = sys.argv[1:]
    figures = {"world": of_world, "big": of_big, "hassil": of_hassil}[what](*map(int, numbers))
    sys.stdout.write(json.dumps(figures) + "\n")
