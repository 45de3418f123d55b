"""What every scenario asks for: the demo chain on a morning, as fresh as the first one."""

from __future__ import annotations

import pytest

from data.engine import Database
from handlers.understand.lexicon import Lexicon
from tests.scenarios.chain import Chain


@pytest.fixture
def chain(demo: Database, lexicon: Lexicon) -> Chain:
    """The demo chain on a fresh copy."""
    return Chain(demo, lexicon)
