"""Whatever is written, nothing raises; and what a tapped card leads to is what stood on that card."""

from __future__ import annotations

import traceback
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from random import Random

import pytest
from sqlalchemy import Connection

from data.engine import Database
from handlers.understand.names.lexicon import Lexicon
from tests.scenarios.books import discrepancies
from tests.understanding.random_messages import messages
from tests.understanding.talk import Talk

NOW = datetime(2026, 11, 22, 2, 41, tzinfo=UTC)
BATCH = 500
"""So many messages share a transaction, which is rolled back: the next ones find the shelves full again."""
TAPPED = 0.05
LED_ON = 0.6
MOST_STEPS = 6


@dataclass
class Played:
    """What came of it: each fault with the message or the card it came of, and how often each button was tapped."""

    faults: list[str] = field(default_factory=list)
    taps: Counter[str] = field(default_factory=Counter)
    cards: int = 0


@pytest.mark.parametrize("seed", range(4))
def test_nothing_raises_and_postings_are_what_was_tapped(demo: Database, lexicon: Lexicon, seed: int) -> None:
    check(demo, lexicon, seed, 5_000)


@pytest.mark.long
@pytest.mark.parametrize("seed", range(100, 200))
def test_a_million_messages(demo: Database, lexicon: Lexicon, seed: int) -> None:
    check(demo, lexicon, seed, 10_000)


def check(database: Database, lexicon: Lexicon, seed: int, count: int) -> None:
    """Play so many messages; fail with the first faults."""
    played = Played()
    every = list(messages(seed, count))
    for first in range(0, count, BATCH):
        rolled_back(database, lambda c, first=first: play(c, lexicon, every[first : first + BATCH], played))
    if played.faults:
        pytest.fail(f"{len(played.faults)} faults\n\n" + "\n\n".join(played.faults[:10]), pytrace=False)
    assert played.taps["submit"]
    assert played.taps.total() > TAPPED * played.cards / 2


def play(connection: Connection, lexicon: Lexicon, said: list[tuple[str, str, bool]], played: Played) -> None:
    """Let all of them be said, and tap some of the cards that come."""
    talk = Talk(connection, lexicon, NOW)
    for number, (who, text, is_tap) in enumerate(said):
        rng = Random(f"taps {number} {text!a}")
        try:
            cards = talk.taps(who, text) if is_tap else talk.says(who, text)
            played.cards += len(cards)
            for card_id in cards:
                if rng.random() < TAPPED:
                    lead_on(talk, card_id, rng, played)
        except Exception:  # noqa: BLE001 - whatever it is, it is a fault of this message
            played.faults.append(f"{text!r} ({who})\n{traceback.format_exc(limit=-4)}")
    played.faults += map(str, discrepancies(connection))


def lead_on(talk: Talk, card_id: int, rng: Random, played: Played) -> None:
    """Tap a button of this card, then of one that came of it, and so on."""
    for _ in range(MOST_STEPS):
        shown = talk.shown(card_id)
        if not shown.reply.buttons or shown.card.reader_id is None:
            return
        at = 0 if rng.random() < 0.6 else rng.randrange(len(shown.reply.buttons))
        cards, wrong = talk.presses(shown, at)
        played.taps[shown.reply.buttons[at].data.partition(".")[0]] += 1
        if wrong:
            lines = "\n  ".join(shown.reply.lines)
            played.faults.append(f"tapped {shown.reply.buttons[at].label!r} of\n  {lines}\n" + "\n".join(wrong))
        if rng.random() > LED_ON:
            return
        card_id = rng.choice(cards) if cards else card_id


def rolled_back(database: Database, job: Callable[[Connection], None]) -> None:
    """Run a job in a writing transaction that leaves nothing."""

    class Done(Exception):
        """Ends the transaction."""

    def run(connection: Connection) -> None:
        job(connection)
        raise Done

    with pytest.raises(Done):
        database.writing(run).result()
