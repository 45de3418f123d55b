"""What happens to a message on its way, as rows: who sends it, and what came of that.

    pending -> sending (a lease: owner, attempt, end) -> sent
       ^          |-- not taken: pending again, later the older it is
       |          |-- the answer is lost: sending until the lease ends, then once more, marked, and never a third time
       +- resent  +-- never to be taken: dead, with the reason

Nothing is given up for having been tried often: only for its age, or because the platform will never take it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, select, text, update
from sqlmodel import col

from bot.due import IS_DUE, LAGS, Due
from bot.limits import Limits, close, take
from core.ground.work import Work
from data.kinds import EventState, InboxState, OutboxKind, OutboxState
from data.statements import Statement, given
from data.tables.base import table_of
from data.tables.conversation import OUTBOX_OPEN, Inbox, Outbox
from data.tables.conversation import Card as CardRow
from data.tables.ground import Event, Lease
from handlers.cards import Card
from handlers.chats import Chat

LEASE = timedelta(seconds=60)
"""Longer than any call to a platform may take, so that nobody sends what somebody else is still sending."""
RESTART_PAUSE = timedelta(seconds=3)
"""How long a message that a dead process was sending waits: one that dies again and again would use up its copy."""
OLDEST_MESSAGE, OLDEST_TOAST = timedelta(hours=24), timedelta(minutes=1)
OLDEST_UNDRAWN = timedelta(minutes=5)
SHORTEST_PAUSE, LONGEST_PAUSE = timedelta(seconds=1), timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Rest:
    """The platform takes no more for this chat before a moment."""

    until: datetime


_OUTBOX, _CARD = table_of(Outbox), table_of(CardRow)
_AS_SEEN: tuple[ColumnElement[bool], ...] = (col(Outbox.id) == given("id"), col(Outbox.attempts) == given("attempts"))
_MINE = (*_AS_SEEN, col(Outbox.lease_owner) == given("owner"))
_STILL = select(col(Outbox.id)).where(*_AS_SEEN, col(Outbox.state) == given("state"), IS_DUE)
_FREE = Statement(_STILL, on_postgresql=_STILL.with_for_update(skip_locked=True))
_LEASE = Statement(
    update(_OUTBOX)
    .where(*_AS_SEEN)
    .values(
        state=OutboxState.SENDING,
        lease_owner=given("owner"),
        lease_ends_at=given("ends_at"),
        attempts=col(Outbox.attempts) + 1,
        repeated=given("repeated"),
    )
)
_SENT = Statement(
    update(_OUTBOX)
    .where(*_MINE)
    .values(
        state=OutboxState.SENT, message_id=given("message_id"), sent_at=given("now"), lease_ends_at=None, error=None
    )
)
_SHOWN_FIRST = Statement(
    update(_CARD)
    .where(col(CardRow.id) == given("card_id"))
    .values(message_id=given("message_id"), shown_version=given("version"), shown=given("shown"))
)
_AS_DRAWN = (col(CardRow.id) == given("card_id"), col(CardRow.wanted_version) == given("version"), LAGS)
_LAGS_STILL = select(col(CardRow.id)).where(*_AS_DRAWN)
_LAGS_FREE = Statement(_LAGS_STILL, on_postgresql=_LAGS_STILL.with_for_update(skip_locked=True))
_REDRAWING = Statement(update(_CARD).where(*_AS_DRAWN).values(redraw_at=given("ends_at"), shown=None))
_REDRAWN = Statement(
    update(_CARD)
    .where(col(CardRow.id) == given("card_id"), col(CardRow.shown_version) < given("version"))
    .values(shown_version=given("version"), redraw_at=None, redraw_attempts=0, shown=given("shown"))
)


def pause_after(age: timedelta) -> timedelta:
    """How long to wait after what is so old was not taken: half as long again, between a second and a minute."""
    return min(max(age / 2, SHORTEST_PAUSE), LONGEST_PAUSE)


def claim(work: Work, where: Chat, due: Due, owner: str, limits: Limits, knows_copies: bool) -> Due | Rest | None:
    """Put the lease on a row; None where somebody else has it, or where it goes out no more.

    A message whose earlier answer was lost is marked; a second time it is buried. `knows_copies`: the channel shows
    a row once, however often it is sent.
    """
    if work.one(_FREE, id=due.id, attempts=due.attempts, state=due.state, now=work.now) is None:
        return None
    lost = due.state is OutboxState.SENDING
    if due.kind is OutboxKind.TOAST:
        if lost or work.now - due.created_at > OLDEST_TOAST:
            bury(work, due, "its answer was lost" if lost else "it came too late")  # late it would only confuse
            return None
    elif lost and due.repeated and not knows_copies:
        bury(work, due, "its answer was lost twice")
        return None
    if due.kind is OutboxKind.MESSAGE and (opens := take(work, where, limits)):
        return Rest(opens)
    repeated = due.repeated + int(lost and not knows_copies)
    lease = {"owner": owner, "ends_at": work.now + LEASE, "repeated": repeated}
    work.run(_LEASE, id=due.id, attempts=due.attempts, **lease)
    return replace(due, state=OutboxState.SENDING, attempts=due.attempts + 1, repeated=repeated)


def sent(work: Work, due: Due, owner: str, message_id: str | None, card: Card | None, shown: str) -> None:
    """It was taken. `card` is the card it shows, `shown` what it looks like."""
    mine = {"id": due.id, "attempts": due.attempts, "owner": owner}
    if work.run(_SENT, **mine, message_id=message_id, now=work.now) and card and message_id:
        work.run(_SHOWN_FIRST, card_id=card.id, message_id=message_id, version=card.wanted_version, shown=shown)


def put_back(work: Work, where: Chat, due: Due, why: str, seconds: float | None = None) -> None:
    """It was surely not taken, so it waits: the longer the older it is, or for the seconds that the platform asks.

    Then everything in that chat waits, and nothing in another one.
    """
    pause = timedelta(seconds=seconds) if seconds is not None else pause_after(work.now - due.created_at)
    later = {"state": OutboxState.PENDING, "next_at": work.now + pause, "lease_ends_at": None, "error": why}
    work.change(Outbox, *_as_seen(due), **later)
    if seconds is not None and due.kind is OutboxKind.MESSAGE:
        close(work, where, work.now + pause)


def in_doubt(work: Work, due: Due, why: str) -> None:
    """Its answer was lost: whoever comes after the lease sends it once more, marked, and sooner the younger it is."""
    ends = work.now + min(pause_after(work.now - due.created_at), LEASE)
    work.change(Outbox, *_as_seen(due), lease_ends_at=ends, error=why)


def bury(work: Work, due: Due, why: str) -> None:
    """It will never be taken: a dead letter, to be looked at."""
    work.change(Outbox, *_as_seen(due), state=OutboxState.DEAD, error=why, lease_ends_at=None)


def not_drawn(work: Work, where: Chat, due: Due, why: str) -> None:
    """It could not be drawn: not sent this time, and after some minutes no reason to hold up the rest."""
    if work.now - due.created_at < OLDEST_UNDRAWN and due.state is OutboxState.SENDING:
        in_doubt(work, due, why)  # an earlier time it may have been sent
    elif work.now - due.created_at < OLDEST_UNDRAWN:
        put_back(work, where, due, why)
    else:
        bury(work, due, why)


def bury_old(work: Work) -> int:
    """Messages that nobody could be given for a day become dead letters; how many there were."""
    waits = and_(text(OUTBOX_OPEN), col(Outbox.state) == OutboxState.PENDING)  # said twice, for its index
    old = col(Outbox.created_at) < work.now - OLDEST_MESSAGE
    return work.change(Outbox, waits, old, state=OutboxState.DEAD, error="not taken for a day")


def claim_redraw(work: Work, where: Chat, lagging: Card, limits: Limits) -> bool | Rest:
    """Take the turn to redraw a card as it was drawn; False where somebody else has it, or it changed meanwhile.

    What is seen is not sure until it is done.
    """
    card = {"card_id": lagging.id, "version": lagging.wanted_version, "now": work.now}
    if work.one(_LAGS_FREE, **card) is None:
        return False
    if opens := take(work, where, limits):
        return Rest(opens)
    return work.run(_REDRAWING, **card, ends_at=work.now + LEASE) == 1


def redrawn(work: Work, drawn: Card, shown: str) -> None:
    """A card shows this version of itself, and looks like this."""
    work.run(_REDRAWN, card_id=drawn.id, version=drawn.wanted_version, shown=shown)


def redraw_later(work: Work, where: Chat, lagging: Card, seconds: float | None = None) -> None:
    """A card was not redrawn. That may be repeated, so whatever went wrong is tried again, ever later."""
    row = work.first(select(col(CardRow.redraw_attempts)).where(col(CardRow.id) == lagging.id))
    tries = row[0] if row else 0
    pause = timedelta(seconds=seconds if seconds is not None else min(2**tries, LONGEST_PAUSE.total_seconds()))
    later = {"redraw_at": work.now + pause, "redraw_attempts": tries + 1}
    work.change(CardRow, col(CardRow.id) == lagging.id, **later)
    if seconds is not None:
        close(work, where, work.now + pause)


def forget_leases(work: Work) -> None:
    """Let what a process that died had taken be taken again: for a database that only one process uses at a time."""
    work.change(Outbox, col(Outbox.state) == OutboxState.SENDING, lease_ends_at=work.now + RESTART_PAUSE)
    work.change(Inbox, col(Inbox.state) == InboxState.NEW, next_at=work.now)
    work.change(Event, col(Event.state) == EventState.NEW, next_at=work.now)
    work.change(CardRow, col(CardRow.redraw_at).is_not(None), redraw_at=work.now)
    work.remove(Lease)


def _as_seen(due: Due) -> tuple[ColumnElement[bool], ...]:
    """The row, unless somebody else has taken it since."""
    return (col(Outbox.id) == due.id, col(Outbox.attempts) == due.attempts)
