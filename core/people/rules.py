"""Approval rules: which documents wait for more words than their route asks for, and whose. Here they are read."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from unicodedata import east_asian_width

from sqlmodel import col

from core.ground.work import Work, picked
from data.kinds import DocumentKind, Reach, Role, RouteKind, StepMode
from data.statements import Statement, given
from data.tables.people import ApprovalRule as RuleRow
from data.tables.people import ApprovalRuleStep as RuleStepRow

WIDEST_NAME = 20
"""How wide a rule's name may be, which has to fit into a line of a card: a Chinese letter counts twice."""
MOST_STEPS = 5


@dataclass(frozen=True, slots=True)
class RuleStep:
    """One word that a rule asks for: of anybody or of all with a role. Steps of one position are asked together.

    Minutes are counted from the moment the step is asked: after some of them people are reminded, after others the
    question climbs. Raises ValueError for minutes below 1.
    """

    position: int
    role: Role
    reach: Reach = Reach.SOURCE
    mode: StepMode = StepMode.ANY
    remind_after_minutes: int | None = None
    escalate_after_minutes: int | None = None

    def __post_init__(self) -> None:
        if any(
            minutes is not None and minutes < 1 for minutes in (self.remind_after_minutes, self.escalate_after_minutes)
        ):
            raise ValueError("minutes are counted from 1")


@dataclass(frozen=True, slots=True)
class ApprovalRule:
    """What a rule says. It asks where all of it holds; what is not said always does, and "or" is a rule of its own.

    `above_packs` is of each product over all its lines, in its largest pack: one number then means as much for rice by
    the gram as for cola by the bottle, it is what people say, and a route's own limit is counted so too. `above_fen`
    is what the goods are worth together. Where a `category` is said, both look at its goods alone.

    Raises ValueError for what cannot be kept: a name of no letters, too wide or with unseen ones, a limit below 0, no
    step, too many, one twice, or positions with a gap.
    """

    name: str
    kind: DocumentKind
    steps: tuple[RuleStep, ...]
    above_packs: int | None = None
    above_fen: int | None = None
    category: str | None = None
    route: RouteKind | None = None
    requester_role: Role | None = None

    def __post_init__(self) -> None:
        if self.name != self.name.strip() or not self.name.isprintable() or not 1 <= _width(self.name) <= WIDEST_NAME:
            raise ValueError(f"a name is 1 to {WIDEST_NAME} wide, a Chinese letter counting twice, and all to be seen")
        if any(limit is not None and limit < 0 for limit in (self.above_packs, self.above_fen)):
            raise ValueError("a limit is not below 0")
        if not 1 <= len(self.steps) <= MOST_STEPS:
            raise ValueError(f"a rule has 1 to {MOST_STEPS} steps")
        positions = [step.position for step in self.steps]
        if positions != sorted(positions) or set(positions) != set(range(1, positions[-1] + 1)):
            raise ValueError("steps are counted from 1, in their order and without a gap")
        if len({(step.position, step.role, step.reach) for step in self.steps}) < len(self.steps):
            raise ValueError("the same people are asked twice at once")


@dataclass(frozen=True, slots=True)
class KeptRule:
    """A rule as it is kept; `version` goes up by one with each change."""

    id: int
    version: int
    is_on: bool
    says: ApprovalRule


@dataclass(frozen=True, slots=True)
class FactLine:
    """One product of a document: a count in smallest units, how many the largest pack holds, what it is worth."""

    sku_id: int
    count: int
    pack: int
    category: str
    value_fen: int


@dataclass(frozen=True, slots=True)
class Facts:
    """What the rules look at in a document: its products, each once, its route, and who asked."""

    kind: DocumentKind
    lines: tuple[FactLine, ...]
    same_region: bool
    requester_role: Role


def asks(rule: ApprovalRule, facts: Facts) -> bool:
    """Whether this rule wants a word about this document."""
    if rule.kind is not facts.kind or rule.requester_role not in (None, facts.requester_role):
        return False
    if rule.route is not None and (rule.route is RouteKind.SAME_REGION) is not facts.same_region:
        return False
    lines = [line for line in facts.lines if rule.category in (None, line.category)]
    if rule.above_packs is not None and not any(line.count > rule.above_packs * line.pack for line in lines):
        return False
    if rule.above_fen is not None and sum(line.value_fen for line in lines) <= rule.above_fen:
        return False
    return bool(lines)


def asking(rules: Iterable[KeptRule], facts: Facts) -> list[KeptRule]:
    """The rules that want a word about this document, in their order."""
    return [rule for rule in rules if rule.is_on and asks(rule.says, facts)]


@dataclass(frozen=True, slots=True)
class _Row:
    """The columns of a rule."""

    id: int
    version: int
    is_on: int
    name: str
    kind: DocumentKind
    above_packs: int | None
    above_fen: int | None
    category: str | None
    route: RouteKind | None
    requester_role: Role | None


_ROWS = picked(RuleRow, _Row).order_by(col(RuleRow.id))
_EVERY = Statement(_ROWS)
_ON = Statement(_ROWS.where(col(RuleRow.kind) == given("kind"), col(RuleRow.is_on) == 1))
_STEPS = Statement(
    picked(RuleStepRow, RuleStep)
    .add_columns(col(RuleStepRow.rule_id))
    .order_by(col(RuleStepRow.rule_id), col(RuleStepRow.position), col(RuleStepRow.id))
)


def rules(work: Work) -> list[KeptRule]:
    """Every rule, also those that are switched off, the oldest first."""
    return _with_steps(work, [_Row(*row) for row in work.rows(_EVERY)])


def rules_on(work: Work, kind: DocumentKind) -> list[KeptRule]:
    """The rules that hold for this kind of document now, the oldest first."""
    return work.once((rules_on, kind), lambda: _with_steps(work, [_Row(*row) for row in work.rows(_ON, kind=kind)]))


def rule_called(work: Work, name: str) -> KeptRule | None:
    """The rule with this name."""
    return next((rule for rule in rules(work) if rule.says.name == name), None)


def _width(name: str) -> int:
    return sum(2 if east_asian_width(letter) in "WF" else 1 for letter in name)


def _with_steps(work: Work, rows: Sequence[_Row]) -> list[KeptRule]:
    if not rows:
        return []
    steps: dict[int, list[RuleStep]] = defaultdict(list)
    for *step, rule_id in work.rows(_STEPS):
        steps[rule_id].append(RuleStep(*step))
    return [_kept(row, tuple(steps[row.id])) for row in rows]


def _kept(row: _Row, steps: tuple[RuleStep, ...]) -> KeptRule:
    when = (row.above_packs, row.above_fen, row.category, row.route, row.requester_role)
    return KeptRule(row.id, row.version, row.is_on == 1, ApprovalRule(row.name, row.kind, steps, *when))
