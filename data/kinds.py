"""Every enum whose value lives in a column, so that code and database know the same words.

The values are what is stored; a named CHECK on each column refuses any other word (`data.columns.one_of`).
"""

from __future__ import annotations

from enum import IntEnum, StrEnum


class PlaceKind(StrEnum):
    """Where goods can be: a store or a warehouse holds them, the others are the edges of the world."""

    STORE = "store"
    WAREHOUSE = "warehouse"
    SUPPLIER = "supplier"
    CUSTOMER = "customer"
    OPENING = "opening"
    LOSS = "loss"

    @property
    def is_edge(self) -> bool:
        """Whether goods come from or go to here without a balance of their own."""
        return self not in (PlaceKind.STORE, PlaceKind.WAREHOUSE)


class Shelf(StrEnum):
    """The four states of goods at a place. On hand is all but `in_transit`."""

    AVAILABLE = "available"
    RESERVED = "reserved"
    IN_TRANSIT = "in_transit"
    BLOCKED = "blocked"


class Cause(StrEnum):
    """Why a posting was written."""

    OPENING = "opening"
    PURCHASE_RECEIPT = "purchase_receipt"
    SALE = "sale"
    FREEZE = "freeze"
    RELEASE = "release"
    DISPATCH = "dispatch"
    TRANSFER_IN = "transfer_in"
    TRANSFER_DAMAGE = "transfer_damage"
    TRANSFER_LOSS = "transfer_loss"
    TAKE_BACK = "take_back"
    TRUE_UP = "true_up"
    REVERSAL = "reversal"


class DocumentKind(StrEnum):
    """What a document is; `letters` begin its number."""

    TRANSFER = "transfer"
    OPENING = "opening"
    GOODS_RECEIPT = "goods_receipt"
    SALE = "sale"

    @property
    def letters(self) -> str:
        """The letters in front of the header's id: TR-1042."""
        return {"transfer": "TR", "opening": "OP", "goods_receipt": "GR", "sale": "SO"}[self.value]

    @property
    def brings_goods(self) -> bool:
        """Whether it brings goods to its place from an edge of the world."""
        return self in (DocumentKind.OPENING, DocumentKind.GOODS_RECEIPT)


class State(StrEnum):
    """Where a document stands. Which states a kind uses, and the steps between them, core decides."""

    SUBMITTED = "submitted"
    APPROVED = "approved"
    IN_TRANSIT = "in_transit"
    DISPUTED = "disputed"
    RECEIVED = "received"
    RETURNING = "returning"
    RETURNED = "returned"
    REJECTED = "rejected"
    CANCELLED = "cancelled"
    POSTED = "posted"


class Step(StrEnum):
    """What people do with a transfer. Where goods stand afterwards is computed from its lines, never said."""

    APPROVE = "approve"
    REJECT = "reject"
    CANCEL = "cancel"
    FREEZE = "freeze"
    DISPATCH = "dispatch"
    RECEIVE = "receive"
    TURN_BACK = "turn_back"
    TAKE_BACK = "take_back"
    WRITE_OFF = "write_off"
    SENT_MORE = "sent_more"
    NOT_SENT = "not_sent"
    HOLD = "hold"
    KEEP = "keep"
    SEND_ON = "send_on"
    SEND_BACK = "send_back"


class Bearer(StrEnum):
    """Who pays for a loss. Goods are booked where they are; this is the other question."""

    SOURCE = "source"
    DESTINATION = "destination"
    CARRIER = "carrier"
    SUPPLIER = "supplier"
    COMPANY = "company"


class ReturnReason(StrEnum):
    """Why a store sends goods back to the warehouse."""

    NEAR_EXPIRY = "near_expiry"
    DAMAGED = "damaged"
    SLOW = "slow"
    RECALL = "recall"
    OTHER = "other"


class LoadReason(StrEnum):
    """Why less was loaded than was approved."""

    NOT_THERE = "not_there"
    NO_ROOM = "no_room"
    DAMAGED = "damaged"
    OTHER = "other"


class RejectReason(StrEnum):
    """Why a request is refused. Any other reason is kept in the words of whoever refuses."""

    TOO_MANY = "too_many"
    NOT_NEEDED = "not_needed"
    WRONG_PRODUCT = "wrong_product"
    WRONG_PLACE = "wrong_place"


