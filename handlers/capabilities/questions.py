"""Asks for what is missing: one question at a time, with at most five choices, the likeliest first."""

from __future__ import annotations

from dataclasses import replace

from core.ground.work import Work
from core.stock.carry import Balance, Key
from core.stock.ledger import balances_of
from handlers.messages import BUTTON_WIDTH, Button, Reply, Tone, cut
from handlers.pending import Pending
from handlers.plan import asked_field
from handlers.reader import Reader
from handlers.understand.reading import Reading

MOST_CHOICES = 5


def question(work: Work, reader: Reader, pending: Pending) -> Reply:
    """The card that asks for the first missing field. A typed answer does as well as a tap."""
    reading, asked = pending.understood(), pending.asked or "intent"
    labels = [label(work, reader, reading, asked, code) for code in choices(work, reader, reading, asked)]
    lines = [reader.say("questions.state"), *_said_so_far(reader, reading), _sentence(reader, reading, asked)]
    if labels:
        lines += [f"{number}. {long}" for number, (_, long) in enumerate(labels, start=1) if long]
    buttons = [
        Button(cut(f"{number + 1}. {short}" if long else short, BUTTON_WIDTH), "choose", choice=str(number))
        for number, (short, long) in enumerate(labels)
    ]
    return Reply(tuple(lines), (*buttons, Button(reader.say("common.cancel"), "drop")), Tone.WAITING)


def offered(work: Work, reader: Reader, reading: Reading) -> Reading:
    """The reading with the choices of its first question beside it: a button means the same when stock has moved."""
    asked = asked_field(reading)
    if asked is None or reading.candidates.get(asked):
        return reading
    found = choices(work, reader, reading, asked)
    return replace(reading, candidates={**reading.candidates, asked: found}) if found else reading


def choices(work: Work, reader: Reader, reading: Reading, asked: str) -> tuple[str, ...]:
    """The codes that may be tapped for a field: what it could have meant, or places that have the goods."""
    if found := reading.candidates.get(asked):
        return found[:MOST_CHOICES]
    if asked in ("from", "to") and reading.slots.lines and reading.slots.lines[0].sku:
        other = reading.slots.target if asked == "from" else reading.slots.source
        return _places(work, reader, reading.slots.lines[0].sku, other, most_first=asked == "from")
    return ()


def label(work: Work, reader: Reader, reading: Reading, asked: str, code: str) -> tuple[str, str]:
    """A choice as (what its button says, what its line says); the line is empty where the button says it all."""
    if asked.endswith(".sku"):
        sku = reader.catalogue.sku_by_code[code]
        place = reader.catalogue.place_by_code.get(reading.slots.source or reading.slots.place or "")
        facts = {"sku": reader.sku(sku), "code": sku.code, "tail": sku.barcodes[0][-4:] if sku.barcodes else "-"}
        if place is None:
            return facts["sku"], reader.say("questions.product", **facts)
        there = balances_of(work, sku_ids=[sku.id], place_id=place.id).get(Key(sku.id, place.id), Balance())
        stock = {"place": reader.place(place), "amount": reader.amount(sku, there.available)}
        return facts["sku"], reader.say("questions.product_at", **facts, **stock)
    if asked in ("from", "to", "place"):
        return reader.place(code), ""
    return reader.unit_of("", code).strip() if asked.endswith(".unit") else code, ""


def _places(work: Work, reader: Reader, sku_code: str, other: str | None, *, most_first: bool) -> tuple[str, ...]:
    """Stores and warehouses for a missing end: those with the most first to take from, with the least to give to."""
    sku = reader.catalogue.sku_by_code[sku_code]
    balances = balances_of(work, sku_ids=[sku.id])
    ranked = sorted(
        (place for place in reader.catalogue.places if place.code != other),
        key=lambda place: balances.get(Key(sku.id, place.id), Balance()).available,
        reverse=most_first,
    )
    return tuple(place.code for place in ranked[:MOST_CHOICES])


def _said_so_far(reader: Reader, reading: Reading) -> list[str]:
    slots = reading.slots
    goods = []
    for line in (*slots.lines, *slots.damaged, *slots.shortage):
        name = reader.sku(line.sku) if line.sku else reader.say("questions.some_product")
        goods.append(f"{name} {_number(reader, line.sku, line.count)}".strip())
    ends = [
        reader.say(f"questions.{end}", place=reader.place(code))
        for end, code in (("from", slots.source), ("to", slots.target))
        if code
    ]
    words = [*goods, *ends, *([slots.document] if slots.document else [])]
    return [reader.say("questions.so_far", words=" · ".join(words))] if words else []


def _number(reader: Reader, sku: str | None, count: int | None) -> str:
    return reader.amount(sku, count) if sku and count else ""


def _sentence(reader: Reader, reading: Reading, asked: str) -> str:
    field = asked.rsplit(".", 1)[-1] if "." in asked else asked
    problem = reading.problems.get(asked)
    if reading.unread and (problem == "left_over" or field == "intent"):
        return reader.say("questions.left_over", words=" ".join(reading.unread)[:40])
    if problem:
        return reader.say(f"questions.problem.{problem}")
    receiving = "receive_" if reading.intent.value == "transfer.receive" and field == "lines" else ""
    return reader.say(f"questions.ask.{receiving}{field}")
