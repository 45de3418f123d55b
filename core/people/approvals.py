"""What a document waits for: approval steps beside it, whose turn it is, and who may decide on them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any

from sqlalchemy import insert, select, update
from sqlmodel import col

from core.ground.documents import Header, header
from core.ground.errors import NotAllowed, OwnRequest
from core.ground.permissions import Actor, Verb
from core.ground.work import Work, picked
from core.people.delegations import in_force, stands_as_high
from core.people.directory import person, site
from core.people.ladder import deciders, lowest_rung, may_speak, rungs_from, same_people
from core.people.needed import Needed
from data.kinds import Decision, DocumentKind, Reach, Role, Standing, StepMode
from data.statements import Statement, given, given_columns
from data.tables.base import table_of
from data.tables.people import ApprovalStep, ApprovalWord


@dataclass(frozen=True, slots=True)
class StepRow:
    """One approval step of a document as it stands."""

    id: int
    role: Role
    place_id: int
    rule: str
    rule_limit: int | None
    decision: Decision
    decided_by_id: int | None
    decided_at: datetime | None
    reason: str | None
    position: int
    reach: Reach
    mode: StepMode
    rule_id: int | None
    rule_name: str | None
    meant_for: Role | None
    decided_for_id: int | None
    asked_at: datetime | None
    remind_after_minutes: int | None
    escalate_after_minutes: int | None
    reminds_at: datetime | None
    escalates_at: datetime | None


@dataclass(frozen=True, slots=True)
class Word:
    """Somebody whom a step asked that wants the word of all, and who said it for them since."""

    step_id: int
    person_id: int
    said_at: datetime | None
    said_by_id: int | None


@dataclass(frozen=True, slots=True)
class Voice:
    """Somebody whom a step asks, and who is away if it is in their place."""

    actor: Actor
    absent: Actor | None = None


_OF_DOCUMENT = col(ApprovalStep.document_id) == given("document_id")
_WAITS = col(ApprovalStep.decision) == Decision.WAITING
_STEPS = picked(ApprovalStep, StepRow).where(_OF_DOCUMENT).order_by(col(ApprovalStep.id))
_READ, _READ_WAITING = Statement(_STEPS), Statement(_STEPS.where(_WAITS))
_ALL_WAITING = Statement(select(col(ApprovalStep.document_id)).where(_WAITS).distinct())
_ADD = Statement(insert(table_of(ApprovalStep)).values(given_columns(ApprovalStep)).returning(col(ApprovalStep.id)))
_UNDECIDED = ("decided_by_id", "decided_for_id", "decided_at", "reason")
_NOBODY: Mapping[str, object] = MappingProxyType(dict.fromkeys(_UNDECIDED))
_OVER = {name: given(name) for name in ("decision", *_UNDECIDED)} | {"reminds_at": None, "escalates_at": None}
_END_ALL = Statement(update(table_of(ApprovalStep)).where(_OF_DOCUMENT, _WAITS).values(_OVER))
_END = Statement(update(table_of(ApprovalStep)).where(col(ApprovalStep.id) == given("step_id"), _WAITS).values(_OVER))
_TURN = ("role", "mode", "meant_for", "asked_at", "reminds_at", "escalates_at")
_ASK = Statement(
    update(table_of(ApprovalStep))
    .where(col(ApprovalStep.id) == given("step_id"), _WAITS)
    .values({name: given(name) for name in _TURN})
)
_WORDS = Statement(picked(ApprovalWord, Word).where(col(ApprovalWord.step_id) == given("step_id")))
_ADD_WORD = Statement(insert(table_of(ApprovalWord)).values(given_columns(ApprovalWord)))
_SAY = Statement(
    update(table_of(ApprovalWord))
    .where(col(ApprovalWord.step_id) == given("step_id"), col(ApprovalWord.person_id) == given("person_id"))
    .values(said_at=given("said_at"), said_by_id=given("said_by_id"))
)


def ask(work: Work, document: Header, steps: Sequence[Needed]) -> None:
    """Write the steps beside their document; those of the first position are asked."""
    for needed in steps:
        said = {field.name: getattr(needed, field.name) for field in fields(needed)}
        turn = _turn(work, needed) if needed.position == 1 else _NOT_YET
        added = work.one(_ADD, document_id=document.id, **{**said, **_NOBODY, **turn}, decision=Decision.WAITING)
        assert added is not None  # an insert gives back its row, or raises
        if needed.position == 1 and needed.mode is StepMode.ALL:
            _ask_all(work, document, int(added[0] or 0), needed)


# Who may decide on it.


def steps_of(work: Work, document_id: int) -> list[StepRow]:
    """Every step of a document, in the order they were asked."""
    return [StepRow(*row) for row in work.rows(_READ, document_id=document_id)]


def asked_now(steps: Iterable[StepRow]) -> list[StepRow]:
    """The steps whose turn it is: the waiting ones of the lowest position."""
    waiting = [step for step in steps if step.decision is Decision.WAITING]
    first = min((step.position for step in waiting), default=0)
    return [step for step in waiting if step.position == first]


def may_decide(work: Work, document: Header, actor: Actor) -> bool:
    """Whether this person is asked by a waiting step of this document whose turn it is."""
    return any(speaks_for(work, document, step, actor) for step in asked_now(_waiting(work, document)))


def speaks_for(work: Work, document: Header, step: StepRow, actor: Actor) -> list[Actor]:
    """Whose word this person gives in a step: their own, and that of those who are away and gave it to them."""
    asked = (step.role, step.place_id, step.reach)
    silent = _silent(work, step)
    return [
        one
        for one in (actor, *_away(work, actor))
        if document.requester_id not in (actor.id, one.id)
        and (silent is None or one.id in silent)
        and may_speak(work, document.kind, one, *asked)
    ]


def voices(work: Work, kind: DocumentKind, requester_id: int, step: StepRow | Needed) -> list[Voice]:
    """Everybody whom a step asks, or would ask, each followed by who stands in for them; in the order they joined.

    Of a step that wants the word of all, those who have said nothing yet.
    """
    silent, found = _silent(work, step), list[Voice]()
    for one in deciders(work, kind, step.role, step.place_id, but=requester_id, reach=step.reach):
        if silent is not None and one.id not in silent:
            continue
        instead = [person(work, stands.delegate_id) for stands in in_force(work) if stands.person_id == one.id]
        others = [other for other in instead if other.id != requester_id and stands_as_high(other, one)]
        found += [Voice(one), *(Voice(other, one) for other in others)]
    return found


def who_may_decide(work: Work, document: Header) -> list[Actor]:
    """Everybody whom a waiting step of this document asks now, in the order they joined."""
    steps = asked_now(_waiting(work, document))
    asked = {
        one.actor.id: one.actor for step in steps for one in voices(work, document.kind, document.requester_id, step)
    }
    return [asked[person_id] for person_id in sorted(asked)]


def undecided(work: Work) -> list[int]:
    """The documents that wait for anybody's word, the oldest first."""
    return sorted(document_id for (document_id,) in work.rows(_ALL_WAITING))


