"""Cards: messages that are redrawn. A row says what a card is the face of; drawing looks up how that stands now."""

from __future__ import annotations

from dataclasses import dataclass, replace

from sqlalchemy import ColumnElement, and_, insert, or_, select, update
from sqlmodel import col

from core.ground.documents import under_way
from core.ground.work import Work, picked
from data.kinds import CardFace, PendingState
from data.statements import Statement, given
from data.tables.base import defaults_of, table_of
from data.tables.conversation import Account, ChatMember, Pending
from data.tables.conversation import Card as Row
from handlers.messages import Reply
from handlers.outgoing import send_card

MOST_BYTES = 40
"""How long a button's data may be: WeCom and Telegram both take this."""
MOST_DIGITS = 18
"""How long a number in it may be: more does not fit into a column."""


@dataclass(frozen=True, slots=True)
class Card:
    """A card as it stands. `folded`: a newer card of the same thing is further down, so this one has no buttons.

    `shown` tells what is seen from what would be drawn; it is missing while that is not sure.
    """

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
    shown: str | None
    review_id: int | None = None
    about_id: int | None = None
    view: str | None = None


@dataclass(frozen=True, slots=True)
class Tap:
    """What a button sent: its verb, its card, the version it was drawn at, and one choice among several."""

    verb: str
    card_id: int
    version: int
    choice: str = ""


_CARD, _CHANGE = picked(Row, Card), update(table_of(Row))
_THIS, _HERE = col(Row.id) == given("card_id"), col(Row.chat_id) == given("chat_id")
_OF_DOCUMENT, _OF_PENDING = col(Row.document_id) == given("document_id"), col(Row.pending_id) == given("pending_id")
_OF_REVIEW = col(Row.review_id) == given("review_id")
_ABOUT = (col(Row.face) == CardFace.PERSON, col(Row.about_id).is_not_distinct_from(given("about_id")))
_NOT_FOLDED = col(Row.folded) == 0
_READERS_OWN = col(Row.reader_id).is_not_distinct_from(given("reader_id"))  # a group's card may have no reader
_ONCE_MORE = {"wanted_version": col(Row.wanted_version) + 1}
_READ = Statement(_CARD.where(_THIS))
_OF_DOCUMENT_HERE = Statement(_CARD.where(_OF_DOCUMENT, _HERE, _NOT_FOLDED))
_ALL_OF_PENDING = Statement(_CARD.where(_OF_PENDING, _NOT_FOLDED).order_by(col(Row.id)))
_READERS = Statement(select(col(Row.reader_id)).where(_OF_DOCUMENT, col(Row.reader_id).is_not(None)))
_LAST_DOCUMENT = Statement(
    select(col(Row.document_id)).where(_HERE, col(Row.document_id).is_not(None)).order_by(col(Row.id).desc()).limit(1)
)
_NOTHING = {"pending_id": None, "document_id": None, "review_id": None, "about_id": None, "view": None}
_SHOWN = ("chat_id", "reader_id", "face", *_NOTHING)
_SHOW = Statement(
    insert(table_of(Row)).values({**defaults_of(Row), **{name: given(name) for name in _SHOWN}}).returning(col(Row.id))
)
_FOLD = _CHANGE.where(_HERE, _READERS_OWN, _NOT_FOLDED).values({**_ONCE_MORE, "folded": 1})
_FOLD_PENDING, _FOLD_DOCUMENT = Statement(_FOLD.where(_OF_PENDING)), Statement(_FOLD.where(_OF_DOCUMENT))
_FOLD_REVIEW = Statement(_FOLD.where(_OF_REVIEW))
_FOLD_PERSON = Statement(_FOLD.where(*_ABOUT))
_OF_RULES = col(Row.face) == CardFace.RULES
_FOLD_RULES = Statement(_FOLD.where(_OF_RULES, col(Row.view).not_like('%"done"%')))  # what came about stays to be read
_REDRAW_RULES = Statement(_CHANGE.where(_OF_RULES, _NOT_FOLDED).values(_ONCE_MORE))
_REDRAW = Statement(_CHANGE.where(_THIS).values(_ONCE_MORE))
_REDRAW_ALL = Statement(_CHANGE.where(_OF_DOCUMENT).values(_ONCE_MORE))
_TURNED = {**_ONCE_MORE, "face": CardFace.DOCUMENT, "document_id": given("document_id")}
_TURN = Statement(_CHANGE.where(_THIS).values(_TURNED))
_TURN_PERSON = Statement(
    _CHANGE.where(_THIS).values({**_ONCE_MORE, "about_id": given("about_id"), "view": given("view")})
)


def card(work: Work, card_id: int) -> Card | None:
    """A card by id."""
    row = work.one(_READ, card_id=card_id)
    return None if row is None else Card(*row)


def show_pending(work: Work, chat_id: int, person_id: int, pending_id: int) -> int:
    """Show an open question or change in a new card; older cards of it are folded."""
    work.run(_FOLD_PENDING, chat_id=chat_id, reader_id=person_id, pending_id=pending_id)
    return _show(work, chat_id, person_id, face=CardFace.PENDING, pending_id=pending_id)


def show_document(work: Work, chat_id: int, reader_id: int | None, document_id: int) -> int:
    """Show a document in a new card; the same reader's older cards of it in the chat are folded."""
    work.run(_FOLD_DOCUMENT, chat_id=chat_id, reader_id=reader_id, document_id=document_id)
    return _show(work, chat_id, reader_id, face=CardFace.DOCUMENT, document_id=document_id)


