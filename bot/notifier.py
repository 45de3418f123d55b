"""Words what happened: takes new events, from whatever edge they came, and puts what is to be said into the outbox."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import structlog

from bot.lanes import FULL_PAUSE_SECONDS, GAP_SECONDS, LOOK_AGAIN_SECONDS
from bot.logs import following
from bot.sleeper import Sleeper
from core.goods import learning
from core.ground.events import NewEvent, are_there_new_events, not_told, take_events
from core.ground.work import Clock, Work
from data.disk import Unavailable
from data.engine import Database
from handlers.notices import put, word
from handlers.understand.names.lexicon import Lexicon

log = structlog.get_logger("notifier")


class Notifier:
    """Words events until it is cancelled. Of several processes each event is taken by one, a document's in order."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        lexicon: Callable[[], Lexicon],
        worded: Callable[[], None],
        renamed: Callable[[], None] = lambda: None,
    ) -> None:
        """`worded` is called when there is something new to deliver, `renamed` when words stand for something else.

        Nothing runs before `run`.
        """
        self.database, self.clock, self.lexicon = database, clock, lexicon
        self.worded, self.renamed = worded, renamed
        self._sleeper = Sleeper()

    def wake(self) -> None:
        """Something may have happened."""
        self._sleeper.wake()

    async def run(self) -> None:
        """Word until cancelled."""
        while True:
            self._sleeper.begin_to_look()
            try:
                while await self.word_next():
                    pass
            except Unavailable:
                await asyncio.sleep(FULL_PAUSE_SECONDS)
                continue
            except Exception:
                log.exception("events were not worded")
            await asyncio.sleep(GAP_SECONDS)
            await self._sleeper.sleep(LOOK_AGAIN_SECONDS)

    async def word_next(self) -> bool:
        """Take the oldest new events and word each in a short transaction of its own; whether there were any."""
        if not await self.database.read(lambda connection: are_there_new_events(Work(connection, self.clock()))):
            return False
        events = await self.database.write(lambda connection: take_events(Work(connection, self.clock())))
        for event in events:
            with following(event.trace):
                await self._told(event)
        return bool(events)

    async def _told(self, event: NewEvent) -> None:
        try:
            await self._word(event)
        except Unavailable:
            raise
        except Exception:
            log.exception("not worded", event_id=event.id)
            await self._put_off(event)

    async def _word(self, event: NewEvent) -> None:
        catalogue = self.lexicon().catalogue
        notices = await self.database.read(lambda connection: word(Work(connection, self.clock()), event, catalogue))
        await self.database.write(lambda connection: put(Work(connection, self.clock()), event, notices))
        said = {"cards": len(notices.cards), "lines": len(notices.lines)}
        log.info("worded", event_id=event.id, kind=event.happened.kind, **said)
        self.worded()
        if event.happened.kind in learning.EVENTS:
            self.renamed()

    async def _put_off(self, event: NewEvent) -> None:
        await self.database.write(lambda connection: not_told(Work(connection, self.clock()), event))