class Role(StrEnum):
    """What a person is in the chain."""

    CLERK = "clerk"
    STORE_MANAGER = "store_manager"
    KEEPER = "keeper"
    AREA_MANAGER = "area_manager"
    BUYER = "buyer"
    FINANCE = "finance"
    AUDITOR = "auditor"
    HQ = "hq"
    ADMIN = "admin"
    SYSTEM = "system"


class Standing(StrEnum):
    """Whether somebody works in the chain: a suspended person may come back, a removed one stays in the books alone."""

    ACTIVE = "active"
    SUSPENDED = "suspended"
    REMOVED = "removed"


class LearnedKind(StrEnum):
    """What people teach: another name of a product or of a place, or a way to say something."""

    ALIAS_PRODUCT = "alias_product"
    ALIAS_PLACE = "alias_place"
    PHRASE = "phrase"


class ReviewCause(StrEnum):
    """Why something that was said is to be looked at."""

    UNKNOWN = "unknown"
    CANCELLED = "cancelled"
    CORRECTED = "corrected"


class ReviewState(StrEnum):
    """What became of it: something was learned from it, or it was put away."""

    OPEN = "open"
    DONE = "done"
    DISMISSED = "dismissed"


class InviteKind(StrEnum):
    """What an invite lets in: somebody new, somebody known on another channel, or a group chat."""

    NEWCOMER = "newcomer"
    ACCOUNT = "account"
    GROUP = "group"


class InviteState(StrEnum):
    """What became of an invite. One that ran out stays `open`: its moment says so."""

    OPEN = "open"
    USED = "used"
    WITHDRAWN = "withdrawn"


class Decision(StrEnum):
    """Where one approval step stands."""

    WAITING = "waiting"
    APPROVED = "approved"
    REJECTED = "rejected"
    DROPPED = "dropped"


class Reach(StrEnum):
    """Of whom an approval step asks: of those who act at one end of a document, in its region, or anywhere."""

    SOURCE = "source"
    TARGET = "target"
    REGION = "region"
    CHAIN = "chain"


class StepMode(StrEnum):
    """Whose word ends an approval step: that of anybody it asks, or only that of all of them."""

    ANY = "any"
    ALL = "all"


class RouteKind(StrEnum):
    """Whether both ends of a document lie in one region."""

    SAME_REGION = "same_region"
    ACROSS_REGIONS = "across_regions"


class Outcome(StrEnum):
    """How a command ended, in the audit."""

    DONE = "done"
    REFUSED = "refused"


class EventState(StrEnum):
    """Whether the notifier has worded an event; `dead` after five tries that raised."""

    NEW = "new"
    DONE = "done"
    DEAD = "dead"


class ChatKind(StrEnum):
    """One person and the bot, or several people and the bot."""

    PRIVATE = "private"
    GROUP = "group"


class CardFace(StrEnum):
    """What a card shows: an open question, a document, what was not understood, people one manages, or the rules."""

    PENDING = "pending"
    DOCUMENT = "document"
    REVIEW = "review"
    PERSON = "person"
    RULES = "rules"


class PendingState(StrEnum):
    """How a question or an unconfirmed change ended. Only `open` can still act."""

    OPEN = "open"
    DONE = "done"
    DROPPED = "dropped"
    EXPIRED = "expired"
    REPLACED = "replaced"


class PickKind(StrEnum):
    """What somebody chose among several."""

    PRODUCT = "product"
    PLACE = "place"


class InboxKind(StrEnum):
    """What came in from a channel."""

    MESSAGE = "message"
    TAP = "tap"


class InboxState(StrEnum):
    """Whether an update was handled; `dead` after five tries that raised."""

    NEW = "new"
    DONE = "done"
    DEAD = "dead"


class OutboxKind(StrEnum):
    """A message of its own, or a short answer to one tap."""

    MESSAGE = "message"
    TOAST = "toast"


class Priority(IntEnum):
    """What goes out first in a chat: what was asked for, then what somebody has to know, then what can wait."""

    REPLY = 1
    NOTICE = 2
    DIGEST = 3


class OutboxState(StrEnum):
    """How far a message got."""

    PENDING = "pending"
    SENDING = "sending"
    SENT = "sent"
    DEAD = "dead"
