"""What waits for a word: the documents that the asker may decide, and those of theirs that others have not decided."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta

from core.ground.documents import Header, header
from core.ground.work import Work
from core.people.approvals import may_decide, steps_of, undecided
from core.stock.transfer_lines import lines_of
from handlers.capabilities.approvals import asked_people
from handlers.capabilities.transfer_state import goods_lines, goods_of
from handlers.messages import Reply
from handlers.plan import Asker, Plan
from handlers.reader import Reader
from handlers.understand.reading import Reading

MOST_LINES = 6
_HOUR, _DAY = timedelta(hours=1), timedelta(days=1)


def answer_list(work: Work, asker: Asker, reading: Reading) -> Plan:
    """What waits for the asker, the longest first, with the card of that one; and what they asked for themselves."""
    waiting = [header(work, document_id) for document_id in undecided(work)]
    yours = [one for one in waiting if may_decide(work, one, asker.person)]
    asked = [one for one in waiting if one.requester_id == asker.person.id]
    if not yours and not asked:
        return Plan(said=Reply((asker.reader.say("approval_list.none"),)))
    texts = [
        *_part(asker.reader, "yours", yours, lambda one: _line(work, asker.reader, one)),
        *_part(asker.reader, "asked_by_you", asked, lambda one: _line_with(work, asker.reader, one)),
    ]
    return Plan(said=Reply(tuple(texts)), show_document=yours[0].id if yours else None)


def _part(reader: Reader, key: str, found: Sequence[Header], line: Callable[[Header], str]) -> list[str]:
    if not found:
        return []
    rest = len(found) - MOST_LINES
    more = [reader.say("approval_list.more", rest=rest)] if rest > 0 else []
    return [reader.say(f"approval_list.{key}", count=len(found)), *map(line, found[:MOST_LINES]), *more]


def _line(work: Work, reader: Reader, document: Header) -> str:
    return reader.say("approval_list.line", **_facts(work, reader, document))


def _line_with(work: Work, reader: Reader, document: Header) -> str:
    """With whose word it waits for."""
    who = asked_people(work, reader, document, steps_of(work, document.id))
    return reader.say("approval_list.line_with", **_facts(work, reader, document), who=who)


def _facts(work: Work, reader: Reader, document: Header) -> dict[str, object]:
    goods = goods_of(lines_of(work, document.id))
    said = goods_lines(reader, goods)[0] if len(goods) == 1 else reader.say("transfers.several", count=len(goods))
    waits = work.now - document.posted_at
    unit, whole = ("days", _DAY) if waits >= 2 * _DAY else ("hours", _HOUR) if waits >= _HOUR else ("minutes", None)
    count = waits // (whole or timedelta(minutes=1))
    facts = {"number": document.number, "goods": said, "target": reader.place(document.other_place_id)}
    return {**facts, "waits": reader.say(f"approval_list.waits.{unit}", count=count)}
