"""The people of the bench: clerks by the hundred, each in a private chat, and what they say and tap there."""

from __future__ import annotations

import json
from collections import Counter, deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from random import Random
from time import perf_counter
from typing import Any

from sqlalchemy import Connection, delete, insert, select
from sqlmodel import col

from data.kinds import ChatKind, Role
from data.tables.base import table_of
from data.tables.conversation import Account, Chat
from data.tables.goods import Place, Sku
from data.tables.people import Person
from data.tables.stock import Balance

CLERKS = 300
FIRST_ID = 5_000_000
LEAST_STOCK = 12
SEED = 20_260_401
KINDS = {"stock": 60, "transfer": 30, "language": 6, "help": 4}
"""How often what is said."""
TAPS_PERCENT = 22
"""How many of all messages are taps, while cards are open."""
DROPPED_PERCENT = 25
ENGLISH_PERCENT = 25


@dataclass(frozen=True, slots=True)
class Goods:
    """A product on a shelf where there is enough of it."""

    sku: str
    unit: str
    place_zh: str
    place_en: str


@dataclass(slots=True, eq=False)
class Clerk:
    """Somebody in a private chat, with what waits there for its reply: since when, and its kind."""

    id: int
    place_zh: str
    place_en: str
    waiting: deque[tuple[float, str]] = field(default_factory=deque)
    has_card: bool = False


def furnish(connection: Connection, clerks: int = CLERKS) -> tuple[list[Clerk], list[Goods]]:
    """Put the demo chain on Telegram, and hire clerks until there are so many; these clerks, and what they ask for.

    The accounts of the console go: people who are there as well would be told everything twice.
    """
    connection.execute(delete(table_of(Account)))
    first = connection.execute(select(table_of(Person)).where(col(Person.role) == Role.CLERK)).mappings().all()
    for number in range(clerks - len(first)):
        row = {name: value for name, value in first[number % len(first)].items() if name != "id"}
        connection.execute(insert(table_of(Person)).values(row | {"code": f"b{number}", "name": f"店员{number}"}))
    homes = {row.id: row for row in connection.execute(select(table_of(Place)))}
    found: list[Clerk] = []
    for person in connection.execute(select(table_of(Person)).where(col(Person.role) != Role.SYSTEM)).all():
        _reach(connection, person.id, person.name)
        if person.role is Role.CLERK and len(found) < clerks:
            home = homes[person.home_id]
            found.append(Clerk(FIRST_ID + person.id, home.name_zh, home.name_en))
    return found, _goods(connection)


def _reach(connection: Connection, person_id: int, name: str) -> None:
    address = str(FIRST_ID + person_id)
    row = {"kind": ChatKind.PRIVATE, "title_zh": name, "title_en": name, "language": "zh"}
    chat = insert(table_of(Chat)).values(channel="telegram", address=address, **row).returning(col(Chat.id))
    chat_id = connection.execute(chat).scalar_one()
    account = {"channel": "telegram", "address": address, "person_id": person_id, "chat_id": chat_id}
    connection.execute(insert(table_of(Account)).values(account))


def _goods(connection: Connection) -> list[Goods]:
    shelves = (
        select(col(Sku.code), col(Sku.base_unit), col(Place.name_zh), col(Place.name_en))
        .join(Balance, col(Balance.sku_id) == col(Sku.id))
        .join(Place, col(Place.id) == col(Balance.place_id))
        .where(col(Balance.available) >= LEAST_STOCK)
        .order_by(col(Sku.id), col(Place.id))
    )
    return [Goods(*row) for row in connection.execute(shelves)]


@dataclass(frozen=True, slots=True)
class Post:
    """An update on its way in. `query_id` is that of a tap, `message_id` that of its card."""

    clerk: Clerk
    update: dict[str, Any]
    kind: str
    query_id: str = ""
    message_id: int = 0


