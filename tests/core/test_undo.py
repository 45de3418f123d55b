"""Undoing in core: what goes back, at which value, who may, until when, and never twice."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from core.execute import execute_both
from core.ground.commands import Answer, Command, Refused
from core.ground.documents import Header, header
from core.ground.errors import StockError
from core.ground.work import Work
from core.people.directory import person_by_code
from core.stock.arrivals import Valued
from core.stock.transfer_commands import CancelTransfer, Counted
from core.stock.undo import ReturnTransfer, ReverseDocument
from core.stock.undoing import Undoing, undoing
from core.trade.receipts import ReceiveGoods
from tests.core.transfers import Paper, asked, stocked
from tests.core.verified import found
from tests.properties.replay import check_books
from tests.small_chain import Shop, everything


@pytest.fixture(autouse=True)
def books_hold(shop: Shop) -> Any:
    """After each test the books add up, and a verification finds nothing."""
    yield
    check_books(shop.connection)
    assert found(shop.connection) == {}


def received(shop: Shop, who: str, place: str, *lines: tuple[str, int, int]) -> int:
    """Goods that came from the supplier: SKU, count, value in fen."""
    valued = tuple(Valued(shop.skus[sku], count, value) for sku, count, value in lines)
    return shop.done(who, ReceiveGoods(shop.places[place], shop.places["SUP"], valued)).of_document


def shelf(shop: Shop, place: str, sku: str) -> tuple[int, int]:
    """What is available there, and what all on hand is worth."""
    query = f"select available, value_fen from balance where place_id = {shop.places[place]} and sku_id = "
    row = shop.rows(query + str(shop.skus[sku]))
    return (row[0]["available"], row[0]["value_fen"]) if row else (0, 0)


def would(shop: Shop, who: str, document_id: int) -> Undoing | str:
    """What undoing would do if this person did it, or the code of the refusal."""
    work = Work(shop.connection, shop.now)
    try:
        return undoing(work.by(person_by_code(work, who), "test"), header(work, document_id))
    except StockError as refusal:
        return refusal.code


def seen(shop: Shop, document_id: int) -> Header:
    """The header as it stands."""
    return header(Work(shop.connection, shop.now), document_id)


def reversal(document_id: int, **counts: int) -> ReverseDocument:
    """All of it, or so many of line 1 (`l1=3`), 2 ..."""
    return ReverseDocument(document_id, 1, tuple(Counted(int(name[1:]), count) for name, count in counts.items()))


def test_a_receipt_is_reversed_at_the_value_it_had(shop: Shop) -> None:
    received(shop, "buyer", "WH", ("COLA", 10, 300))
    number = received(shop, "buyer", "WH", ("COLA", 20, 1000), ("SOAP", 3, 10))
    assert shelf(shop, "WH", "COLA") == (30, 1300)
    answer = shop.done("buyer", reversal(number))
    assert (shelf(shop, "WH", "COLA"), shelf(shop, "WH", "SOAP")) == ((10, 300), (0, 0))
    made = seen(shop, answer.of_document)
    assert (made.kind, made.state, made.reverses_id) == (seen(shop, number).kind, "posted", number)
    causes = shop.rows(f"select cause, value_fen from posting where document_id = {made.id} order by line")
    assert [(row["cause"], row["value_fen"]) for row in causes] == [("reversal", 1000), ("reversal", 10)]


def test_what_the_average_cannot_carry_is_trued_up_where_nothing_is_left(shop: Shop) -> None:
    received(shop, "buyer", "XH", ("COLA", 10, 100))
    number = received(shop, "buyer", "XH", ("COLA", 10, 500))
    shop.done("system", shop.sale("XH", ("COLA", 10)))  # at 30 each; 300 fen on 10 are left
    shop.done("buyer", reversal(number))  # they take the 500 that they had brought
    assert shelf(shop, "XH", "COLA") == (0, 0)
    query = "select value_fen from posting where cause = 'true_up'"
    assert [row["value_fen"] for row in shop.rows(query)] == [-200]


def test_a_sale_is_reversed_into_a_hole_and_out_of_it(shop: Shop) -> None:
    received(shop, "buyer", "XH", ("COLA", 3, 100))
    number = shop.done("system", shop.sale("XH", ("COLA", 5))).of_document
    assert shelf(shop, "XH", "COLA") == (-2, -67)
    shop.done("store_manager@XH", reversal(number))
    assert shelf(shop, "XH", "COLA") == (3, 100)


def test_of_what_went_on_meanwhile_the_rest_can_go_back(shop: Shop) -> None:
    number = received(shop, "buyer", "XH", ("COLA", 20, 999), ("SOAP", 2, 10))
    shop.done("system", shop.sale("XH", ("COLA", 3), ("SOAP", 2)))
    assert shop.refused("buyer", reversal(number)) == "not_enough_stock"
    could = would(shop, "buyer", number)
    assert isinstance(could, Undoing)
    assert [(part.moved, part.there) for part in could.parts] == [(20, 17), (2, 0)]
    assert not could.is_whole
    shop.done("buyer", reversal(number, l1=17, l2=0))
    assert shelf(shop, "XH", "COLA") == (0, 0)
    assert would(shop, "buyer", number) == "undone_before"
    assert shop.refused("buyer", reversal(number, l1=3, l2=0)) == "undone_before"


def test_nothing_is_undone_where_nothing_is_left(shop: Shop) -> None:
    number = received(shop, "buyer", "XH", ("COLA", 2, 20))
    shop.done("system", shop.sale("XH", ("COLA", 2)))
    assert would(shop, "buyer", number) == "not_enough_stock"


@pytest.mark.parametrize(
    ("counts", "code"),
    [({"l1": 21}, "does_not_add_up"), ({"l9": 1}, "does_not_add_up"), ({"l1": 0}, "nothing_asked")],
)
def test_what_was_not_moved_does_not_go_back(shop: Shop, counts: dict[str, int], code: str) -> None:
    number = received(shop, "buyer", "XH", ("COLA", 20, 999))
    assert shop.refused("buyer", reversal(number, **counts)) == code


def test_a_reversal_is_not_reversed_and_nothing_is_reversed_twice(shop: Shop) -> None:
    number = received(shop, "buyer", "WH", ("COLA", 20, 999))
    second = shop.done("buyer", reversal(number)).of_document
    assert shop.refused("buyer", reversal(number)) == "undone_before"
    assert shop.refused("buyer", reversal(second)) == "cannot_undo"
    copied = (
        "kind, state, version, place_id, other_place_id, requester_id, occurred_at, posted_at, moved_at, reverses_id"
    )
    savepoint = shop.connection.begin_nested()
    with pytest.raises(Exception, match=r"uq_document_reverses_id|document\.reverses_id"):
        shop.connection.exec_driver_sql(
            f"insert into document ({copied}) select {copied} from document where id = {second}"
        )
    savepoint.rollback()


# Who, and until when.

WHO_MAY = """
                       at_once   11_minutes   25_hours
