"""The names of the chain as they are now: read anew once they changed, beside the loop, and swapped whole.

Whoever learns of a change wakes it; it also looks by itself, since another process may have made the change.
"""

from __future__ import annotations

import asyncio
from time import perf_counter

import structlog
from sqlalchemy import Connection

from bot.sleeper import Sleeper
from core.goods.catalogue import Catalogue, catalogue, edition
from core.ground.work import Clock, Work
from data.disk import Unavailable
from data.engine import Database
from handlers.understand.names.lexicon import Lexicon
from handlers.understand.understand import prepare

LOOK_AGAIN_SECONDS = 5.0
log = structlog.get_logger("names")


class Names:
    """Holds the lexicon of the newest catalogue that was read. Readers keep the one they began with."""

    def __init__(self, database: Database, clock: Clock) -> None:
        """Reads the names as they are; nothing is read anew before `run`."""
        self.database, self.clock = database, clock
        self._edition, goods = database.reading(self._read).result()
        self._lexicon = _built(goods)
        self._sleeper = Sleeper()

    def __call__(self) -> Lexicon:
        """Every name as it is now."""
        return self._lexicon

    def wake(self) -> None:
        """Words may stand for something else now."""
        self._sleeper.wake()

    async def run(self) -> None:
        """Read anew what changed, until cancelled."""
        while True:
            self._sleeper.begin_to_look()
            try:
                while await self.refresh():
                    pass
            except Unavailable:  # said on the log by the database; the next look is the pause
                log.debug("the names could not be looked at")
            except Exception:
                log.exception("the names were not read anew")
            await self._sleeper.sleep(LOOK_AGAIN_SECONDS)

    async def refresh(self) -> bool:
        """Read the names anew if there is another edition of them; whether there was."""
        now = await self.database.read(lambda connection: edition(Work(connection, self.clock())))
        if now == self._edition:
            return False
        began = perf_counter()
        now, goods = await self.database.read(self._read)
        lexicon = await asyncio.to_thread(_built, goods)
        self._edition, self._lexicon = now, lexicon
        log.info("names read anew", skus=len(goods.skus), ms=round((perf_counter() - began) * 1000, 1))
        return True

    def _read(self, connection: Connection) -> tuple[tuple[int, ...], Catalogue]:
        """The catalogue and its edition, of one moment: readers look at a snapshot."""
        work = Work(connection, self.clock())
        return edition(work), catalogue(work)


def _built(goods: Catalogue) -> Lexicon:
    """The lexicon of a catalogue, with what understanding makes of it once."""
    lexicon = Lexicon.built_from(goods)
    prepare(lexicon)
    return lexicon
