"""Who is asked before goods of a place are given away: push, pull, the route's limit, and the ladder."""

from __future__ import annotations

import pytest

from core.stock.transfer_commands import ApproveTransfer, CancelTransfer, RejectTransfer
from tests.small_chain import HOLDERS, Shop

PACKS = {"COLA": 24, "SOAP": 1, "RICE": 5000}  # the largest pack, or one base unit, in smallest units
GOODS = [(sku, 100 * pack, 100) for sku, pack in PACKS.items()]


@pytest.fixture
def stocked(shop: Shop) -> Shop:
    """The shop with plenty of everything everywhere."""
    for place in HOLDERS:
        shop.done("admin", shop.opening(place, *GOODS))
    return shop


def asked(shop: Shop, document_id: int) -> list[tuple[str, str, str, int | None, str]]:
    """The steps of a document: role, place, rule, limit, decision."""
    query = (
        "select role, place.code, rule, rule_limit, decision from approval_step"
        f" join place on place.id = place_id where document_id = {document_id} order by approval_step.id"
    )
    return [(row["role"], row["code"], row["rule"], row["rule_limit"], row["decision"]) for row in shop.rows(query)]


@pytest.mark.parametrize(
    ("source", "target", "limit"), [("XH", "EQ", 2), ("XH", "WH", 2), ("WH", "EQ", 2), ("WH", "XH", 5)]
)
@pytest.mark.parametrize("sku", PACKS)
def test_a_push_asks_above_the_routes_limit_and_not_on_it(
    stocked: Shop, source: str, target: str, limit: int, sku: str
) -> None:
    who = "keeper@WH" if source == "WH" else "clerk@XH"
    on_it = stocked.done(who, stocked.request(source, target, (sku, limit * PACKS[sku])))
    assert (on_it.state, on_it.version, asked(stocked, on_it.document_id)) == ("approved", 2, [])

    above = stocked.done(who, stocked.request(source, target, ("SOAP", 1), (sku, limit * PACKS[sku] + 1)))
    nearest = "area_manager" if source == "WH" else "store_manager"  # the keeper does not ask himself
    assert (above.state, above.version) == ("submitted", 1)
    assert asked(stocked, above.document_id) == [(nearest, source, "over_limit", limit, "waiting")]


def test_the_limit_is_for_a_product_over_all_its_lines(stocked: Shop) -> None:
    one_pack = ("COLA", 24)
    on_it = stocked.request("XH", "EQ", one_pack, ("SOAP", 2), one_pack)
    above = stocked.request("XH", "EQ", one_pack, ("SOAP", 2), one_pack, ("COLA", 1))
    assert stocked.done("clerk@XH", on_it).state == "approved"
    assert stocked.done("clerk@XH", above).state == "submitted"


@pytest.mark.parametrize(
    ("who", "source", "target", "role"),
    [
        ("clerk@XH", "WH", "XH", "keeper"),
        ("store_manager@XH", "EQ", "XH", "store_manager"),
        ("keeper@WH", "BJ", "WH", "store_manager"),
        ("area_manager@west", "WH", "XH", "keeper"),
    ],
)
def test_a_pull_always_asks_the_source(stocked: Shop, who: str, source: str, target: str, role: str) -> None:
    answer = stocked.done(who, stocked.request(source, target, ("COLA", 1)))
    assert answer.state == "submitted"
    assert asked(stocked, answer.document_id) == [(role, source, "source_is_asked", None, "waiting")]


@pytest.mark.parametrize("who", ["area_manager@west", "hq"])
def test_who_acts_at_both_ends_gives_and_does_not_ask(stocked: Shop, who: str) -> None:
    assert stocked.done(who, stocked.request("XH", "EQ", ("COLA", 1))).state == "approved"


LADDER = """
who asks            who has left                          role asked
clerk@XH            -                                     store_manager
store_manager@XH    -                                     area_manager
clerk@XH            store_manager@XH                      area_manager
area_manager@west   store_manager@XH                      hq
clerk@XH            store_manager@XH,area_manager@west    hq
hq                  -                                     store_manager
hq                  store_manager@XH                      area_manager
"""


@pytest.mark.parametrize("line", LADDER.strip().splitlines()[1:])
def test_a_step_that_finds_nobody_else_climbs(stocked: Shop, line: str) -> None:
    who, left, role = line.split()
    for code in left.split(","):
        stocked.connection.exec_driver_sql(f"update person set role = 'finance' where code = '{code}'")
    answer = stocked.done(who, stocked.request("XH", "EQ", ("COLA", 49)))
    assert asked(stocked, answer.document_id) == [(role, "XH", "over_limit", 2, "waiting")]


def test_the_keepers_own_request_climbs_to_the_area_and_nobody_decides_their_own(stocked: Shop) -> None:
    answer = stocked.done("keeper@WH", stocked.request("WH", "EQ", ("COLA", 49)))
    approval = ApproveTransfer(answer.document_id, answer.version)
    assert stocked.refused("keeper@WH", approval) == "own_request"
    assert stocked.refused("keeper@WH", RejectTransfer(answer.document_id, answer.version)) == "own_request"
    assert stocked.refused("area_manager@west", approval) == "not_allowed"
    assert stocked.refused("hq", approval) == "not_allowed"
    assert stocked.done("area_manager@south", approval).state == "approved"


def test_nobody_asks_when_every_rung_is_empty(stocked: Shop) -> None:
    stocked.connection.exec_driver_sql("update person set role = 'finance' where role in ('area_manager', 'hq')")
    request = stocked.request("XH", "EQ", ("COLA", 49))
    assert stocked.refused("store_manager@XH", request) == "nobody_can_approve"
    assert stocked.balance("XH", "COLA") == {"available": 2400, "value_fen": 100}


def test_a_decision_is_kept_with_who_when_and_why(stocked: Shop) -> None:
    answer = stocked.done("clerk@XH", stocked.request("WH", "XH", ("COLA", 1)))
    stocked.done("keeper@WH", RejectTransfer(answer.document_id, 1, "明天到货"))
    step = stocked.rows(f"select * from approval_step where document_id = {answer.document_id}")[0]
    assert (step["decision"], step["decided_by_id"], step["reason"]) == (
        "rejected",
        stocked.people["keeper@WH"],
        "明天到货",
    )
    assert step["decided_at"] == int(stocked.now.timestamp()) * 1_000_000
    assert stocked.document(answer.document_id)["reason"] == "明天到货"


def test_a_withdrawn_request_waits_for_nobody(stocked: Shop) -> None:
    answer = stocked.done("clerk@XH", stocked.request("WH", "XH", ("COLA", 1)))
    stocked.done("clerk@XH", CancelTransfer(answer.document_id, 1))
    assert [step[-1] for step in asked(stocked, answer.document_id)] == ["dropped"]
