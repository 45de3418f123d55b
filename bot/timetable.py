"""The clock: it only rings. Whether a slot is due or done is a row, and what is due is found when it rings."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from sqlmodel import col

from bot.logs import following
from bot.sending import bury_old
from core.execute import execute
from core.ground.commands import Due
from core.ground.seals import StillWritten, keep_seal, next_seal, settled
from core.ground.work import Clock, Work
from core.people.approval_clock import steps_due
from core.people.directory import system
from core.stock.transfer_clock import due
from data.columns import to_micros
from data.disk import Unavailable
from data.engine import Database
from data.tables.ground import JobRun
from handlers.pending import expire_pendings

EVERY_SECONDS = 20
SEALS_EVERY_SECONDS = 300
KEPT_FOR = timedelta(days=1)
log = structlog.get_logger("timetable")


class Timetable:
    """Rings the jobs. `rang` is called after each, so that what it wrote goes out at once."""

    def __init__(self, database: Database, clock: Clock, rang: Callable[[], None]) -> None:
        """Nothing rings before `start`."""
        self.database, self.clock, self.rang = database, clock, rang
        self._scheduler = AsyncIOScheduler(timezone="UTC")

    def start(self) -> None:
        """Ring from now on. A jitter keeps several processes apart."""
        every = {"seconds": EVERY_SECONDS, "jitter": 5}
        self._scheduler.add_job(self.ring, "interval", **every, coalesce=True, max_instances=1)
        self._scheduler.start()

    def stop(self) -> None:
        """Ring no more."""
        if self._scheduler.running:
            self._scheduler.shutdown(wait=False)

    async def ring(self) -> bool:
        """Run what is due in this slot, once whoever rings; whether this ring was the one.

        Each thing that is due has a transaction of its own: whoever works on one transfer waits for no other one, and
        one that fails leaves the others alone. What was not reached is still due at the next ring.
        """
        try:
            if not await self.database.write(lambda connection: begin(Work(connection, self.clock()))):
                return False
            for found in await self.database.read(lambda connection: everything_due(Work(connection, self.clock()))):
                await self._run(found)
            await self._seal()
        except Unavailable:  # said on the log by the database; the next ring is the pause
            return False
        except Exception:
            log.exception("the job failed and will ring again")
            return False
        self.rang()
        return True

    async def _run(self, found: Due) -> None:
        try:
            with following(found.key):
                await self.database.write(lambda connection: run(Work(connection, self.clock()), found))
        except Unavailable:
            raise
        except Exception:
            log.exception("the clock could not do what is due", key=found.key)

    async def _seal(self) -> None:
        """Close what the audit has got in batches. They are hashed beside the writer, who is held up by none of it."""
        try:
            last_id = await self.database.write(lambda connection: begin_sealing(Work(connection, self.clock())))
            while last_id and await self._close_batch(last_id):
                pass
        except Unavailable:
            raise
        except StillWritten:
            log.info("somebody has been writing to the audit for long; it is sealed at a later ring")
        except Exception:
            log.exception("the audit was not sealed")

    async def _close_batch(self, last_id: int) -> bool:
        seal = await self.database.read(lambda connection: next_seal(Work(connection, self.clock()), last_id))
        if seal is None:
            return False
        return await self.database.write(lambda connection: keep_seal(Work(connection, self.clock()), seal))


def begin_sealing(work: Work) -> int | None:
    """Claim the slot for sealing; up to which audit entry there is something to seal, None where it was done."""
    if not claim_slot(work, "seal", to_micros(work.now) // (SEALS_EVERY_SECONDS * 1_000_000)):
        return None
    return settled(work)


def begin(work: Work) -> bool:
    """Claim the slot, and end what ran out: questions, and messages that nobody took; whether it was to be had."""
    if not claim_slot(work, "ring", to_micros(work.now) // (EVERY_SECONDS * 1_000_000)):
        return False
    expire_pendings(work)
    bury_old(work)
    return True


def everything_due(work: Work) -> list[Due]:
    """What transfers wait for the clock to do, and then what people who were asked for their word do."""
    return [*due(work), *steps_due(work)]


def run(work: Work, found: Due) -> None:
    """Do one thing that is due: a freeze lapses, somebody is reminded, a dispute or a question climbs."""
    execute(work.by(system(work), "timetable").traced(found.key), found.command, key=found.key)


def claim_slot(work: Work, job: str, slot: int) -> bool:
    """Take a slot of a job in the job's own transaction; False where it is taken. Old slots are cleared away."""
    if not work.add_if_missing(JobRun, job=job, slot=slot, ran_at=work.now):
        return False
    work.remove(JobRun, col(JobRun.job) == job, col(JobRun.ran_at) < work.now - KEPT_FOR)
    return True
