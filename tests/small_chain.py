"""A chain of four places that fits in the head, with a way to let its people act and to read everything back."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import fields
from datetime import UTC, datetime
from itertools import count
from typing import Any

from sqlalchemy import Connection

from core.execute import execute
from core.ground.commands import Answer, Command, Refused
from core.ground.work import Work
from core.people.directory import person_by_code
from core.stock.arrivals import Valued
from core.stock.opening import OpenStock
from core.stock.transfer_commands import Asked, SubmitTransfer
from core.trade.sales import RecordSale, Sold
from data.demo.plant import ids_by_code, plant
from data.demo.shapes import DemoChain, DemoPack, DemoPerson, DemoPlace, DemoRoute, DemoSku
from data.kinds import PlaceKind, Role
from data.statements import Driver
from data.tables.all import metadata
from data.tables.goods import Place, Sku
from data.tables.people import Person

MORNING = datetime(2026, 3, 18, 2, tzinfo=UTC)
CHINA, JAPAN = "Asia/Shanghai", "Asia/Tokyo"
HOLDERS = ("WH", "XH", "EQ", "BJ")
MAY_GO_BELOW = ("XH", "EQ")  # BJ is a store that may not, so that both kinds of store are there

PLACES = (
    DemoPlace("WH", "中央仓", "Central", (), PlaceKind.WAREHOUSE, "south", CHINA),
    DemoPlace("XH", "西湖店", "West Lake", (), PlaceKind.STORE, "west", CHINA),
    DemoPlace("EQ", "二桥店", "Second Bridge", (), PlaceKind.STORE, "west", JAPAN),
    DemoPlace("BJ", "滨江店", "Riverside", (), PlaceKind.STORE, "south", CHINA),
    DemoPlace("SUP", "供应商", "Supplier", (), PlaceKind.SUPPLIER, "", CHINA),
)
PEOPLE = tuple(
    DemoPerson(code, code, Role(code.partition("@")[0]), home or None, region or None, "zh")
    for code, home, region in (
        ("clerk@XH", "XH", ""),
        ("store_manager@XH", "XH", ""),
        ("clerk@EQ", "EQ", ""),
        ("store_manager@EQ", "EQ", ""),
        ("clerk@BJ", "BJ", ""),
        ("store_manager@BJ", "BJ", ""),
        ("keeper@WH", "WH", ""),
        ("area_manager@west", "", "west"),
        ("area_manager@south", "", "south"),
        ("buyer", "", ""),
        ("finance", "", ""),
        ("auditor", "", ""),
        ("hq", "", ""),
        ("admin", "", ""),
    )
)
EVERYBODY = (*(person.code for person in PEOPLE), "system")


def small_sku(code: str, unit: str, decimals: int, packs: tuple[DemoPack, ...]) -> DemoSku:
    """A SKU of which only the units matter."""
    return DemoSku(code, code, code, "", "", "", "", unit, decimals, packs, 300, 200, (), ())


SKUS = (
    small_sku("COLA", "瓶", 0, (DemoPack("箱", 24),)),
    small_sku("SOAP", "块", 0, ()),
    small_sku("RICE", "kg", 3, (DemoPack("斤", 500), DemoPack("袋", 5000))),
)
# Approval above so many packs; hours to approve, dispatch, wait for a truck, answer; packs kept back, packs in a day.
ROUTES = (
    DemoRoute(None, None, 2, 4, 24),
    DemoRoute("WH", "XH", 5, 8, 48),
    DemoRoute("BJ", None, 2, 3, 20, 12, 10, keep_back_packs=4, daily_limit_packs=2),
    DemoRoute(None, "BJ", 2, 4, 24, 30, 20, keep_back_packs=3, daily_limit_packs=2),
    DemoRoute("EQ", "BJ", 2, 4, 24, direct=1),
)
KNOWN: dict[str, Any] = {"places": PLACES, "skus": SKUS, "people": PEOPLE, "routes": ROUTES, "units": {}}
# What is told to people and not to the rules stays empty.
CHAIN = DemoChain(**{**dict.fromkeys((field.name for field in fields(DemoChain)), ()), **KNOWN})


def plant_small(connection: Connection) -> None:
    """Write the chain into an empty database."""
    plant(connection, CHAIN)
    connection.exec_driver_sql("update place set may_go_below = 0 where code = 'BJ'")


def act(connection: Connection, who: str, command: Command, key: str, now: datetime = MORNING) -> Answer | Refused:
    """Let a person of this code do something, in the caller's transaction."""
    work = Work(connection, now)
    return execute(work.by(person_by_code(work, who), "test"), command, key=key)


