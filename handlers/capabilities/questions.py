"""Asks for what is missing: one question at a time, with at most five choices, the likeliest first."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from core.ground.work import Work
from core.stock.carry import Balance, Key
from core.stock.ledger import balance_of, balances_of
from handlers.messages import BUTTON_WIDTH, Button, Reply, Tone, cut
from handlers.pending import Pending
from handlers.plan import asked_field
from handlers.reader import Reader
from handlers.say import known
from handlers.understand.quantities import MAX_QUANTITY
from handlers.understand.reading import LINE_SLOTS, Reading, SaidLine
from handlers.understand.words import ANSWERS

MOST_CHOICES = 5
CLOSED = ("reason", "rest", "bearer")
"""Fields whose answers all stand on buttons."""
ONE_OF_THESE = ("unknown_product", "unknown_place")
"""What is not there, and where names much like it may stand on the buttons."""
QUOTED = (*ONE_OF_THESE, "approximate", "fraction", "too_many", "unknown_unit")
"""What is said back in the writer's own words."""


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
        there = balance_of(work, Key(sku.id, place.id)).available
        stock = {"place": reader.place(place), "amount": reader.amount(sku, there)}
        return facts["sku"], reader.say("questions.product_at", **facts, **stock)
    if asked in ("from", "to", "place"):
        return reader.place(code), ""
    if asked in CLOSED:
        return reader.say(f"words.{asked}.{code}"), ""
    return reader.unit_of("", code).strip() if asked.endswith(".unit") else code, ""


def with_chosen(reading: Reading, asked: str, code: str) -> Reading:
    """The reading with the answer to a question whose answers are all on its buttons."""
    said: dict[str, Any] = {asked: code}
    return replace(
        reading,
        slots=replace(reading.slots, **said),
        missing=tuple(name for name in reading.missing if name != asked),
        candidates={name: codes for name, codes in reading.candidates.items() if name != asked},
        problems={name: problem for name, problem in reading.problems.items() if name != asked},
    )


def typed_choice(work: Work, reader: Reader, reading: Reading, asked: str | None, text: str) -> Reading | None:
    """The reading with a typed answer to such a question: what is said for one of its buttons, or its number."""
    if asked not in CLOSED:
        return None
    codes, said = choices(work, reader, reading, asked), "".join(text.split()).lower()
    labels = {"".join(words.split()): code for words, code in ANSWERS[asked].items() if code in codes}
    labels |= {"".join(label(work, reader, reading, asked, code)[0].split()).lower(): code for code in codes}
    labels |= {str(number): code for number, code in enumerate(codes, start=1)}
    return with_chosen(reading, asked, labels[said]) if said in labels else None


def _places(work: Work, reader: Reader, sku_code: str, other: str | None, *, most_first: bool) -> tuple[str, ...]:
    """Stores and warehouses for a missing end: those with the most first to take from, with the least to give to."""
    sku = reader.catalogue.sku_by_code[sku_code]
    balances = balances_of(work, [sku.id])
    ranked = sorted(
        (place for place in reader.catalogue.places if place.code != other),
        key=lambda place: balances.get(Key(sku.id, place.id), Balance()).available,
        reverse=most_first,
    )
    return tuple(place.code for place in ranked[:MOST_CHOICES])


def _said_so_far(reader: Reader, reading: Reading) -> list[str]:
    slots = reading.slots
    goods = []
    for part in LINE_SLOTS:
        for line in getattr(slots, part):
            name = reader.sku(line.sku) if line.sku else reader.say("questions.some_product")
            goods.append(f"{name} {_number(reader, line, part)}".strip())
    ends = [
        reader.say(f"questions.{end}", place=reader.place(code))
        for end, code in (("from", slots.source), ("to", slots.target))
        if code
    ]
    words = [*goods, *ends, *([slots.document] if slots.document else [])]
    return [reader.say("questions.so_far", words=" · ".join(words))] if words else []


def _number(reader: Reader, line: SaidLine, part: str) -> str:
    """How many were said, with the word for what is no ordinary part."""
    if not line.sku or line.count is None:
        return ""
    amount = reader.amount(line.sku, line.count)
    name = "missing" if part == "shortage" else part
    return amount if part == "lines" else reader.say(f"transfers.arrival.part.{name}", amount=amount)


def _most(reader: Reader, reading: Reading, asked: str) -> str:
    """How much of the product that is asked about one line may have."""
    part, _, number = asked.partition(".")
    lines = getattr(reading.slots, part, ()) if number else ()
    at = int(number.partition(".")[0]) if number else 0
    sku = lines[at].sku if at < len(lines) else None
    return reader.unit_of(str(MAX_QUANTITY), reader.catalogue.sku_by_code[sku].base_unit) if sku else str(MAX_QUANTITY)


def _sentence(reader: Reader, reading: Reading, asked: str) -> str:
    field = asked.rsplit(".", 1)[-1] if "." in asked else asked
    problem = reading.problems.get(asked)
    if reading.unread and (problem == "left_over" or field == "intent"):
        return reader.say("questions.left_over", words=cut(" ".join(reading.unread), 40))
    if problem in ONE_OF_THESE and reading.candidates.get(asked) and asked in reading.heard:
        return reader.say(f"questions.one_of_these.{problem}", words=cut(reading.heard[asked], 24))
    if problem in QUOTED and asked in reading.heard:
        facts = {"words": cut(reading.heard[asked], 20), "most": _most(reader, reading, asked)}
        return reader.say(f"questions.quoted.{problem}", **facts)
    if problem:
        return reader.say(f"questions.problem.{problem}")
    of_a_document = f"questions.ask.{reading.intent.value.replace('.', '_')}_{field}"
    return reader.say(of_a_document if known(of_a_document) else f"questions.ask.{field}")
