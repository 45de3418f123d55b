"""What every scenario asks for: the demo chain on a morning, as fresh as the first one."""

from __future__ import annotations

import pytest

from data.engine import Database
from handlers.understand.names.lexicon import Lexicon
from tests.scenarios.chain import Chain
from tests.scenarios.twice import BOTH, Twice


@pytest.fixture
def chain(demo: Database, lexicon: Lexicon) -> Chain:
    """The demo chain on a fresh copy."""
    return Chain(demo, lexicon)


@pytest.fixture(params=BOTH)
def twice(request: pytest.FixtureRequest, lexicon: Lexicon) -> Twice:
    """The demo chain on a fresh copy, on SQLite and then on PostgreSQL, where everybody taps twice."""
    database = request.getfixturevalue("demo" if request.param == "sqlite" else "demo_postgresql")
    return Twice(database, lexicon, remembers=request.param == "sqlite")
