"""The books of a test, verified: a day that leaves something for every check, and what is found in it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection

from core.ground.work import Work
from core.stock.arrivals import Valued
from core.stock.transfer_commands import Counted
from core.stock.undo import ReverseDocument
from core.stock.verification.books import verify
from core.stock.verification.tally import Tally
from core.trade.receipts import ReceiveGoods
from tests.core.transfers import asked, stocked
from tests.small_chain import MORNING, Shop

WHOLE = "approve dispatch receive:1g6d1m2r1,2g3m1 take_back:1g1 write_off:1=2 receive:2g1"
OTHERS = ("approve dispatch receive:1g4", "approve", "approve rest_later:1=6,2=4 receive:1g6,2g4")
GUARDED = ("balance", "posting", "transfer_line", "daily_total", "document")


def lived_in(shop: Shop) -> Connection:
    """A day: opening, goods that came, sales, a refusal, a transfer with everything in it, three more under way."""
    stocked(shop)
    shop.done("admin", shop.opening("XH", ("COLA", 5, 50), ("SOAP", 3, 10)))
    valued = (Valued(shop.skus["COLA"], 24, 77), Valued(shop.skus["RICE"], 5000, 901))
    shop.done("buyer", ReceiveGoods(shop.places["WH"], shop.places["SUP"], valued))
    shop.refused("clerk@EQ", shop.request("WH", "XH", ("COLA", 1)))
    shop.done("system", shop.sale("XH", ("COLA", 7), ("SOAP", 1)))  # two below zero, so what comes is trued up
    sold = shop.done("system", shop.sale("XH", ("SOAP", 1))).of_document
    shop.done("store_manager@XH", ReverseDocument(sold, 1))
    part = shop.done("buyer", ReceiveGoods(shop.places["WH"], shop.places["SUP"], valued)).of_document
    shop.done("buyer", ReverseDocument(part, 1, (Counted(1, 10), Counted(2, 0))))
    asked(shop).goes(WHOLE)
    for story in OTHERS:
        asked(shop, ("COLA", 10), ("SOAP", 4)).goes(story)
    return shop.connection


@contextmanager
def guards_off(connection: Connection) -> Iterator[None]:
    """Have the database refuse nothing for a while: as it is to whoever changes its files by hand."""
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("pragma defer_foreign_keys = on")
        for table in ("posting", "audit", "audit_seal"):
            for change in ("update", "delete"):
                connection.exec_driver_sql(f"drop trigger {table}_refuses_{change}")
        connection.exec_driver_sql("pragma ignore_check_constraints = on")
        yield
        connection.exec_driver_sql("pragma ignore_check_constraints = off")
        return
    connection.exec_driver_sql("set local session_replication_role = replica")
    query = "select conrelid::regclass, conname from pg_constraint where contype = 'c' and conrelid > 0"
    for table, name in connection.exec_driver_sql(query).all():
        if table in GUARDED:
            connection.exec_driver_sql(f"alter table {table} drop constraint {name}")
    yield


def verified(connection: Connection) -> Tally:
    """What a verification comes to."""
    total = Tally()
    for part in verify(lambda question: question(Work(connection, MORNING))):
        total.add(part.tally)
    return total


def found(connection: Connection) -> dict[str, list[str]]:
    """What each check finds: the words for it."""
    first = verified(connection).first
    return {check.value: sorted({one.what for one in findings}) for check, findings in first.items() if findings}
