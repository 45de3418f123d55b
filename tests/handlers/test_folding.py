"""A newer card of the same thing folds the older ones of the same reader in the same chat, and no other card."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from core.ground.work import Work
from data.kinds import CardFace, ChatKind
from data.tables.conversation import Chat
from handlers.cards import become_document, card, cards_of, readers_of, show_document, show_pending
from handlers.pending import keep_pending
from handlers.understand.reading import Intent, Reading
from tests.small_chain import Shop


@dataclass(frozen=True)
class Room:
    """A group's chat, two people in it, and a transfer to show."""

    work: Work
    chat_id: int
    other_chat_id: int
    people: tuple[int, int]
    document_id: int

    def folded(self, *card_ids: int) -> list[int]:
        """Which of these cards are folded, 1 or 0 each."""
        return [found.folded for card_id in card_ids if (found := card(self.work, card_id))]


@pytest.fixture
def room(shop: Shop) -> Room:
    """A room in which nothing has been shown yet."""
    shop.done("admin", shop.opening("XH", ("SOAP", 50, 100)))
    document_id = shop.done("clerk@BJ", shop.request("XH", "BJ", ("SOAP", 9))).of_document
    work = Work(shop.connection, shop.now)
    row = {"kind": ChatKind.GROUP, "title_zh": "-", "title_en": "-", "language": "zh"}
    first, second = (work.add(Chat, channel="console", address=address, **row) for address in ("one", "two"))
    return Room(work, first, second, (shop.people["clerk@BJ"], shop.people["clerk@XH"]), document_id)


def test_a_card_without_a_reader_is_folded_like_any_other(room: Room) -> None:
    one, other = room.people
    older = [show_document(room.work, room.chat_id, reader, room.document_id) for reader in (None, one, other)]
    elsewhere = show_document(room.work, room.other_chat_id, None, room.document_id)
    newer = show_document(room.work, room.chat_id, None, room.document_id)
    assert room.folded(*older, elsewhere, newer) == [1, 0, 0, 0, 0]
    assert show_document(room.work, room.chat_id, one, room.document_id) > newer
    assert room.folded(*older, elsewhere, newer) == [1, 1, 0, 0, 0]
    assert {found.id for found in cards_of(room.work, room.document_id, room.chat_id)} == {older[2], newer, newer + 1}
    assert readers_of(room.work, room.document_id) == {one, other}


def test_a_folded_card_is_drawn_once_more_and_not_each_time(room: Room) -> None:
    shown = [show_document(room.work, room.chat_id, None, room.document_id) for _ in range(3)]
    found = [card(room.work, card_id) for card_id in shown]
    assert [(one.folded, one.wanted_version, one.shown_version) for one in found if one] == [
        (1, 2, 0),
        (1, 2, 0),
        (0, 1, 0),
    ]


def test_a_confirmed_card_becomes_the_face_of_its_document_and_folds_the_others(room: Room) -> None:
    one, other = room.people
    older = show_document(room.work, room.chat_id, one, room.document_id)
    others = show_document(room.work, room.chat_id, other, room.document_id)
    pending_id = keep_pending(room.work, room.chat_id, one, Reading(Intent.TRANSFER_CREATE), None)
    asked = show_pending(room.work, room.chat_id, one, pending_id)
    become_document(room.work, asked, room.chat_id, one, room.document_id)
    assert room.folded(older, others, asked) == [1, 0, 0]
    found = card(room.work, asked)
    assert found is not None
    assert (found.face, found.document_id, found.pending_id) == (CardFace.DOCUMENT, room.document_id, pending_id)
    assert found.wanted_version == 2
