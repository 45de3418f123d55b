"""Joining on both databases: several openings at once, one effect, one account, one welcome each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import Connection

from core.execute import execute
from core.goods.catalogue import Catalogue, catalogue
from core.ground.commands import Answer
from core.ground.work import Work
from core.people.directory import person_by_code
from core.people.invites import Group, LetsIn, MakeInvite, Newcomer
from data.engine import Database
from data.kinds import Role
from handlers.joining import Room, Visitor, connect, hash_of, join
from tests.small_chain import MORNING, rows

ROUNDS = range(3)
Job = Callable[[Work, Catalogue], Any]


class Door:
    """The small chain with invites whose codes are known."""

    def __init__(self, small: Database) -> None:
        self.small = small
        self.goods = small.reading(lambda connection: catalogue(Work(connection, MORNING))).result(10)

    def invites(self, code: str, lets_in: LetsIn, who: str = "admin") -> None:
        """Make an invite."""

        def make(connection: Connection) -> None:
            work = Work(connection, MORNING)
            wish = MakeInvite(hash_of(code), lets_in)
            assert isinstance(execute(work.by(person_by_code(work, who), "test"), wish, key=code), Answer)

        self.small.writing(make).result(10)

    def at_once(self, jobs: Sequence[Job]) -> list[Any]:
        """Let everybody come to the writer at the same moment."""
        ready = Barrier(len(jobs))

        def comes(job: Job) -> Any:
            ready.wait(10)
            return self.small.writing(lambda connection: job(Work(connection, MORNING), self.goods)).result(30)

        with ThreadPoolExecutor(len(jobs)) as crowd:
            return list(crowd.map(comes, jobs))

    def rows(self, query: str) -> list[dict[str, Any]]:
        """The rows of a plain SQL query."""
        return self.small.reading(lambda connection: rows(connection, query)).result(10)


@pytest.fixture
def door(small: Database) -> Door:
    """Nobody is invited yet."""
    return Door(small)


def opens(address: str, code: str, key: str, name: str = "小周") -> Job:
    """A visitor opens a link."""
    visitor = Visitor("telegram", address, name, "zh")
    return lambda work, goods: join(work, visitor, code, goods, key=key)


@pytest.mark.parametrize("round_number", ROUNDS)
def test_two_visitors_with_one_code_are_one_person(door: Door, round_number: int) -> None:
    door.invites("a", Newcomer(Role.FINANCE))
    said = door.at_once([opens("1", "a", "1:1"), opens("2", "a", "1:2")])
    assert sorted(one is None for one in said) == [False, True]
    assert next(one for one in said if one) == "这个邀请用不了,什么都没改。请让发邀请的人再发一个。"
    assert len(door.rows("select id from account")) == len(door.rows("select id from outbox")) == 1


@pytest.mark.parametrize("round_number", ROUNDS)
def test_one_opening_that_comes_several_times_at_once_is_one(door: Door, round_number: int) -> None:
    door.invites("a", Newcomer(Role.FINANCE))
    assert door.at_once([opens("1", "a", "1:1")] * 4) == [None] * 4
    assert len(door.rows("select id from account")) == 1
    assert [row["dedupe_key"] for row in door.rows("select dedupe_key from outbox")] == ["join.1:1"]
    assert len(door.rows("select id from event where kind = 'invite.used'")) == 1


@pytest.mark.parametrize("round_number", ROUNDS)
def test_one_visitor_with_two_codes_at_once_is_one_person(door: Door, round_number: int) -> None:
    door.invites("a", Newcomer(Role.FINANCE))
    door.invites("b", Newcomer(Role.HQ))
    assert door.at_once([opens("1", "a", "1:1"), opens("1", "b", "1:2")]) == [None, None]
    assert Counter(row["state"] for row in door.rows("select state from invite")) == {"used": 1, "open": 1}
    assert len(door.rows("select id from account")) == 1
    assert len(door.rows("select id from outbox")) == 2


def test_another_name_on_the_second_opening_changes_nothing(door: Door) -> None:
    door.invites("a", Newcomer(Role.FINANCE))
    door.at_once([opens("1", "a", "1:1")])
    assert door.at_once([opens("1", "a", "1:2", "老周")]) == [None]
    replies = door.rows("select reply from outbox")
    assert len(replies) == 2
    assert all("小周,你好。你现在是财务" in row["reply"] for row in replies)


@pytest.mark.parametrize("round_number", ROUNDS)
def test_one_code_connects_one_of_two_groups(door: Door, round_number: int) -> None:
    door.invites("me", Newcomer(Role.HQ))
    door.invites("group", Group("west"), "area_manager@west")
    door.at_once([opens("1", "me", "1:1")])
    visitor = Visitor("telegram", "1", "小周", "zh")

    def connects(address: str, key: str) -> Job:
        room = Room("telegram", address, f"群{address}")
        return lambda work, goods: connect(work, visitor, room, "group", goods, key=key)

    said = door.at_once([connects("-1", "1:2"), connects("-2", "1:3")])
    assert sorted(isinstance(one, str) for one in said) == [False, True]
    (group,) = door.rows("select title_zh, language, hears from chat where kind = 'group'")
    assert (group["language"], group["hears"]) == ("zh", "west")
    first = next(one for one in said if not isinstance(one, str))
    again = door.at_once([connects(group["title_zh"].removeprefix("群"), "1:4")])
    assert again == [first]
