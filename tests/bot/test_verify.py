"""`stocktalk verify` as a shell has it: right books, wrong ones in sentences, and as one JSON object."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path
from typing import Any

from click.testing import Result
from typer.testing import CliRunner

from bot.alone import alone
from bot.cli.app import app
from bot.verification import CHECKS, SENTENCES, Teller
from core.ground.work import Work
from core.stock.verification.tally import Check, Finding
from data.engine import Database
from tests.core.faults import ALONE, ALSO
from tests.core.verified import guards_off, lived_in, verified
from tests.small_chain import MORNING, Shop


def verify(*words: str) -> Result:
    """What the command came to."""
    return CliRunner().invoke(app, ["verify", *words])


def spoil(path: Path, *statements: str) -> None:
    """Change the file by hand."""
    connection = sqlite3.connect(path)
    for statement in statements:
        assert connection.execute(statement).rowcount != 0, statement
    connection.commit()
    connection.close()


def figures(result: Result) -> dict[str, Any]:
    """The JSON object at the end."""
    found: dict[str, Any] = json.loads(result.output.splitlines()[-1])
    return found


def test_right_books(path: Path) -> None:
    result = verify("--json")
    assert result.exit_code == 0, result.output
    said = figures(result)
    assert (said["ok"], said["findings"]) == (True, {})
    assert said["postings"] == said["until_posting"] == said["checks"]["running_counts"]["compared"] > 2000
    assert set(said["checks"]) <= {check.value for check in Check}
    assert [check for check, one in said["checks"].items() if one["wrong"]] == []
    assert result.output.count("✓") == len(Check)
    assert "The books are right: " in result.output


def test_wrong_books_are_said_in_sentences_with_names(path: Path) -> None:
    cola, lake = (
        f"(select id from {table}" for table in ("sku where code = 'SKU123')", "place where name_zh = '西湖店')")
    )
    here = f"sku_id = {cola} and place_id = {lake}"
    spoil(path, f"update balance set available = available + 5, blocked = blocked + 1 where {here}")
    result = verify("--json")
    assert result.exit_code == 1
    said = figures(result)
    assert said["ok"] is False
    assert said["checks"]["balances"]["wrong"] == 2
    assert "✗ Balances are what their postings add up to: 2 wrong of " in result.output
    assert "  可口可乐500ml (SKU123) at 西湖店: 1瓶 blocked, and the postings add up to 0瓶.\n" in result.output
    assert "✓ Daily totals are the postings of the day" in result.output
    assert "The books are not right: " in result.output
    assert "Nothing was changed." in result.output


def test_of_many_findings_the_first_are_said_and_the_others_counted(path: Path) -> None:
    spoil(path, "update balance set rate_value_fen = rate_value_fen + 1")
    result = verify()
    assert result.exit_code == 1
    assert result.output.count("the last rate is ¥") == 5
    assert " more.\n" in result.output


def test_it_reads_beside_a_server_and_changes_nothing(path: Path) -> None:
    before = path.read_bytes()
    with alone(f"sqlite:///{path}"):
        assert verify().exit_code == 0
    assert path.read_bytes() == before


def test_books_of_another_version_are_left_as_they_are(path: Path) -> None:
    spoil(path, "update alembic_version set version_num = '0001'")
    result = verify()
    assert result.exit_code == 1
    assert "These books have schema 0001, and this program knows " in result.output
    connection = sqlite3.connect(path)
    assert connection.execute("select version_num from alembic_version").fetchall() == [("0001",)]
    connection.close()


def test_no_books_and_unreadable_ones_are_a_sentence(path: Path) -> None:
    content = bytearray(path.read_bytes())
    for place in range(len(content) // 8192 * 4096, len(content), 4096):
        content[place : place + 60] = b"?" * 60
    path.write_bytes(content)
    result = verify()
    assert result.exit_code == 1
    assert "The books cannot be read: database disk image is malformed. Nothing was changed" in result.output
    path.unlink()
    assert "There is no database at " in verify().output


def test_every_check_has_a_name_and_every_finding_a_sentence(shop: Shop) -> None:
    assert list(CHECKS) == list(Check)
    connection, said = lived_in(shop), dict[tuple[Check, str], str]()
    faults = [*(fault for fault, _ in ALONE.values()), *(fault for known in ALSO.values() for fault, _ in known)]
    teller = Teller(Work(connection, MORNING))
    with guards_off(connection):
        for fault in faults:
            savepoint = connection.begin_nested()
            for statement in fault:
                connection.exec_driver_sql(statement)
            first = verified(connection).first
            savepoint.rollback()
            said |= {(check, one.what): teller.sentence(one) for check, known in first.items() for one in known}
    unsaid = set() if connection.dialect.name == "sqlite" else {(Check.NUMBERS, "numbers_missing")}
    assert {(check, what) for check, known in SENTENCES.items() for what in known} - set(said) == unsaid
    assert [sentence for sentence in said.values() if "{" in sentence or "None" in sentence] == []


def test_an_unknown_name_is_no_obstacle(demo: Database) -> None:
    facts = {"sku_id": 9999, "place_id": None, "expected": 1, "found": -2, "shelf": "blocked"}
    teller = demo.reading(lambda connection: Teller(Work(connection, MORNING))).result()
    assert teller.sentence(Finding(Check.BALANCES, "count", facts)) == (
        "product 9999 at place None, which holds no goods: -2 blocked, and the postings add up to 1."
    )
