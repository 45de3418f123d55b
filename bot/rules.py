"""Approval rules as a TOML file that people keep beside the chain: written, read back, and put into effect at once."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeVar

from core.execute import execute
from core.ground.audit import keep_audit
from core.ground.commands import Command, Refused
from core.ground.work import Work
from core.people.rule_changes import SaveRule, SwitchOffRule, SwitchOnRule
from core.people.rules import ApprovalRule, KeptRule, RuleStep, rule_called
from data.kinds import DocumentKind, Reach, Role, RouteKind, StepMode

HEAD = """\
# Approval rules. A rule asks where all of it holds; what is not said always does. above_packs counts the largest pack
# of each product, above_fen the value of the goods; with a category both look at its goods alone. The steps are asked
# one behind the other; one with `together = true` at the same time as the one before. A rule that is not named here
# stays as it is; `on = false` switches one off.
"""
_HEADER = re.compile(r"\s*\[\[\s*(rule(?:\s*\.\s*step)?)\s*\]\]")
Word = TypeVar("Word", bound=StrEnum)


class BadFile(Exception):
    """The file says no rules that can be kept; the sentence says where and why."""


@dataclass(frozen=True, slots=True)
class SaidRule:
    """A rule as a file says it, and whether it is to be on."""

    says: ApprovalRule
    is_on: bool


def written(rules: Iterable[KeptRule]) -> str:
    """The rules as a file that `read` reads."""
    return "\n".join([HEAD, *(_rule_text(rule) for rule in rules)])


def read(text: str) -> list[SaidRule]:
    """The rules of a file, in its order. Raises BadFile with a sentence and the line."""
    try:
        said = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise BadFile(f"It is no TOML: {error}") from None
    lines = Lines(text)
    strange = sorted(said.keys() - {"rule"})
    if strange:
        raise BadFile(f"{lines.at(-1, None, strange[0])}: there are rules only here, and no {strange[0]}")
    tables = _tables(said.get("rule", []), "rule", lambda: "The file")
    if not tables:
        raise BadFile("There is no rule in it")
    found: list[SaidRule] = []
    for number, table in enumerate(tables):
        rule = _rule(lines, number, table)
        if any(rule.says.name == one.says.name for one in found):
            raise BadFile(f"{lines.at(number, None, 'name')}: “{rule.says.name}” is there twice")
        found.append(rule)
    return found


def put_in_effect(work: Work, said: Iterable[SaidRule], *, only_tried: bool) -> Refused | None:
    """Make the rules as a file says them, as who acts and all or none; the first refusal, which the audit keeps.

    `only_tried` leaves nothing of it, and is for hearing what would be refused.
    """
    savepoint, within = work.savepoint(), work.afresh()
    for rule in said:
        for wish in (_saving, _switching):
            command = wish(rule, rule_called(within, rule.says.name))
            if command is None:
                continue
            key = f"rules.{work.now.isoformat()}.{wish.__name__}.{rule.says.name}"
            answer = execute(within, command, key=key)
            if isinstance(answer, Refused):
                savepoint.rollback()
                keep_audit(work, command=type(command).__name__, facts=command.facts, code=answer.code)
                return answer
    if only_tried:
        savepoint.rollback()
    else:
        savepoint.commit()
    return None


def _saving(rule: SaidRule, kept: KeptRule | None) -> Command | None:
    """What it takes to have it say this. A rule is known by its name."""
    if kept is None:
        return SaveRule(rule.says)
    return SaveRule(rule.says, kept.id, kept.version) if rule.says != kept.says else None


def _switching(rule: SaidRule, kept: KeptRule | None) -> Command | None:
    """What it takes to have it on, or off."""
    if kept is None or rule.is_on is kept.is_on:
        return None
    return (SwitchOnRule if rule.is_on else SwitchOffRule)(kept.id, kept.version)


class Lines:
    """Where in a file each rule, step and key stands, as people count lines."""

    def __init__(self, text: str) -> None:
        """Only headers are looked for, so words in a text of several lines may mislead it by a line, never more."""
        self._lines = text.splitlines()
        self._heads: list[tuple[int, int, int | None]] = [(0, -1, None)]
        rule, step = -1, -1
        for at, line in enumerate(self._lines):
            head = _HEADER.match(line)
            if head and "." in head[1]:
                step += 1
                self._heads.append((at, rule, step))
            elif head:
                rule, step = rule + 1, -1
                self._heads.append((at, rule, None))

    def at(self, rule: int, step: int | None, key: str) -> str:
        """Where this key of a rule or a step stands, or where that begins."""
        starts = [at for at, of_rule, of_step in self._heads if (of_rule, of_step) == (rule, step)]
        if not starts:
            return self.at(rule, None, key) if step is not None else "Line 1"
        end = min((at for at, _, _ in self._heads if at > starts[0]), default=len(self._lines))
        named = re.compile(rf"\s*[\"']?{re.escape(key)}[\"']?\s*=")
        found = next((at for at in range(starts[0], end) if named.match(self._lines[at])), starts[0])
        return f"Line {found + 1}"


@dataclass(frozen=True, slots=True)
class _Table:
    """One table of the file, and where it stands."""

    said: Mapping[str, Any]
    at: Callable[[str], str]

    def known(self, *names: str) -> None:
        """Raises BadFile for a key that means nothing."""
        for name in self.said:
            if name not in names:
                raise BadFile(f"{self.at(name)}: {name} means nothing here; there are {', '.join(names)}")

    def text(self, name: str) -> str | None:
        """A text, or None where nothing is said."""
        value = self.said.get(name)
        if value is not None and not isinstance(value, str):
            raise BadFile(f"{self.at(name)}: {name} is a text in quotes, not {value}")
        return value

    def whole(self, name: str) -> int | None:
        """A whole number, or None where nothing is said."""
        value = self.said.get(name)
        if value is not None and type(value) is not int:
            raise BadFile(f"{self.at(name)}: {name} is a whole number, not {value}")
        return value

    def flag(self, name: str, unless_said: bool) -> bool:
        """True or false."""
        value = self.said.get(name, unless_said)
        if not isinstance(value, bool):
            raise BadFile(f"{self.at(name)}: {name} is true or false, not {value}")
        return value

    def word(self, name: str, kind: type[Word]) -> Word | None:
        """One of the words that are known, or None where nothing is said."""
        value = self.text(name)
        if value is not None and value not in {one.value for one in kind}:
            raise BadFile(f"{self.at(name)}: {name} is one of {', '.join(kind)}, not {value}")
        return None if value is None else kind(value)

    def needs(self, name: str, value: Word | str | None) -> None:
        """Raises BadFile where something has to be said and is not."""
        if value is None:
            raise BadFile(f"{self.at(name)}: there is no {name}")


def _tables(value: object, name: str, where: Callable[[], str]) -> Sequence[Mapping[str, Any]]:
    if not isinstance(value, list) or not all(isinstance(one, dict) for one in value):
        raise BadFile(f"{where()}: a {name} begins with [[{'rule.step' if name == 'step' else name}]]")
    return value


def _rule(lines: Lines, number: int, said: Mapping[str, Any]) -> SaidRule:
    table = _Table(said, lambda key: lines.at(number, None, key))
    table.known("name", "kind", "on", "above_packs", "above_fen", "category", "route", "requester_role", "step")
    name, kind = table.text("name"), table.word("kind", DocumentKind) or DocumentKind.TRANSFER
    table.needs("name", name)
    steps: list[RuleStep] = []
    for at, one in enumerate(_tables(said.get("step", []), "step", lambda: lines.at(number, None, "step"))):
        steps.append(_step(lines, number, at, one, steps))
    when = {"above_packs": table.whole("above_packs"), "above_fen": table.whole("above_fen")}
    try:
        says = ApprovalRule(
            name or "",
            kind,
            tuple(steps),
            **when,
            category=table.text("category"),
            route=table.word("route", RouteKind),
            requester_role=table.word("requester_role", Role),
        )
    except ValueError as error:
        raise BadFile(f"{lines.at(number, None, 'name')}: {error}") from None
    return SaidRule(says, table.flag("on", True))


def _step(lines: Lines, rule: int, number: int, said: Mapping[str, Any], before: Sequence[RuleStep]) -> RuleStep:
    table = _Table(said, lambda key: lines.at(rule, number, key))
    table.known("role", "reach", "mode", "together", "remind_after_minutes", "escalate_after_minutes")
    role = table.word("role", Role)
    table.needs("role", role)
    last = before[-1].position if before else 0
    position = last if before and table.flag("together", False) else last + 1
    reach, mode = table.word("reach", Reach) or Reach.SOURCE, table.word("mode", StepMode) or StepMode.ANY
    times = (table.whole("remind_after_minutes"), table.whole("escalate_after_minutes"))
    try:
        return RuleStep(position, role or Role.HQ, reach, mode, *times)
    except ValueError as error:
        raise BadFile(f"{lines.at(rule, number, 'role')}: {error}") from None


def _rule_text(rule: KeptRule) -> str:
    says = rule.says
    values: dict[str, object] = {
        "name": says.name,
        "kind": says.kind.value,
        "on": rule.is_on,
        "above_packs": says.above_packs,
        "above_fen": says.above_fen,
        "category": says.category,
        "route": says.route,
        "requester_role": says.requester_role,
    }
    lines, position = ["[[rule]]", *_keys(values)], 0
    for step in says.steps:
        said = {"role": step.role.value, "reach": step.reach.value, "mode": step.mode.value}
        times = {
            "remind_after_minutes": step.remind_after_minutes,
            "escalate_after_minutes": step.escalate_after_minutes,
        }
        together = {"together": True} if step.position == position else {}
        lines += ["", "[[rule.step]]", *_keys({**said, **together, **times})]
        position = step.position
    return "\n".join(lines) + "\n"


def _keys(values: Mapping[str, object]) -> list[str]:
    """A line for each value that is said; JSON and TOML write texts, numbers, true and false alike."""
    return [f"{name} = {json.dumps(value, ensure_ascii=False)}" for name, value in values.items() if value is not None]
