"""Verification: right books have no finding, and each planted fault is found by its check, and named."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import Connection

from core.stock.verification.tally import Check
from tests.core.faults import ALONE, ALSO, changed
from tests.core.verified import found, guards_off, lived_in, verified
from tests.small_chain import Shop


@pytest.fixture
def books(shop: Shop) -> Connection:
    """A day of the small chain."""
    return lived_in(shop)


@pytest.fixture
def unguarded(books: Connection) -> Iterator[Connection]:
    """These books, in which the database refuses nothing."""
    with guards_off(books):
        yield books


def test_right_books_have_no_finding(books: Connection) -> None:
    assert found(books) == {}
    compared = verified(books).compared
    on_sqlite = books.dialect.name == "sqlite"
    assert [check for check in Check if not compared[check]] == ([] if on_sqlite else [Check.NUMBERS])


def test_each_check_finds_what_no_other_one_finds(unguarded: Connection) -> None:
    assert list(ALONE) == list(Check)
    told = {check: changed(unguarded, *fault) for check, (fault, _) in ALONE.items()}
    expected = {check: {check.value: list(words)} for check, (_, words) in ALONE.items()}
    if unguarded.dialect.name == "postgresql":
        expected[Check.NUMBERS] = {}  # there a row that nothing else knows of leaves no trace
    assert told == expected


@pytest.mark.parametrize("name", list(ALSO))
def test_each_planted_fault_is_found_and_named(unguarded: Connection, name: str) -> None:
    for fault, expected in ALSO[name]:
        told = changed(unguarded, *fault)
        for check, word in expected:
            assert word in told.get(check.value, []), (fault, told)


def test_a_balance_of_nothing_is_no_fault(unguarded: Connection) -> None:
    nothing = "insert into balance select {sku}, {place}, 0, 0, 0, 0, 0, 0, 0, 0, 0".format(
        sku="(select id from sku where code = 'RICE')", place="(select id from place where code = 'BJ')"
    )
    assert changed(unguarded, nothing) == {}


def test_one_fault_is_few_findings(unguarded: Connection) -> None:
    first = "(select min(id) from posting where cause = 'opening')"
    savepoint = unguarded.begin_nested()
    unguarded.exec_driver_sql(f"delete from posting where id = {first}")
    wrong = verified(unguarded).wrong
    savepoint.rollback()
    assert wrong[Check.RUNNING_COUNTS] == 1  # and not each posting after it
