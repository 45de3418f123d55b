"""Asks for what is missing: one question at a time, with at most five choices, the likeliest first."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from core.goods.catalogue import PlaceEntry, SkuEntry
from core.ground.permissions import View, sees
from core.ground.work import Work
from core.people.directory import site
from core.stock.carry import Balance, Key
from core.stock.ledger import balance_of, balances_of
from data.kinds import PendingState
from handlers.capabilities.so_far import in_short, so_far
from handlers.messages import BUTTON_WIDTH, LINE_WIDTH, Button, Reply, Tone, cut, width_of
from handlers.pending import Pending
from handlers.picks import NAMES_NOTHING, last_pick
from handlers.plan import asked_field
from handlers.read_as import read_as
from handlers.reader import Reader
from handlers.say import known
from handlers.understand.frames import FRAMES, Goods
from handlers.understand.quantities import MAX_QUANTITY
from handlers.understand.reading import WRITES, Reading
from handlers.understand.understand import phrasebook

MOST_CHOICES = 5
CLOSED = ("reason", "rest", "bearer")
"""Fields whose answers all stand on buttons."""
PLACES = ("from", "to", "place")
QUOTED = (*NAMES_NOTHING, "approximate", "fraction", "too_many", "unknown_unit")
"""What is said back in the writer's own words."""


def question(work: Work, reader: Reader, pending: Pending) -> Reply:
    """The card that asks for the first missing field. A typed answer does as well as a tap."""
    reading, asked = pending.understood(), pending.asked or "intent"
    last = last_pick(work, pending.person_id, reading, asked)
    heard, mended = so_far(reader, reading), read_as(reader, reading)
    one_of_several = line_asked(reading, asked) is not None
    # Each product has a line of its own: one with a mended word has one choice less, one of a list one button less.
    codes = choices(work, reader, reading, asked)[: MOST_CHOICES - bool(one_of_several or mended)]
    labels = [label(work, reader, reading, asked, code, last=code == last) for code in codes]
    lines = [reader.say("questions.state"), *heard, *mended, _sentence(reader, reading, asked)]
    lines += [f"{number}. {long}" for number, (_, long) in enumerate(labels, start=1) if long]
    if last in codes and asked in PLACES:
        lines.append(reader.say("questions.last_place", place=reader.place(last)))
    buttons = [
        Button(cut(f"{number + 1}. {short}" if long else short, BUTTON_WIDTH), "choose", choice=str(number))
        for number, (short, long) in enumerate(labels)
    ]
    if one_of_several:
        buttons.append(Button(reader.say("questions.without"), "without"))
    return Reply(tuple(lines), (*buttons, Button(reader.say("common.cancel"), "drop")), Tone.WAITING)


def line_asked(reading: Reading, asked: str | None) -> int | None:
    """The line of a list that is asked about, which may be left out: there are others."""
    frame = FRAMES.get(reading.intent)
    if frame is None or frame.goods is not Goods.LINES or len(reading.slots.lines) < 2:
        return None
    part, _, rest = (asked or "").partition(".")
    return int(rest.partition(".")[0]) if part == "lines" and rest else None


def ended(reader: Reader, reading: Reading, state: PendingState) -> str:
    """How a question or an unconfirmed change ended. A question about stock was answered: nothing was done."""
    answered = state is PendingState.DONE and reading.intent not in WRITES
    return reader.say("pending.answered" if answered else f"pending.{state.value}")


def ended_lines(reader: Reader, reading: Reading, state: PendingState) -> tuple[str, ...]:
    """How it ended, and what it had been about, so that it still says something."""
    slots = reading.slots
    goods = [reader.sku(line.sku) for line in slots.lines if line.sku]
    ends = [reader.place(code) for code in (slots.source, slots.target) if code]
    words = " ".join(filter(None, (" → ".join(ends), " ".join(goods[:2]), slots.document)))
    return (ended(reader, reading, state), *([words] if words else []))


def last_first(work: Work, reader: Reader, reading: Reading) -> Reading:
    """The reading with what this person chose the last time for the same words as the first choice.

    Where a name was said that nothing has, what it was said to mean before is a choice too.
    """
    asked = asked_field(reading)
    last = last_pick(work, reader.actor.id, reading, asked) if asked and reader.actor else None
    known = reader.catalogue.place_by_code if asked in PLACES else reader.catalogue.sku_by_code
    if asked is None or last is None or last not in known:
        return reading
    there = reading.candidates.get(asked, ())
    if last not in there and reading.problems.get(asked) not in NAMES_NOTHING:
        return reading
    first = (last, *(code for code in there if code != last))
    return replace(reading, candidates={**reading.candidates, asked: first})


def offered(work: Work, reader: Reader, reading: Reading) -> Reading:
    """The reading with the choices of its first question beside it: a button means the same when stock has moved."""
    asked = asked_field(reading)
    if asked is None or reading.candidates.get(asked):
        return reading
    found = choices(work, reader, reading, asked)
    return replace(reading, candidates={**reading.candidates, asked: found}) if found else reading


def choices(work: Work, reader: Reader, reading: Reading, asked: str) -> tuple[str, ...]:
    """The codes that may be tapped for a field: what it could have meant, or places that have the goods."""
    if asked == "intent":
        return tuple(one.intent.value for one in reading.either)
    if found := reading.candidates.get(asked):
        return found[:MOST_CHOICES]
    if asked in ("from", "to") and reading.slots.lines and reading.slots.lines[0].sku:
        other = reading.slots.target if asked == "from" else reading.slots.source
        return _places(work, reader, reading.slots.lines[0].sku, other, most_first=asked == "from")
    return ()


