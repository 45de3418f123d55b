"""Cards about approval rules (规则): all of them, one of them, and a change with its whole effect before it is made.

What a card shows is its view: "list.0" and "one.3", or a change as JSON. A change knows how the rules were when it was
said; once they are otherwise it can no longer be made.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from core.ground.permissions import may_set_rules
from core.ground.work import Work
from core.people.rules import ApprovalRule, KeptRule, RuleStep, rules
from core.stock.rule_replay import Replayed
from data.kinds import DocumentKind, Reach, Role, RouteKind, StepMode
from handlers.messages import LINE_WIDTH, Button, Reply, Style, Tone, cut, width_of
from handlers.reader import Reader
from handlers.rules import change_lines, rule_line

RULES = "list.0"
ON_A_PAGE, LINES_OF_ONE, MOST_LINES = 3, 2, 8


@dataclass(frozen=True, slots=True)
class RuleChange:
    """A change as it was read: "add", "change", "switch_off" or "switch_on".

    `seen` is the rules' version then, `says` what the rule is to say, `found` what the replay came to, `before` how
    often the rule as it was would have asked. `ended` is "done" or "dropped", and `ended_at` when, in ISO form.
    """

    verb: str
    seen: int
    rule_id: int | None
    version: int
    says: ApprovalRule
    found: Replayed
    before: int | None = None
    ended: str = ""
    ended_at: str = ""

    def to_json(self) -> str:
        """The change as a card's view keeps it."""
        return json.dumps(asdict(self), ensure_ascii=False)

    @staticmethod
    def from_json(text: str) -> RuleChange:
        """The change that `to_json` wrote."""
        kept: dict[str, Any] = json.loads(text)
        return RuleChange(**{**kept, "says": _rule(kept["says"]), "found": Replayed(**kept["found"])})


def book_version(work: Work) -> int:
    """A number that goes up with every change of any rule: what the buttons of a card carry."""
    return sum(one.version for one in rules(work))


def change_of(view: str) -> RuleChange | None:
    """The change that a view shows."""
    return RuleChange.from_json(view) if view.startswith("{") else None


def rules_card(work: Work, reader: Reader, view: str) -> Reply:
    """What the view shows of the rules as they are now."""
    if not may_set_rules(work.who):
        return Reply((reader.say("rules.state.not_yours"),), (), Tone.STOPPED)
    if found := change_of(view):
        return _change(work, reader, found)
    head, _, which = view.partition(".")
    number = int(which) if which.isascii() and which.isdigit() else 0
    every = rules(work)
    if head == "one" and 0 < number <= len(every):
        return _one(reader, every[number - 1], number)
    return _list(reader, every, number)


