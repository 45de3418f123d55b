"""What the rules about people refuse with: who comes in, where they stand, which rules they set and for whom."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from core.ground.errors import StockError


@dataclass(eq=False)
class MayNotInvite(StockError):
    """This person may not let in whom they want to: the role is not below theirs, or the place not in their scope."""

    code: ClassVar[str] = "may_not_invite"


@dataclass(eq=False)
class MayNotConnect(StockError):
    """This person may not have a group told of these outcomes."""

    code: ClassVar[str] = "may_not_connect"


@dataclass(eq=False)
class RoleDoesNotFit(StockError):
    """Nobody of this role works there: a store has managers, a warehouse keepers, a region its area manager."""

    code: ClassVar[str] = "role_does_not_fit"
    role: str


@dataclass(eq=False)
class NoSuchRegion(StockError):
    """No store or warehouse lies in this region."""

    code: ClassVar[str] = "no_such_region"
    region: str


@dataclass(eq=False)
class InviteNotUsable(StockError):
    """The invite is unknown, used, withdrawn or has run out. Which of these it is no stranger is told."""

    code: ClassVar[str] = "invite_not_usable"


@dataclass(eq=False)
class InviteIsForAGroup(StockError):
    """The invite connects a group, and was opened by one person."""

    code: ClassVar[str] = "invite_is_for_a_group"


@dataclass(eq=False)
class InviteIsForAPerson(StockError):
    """The invite lets one person in, and was opened in a group."""

    code: ClassVar[str] = "invite_is_for_a_person"


@dataclass(eq=False)
class NotActive(StockError):
    """Who acts is suspended, or works here no more."""

    code: ClassVar[str] = "not_active"


@dataclass(eq=False)
class MayNotManage(StockError):
    """This person may not change that one's place: the role is not below theirs, or the place not in their scope."""

    code: ClassVar[str] = "may_not_manage"


@dataclass(eq=False)
class PersonChanged(StockError):
    """Somebody else changed this person's place since the card was drawn."""

    code: ClassVar[str] = "person_changed"
    person_id: int


@dataclass(eq=False)
class AlreadyThere(StockError):
    """The person is in that place, in that role."""

    code: ClassVar[str] = "already_there"
    person_id: int


@dataclass(eq=False)
class NotASuccessor(StockError):
    """This person cannot take over: they are leaving themselves, or not one of those whom the remover may charge."""

    code: ClassVar[str] = "not_a_successor"
    person_id: int


@dataclass(eq=False)
class LeavesNobody(StockError):
    """Without this person nobody could take a document's next step at its place."""

    code: ClassVar[str] = "leaves_nobody"
    place_id: int
    document_id: int
    verb: str


@dataclass(eq=False)
class MayNotSetRules(StockError):
    """This person may not change which documents wait for whose word."""

    code: ClassVar[str] = "may_not_set_rules"


@dataclass(eq=False)
class RuleReachesNobody(StockError):
    """A step of the rule asks a role of which nobody may decide, and above it there is nobody either."""

    code: ClassVar[str] = "rule_reaches_nobody"
    name: str
    role: str


@dataclass(eq=False)
class RuleNameTaken(StockError):
    """Another rule has this name."""

    code: ClassVar[str] = "rule_name_taken"
    name: str


@dataclass(eq=False)
class NoSuchRule(StockError):
    """There is no such rule, or somebody changed it since it was seen."""

    code: ClassVar[str] = "no_such_rule"


@dataclass(eq=False)
class NoSuchCategory(StockError):
    """No product is in this category, so a rule for it would never ask."""

    code: ClassVar[str] = "no_such_category"
    category: str


@dataclass(eq=False)
class MayNotDelegate(StockError):
    """Only they themselves, or who is set above them, say who decides for somebody who is away."""

    code: ClassVar[str] = "may_not_delegate"
    person_id: int


@dataclass(eq=False)
class CannotStandIn(StockError):
    """This person cannot decide for that one in these days.

    `why` is "same_person", "too_low" (a role below theirs, or one that never decides), "dates" (over before they begin,
    already over, or more days than anybody is away for) or "spoken_for" (somebody else stands in for them then).
    """

    code: ClassVar[str] = "cannot_stand_in"
    person_id: int
    why: str


@dataclass(eq=False)
class NoSuchDelegation(StockError):
    """Nobody stands in any longer, or nobody ever did."""

    code: ClassVar[str] = "no_such_delegation"
