"""What the migrations build is what the tables declare, and the database itself refuses what may not be."""

from __future__ import annotations

import re
import shutil
import sqlite3
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import BigInteger, CheckConstraint, Column, Enum, Inspector, Table, Text, inspect

from data.columns import Moment
from data.engine import Database
from data.migrations.apply import migrate
from data.tables.all import metadata

TABLES = list(metadata.tables.values())


@pytest.fixture
def declared(tmp_path: Path) -> Iterator[Database]:
    """A database with the tables as they are declared, without a migration."""
    database = Database(f"sqlite:///{tmp_path / 'declared.db'}")
    database.writing(metadata.create_all).result()
    yield database
    database.close_now()


@pytest.fixture
def raw(small_planted: Path, tmp_path: Path) -> Iterator[sqlite3.Connection]:
    """The migrated database through the driver alone, where foreign keys are not looked at."""
    shutil.copy(small_planted, tmp_path / "raw.db")
    connection = sqlite3.connect(tmp_path / "raw.db")
    yield connection
    connection.close()


# Both schemas are the same.


def shape(inspector: Inspector, table: str) -> dict[str, Any]:
    """Everything that is declared of a table, in an order that does not matter."""
    return {
        "columns": [
            (column["name"], str(column["type"]), column["nullable"], column["default"])
            for column in inspector.get_columns(table)
        ],
        "key": inspector.get_pk_constraint(table),
        "unique": by_name(inspector.get_unique_constraints(table)),
        "references": without_names(inspector.get_foreign_keys(table)),
        "checks": {check["name"]: plain(check["sqltext"]) for check in inspector.get_check_constraints(table)},
        "indexes": {
            index["name"]: (index["column_names"], index["unique"], str(index["dialect_options"].get("sqlite_where")))
            for index in inspector.get_indexes(table)
        },
    }


def without_names(references: Any) -> list[Any]:
    """Sorted by what they refer with: of one that was added with its column SQLite tells no name."""
    return sorted(str({**reference, "name": None}) for reference in references)


def by_name(constraints: Any) -> list[Any]:
    return sorted(constraints, key=lambda constraint: str(constraint["name"]))


def plain(rule: str) -> str:
    """A rule without the spaces that nobody sees."""
    return re.sub(r"\s+", " ", rule).strip()


def shapes(database: Database) -> dict[str, Any]:
    def looked_at(connection: Any) -> dict[str, Any]:
        inspector = inspect(connection)
        return {table: shape(inspector, table) for table in inspector.get_table_names()}

    return database.reading(looked_at).result()


def written(database: Database, query: str) -> dict[str, Any]:
    """What SQLite keeps of each table, by its name."""
    return dict(database.reading(lambda connection: [tuple(row) for row in connection.exec_driver_sql(query)]).result())


def test_the_migrations_build_what_the_tables_declare(small_sqlite: Database, declared: Database) -> None:
    migrated = shapes(small_sqlite)
    migrated.pop("alembic_version")
    assert migrated == shapes(declared)


@pytest.mark.parametrize(
    "query",
    [
        "select name, strict from pragma_table_list where type = 'table' and name not like 'sqlite_%'",
        "select name, wr from pragma_table_list where type = 'table' and name not like 'sqlite_%'",
        "select name, sql like '%autoincrement%' from sqlite_master where type = 'table' and name not like 'sqlite_%'",
        "select name, substr(sql, instr(upper(sql), ' WHERE ')) from sqlite_master where type = 'index' and sql <> ''",
    ],
)
def test_the_migrations_agree_in_what_only_sqlite_knows(small_sqlite: Database, declared: Database, query: str) -> None:
    migrated = written(small_sqlite, query)
    migrated.pop("alembic_version", None)
    assert migrated == written(declared, query)
    assert migrated


def test_every_table_is_strict(small_sqlite: Database) -> None:
    query = "select name, strict from pragma_table_list where type = 'table' and name not like 'sqlite_%'"
    assert {name for name, strict in written(small_sqlite, query).items() if not strict} == {"alembic_version"}


def test_strict_tables_know_whole_numbers_and_text_only(small_sqlite: Database) -> None:
    query = (
        "select t.name || '.' || c.name, c.type from pragma_table_list as t, pragma_table_info(t.name) as c"
        " where t.name not like 'sqlite_%' and t.name <> 'alembic_version'"
    )
    assert set(written(small_sqlite, query).values()) == {"INTEGER", "TEXT"}


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_columns_are_declared_with_types_that_keep_their_meaning(table: Table) -> None:
    for column in table.columns:
        assert type(column.type) in (BigInteger, Text, Moment, Enum), column
        if isinstance(column.type, Enum):
            assert (column.type.native_enum, column.type.create_constraint) == (False, True), column
        assert column.name.endswith("_at") == isinstance(column.type, Moment), column
        assert column.server_default is None, column


