"""Undo (撤销): what it would do on one card, the smallest correction where goods have gone on, and the command.

Cancelling a transfer is the same: before it is dispatched it is withdrawn, afterwards turned back, and so on.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

from core.ground.audit import last_moved_by
from core.ground.commands import Command
from core.ground.documents import Header, header, said_number
from core.ground.errors import MovedOn, NoSuchDocument, StockError
from core.ground.work import Work
from core.stock.transfer_commands import Asked, CancelTransfer, Counted, SubmitTransfer, TurnBack
from core.stock.transfer_lines import lines_of
from core.stock.transfer_rules import needed_steps
from core.stock.undo import ReturnTransfer, ReverseDocument
from core.stock.undoing import Part, Undoing, Way, undoing, way_by_state
from handlers.capabilities.approvals import who_must_approve
from handlers.capabilities.refusals import refusal
from handlers.capabilities.transfer_found import left_over, seen
from handlers.capabilities.transfer_state import (
    available_effect,
    drop_button,
    effect_lines,
    frozen_goods,
    goods_lines,
    verb_label,
)
from handlers.cards import documents_shown
from handlers.messages import Button, Reply, Style, Tone
from handlers.pending import Pending
from handlers.plan import Asker, Plan
from handlers.reader import Reader
from handlers.understand.reading import LAST_DOCUMENT, Intent, Reading, SaidLine

MOST_GOODS = 3
COMMANDS: Mapping[Way, type[ReturnTransfer] | type[ReverseDocument]] = MappingProxyType(
    {Way.RETURN: ReturnTransfer, Way.REVERSE: ReverseDocument}
)


def answer_undo(work: Work, asker: Asker, reading: Reading) -> Plan:
    """A card with what undoing would do, or why it cannot be undone."""
    if unclear := left_over(asker.reader, reading):
        return unclear
    if reading.missing:
        return Plan(ask=reading)
    number = reading.slots.document or LAST_DOCUMENT
    document = last_document_of(work, asker) if number == LAST_DOCUMENT else _named(work, number)
    if document is None:
        key = "undo.nothing" if number == LAST_DOCUMENT else "undo.no_such"
        return Plan(said=Reply((asker.reader.say(key, number=number),)))
    try:
        could = undoing(work, document)
    except StockError as refused:
        return Plan(said=Reply((refusal(work, asker.reader, refused),)))
    return Plan(ask=asks_for(asker.reader, replace(reading, candidates={}, problems={}), document, could))


def ask_to_undo(work: Work, reader: Reader, document: Header) -> Reading:
    """The card behind the button of a document that is done. Raises what stands against undoing it."""
    return asks_for(reader, Reading(Intent.UNDO), document, undoing(work, document))


def asks_for(reader: Reader, reading: Reading, document: Header, could: Undoing) -> Reading:
    """The reading as it is about this document, with how many of each of its lines can go back now."""
    skus = reader.catalogue.sku_by_id
    lines = tuple(SaidLine(skus[part.sku_id].code, count=part.there) for part in could.parts)
    about = seen(reading, document)
    return replace(about, slots=replace(about.slots, lines=lines))


def last_document_of(work: Work, asker: Asker) -> Header | None:
    """Of the documents that this chat showed lately the one that this person moved last; else the newest of them."""
    numbers = documents_shown(work, asker.incoming.chat_id)
    found = last_moved_by(work, asker.person.id, numbers) or next(iter(numbers), None)
    return None if found is None else header(work, found)


def can_undo(work: Work, document: Header) -> bool:
    """Whether who acts could undo some of it now."""
    try:
        return bool(undoing(work, document).parts)
    except StockError:
        return False


def undo_command(work: Work, reader: Reader, pending: Pending) -> Command:
    """What a complete reading asks for, of the document and of as much of it as its card showed."""
    reading = pending.understood()
    document = _meant(work, reading)
    version, way = reading.slots.version or document.version, way_by_state(document)
    if way is Way.CANCEL:
        return CancelTransfer(document.id, version)
    if way is Way.TURN_BACK or way is None or version != document.version:  # what moved on refuses any step
        return TurnBack(document.id, version)
    counts = [line.count or 0 for line in reading.slots.lines]
    numbers = [line.line for line in lines_of(work, document.id) if line.received] or range(1, len(counts) + 1)
    said = tuple(Counted(number, count) for number, count in zip(numbers, counts, strict=True))
    return COMMANDS[way](document.id, version, said)


def undo_confirmation(work: Work, reader: Reader, pending: Pending) -> Reply:
    """The card before something is undone: what goes back, before and after, and the verb on the button."""
    reading = pending.understood()
    document = _meant(work, reading)
    said = [line.count or 0 for line in reading.slots.lines]
    try:
        if document.version != reading.slots.version:
            raise MovedOn(document.id, reading.slots.version or 0, document.version)
        could = undoing(work, document)
    except StockError as refused:
        return _cannot(reader, refusal(work, reader, refused), again=isinstance(refused, MovedOn))
    if any(part.there < count for part, count in zip(could.parts, said, strict=True)):
        return _cannot(reader, reader.say("undo.less_there"), again=True)
    parts = [replace(part, there=count) for part, count in zip(could.parts, said, strict=True)]
    goods = [Asked(part.sku_id, part.there, part.unit) for part in parts if part.there]
    shown, left_out = goods_lines(reader, goods), _left_out(reader, parts)
    most = MOST_GOODS - len(left_out)
    if len(shown) > most:
        rest = len(goods) - most + 1
        shown = [*shown[: most - 1], reader.say("transfers.more_goods", rest=rest)]
    texts = [
        reader.say("undo.state", number=document.number),
        *shown,
        *left_out,
        *_effect(work, reader, document, could.way, goods),
        reader.say(f"undo.then.{could.way.value}", number=document.number, place=reader.place(document.place_id)),
    ]
    button = Button(verb_label(reader, f"undo_{could.way.value}", _merged(goods)), "undo", Style.PRIMARY)
    return Reply(tuple(texts), (button, drop_button(reader)), Tone.WAITING)


def _effect(work: Work, reader: Reader, document: Header, way: Way, goods: list[Asked]) -> list[str]:
    """What it does to the shelves, before and after, for one product."""
    merged, place_id, other_id = _merged(goods), document.place_id, document.other_place_id
    match way:
        case Way.CANCEL:
            return available_effect(work, reader, place_id, frozen_goods(lines_of(work, document.id)))
        case Way.TURN_BACK:
            return []
        case Way.RETURN:
            wish = SubmitTransfer(other_id, place_id, tuple(merged))
            asks = who_must_approve(work, reader, document.kind, other_id, needed_steps(work, wish))
            ends = {"source": reader.place(other_id), "target": reader.place(place_id)}
            effect = effect_lines(work, reader, (other_id, place_id), merged, {})
            return [*(effect or [reader.say("transfers.route", **ends)]), *asks]
        case Way.REVERSE:
            back = -1 if document.kind.brings_goods else 1
            return available_effect(work, reader, place_id, [(one.sku_id, back * one.count) for one in merged])


def _left_out(reader: Reader, parts: list[Part]) -> list[str]:
    """What cannot go back any more: of one product how much, of several of how many of them."""
    short = [part for part in parts if part.there < part.moved]
    if not short:
        return []
    if len(parts) > 1:
        return [reader.say("undo.gone_of_several", count=len(short))]
    gone = reader.amount(short[0].sku_id, short[0].moved - short[0].there, short[0].unit or None)
    return [reader.say("undo.gone", amount=gone)]


def _merged(goods: list[Asked]) -> list[Asked]:
    """One entry a product."""
    found: dict[int, Asked] = {}
    for one in goods:
        before = found.get(one.sku_id)
        found[one.sku_id] = Asked(one.sku_id, one.count + (before.count if before else 0), one.unit)
    return list(found.values())


def _cannot(reader: Reader, sentence: str, *, again: bool) -> Reply:
    """Why not; where things only moved on meanwhile, a tap looks at what can be undone now."""
    look = (Button(reader.say("undo.look_again"), "again", Style.PRIMARY),) if again else ()
    return Reply((reader.say("transfers.confirm.refused"), sentence), (*look, drop_button(reader)), Tone.STOPPED)


def _named(work: Work, number: str) -> Header | None:
    """The document of this number. A number without letters is whatever it is the number of."""
    document_id = said_number(number)
    try:
        found = header(work, document_id or 0)
    except NoSuchDocument:
        return None
    return found if number[:1].isdigit() or number == found.number else None


def _meant(work: Work, reading: Reading) -> Header:
    document = _named(work, reading.slots.document or "")
    if document is None or not reading.complete:
        raise ValueError("the reading is not complete")
    return document
