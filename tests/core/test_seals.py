"""Seals of the audit: what is sealed cannot be changed unnoticed, and nothing is sealed that can still be overtaken."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import replace
from threading import Event
from typing import Any

import pytest
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

import core.ground.seals
from core.ground.proof import Flaw, Found, Proved, prove_next, waiting
from core.ground.seals import NOTHING, StillWritten, keep_seal, newest_seal, next_seal, settled
from core.ground.work import Work
from data.engine import Database
from tests.core.verified import guards_off, lived_in
from tests.small_chain import MORNING, Shop, act, rows

BATCH = 5


@pytest.fixture
def sealed(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> Connection:
    """A day whose audit is sealed in small batches, and an entry that waits."""
    monkeypatch.setattr(core.ground.seals, "MOST_ENTRIES", BATCH)
    connection = lived_in(shop)
    assert seal(Work(connection, MORNING)) > 3
    shop.done("admin", shop.opening("BJ", ("COLA", 1, 1)))
    return connection


def seal(work: Work) -> int:
    """Seal all that there is; how many seals."""
    last_id, seals = settled(work), 0
    while made := next_seal(work, last_id):
        assert keep_seal(work, made)
        seals += 1
    return seals


def proved(connection: Connection) -> Proved:
    """The whole chain, looked at."""
    reached = Proved()
    while not reached.ended:
        reached = prove_next(Work(connection, MORNING), reached)
    return reached


def broken(connection: Connection) -> tuple[Flaw, int, int | None] | None:
    """The first flaw: what it is, its seal and its entry."""
    found = proved(connection).found
    return (found.flaw, found.seal_id, found.entry_id) if found else None


def numbers(connection: Connection) -> list[int]:
    """Of every audit entry."""
    return [row["id"] for row in rows(connection, "select id from audit order by id")]


def test_a_chain_is_proved_and_says_what_waits(sealed: Connection) -> None:
    whole, there = proved(sealed), numbers(sealed)
    assert whole.found is None
    assert (whole.entries, whole.last_id) == (len(there) - 1, there[-2])
    last = newest_seal(Work(sealed, MORNING))
    assert last is not None
    assert (whole.seals, whole.head) == (last.id, last.hash)
    left = waiting(Work(sealed, MORNING), whole)
    assert (left.entries, left.since) == (1, MORNING)


def test_seals_are_full_and_without_gaps(sealed: Connection) -> None:
    found = rows(sealed, "select id, first_id, last_id, entries from audit_seal order by id")
    assert [row["id"] for row in found] == list(range(1, len(found) + 1))
    assert {row["entries"] for row in found[:-1]} == {BATCH}
    there = numbers(sealed)
    assert [row["first_id"] for row in found] == there[:-1:BATCH]
    assert found[-1]["last_id"] == there[-2]


def test_an_empty_audit_has_an_empty_chain(shop: Shop) -> None:
    work = Work(shop.connection, MORNING)
    assert (settled(work), next_seal(work, 0), newest_seal(work)) == (0, None, None)
    whole = proved(shop.connection)
    assert whole == Proved(ended=True)
    assert (whole.head, waiting(work, whole).entries) == (NOTHING, 0)


COLUMNS = {
    "ran_at": "ran_at + 1",
    "actor_id": "actor_id + 1",
    "channel": "'elsewhere'",
    "command": "'CancelTransfer'",
    "facts": "replace(facts, '1', '2')",
    "outcome": "case outcome when 'done' then 'refused' else 'done' end",
    "code": "coalesce(code || 's', 'not_allowed')",
    "document_id": "coalesce(document_id + 1, 1001)",
    "before": "coalesce(before, '') || ' '",
    "after": "coalesce(after, '') || ' '",
    "trace": "'m1'",
}


def test_every_column_of_the_audit_is_sealed(sealed: Connection) -> None:
    (one,) = rows(sealed, "select * from audit where id = (select min(id) + 6 from audit)")
    assert set(one) == {"id", *COLUMNS}


@pytest.mark.parametrize("column", COLUMNS)
def test_a_change_is_found_in_its_entry(sealed: Connection, column: str) -> None:
    there = numbers(sealed)
    with guards_off(sealed):
        sealed.exec_driver_sql(f'update audit set "{column}" = {COLUMNS[column]} where id = {there[6]}')
        assert broken(sealed) == (Flaw.CHANGED, 2, there[6])


@pytest.mark.parametrize("place", [0, 4, 5, 9, -2])
def test_an_entry_that_was_taken_out_is_named(sealed: Connection, place: int) -> None:
    there = numbers(sealed)
    number = there[place]
    with guards_off(sealed):
        sealed.exec_driver_sql(f"delete from audit where id = {number}")
        assert broken(sealed) == (Flaw.MISSING, there.index(number) // BATCH + 1, number)


def test_many_entries_that_were_taken_out_begin_with_the_first(sealed: Connection) -> None:
    there = numbers(sealed)
    with guards_off(sealed):
        sealed.exec_driver_sql(f"delete from audit where id > {there[6]}")
        assert broken(sealed) == (Flaw.MISSING, 2, there[7])


def test_an_entry_that_was_put_into_a_sealed_range_is_named(shop: Shop) -> None:
    shop.done("admin", shop.opening("WH", ("COLA", 9, 9)))
    there = numbers(shop.connection)
    gap = there[-1] + 1  # as PostgreSQL leaves one behind a transaction that was rolled back
    copied = "ran_at, actor_id, channel, command, facts, outcome"
    like_it = f"insert into audit (id, {copied}) select {{}}, {copied} from audit where id = {there[-1]}"
    shop.connection.exec_driver_sql(like_it.format(gap + 1))
    seal(Work(shop.connection, MORNING))
    shop.connection.exec_driver_sql(like_it.format(gap))
    assert broken(shop.connection) == (Flaw.ADDED, 1, gap)


def test_an_entry_that_was_put_in_between_two_seals_is_named(shop: Shop) -> None:
    shop.done("admin", shop.opening("WH", ("COLA", 9, 9)))
    seal(Work(shop.connection, MORNING))
    (last,) = numbers(shop.connection)
    copied = "ran_at, actor_id, channel, command, facts, outcome"
    like_it = f"insert into audit (id, {copied}) select {{}}, {copied} from audit where id = {last}"
    shop.connection.exec_driver_sql(like_it.format(last + 2))
    seal(Work(shop.connection, MORNING))
    assert broken(shop.connection) is None
    shop.connection.exec_driver_sql(like_it.format(last + 1))
    assert broken(shop.connection) == (Flaw.ADDED, 2, last + 1)


@pytest.mark.parametrize(
    ("change", "flaw"),
    [
        ("update audit_seal set sealed_at = sealed_at - 1 where id = 2", (Flaw.SEAL_BROKEN, 2, None)),
        ("update audit_seal set hash = '0' where id = 2", (Flaw.SEAL_BROKEN, 2, None)),
        (
            "update audit_seal set last_id = last_id - 1, entries = entries - 1 where id = 2",
            (Flaw.SEAL_BROKEN, 2, None),
        ),
        ("update audit_seal set first_id = first_id - 1 where id = 2", (Flaw.SEAL_BROKEN, 2, None)),
        ("update audit_seal set entries = 4 where id = 2", (Flaw.SEAL_BROKEN, 2, None)),
        ("update audit_seal set marks = 'x' where id = 2", (Flaw.SEAL_BROKEN, 2, None)),
        ("update audit_seal set marks = marks || ' 99:0' where id = 2", (Flaw.SEAL_BROKEN, 2, None)),
        ("delete from audit_seal where id = 2", (Flaw.SEAL_MISSING, 2, None)),
        ("delete from audit_seal where id = 1", (Flaw.SEAL_MISSING, 1, None)),
    ],
)
def test_a_seal_that_was_changed_or_taken_out_is_named(
    sealed: Connection, change: str, flaw: tuple[Flaw, int, int | None]
) -> None:
    with guards_off(sealed):
        sealed.exec_driver_sql(change)
        assert broken(sealed) == flaw


def test_a_seal_that_was_written_anew_breaks_the_one_behind_it(sealed: Connection) -> None:
    """Whoever changes an entry has to write all seals from there on anew; then only the hash kept elsewhere tells."""
    there, before = numbers(sealed), proved(sealed).head
    taken = "delete from audit_seal where id > 1"
    with guards_off(sealed):
        sealed.exec_driver_sql(f"update audit set channel = 'elsewhere' where id = {there[6]}")
        seals = rows(sealed, "select * from audit_seal where id = 3")[0]
        sealed.exec_driver_sql(taken)
        work = Work(sealed, MORNING)
        anew = next_seal(work, there[-2])
        assert anew is not None
        assert keep_seal(work, anew)
        names, values = ", ".join(seals), ", ".join(json.dumps(one).replace('"', "'") for one in seals.values())
        sealed.exec_driver_sql(f"insert into audit_seal ({names}) values ({values})")
        assert broken(sealed) == (Flaw.SEAL_BROKEN, 3, None)
        sealed.exec_driver_sql(taken)
        seal(Work(sealed, MORNING))
        assert broken(sealed) is None
        assert proved(sealed).head != before


def test_a_proof_goes_page_by_page(sealed: Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    """Entries are read in pages, also where somebody put in more of them than a page has."""
    monkeypatch.setattr(core.ground.seals, "MOST_ENTRIES", 2)
    assert broken(sealed) is None


def test_seals_take_no_change(sealed: Connection) -> None:
    for change in ("update audit_seal set entries = 1", "delete from audit_seal"):
        savepoint = sealed.begin_nested()
        with pytest.raises(DBAPIError, match="audit_seal rows are never changed"):
            sealed.exec_driver_sql(change)
        savepoint.rollback()


def test_of_two_that_seal_at_once_one_does(shop: Shop) -> None:
    shop.done("admin", shop.opening("WH", ("COLA", 9, 9)))
    work = Work(shop.connection, MORNING)
    one, other = (next_seal(work, settled(work)) for _ in range(2))
    assert one is not None
    assert one == other
    assert keep_seal(work, one)
    assert not keep_seal(work, one)
    assert not keep_seal(work, replace(one, id=3))
    assert broken(shop.connection) is None


def committed(database: Database, job: Callable[[Connection], Any]) -> Any:
    """What the job came to."""
    return database.writing(job).result(30)


def test_what_can_still_be_overtaken_is_not_sealed(small_postgresql: Database) -> None:
    """An entry with a lower number commits after one with a higher number: until then nothing is sealed."""
    database = small_postgresql
    desk = database.reading(Shop).result()
    written, go_on = Event(), Event()

    def slow(connection: Connection) -> None:
        act(connection, "admin", desk.opening("WH", ("COLA", 5, 5)), "slow")
        written.set()
        assert go_on.wait(30)

    under_way: Future[None] = database.writing(slow)
    assert written.wait(30)
    quick = desk.opening("BJ", ("SOAP", 5, 5))
    committed(database, lambda connection: act(connection, "admin", quick, "quick"))
    assert len(database.reading(numbers).result()) == 1
    with pytest.raises(StillWritten):
        committed(database, lambda connection: settled(Work(connection, MORNING)))
    go_on.set()
    under_way.result(30)
    last_id = committed(database, lambda connection: settled(Work(connection, MORNING)))
    made = database.reading(lambda connection: next_seal(Work(connection, MORNING), last_id)).result()
    assert made is not None
    assert made.entries == 2


def test_whoever_looks_holds_nobody_up_afterwards(small: Database) -> None:
    desk = small.reading(Shop).result()
    for number in range(3):
        wish = desk.opening("WH", ("COLA", 5 + number, 5))
        committed(small, lambda connection, wish=wish, number=number: act(connection, "admin", wish, f"{number}"))
        committed(small, lambda connection: seal(Work(connection, MORNING)))
    assert small.reading(broken).result() is None
    assert small.reading(proved).result().seals == 3


@pytest.mark.parametrize("seed", range(8))
def test_any_change_of_a_sealed_entry_is_found(sealed: Connection, seed: int) -> None:
    draw, there = random.Random(seed), numbers(sealed)
    number = draw.choice(there[:-1])
    change, flaw = draw.choice(
        [
            (f"update audit set channel = channel || 's' where id = {number}", Flaw.CHANGED),
            (f"update audit set id = 100000 + id where id = {number}", Flaw.MISSING),
            (f"delete from audit where id = {number}", Flaw.MISSING),
        ]
    )
    with guards_off(sealed):
        sealed.exec_driver_sql(change)
        found = proved(sealed).found
    assert found == Found(flaw, there.index(number) // BATCH + 1, number, MORNING)
