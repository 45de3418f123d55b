"""The same thousand names and the same plain sentences for understanding and for hassil, Home Assistant's matcher."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import Any

from hassil import Intents, recognize

from core.goods.catalogue import Catalogue
from data.kinds import PlaceKind
from handlers.understand.names.lexicon import Lexicon
from handlers.understand.reading import Context, Intent
from handlers.understand.understand import understand
from tests.understanding.big_catalogue import big_catalogue

NAMES = 1_000
_SENTENCES = {
    Intent.TRANSFER_CREATE: (
        "[从{place:from}]调{amount}{unit}{product}到{place:to}",
        "把{product}从{place:from}调{amount}{unit}到{place:to}",
        "{place:to}要{amount}{unit}{product}",
    ),
    Intent.STOCK_QUERY: ("(查|看)[一下]{product}的库存", "{product}还有多少"),
}
"""What hassil is taught: the sentences that are said, and no more."""
_UNITS = ("瓶", "罐", "袋", "盒", "桶", "箱")


@dataclass(frozen=True, slots=True)
class Rivals:
    """Both, ready to read a message: each says which intent it found, or None."""

    ours: Callable[[str], str | None]
    hassil: Callable[[str], str | None]


def catalogue() -> Catalogue:
    """A catalogue of so many different product names."""
    goods, one_each = big_catalogue(skus=3 * NAMES, places=40), {}
    for sku in goods.skus:
        one_each.setdefault(sku.name_zh, sku)
    return Catalogue(tuple(one_each.values())[:NAMES], goods.places, goods.units, goods.suppliers)


def rivals(goods: Catalogue) -> Rivals:
    """Both with the names of a catalogue."""
    lexicon, context = Lexicon.built_from(goods), Context(goods.places[-1].code, PlaceKind.STORE, "zh")
    intents = Intents.from_dict(_taught(goods))

    def ours(text: str) -> str | None:
        reading = understand(text, context, lexicon)
        return None if reading.intent is Intent.UNKNOWN else reading.intent.value

    def theirs(text: str) -> str | None:
        found = recognize(text, intents, language="zh")
        return found.intent.name if found else None

    return Rivals(ours, theirs)


def messages(goods: Catalogue, count: int, seed: int = 6) -> list[tuple[str, str]]:
    """So many plain messages with the intent of each."""
    random = Random(seed)
    return [_message(goods, random) for _ in range(count)]


def _message(goods: Catalogue, random: Random) -> tuple[str, str]:
    product, unit, amount = random.choice(goods.skus).name_zh, random.choice(_UNITS), random.randint(1, 200)
    one, other = (place.name_zh for place in random.sample(goods.places, k=2))
    move, look = Intent.TRANSFER_CREATE.value, Intent.STOCK_QUERY.value
    return random.choice(
        [
            (f"从{one}调{amount}{unit}{product}到{other}", move),
            (f"调{amount}{unit}{product}到{other}", move),
            (f"把{product}从{one}调{amount}{unit}到{other}", move),
            (f"{other}要{amount}{unit}{product}", move),
            (f"查一下{product}的库存", look),
            (f"{product}还有多少", look),
        ]
    )


def _taught(goods: Catalogue) -> dict[str, Any]:
    return {
        "language": "zh",
        "intents": {
            intent.value: {"data": [{"sentences": list(sentences)}]} for intent, sentences in _SENTENCES.items()
        },
        "lists": {
            "product": {"values": [sku.name_zh for sku in goods.skus]},
            "place": {"values": [place.name_zh for place in goods.places]},
            "unit": {"values": list(_UNITS)},
            "amount": {"range": {"from": 1, "to": 200}},
        },
    }
