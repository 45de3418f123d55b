"""The story of a document, or of a product at a place, one line a step. It changes nothing and tells no values."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from core.goods.catalogue import PlaceEntry, SkuEntry
from core.ground.documents import Header, header, said_number
from core.ground.errors import NoSuchDocument
from core.ground.permissions import View, sees
from core.ground.work import Work
from core.people.directory import person, site
from core.stock.history import ALL_DAYS, Moved, Step, document_story, may_hear, product_story
from data.kinds import ChatKind, DocumentKind, Role
from handlers.capabilities.transfer_found import left_over
from handlers.capabilities.transfer_state import outcome, route_line
from handlers.cards import last_document
from handlers.messages import Reply, cut
from handlers.plan import Asker, Plan
from handlers.read_as import read_as
from handlers.reader import Reader
from handlers.say import known
from handlers.understand.reading import EVERYWHERE, LAST_DOCUMENT, Reading

MOST_STEPS = 12
WIDEST_REASON = 24
COLUMNS = ("asked", "approved", "frozen", "dispatched", "received", "damaged", "missing", "refused", "for_supplier")
MORE_COLUMNS = ("over", "returned", "lost", "goods")
LESS = {"approved": "approved_less", "frozen": "released"}
"""Columns of which it matters that they fell. That others fell says what rose instead."""


def answer_history(work: Work, asker: Asker, reading: Reading) -> Plan:
    """What happened to a document, or to a product at a place."""
    if unclear := left_over(asker.reader, reading):
        return unclear
    if reading.slots.document:
        return _said(*_document(work, asker, reading))
    if "lines.0.sku" in reading.missing and reading.candidates.get("lines.0.sku"):
        return Plan(ask=reading)  # one product's story, so it is asked which
    if reading.missing == ("place",) and reading.candidates.get("place"):
        return Plan(ask=reading)
    sku = _sku(asker.reader, reading)
    if sku is None:
        words = cut(reading.heard.get("lines.0.sku", ""), WIDEST_REASON)
        return _said(asker.reader.say("history.no_such_product" if words else "history.which", words=words))
    place = _place(asker, reading)
    if place is None:
        return _said(asker.reader.say("history.which_place", sku=asker.reader.sku(sku)))
    lines = _product(work, asker, sku, place, _days(reading))
    return Plan(said=Reply((*lines, *read_as(asker.reader, reading))), answered=reading)


def _said(*lines: str) -> Plan:
    return Plan(said=Reply(lines))


def _document(work: Work, asker: Asker, reading: Reading) -> list[str]:
    """The story of a document, to one who may hear it; in a group nobody does."""
    reader, number = asker.reader, reading.slots.document or ""
    found = _found(work, asker, number)
    if found is None:
        if number == LAST_DOCUMENT:
            return [reader.say("history.which")]
        return [reader.say("history.no_such_document", number=number)]
    if not may_hear(work, asker.person, found):
        return [reader.say("history.not_yours", what=found.number)]
    if asker.incoming.chat_kind is ChatKind.GROUP:
        return [reader.say("history.in_private", what=found.number)]
    story = document_story(work, found, MOST_STEPS)
    lines = _heading(work, reader, found)
    if story.before > 0:
        lines.append(reader.say("history.before", count=story.before))
    elif found.names_id is not None:
        lines.append(reader.say("history.rest_of", number=f"{found.kind.letters}-{found.names_id}"))
    return [*lines, *(_step(work, reader, one) for one in story.steps)]


def _found(work: Work, asker: Asker, number: str) -> Header | None:
    """The document of a number, whose letters have to be those of its kind; or the newest one shown in this chat."""
    last = number == LAST_DOCUMENT
    document_id = last_document(work, asker.incoming.chat_id) if last else said_number(number)
    try:
        found = header(work, document_id) if document_id else None
    except NoSuchDocument:
        return None
    fits = found is not None and (last or number.isdigit() or number == found.number)
    return found if fits else None


def _heading(work: Work, reader: Reader, document: Header) -> list[str]:
    if document.kind is DocumentKind.TRANSFER:
        return [outcome(work, reader, document), route_line(reader, document)]
    place = reader.place(document.place_id)
    return [reader.say("history.paper", number=document.number, place=place)]


def _step(work: Work, reader: Reader, step: Step) -> str:
    key = f"history.did.{step.command}"
    did = reader.say(key if known(key) else "history.did.other")
    parts = [part for column in (*COLUMNS, *MORE_COLUMNS) if (part := _part(reader, column, step.counts))]
    if step.reason:
        parts.append(reader.say("history.reason", reason=cut(step.reason, WIDEST_REASON)))
    facts = {"at": reader.moment(step.at, work.now), "who": _who(work, reader, step.actor_id), "did": did}
    line = reader.say("history.step", **facts)
    return reader.say("history.with", line=line, parts=reader.say("common.comma").join(parts)) if parts else line


def _part(reader: Reader, column: str, counts: Mapping[str, Mapping[int, int]]) -> str:
    """What a step did to one column of the lines; nothing where that says nothing."""
    change = {sku_id: count for sku_id, count in counts.get(column, {}).items() if count}
    if column == "approved" and any(counts.get("asked", {}).values()):
        return ""  # all that is asked for counts as approved at first
    if change and all(count < 0 for count in change.values()):
        if column not in LESS or counts.get("dispatched"):
            return ""
        column, change = LESS[column], {sku_id: -count for sku_id, count in change.items()}
    change = {sku_id: count for sku_id, count in change.items() if count > 0}
    if not change:
        return ""
    if len(change) > 1:
        return reader.say(f"history.part.{column}", amount=reader.say("transfers.several", count=len(change)))
    ((sku_id, count),) = change.items()
    amount = reader.amount(sku_id, count)
    if column in ("asked", "goods"):
        amount = reader.say("history.goods", sku=reader.sku(sku_id), amount=amount)
    return reader.say(f"history.part.{column}", amount=amount)


def _product(work: Work, asker: Asker, sku: SkuEntry, place: PlaceEntry, days: tuple[date, date]) -> list[str]:
    """The story of a product at a place, to one who may hear it; in a group nobody does."""
    reader = asker.reader
    names = {"sku": reader.sku(sku), "place": reader.place(place)}
    if not sees(asker.person, View.STORY, site(work, place.id)):
        return [reader.say("history.not_yours", what=names["place"])]
    if asker.incoming.chat_kind is ChatKind.GROUP:
        return [reader.say("history.in_private", what=names["sku"])]
    moves, before = product_story(work, sku.id, place.id, MOST_STEPS, days)
    if not moves:
        return [reader.say("history.nothing", **names)]
    earlier = [reader.say("history.before", count=before)] if before > 0 else []
    return [reader.say("history.product", **names), *earlier, *(_moved(work, reader, sku, one) for one in moves)]


def _moved(work: Work, reader: Reader, sku: SkuEntry, one: Moved) -> str:
    key = f"history.moved.{one.cause.value}.{one.way.value}"
    did = reader.say(
        key if known(key) else f"history.moved.other.{one.way.value}", amount=reader.amount(sku, one.count)
    )
    facts = {"at": reader.moment(one.at, work.now), "who": _who(work, reader, one.actor_id), "number": one.number}
    line = reader.say("history.move", did=did, **facts)
    if one.available is None:
        return line
    return reader.say(
        "history.with", line=line, parts=reader.say("history.left", amount=reader.amount(sku, one.available))
    )


def _who(work: Work, reader: Reader, person_id: int) -> str:
    found = person(work, person_id)
    return reader.say("history.clock") if found.role is Role.SYSTEM else found.name


def _sku(reader: Reader, reading: Reading) -> SkuEntry | None:
    codes = [line.sku for line in reading.slots.lines if line.sku]
    return reader.catalogue.sku_by_code[codes[0]] if len(codes) == 1 else None


def _place(asker: Asker, reading: Reading) -> PlaceEntry | None:
    """The place that was said, else the one where the person works."""
    code = reading.slots.place
    if code == EVERYWHERE:
        return None
    return asker.reader.catalogue.place_by_code.get(code or asker.home or "")


def _days(reading: Reading) -> tuple[date, date]:
    if reading.slots.period is None:
        return ALL_DAYS
    first, _, last = reading.slots.period.partition("/")
    return date.fromisoformat(first), date.fromisoformat(last)
