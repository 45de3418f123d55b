"""Stock: "how much is there of this", answered at once and changing nothing."""

from __future__ import annotations

from core.goods.catalogue import PlaceEntry, SkuEntry
from core.ground.work import Work
from core.stock.carry import Balance, Key
from core.stock.ledger import balances_of
from handlers.messages import Reply
from handlers.plan import Asker, Plan
from handlers.reader import Reader
from handlers.understand.reading import EVERYWHERE, Reading

MOST_LINES = 6


def answer_stock(work: Work, asker: Asker, reading: Reading) -> Plan:
    """What is there of the products that were named, at one place or at all."""
    reader, slots = asker.reader, reading.slots
    if problem := _what_is_wrong(reader, reading):
        return Plan(said=Reply((problem,)))
    skus = _skus(reader, reading)
    if not skus:
        return Plan(said=Reply((reader.say("stock.which"),)))
    code = slots.place
    places = [reader.catalogue.place_by_code[code]] if code not in (None, EVERYWHERE) else []
    shown, rest = skus[:MOST_LINES], len(skus) - MOST_LINES
    lines = _at_places(work, reader, shown, places) if places else _everywhere(work, reader, shown)
    if rest > 0:
        lines.append(reader.say("stock.more_products", rest=rest))
    return Plan(said=Reply((*lines, reader.say("stock.until", clock=reader.clock(work.now)))))


def _what_is_wrong(reader: Reader, reading: Reading) -> str | None:
    if reading.problems.get("place") == "unknown_place":
        return reader.say("stock.unknown_place")
    if reading.problems.get("lines.0.sku") == "unknown_product":
        near = [reader.sku(code) for code in reading.candidates.get("lines.0.sku", ())[:3]]
        return reader.say("stock.did_you_mean", near=" / ".join(near)) if near else reader.say("stock.unknown_product")
    if reading.unread:
        return reader.say("stock.unread", words=" ".join(reading.unread)[:40])
    return None


def _skus(reader: Reader, reading: Reading) -> list[SkuEntry]:
    """The products meant; a read shows every one that a word may mean, so nobody is asked which."""
    codes: list[str] = []
    for number, line in enumerate(reading.slots.lines):
        codes += [line.sku] if line.sku else reading.candidates.get(f"lines.{number}.sku", ())
    codes = codes or list(reading.candidates.get("lines.0.sku", ()))
    return [reader.catalogue.sku_by_code[code] for code in dict.fromkeys(codes)]


def _at_places(work: Work, reader: Reader, skus: list[SkuEntry], places: list[PlaceEntry]) -> list[str]:
    balances = balances_of(work, sku_ids=[sku.id for sku in skus])
    return [
        line
        for place in places
        for sku in skus
        for line in _one(reader, place, sku, balances.get(Key(sku.id, place.id), Balance()))
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


def _everywhere(work: Work, reader: Reader, skus: list[SkuEntry]) -> list[str]:
    balances = balances_of(work, sku_ids=[sku.id for sku in skus])
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
