"""What a posting leaves behind: its two times, its day, and the totals of that day at both ends."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from core.ground.work import Work
from core.stock.carry import Key
from core.stock.ledger import lock_balances
from core.stock.transfer_commands import Arrived, DispatchTransfer, ReceiveTransfer
from tests.small_chain import Shop

NIGHT = datetime(2026, 3, 17, 15, 30, tzinfo=UTC)  # 23:30 in China; in Japan half past midnight


def days(shop: Shop) -> dict[tuple[str, str, str], tuple[int, int, int, int]]:
    """The daily totals by place, day and cause: count in, count out, value in, value out."""
    names = {place_id: code for code, place_id in shop.places.items()}
    return {
        (names[row["place_id"]], row["business_date"], row["cause"]): (
            row["count_in"],
            row["count_out"],
            row["value_in_fen"],
            row["value_out_fen"],
        )
        for row in shop.rows("select * from daily_total")
    }


def test_each_end_adds_to_its_own_day_and_edges_and_shelves_to_none(shop: Shop) -> None:
    shop.now = NIGHT
    shop.done("admin", shop.opening("WH", ("COLA", 30, 100)))
    answer = shop.done("keeper@WH", shop.request("WH", "EQ", ("COLA", 10)))
    shop.done("keeper@WH", DispatchTransfer(answer.document_id, answer.version))
    arrived = (Arrived(1, 8, 1, 1),)
    shop.done("clerk@EQ", ReceiveTransfer(answer.document_id, answer.version + 1, arrived))
    assert days(shop) == {
        ("WH", "2026-03-17", "opening"): (30, 0, 100, 0),
        ("WH", "2026-03-17", "transfer_in"): (0, 8, 0, 26),
        ("WH", "2026-03-17", "transfer_damage"): (0, 1, 0, 4),
        ("EQ", "2026-03-18", "transfer_in"): (8, 0, 26, 0),
        ("EQ", "2026-03-18", "transfer_damage"): (1, 0, 4, 0),
    }


def test_each_step_of_a_transfer_is_in_the_books_of_the_day_it_was_taken(shop: Shop) -> None:
    shop.done("admin", shop.opening("WH", ("COLA", 30, 100)))
    answer = shop.done("keeper@WH", shop.request("WH", "XH", ("COLA", 10)))
    shop.now += timedelta(days=1)
    shop.done("keeper@WH", DispatchTransfer(answer.document_id, answer.version))
    shop.now += timedelta(days=1)
    shop.done("clerk@XH", ReceiveTransfer(answer.document_id, answer.version + 1, (Arrived(1, 10, 0, 0),)))
    booked = {row["cause"]: row["business_date"] for row in shop.rows("select cause, business_date from posting")}
    assert booked == {
        "opening": "2026-03-18",
        "freeze": "2026-03-18",
        "dispatch": "2026-03-19",
        "transfer_in": "2026-03-20",
    }
    assert days(shop)["XH", "2026-03-20", "transfer_in"] == (10, 0, 33, 0)


def test_late_paper_is_booked_on_the_day_it_happened_and_says_when_it_was_written(shop: Shop) -> None:
    shop.done("admin", shop.opening("XH", ("COLA", 30, 100)))
    happened = shop.now - timedelta(days=3)
    for _ in range(2):
        shop.done("system", shop.sale("XH", ("COLA", 3), ("COLA", 2), occurred_at=happened))
    assert days(shop)["XH", "2026-03-15", "sale"] == (0, 10, 0, 10 + 7 + 10 + 7)
    sales = shop.rows("select * from posting where cause = 'sale'")
    assert {row["business_date"] for row in sales} == {"2026-03-15"}
    assert {row["posted_at"] - row["occurred_at"] for row in sales} == {3 * 24 * 3600 * 1_000_000}


def test_a_posting_says_who_and_which_line_of_what(shop: Shop) -> None:
    answer = shop.done("clerk@XH", shop.sale("XH", ("SOAP", 1), ("COLA", 2)))
    said: list[tuple[Any, ...]] = [
        (row["document_id"], row["line"], row["sku_id"], row["actor_id"]) for row in shop.rows("select * from posting")
    ]
    clerk = shop.people["clerk@XH"]
    assert said == [
        (answer.document_id, 1, shop.skus["SOAP"], clerk),
        (answer.document_id, 2, shop.skus["COLA"], clerk),
    ]


@pytest.mark.parametrize(("place", "flag"), [("XH", 1), ("BJ", 0), ("WH", 0)])
def test_a_new_balance_knows_whether_its_place_may_go_below(shop: Shop, place: str, flag: int) -> None:
    key = Key(shop.skus["COLA"], shop.places[place])
    balance = lock_balances(Work(shop.connection, shop.now), [key])[key]
    assert (balance.on_hand, balance.may_go_below) == (0, flag)
