"""The whole table of a transfer's states and steps: what is open, where it leads, and that nothing else is."""

from __future__ import annotations

from collections import defaultdict

import pytest

from core.ground.commands import Refused
from core.ground.documents import ENDED
from core.stock.transfer_steps import TRANSITIONS
from data.kinds import State, Step
from tests.core.transfers import WHO, Paper, refused, told
from tests.small_chain import Shop

# S submitted, A approved, T in transit, D disputed, R received, G returning (going back), B returned (back),
# J rejected, C cancelled. A cell holds every state to which the step may lead from there.
THE_WHOLE_TABLE = """
           submitted  approved  in_transit  disputed  received  returning  returned  rejected  cancelled  posted
approve    SA         -         -           -         -         -          -         -         -          -
reject     J          -         -           -         -         -          -         -         -          -
cancel     C          C         -           -         -         -          -         -         -          -
freeze     S          A         -           -         -         -          -         -         -          -
dispatch   -          T         -           -         -         -          -         -         -          -
receive    -          TDR       TDR         TDRG      -         -          -         -         -          -
turn_back  -          -         G           -         -         -          -         -         -          -
take_back  -          -         TDRB        TDRGB     -         DRGB       -         -         -          -
write_off  -          -         -           TDRGB     -         -          -         -         -          -
sent_more  -          -         -           TDRG      -         -          -         -         -          -
not_sent   -          -         -           TDRGB     -         -          -         -         -          -
hold       -          -         T           -         -         -          -         -         -          -
keep       -          -         T           -         -         -          -         -         -          -
send_on    -          -         T           -         -         -          -         -         -          -
send_back  -          -         G           -         -         -          -         -         -          -
"""
LETTERS = {
    "S": State.SUBMITTED,
    "A": State.APPROVED,
    "T": State.IN_TRANSIT,
    "D": State.DISPUTED,
    "R": State.RECEIVED,
    "G": State.RETURNING,
    "B": State.RETURNED,
    "J": State.REJECTED,
    "C": State.CANCELLED,
}

# A way to every state in every cell: from, to, and what is done with ten cola on line 1 and four soap on line 2.
WAYS = """
S  A  approve
S  S  ruled approve
S  J  reject
S  C  cancel
S  S  lapse freeze
A  C  approve cancel
A  A  approve lapse freeze
A  T  approve dispatch
A  T  direct approve receive:1g10
A  D  direct approve receive:1g9m1,2g4
A  R  direct approve receive:1g10,2d4
T  T  approve dispatch receive:1g3
T  T  approve dispatch receive:1g10,2r4
T  D  approve dispatch receive:1g10,2m1
T  D  approve dispatch receive:1g10o1
T  R  approve dispatch receive:1g8d2,2g4
T  G  approve dispatch turn_back
T  T  approve dispatch receive:1g10,2r2 take_back:2g2
T  T  approve dispatch receive:1r10,2r4 take_back:1g1
T  D  approve dispatch receive:1r10 take_back:1m1
T  R  approve dispatch receive:1g10,2r4 take_back:2g4
T  B  approve dispatch receive:1r10,2r4 take_back:1g9d1,2g4
T  T  approve dispatch hold
T  T  approve dispatch hold keep
T  T  approve dispatch hold send_on
T  G  approve dispatch hold send_back
G  G  approve dispatch turn_back take_back:1g10
G  D  approve dispatch turn_back take_back:1g9m1,2g4
G  R  approve dispatch receive:1g3 turn_back take_back:1g7,2g4
G  B  approve dispatch turn_back take_back:1g10,2d4
D  T  approve dispatch receive:1m1 receive:1g10
D  D  approve dispatch receive:1m2,2g4 receive:1g9
D  R  approve dispatch receive:1g9m1,2g4 receive:1g1
D  G  approve dispatch turn_back take_back:1g9m1 receive:1g1
D  T  approve dispatch receive:1m1 take_back:1g1
D  D  approve dispatch receive:1m2 take_back:1g1
D  R  approve dispatch receive:1g9m1,2g4 take_back:1g1
D  G  approve dispatch turn_back take_back:1g9m1 take_back:1g1
D  B  approve dispatch receive:1m10,2m4 take_back:1g10,2g4
D  T  approve dispatch receive:1m1 write_off
D  D  approve dispatch receive:1m2 write_off:1=1
D  R  approve dispatch receive:1m10,2m4 write_off
D  G  approve dispatch turn_back take_back:1m1 write_off
D  B  approve dispatch turn_back take_back:1g9m1,2g4 write_off
D  T  approve dispatch receive:1g10o1 sent_more
D  D  approve dispatch receive:1g10o1,2m1 sent_more
D  R  approve dispatch receive:1g10o1,2g4o1 sent_more
D  G  approve dispatch turn_back take_back:1g8m2 receive:1g2o1 sent_more
D  T  approve dispatch receive:1g10o1 not_sent
D  D  approve dispatch receive:1g10o1,2m1 not_sent
D  R  approve dispatch receive:1g10o1,2g4 not_sent
D  G  approve dispatch turn_back take_back:1g8m2 receive:1g2o1 not_sent
D  B  approve dispatch receive:1r10o1,2r4 take_back:1g10,2g4 not_sent
"""

