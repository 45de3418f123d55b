"""A start that cannot be says in one sentence why, and changes nothing."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

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
