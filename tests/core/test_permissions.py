"""The permission table, drawn whole by hand: each role, each verb, at home, in the region and elsewhere."""

from __future__ import annotations

import pytest

from core.ground.permissions import Actor, Site, Verb, allowed
from data.kinds import DocumentKind, PlaceKind, Role

# The widest scope in which a role may do it: at the own place, in the own region, in all places, or nowhere.
THE_WHOLE_TABLE = """
               submit  approve  cancel  dispatch  receive  charge  lapse  remind  opening  goods_receipt  sale
clerk          home    -        -       home      home     -       -      -       -        -              home
store_manager  home    home     home    home      home     -       -      -       -        home           home
keeper         home    home     home    home      home     -       -      -       -        home           -
area_manager   region  region   region  -         region   region  -      -       -        -              -
buyer          -       -        -       -         -        -       -      -       -        all            -
finance        -       -        -       -         -        -       -      -       -        -              -
auditor        -       -        -       -         -        -       -      -       -        -              -
hq             all     all      all     -         -        all     -      -       -        -              -
admin          -       -        -       -         -        -       -      -       all      -              -
system         -       -        -       -         -        -       all    all     all      -              all
"""
WHO_UNDOES = """
               transfer  sale    goods_receipt  opening
store_manager  home      home    home           -
keeper         home      home    home           -
area_manager   region    region  region         -
hq             all       all     all            all
admin          -         -       -              all
"""
"""As a manager: whoever did it themselves undoes it for a while without any of these."""
STORE = (PlaceKind.STORE, "UTC", 0)
HOME, NEIGHBOUR, FAR = Site(1, "west", *STORE), Site(2, "west", *STORE), Site(3, "east", *STORE)
REACH = {"home": {HOME}, "region": {HOME, NEIGHBOUR}, "all": {HOME, NEIGHBOUR, FAR}, "-": set()}
HAVE_A_HOME = (Role.CLERK, Role.STORE_MANAGER, Role.KEEPER)


def actor(role: Role) -> Actor:
    """Somebody of this role with the scope that goes with it."""
    region = "west" if role is Role.AREA_MANAGER else None
    return Actor(7, "u07", "七", role, HOME.id if role in HAVE_A_HOME else None, region, "zh")


def right(column: str) -> tuple[Verb, DocumentKind]:
    """The verb and kind of a column: a step of a transfer, or a one-sided document that is posted."""
    return (Verb(column), DocumentKind.TRANSFER) if column in set(Verb) else (Verb.POST, DocumentKind(column))


def test_the_whole_table() -> None:
    columns, *lines = (line.split() for line in THE_WHOLE_TABLE.strip().splitlines())
    drawn = {Role(role): dict(zip(map(right, columns), cells, strict=True)) for role, *cells in lines}
    assert set(drawn) == set(Role)
    kinds, *undoes = (line.split() for line in WHO_UNDOES.strip().splitlines())
    for role, *reach in undoes:
        drawn[Role(role)] |= {(Verb.UNDO, DocumentKind(kind)): scope for kind, scope in zip(kinds, reach, strict=True)}
    for role, cells in drawn.items():
        for verb in Verb:
            for kind in DocumentKind:
                reached = {site for site in (HOME, NEIGHBOUR, FAR) if allowed(actor(role), verb, kind, site)}
                assert reached == REACH[cells.get((verb, kind), "-")], (role, verb, kind)


@pytest.mark.parametrize("role", [Role.CLERK, Role.STORE_MANAGER, Role.KEEPER, Role.AREA_MANAGER])
def test_without_a_home_or_a_region_there_is_no_scope(role: Role) -> None:
    lost = Actor(7, "u07", "七", role, None, None, "zh")
    assert not any(allowed(lost, Verb.SUBMIT, DocumentKind.TRANSFER, site) for site in (HOME, NEIGHBOUR, FAR))