def test_migrating_again_changes_nothing(small_sqlite: Database) -> None:
    query = "select type || name, sql from sqlite_master"
    before = written(small_sqlite, query)
    small_sqlite.writing(migrate).result()
    assert written(small_sqlite, query) == before


def test_numbers_begin_at_1001(raw: sqlite3.Connection) -> None:
    assert raw.execute(*insertion("document", {})).lastrowid == 1001


# What the database refuses.

ARRIVALS = ("received", "damaged", "for_supplier", "refused", "missing", "returned", "lost")
# Where a row of ones and first words would not do.
GOOD: Mapping[str, Mapping[str, Any]] = {
    "posting": {"target_id": 2, "borne_by": None},
    "transfer_line": dict.fromkeys(ARRIVALS, 0),
    "invite": {"used_by": None, "ended_at": None},
    "learned": {"place_id": None, "intent": None},
    "review": {"learned_id": None, "closed_by_id": None, "closed_at": None},
    "delegation": {"delegate_id": 2, "ends_at": 2},
}
CLOSED = {"state": "dismissed", "closed_by_id": 1, "closed_at": 1}
PHRASE = {"kind": "phrase", "sku_id": None, "intent": "transfer.create"}
TRUE_UP = {"cause": "true_up", "quantity": 0}
BAD: list[tuple[str, str, Mapping[str, Any]]] = [
    ("place", "below_zero_is_a_flag", {"may_go_below": 2}),
    ("sku", "decimals_are_few", {"decimals": 4}),
    ("sku", "decimals_are_few", {"decimals": -1}),
    ("sku", "prices_are_not_negative", {"price_fen": -1}),
    ("sku", "prices_are_not_negative", {"cost_fen": -1}),
    ("pack", "factor_is_whole", {"factor": 0}),
    ("document", "version_begins_at_one", {"version": 0}),
    ("transfer_line", "asks_for_something", {"asked": 0}),
    ("transfer_line", "approves_at_most_what_is_asked", {"approved": 2}),
    ("transfer_line", "approves_at_most_what_is_asked", {"approved": -1, "frozen": -1}),
    ("transfer_line", "freezes_at_most_what_is_approved", {"approved": 0}),
    ("transfer_line", "freezes_at_most_what_is_approved", {"frozen": -1}),
    *(("transfer_line", "counts_are_not_negative", {name: -1}) for name in ("dispatched", *ARRIVALS, "over")),
    *(("transfer_line", "arrivals_fit_the_dispatch", {name: 2}) for name in ARRIVALS),
    ("transfer_line", "arrivals_fit_the_dispatch", dict.fromkeys(("received", "lost"), 1)),
    ("posting", "a_loss_is_borne_by_somebody", {"cause": "transfer_loss"}),
    ("posting", "a_loss_is_borne_by_somebody", {"borne_by": "carrier"}),
    ("posting", "quantity_is_positive", {"quantity": 0}),
    ("posting", "quantity_is_positive", {"quantity": -1}),
    ("posting", "quantity_is_positive", {**TRUE_UP, "quantity": -1}),
    ("posting", "goes_somewhere_else", {"target_id": 1}),
    ("posting", "source_count_with_shelf", {"source_after": None}),
    ("posting", "source_count_with_shelf", {"source_shelf": None}),
    ("posting", "target_count_with_shelf", {"target_after": None}),
    ("posting", "target_count_with_shelf", {"target_shelf": None}),
    ("balance", "available_not_negative", {"available": -1, "reserved": 5, "may_go_below": 0}),
    ("balance", "reserved_not_negative", {"reserved": -1}),
    ("balance", "in_transit_not_negative", {"in_transit": -1}),
    ("balance", "blocked_not_negative", {"blocked": -1}),
    ("balance", "nothing_is_worth_nothing", {"available": 0, "reserved": 0, "blocked": 0}),
    ("balance", "no_goods_on_the_road_no_value", {"in_transit": 0}),
    ("balance", "below_zero_is_a_flag", {"may_go_below": 2}),
    ("daily_total", "counts_are_not_negative", {"count_in": -1}),
    ("daily_total", "counts_are_not_negative", {"count_out": -1}),
    ("route", "hours_are_positive", {"approve_within_hours": 0}),
    ("route", "hours_are_positive", {"dispatch_within_hours": 0}),
    ("route", "hours_are_positive", {"truck_within_hours": 0}),
    ("route", "hours_are_positive", {"answer_within_hours": 0}),
    ("route", "packs_are_not_negative", {"keep_back_packs": -1}),
    ("route", "packs_are_not_negative", {"daily_limit_packs": -1}),
    ("route", "direct_is_a_flag", {"direct": 2}),
    ("card", "shown_is_not_ahead", {"shown_version": 2}),
    ("invite", "a_newcomer_gets_a_role", {"role": None}),
    ("invite", "a_newcomer_gets_a_role", {"kind": "group"}),
    ("invite", "an_account_is_of_a_person", {"kind": "account", "role": None, "person_id": None}),
    ("invite", "is_used_by_somebody", {"used_by": "x"}),
    ("invite", "is_used_by_somebody", {"state": "used", "ended_at": 1}),
    ("invite", "is_used_by_somebody", {"state": "withdrawn", "used_by": "x", "ended_at": 1}),
    ("invite", "ends_once", {"ended_at": 1}),
    ("invite", "ends_once", {"state": "withdrawn"}),
    ("learned", "stands_for_one_thing", {"sku_id": None}),
    ("learned", "stands_for_one_thing", {"place_id": 1}),
    ("learned", "stands_for_one_thing", {"intent": "help"}),
    ("learned", "stands_for_one_thing", {"kind": "alias_place"}),
    ("learned", "stands_for_one_thing", {**PHRASE, "intent": None}),
    ("learned", "is_revoked_by_somebody", {"revoked_at": None}),
    ("learned", "is_revoked_by_somebody", {"revoked_by_id": None}),
    ("review", "is_closed_by_somebody", {"closed_at": 1, "closed_by_id": 1}),
    ("review", "is_closed_by_somebody", {"closed_by_id": 1}),
    ("review", "is_closed_by_somebody", {"state": "dismissed"}),
    ("review", "is_closed_by_somebody", {**CLOSED, "closed_by_id": None}),
    ("review", "is_done_by_learning", {**CLOSED, "state": "done"}),
    ("review", "is_done_by_learning", {**CLOSED, "learned_id": 1}),
    ("review", "is_done_by_learning", {"learned_id": 1}),
    ("approval_rule", "limits_are_not_negative", {"above_packs": -1}),
    ("approval_rule", "limits_are_not_negative", {"above_fen": -1}),
    ("approval_rule", "on_is_a_flag", {"is_on": 2}),
    ("approval_rule", "version_begins_at_one", {"version": 0}),
    ("approval_rule_step", "position_begins_at_one", {"position": 0}),
    ("approval_rule_step", "minutes_are_positive", {"remind_after_minutes": 0}),
    ("approval_rule_step", "minutes_are_positive", {"escalate_after_minutes": 0}),
    ("approval_step", "position_begins_at_one", {"position": 0}),
    ("approval_word", "is_said_by_somebody", {"said_by_id": None}),
    ("approval_word", "is_said_by_somebody", {"said_at": None}),
    ("delegation", "goes_to_somebody_else", {"delegate_id": 1}),
    ("delegation", "ends_after_it_starts", {"ends_at": 1}),
    ("delegation", "is_ended_by_somebody", {"ended_at": None}),
    ("delegation", "is_ended_by_somebody", {"ended_by_id": None}),
    ("outbox", "one_of_the_priorities", {"priority": 0}),
    ("outbox", "one_of_the_priorities", {"priority": 4}),
    ("audit_seal", "entries_fit_between_the_ends", {"entries": 0}),
    ("audit_seal", "entries_fit_between_the_ends", {"entries": 2}),
]
ALSO_GOOD: list[tuple[str, Mapping[str, Any]]] = [
    *((table.name, {}) for table in TABLES),
    ("posting", TRUE_UP),
    ("posting", {"source_shelf": None, "source_after": None}),
    ("posting", {"cause": "transfer_loss", "borne_by": "carrier"}),
    ("route", {"daily_limit_packs": None}),
    ("posting", {"target_id": 1, "target_shelf": "reserved"}),
    ("balance", {"available": -5, "may_go_below": 1}),
    ("invite", {"kind": "group", "role": None, "person_id": None}),
    ("invite", {"state": "used", "used_by": "x", "ended_at": 1}),
    ("learned", {"revoked_at": None, "revoked_by_id": None}),
    ("learned", {"kind": "alias_place", "sku_id": None, "place_id": 1}),
    ("learned", PHRASE),
    ("review", CLOSED),
    ("review", {**CLOSED, "state": "done", "learned_id": 1}),
    ("approval_rule", {"above_packs": 0, "above_fen": None, "category": None, "route": None, "requester_role": None}),
    ("approval_rule_step", {"remind_after_minutes": None, "escalate_after_minutes": None}),
    ("approval_word", {"said_at": None, "said_by_id": None}),
    ("delegation", {"ended_at": None, "ended_by_id": None}),
]


