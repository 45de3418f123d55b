"""The chain of the bench of cards: stores with four people each, two groups, and open transfers with their cards.

Nothing of it goes over the wire: the cards are put on the stand-in's screens as if they had been sent.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update
from sqlmodel import col

from bot.delivery import fingerprint
from bot.telegram.addresses import NAME, MessageId
from bot.telegram.markup import drawn
from bot.wiring import present
from core.execute import execute
from core.goods.catalogue import Catalogue
from core.ground.commands import Answer, Command
from core.ground.events import take_events
from core.ground.work import Work, picked
from core.people.directory import person_by_code
from core.stock.arrivals import Valued
from core.stock.transfer_commands import ApproveTransfer, Asked, SubmitTransfer
from core.trade.receipts import ReceiveGoods
from data.engine import Database
from data.kinds import ChatKind, OutboxState, PlaceKind, Role
from data.tables.base import table_of
from data.tables.conversation import Account, Card, Chat, Outbox
from data.tables.goods import Place, Sku
from data.tables.people import Person
from data.tables.stock import Route
from handlers import notices
from handlers.cards import Card as CardView
from handlers.cards import show_document
from handlers.chats import EVERYTHING
from handlers.faces import draw
from handlers.messages import Reply
from tests.bot.telegram.strictgram import StrictServer

BUYER = "u19"
CLERKS, GOODS, PIECES = 3, 6, 2_000
GROUPS = {"总部群": EVERYTHING, "西湖区域群": "west"}
"""The groups that are told of outcomes: all of them, and those of one region."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody asks for: a piece of one product, from another store for their own. `by` is their code."""

    by: str
    source_id: int
    target_id: int
    sku_id: int
    unit: str
    text: str


@dataclass(frozen=True, slots=True)
class Chain:
    """Who asks for what: stores with their people, the manager first, products, and routes to leave out."""

    stores: dict[int, tuple[str, list[str]]]
    goods: Sequence[tuple[int, str, str]]
    direct: frozenset[tuple[int, int]]

    @property
    def chats(self) -> int:
        """How many chats there are."""
        return sum(len(people) for _, people in self.stores.values()) + len(GROUPS)

    def wanted(self, chance: Random) -> Wanted:
        """A request, drawn by lot: every store asks every other one."""
        source_id, target_id = chance.sample(sorted(self.stores), 2)
        while (source_id, target_id) in self.direct:
            source_id, target_id = chance.sample(sorted(self.stores), 2)
        sku_id, code, unit = chance.choice(self.goods)
        source, target = self.stores[source_id][0], self.stores[target_id][0]
        by = chance.choice(self.stores[target_id][1])
        return Wanted(by, source_id, target_id, sku_id, unit, f"从{source}调1{unit}{code}到{target}")


def furnish(database: Database, server: StrictServer, stores: int) -> Chain:
    """So many stores of the demo chain on Telegram, with people and goods enough. The console tells nobody anything."""
    chain = database.writing(lambda connection: _staffed(connection, stores)).result()
    codes = [code for _, people in chain.stores.values() for code in people]
    for code in codes:
        server.chats[server.user(code, "zh")].open = True
    groups = {title: server.group(title, codes[:2]) for title in GROUPS}
    users = {code: server.user(code) for code in codes}
    database.writing(lambda connection: _reached(connection, users, groups)).result()
    database.writing(lambda connection: _supplied(connection, chain)).result()
    return chain


def open_papers(
    database: Database, catalogue: Catalogue, chain: Chain, wanted: Sequence[Wanted], say: Callable[[str], None]
) -> list[int]:
    """Have each of these asked for and approved, with everybody told; the ids of the transfers.

    Who asked has a card, and so has everybody at the source: five.
    """
    found: list[int] = []
    for number, one in enumerate(wanted):
        say(f"{number} of {len(wanted)} transfers are open")
        job = _opening(catalogue, chain, one, number)
        found.append(database.writing(job).result())
    return found


def put_on_screens(database: Database, catalogue: Catalogue, server: StrictServer) -> int:
    """Show every card and line that waits, as if it had been sent; how many cards there are."""
    limits, server.limits = server.limits, False
    cards = database.reading(lambda connection: _drawn(connection, catalogue)).result()
    shown = [(card_id, fingerprint(reply), str(_put(server, chat_id, reply))) for card_id, chat_id, reply in cards]
    database.writing(lambda connection: _sent(connection, shown)).result()
    server.limits = limits
    for sent in (server.sent, *(chat.sent for chat in server.chats.values())):
        sent.clear()  # or the first minute would be full already
    server.events.clear()
    return len(cards)


