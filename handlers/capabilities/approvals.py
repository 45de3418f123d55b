"""Says who is asked for their word about a document, why, and who is sitting on it."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from operator import attrgetter

from core.ground.documents import Header
from core.ground.work import Work
from core.people.approvals import StepRow, asked_now, speaks_for, voices
from core.people.directory import person
from core.people.needed import BY_RULE, Needed
from data.kinds import Decision, DocumentKind, StepMode
from handlers.messages import LINE_WIDTH, cut, width_of
from handlers.reader import Reader

ELLIPSIS = "…"


def names(reader: Reader, found: Sequence[str], most: int = 2, *, joined_by: str = "or") -> str:
    """Who, in a few words: two by name, more by their number."""
    joined = reader.say(f"common.{joined_by}").join(found[:most])
    return reader.say("common.and_more", names=joined, count=len(found)) if len(found) > most else joined


def asked_people(work: Work, reader: Reader, document: Header, steps: Sequence[StepRow]) -> str:
    """Whose word is waited for now; somebody who stands in is named with who is away."""
    said = [_people(work, reader, document.kind, document.requester_id, step) for step in asked_now(steps)]
    return reader.say("common.and").join(dict.fromkeys(said))


def last_decided(steps: Sequence[StepRow]) -> StepRow | None:
    """The last step that somebody decided; None where nobody did yet."""
    decided = [(step.decided_at, step.id, step) for step in steps if step.decided_at is not None]
    return max(decided)[2] if decided else None


def decider(work: Work, reader: Reader, step: StepRow) -> str:
    """Who decided a step, and for whom."""
    who = person(work, step.decided_by_id or 0).name
    if step.decided_for_id is None:
        return who
    return reader.say("approvals.stands_in", who=who, absent=person(work, step.decided_for_id).name)


def why_you(work: Work, reader: Reader, document: Header, steps: Sequence[StepRow]) -> list[str]:
    """Why the reader is asked, in one line; nothing for who is not."""
    if reader.actor is None:
        return []
    for step in asked_now(steps):
        spoken_for = speaks_for(work, document, step, reader.actor)
        if not spoken_for:
            continue
        facts = {"limit": step.rule_limit, "place": reader.place(document.place_id), "rule": step.rule_name}
        why = reader.say(f"transfers.why.{step.rule}", **facts)
        if step.rule == BY_RULE and step.meant_for is not None:
            why = reader.say("approvals.rule", rule=step.rule_name)
        instead = [] if reader.actor in spoken_for else [reader.say("approvals.for", absent=spoken_for[0].name)]
        return [_as_fits(reader, [why, *instead, *_meant(reader, step), *_of_several(reader, steps, step)])]
    return []


def how_far(work: Work, reader: Reader, document: Header, steps: Sequence[StepRow]) -> list[str]:
    """Which rule asks, since when those who are asked now were, and how many of its steps there are; in one line.

    Nothing where no rule asks: then the first line has said all of it.
    """
    now = asked_now(steps)
    if not now or all(step.rule != BY_RULE for step in steps):
        return []
    step = next((one for one in now if one.rule == BY_RULE), now[0])
    rule = [reader.say("approvals.rule", rule=step.rule_name)] if step.rule == BY_RULE else []
    since = [reader.say("approvals.since", at=reader.moment(step.asked_at, work.now))] if step.asked_at else []
    return [_as_fits(reader, [*rule, *since, *_meant(reader, step), *_of_several(reader, steps, step)])]


def who_must_approve(
    work: Work, reader: Reader, kind: DocumentKind, place_id: int, steps: Sequence[Needed]
) -> list[str]:
    """Who would have to approve, in which order, and by which rules: one line, or two where a rule asks."""
    if not steps:
        return [reader.say("transfers.approval.none")]
    turns = [list(turn) for _, turn in groupby(sorted(steps, key=attrgetter("position")), key=attrgetter("position"))]
    place, width = reader.place(place_id), LINE_WIDTH[reader.language]
    if all(step.rule != BY_RULE for step in steps):
        (step,) = steps
        who = _people(work, reader, kind, work.who.id, step)
        return [reader.say(f"transfers.approval.{step.rule}", limit=step.rule_limit, who=who, place=place)]
    most = 2 if len(turns) == 1 else 1
    people = [_turn(work, reader, kind, turn, most) for turn in turns]
    reasons = dict.fromkeys(
        reader.say(f"transfers.because.{step.rule}", limit=step.rule_limit, place=place, rule=step.rule_name)
        for step in steps
    )
    ways = (people, [people[0], ELLIPSIS, people[-1]]) if len(people) > 2 else (people,)
    firsts = [_must(reader, len(turns), way) for way in ways]
    first = next((line for line in firsts if width_of(line) <= width), firsts[-1])
    second = reader.say("approvals.because", why=reader.say("common.comma").join(reasons))
    return [cut(first, width), cut(second, width)]


def _must(reader: Reader, count: int, people: Sequence[str]) -> str:
    key = "approvals.must.one" if count == 1 else "approvals.must.several"
    return reader.say(key, count=count, who=reader.say("approvals.then").join(people))


def _as_fits(reader: Reader, parts: Sequence[str]) -> str:
    """The parts in one line, the most important first; what does not fit is left out."""
    line = parts[0]
    for part in parts[1:]:
        if width_of(longer := f"{line} · {part}") <= LINE_WIDTH[reader.language]:
            line = longer
    return line


def _turn(work: Work, reader: Reader, kind: DocumentKind, turn: Sequence[Needed], most: int) -> str:
    """The people of the steps that are asked together, and where they climbed from."""
    said = [_people(work, reader, kind, work.who.id, step, most) for step in turn]
    climbed = [step.meant_for for step in turn if step.meant_for is not None and step.rule == BY_RULE]
    who = reader.say("common.and").join(dict.fromkeys(said))
    if not climbed:
        return who
    return reader.say("approvals.instead", who=who, role=reader.say(f"words.role.{climbed[0].value}"))


def _people(
    work: Work, reader: Reader, kind: DocumentKind, requester_id: int, step: StepRow | Needed, most: int = 2
) -> str:
    """Whom a step asks: any of them, or all. Where nobody is there it is said by the role."""
    found = voices(work, kind, requester_id, step)
    away = {one.absent.id for one in found if one.absent}
    said = [
        reader.say("approvals.stands_in", who=one.actor.name, absent=one.absent.name) if one.absent else one.actor.name
        for one in found
        if one.actor.id not in away or one.absent
    ]
    if not said:
        return reader.say(f"words.role.{step.role.value}")
    return names(reader, said, most, joined_by="and" if step.mode is StepMode.ALL else "or")


def _meant(reader: Reader, step: StepRow) -> list[str]:
    """Whose place those take who are asked, where a rule's step climbed."""
    if step.meant_for is None or step.rule != BY_RULE:
        return []
    return [reader.say("approvals.meant", role=reader.say(f"words.role.{step.meant_for.value}"))]


def _of_several(reader: Reader, steps: Sequence[StepRow], step: StepRow) -> list[str]:
    """Which of several steps it is; nothing of a single one."""
    positions = sorted({one.position for one in steps if one.decision is not Decision.DROPPED})
    if len(positions) < 2:
        return []
    return [reader.say("approvals.step", number=positions.index(step.position) + 1, of=len(positions))]