def insertion(table: str, columns: Mapping[str, Any]) -> tuple[str, list[Any]]:
    """An INSERT of a plain row of ones and first words, but for these columns."""
    declared = metadata.tables[table].columns
    row = {column.name: plain_value(column) for column in declared if column.name != "id"}
    row |= {**GOOD.get(table, {}), **columns}
    names, marks = ", ".join(f'"{name}"' for name in row), ", ".join("?" * len(row))
    return f'insert into "{table}" ({names}) values ({marks})', list(row.values())


def plain_value(column: Column[Any]) -> Any:
    if isinstance(column.type, Enum):
        return column.type.enums[0]
    return "x" if isinstance(column.type, Text) else 1


@pytest.mark.parametrize(("table", "columns"), ALSO_GOOD, ids=str)
def test_a_good_row_is_taken(raw: sqlite3.Connection, table: str, columns: Mapping[str, Any]) -> None:
    assert raw.execute(*insertion(table, columns)).rowcount == 1


@pytest.mark.parametrize(("table", "rule", "columns"), BAD, ids=str)
def test_a_bad_row_is_refused_by_its_rule(
    raw: sqlite3.Connection, table: str, rule: str, columns: Mapping[str, Any]
) -> None:
    with pytest.raises(sqlite3.IntegrityError, match=f"^CHECK constraint failed: ck_{table}_{rule}$"):
        raw.execute(*insertion(table, columns))


