"""What the rules refuse with: a code and facts, no sentence. Words are the conversation's business.

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
class NudgedBefore(StockError):
    """Those whom it waits for were told a while ago; in so many minutes they can be told again."""

    code: ClassVar[str] = "nudged_before"
    number: str
    minutes: int


@dataclass(eq=False)
class CannotUndo(StockError):
    """The document stands where nothing can be undone, or it is itself what undid another one."""

    code: ClassVar[str] = "cannot_undo"
    number: str
    state: str


@dataclass(eq=False)
class UndoneBefore(StockError):
    """Another document takes this one back already. A document is undone once."""

    code: ClassVar[str] = "undone_before"
    number: str
    by: str


@dataclass(eq=False)
class UndoTimeOver(StockError):
    """The time in which this person could undo it is over."""

    code: ClassVar[str] = "undo_time_over"
    number: str
    minutes: int


@dataclass(eq=False)
class WasApproved(StockError):
    """Somebody approved it: only a manager undoes that."""

    code: ClassVar[str] = "was_approved"
    number: str


@dataclass(eq=False)
class DisputeIsSettled(StockError):
    """Goods of this transfer were missing or too many, and that was settled: it is not opened again by undoing."""

    code: ClassVar[str] = "dispute_is_settled"
    number: str


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


class KeyUsedBefore(ValueError):
    """The same key came with another command: two intentions may not share one key."""
