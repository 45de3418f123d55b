"""How far everybody sees, drawn by hand beside where they act: each role, each view, and who is told the cost."""

from __future__ import annotations

from dataclasses import replace

import pytest

from core.ground.permissions import GRANTS, SCOPES, Actor, Site, View, allowed, sees, sees_cost
from data.kinds import PlaceKind, Role, Standing

# The widest place of which somebody is told: their own, those of their region, or all; whether they are told the cost;
# and, beside it, where they act, so far as they are granted anything.
THE_WHOLE_TABLE = """
               stock  story   cost  acts
clerk          all    home    -     home
store_manager  all    home    -     home
keeper         all    home    -     home
area_manager   all    region  yes   region
buyer          all    all     yes   all
finance        all    all     yes   -
auditor        all    all     yes   -
hq             all    all     yes   all
admin          all    all     yes   all
system         all    all     -     all
"""
STORE = (PlaceKind.STORE, "UTC", 0)
HOME, NEIGHBOUR, FAR = Site(1, "west", *STORE), Site(2, "west", *STORE), Site(3, "east", *STORE)
EVERYWHERE = (HOME, NEIGHBOUR, FAR)
REACH = {"-": set(), "home": {HOME}, "region": {HOME, NEIGHBOUR}, "all": set(EVERYWHERE)}
HAVE_A_HOME = (Role.CLERK, Role.STORE_MANAGER, Role.KEEPER)
ROWS = {role: cells for role, *cells in (line.split() for line in THE_WHOLE_TABLE.strip().splitlines()[1:])}


def actor(role: Role) -> Actor:
    """Somebody of this role with the place or the region that goes with it."""
    region = "west" if role is Role.AREA_MANAGER else None
    return Actor(7, "u07", "七", role, HOME.id if role in HAVE_A_HOME else None, region, "zh")


@pytest.mark.parametrize("role", Role)
def test_the_whole_table(role: Role) -> None:
    who, (stock, story, cost, acts) = actor(role), ROWS[role.value]
    assert {one for one in EVERYWHERE if sees(who, View.STOCK, one)} == REACH[stock]
    assert {one for one in EVERYWHERE if sees(who, View.STORY, one)} == REACH[story]
    assert sees_cost(who, alone=True) is (cost == "yes")
    assert {one for one in EVERYWHERE if any(allowed(who, *grant, one) for grant in GRANTS[role])} == REACH[acts]


@pytest.mark.parametrize("role", Role)
def test_nobody_is_told_the_cost_where_others_may_read(role: Role) -> None:
    assert not sees_cost(actor(role), alone=False)


@pytest.mark.parametrize("standing", [Standing.SUSPENDED, Standing.REMOVED])
@pytest.mark.parametrize("role", Role)
def test_who_is_out_sees_and_does_nothing(role: Role, standing: Standing) -> None:
    out = replace(actor(role), standing=standing)
    assert not any(sees(out, view, one) for view in View for one in EVERYWHERE)
    assert not sees_cost(out, alone=True)
    assert not any(allowed(out, *grant, one) for grant in GRANTS[role] for one in EVERYWHERE)


@pytest.mark.parametrize("role", [Role.CLERK, Role.STORE_MANAGER, Role.KEEPER, Role.AREA_MANAGER])
def test_without_a_home_or_a_region_nothing_was_done_where_they_may_look(role: Role) -> None:
    lost = replace(actor(role), home_id=None, region=None)
    assert not any(sees(lost, View.STORY, one) for one in EVERYWHERE)


def test_every_role_has_its_scopes_for_every_view() -> None:
    assert {role.value for role in SCOPES} == {*Role} == ROWS.keys()
    assert all(scopes.see.keys() == set(View) for scopes in SCOPES.values())
