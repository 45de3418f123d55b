"""Books of the first version are the same books afterwards, under the new rules, and go on where they stopped."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from operator import itemgetter
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, inspect
from sqlalchemy.exc import DBAPIError

from core.ground.work import Work
from core.stock.transfer_clock import due
from core.stock.transfer_commands import WriteOffMissing
from data.columns import to_micros
from data.engine import Database
from data.kinds import Bearer
from data.migrations import apply
from data.migrations.apply import migrate
from tests.conftest import BOTH
from tests.core.transfers import Paper
from tests.data.old_books import VERSIONS
from tests.data.test_postgresql import shapes as shapes_on_postgresql
from tests.data.test_schema import shapes as shapes_on_sqlite
from tests.data.test_schema import written
from tests.postgres import Databases
from tests.properties.replay import check_books
from tests.small_chain import MORNING, Shop, everything, rows

Tables = dict[str, list[dict[str, Any]]]
PATIENCE_SECONDS = 30
DAY = itemgetter("place_id", "business_date", "sku_id", "cause")
RULES = {"approval_rule", "approval_rule_step", "approval_word", "delegation"}
OF_A_RULE = {"rule_id", "rule_name", "meant_for", "decided_for_id", "asked_at", "reminds_at", "escalates_at"}
TIMES = {"remind_after_minutes", "escalate_after_minutes"}
NOT_YET = {"held_at_id", "names_id", "return_reason", "load_reason", "reverses_id"}


@contextmanager
def nothing_in(kind: str, request: pytest.FixtureRequest, folder: Path) -> Iterator[Database]:
    """A database without any table."""
    if kind == "sqlite":
        database = Database(f"sqlite:///{folder / 'old.db'}")
        yield database
        database.close_now()
        return
    postgres: Databases = request.getfixturevalue("postgres")
    name = postgres.copy("template1")
    database = Database(postgres.url(name))
    yield database
    database.close_now()
    postgres.drop(name)


@pytest.fixture(params=BOTH)
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """A database with nothing in it: on SQLite, then on PostgreSQL."""
    with nothing_in(request.param, request, tmp_path) as database:
        yield database


@pytest.fixture(scope="module", params=BOTH)
def books(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Tables, Database]]:
    """The books of the first version, written after each of its migrations, and then brought to the newest schema.

    Every row as it was before, and the database. Nothing is committed to it afterwards.
    """
    with nothing_in(request.param, request, tmp_path_factory.mktemp("old")) as database:
        for revision, write in VERSIONS.items():
            bring_to(database, revision)
            database.writing(write).result(PATIENCE_SECONDS)
        before = tables_of(database)
        database.writing(migrate).result(PATIENCE_SECONDS)
        yield before, database


@pytest.fixture
def kept(books: tuple[Tables, Database]) -> Tables:
    """Every row of the old books as it was."""
    return books[0]


@pytest.fixture
def old(books: tuple[Tables, Database]) -> Database:
    """The old books with the newest schema."""
    return books[1]


@pytest.fixture
def shop(old: Database) -> Iterator[Shop]:
    """The migrated books seven hours after their morning, to be used; rolled back after the test."""
    with old.writer.connect() as connection:
        yield Shop(connection, MORNING + timedelta(hours=7))


def bring_to(database: Database, revision: str) -> None:
    """As `migrate`, but only up to a revision."""

    def job(connection: Connection) -> None:
        config = Config()
        config.set_main_option("script_location", str(apply.HERE))
        config.attributes["connection"] = connection
        command.upgrade(config, revision)

    database.writing(job).result(PATIENCE_SECONDS)


def tables_of(database: Database) -> Tables:
    """All rows of all tables that there are, in the order of their first column."""

    def job(connection: Connection) -> Tables:
        names = [name for name in inspect(connection).get_table_names() if name != "alembic_version"]
        return {name: rows(connection, f"select * from {name} order by 1, 2") for name in names}

    return database.reading(job).result(PATIENCE_SECONDS)


def without_id(row: dict[str, Any]) -> dict[str, Any]:
    """The row's other columns."""
    return {name: value for name, value in row.items() if name != "id"}


def shapes(database: Database) -> dict[str, Any]:
    """What is declared of every table."""
    sqlite = database.url.get_backend_name() == "sqlite"
    found = (shapes_on_sqlite if sqlite else shapes_on_postgresql)(database)
    found.pop("alembic_version", None)
    return found


