"""The one door: said once, done once; a refusal leaves one audit row; all of an effect is one transaction."""

from __future__ import annotations

import json
from collections.abc import Callable
from types import MappingProxyType

import pytest
from sqlalchemy import Connection

from core.commands import COMMANDS
from core.ground.commands import Answer, Command, Refused, Rule
from core.ground.errors import KeyUsedBefore, NotYetDue
from core.ground.work import Work
from core.stock.opening import OpenStock
from core.stock.transfer_commands import ApproveTransfer
from data.engine import Database
from tests.small_chain import MORNING, Shop, act, everything, rows


def opened(shop: Shop, count: int = 5) -> OpenStock:
    """A command that takes effect."""
    return shop.opening("XH", ("COLA", count, 10))


def test_the_same_key_gets_the_same_answer_and_nothing_runs(shop: Shop) -> None:
    shop.done("admin", shop.opening("WH", ("COLA", 50, 100)))
    request = shop.request("WH", "XH", ("COLA", 5))
    first = shop.does("clerk@XH", request, "tap 1")
    approval = ApproveTransfer(first.document_id, 1)  # type: ignore[union-attr]
    second = shop.does("keeper@WH", approval, "tap 2")
    before = everything(shop.connection)
    assert shop.does("clerk@XH", request, "tap 1") == first
    assert shop.does("keeper@WH", approval, "tap 2") == second
    assert everything(shop.connection) == before


def test_a_key_is_of_one_person(shop: Shop) -> None:
    first, second = shop.does("admin", opened(shop), "tap 1"), shop.does("system", opened(shop), "tap 1")
    assert isinstance(first, Answer)
    assert isinstance(second, Answer)
    assert first.document_id != second.document_id


@pytest.mark.parametrize("other", [lambda shop: opened(shop, 6), lambda shop: shop.sale("XH", ("COLA", 1))])
def test_a_key_with_another_command_is_a_mistake(shop: Shop, other: Callable[[Shop], Command]) -> None:
    shop.does("admin", opened(shop), "tap 1")
    before = everything(shop.connection)
    with pytest.raises(KeyUsedBefore):
        shop.does("admin", other(shop), "tap 1")
    assert everything(shop.connection) == before


def test_a_refusal_leaves_one_audit_row_and_nothing_else(shop: Shop) -> None:
    before = everything(shop.connection)
    answer = shop.does("system", shop.sale("BJ", ("COLA", 5)), "line 1")
    facts = {"place_id": shop.places["BJ"], "shelf": "available", "sku_id": shop.skus["COLA"], "wanted": 5, "there": 0}
    assert answer == Refused("not_enough_stock", facts)
    after = everything(shop.connection)
    (audited,) = shop.rows("select * from audit")
    assert (audited["outcome"], audited["code"], audited["document_id"]) == ("refused", "not_enough_stock", None)
    assert {**after, "audit": []} == before


def test_a_refused_key_may_be_used_again(shop: Shop) -> None:
    sale = shop.sale("BJ", ("COLA", 5))
    assert isinstance(shop.does("system", sale, "line 1"), Refused)
    shop.done("admin", shop.opening("BJ", ("COLA", 5, 10)))
    assert isinstance(shop.does("system", sale, "line 1"), Answer)
    assert shop.balance("BJ", "COLA") == {}


