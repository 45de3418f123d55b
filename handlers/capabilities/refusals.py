"""Says a refusal of the rules in a reader's words: what happened, what was not changed, what to do now."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

from core.ground.commands import Refused
from core.ground.errors import StockError
from core.ground.work import Work
from core.people.directory import person
from handlers.reader import Reader


def refusal(work: Work, reader: Reader, refused: Refused | StockError) -> str:
    """One honest sentence for a refusal. Ids among its facts are shown by name, counts in packs and pieces."""
    facts = refused.facts if isinstance(refused, Refused) else refused.facts()
    return reader.say(f"errors.{refused.code}", **shown(work, reader, facts))


def shown(work: Work, reader: Reader, facts: Mapping[str, object]) -> dict[str, object]:
    """The facts as they are read: `sku`, `place`, `person` by name beside their ids, counts with units."""
    readable = dict(facts)
    if "place_id" in facts:
        place_id = facts["place_id"]
        readable["place"] = reader.place(place_id) if place_id in reader.catalogue.place_by_id else ""  # type: ignore[arg-type]
    if "person_id" in facts:
        readable["person"] = person(work, cast(int, facts["person_id"])).name
    if "minutes" in facts:
        minutes = cast(int, facts["minutes"])
        unit, count = ("hours", minutes // 60) if minutes % 60 == 0 else ("minutes", minutes)
        readable["time"] = reader.say(f"common.{unit}", count=count)
    if "sku_id" in facts:
        sku_id = cast(int, facts["sku_id"])
        readable["sku"] = reader.sku(sku_id)
        for name in ("wanted", "there", "most", "dispatched", "said", "asked"):
            if name in facts:
                readable[name] = reader.amount(sku_id, cast(int, facts[name]))
    for name in ("state", "step", "verb", "role", "why"):
        if name in facts:
            readable[name] = reader.say(f"words.{name}.{facts[name]}")
    return readable
