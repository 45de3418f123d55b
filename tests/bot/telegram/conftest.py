"""What the tests of the channel ask for: the product on the strict server, by polling or by webhook."""

from __future__ import annotations

import io
import logging
from collections.abc import AsyncIterator, Callable, Iterator

import pytest
import structlog

from data.engine import Database
from handlers.understand.names.lexicon import Lexicon
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
def logged(caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]) -> Iterator[Callable[[], str]]:
    """Everything that was said on any log or stream, down to the least line, once it is asked for."""
    kept = io.StringIO()
    structlog.configure(
        logger_factory=structlog.PrintLoggerFactory(kept),
        wrapper_class=structlog.make_filtering_bound_logger(logging.DEBUG),
        cache_logger_on_first_use=False,
    )
    with caplog.at_level(logging.DEBUG):
        yield lambda: kept.getvalue() + caplog.text + "".join(capsys.readouterr())
    structlog.reset_defaults()


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """What waits by itself, on no clock of ours, does not wait for long."""
    monkeypatch.setattr("bot.telegram.polling.LONGEST_PAUSE_SECONDS", 0.05)