def test_every_command_and_refusal_is_audited(shop: Shop) -> None:
    shop.done("admin", shop.opening("WH", ("COLA", 50, 100)))
    answer = shop.done("clerk@XH", shop.request("WH", "XH", ("COLA", 5)))
    shop.refused("clerk@XH", ApproveTransfer(answer.document_id, 1))
    shop.done("keeper@WH", ApproveTransfer(answer.document_id, 1))

    audited = shop.rows("select * from audit order by id")
    names = {person_id: code for code, person_id in shop.people.items()}
    assert [(names[row["actor_id"]], row["command"], row["outcome"], row["code"]) for row in audited] == [
        ("admin", "OpenStock", "done", None),
        ("clerk@XH", "SubmitTransfer", "done", None),
        ("clerk@XH", "ApproveTransfer", "refused", "own_request"),
        ("keeper@WH", "ApproveTransfer", "done", None),
    ]
    assert {(row["channel"], row["ran_at"]) for row in audited} == {("test", int(MORNING.timestamp()) * 1_000_000)}
    last = audited[-1]
    assert json.loads(last["facts"]) == {"document_id": answer.document_id, "version": 1, "counts": []}
    assert json.loads(last["before"]) | {"documents": {}} == {"state": "submitted", "version": 1, "documents": {}}
    assert json.loads(last["after"]) | {"documents": {}} == {"state": "approved", "version": 2, "documents": {}}


def test_events_are_written_beside_their_effect(shop: Shop) -> None:
    shop.done("admin", shop.opening("WH", ("COLA", 50, 100)))
    answer = shop.done("clerk@XH", shop.request("WH", "XH", ("COLA", 5)))
    shop.refused("hq", ApproveTransfer(answer.document_id, 1))
    shop.done("keeper@WH", ApproveTransfer(answer.document_id, 1))
    events = shop.rows("select kind, document_id, state from event order by id")
    assert [tuple(row.values()) for row in events] == [
        ("transfer.submit", answer.document_id, "new"),
        ("transfer.approve", answer.document_id, "new"),
    ]


# What happens when something breaks on the way.


def state_of(small: Database) -> dict[str, list[object]]:
    """All that is committed."""
    return small.reading(everything).result(timeout=10)


def test_a_job_that_breaks_after_the_door_leaves_neither_effect_nor_done_record(small: Database) -> None:
    before = state_of(small)
    wish = small.reading(lambda connection: opened(Shop(connection))).result(timeout=10)

    def breaks(connection: Connection) -> None:
        assert isinstance(act(connection, "admin", wish, "tap 1"), Answer)
        raise RuntimeError("the power went")

    with pytest.raises(RuntimeError, match="power"):
        small.writing(breaks).result(timeout=10)
    assert state_of(small) == before

    answer = small.writing(lambda connection: act(connection, "admin", wish, "tap 1")).result(timeout=10)
    assert isinstance(answer, Answer)
    query = "select (select count(*) from posting) as postings, (select count(*) from done) as done"
    assert small.reading(lambda connection: rows(connection, query)).result() == [{"postings": 1, "done": 1}]


def test_a_command_that_breaks_halfway_leaves_nothing(small: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    before = state_of(small)
    wish = small.reading(lambda connection: opened(Shop(connection))).result(timeout=10)
    rule = COMMANDS[OpenStock]

    def breaks(work: Work, command: OpenStock) -> Answer:
        rule.run(work, command)
        raise ZeroDivisionError

    broken = MappingProxyType({**COMMANDS, OpenStock: Rule(rule.permit, breaks)})
    monkeypatch.setattr("core.execute.COMMANDS", broken)
    with pytest.raises(ZeroDivisionError):
        small.writing(lambda connection: act(connection, "admin", wish, "tap 1")).result(timeout=10)
    assert state_of(small) == before


def test_a_refusal_after_the_first_postings_takes_them_back(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    rule = COMMANDS[OpenStock]

    def refuses(work: Work, command: OpenStock) -> Answer:
        answer: Answer = rule.run(work, command)
        raise NotYetDue(document_id=answer.document_id)

    broken = MappingProxyType({**COMMANDS, OpenStock: Rule(rule.permit, refuses)})
    before = everything(shop.connection)
    with monkeypatch.context() as patched:
        patched.setattr("core.execute.COMMANDS", broken)
        assert shop.refused("admin", opened(shop)) == "not_yet_due"
    assert {**everything(shop.connection), "audit": []} == before