def rows(connection: Connection, query: str) -> list[dict[str, Any]]:
    """The rows of a plain SQL query, by column."""
    found = Driver(connection).execute(query)
    names = [column[0] for column in found.description]
    return [dict(zip(names, row, strict=True)) for row in found]


def everything(connection: Connection, *, but: Iterable[str] = ()) -> dict[str, list[Any]]:
    """All rows of all tables."""
    names = [name for name in metadata.tables if name not in set(but)]
    driver = Driver(connection)  # random days read it at every step, and SQLAlchemy's own rows take seven times longer
    return {name: driver.execute(f'select * from "{name}"').fetchall() for name in names}


class Shop:
    """The small chain on one open transaction, and the clock. Places, SKUs and people are named by their codes."""

    def __init__(self, connection: Connection, now: datetime = MORNING) -> None:
        self.connection = connection
        self.now = now
        self.places = ids_by_code(connection, Place)
        self.skus = ids_by_code(connection, Sku)
        self.people = ids_by_code(connection, Person)
        self._keys = count(1)

    def does(self, who: str, command: Command, key: str = "") -> Answer | Refused:
        """Let a person do something, under a key of its own where none is given."""
        return act(self.connection, who, command, key or f"key {next(self._keys)}", self.now)

    def done(self, who: str, command: Command) -> Answer:
        """As `does`, for what has to succeed."""
        answer = self.does(who, command)
        assert isinstance(answer, Answer), answer
        return answer

    def refused(self, who: str, command: Command) -> str:
        """As `does`, for what has to be refused: the code."""
        answer = self.does(who, command)
        assert isinstance(answer, Refused), answer
        return answer.code

    def opening(self, place: str, *lines: tuple[str, int, int]) -> OpenStock:
        """Opening stock: SKU, count, value in fen."""
        return OpenStock(self.places[place], tuple(Valued(self.skus[sku], n, value) for sku, n, value in lines))

    def request(self, source: str, target: str, *lines: tuple[str, int]) -> SubmitTransfer:
        """A transfer: SKU and count for each line."""
        asked = tuple(Asked(self.skus[sku], n, "") for sku, n in lines)
        return SubmitTransfer(self.places[source], self.places[target], asked)

    def sale(self, place: str, *lines: tuple[str, int], occurred_at: datetime | None = None) -> RecordSale:
        """A sale: SKU and count for each line."""
        return RecordSale(self.places[place], tuple(Sold(self.skus[sku], n) for sku, n in lines), occurred_at)

    def rows(self, query: str) -> list[dict[str, Any]]:
        """The rows of a plain SQL query, by column."""
        return rows(self.connection, query)

    def balance(self, place: str, sku: str) -> dict[str, int]:
        """What the books say of a SKU at a place: every column that is not 0, but for the ids."""
        where = f"place_id = {self.places[place]} and sku_id = {self.skus[sku]}"
        found = self.rows(
            f"select available, reserved, in_transit, blocked, value_fen, transit_value_fen from balance where {where}"
        )
        return {name: amount for row in found for name, amount in row.items() if amount}

    def document(self, document_id: int) -> dict[str, Any]:
        """The header of a document."""
        return self.rows(f"select * from document where id = {document_id}")[0]
