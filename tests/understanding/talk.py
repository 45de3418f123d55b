"""Plays messages and taps on one connection: read, act, tell, as the product does, without its queues and threads."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import count

from sqlalchemy import Connection

from bot.inbox import Update, keep_update
from core.ground.events import take_events
from core.ground.permissions import Actor
from core.ground.work import Work
from core.people.directory import people
from data.kinds import ChatKind, InboxKind
from handlers import notices, respond
from handlers.cards import Card, card
from handlers.chats import chat
from handlers.faces import draw
from handlers.messages import Reply
from handlers.plan import Incoming
from handlers.understand.names.lexicon import Lexicon
from tests.understanding.card_facts import Facts, Moved, asked_on


@dataclass(frozen=True, slots=True)
class Shown:
    """A card as it stands now."""

    card: Card
    reply: Reply


class Talk:
    """The people of the demo chain on one connection, whose transaction belongs to the caller."""

    def __init__(self, connection: Connection, lexicon: Lexicon, now: datetime) -> None:
        """The clock stands still."""
        self.connection, self.lexicon, self.now = connection, lexicon, now
        self.people: dict[str, Actor] = {one.code: one for one in people(self._work())}
        self._by_id = {one.id: one for one in self.people.values()}
        chats = connection.exec_driver_sql("select address, chat_id from account").all()
        self._chats: dict[str, int] = {row[0]: row[1] for row in chats}
        self._ids = count(1)
        self._card_id = self._last("card")

    def says(self, who: str, text: str) -> list[int]:
        """Read and act on a message; the cards that are new, by id."""
        self._takes(self._chats[who], self.people[who], InboxKind.MESSAGE, text)
        return self._new_cards()

    def taps(self, who: str, data: str) -> list[int]:
        """Send these bytes as a tap of this person in their own chat; the cards that are new."""
        self._takes(self._chats[who], self.people[who], InboxKind.TAP, data)
        return self._new_cards()

    def shown(self, card_id: int) -> Shown:
        """A card, drawn."""
        found = card(self._work(), card_id)
        assert found is not None
        return Shown(found, draw(self._work(), found, self.lexicon.catalogue))

    def presses(self, shown: Shown, button: int) -> tuple[list[int], list[str]]:
        """Tap a button of a card as its reader; the cards that are new then, and what contradicts the card."""
        assert shown.card.reader_id is not None
        before, tapped = self._last("posting"), shown.reply.buttons[button]
        self._takes(shown.card.chat_id, self._by_id[shown.card.reader_id], InboxKind.TAP, tapped.data)
        facts = Facts(shown.reply.lines, self.lexicon.catalogue)
        wrong = [*facts.contradictions(self._moved(before))]
        if tapped.data.startswith("submit."):
            wrong += self._request(shown.card.id, facts)
        return self._new_cards(), wrong

    def _takes(self, chat_id: int, who: Actor, kind: InboxKind, text: str) -> None:
        work = self._work()
        update = Update("console", f"talk:{next(self._ids)}", chat_id, who.id, kind, text)
        inbox_id, where = keep_update(work, update), chat(work, chat_id)
        incoming = Incoming(
            inbox_id, "console", chat_id, ChatKind(where.kind), where.language, who, kind, text, self.now
        )
        plan = respond.read(work, incoming, self.lexicon)
        respond.act(work, incoming, plan, self.lexicon.catalogue)
        if plan.wish:
            self._tells()

    def _tells(self) -> None:
        """Word what happened, as delivery would."""
        while events := take_events(self._work()):
            for event in events:
                worded = notices.word(self._work(), event, self.lexicon.catalogue)
                notices.put(self._work(), event, worded)

    def _request(self, card_id: int, facts: Facts) -> Sequence[str]:
        """Why the request that a confirmed card became is not what it said; nothing where it was refused."""
        found = card(self._work(), card_id)
        if found is None or found.document_id is None:
            return ()
        query = "select sku_id, sum(asked) from transfer_line where document_id = ? group by sku_id"
        asked = {row[0]: row[1] for row in self.connection.exec_driver_sql(query, (found.document_id,))}
        ends = self.connection.exec_driver_sql(
            "select place_id, other_place_id from document where id = ?", (found.document_id,)
        ).one()
        wrong = [f"place {place_id} is not on the card" for place_id in ends if not facts.names(place_id)]
        return (*wrong, *asked_on(facts, asked))

    def _moved(self, after: int) -> list[Moved]:
        """What went from place to place, from whichever shelf, and what was frozen or freed within one."""
        query = (
            "select sku_id, sum(quantity), source_id, target_id from posting where id > ? and {}"
            " group by sku_id, source_id, target_id{}"
        )
        between = query.format("source_id <> target_id", "")
        within = query.format("source_id = target_id", ", source_shelf, target_shelf")
        return [
            Moved(*row, frees_or_freezes=found is within)
            for found in (between, within)
            for row in self.connection.exec_driver_sql(found, (after,)).all()
        ]

    def _last(self, table: str) -> int:
        return int(self.connection.exec_driver_sql(f"select coalesce(max(id), 0) from {table}").scalar_one())

    def _new_cards(self) -> list[int]:
        """The cards since this was asked last."""
        query = "select id from card where id > ? order by id"
        found = [row[0] for row in self.connection.exec_driver_sql(query, (self._card_id,))]
        self._card_id = found[-1] if found else self._card_id
        return found

    def _work(self) -> Work:
        return Work(self.connection, self.now)
