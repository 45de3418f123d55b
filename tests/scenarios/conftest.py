"""What every scenario asks for: the demo chain on a morning, as fresh as the first one."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from data.engine import Database
from handlers.understand.lexicon import Lexicon
from tests.scenarios.chain import Chain, demo_file, lexicon_of


@pytest.fixture(scope="session")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database file with the demo chain and its opening stock: copied, never written again."""
    return demo_file(tmp_path_factory.getbasetemp())


@pytest.fixture(scope="session")
def lexicon(opened: Path) -> Lexicon:
    """Every name in the demo chain."""
    database = Database(f"sqlite:///{opened}")
    found = lexicon_of(database)
    database.close_now()
    return found


@pytest.fixture
def chain(opened: Path, lexicon: Lexicon, tmp_path: Path) -> Iterator[Chain]:
    """The demo chain on a fresh copy."""
    shutil.copy(opened, tmp_path / "chain.db")
    database = Database(f"sqlite:///{tmp_path / 'chain.db'}")
    yield Chain(database, lexicon)
    database.close_now()
