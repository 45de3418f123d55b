"""Help and language: what can be said here, with examples from the reader's own place."""

from __future__ import annotations

from core.goods.catalogue import SkuEntry
from core.ground.permissions import Verb, allowed
from core.ground.work import Work
from core.people.directory import people, site
from core.stock.ledger import balances_at
from data.kinds import DocumentKind, PlaceKind, Role
from handlers.messages import Reply, cut
from handlers.plan import Asker, Plan
from handlers.reader import Reader
from handlers.understand.reading import Reading


def answer_help(work: Work, asker: Asker, reading: Reading) -> Plan:
    """What can be said, in a few lines, with sentences that work for this person."""
    lines = [asker.reader.say("help.title"), *(f"· {example}" for example in examples(work, asker.reader))]
    return Plan(said=Reply((*lines, asker.reader.say("help.tap"))))


def answer_language(work: Work, asker: Asker, reading: Reading) -> Plan:
    """Speak another language in this chat from now on."""
    language = reading.slots.language
    if language is None:
        return Plan(said=Reply((asker.reader.say("help.which_language"),)))
    reader = Reader(asker.reader.actor, language, asker.reader.catalogue)
    return Plan(language=language, said=Reply((reader.say("help.language_set"),)))


def answer_unknown(work: Work, asker: Asker, reading: Reading) -> Plan:
    """An honest sentence for what was not understood; an open question stays open, and says so."""
    problem = reading.problems.get("intent")
    if problem == "person":
        return Plan(said=Reply((_nobody_is_picked(work, asker.reader, reading.heard["intent"]),)))
    why = "no_words" if problem == "no_words" else "left_over" if reading.unread else "unknown"
    words = cut(" ".join(reading.unread), 40)
    return Plan(said=Reply((asker.reader.say(f"help.{why}{'_still_asking' if asker.open else ''}", words=words),)))


def answer_smalltalk(work: Work, asker: Asker, reading: Reading) -> Plan:
    """A friendly line that says what can be asked; an open question stays open, and says so."""
    return Plan(said=Reply((asker.reader.say(f"help.smalltalk{'_still_asking' if asker.open else ''}"),)))


def answer_nothing_open(work: Work, asker: Asker, reading: Reading) -> Plan:
    """A yes or a no to nothing."""
    return Plan(said=Reply((asker.reader.say("help.nothing_open"),)))


def _nobody_is_picked(work: Work, reader: Reader, who: str) -> str:
    """Why a message cannot name who approves or receives, and whether anybody has that name at all."""
    names = {one.name.lower() for one in people(work)}
    roles = {reader.say(f"words.role.{role.value}").lower() for role in Role if role is not Role.SYSTEM}
    return reader.say("help.person_known" if who.lower() in names | roles else "help.person_unknown", who=who)


def examples(work: Work, reader: Reader) -> tuple[str, ...]:
    """Three sentences that this person could say now, about goods that are really there."""
    actor = reader.actor
    home = reader.catalogue.place_by_id.get(actor.home_id or 0) if actor else None
    source = next((place for place in reader.catalogue.places if place.kind is PlaceKind.WAREHOUSE), None)
    place = home or source
    sku = _plenty(work, reader, place.id) if place else None
    if sku is None or source is None or place is None:
        return (reader.say("help.example_help"),)
    ask = reader.say("help.example_stock", place=reader.place(place), sku=reader.sku(sku))
    if actor is None or not _may_transfer(work, reader, place.id):
        return (ask, reader.say("help.example_everywhere", sku=reader.sku(sku)), reader.say("help.example_help"))
    target = place if place is not source else next(one for one in reader.catalogue.places if one is not source)
    ends = {"source": reader.place(source), "target": reader.place(target), "sku": reader.sku(sku)}
    pack = sku.packs[0][0] if sku.packs else sku.base_unit
    return (
        ask,
        reader.say("help.example_transfer", amount=reader.unit_of("2", pack), **ends),
        reader.say("help.example_help"),
    )


def _may_transfer(work: Work, reader: Reader, place_id: int) -> bool:
    actor = reader.actor
    return actor is not None and allowed(actor, Verb.SUBMIT, DocumentKind.TRANSFER, site(work, place_id))


def _plenty(work: Work, reader: Reader, place_id: int) -> SkuEntry | None:
    """The product of which the place has the most to sell, the first by code among equals."""
    skus, there = reader.catalogue.sku_by_id, balances_at(work, place_id)
    units = {sku_id: one.available // skus[sku_id].base_factor for sku_id, one in there.items()}
    first = min(units, key=lambda sku_id: (-units[sku_id], skus[sku_id].code), default=None)
    return None if first is None else skus[first]
