"""What a run leaves: what the platform saw, who was killed when, and the books, read by plain SQL."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from sqlalchemy import Connection

from data.engine import Database

Record = Mapping[str, Any]
TABLES = (
    "account",
    "approval_step",
    "audit",
    "balance",
    "card",
    "chat",
    "document",
    "done",
    "event",
    "inbox",
    "outbox",
    "pending",
    "person",
    "place",
    "posting",
    "sku",
    "transfer_line",
)


@dataclass(frozen=True, slots=True)
class Update:
    """What somebody said or tapped, as the platform has it. `confirmed`: the product took it, and it will not return.

    `lane`: within it the platform brings one update after the other.
    """

    id: int
    user_id: int
    said: str
    query_id: str
    confirmed: bool

    @property
    def lane(self) -> tuple[int, bool]:
        """Messages wait for each other in a chat, taps for each other of a person."""
        return self.user_id, bool(self.query_id)


@dataclass(frozen=True, slots=True)
class Call:
    """One call that the platform carried out, in the order of `number`. `lost`: its answer was thrown away on purpose.

    `life` is the process that called. `data` is what the buttons say.
    """

    number: int
    at: float
    life: int
    method: str
    chat_id: int
    message_id: int
    text: str
    data: tuple[str, ...] = ()
    query_id: str = ""
    lost: bool = False


@dataclass(frozen=True, slots=True)
class Life:
    """One process from its start to its end."""

    number: int
    slot: int
    began_at: float
    killed_at: float | None = None


@dataclass(frozen=True, slots=True)
class Shown:
    """A message as it stands on the screen at the end."""

    text: str
    data: tuple[str, ...]


@dataclass(frozen=True)
class Books:
    """Every row of every table, each table by name."""

    tables: Mapping[str, tuple[Record, ...]]

    def __getitem__(self, table: str) -> tuple[Record, ...]:
        """The rows of a table."""
        return self.tables[table]

    def by_id(self, table: str) -> dict[int, Record]:
        """The rows of a table by their ids."""
        return {row["id"]: row for row in self.tables[table]}

    @cached_property
    def persons(self) -> dict[int, int]:
        """Who a user of the platform is: ids of persons by the platform's ids."""
        return {int(row["address"]): row["person_id"] for row in self["account"] if row["channel"] == "telegram"}

    @cached_property
    def cards(self) -> dict[int, Record]:
        """Cards by id."""
        return self.by_id("card")

    @cached_property
    def sentences(self) -> dict[str, Record]:
        """The inbox, by the names of its rows in the traces."""
        return {f"m{row['id']}": row for row in self["inbox"]}

    @cached_property
    def skus(self) -> dict[str, Record]:
        """Goods by their codes."""
        return {row["code"]: row for row in self["sku"]}

    @cached_property
    def addresses(self) -> dict[int, int]:
        """The platform's ids of chats by our own."""
        return {row["id"]: int(row["address"]) for row in self["chat"] if row["channel"] == "telegram"}


@dataclass(frozen=True)
class Evidence:
    """A whole run. Screens are kept by chat and message."""

    updates: tuple[Update, ...]
    calls: tuple[Call, ...]
    lives: tuple[Life, ...]
    screens: Mapping[tuple[int, int], Shown]
    books: Books

    @cached_property
    def kills(self) -> tuple[float, ...]:
        """When somebody was killed."""
        return tuple(sorted(life.killed_at for life in self.lives if life.killed_at is not None))

    @cached_property
    def life(self) -> dict[int, Life]:
        """Processes by their numbers."""
        return {life.number: life for life in self.lives}


def read_books(database: Database) -> Books:
    """Every row of the tables that are judged, at one moment."""

    def read(connection: Connection) -> Books:
        tables = {name: connection.exec_driver_sql(f"select * from {name}").mappings().all() for name in TABLES}
        return Books({name: tuple(dict(row) for row in rows) for name, rows in tables.items()})

    return database.reading(read).result()


def message_key(row: Record) -> str:
    """The row of the inbox that something came of, as its trace says; "" where it came of none."""
    trace = row["trace"] or ""
    return trace if trace[:1] == "m" and trace[1:].isdigit() else ""
