"""The demo chain with few of its products, which is soon made, and a second count of what happens in it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import replace

from data.demo.chain import FILES, load
from data.demo.happenings import Arrival, ComeBack, Day, Delivery, Goods, Load, Request, Seen, TillRoll, Word
from data.demo.shapes import DemoChain

Shelf = tuple[str, str]
EVERY = 9


def few() -> DemoChain:
    """The demo chain with those of its products that history.toml names, and some others."""
    chain, said = load(), (FILES / "history.toml").read_text(encoding="utf-8")
    skus = tuple(sku for number, sku in enumerate(chain.skus) if number % EVERY == 0 or sku.code in said)
    codes = {sku.code for sku in skus}
    return replace(chain, skus=skus, openings=tuple(one for one in chain.openings if one.sku in codes))


def replayed(
    chain: DemoChain, days: Iterable[Day], look: Callable[[Counter[Shelf]], None] = lambda shelves: None
) -> Counter[Shelf]:
    """What is available of each (place, sku) in the end. `look` is shown the shelves after each happening."""
    shelves = Counter({(one.place, one.sku): one.count for one in chain.openings})
    asked: dict[str, Request] = {}

    def came(place: str, goods: Iterable[Goods], sign: int) -> None:
        for one in goods:
            shelves[place, one.sku] += sign * one.count

    def seen(place: str, goods: tuple[Goods, ...], lines: Iterable[Seen]) -> None:
        for line in lines:
            shelves[place, goods[line.line - 1].sku] += line.good

    for happening in (one for day in days for one in day.happenings):
        match happening.what:
            case TillRoll(place, goods):
                came(place, goods, -1)
            case Delivery(_, place, priced):
                came(place, [one for one, _ in priced], 1)
            case Request() as request:
                asked[request.name] = request
                came(request.source, request.goods, -1)
            case Word(name, refusal) if refusal is not None:
                came(asked[name].source, asked[name].goods, 1)
            case Load(name, less, _):
                for line, count in less:
                    one = asked[name].goods[line - 1]
                    shelves[asked[name].source, one.sku] += one.count - count
            case Arrival(name, lines):
                seen(asked[name].target, asked[name].goods, lines)
            case ComeBack(name, lines):
                seen(asked[name].source, asked[name].goods, lines)
        look(shelves)
    return shelves
