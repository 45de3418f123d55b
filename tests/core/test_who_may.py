"""Who may do what at a place: the database narrows it down, and must not lose anybody whom the rules allow."""

from __future__ import annotations

from itertools import product

import pytest

from core.ground.documents import header
from core.ground.permissions import GRANTS, Actor, allowed
from core.ground.work import Work
from core.people.approvals import may_decide, who_may_decide
from core.people.directory import people, people_who_may, site
from core.stock.transfer_commands import ApproveTransfer
from data.kinds import Decision, Role
from data.tables.people import ApprovalStep, Person
from tests.small_chain import HOLDERS, Shop

# People as they should not be: the rules look at the role first, and so has the database to.
ODD = (
    (Role.HQ, "XH", None),
    (Role.BUYER, "EQ", "west"),
    (Role.AREA_MANAGER, None, None),
    (Role.AREA_MANAGER, "BJ", "west"),
    (Role.CLERK, None, None),
    (Role.KEEPER, "XH", "south"),
    (Role.STORE_MANAGER, "BJ", "west"),
    (Role.ADMIN, "SUP", "south"),
)


@pytest.fixture
def work(shop: Shop) -> Work:
    """The small chain with odd people among the others."""
    work = Work(shop.connection, shop.now)
    for number, (role, home, region) in enumerate(ODD):
        home_id = shop.places[home] if home else None
        work.add(Person, code=f"odd{number}", name="-", role=role, home_id=home_id, region=region, language="zh")
    return work


@pytest.mark.parametrize("role", [None, *Role])
def test_nobody_is_lost_and_nobody_is_added(shop: Shop, work: Work, role: Role | None) -> None:
    known = people(work, role)
    for place_id, (verb, kind) in product(shop.places.values(), sorted(set().union(*GRANTS.values()))):
        where = site(work, place_id)
        may = [one for one in known if allowed(one, verb, kind, where)]
        assert people_who_may(work, verb, kind, place_id, role) == may, (verb, kind, where)


def test_people_are_everybody_but_the_system_in_the_order_they_joined(work: Work) -> None:
    found = people(work)
    assert [one.id for one in found] == sorted({one.id for one in found})
    assert Role.SYSTEM not in {one.role for one in found}
    assert [one for role in Role for one in people(work, role) if role is not Role.SYSTEM] == sorted(
        found, key=lambda one: (list(Role).index(one.role), one.id)
    )
    assert [one.code for one in people(work, Role.SYSTEM)] == ["system"]


def asked_one_by_one(work: Work, document_id: int) -> list[Actor]:
    """Who may decide, by asking everybody."""
    document = header(work, document_id)
    return [one for one in people(work) if may_decide(work, document, one)]


@pytest.mark.parametrize("who", ["clerk@BJ", "store_manager@XH", "hq"])
def test_who_may_decide_is_everybody_whom_a_waiting_step_asks(shop: Shop, work: Work, who: str) -> None:
    shop.done("admin", shop.opening("XH", ("SOAP", 50, 100)))
    document_id = shop.done(who, shop.request("XH", "BJ", ("SOAP", 9))).of_document
    assert who_may_decide(work, header(work, document_id)) == asked_one_by_one(work, document_id) != []
    for role, place, decision in product(Role, HOLDERS, (Decision.WAITING, Decision.DROPPED)):
        if role is not Role.SYSTEM:
            columns = {"role": role, "place_id": shop.places[place], "rule": "odd", "rule_limit": None}
            work.add(ApprovalStep, document_id=document_id, decision=decision, **columns)
            found = who_may_decide(work, header(work, document_id))
            assert found == asked_one_by_one(work, document_id)
    assert shop.people[who] not in {one.id for one in found}


def test_nobody_is_asked_any_longer_where_it_is_decided(shop: Shop, work: Work) -> None:
    shop.done("admin", shop.opening("XH", ("SOAP", 50, 100)))
    asked = shop.done("clerk@BJ", shop.request("XH", "BJ", ("SOAP", 9)))
    shop.done("store_manager@XH", ApproveTransfer(asked.of_document, asked.version))
    assert who_may_decide(work, header(work, asked.of_document)) == []