# The same books.


def test_the_old_books_have_rows_in_every_table_and_transfers_in_every_state(kept: Tables) -> None:
    assert len(kept) == 26
    assert [name for name, found in kept.items() if not found] == []
    states = {row["state"] for row in kept["document"] if row["kind"] == "transfer"}
    assert states == {"submitted", "approved", "in_transit", "disputed", "received", "rejected", "cancelled"}
    assert [row["id"] for row in kept["document"]] == list(range(1001, 1012))
    assert {row["code"]: row["id"] for row in kept["place"]}["SUP"] == 7


def test_every_old_row_is_still_there_with_the_same_values(kept: Tables, old: Database) -> None:
    after = tables_of(old)
    new = {"dispute", "bucket", "lease", "invite", "learned", "review", "answered", "pick", "audit_seal", *RULES}
    assert set(after) - set(kept) == new
    for table, before in kept.items():
        names = set(before[0])
        told = [{name: value for name, value in row.items() if name in names} for row in after[table]]
        if table == "place":
            assert (told[-1]["code"], told[-1]["kind"], told[-1]["may_go_below"]) == ("loss", "loss", 0)
            told.pop()
        if table == "daily_total":  # its rows lost their ids, which nothing asked for, and with them their order
            assert sorted(told, key=DAY) == sorted((without_id(row) for row in before), key=DAY)
            continue
        assert told == before, table


def test_new_columns_hold_what_was_true_before(kept: Tables, old: Database) -> None:
    after = tables_of(old)
    new = {table: set(after[table][0]) - set(before[0]) for table, before in kept.items()}
    assert {table: names for table, names in new.items() if names} == {
        "document": {"dispatched_at", "received_at", "reminds_at", "turned_back_at", *NOT_YET},
        "transfer_line": {"approved", "for_supplier", "refused", "returned", "lost", "over"},
        "posting": {"borne_by"},
        "approval_step": {"position", "reach", "mode", *OF_A_RULE, *TIMES},
        "chat": {"gone_at"},
        "card": {"shown", "review_id", "about_id", "view"},
        "person": {"standing", "version", "successor_id", "changed_by_id", "changed_at"},
        "event": {"trace"},
        "audit": {"trace"},
        "outbox": {"priority", "trace"},
        "route": {"truck_within_hours", "answer_within_hours", "keep_back_packs", "daily_limit_packs", "direct"},
    }
    assert {row["borne_by"] for row in after["posting"]} == {None}
    assert {row["gone_at"] for row in after["chat"]} | {row["shown"] for row in after["card"]} == {None}
    assert {row[name] for row in after["card"] for name in ("review_id", "about_id", "view")} == {None}
    assert {(row["standing"], row["version"]) for row in after["person"]} == {("active", 1)}
    assert {row[name] for row in after["person"] for name in ("successor_id", "changed_by_id", "changed_at")} == {None}
    assert {row["trace"] for table in ("event", "audit", "outbox") for row in after[table]} == {None}
    assert {row["priority"] for row in after["outbox"]} == {1}
    names = {"reminds_at", "turned_back_at", *NOT_YET}
    assert {row[name] for row in after["document"] for name in names} == {None}
    steps = after["approval_step"]
    assert {(row["position"], row["reach"], row["mode"]) for row in steps} == {(1, "source", "any")}
    assert {row[name] for row in steps for name in OF_A_RULE | TIMES} == {None}
    for line in after["transfer_line"]:
        assert line["approved"] == line["asked"]
        assert {line[name] for name in new["transfer_line"] - {"approved"}} == {0}
    for route in after["route"]:
        assert {name: route[name] for name in new["route"]} == {
            "truck_within_hours": 24,
            "answer_within_hours": 24,
            "keep_back_packs": 0,
            "daily_limit_packs": None,
            "direct": 0,
        }


def test_transfers_that_left_know_when_they_were_dispatched_and_received(old: Database) -> None:
    hours = {
        row["id"]: tuple(
            None if row[name] is None else (row[name] - to_micros(MORNING)) // 3_600_000_000
            for name in ("dispatched_at", "received_at")
        )
        for row in tables_of(old)["document"]
    }
    left = {number: moments for number, moments in hours.items() if moments != (None, None)}
    assert left == {1004: (2, None), 1005: (2, 5), 1006: (2, 4), 1010: (5, 6)}


