"""A transfer before it leaves: what is frozen, for how long, what approving less frees, and how it ends unused."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from core.ground.commands import Refused
from core.stock.transfer_commands import (
    ApproveTransfer,
    Asked,
    Counted,
    DispatchTransfer,
    FreezeTransfer,
    SubmitTransfer,
)
from data.kinds import ReturnReason
from tests.core.transfers import Paper, asked, refused, set_route, stocked, told
from tests.properties.replay import check_books
from tests.small_chain import Shop

SOAP_AT_HAND = 20


def frozen(paper: Paper) -> list[int]:
    """What is frozen of each line."""
    rows = paper.shop.rows(f"select frozen from transfer_line where document_id = {paper.id} order by line")
    return [row["frozen"] for row in rows]


# What a request freezes.

PULLS = """
sku    there  keep_back  limit  asked  frozen
SOAP   20     0          -      10     10
SOAP   20     15         -      10     5
SOAP   20     20         -      10     0
SOAP   20     25         -      10     0
SOAP   20     0          7      10     7
SOAP   20     0          0      10     0
SOAP   20     15         3      10     3
SOAP   20     12         9      10     8
SOAP   20     0          -      20     20
COLA   30     1          -      10     6
COLA   30     0          1      30     24
COLA   30     1          1      30     6
RICE   12000  1          -      9000   7000
RICE   12000  1          1      9000   5000
"""


@pytest.mark.parametrize("row", PULLS.strip().splitlines()[1:])
def test_a_pull_freezes_above_the_keep_back_and_within_the_days_limit(shop: Shop, row: str) -> None:
    sku, there, keep_back, limit, count, expected = row.split()
    shop.done("admin", shop.opening("WH", (sku, int(there), 100)))
    set_route(shop, keep_back_packs=int(keep_back), daily_limit_packs=None if limit == "-" else int(limit))
    paper = asked(shop, (sku, int(count)))
    assert (paper.state, frozen(paper)) == ("submitted", [int(expected)])
    left = {"available": int(there) - int(expected), "reserved": int(expected), "value_fen": 100}
    assert shop.balance("WH", sku) == {name: count for name, count in left.items() if count}
    check_books(shop.connection)


def test_a_push_freezes_all_of_it_whatever_the_route_keeps_back(shop: Shop) -> None:
    set_route(shop, keep_back_packs=1, daily_limit_packs=0)
    paper = asked(stocked(shop), ("COLA", 30), ("SOAP", 5), who="keeper@WH")
    assert (paper.state, frozen(paper)) == ("approved", [30, 5])


def test_a_pull_freezes_line_after_line(shop: Shop) -> None:
    set_route(shop, keep_back_packs=10)
    paper = asked(stocked(shop), ("SOAP", 4), ("COLA", 1), ("SOAP", 4), ("SOAP", 4), ("SOAP", 4))
    assert frozen(paper) == [4, 0, 4, 2, 0]  # ten packs of cola are more than there is
    assert [paper.line(number)["approved"] for number in range(1, 6)] == [4, 1, 4, 4, 4]


@pytest.mark.parametrize("who", ["clerk@XH", "keeper@WH"])
@pytest.mark.parametrize("lines", [[("SOAP", 21)], [("SOAP", 20), ("COLA", 1), ("SOAP", 1)]])
def test_more_than_is_available_is_refused(shop: Shop, who: str, lines: list[tuple[str, int]]) -> None:
    set_route(shop, keep_back_packs=50)
    request = stocked(shop).request("WH", "XH", *lines)
    facts = {"place_id": shop.places["WH"], "shelf": "available", "sku_id": shop.skus["SOAP"]}
    assert refused(shop, who, request) == Refused("not_enough_stock", {**facts, "wanted": 21, "there": 20})


def test_a_pull_that_freezes_nothing_lapses_never_and_is_dispatched_from_what_is_available(shop: Shop) -> None:
    set_route(shop, keep_back_packs=20)
    paper = asked(stocked(shop), ("SOAP", 4))
    assert [paper.now[name] for name in ("state", "lapses_at", "reminds_at")] == ["submitted", None, None]
    paper.goes("approve dispatch")
    assert shop.balance("WH", "SOAP") == {"available": 16, "in_transit": 4, "value_fen": 62, "transit_value_fen": 15}


# The limit of a day.


def pulls(shop: Shop, count: int, source: str = "WH", target: str = "XH") -> Paper:
    """The clerk of a store asks for soap of another place."""
    return asked(shop, ("SOAP", count), source=source, target=target, who=f"clerk@{target}")


def test_several_requests_of_a_day_share_its_limit(shop: Shop) -> None:
    set_route(stocked(shop), daily_limit_packs=7)
    assert [frozen(pulls(shop, 3)) for _ in range(4)] == [[3], [3], [1], [0]]
    assert shop.balance("WH", "SOAP") == {"available": 13, "reserved": 7, "value_fen": 77}
    shop.now = datetime(2026, 3, 18, 15, 59, 59, 999_999, tzinfo=UTC)
    assert frozen(pulls(shop, 3)) == [0]
    shop.now = datetime(2026, 3, 18, 16, tzinfo=UTC)  # midnight in China
    assert [frozen(pulls(shop, count)) for count in (5, 5)] == [[5], [2]]


@pytest.mark.parametrize(
    ("source", "target", "midnight"), [("EQ", "XH", "15:00"), ("XH", "EQ", "16:00"), ("BJ", "EQ", "16:00")]
)
def test_the_day_is_that_of_the_sources_clock(shop: Shop, source: str, target: str, midnight: str) -> None:
    set_route(stocked(shop, source), daily_limit_packs=2)
    turns_at = datetime.fromisoformat(f"2026-03-18T{midnight}+00:00")
    assert frozen(pulls(shop, 2, source, target)) == [2]
    shop.now = turns_at - timedelta(microseconds=1)
    assert frozen(pulls(shop, 2, source, target)) == [0]
    shop.now = turns_at
    assert frozen(pulls(shop, 2, source, target)) == [2]


def test_each_product_and_each_route_has_a_limit_of_its_own_and_pushes_have_none(shop: Shop) -> None:
    set_route(stocked(shop), daily_limit_packs=1)
    assert frozen(asked(shop, ("SOAP", 1), who="keeper@WH")) == [1]
    assert frozen(pulls(shop, 3)) == [1]
    assert frozen(pulls(shop, 3)) == [0]
    assert frozen(asked(shop, ("COLA", 25))) == [24]
    assert frozen(pulls(shop, 3, target="EQ")) == [1]
    assert frozen(asked(shop, ("SOAP", 5), who="keeper@WH")) == [5]


@pytest.mark.parametrize(
    ("story", "left"),
    [
        ("reject", 5),
        ("cancel", 5),
        ("approve:1=2", 3),
        ("approve cancel", 5),
        ("approve dispatch", 0),
        ("approve dispatch:1=1", 4),
        ("approve dispatch receive:1g5", 0),
        ("approve dispatch turn_back take_back:1g5", 0),
    ],
)
def test_what_was_let_go_again_does_not_count_and_what_left_does(shop: Shop, story: str, left: int) -> None:
    set_route(stocked(shop), daily_limit_packs=5)
    pulls(shop, 5).goes(story)
    assert frozen(pulls(shop, 5)) == [left]


def test_what_lapsed_does_not_count_any_more(shop: Shop) -> None:
    set_route(stocked(shop), daily_limit_packs=5)
    paper = pulls(shop, 5)
    shop.now += timedelta(hours=8)
    paper.does("system", paper.command("lapse"))
    assert frozen(pulls(shop, 3)) == [3]
    paper.goes("freeze")
    assert frozen(paper) == [2]


# Approving less.


def test_approving_less_frees_the_rest_at_once(shop: Shop) -> None:
    paper = told(shop, "approve:1=6")
    assert paper.line() == {"asked": 10, "approved": 6, "frozen": 6}
    assert paper.line(2) == {"asked": 4, "approved": 4, "frozen": 4}
    assert paper.moved("release") == [(1, 4, 0)]
    assert shop.balance("WH", "COLA") == {"available": 24, "reserved": 6, "value_fen": 100}
    paper.goes("dispatch")
    assert paper.line() == {"asked": 10, "approved": 6, "dispatched": 6, "value_fen": 20, "value_left_fen": 20}


def test_nothing_of_one_line_may_be_approved_and_the_others_go_on(shop: Shop) -> None:
    paper = told(shop, "approve:1=0 dispatch receive:2g4")
    assert (paper.state, paper.line()) == ("received", {"asked": 10})
    assert shop.balance("WH", "COLA") == {"available": 30, "value_fen": 100}


@pytest.mark.parametrize(
    ("approved", "frozen_after", "released"), [(10, 6, []), (6, 6, []), (5, 5, [(1, 1, 0)]), (0, 0, [(1, 6, 0)])]
)
def test_what_was_not_frozen_is_not_freed(
    shop: Shop, approved: int, frozen_after: int, released: list[tuple[int, int, int]]
) -> None:
    set_route(stocked(shop), keep_back_packs=1)
    paper = asked(shop, ("COLA", 10), ("SOAP", 1)).goes(f"approve:1={approved}")
    assert (frozen(paper)[0], paper.line().get("approved", 0)) == (frozen_after, approved)
    assert paper.moved("release") == released


@pytest.mark.parametrize(
    ("counts", "said"),
    [
        ((Counted(1, 11),), 11),
        ((Counted(1, 0), Counted(2, 0)), 0),
        ((Counted(3, 1),), 1),
        ((Counted(0, 1),), 1),
        ((Counted(1, 9), Counted(1, 3)), 3),
    ],
)
def test_more_than_asked_nothing_at_all_other_lines_and_a_line_said_twice_are_not_approved(
    shop: Shop, counts: tuple[Counted, ...], said: int
) -> None:
    paper = told(shop, "")
    facts = {"sku_id": shop.skus["COLA"], "asked": 10, "said": said}
    assert refused(shop, "keeper@WH", ApproveTransfer(paper.id, 1, counts)) == Refused("more_than_asked", facts)


# Rejecting and withdrawing.


@pytest.mark.parametrize("story", ["reject", "cancel", "approve cancel"])
def test_a_no_frees_everything(shop: Shop, story: str) -> None:
    paper = told(shop, story)
    assert frozen(paper) == [0, 0]
    assert [paper.now[name] for name in ("lapses_at", "reminds_at")] == [None, None]
    assert shop.balance("WH", "COLA") == {"available": 30, "value_fen": 100}
    assert shop.balance("WH", "SOAP") == {"available": 20, "value_fen": 77}


def test_frozen_goods_that_were_sold_keep_their_value_when_they_are_released(shop: Shop) -> None:
    """The till sells what is on the shelf, also what was frozen: releasing it then begins below zero."""
    shop.done("admin", shop.opening("XH", ("COLA", 10, 100)))
    paper = asked(shop, ("COLA", 8), source="XH", target="WH")
    shop.done("system", shop.sale("XH", ("COLA", 7)))
    assert shop.balance("XH", "COLA") == {"available": -5, "reserved": 8, "value_fen": 30}
    paper.goes("cancel")
    assert shop.balance("XH", "COLA") == {"available": 3, "value_fen": 30}


# Lapsing, and asking again.


@pytest.mark.parametrize(("story", "hours"), [("", 8), ("approve", 48)])
def test_a_freeze_lapses_on_its_hour_and_the_state_stays(shop: Shop, story: str, hours: int) -> None:
    paper = told(shop, story)
    state, version = paper.state, paper.now["version"]
    shop.now += timedelta(hours=hours, microseconds=-1)
    assert paper.refuses("system", "lapse") == "not_yet_due"
    shop.now += timedelta(microseconds=1)
    paper.does("system", paper.command("lapse"))
    assert (paper.state, paper.now["version"], frozen(paper)) == (state, version + 1, [0, 0])
    assert paper.moved("release") == [(1, 10, 0), (2, 4, 0)]
    assert shop.balance("WH", "COLA") == {"available": 30, "value_fen": 100}
    assert paper.refuses("system", "lapse") == "not_yet_due"


def test_a_lapse_at_a_version_that_was_is_refused(shop: Shop) -> None:
    paper = told(shop, "approve")
    shop.now += timedelta(days=3)
    assert refused(shop, "system", paper.command("lapse", behind=1)).code == "moved_on"


def test_after_a_lapse_dispatch_looks_at_what_is_available(shop: Shop) -> None:
    paper = told(shop, "approve lapse")
    asked(shop, ("COLA", 25), target="EQ", who="keeper@WH")
    facts = {"place_id": shop.places["WH"], "shelf": "available", "sku_id": shop.skus["COLA"], "wanted": 10, "there": 5}
    assert refused(shop, "keeper@WH", paper.command("dispatch")) == Refused("not_enough_stock", facts)
    shop.done("admin", shop.opening("WH", ("COLA", 5, 20)))
    paper.goes("dispatch")
    assert shop.balance("WH", "COLA")["in_transit"] == 10


def test_an_approval_after_a_lapse_freezes_nothing_and_so_lapses_never(shop: Shop) -> None:
    paper = told(shop, "lapse approve")
    assert [paper.now[name] for name in ("lapses_at", "reminds_at")] == [None, None]
    assert shop.balance("WH", "COLA") == {"available": 30, "value_fen": 100}


@pytest.mark.parametrize(("story", "hours"), [("lapse", 8), ("approve lapse", 48)])
def test_asking_again_freezes_anew_for_as_long_as_before(shop: Shop, story: str, hours: int) -> None:
    paper = told(shop, story)
    state = paper.state
    paper.goes("freeze")
    assert (paper.state, frozen(paper)) == (state, [10, 4])
    start = int(shop.now.timestamp()) * 1_000_000
    assert paper.now["lapses_at"] - start == hours * 3_600_000_000
    assert paper.now["reminds_at"] - start == hours * 1_800_000_000
    assert paper.moved("freeze") == [(1, 10, 0), (2, 4, 0)] * 2


def test_asking_again_freezes_what_was_approved(shop: Shop) -> None:
    paper = told(shop, "approve:1=6,2=0 lapse freeze")
    assert frozen(paper) == [6, 0]


def test_a_pull_asks_again_by_the_rules_of_a_pull(shop: Shop) -> None:
    paper = told(shop, "approve lapse")
    set_route(shop, keep_back_packs=1)
    assert frozen(paper.goes("freeze")) == [6, 4]
    paper.goes("lapse")
    set_route(shop, keep_back_packs=50)
    assert paper.refuses("clerk@XH", "freeze") == "nothing_open"


def test_whoever_asks_again_it_stays_the_pull_that_it_was(shop: Shop) -> None:
    paper = told(shop, "lapse")
    set_route(shop, keep_back_packs=1)
    paper.does("keeper@WH", paper.command("freeze"))
    assert frozen(paper) == [6, 4]


def test_a_push_asks_again_for_all_of_it(shop: Shop) -> None:
    paper = asked(stocked(shop), ("COLA", 10), who="keeper@WH")
    set_route(shop, keep_back_packs=50, daily_limit_packs=0)
    assert frozen(paper.goes("lapse freeze")) == [10]


def test_asking_again_for_more_than_is_available_is_refused(shop: Shop) -> None:
    paper = told(shop, "approve lapse")
    asked(shop, ("COLA", 21), target="EQ", who="keeper@WH")
    assert paper.refuses("clerk@XH", FreezeTransfer(paper.id, paper.now["version"])) == "not_enough_stock"


# Returns to the warehouse.


def returned(shop: Shop, target: str) -> SubmitTransfer:
    """Ten cola go back because they are near their date."""
    lines = (Asked(shop.skus["COLA"], 10, ""),)
    return SubmitTransfer(shop.places["XH"], shop.places[target], lines, ReturnReason.NEAR_EXPIRY)


def test_goods_are_returned_to_a_warehouse_with_a_reason(shop: Shop) -> None:
    stocked(shop, "XH")
    facts = {"place_id": shop.places["EQ"]}
    assert refused(shop, "clerk@XH", returned(shop, "EQ")) == Refused("not_a_warehouse", facts)
    paper = Paper(shop, shop.done("clerk@XH", returned(shop, "WH")).document_id)
    assert paper.now["return_reason"] == "near_expiry"
    assert asked(shop, source="XH", target="WH").now["return_reason"] is None


def test_the_rest_of_a_return_is_a_return(shop: Shop) -> None:
    stocked(shop, "XH")
    paper = Paper(shop, shop.done("clerk@XH", returned(shop, "WH")).document_id)
    paper.does("clerk@XH", paper.command("rest_later:1=4"))
    second = shop.rows(f"select * from document where names_id = {paper.id}")[0]
    assert (second["return_reason"], second["state"]) == ("near_expiry", "approved")


def test_a_dispatch_is_never_from_goods_of_another_transfer(shop: Shop) -> None:
    """What another one froze is not available, so a lapsed transfer cannot take it."""
    first, second = told(shop, "approve lapse"), asked(shop, ("COLA", 25), who="keeper@WH", target="EQ")
    assert frozen(second) == [25]
    wish = DispatchTransfer(first.id, first.now["version"])
    assert first.refuses("keeper@WH", wish) == "not_enough_stock"
    assert frozen(second) == [25]
