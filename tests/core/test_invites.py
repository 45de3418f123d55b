"""Invites: who may let whom in where, drawn whole by hand; used once, within their time, by whom they are for."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from itertools import count
from threading import Barrier
from typing import Any

import pytest

from core.ground.commands import Answer, Refused
from core.ground.permissions import INVITES
from core.ground.work import Work
from core.people.directory import person_by_code
from core.people.invites import (
    ConnectGroup,
    Group,
    Known,
    LetsIn,
    MakeInvite,
    Newcomer,
    UseInvite,
    WithdrawInvite,
    open_invites,
)
from data.engine import Database
from data.kinds import Role
from tests.small_chain import EVERYBODY, MORNING, Shop, act, everything, rows

_codes = count(1)

# Whom each person may let in: at the own store or warehouse, at a store in the own region, elsewhere, or nowhere.
# The columns of those who work nowhere in particular say whether at all.
WHO_MAY_INVITE = """
                   clerk   store_manager  keeper  area_manager  buyer  finance  auditor  hq   admin  system
clerk@XH           -       -              -       -             -      -        -        -    -      -
store_manager@XH   XH      -              -       -             -      -        -        -    -      -
keeper@WH          WH      -              -       -             -      -        -        -    -      -
area_manager@west  XH,EQ   XH,EQ          -       -             -      -        -        -    -      -
area_manager@south BJ,WH   BJ             WH      -             -      -        -        -    -      -
buyer              -       -              -       -             -      -        -        -    -      -
finance            -       -              -       -             -      -        -        -    -      -
auditor            -       -              -       -             -      -        -        -    -      -
hq                 all     stores         WH      yes           yes    yes      yes      -    -      -
admin              all     stores         WH      yes           yes    yes      yes      yes  -      -
system             -       -              -       -             -      -        -        -    -      -
"""
PLACES = ("XH", "EQ", "BJ", "WH")
AT_A_PLACE = (Role.CLERK, Role.STORE_MANAGER, Role.KEEPER)
MEANS = {"all": set(PLACES), "stores": {"XH", "EQ", "BJ"}, "yes": {""}, "-": set()}
# Whom each person may let in on another channel: whom they might invite, and themselves where they may invite at all.
WHO_MAY_LET_IN_AGAIN = """
clerk@XH            -
store_manager@XH    clerk@XH store_manager@XH
keeper@WH           keeper@WH
area_manager@west   clerk@XH store_manager@XH clerk@EQ store_manager@EQ area_manager@west
area_manager@south  clerk@BJ store_manager@BJ keeper@WH area_manager@south
buyer               -
finance             -
auditor             -
hq                  all but admin
admin               all but -
system              -
"""
WHO_MAY_CONNECT = """
clerk@XH            -
store_manager@XH    -
keeper@WH           -
area_manager@west   west
area_manager@south  south
buyer               -
finance             -
auditor             -
hq                  west south *
admin               west south *
system              -
"""


def hashed(code: str) -> str:
    """What the edge would say of this code."""
    return hashlib.sha256(code.encode()).hexdigest()


def wish(lets_in: LetsIn, code: str = "", hours: int = 24) -> MakeInvite:
    """An invite with a code of its own where none is given."""
    return MakeInvite(hashed(code or f"code {next(_codes)}"), lets_in, hours)


def opening(code: str, by: str = "telegram:1", name: str = "小周") -> UseInvite:
    """Somebody opens the link."""
    return UseInvite(hashed(code), by, name, "zh")


def made(shop: Shop, who: str, lets_in: LetsIn) -> bool:
    """Whether this person gets such an invite; that it was one of the two refusals where not."""
    answer = shop.does(who, wish(lets_in))
    assert isinstance(answer, Answer) or answer.code in {"may_not_invite", "role_does_not_fit"}, answer
    return isinstance(answer, Answer)


def newcomer(shop: Shop, role: Role, where: str) -> Newcomer:
    """Somebody of a role at a place; without one an area manager gets a region."""
    if role is Role.AREA_MANAGER:
        return Newcomer(role, region="west")
    return Newcomer(role, shop.places[where] if where else None)


def grid(text: str) -> dict[str, list[str]]:
    """A drawn table: the first word of each line, and the others."""
    lines = [line.split() for line in text.strip().splitlines()]
    return {first: others for first, *others in lines}


# Who may.


def test_who_may_invite_whom_and_where(shop: Shop) -> None:
    (header, *lines) = WHO_MAY_INVITE.strip().splitlines()
    roles = [Role(name) for name in header.split()]
    assert set(roles) == set(Role)
    drawn = grid("\n".join(lines))
    twins = {"clerk@EQ", "store_manager@EQ", "clerk@BJ", "store_manager@BJ"}
    assert set(drawn) == set(EVERYBODY) - twins
    for who, cells in drawn.items():
        for role, cell in zip(roles, cells, strict=True):
            wanted = MEANS[cell] if cell in MEANS else set(cell.split(","))
            tried = PLACES if role in AT_A_PLACE else ("",)
            reached = {where for where in tried if made(shop, who, newcomer(shop, role, where))}
            assert reached == wanted, (who, role)


def test_nobody_invites_their_own_role_or_one_above() -> None:
    steps = {
        Role.CLERK: 1, Role.STORE_MANAGER: 2, Role.KEEPER: 2, Role.AREA_MANAGER: 3, Role.BUYER: 3, Role.FINANCE: 3,
        Role.AUDITOR: 3, Role.HQ: 4, Role.ADMIN: 5,
    }  # fmt: skip
    assert all(steps[below] < steps[above] for above, roles in INVITES.items() for below in roles)


def test_who_may_let_whom_in_again(shop: Shop) -> None:
    for who, wanted in grid(WHO_MAY_LET_IN_AGAIN).items():
        let_in = {known for known in EVERYBODY if made(shop, who, Known(shop.people[known]))}
        everybody = set(EVERYBODY) - {"system", *wanted[2:]} if wanted[:1] == ["all"] else set(wanted) - {"-"}
        assert let_in == everybody, who


def test_who_may_connect_a_group(shop: Shop) -> None:
    for who, wanted in grid(WHO_MAY_CONNECT).items():
        heard = {region for region in ("west", "south", "*") if made(shop, who, Group(region.strip("*") or None))}
        assert heard == set(wanted) - {"-"}, who


@pytest.mark.parametrize(
    ("role", "where", "region"),
    [
        (Role.CLERK, "", None),
        (Role.CLERK, "SUP", None),
        (Role.CLERK, "loss", None),
        (Role.CLERK, "XH", "west"),
        (Role.STORE_MANAGER, "WH", None),
        (Role.KEEPER, "XH", None),
        (Role.AREA_MANAGER, "", None),
        (Role.AREA_MANAGER, "XH", "west"),
        (Role.HQ, "XH", None),
        (Role.BUYER, "", "west"),
    ],
)
def test_a_role_is_only_where_it_works(shop: Shop, role: Role, where: str, region: str | None) -> None:
    place = shop.places[where] if where else None
    assert shop.refused("admin", wish(Newcomer(role, place, region))) == "role_does_not_fit"
    assert shop.rows("select * from invite") == []


@pytest.mark.parametrize("region", ["north", ""])
@pytest.mark.parametrize("lets_in", [lambda region: Newcomer(Role.AREA_MANAGER, region=region), Group])
def test_a_region_is_one_of_the_chains(shop: Shop, lets_in: Callable[[str], LetsIn], region: str) -> None:
    assert shop.refused("admin", wish(lets_in(region))) == "no_such_region"


@pytest.mark.parametrize("hours", [0, -1, 169])
def test_hours_that_nobody_may_choose_are_a_mistake(hours: int) -> None:
    with pytest.raises(ValueError, match="hours"):
        wish(Group(), hours=hours)


# What comes of it.


def test_a_newcomer_becomes_a_person_where_the_invite_says(shop: Shop) -> None:
    shop.done("store_manager@XH", wish(Newcomer(Role.CLERK, shop.places["XH"]), "a"))
    answer = shop.done("system", opening("a"))
    assert (answer.document_id, answer.state) == (None, "used")
    (row,) = shop.rows("select code, name, role, home_id, region, language from person order by id desc limit 1")
    assert row == {
        "code": "u01", "name": "小周", "role": "clerk", "home_id": shop.places["XH"], "region": None, "language": "zh",
    }  # fmt: skip
    (event,) = shop.rows("select kind, document_id, facts from event")
    assert (event["kind"], event["document_id"]) == ("invite.used", None)
    shop.done("admin", wish(Newcomer(Role.AREA_MANAGER, region="west"), "b"))
    shop.done("system", opening("b", "telegram:2", "小吴"))
    (row,) = shop.rows("select code, role, home_id, region from person order by id desc limit 1")
    assert row == {"code": "u02", "role": "area_manager", "home_id": None, "region": "west"}


def test_a_code_is_above_the_highest_and_never_a_strangers(shop: Shop) -> None:
    shop.connection.exec_driver_sql("update person set code = 'u34' where code = 'hq'")
    shop.connection.exec_driver_sql("update person set code = 'u9x' where code = 'buyer'")
    shop.done("admin", wish(Newcomer(Role.FINANCE), "a"))
    shop.done("system", opening("a"))
    assert shop.rows("select code from person order by id desc limit 1") == [{"code": "u35"}]


def test_a_known_person_stays_who_they_are(shop: Shop) -> None:
    before = shop.rows("select * from person")
    shop.done("store_manager@XH", wish(Known(shop.people["clerk@XH"]), "a"))
    shop.done("system", opening("a", name="别的名字"))
    assert shop.rows("select * from person") == before
    assert shop.rows("select person_id from invite") == [{"person_id": shop.people["clerk@XH"]}]


def test_it_is_used_once(shop: Shop) -> None:
    shop.done("admin", wish(Newcomer(Role.HQ), "a"))
    shop.done("system", opening("a"))
    before = everything(shop.connection, but=["audit"])
    for by in ("telegram:1", "telegram:2"):
        assert shop.refused("system", opening("a", by)) == "invite_not_usable"
    assert shop.refused("system", opening("never made")) == "invite_not_usable"
    assert everything(shop.connection, but=["audit"]) == before


def test_it_runs_out(shop: Shop) -> None:
    shop.done("admin", wish(Newcomer(Role.HQ), "a"))
    shop.done("admin", wish(Newcomer(Role.HQ), "b", hours=25))
    shop.now = MORNING + timedelta(hours=24)
    assert shop.refused("system", opening("a")) == "invite_not_usable"
    shop.now -= timedelta(microseconds=1)
    shop.done("system", opening("a"))
    shop.now = MORNING + timedelta(hours=24, minutes=59)
    shop.done("system", opening("b"))


def test_it_is_withdrawn_by_who_made_it_or_might_have(shop: Shop) -> None:
    invite_id = _made_id(shop, "store_manager@XH", Newcomer(Role.CLERK, shop.places["XH"]), "a")
    for who in ("clerk@XH", "store_manager@EQ", "area_manager@south", "keeper@WH", "finance", "system"):
        assert shop.refused(who, WithdrawInvite(invite_id)) == "may_not_invite", who
    shop.done("area_manager@west", WithdrawInvite(invite_id))
    assert shop.refused("store_manager@XH", WithdrawInvite(invite_id)) == "invite_not_usable"
    assert shop.refused("system", opening("a")) == "invite_not_usable"
    assert shop.refused("admin", WithdrawInvite(999)) == "invite_not_usable"
    invite_id = _made_id(shop, "store_manager@XH", Newcomer(Role.CLERK, shop.places["XH"]), "b")
    shop.connection.exec_driver_sql("update person set role = 'finance' where code = 'store_manager@XH'")
    shop.done("store_manager@XH", WithdrawInvite(invite_id))  # what one made one may always close


def test_it_opens_nothing_once_who_made_it_may_no_longer_make_it(shop: Shop) -> None:
    shop.done("store_manager@XH", wish(Newcomer(Role.CLERK, shop.places["XH"]), "a"))
    shop.connection.exec_driver_sql("update person set role = 'clerk' where code = 'store_manager@XH'")
    assert shop.refused("system", opening("a")) == "invite_not_usable"


def test_nobody_of_the_chain_comes_into_it(shop: Shop) -> None:
    shop.done("admin", wish(Newcomer(Role.HQ), "a"))
    for who in set(EVERYBODY) - {"system"}:
        assert shop.refused(who, opening("a")) == "may_not_invite"


def test_a_group_is_connected_by_one_who_may(shop: Shop) -> None:
    shop.done("admin", wish(Group("west"), "a"))
    group = ConnectGroup(hashed("a"), "telegram:-5", "西湖群")
    for who in ("clerk@XH", "store_manager@XH", "area_manager@south", "auditor"):
        assert shop.refused(who, group) == "may_not_connect"
    assert shop.refused("system", opening("a")) == "invite_is_for_a_group"
    assert shop.done("area_manager@west", group).state == "used"
    assert shop.refused("hq", group) == "invite_not_usable"
    shop.done("admin", wish(Newcomer(Role.HQ), "b"))
    assert shop.refused("hq", ConnectGroup(hashed("b"), "telegram:-5", "西湖群")) == "invite_is_for_a_person"
    assert shop.refused("hq", ConnectGroup(hashed("c"), "telegram:-5", "西湖群")) == "invite_not_usable"


def test_the_open_ones_are_listed_to_who_may_withdraw_them(shop: Shop) -> None:
    own = _made_id(shop, "store_manager@XH", Newcomer(Role.CLERK, shop.places["XH"]), "a")
    far = _made_id(shop, "area_manager@south", Newcomer(Role.KEEPER, shop.places["WH"]), "b", hours=1)
    gone = _made_id(shop, "admin", Newcomer(Role.HQ), "c")
    shop.done("admin", WithdrawInvite(gone))
    shop.done("admin", wish(Newcomer(Role.HQ), "d", hours=2))
    shop.done("system", opening("d"))
    listed = {who: _listed(shop, who) for who in ("admin", "hq", "area_manager@west", "area_manager@south", "clerk@XH")}
    assert listed == {
        "admin": [far, own], "hq": [far, own], "area_manager@west": [own], "area_manager@south": [far], "clerk@XH": [],
    }  # fmt: skip
    shop.now += timedelta(hours=1)
    assert _listed(shop, "hq") == [own]


def test_the_code_itself_is_nowhere(shop: Shop) -> None:
    shop.done("admin", wish(Newcomer(Role.HQ), "a-very-secret-code"))
    shop.done("system", opening("a-very-secret-code"))
    assert "a-very-secret-code" not in str(everything(shop.connection))


@pytest.mark.parametrize("round_number", range(3))
def test_two_people_with_one_code_at_once_are_one(small: Database, round_number: int) -> None:
    _at_once(small, [("admin", wish(Newcomer(Role.FINANCE), "a"), "make")])
    people = _count(small, "person")
    answers = _at_once(small, [("system", opening("a", f"telegram:{n}"), f"join {n}") for n in range(6)])
    assert Counter(one.code if isinstance(one, Refused) else one.state for one in answers) == {
        "used": 1, "invite_not_usable": 5,
    }  # fmt: skip
    assert _count(small, "person") == people + 1


def test_newcomers_at_once_get_codes_of_their_own(small: Database) -> None:
    wishes = [("admin", wish(Newcomer(Role.FINANCE), f"n{n}"), f"make {n}") for n in range(6)]
    _at_once(small, wishes)
    answers = _at_once(small, [("system", opening(f"n{n}", f"telegram:{n}"), f"join {n}") for n in range(6)])
    assert all(isinstance(one, Answer) for one in answers)
    codes = small.reading(lambda c: rows(c, "select code from person where name = '小周'")).result(10)
    assert sorted(row["code"] for row in codes) == [f"u0{n}" for n in range(1, 7)]


def test_a_withdrawal_and_a_use_at_once_are_one(small: Database) -> None:
    _at_once(small, [("admin", wish(Newcomer(Role.FINANCE), "a"), "make")])
    answers = _at_once(small, [("system", opening("a"), "join"), ("admin", WithdrawInvite(1), "no")])
    assert Counter(one.code if isinstance(one, Refused) else "done" for one in answers) == {
        "done": 1, "invite_not_usable": 1,
    }  # fmt: skip


def _made_id(shop: Shop, who: str, lets_in: LetsIn, code: str, hours: int = 24) -> int:
    shop.done(who, wish(lets_in, code, hours))
    found: int = shop.rows(f"select id from invite where code_hash = '{hashed(code)}'")[0]["id"]
    return found


def _listed(shop: Shop, who: str) -> list[int]:
    work = Work(shop.connection, shop.now)
    return [row.id for row in open_invites(work.by(person_by_code(work, who), "test"))]


def _at_once(small: Database, wishes: list[tuple[str, Any, str]]) -> list[Answer | Refused]:
    ready = Barrier(len(wishes))

    def comes(wanted: tuple[str, Any, str]) -> Answer | Refused:
        who, command, key = wanted
        ready.wait(10)
        return small.writing(lambda connection: act(connection, who, command, key)).result(timeout=30)

    with ThreadPoolExecutor(len(wishes)) as crowd:
        return list(crowd.map(comes, wishes))


def _count(small: Database, table: str) -> int:
    found: int = small.reading(lambda c: rows(c, f"select count(*) as n from {table}")).result(10)[0]["n"]
    return found
