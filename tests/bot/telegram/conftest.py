"""What the tests of the channel ask for: the product on the strict server, by polling or by webhook."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from data.engine import Database
from handlers.understand.lexicon import Lexicon
from tests.bot.telegram.played import Played, played


@pytest.fixture
async def polled(demo: Database, lexicon: Lexicon) -> AsyncIterator[Played]:
    """The product that polls, not started yet."""
    async with played(demo, lexicon) as one:
        yield one


@pytest.fixture(params=["polling", "webhook"])
async def both(request: pytest.FixtureRequest, demo: Database, lexicon: Lexicon) -> AsyncIterator[Played]:
    """The product that polls, then the one that is called; not started yet."""
    async with played(demo, lexicon, request.param) as one:
        yield one


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """What waits by itself, on no clock of ours, does not wait for long."""
    monkeypatch.setattr("bot.telegram.polling.LONGEST_PAUSE_SECONDS", 0.05)
