"""A start that cannot be says in one sentence why, and changes nothing."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from bot.cli.terminal import configured, opened
from bot.settings import Settings

pytestmark = pytest.mark.usefixtures("wide")

NOBODY_LISTENS = "postgresql://nobody@127.0.0.1:1/stocktalk"


def started(database: str) -> subprocess.CompletedProcess[str]:
    """`stocktalk run` on this database, as a shell has it."""
    command = (sys.executable, "-m", "bot.cli.app", "run")
    surroundings = {"STOCKTALK_DATABASE": database, "COLUMNS": "300", "PATH": ""}
    return subprocess.run(command, env=surroundings, capture_output=True, text=True, timeout=60, check=False)


@pytest.mark.parametrize("kind", ["file", "server"])
def test_books_that_cannot_be_opened_are_told_of_in_a_sentence(tmp_path: Path, kind: str) -> None:
    junk = tmp_path / "junk.db"
    junk.write_bytes(b"no books at all" * 1000)
    before = junk.read_bytes()
    done = started(f"sqlite:///{junk}" if kind == "file" else NOBODY_LISTENS)
    assert done.returncode == 1
    assert "The database could not be opened" in done.stdout
    assert "Nothing was changed" in done.stdout
    assert "Traceback" not in done.stdout + done.stderr
    assert junk.read_bytes() == before


@pytest.mark.parametrize(
    ("database", "sentence"),
    [
        ("no address", "The address of the database cannot be read. Nothing was changed"),
        ("mysql://me:hunter2@somewhere/x", "stocktalk keeps its books in SQLite or PostgreSQL, not in mysql"),
        ("sqlite:////proc/none/books.db", "There is no database at /proc/none/books.db yet"),
    ],
)
def test_a_database_that_is_none_is_told_of_in_a_sentence(
    capsys: pytest.CaptureFixture[str], database: str, sentence: str
) -> None:
    with pytest.raises(SystemExit, match="1"):
        opened(Settings(database=database))
    said = capsys.readouterr().out
    assert said.startswith(sentence)
    assert "hunter2" not in said


@pytest.mark.parametrize(("name", "value"), [("PORT", "many"), ("LOG_FORMAT", "xml")])
def test_what_was_set_wrong_is_told_in_a_sentence(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(f"STOCKTALK_{name}", value)
    with pytest.raises(SystemExit, match="1"):
        configured()
    assert capsys.readouterr().out.startswith(f"A setting cannot be used: STOCKTALK_{name} (")
