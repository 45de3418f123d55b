"""What the tests of the edges ask for: an edge of the demo chain with a clock to move."""

from __future__ import annotations

import pytest

from data.engine import Database
from handlers.understand.lexicon import Lexicon
from tests.bot.edge import Edge


@pytest.fixture
def edge(demo: Database, lexicon: Lexicon) -> Edge:
    """The demo chain on a fresh copy, with a clock that stands still."""
    return Edge(demo, lexicon)
