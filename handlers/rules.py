"""Says an approval rule, what changes of one, and what its replay came to, as sentences."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import replace
from itertools import groupby
from operator import attrgetter

from core.people.rules import WIDEST_NAME, ApprovalRule, KeptRule, RuleStep
from core.stock.rule_replay import Replayed
from handlers.messages import cut
from handlers.reader import Reader
from handlers.say import LANGUAGES, drawable


def rule_line(reader: Reader, rule: ApprovalRule) -> str:
    """A rule in one sentence: its name, when it asks, and whom."""
    parts = [reader.say(f"rules.kind.{rule.kind.value}"), *_conditions(reader, rule)]
    turns = [
        reader.say("common.and").join(_step(reader, step) for step in turn)
        for _, turn in groupby(rule.steps, key=attrgetter("position"))
    ]
    when, then = reader.say("rules.comma").join(parts), reader.say("rules.then").join(turns)
    return reader.say("rules.rule", name=rule.name, when=when, then=then)


def change_lines(reader: Reader, before: KeptRule | None, says: ApprovalRule, *, is_on: bool) -> list[str]:
    """What changes of a rule, line by line; nothing where it stays as it is."""
    if before is None:
        return [
            reader.say("rules.new", rule=rule_line(reader, says)),
            *([] if is_on else [reader.say("rules.new_off")]),
        ]
    lines = []
    if before.says != says:
        lines = [
            reader.say("rules.was", rule=rule_line(reader, before.says)),
            reader.say("rules.becomes", rule=rule_line(reader, says)),
        ]
    if before.is_on is not is_on:
        lines.append(reader.say("rules.on" if is_on else "rules.off", name=says.name))
    return lines


def replay_line(reader: Reader, name: str, found: Replayed) -> str:
    """What a rule would have done in the last days."""
    facts = {"name": name, "days": found.days, "seen": found.seen, "asked": found.asked}
    return reader.say("rules.replay", **facts, slow=found.waited_long, more=found.more)


def rule_name(reader: Reader, rule: ApprovalRule, taken: Collection[str]) -> str:
    """A name for a rule of what it asks about: 跨区 >50件. With a number behind it where that is `taken`."""
    said = _subject(reader, rule)
    numbered = (f"{_short(said)} {number}" for number in range(2, len(taken) + 3))
    return next(name for name in (cut(said, WIDEST_NAME).strip(), *numbered) if name not in taken)


def is_named_by_us(reader: Reader, rule: ApprovalRule) -> bool:
    """Whether a rule's name is one that `rule_name` gave it, in any language: it has to change with the rule."""
    for language in LANGUAGES:
        said = _subject(replace(reader, language=language), rule)
        if rule.name == cut(said, WIDEST_NAME).strip() or re.fullmatch(rf"{re.escape(_short(said))} \d+", rule.name):
            return True
    return False


def _subject(reader: Reader, rule: ApprovalRule) -> str:
    """What a rule asks about, in few words."""
    parts = [drawable(rule.category or "").strip()]
    if rule.route is not None:
        parts.append(reader.say(f"rules.name.{rule.route.value}"))
    if rule.requester_role is not None:
        parts.append(reader.say(f"words.role.{rule.requester_role.value}"))
    if rule.above_packs is not None:
        parts.append(reader.say("rules.name.packs", packs=rule.above_packs))
    if rule.above_fen is not None:
        parts.append(reader.say("rules.name.value", yuan=_yuan(rule.above_fen)))
    said = " ".join(filter(None, parts))
    return said or reader.say(f"rules.kind.{rule.kind.value}")


def _short(said: str) -> str:
    """As much of it as leaves room for a number."""
    return cut(said, WIDEST_NAME - 4).strip()


def _conditions(reader: Reader, rule: ApprovalRule) -> list[str]:
    """Everything that has to hold for the rule to ask."""
    said = []
    if rule.route is not None:
        said.append(reader.say(f"rules.route.{rule.route.value}"))
    if rule.requester_role is not None:
        said.append(reader.say("rules.requester", role=reader.say(f"words.role.{rule.requester_role.value}")))
    if rule.category is not None:
        said.append(reader.say("rules.category", category=rule.category))
    if rule.above_packs is not None:
        said.append(reader.say("rules.above_packs", packs=rule.above_packs))
    if rule.above_fen is not None:
        said.append(reader.say("rules.above_value", yuan=_yuan(rule.above_fen)))
    return said or [reader.say("rules.always")]


def _step(reader: Reader, step: RuleStep) -> str:
    role = reader.say(f"words.role.{step.role.value}")
    who = reader.say(f"rules.who.{step.mode.value}.{step.reach.value}", role=role)
    times: Sequence[tuple[str, int | None]] = (
        ("remind", step.remind_after_minutes),
        ("escalate", step.escalate_after_minutes),
    )
    said = [reader.say(f"rules.{name}", minutes=minutes) for name, minutes in times if minutes is not None]
    return who if not said else reader.say("rules.timed", who=who, times=reader.say("rules.comma").join(said))


def _yuan(fen: int) -> str:
    yuan, rest = divmod(fen, 100)
    return f"¥{yuan:,}.{rest:02}" if rest else f"¥{yuan:,}"