def label(
    work: Work, reader: Reader, reading: Reading, asked: str, code: str, *, last: bool = False
) -> tuple[str, str]:
    """A choice as (what its button says, what its line says); the line is empty where the button says it all.

    `last` says that it was chosen the last time.
    """
    if asked == "intent":
        name = reader.say(f"later.name.{code.replace('.', '_')}")
        words = next(in_short(reader, one) for one in reading.either if one.intent.value == code)
        return name, cut(f"{name} {words}", LINE_WIDTH[reader.language] - 3)
    if asked.endswith(".sku"):
        sku = reader.catalogue.sku_by_code[code]
        return reader.sku(sku), _product(work, reader, reading, sku, last=last)
    if asked in PLACES:
        return reader.place(code), ""
    if asked in CLOSED:
        return reader.say(f"words.{asked}.{code}"), ""
    return reader.unit_of("", code).strip() if asked.endswith(".unit") else code, ""


def _product(work: Work, reader: Reader, reading: Reading, sku: SkuEntry, *, last: bool) -> str:
    """A product with the end of its barcode and what is there of it; as much of that as fits into a line."""
    name, tail = reader.sku(sku), sku.barcodes[0][-4:] if sku.barcodes else ""
    place = reader.catalogue.place_by_code.get(reading.slots.source or reading.slots.place or "")
    mark = [reader.say("questions.last")] if last else []
    barcode = [reader.say("questions.barcode", tail=tail)] if tail else []
    there = []
    if place is not None:
        amount = reader.amount(sku, balance_of(work, Key(sku.id, place.id)).available)
        there = [reader.say("questions.there", place=reader.place(place), amount=amount)]
    ways = ([*barcode, *there, *mark], [*there, *mark], [*barcode, *mark], mark)
    lines = [reader.say("common.blank").join([name, *parts]) for parts in ways]
    return next((line for line in lines if width_of(line) <= LINE_WIDTH[reader.language] - 3), lines[-1])


def with_chosen(reading: Reading, asked: str, code: str) -> Reading:
    """The reading with the answer to a question whose answers are all on its buttons."""
    said: dict[str, Any] = {asked: code}
    return replace(
        reading,
        continues=True,
        slots=replace(reading.slots, **said),
        missing=tuple(name for name in reading.missing if name != asked),
        candidates={name: codes for name, codes in reading.candidates.items() if name != asked},
        problems={name: problem for name, problem in reading.problems.items() if name != asked},
    )


def typed_number(text: str, reading: Reading, asked: str | None, codes: tuple[str, ...]) -> int | None:
    """Which of the numbered choices on the card is meant by its typed number; None where it may be an amount."""
    if not asked or not (asked.endswith(".sku") or asked == "intent"):
        return None
    if asked.replace(".sku", ".quantity") in reading.missing:
        return None
    said = text.strip().rstrip(".。")
    number = int(said) if said.isascii() and said.isdigit() and len(said) == 1 else 0
    return number - 1 if 1 <= number <= len(codes) else None


def typed_choice(work: Work, reader: Reader, reading: Reading, asked: str | None, text: str) -> Reading | None:
    """The reading with a typed answer to such a question: what is said for one of its buttons, or its number."""
    if asked not in CLOSED:
        return None
    codes, said = choices(work, reader, reading, asked), "".join(text.split()).lower()
    values = phrasebook().book.values(reading.intent.value, asked)
    labels = {"".join(words.split()): code for words, code in values.items() if code in codes}
    labels |= {"".join(label(work, reader, reading, asked, code)[0].split()).lower(): code for code in codes}
    labels |= {str(number): code for number, code in enumerate(codes, start=1)}
    return with_chosen(reading, asked, labels[said]) if said in labels else None


def _places(work: Work, reader: Reader, sku_code: str, other: str | None, *, most_first: bool) -> tuple[str, ...]:
    """Stores and warehouses for a missing end: those with the most first to take from, with the least to give to."""
    sku = reader.catalogue.sku_by_code[sku_code]
    balances = balances_of(work, [sku.id])
    ranked = sorted(
        (place for place in reader.catalogue.places if place.code != other and _is_seen(work, reader, place)),
        key=lambda place: balances.get(Key(sku.id, place.id), Balance()).available,
        reverse=most_first,
    )
    return tuple(place.code for place in ranked[:MOST_CHOICES])


def _is_seen(work: Work, reader: Reader, place: PlaceEntry) -> bool:
    """Whether the reader may know what stands there: the order and the figures of the choices tell it."""
    return reader.actor is not None and sees(reader.actor, View.STOCK, site(work, place.id))


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
    if problem in NAMES_NOTHING and reading.candidates.get(asked) and asked in reading.heard:
        return reader.say(f"questions.one_of_these.{problem}", words=cut(reading.heard[asked], 24))
    if problem in QUOTED and asked in reading.heard:
        facts = {"words": cut(reading.heard[asked], 20), "most": _most(reader, reading, asked)}
        return reader.say(f"questions.quoted.{problem}", **facts)
    if problem:
        return reader.say(f"questions.problem.{problem}")
    of_a_document = f"questions.ask.{reading.intent.value.replace('.', '_')}_{field}"
    return reader.say(of_a_document if known(of_a_document) else f"questions.ask.{field}")
