"""A transfer as the product has it: the person is looked up, and `execute` does the rest."""

from __future__ import annotations

from sqlalchemy import Connection

from core.execute import execute
from core.ground.commands import Command, Refused
from core.ground.work import Work
from core.people.directory import person
from core.stock.transfer_commands import Arrived, Asked, DispatchTransfer, ReceiveTransfer, SubmitTransfer
from tests.bench.plain import CHANNEL, Hand, Seen, Wanted


def submit(connection: Connection, hand: Hand, wanted: Wanted) -> Seen:
    """Ask for goods of one's own place to go; no rule asks for a word, so it is approved at once."""
    lines = (Asked(wanted.sku_id, wanted.count, wanted.unit),)
    return _done(connection, hand, SubmitTransfer(wanted.source_id, wanted.target_id, lines))


def dispatch(connection: Connection, hand: Hand, seen: Seen) -> Seen:
    """Put all of a transfer on the road."""
    return _done(connection, hand, DispatchTransfer(seen.document_id, seen.version))


def receive(connection: Connection, hand: Hand, seen: Seen, good: int) -> Seen:
    """Book all of a transfer at its target."""
    return _done(connection, hand, ReceiveTransfer(seen.document_id, seen.version, (Arrived(1, good),)))


def _done(connection: Connection, hand: Hand, command: Command) -> Seen:
    """Raises RuntimeError for a refusal: the bench plays what succeeds."""
    work = Work(connection, hand.now, trace=hand.trace)
    answer = execute(work.by(person(work, hand.actor_id), CHANNEL), command, key=hand.key)
    if isinstance(answer, Refused):
        raise RuntimeError(f"{type(command).__name__} was refused: {answer.code} {dict(answer.facts)}")
    return Seen(answer.of_document, answer.version)