def waits_for_alone(work: Work, actor: Actor) -> list[tuple[int, int]]:
    """The steps that wait for this person and for nobody else, as pairs of document and step, the oldest first.

    Somebody who is suspended counts as if they were there.
    """
    there, found = replace(actor, standing=Standing.ACTIVE), list[tuple[int, int]]()
    for document_id in undecided(work):
        document = header(work, document_id)
        for step in asked_now(_waiting(work, document)):
            asked = {one.actor.id for one in voices(work, document.kind, document.requester_id, step)}
            if asked <= {actor.id} and may_speak(work, document.kind, there, step.role, step.place_id, step.reach):
                found.append((document_id, step.id))
    return found


def ask_who_is_there(work: Work, document: Header, step_id: int) -> bool:
    """Have a step that finds nobody any longer climb; False where nobody stands above."""
    step = next(one for one in steps_of(work, document.id) if one.id == step_id)
    return bool(voices(work, document.kind, document.requester_id, step)) or climb(work, document, step)


def permit_decision(work: Work, document: Header) -> None:
    """Raises OwnRequest when who acts asked for it themselves, NotAllowed when no step asks them."""
    if work.who.id == document.requester_id:
        raise OwnRequest(document_id=document.id)
    if not may_decide(work, document, work.who):
        raise NotAllowed(verb=Verb.APPROVE.value, place_id=document.place_id)


