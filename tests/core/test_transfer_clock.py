"""What is due when: freezes lapse, people are reminded, disputes climb; each once, and only when its time has come."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from core.ground.commands import Answer
from core.ground.work import Work
from core.stock.transfer_clock import Due, due
from core.stock.transfer_commands import EscalateDispute, LapseTransfer, RemindTransfer, StepCommand
from data.columns import to_micros
from tests.core.transfers import Paper, asked, set_route, told
from tests.small_chain import MORNING, Shop, everything

SHORT = "approve dispatch receive:1g8m2,2g4"
NAMES = {"lapse": LapseTransfer, "remind": RemindTransfer, "escalate": EscalateDispute}


def rings(shop: Shop, most: int = 50) -> list[Due]:
    """What is due at the shop's moment."""
    return due(Work(shop.connection, shop.now), most)


def wanted(paper: Paper, name: str, when: datetime) -> Due:
    """A command with the key of the moment at which it became due."""
    kind: type[StepCommand] = NAMES[name]
    return Due(kind(paper.id, paper.now["version"]), f"{name}.{paper.id}.{to_micros(when)}")


def runs(shop: Shop, found: list[Due]) -> list[str]:
    """Let the system do what is due, under its keys: what came of it."""
    answers = [shop.does("system", one.command, one.key) for one in found]
    return [answer.state if isinstance(answer, Answer) else answer.code for answer in answers]


@pytest.mark.parametrize(
    ("story", "name", "hours"),
    [
        ("", "remind", 4),
        ("approve", "remind", 24),
        ("approve dispatch", "remind", 24),
        ("approve dispatch turn_back", "remind", 24),
        ("approve dispatch receive:1r10,2g4", "remind", 24),
        (SHORT, "escalate", 24),
    ],
)
def test_what_comes_first_is_due_on_its_hour_and_not_before(shop: Shop, story: str, name: str, hours: int) -> None:
    paper = told(shop, story)
    shop.now = MORNING + timedelta(hours=hours, microseconds=-1)
    assert rings(shop) == []
    shop.now = MORNING + timedelta(hours=hours)
    assert rings(shop) == [wanted(paper, name, shop.now)]


@pytest.mark.parametrize(("story", "hours"), [("", 8), ("approve", 48)])
def test_a_freeze_is_reminded_of_once_at_half_time_and_then_lapses(shop: Shop, story: str, hours: int) -> None:
    paper = told(shop, story)
    state, version = paper.state, paper.now["version"]
    shop.now = MORNING + timedelta(hours=hours / 2)
    assert runs(shop, rings(shop)) == [state]
    assert (paper.now["version"], paper.now["reminds_at"], rings(shop)) == (version, None, [])
    assert paper.refuses("system", "remind") == "not_yet_due"
    shop.now = MORNING + timedelta(hours=hours, microseconds=-1)
    assert rings(shop) == []
    shop.now = MORNING + timedelta(hours=hours)
    assert rings(shop) == [wanted(paper, "lapse", shop.now)]
    assert runs(shop, rings(shop)) == [state]
    shop.now += timedelta(days=9)
    assert (paper.state, rings(shop)) == (state, [])


def test_a_clock_that_was_stopped_lapses_first_and_reminds_of_nothing_then(shop: Shop) -> None:
    paper = told(shop, "")
    shop.now = MORNING + timedelta(days=9)
    found = rings(shop)
    assert found == [wanted(paper, "lapse", MORNING + timedelta(hours=8))]
    assert runs(shop, found) == ["submitted"]
    assert rings(shop) == []


def test_goods_on_the_road_are_reminded_of_again_and_again(shop: Shop) -> None:
    set_route(shop, truck_within_hours=5)
    paper = told(shop, "approve dispatch")
    version = paper.now["version"]
    for rounds in (1, 2, 3):
        shop.now = MORNING + timedelta(hours=5 * rounds)
        assert rings(shop) == [wanted(paper, "remind", shop.now)]
        assert runs(shop, rings(shop)) == ["in_transit"]
        assert (rings(shop), paper.now["version"]) == ([], version)
    shop.now += timedelta(hours=1)
    paper.goes("receive:1g1")
    shop.now += timedelta(hours=5, microseconds=-1)
    assert rings(shop) == []  # a part has come: the others have their time anew


