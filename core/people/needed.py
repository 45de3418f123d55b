"""What a document would wait for, before anything is written: steps from the lowest rung up, each people asked once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

from core.ground.errors import NobodyCanApprove
from core.ground.permissions import Site
from core.ground.work import Work
from core.people.ladder import ladder, lowest_rung, rungs_from, same_people
from core.people.rules import KeptRule, RuleStep
from data.kinds import DocumentKind, PlaceKind, Reach, Role, StepMode

BY_RULE = "by_rule"
"""What a step of a rule has in the place where others say what asked them."""


@dataclass(frozen=True, slots=True)
class Needed:
    """A step that a document would wait for: which role within which reach of a place, and the rule that asks.

    Steps of one `position` are asked together. `meant_for` is the role that was not there to be asked.
    """

    role: Role
    place_id: int
    rule: str
    rule_limit: int | None = None
    position: int = 1
    reach: Reach = Reach.SOURCE
    mode: StepMode = StepMode.ANY
    rule_id: int | None = None
    rule_name: str | None = None
    meant_for: Role | None = None
    remind_after_minutes: int | None = None
    escalate_after_minutes: int | None = None


def needed_step(
    work: Work, kind: DocumentKind, place_id: int, place_kind: PlaceKind, rule: str, rule_limit: int | None
) -> Needed:
    """The step for a document that who acts asks for, on the lowest rung with somebody else on it.

    Raises NobodyCanApprove when every rung is empty.
    """
    return climbed(work, kind, Needed(ladder(place_kind)[0], place_id, rule, rule_limit))


def climbed(work: Work, kind: DocumentKind, needed: Needed) -> Needed:
    """The step as who acts would have it asked: of its role, or of the next one above with somebody else in it.

    Raises NobodyCanApprove when every rung is empty.
    """
    rungs, but = rungs_from(needed.role), work.who.id
    role = lowest_rung(work, kind, rungs, needed.place_id, but=but, reach=needed.reach)
    if role is None:
        raise NobodyCanApprove(place_id=needed.place_id)
    return needed if role is needed.role else replace(needed, role=role, meant_for=needed.role)


def steps_after(first: Sequence[Needed], rules: Iterable[KeptRule], source_id: int, target_id: int) -> list[Needed]:
    """What is asked for anyway, and then the steps of these rules, one rule behind the other."""
    steps = list(first)
    for rule in rules:
        behind = max((step.position for step in steps), default=0)
        steps += [
            _of_rule(rule, step, behind, target_id if step.reach is Reach.TARGET else source_id)
            for step in rule.says.steps
        ]
    return steps


def asked_once(steps: Iterable[Needed], places: Mapping[int, Site]) -> list[Needed]:
    """The steps without those that ask the same people again, who are asked the first time, for the strictest of both.

    Positions have no gap afterwards. All of them are asked where one of the steps wants that; reminders and the next
    rung come as early as in the more impatient one.
    """
    found: dict[tuple[str, ...], Needed] = {}
    for step in sorted(steps, key=lambda one: one.position):
        whom = same_people(step.role, step.reach, places[step.place_id])
        found[whom] = _stricter(found[whom], step) if whom in found else step
    numbers = {position: number for number, position in enumerate(sorted({one.position for one in found.values()}), 1)}
    return [replace(one, position=numbers[one.position]) for one in found.values()]


def _of_rule(rule: KeptRule, step: RuleStep, behind: int, place_id: int) -> Needed:
    said: dict[str, Any] = {one.name: getattr(step, one.name) for one in fields(step) if one.name != "position"}
    named: dict[str, Any] = {"rule_id": rule.id, "rule_name": rule.says.name}
    return Needed(place_id=place_id, rule=BY_RULE, position=behind + step.position, **named, **said)


def _stricter(first: Needed, again: Needed) -> Needed:
    """The first of two steps that ask the same people, as strict as both."""
    mode = StepMode.ALL if StepMode.ALL in (first.mode, again.mode) else StepMode.ANY
    times: dict[str, Any] = {
        name: min((time for time in (getattr(first, name), getattr(again, name)) if time is not None), default=None)
        for name in ("remind_after_minutes", "escalate_after_minutes")
    }
    return replace(first, mode=mode, **times)