buyer                  yes       time_over    time_over
clerk@XH               no        no           no
store_manager@XH       no        no           no
area_manager@west      no        no           no
hq                     yes       yes          time_over
auditor                no        no           no
admin                  no        no           no
"""
SALES_MAY = """
                       at_once   11_minutes   25_hours
clerk@XH               yes       time_over    time_over
clerk@EQ               no        no           no
store_manager@XH       yes       yes          time_over
store_manager@EQ       no        no           no
area_manager@west      yes       yes          time_over
area_manager@south     no        no           no
keeper@WH              no        no           no
hq                     yes       yes          time_over
auditor                no        no           no
"""
WORDS = {"not_allowed": "no", "undo_time_over": "time_over"}


def grid(shop: Shop, number: int, drawn: str) -> None:
    """Compare who may undo a document at once, after eleven minutes and after 25 hours."""
    head, *lines = (line.split() for line in drawn.strip().splitlines())
    began = shop.now
    for who, *expected in lines:
        told = []
        for minutes in (0, 11, 25 * 60):
            shop.now = began + timedelta(minutes=minutes)
            could = would(shop, who, number)
            told.append(WORDS[could] if isinstance(could, str) else "yes")
        assert (who, dict(zip(head, told, strict=True))) == (who, dict(zip(head, expected, strict=True)))
    shop.now = began


def test_who_may_undo_a_receipt_of_the_buyer(shop: Shop) -> None:
    grid(shop, received(shop, "buyer", "XH", ("COLA", 20, 999)), WHO_MAY)


def test_who_may_undo_a_sale_of_a_clerk(shop: Shop) -> None:
    stocked(shop)
    grid(shop, shop.done("clerk@XH", shop.sale("XH", ("COLA", 1))).of_document, SALES_MAY)


def test_what_the_till_did_only_a_manager_undoes(shop: Shop) -> None:
    number = shop.done("system", shop.sale("XH", ("COLA", 1))).of_document
    assert would(shop, "clerk@XH", number) == "not_allowed"
    shop.now += timedelta(hours=23)
    shop.done("store_manager@XH", reversal(number))


def test_opening_stock_is_undone_by_who_may_enter_it(shop: Shop) -> None:
    number = shop.done("admin", shop.opening("WH", ("COLA", 5, 55))).of_document
    assert would(shop, "keeper@WH", number) == "not_allowed"
    shop.done("admin", reversal(number))
    assert shelf(shop, "WH", "COLA") == (0, 0)


# Transfers.


def arrived(shop: Shop, story: str = "approve dispatch receive:1g10,2g4") -> Paper:
    """10 cola and 4 soap from the warehouse at the lake."""
    stocked(shop)
    return asked(shop).goes(story)


def sent_back(shop: Shop, paper: Paper, **counts: int) -> ReturnTransfer:
    """All that was received, or so many of its lines."""
    said = tuple(Counted(int(name[1:]), count) for name, count in counts.items())
    return ReturnTransfer(paper.id, seen(shop, paper.id).version, said)


def test_what_was_received_goes_back_by_a_transfer_that_names_the_first(shop: Shop) -> None:
    paper = arrived(shop)
    answer = shop.done("store_manager@XH", sent_back(shop, paper))
    back = seen(shop, answer.of_document)
    assert (back.place_id, back.other_place_id, back.reverses_id) == (shop.places["XH"], shop.places["WH"], paper.id)
    assert back.state == "submitted"  # 4 soap are over the limit of 2 packs: a movement is a movement
    lines = shop.rows(f"select sku_id, asked, frozen from transfer_line where document_id = {back.id} order by line")
    assert [(row["asked"], row["frozen"]) for row in lines] == [(10, 10), (4, 4)]
    assert would(shop, "store_manager@XH", paper.id) == "undone_before"
    shop.done("store_manager@XH", CancelTransfer(back.id, back.version))  # then it stands no longer
    assert isinstance(would(shop, "store_manager@XH", paper.id), Undoing)


def test_what_was_approved_only_a_manager_undoes(shop: Shop) -> None:
    paper = arrived(shop)
    assert would(shop, "clerk@XH", paper.id) == "was_approved"
    assert shop.refused("clerk@XH", sent_back(shop, paper)) == "was_approved"
    assert would(shop, "keeper@WH", paper.id) == "not_allowed"
    shop.now += timedelta(hours=25)
    assert would(shop, "store_manager@XH", paper.id) == "undo_time_over"


def test_a_part_of_what_was_received_goes_back(shop: Shop) -> None:
    paper = arrived(shop, "approve dispatch receive:1g8d2,2g4")
    shop.done("system", shop.sale("XH", ("COLA", 3)))
    could = would(shop, "store_manager@XH", paper.id)
    assert isinstance(could, Undoing)
    assert [(part.moved, part.there) for part in could.parts] == [(8, 5), (4, 4)]
    assert shop.refused("store_manager@XH", sent_back(shop, paper)) == "not_enough_stock"
    shop.done("store_manager@XH", sent_back(shop, paper, l1=5))


def test_a_settled_dispute_is_not_opened_again(shop: Shop) -> None:
    paper = arrived(shop, "approve dispatch receive:1g9m1,2g4")
    assert would(shop, "store_manager@XH", paper.id) == "cannot_undo"
    paper.goes("write_off")
    assert would(shop, "store_manager@XH", paper.id) == "dispute_is_settled"


@pytest.mark.parametrize(
    ("story", "who", "way"),
    [
        ("", "clerk@XH", "cancel"),
        ("approve", "clerk@XH", "cancel"),
        ("approve dispatch", "clerk@XH", "turn_back"),
        ("approve dispatch turn_back", "clerk@XH", "cannot_undo"),
        ("reject", "clerk@XH", "cannot_undo"),
        ("cancel", "clerk@XH", "cannot_undo"),
        ("approve", "clerk@EQ", "not_allowed"),
        ("approve dispatch", "auditor", "not_allowed"),
    ],
)
def test_before_it_was_received_it_is_cancelled_or_turned_back(shop: Shop, story: str, who: str, way: str) -> None:
    could = would(shop, who, arrived(shop, story).id)
    assert (could if isinstance(could, str) else could.way.value) == way


# Two commands as one.


def both(shop: Shop, who: str, first: Command, second: Command) -> Answer | Refused:
    """Both or neither, by this person."""
    work = Work(shop.connection, shop.now)
    return execute_both(work.by(person_by_code(work, who), "test"), first, second, key="one wish")


def test_two_commands_are_one_intention(shop: Shop) -> None:
    paper = arrived(shop, "")
    first, second = CancelTransfer(paper.id, 1), shop.request("WH", "XH", ("COLA", 24))
    answer = both(shop, "clerk@XH", first, second)
    assert isinstance(answer, Answer)
    assert (seen(shop, paper.id).state, seen(shop, answer.of_document).state) == ("cancelled", "submitted")
    before = everything(shop.connection)
    assert both(shop, "clerk@XH", first, second) == answer
    assert everything(shop.connection) == before


def test_where_the_second_is_refused_the_first_is_undone(shop: Shop) -> None:
    paper = arrived(shop, "")
    before = everything(shop.connection, but=("audit",))
    too_many = shop.request("WH", "XH", ("COLA", 31))
    answer = both(shop, "clerk@XH", CancelTransfer(paper.id, 1), too_many)
    assert isinstance(answer, Refused)
    assert answer.code == "not_enough_stock"
    assert everything(shop.connection, but=("audit",)) == before
    last = shop.rows("select command, code from audit order by id desc limit 1")[0]
    assert (last["command"], last["code"]) == ("SubmitTransfer", "not_enough_stock")
    stale = both(shop, "clerk@XH", CancelTransfer(paper.id, 7), shop.request("WH", "XH", ("COLA", 1)))
    assert isinstance(stale, Refused)
    assert everything(shop.connection, but=("audit",)) == before


def test_two_lines_of_one_product_share_what_is_left(shop: Shop) -> None:
    number = received(shop, "buyer", "XH", ("COLA", 10, 100), ("COLA", 10, 300))
    shop.done("system", shop.sale("XH", ("COLA", 5)))
    could = would(shop, "buyer", number)
    assert isinstance(could, Undoing)
    assert [(part.moved, part.there) for part in could.parts] == [(10, 10), (10, 5)]
    shop.done("buyer", reversal(number, l1=10, l2=5))
    assert shelf(shop, "XH", "COLA") == (0, 0)


def test_the_time_of_a_transfer_runs_from_its_receipt(shop: Shop) -> None:
    paper = arrived(shop, "approve dispatch")
    shop.now += timedelta(hours=23)
    paper.goes("receive:1g10,2g4")
    shop.now += timedelta(hours=23)
    assert isinstance(would(shop, "store_manager@XH", paper.id), Undoing)