@pytest.mark.parametrize(
    "story",
    [
        "reject",
        "cancel",
        "approve cancel",
        "lapse",
        "approve dispatch receive:1g10,2g4",
        "approve dispatch turn_back take_back:1g10,2g4",
        f"{SHORT} receive:1g2",
        f"{SHORT} write_off",
        "approve dispatch receive:1g10o1,2g4 not_sent",
    ],
)
def test_nothing_is_due_of_what_is_over(shop: Shop, story: str) -> None:
    told(shop, story)
    shop.now += timedelta(days=99)
    assert rings(shop) == []


def test_a_dispute_with_goods_on_the_road_climbs_and_is_reminded_of(shop: Shop) -> None:
    paper = told(shop, "approve dispatch receive:1m2")
    shop.now = MORNING + timedelta(hours=24)
    assert rings(shop) == [wanted(paper, name, shop.now) for name in ("remind", "escalate")]
    assert runs(shop, rings(shop)) == ["disputed", "disputed"]
    assert rings(shop) == []
    shop.now = MORNING + timedelta(hours=48)
    assert rings(shop) == [wanted(paper, name, shop.now) for name in ("remind", "escalate")]


def test_the_same_ring_twice_does_nothing_twice(shop: Shop) -> None:
    papers = [told(shop, ""), told(shop, "approve dispatch"), told(shop, SHORT)]
    shop.now = MORNING + timedelta(hours=24)
    found = rings(shop)
    assert [(one.command.document_id, one.key.partition(".")[0]) for one in found] == [
        *((papers[0].id, "lapse"), (papers[1].id, "remind"), (papers[2].id, "escalate"))
    ]
    first = runs(shop, found)
    before = everything(shop.connection, but=("audit",))
    assert runs(shop, found) == first
    assert everything(shop.connection, but=("audit",)) == before
    kinds = shop.rows("select kind, count(*) as n from event group by kind")
    told_of = {row["kind"]: row["n"] for row in kinds}
    assert [told_of.get(f"transfer.{name}") for name in NAMES] == [1, 1, 1]


def test_the_oldest_come_first_and_no_more_than_asked_for(shop: Shop) -> None:
    papers = []
    for hours in (2, 0, 1):
        shop.now = MORNING + timedelta(hours=hours)
        papers.append(told(shop, ""))
    shop.now = MORNING + timedelta(days=3)
    oldest = [papers[1], papers[2], papers[0]]
    names = [(one.key.partition(".")[0], one.command.document_id) for one in rings(shop)]
    assert names == [("lapse", paper.id) for paper in oldest]
    names = [(one.key.partition(".")[0], one.command.document_id) for one in rings(shop, 2)]
    assert names == [("lapse", paper.id) for paper in oldest[:2]]


def test_who_froze_again_is_rung_for_again(shop: Shop) -> None:
    paper = told(shop, "lapse freeze")
    start = shop.now
    shop.now = start + timedelta(hours=4)
    assert rings(shop) == [wanted(paper, "remind", shop.now)]
    shop.now = start + timedelta(hours=8)
    assert wanted(paper, "lapse", shop.now) in rings(shop)


def test_an_approval_begins_the_time_for_the_truck(shop: Shop) -> None:
    paper = told(shop, "")
    shop.now = MORNING + timedelta(hours=7)
    paper.goes("approve")
    assert paper.now["lapses_at"] == to_micros(MORNING + timedelta(hours=7 + 48))
    shop.now = MORNING + timedelta(hours=7 + 24)
    assert rings(shop) == [wanted(paper, "remind", shop.now)]


def test_reminders_tell_what_they_are_about_and_change_nothing_else(shop: Shop) -> None:
    paper = told(shop, "approve dispatch")
    asked(shop, ("COLA", 1))
    shop.now = MORNING + timedelta(hours=24)
    before = everything(shop.connection, but=("audit", "event", "done", "document"))
    paper.does("system", paper.command("remind"))
    assert everything(shop.connection, but=("audit", "event", "done", "document")) == before
    (event,) = shop.rows("select document_id from event where kind = 'transfer.remind'")
    assert event == {"document_id": paper.id}