def test_every_rule_has_a_bad_row() -> None:
    named = {
        (table.name, str(rule.name).removeprefix(f"ck_{table.name}_"))
        for table in TABLES
        for rule in table.constraints
        if isinstance(rule, CheckConstraint)
    }
    words = {(table, rule) for table, rule in named if rule.startswith("known_")}
    assert named - words == {(table, rule) for table, rule, _ in BAD}
    assert len(words) == sum(isinstance(column.type, Enum) for table in TABLES for column in table.columns)


WORDS = [column for table in TABLES for column in table.columns if isinstance(column.type, Enum)]


@pytest.mark.parametrize("column", WORDS, ids=str)
def test_a_word_that_nobody_knows_is_refused(raw: sqlite3.Connection, column: Column[Any]) -> None:
    with pytest.raises(sqlite3.IntegrityError, match=r"^CHECK constraint failed: ck_\w+_known_\w+$"):
        raw.execute(*insertion(column.table.name, {column.name: "nonsense"}))


NUMBERS = [column for table in TABLES for column in table.columns if isinstance(column.type, BigInteger | Moment)]


@pytest.mark.parametrize("column", NUMBERS, ids=str)
def test_a_number_column_takes_no_text_and_no_fraction(raw: sqlite3.Connection, column: Column[Any]) -> None:
    for value in ("many", 1.5):
        with pytest.raises(sqlite3.Error, match=r"cannot store|datatype mismatch"):
            raw.execute(*insertion(column.table.name, {column.name: value}))


@pytest.mark.parametrize("table", ["posting", "audit"])
@pytest.mark.parametrize("change", ["update {} set actor_id = 2", "delete from {}"])
def test_the_ledger_and_the_audit_are_only_added_to(raw: sqlite3.Connection, table: str, change: str) -> None:
    raw.execute(*insertion(table, {}))
    with pytest.raises(sqlite3.IntegrityError, match=f"^{table} rows are never changed$"):
        raw.execute(change.format(table))
    assert raw.execute(f"select actor_id from {table}").fetchall() == [(1,)]


def test_a_reference_to_nothing_is_refused(small_sqlite: Database) -> None:
    sql, values = insertion("barcode", {"sku_id": 999})
    with pytest.raises(Exception, match="FOREIGN KEY constraint failed"):
        small_sqlite.writing(lambda connection: connection.exec_driver_sql(sql, tuple(values))).result()
