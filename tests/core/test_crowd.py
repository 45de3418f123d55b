"""Thirty-two clients on a few hot rows: nobody waits in a ring, nothing is oversold, everybody is answered."""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from core.ground.commands import Answer, Command, Refused
from core.stock.transfer_commands import (
    ApproveTransfer,
    Arrived,
    CancelTransfer,
    DispatchTransfer,
    ReceiveTransfer,
    TakeBack,
    TakenBack,
    TurnBack,
)
from data.engine import DEADLOCK, Database
from tests.properties.replay import check_books
from tests.small_chain import HOLDERS, Shop, act, rows

CLIENTS = 32
PATIENCE_SECONDS = 120
SENDS = {"WH": "keeper@WH", "XH": "store_manager@XH", "EQ": "store_manager@EQ", "BJ": "store_manager@BJ"}
COUNTS = {"COLA": 4, "SOAP": 4, "RICE": 400}
Does = Callable[[str, Command, str], Answer | Refused]
Lines = Sequence[tuple[str, int]]


@pytest.fixture
def desk(small: Database) -> Shop:
    """Words for commands; what it was made on is closed."""
    return small.reading(Shop).result(PATIENCE_SECONDS)


@pytest.fixture
def does(small: Database) -> Does:
    """Let somebody do something, as a client that waits for the answer."""
    return lambda who, wish, key: small.writing(lambda c: act(c, who, wish, key)).result(PATIENCE_SECONDS)


def crowd(client: Callable[[int], Iterable[Answer | Refused]]) -> Counter[str]:
    """Everybody at once: how many answers there were of each state and each refusal."""
    with ThreadPoolExecutor(CLIENTS) as threads:
        answers = [answer for answered in threads.map(client, range(CLIENTS)) for answer in answered]
    return Counter(answer.state if isinstance(answer, Answer) else answer.code for answer in answers)


def opened(small: Database, desk: Shop, does: Does, **route: int) -> None:
    """Plenty of everything everywhere, and these rules on every route."""
    for name, value in route.items():
        change = f"update route set {name} = {value}"
        small.writing(lambda connection, change=change: connection.exec_driver_sql(change)).result(PATIENCE_SECONDS)
    for place in HOLDERS:
        lines = [(sku, 10_000 * count, 123_457) for sku, count in COUNTS.items()]
        assert isinstance(does("admin", desk.opening(place, *lines), f"stock {place}"), Answer)


def is_sound(small: Database) -> None:
    """Nobody waited in a ring, and the books are right."""
    assert small.retries[DEADLOCK] == 0
    small.reading(check_books).result(PATIENCE_SECONDS)


def drawn(number: int) -> tuple[str, str, Lines]:
    """Two places, and five lines of the three SKUs in any order and again: what this client transfers."""
    lots = random.Random(number)
    source, target = lots.sample(HOLDERS, 2)
    return source, target, [(sku, COUNTS[sku]) for sku in lots.choices(list(COUNTS), k=5)]