def test_every_open_dispute_has_somebody_to_answer_within_a_day(kept: Tables, old: Database) -> None:
    moved_at = {row["id"]: row["moved_at"] for row in kept["document"]}
    assert tables_of(old)["dispute"] == [
        {
            "document_id": number,
            "role": role,
            "opened_at": moved_at[number],
            "due_at": moved_at[number] + 24 * 3_600_000_000,
            "closed_at": None,
        }
        for number, role in ((1005, "keeper"), (1010, "store_manager"))
    ]


def test_the_books_add_up_as_before(old: Database) -> None:
    old.reading(check_books).result(PATIENCE_SECONDS)


# The new schema.


def test_old_books_have_the_schema_of_new_ones(old: Database, request: pytest.FixtureRequest) -> None:
    fresh: Database = request.getfixturevalue(f"small_{old.url.get_backend_name()}")
    assert shapes(old) == shapes(fresh)


@pytest.mark.parametrize("revision", VERSIONS)
def test_from_every_version_the_schema_becomes_the_same(
    empty: Database, revision: str, request: pytest.FixtureRequest
) -> None:
    bring_to(empty, revision)
    empty.writing(migrate).result(PATIENCE_SECONDS)
    fresh: Database = request.getfixturevalue(f"small_{empty.url.get_backend_name()}")
    assert shapes(empty) == shapes(fresh)


def test_what_only_sqlite_knows_is_the_same(old: Database, small_sqlite: Database) -> None:
    if old.url.get_backend_name() == "sqlite":
        for query in (
            "select name, strict from pragma_table_list where type = 'table' and name not like 'sqlite_%'",
            "select name, wr from pragma_table_list where type = 'table' and name not like 'sqlite_%'",
            "select name, sql from sqlite_schema where type = 'trigger'",
            "select name, sql from sqlite_schema where type = 'index' and sql <> ''",
            "select name, sql like '%autoincrement%' from sqlite_schema where type = 'table'",
        ):
            assert written(old, query) == written(small_sqlite, query) != {}


def test_every_key_refers_to_a_row_and_every_rule_holds(old: Database) -> None:
    def on_sqlite(connection: Connection) -> list[Any]:
        assert rows(connection, "pragma foreign_key_check") == []
        return rows(connection, "pragma integrity_check")

    def on_postgresql(connection: Connection) -> list[Any]:
        return rows(connection, "select conname from pg_constraint where not convalidated")

    if old.url.get_backend_name() == "sqlite":
        assert old.reading(on_sqlite).result(PATIENCE_SECONDS) == [{"integrity_check": "ok"}]
    else:
        assert old.reading(on_postgresql).result(PATIENCE_SECONDS) == []


@pytest.mark.parametrize("table", ["posting", "audit"])
@pytest.mark.parametrize("change", ["update {} set actor_id = 2", "delete from {}"])
def test_the_ledger_and_the_audit_are_only_added_to(kept: Tables, old: Database, table: str, change: str) -> None:
    with pytest.raises(DBAPIError, match=f"{table} rows are never changed"):
        old.writing(lambda connection: connection.exec_driver_sql(change.format(table))).result(PATIENCE_SECONDS)
    assert tables_of(old)[table][0]["actor_id"] == kept[table][0]["actor_id"]


@pytest.mark.parametrize(
    "change",
    [
        "update place set kind = 'moon'",
        "update document set state = 'lost'",
        "update document set load_reason = 'mood'",
        "update document set held_at_id = 99",
        "update document set names_id = 99",
        "update daily_total set cause = 'theft'",
        "update transfer_line set over = -1",
        "update transfer_line set approved = asked + 1",
        "update transfer_line set lost = dispatched + 1",
        "update route set direct = 2",
        "update dispute set role = 'nobody'",
        "update card set face = 'moon'",
        "update card set review_id = 99",
        "update card set about_id = 99",
        "update person set standing = 'late'",
        "update person set successor_id = 99",
    ],
)
def test_old_rows_are_held_to_the_new_rules(old: Database, change: str) -> None:
    with pytest.raises(DBAPIError, match=r"(?i)check constraint|foreign key constraint"):
        old.writing(lambda connection: connection.exec_driver_sql(change)).result(PATIENCE_SECONDS)


