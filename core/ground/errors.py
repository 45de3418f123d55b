"""Every refusal the rules can give: a code and facts, no sentence. Words are the conversation's business.

Facts are whole numbers, words and ids (`sku_id`, `place_id`, `person_id`, `document_id`), so that they can be kept and
said in any language.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import ClassVar


@dataclass(eq=False)
class StockError(Exception):
    """A refusal. Nothing was changed."""

    code: ClassVar[str]

    def facts(self) -> dict[str, object]:
        """The facts of this refusal by name."""
        return {field.name: getattr(self, field.name) for field in fields(self)}


@dataclass(eq=False)
class NotEnoughStock(StockError):
    """A shelf does not hold what one document wants of it. Counts in smallest units."""

    code: ClassVar[str] = "not_enough_stock"
    place_id: int
    shelf: str
    sku_id: int
    wanted: int
    there: int


@dataclass(eq=False)
class NotAllowed(StockError):
    """This person may not do this here."""

    code: ClassVar[str] = "not_allowed"
    verb: str
    place_id: int | None = None


@dataclass(eq=False)
class OwnRequest(StockError):
    """Nobody decides on what they asked for themselves."""

    code: ClassVar[str] = "own_request"
    document_id: int


@dataclass(eq=False)
class SamePersonTwice(StockError):
    """Who dispatched goods may not be the one who says that they arrived."""

    code: ClassVar[str] = "same_person_twice"
    document_id: int


@dataclass(eq=False)
class StepNotAllowed(StockError):
    """The document's state does not lead on by this step."""

    code: ClassVar[str] = "step_not_allowed"
    state: str
    step: str


@dataclass(eq=False)
class MovedOn(StockError):
    """Somebody else moved the document on since this card was drawn."""

    code: ClassVar[str] = "moved_on"
    document_id: int
    seen: int
    now: int


@dataclass(eq=False)
class NoSuchDocument(StockError):
    """There is no document of this kind with this number."""

    code: ClassVar[str] = "no_such_document"
    document_id: int


@dataclass(eq=False)
class SamePlace(StockError):
    """Goods cannot be transferred from a place to itself."""

    code: ClassVar[str] = "same_place"
    place_id: int


@dataclass(eq=False)
class NotAPlaceForGoods(StockError):
    """Only stores and warehouses hold goods."""

    code: ClassVar[str] = "not_a_place_for_goods"
    place_id: int


@dataclass(eq=False)
class NotASupplier(StockError):
    """Goods are received from suppliers only."""

    code: ClassVar[str] = "not_a_supplier"
    place_id: int


@dataclass(eq=False)
class NothingAsked(StockError):
    """A document needs at least one line, and each line a quantity above 0."""

    code: ClassVar[str] = "nothing_asked"


@dataclass(eq=False)
class TooMuch(StockError):
    """A quantity above what any shop moves at once. Counts in smallest units."""

    code: ClassVar[str] = "too_much"
    sku_id: int
    wanted: int
    most: int


@dataclass(eq=False)
class DoesNotAddUp(StockError):
    """More was said to have arrived, come back or been lost than can have. Counts in smallest units."""

    code: ClassVar[str] = "does_not_add_up"
    sku_id: int
    dispatched: int
    said: int


@dataclass(eq=False)
class MoreThanAsked(StockError):
    """Nobody approves more than was asked, and never nothing at all. Counts in smallest units."""

    code: ClassVar[str] = "more_than_asked"
    sku_id: int
    asked: int
    said: int


@dataclass(eq=False)
class NoReasonGiven(StockError):
    """Less than was approved, or goods that go back: somebody has to say why."""

    code: ClassVar[str] = "no_reason_given"
    document_id: int | None = None


@dataclass(eq=False)
class NotAWarehouse(StockError):
    """Goods are returned to warehouses only."""

    code: ClassVar[str] = "not_a_warehouse"
    place_id: int


@dataclass(eq=False)
class NothingOpen(StockError):
    """There are no goods that this step is for: none to freeze, none awaited, missing, refused, too many or held."""

    code: ClassVar[str] = "nothing_open"
    document_id: int
    step: str


@dataclass(eq=False)
class NobodyCanApprove(StockError):
    """No person in the chain may decide on this."""

    code: ClassVar[str] = "nobody_can_approve"
    place_id: int


@dataclass(eq=False)
class NotYetDue(StockError):
    """The freeze has not lapsed yet."""

    code: ClassVar[str] = "not_yet_due"
    document_id: int


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
class MayNotTeach(StockError):
    """This person may not decide what words stand for."""

    code: ClassVar[str] = "may_not_teach"


@dataclass(eq=False)
class NotAName(StockError):
    """These words cannot be learned.

    `why` is "short", "long", "marks", "number", "amount", "unit", "word", "place" or "person".
    """

    code: ClassVar[str] = "not_a_name"
    surface: str
    why: str


@dataclass(eq=False)
class AlreadyNames(StockError):
    """These words are a name, or a part of one, of something else: of what is called `name`."""

    code: ClassVar[str] = "already_names"
    surface: str
    name: str


@dataclass(eq=False)
class NotLearned(StockError):
    """Nobody taught this, or it was revoked before. Names that came with the catalogue are never revoked."""

    code: ClassVar[str] = "not_learned"


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


class KeyUsedBefore(ValueError):
    """The same key came with another command: two intentions may not share one key."""
