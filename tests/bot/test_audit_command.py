"""`stocktalk audit verify` as a shell has it: a chain that is whole, one that is broken, and one cut off at its end."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from typer.testing import CliRunner

from bot.alone import alone
from bot.cli.app import app
from core.ground.seals import keep_seal, next_seal, settled
from core.ground.work import Work
from data.engine import Database
from tests.small_chain import MORNING


def verify(*words: str) -> Result:
    """What the command came to."""
    return CliRunner().invoke(app, ["audit", "verify", *words])


def figures(result: Result) -> dict[str, Any]:
    """The JSON object at the end."""
    found: dict[str, Any] = json.loads(result.output.splitlines()[-1])
    return found


@pytest.fixture
def sealed(path: Path) -> Path:
    """The demo chain with its audit sealed."""
    database = Database(f"sqlite:///{path}")

    def seal(work: Work) -> None:
        made = next_seal(work, settled(work) - 2)
        assert made is not None
        assert keep_seal(work, made)

    database.writing(lambda connection: seal(Work(connection, MORNING))).result()
    database.close_now()
    return path


def spoil(path: Path, *statements: str) -> None:
    """Change the file by hand, as one may who has it."""
    connection = sqlite3.connect(path)
    for table in ("audit", "audit_seal"):
        for change in ("update", "delete"):
            connection.execute(f"drop trigger if exists {table}_refuses_{change}")
    for statement in statements:
        assert connection.execute(statement).rowcount != 0, statement
    connection.commit()
    connection.close()


def test_a_whole_chain(sealed: Path) -> None:
    result = verify("--json")
    assert result.exit_code == 0, result.output
    said = figures(result)
    assert (said["ok"], said["seals"], said["sealed"], said["waiting"], said["broken"]) == (True, 1, 12, 2, None)
    assert "The audit is as it was sealed: 12 entries in 1 seals.\n" in result.output
    assert "2 wait for the next seal, the first since " in result.output
    assert f"It ends with {said['head']}\n" in result.output


def test_an_audit_without_a_seal(path: Path) -> None:
    said = figures(verify("--json"))
    assert (said["ok"], said["seals"], said["sealed"], said["waiting"], said["head"]) == (True, 0, 0, 14, None)


def test_the_first_broken_row_is_named_with_what_it_says_now(sealed: Path) -> None:
    spoil(sealed, "update audit set channel = 'elsewhere' where id in (5, 9)")
    result = verify("--json")
    assert result.exit_code == 1
    said = figures(result)
    assert (said["ok"], said["waiting"], said["sealed"]) == (False, None, 0)
    assert (said["broken"]["what"], said["broken"]["seal"], said["broken"]["row"]) == ("changed", 1, 5)
    sentence = "Audit row 5 was changed after it was sealed (now it says: OpenStock by "
    assert f"The audit is not as it was sealed. {sentence}" in result.output
    assert "from elsewhere, 20" in result.output
    assert "It stood in seal 1 of 2026-03-18 02:00:00 UTC." in result.output
    assert "Nothing was changed." in result.output


@pytest.mark.parametrize(
    ("statement", "sentence"),
    [
        ("delete from audit where id = 5", "Audit row 5 was taken out after it was sealed."),
        ("update audit_seal set sealed_at = 1", "Seal 1 is not the one that was written"),
        ("update audit_seal set id = 2", "Seal 1 was taken out."),
    ],
)
def test_every_flaw_is_a_sentence(sealed: Path, statement: str, sentence: str) -> None:
    spoil(sealed, statement)
    result = verify()
    assert result.exit_code == 1
    assert sentence in result.output


def test_what_was_cut_off_is_found_by_a_hash_that_was_kept_elsewhere(sealed: Path) -> None:
    head = figures(verify("--json"))["head"]
    assert verify("--head", head.upper()).exit_code == 0
    spoil(sealed, "delete from audit_seal", "delete from audit where id > 5")
    assert verify().exit_code == 0  # by itself a shorter chain is as good
    result = verify("--head", head, "--json")
    assert result.exit_code == 1
    assert (figures(result)["ok"], figures(result)["head_met"]) == (False, False)
    assert f"No seal has the hash {head}" in result.output


def test_it_reads_beside_a_server_and_changes_nothing(sealed: Path) -> None:
    before = sealed.read_bytes()
    with alone(f"sqlite:///{sealed}"):
        assert verify().exit_code == 0
    assert sealed.read_bytes() == before


def test_no_books_are_a_sentence(path: Path) -> None:
    path.unlink()
    assert "There is no database at " in verify().output