def arrives(answer: Answer, lines: Lines, *, part: int = 1, damaged: int = 0) -> ReceiveTransfer:
    """One in `part` of each line has come, so many of them damaged."""
    seen = enumerate((count // part for _, count in lines), start=1)
    said = tuple(Arrived(at, good=count - damaged, damaged=damaged) for at, count in seen)
    return ReceiveTransfer(answer.document_id, answer.version, said)


def comes_back(answer: Answer, lines: Lines, *, part: int, damaged: int = 0) -> TakeBack:
    """One in `part` of each line is at the source again."""
    seen = enumerate((count // part for _, count in lines), start=1)
    said = tuple(TakenBack(at, good=count - damaged, damaged=damaged) for at, count in seen)
    return TakeBack(answer.document_id, answer.version, said)


def test_whole_transfers_of_five_lines_cross_on_twelve_hot_rows(small: Database, desk: Shop, does: Does) -> None:
    """A third of them arrive at once, a third in parts, and a third are called back after the first part."""
    opened(small, desk, does, approval_above_packs=1_000_000)

    def client(number: int) -> list[Answer | Refused]:
        source, target, lines = drawn(number)
        wish = desk.request(source, target, *lines)
        asked, again = (does(SENDS[source], wish, f"ask {number}") for _ in range(2))
        assert asked == again
        answers = [asked]

        def goes_on(who: str, step: Callable[[Answer], Command]) -> None:
            before = answers[-1]
            assert isinstance(before, Answer), before
            answers.append(does(who, step(before), f"step {len(answers)} of {number}"))

        goes_on(SENDS[source], lambda seen: DispatchTransfer(seen.document_id, seen.version))
        if number % 3 == 0:
            goes_on(SENDS[target], lambda seen: arrives(seen, lines))
            return answers
        goes_on(SENDS[target], lambda seen: arrives(seen, lines, part=2, damaged=1))
        if number % 3 == 1:
            goes_on(SENDS[target], lambda seen: arrives(seen, lines, part=2))
            return answers
        goes_on(SENDS[source], lambda seen: TurnBack(seen.document_id, seen.version))
        for damaged in (0, 1):
            goes_on(SENDS[source], lambda seen, damaged=damaged: comes_back(seen, lines, part=4, damaged=damaged))
        return answers

    whole, parts, back = 11, 11, 10
    assert crowd(client) == {
        "approved": CLIENTS,
        "in_transit": CLIENTS + parts + back,
        "returning": 2 * back,
        "received": whole + parts + back,
    }
    is_sound(small)


def test_direct_transfers_cross(small: Database, desk: Shop, does: Does) -> None:
    """Receiving dispatches too, so the rows of both ends are written by one step."""
    opened(small, desk, does, approval_above_packs=1_000_000, direct=1)

    def client(number: int) -> list[Answer | Refused]:
        answers: list[Answer | Refused] = []
        for again in range(3):
            source, target, lines = drawn(number + again * CLIENTS)
            asked = does(SENDS[source], desk.request(source, target, *lines), f"ask {number} {again}")
            assert isinstance(asked, Answer)
            answers.append(does(SENDS[target], arrives(asked, lines), f"take {number} {again}"))
        return answers

    assert crowd(client) == {"received": 3 * CLIENTS}
    is_sound(small)


def test_the_last_ones_go_to_as_many_as_there_are(small: Database, desk: Shop, does: Does) -> None:
    does("admin", desk.opening("WH", ("COLA", 10, 1_000)), "stock")
    pull, push = desk.request("WH", "XH", ("COLA", 1)), desk.request("WH", "EQ", ("COLA", 1))
    asks = {0: ("clerk@XH", pull), 1: ("keeper@WH", push)}
    done = crowd(lambda number: [does(*asks[number % 2], f"ask {number}")])
    assert done.pop("not_enough_stock") == CLIENTS - 10
    assert (sum(done.values()), set(done) <= {"submitted", "approved"}) == (10, True), done
    is_sound(small)


def test_no_day_gives_more_than_its_limit_whoever_asks_at_once(small: Database, desk: Shop, does: Does) -> None:
    """Everybody asks, a quarter withdraw: at no time is more frozen than the limit, and at the end all of it is."""
    opened(small, desk, does, daily_limit_packs=12)

    def client(number: int) -> list[Answer | Refused]:
        lines = [("SOAP", 3), ("RICE", 5_000), ("SOAP", 2)]
        random.Random(number).shuffle(lines)
        asked = does("clerk@XH", desk.request("WH", "XH", *lines), f"ask {number}")
        assert isinstance(asked, Answer)
        step = CancelTransfer if number % 4 == 0 else ApproveTransfer
        who = "clerk@XH" if number % 4 == 0 else "keeper@WH"
        return [asked, does(who, step(asked.document_id, asked.version), f"then {number}")]

    assert crowd(client) == {"submitted": CLIENTS, "cancelled": CLIENTS // 4, "approved": CLIENTS * 3 // 4}
    query = "select sku_id, cause, quantity from posting where cause in ('freeze', 'release') order by id"
    found: list[dict[str, Any]] = small.reading(lambda connection: rows(connection, query)).result(PATIENCE_SECONDS)
    most, frozen = {desk.skus["SOAP"]: 12, desk.skus["RICE"]: 12 * 5_000}, defaultdict[int, int](int)
    for posting in found:
        frozen[posting["sku_id"]] += posting["quantity"] * (1 if posting["cause"] == "freeze" else -1)
        assert frozen[posting["sku_id"]] <= most[posting["sku_id"]]
    late = does("clerk@XH", desk.request("WH", "XH", ("SOAP", 12), ("RICE", 60_000)), "what is left")
    assert isinstance(late, Answer)
    query = "select sum(reserved) as n from balance group by sku_id having sum(reserved) > 0 order by n"
    all_frozen = small.reading(lambda connection: rows(connection, query)).result(PATIENCE_SECONDS)
    assert [row["n"] for row in all_frozen] == [12, 60_000]
    is_sound(small)
