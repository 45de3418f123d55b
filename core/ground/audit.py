"""Who did what, when, from which channel, and what came of it: a row for every command and every refusal."""

from __future__ import annotations

import json
from collections.abc import Mapping

from sqlalchemy import insert

from core.ground.work import Work
from data.kinds import Outcome
from data.statements import Statement, given_columns
from data.tables.base import table_of
from data.tables.ground import AuditEntry

_KEEP = Statement(insert(table_of(AuditEntry)).values(given_columns(AuditEntry)))


def keep_audit(
    work: Work,
    *,
    command: str,
    facts: str,
    code: str | None = None,
    document_id: int | None = None,
    before: Mapping[str, object] | None = None,
    after: Mapping[str, object] | None = None,
) -> None:
    """Write one audit row. A `code` makes it a refusal; `before` and `after` are facts of the document."""
    work.run(
        _KEEP,
        ran_at=work.now,
        actor_id=work.who.id,
        channel=work.channel,
        command=command,
        facts=facts,
        outcome=Outcome.REFUSED if code else Outcome.DONE,
        code=code,
        document_id=document_id,
        before=_kept(before),
        after=_kept(after),
        trace=work.trace,
    )


def _kept(facts: Mapping[str, object] | None) -> str | None:
    return None if facts is None else json.dumps(dict(facts), ensure_ascii=False, default=str)
