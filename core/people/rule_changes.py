"""Changes of the approval rules: kept, switched off and on again by headquarters and administrators."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from types import MappingProxyType

from sqlalchemy import select
from sqlmodel import col

from core.ground.commands import Answer, AnyRule, Command, Rule
from core.ground.permissions import Verb, allowed, may_set_rules
from core.ground.work import Work
from core.people.directory import people, sites
from core.people.errors import MayNotSetRules, NoSuchCategory, NoSuchRule, RuleNameTaken, RuleReachesNobody
from core.people.ladder import RANKS, rungs_from
from core.people.rules import ApprovalRule, KeptRule, rules
from data.kinds import DocumentKind, Role
from data.tables.goods import Sku
from data.tables.people import ApprovalRule as RuleRow
from data.tables.people import ApprovalRuleStep as RuleStepRow


@dataclass(frozen=True)
class SaveRule(Command):
    """From now on this rule holds; with a `rule_id`, in place of what that one said at this version.

    What was asked before stays asked as it was.
    """

    says: ApprovalRule
    rule_id: int | None = None
    version: int = 0


@dataclass(frozen=True)
class SwitchOffRule(Command):
    """This rule asks no longer. It stays, for what it asked and to be switched on again."""

    rule_id: int
    version: int


@dataclass(frozen=True)
class SwitchOnRule(Command):
    """This rule asks again."""

    rule_id: int
    version: int


RuleCommand = SaveRule | SwitchOffRule | SwitchOnRule


def permit(work: Work, command: Command) -> None:
    """Raises MayNotSetRules for everybody but headquarters and administrators."""
    if not may_set_rules(work.who):
        raise MayNotSetRules


def save(work: Work, command: SaveRule) -> Answer:
    """Write the rule. A new one is on; one that is changed stays on or off.

    Raises RuleNameTaken, NoSuchCategory, RuleReachesNobody, or NoSuchRule where it is not as it was seen.
    """
    work.hold("the approval rules")  # two of one name at once: the second finds it taken
    says, before = command.says, None
    if any(one.says.name == says.name and one.id != command.rule_id for one in rules(work)):
        raise RuleNameTaken(name=says.name)
    check_category(work, says)
    check_reach(work, says)
    if command.rule_id is None:
        rule_id = work.add(RuleRow, **_columns(work, says), is_on=1, version=1)
    else:
        before, rule_id = _seen(work, command.rule_id, command.version), command.rule_id
        _change(work, before, **_columns(work, says))
        work.remove(RuleStepRow, col(RuleStepRow.rule_id) == rule_id)
    for step in says.steps:
        work.add(RuleStepRow, rule_id=rule_id, **{one.name: getattr(step, one.name) for one in fields(step)})
    version, is_on = (before.version + 1, before.is_on) if before else (1, True)
    return _answer(work, before, KeptRule(rule_id, version, is_on, says))


def switch_off(work: Work, command: SwitchOffRule) -> Answer:
    """Let it ask no longer. Raises NoSuchRule where it is not as it was seen."""
    return _switch(work, _seen(work, command.rule_id, command.version), is_on=False)


def switch_on(work: Work, command: SwitchOnRule) -> Answer:
    """Let it ask again. Raises RuleReachesNobody where nobody is left to answer, NoSuchRule as `switch_off`."""
    before = _seen(work, command.rule_id, command.version)
    check_reach(work, before.says)
    return _switch(work, before, is_on=True)


def check_category(work: Work, rule: ApprovalRule) -> None:
    """Raises NoSuchCategory where no product is in the category that the rule names."""
    if rule.category is None:
        return
    if work.first(select(col(Sku.id)).where(col(Sku.category) == rule.category).limit(1)) is None:
        raise NoSuchCategory(category=rule.category)


def check_reach(work: Work, rule: ApprovalRule) -> None:
    """Raises RuleReachesNobody for the first step that nobody in the whole chain could answer.

    A step climbs, so one with an empty role is good as long as somebody stands above it; a role that never decides on
    this kind of document is not, whoever stands above it: it was meant otherwise.
    """
    for step in rule.steps:
        if step.role not in RANKS or not any(_decides(work, rule.kind, rung) for rung in rungs_from(step.role)):
            raise RuleReachesNobody(name=rule.name, role=step.role.value)


def _decides(work: Work, kind: DocumentKind, role: Role) -> bool:
    """Whether anybody of this role may decide anywhere."""
    return any(allowed(one, Verb.APPROVE, kind, where) for one in people(work, role) for where in sites(work))


def _seen(work: Work, rule_id: int, version: int) -> KeptRule:
    found = next((one for one in rules(work) if one.id == rule_id and one.version == version), None)
    if found is None:
        raise NoSuchRule
    return found


def _switch(work: Work, before: KeptRule, *, is_on: bool) -> Answer:
    _change(work, before, is_on=int(is_on), changed_by_id=work.who.id, changed_at=work.now)
    return _answer(work, before, KeptRule(before.id, before.version + 1, is_on, before.says))


def _change(work: Work, before: KeptRule, **columns: object) -> None:
    """One version on. Raises NoSuchRule where somebody else was first."""
    as_seen = (col(RuleRow.id) == before.id, col(RuleRow.version) == before.version)
    if not work.change(RuleRow, *as_seen, version=before.version + 1, **columns):
        raise NoSuchRule


def _columns(work: Work, says: ApprovalRule) -> dict[str, object]:
    said = {one.name: getattr(says, one.name) for one in fields(says) if one.name != "steps"}
    return {**said, "changed_by_id": work.who.id, "changed_at": work.now}


def _answer(work: Work, before: KeptRule | None, after: KeptRule) -> Answer:
    state, was = "on" if after.is_on else "off", None
    work.changes.note("rules", after.id, None if before is None else _told(before), _told(after))
    if before is not None:
        was = {"state": "on" if before.is_on else "off", "version": before.version}
    return Answer(None, after.version, state, was)


def _told(rule: KeptRule) -> dict[str, object]:
    return {"is_on": rule.is_on, **asdict(rule.says)}


RULES: Mapping[type[Command], AnyRule] = MappingProxyType(
    {
        SaveRule: Rule(permit, save),
        SwitchOffRule: Rule(permit, switch_off),
        SwitchOnRule: Rule(permit, switch_on),
    }
)
