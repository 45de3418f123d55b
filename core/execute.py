"""The one door for changes."""

from __future__ import annotations

from sqlalchemy import insert, select
from sqlmodel import col

from core.commands import COMMANDS
from core.ground.audit import keep_audit
from core.ground.commands import Answer, Command, Refused
from core.ground.errors import KeyUsedBefore, NoSuchDocument, StockError
from core.ground.events import add_events
from core.ground.work import Work
from core.people.directory import person
from core.people.errors import NotActive
from data.statements import Statement, given, given_columns
from data.tables.base import table_of
from data.tables.ground import DoneRecord

_DONE = Statement(
    select(col(DoneRecord.fingerprint), col(DoneRecord.answer)).where(
        col(DoneRecord.actor_id) == given("actor_id"), col(DoneRecord.key) == given("key")
    )
)
_KEEP_DONE = Statement(insert(table_of(DoneRecord)).values(given_columns(DoneRecord)))


def execute(work: Work, command: Command, *, key: str) -> Answer | Refused:
    """Run a command in the caller's transaction: done before? permission, run, audit, events.

    `key` names one intention of one person (a tap, a till's line). The same key with the same command gets the first
    answer and nothing runs: channels redeliver, people tap twice. A refusal leaves an audit row and nothing else, so
    asking again is safe. Who acts is looked up again: somebody who was moved or put out a moment ago is that already.

    Raises KeyUsedBefore when the key came with another command.
    """
    work.hold(f"{work.who.id} {key}")  # the same intention twice at once: the second waits for the first one's answer
    if done := done_before(work, command, key):
        return done
    work = work.by(person(work, work.who.id), work.channel)
    rule, name = COMMANDS[type(command)], type(command).__name__
    savepoint, within = work.savepoint(), work.afresh()
    try:
        if not within.who.is_active:
            raise NotActive
        rule.permit(within, command)
        answer: Answer = rule.run(within, command)
    except StockError as refusal:
        savepoint.rollback()
        _keep_refusal(work, command, refusal.code)
        return Refused(refusal.code, refusal.facts())
    except BaseException:  # whoever goes on after it goes on from their own savepoint, not from within this one
        savepoint.rollback()
        raise
    savepoint.commit()
    work.known.clear()  # the command may have changed it
    before = {**(answer.before or {}), **within.changes.before}
    after = {"state": answer.state, "version": answer.version, **within.changes.after}
    keep_audit(work, command=name, facts=command.facts, document_id=answer.document_id, before=before, after=after)
    add_events(work, answer.events)
    _keep_done(work, command, key, answer)
    return answer


def execute_both(work: Work, first: Command, second: Command, *, key: str) -> Answer | Refused:
    """Run two commands as one intention, both or neither; the answer of the second, or the refusal of either.

    A refusal of the second one leaves its audit row, as any refusal does, and nothing of the first.
    """
    savepoint, began = work.savepoint(), work.afresh()
    try:
        answer = execute(began, first, key=f"{key}.first")
        if isinstance(answer, Answer):
            answer = execute(began, second, key=key)
            if isinstance(answer, Refused):
                savepoint.rollback()
                _keep_refusal(work, second, answer.code)
                return answer
    except BaseException:
        savepoint.rollback()
        raise
    savepoint.commit()
    work.known.clear()
    return answer


def done_before(work: Work, command: Command, key: str) -> Answer | None:
    """The answer this key already got from this person, or None. Raises KeyUsedBefore for another wish's key."""
    row = work.one(_DONE, actor_id=work.who.id, key=key)
    if row is None:
        return None
    fingerprint, answer = row
    if fingerprint != command.fingerprint:
        raise KeyUsedBefore(f"{key} was used for another wish")
    return Answer.from_json(answer)


def _keep_refusal(work: Work, command: Command, code: str) -> None:
    about = getattr(command, "document_id", None) if code != NoSuchDocument.code else None
    keep_audit(work, command=type(command).__name__, facts=command.facts, code=code, document_id=about)


def _keep_done(work: Work, command: Command, key: str, answer: Answer) -> None:
    columns = {"fingerprint": command.fingerprint, "answer": answer.to_json(), "ran_at": work.now}
    work.run(_KEEP_DONE, actor_id=work.who.id, key=key, **columns)
