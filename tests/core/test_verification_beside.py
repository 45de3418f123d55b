"""A verification beside people who go on working: what they write meanwhile is no finding."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

from sqlalchemy import Connection

from core.ground.commands import Answer, Command
from core.ground.work import Work
from core.stock.transfer_commands import Arrived, DispatchTransfer, ReceiveTransfer
from core.stock.verification.books import latest, verify
from core.stock.verification.tally import Check, Result, Tally
from data.engine import Database
from tests.small_chain import MORNING, Shop, act

WORKERS, TRANSFERS = 4, 12


def works(database: Database, who: int) -> None:
    """Transfers, and a sale after each, as fast as it goes."""

    def does(person: str, key: str, command: Callable[[Shop], Command]) -> Answer:
        answer = database.writing(lambda c: act(c, person, command(Shop(c)), f"{who}.{key}")).result()
        assert isinstance(answer, Answer), answer
        return answer

    for number in range(TRANSFERS):
        there = does("keeper@WH", f"{number}s", lambda shop: shop.request("WH", "XH", ("COLA", 3), ("SOAP", 1)))
        step = DispatchTransfer(there.of_document, there.version)
        left = does("keeper@WH", f"{number}d", lambda shop, step=step: step)
        arrived = ReceiveTransfer(left.of_document, left.version, (Arrived(1, good=2, damaged=1), Arrived(2, good=1)))
        does("clerk@XH", f"{number}r", lambda shop, arrived=arrived: arrived)
        does("system", f"{number}x", lambda shop: shop.sale("XH", ("COLA", 2)))


def test_what_is_written_meanwhile_is_no_finding(small: Database) -> None:
    def open_stock(connection: Connection) -> Any:
        return act(
            connection, "admin", Shop(connection).opening("WH", ("COLA", 1000, 9999), ("SOAP", 500, 777)), "opening"
        )

    def look(question: Callable[[Work], Result]) -> Result:
        return small.reading(lambda connection: question(Work(connection, MORNING))).result()

    small.writing(open_stock).result()
    seen: list[int] = []
    with ThreadPoolExecutor(WORKERS) as pool:
        people: list[Future[None]] = [pool.submit(works, small, who) for who in range(WORKERS)]
        while not all(one.done() for one in people):
            tally = Tally()
            for part in verify(look):
                tally.add(part.tally)
            assert not tally.wrong, tally.first
            seen.append(tally.compared[Check.RUNNING_COUNTS])
        for one in people:
            one.result()
    until = look(latest)
    assert until is not None
    assert len(seen) > 1
    assert 0 < seen[-1] - seen[0] <= until.posting_id  # it looked while there was more and more to look at
