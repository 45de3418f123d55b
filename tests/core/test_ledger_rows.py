"""Which rows the ledger writes: who bears a loss, a day's totals added up, and keys in any order."""

from __future__ import annotations

from datetime import timedelta

import pytest

from core.ground.documents import header
from core.ground.work import Work
from core.people.directory import person_by_code
from core.stock.carry import Key, Move, Spot
from core.stock.ledger import edge, lock_balances, post
from data.kinds import Bearer, Cause, PlaceKind, Shelf
from tests.small_chain import Shop


@pytest.fixture
def work(shop: Shop) -> Work:
    """The shop's own transaction, with the keeper acting."""
    work = Work(shop.connection, shop.now)
    return work.by(person_by_code(work, "keeper@WH"), "test")


def test_a_loss_says_who_bears_it_and_nothing_else_does(shop: Shop, work: Work) -> None:
    answer = shop.done("admin", shop.opening("WH", ("COLA", 30, 100)))
    available, road = Spot(shop.places["WH"], Shelf.AVAILABLE), Spot(shop.places["WH"], Shelf.IN_TRANSIT)
    cola, loss = shop.skus["COLA"], edge(work, PlaceKind.LOSS)
    lost = Move(cola, 3, road, loss, Cause.TRANSFER_LOSS, value_fen=10, borne_by=Bearer.CARRIER)
    for move in (Move(cola, 3, available, road, Cause.DISPATCH), lost):
        post(work, header(work, answer.document_id), [move], work.now)
    rows = shop.rows("select cause, borne_by from posting order by id")
    assert [tuple(row.values()) for row in rows] == [
        ("opening", None),
        ("dispatch", None),
        ("transfer_loss", "carrier"),
    ]


def test_a_day_adds_up_and_the_next_one_begins_anew(shop: Shop) -> None:
    shop.done("admin", shop.opening("XH", ("COLA", 30, 300)))
    for days in (0, 0, 1):
        shop.now += timedelta(days=days)
        shop.done("clerk@XH", shop.sale("XH", ("COLA", 2), ("COLA", 1)))
    sold = "select business_date, count_out, value_out_fen from daily_total where cause = 'sale' order by business_date"
    assert [tuple(row.values()) for row in shop.rows(sold)] == [("2026-03-18", 6, 60), ("2026-03-19", 3, 30)]


def test_balances_are_locked_in_sorted_order_whatever_the_order_of_the_keys(shop: Shop, work: Work) -> None:
    keys = [Key(shop.skus[sku], shop.places[place]) for sku in ("RICE", "COLA") for place in ("XH", "WH", "XH")]
    assert list(lock_balances(work, keys)) == sorted(set(keys))
    assert len(shop.rows("select * from balance")) == 4
