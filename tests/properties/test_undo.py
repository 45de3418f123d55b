"""What nobody has touched since is undone without a trace: every shelf and every value is what it was."""

from __future__ import annotations

from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.ground.commands import Answer
from core.stock.arrivals import Valued
from core.stock.undo import ReverseDocument
from core.trade.receipts import ReceiveGoods
from data.engine import Database
from tests.small_chain import Shop

COUNT, VALUE = st.integers(1, 60), st.integers(0, 9_999)
COMES = st.tuples(st.just("comes"), st.lists(st.tuples(COUNT, VALUE), min_size=1, max_size=3))
GOES = st.tuples(st.just("goes"), st.lists(st.tuples(COUNT, VALUE), min_size=1, max_size=3))
KEPT = ("available", "reserved", "in_transit", "blocked", "value_fen", "transit_value_fen")


def done(shop: Shop, kind: str, lines: list[tuple[int, int]]) -> Answer:
    """Goods come to the lake, or are sold there, below zero too."""
    if kind == "goes":
        return shop.done("system", shop.sale("XH", *(("COLA", count) for count, _ in lines)))
    valued = tuple(Valued(shop.skus["COLA"], count, value) for count, value in lines)
    return shop.done("buyer", ReceiveGoods(shop.places["XH"], shop.places["SUP"], valued))


def stands(shop: Shop) -> list[tuple[Any, ...]]:
    """What is there, what it is worth, and what lies at the edges of the world."""
    held = shop.rows(f"select {', '.join(KEPT)} from balance")
    ends = shop.rows(
        "select sum(n) as n, sum(v) as v from (select quantity as n, value_fen as v from posting where target_shelf is"
        " null union all select -quantity, -value_fen from posting where source_shelf is null) as ends"
    )
    return [tuple(int(value or 0) for value in row.values()) for row in (*held, *ends)]


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(before=st.lists(st.one_of(COMES, GOES), max_size=4), last=st.one_of(COMES, GOES))
def test_undoing_what_is_untouched_leaves_nothing_behind(
    small_open: Database, before: list[Any], last: tuple[str, list[tuple[int, int]]]
) -> None:
    with small_open.writer.connect() as connection:
        shop = Shop(connection)
        for kind, lines in (("comes", [(1, 1)]), *before):
            done(shop, kind, lines)
        was, number = stands(shop), done(shop, *last).of_document
        outcome = shop.does("hq", ReverseDocument(number, 1))
        if isinstance(outcome, Answer):
            assert stands(shop) == was
        else:  # of what filled a hole not all is left
            assert (last[0], outcome.code) == ("comes", "not_enough_stock")