def _staffed(connection: Connection, stores: int) -> Chain:
    staff = connection.execute(select(table_of(Person))).mappings().all()
    found: dict[int, tuple[str, list[str]]] = {}
    shops = select(table_of(Place)).where(col(Place.kind) == PlaceKind.STORE).order_by(col(Place.id)).limit(stores)
    for place in connection.execute(shops).all():
        here = [row for row in staff if row["home_id"] == place.id]
        manager = next(row["code"] for row in here if row["role"] is Role.STORE_MANAGER)
        clerk = next(row for row in here if row["role"] is Role.CLERK)
        hired = [f"{clerk['code']}x{number}" for number in range(CLERKS - 1)]
        for code in hired:
            row = {name: value for name, value in clerk.items() if name != "id"}
            connection.execute(insert(table_of(Person)).values(row | {"code": code, "name": f"店员{code}"}))
        found[place.id] = (place.name_zh, [manager, clerk["code"], *hired])
    goods = select(col(Sku.id), col(Sku.code), col(Sku.base_unit)).order_by(col(Sku.id)).limit(GOODS)
    direct = select(col(Route.source_id), col(Route.target_id)).where(col(Route.direct) == 1)
    ends = frozenset((source, target) for source, target in connection.execute(direct))
    return Chain(found, [tuple(row) for row in connection.execute(goods)], ends)


def _reached(connection: Connection, users: dict[str, int], groups: dict[str, int]) -> None:
    work = Work(connection, present())
    connection.execute(delete(table_of(Account)))
    connection.execute(update(table_of(Chat)).values(hears=None))
    row = {"channel": NAME, "language": "zh"}
    for code, user_id in users.items():
        who, address = person_by_code(work, code), str(user_id)
        names = {"title_zh": who.name, "title_en": who.name}
        chat_id = work.add(Chat, address=address, kind=ChatKind.PRIVATE, **names, **row)
        work.add(Account, channel=NAME, address=address, person_id=who.id, chat_id=chat_id)
    for title, address in groups.items():
        names = {"title_zh": title, "title_en": title, "hears": GROUPS[title]}
        work.add(Chat, address=str(address), kind=ChatKind.GROUP, **names, **row)


def _supplied(connection: Connection, chain: Chain) -> None:
    work = Work(connection, present())
    supplier = select(col(Place.id)).where(col(Place.kind) == PlaceKind.SUPPLIER).order_by(col(Place.id)).limit(1)
    supplier_id = connection.execute(supplier).scalar_one()
    lines = tuple(Valued(sku_id, PIECES, 100 * PIECES) for sku_id, _, _ in chain.goods)
    buyer = work.by(person_by_code(work, BUYER), "bench")
    for place_id in chain.stores:
        _done(buyer, ReceiveGoods(place_id, supplier_id, lines), key=f"bench.goods.{place_id}")


def _opening(catalogue: Catalogue, chain: Chain, wanted: Wanted, number: int) -> Callable[[Connection], int]:
    def job(connection: Connection) -> int:
        work = Work(connection, present())
        asks = person_by_code(work, wanted.by)
        decides = person_by_code(work, chain.stores[wanted.source_id][1][0])
        goods = (Asked(wanted.sku_id, 1, wanted.unit),)
        request = SubmitTransfer(wanted.source_id, wanted.target_id, goods)
        asked = _done(work.by(asks, "bench"), request, key=f"bench.ask.{number}")
        document_id = asked.of_document
        show_document(work, _private_chat(work, asks.id), asks.id, document_id)
        _tell(work, catalogue)
        approval = ApproveTransfer(document_id, asked.version)
        _done(work.by(decides, "bench"), approval, key=f"bench.approve.{number}")
        _tell(work, catalogue)
        return document_id

    return job


def _done(work: Work, command: Command, *, key: str) -> Answer:
    answer = execute(work, command, key=key)
    if not isinstance(answer, Answer):
        raise RuntimeError(f"{type(command).__name__} was refused: {answer.code} {dict(answer.facts)}")
    return answer


def _private_chat(work: Work, person_id: int) -> int:
    row = work.first(select(col(Account.chat_id)).where(col(Account.person_id) == person_id))
    assert row is not None
    return int(row[0])


def _tell(work: Work, catalogue: Catalogue) -> None:
    for event in take_events(work):
        notices.put(work, event, notices.word(work, event, catalogue))


def _drawn(connection: Connection, catalogue: Catalogue) -> list[tuple[int, int, Reply]]:
    work = Work(connection, present())
    rows = work.records(CardView, picked(Card, CardView).where(col(Card.message_id).is_(None)).order_by(col(Card.id)))
    where = {chat_id: int(address) for chat_id, address in work.all(_ADDRESSES)}
    return [(one.id, where[one.chat_id], draw(work, one, catalogue)) for one in rows]


_ADDRESSES = select(col(Chat.id), col(Chat.address)).where(col(Chat.channel) == NAME)


def _put(server: StrictServer, chat_id: int, reply: Reply) -> MessageId:
    shown = drawn(reply)
    said: dict[str, Any] = {"chat_id": chat_id, "text": shown.text, "parse_mode": shown.parse_mode}
    if shown.keyboard:
        said["reply_markup"] = shown.keyboard.to_dict()
    message = server.call("sendMessage", said)
    return MessageId(chat_id, message["message_id"])


def _sent(connection: Connection, shown: Sequence[tuple[int, str, str]]) -> None:
    for card_id, looks, message_id in shown:
        seen = {"shown": looks, "message_id": message_id, "shown_version": col(Card.wanted_version)}
        connection.execute(update(table_of(Card)).where(col(Card.id) == card_id).values(seen))
    sent = {"state": OutboxState.SENT, "sent_at": present()}
    connection.execute(update(table_of(Outbox)).where(col(Outbox.state) == OutboxState.PENDING).values(sent))
