"""Stock: "how much is there of this", answered at once and changing nothing."""

from __future__ import annotations

from core.goods.catalogue import PlaceEntry, SkuEntry
from core.ground.permissions import View, sees
from core.ground.work import Work
from core.people.directory import site, sites
from core.stock.carry import Balance, Key
from core.stock.ledger import balance_of, balances_of
from handlers.messages import Reply, cut
from handlers.plan import Asker, Plan, asked_field
from handlers.read_as import read_as
from handlers.reader import Reader
from handlers.understand.reading import EVERYWHERE, Reading

MOST_LINES = 6
NOT_THERE = ("unknown_product", "unknown_place")


def answer_stock(work: Work, asker: Asker, reading: Reading) -> Plan:
    """What is there of the products that were named, at one place or at all."""
    reader, slots = asker.reader, reading.slots
    if _can_be_tapped(asker, reading):
        return Plan(ask=reading)
    if problem := _what_is_wrong(reader, reading):
        return Plan(said=Reply((problem,)))
    skus = _skus(reader, reading)
    if not skus:
        return Plan(said=Reply((reader.say("stock.which"),)))
    code = slots.place
    places = [reader.catalogue.place_by_code[code]] if code not in (None, EVERYWHERE) else []
    shown, rest = skus[:MOST_LINES], len(skus) - MOST_LINES
    if any(not sees(asker.person, View.STOCK, site(work, place.id)) for place in places):
        return Plan(said=Reply((reader.say("stock.not_yours", place=reader.place(places[0])),)))
    lines = _at_places(work, reader, shown, places) if places else _everywhere(work, asker, shown)
    if rest > 0:
        lines.append(reader.say("stock.more_products", rest=rest))
    until = reader.say("stock.until", clock=reader.clock(work.now))
    return Plan(said=Reply((*lines, *read_as(reader, reading), until)), answered=reading)


def _can_be_tapped(asker: Asker, reading: Reading) -> bool:
    """Whether what is not there is asked about with names much like it; no change that waits for its tap is lost."""
    asked = _not_there(reading)
    if asked is None or asked != asked_field(reading) or not reading.candidates.get(asked):
        return False
    return asker.open is None or not asker.open.understood().complete


def _not_there(reading: Reading) -> str | None:
    """The field for which something was said that there is not."""
    return next((name for name in reading.missing if reading.problems.get(name) in NOT_THERE), None)


def _what_is_wrong(reader: Reader, reading: Reading) -> str | None:
    if asked := _not_there(reading):
        named = reader.place if asked == "place" else reader.sku
        near = [named(code) for code in reading.candidates.get(asked, ())[:3]]
        facts = {"words": cut(reading.heard.get(asked, ""), 24), "near": " / ".join(near)}
        return reader.say(f"stock.{'did_you_mean' if near else 'no_such'}.{reading.problems[asked]}", **facts)
    if reading.unread:
        return reader.say("stock.unread", words=cut(" ".join(reading.unread), 40))
    return None


def _skus(reader: Reader, reading: Reading) -> list[SkuEntry]:
    """The products meant; a read shows every one that a word may mean, so nobody is asked which."""
    codes: list[str] = []
    for number, line in enumerate(reading.slots.lines):
        codes += [line.sku] if line.sku else reading.candidates.get(f"lines.{number}.sku", ())
    codes = codes or list(reading.candidates.get("lines.0.sku", ()))
    return [reader.catalogue.sku_by_code[code] for code in dict.fromkeys(codes)]


def _at_places(work: Work, reader: Reader, skus: list[SkuEntry], places: list[PlaceEntry]) -> list[str]:
    return [
        line
        for place in places
        for sku in skus
        for line in _one(reader, place, sku, balance_of(work, Key(sku.id, place.id)))
    ]


def _one(reader: Reader, place: PlaceEntry, sku: SkuEntry, balance: Balance) -> list[str]:
    amount = reader.amount_in_full(sku, balance.available)
    lines = [reader.say("stock.here", place=reader.place(place), sku=reader.sku(sku), amount=amount)]
    others = [
        reader.say(f"stock.{shelf}", amount=reader.amount(sku, getattr(balance, shelf)))
        for shelf in ("reserved", "in_transit", "blocked")
        if getattr(balance, shelf)
    ]
    return [*lines, reader.say("stock.besides", shelves=reader.say("common.comma").join(others))] if others else lines


def _everywhere(work: Work, asker: Asker, skus: list[SkuEntry]) -> list[str]:
    """At every place that the asker may look at."""
    reader, seen = asker.reader, {one.id for one in sites(work) if sees(asker.person, View.STOCK, one)}
    balances = {key: one for key, one in balances_of(work, [sku.id for sku in skus]).items() if key.place_id in seen}
    lines: list[str] = []
    for sku in skus:
        there = {key.place_id: one for key, one in balances.items() if key.sku_id == sku.id and one.available}
        total = reader.amount_in_full(sku, sum(one.available for one in there.values()))
        lines.append(reader.say("stock.total", sku=reader.sku(sku), places=len(there), amount=total))
        if len(skus) == 1:
            lines += _richest(reader, sku, there)
    return lines


def _richest(reader: Reader, sku: SkuEntry, there: dict[int, Balance]) -> list[str]:
    ranked = sorted(there.items(), key=lambda item: -item[1].available)
    lines = [
        reader.say("stock.at", place=reader.place(place_id), amount=reader.amount(sku, balance.available))
        for place_id, balance in ranked[:MOST_LINES]
    ]
    rest = len(ranked) - MOST_LINES
    return [*lines, reader.say("stock.more_places", rest=rest)] if rest > 0 else lines
