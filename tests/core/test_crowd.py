"""Thirty-two clients on a few hot rows: nobody waits in a ring, nothing is oversold, everybody is answered."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from core.ground.commands import Answer, Command, Refused
from core.stock.transfer_commands import DispatchTransfer, ReceiveTransfer
from core.stock.transfer_lines import Arrived
from data.engine import DEADLOCK, Database
from tests.properties.replay import check_books
from tests.small_chain import HOLDERS, Shop, act

CLIENTS = 32
PATIENCE_SECONDS = 120
SENDS = {"WH": "keeper@WH", "XH": "store_manager@XH", "EQ": "store_manager@EQ", "BJ": "store_manager@BJ"}
COUNTS = {"COLA": 1, "SOAP": 1, "RICE": 100}
Does = Callable[[str, Command, str], Answer | Refused]


@pytest.fixture
def desk(small: Database) -> Shop:
    """Words for commands; what it was made on is closed."""
    return small.reading(Shop).result(PATIENCE_SECONDS)


@pytest.fixture
def does(small: Database) -> Does:
    """Let somebody do something, as a client that waits for the answer."""
    return lambda who, wish, key: small.writing(lambda c: act(c, who, wish, key)).result(PATIENCE_SECONDS)


def test_whole_transfers_of_five_lines_cross_on_twelve_hot_rows(small: Database, desk: Shop, does: Does) -> None:
    no_rule_asks = "update route set approval_above_packs = 1000000"
    small.writing(lambda connection: connection.exec_driver_sql(no_rule_asks)).result(PATIENCE_SECONDS)
    for place in HOLDERS:
        lines = [(sku, 10_000 * count, 123_457) for sku, count in COUNTS.items()]
        does("admin", desk.opening(place, *lines), f"stock {place}")

    def client(number: int) -> list[Answer | Refused]:
        drawn = random.Random(number)
        source, target = drawn.sample(HOLDERS, 2)
        lines = [(sku, COUNTS[sku]) for sku in drawn.choices(list(COUNTS), k=5)]  # in any order, SKUs again
        wish = desk.request(source, target, *lines)
        asked, again = (does(SENDS[source], wish, f"ask {number}") for _ in range(2))
        assert asked == again
        assert isinstance(asked, Answer)
        sent = does(SENDS[source], DispatchTransfer(asked.document_id, asked.version), f"send {number}")
        split = tuple(Arrived(at, count, 0, 0) for at, (_, count) in enumerate(lines, start=1))
        assert isinstance(sent, Answer)
        return [
            asked,
            sent,
            does(SENDS[target], ReceiveTransfer(sent.document_id, sent.version, split), f"take {number}"),
        ]

    with ThreadPoolExecutor(CLIENTS) as crowd:
        answers = [answer for answered in crowd.map(client, range(CLIENTS)) for answer in answered]
    states = Counter(answer.state if isinstance(answer, Answer) else answer.code for answer in answers)
    assert states == {"approved": CLIENTS, "in_transit": CLIENTS, "received": CLIENTS}
    assert small.retries[DEADLOCK] == 0
    small.reading(check_books).result(PATIENCE_SECONDS)


def test_the_last_ones_go_to_as_many_as_there_are(small: Database, desk: Shop, does: Does) -> None:
    does("admin", desk.opening("WH", ("COLA", 10, 1_000)), "stock")
    with ThreadPoolExecutor(CLIENTS) as crowd:
        wish = desk.request("WH", "XH", ("COLA", 1))
        answers = list(crowd.map(lambda number: does("clerk@XH", wish, f"ask {number}"), range(CLIENTS)))
    done = Counter(answer.code if isinstance(answer, Refused) else "done" for answer in answers)
    assert done == {"done": 10, "not_enough_stock": CLIENTS - 10}
    assert small.retries[DEADLOCK] == 0
    small.reading(check_books).result(PATIENCE_SECONDS)
