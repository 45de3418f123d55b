"""What the tests of the edges ask for: an edge of the demo chain with a clock to move."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from data.engine import Database
from handlers.understand.names.lexicon import Lexicon
from tests.bot.edge import Edge


@pytest.fixture
def edge(demo: Database, lexicon: Lexicon) -> Edge:
    """The demo chain on a fresh copy, with a clock that stands still."""
    return Edge(demo, lexicon)


@pytest.fixture
def wide(monkeypatch: pytest.MonkeyPatch) -> None:
    """A screen of the command line on which no sentence is broken."""
    monkeypatch.setattr("bot.cli.terminal.screen.width", 300)


@pytest.fixture
def path(opened: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, wide: None) -> Path:
    """The demo chain as a file, and the command line set to it."""
    shutil.copy(opened, tmp_path / "chain.db")
    monkeypatch.setenv("STOCKTALK_DATABASE", f"sqlite:///{tmp_path / 'chain.db'}")
    return tmp_path / "chain.db"
