"""Transfers in conversation: from a sentence to the card of a request, and the card of a document that was named.

Each further step has a module of its own beside this one (`transfer_receive.py`, `transfer_dispatch.py`, ...), and
`transfer_cards.py` draws a transfer as it stands.
"""

from __future__ import annotations

from dataclasses import replace

from core.ground.documents import said_number
from core.ground.work import Work
from core.stock.transfer_commands import Asked, CancelTransfer, SubmitTransfer
from data.kinds import PlaceKind, ReturnReason
from handlers.capabilities.questions import offered
from handlers.capabilities.transfer_found import left_over, named, no_such, not_yours, shown, transfer_or_none
from handlers.capabilities.transfer_parts import with_missing
from handlers.messages import Reply
from handlers.pending import Pending
from handlers.plan import Asker, Plan
from handlers.reader import Reader
from handlers.understand.reading import Reading, SaidLine


def answer_create(work: Work, asker: Asker, reading: Reading) -> Plan:
    """A card with the whole effect, or the one question that is left; nothing is frozen before the tap."""
    if unclear := left_over(asker.reader, reading):
        return unclear
    if reading.slots.returns and not _goes_to_a_store(asker.reader, reading):
        reading = _return(asker.reader, reading)
    return Plan(ask=offered(work, asker.reader, reading))


def answer_status(work: Work, asker: Asker, reading: Reading) -> Plan:
    """The card of the document that was named."""
    document_id = named(work, asker, reading)
    document = transfer_or_none(work, document_id) if document_id else None
    if document is None:
        return Plan(said=Reply((no_such(asker, reading),)))
    return not_yours(work, asker, document) or shown(work, asker, document)


def submit_command(work: Work, reader: Reader, pending: Pending) -> SubmitTransfer:
    """The request that a complete reading asks for, with one line for each product.

    Raises ValueError while something is missing.
    """
    slots = pending.understood().slots
    if not pending.understood().complete or slots.source is None or slots.target is None:
        raise ValueError("the reading is not complete")
    merged: dict[int, Asked] = {}
    for line in (_asked(reader, said) for said in slots.lines):
        before = merged.get(line.sku_id)
        merged[line.sku_id] = replace(line, count=line.count + before.count) if before else line
    places = reader.catalogue.place_by_code
    reason = ReturnReason(slots.reason) if slots.returns and slots.reason else None
    return SubmitTransfer(places[slots.source].id, places[slots.target].id, tuple(merged.values()), reason)


def withdrawn_first(work: Work, reader: Reader, pending: Pending) -> CancelTransfer | None:
    """The withdrawal of the request that this one corrects, if it does; both are one intention."""
    slots = pending.understood().slots
    document_id = said_number(slots.document or "")
    return CancelTransfer(document_id, slots.version or 0) if document_id else None


def _goes_to_a_store(reader: Reader, reading: Reading) -> bool:
    """Whether what is "returned" goes to a store: then it is a request like any other."""
    target = reading.slots.target
    return target is not None and reader.catalogue.place_by_code[target].kind is PlaceKind.STORE


def _return(reader: Reader, reading: Reading) -> Reading:
    """A return to the warehouse: which one, if there are several, and why."""
    warehouses = tuple(place.code for place in reader.catalogue.places if place.kind is PlaceKind.WAREHOUSE)
    if reading.slots.target is None and len(warehouses) == 1:
        slots = replace(reading.slots, target=warehouses[0])
        reading = replace(reading, slots=slots, missing=tuple(name for name in reading.missing if name != "to"))
    if reading.slots.target is None and not reading.candidates.get("to"):
        reading = replace(reading, candidates={**reading.candidates, "to": warehouses})
    if reading.complete and reading.slots.reason is None:
        return with_missing(reading, "reason", tuple(reason.value for reason in ReturnReason))
    return reading


def _asked(reader: Reader, line: SaidLine) -> Asked:
    if line.sku is None or line.count is None:
        raise ValueError("the line is not complete")
    sku = reader.catalogue.sku_by_code[line.sku]
    return Asked(sku.id, line.count, line.unit or sku.base_unit)