def _list(reader: Reader, every: Sequence[KeptRule], page: int) -> Reply:
    """The rules, a few at a time, each with a button; the last page leads to the first."""
    add = reader.say("rules.add_one", example=reader.say("rules.example"))
    if not every:
        lines = [reader.say("rules.state.none"), reader.say("rules.without"), *_wrapped(reader, add)]
        return Reply(tuple(lines))
    pages = -(-len(every) // ON_A_PAGE)
    page = page if page < pages else 0
    lines, buttons = [reader.say("rules.state.list", count=len(every), on=sum(one.is_on for one in every))], []
    for number, one in list(enumerate(every, start=1))[page * ON_A_PAGE : (page + 1) * ON_A_PAGE]:
        key = "numbered" if one.is_on else "numbered_off"
        said = reader.say(f"rules.{key}", number=number, rule=rule_line(reader, one.says))
        lines += _wrapped(reader, said, LINES_OF_ONE)
        buttons.append(Button(reader.say("rules.do.one", number=number), "see", choice=f"one.{number}"))
    if pages > 1:
        buttons.append(Button(reader.say("rules.do.more"), "see", choice=f"list.{(page + 1) % pages}"))
    return Reply(tuple(lines), tuple(buttons))


def _one(reader: Reader, one: KeptRule, number: int) -> Reply:
    """One rule in full."""
    to = "off" if one.is_on else "on"
    lines = (reader.say(f"rules.state.one_{'on' if one.is_on else 'off'}", number=number),)
    buttons = (Button(reader.say(f"rules.do.switch_{to}"), "see", choice=f"{to}.{number}"), _rules_button(reader))
    return Reply((*lines, *_wrapped(reader, rule_line(reader, one.says))), buttons)


def _change(work: Work, reader: Reader, found: RuleChange) -> Reply:
    """A change before it is made, or what became of it."""
    every = rules(work)
    number = next((at for at, one in enumerate(every, start=1) if one.id == found.rule_id), len(every) + 1)
    kept = next((one for one in every if one.id == found.rule_id), None)
    if found.ended:
        return _ended(work, reader, found, number)
    if found.seen != book_version(work):
        return Reply((reader.say("rules.state.stale"),), (_rules_button(reader),), Tone.STOPPED)
    state = reader.say(f"rules.state.{found.verb}", number=number)
    after = [*_effect(reader, found, kept), reader.say("rules.nothing_yet")]
    before = []
    if kept is not None and found.verb == "change":
        was, becomes = change_lines(reader, kept, found.says, is_on=kept.is_on)
        after = [*_wrapped(reader, becomes), *after]
        before = _wrapped(reader, was, max(MOST_LINES - len(after) - 1, 1))
    else:
        before = _wrapped(reader, rule_line(reader, found.says))
    do = "save" if found.verb == "add" else found.verb
    style = Style.DANGER if found.verb == "switch_off" else Style.PRIMARY
    which = str(found.rule_id or "")  # one card may show one rule after the other
    drop = Button(reader.say("rules.do.drop"), "drop", choice=which)
    buttons = (Button(reader.say(f"rules.do.{do}"), do, style, which), drop)
    return Reply((state, *before, *after), buttons, Tone.WAITING)


def _effect(reader: Reader, found: RuleChange, kept: KeptRule | None) -> list[str]:
    """What a change does beside what the rule says: on or off, and what it would have come to lately."""
    key = {"add": "would_ask", "change": "would_ask_now", "switch_off": "would_not_ask"}
    lines: list[str] = []
    if found.verb in ("switch_off", "switch_on"):
        lines.append(reader.say(f"rules.to_{found.verb.removeprefix('switch_')}"))
    elif kept is not None and not kept.is_on:
        lines.append(reader.say("rules.stays_off"))
    one = found.found
    facts = {"days": one.days, "seen": one.seen, "asked": one.asked, "slow": one.waited_long, "more": one.more}
    said = reader.say(f"rules.{key.get(found.verb, 'would_ask')}", **facts, before=found.before)
    return [*lines, *_wrapped(reader, said)]


def _ended(work: Work, reader: Reader, found: RuleChange, number: int) -> Reply:
    if found.ended != "done":
        return Reply((reader.say("rules.state.dropped"),), (_rules_button(reader),), Tone.STOPPED)
    at = reader.moment(datetime.fromisoformat(found.ended_at), work.now)
    facts = {"number": number, "who": cut(work.who.name, 14), "at": at}
    state = reader.say(f"rules.state.done_{found.verb}", **facts)
    return Reply((state, *_wrapped(reader, rule_line(reader, found.says))), (_rules_button(reader),), Tone.DONE)


def _rules_button(reader: Reader) -> Button:
    return Button(reader.say("rules.do.list"), "see", choice=RULES)


def _wrapped(reader: Reader, said: str, most: int | None = None) -> list[str]:
    """A sentence as lines of a card, broken behind commas, colons and blanks where it can be; `most` lines of it."""
    width = LINE_WIDTH[reader.language]
    lines: list[str] = []
    while said and (most is None or len(lines) < most - 1) and width_of(said) > width:
        end = len(cut(said, width)) - 1
        end = max((at + 1 for at in range(end // 2, end) if said[at] in ",、:;) "), default=end)
        lines.append(said[:end].strip())
        said = said[end:].strip()
    return [*lines, cut(said, width)] if said else lines


def _rule(kept: dict[str, Any]) -> ApprovalRule:
    steps = tuple(
        RuleStep(**{**step, "role": Role(step["role"]), "reach": Reach(step["reach"]), "mode": StepMode(step["mode"])})
        for step in kept["steps"]
    )
    route, role = kept["route"], kept["requester_role"]
    words: dict[str, Any] = {"route": route and RouteKind(route), "requester_role": role and Role(role)}
    return ApprovalRule(**{**kept, **words, "kind": DocumentKind(kept["kind"]), "steps": steps})