# What was decided.


def decide(work: Work, document: Header, decision: Decision, reason: str | None = None) -> bool:
    """Record the word of who acts on every step that asks them now; whether it waits for nobody any longer.

    A step that wants the word of all ends with the last of them; a no ends every step. Where another step's turn comes,
    those are asked who are there at this moment; where an earlier one climbed to the same people, what they said holds.
    """
    asked, approves = asked_now(_waiting(work, document)), decision is Decision.APPROVED
    for step in asked:
        spoken_for = speaks_for(work, document, step, work.who)
        if not spoken_for or (approves and not _is_enough(work, document, step, spoken_for)):
            continue
        absent = None if work.who in spoken_for else spoken_for[0].id
        by = {"decided_by_id": work.who.id, "decided_for_id": absent, "decided_at": work.now}
        work.run(_END, step_id=step.id, decision=decision, **by, reason=reason)
    if not approves:
        drop_steps(work, document.id)
        return True
    left = asked_now(_waiting(work, document))
    while left and all(step.asked_at is None for step in left):
        for step in left:
            _begin(work, document, step)
        left = asked_now(_waiting(work, document))
    return not left


def words_of(work: Work, step: StepRow) -> list[Word]:
    """Whom a step asked that wants the word of all; nobody for any other."""
    return [Word(*row) for row in work.rows(_WORDS, step_id=step.id)] if step.mode is StepMode.ALL else []


def approved_for(work: Work, document_id: int, place_id: int) -> list[int]:
    """Who approved a document for one of its places, the last of them first."""
    found: list[int] = []
    for step in steps_of(work, document_id):
        if step.decision is Decision.APPROVED and step.place_id == place_id and step.decided_by_id is not None:
            said = [word.said_by_id for word in words_of(work, step) if word.said_by_id is not None]
            found += [*said, step.decided_by_id]
    return list(dict.fromkeys(reversed(found)))


def pass_steps_on(work: Work, document: Header, later: Header) -> None:
    """Write the decided steps of a document beside one that carries its rest: what was said holds for both."""
    for step in steps_of(work, document.id):
        said = {field.name: getattr(step, field.name) for field in fields(step) if field.name != "id"}
        added = work.one(_ADD, document_id=later.id, **said)
        assert added is not None  # an insert gives back its row, or raises
        for word in words_of(work, step):
            _add_word(work, int(added[0] or 0), word.person_id, word.said_at, word.said_by_id)


def drop_steps(work: Work, document_id: int) -> None:
    """Nothing waits any longer: the document was withdrawn, or somebody said no."""
    work.run(_END_ALL, document_id=document_id, decision=Decision.DROPPED, **_NOBODY)


def climb(work: Work, document: Header, step: StepRow) -> bool:
    """Ask the next rung with somebody on it, anybody there, with as much time as the one before; False at the top."""
    higher = rungs_from(step.role)[1:]
    role = lowest_rung(work, document.kind, higher, step.place_id, but=document.requester_id, reach=step.reach)
    asked: dict[str, Any] = {"role": step.role, "mode": step.mode, "meant_for": step.meant_for}
    turn: dict[str, Any] = {"asked_at": step.asked_at, "reminds_at": None, "escalates_at": None}
    if role is not None:
        asked = {"role": role, "mode": StepMode.ANY, "meant_for": step.meant_for or step.role}
        turn = _turn(work, step)
    work.run(_ASK, step_id=step.id, **asked, **turn)
    return role is not None


