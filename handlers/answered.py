"""The last question of a person in a chat that was answered: for a quarter of an hour it can be asked again.

"那滨江店呢" asks it of another place. It has no card; a new request has it forgotten.
"""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import delete, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import col

from core.ground.work import Work
from data.statements import Statement, given, given_columns
from data.tables.base import table_of
from data.tables.conversation import Answered as Row
from handlers.pending import LASTS
from handlers.understand.reading import Reading

_WHOSE = (col(Row.chat_id) == given("chat_id"), col(Row.person_id) == given("person_id"))
_LAST = Statement(select(col(Row.reading)).where(*_WHOSE, col(Row.answered_at) > given("since")))
_FORGET = Statement(delete(table_of(Row)).where(*_WHOSE))


def _keeping(kind: type[sqlite.Insert] | type[postgresql.Insert]) -> sqlite.Insert | postgresql.Insert:
    """The question in the place of the one before."""
    row = kind(table_of(Row)).values(given_columns(Row))
    new = {name: row.excluded[name] for name in ("reading", "answered_at")}
    return row.on_conflict_do_update(index_elements=("chat_id", "person_id"), set_=new)


_KEEP = Statement(_keeping(sqlite.Insert), on_postgresql=_keeping(postgresql.Insert))


def keep_answered(work: Work, chat_id: int, person_id: int, reading: Reading) -> None:
    """Keep a question that was answered, in the place of the one before."""
    said = replace(reading, spans=()).to_json()
    work.run(_KEEP, chat_id=chat_id, person_id=person_id, reading=said, answered_at=work.now)


def last_answered(work: Work, chat_id: int, person_id: int) -> Reading | None:
    """The last question that was answered, while it can be asked again."""
    row = work.one(_LAST, chat_id=chat_id, person_id=person_id, since=work.now - LASTS)
    return Reading.from_json(row[0]) if row else None


def forget_answered(work: Work, chat_id: int, person_id: int) -> None:
    """It is over: somebody went on to something else."""
    work.run(_FORGET, chat_id=chat_id, person_id=person_id)
