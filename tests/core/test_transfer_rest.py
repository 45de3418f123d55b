"""The rest of a dispatch, a second transfer: it is what the first one was. And what keeping goods elsewhere changes."""

from __future__ import annotations

from datetime import timedelta

from tests.core.transfers import Paper, asked, set_route, stocked, told
from tests.properties.replay import check_books
from tests.small_chain import Shop


def rest_of(paper: Paper) -> Paper:
    """The transfer that carries what was not loaded."""
    found = paper.shop.rows(f"select id from document where names_id = {paper.id}")
    return Paper(paper.shop, found[0]["id"])


def test_the_rest_is_frozen_as_far_as_frozen_goods_were_not_sold(shop: Shop) -> None:
    shop.done("admin", shop.opening("XH", ("COLA", 5, 500)))
    paper = asked(shop, ("COLA", 1), ("COLA", 2), source="XH", target="WH")
    shop.done("system", shop.sale("XH", ("COLA", 3)))
    assert shop.balance("XH", "COLA") == {"available": -1, "reserved": 3, "value_fen": 200}
    paper.does("clerk@XH", paper.command("rest_later:1=0,2=1"))  # 2 are released, and 1 of them is available
    assert shop.balance("XH", "COLA") == {"reserved": 1, "in_transit": 1, "value_fen": 100, "transit_value_fen": 100}
    assert [rest_of(paper).line(number).get("frozen", 0) for number in (1, 2)] == [1, 0]


def test_nothing_of_the_rest_is_frozen_where_all_of_it_was_sold(shop: Shop) -> None:
    shop.done("admin", shop.opening("XH", ("COLA", 5, 500)))
    paper = asked(shop, ("COLA", 5), source="XH", target="WH")
    shop.done("system", shop.sale("XH", ("COLA", 9)))
    paper.does("clerk@XH", paper.command("rest_later:1=1"))
    second = rest_of(paper)
    assert (second.state, second.line()) == ("approved", {"asked": 4, "approved": 4})
    assert [second.now[name] for name in ("lapses_at", "reminds_at")] == [None, None]
    check_books(shop.connection)


def test_what_the_rest_of_a_pull_froze_counts_for_the_day(shop: Shop) -> None:
    set_route(stocked(shop), daily_limit_packs=5)
    paper = asked(shop, ("SOAP", 5)).goes("approve rest_later:1=1")
    assert rest_of(paper).line()["frozen"] == 4
    assert asked(shop, ("SOAP", 3)).line() == {"asked": 3, "approved": 3}


def test_who_approved_the_first_does_not_receive_the_rest_on_a_direct_route(shop: Shop) -> None:
    stocked(shop, "XH")
    set_route(shop, approval_above_packs=0, direct=1)
    paper = asked(shop, source="XH", target="EQ", who="store_manager@XH")
    paper.does("area_manager@west", paper.command("approve"))
    paper.does("clerk@XH", paper.command("rest_later:1=6"))
    second = rest_of(paper)
    assert second.refuses("area_manager@west", "receive:1g4") == "same_person_twice"
    second.does("clerk@EQ", second.command("receive:1g4"))
    assert second.now["dispatched_by_id"] == shop.people["area_manager@west"]


def test_kept_goods_are_waited_for_as_long_as_the_way_to_the_holder_takes(shop: Shop) -> None:
    paper = told(shop, "approve dispatch hold")
    shop.connection.exec_driver_sql(
        f"update route set truck_within_hours = 5 where target_id = {shop.places['BJ']} and source_id is null"
    )
    paper.goes("keep")
    assert paper.now["reminds_at"] == int((shop.now + timedelta(hours=5)).timestamp()) * 1_000_000
