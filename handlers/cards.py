"""Cards: messages that are redrawn. A row says what a card is the face of; drawing looks up how that stands now."""

from __future__ import annotations

from dataclasses import dataclass, replace

from sqlalchemy import ColumnElement, select
from sqlmodel import col

from core.ground.work import Work, picked
from data.kinds import CardFace
from data.tables.conversation import Card as Row
from handlers.messages import Reply
from handlers.outgoing import send_card

MOST_BYTES = 40
"""How long a button's data may be: WeCom and Telegram both take this."""
MOST_DIGITS = 18
"""How long a number in it may be: more does not fit into a column."""


@dataclass(frozen=True, slots=True)
class Card:
    """A card as it stands. `folded`: a newer card of the same thing is further down, so this one has no buttons."""

    id: int
    chat_id: int
    reader_id: int | None
    face: CardFace
    pending_id: int | None
    document_id: int | None
    folded: int
    wanted_version: int
    shown_version: int
    message_id: str | None


@dataclass(frozen=True, slots=True)
class Tap:
    """What a button sent: its verb, its card, the version it was drawn at, and one choice among several."""

    verb: str
    card_id: int
    version: int
    choice: str = ""


def card(work: Work, card_id: int) -> Card | None:
    """A card by id."""
    return work.record(Card, picked(Row, Card).where(col(Row.id) == card_id))


def show_pending(work: Work, chat_id: int, person_id: int, pending_id: int) -> int:
    """Show an open question or change in a new card; older cards of it are folded."""
    _fold(work, chat_id, person_id, col(Row.pending_id) == pending_id)
    face = {"face": CardFace.PENDING, "pending_id": pending_id}
    return _show(work, chat_id, person_id, **face)


def show_document(work: Work, chat_id: int, reader_id: int | None, document_id: int) -> int:
    """Show a document in a new card; the same reader's older cards of it in the chat are folded."""
    _fold(work, chat_id, reader_id, col(Row.document_id) == document_id)
    face = {"face": CardFace.DOCUMENT, "document_id": document_id}
    return _show(work, chat_id, reader_id, **face)


def become_document(work: Work, card_id: int, chat_id: int, reader_id: int, document_id: int) -> None:
    """The confirmed card turns into the face of its document; the reader's other cards of that are folded."""
    _fold(work, chat_id, reader_id, col(Row.document_id) == document_id)
    turned = {"face": CardFace.DOCUMENT, "document_id": document_id}
    work.change(Row, col(Row.id) == card_id, **turned)
    want_redraw(work, card_id)


def want_redraw(work: Work, card_id: int) -> None:
    """Have one card drawn anew."""
    work.change(Row, col(Row.id) == card_id, wanted_version=col(Row.wanted_version) + 1)


def want_redraw_of(work: Work, document_id: int) -> None:
    """Have every card of a document drawn anew."""
    work.change(Row, col(Row.document_id) == document_id, wanted_version=col(Row.wanted_version) + 1)


def cards_of(work: Work, document_id: int, chat_id: int) -> list[Card]:
    """The cards of a document in a chat that are not folded."""
    where = (col(Row.document_id) == document_id, col(Row.chat_id) == chat_id, col(Row.folded) == 0)
    return work.records(Card, picked(Row, Card).where(*where))


def readers_of(work: Work, document_id: int) -> set[int]:
    """Everybody who has a card of a document."""
    found = select(col(Row.reader_id)).where(col(Row.document_id) == document_id, col(Row.reader_id).is_not(None))
    return {int(row[0]) for row in work.all(found) if row[0] is not None}


def cards_of_pending(work: Work, pending_id: int) -> list[Card]:
    """The cards that show an open question or change, the newest last."""
    where = (col(Row.pending_id) == pending_id, col(Row.folded) == 0)
    return work.records(Card, picked(Row, Card).where(*where).order_by(col(Row.id)))


def last_document(work: Work, chat_id: int) -> int | None:
    """The document whose card is the newest in a chat."""
    newest = select(col(Row.document_id)).where(col(Row.chat_id) == chat_id, col(Row.document_id).is_not(None))
    found = work.first(newest.order_by(col(Row.id).desc()))
    return found[0] if found else None


def tapped(data: str) -> Tap | None:
    """What a button's bytes say, or None for bytes that no button of ours has. They are no secret and prove nothing."""
    verb, _, rest = data.partition(".")
    card_id, _, rest = rest.partition(".")
    version, _, choice = rest.partition(".")
    numbers = all(part.isascii() and part.isdigit() and len(part) <= MOST_DIGITS for part in (card_id, version))
    if len(data.encode("utf-8", "replace")) > MOST_BYTES or not (verb.isascii() and verb.isidentifier() and numbers):
        return None
    return Tap(verb, int(card_id), int(version), choice)


def with_data(reply: Reply, card_id: int, version: int) -> Reply:
    """The reply with each button's bytes: `verb.card.version[.choice]`."""
    buttons = tuple(
        replace(button, data=".".join(filter(None, (button.verb, str(card_id), str(version), button.choice))))
        for button in reply.buttons
    )
    return replace(reply, buttons=buttons)


def _show(work: Work, chat_id: int, reader_id: int | None, **face: object) -> int:
    card_id = work.add(Row, chat_id=chat_id, reader_id=reader_id, **face)
    send_card(work, chat_id, card_id)
    return card_id


def _fold(work: Work, chat_id: int, reader_id: int | None, which: ColumnElement[bool]) -> None:
    older = (which, col(Row.chat_id) == chat_id, col(Row.reader_id) == reader_id, col(Row.folded) == 0)
    work.change(Row, *older, folded=1, wanted_version=col(Row.wanted_version) + 1)
