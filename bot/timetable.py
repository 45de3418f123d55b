"""The clock: it only rings. Whether a slot is due or done is a row, claimed in the job's own transaction."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from sqlalchemy.exc import OperationalError
from sqlmodel import col

from core.execute import execute
from core.ground.work import Clock, Work
from core.people.directory import system
from core.stock.transfer_clock import Due, due
from data.columns import to_micros
from data.disk import DiskFull
from data.engine import Database
from data.tables.ground import JobRun
from handlers.pending import expire_pendings

EVERY_SECONDS = 20
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
        """Run what is due in this slot, once whoever rings; whether this ring was the one."""
        try:
            ran = await self.database.write(lambda connection: let_go(Work(connection, self.clock())))
        except DiskFull:  # said on the log by the database; the next ring is the pause
            return False
        except Exception:
            log.exception("the job failed and will ring again")
            return False
        if ran:
            self.rang()
        return ran


def let_go(work: Work) -> bool:
    """The job of each slot: freezes that waited too long lapse, people are reminded, disputes climb, questions end."""
    slot = to_micros(work.now) // (EVERY_SECONDS * 1_000_000)
    if not claim_slot(work, "let_go", slot):
        return False
    by_the_clock = work.by(system(work), "timetable")
    expire_pendings(work)
    for found in due(work):
        _run(by_the_clock, found)
    return True


def _run(work: Work, found: Due) -> None:
    """One that fails leaves the others alone, but where the database fails: then the whole job rings again."""
    try:
        with work.savepoint():
            execute(work, found.command, key=found.key)
    except OperationalError:
        raise
    except Exception:
        log.exception("the clock could not do what is due", key=found.key)


def claim_slot(work: Work, job: str, slot: int) -> bool:
    """Take a slot of a job in the job's own transaction; False where it is taken. Old slots are cleared away."""
    if not work.add_if_missing(JobRun, job=job, slot=slot, ran_at=work.now):
        return False
    work.remove(JobRun, col(JobRun.job) == job, col(JobRun.ran_at) < work.now - KEPT_FOR)
    return True