# The state leads on by the step, but there are no goods for it.
NOTHING_OPEN = """
submitted   freeze     -
approved    freeze     approve
approved    receive    approve
in_transit  receive    approve dispatch receive:1r10,2r4
in_transit  turn_back  approve dispatch receive:1r10,2r4
in_transit  turn_back  approve dispatch hold
in_transit  take_back  approve dispatch
in_transit  hold       approve dispatch hold
in_transit  hold       approve dispatch receive:1r10,2r4
in_transit  keep       approve dispatch
in_transit  keep       approve dispatch receive:1g1 hold
in_transit  keep       approve dispatch receive:1d1 hold
in_transit  send_on    approve dispatch
in_transit  send_back  approve dispatch
disputed    receive    approve dispatch receive:1g10o1,2g4
disputed    receive    approve dispatch receive:1r10o1,2g4
disputed    take_back  approve dispatch receive:1g10o1
disputed    write_off  approve dispatch receive:1g10o1
disputed    sent_more  approve dispatch receive:1m1
disputed    not_sent   approve dispatch receive:1m1
"""

WAY_TO = {
    "submitted": "",
    "approved": "approve",
    "in_transit": "approve dispatch",
    "disputed": "approve dispatch receive:1g9m1,2g4",
    "received": "approve dispatch receive:1g10,2g4",
    "returning": "approve dispatch turn_back",
    "returned": "approve dispatch turn_back take_back:1g10,2g4",
    "rejected": "reject",
    "cancelled": "cancel",
}


def drawn(table: str) -> dict[tuple[str, str], frozenset[str]]:
    """The states in each cell, by state and step. A dash is none."""
    columns, *rows = (row.split() for row in table.strip().splitlines())
    return {
        (state, step): frozenset(LETTERS[letter] for letter in cell if letter != "-")
        for step, *cells in rows
        for state, cell in zip(columns, cells, strict=True)
    }


TABLE = drawn(THE_WHOLE_TABLE)


def way(line: str) -> tuple[State, State, str, str]:
    """Where a way's last step begins and ends, the words before it, and the step with its counts."""
    start, end, *words = line.split()
    return LETTERS[start], LETTERS[end], " ".join(words[:-1]), words[-1]


def test_the_whole_table() -> None:
    assert {(state, step): TRANSITIONS.get((state, step), frozenset()) for state in State for step in Step} == TABLE


def test_what_has_ended_has_no_step_left() -> None:
    assert {state for state in State if not any((state, step) in TRANSITIONS for step in Step)} == ENDED


def test_there_is_a_way_to_every_state_of_every_cell() -> None:
    ways: dict[tuple[str, str], set[str]] = defaultdict(set)
    for line in WAYS.strip().splitlines():
        start, end, _, last = way(line)
        ways[start, last.partition(":")[0]].add(end)
    assert dict(ways) == {pair: set(ends) for pair, ends in TABLE.items() if ends}


@pytest.mark.parametrize("line", WAYS.strip().splitlines())
def test_a_step_of_the_table_takes_effect_and_ends_where_it_is_said_to(shop: Shop, line: str) -> None:
    start, end, before, last = way(line)
    paper = told(shop, before)
    version = paper.now["version"]
    assert paper.state == start
    paper.goes(last)
    # Receiving on a direct route dispatches too.
    steps = 2 if start is State.APPROVED and last.startswith("receive") else 1
    assert (paper.state, paper.now["version"]) == (end, version + steps)


@pytest.mark.parametrize("state", WAY_TO)
def test_every_other_step_is_refused_and_changes_nothing(shop: Shop, state: str) -> None:
    paper = told(shop, WAY_TO[state])
    assert paper.state == state
    for step in Step:
        if not TABLE[state, step]:
            answer = refused(shop, WHO[step], paper.command(step))
            assert answer == Refused("step_not_allowed", {"state": state, "step": step}), (state, step)


@pytest.mark.parametrize("line", NOTHING_OPEN.strip().splitlines())
def test_a_step_without_goods_is_refused_and_changes_nothing(shop: Shop, line: str) -> None:
    state, step, *words = line.split()
    paper = told(shop, " ".join(word for word in words if word != "-"))
    assert paper.state == state
    assert TABLE[state, step]
    facts = {"document_id": paper.id, "step": step}
    assert refused(shop, WHO[step], paper.command(step)) == Refused("nothing_open", facts)


@pytest.mark.parametrize("state", ["submitted", "approved", "in_transit", "disputed", "returning"])
def test_a_step_at_a_version_that_was_is_refused_and_changes_nothing(shop: Shop, state: str) -> None:
    paper = told(shop, WAY_TO[state])
    for step in Step:
        if TABLE[state, step]:
            wish = paper.command(step, behind=1)
            now = paper.now["version"]
            facts = {"document_id": paper.id, "seen": now - 1, "now": now}
            assert refused(shop, WHO[step], wish) == Refused("moved_on", facts), step


@pytest.mark.parametrize("step", [step for step in WHO if step != "rest_later"])
def test_a_number_that_is_no_transfers_is_refused(shop: Shop, step: str) -> None:
    sale = shop.done("system", shop.sale("XH", ("COLA", 1))).document_id
    for number in (sale, 999_999):
        wish = Paper(shop, sale).command(step)
        object.__setattr__(wish, "document_id", number)
        assert refused(shop, WHO[step], wish) == Refused("no_such_document", {"document_id": number})
