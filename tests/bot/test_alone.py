"""One server on one database file: a second one says so and changes nothing; a dead one is in nobody's way."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from bot.alone import Taken, alone, file_of, holder
from tests.bot.console.served import free_port, process


@pytest.fixture
def path(opened: Path, tmp_path: Path) -> Path:
    """The demo chain as a file."""
    shutil.copy(opened, tmp_path / "chain.db")
    return tmp_path / "chain.db"


def second(path: Path, *command: str) -> subprocess.CompletedProcess[str]:
    """Another command on the same file, as a shell has it."""
    line = (sys.executable, "-m", "bot.cli.app", *command)
    surroundings = os.environ | {"STOCKTALK_DATABASE": f"sqlite:///{path}", "COLUMNS": "300"}
    return subprocess.run(line, env=surroundings, capture_output=True, text=True, timeout=60, check=False)


def test_a_second_server_ends_with_a_sentence_and_changes_nothing(path: Path) -> None:
    port = free_port()
    with process(path, port) as (running, _):
        before = dump(path)
        done = second(path, "run", "--port", str(free_port()))
        assert done.returncode == 1
        assert done.stdout.count("\n") == 1
        assert f"A server is on this database already: process {running.pid} runs on {path}." in done.stdout
        assert "Nothing was changed" in done.stdout
        assert done.stderr == ""
        assert dump(path) == before
        assert running.poll() is None


@pytest.mark.long
def test_the_other_commands_work_beside_a_server(path: Path) -> None:
    with process(path, free_port()):
        done = second(path, "outbox", "list")
        assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.long
def test_a_server_that_was_killed_is_in_nobodys_way(path: Path) -> None:
    with process(path, free_port()) as (running, _):
        assert holder(f"sqlite:///{path}")
        running.kill()
        running.wait()
        assert holder(f"sqlite:///{path}") is None
        with process(path, free_port()) as (again, _):
            held = holder(f"sqlite:///{path}")
            assert held is not None
            assert held.process == again.pid


def test_one_file_is_held_once_by_whatever_name(tmp_path: Path) -> None:
    (tmp_path / "link.db").symlink_to(tmp_path / "real.db")
    with alone(f"sqlite:///{tmp_path / 'real.db'}"):
        for name in ("real.db", "link.db"):
            with pytest.raises(Taken) as taken, alone(f"sqlite:///{tmp_path / name}"):
                pass
            assert taken.value.process == os.getpid()
        with alone(f"sqlite:///{tmp_path / 'other.db'}"):
            pass
    with alone(f"sqlite:///{tmp_path / 'link.db'}"):
        pass


def test_who_looks_takes_nothing(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'chain.db'}"
    assert holder(url) is None
    assert list(tmp_path.iterdir()) == []
    with alone(url):
        assert holder(url) is not None
    assert holder(url) is None


@pytest.mark.parametrize("url", ["postgresql://somebody@server/stocktalk", "sqlite://", "sqlite:///:memory:"])
def test_what_is_no_file_is_not_held(url: str) -> None:
    assert file_of(url) is None
    with alone(url), alone(url):
        assert holder(url) is None


def dump(path: Path) -> list[str]:
    """Everything that the file holds."""
    connection = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    try:
        return list(connection.iterdump())
    finally:
        connection.close()
