"""How much a channel may send: at most so many in any so many seconds, to one chat and over all.

What was sent lately is a row for each target, so that processes that share a database share the limits, and a new
start does not begin with a burst.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update
from sqlmodel import col

from core.ground.work import Work
from data.columns import from_micros, to_micros
from data.kinds import ChatKind
from data.statements import Statement, given
from data.tables.base import table_of
from data.tables.conversation import Bucket
from handlers.chats import Chat

MICROSECONDS = 1_000_000


@dataclass(frozen=True, slots=True)
class Rate:
    """At most `count` in any window of `seconds`."""

    count: int
    seconds: float

    def opens_at(self, taken: Sequence[int], now: int) -> int:
        """From when one more fits: `now`, or later. `taken` and the answer are microseconds, the oldest first.

        What lies a whole window ahead was taken before a clock was put back, and counts no more.
        """
        span = round(self.seconds * MICROSECONDS)
        counted = [moment for moment in taken if moment <= now + span]
        return now if len(counted) < self.count else max(now, counted[-self.count] + span)


@dataclass(frozen=True, slots=True)
class Limits:
    """What a platform takes: in each private chat, in each group, and over all of the channel."""

    private: tuple[Rate, ...] = ()
    group: tuple[Rate, ...] = ()
    overall: tuple[Rate, ...] = ()


_STATE = select(col(Bucket.taken), col(Bucket.opens_at)).where(col(Bucket.name) == given("name"))
_SEEN, _BUCKET = Statement(_STATE), Statement(_STATE, on_postgresql=_STATE.with_for_update())
_TAKE = Statement(update(table_of(Bucket)).where(col(Bucket.name) == given("name")).values(taken=given("taken")))


def take(work: Work, where: Chat, limits: Limits) -> datetime | None:
    """Take room for one message or redraw in a chat; None when there was, else the moment to come again.

    The rows stay locked until the transaction ends, the chat's before the channel's.
    """
    rates = _rates(where, limits)
    now, found = to_micros(work.now), {}
    for name, limit in rates.items():
        taken, opens_at = _bucket(work, name, create=bool(limit))
        opens = max([opens_at, *(rate.opens_at(taken, now) for rate in limit)])
        if opens > now:
            return from_micros(opens)
        found[name] = taken
    for name, taken in found.items():
        if rates[name]:
            work.run(_TAKE, name=name, taken=_with(taken, now, rates[name]))
    return None


def opens(work: Work, where: Chat, limits: Limits) -> datetime | None:
    """When there will be room for one more in a chat; None where there seems to be some now. Takes no room."""
    now, latest = to_micros(work.now), 0
    for name, limit in _rates(where, limits).items():
        if row := work.one(_SEEN, name=name):
            taken, opens_at = _read(row)
            latest = max([latest, opens_at, *(rate.opens_at(taken, now) for rate in limit)])
    return from_micros(latest) if latest > now else None


def close(work: Work, where: Chat, until: datetime) -> None:
    """The platform takes nothing for a chat before this; no other chat waits for it."""
    name = of_chat(where.id)
    _bucket(work, name, create=True)
    work.change(Bucket, col(Bucket.name) == name, opens_at=until)


def of_chat(chat_id: int) -> str:
    """The name of a chat's bucket."""
    return f"chat.{chat_id}"


def _bucket(work: Work, name: str, *, create: bool) -> tuple[list[int], int]:
    """When something was sent lately, and when the platform opens again, in microseconds."""
    row = work.one(_BUCKET, name=name)
    if row is None and create:
        work.add_if_missing(Bucket, name=name, taken="[]")
        row = work.one(_BUCKET, name=name)
    return ([], 0) if row is None else _read(row)


def _read(row: tuple[str, datetime | None]) -> tuple[list[int], int]:
    return json.loads(row[0]), to_micros(row[1]) if row[1] else 0


def _rates(where: Chat, limits: Limits) -> dict[str, tuple[Rate, ...]]:
    """What holds for a chat, by the names of its bucket and of its channel's."""
    return {
        of_chat(where.id): limits.private if where.kind is ChatKind.PRIVATE else limits.group,
        f"channel.{where.channel}": limits.overall,
    }


def _with(taken: Sequence[int], now: int, rates: Sequence[Rate]) -> str:
    longest = round(max(rate.seconds for rate in rates) * MICROSECONDS)
    kept = [moment for moment in taken if abs(now - moment) < longest][-max(rate.count for rate in rates) :]
    return json.dumps([*kept, now])
