"""Measures the lexicon: how long it takes to build, what it weighs, and how fast it finds names."""

from __future__ import annotations

import gc
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from statistics import median
from time import perf_counter, thread_time

from core.goods.catalogue import Catalogue
from handlers.understand.names.lexicon import Lexicon
from handlers.understand.names.sounds import splits
from handlers.understand.normalise import normalise


@dataclass(frozen=True)
class NameFigures:
    """Seconds to build, MiB of the whole process, and microseconds for `names_in` of a message."""

    skus: int
    places: int
    build_seconds: float
    process_mib: float
    p50_us: float
    p99_us: float
    cold_p99_us: float
    near_ms: float
    added_ms: float


def name_figures(catalogue: Catalogue, messages: int = 3000, seed: int = 1, runs: int = 3) -> NameFigures:
    """The figures of one catalogue. Each message is measured some times, and its fastest time counts.

    The time is that of the processor, so that neighbours on the machine count as little as may be. `cold` are the
    messages of a lexicon that has read nothing yet; the others come after as many different ones.
    """
    gc.collect()
    began = perf_counter()
    lexicon = Lexicon.built_from(catalogue)
    build = perf_counter() - began
    texts = said_of(catalogue, messages, seed)
    cold = _fastest([_times(_forgetful(lexicon), texts) for _ in range(runs)])
    _times(_forgetful(lexicon), said_of(catalogue, messages, seed + 1))
    times = _fastest([_times(lexicon, texts) for _ in range(runs)])
    began = thread_time()
    lexicon.near("康师傅冰红茶 orange jiuce")
    near = thread_time() - began
    began = thread_time()
    lexicon.with_added(catalogue.skus[:1])
    return NameFigures(
        skus=len(catalogue.skus),
        places=len(catalogue.places),
        build_seconds=round(build, 2),
        process_mib=round(process_mib()),
        p50_us=round(median(times) * 1e6),
        p99_us=round(times[int(len(times) * 0.99)] * 1e6),
        cold_p99_us=round(cold[int(len(cold) * 0.99)] * 1e6),
        near_ms=round(near * 1e3, 1),
        added_ms=round((thread_time() - began) * 1e3, 1),
    )


def said_of(catalogue: Catalogue, messages: int, seed: int = 1) -> list[str]:
    """Messages of about thirty characters as staff write them, with every sort of name, right and wrong."""
    random = Random(seed)
    return [normalise(_message(catalogue, random)).chars for _ in range(messages)]


def _message(catalogue: Catalogue, random: Random) -> str:
    sku, count = random.choice(catalogue.skus), random.randint(2, 60)
    here, there = random.choice(catalogue.places), random.choice(catalogue.places)
    wrong = list(sku.name_zh)
    wrong[len(wrong) // 2] = "错"
    alias = sku.aliases[0] if sku.aliases else sku.name_zh
    forms = (
        (30, f"从{here.name_zh}调{count}箱{sku.name_zh}到{there.name_zh}"),
        (15, f"{sku.name_zh[:4]}{sku.size}还有多少{here.name_zh}"),
        (15, f"send {count} cases of {sku.name_en} to {here.name_en}"),
        (10, f"收到{sku.category or sku.name_zh}{count}箱,坏了2{sku.base_unit}"),
        (10, f"tranfer {count} {sku.name_en.replace('a', 'e', 1)} from {here.name_en}"),
        (10, f"{sku.code}要{count}箱 {alias}"),
        (10, f"帮我从{here.aliases[0] if here.aliases else here.name_zh}拨{count}箱{''.join(wrong)}过来"),
    )
    return random.choices([form for _, form in forms], [weight for weight, _ in forms])[0]


def _times(lexicon: Lexicon, texts: Sequence[str]) -> list[float]:
    times = []
    for text in texts:
        began = thread_time()
        lexicon.names_in(text)
        times.append(thread_time() - began)
    return times


def _fastest(runs: Sequence[Sequence[float]]) -> list[float]:
    return sorted(min(one) for one in zip(*runs, strict=True))


def _forgetful(lexicon: Lexicon) -> Lexicon:
    """The lexicon with all forgotten that it remembers of earlier messages."""
    lexicon.products.owners.met.clear()
    lexicon.products.rule.met.clear()
    splits.cache_clear()
    return lexicon


def process_mib() -> float:
    """What the process holds in memory."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(status.partition("VmRSS:")[2].split()[0]) / 1024