def reminded(work: Work, step: StepRow) -> None:
    """Those whom the step asks were reminded, which is done once."""
    kept = {name: getattr(step, name) for name in _TURN if name != "reminds_at"}
    work.run(_ASK, step_id=step.id, **kept, reminds_at=None)


_NOT_YET: Mapping[str, object] = MappingProxyType(dict.fromkeys(("asked_at", "reminds_at", "escalates_at")))


def _turn(work: Work, step: Needed | StepRow) -> dict[str, Any]:
    """From now on it is this step's turn."""

    def after(minutes: int | None) -> datetime | None:
        return None if minutes is None else work.now + timedelta(minutes=minutes)

    times = {"reminds_at": after(step.remind_after_minutes), "escalates_at": after(step.escalate_after_minutes)}
    return {"asked_at": work.now, **times}


def _begin(work: Work, document: Header, step: StepRow) -> None:
    """Ask the people of a step whose turn has come: those it was meant for, or the next above who are there now."""
    meant, but = step.meant_for or step.role, document.requester_id
    role = lowest_rung(work, document.kind, rungs_from(meant), step.place_id, but=but, reach=step.reach) or step.role
    asked = {"role": role, "mode": step.mode, "meant_for": None if role is meant else meant}
    work.run(_ASK, step_id=step.id, **asked, **_turn(work, step))
    whom = same_people(role, step.reach, site(work, step.place_id))
    for before in steps_of(work, document.id):
        same = same_people(before.role, before.reach, site(work, before.place_id)) == whom
        if same and before.decision is Decision.APPROVED and step.mode in (StepMode.ANY, before.mode):
            said = {name: getattr(before, name) for name in ("decision", *_UNDECIDED)}
            work.run(_END, step_id=step.id, **said)
            return
    if step.mode is StepMode.ALL:
        _ask_all(work, document, step.id, replace(step, role=role))


def _ask_all(work: Work, document: Header, step_id: int, step: Needed | StepRow) -> None:
    """Keep who everybody is that the step asks at this moment."""
    but = document.requester_id
    for one in deciders(work, document.kind, step.role, step.place_id, but=but, reach=step.reach):
        _add_word(work, step_id, one.id, None, None)


def _add_word(work: Work, step_id: int, person_id: int, said_at: datetime | None, said_by_id: int | None) -> None:
    work.run(_ADD_WORD, step_id=step_id, person_id=person_id, said_at=said_at, said_by_id=said_by_id)


def _is_enough(work: Work, document: Header, step: StepRow, spoken_for: Iterable[Actor]) -> bool:
    """Whether a step ends with these words: any does, or the last of all that were asked and may still speak."""
    if step.mode is StepMode.ANY:
        return True
    for one in spoken_for:
        work.run(_SAY, step_id=step.id, person_id=one.id, said_at=work.now, said_by_id=work.who.id)
    asked = (step.role, step.place_id, step.reach)
    silent = [person(work, one) for one in sorted(_silent(work, step) or ())]
    return not any(may_speak(work, document.kind, one, *asked) for one in silent)


def _silent(work: Work, step: StepRow | Needed) -> frozenset[int] | None:
    """Who was asked and has said nothing yet, where the word of all is wanted; None where any does, or none is kept."""
    if step.mode is StepMode.ANY or isinstance(step, Needed) or step.asked_at is None:
        return None
    return frozenset(word.person_id for word in words_of(work, step) if word.said_at is None)


def _away(work: Work, actor: Actor) -> list[Actor]:
    """Those who are away and for whom this person may speak."""
    absent = [person(work, one.person_id) for one in in_force(work) if one.delegate_id == actor.id]
    return [one for one in absent if stands_as_high(actor, one)]


def _waiting(work: Work, document: Header) -> list[StepRow]:
    return [StepRow(*row) for row in work.rows(_READ_WAITING, document_id=document.id)]
