"""Documents that are posted at once (opening stock, goods receipts, sales): their card, and undoing them from it."""

from __future__ import annotations

from core.ground.commands import Command
from core.ground.documents import Header, header
from core.ground.errors import StockError, UndoneBefore
from core.ground.work import Work
from core.people.directory import person
from core.stock.transfer_commands import Asked
from core.stock.undoing import booked, reversed_by
from handlers.capabilities.refusals import refusal
from handlers.capabilities.shapes import Told
from handlers.capabilities.transfer_state import goods_lines
from handlers.capabilities.undo import ask_to_undo, can_undo
from handlers.cards import Tap
from handlers.messages import Button, Reply, Tone
from handlers.plan import Asker, Plan
from handlers.reader import Reader

MOST_GOODS = 4
ASK_UNDO = "ask_undo"
"""The button of a document that is done. The card behind it has another verb: it may become this document's card."""


def outcome(work: Work, reader: Reader, document: Header) -> str:
    """That it is posted, that it took another one back, or that another one took it back."""
    facts = {"number": document.number, "at": reader.moment(document.posted_at, work.now)}
    if document.reverses_id is not None:
        return reader.say("undo.posted.reversal", first=header(work, document.reverses_id).number, **facts)
    if by := reversed_by(work, document.id):
        return reader.say("undo.posted.reversed", by=by.number, **facts)
    return reader.say("undo.posted.state", **facts)


def document_card(work: Work, reader: Reader, document: Header, folded: bool) -> Reply:
    """The face of such a document; values are on none."""
    state, what = outcome(work, reader, document), _what(reader, document)
    if folded:
        return Reply((state, f"{what} · {reader.say('common.folded')}"))
    goods = goods_lines(reader, [Asked(one.sku_id, one.quantity, "") for one in booked(work, document.id)])
    shown = goods if len(goods) <= MOST_GOODS else goods[: MOST_GOODS - 1]
    if len(shown) < len(goods):
        shown = [*shown, reader.say("transfers.more_goods", rest=len(goods) - len(shown))]
    by = {"who": person(work, document.requester_id).name, "at": reader.moment(document.posted_at, work.now)}
    texts = (state, *shown, what, reader.say("undo.posted.by", **by))
    open_to = reader.actor is not None and can_undo(work, document)
    return Reply(texts, (Button(reader.say("undo.do"), ASK_UNDO),) if open_to else (), Tone.DONE)


def tapped_on(work: Work, asker: Asker, document: Header, tapped: Tap) -> Command | Plan | None:
    """What a button on it does; None for a verb that has no button there."""
    return undo_tapped(work, asker, document, tapped) if tapped.verb == ASK_UNDO else None


def undo_tapped(work: Work, asker: Asker, document: Header, tapped: Tap) -> Plan | None:
    """The card before it is undone, or why it cannot be; None where it was undone before, which its card says.

    A second tap does not ask it again below.
    """
    try:
        question = ask_to_undo(work, asker.reader, document)
    except UndoneBefore:
        return None
    except StockError as refused:
        return Plan(toast=refusal(work, asker.reader, refused), redraw=tapped.card_id)
    asked_already = asker.open is not None and asker.open.understood() == question
    return Plan(ask=None if asked_already else question, toast=asker.reader.say("taps.undo"))


def told(work: Work, kind: str, document: Header) -> Told:
    """Whoever entered it hears that somebody undid it."""
    return Told(hear=(document.requester_id,) if kind == "document.undone" else ())


def line(work: Work, reader: Reader, kind: str, document: Header) -> str:
    """How it stands, in one line."""
    return f"{outcome(work, reader, document)} · {_what(reader, document)}"


def _what(reader: Reader, document: Header) -> str:
    return reader.say(f"undo.posted.{document.kind.value}", place=reader.place(document.place_id))
