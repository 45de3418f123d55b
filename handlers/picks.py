"""What people chose when their words could mean several things: the next time it stands first among the choices.

It is never filled in by itself: the same words may mean something else today.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import col

from core.ground.work import Work
from data.kinds import PickKind
from data.statements import Statement, given, given_columns
from data.tables.base import table_of
from data.tables.conversation import Pick as Row
from handlers.understand.normalise import plain
from handlers.understand.reading import LINE_SLOTS, Reading, Slots

LONGEST = 60
NAMES_NOTHING = ("unknown_product", "unknown_place")
"""Why a name is asked that nothing has: then what it may be is a guess, and any answer is worth remembering."""
_SLOTS = {"from": "source", "to": "target", "place": "place"}


@dataclass(frozen=True, slots=True)
class Pick:
    """The code that words were said to mean."""

    kind: PickKind
    words: str
    code: str


_WHOSE = (col(Row.person_id) == given("person_id"), col(Row.kind) == given("kind"), col(Row.words) == given("words"))
_LAST = Statement(select(col(Row.code)).where(*_WHOSE))


def _keeping(kind: type[sqlite.Insert] | type[postgresql.Insert]) -> sqlite.Insert | postgresql.Insert:
    """The pick in the place of the one before."""
    row = kind(table_of(Row)).values(given_columns(Row))
    new = {name: row.excluded[name] for name in ("code", "picked_at")}
    return row.on_conflict_do_update(index_elements=("person_id", "kind", "words"), set_=new)


_KEEP = Statement(_keeping(sqlite.Insert), on_postgresql=_keeping(postgresql.Insert))


def picks_of(before: Reading, after: Reading) -> tuple[Pick, ...]:
    """What an answer chose for words that the question before could not be sure of."""
    if before.intent is not after.intent or len(before.slots.lines) != len(after.slots.lines):
        return ()
    found = []
    for field in before.missing:
        kind, words = _asked(before, field)
        code = _code(after.slots, field)
        if kind is None or code is None or field in after.missing:
            continue
        if code in before.candidates.get(field, ()) or before.problems.get(field) in NAMES_NOTHING:
            found.append(Pick(kind, words, code))
    return tuple(found)


def keep_pick(work: Work, person_id: int, pick: Pick) -> None:
    """Remember what somebody chose, in the place of what they chose before for the same words."""
    said = {"kind": pick.kind, "words": pick.words, "code": pick.code}
    work.run(_KEEP, person_id=person_id, picked_at=work.now, **said)


def last_pick(work: Work, person_id: int, reading: Reading, field: str) -> str | None:
    """What somebody chose the last time for the words that a field is asked about."""
    kind, words = _asked(reading, field)
    if kind is None:
        return None
    row = work.one(_LAST, person_id=person_id, kind=kind, words=words)
    return row[0] if row else None


def _asked(reading: Reading, field: str) -> tuple[PickKind | None, str]:
    """What kind of thing a field is asked about, and in which words; no kind where nothing could be remembered."""
    words = plain(reading.heard.get(field, ""))
    if not 0 < len(words) <= LONGEST:
        return None, ""
    if field.endswith(".sku"):
        return PickKind.PRODUCT, words
    return (PickKind.PLACE, words) if field in _SLOTS else (None, "")


def _code(slots: Slots, field: str) -> str | None:
    """What a field has now."""
    if field in _SLOTS:
        found: str | None = getattr(slots, _SLOTS[field])
        return found
    part, _, rest = field.partition(".")
    at, _, name = rest.partition(".")
    if part not in LINE_SLOTS or name != "sku":
        return None
    lines = getattr(slots, part)
    return lines[int(at)].sku if int(at) < len(lines) else None