def test_migrating_again_changes_nothing(old: Database) -> None:
    before = (tables_of(old), shapes(old))
    old.writing(migrate).result(PATIENCE_SECONDS)
    assert (tables_of(old), shapes(old)) == before


# The books go on.


def test_numbers_go_on_above_the_old_ones_and_none_is_given_twice(shop: Shop) -> None:
    answer = shop.done("admin", shop.opening("WH", ("SOAP", 1, 1)))
    assert answer.document_id == 1012
    asked = shop.done("clerk@XH", shop.request("WH", "XH", ("SOAP", 1)))
    assert asked.document_id == 1013
    for table in ("transfer_line", "posting", "audit", "event"):
        found = [row["id"] for row in shop.rows(f"select id from {table} order by id")]
        assert found == list(range(1, len(found) + 1)), table
    columns = "kind, state, version, place_id, other_place_id, requester_id, occurred_at, posted_at, moved_at"
    again = f"insert into document ({columns}) select {columns} from document where id = 1001 returning id"
    (first,) = shop.rows(again)
    shop.connection.exec_driver_sql(f"delete from document where id = {first['id']}")
    assert shop.rows(again) == [{"id": first["id"] + 1}]


def test_routes_get_ids_above_the_old_ones(shop: Shop) -> None:
    columns = "approval_above_packs, approve_within_hours, dispatch_within_hours, truck_within_hours"
    columns += ", answer_within_hours, keep_back_packs, direct"
    added = f"insert into route (source_id, {columns}) select 4, {columns} from route where id = 1 returning id"
    assert shop.rows(added) == [{"id": 3}]


def test_what_was_asked_goes_its_whole_way(shop: Shop) -> None:
    paper = Paper(shop, 1002).goes("approve:1=6 dispatch receive:1g5d1")
    assert (paper.state, paper.moved("transfer_in")) == ("received", [(1, 5, 50)])
    assert paper.line() == {
        "asked": 10,
        "approved": 6,
        "dispatched": 6,
        "received": 5,
        "damaged": 1,
        "value_fen": 60,
    }


def test_what_was_frozen_lapses_and_is_frozen_again(shop: Shop) -> None:
    paper = Paper(shop, 1003).goes("lapse")
    assert (paper.state, paper.line().get("frozen")) == ("approved", None)
    assert paper.goes("freeze dispatch").line()["dispatched"] == 5


def test_what_was_on_the_road_arrives_in_parts_and_is_called_back(shop: Shop) -> None:
    paper = Paper(shop, 1004).goes("receive:1g3r1")
    assert (paper.state, paper.line()["value_left_fen"]) == ("in_transit", 70)
    assert paper.goes("turn_back take_back:1g6d1").state == "received"
    assert paper.moved("take_back") == [(1, 6, 60), (1, 1, 10)]


def test_what_was_disputed_is_found_late_and_given_up(shop: Shop) -> None:
    paper = Paper(shop, 1005).goes("receive:1g1")
    assert (paper.state, paper.line()["missing"]) == ("disputed", 1)
    paper.does("area_manager@south", WriteOffMissing(1005, paper.now["version"], Bearer.SOURCE))
    assert (paper.state, paper.moved("transfer_loss")) == ("received", [(1, 1, 10)])
    assert paper.dispute["closed_at"] == to_micros(shop.now)
    other = Paper(shop, 1010).goes("write_off")
    assert (other.state, other.moved("transfer_loss")) == ("received", [(1, 1, 10)])


def test_silence_about_what_was_disputed_climbs(shop: Shop) -> None:
    shop.now = MORNING + timedelta(hours=5 + 24)
    assert [one.key.split(".")[:2] for one in due(Work(shop.connection, shop.now))] == [
        ["lapse", "1002"],
        ["escalate", "1005"],
    ]
    paper = Paper(shop, 1005)
    paper.does("system", paper.command("escalate"))
    assert paper.dispute["role"] == "area_manager"


def test_what_was_over_stays_over(shop: Shop) -> None:
    before = everything(shop.connection, but=("audit",))
    for number in (1006, 1007, 1008):
        assert Paper(shop, number).refuses("clerk@XH", "cancel") == "step_not_allowed"
    assert everything(shop.connection, but=("audit",)) == before