def show_review(work: Work, chat_id: int, person_id: int, review_id: int) -> int:
    """Show something to learn from in a new card; older cards of it are folded."""
    work.run(_FOLD_REVIEW, chat_id=chat_id, reader_id=person_id, review_id=review_id)
    return _show(work, chat_id, person_id, face=CardFace.REVIEW, review_id=review_id)


def show_person(work: Work, chat_id: int, reader_id: int, about_id: int | None, view: str) -> int:
    """Show somebody, or with `about_id` None all whom the reader manages, in a new card; older ones are folded."""
    work.run(_FOLD_PERSON, chat_id=chat_id, reader_id=reader_id, about_id=about_id)
    return _show(work, chat_id, reader_id, face=CardFace.PERSON, about_id=about_id, view=view)


def turn_person(work: Work, card_id: int, about_id: int | None, view: str) -> None:
    """Have a card about people show something else of them."""
    work.run(_TURN_PERSON, card_id=card_id, about_id=about_id, view=view)


def show_rules(work: Work, chat_id: int, reader_id: int, view: str) -> int:
    """Show something of the approval rules in a new card; older ones are folded."""
    work.run(_FOLD_RULES, chat_id=chat_id, reader_id=reader_id)
    return _show(work, chat_id, reader_id, face=CardFace.RULES, view=view)


def turn_rules(work: Work, card_id: int, view: str) -> None:
    """Have a card about rules show something else of them."""
    work.run(_TURN_PERSON, card_id=card_id, about_id=None, view=view)


def want_redraw_of_rules(work: Work) -> None:
    """Have every card about rules drawn anew: they are not as they were shown."""
    work.run(_REDRAW_RULES)


def become_document(work: Work, card_id: int, chat_id: int, reader_id: int, document_id: int) -> None:
    """The confirmed card turns into the face of its document; the reader's other cards of that are folded."""
    work.run(_FOLD_DOCUMENT, chat_id=chat_id, reader_id=reader_id, document_id=document_id)
    work.run(_TURN, card_id=card_id, document_id=document_id)


def want_redraw(work: Work, card_id: int) -> None:
    """Have one card drawn anew."""
    work.run(_REDRAW, card_id=card_id)


def want_redraw_of(work: Work, document_id: int) -> None:
    """Have every card of a document drawn anew."""
    work.run(_REDRAW_ALL, document_id=document_id)


def want_redraw_of_open(work: Work, chat_id: int) -> None:
    """Have every card of a chat drawn anew with which something can still be done."""
    work.change(Row, col(Row.chat_id) == chat_id, _NOT_FOLDED, _is_open(work), shown=None, **_ONCE_MORE)


def want_redraw_of_person(work: Work, person_id: int) -> None:
    """Have every card drawn anew that is about this person; and what they can tap, since it may be theirs no more."""
    mine = select(col(Account.chat_id)).where(col(Account.person_id) == person_id)
    ours = select(col(ChatMember.chat_id)).where(col(ChatMember.person_id) == person_id)
    theirs = (or_(col(Row.chat_id).in_(mine), col(Row.chat_id).in_(ours)), col(Row.reader_id) == person_id)
    about = or_(col(Row.about_id) == person_id, and_(*theirs, _is_open(work)))
    work.change(Row, _NOT_FOLDED, about, **_ONCE_MORE)


def cards_of(work: Work, document_id: int, chat_id: int) -> list[Card]:
    """The cards of a document in a chat that are not folded."""
    return [Card(*row) for row in work.rows(_OF_DOCUMENT_HERE, document_id=document_id, chat_id=chat_id)]


def readers_of(work: Work, document_id: int) -> set[int]:
    """Everybody who has a card of a document."""
    return {reader_id for (reader_id,) in work.rows(_READERS, document_id=document_id) if reader_id is not None}


def cards_of_pending(work: Work, pending_id: int) -> list[Card]:
    """The cards that show an open question or change, the newest last."""
    return [Card(*row) for row in work.rows(_ALL_OF_PENDING, pending_id=pending_id)]


def documents_shown(work: Work, chat_id: int, most: int = 10) -> list[int]:
    """The documents of the newest cards in a chat, the newest first, each once."""
    query = select(col(Row.document_id)).where(col(Row.chat_id) == chat_id, col(Row.document_id).is_not(None))
    return list(dict.fromkeys(row[0] for row in work.all(query.order_by(col(Row.id).desc()).limit(most)) if row[0]))


def last_document(work: Work, chat_id: int) -> int | None:
    """The document whose card is the newest in a chat."""
    row = work.one(_LAST_DOCUMENT, chat_id=chat_id)
    return row[0] if row else None


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


def _is_open(work: Work) -> ColumnElement[bool]:
    """Of a card's row, whether something can still be done with it."""
    asked = select(col(Pending.id)).where(col(Pending.state) == PendingState.OPEN)
    lasting = col(Row.face).in_([CardFace.REVIEW, CardFace.PERSON, CardFace.RULES])
    return or_(col(Row.pending_id).in_(asked), col(Row.document_id).in_(under_way(work)), lasting)


def _show(work: Work, chat_id: int, reader_id: int | None, **face: object) -> int:
    written = work.one(_SHOW, chat_id=chat_id, reader_id=reader_id, **{**_NOTHING, **face})
    assert written is not None  # an insert gives back its row, or raises
    card_id = int(written[0] or 0)
    send_card(work, chat_id, card_id)
    return card_id
