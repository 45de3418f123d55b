"""Lets the people of the demo chain talk, tap and wait, and checks the books after every word."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from sqlalchemy import Connection, select
from sqlmodel import col

from bot.inbox import Update, keep_update
from bot.timetable import Timetable
from core.execute import execute
from core.goods.catalogue import Catalogue
from core.ground.commands import Answer, Command
from core.ground.events import take_events
from core.ground.permissions import Actor
from core.ground.work import Work, picked
from core.people.directory import people, person, system
from core.stock.arrivals import Valued
from core.stock.carry import Balance, Key
from core.stock.ledger import balances_of
from core.trade.receipts import ReceiveGoods
from core.trade.sales import RecordSale, Sold
from data.engine import Database
from data.kinds import ChatKind, InboxKind, OutboxKind
from data.tables.conversation import Account, Outbox
from data.tables.conversation import Card as CardRow
from data.tables.conversation import Chat as ChatRow
from handlers import notices, respond
from handlers.cards import MOST_BYTES, Card, tapped
from handlers.chats import chat, speak
from handlers.faces import draw
from handlers.messages import Reply, Tone
from handlers.plan import Incoming, Plan
from handlers.understand.names.lexicon import Lexicon
from tests.scenarios.books import SHELVES, discrepancies

MORNING = datetime(2026, 11, 22, 2, 41, tzinfo=UTC)  # 10:41 in the shops


@dataclass(frozen=True, slots=True)
class Shown:
    """A message or a card as somebody sees it. `buttons` are labels with their bytes; silence has no lines."""

    lines: list[str] = field(default_factory=list)
    buttons: dict[str, str] = field(default_factory=dict)
    tone: Tone = Tone.PLAIN
    card_id: int | None = None

    @property
    def state(self) -> str:
        """The first line."""
        return self.lines[0]

    @property
    def labels(self) -> list[str]:
        """What can be tapped."""
        return list(self.buttons)


SILENCE = Shown()


@dataclass(frozen=True, slots=True)
class Heard:
    """An update after the first hop: what came in, and what is planned."""

    incoming: Incoming
    plan: Plan


class Chain:
    """The demo chain on one day. People are named as they are called, in a group as "何总@总部群"."""

    def __init__(self, database: Database, lexicon: Lexicon) -> None:
        """A database with the demo chain; the clock stands still until `later`."""
        self.database, self.lexicon = database, lexicon
        self.now = MORNING
        self.people: dict[str, Actor] = database.reading(_people_by_name).result()
        self.chats: dict[str, int] = database.reading(_chats_by_name).result()
        self._ids = count(1)

    @property
    def catalogue(self) -> Catalogue:
        """What the chain holds, and where."""
        return self.lexicon.catalogue

    async def says(self, who: str, text: str) -> Shown:
        """What the bot shows last in the chat after this was written there; `SILENCE` where it says nothing."""
        chat_id, before = self.chat_of(who), await self._last_sent()
        await self.acts(await self.hears(who, text))
        return await self.database.read(lambda c: self._newest(self._work(c), chat_id, after=before))

    async def taps(self, who: str, label: str) -> str:
        """Tap the newest card of the chat that has this button; the toast."""
        for shown in reversed(await self.cards(who)):
            if label in shown.buttons:
                return await self.taps_bytes(who, shown.buttons[label])
        raise AssertionError(f"no card of {who} has {label}: {[one.labels for one in await self.cards(who)]}")

    async def presses(self, who: str, verb: str) -> str:
        """As `taps`, by the verb of the button, which is the same in every language."""
        for shown in reversed(await self.cards(who)):
            for data in shown.buttons.values():
                if data.partition(".")[0] == verb:
                    return await self.taps_bytes(who, data)
        raise AssertionError(f"no card of {who} has a button to {verb}")

    async def taps_bytes(self, who: str, data: str) -> str:
        """Send these bytes as a tap in the chat; the toast."""
        return await self.acts(await self.hears(who, data, InboxKind.TAP))

    async def hears(self, who: str, text: str, kind: InboxKind = InboxKind.MESSAGE) -> Heard:
        """The first hop: keep the update and plan the answer."""
        chat_id, person_id = self.chat_of(who), self.people[who.partition("@")[0]].id
        update = Update("console", f"test:{next(self._ids)}", chat_id, person_id, kind, text)
        inbox_id = await self.database.write(lambda c: keep_update(self._work(c), update))

        def read(connection: Connection) -> Heard:
            work = self._work(connection)
            where, actor = chat(work, chat_id), person(work, person_id)
            facts = (where.kind, where.language, actor, kind, text, self.now)
            incoming = Incoming(inbox_id, "console", chat_id, *facts)
            return Heard(incoming, respond.read(work, incoming, self.lexicon))

        return await self.database.read(read)

    async def acts(self, heard: Heard) -> str:
        """The second hop, then everything that has to be told; the toast, if there is one. The books are checked."""
        await self.database.write(
            lambda c: respond.act(self._work(c), heard.incoming, heard.plan, self.lexicon.catalogue)
        )
        await self._tell()
        return await self.database.read(lambda c: _toast(self._work(c), heard.incoming.inbox_id))

    async def later(self, *, rings: bool = True, **time: float) -> None:
        """Move the clock (hours=4); the timetable rings then."""
        self.now += timedelta(**time)
        if rings:
            await Timetable(self.database, lambda: self.now, lambda: None).ring()
            await self._tell()

    async def sells(self, place: str, sku: str, quantity: int) -> None:
        """The till of a store sells."""
        lines = (Sold(self.catalogue.sku_by_code[sku].id, quantity),)
        command = RecordSale(self.place_id(place), lines)

        def sell(connection: Connection) -> Any:
            work = self._work(connection)
            return execute(work.by(system(work), "till"), command, key=f"till.{next(self._ids)}")

        assert isinstance(await self.database.write(sell), Answer)
        await self._tell()

    async def buys(self, place: str, sku: str, quantity: int) -> None:
        """A supplier brings goods, at one yuan a piece."""
        lines = (Valued(self.catalogue.sku_by_code[sku].id, quantity, 100 * quantity),)

        def buy(connection: Connection) -> Any:
            supplier = connection.exec_driver_sql("select min(id) from place where kind = 'supplier'").scalar_one()
            command = ReceiveGoods(self.place_id(place), int(supplier), lines)
            work = self._work(connection).by(self.people["许采购"], "supplier")
            return execute(work, command, key=f"supplier.{next(self._ids)}")

        assert isinstance(await self.database.write(buy), Answer)
        await self._tell()

    async def does(self, who: str, command: Command) -> Answer:
        """What no sentence says: somebody gives a command from another edge, and it is done."""
        key = f"does.{next(self._ids)}"
        answer = await self.database.write(
            lambda c: execute(self._work(c).by(self.people[who], "test"), command, key=key)
        )
        assert isinstance(answer, Answer), answer
        await self._tell()
        return answer

    async def all_speak(self, language: str) -> None:
        """Everybody and every group reads in this language from now on."""
        await self.database.write(
            lambda c: [speak(self._work(c), chat_id, language) for chat_id in self.chats.values()]
        )

    async def cards(self, who: str) -> list[Shown]:
        """Every card of the chat as it is drawn now, the oldest first."""
        chat_id = self.chat_of(who)

        def drawn(connection: Connection) -> list[Shown]:
            work = self._work(connection)
            rows = picked(CardRow, Card).where(col(CardRow.chat_id) == chat_id).order_by(col(CardRow.id))
            return [self._drawn(work, one) for one in work.records(Card, rows)]

        return await self.database.read(drawn)

    async def card(self, who: str) -> Shown:
        """The newest card of the chat."""
        return (await self.cards(who))[-1]

    async def all_cards(self) -> dict[str, list[Shown]]:
        """Every card of every chat that is not folded, as it is drawn now, by who reads the chat."""
        names = {chat_id: who for who, chat_id in self.chats.items()}

        def drawn(connection: Connection) -> dict[str, list[Shown]]:
            work, found = self._work(connection), dict[str, list[Shown]]()
            rows = picked(CardRow, Card).where(col(CardRow.folded) == 0).order_by(col(CardRow.id))
            for one in work.records(Card, rows):
                found.setdefault(names[one.chat_id], []).append(self._drawn(work, one))
            return found

        return await self.database.read(drawn)

    async def lines(self, who: str) -> list[str]:
        """What was said in the chat beside cards and toasts."""
        query = select(col(Outbox.reply)).where(
            col(Outbox.chat_id) == self.chat_of(who),
            col(Outbox.kind) == OutboxKind.MESSAGE,
            col(Outbox.reply).is_not(None),
        )
        rows = await self.database.read(lambda c: self._work(c).all(query.order_by(col(Outbox.id))))
        return ["\n".join(Reply.from_json(row[0] or "").lines) for row in rows]

    async def shelves(self, place: str, sku: str) -> dict[str, int]:
        """What stands on each shelf of a place, in smallest units; empty shelves are left out."""
        key = Key(self.catalogue.sku_by_code[sku].id, self.place_id(place))
        found = await self.database.read(lambda c: balances_of(self._work(c), sku_ids=[key.sku_id]))
        balance = found.get(key, Balance())
        return {shelf: getattr(balance, shelf) for shelf in SHELVES if getattr(balance, shelf)}

    async def count(self, table: str) -> int:
        """How many rows a table has."""
        return await self.database.read(
            lambda c: int(c.exec_driver_sql(f'select count(*) from "{table}"').scalar_one())
        )

    def place_id(self, name: str) -> int:
        """A place by its Chinese name."""
        return next(place.id for place in self.catalogue.places if place.name_zh == name)

    def chat_of(self, who: str) -> int:
        """The private chat of a person, or the group named behind an @ or alone."""
        return self.chats[who.rpartition("@")[2]]

    def _work(self, connection: Connection) -> Work:
        return Work(connection, self.now)

    async def _last_sent(self) -> int:
        rows = await self.database.read(lambda c: c.exec_driver_sql("select max(id) from outbox").scalar())
        return int(rows or 0)

    async def _tell(self) -> None:
        """Word what happened, as delivery would, and look at the books."""
        while events := await self.database.write(lambda c: take_events(self._work(c))):
            for event in events:
                worded = await self.database.read(
                    lambda c, event=event: notices.word(self._work(c), event, self.lexicon.catalogue)
                )
                await self.database.write(
                    lambda c, event=event, worded=worded: notices.put(self._work(c), event, worded)
                )
        assert await self.database.read(discrepancies) == []

    def _newest(self, work: Work, chat_id: int, *, after: int) -> Shown:
        query = select(col(Outbox.reply), col(Outbox.card_id)).where(
            col(Outbox.chat_id) == chat_id, col(Outbox.kind) == OutboxKind.MESSAGE, col(Outbox.id) > after
        )
        row = work.first(query.order_by(col(Outbox.id).desc()))
        if row is None:
            return SILENCE
        if row.card_id is None:
            return _shown(Reply.from_json(row.reply or ""), None)
        found = work.record(Card, picked(CardRow, Card).where(col(CardRow.id) == row.card_id))
        assert found is not None
        return self._drawn(work, found)

    def _drawn(self, work: Work, found: Card) -> Shown:
        return _shown(draw(work, found, self.lexicon.catalogue), found.id)


def _shown(reply: Reply, card_id: int | None) -> Shown:
    for button in reply.buttons:
        assert len(button.data.encode()) <= MOST_BYTES, button
        assert tapped(button.data), button
    return Shown(list(reply.lines), {one.label: one.data for one in reply.buttons}, reply.tone, card_id)


def _toast(work: Work, inbox_id: int) -> str:
    row = work.first(select(col(Outbox.reply)).where(col(Outbox.answers_id) == inbox_id))
    return Reply.from_json(row[0] or "").lines[0] if row else ""


def _people_by_name(connection: Connection) -> dict[str, Actor]:
    return {one.name: one for one in people(Work(connection, MORNING))}


def _chats_by_name(connection: Connection) -> dict[str, int]:
    work = Work(connection, MORNING)
    codes = {one.code: one.name for one in people(work)}
    private = select(col(Account.address), col(Account.chat_id))
    groups = select(col(ChatRow.title_zh), col(ChatRow.id)).where(col(ChatRow.kind) == ChatKind.GROUP)
    named = {codes[row[0]]: int(row[1]) for row in work.all(private)}
    return named | {row[0]: int(row[1] or 0) for row in work.all(groups)}