class Crowd:
    """Says things for its clerks in turn, and finds for each message the reply that answers it.

    Messages of a chat are answered in their order, and nothing is told to a clerk unasked: so a reply belongs to the
    oldest message of its chat that waits.
    """

    def __init__(self, clerks: Sequence[Clerk], goods: Sequence[Goods], seed: int = SEED) -> None:
        """The same seed says the same."""
        self.random, self.goods = Random(seed), list(goods)
        self.clerks, self._by_id = list(clerks), {clerk.id: clerk for clerk in clerks}
        self.random.shuffle(self.clerks)
        self.replies_ms: dict[float, float] = {}
        self.redraws_ms: list[float] = []
        self.kinds: Counter[str] = Counter()
        self.unasked = 0
        self._cards: deque[tuple[Clerk, int, list[str]]] = deque()
        self._queries: dict[str, float] = {}
        self._redraws: dict[tuple[int, int], float] = {}
        self._edited: set[tuple[int, int]] = set()
        self._turn, self._number = 0, 0

    @property
    def open(self) -> int:
        """How many messages wait for their reply, and cards for their redraw."""
        return sum(len(clerk.waiting) for clerk in self.clerks) + len(self._queries) + len(self._redraws)

    def left(self) -> str:
        """What is open, for whoever wonders why."""
        kinds = Counter(kind for clerk in self.clerks for _, kind in clerk.waiting)
        kinds |= {"toast": len(self._queries), "redraw": len(self._redraws)}
        return ", ".join(f"{count} x {kind}" for kind, count in kinds.items() if count)

    def oldest(self, now: float) -> float:
        """For how long the message has waited that waits longest, in seconds."""
        heads = [clerk.waiting[0][0] for clerk in self.clerks if clerk.waiting]
        return now - min([*heads, *self._queries.values()], default=now)

    def begin(self) -> None:
        """Forget what was measured."""
        self.replies_ms, self.redraws_ms = {}, []

    def next(self) -> Post:
        """What the next clerk says or taps."""
        self._number += 1
        if self._cards and self.random.randrange(100) < TAPS_PERCENT:
            return self._tap(*self._cards.popleft())
        clerk = self.clerks[self._turn % len(self.clerks)]
        self._turn += 1
        kind = self.random.choices(list(KINDS), list(KINDS.values()))[0]
        if kind == "transfer":  # one card at a time: a second one would fold the first
            kind, clerk.has_card = "stock" if clerk.has_card else "transfer", True
        text = self._text(kind, clerk)
        message = {"message_id": self._number, "date": 1_770_000_000, "text": text, **_whose(clerk)}
        return Post(clerk, {"update_id": self._number, "message": message}, kind)

    def posted(self, post: Post) -> None:
        """A message goes in at this moment."""
        self.kinds[post.kind] += 1
        at = perf_counter()
        if not post.query_id:
            post.clerk.waiting.append((at, post.kind))
            return
        self._queries[post.query_id] = at
        card = (post.clerk.id, post.message_id)
        if card not in self._edited:  # one that was drawn anew before may look so already
            self._redraws[card] = at

    def heard(self, method: str, said: dict[str, Any], at: float) -> None:
        """A call came in."""
        if method == "answerCallbackQuery":
            self._replied(self._queries.pop(said["callback_query_id"], None), at)
        elif method == "editMessageText":
            card = (int(said["chat_id"]), int(said["message_id"]))
            since = self._redraws.pop(card, None)
            self.redraws_ms += [] if since is None else [(at - since) * 1000]
            self._edited.add(card)
        elif method == "sendMessage" and (clerk := self._by_id.get(int(said["chat_id"]))):
            since, kind = clerk.waiting.popleft() if clerk.waiting else (None, "")
            self._replied(since, at)
            if buttons := _buttons(said):
                self._cards.append((clerk, said["message_id"], buttons))
            elif kind == "transfer":  # it was refused
                clerk.has_card = False

    def _replied(self, since: float | None, at: float) -> None:
        if since is None:
            self.unasked += 1
        else:
            self.replies_ms[since] = (at - since) * 1000

    def _tap(self, clerk: Clerk, message_id: int, buttons: list[str]) -> Post:
        dropped, clerk.has_card = self.random.randrange(100) < DROPPED_PERCENT, False
        data = next((one for one in buttons if one.startswith("drop") is dropped), buttons[0])
        query_id = f"q{self._number}"
        message = {"message_id": message_id, "date": 1_770_000_000, "text": "-", **_whose(clerk)}
        message["from"] = {"id": 1, "is_bot": True, "first_name": "-"}
        query = {"id": query_id, "from": _whose(clerk)["from"], "chat_instance": "1", "message": message, "data": data}
        verb = data.partition(".")[0]
        return Post(clerk, {"update_id": self._number, "callback_query": query}, f"tap {verb}", query_id, message_id)

    def _text(self, kind: str, clerk: Clerk) -> str:
        english, goods = self.random.randrange(100) < ENGLISH_PERCENT, self.random.choice(self.goods)
        while kind == "transfer" and goods.place_zh == clerk.place_zh:
            goods = self.random.choice(self.goods)
        match kind, english:
            case "stock", True:
                return f"how much {goods.sku} is there in {clerk.place_en}?"
            case "stock", False:
                return f"{clerk.place_zh}{goods.sku}还有多少"
            case "transfer", True:
                return f"transfer 1 {goods.sku} from {goods.place_en} to {clerk.place_en}"
            case "transfer", False:
                return f"从{goods.place_zh}调1{goods.unit}{goods.sku}到{clerk.place_zh}"
            case "language", _:
                return "english" if english else "中文"
            case _:
                return "help" if english else "帮助"


def _whose(clerk: Clerk) -> dict[str, Any]:
    user = {"id": clerk.id, "is_bot": False, "first_name": "-", "language_code": "zh"}
    return {"from": user, "chat": {"id": clerk.id, "type": "private", "first_name": "-"}}


def _buttons(said: dict[str, Any]) -> list[str]:
    """The bytes of a card's buttons that end it: the one that does it, and the one that drops it."""
    markup = said.get("reply_markup")
    if not markup:
        return []
    rows = (json.loads(markup) if isinstance(markup, str) else markup)["inline_keyboard"]
    data = [button["callback_data"] for row in rows for button in row]
    return [one for one in data if one.startswith(("submit.", "drop."))]
